"""What one sees in the morning: what is due, how long it takes, how far the exam is, one next step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dva.app.desk import Desk
from dva.catalog import exams as exam_catalog
from dva.catalog.exams import Exam
from dva.store import Store
from dva.study import days, plan, progress
from dva.study.plan import Backlog

AWAY = 7
"""Days without an answer after which coming back is a return."""
MOST_MINUTES = 120
"""More minutes a day than these are not advised."""
TOLD = "exam-told"


@dataclass(frozen=True)
class Today:
    """`due` counts all due cards; `review` and `new` are what the session takes; `away` days without an answer."""

    begun: bool
    due: int
    review: int
    new: int
    minutes: int
    days_to_exam: int | None
    exam_passed: date | None
    exam: Exam
    away: int | None
    backlog: Backlog | None
    clear_on: date | None
    weakest: str | None
    done_today: int
    tomorrow: int
    needed: int | None
    """Minutes a day that the pace to the exam takes, where those that were said are too few."""
    ahead: date | None
    """The latest day of answers that are dated after today: a clock was wrong."""
    notes: int
    topics: int


def look(store: Store, desk: Desk) -> Today:
    """Today, from the desk."""
    active = [card for card in desk.cards.values() if not card.suspended]
    count = plan.fits(desk.minutes, desk.medians, desk.again)
    unseen = [card for card in desk.unseen if card not in desk.cards or not desk.cards[card].suspended]
    model = desk.model
    chosen = plan.choose(
        active, unseen, desk.day, count, desk.goal, desk.seen_today, decay=model.decay, retention=model.retention
    )
    types = [
        desk.library.questions[desk.candidates[card].probes[0].question].type
        for card in (*(card.id for card in chosen.review), *chosen.new)
    ]
    last = max((card.seen_at for card in desk.cards.values() if card.seen_at is not None), default=None)
    away = None if last is None else desk.day - days.day_of(last, desk.moment[1])
    latest = max((card.last for card in active if card.last is not None), default=0)
    heap = None
    if chosen.due > count or (away or 0) >= AWAY:
        heap = plan.backlog(active, desk.day, count, model, len(chosen.new), len(unseen))
    forecast = progress.forecast(active, desk.day, 2)
    return Today(
        begun=bool(store.reviews()) if last is None else True,
        due=chosen.due,
        review=len(chosen.review),
        new=len(chosen.new),
        minutes=plan.minutes(types, desk.medians, desk.again),
        days_to_exam=desk.goal.day - desk.day if desk.goal and desk.goal.day >= desk.day else None,
        exam_passed=days.date_of(desk.goal.day) if desk.goal and desk.goal.day < desk.day else None,
        exam=desk.exam,
        away=away if away is not None and away >= AWAY else None,
        backlog=heap,
        clear_on=days.date_of(heap.clear) if heap and heap.clear is not None else None,
        weakest=_weakest(store, desk),
        done_today=len(store.reviews(desk.day)),
        tomorrow=forecast[0] + forecast[1],
        needed=_needed(desk, len(unseen), count),
        ahead=days.date_of(latest) if latest > desk.day + 1 else None,
        notes=len(desk.candidates),
        topics=len({candidate.probes[0].topic for candidate in desk.candidates.values()}),
    )


def _needed(desk: Desk, unseen: int, count: int) -> int | None:
    """Twice the pace, as every new card comes back: in minutes, where that is more than there are, or else the
    new cards of each day would leave no room for those that come back.
    """
    paced = plan.pace(unseen, desk.day, desk.goal, desk.seen_today)
    if paced is None or 2 * paced <= count:
        return None
    return max(desk.minutes + 1, -(-2 * paced * desk.minutes // count))


def _weakest(store: Store, desk: Desk) -> str | None:
    """The topic with the lowest share of right answers, of those with enough to say."""
    topics = progress.grouped(store.recent_reviews(), lambda one: one.topic or None)
    ratios = {topic: progress.accuracy(looks) for topic, looks in topics.items()}
    known = {
        topic: ratio.share or 0.0 for topic, ratio in ratios.items() if ratio.enough and topic in desk.library.topics
    }
    return min(known, key=lambda topic: (known[topic], topic)) if known and min(known.values()) < 1 else None


def exam_change(store: Store, desk: Desk) -> str | None:
    """One line where the exam studied for is another than the last time, told once."""
    told = store.get_local(TOLD)
    if told == desk.exam.id:
        return None
    store.set_local(TOLD, desk.exam.id)
    return None if told is None else what_changes(desk.exams, desk.exam)


def what_changes(exams: Mapping[str, Exam], exam: Exam) -> str:
    """What another exam means for the learner: what is new, what has left, how the weights moved.

    Compared with the exam before it; the first one with the next, to which only a date before can lead back.
    """
    said = f"You study for {exam.id.upper()} now"
    said += f", in use from {exam.used_from}." if exam.used_from else f", in use until {exam.used_until}."
    former = exam_catalog.predecessor(exams, exam)
    later = next((other for other in exams.values() if exam_catalog.predecessor(exams, other) == exam), None)
    if former is not None:
        return f"{said} New: {exam.added}. Left: {exam.removed}. Weights: {_weights(former, exam)}."
    if later is not None:
        return f"{said} Only {later.id.upper()} has: {later.added}. Weights: {_weights(later, exam)}."
    return said


def _weights(old: Exam, new: Exam) -> str:
    was = {domain.id: domain.weight for domain in old.domains}
    moved = [domain for domain in new.domains if was.get(domain.id, 0) != domain.weight]
    return ", ".join(f"{d.title} {was.get(d.id, 0)} to {d.weight} %" for d in moved) or "as before"


def clear_by(day: date | None, today: date, exam: date | None = None) -> str:
    """When a backlog is clear: today, tomorrow, a weekday within a week, else the date; if before the exam."""
    if exam is not None and (day is None or day >= exam):
        return "the rest will not all fit before the exam"
    if day is None:
        return "at this pace it stays, more minutes a day clear it"
    if day <= today + timedelta(days=1):
        return "clear today" if day <= today else "clear by tomorrow"
    return f"clear by {day.strftime('%A') if day < today + timedelta(days=7) else day.isoformat()}"


def lines(today: Today, desk: Desk, *, keys: bool) -> Sequence[str]:
    """The morning in words; with `keys` the keys that go on from here."""
    if not today.begun:
        return _first(today, keys)
    countdown = "" if today.days_to_exam is None else _countdown(today.days_to_exam)
    done = f"{today.done_today} answered today. " if today.done_today else ""
    told = [done + _due(today, desk) + countdown, *_about_the_exam(today)]
    if today.weakest:
        told.append(f"Weakest topic: {desk.title(today.weakest)} (dva notes {today.weakest}).")
    if today.ahead:
        told.append(
            f"Some answers are dated {today.ahead}, after today: a clock was wrong then. Their cards wait until that "
            "day; `dva data reset CARD` begins one anew."
        )
    for question in desk.mended:
        told.append(f"The key of {question} was mended since you answered it, so its note is due.")
    told.append(_next_step(today, keys))
    return told


def _due(today: Today, desk: Desk) -> str:
    """What is due and how long it takes; never the whole heap."""
    away = f"{today.away} days away. " if today.away and today.backlog else ""
    if away and today.backlog and today.backlog.covers >= today.due:
        return f"{away}{today.due} due, {today.new} new, about {today.minutes} min."
    if today.backlog:
        here, left = days.date_of(desk.day), today.days_to_exam
        exam = None if left is None else here + timedelta(days=left)
        most = f"most worth it{_and_new(today)}; {clear_by(today.clear_on, here, exam)}."
        if away:
            return f"{away}{today.due} due; {desk.minutes} minutes today covers the {today.backlog.covers} {most}"
        return f"{desk.minutes} minutes cover the {today.backlog.covers} of {today.due} due that are {most}"
    if today.review or today.new:
        due = f"{today.review} of {today.due}" if today.review < today.due else str(today.review)
        return f"{due} due, {today.new} new, about {today.minutes} min."
    return f"Nothing is due. Tomorrow {today.tomorrow}."


def _about_the_exam(today: Today) -> Iterator[str]:
    if today.exam_passed:
        yield f"The exam day, {today.exam_passed}, has passed: `dva settings exam-date none`, or the next date."
    if today.needed is not None and today.needed > MOST_MINUTES:
        yield "More cards are new than fit before the exam: `dva quiz TOPIC` asks what matters most to you."
    elif today.needed is not None:
        pace = f"about {today.needed} minutes a day: `dva settings minutes {today.needed}`"
        yield f"To see every card in time, and again, takes {pace}."


def _and_new(today: Today) -> str:
    """The new cards that the pace to the exam asks for beside a backlog."""
    return f" and {today.new} new" if today.new else ""


def _countdown(left: int) -> str:
    if left == 0:
        return " The exam is today: good luck."
    return (
        f" {left} days to the exam."
        if left > 1
        else " The exam is tomorrow: `dva notes --myths` is the page for tonight."
    )


def _next_step(today: Today, keys: bool) -> str:
    if today.review or today.new:
        return "Enter starts, q quits." if keys else "`dva quiz` starts."
    return "`dva quiz --cram` practises without touching the schedule; `dva simulate` runs a mechanism."


def _first(today: Today, keys: bool) -> Sequence[str]:
    told = [f"Nothing studied yet: {today.notes} notes in {today.topics} topics wait, each asked by several questions."]
    return [*told, "Enter starts with the first card, q quits." if keys else "`dva quiz` starts with the first card."]
