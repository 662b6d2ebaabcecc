"""The quiz: `ports` (what a reader of input implements), `options` and `selection` (which cards are asked),
`saved_session` and `session` (the state, from the log), `loop` (ask, answer, give feedback).
"""
