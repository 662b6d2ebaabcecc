"""The schema of the log: one struct for the body of each kind of event. The names of fields are stored: never rename.

The raw answer is kept, so that a later memory model can be replayed over it. Unknown keys are tolerated, as a newer
version may have written them.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
EventId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Text = Annotated[str, Meta(max_length=20_000)]
Milliseconds = Annotated[int, Meta(ge=0, le=2**53)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Chosen = list[str | list[str]]
"""Chosen option ids; for a match [left, right] pairs."""


class Answer(Struct, frozen=True, omit_defaults=True):
    """One answer as it was given; `correct` is fixed then, a later fix of the key never rewrites it.

    The first of `notes` is the card that is rated, the others are logged. `practice` leaves the schedule alone.
    `repeat` says that the session asked again; what counts for the schedule is decided by replay alone.
    `type` is single, multi, order, match or predict, or one that a newer version asks.
    `variant` is the seed of a generated question, `exams` the task in each exam (`{"dva-c03": "3.3"}`).
    """

    question: Name
    rev: Count
    type: Name
    chosen: Chosen
    correct: bool
    sure: bool
    notes: Annotated[list[Name], Meta(min_length=1)]
    topic: str
    ms: Milliseconds
    easy: bool = False
    aided: bool = False
    practice: bool = False
    repeat: bool = False
    variant: int = 0
    exams: dict[str, str] = field(default_factory=dict)
    session: str = ""


class Undo(Struct, frozen=True, omit_defaults=True):
    """Voids the answer or the reset with the event id `answer`, wherever in the order the two stand.

    `reset` is the reset that voids an answer dated after it; it holds as long as that reset does.
    """

    answer: EventId
    reset: EventId | None = None


class Reset(Struct, frozen=True, omit_defaults=True):
    """Discards what was learned about the card until now; without a card, about all cards."""

    card: Name | None = None


class Setting(Struct, frozen=True):
    """Sets `name` to this value from now on. `parameters` and `retention` configure the memory model."""

    name: Name
    value: Any


class Suspend(Struct, frozen=True):
    """Stops asking the card until it is unsuspended."""

    card: Name


class Unsuspend(Suspend, frozen=True):
    """Asks a suspended card again."""


class Dispute(Struct, frozen=True, omit_defaults=True):
    """The learner disputes a key; `why` is the reason in the learner's words."""

    question: Name
    rev: int = 1
    why: Text = ""
    card: str = ""


class Prediction(Struct, frozen=True, omit_defaults=True):
    """A prediction made before a simulation ran, and the actual result."""

    simulation: Name
    case: str
    ask: str
    predicted: Any
    actual: Any
    right: bool
    aided: bool = False


class Lab(Struct, frozen=True, omit_defaults=True):
    """A lab was checked."""

    lab: Name
    passed: bool
    ms: Milliseconds = 0


class ExamStarted(Struct, frozen=True):
    """A mock exam began; `sitting` names it in the events that follow.

    `unscored` are the questions that do not count, `domain` the only one that is asked.
    """

    sitting: Name
    exam: Name
    seed: int
    questions: list[Name]
    minutes: Count = 130
    unscored: list[Name] = field(default_factory=list)
    domain: str = ""


class ExamAnswered(Struct, frozen=True, omit_defaults=True):
    """An answer of a mock exam; the last one of a question counts, an empty one says that it was shown.

    `ms` is the time since the event before, while dva ran.
    """

    sitting: Name
    question: Name
    chosen: Chosen
    ms: Milliseconds = 0
    correct: bool | None = None
    sure: bool = True


class ExamFlagged(Struct, frozen=True, omit_defaults=True):
    """A question was marked to come back to, or the mark was taken away."""

    sitting: Name
    question: Name
    flagged: bool = True


class ExamSubmitted(Struct, frozen=True, omit_defaults=True):
    """A mock exam was handed in, or its time ran out."""

    sitting: Name
    right: Count
    total: Count
    ms: Milliseconds = 0


KINDS: dict[str, type[Struct]] = {
    "answer": Answer,
    "undo": Undo,
    "reset": Reset,
    "setting": Setting,
    "suspend": Suspend,
    "unsuspend": Unsuspend,
    "dispute": Dispute,
    "prediction": Prediction,
    "lab": Lab,
    "exam-started": ExamStarted,
    "exam-answered": ExamAnswered,
    "exam-flagged": ExamFlagged,
    "exam-submitted": ExamSubmitted,
}
