"""Today in words: one verdict, what is left, an end, one next step. Needs no library."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from dva.app.quiz.ports import DaySummary, NextDay
from dva.app.today import ExamChange, TodaySummary
from dva.catalog.exams import Exam
from dva.render.text import Display, bar, cell_len, pluralize, sanitize, wrap
from dva.render.welcome import coverage

MOST_MINUTES = 120
"""More minutes a day than these are not advised."""
LABEL = 8
"""Columns of the labels."""
TOGETHER = "\u00a0"
"""Stands for a space where a row must not break, such as before a unit."""
BAR, NARROW_BAR = 10, 5
"""Columns of the bar of the day."""


def lines(today: TodaySummary, display: Display, *, keys: bool) -> Sequence[str]:
    """Return the rows of the morning; with `keys` they name the keys that continue from here."""
    if not today.begun:
        texts: list[str] = [*_first_day(today), *_exam_advice(today), _next_step(today, display, keys)]
    else:
        texts = [*_verdict(today, display), *_small_print(today), _next_step(today, display, keys)]
    return [row.replace(TOGETHER, " ") for text in texts for row in wrap(text, display.width, rest=_indent(text))]


def _indent(text: str) -> str:
    """Return what stands before further rows of a text: the width of its label, if it has one."""
    return " " * LABEL if text[:LABEL].strip() and text[LABEL - 1 : LABEL] == " " and text[:LABEL].count("  ") else ""


def _verdict(today: TodaySummary, display: Display) -> Iterator[str]:
    yield _head(today, display)
    yield from _away(today)
    if today.left or not today.done:
        yield _left(today, display)
    else:
        yield done_today(today.done)
    yield from _known(today, display)
    if today.weakest:
        share = round(100 * today.weakest.share)
        title = sanitize(today.weakest.title)
        if display.plain:
            yield f"Weakest topic: {title}, {share} % right."
        else:
            yield f"{'Weak':<{LABEL}}{title} ({share} %)"


def _head(today: TodaySummary, display: Display) -> str:
    """Return the date and how far the exam is."""
    exam, here = today.exam.id.upper(), _short(today.day)
    if today.days_to_exam is None:
        rest = f"{exam} was on {_short(today.exam_passed)}" if today.exam_passed else f"{exam}, no exam date"
    elif today.days_to_exam == 0:
        rest = f"{exam} is today"
    elif today.days_to_exam == 1:
        rest = f"{exam} is tomorrow"
    else:
        rest = f"{today.days_to_exam} days to {exam}"
    return f"{here}: {rest}." if display.plain else f"{here} {display.glyphs.dot} {rest}"


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _left(today: TodaySummary, display: Display) -> str:
    """Return what is left of the day, with a bar of what was done."""
    if not today.left:
        return f"{'Today':<{LABEL}}nothing to do; tomorrow {pluralize(today.tomorrow, 'review')}"
    some = [pluralize(today.review, "review")] if today.review else []
    some = [part.replace(" ", TOGETHER) for part in (*some, *([f"{today.new} new"] if today.new else []))]
    if display.plain:
        done = f" {today.planned - today.left} of {today.planned} cards are done." if today.done else ""
        return f"Today: {' and '.join(some)}, about {pluralize(today.minutes, 'minute')}.{done}"
    columns = NARROW_BAR if display.narrow else BAR
    blocks = bar(today.planned - today.left, today.planned, columns, display.glyphs)
    rest = f"{' + '.join(some)} {display.glyphs.dot} {today.minutes}{TOGETHER}min"
    return f"{'Today':<{LABEL}}{blocks}{' ' if display.narrow else '  '}{rest}"


def _known(today: TodaySummary, display: Display) -> Iterator[str]:
    """Return what is known, and what that leads to."""
    now = f"{today.known} of {today.notes}"
    ahead = today.on_course is not None and (today.days_to_exam or 0) > 1
    course = f"on course for ~{_rounded(max(today.on_course or 0, 0))} by the exam" if ahead else ""
    if display.plain:
        yield f"Known: {now} notes{', ' + course.replace('~', 'about ') if course else ''}."
        return
    text = f"{'Known':<{LABEL}}{now}"
    if course and cell_len(text) + 3 + len(course) <= display.width:
        yield f"{text}   {course}"
    else:
        yield from [text, *([" " * LABEL + course] if course else [])]


def _rounded(number: int) -> int:
    """Return a forecast without digits that it does not have."""
    return round(number, -1) if number >= 20 else number


def _away(today: TodaySummary) -> Iterator[str]:
    """Yield what an absence means: what waits, that nothing is lost, when it is clear."""
    if not today.away or today.days_to_exam == 0:
        return
    away = f"{today.away} days away, nothing is lost."
    if today.backlog:
        waits = pluralize(today.backlog.due, "review")
        verb = "waits" if today.backlog.due == 1 else "wait"
        yield f"{away} {waits} {verb}: {clear_by(today.clear_on, today.day)}." if today.backlog.due else away
    elif today.faded and today.days_to_exam:
        when = f" All were asked again {_by(today.refreshed, today.day)} at this pace." if today.refreshed else ""
        yield f"{away} {pluralize(today.faded, 'note')} faded; what is worth most comes first.{when}"
    else:
        yield away


def clear_by(day: date | None, today: date) -> str:
    """Return when a backlog will be cleared, `day` None where that is too far ahead."""
    if day is None:
        return "at this pace it stays, more minutes a day clear it"
    return "clear today" if day <= today else f"clear {_by(day, today)}"


def _by(day: date, today: date) -> str:
    if day <= today:
        return "today"
    if day == today + timedelta(days=1):
        return "by tomorrow"
    return f"by {day:%A}" if day < today + timedelta(days=7) else f"by {day.isoformat()}"


def done_today(day: DaySummary) -> str:
    """Return what was done on a day that is complete, and what the next one holds."""
    counts = f"{day.answered} answered, {day.right} right, {day.minutes} min"
    return f"Done for today: {counts}. Day {day.number}. {next_day(day.tomorrow)}"


def next_day(day: NextDay) -> str:
    """Return what tomorrow holds."""
    some = [pluralize(day.review, "review")] if day.review else []
    some += [f"{day.new} new"] if day.new else []
    text = " + ".join(some) or "nothing"
    return f"Tomorrow is the exam: {text}." if day.exam else f"Tomorrow {text}."


def _small_print(today: TodaySummary) -> Iterator[str]:
    """Yield what the learner should know beside the verdict."""
    yield from _about_the_exam(today)
    yield from _exam_advice(today)
    if today.backlog and not today.away:
        waits = f"{today.backlog.due} reviews wait, {today.backlog.covers} fit today"
        yield f"{waits}: {clear_by(today.clear_on, today.day)}. Nothing new until then."
    if today.ahead:
        yield (
            f"Some answers are dated {today.ahead}, after today: a clock was wrong then. Their cards wait until that "
            "day; `dva data reset CARD` begins one anew."
        )
    for question in today.corrected_keys:
        yield f"The key of {question} was mended since you answered it, so its note comes first."


def _about_the_exam(today: TodaySummary) -> Iterator[str]:
    if today.exam_passed:
        yield (
            "How did it go? `dva settings exam-date none` keeps what you know; "
            "`dva settings exam-date DATE` plans the next one."
        )
    elif today.days_to_exam == 0:
        yield "A warm-up of what fades first, nothing new. Nothing of it must be done: good luck."
    elif today.days_to_exam == 1:
        yield (
            "`dva notes --eve` is the page for tonight: what fades first, and the myths of your weak topics, in ten "
            "minutes."
        )
    elif not today.left or today.needed is None:
        return
    elif today.needed > MOST_MINUTES:
        yield "Not every note fits before the exam: what is worth most comes first."
    else:
        yield (
            f"About {today.needed} minutes a day would show you every note in time: "
            f"`dva settings minutes {today.needed}`."
        )


def _exam_advice(today: TodaySummary) -> Iterator[str]:
    if today.exam_unfit and today.days_to_exam is not None:
        yield exam_mismatch(today.exam, today.exam_unfit, today.day + timedelta(days=today.days_to_exam))


def exam_mismatch(exam: Exam, fitting: Exam, day: date) -> str:
    """Return that an exam cannot be taken on the exam date, and what to do."""
    used = f"until {exam.used_until}" if exam.used_until and exam.used_until < day.isoformat() else (
        f"from {exam.used_from}"
    )  # fmt: skip
    return (
        f"{exam.id.upper()} is in use {used}; on {day} the exam is {fitting.id.upper()}. `dva settings exam auto` "
        "studies for that one, or change the date."
    )


def _next_step(today: TodaySummary, display: Display, keys: bool) -> str:
    quits = ", q quits." if display.plain else f" {display.glyphs.dot} q quits"
    if today.left:
        return f"Enter starts{quits}" if keys else "`dva quiz` starts."
    if today.more:
        offer = f"asks {today.more} more"
        return f"Enter {offer}{quits}" if keys else f"`dva quiz` {offer}."
    return "`dva quiz --cram` practices without touching the schedule; `dva simulate` runs a mechanism."


def _first_day(today: TodaySummary) -> Iterator[str]:
    yield f"Nothing studied yet: {today.notes} notes in {today.topics} topics wait, each asked by several questions."
    if today.coverage:
        yield coverage(today.coverage)


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
