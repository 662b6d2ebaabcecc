"""One field with all its values side by side."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.text import Text

from dva.app.vary import Variant, last_part
from dva.render.outline import format_inline
from dva.render.screen import Line, heading, line
from dva.render.text import Display, cell_len, pad, pluralize, sanitize, truncate, wrap

MAX_WIDTH, GAP, MIN_HEAD = 22, 2, 13
REFUSED = "refused"


def table(place: str, variants: Sequence[Variant], display: Display) -> Group:
    """Draw what differs between the variants: as a table, values down or across; as a list where both are too wide."""
    keys = differing(variants)
    names = [sanitize(str(v.value)) + (f" {display.glyphs.changed}" if v.given_here else "") for v in variants]
    cells = [[REFUSED if v.refused else _cell(v.outcome, key, display) for key in keys] for v in variants]
    drawn = (
        _grid(["", *keys], [[name, *row] for name, row in zip(names, cells, strict=True)], display)
        or _grid_of_columns(keys, names, cells, display)
        or _listed(names, keys, cells, display)
    )
    lines: list[Line] = [heading(sanitize(last_part(place)), display), *drawn]
    for name, variant in zip(names, variants, strict=True):
        if variant.refused:
            lines += [line(row) for row in wrap(sanitize(f"{name}: {variant.refused}"), display.width, "", "  ")]
    if any(variant.given_here for variant in variants):
        lines += [Text(""), line((f"{display.glyphs.changed} as the scenario has it", "faint"))]
    return Group(*lines)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]], display: Display) -> list[Line]:
    """Draw a table with its head; nothing where it is too wide."""
    widths = [max(map(cell_len, column)) for column in zip(head, *rows, strict=True)]
    if display.narrow or sum(widths) + GAP * (len(widths) - 1) > display.width:
        return []
    drawn: list[Line] = [line((_row(head, widths), "faint"))]
    for first, *rest in rows:
        drawn.append(line((pad(first, widths[0]), "strong"), " " * GAP, _row(rest, widths[1:])))
    return drawn


def _grid_of_columns(
    keys: Sequence[str], names: Sequence[str], cells: Sequence[Sequence[str]], display: Display
) -> list[Line]:
    """Draw a table with a column for each value, its name on as many lines as it takes."""
    words = [_camel_words(name) for name in names]
    height = max(map(len, words))
    head, *more = zip(*([""] * (height - len(name)) + name for name in words), strict=True)
    rows = [[key, *column] for key, column in zip(keys, zip(*cells, strict=True), strict=True)]
    return _grid(["", *head], [*(["", *row] for row in more), *rows], display)


def _listed(names: Sequence[str], keys: Sequence[str], cells: Sequence[Sequence[str]], display: Display) -> list[Line]:
    drawn: list[Line] = []
    for name, row in zip(names, cells, strict=True):
        text = ", ".join(f"{key} {cell}" for key, cell in zip(keys, row, strict=True))
        drawn += [line((name, "strong")), *(line(part) for part in wrap(text, display.width, "  ", "  "))]
    return drawn


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return (" " * GAP).join(pad(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _camel_words(name: str) -> list[str]:
    """Return the words of a name, for a narrow column: `Rolling`, `With`, `Additional`, `Batch *`."""
    if cell_len(name) <= MIN_HEAD:
        return [name]
    words: list[str] = []
    for word in re.findall(r"[A-Z]?[^A-Z]+|[A-Z]+", name) or [name]:
        if words and cell_len(words[-1] + word) <= MIN_HEAD:
            words[-1] += word
        else:
            words.append(word)
    return words


def differing(variants: Sequence[Variant]) -> list[str]:
    """Return the keys of the outcome whose value is not the same everywhere; the status where none is."""
    ran = [variant for variant in variants if not variant.refused]
    keys = dict.fromkeys(key for variant in ran for key in variant.outcome if key not in ("error", "not_read"))
    moved = [k for k in keys if len({str(v.outcome.get(k)) for v in ran}) > 1]
    return [k for k in moved if any(v.outcome.get(k) != v.value for v in ran)] or ["status"]


def _cell(outcome: Mapping[str, Any], key: str, display: Display) -> str:
    value = outcome.get(key)
    nested = isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value)
    if isinstance(value, list | dict) and (len(value) > 3 or nested):
        return pluralize(len(value), "entry", "entries")
    return truncate(sanitize(format_inline(value, display.glyphs)), MAX_WIDTH, display.glyphs)
