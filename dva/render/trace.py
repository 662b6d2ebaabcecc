"""A run on the screen: the steps, one step, the pictures, the outcome, and where an `expect` does not hold."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group

from dva import jsonpointer
from dva.items.expectation import Difference
from dva.render import views
from dva.render.outline import format_inline, format_scalar, is_empty, outline
from dva.render.screen import Line, heading, heading_lines, line, stack
from dva.render.sentences import not_read
from dva.render.text import Display, cell_len, format_time, one_line, pad, pluralize, sanitize_value, truncate, wrap
from dva.simulations.frame import Simulation
from dva.trace import Change, Rule, Step, Trace

BLANK = line()
MAX_CHANGES, MAX_CHANGE_LINES = 12, 3


def run(simulation: Simulation, trace: Trace, display: Display, title: str = "") -> Group:
    """Draw all of a run: title, first picture, steps, the rules used; the last picture and the outcome at the end."""
    state = trace.state_at(len(trace.steps))["state"]
    return stack(*_spaced([*_story(simulation, trace, display, title), _rules(simulation, trace, display),
                           *_ending(simulation, trace, state, display)]))  # fmt: skip


def paged_run(simulation: Simulation, trace: Trace, display: Display, title: str = "") -> list[Line]:
    """Return the lines of a run for a pager: a decision table instead of the steps where there is one, no rules."""
    state = trace.state_at(len(trace.steps))["state"]
    if tables := state.pop("matrix", None):
        blocks = [_title(simulation, display, title), views.decisions(tables, display)]
    else:
        blocks = _story(simulation, trace, display, title, named=False)
    return [one for block in _spaced([*blocks, *_ending(simulation, trace, state, display)]) for one in block]


def rules(simulation: Simulation, trace: Trace, display: Display) -> list[Line]:
    """Return the rules that a run used, each with its sentence, source and notes."""
    used = {one.rule for one in trace.steps}
    drawn = [rule_lines(rule, display) for rule in simulation.rules if rule.id in used]
    return [one for block in _spaced([[heading("Rules used", display)], *drawn]) for one in block]


def _story(
    simulation: Simulation, trace: Trace, display: Display, title: str, *, named: bool = True
) -> list[list[Line]]:
    blocks = [_title(simulation, display, title)]
    if trace.steps:
        blocks.append(_picture(simulation, trace.initial["state"], display, "At the start"))
        blocks.append([heading("Steps", display), *step_lines(simulation, trace.steps, display, named=named)])
    return blocks


def _ending(simulation: Simulation, trace: Trace, state: Mapping[str, Any], display: Display) -> list[list[Line]]:
    """Return the picture of the last state, where there are steps, and the outcome."""
    picture = _picture(simulation, state, display, "At the end") if trace.steps else []
    return [picture, outcome_lines(trace.outcome, display)]


def step(simulation: Simulation, trace: Trace, n: int, display: Display, rows: int | None = None) -> Group:
    """Draw step `n` (from 1) as a screen: what happens and why, the picture after it, what it changed, its rule.

    Where that is more than `rows`, the picture comes first: what scrolls away is not what happens and why.
    """
    now = trace.steps[n - 1]
    picture = views.lines(
        simulation.view, trace.state_at(n)["state"], display, unit=simulation.unit, changes=now.changes
    )  # fmt: skip
    when = "" if now.at is None else f" {display.glyphs.dot} {format_time(now.at, simulation.unit)}"
    explanation = [heading(f"Step {n} of {len(trace.steps)}{when}", display)]
    explanation += [line((text, "strong")) for text in wrap(one_line(now.title, display.glyphs), display.width)]
    explanation += _wrapped(now.detail, display)
    rule = rule_lines(simulation.rule(now.rule), display)
    blocks = _spaced([explanation, picture, _changes(now, display), rule])
    if rows is not None and sum(map(len, blocks)) > rows:
        blocks = _spaced([picture, explanation, _changes(now, display), rule])
    return stack(*blocks)


def steps(simulation: Simulation, trace: Trace, display: Display) -> Group:
    """Draw the list of steps."""
    return stack(step_lines(simulation, trace.steps, display))


def outcome(result: Mapping[str, Any], display: Display) -> Group:
    """Draw the outcome as readable lines."""
    return stack(outcome_lines(result, display))


def findings(found: Iterable[Difference], display: Display) -> Group:
    """Draw each place where the outcome is not what was expected; the values as JSON, so that 1 is not "1"."""
    lines: list[Line] = []
    for one in found:
        place = one_line(one.pointer, display.glyphs) or "the outcome"
        lines += [line((text, "bad")) for text in wrap(place, display.width, f"{display.glyphs.wrong} ", "  ")]
        for label, value in (("expected", one.expected), ("found", one.found)):
            text = json.dumps(sanitize_value(value, display.glyphs), ensure_ascii=display.glyphs.ascii)
            lines += [line(part) for part in wrap(text, display.width, f"  {label:<8}  ", " " * 12)]
    return stack(lines)


def step_lines(simulation: Simulation, steps: Iterable[Step], display: Display, *, named: bool = True) -> list[Line]:
    """Return the steps as lines, numbered, with their time, and below it why; `named` ones end with their rule.

    Titles of steps that changed something are bold; a rule's sentence stands at its first step.
    """
    steps = tuple(steps)
    digits = len(str(steps[-1].n)) if steps else 1
    times = ["" if s.at is None else format_time(s.at, simulation.unit) for s in steps]
    time = max(map(len, times), default=0)
    lines: list[Line] = []
    said: set[str] = set()
    for one, when in zip(steps, times, strict=True):
        lead = f"{one.n:>{digits}}  "
        if time and not display.narrow:
            lead += when.rjust(time) + "  "
        title = one_line(one.title, display.glyphs)
        if when and display.narrow:
            title = f"{when}: {title}"
        detail = one.detail if one.rule in said else simulation.explain(one)
        said.add(one.rule)
        lines += _step(title, detail, one, lead, display, named=named)
    return lines


def _step(title: str, detail: str, one: Step, lead: str, display: Display, *, named: bool) -> list[Line]:
    indent = " " * len(lead)
    first, *rest = wrap(title, display.width, lead, indent)
    style = "strong" if one.changes else ""
    lines = [line((first[: len(lead)], "faint"), (first[len(lead) :], style))]
    lines += [line((text, style)) for text in rest]
    if not named:
        return lines + _wrapped(detail, display, indent)
    room = display.width - lines[-1].cell_len - 2
    if cell_len(one.rule) <= room and not display.narrow:
        lines[-1].append(one.rule.rjust(room + 2), "faint")
        return lines + _wrapped(detail, display, indent)
    rule = truncate(one.rule, display.width - len(indent), display.glyphs)
    return [*lines, *_wrapped(detail, display, indent), line(indent, (rule, "faint"))]


def outcome_lines(result: Mapping[str, Any], display: Display) -> list[Line]:
    """Return the status as a headline, AWS's error where there is one, then the rest."""
    status = format_scalar(result.get("status"), display.glyphs)
    lines = [heading(f"Outcome: {one_line(status, display.glyphs)}", display)]
    error = result.get("error")
    if error:
        text = f"{error.get('code')}: {error.get('message')}" if isinstance(error, Mapping) else str(error)
        texts = wrap(one_line(text, display.glyphs), display.width, f"{display.glyphs.wrong} ", "  ")
        lines += [line((part, "bad")) for part in texts]
    shown = {key: value for key, value in result.items() if key not in ("status", "error", "not_read")}
    if isinstance(error, Mapping) and set(error) - {"code", "message"}:
        shown = {"error": {k: v for k, v in error.items() if k not in ("code", "message")}, **shown}
    lines += [line((label, "strong"), text) for label, text in outline(shown, display)]
    return lines + _wrapped(not_read(result.get("not_read", [])), display, style="faint")


