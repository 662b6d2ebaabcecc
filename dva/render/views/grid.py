"""The grid: cells (instances, nodes) in groups (zones), their items filling up, meters for what is left.

A few cells are cards side by side, on a narrow screen a list; many are a table, very many a summary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dva.render.screen import Line, line, widen
from dva.render.signs import Look, Marks, bar, count, cut, fold, number, pad, width_of
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


def draw(state: dict[str, Any], look: Look, unit: str, changed: Changed) -> list[Line]:
    """The cells at one moment."""
    cells = [read(name, cell, changed, look.marks) for name, cell in state.get("cells", {}).items()]
    if len(cells) > ROWS:
        body = _summary(cells, look)
    elif len(cells) > CARDS:
        body = _table(cells, look)
    else:
        body = _few(cells, look)
    return body + _legend(cells, look, changed)


def read(name: str, cell: Mapping[str, Any], changed: Changed, marks: Marks) -> Cell:
    """A cell of the state, with what changed in it."""
    place = ("cells", name)
    texts = [str(item).replace("\n", " ") for item in cell.get("items", [])]
    new, gone = changed.came_and_went(texts, *place, "items")
    items = [(marks.changed + t, "changed") if n else (t, "") for t, n in zip(texts, new, strict=True)]
    items += [(f"{marks.gone}{text}", "gone") for text in gone]
    meters = {
        meter: (left, total, changed.at(*place, "meters", meter))
        for meter, (left, total) in (cell.get("meters") or {}).items()
    }
    note = str(cell.get("note") or "").replace("\n", " ")
    if changed.at(*place, "note") and note:
        note = marks.changed + note
    return Cell(name, str(cell.get("group") or ""), items, meters, note, changed.at(*place))


# Cards


def _few(cells: list[Cell], look: Look) -> list[Line]:
    across = _cards_across(cells, look)
    if across < 2:
        return _list(cells, look)
    width = min(WIDEST_CARD, (look.width - across + 1) // across)
    groups = _groups(cells)
    if 2 <= len(groups) <= across:
        heads = [widen(line((cut(name, width, look.marks), "head")), width) for name in groups]
        rows = [
            [group[n] if n < len(group) else None for group in groups.values()]
            for n in range(max(map(len, groups.values())))
        ]
        return [_beside(heads), *(drawn for row in rows for drawn in _row(row, width, look))]
    lines = []
    for name, group in groups.items():
        lines += [line((name, "head"))] if name else []
        for n in range(0, len(group), across):
            lines += _row([*group[n : n + across]], width, look)
    return lines


def _cards_across(cells: list[Cell], look: Look) -> int:
    """How many cards stand side by side: no item or name is cut if it can be helped, few notes are folded."""
    if look.narrow:
        return 1
    widest = max(width_of(text) for cell in cells for text in (cell.name, *(word for word, _ in cell.items)))
    words = max((width_of(word) for cell in cells for word in cell.note.split()), default=0)
    card = max(NARROWEST_CARD, widest + 6, words + 4)
    return min(4, (look.width + 1) // (card + 1))


def _row(row: list[Cell | None], width: int, look: Look) -> list[Line]:
    """Cards side by side, all as high as the highest."""
    bodies = [_inside(cell, width - 4, look) if cell else [] for cell in row]
    height = max(map(len, bodies))
    columns = [_card(c, b, height, width, look.marks) for c, b in zip(row, bodies, strict=True)]
    return [_beside([column[n] for column in columns]) for n in range(height + 2)]


def _card(cell: Cell | None, body: list[Line], height: int, width: int, marks: Marks) -> list[Line]:
    if cell is None:
        return [line(" " * width) for _ in range(height + 2)]
    top_left, top_right, low_left, low_right, across, down = tuple(marks.box)
    frame = "changed" if cell.changed else "faint"
    name = cut((marks.changed if cell.changed else "") + cell.name, width - 6, marks)
    rest = across * (width - width_of(name) - 5)
    style = "changed" if cell.changed else "strong"
    lines = [line((f"{top_left}{across} ", frame), (name, style), (f" {rest}{top_right}", frame))]
    for n in range(height):
        inner = widen(body[n] if n < len(body) else line(), width - 4)
        lines.append(line((f"{down} ", frame), inner, (f" {down}", frame)))
    lines.append(line((low_left + across * (width - 2) + low_right, frame)))
    return lines


def _inside(cell: Cell, width: int, look: Look) -> list[Line]:
    """What stands in a card: note, meters, items."""
    words: Words = [(text, "faint") for part in cell.note.split("  ") if part for text in fold(part, width)]
    notes = _pack(words, width, gap=2)
    return notes + _meters(cell, width, look.marks) + _items(cell, width, look.marks)


def _meters(cell: Cell, width: int, marks: Marks) -> list[Line]:
    """`CPU ▇▇▇░░ 300/1024`: the bar is what is used, the numbers what is left of how much."""
    if not cell.meters:
        return []
    name_width = max(map(width_of, cell.meters))
    told = {name: f"{number(left)}/{number(total)}" for name, (left, total, _) in cell.meters.items()}
    long = max(map(len, told.values()))
    lines = []
    for name, (left, total, mark) in cell.meters.items():
        label = pad(name, min(name_width, max(3, width - long - 5)), marks)
        label += marks.changed if mark else " "
        room = min(20, width - width_of(label) - long - 1)
        blocks = bar(total - left, total, room, marks) + " " if room >= 3 else ""
        style = "changed" if mark else ""
        lines.append(line((label, style), (blocks, style or "fill"), (told[name].rjust(long), style)))
    return lines


def _items(cell: Cell, width: int, marks: Marks, most: int = MOST_ITEM_LINES) -> list[Line]:
    """The items, as many in a line as fit; what changed is never folded away."""
    words = [(cut(text, width, marks), "faint" if style == "gone" else style) for text, style in cell.items]
    lines = _pack(words, width)
    if len(lines) <= most:
        return lines
    shown = words
    while len(lines) > most - 1:
        shown = _drop_one(shown)
        lines = _pack(shown, width)
    hidden = len(words) - len(shown)
    return [*lines, line((f"{marks.more} {hidden} more", "faint"))] if hidden else lines


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
        if not lines or lines[-1].cell_len + gap + width_of(text) > width:
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


def _list(cells: list[Cell], look: Look) -> list[Line]:
    lines = []
    for group, members in _groups(cells).items():
        lines += [line((group, "head"))] if group else []
        indent = "  " if group else ""
        for cell in members:
            style = "changed" if cell.changed else "strong"
            name = (look.marks.changed if cell.changed else "") + cell.name
            body = _inside(cell, look.width - len(indent) - 2, look)
            lines += [line(indent, (cut(name, look.width - len(indent), look.marks), style))]
            lines += [line(indent, "  ", inner) for inner in body]
    return lines


# Many


def _table(cells: list[Cell], look: Look) -> list[Line]:
    """One row a cell: name, items, meters; columns that find no place are left away."""
    meters = list(dict.fromkeys(name for cell in cells for name in cell.meters))
    widest = max(width_of(cell.name) for cell in cells) + 1
    name_width = min(widest, look.width // 3)
    meter_width = {
        meter: max(len(meter) + 1, *(len(_meter(cell, meter, look.marks)) for cell in cells)) for meter in meters
    }
    head = pad("", name_width) + "  items"
    room = look.width - len(head)
    shown = []
    for meter in meters:
        if room >= meter_width[meter] + 2:
            shown.append(meter)
            room -= meter_width[meter] + 2
            head += "  " + meter.rjust(meter_width[meter])
    lines = [line((head + ("  left/total" if shown and room > 12 else ""), "faint"))]
    for group, members in _groups(cells).items():
        lines += [line((group, "head"))] if group else []
        lines += [_table_row(cell, name_width, {m: meter_width[m] for m in shown}, room, look) for cell in members]
    return lines


def _table_row(cell: Cell, name_width: int, meters: dict[str, int], room: int, look: Look) -> Line:
    name = pad((look.marks.changed if cell.changed else " ") + cell.name, name_width, look.marks)
    style = "changed" if cell.changed else ""
    row = line((f"{name}  {cell.present:>5}", style))
    for meter, width in meters.items():
        row.append("  " + _meter(cell, meter, look.marks).rjust(width), style)
    texts = [text for text, _ in sorted(cell.items, key=lambda item: not item[1])]
    if room >= 14 and (texts or cell.note):
        row.append("  " + cut(" ".join([*([cell.note] if cell.note else []), *texts]), room - 2, look.marks), "faint")
    return row


def _meter(cell: Cell, meter: str, marks: Marks) -> str:
    if meter not in cell.meters:
        return ""
    left, total, changed = cell.meters[meter]
    return f"{marks.changed if changed else ''}{number(left)}/{number(total)}"


def _summary(cells: list[Cell], look: Look) -> list[Line]:
    """For each group how many cells and items and what is left; cells that changed stand by themselves."""
    lines = []
    for group, members in _groups(cells).items():
        used = sum(1 for cell in members if cell.present)
        items = sum(cell.present for cell in members)
        lines.append(line((group or "all", "head")))
        told = f"{count(len(members), 'cell')}, {used} in use, {count(items, 'item')}"
        lines += [line("  ", text) for text in fold(told, look.width - 2)]
        lines += [line("  ", inner) for inner in _meters(_sum(members), look.width - 2, look.marks)]
    moved = [cell for cell in cells if cell.changed][:CARDS]
    return lines + (_list(moved, look) if moved else [])


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


def _legend(cells: list[Cell], look: Look, changed: Changed) -> list[Line]:
    marks, told = look.marks, []
    if len(cells) <= CARDS or len(cells) > ROWS:
        told += [f"{marks.full} used, numbers: left/total"] if any(cell.meters for cell in cells) else []
    told += [f"{marks.changed} changed"] if changed else []
    told += [f"{marks.gone} gone"] if any(style == "gone" for cell in cells for _, style in cell.items) else []
    return [line((text, "faint")) for text in fold(f" {marks.dot} ".join(told), look.width)] if told else []
