"""Spaced repetition as pure functions: no clock, no file, no database; time and seed arrive as arguments.

A card is a note; a question is a probe of it. The log of answers is replayed into cards (`memory`), a session is
planned from cards (`plan`, `queue`), an answer is graded and rated (`grading`), and progress is
counted (`progress`). `scheduler` is the one door to FSRS.
"""