def rule_lines(rule: Rule, display: Display) -> list[Line]:
    """Return a rule with its sentence, its source and the notes it teaches."""
    first, *rest = wrap(rule.id, display.width, "Rule ", "     ")
    lines = [line("Rule ", (first[5:], "strong")), *(line((part, "strong")) for part in rest)]
    lines += _wrapped(rule.statement, display, "  ")
    if rule.assumption:
        lines += _wrapped("AWS leaves this open; dva settles it, so that a run can be repeated.", display, "  ")
    title, separator, url = rule.source.partition(": http")
    lines += _wrapped(title, display, "  ", "faint")
    # An address stays in one piece, so that it can be opened.
    lines += [line(("  http" + one_line(url, display.glyphs), "faint"))] if separator else []
    return lines + (_wrapped("notes: " + ", ".join(rule.notes), display, "  ", "faint") if rule.notes else [])


def _title(simulation: Simulation, display: Display, title: str) -> list[Line]:
    lines = heading_lines(one_line(simulation.title, display.glyphs), display)
    return lines + _wrapped(title, display)


def _picture(simulation: Simulation, state: Mapping[str, Any], display: Display, title: str) -> list[Line]:
    part = {"texts": "texts", "lanes": "lanes", "timeline": "series"}.get(simulation.view)
    blank = part is not None and not any(state.get(part, {}).values()) and not state.get("events")
    drawn = [] if blank else views.lines(simulation.view, dict(state), display, unit=simulation.unit)
    return [heading(title, display), *drawn] if drawn else []


