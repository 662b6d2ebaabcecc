"""The report: what was seen and how well it holds, by topic and by domain and task of the exam studied for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dva.app.desk import Desk
from dva.store import Store
from dva.study import days, progress
from dva.study.memory import Look
from dva.study.progress import Ratio

THIN = 10
"""Fewer questions than that on a task are called thin."""
DAYS_AHEAD = 14
WEEKS_BACK = 12


@dataclass(frozen=True)
class Row:
    """One topic, domain or task: cards seen of all, and how answers to it went."""

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
    """A key that the learner thinks is wrong."""

    question: str
    rev: int
    why: str
    on: date


@dataclass(frozen=True)
class Report:
    """Everything that `dva report` shows."""

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
    confident_errors: tuple[Look, ...]
    predictions: Ratio
    practised: int


def make(store: Store, desk: Desk) -> Report:
    """The report, from the log."""
    looks = store.reviews()
    cards = [card for card in desk.cards.values() if not card.suspended]
    questions = desk.library.questions
    usable = {probe.question for candidate in desk.candidates.values() for probe in candidate.probes}
    predicted = [bool(event.body.get("right")) for event in store.events("prediction")]
    today = days.date_of(desk.day)
    return Report(
        exam=desk.exam.id,
        days_to_exam=desk.goal.day - desk.day if desk.goal and desk.goal.day >= desk.day else None,
        total=_row(desk, "all", "All topics", desk.candidates, list(usable), looks),
        topics=tuple(_topics(desk, looks)),
        domains=tuple(_by_exam(desk, looks, usable, domains=True)),
        tasks=tuple(_by_exam(desk, looks, usable, domains=False)),
        forecast=tuple(progress.forecast(cards, desk.day, DAYS_AHEAD)),
        calendar={days.date_of(day): n for day, n in progress.calendar(looks).items()},
        today=today,
        seconds=progress.spent(looks),
        seconds_week=progress.spent(look for look in looks if look.day > desk.day - 7),
        confident_errors=tuple(one for one in progress.confident_errors(looks) if one.question in questions),
        predictions=progress.ratio(predicted),
        practised=sum(look.practice for look in looks),
    )


def _row(
    desk: Desk, id: str, title: str, cards: Iterable[str], questions: Sequence[str], looks: Sequence[Look],
    weight: int | None = None, coverage: str = "", inferred: str | None = None,
) -> Row:  # fmt: skip
    names = list(cards)
    return Row(
        id=id,
        title=title,
        seen=sum(name in desk.cards and desk.cards[name].seen_at is not None for name in names),
        total=len(names),
        questions=len(questions),
        first_sight=progress.first_sight(looks),
        recall=progress.recall(looks),
        accuracy=progress.accuracy(looks),
        weight=weight,
        coverage=coverage,
        inferred=inferred,
    )


def _topics(desk: Desk, looks: Sequence[Look]) -> Iterable[Row]:
    by_topic = progress.grouped(looks, lambda look: look.topic or None)
    for topic in desk.library.topics.values():
        cards = [note for note in topic.notes if note in desk.candidates]
        questions = [probe.question for card in cards for probe in desk.candidates[card].probes]
        if cards:
            yield _row(desk, topic.id, topic.title, cards, questions, by_topic.get(topic.id, []))


def _by_exam(desk: Desk, looks: Sequence[Look], usable: set[str], *, domains: bool) -> Iterable[Row]:
    """Rows of the exam studied for; what dva has no question on says so, to be studied elsewhere."""
    place = {name: desk.library.questions[name].exams[desk.exam.id] for name in usable}
    if domains:
        place = {name: task.split(".")[0] for name, task in place.items()}
    by_place = progress.grouped(looks, lambda look: place.get(look.question))
    for domain in desk.exam.domains:
        for entry in (domain,) if domains else domain.tasks:
            questions = [name for name, where in place.items() if where == entry.id]
            cards = {desk.library.questions[name].notes[0] for name in questions}
            coverage = "not in dva" if not questions else "thin" if len(questions) < THIN else "covered"
            weight = domain.weight if domains else None
            inferred = getattr(entry, "inferred", None)
            looked = by_place.get(entry.id, [])
            yield _row(desk, entry.id, entry.title, cards, questions, looked, weight, coverage, inferred)


def disputes(store: Store) -> list[Dispute]:
    """The keys that the learner disputed, oldest first, each question once with its latest word."""
    found: dict[str, Dispute] = {}
    for event in store.events("dispute"):
        body, when = event.body, days.date_of(days.day_of(event.at, event.offset))
        found[body["question"]] = Dispute(body["question"], body.get("rev", 1), body.get("why", ""), when)
    return list(found.values())


def as_json(report: Report) -> dict[str, object]:
    """The report as plain values; shares with their ranges, null where there are too few answers."""
    return {
        "exam": report.exam,
        "days_to_exam": report.days_to_exam,
        "total": _row_json(report.total),
        "topics": [_row_json(row) for row in report.topics],
        "domains": [_row_json(row) for row in report.domains],
        "tasks": [_row_json(row) for row in report.tasks],
        "forecast": list(report.forecast),
        "calendar": {day.isoformat(): answers for day, answers in report.calendar.items()},
        "seconds": round(report.seconds, 3),
        "seconds_last_7_days": round(report.seconds_week, 3),
        "confident_errors": [{"question": e.question, "card": e.card} for e in report.confident_errors],
        "predictions": _ratio_json(report.predictions),
        "practised": report.practised,
    }


def _row_json(row: Row) -> dict[str, object]:
    told: dict[str, object] = {
        "id": row.id, "title": row.title, "seen": row.seen, "total": row.total, "questions": row.questions,
        "first_sight": _ratio_json(row.first_sight), "recall": _ratio_json(row.recall),
        "accuracy": _ratio_json(row.accuracy),
    }  # fmt: skip
    more = {"weight": row.weight, "coverage": row.coverage or None, "inferred": row.inferred}
    return told | {key: value for key, value in more.items() if value is not None}


def _ratio_json(ratio: Ratio) -> dict[str, object]:
    share = ratio.share if ratio.enough else None
    low, high = (ratio.low, ratio.high) if ratio.enough else (None, None)
    numbers = {"share": share, "low": low, "high": high}
    rounded = {name: None if value is None else round(value, 4) for name, value in numbers.items()}
    return {"right": ratio.right, "total": ratio.total, **rounded}
