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
