"""The readers of input, behind the protocol that `app.quiz` names: keys, plain lines, JSON lines.

A reader knows no drawing; what it shows goes through the `Drawing` that the command hands it.
"""

from collections.abc import Sequence
from typing import Protocol

from dva.app.quiz import Feedback, Shown, Summary
from dva.items import Item
from dva.items.entries import Note


class Drawing(Protocol):
    """Everything that a session shows."""

    def question(self, shown: Shown, *, whole: bool = False) -> None:
        """The question with its options; `whole` with all that it speaks of, however long."""

    def feedback(self, feedback: Feedback) -> None:
        """What the answer was worth."""

    def others(self, feedback: Feedback) -> None:
        """What the feedback left out: the rationales of the other options."""

    def notes(self, found: Sequence[Note]) -> None:
        """Notes."""

    def simulation(self, item: Item) -> bool:
        """The simulation behind a question, step by step; False where none shows it."""

    def line(self, text: str) -> None:
        """One line."""

    def summary(self, summary: Summary) -> None:
        """The last words."""


class Reader:
    """What readers for people have in common: everything but questions and answers goes straight to the drawing."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing

    def note(self, found: Sequence[Note]) -> None:
        """Show notes."""
        self.drawing.notes(found)

    def simulate(self, item: Item) -> bool:
        """Show the simulation; False where there is none."""
        return self.drawing.simulation(item)

    def say(self, text: str) -> None:
        """One line."""
        self.drawing.line(text)

    def undone(self, shown: Shown | None) -> None:
        """Say it; the question comes again by itself."""
        self.drawing.line("Undone." if shown else "There is no answer of this session to undo.")

    def end(self, summary: Summary) -> None:
        """The last words."""
        self.drawing.summary(summary)
