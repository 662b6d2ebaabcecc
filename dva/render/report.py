"""The report on the screen: tables at 80 columns, lists at 40."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from rich.console import Group
from rich.text import Text

from dva.app.report import WEEKS_BACK, Report, Row
from dva.render.screen import Line, heading, line
from dva.render.signs import Look, bar, clean, count, fold, pad
from dva.study.progress import Ratio

ELSEWHERE = "not in dva: study elsewhere"
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def report(told: Report, look: Look) -> Group:
    """All of it."""
    blocks = [
        _overview(told, look), _table("Topics", told.topics, look),
        _table(f"Domains of {told.exam.upper()}", told.domains, look), _tasks(told, look),
        _forecast(told, look), _calendar(told, look), _errors(told, look),
    ]  # fmt: skip
    lines: list[Line] = []
    for block in (block for block in blocks if block):
        lines += [Text(""), *block] if lines else block
    return Group(*lines)


def _overview(told: Report, look: Look) -> list[Line]:
    row = told.total
    lines = [heading("Progress", look)]
    lines.append(
        line(f"Seen {row.seen} of {row.total} notes. First sight {ratio(row.first_sight)}, recall {ratio(row.recall)}.")
    )
    minutes, week = round(told.seconds / 60), round(told.seconds_week / 60)
    lines.append(line(f"Time {minutes} min in all, {week} min in the last 7 days."))
    if told.days_to_exam is not None:
        lines.append(line(f"{count(told.days_to_exam, 'day')} to the exam, {told.exam.upper()}."))
    if told.predictions.total:
        lines.append(line(f"Predictions before a run: {told.predictions.right} of {told.predictions.total} right."))
    return [row for one in lines for row in _fit(one, look)]


def _fit(one: Line, look: Look) -> list[Line]:
    return [one] if one.cell_len <= look.width else [line(row) for row in fold(one.plain, look.width)]


def ratio(told: Ratio) -> str:
    """`83 % (74-90)`, or `too few` where the number would say nothing."""
    if not told.enough:
        return "too few"
    return f"{round((told.share or 0) * 100)} % ({round(told.low * 100)}-{round(told.high * 100)})"


def _table(title: str, rows: Sequence[Row], look: Look) -> list[Line]:
    shown = [row for row in rows if row.seen or row.weight is not None or row.coverage] or list(rows)[:0]
    rest = len(rows) - len(shown)
    if not rows:
        return []
    lines = [heading(title, look)]
    room = look.width - 46
    if not look.narrow:
        lines.append(line((f"{pad('', room)} {'seen':>9} {'first sight':>16} {'recall':>16}", "faint")))
    for row in shown:
        lines += _row(row, room, look)
    if rest:
        told = f"{count(rest, 'topic')} not begun; `dva topics` lists them."
        lines += [line((text, "faint")) for text in fold(told, look.width)]
    return lines


def _row(row: Row, room: int, look: Look) -> list[Line]:
    weight = f", {row.weight} %" if row.weight is not None else ""
    name = clean(f"{row.id} {row.title}{weight}" if row.coverage else row.title)
    seen = f"{row.seen}/{row.total}" if row.total else "not in dva"
    if look.narrow:
        numbers = f"  seen {seen}, first sight {ratio(row.first_sight)}, recall {ratio(row.recall)}"
        numbers = numbers if row.total else f"  {ELSEWHERE}"
        return [
            *(line((t, "strong")) for t in fold(name, look.width, "", "  ")),
            *(line(t) for t in fold(numbers, look.width, "", "  ")),
        ]
    first, *rest = fold(name, room, "", "  ")
    numbers = f" {seen:>9} {ratio(row.first_sight):>16} {ratio(row.recall):>16}"
    told = numbers if row.total else (f" {ELSEWHERE:>43}", "other")
    return [line(pad(first, room, look.marks), told), *(line(part) for part in rest)]


def _tasks(told: Report, look: Look) -> list[Line]:
    """Which tasks of the exam dva covers, and which are to be studied elsewhere."""
    lines = [heading(f"Tasks of {told.exam.upper()}", look)]
    for row in told.tasks:
        said = ELSEWHERE if not row.total else f"{row.coverage} {row.questions}, seen {row.seen}/{row.total}"
        style = "" if row.coverage == "covered" else "other"
        name = clean(f"{row.id} {row.title}") + (" (inferred)" if row.inferred else "")
        if look.narrow:
            lines += [*(line((t, "strong")) for t in fold(name, look.width)), line("  ", (said, style))]
        else:
            first, *rest = fold(name, look.width - 30, "", "    ")
            lines.append(line(pad(first, look.width - 30, look.marks), (f" {said:>29}", style)))
            lines += [line(part) for part in rest]
        if row.seen:
            known = f"first sight {ratio(row.first_sight)}, recall {ratio(row.recall)}"
            lines += [line((part, "faint")) for part in fold(known, look.width, "    ", "    ")]
    return lines


def _forecast(told: Report, look: Look) -> list[Line]:
    if not any(told.forecast):
        return []
    lines, most = [heading("Due", look)], max(told.forecast)
    room = max(10, min(40, look.width - 22))
    for n, due in enumerate(told.forecast):
        name = "today" if n == 0 else "tomorrow" if n == 1 else (told.today + timedelta(days=n)).strftime("%a %d %b")
        blocks = bar(due, most, room, look.marks) if due else ""
        bars = "" if look.plain else blocks.rstrip(look.marks.empty)
        lines.append(line(pad(name, 11), f"{due:>5}  ".rstrip() if not bars else f"{due:>5}  ", (bars, "fill")))
    return lines


def _calendar(told: Report, look: Look) -> list[Line]:
    """Answers a day, a column a week."""
    if not told.calendar:
        return []
    weeks = min(WEEKS_BACK, (look.width - 4) // 4)
    monday = told.today - timedelta(days=told.today.weekday())
    firsts = [monday - timedelta(weeks=n) for n in reversed(range(weeks))]
    lines = [heading("Answers a day", look)]
    if look.plain:
        days = [(day, n) for day, n in told.calendar.items() if day >= firsts[0]]
        return lines + [line(f"{day:%a %d %b}: {count(n, 'answer')}") for day, n in days]
    lines.append(line(("   " + "".join(f"{first.day:>4}" for first in firsts), "faint")))
    for weekday, name in enumerate(WEEKDAYS):
        cells = [told.calendar.get(first + timedelta(days=weekday)) for first in firsts]
        ahead = [first + timedelta(days=weekday) > told.today for first in firsts]
        row = "".join(f"{'' if late else _cell(n, look):>4}" for n, late in zip(cells, ahead, strict=True))
        lines.append(line((f"{name} ", "faint"), row.rstrip()))
    return lines


def _cell(answers: int | None, look: Look) -> str:
    return look.marks.dot if not answers else str(answers) if answers < 1000 else "999"


def _errors(told: Report, look: Look) -> list[Line]:
    if not told.confident_errors:
        return []
    many = len(told.confident_errors)
    lines = [heading("Sure, but wrong", look)]
    lines += [line(f"  {clean(one.question)}") for one in told.confident_errors[:10]]
    if many > 10:
        lines.append(line(f"  and {many - 10} more"))
    hint = "`dva quiz --confident-errors` practises them."
    lines += [line((text, "faint")) for text in fold(hint, look.width)]
    return lines


def disputes(rows: Sequence[Any], library: Any, today: date) -> str:
    """Disputed keys as text that can be pasted into an issue."""
    blocks = []
    for row in rows:
        question = library.questions.get(row.question)
        told = [f"### {clean(row.question)} (rev {row.rev})", ""]
        if question is not None:
            told += [f"Question: {clean(' '.join(question.stem.split()))}", ""]
        told += [f"Said on {row.on.isoformat()}: {clean(row.why) or 'the key is wrong'}"]
        blocks.append("\n".join(told))
    return "\n\n".join(blocks) or "No key was disputed. In a quiz, `w` after an answer does that."
