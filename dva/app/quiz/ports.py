"""The interface between a quiz and whoever shows its questions and reads the answers: keys, plain lines, JSON lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from dva.items.building import Choice, Item
from dva.items.entries import Note
from dva.study.grading import Rating

Command = Literal["answer", "next", "more", "note", "simulate", "suspend", "undo", "wrong", "quit"]
ChosenPart = str | tuple[str, str]
"""An option id, or the (left text, option id) of a match."""


@dataclass(frozen=True)
class PresentedQuestion:
    """A question as it is asked: `choices` in shuffled order, `minutes` left in the session.

    `is_repeat` says that its card was missed, or guessed, earlier in this session.
    """

    number: int
    total: int
    minutes: int
    topic: str
    item: Item
    choices: tuple[Choice, ...]
    seed: int
    is_repeat: bool


@dataclass(frozen=True)
class Reply:
    """What the learner did: answered, or gave a command. `reason` goes with `wrong`."""

    command: Command = "answer"
    chosen: tuple[ChosenPart, ...] = ()
    sure: bool = True
    easy: bool = False
    reason: str = ""


Outlook = Literal["due", "tomorrow", "firm", "open"]
"""`due`: the day that the schedule says; before an exam a day is promised to errors alone: they come back `tomorrow`,
what is right is `firm` or left `open`."""


@dataclass(frozen=True)
class Leech:
    """A card that was forgotten again and again: its note, and the case that shows it, if there is one."""

    lapses: int
    note: str
    simulation: str | None
    case: str | None


@dataclass(frozen=True)
class Feedback:
    """The result of an answer; it is committed before it is shown."""

    question: PresentedQuestion
    chosen: tuple[ChosenPart, ...]
    correct: bool
    sure: bool
    aided: bool
    rating: Rating
    due_in: int | None
    """Days until the card is due; None for practice, which leaves the schedule alone."""
    returns: bool = False
    """Whether the card comes back in this session."""
    outlook: Outlook = "due"
    """What may be said of the days to come."""
    leech: Leech | None = None


@dataclass(frozen=True)
class NextDay:
    """The plan of the day after: cards to review and new ones; `exam` says that it is the exam's day."""

    review: int
    new: int
    exam: bool = False


@dataclass(frozen=True)
class DaySummary:
    """The whole study day: all of its answers, the day's number among those with answers, and the day after.

    `left` counts the cards of the day's plan that were not asked yet.
    """

    answered: int
    right: int
    minutes: int
    number: int
    left: int
    tomorrow: NextDay


@dataclass(frozen=True)
class Summary:
    """The result of a session."""

    answered: int
    right: int
    to_mature: int
    """Cards that became mature."""
    to_young: int
    """Cards that were mature and are not any more."""
    due_tomorrow: int
    left: int
    """Questions of the session that were not answered."""
    command: str = "dva quiz"
    """The command that resumes the session."""
    day: DaySummary | None = None
    """The day that the session belongs to; None for practice and where nothing was answered."""


@dataclass(frozen=True)
class CardSuspended:
    """The card is not asked any more."""

    card: str


@dataclass(frozen=True)
class DisputeRecorded:
    """The learner's doubt about a key is stored."""


Notice = CardSuspended | DisputeRecorded
Undone = Literal["answer", "suspension", "dispute"]
"""What was taken back."""


class QuizInterface(Protocol):
    """Shows a session and reads its replies."""

    def ask(self, question: PresentedQuestion) -> Reply:
        """Show a question and return the reply."""

    def show_feedback(self, feedback: Feedback) -> Reply:
        """Show the result of an answer; return `next` or a command."""

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show notes."""

    def show_simulation(self, item: Item) -> bool:
        """Step through the simulation of a question; return False where there is none."""

    def show_notice(self, notice: Notice) -> None:
        """Show what a command did."""

    def show_message(self, text: str) -> None:
        """Show one line."""

    def show_undo(self, undone: Undone | None) -> None:
        """Show what was undone; None where there was nothing to undo."""

    def show_summary(self, summary: Summary) -> None:
        """Show the result of the session."""
