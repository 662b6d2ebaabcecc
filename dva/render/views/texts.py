"""The texts view: titled blocks of text; long lines are wrapped, long texts shortened in the middle."""

from typing import Any

from dva.render.screen import Line, heading_lines, line
from dva.render.text import Display, Glyphs, cell_len, pad, pluralize, wrap
from dva.render.views.changes import ChangeSet

MAX_LINES, GAP = 16, 2


def draw(state: dict[str, Any], display: Display, unit: str, changes: ChangeSet) -> list[Line]:
    """Draw the texts of a state, in their order: as a table where each is a few words, else below their titles."""
    texts = {str(title): str(text) for title, text in state.get("texts", {}).items()}
    width = max(map(cell_len, texts), default=0) + 1
    if len(texts) > 1 and all(_is_short(text, display.width - width - GAP) for text in texts.values()):
        return [_entry(title, text, width, display, changes) for title, text in texts.items()]
    lines: list[Line] = []
    for title, text in texts.items():
        mark = changes.is_changed("texts", title)
        lines += heading_lines((display.glyphs.changed if mark else "") + title, display)
        before = changes.old_value("texts", title) if mark else None
        lines += _block(text, before if isinstance(before, str) else "", mark, display)
    return lines


def _is_short(text: str, room: int) -> bool:
    return "\n" not in text and cell_len(text) <= room


def _entry(title: str, text: str, width: int, display: Display, changes: ChangeSet) -> Line:
    mark = changes.is_changed("texts", title)
    name = pad((display.glyphs.changed if mark else "") + title, width)
    return line((name, "strong"), " " * GAP, (text or display.glyphs.dash, "strong" if mark else ""))


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
    """Draw a line of a text; where it is wrapped, the next lines begin with a continuation glyph."""
    gutter = display.glyphs.changed + " " if new else "  "
    rest = f"  {display.glyphs.continuation} "
    return [line((text, "strong" if new else "")) for text in wrap(row, display.width, gutter, rest)]


def _shortened(rows: list[tuple[str, bool]], glyphs: Glyphs) -> list[tuple[str, bool]]:
    """Return at most MAX_LINES lines: the beginning, and the end or what is new."""
    if len(rows) <= MAX_LINES:
        return rows
    half = MAX_LINES // 2
    last_new = max((n for n, (_, new) in enumerate(rows) if new), default=len(rows) - 1)
    end = min(len(rows), max(last_new + 1, half + 1))
    start = max(half - 1, end - half)
    shown = [*rows[: half - 1], (_omitted(start - half + 1, glyphs), False), *rows[start:end]]
    shown = shown if start > half - 1 else rows[:end]
    return shown if end == len(rows) else [*shown, (_omitted(len(rows) - end, glyphs), False)]


def _omitted(lines: int, glyphs: Glyphs) -> str:
    return f"{glyphs.ellipsis} {pluralize(lines, 'line')} {glyphs.ellipsis}"
