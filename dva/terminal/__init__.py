"""The readers of input, behind the interface that `app.quiz.ports` names: keys, plain lines, JSON lines.

A reader knows no drawing; what it shows goes through the `Drawing` that the command hands it.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from dva.app.quiz.ports import Feedback, Notice, PresentedQuestion, Summary, Undone
from dva.items.building import Item
from dva.items.entries import Note

UNDONE: dict[Undone | None, str] = {
    "answer": "Undone. The question comes again.",
    "suspension": "Undone. The card is asked again.",
    "dispute": "Undone. The key is not disputed.",
    None: "There is nothing of this session to undo.",
}


class Drawing(Protocol):
    """Draws everything that a session shows."""

    def question(self, shown: PresentedQuestion, *, whole: bool = False) -> None:
        """Draw the question with its options; `whole` with all of its exhibit, however long."""

    def feedback(self, feedback: Feedback) -> None:
        """Draw the result of an answer."""

    def others(self, feedback: Feedback) -> None:
        """Draw what the feedback left out: the rationales of the other options."""

    def notes(self, found: Sequence[Note]) -> None:
        """Draw notes."""

    def simulation(self, item: Item) -> bool:
        """Step through the simulation of a question; return False where there is none."""

    def line(self, text: str) -> None:
        """Draw one line."""

    def summary(self, summary: Summary) -> None:
        """Draw the result of the session."""


class Reader:
    """Common part of the readers for people: everything but questions and answers goes straight to the drawing.

    `describe` words a notice.
    """

    def __init__(self, drawing: Drawing, describe: Callable[[Notice], str]) -> None:
        self.drawing = drawing
        self._describe = describe

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show notes."""
        self.drawing.notes(notes)

    def show_simulation(self, item: Item) -> bool:
        """Step through the simulation of a question; return False where there is none."""
        return self.drawing.simulation(item)

    def show_notice(self, notice: Notice) -> None:
        """Show what a command did."""
        self.drawing.line(self._describe(notice))

    def show_message(self, text: str) -> None:
        """Show one line."""
        self.drawing.line(text)

    def show_undo(self, undone: Undone | None) -> None:
        """Show what was undone; a question that is asked again comes by itself."""
        self.drawing.line(UNDONE[undone])

    def show_summary(self, summary: Summary) -> None:
        """Show the result of the session."""
        self.drawing.summary(summary)
