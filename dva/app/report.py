"""The report: what was seen and how well it holds, by topic and by domain and task of the exam studied for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dva.app.readiness import Readiness, estimate
from dva.app.snapshot import StudySnapshot
from dva.catalog.exams import Task
from dva.store import Store
from dva.study import days, progress
from dva.study.memory import Review
from dva.study.progress import Ratio
from dva.study.readiness import Range

THIN = 10
"""A task with fewer questions than this has thin coverage."""
DAYS_AHEAD = 14
WEEKS_BACK = 12


@dataclass(frozen=True)
class Row:
    """One topic, domain or task: cards seen of all, and the results of its answers."""

    id: str
    title: str
    seen: int
    total: int
    questions: int
    first_sight: Ratio
    recall: Ratio
    accuracy: Ratio
    weight: int | None = None
    coverage: str = ""
    inferred: str | None = None


@dataclass(frozen=True)
class Dispute:
    """A key that the learner disputes, with the reason and the local day."""

    question: str
    rev: int
    why: str
    on: date


@dataclass(frozen=True)
class Report:
    """Everything that `dva report` prints; times in seconds."""

    exam: str
    days_to_exam: int | None
    total: Row
    topics: tuple[Row, ...]
    domains: tuple[Row, ...]
    tasks: tuple[Row, ...]
    forecast: tuple[int, ...]
    calendar: Mapping[date, int]
    today: date
    seconds: float
    seconds_week: float
    confident_errors: tuple[Review, ...]
    predictions: Ratio
    practised: int
    readiness: Readiness


def build_report(store: Store, snapshot: StudySnapshot) -> Report:
    """Return the report, computed from the log."""
    reviews = store.reviews()
    cards = [card for card in snapshot.cards.values() if not card.suspended]
    questions = snapshot.library.questions
    usable = {probe.question for candidate in snapshot.candidates.values() for probe in candidate.every}
    predicted = [bool(event.body.get("right")) for event in store.events("prediction")]
    today = days.date_of(snapshot.day)
    return Report(
        exam=snapshot.exam.id,
        days_to_exam=snapshot.goal.day - snapshot.day if snapshot.goal and snapshot.goal.day >= snapshot.day else None,
        total=_row(snapshot, "all", "All topics", snapshot.candidates, list(usable), reviews),
        topics=tuple(_topics(snapshot, reviews)),
        domains=tuple(_by_exam(snapshot, reviews, usable, domains=True)),
        tasks=tuple(_by_exam(snapshot, reviews, usable, domains=False)),
        forecast=tuple(progress.forecast(cards, snapshot.day, DAYS_AHEAD)),
        calendar={days.date_of(day): n for day, n in progress.calendar(reviews).items()},
        today=today,
        seconds=progress.seconds_spent(reviews),
        seconds_week=progress.seconds_spent(review for review in reviews if review.day > snapshot.day - 7),
        confident_errors=tuple(error for error in progress.confident_errors(reviews) if error.question in questions),
        predictions=progress.ratio(predicted),
        practised=sum(review.practice for review in reviews),
        readiness=estimate(store, snapshot, reviews),
    )


def _row(
    snapshot: StudySnapshot, id: str, title: str, cards: Iterable[str], questions: Sequence[str],
    reviews: Sequence[Review], weight: int | None = None, coverage: str = "", inferred: str | None = None,
) -> Row:  # fmt: skip
    names = list(cards)
    return Row(
        id=id,
        title=title,
        seen=sum(name in snapshot.cards and snapshot.cards[name].seen_at is not None for name in names),
        total=len(names),
        questions=len(questions),
        first_sight=progress.first_sight(reviews),
        recall=progress.recall(reviews),
        accuracy=progress.accuracy(reviews),
        weight=weight,
        coverage=coverage,
        inferred=inferred,
    )


def _topics(snapshot: StudySnapshot, reviews: Sequence[Review]) -> Iterable[Row]:
    by_topic = progress.grouped(reviews, lambda review: review.topic or None)
    for topic in snapshot.library.topics.values():
        cards = [note for note in topic.notes if note in snapshot.candidates]
        questions = [probe.question for card in cards for probe in snapshot.candidates[card].every]
        if cards:
            yield _row(snapshot, topic.id, topic.title, cards, questions, by_topic.get(topic.id, []))


def _by_exam(snapshot: StudySnapshot, reviews: Sequence[Review], usable: set[str], *, domains: bool) -> Iterable[Row]:
    """Yield the domains or the tasks of the exam studied for; coverage says where dva has few questions or none."""
    task_of = {name: snapshot.library.questions[name].exams[snapshot.exam.id] for name in usable}
    if domains:
        task_of = {name: task.split(".")[0] for name, task in task_of.items()}
    by_task = progress.grouped(reviews, lambda review: task_of.get(review.question))
    for domain in snapshot.exam.domains:
        for entry in (domain,) if domains else domain.tasks:
            questions = [name for name, task in task_of.items() if task == entry.id]
            cards = {snapshot.library.questions[name].notes[0] for name in questions}
            coverage = "not in dva" if not questions else "thin" if len(questions) < THIN else "covered"
            weight = domain.weight if domains else None
            inferred = entry.inferred if isinstance(entry, Task) else None
            answered = by_task.get(entry.id, [])
            yield _row(snapshot, entry.id, entry.title, cards, questions, answered, weight, coverage, inferred)


def disputes(store: Store) -> list[Dispute]:
    """Return the disputed keys, oldest first, each question once with its latest reason."""
    found: dict[str, Dispute] = {}
    undone = {event.body["answer"] for event in store.events("undo")}
    for event in store.events("dispute"):
        if event.id in undone:
            continue
        body, when = event.body, days.date_of(days.day_of(event.at, event.offset))
        found[body["question"]] = Dispute(body["question"], body.get("rev", 1), body.get("why", ""), when)
    return list(found.values())


def as_json(report: Report) -> dict[str, object]:
    """Return the report as plain values; shares with their ranges, null where there are too few answers."""
    return {
        "exam": report.exam,
        "readiness": _readiness_json(report.readiness),
        "days_to_exam": report.days_to_exam,
        "total": _row_json(report.total),
        "topics": [_row_json(row) for row in report.topics],
        "domains": [_row_json(row) for row in report.domains],
        "tasks": [_row_json(row) for row in report.tasks],
        "forecast": list(report.forecast),
        "calendar": {day.isoformat(): answers for day, answers in report.calendar.items()},
        "seconds": round(report.seconds, 3),
        "seconds_last_7_days": round(report.seconds_week, 3),
        "confident_errors": [{"question": error.question, "card": error.card} for error in report.confident_errors],
        "predictions": _ratio_json(report.predictions),
        "practised": report.practised,
    }


def _row_json(row: Row) -> dict[str, object]:
    values: dict[str, object] = {
        "id": row.id, "title": row.title, "seen": row.seen, "total": row.total, "questions": row.questions,
        "first_sight": _ratio_json(row.first_sight), "recall": _ratio_json(row.recall),
        "accuracy": _ratio_json(row.accuracy),
    }  # fmt: skip
    more = {"weight": row.weight, "coverage": row.coverage or None, "inferred": row.inferred}
    return values | {key: value for key, value in more.items() if value is not None}


def _ratio_json(ratio: Ratio) -> dict[str, object]:
    share = ratio.share if ratio.enough else None
    low, high = (ratio.low, ratio.high) if ratio.enough else (None, None)
    numbers = {"share": share, "low": low, "high": high}
    rounded = {name: None if value is None else round(value, 4) for name, value in numbers.items()}
    return {"right": ratio.right, "total": ratio.total, **rounded}


def _readiness_json(found: Readiness) -> dict[str, object]:
    def values(one: Range | None) -> dict[str, float] | None:
        return None if one is None else {name: round(getattr(one, name), 4) for name in ("low", "share", "high")}

    domains = {name: values(one) for name, one in (found.domains or {}).items()}
    return {"answers": found.answers, "expected": values(found.whole), "domains": domains}
