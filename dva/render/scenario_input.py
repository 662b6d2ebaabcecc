"""A scenario's `given` as indented lines, to be read beside a question; short values stay on one line."""

from collections.abc import Mapping
from typing import Any

from dva.render.text import Display, Glyphs, cell_len, pluralize, sanitize_value, truncate, wrap

MAX_TEXT_LINES = 12
NAME_KEYS = ("name", "Name", "key", "Key")
"""Keys of the name in AWS's lists of names and values."""


def lines(given: Mapping[str, Any], display: Display, *, whole: bool = False) -> list[str]:
    """Return the lines of `given`; long texts are shortened to MAX_TEXT_LINES unless `whole`."""
    return _mapping(sanitize_value(dict(given), display.glyphs), "", display, whole)


def _mapping(mapping: Mapping[str, Any], indent: str, display: Display, whole: bool) -> list[str]:
    drawn = []
    for key, value in mapping.items():
        drawn += _value(f"{indent}{key}:", value, indent + "  ", display, whole)
    return drawn


def _list(items: list[Any], indent: str, display: Display, whole: bool) -> list[str]:
    drawn = []
    for item in items:
        short = _short(item, display.width - len(indent) - 2, display.glyphs)
        if short is not None:
            drawn.append(f"{indent}- {short}")
        elif isinstance(item, Mapping):
            first, *rest = _mapping(item, indent + "  ", display, whole)
            drawn += [f"{indent}- {first[len(indent) + 2 :]}", *rest]
        else:
            drawn += _value(f"{indent}-", item, indent + "  ", display, whole)
    return drawn


def _value(start: str, value: Any, indent: str, display: Display, whole: bool) -> list[str]:
    """Return `start` with the value beside it where it fits, else below it with `indent`."""
    short = _short(value, display.width - cell_len(start) - 1, display.glyphs)
    if short is not None:
        return [f"{start} {short}"]
    if isinstance(value, Mapping):
        return [start, *_mapping(value, indent, display, whole)]
    if isinstance(value, list):
        pairs = _pairs(value)
        listed = [] if pairs else _list(value, indent, display, whole)
        return wrap(f"{start} {pairs}", display.width, "", indent) if pairs else [start, *listed]
    return _text(start, str(value), indent, display, whole)


def _text(start: str, text: str, indent: str, display: Display, whole: bool) -> list[str]:
    """Return a text of several lines as a block after `|`, one long line wrapped."""
    if "\n" not in text:
        return [start, *wrap(text, display.width, indent, indent + "  ")]
    rows = text.rstrip("\n").split("\n")
    shown = rows if whole or len(rows) <= MAX_TEXT_LINES else rows[: MAX_TEXT_LINES - 1]
    hidden = len(rows) - len(shown)
    drawn = [
        part for row in shown for part in wrap(row, display.width, indent, f"{indent}  {display.glyphs.continuation} ")
    ]
    return [
        f"{start} |",
        *drawn,
        *([f"{indent}{display.glyphs.ellipsis} {pluralize(hidden, 'more line')}"] if hidden else []),
    ]


def _short(value: Any, room: int, glyphs: Glyphs) -> str | None:
    """Return a value without nested ones on one line; None where it is nested or wider than `room`."""
    text: str | None
    if isinstance(value, Mapping):
        inner = [f"{key}: {_scalar(item)}" for key, item in value.items()] if _flat(value.values()) else None
        text = None if inner is None else "{" + ", ".join(inner) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(map(_scalar, value)) + "]" if _flat(value) else None
    else:
        text = None if "\n" in str(value) else _scalar(value)
    return text if text is not None and cell_len(truncate(text, room + 1, glyphs)) <= room else None


def _pairs(items: list[Any]) -> str:
    """Return AWS's lists of names and values, `[{name: CPU, integerValue: 1024}]`, as `CPU=1024`; other lists as ""."""
    pairs = []
    for item in items:
        if not isinstance(item, Mapping) or not _flat(item.values()):
            return ""
        name = next((item[key] for key in NAME_KEYS if key in item), None)
        values = [item[key] for key in item if key not in (*NAME_KEYS, "type")]
        if not isinstance(name, str) or len(values) > 1:
            return ""
        pairs.append(f"{name}={_scalar(values[0])}" if values else name)
    return ", ".join(pairs)


def _flat(values: Any) -> bool:
    return all(not isinstance(value, (Mapping, list)) and "\n" not in str(value) for value in values)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if value != "" else '""'
