"""Today in words: what is due, how long it takes, how far the exam is, one next step. Needs no library."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from dva.app.today import ExamChange, TodaySummary
from dva.catalog.exams import Exam

MOST_MINUTES = 120
"""More minutes a day than these are not advised."""


def lines(today: TodaySummary, *, keys: bool) -> Sequence[str]:
    """Return today's lines; with `keys` they name the keys that continue from here."""
    if not today.begun:
        return _first_day(today, keys)
    countdown = "" if today.days_to_exam is None else _countdown(today.days_to_exam)
    done = f"{today.done_today} answered today. " if today.done_today else ""
    text = [done + _due(today) + countdown, *_about_the_exam(today)]
    if today.weakest:
        text.append(f"Weakest topic: {today.weakest_title} (dva notes {today.weakest}).")
    if today.ahead:
        text.append(
            f"Some answers are dated {today.ahead}, after today: a clock was wrong then. Their cards wait until that "
            "day; `dva data reset CARD` begins one anew."
        )
    for question in today.corrected_keys:
        text.append(f"The key of {question} was mended since you answered it, so its note is due.")
    text.append(_next_step(today, keys))
    return text


def _due(today: TodaySummary) -> str:
    """Return what is due and how long it takes; of a backlog only what the minutes cover."""
    away = f"{today.away} days away. " if today.away and today.backlog else ""
    if away and today.backlog and today.backlog.covers >= today.due:
        return f"{away}{today.due} due, {today.new} new, about {today.minutes} min."
    if today.backlog:
        exam = None if today.days_to_exam is None else today.day + timedelta(days=today.days_to_exam)
        new = f" and {today.new} new" if today.new else ""
        most = f"most worth it{new}; {clear_by(today.clear_on, today.day, exam)}."
        if away:
            return f"{away}{today.due} due; {today.minutes_set} minutes today covers the {today.backlog.covers} {most}"
        return f"{today.minutes_set} minutes cover the {today.backlog.covers} of {today.due} due that are {most}"
    if today.review or today.new:
        due = f"{today.review} of {today.due}" if today.review < today.due else str(today.review)
        return f"{due} due, {today.new} new, about {today.minutes} min."
    return f"Nothing is due. Tomorrow {today.tomorrow}."


def clear_by(day: date | None, today: date, exam: date | None = None) -> str:
    """Return when a backlog will be cleared, `day` None where that is too far ahead; no date after the exam."""
    if exam is not None and (day is None or day >= exam):
        return "the rest will not all fit before the exam"
    if day is None:
        return "at this pace it stays, more minutes a day clear it"
    if day <= today + timedelta(days=1):
        return "clear today" if day <= today else "clear by tomorrow"
    return f"clear by {day.strftime('%A') if day < today + timedelta(days=7) else day.isoformat()}"


def _about_the_exam(today: TodaySummary) -> Iterator[str]:
    if today.exam_passed:
        yield f"The exam day, {today.exam_passed}, has passed: `dva settings exam-date none`, or the next date."
    if today.needed is not None and today.needed > MOST_MINUTES:
        yield "More cards are new than fit before the exam: `dva quiz TOPIC` asks what matters most to you."
    elif today.needed is not None:
        pace = f"about {today.needed} minutes a day: `dva settings minutes {today.needed}`"
        yield f"To see every card in time, and again, takes {pace}."


def _countdown(left: int) -> str:
    if left == 0:
        return " The exam is today: good luck."
    return (
        f" {left} days to the exam."
        if left > 1
        else " The exam is tomorrow: `dva notes --myths` is the page for tonight."
    )


def _next_step(today: TodaySummary, keys: bool) -> str:
    if today.review or today.new:
        return "Enter starts, q quits." if keys else "`dva quiz` starts."
    return "`dva quiz --cram` practises without touching the schedule; `dva simulate` runs a mechanism."


def _first_day(today: TodaySummary, keys: bool) -> Sequence[str]:
    waiting = f"{today.notes} notes in {today.topics} topics wait, each asked by several questions."
    start = "Enter starts with the first card, q quits." if keys else "`dva quiz` starts with the first card."
    return [f"Nothing studied yet: {waiting}", start]


def exam_change(change: ExamChange) -> str:
    """Return what another target exam means for the learner: what is new, what has left, how the weights moved.

    Compared with the exam before it; the first one with the next, to which only an earlier date can lead back.
    """
    exam = change.exam
    text = f"You study for {exam.id.upper()} now"
    text += f", in use from {exam.used_from}." if exam.used_from else f", in use until {exam.used_until}."
    if change.former is not None:
        weights = _weights(change.former, exam)
        return f"{text} New: {exam.added}. Left: {exam.removed}. Weights: {weights}."
    if change.later is not None:
        weights = _weights(change.later, exam)
        return f"{text} Only {change.later.id.upper()} has: {change.later.added}. Weights: {weights}."
    return text


def _weights(old: Exam, new: Exam) -> str:
    before = {domain.id: domain.weight for domain in old.domains}
    moved = [domain for domain in new.domains if before.get(domain.id, 0) != domain.weight]
    return ", ".join(f"{d.title} {before.get(d.id, 0)} to {d.weight} %" for d in moved) or "as before"
