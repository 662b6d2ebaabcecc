"""Topics and notes."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from dva.items.entries import Note
from dva.render.screen import Line, heading, line
from dva.render.text import Display, cell_len, pad, sanitize, wrap

if TYPE_CHECKING:
    from dva.app.eve import EvePage

COUNT_COLUMNS = 18
"""Width of the numbers of notes and questions."""
ID_COLUMNS = 32
"""Width of the ids of topics."""
STATUS_LINES = {"legacy": "legacy: no longer how AWS does it", "disputed": "disputed: sources disagree"}


def topics(rows: Sequence[Mapping[str, Any]], display: Display) -> Group:
    """Draw the topics by chapter, each with its id and its numbers of notes and questions."""
    lines: list[Line] = []
    if not display.narrow:
        lines.append(line((pad("topic", display.width - COUNT_COLUMNS) + "  notes  questions", "faint")))
    for chapter, inside in groupby(rows, key=lambda row: row["chapter"]):
        lines += [Text("")] if lines else []
        lines.append(heading(sanitize(chapter), display))
        for row in inside:
            lines += _topic(row, display)
    hint = "`dva notes TOPIC` reads, `dva quiz TOPIC` asks."
    return Group(*lines, Text(""), *(line((row, "faint")) for row in wrap(hint, display.width)))


def _topic(row: Mapping[str, Any], display: Display) -> list[Line]:
    name, title = sanitize(row["id"]), sanitize(row["title"])
    if display.narrow:
        counts = f"  {row['notes']} notes, {row['questions']} questions"
        return [*(line((part, "strong")) for part in wrap(title, display.width)), line(f"  {name}"), line(counts)]
    counts = f"{row['notes']:>7}{row['questions']:>11}"
    room = display.width - COUNT_COLUMNS - ID_COLUMNS
    first, *rest = wrap(title, room)
    # An id is there to be copied, so a long one is not truncated: it gets a line of its own.
    own_line = [] if cell_len(name) < ID_COLUMNS else [line((name, "strong"))]
    lead = pad("" if own_line else name, ID_COLUMNS)
    return [
        *own_line,
        line((lead, "strong"), pad(first, room), counts),
        *(line(" " * ID_COLUMNS, part) for part in rest),
    ]


def notes(entries: Iterable[Note], display: Display, title: str = "") -> Group:
    """Draw notes one below the other, under a heading where there is a `title`."""
    lines: list[Line] = [heading(sanitize(title), display)] if title else []
    for note in entries:
        lines += [Text("")] if lines else []
        lines += note_lines(note, display)
    return Group(*lines)


def note_lines(note: Note, display: Display) -> list[Line]:
    """Return the lines of a note: id, status, text, myth, source."""
    lines = [line((sanitize(note.id), "head"))]
    if note.status in STATUS_LINES:
        lines.append(line((STATUS_LINES[note.status], "other")))
    lines += [line(text) for text in wrap(sanitize(note.text).strip(), display.width)]
    if note.myth:
        lines += [
            line((text, "other")) for text in wrap(f"Myth: {sanitize(note.myth).strip()}", display.width, rest="  ")
        ]
    # An address is not wrapped, so that a terminal can open it.
    title, separator, url = sanitize(note.source).partition(": http")
    source = f"{title} (checked {note.checked_on})"
    lines += [line((text, "faint")) for text in wrap(source, display.width, rest="  ")]
    return lines + ([line((f"  http{url}", "faint"))] if separator else [])


def eve(page: "EvePage", display: Display) -> Group:
    """Draw the page for the evening before the exam."""
    lines: list[Line] = [heading("What fades first", display)] if page.fading else []
    bullet = f"{display.glyphs.bullet} "
    for note in page.fading:
        lines += [line(row) for row in wrap(sanitize(note.text).strip(), display.width, bullet, "  ")]
    if not page.myths:
        return Group(*lines)
    lines += [Text("")] if lines else []
    return Group(*lines, heading("Myths of your weak topics", display), myths(page.myths, display))


def myths(entries: Iterable[Note], display: Display) -> Group:
    """Draw the myth of each note and its correction."""
    lines: list[Line] = []
    for note in entries:
        lines += [Text("")] if lines else []
        glyphs = display.glyphs
        lines += [
            line((t, "other")) for t in wrap(sanitize(note.myth or "").strip(), display.width, f"{glyphs.wrong} ", "  ")
        ]
        lines += [line(t) for t in wrap(sanitize(note.text).strip(), display.width, f"{glyphs.right} ", "  ")]
    return Group(*lines)
