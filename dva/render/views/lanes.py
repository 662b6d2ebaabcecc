"""The lanes view: a track over time for each instance or stage, with labelled segments.

Labels that do not fit are replaced by letters and explained in a legend; a narrow display gets a list.
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
from dva.render.views.changes import ChangeSet

MAX_NAME, MIN_TRACK = 20, 30
MAX_LANES, MAX_SEGMENTS = 20, 8
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Segment:
    """A span of time in which a lane was in a state; `end` is None where it still is."""

    start: float
    end: float | None
    label: str
    changed: bool


@dataclass(frozen=True)
class Axis:
    """The scale from times to the columns of a track."""

    start: float
    end: float
    columns: int
    still: bool = False
    """All times are the same, so that there is no scale yet."""

    def column(self, at: float) -> int:
        """Return the column of a time."""
        return round((at - self.start) / (self.end - self.start) * self.columns)


def draw(state: dict[str, Any], display: Display, unit: str, changes: ChangeSet) -> list[Line]:
    """Draw the lanes of a state, as tracks or as a list."""
    all_lanes = {name: _segments(name, raw, changes) for name, raw in state.get("lanes", {}).items()}
    lanes = _shown(all_lanes)
    hidden = len(all_lanes) - len(lanes)
    legend = [line((f"{display.glyphs.ellipsis} {pluralize(hidden, 'more lane')}", "faint"))] if hidden else []
    legend += [line((f"{display.glyphs.changed} changed", "faint"))] if changes else []
    name_width = min(MAX_NAME, max(cell_len(name) for name in lanes) + 1)
    columns = display.width - name_width - 2
    if display.narrow or columns < MIN_TRACK or not any(lanes.values()):
        return _list(lanes, unit, display) + legend
    axis = _axis(lanes, columns)
    keys: dict[str, str] = {}
    rows = [_track(name, segments, axis, name_width, display.glyphs, keys) for name, segments in lanes.items()]
    return [*_scale(axis, unit, name_width), *rows, *_legend(keys, display), *legend]


def _shown(lanes: dict[str, list[Segment]]) -> dict[str, list[Segment]]:
    """Return the first lanes, and those that changed."""
    return {
        name: segments
        for n, (name, segments) in enumerate(lanes.items())
        if n < MAX_LANES or any(segment.changed for segment in segments)
    }


def _segments(name: str, raw: list[list[Any]], changes: ChangeSet) -> list[Segment]:
    return [
        Segment(start, end, str(label).replace("\n", " "), changes.is_changed("lanes", name, n))
        for n, (start, end, label) in enumerate(raw)
    ]


def _axis(lanes: dict[str, list[Segment]], columns: int) -> Axis:
    """Return the scale over all times; it ends a little later where a segment has no end yet."""
    segments = [segment for lane in lanes.values() for segment in lane]
    start = min(segment.start for segment in segments)
    end = max(segment.start if segment.end is None else segment.end for segment in segments)
    still = end == start
    if any(segment.end is None for segment in segments):
        end += (end - start) * 0.12 or 1
    return Axis(start, end if end > start else start + 1, columns, still)


def _scale(axis: Axis, unit: str, name_width: int) -> list[Line]:
    """Draw the times above the tracks, at round numbers."""
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
    """Return the smallest round step of at least `least`: of clock units (1 to 3600), else 1, 2 or 5 times ten."""
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
    """Draw a segment as `[label ────]` in `width` columns, `>` at the end where it has no end yet.

    A label that does not fit is replaced by a letter, which is added to `keys`.
    """
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
    legend = f" {display.glyphs.dot} ".join(f"{key} = {label}" for label, key in keys.items())
    return [line((text, "faint")) for text in wrap(legend, display.width)]


def _list(lanes: dict[str, list[Segment]], unit: str, display: Display) -> list[Line]:
    """Draw each lane with its segments one below the other, for narrow displays."""
    lines = []
    for name, segments in lanes.items():
        lines.append(line((truncate(name, display.width, display.glyphs), "strong")))
        times = [format_span(segment.start, segment.end, unit, display.glyphs) for segment in segments]
        wide = max(map(len, times), default=0)
        hidden = len(segments) - MAX_SEGMENTS
        if hidden > 0:
            lines.append(line((f"  {display.glyphs.ellipsis} {pluralize(hidden, 'earlier one')}", "faint")))
        for segment, time in list(zip(segments, times, strict=True))[-MAX_SEGMENTS:]:
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
