"""Nested values as indented lines without brackets and quotes; similar mappings as tables, empty values in one line.

A row is (label, text): together one line of the screen, the label may be drawn in another style.
"""

from collections.abc import Mapping
from typing import Any

from dva.render.text import Display, Glyphs, cell_len, format_number, pad, pluralize, sanitize_value, wrap

Row = tuple[str, str]
MAX_ITEMS, LAST_ITEMS = 40, 5
"""Items shown of a long list, and how many of them are its last."""
MAX_TALL_ROWS, MAX_TALL_ITEMS, LAST_TALL_ITEMS = 24, 5, 2
"""Items that take several rows each are folded to so many, the last ones included, where they fill more rows."""
MAX_LABEL, MIN_TEXT = 26, 14
"""Columns of a label at most, and of a text beside it at least."""


def outline(value: Mapping[str, Any], display: Display) -> list[Row]:
    """Return the rows of a mapping, its texts sanitized."""
    return _entries(sanitize_value(dict(value), display.glyphs), display, "")


def format_scalar(value: Any, glyphs: Glyphs) -> str:
    """Return a scalar as text: `true`, `0.25`, `web-1`; a dash for None."""
    if value is None:
        return glyphs.dash
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return format_number(value)
    return str(value) or '""'


def format_inline(value: Any, glyphs: Glyphs) -> str:
    """Return a value on one line: `task web-1, containerInstance i-a1`."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_part(inner, glyphs)}" for key, inner in value.items()) or glyphs.dash
    if isinstance(value, (list, tuple)):
        return ", ".join(_part(inner, glyphs) for inner in value) or glyphs.dash
    return format_scalar(value, glyphs).replace("\n", " ")


def is_empty(value: Any) -> bool:
    """Whether a value is None, an empty list or an empty mapping."""
    return value is None or value == [] or value == {}


def _part(value: Any, glyphs: Glyphs) -> str:
    """Return an inner value on one line, in parentheses where it contains commas."""
    text = format_inline(value, glyphs)
    return f"({text})" if isinstance(value, (Mapping, list)) and "," in text else text


def _entries(mapping: Mapping[str, Any], display: Display, indent: str) -> list[Row]:
    filled = {key: value for key, value in mapping.items() if not is_empty(value)}
    short = [cell_len(key) for key, value in filled.items() if _is_flat(value)]
    label = min(MAX_LABEL, max(short, default=0), display.width // 2)
    rows: list[Row] = []
    for key, value in filled.items():
        rows += _entry(key, value, label, display, indent)
    return rows


def _entry(key: str, value: Any, label: int, display: Display, indent: str) -> list[Row]:
    if isinstance(value, str) and "\n" in value:
        return [(indent + key, ""), *_block(value, display, indent)]
    if isinstance(value, Mapping) and not _is_flat(value):
        return [(indent + key, ""), *_entries(value, display, indent + "  ")]
    if isinstance(value, list) and not _is_flat(value):
        return [(indent + key, ""), *_items(value, display, indent + "  ")]
    start = f"{indent}{pad(key, label, display.glyphs) if cell_len(key) <= label else key}  "
    text = format_inline(value, display.glyphs)
    room = display.width - cell_len(start)
    longest = max(map(cell_len, text.split()), default=0)
    if room < MIN_TEXT or longest > room or (cell_len(text) > room and room < display.width // 2):
        return [(indent + key, ""), *(("", part) for part in wrap(text, display.width, indent + "  ", indent + "  "))]
    first, *rest = wrap(text, room)
    return [(start, first), *(("", " " * cell_len(start) + part) for part in rest)]


def _block(text: str, display: Display, indent: str) -> list[Row]:
    rest = f"{indent}  {display.glyphs.continuation} "
    rows = [part for line in text.rstrip("\n").split("\n") for part in wrap(line, display.width, f"{indent}  ", rest)]
    return [("", row) for row in rows]


def _is_flat(value: Any) -> bool:
    """Whether a value fits one line: a scalar, a list of scalars, or a mapping of at most four scalars."""
    if isinstance(value, Mapping):
        return len(value) <= 4 and all(_is_scalar(inner) for inner in value.values())
    if isinstance(value, list):
        return all(_is_scalar(inner) for inner in value)
    return _is_scalar(value)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (Mapping, list)) and "\n" not in str(value)


def _items(items: list[Any], display: Display, indent: str) -> list[Row]:
    """Return the rows of a list, one item below the other; the middle of a long list is omitted.

    Fewer are shown of items that take several rows each.
    """
    shown, hidden = _ends(items, MAX_ITEMS, LAST_ITEMS)
    table = _table(shown, display, indent)
    rows = table[1:] if table else [_item(item, display, indent) for item in shown]
    last = LAST_ITEMS
    if not table and sum(map(len, rows)) > MAX_TALL_ROWS and max(map(len, rows)) > 1:
        rows, more = _ends(rows, MAX_TALL_ITEMS, LAST_TALL_ITEMS)
        hidden, last = hidden + more, LAST_TALL_ITEMS
    if hidden > 0:
        text = f"{indent}{display.glyphs.ellipsis} {pluralize(hidden, 'more item')}; --json has all"
        rows = [*rows[:-last], [("", part) for part in wrap(text, display.width, "", indent)], *rows[-last:]]
    return [row for group in table[:1] + rows for row in group]


def _ends(items: list[Any], most: int, last: int) -> tuple[list[Any], int]:
    """Return the first and the last of many items, and how many are left out between them."""
    if len(items) <= most:
        return items, 0
    return [*items[: most - last], *items[-last:]], len(items) - most


def _item(value: Any, display: Display, indent: str) -> list[Row]:
    label = f"{indent}{display.glyphs.bullet} "
    if isinstance(value, str) and "\n" in value:
        first, *rest = _block(value, display, indent)
        return [(label, first[1].lstrip()), *rest]
    text = format_inline(value, display.glyphs)
    room = display.width - cell_len(label)
    if isinstance(value, Mapping) and not (cell_len(text) <= room and all(map(_is_flat, value.values()))):
        (name, text), *rest = _entries(value, display, indent + "  ")
        return [(label + name[len(label) :], text if name else text[len(label) :]), *rest]
    first_line, *more = wrap(text, room)
    return [(label, first_line), *(("", " " * cell_len(label) + part) for part in more)]


def _table(values: list[Any], display: Display, indent: str) -> list[list[Row]]:
    """Return mappings with the same flat keys as a table, a header first; nothing where that does not fit."""
    if len(values) < 2 or not all(isinstance(v, Mapping) and list(v) == list(values[0]) for v in values):
        return []
    if not values[0] or not all(_is_flat(cell) for v in values for cell in v.values()):
        return []
    headers = [str(key) for key in values[0]]
    texts = [[format_inline(cell, display.glyphs) for cell in v.values()] for v in values]
    widths = [max(map(cell_len, column)) for column in zip(headers, *texts, strict=True)]
    if len(indent) + sum(widths) + 2 * (len(widths) - 1) > display.width:
        return []
    return [[(indent + _columns(headers, widths), "")], *([("", indent + _columns(row, widths))] for row in texts)]


def _columns(cells: list[str], widths: list[int]) -> str:
    return "  ".join(pad(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()
