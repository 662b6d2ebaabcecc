"""Decision tables above a picture: a row a rule, a column a candidate, in each cell whether it is out, kept or chosen.

`state["matrix"]` has a table by title: `{columns: [name], rows: {rule: {asks, cells: {name: [mark, text]}}}, result}`;
a candidate without a cell is out already. Where a table is too wide it is a list.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dva.render.screen import Line, line
from dva.render.text import Display, Glyphs, cell_len, pad, wrap
from dva.render.views.changes import ChangeSet

MAX_TABLES, MIN_ASKS, MAX_ASKS, GAP = 12, 10, 28, 2


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
    widths = {c: max(map(cell_len, (c, *(cells[c] for cells in texts.values())))) for c in columns}
    rule_width, asks = max(map(cell_len, (name, *rows))), max(cell_len(row["asks"]) for row in rows.values())
    room = display.width - rule_width - GAP - sum(width + GAP for width in widths.values())
    asks_width = min(asks, MAX_ASKS, room)
    if display.narrow or asks_width < min(asks, MIN_ASKS):
        lines = _list(name, rows, texts, display, changes)
    else:
        lines = [_row(name, "", [(c, width, "faint") for c, width in widths.items()], rule_width, asks_width, display)]
        lines[0].stylize("strong", 0, len(name))
        for rule, row in rows.items():
            cells = [(texts[rule][c], width, _style(row["cells"].get(c))) for c, width in widths.items()]
            lines.append(_row(rule, row["asks"], cells, rule_width, asks_width, display))
            if changes.is_changed("matrix", name, "rows", rule):
                lines[-1].stylize("strong")
    result = table.get("result")
    return [*lines, line((f"{display.glyphs.arrow} {result}", "good"))] if result else lines


def _row(
    rule: str, asks: str, cells: Sequence[tuple[str, int, str]], rule_width: int, asks_width: int, display: Display
) -> Line:
    """Return a row of a table; `cells` are texts with their columns and styles."""
    one = line(pad(rule, rule_width), " " * GAP, (pad(asks, asks_width, display.glyphs), "faint"))
    for text, width, style in cells:
        one.append(" " * GAP + pad(text, width), style)
    one.rstrip()
    return one


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
