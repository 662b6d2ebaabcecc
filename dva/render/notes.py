"""Topics and notes on the screen."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from dva.render.screen import Line, heading, line
from dva.render.signs import Look, clean, fold, pad

STATUS = {"legacy": "legacy: no longer how AWS does it", "disputed": "disputed: sources disagree"}


def topics(rows: Sequence[Mapping[str, Any]], look: Look) -> RenderableType:
    """The topics by chapter, each with its id, notes and questions."""
    lines: list[Line] = []
    for chapter, inside in groupby(rows, key=lambda row: row["chapter"]):
        lines += [Text(""), heading(clean(chapter), look)] if lines else [heading(clean(chapter), look)]
        for row in inside:
            lines += _topic(row, look)
    lines += [Text(""), line(("dva notes TOPIC reads, dva quiz TOPIC asks.", "faint"))]
    return Group(*lines)


def _topic(row: Mapping[str, Any], look: Look) -> list[Line]:
    counts = f"{row['notes']} notes, {row['questions']} questions"
    name, title = clean(row["id"]), clean(row["title"])
    if look.narrow:
        return [line((title, "strong")), line(f"  {name}"), line(f"  {counts}")]
    return [line((pad(name, 34, look.marks), "strong"), pad(title, look.width - 58, look.marks), f" {counts:>22}")]


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
    source = f"{clean(note.source)} (checked {note.checked_on})"
    return lines + [line((text, "faint")) for text in fold(source, look.width, rest="  ")]


def myths(chosen: Iterable[Any], look: Look) -> RenderableType:
    """Every myth with its correction, as short as they can stand."""
    lines: list[Line] = []
    for note in chosen:
        lines += [Text("")] if lines else []
        marks = look.marks
        lines += [line((t, "other")) for t in fold(clean(note.myth).strip(), look.width, f"{marks.wrong} ", "  ")]
        lines += [line(t) for t in fold(clean(note.text).strip(), look.width, f"{marks.right} ", "  ")]
    return Group(*lines)
