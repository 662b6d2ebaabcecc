"""A sitting of a mock exam, as the log has it: each answer is an event, so that nothing is lost when dva is killed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from dva.store import Event, Store
from dva.study.events import ExamAnswered, ExamFlagged, ExamStarted, ExamSubmitted

KINDS = ("exam-started", "exam-answered", "exam-flagged", "exam-submitted")
Body = TypeVar("Body", bound=msgspec.Struct)


@dataclass
class Sitting:
    """One mock exam: the questions in their order, what was answered last, and the time that was used.

    `shown` are the questions that were on the screen: they are used up. Time in which dva did not run does not count.
    """

    plan: ExamStarted
    at: int
    answers: dict[str, ExamAnswered] = field(default_factory=dict)
    flagged: set[str] = field(default_factory=set)
    ms: dict[str, int] = field(default_factory=dict)
    submitted: ExamSubmitted | None = None
    submitted_at: int | None = None

    @property
    def id(self) -> str:
        """The name of the sitting."""
        return self.plan.sitting

    @property
    def shown(self) -> set[str]:
        """The questions that were shown."""
        return set(self.ms)

    @property
    def spent(self) -> int:
        """Milliseconds used so far."""
        return sum(self.ms.values())

    def chosen(self, question: str) -> ExamAnswered | None:
        """Return the last answer to a question; None where it is open."""
        answer = self.answers.get(question)
        return answer if answer and answer.chosen else None

    def record(self, body: ExamAnswered | ExamFlagged) -> None:
        """Add an answer or a flag; what comes after the end of the exam counts for nothing."""
        if self.submitted is not None or body.question not in self.plan.questions:
            return
        if isinstance(body, ExamFlagged):
            (self.flagged.add if body.flagged else self.flagged.discard)(body.question)
            return
        self.answers[body.question] = body
        self.ms[body.question] = self.ms.get(body.question, 0) + body.ms


def sittings(store: Store) -> list[Sitting]:
    """Return all sittings of the log, oldest first."""
    found: dict[str, Sitting] = {}
    events = [event for kind in KINDS for event in store.events(kind)]
    for event in sorted(events, key=lambda event: (event.at, event.machine, event.seq)):
        if event.kind == "exam-started" and (plan := _read(event, ExamStarted)):
            found.setdefault(plan.sitting, Sitting(plan, event.at))
        else:
            _add(event, found)
    return list(found.values())


def _add(event: Event, found: Mapping[str, Sitting]) -> None:
    sitting = found.get(str(event.body.get("sitting")))
    if sitting is None:
        return
    if event.kind == "exam-submitted":
        if sitting.submitted is None and (end := _read(event, ExamSubmitted)):
            sitting.submitted, sitting.submitted_at = end, event.at
        return
    body = _read(event, ExamAnswered) if event.kind == "exam-answered" else _read(event, ExamFlagged)
    if body is not None:
        sitting.record(body)


def _read(event: Event, kind: type[Body]) -> Body | None:
    try:
        return msgspec.convert(event.body, kind)
    except msgspec.ValidationError:
        return None


def open_sitting(found: list[Sitting]) -> Sitting | None:
    """Return the latest sitting that was not submitted."""
    return next((one for one in reversed(found) if one.submitted is None), None)


def shown_in_mocks(found: list[Sitting]) -> Iterator[str]:
    """Yield each question as often as a mock showed it."""
    for sitting in found:
        yield from sitting.shown
