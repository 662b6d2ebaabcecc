"""The timeline view: a row for each time, a column for each series with bars for numbers, events as text."""

from dataclasses import dataclass, field
from typing import Any

from dva.render.screen import Line, line
from dva.render.text import Display, bar, cell_len, format_number, format_time, pad, pluralize, truncate, wrap
from dva.render.views.changes import ChangeSet

MAX_ROWS = 36
BAR, MIN_BAR, MAX_WORD, MIN_VALUE = 10, 3, 18, 14


@dataclass(frozen=True)
class Series:
    """A column: `text` is the width of its values, `most` the value of a full bar (None: values are words, no bars)."""

    name: str
    text: int
    most: float | None

    def width(self, blocks: int) -> int:
        """Return its width with bars of `blocks` columns."""
        wide = self.text + (blocks + 1 if self.most is not None and blocks else 0)
        return max(cell_len(self.name), wide)


@dataclass
class Row:
    """The values by series and the events of one time, each with whether it is new."""

    at: float
    values: dict[str, tuple[Any, bool]] = field(default_factory=dict)
    events: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return any(new for _, new in [*self.values.values(), *self.events])


def draw(state: dict[str, Any], display: Display, unit: str, changes: ChangeSet) -> list[Line]:
    """Draw the series and events of a state, as a table or as a list."""
    rows = rows_from_state(state, changes)
    series = [_series(name, points) for name, points in state.get("series", {}).items()]
    if not rows:
        return [line(("nothing yet", "faint"))]
    shown = _shortened(rows)
    body = _list(shown, series, unit, display) if display.narrow else _table(shown, series, unit, display)
    legend = [line((f"{display.glyphs.changed} changed", "faint"))] if changes else []
    return body + legend


def rows_from_state(state: dict[str, Any], changes: ChangeSet) -> list[Row]:
    """Return points and events ordered by time; several points of a series at one time are several rows."""
    rows: dict[tuple[float, int], Row] = {}
    for name, points in state.get("series", {}).items():
        seen: dict[float, int] = {}
        for n, (at, value) in enumerate(points):
            turn = seen[at] = seen.get(at, -1) + 1
            row = rows.setdefault((at, turn), Row(at))
            row.values[name] = (value, changes.is_changed("series", name, n))
    for n, (at, text) in enumerate(state.get("events", [])):
        last = max((turn for when, turn in rows if when == at), default=0)
        row = rows.setdefault((at, last), Row(at))
        row.events.append((str(text).replace("\n", " "), changes.is_changed("events", n)))
    return [rows[key] for key in sorted(rows)]


def _series(name: str, points: list[list[Any]]) -> Series:
    values = [value for _, value in points]
    text = max((cell_len(_format_value(value)) for value in values), default=1) + 1
    numbers = [value for value in values if _is_number(value)]
    most = max(numbers) if numbers and len(numbers) == len(values) else None
    return Series(name, min(text, MAX_WORD), most)


def _format_value(value: Any) -> str:
    return format_number(value) if _is_number(value) else "" if value is None else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shortened(rows: list[Row]) -> list[Row | int]:
    """Return about MAX_ROWS rows: both ends and what changed; a number stands for that many omitted rows."""
    half = MAX_ROWS // 2
    keep = [n < half or n >= len(rows) - half or row.changed for n, row in enumerate(rows)]
    shown: list[Row | int] = []
    for row, kept in zip(rows, keep, strict=True):
        if kept:
            shown.append(row)
        elif shown and isinstance(shown[-1], int):
            shown[-1] += 1
        else:
            shown.append(1)
    return shown


