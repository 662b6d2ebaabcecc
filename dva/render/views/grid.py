"""The grid: cells (instances, nodes) in groups (zones), their items filling up, meters for what is left.

A few cells are cards side by side, on a narrow screen a list; many are a table, very many a summary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dva.render.screen import Line, line, widen
from dva.render.text import Display, Glyphs, bar, cell_len, format_number, pad, pluralize, truncate, wrap
from dva.render.views.changed import Changed

CARDS, ROWS = 12, 60
NARROWEST_CARD, WIDEST_CARD = 24, 38
MOST_ITEM_LINES = 4

Words = list[tuple[str, str]]


@dataclass(frozen=True)
class Cell:
    """A cell as it is drawn; an item is (text, style) with its mark."""

    name: str
    group: str
    items: Words
    meters: dict[str, tuple[float, float, bool]]
    note: str
    changed: bool

    @property
    def present(self) -> int:
        """How many items are there, not counting those that are gone."""
        return sum(style != "gone" for _, style in self.items)


def draw(state: dict[str, Any], display: Display, unit: str, changed: Changed) -> list[Line]:
    """The cells at one moment."""
    cells = [read(name, cell, changed, display.glyphs) for name, cell in state.get("cells", {}).items()]
    if len(cells) > ROWS:
        body = _summary(cells, display)
    elif len(cells) > CARDS:
        body = _table(cells, display)
    else:
        body = _few(cells, display)
    return body + _legend(cells, display, changed)


def read(name: str, cell: Mapping[str, Any], changed: Changed, glyphs: Glyphs) -> Cell:
    """A cell of the state, with what changed in it."""
    place = ("cells", name)
    texts = [str(item).replace("\n", " ") for item in cell.get("items", [])]
    new, gone = changed.came_and_went(texts, *place, "items")
    items = [(glyphs.changed + t, "changed") if n else (t, "") for t, n in zip(texts, new, strict=True)]
    items += [(f"{glyphs.removed}{text}", "gone") for text in gone]
    meters = {
        meter: (left, total, changed.at(*place, "meters", meter))
        for meter, (left, total) in (cell.get("meters") or {}).items()
    }
    note = str(cell.get("note") or "").replace("\n", " ")
    if changed.at(*place, "note") and note:
        note = glyphs.changed + note
    return Cell(name, str(cell.get("group") or ""), items, meters, note, changed.at(*place))


# Cards


def _few(cells: list[Cell], display: Display) -> list[Line]:
    across = _cards_across(cells, display)
    if across < 2:
        return _list(cells, display)
    width = min(WIDEST_CARD, (display.width - across + 1) // across)
    groups = _groups(cells)
    if 2 <= len(groups) <= across:
        heads = [widen(line((truncate(name, width, display.glyphs), "head")), width) for name in groups]
        rows = [
            [group[n] if n < len(group) else None for group in groups.values()]
            for n in range(max(map(len, groups.values())))
        ]
        return [_beside(heads), *(drawn for row in rows for drawn in _row(row, width, display))]
    lines = []
    for name, group in groups.items():
        lines += [line((name, "head"))] if name else []
        for n in range(0, len(group), across):
            lines += _row([*group[n : n + across]], width, display)
    return lines


def _cards_across(cells: list[Cell], display: Display) -> int:
    """How many cards stand side by side: no item or name is cut if it can be helped, few notes are folded."""
    if display.narrow:
        return 1
    widest = max(cell_len(text) for cell in cells for text in (cell.name, *(word for word, _ in cell.items)))
    words = max((cell_len(word) for cell in cells for word in cell.note.split()), default=0)
    card = max(NARROWEST_CARD, widest + 6, words + 4)
    return min(4, (display.width + 1) // (card + 1))


def _row(row: list[Cell | None], width: int, display: Display) -> list[Line]:
    """Cards side by side, all as high as the highest."""
    bodies = [_inside(cell, width - 4, display) if cell else [] for cell in row]
    height = max(map(len, bodies))
    columns = [_card(c, b, height, width, display.glyphs) for c, b in zip(row, bodies, strict=True)]
    return [_beside([column[n] for column in columns]) for n in range(height + 2)]


def _card(cell: Cell | None, body: list[Line], height: int, width: int, glyphs: Glyphs) -> list[Line]:
    if cell is None:
        return [line(" " * width) for _ in range(height + 2)]
    top_left, top_right, low_left, low_right, across, down = tuple(glyphs.box)
    frame = "changed" if cell.changed else "faint"
    name = truncate((glyphs.changed if cell.changed else "") + cell.name, width - 6, glyphs)
    rest = across * (width - cell_len(name) - 5)
    style = "changed" if cell.changed else "strong"
    lines = [line((f"{top_left}{across} ", frame), (name, style), (f" {rest}{top_right}", frame))]
    for n in range(height):
        inner = widen(body[n] if n < len(body) else line(), width - 4)
        lines.append(line((f"{down} ", frame), inner, (f" {down}", frame)))
    lines.append(line((low_left + across * (width - 2) + low_right, frame)))
    return lines


def _inside(cell: Cell, width: int, display: Display) -> list[Line]:
    """What stands in a card: note, meters, items."""
    words: Words = [(text, "faint") for part in cell.note.split("  ") if part for text in wrap(part, width)]
    notes = _pack(words, width, gap=2)
    return notes + _meters(cell, width, display.glyphs) + _items(cell, width, display.glyphs)


def _meters(cell: Cell, width: int, glyphs: Glyphs) -> list[Line]:
    """`CPU ▇▇▇░░ 300/1024`: the bar is what is used, the numbers what is left of how much."""
    if not cell.meters:
        return []
    name_width = max(map(cell_len, cell.meters))
    told = {name: f"{format_number(left)}/{format_number(total)}" for name, (left, total, _) in cell.meters.items()}
    long = max(map(len, told.values()))
    lines = []
    for name, (left, total, mark) in cell.meters.items():
        label = pad(name, min(name_width, max(3, width - long - 5)), glyphs)
        label += glyphs.changed if mark else " "
        room = min(20, width - cell_len(label) - long - 1)
        blocks = bar(total - left, total, room, glyphs) + " " if room >= 3 else ""
        style = "changed" if mark else ""
        lines.append(line((label, style), (blocks, style or "fill"), (told[name].rjust(long), style)))
    return lines


def _items(cell: Cell, width: int, glyphs: Glyphs, most: int = MOST_ITEM_LINES) -> list[Line]:
    """The items, as many in a line as fit; what changed is never folded away."""
    words = [(truncate(text, width, glyphs), "faint" if style == "gone" else style) for text, style in cell.items]
    lines = _pack(words, width)
    if len(lines) <= most:
        return lines
    shown = words
    while len(lines) > most - 1:
        shown = _drop_one(shown)
        lines = _pack(shown, width)
    hidden = len(words) - len(shown)
    return [*lines, line((f"{glyphs.ellipsis} {hidden} more", "faint"))] if hidden else lines


def _drop_one(words: Words) -> Words:
    """Without the last word that did not change."""
    for n in range(len(words) - 1, -1, -1):
        if not words[n][1]:
            return words[:n] + words[n + 1 :]
    return words[:-1]


def _pack(words: Words, width: int, gap: int = 1) -> list[Line]:
    """Words beside each other while there is room."""
    lines: list[Line] = []
    for text, style in words:
        if not lines or lines[-1].cell_len + gap + cell_len(text) > width:
            lines.append(line((text, style)))
        else:
            lines[-1].append(" " * gap).append(text, style)
    return lines


def _beside(parts: list[Line]) -> Line:
    joined = line()
    for n, part in enumerate(parts):
        joined.append(" " if n else "").append_text(part)
    joined.rstrip()
    return joined


# A list, for narrow screens and for cells with long texts


def _list(cells: list[Cell], display: Display) -> list[Line]:
    lines = []
    for group, members in _groups(cells).items():
        lines += [line((group, "head"))] if group else []
        indent = "  " if group else ""
        for cell in members:
            style = "changed" if cell.changed else "strong"
            name = (display.glyphs.changed if cell.changed else "") + cell.name
            body = _inside(cell, display.width - len(indent) - 2, display)
            lines += [line(indent, (truncate(name, display.width - len(indent), display.glyphs), style))]
            lines += [line(indent, "  ", inner) for inner in body]
    return lines


# Many


def _table(cells: list[Cell], display: Display) -> list[Line]:
    """One row a cell: name, items, meters; columns that find no place are left away."""
    meters = list(dict.fromkeys(name for cell in cells for name in cell.meters))
    widest = max(cell_len(cell.name) for cell in cells) + 1
    name_width = min(widest, display.width // 3)
    meter_width = {
        meter: max(len(meter) + 1, *(len(_meter(cell, meter, display.glyphs)) for cell in cells)) for meter in meters
    }
    head = pad("", name_width) + "  items"
    room = display.width - len(head)
    shown = []
    for meter in meters:
        if room >= meter_width[meter] + 2:
            shown.append(meter)
            room -= meter_width[meter] + 2
            head += "  " + meter.rjust(meter_width[meter])
    lines = [line((head + ("  left/total" if shown and room > 12 else ""), "faint"))]
    for group, members in _groups(cells).items():
        lines += [line((group, "head"))] if group else []
        lines += [_table_row(cell, name_width, {m: meter_width[m] for m in shown}, room, display) for cell in members]
    return lines


def _table_row(cell: Cell, name_width: int, meters: dict[str, int], room: int, display: Display) -> Line:
    name = pad((display.glyphs.changed if cell.changed else " ") + cell.name, name_width, display.glyphs)
    style = "changed" if cell.changed else ""
    row = line((f"{name}  {cell.present:>5}", style))
    for meter, width in meters.items():
        row.append("  " + _meter(cell, meter, display.glyphs).rjust(width), style)
    texts = [text for text, _ in sorted(cell.items, key=lambda item: not item[1])]
    if room >= 14 and (texts or cell.note):
        row.append(
            "  " + truncate(" ".join([*([cell.note] if cell.note else []), *texts]), room - 2, display.glyphs), "faint"
        )
    return row


def _meter(cell: Cell, meter: str, glyphs: Glyphs) -> str:
    if meter not in cell.meters:
        return ""
    left, total, changed = cell.meters[meter]
    return f"{glyphs.changed if changed else ''}{format_number(left)}/{format_number(total)}"


def _summary(cells: list[Cell], display: Display) -> list[Line]:
    """For each group how many cells and items and what is left; cells that changed stand by themselves."""
    lines = []
    for group, members in _groups(cells).items():
        used = sum(1 for cell in members if cell.present)
        items = sum(cell.present for cell in members)
        lines.append(line((group or "all", "head")))
        told = f"{pluralize(len(members), 'cell')}, {used} in use, {pluralize(items, 'item')}"
        lines += [line("  ", text) for text in wrap(told, display.width - 2)]
        lines += [line("  ", inner) for inner in _meters(_sum(members), display.width - 2, display.glyphs)]
    moved = [cell for cell in cells if cell.changed][:CARDS]
    return lines + (_list(moved, display) if moved else [])


def _sum(cells: list[Cell]) -> Cell:
    meters = {}
    for meter in dict.fromkeys(name for cell in cells for name in cell.meters):
        have = [cell.meters[meter] for cell in cells if meter in cell.meters]
        meters[meter] = (sum(left for left, _, _ in have), sum(total for _, total, _ in have), False)
    return Cell("", "", [], meters, "", False)


def _groups(cells: list[Cell]) -> dict[str, list[Cell]]:
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.group, []).append(cell)
    return groups


def _legend(cells: list[Cell], display: Display, changed: Changed) -> list[Line]:
    glyphs, told = display.glyphs, []
    if len(cells) <= CARDS or len(cells) > ROWS:
        told += [f"{glyphs.full} used, numbers: left/total"] if any(cell.meters for cell in cells) else []
    told += [f"{glyphs.changed} changed"] if changed else []
    told += [f"{glyphs.removed} gone"] if any(style == "gone" for cell in cells for _, style in cell.items) else []
    return [line((text, "faint")) for text in wrap(f" {glyphs.dot} ".join(told), display.width)] if told else []