def _rules(simulation: Simulation, trace: Trace, display: Display) -> list[Line]:
    """Return the rules of the steps by source, in the order of the engine's table, and the notes they teach.

    Their sentences stand in the steps.
    """
    spoke = {one.rule for one in trace.steps}
    by_source: dict[str, list[Line]] = {}
    for rule in simulation.rules:
        if rule.id in spoke:
            drawn = by_source.setdefault(rule.source.partition(": http")[0], [])
            drawn += _named(rule, max(map(cell_len, spoke)), display)
    lines = [one for source, drawn in by_source.items() for one in (*_wrapped(source, display), *drawn)]
    return (
        [heading("Rules used, and the notes they teach" if display.width > 40 else "Rules used", display), *lines]
        if lines
        else []
    )


def _named(rule: Rule, width: int, display: Display) -> list[Line]:
    """Return a rule's id and its notes, on one line where they fit."""
    name, notes = rule.id.ljust(0 if display.narrow else width), ", ".join(rule.notes)
    if cell_len(name) + cell_len(notes) + 4 <= display.width:
        return [line("  ", (name, "strong"), "  ", (notes, "faint"))]
    return _wrapped(rule.id, display, "  ", "strong") + _wrapped(notes, display, "    ", "faint")


def _changes(now: Step, display: Display) -> list[Line]:
    """Return what a step changed, before and after; what only grew is marked in the picture."""
    rows = [row for change in now.changes if (row := _change(change, display))]
    hidden = len(rows) - MAX_CHANGES
    label = max((cell_len(name) for name, _ in rows), default=0)
    lines: list[Line] = [line(("Changed", "head"))] if rows else []
    for name, text in rows[:MAX_CHANGES]:
        lead = f"  {pad(name, label, display.glyphs)}  "
        if display.width - len(lead) < max(cell_len(text), 1) and display.narrow:
            lines += [line(part) for part in wrap(name, display.width, "  ", "  ")]
            lead = "    "
        texts = wrap(text, display.width - 4, lead, " " * len(lead))
        lines += [line(part) for part in texts[:MAX_CHANGE_LINES]]
        if len(texts) > MAX_CHANGE_LINES:
            lines[-1].append(" " + display.glyphs.ellipsis)
    return lines + (
        [line((f"  {display.glyphs.ellipsis} {pluralize(hidden, 'more change')}", "faint"))] if hidden > 0 else []
    )


def _change(change: Change, display: Display) -> tuple[str, str] | None:
    where, *way = jsonpointer.split(change.path)
    if change.old == change.new:
        return None
    old, new = (
        one_line(format_inline(sanitize_value(v, display.glyphs), display.glyphs), display.glyphs)
        for v in (change.old, change.new)
    )
    if where == "outcome":
        grows = is_empty(change.old) and way[-1].isdigit()
        name = " ".join(way[:-1] if grows else way) + (" gains" if grows else "")
        return one_line(name, display.glyphs), new if is_empty(change.old) else f"{old} {display.glyphs.arrow} {new}"
    if isinstance(change.old, (Mapping, list, str)) or is_empty(change.old):
        return None
    names = [part for n, part in enumerate(way) if n and part not in ("meters", "items")]
    names = names[:-1] if names[-1:] == ["0"] else names
    return one_line(" ".join(names), display.glyphs), f"{old} {display.glyphs.arrow} {new}"


def _wrapped(text: str, display: Display, indent: str = "", style: str = "") -> list[Line]:
    text = one_line(text, display.glyphs)
    return [line((part, style)) for part in wrap(text, display.width, indent, indent)] if text else []


def _spaced(blocks: Iterable[list[Line]]) -> list[list[Line]]:
    """Return the blocks with a blank line between them; empty ones are left out."""
    spaced: list[list[Line]] = []
    for block in blocks:
        if block:
            spaced += [[BLANK], block] if spaced else [block]
    return spaced