def _table(rows: list[Row | int], series: list[Series], unit: str, display: Display) -> list[Line]:
    times = {id(row): format_time(row.at, unit) for row in rows if isinstance(row, Row)}
    time = max(len(text) for text in times.values()) + 1
    has_events = any(isinstance(row, Row) and row.events for row in rows)
    room = display.width - time - (26 if has_events else 0)
    blocks = _blocks(series, room)
    if sum(s.width(blocks) + 2 for s in series) > room:
        return _list(rows, series, unit, display)
    lines = [_head(series, blocks, time, has_events)] if series else []
    before = ""
    for row in rows:
        if isinstance(row, int):
            lines.append(line((f"{display.glyphs.ellipsis.rjust(time)} {pluralize(row, 'row')} not shown", "faint")))
        else:
            now = times[id(row)]
            lines += _table_row(row, ("" if now == before else now).rjust(time), series, blocks, display)
            before = now
    return lines


def _blocks(series: list[Series], room: int) -> int:
    """Return the longest bars with which all columns fit, 0 for none."""
    for blocks in range(BAR, MIN_BAR - 1, -1):
        if sum(s.width(blocks) + 2 for s in series) <= room:
            return blocks
    return 0


def _head(series: list[Series], blocks: int, time: int, has_events: bool) -> Line:
    names = "".join("  " + pad(s.name, s.width(blocks)) for s in series)
    head = " " * time + names + ("  " if has_events else "")
    return line((head.rstrip(), "head"))


def _table_row(row: Row, time: str, series: list[Series], blocks: int, display: Display) -> list[Line]:
    first = line((time, "strong" if row.changed else ""))
    for s in series:
        first.append("  ").append_text(_cell(s, row, blocks, display))
    lines = [first]
    start = first.cell_len + 2
    for text, new in row.events:
        style = "changed" if new else ""
        mark = display.glyphs.changed if new else ""
        for part in wrap(mark + text, display.width - start):
            if lines[-1] is first and first.cell_len < start:
                first.append("  ").append(part, style)
            else:
                lines.append(line(" " * start, (part, style)))
    for one in lines:
        one.rstrip()
    return lines


def _cell(s: Series, row: Row, blocks: int, display: Display) -> Line:
    """Draw a value with its bar: `*12 ▇▇▇░░`."""
    if s.name not in row.values:
        return line(" " * s.width(blocks))
    value, new = row.values[s.name]
    style = "changed" if new else ""
    text = (display.glyphs.changed if new else "") + _format_value(value)
    if s.most is None:
        return line((pad(text, s.width(blocks), display.glyphs), style))
    blocks_text = " " + bar(value, s.most, blocks, display.glyphs) if blocks else ""
    drawn = line((text.rjust(s.text), style), (blocks_text, style or "fill"))
    drawn.append(" " * (s.width(blocks) - drawn.cell_len))
    return drawn


def _list(rows: list[Row | int], series: list[Series], unit: str, display: Display) -> list[Line]:
    """Draw each time with its values and events below it, for narrow displays."""
    lines = []
    for n, row in enumerate(rows):
        if isinstance(row, int):
            lines.append(line((f"{display.glyphs.ellipsis} {pluralize(row, 'row')} not shown", "faint")))
            continue
        before = rows[n - 1] if n else None
        if not (isinstance(before, Row) and before.at == row.at):
            lines.append(line((format_time(row.at, unit), "changed" if row.changed else "strong")))
        lines += [_list_value(s, row, series, display) for s in series if s.name in row.values]
        for text, new in row.events:
            mark = display.glyphs.changed if new else ""
            lines += [line((part, "changed" if new else "")) for part in wrap(mark + text, display.width, "  ", "    ")]
    return lines


def _list_value(s: Series, row: Row, series: list[Series], display: Display) -> Line:
    name = min(max(cell_len(one.name) for one in series), display.width - MIN_VALUE)
    value, new = row.values[s.name]
    style = "changed" if new else ""
    text = (display.glyphs.changed if new else "") + _format_value(value)
    drawn = line("  ", pad(s.name, name, display.glyphs), " ")
    if s.most is None:
        return drawn.append(truncate(text, display.width - name - 3, display.glyphs), style)
    width = max(one.text for one in series if one.most is not None)
    drawn.append(text.rjust(width), style)
    room = min(BAR, display.width - drawn.cell_len - 1)
    return drawn.append(" " + bar(value, s.most, room, display.glyphs), style or "fill") if room >= MIN_BAR else drawn
