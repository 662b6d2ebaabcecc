"""The grid view: cells (instances, nodes) in groups (zones), with their items and meters of the capacity left.

Up to MAX_CARDS cells are cards side by side, on a narrow display a list; more are a table, more than MAX_TABLE_ROWS a
summary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dva.render.screen import Line, line, pad_line
from dva.render.text import Display, Glyphs, bar, cell_len, format_number, pad, pluralize, truncate, wrap
from dva.render.views.changes import ChangeSet

MAX_CARDS, MAX_TABLE_ROWS = 12, 60
MIN_CARD, MAX_CARD = 24, 38
MAX_ITEM_LINES = 4

StyledWords = list[tuple[str, str]]


@dataclass(frozen=True)
class Cell:
    """A cell to be drawn: items are (text, style), meters (left, total, changed) by name."""

    name: str
    group: str
    items: StyledWords
    meters: dict[str, tuple[float, float, bool]]
    note: str
    changed: bool

    @property
    def present(self) -> int:
        """Number of items, those removed by the step not counted."""
        return sum(style != "removed" for _, style in self.items)


def draw(state: dict[str, Any], display: Display, unit: str, changes: ChangeSet) -> list[Line]:
    """Draw the cells of a state."""
    cells = [cell_from_state(name, cell, changes, display.glyphs) for name, cell in state.get("cells", {}).items()]
    if len(cells) > MAX_TABLE_ROWS:
        body = _summary(cells, display)
    elif len(cells) > MAX_CARDS:
        body = _table(cells, display)
    else:
        body = _cards(cells, display)
    return body + _legend(cells, display, changes)


def cell_from_state(name: str, cell: Mapping[str, Any], changes: ChangeSet, glyphs: Glyphs) -> Cell:
    """Return a cell of the state with the marks of what changed in it."""
    place = ("cells", name)
    texts = [str(item).replace("\n", " ") for item in cell.get("items", [])]
    new, removed = changes.diff_items(texts, *place, "items")
    items = [(glyphs.changed + t, "changed") if n else (t, "") for t, n in zip(texts, new, strict=True)]
    items += [(f"{glyphs.removed}{text}", "removed") for text in removed]
    meters = {
        meter: (left, total, changes.is_changed(*place, "meters", meter))
        for meter, (left, total) in (cell.get("meters") or {}).items()
    }
    note = str(cell.get("note") or "").replace("\n", " ")
    if changes.is_changed(*place, "note") and note:
        note = glyphs.changed + note
    return Cell(name, str(cell.get("group") or ""), items, meters, note, changes.is_changed(*place))


# Cards


def _cards(cells: list[Cell], display: Display) -> list[Line]:
    across = _cards_across(cells, display)
    if across < 2:
        return _list(cells, display)
    width = min(MAX_CARD, (display.width - across + 1) // across)
    groups = _groups(cells)
    if 2 <= len(groups) <= across:
        heads = [pad_line(line((truncate(name, width, display.glyphs), "head")), width) for name in groups]
        rows = [
            [group[n] if n < len(group) else None for group in groups.values()]
            for n in range(max(map(len, groups.values())))
        ]
        return [_side_by_side(heads), *(drawn for row in rows for drawn in _row(row, width, display))]
    lines = []
    for name, group in groups.items():
        lines += [line((name, "head"))] if name else []
        for n in range(0, len(group), across):
            lines += _row([*group[n : n + across]], width, display)
    return lines


def _cards_across(cells: list[Cell], display: Display) -> int:
    """Return how many cards fit side by side without truncating a name or an item, 1 for a list."""
    if display.narrow:
        return 1
    widest = max(cell_len(text) for cell in cells for text in (cell.name, *(word for word, _ in cell.items)))
    words = max((cell_len(word) for cell in cells for word in cell.note.split()), default=0)
    card = max(MIN_CARD, widest + 6, words + 4)
    return min(4, (display.width + 1) // (card + 1))


def _row(row: list[Cell | None], width: int, display: Display) -> list[Line]:
    """Draw cards side by side, all as high as the highest."""
    bodies = [_card_body(cell, width - 4, display) if cell else [] for cell in row]
    height = max(map(len, bodies))
    columns = [_card(c, b, height, width, display.glyphs) for c, b in zip(row, bodies, strict=True)]
    return [_side_by_side([column[n] for column in columns]) for n in range(height + 2)]


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
        inner = pad_line(body[n] if n < len(body) else line(), width - 4)
        lines.append(line((f"{down} ", frame), inner, (f" {down}", frame)))
    lines.append(line((low_left + across * (width - 2) + low_right, frame)))
    return lines


def _card_body(cell: Cell, width: int, display: Display) -> list[Line]:
    """Return the lines inside a card: note, meters, items."""
    words: StyledWords = [(text, "faint") for part in cell.note.split("  ") if part for text in wrap(part, width)]
    notes = _flow(words, width, gap=2)
    return notes + _meters(cell, width, display.glyphs) + _items(cell, width, display.glyphs)


def _meters(cell: Cell, width: int, glyphs: Glyphs) -> list[Line]:
    """Draw meters, `CPU ▇▇▇░░ 300/1024`: the bar shows what is used, the numbers what is left of the total."""
    if not cell.meters:
        return []
    name_width = max(map(cell_len, cell.meters))
    amounts = {name: f"{format_number(left)}/{format_number(total)}" for name, (left, total, _) in cell.meters.items()}
    amount_width = max(map(len, amounts.values()))
    lines = []
    for name, (left, total, mark) in cell.meters.items():
        label = pad(name, min(name_width, max(3, width - amount_width - 5)), glyphs)
        label += glyphs.changed if mark else " "
        room = min(20, width - cell_len(label) - amount_width - 1)
        blocks = bar(total - left, total, room, glyphs) + " " if room >= 3 else ""
        style = "changed" if mark else ""
        lines.append(line((label, style), (blocks, style or "fill"), (amounts[name].rjust(amount_width), style)))
    return lines


def _items(cell: Cell, width: int, glyphs: Glyphs, most: int = MAX_ITEM_LINES) -> list[Line]:
    """Draw the items, at most `most` lines; what does not fit is counted, but items that changed are always shown."""
    words = [(truncate(text, width, glyphs), "faint" if style == "removed" else style) for text, style in cell.items]
    lines = _flow(words, width)
    if len(lines) <= most:
        return lines
    shown = words
    while len(lines) > most - 1:
        shown = _drop_last_unchanged(shown)
        lines = _flow(shown, width)
    hidden = len(words) - len(shown)
    return [*lines, line((f"{glyphs.ellipsis} {hidden} more", "faint"))] if hidden else lines


def _drop_last_unchanged(words: StyledWords) -> StyledWords:
    """Return the words without the last one that did not change."""
    for n in range(len(words) - 1, -1, -1):
        if not words[n][1]:
            return words[:n] + words[n + 1 :]
    return words[:-1]


def _flow(words: StyledWords, width: int, gap: int = 1) -> list[Line]:
    """Fill lines with words, `gap` columns between two."""
    lines: list[Line] = []
    for text, style in words:
        if not lines or lines[-1].cell_len + gap + cell_len(text) > width:
            lines.append(line((text, style)))
        else:
            lines[-1].append(" " * gap).append(text, style)
    return lines


def _side_by_side(parts: list[Line]) -> Line:
    joined = line()
    for n, part in enumerate(parts):
        joined.append(" " if n else "").append_text(part)
    joined.rstrip()
    return joined


# A list, for narrow displays and cells with long texts


def _list(cells: list[Cell], display: Display) -> list[Line]:
    lines = []
    for group, members in _groups(cells).items():
        lines += [line((group, "head"))] if group else []
        indent = "  " if group else ""
        for cell in members:
            style = "changed" if cell.changed else "strong"
            name = (display.glyphs.changed if cell.changed else "") + cell.name
            body = _card_body(cell, display.width - len(indent) - 2, display)
            lines += [line(indent, (truncate(name, display.width - len(indent), display.glyphs), style))]
            lines += [line(indent, "  ", inner) for inner in body]
    return lines


# Tables and summaries, for many cells


def _table(cells: list[Cell], display: Display) -> list[Line]:
    """Draw one row for each cell: name, number of items, meters; columns that do not fit are omitted."""
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
    """Draw for each group the number of cells and items and the sum of the meters, then the cells that changed."""
    lines = []
    for group, members in _groups(cells).items():
        used = sum(1 for cell in members if cell.present)
        items = sum(cell.present for cell in members)
        lines.append(line((group or "all", "head")))
        totals = f"{pluralize(len(members), 'cell')}, {used} in use, {pluralize(items, 'item')}"
        lines += [line("  ", text) for text in wrap(totals, display.width - 2)]
        lines += [line("  ", inner) for inner in _meters(_total(members), display.width - 2, display.glyphs)]
    changed = [cell for cell in cells if cell.changed][:MAX_CARDS]
    return lines + (_list(changed, display) if changed else [])


def _total(cells: list[Cell]) -> Cell:
    meters = {}
    for meter in dict.fromkeys(name for cell in cells for name in cell.meters):
        values = [cell.meters[meter] for cell in cells if meter in cell.meters]
        meters[meter] = (sum(left for left, _, _ in values), sum(total for _, total, _ in values), False)
    return Cell("", "", [], meters, "", False)


def _groups(cells: list[Cell]) -> dict[str, list[Cell]]:
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.group, []).append(cell)
    return groups


def _legend(cells: list[Cell], display: Display, changes: ChangeSet) -> list[Line]:
    glyphs, entries = display.glyphs, []
    if len(cells) <= MAX_CARDS or len(cells) > MAX_TABLE_ROWS:
        entries += [f"{glyphs.full} used, numbers: left/total"] if any(cell.meters for cell in cells) else []
    entries += [f"{glyphs.changed} changed"] if changes else []
    if any(style == "removed" for cell in cells for _, style in cell.items):
        entries.append(f"{glyphs.removed} gone")
    return [line((text, "faint")) for text in wrap(f" {glyphs.dot} ".join(entries), display.width)] if entries else []
