"""The interface between a mock exam and whoever shows it and reads the answers: keys, plain lines, JSON lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from dva.app.quiz.ports import ChosenPart, Feedback
from dva.items.building import Choice, Item
from dva.study.mock import DomainScore

Command = Literal["answer", "skip", "flag", "back", "go", "list", "submit", "pause", "time"]


@dataclass(frozen=True)
class Seats:
    """Questions by domain, as wanted and as the pool has them, the minutes, and how many were never asked before."""

    wanted: Mapping[str, int]
    got: Mapping[str, int]
    minutes: int
    fresh: int
    total: int


@dataclass(frozen=True)
class ExamQuestion:
    """A question as a mock shows it; `chosen` is the answer so far, `wanted` the number of options to choose."""

    number: int
    total: int
    minutes_left: int
    item: Item
    choices: tuple[Choice, ...]
    chosen: tuple[ChosenPart, ...]
    sure: bool
    flagged: bool
    answered: int
    wanted: int
    seconds_left: int


@dataclass(frozen=True)
class OverviewRow:
    """A question that is open or flagged."""

    number: int
    stem: str
    is_open: bool
    flagged: bool


@dataclass(frozen=True)
class Overview:
    """What is open and flagged before the exam is handed in."""

    rows: tuple[OverviewRow, ...]
    total: int
    minutes_left: int
    seconds_left: int


@dataclass(frozen=True)
class ExamReply:
    """What the learner did: `chosen` and `sure` of an answer, `number` of the question to go to."""

    command: Command
    chosen: tuple[ChosenPart, ...] = ()
    sure: bool = True
    number: int = 0


@dataclass(frozen=True)
class Miss:
    """A question worth looking at, as feedback of the quiz shows it, and whether it counted."""

    feedback: Feedback
    scored: bool


@dataclass(frozen=True)
class ExamResult:
    """The result of a submitted mock: right answers of the scored questions by domain, and what to look at.

    `beliefs` are the statements that the wrong answers of `from_beliefs` questions stand for, `topics` those with most
    misses.
    """

    exam: str
    domains: tuple[DomainScore, ...]
    titles: Mapping[str, str]
    unscored: int
    minutes: int
    blank: int
    misses: tuple[Miss, ...]
    from_beliefs: int
    beliefs: tuple[str, ...]
    topics: tuple[str, ...]

    @property
    def right(self) -> int:
        """Right answers that count."""
        return sum(domain.right for domain in self.domains)

    @property
    def total(self) -> int:
        """Questions that count."""
        return sum(domain.total for domain in self.domains)


class ExamInterface(Protocol):
    """Shows a mock exam and reads what the learner does."""

    def ask(self, question: ExamQuestion) -> ExamReply:
        """Show a question and return the reply; `time` where the time ran out meanwhile."""

    def review(self, overview: Overview) -> ExamReply:
        """Show what is open and flagged; return `go`, `submit`, `pause` or `time`."""

    def show_message(self, text: str) -> None:
        """Show one line."""

    def show_answered(self, question: ExamQuestion, reply: ExamReply) -> None:
        """Show that an answer is committed, where nothing else shows it."""

    def show_result(self, result: ExamResult) -> None:
        """Show the score, then walk through what is worth looking at as long as the learner wants."""
