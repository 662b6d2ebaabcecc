"""Nested values as readable lines: no brackets or quotes, equal things in columns, what is empty said once.

A row is (label, text): the label may be drawn in another style, both together are one line of the screen.
"""

from collections.abc import Mapping
from typing import Any

from dva.render.signs import Look, Marks, count, fold, number, pad, tidy, width_of

Row = tuple[str, str]
MOST_ITEMS, LAST_ITEMS = 40, 5
WIDEST_LABEL, LEAST_TEXT = 26, 14


def outline(value: Mapping[str, Any], look: Look) -> list[Row]:
    """The lines of a mapping, texts in it cleaned."""
    return _entries(tidy(dict(value), look.marks), look, "")


def scalar(value: Any, marks: Marks) -> str:
    """One value as a word: `true`, `0.25`, `web-1`; nothing is a dash."""
    if value is None:
        return marks.none
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number(value)
    return str(value) or '""'


def inline(value: Any, marks: Marks) -> str:
    """A value on one line: `task web-1, containerInstance i-a1`."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_part(inner, marks)}" for key, inner in value.items()) or marks.none
    if isinstance(value, (list, tuple)):
        return ", ".join(_part(inner, marks) for inner in value) or marks.none
    return scalar(value, marks).replace("\n", " ")


def empty(value: Any) -> bool:
    """Whether nothing stands there: null, an empty list or mapping."""
    return value is None or value == [] or value == {}


def _part(value: Any, marks: Marks) -> str:
    """An inner value; one that has commas of its own stands in brackets."""
    text = inline(value, marks)
    return f"({text})" if isinstance(value, (Mapping, list)) and "," in text else text


def _entries(mapping: Mapping[str, Any], look: Look, indent: str) -> list[Row]:
    there = {key: value for key, value in mapping.items() if not empty(value)}
    short = [width_of(key) for key, value in there.items() if _is_flat(value)]
    label = min(WIDEST_LABEL, max(short, default=0), look.width // 2)
    rows: list[Row] = []
    for key, value in there.items():
        rows += _entry(key, value, label, look, indent)
    missing = [key for key in mapping if key not in there]
    if missing:
        told = fold("nothing in " + ", ".join(missing), look.width, indent, indent + "  ")
        rows += [("", text) for text in told]
    return rows


def _entry(key: str, value: Any, label: int, look: Look, indent: str) -> list[Row]:
    if isinstance(value, str) and "\n" in value:
        return [(indent + key, ""), *_block(value, look, indent)]
    if isinstance(value, Mapping) and not _is_flat(value):
        return [(indent + key, ""), *_entries(value, look, indent + "  ")]
    if isinstance(value, list) and not _is_flat(value):
        return [(indent + key, ""), *_items(value, look, indent + "  ")]
    start = f"{indent}{pad(key, label, look.marks) if width_of(key) <= label else key}  "
    text = inline(value, look.marks)
    room = look.width - width_of(start)
    longest = max(map(width_of, text.split()), default=0)
    if room < LEAST_TEXT or longest > room or (width_of(text) > room and room < look.width // 2):
        return [(indent + key, ""), *(("", part) for part in fold(text, look.width, indent + "  ", indent + "  "))]
    first, *rest = fold(text, room)
    return [(start, first), *(("", " " * width_of(start) + part) for part in rest)]


def _block(text: str, look: Look, indent: str) -> list[Row]:
    rest = f"{indent}  {look.marks.wrap} "
    rows = [part for line in text.rstrip("\n").split("\n") for part in fold(line, look.width, f"{indent}  ", rest)]
    return [("", row) for row in rows]


def _is_flat(value: Any) -> bool:
    """Whether a value reads well on one line: a word, words, or a few named words."""
    if isinstance(value, Mapping):
        return len(value) <= 4 and all(_is_word(inner) for inner in value.values())
    if isinstance(value, list):
        return all(_is_word(inner) for inner in value)
    return _is_word(value)


def _is_word(value: Any) -> bool:
    return not isinstance(value, (Mapping, list)) and "\n" not in str(value)


def _items(items: list[Any], look: Look, indent: str) -> list[Row]:
    """The items of a list, one below the other; the middle of a long list is left out."""
    hidden = len(items) - MOST_ITEMS
    shown = items if hidden <= 0 else [*items[: MOST_ITEMS - LAST_ITEMS], *items[-LAST_ITEMS:]]
    table = _table(shown, look, indent)
    rows = table[1:] if table else [_item(item, look, indent) for item in shown]
    if hidden > 0:
        rows.insert(MOST_ITEMS - LAST_ITEMS, [("", f"{indent}{look.marks.more} {count(hidden, 'more item')}")])
    return [row for group in table[:1] + rows for row in group]


def _item(value: Any, look: Look, indent: str) -> list[Row]:
    label = f"{indent}{look.marks.bullet} "
    if isinstance(value, str) and "\n" in value:
        first, *rest = _block(value, look, indent)
        return [(label, first[1].lstrip()), *rest]
    text = inline(value, look.marks)
    room = look.width - width_of(label)
    if isinstance(value, Mapping) and not (width_of(text) <= room and all(map(_is_flat, value.values()))):
        (name, told), *rest = _entries(value, look, indent + "  ")
        return [(label + name[len(label) :], told if name else told[len(label) :]), *rest]
    first_line, *more = fold(text, room)
    return [(label, first_line), *(("", " " * width_of(label) + part) for part in more)]


def _table(values: list[Any], look: Look, indent: str) -> list[list[Row]]:
    """Mappings with the same keys as columns below their names; nothing where they are not alike or too wide."""
    if len(values) < 2 or not all(isinstance(v, Mapping) and list(v) == list(values[0]) for v in values):
        return []
    if not values[0] or not all(_is_flat(cell) for v in values for cell in v.values()):
        return []
    heads = [str(key) for key in values[0]]
    texts = [[inline(cell, look.marks) for cell in v.values()] for v in values]
    widths = [max(map(width_of, column)) for column in zip(heads, *texts, strict=True)]
    if len(indent) + sum(widths) + 2 * (len(widths) - 1) > look.width:
        return []
    return [[(indent + _columns(heads, widths), "")], *([("", indent + _columns(row, widths))] for row in texts)]


def _columns(cells: list[str], widths: list[int]) -> str:
    return "  ".join(pad(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()
