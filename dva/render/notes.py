"""Topics and notes on the screen."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from dva.render.screen import Line, heading, line
from dva.render.text import Display, cell_len, pad, sanitize, wrap

COUNTS = 18
"""Columns for the numbers of notes and questions."""
IDS = 32
"""Columns for the ids of topics."""
STATUS = {"legacy": "legacy: no longer how AWS does it", "disputed": "disputed: sources disagree"}


def topics(rows: Sequence[Mapping[str, Any]], display: Display) -> RenderableType:
    """The topics by chapter, each with its id, notes and questions."""
    lines: list[Line] = []
    if not display.narrow:
        lines.append(line((pad("topic", display.width - COUNTS) + "  notes  questions", "faint")))
    for chapter, inside in groupby(rows, key=lambda row: row["chapter"]):
        lines += [Text("")] if lines else []
        lines.append(heading(sanitize(chapter), display))
        for row in inside:
            lines += _topic(row, display)
    told = "`dva notes TOPIC` reads, `dva quiz TOPIC` asks."
    return Group(*lines, Text(""), *(line((row, "faint")) for row in wrap(told, display.width)))


def _topic(row: Mapping[str, Any], display: Display) -> list[Line]:
    name, title = sanitize(row["id"]), sanitize(row["title"])
    if display.narrow:
        counts = f"  {row['notes']} notes, {row['questions']} questions"
        return [*(line((part, "strong")) for part in wrap(title, display.width)), line(f"  {name}"), line(counts)]
    counts = f"{row['notes']:>7}{row['questions']:>11}"
    room = display.width - COUNTS - IDS
    first, *rest = wrap(title, room)
    whole = [] if cell_len(name) < IDS else [line((name, "strong"))]  # an id is there to be typed: it is not broken
    lead = pad("" if whole else name, IDS)
    return [*whole, line((lead, "strong"), pad(first, room), counts), *(line(" " * IDS, part) for part in rest)]


def notes(chosen: Iterable[Any], display: Display, title: str = "") -> RenderableType:
    """Notes one below the other: the truth, what is commonly repeated instead, where AWS says it."""
    lines: list[Line] = [heading(sanitize(title), display)] if title else []
    for note in chosen:
        lines += [Text("")] if lines else []
        lines += note_lines(note, display)
    return Group(*lines)


def note_lines(note: Any, display: Display) -> list[Line]:
    """One note."""
    lines = [line((sanitize(note.id), "head"))]
    if note.status in STATUS:
        lines.append(line((STATUS[note.status], "other")))
    lines += [line(text) for text in wrap(sanitize(note.text).strip(), display.width)]
    if note.myth:
        lines += [
            line((text, "other")) for text in wrap(f"Myth: {sanitize(note.myth).strip()}", display.width, rest="  ")
        ]
    # An address stays in one piece, so that it can be opened.
    title, separator, url = sanitize(note.source).partition(": http")
    source = f"{title} (checked {note.checked_on})"
    lines += [line((text, "faint")) for text in wrap(source, display.width, rest="  ")]
    return lines + ([line((f"  http{url}", "faint"))] if separator else [])


def myths(chosen: Iterable[Any], display: Display) -> RenderableType:
    """Every myth with its correction, as short as they can stand."""
    lines: list[Line] = []
    for note in chosen:
        lines += [Text("")] if lines else []
        glyphs = display.glyphs
        lines += [
            line((t, "other")) for t in wrap(sanitize(note.myth).strip(), display.width, f"{glyphs.wrong} ", "  ")
        ]
        lines += [line(t) for t in wrap(sanitize(note.text).strip(), display.width, f"{glyphs.right} ", "  ")]
    return Group(*lines)
