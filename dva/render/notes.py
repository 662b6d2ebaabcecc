"""Topics and notes on the screen."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from dva.render.screen import Line, heading, line
from dva.render.signs import Look, clean, fold, pad, width_of

COUNTS = 18
"""Columns for the numbers of notes and questions."""
IDS = 32
"""Columns for the ids of topics."""
STATUS = {"legacy": "legacy: no longer how AWS does it", "disputed": "disputed: sources disagree"}


def topics(rows: Sequence[Mapping[str, Any]], look: Look) -> RenderableType:
    """The topics by chapter, each with its id, notes and questions."""
    lines: list[Line] = []
    if not look.narrow:
        lines.append(line((pad("topic", look.width - COUNTS) + "  notes  questions", "faint")))
    for chapter, inside in groupby(rows, key=lambda row: row["chapter"]):
        lines += [Text("")] if lines else []
        lines.append(heading(clean(chapter), look))
        for row in inside:
            lines += _topic(row, look)
    told = "`dva notes TOPIC` reads, `dva quiz TOPIC` asks."
    return Group(*lines, Text(""), *(line((row, "faint")) for row in fold(told, look.width)))


def _topic(row: Mapping[str, Any], look: Look) -> list[Line]:
    name, title = clean(row["id"]), clean(row["title"])
    if look.narrow:
        counts = f"  {row['notes']} notes, {row['questions']} questions"
        return [*(line((part, "strong")) for part in fold(title, look.width)), line(f"  {name}"), line(counts)]
    counts = f"{row['notes']:>7}{row['questions']:>11}"
    room = look.width - COUNTS - IDS
    first, *rest = fold(title, room)
    whole = [] if width_of(name) < IDS else [line((name, "strong"))]  # an id is there to be typed: it is not broken
    lead = pad("" if whole else name, IDS)
    return [*whole, line((lead, "strong"), pad(first, room), counts), *(line(" " * IDS, part) for part in rest)]


def notes(chosen: Iterable[Any], look: Look, title: str = "") -> RenderableType:
    """Notes one below the other: the truth, what is commonly repeated instead, where AWS says it."""
    lines: list[Line] = [heading(clean(title), look)] if title else []
    for note in chosen:
        lines += [Text("")] if lines else []
        lines += note_lines(note, look)
    return Group(*lines)


def note_lines(note: Any, look: Look) -> list[Line]:
    """One note."""
    lines = [line((clean(note.id), "head"))]
    if note.status in STATUS:
        lines.append(line((STATUS[note.status], "other")))
    lines += [line(text) for text in fold(clean(note.text).strip(), look.width)]
    if note.myth:
        lines += [line((text, "other")) for text in fold(f"Myth: {clean(note.myth).strip()}", look.width, rest="  ")]
    # An address stays in one piece, so that it can be opened.
    title, separator, url = clean(note.source).partition(": http")
    source = f"{title} (checked {note.checked_on})"
    lines += [line((text, "faint")) for text in fold(source, look.width, rest="  ")]
    return lines + ([line((f"  http{url}", "faint"))] if separator else [])


def myths(chosen: Iterable[Any], look: Look) -> RenderableType:
    """Every myth with its correction, as short as they can stand."""
    lines: list[Line] = []
    for note in chosen:
        lines += [Text("")] if lines else []
        marks = look.marks
        lines += [line((t, "other")) for t in fold(clean(note.myth).strip(), look.width, f"{marks.wrong} ", "  ")]
        lines += [line(t) for t in fold(clean(note.text).strip(), look.width, f"{marks.right} ", "  ")]
    return Group(*lines)
