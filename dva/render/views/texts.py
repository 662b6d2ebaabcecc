"""Texts that grow or stand side by side: titled blocks, long lines folded with a sign, long texts in the middle."""

from typing import Any

from dva.render.screen import Line, headings, line
from dva.render.text import Display, Glyphs, pluralize, wrap
from dva.render.views.changed import Changed

MOST_LINES = 16


def draw(state: dict[str, Any], display: Display, unit: str, changed: Changed) -> list[Line]:
    """The texts at one moment, in their order."""
    lines: list[Line] = []
    for title, text in state.get("texts", {}).items():
        mark = changed.at("texts", title)
        lines += headings((display.glyphs.changed if mark else "") + title, display)
        before = changed.before("texts", title) if mark else None
        lines += _block(str(text), before if isinstance(before, str) else "", mark, display)
    return lines


def _block(text: str, before: str, mark: bool, display: Display) -> list[Line]:
    if not text:
        return [line(("  (empty)", "faint"))]
    known = set(before.split("\n")) if mark else None
    rows = [(row, known is not None and row not in known) for row in text.rstrip("\n").split("\n")]
    drawn = []
    for row, new in _shortened(rows, display.glyphs):
        drawn += _row(row, new, display)
    return drawn


def _row(row: str, new: bool, display: Display) -> list[Line]:
    """A line of the text; what goes on in the next line of the screen begins with the sign for it."""
    gutter = display.glyphs.changed + " " if new else "  "
    rest = f"  {display.glyphs.continuation} "
    return [line((text, "strong" if new else "")) for text in wrap(row, display.width, gutter, rest)]


def _shortened(rows: list[tuple[str, bool]], glyphs: Glyphs) -> list[tuple[str, bool]]:
    """At most MOST_LINES lines: the ends and what is new."""
    if len(rows) <= MOST_LINES:
        return rows
    half = MOST_LINES // 2
    last_new = max((n for n, (_, new) in enumerate(rows) if new), default=len(rows) - 1)
    end = min(len(rows), max(last_new + 1, half + 1))
    start = max(half - 1, end - half)
    shown = [*rows[: half - 1], (_left_out(start - half + 1, glyphs), False), *rows[start:end]]
    shown = shown if start > half - 1 else rows[:end]
    return shown if end == len(rows) else [*shown, (_left_out(len(rows) - end, glyphs), False)]


def _left_out(lines: int, glyphs: Glyphs) -> str:
    return f"{glyphs.ellipsis} {pluralize(lines, 'line')} {glyphs.ellipsis}"
