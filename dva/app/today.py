"""Today in numbers: what is left of it, how long it takes, how far the exam is, what was done."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dva.app import study_day
from dva.app.quiz.ports import DaySummary, NextDay
from dva.app.report import THIN
from dva.app.snapshot import StudySnapshot, load_snapshot
from dva.app.study_day import Left, StudyDay
from dva.catalog import exams as exam_catalog
from dva.catalog.exams import Exam, Task
from dva.items.entries import Note
from dva.store import Store
from dva.study import days, effort, forecast, plan, progress
from dva.study.forecast import Backlog
from dva.study.memory import Card, Review
from dva.study.plan import DailyPlan

AWAY_DAYS = 3
"""Days without an answer after which the learner counts as returning."""
LAST_EXAM_NOTICE = "exam-told"
"""Stored name of the exam that the learner was last told about."""


@dataclass(frozen=True)
class WeakTopic:
    """The topic with the lowest share of right answers."""

    id: str
    title: str
    share: float


@dataclass(frozen=True)
class ExamCoverage:
    """What dva covers of the exam studied for: all of its tasks, those with few questions and those with none."""

    exam: Exam
    tasks: int
    thin: tuple[Task, ...]
    missing: tuple[Task, ...]


@dataclass(frozen=True)
class TodaySummary:
    """What today's session takes, and what stands around it."""

    day: date
    begun: bool
    """Whether anything was ever answered."""
    due: int
    """All due cards, by the schedule."""
    review: int
    new: int
    """Cards that are left of today's plan, seen before and new; `planned` counts all of the day's."""
    planned: int
    minutes: int
    """Estimated minutes of what is left."""
    minutes_set: int
    days_to_exam: int | None
    exam_passed: date | None
    """The exam date, where it has passed."""
    exam: Exam
    exam_unfit: Exam | None
    """The exam in use on the exam date, where that is not the one studied for."""
    away: int | None
    """Days since the last answer, from AWAY_DAYS on."""
    faded: int
    """Cards seen before that are not known now."""
    refreshed: date | None
    """The day on which all that have faded will have been asked again; None where that is not before the exam."""
    backlog: Backlog | None
    """What is due beyond the minutes; None before an exam, where the value decides what is worth them."""
    clear_on: date | None
    """When the backlog will be cleared."""
    known: int
    on_course: int | None
    """Cards expected to be known on the exam's day."""
    weakest: WeakTopic | None
    done: DaySummary | None
    """What was done today; None before the first answer."""
    more: int
    """Cards that can be asked after the day's plan."""
    tomorrow: int
    """Cards that will be due tomorrow, by the schedule."""
    needed: int | None
    """Minutes a day needed for the exam, where the settings allow too few."""
    ahead: date | None
    """The latest day of answers dated after tomorrow: a clock was wrong."""
    corrected_keys: tuple[str, ...]
    notes: int
    topics: int
    coverage: ExamCoverage | None
    """What dva covers of the exam, on the first day."""

    @property
    def left(self) -> int:
        """Return the cards that are left of today's plan."""
        return self.review + self.new


def summarize(store: Store, snapshot: StudySnapshot) -> TodaySummary:
    """Return what today's session takes and what the learner should know before it."""
    active, today, goal = snapshot.active_cards, snapshot.day, snapshot.goal
    day = study_day.study_day(store, snapshot)
    left, away = study_day.left_of(day, snapshot), _days_away(snapshot)
    known = forecast.known(active, today, snapshot.model.decay)
    backlog, begun = _backlog(snapshot, active, away), away is not None or bool(store.recent_reviews(1))
    return TodaySummary(
        day=days.date_of(today),
        begun=begun,
        due=sum(plan.is_due(card, today) for card in active),
        review=left.reviews,
        new=len(left.new),
        planned=left.planned,
        minutes=snapshot.effort.minutes(left.cards),
        minutes_set=snapshot.settings.minutes,
        days_to_exam=goal.day - today if goal and goal.day >= today else None,
        exam_passed=days.date_of(goal.day) if goal and goal.day < today else None,
        exam=snapshot.exam,
        exam_unfit=unfit_exam(snapshot),
        away=away if away is not None and away >= AWAY_DAYS else None,
        faded=sum(card.stability is not None for card in active) - known,
        refreshed=days.date_of(day.refreshed) if day.refreshed is not None else None,
        backlog=backlog,
        clear_on=days.date_of(backlog.clear) if backlog and backlog.clear is not None else None,
        known=known,
        on_course=day.course,
        weakest=_weakest_topic(store, snapshot),
        done=_day_summary(store, snapshot, day, left),
        more=0 if left.cards else _size(study_day.more(snapshot)),
        tomorrow=sum(progress.forecast(active, today, 2)),
        needed=_minutes_needed(snapshot),
        ahead=_latest_day_ahead(active, today),
        corrected_keys=snapshot.corrected_keys,
        notes=len(snapshot.candidates),
        topics=len({candidate.probes[0].topic for candidate in snapshot.candidates.values()}),
        coverage=None if begun else exam_coverage(snapshot),
    )


def _size(chosen: DailyPlan) -> int:
    return len(chosen.review) + len(chosen.new)


def summarize_day(store: Store, before: StudySnapshot, now: datetime) -> DaySummary | None:
    """Return the study day as it stands now, for the end of a session that began with the snapshot `before`."""
    snapshot = load_snapshot(store, before.roots, now, before.library)
    day = study_day.study_day(store, snapshot)
    return _day_summary(store, snapshot, day, study_day.left_of(day, snapshot))


