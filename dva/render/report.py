"""The report: tables on a wide display, lists on a narrow one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from rich.console import Group
from rich.text import Text

from dva.app.report import WEEKS_BACK, Dispute, Report, Row
from dva.items.entries import Question
from dva.render.screen import Line, heading, line
from dva.render.text import Display, bar, pad, pluralize, sanitize, truncate, wrap
from dva.study.progress import Ratio
from dva.study.readiness import MIN_ANSWERS, Range

ELSEWHERE = "not in dva: study elsewhere"
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


MOST_SHOWN = 3
"""Topics and questions that the short report names."""
DAYS_SHOWN = 7


def summary(data: Report, questions: Mapping[str, Question], display: Display) -> Group:
    """Draw the report on one screen: the whole, the domains, and what to work on next."""
    blocks = [
        _overview(data, display), _table(f"Domains of {data.exam.upper()}", data.domains, display),
        _next_steps(data, questions, display),
    ]  # fmt: skip
    lines = [line for block in blocks if block for line in block]
    more = "`dva report --full` has topics, tasks, forecast and calendar."
    return Group(*lines, *(line((text, "faint")) for text in wrap(more, display.width)))


def _next_steps(data: Report, questions: Mapping[str, Question], display: Display) -> list[Line]:
    lines = [heading("Next", display)]
    known = sorted((row for row in data.topics if row.recall.enough), key=lambda row: row.recall.share or 0)
    weak = [f"{row.title} {round((row.recall.share or 0) * 100)} %" for row in known[:MOST_SHOWN]]
    if weak:
        lines += _entry("Weakest", ", ".join(weak), display)
    missing = [row for row in data.tasks if not row.total]
    if missing:
        names = [f"{row.id} {row.title}" if len(missing) == 1 else row.id for row in missing]
        lines += _entry("Not in dva", f"{', '.join(names)}: study elsewhere", display)
    week = data.forecast[:DAYS_SHOWN]
    names = ["today", *((data.today + timedelta(days=n)).strftime("%a") for n in range(1, len(week)))]
    if any(week):
        lines += _entry("Due", ", ".join(f"{name} {due}" for name, due in zip(names, week, strict=True)), display)
    errors = data.confident_errors
    if errors:
        lines += _entry(
            "Sure, wrong", f"{pluralize(len(errors), 'answer')}; `dva quiz --confident-errors` asks them", display
        )
        most = 1 if display.narrow else MOST_SHOWN
        lines += [row for one in errors[:most] for row in _stem(questions[one.question].stem, display)]
    return lines


def _entry(name: str, text: str, display: Display) -> list[Line]:
    first, *rest = wrap(
        sanitize(text), display.width, pad(name, 13, display.glyphs), " " * (2 if display.narrow else 13)
    )
    return [line((first[:13], "faint"), first[13:]), *(line(row) for row in rest)]


def _stem(stem: str, display: Display) -> list[Line]:
    """Return a question by its stem, on one line."""
    return [line(truncate(f"  {display.glyphs.dot} {sanitize(' '.join(stem.split()))}", display.width, display.glyphs))]


def report(data: Report, questions: Mapping[str, Question], display: Display) -> Group:
    """Draw all blocks of a report."""
    blocks = [
        _overview(data, display), _expected(data, display), _table("Topics", data.topics, display),
        _table(f"Domains of {data.exam.upper()}", data.domains, display), _tasks(data, display),
        _forecast(data, display), _calendar(data, display), _errors(data, questions, display),
    ]  # fmt: skip
    lines: list[Line] = []
    for block in (block for block in blocks if block):
        lines += [Text(""), *block] if lines else block
    return Group(*lines)


def _overview(report: Report, display: Display) -> list[Line]:
    row = report.total
    lines = [heading("Progress", display)]
    lines.append(
        line(f"Seen {row.seen} of {row.total} notes. First sight {ratio(row.first_sight)}, recall {ratio(row.recall)}.")
    )
    lines.append(line(_readiness(report)))
    minutes, week = round(report.seconds / 60), round(report.seconds_week / 60)
    lines.append(line(f"Time {minutes} min in all, {week} min in the last 7 days."))
    if report.days_to_exam is not None:
        lines.append(line(f"{pluralize(report.days_to_exam, 'day')} to the exam, {report.exam.upper()}."))
    if report.predictions.total:
        lines.append(line(f"Predictions before a run: {report.predictions.right} of {report.predictions.total} right."))
    return [row for one in lines for row in _fit(one, display)]


def _readiness(report: Report) -> str:
    """Return the share expected right on questions never seen, or what is missing for it."""
    found = report.readiness
    if found.whole is None:
        missing = pluralize(MIN_ANSWERS - found.answers, "more answer")
        return f"Readiness: {missing} to questions never seen; `dva exam` asks them."
    return f"Readiness: {_percent(found.whole)} expected right on questions never seen, of what dva covers."


def _expected(report: Report, display: Display) -> list[Line]:
    """Draw the share expected right by domain."""
    domains = report.readiness.domains or {}
    titles = {row.id: row.title for row in report.domains}
    rows = [f"{name} {titles.get(name, '')}: {_percent(one)}" for name, one in domains.items()]
    lines = [heading("Expected right on questions never seen", display)] if rows else []
    return lines + [line(row) for text in rows for row in wrap(sanitize(text), display.width, "", "  ")]


def _percent(one: Range) -> str:
    return f"{round(100 * one.share)} % ({round(100 * one.low)}-{round(100 * one.high)})"


def _fit(one: Line, display: Display) -> list[Line]:
    return [one] if one.cell_len <= display.width else [line(row) for row in wrap(one.plain, display.width)]


def ratio(value: Ratio) -> str:
    """Format a share with its range, `83 % (74-90)`, or `too few` where there are too few answers for one."""
    if not value.enough:
        return "too few"
    return f"{round((value.share or 0) * 100)} % ({round(value.low * 100)}-{round(value.high * 100)})"


def _table(title: str, rows: Sequence[Row], display: Display) -> list[Line]:
    shown = [row for row in rows if row.seen or row.weight is not None or row.coverage] or list(rows)[:0]
    rest = len(rows) - len(shown)
    if not rows:
        return []
    lines = [heading(title, display)]
    room = display.width - 46
    if not display.narrow:
        lines.append(line((f"{pad('', room)} {'seen':>9} {'first sight':>16} {'recall':>16}", "faint")))
    for row in shown:
        lines += _row(row, room, display)
    if rest:
        hint = f"{pluralize(rest, 'topic')} not begun; `dva topics` lists them."
        lines += [line((text, "faint")) for text in wrap(hint, display.width)]
    return lines


def _row(row: Row, room: int, display: Display) -> list[Line]:
    weight = f", {row.weight} %" if row.weight is not None else ""
    name = sanitize(f"{row.id} {row.title}{weight}" if row.coverage else row.title)
    seen = f"{row.seen}/{row.total}" if row.total else "not in dva"
    if display.narrow:
        numbers = f"  seen {seen}, first sight {ratio(row.first_sight)}, recall {ratio(row.recall)}"
        numbers = numbers if row.total else f"  {ELSEWHERE}"
        return [
            *(line((t, "strong")) for t in wrap(name, display.width, "", "  ")),
            *(line(t) for t in wrap(numbers, display.width, "", "  ")),
        ]
    first, *rest = wrap(name, room, "", "  ")
    numbers = f" {seen:>9} {ratio(row.first_sight):>16} {ratio(row.recall):>16}"
    cells = numbers if row.total else (f" {ELSEWHERE:>43}", "other")
    return [line(pad(first, room, display.glyphs), cells), *(line(part) for part in rest)]


def _tasks(report: Report, display: Display) -> list[Line]:
    """Draw the tasks of the exam, and whether dva covers them."""
    lines = [heading(f"Tasks of {report.exam.upper()}", display)]
    for row in report.tasks:
        few = "few: " if row.coverage == "thin" else ""
        counts = f"{few}{pluralize(row.questions, 'question')}, {row.seen}/{row.total} notes"
        coverage = counts if row.total else ELSEWHERE
        style = "" if row.coverage == "covered" else "other"
        name = sanitize(f"{row.id} {row.title}") + (" (inferred)" if row.inferred else "")
        if display.narrow:
            lines += [*(line((t, "strong")) for t in wrap(name, display.width)), line("  ", (coverage, style))]
        else:
            first, *rest = wrap(name, display.width - 30, "", "    ")
            lines.append(line(pad(first, display.width - 30, display.glyphs), (f" {coverage:>29}", style)))
            lines += [line(part) for part in rest]
        if row.seen:
            results = f"first sight {ratio(row.first_sight)}, recall {ratio(row.recall)}"
            lines += [line((part, "faint")) for part in wrap(results, display.width, "    ", "    ")]
    return lines


def _forecast(report: Report, display: Display) -> list[Line]:
    if not any(report.forecast):
        return []
    lines, most = [heading("Due", display)], max(report.forecast)
    room = max(10, min(40, display.width - 22))
    for n, due in enumerate(report.forecast):
        name = "today" if n == 0 else "tomorrow" if n == 1 else (report.today + timedelta(days=n)).strftime("%a %d %b")
        blocks = bar(due, most, room, display.glyphs) if due else ""
        bars = "" if display.plain else blocks.rstrip(display.glyphs.empty)
        lines.append(line(pad(name, 11), f"{due:>5}  ".rstrip() if not bars else f"{due:>5}  ", (bars, "fill")))
    return lines


def _calendar(report: Report, display: Display) -> list[Line]:
    """Draw the number of answers of each day, a column for each week."""
    if not report.calendar:
        return []
    weeks = min(WEEKS_BACK, (display.width - 4) // 4)
    monday = report.today - timedelta(days=report.today.weekday())
    firsts = [monday - timedelta(weeks=n) for n in reversed(range(weeks))]
    lines = [heading("Answers a day", display)]
    if display.plain:
        days = [(day, n) for day, n in report.calendar.items() if day >= firsts[0]]
        return lines + [line(f"{day:%a %d %b}: {pluralize(n, 'answer')}") for day, n in days]
    lines.append(line(("   " + "".join(f"{first.day:>4}" for first in firsts), "faint")))
    for weekday, name in enumerate(WEEKDAYS):
        cells = [report.calendar.get(first + timedelta(days=weekday)) for first in firsts]
        ahead = [first + timedelta(days=weekday) > report.today for first in firsts]
        row = "".join(f"{'' if late else _cell(n, display):>4}" for n, late in zip(cells, ahead, strict=True))
        lines.append(line((f"{name} ", "faint"), row.rstrip()))
    return lines


def _cell(answers: int | None, display: Display) -> str:
    return display.glyphs.dot if not answers else str(answers) if answers < 1000 else "999"


def _errors(report: Report, questions: Mapping[str, Question], display: Display) -> list[Line]:
    if not report.confident_errors:
        return []
    total = len(report.confident_errors)
    lines = [heading("Sure, but wrong", display)]
    lines += [row for one in report.confident_errors[:10] for row in _stem(questions[one.question].stem, display)]
    if total > 10:
        lines.append(line(f"  and {total - 10} more"))
    hint = "`dva quiz --confident-errors` practises them."
    lines += [line((text, "faint")) for text in wrap(hint, display.width)]
    return lines


def disputes(rows: Sequence[Dispute], questions: Mapping[str, Question]) -> str:
    """Return disputed keys as Markdown that can be pasted into an issue."""
    blocks = []
    for row in rows:
        question = questions.get(row.question)
        lines = [f"### {sanitize(row.question)} (rev {row.rev})", ""]
        if question is not None:
            lines += [f"Question: {sanitize(' '.join(question.stem.split()))}", ""]
        lines += [f"Said on {row.on.isoformat()}: {sanitize(row.why) or 'the key is wrong'}"]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) or "No key was disputed. In a quiz, `w` after an answer does that."
