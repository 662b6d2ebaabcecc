"""Decision tables below a picture: a row a rule, a column a candidate, in each cell whether it is out, kept or chosen.

`state["matrix"]` has a table by title: `{columns: [name], rows: {rule: {asks, cells: {name: [mark, text]}}}, result}`;
a candidate without a cell is out already. Where a table is too wide it is a list.
"""

from collections.abc import Mapping
from typing import Any

from dva.render.screen import Line, line
from dva.render.text import Display, Glyphs, cell_len, pad, truncate, wrap
from dva.render.views.changes import ChangeSet

MAX_TABLES, MAX_ASKS, GAP = 12, 28, 2


def draw(state: Mapping[str, Any], display: Display, changes: ChangeSet) -> list[Line]:
    """Draw the tables of a state; of a step only the one that it changed."""
    tables = state.get("matrix") or {}
    names = [name for name in tables if changes.is_changed("matrix", name)] if changes else list(tables)
    hidden, shown = names[:-MAX_TABLES], names[-MAX_TABLES:]
    lines: list[Line] = []
    if hidden:
        lines += [line((f"{display.glyphs.ellipsis} {len(hidden)} before", "faint")), line()]
    for name in shown:
        lines += [*_table(name, tables[name], display, changes), line()]
    return [*lines, line((_legend(display.glyphs), "faint"))] if shown else []


def _legend(glyphs: Glyphs) -> str:
    return f"{glyphs.wrong} out  {glyphs.dot} kept  {_mark('chosen', glyphs)} chosen"


def _table(name: str, table: Mapping[str, Any], display: Display, changes: ChangeSet) -> list[Line]:
    columns, rows = table["columns"], table["rows"]
    texts = {rule: {c: _cell(row["cells"].get(c), display.glyphs) for c in columns} for rule, row in rows.items()}
    widths = [max(cell_len(c), *(cell_len(cells[c]) for cells in texts.values()), 1) for c in columns]
    rule_width = max(map(cell_len, (name, *rows)), default=0)
    room = display.width - rule_width - sum(width + GAP for width in widths) - GAP
    asks_width = min(MAX_ASKS, max((cell_len(row["asks"]) for row in rows.values()), default=0), room)
    if display.narrow or asks_width < min(10, max(cell_len(row["asks"]) for row in rows.values())):
        lines = _list(name, rows, texts, display, changes)
    else:
        start = " " * GAP
        head = pad("", rule_width) + start + pad("", asks_width)
        head += "".join(start + pad(c, w) for c, w in zip(columns, widths, strict=True))
        lines = [line((name, "strong"), (head[cell_len(name) :].rstrip(), "faint"))]
        for rule, row in rows.items():
            asks = pad(truncate(row["asks"], asks_width, display.glyphs), asks_width)
            one = line(pad(rule, rule_width), start, (asks, "faint"))
            for column, width in zip(columns, widths, strict=True):
                one.append(start + pad(texts[rule][column], width), _style(row["cells"].get(column)))
            if changes.is_changed("matrix", name, "rows", rule):
                one.stylize("strong")
            lines.append(one)
    result = table.get("result")
    return [*lines, line((f"{display.glyphs.arrow} {result}", "good"))] if result else lines


def _list(
    name: str, rows: Mapping[str, Any], texts: Mapping[str, Mapping[str, str]], display: Display, changes: ChangeSet
) -> list[Line]:
    lines = [line((name, "strong"))]
    for rule, row in rows.items():
        style = "strong" if changes.is_changed("matrix", name, "rows", rule) else ""
        lines += [line((part, style)) for part in wrap(f"{rule}: {row['asks']}", display.width, "  ", "    ")]
        cells = "  ".join(f"{text[0]}{column} {text[1:]}".rstrip() for column, text in texts[rule].items() if text)
        lines += [line(part) for part in wrap(cells, display.width, "    ", "    ")]
    return lines


def _cell(cell: list[str] | None, glyphs: Glyphs) -> str:
    return "" if cell is None else _mark(cell[0], glyphs) + cell[1]


def _mark(mark: str, glyphs: Glyphs) -> str:
    return {"out": glyphs.wrong, "kept": glyphs.dot, "chosen": ">" if glyphs.ascii else "►"}[mark]


def _style(cell: list[str] | None) -> str:
    return {"out": "faint", "chosen": "good"}.get(cell[0], "") if cell else ""
