"""Today in numbers: what is due, how long it takes, how far the exam is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dva.app.snapshot import StudySnapshot
from dva.catalog import exams as exam_catalog
from dva.catalog.exams import Exam
from dva.store import Store
from dva.study import days, plan, progress
from dva.study.memory import Card
from dva.study.plan import Backlog

AWAY_DAYS = 7
"""Days without an answer after which the learner counts as returning."""
LAST_EXAM_NOTICE = "exam-told"
"""Stored name of the exam that the learner was last told about."""


@dataclass(frozen=True)
class TodaySummary:
    """What today's session takes, and what stands around it."""

    day: date
    begun: bool
    """Whether anything was ever answered."""
    due: int
    """All due cards; `review` and `new` are those that the session takes."""
    review: int
    new: int
    minutes: int
    """Estimated minutes of the session; `minutes_set` are those of the settings."""
    minutes_set: int
    days_to_exam: int | None
    exam_passed: date | None
    """The exam date, where it has passed."""
    exam: Exam
    away: int | None
    """Days since the last answer, from AWAY_DAYS on."""
    backlog: Backlog | None
    clear_on: date | None
    """When the backlog will be cleared."""
    weakest: str | None
    weakest_title: str
    done_today: int
    tomorrow: int
    needed: int | None
    """Minutes a day needed for the exam, where the settings allow too few."""
    ahead: date | None
    """The latest day of answers dated after tomorrow: a clock was wrong."""
    corrected_keys: tuple[str, ...]
    notes: int
    topics: int


def summarize(store: Store, snapshot: StudySnapshot) -> TodaySummary:
    """Return what today's session takes and what the learner should know before it."""
    active = [card for card in snapshot.cards.values() if not card.suspended]
    unseen = [card for card in snapshot.unseen if not snapshot.is_suspended(card)]
    count = snapshot.cards_for_minutes(snapshot.settings.minutes)
    chosen = snapshot.plan_day(active, unseen, count)
    types = [
        snapshot.library.questions[snapshot.candidates[card].probes[0].question].type
        for card in (*(card.id for card in chosen.review), *chosen.new)
    ]
    away = _days_away(snapshot)
    backlog = None
    if chosen.due > count or (away or 0) >= AWAY_DAYS:
        backlog = plan.backlog(active, snapshot.day, count, snapshot.model, len(chosen.new), len(unseen))
    goal, today = snapshot.goal, snapshot.day
    weakest = _weakest_topic(store, snapshot)
    return TodaySummary(
        day=days.date_of(today),
        begun=away is not None or bool(store.recent_reviews(1)),
        due=chosen.due,
        review=len(chosen.review),
        new=len(chosen.new),
        minutes=snapshot.estimate_minutes(types),
        minutes_set=snapshot.settings.minutes,
        days_to_exam=goal.day - today if goal and goal.day >= today else None,
        exam_passed=days.date_of(goal.day) if goal and goal.day < today else None,
        exam=snapshot.exam,
        away=away if away is not None and away >= AWAY_DAYS else None,
        backlog=backlog,
        clear_on=days.date_of(backlog.clear) if backlog and backlog.clear is not None else None,
        weakest=weakest,
        weakest_title=snapshot.title(weakest) if weakest else "",
        done_today=len(store.reviews(today)),
        tomorrow=sum(progress.forecast(active, today, 2)),
        needed=_minutes_needed(snapshot, len(unseen), count),
        ahead=_latest_day_ahead(active, today),
        corrected_keys=snapshot.corrected_keys,
        notes=len(snapshot.candidates),
        topics=len({candidate.probes[0].topic for candidate in snapshot.candidates.values()}),
    )


def _days_away(snapshot: StudySnapshot) -> int | None:
    """Return the days since the last answer; None before the first."""
    last = max((card.seen_at for card in snapshot.cards.values() if card.seen_at is not None), default=None)
    return None if last is None else snapshot.day - days.day_of(last, snapshot.timestamp[1])


def _latest_day_ahead(cards: list[Card], today: int) -> date | None:
    """Return the latest day of a review dated after tomorrow; None where there is none."""
    latest = max((card.last for card in cards if card.last is not None), default=0)
    return days.date_of(latest) if latest > today + 1 else None


def _minutes_needed(snapshot: StudySnapshot, unseen: int, count: int) -> int | None:
    """Return the minutes per day needed to see every card before the exam, counting each new card twice, as new cards
    come back; None if the current setting suffices.
    """
    paced = plan.pace(unseen, snapshot.day, snapshot.goal, snapshot.introduced_today)
    if paced is None or 2 * paced <= count:
        return None
    minutes = snapshot.settings.minutes
    return max(minutes + 1, -(-2 * paced * minutes // count))


def _weakest_topic(store: Store, snapshot: StudySnapshot) -> str | None:
    """Return the topic with the lowest share of right answers, of those with enough answers."""
    topics = progress.grouped(store.recent_reviews(), lambda review: review.topic or None)
    ratios = {topic: progress.accuracy(reviews) for topic, reviews in topics.items()}
    known = {
        topic: ratio.share or 0.0
        for topic, ratio in ratios.items()
        if ratio.enough and topic in snapshot.library.topics
    }
    return min(known, key=lambda topic: (known[topic], topic)) if known and min(known.values()) < 1 else None


@dataclass(frozen=True)
class ExamChange:
    """The exam studied for, beside the one before it, or the one after it where there is none before."""

    exam: Exam
    former: Exam | None
    later: Exam | None


def exam_change(exams: Mapping[str, Exam], exam: Exam) -> ExamChange:
    """Return what there is to compare an exam with."""
    later = next((other for other in exams.values() if exam_catalog.predecessor(exams, other) == exam), None)
    return ExamChange(exam, exam_catalog.predecessor(exams, exam), later)


def take_exam_notice(store: Store, snapshot: StudySnapshot) -> ExamChange | None:
    """Return a one-time notice when the target exam has changed, and remember that it was given."""
    last = store.get_local(LAST_EXAM_NOTICE)
    if last == snapshot.exam.id:
        return None
    remember_exam_notice(store, snapshot.exam)
    return None if last is None else exam_change(snapshot.exams, snapshot.exam)


def remember_exam_notice(store: Store, exam: Exam) -> None:
    """Remember that the learner knows about this exam."""
    store.set_local(LAST_EXAM_NOTICE, exam.id)
