"""Drawings and runs as sentences, one a line, for screen readers and plain terminals: no boxes, no redraws."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dva.render.outline import empty, inline, scalar
from dva.render.signs import UNICODE, Marks, count, moment, number, one_line, tidy
from dva.simulations.frame import Simulation
from dva.trace import Step, Trace

MOST_CELLS, MOST_POINTS = 60, 40


def sentences(simulation: Simulation, trace: Trace, title: str = "", marks: Marks = UNICODE) -> Iterator[str]:
    """All of a run: what it shows, the start, each step, the end, the outcome."""
    yield _sentence(simulation.title, title, count(len(trace.steps), "step"))
    if trace.steps:
        yield from picture(simulation.view, trace.initial["state"], simulation.unit, marks, "At the start")
    said: set[str] = set()
    for one in trace.steps:
        yield step(simulation, trace, one, marks, repeated=one.rule in said)
        said.add(one.rule)
    if trace.steps:
        last = trace.state_at(len(trace.steps))["state"]
        yield from picture(simulation.view, last, simulation.unit, marks, "At the end")
    yield from outcome(trace.outcome, marks)


def step(simulation: Simulation, trace: Trace, one: Step, marks: Marks = UNICODE, *, repeated: bool = False) -> str:
    """Return `Step 3 of 14, at 60 s: …. Why. Rule …: its sentence.`; a `repeated` rule without its sentence."""
    when = "" if one.at is None else f", at {moment(one.at, simulation.unit)}"
    rule = simulation.rule(one.rule)
    title, detail = one_line(one.title, marks), one_line(one.detail, marks)
    statement = "" if repeated else f": {one_line(rule.statement, marks)}"
    assumed = "AWS does not say; dva settles it so." if rule.assumption and not repeated else ""
    return _sentence(
        f"Step {one.n} of {len(trace.steps)}{when}: {title}", detail, f"Rule {rule.id}{statement}", assumed
    )


def picture(
    view: str, state: Mapping[str, Any], unit: str = "", marks: Marks = UNICODE, when: str = "Now"
) -> Iterator[str]:
    """A drawing in words, one sentence a cell, series, lane or text."""
    told = [part for part in WORDS[view](tidy(dict(state), marks), unit) if part]
    if told:
        yield f"{when}:"
        yield from map(_sentence, told)


def outcome(result: Mapping[str, Any], marks: Marks = UNICODE) -> Iterator[str]:
    """The outcome in words, one sentence a key; what is empty comes last."""
    result = tidy(dict(result), marks)
    yield _sentence(f"Outcome: {scalar(result.get('status'), marks)}")
    for key, value in result.items():
        if key == "status" or empty(value):
            continue
        if isinstance(value, list) and any(isinstance(item, (Mapping, list)) for item in value):
            for n, item in enumerate(value, 1):
                yield _sentence(f"{key} {n} of {len(value)}: {inline(item, marks)}")
        else:
            yield _sentence(f"{key}: {inline(value, marks)}")
    missing = [key for key, value in result.items() if empty(value) and key != "error"]
    if missing:
        yield _sentence(f"Nothing in {', '.join(missing)}")


def _grid(state: Mapping[str, Any], unit: str) -> Iterator[str]:
    cells = state.get("cells", {})
    for name, cell in list(cells.items())[:MOST_CELLS]:
        where = f" in {cell['group']}" if cell.get("group") else ""
        held = ", ".join(map(str, cell.get("items", []))) or "empty"
        meters = [f"{m} {number(left)} of {number(total)} left" for m, (left, total) in cell.get("meters", {}).items()]
        yield "; ".join(part for part in (f"{name}{where}: {held}", *meters, cell.get("note")) if part)
    if len(cells) > MOST_CELLS:
        yield f"and {count(len(cells) - MOST_CELLS, 'more cell')}"


def _timeline(state: Mapping[str, Any], unit: str) -> Iterator[str]:
    for name, points in state.get("series", {}).items():
        shown = [f"{_value(value)} at {moment(at, unit)}" for at, value in points[-MOST_POINTS:]]
        if len(points) > MOST_POINTS:
            shown.insert(0, f"{count(len(points) - MOST_POINTS, 'earlier point')} left out")
        yield f"{name}: {', '.join(shown) or 'nothing yet'}"
    for at, text in state.get("events", []):
        yield f"At {moment(at, unit)}: {text}"


def _lanes(state: Mapping[str, Any], unit: str) -> Iterator[str]:
    lanes = state.get("lanes", {})
    for name, segments in list(lanes.items())[:MOST_CELLS]:
        told = [
            f"{label} from {moment(start, unit)}" + ("" if end is None else f" to {moment(end, unit)}")
            for start, end, label in segments
        ]
        yield f"{name}: {', then '.join(told) or 'nothing yet'}"
    if len(lanes) > MOST_CELLS:
        yield f"and {count(len(lanes) - MOST_CELLS, 'more lane')}"


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
    return number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _sentence(*parts: str) -> str:
    """Parts as sentences on one line, each with its full stop."""
    said = [part.strip() for part in parts if part and part.strip()]
    return " ".join(part if part[-1] in ".!?:" else part + "." for part in said)