def _day_summary(store: Store, snapshot: StudySnapshot, day: StudyDay, left: Left) -> DaySummary | None:
    """Return what was done on the snapshot's day; None where nothing was."""
    reviews = store.reviews(snapshot.day)
    if not reviews:
        return None
    chosen, goal = study_day.tomorrow(store, snapshot), snapshot.goal
    return DaySummary(
        answered=len(reviews),
        right=count_right(reviews),
        minutes=effort.minutes_spent(reviews),
        number=store.study_days(),
        left=left.cards,
        tomorrow=NextDay(len(chosen.review), len(chosen.new), goal is not None and goal.day == snapshot.day + 1),
    )


def count_right(reviews: Sequence[Review]) -> int:
    """Return how many answers were right without help."""
    return sum(review.correct and not review.aided for review in reviews)


def _backlog(snapshot: StudySnapshot, active: Sequence[Card], away: int | None) -> Backlog | None:
    """Return what waits where there is no exam ahead and the learner was away or the minutes cover too little."""
    count = snapshot.cards_a_day
    waiting = sum(plan.is_due(card, snapshot.day) for card in active)
    if snapshot.exam_ahead or (waiting <= count and (away or 0) < AWAY_DAYS):
        return None
    return forecast.backlog(active, snapshot.day, count, snapshot.model)


def unfit_exam(snapshot: StudySnapshot) -> Exam | None:
    """Return the exam in use on the exam date, where the one studied for cannot be taken then."""
    goal = snapshot.exam_ahead
    if goal is None or snapshot.exam.in_use(days.date_of(goal.day)):
        return None
    fitting = exam_catalog.by_date(dict(snapshot.exams), days.date_of(goal.day))
    return None if fitting == snapshot.exam else fitting


def _days_away(snapshot: StudySnapshot) -> int | None:
    """Return the days since the last answer; None before the first."""
    last = max((card.seen_at for card in snapshot.cards.values() if card.seen_at is not None), default=None)
    return None if last is None else snapshot.day - days.day_of(last, snapshot.timestamp[1])


def _latest_day_ahead(cards: Sequence[Card], today: int) -> date | None:
    """Return the latest day of a review dated after tomorrow; None where there is none."""
    latest = max((card.last for card in cards if card.last is not None), default=0)
    return days.date_of(latest) if latest > today + 1 else None


def _minutes_needed(snapshot: StudySnapshot) -> int | None:
    """Return the minutes per day needed to see every card before the exam, counting each new card twice, as new cards
    come back; None if the current setting suffices. The same all day: what was done today counts as still to do.
    """
    unseen = len(snapshot.askable_unseen) + snapshot.introduced_today
    paced = plan.pace(unseen, snapshot.day, snapshot.goal)
    if paced is None or 2 * paced <= snapshot.cards_a_day:
        return None
    return max(snapshot.settings.minutes + 1, snapshot.effort.minutes(2 * paced))


def _weakest_topic(store: Store, snapshot: StudySnapshot) -> WeakTopic | None:
    """Return the topic with the lowest share of right answers, of those with enough answers."""
    return next(iter(weak_topics(store, snapshot)), None)


def weak_topics(store: Store, snapshot: StudySnapshot) -> list[WeakTopic]:
    """Return the topics with enough recent answers of which some were wrong, the weakest first."""
    topics = progress.grouped(store.recent_reviews(), lambda review: review.topic or None)
    ratios = {
        topic: progress.accuracy(reviews) for topic, reviews in topics.items() if topic in snapshot.library.topics
    }
    weak = [
        WeakTopic(topic, snapshot.title(topic), ratio.share)
        for topic, ratio in ratios.items()
        if ratio.enough and ratio.share is not None and ratio.share < 1
    ]
    return sorted(weak, key=lambda topic: (topic.share, topic.id))


def exam_coverage(snapshot: StudySnapshot) -> ExamCoverage:
    """Return what dva covers of the exam studied for."""
    exam, questions = snapshot.exam, snapshot.library.questions
    probes = [probe.question for candidate in snapshot.candidates.values() for probe in candidate.every]
    counts = Counter(questions[name].exams[exam.id] for name in probes)
    tasks = [task for domain in exam.domains for task in domain.tasks]
    thin = tuple(task for task in tasks if 0 < counts[task.id] < THIN)
    return ExamCoverage(exam, len(tasks), thin, tuple(task for task in tasks if not counts[task.id]))


@dataclass(frozen=True)
class FirstReading:
    """A topic of today's new cards, the notes of it that are asked today, and the number of all new ones."""

    title: str
    notes: tuple[Note, ...]
    new: int


def first_reading(store: Store, snapshot: StudySnapshot) -> FirstReading | None:
    """Return the topic that most of today's new cards belong to; None where there are none."""
    new = study_day.left_of(study_day.study_day(store, snapshot), snapshot).new
    by_topic: dict[str, list[str]] = {}
    for card in new:
        by_topic.setdefault(snapshot.candidates[card].probes[0].topic, []).append(card)
    if not by_topic:
        return None
    topic = max(by_topic, key=lambda name: len(by_topic[name]))
    return FirstReading(
        snapshot.title(topic), tuple(snapshot.library.notes[card] for card in by_topic[topic]), len(new)
    )


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
