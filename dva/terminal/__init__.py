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

    def question(self, shown: Shown) -> None:
        """The question with its options."""

    def feedback(self, feedback: Feedback, *, all_options: bool) -> None:
        """What the answer was worth; with `all_options` the rationale of every one."""

    def notes(self, found: Sequence[Note]) -> None:
        """Notes."""

    def simulation(self, item: Item) -> None:
        """The simulation behind a question, step by step."""

    def line(self, text: str) -> None:
        """One line."""

    def summary(self, summary: Summary) -> None:
        """The last words."""
