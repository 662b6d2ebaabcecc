"""Lanes: one row for each instance or stage over the time, its segments with their label inside.

Labels that find no room get a letter and stand in the legend; a narrow screen gets a list.
"""

from dataclasses import dataclass
from typing import Any

from dva.render.screen import Line, line
from dva.render.text import (
    Display,
    Glyphs,
    cell_len,
    format_number,
    format_span,
    format_time,
    pad,
    pluralize,
    truncate,
    wrap,
)
from dva.render.views.changed import Changed

WIDEST_NAME, LEAST_TRACK = 20, 30
MOST_LANES, MOST_SEGMENTS = 20, 8
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Segment:
    """From when to when (None = still going) a lane was in a state."""

    start: float
    end: float | None
    label: str
    changed: bool


@dataclass(frozen=True)
class Axis:
    """The time from the left to the right end of a track of so many columns."""

    start: float
    end: float
    columns: int
    still: bool = False
    """Everything began at one moment and nothing has ended: there is no scale yet."""

    def column(self, at: float) -> int:
        """Where a time stands."""
        return round((at - self.start) / (self.end - self.start) * self.columns)


def draw(state: dict[str, Any], display: Display, unit: str, changed: Changed) -> list[Line]:
    """The lanes until one moment."""
    every = {name: _segments(name, raw, changed) for name, raw in state.get("lanes", {}).items()}
    lanes = _shown(every)
    hidden = len(every) - len(lanes)
    told = [line((f"{display.glyphs.ellipsis} {pluralize(hidden, 'more lane')}", "faint"))] if hidden else []
    told += [line((f"{display.glyphs.changed} changed", "faint"))] if changed else []
    name_width = min(WIDEST_NAME, max(cell_len(name) for name in lanes) + 1)
    columns = display.width - name_width - 2
    if display.narrow or columns < LEAST_TRACK or not any(lanes.values()):
        return _list(lanes, unit, display) + told
    axis = _axis(lanes, columns)
    keys: dict[str, str] = {}
    rows = [_track(name, segments, axis, name_width, display.glyphs, keys) for name, segments in lanes.items()]
    return [*_scale(axis, unit, name_width), *rows, *_legend(keys, display), *told]


def _shown(lanes: dict[str, list[Segment]]) -> dict[str, list[Segment]]:
    """The first lanes, and those that changed."""
    return {
        name: segments
        for n, (name, segments) in enumerate(lanes.items())
        if n < MOST_LANES or any(segment.changed for segment in segments)
    }


def _segments(name: str, raw: list[list[Any]], changed: Changed) -> list[Segment]:
    return [
        Segment(start, end, str(label).replace("\n", " "), changed.at("lanes", name, n))
        for n, (start, end, label) in enumerate(raw)
    ]


def _axis(lanes: dict[str, list[Segment]], columns: int) -> Axis:
    """All times; what still goes on reaches a little beyond the last of them."""
    segments = [segment for lane in lanes.values() for segment in lane]
    start = min(segment.start for segment in segments)
    end = max(segment.start if segment.end is None else segment.end for segment in segments)
    still = end == start
    if any(segment.end is None for segment in segments):
        end += (end - start) * 0.12 or 1
    return Axis(start, end if end > start else start + 1, columns, still)


def _scale(axis: Axis, unit: str, name_width: int) -> list[Line]:
    """The times above the tracks, at round numbers."""
    if axis.still:
        return [line((" " * (name_width + 1) + format_time(axis.start, unit), "faint"))]
    step = _round_step((axis.end - axis.start) * 12 / axis.columns)
    first = -(-axis.start // step) * step
    text = ""
    at, n = first, 0
    while at <= axis.end:
        label = format_time(at, unit) if not text else format_number(at)
        column = axis.column(at)
        if column + len(label) <= axis.columns:
            text = text.ljust(column) + label
        n += 1
        at = first + n * step
    return [line((" " * (name_width + 1) + text, "faint"))]


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 15, 30, 60 … that is at least `least`; of tens in small and large."""
    for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600):
        if least <= step and least > 0.5:
            return step
    power = 1.0
    while power * 10 <= least:
        power *= 10
    while power > least:
        power /= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)


def _track(
    name: str, segments: list[Segment], axis: Axis, name_width: int, glyphs: Glyphs, keys: dict[str, str]
) -> Line:
    row = line((pad(name, name_width, glyphs), "strong"), " ")
    begin = row.cell_len
    for n, segment in enumerate(segments):
        left = axis.column(segment.start)
        right = axis.columns if segment.end is None else axis.column(segment.end)
        at = row.cell_len - begin
        row.append(" " * (left - at))
        width = max(1, right - max(left, at))
        row.append(_segment(segment, width, glyphs, keys), _style(segment, n))
    return row


def _style(segment: Segment, n: int) -> str:
    return "changed" if segment.changed else ("fill", "")[n % 2]


def _segment(segment: Segment, width: int, glyphs: Glyphs, keys: dict[str, str]) -> str:
    """`[label ────]` in so many columns, `>` at the end where it still goes on."""
    label = (glyphs.changed if segment.changed else "") + segment.label
    if cell_len(label) > width - 2:
        key = keys.setdefault(segment.label, LETTERS[len(keys) % len(LETTERS)])
        label = key if width < 4 or not segment.changed else glyphs.changed + key
    if width < 3:
        return label + glyphs.horizontal * (width - 1)
    filling = glyphs.horizontal * (width - 2 - cell_len(label))
    filling = " " + filling[1:] if len(filling) > 1 else filling
    return f"[{label}{filling}{'>' if segment.end is None else ']'}"


def _legend(keys: dict[str, str], display: Display) -> list[Line]:
    if not keys:
        return []
    told = f" {display.glyphs.dot} ".join(f"{key} = {label}" for label, key in keys.items())
    return [line((text, "faint")) for text in wrap(told, display.width)]


def _list(lanes: dict[str, list[Segment]], unit: str, display: Display) -> list[Line]:
    """For narrow screens: each lane with its segments one below the other."""
    lines = []
    for name, segments in lanes.items():
        lines.append(line((truncate(name, display.width, display.glyphs), "strong")))
        times = [format_span(segment.start, segment.end, unit, display.glyphs) for segment in segments]
        wide = max(map(len, times), default=0)
        hidden = len(segments) - MOST_SEGMENTS
        if hidden > 0:
            lines.append(line((f"  {display.glyphs.ellipsis} {pluralize(hidden, 'earlier one')}", "faint")))
        for segment, time in list(zip(segments, times, strict=True))[-MOST_SEGMENTS:]:
            style = "changed" if segment.changed else ""
            mark = display.glyphs.changed if segment.changed else " "
            lines += [
                line((text, style))
                for text in wrap(
                    segment.label,
                    display.width,
                    f" {mark}{time.rjust(wide)}  ",
                    " " * min(wide + 4, display.width // 2),
                )
            ]
        lines += [] if segments else [line(("  nothing yet", "faint"))]
    return lines
