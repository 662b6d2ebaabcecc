"""Drawings and runs as sentences, one a line, for screen readers and plain terminals: no boxes, no redraws."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dva.render.outline import format_inline, format_scalar, is_empty
from dva.render.text import UNICODE, Glyphs, format_number, format_time, one_line, pluralize, sanitize_value
from dva.simulations.frame import Simulation
from dva.trace import Step, Trace

MAX_CELLS, MAX_POINTS = 60, 40
NAMED = 4
"""Places named of what was not looked at."""
ITEM = re.compile(r"/\d+(?=/|$)")
"""The position of an item in a list."""


def sentences(simulation: Simulation, trace: Trace, title: str = "", glyphs: Glyphs = UNICODE) -> Iterator[str]:
    """List all of a run as sentences: what it shows, the start, each step, the end, the outcome."""
    yield _sentence(simulation.title, title, pluralize(len(trace.steps), "step"))
    if trace.steps:
        yield from picture(simulation.view, trace.initial["state"], simulation.unit, glyphs, "At the start")
    seen: set[str] = set()
    for one in trace.steps:
        yield step(simulation, trace, one, glyphs, repeated=one.rule in seen)
        seen.add(one.rule)
    if trace.steps:
        last = trace.state_at(len(trace.steps))["state"]
        yield from picture(simulation.view, last, simulation.unit, glyphs, "At the end")
    yield from outcome(trace.outcome, glyphs)


def step(simulation: Simulation, trace: Trace, one: Step, glyphs: Glyphs = UNICODE, *, repeated: bool = False) -> str:
    """Return `Step 3 of 14, at 60 s: …. Why. Rule …: its sentence.`; a `repeated` rule without its sentence."""
    when = "" if one.at is None else f", at {format_time(one.at, simulation.unit)}"
    rule = simulation.rule(one.rule)
    title, detail = one_line(one.title, glyphs), one_line(one.detail, glyphs)
    statement = "" if repeated else f": {one_line(rule.statement, glyphs)}"
    assumed = "AWS does not say; dva settles it so." if rule.assumption and not repeated else ""
    return _sentence(
        f"Step {one.n} of {len(trace.steps)}{when}: {title}", detail, f"Rule {rule.id}{statement}", assumed
    )


def picture(
    view: str, state: Mapping[str, Any], unit: str = "", glyphs: Glyphs = UNICODE, when: str = "Now"
) -> Iterator[str]:
    """Describe a drawing in words, one sentence a cell, series, lane or text."""
    texts = [part for part in WORDS[view](sanitize_value(dict(state), glyphs), unit) if part]
    if texts:
        yield f"{when}:"
        yield from map(_sentence, texts)


def outcome(result: Mapping[str, Any], glyphs: Glyphs = UNICODE) -> Iterator[str]:
    """Describe the outcome in words, one sentence a key; what is empty is left out."""
    result = sanitize_value(dict(result), glyphs)
    yield _sentence(f"Outcome: {format_scalar(result.get('status'), glyphs)}")
    for key, value in result.items():
        if key in ("status", "not_read") or is_empty(value):
            continue
        if isinstance(value, list) and any(isinstance(item, (Mapping, list)) for item in value):
            for n, item in enumerate(value, 1):
                yield _sentence(f"{key} {n} of {len(value)}: {format_inline(item, glyphs)}")
        else:
            yield _sentence(f"{key}: {format_inline(value, glyphs)}")
    if result.get("not_read"):
        yield not_read(result["not_read"])


def not_read(places: Sequence[str]) -> str:
    """Return which members of the documents play no part, the first few by their place; "" where there is none.

    A place is named without `/given`, and once for all items of a list: `/containerDefinitions/*/tags`.
    """
    alike = list(dict.fromkeys(ITEM.sub("/*", place.removeprefix("/given")) for place in places))
    if not alike:
        return ""
    more = len(alike) - NAMED
    return f"Not looked at: {', '.join(alike[:NAMED])}{f', and {more} more' if more > 0 else ''}."


def _grid(state: Mapping[str, Any], unit: str) -> Iterator[str]:
    cells = state.get("cells", {})
    for name, cell in list(cells.items())[:MAX_CELLS]:
        where = f" in {cell['group']}" if cell.get("group") else ""
        held = ", ".join(map(str, cell.get("items", []))) or "empty"
        meters = [
            f"{m} {format_number(left)} of {format_number(total)} left"
            for m, (left, total) in cell.get("meters", {}).items()
        ]
        yield "; ".join(part for part in (f"{name}{where}: {held}", *meters, cell.get("note")) if part)
    if len(cells) > MAX_CELLS:
        yield f"and {pluralize(len(cells) - MAX_CELLS, 'more cell')}"


def _timeline(state: Mapping[str, Any], unit: str) -> Iterator[str]:
    for name, points in state.get("series", {}).items():
        shown = [f"{_value(value)} at {format_time(at, unit)}" for at, value in points[-MAX_POINTS:]]
        if len(points) > MAX_POINTS:
            shown.insert(0, f"{pluralize(len(points) - MAX_POINTS, 'earlier point')} left out")
        yield f"{name}: {', '.join(shown) or 'nothing yet'}"
    for at, text in state.get("events", []):
        yield f"At {format_time(at, unit)}: {text}"


def _lanes(state: Mapping[str, Any], unit: str) -> Iterator[str]:
    lanes = state.get("lanes", {})
    for name, segments in list(lanes.items())[:MAX_CELLS]:
        texts = [
            f"{label} from {format_time(start, unit)}" + ("" if end is None else f" to {format_time(end, unit)}")
            for start, end, label in segments
        ]
        yield f"{name}: {', then '.join(texts) or 'nothing yet'}"
    if len(lanes) > MAX_CELLS:
        yield f"and {pluralize(len(lanes) - MAX_CELLS, 'more lane')}"


def _texts(state: Mapping[str, Any], unit: str) -> Iterator[str]:
    for title, text in state.get("texts", {}).items():
        yield f"{title}: {text.rstrip() or 'empty'}"


WORDS: dict[str, Callable[[Mapping[str, Any], str], Iterator[str]]] = {
    "grid": _grid,
    "timeline": _timeline,
    "lanes": _lanes,
    "texts": _texts,
}


def _value(value: Any) -> str:
    return format_number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _sentence(*parts: str) -> str:
    """Join parts as sentences on one line, each with its full stop."""
    seen = [part.strip() for part in parts if part and part.strip()]
    return " ".join(part if part[-1] in ".!?:" else part + "." for part in seen)
