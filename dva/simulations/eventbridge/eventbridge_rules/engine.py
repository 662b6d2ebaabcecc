"""One event: the rule checked, its pattern compared, and the input of each target."""

import json
from collections.abc import Mapping
from typing import Any

from dva.aws import event_pattern
from dva.aws.event_operators import EVENTBRIDGE
from dva.aws.event_pattern import Item, Leaf, Pattern, PatternError
from dva.simulations.eventbridge.eventbridge_rules import rules, template
from dva.simulations.eventbridge.eventbridge_rules.documents import Given, InputTransformer, Rule, Target
from dva.simulations.eventbridge.eventbridge_rules.template import MISSING, PathError, TemplateError
from dva.simulations.frame import Append, Refused, Run


def route(given: Given, run: Run) -> None:
    """Check the rule, compare the event, and make the input of each target."""
    written = read_pattern(given.rule)
    try:
        pattern = event_pattern.parse(written, EVENTBRIDGE, run.using(event_pattern.absent_matches))
    except PatternError as problem:
        where = f" at {problem.path}" if problem.path else ""
        message = f"Event pattern is not valid. Reason: {problem.message}{where}"
        raise Refused(rules.PATTERN, "InvalidEventPatternException", message) from None
    if len(given.targets) > rules.MAX_TARGETS:
        message = f"{len(given.targets)} targets are more than {rules.MAX_TARGETS}"
        raise Refused(rules.TARGETS, "LimitExceededException", message)
    if given.rule.state == "DISABLED":
        run.step(rules.DISABLED, f"The rule {given.rule.name} is disabled", status="unmatched")
        return
    if compare(pattern, run.using(event_seen)(written, given.event), run):
        for target in given.targets:
            deliver(target, given, run)


def read_pattern(rule: Rule) -> Mapping[str, Any]:
    """Return the pattern as a mapping; Refused where it is too long or not a JSON object."""
    pattern = rule.event_pattern
    text = pattern if isinstance(pattern, str) else template.compact(pattern)
    if len(text) > rules.MAX_PATTERN:
        message = f"{len(text)} characters are more than {rules.MAX_PATTERN}"
        raise Refused(rules.PATTERN, "ValidationException", message)
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, Mapping):
        message = "Event pattern is not valid. Reason: Filter is not an object"
        raise Refused(rules.PATTERN, "InvalidEventPatternException", message)
    return read


# Comparing


def event_seen(pattern: Mapping[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    """Return the event as the pattern sees it."""
    return event


def compare(pattern: Pattern, event: dict[str, Any], run: Run) -> bool:
    """Record which fields match; return whether the event does."""
    matching = pattern.matching(event)
    for item in pattern.items:
        show_field(item, event_pattern.name_of(item) in matching, event, run)
    failed = run.using(failing_field)(pattern, event)
    if failed is None:
        run.step(rules.MATCHED, "The event matches", status="matched", matched=True)
        return True
    apart = all(event_pattern.name_of(item) in matching for item in pattern.items)
    run.step(rules.LIST if apart else rules.MATCHED, f"The event does not match: {failed}", status="unmatched",
             failed=failed)  # fmt: skip
    return False


def show_field(item: Item, matches: bool, event: dict[str, Any], run: Run) -> None:
    """Record whether one field matches."""
    name = ".".join(event_pattern.name_of(item))
    by = rules.EITHER
    if isinstance(item, Leaf):
        by = rules.FIELD if matches else rules.FAILS
        value = value_at(event, item.path)
        if value in (None, []) or isinstance(value, dict):
            by = rules.MISSING
        elif isinstance(value, list):
            by = rules.LIST
    title = f"{name} {'matches' if matches else 'does not match'}"
    run.step(by, title, draw={("texts", name): "matches" if matches else "does not match"})


def value_at(event: Any, path: event_pattern.Path) -> Any:
    """Return what is at a path, followed through objects alone; None where nothing is."""
    for step in path:
        event = event.get(step) if isinstance(event, dict) else None
    return event


def failing_field(pattern: Pattern, event: dict[str, Any]) -> str | None:
    """Return the first field that does not match; None where all do."""
    failed = pattern.first_mismatch(event)
    return None if failed is None else ".".join(failed)


# Targets


def deliver(target: Target, given: Given, run: Run) -> None:
    """Record what one target gets."""
    by, text, error = input_of(target, given, run)
    delivery = {"Id": target.id, "input": text, "error": error}
    gets = f"{target.id} gets {'nothing' if text is None else 'its input'}"
    run.step(by, gets, error["message"] + "." if error else "", targets=Append(delivery),
             draw={("texts", target.id): "nothing" if text is None else text})  # fmt: skip


def input_of(target: Target, given: Given, run: Run) -> tuple[Any, str | None, dict[str, str] | None]:
    """Return the rule that makes the input of a target, the input, and the error that leaves it without one."""
    if len(target.inputs) > 1:
        message = f"only one of {', '.join(target.inputs)} is possible"
        return rules.ONE_INPUT, None, {"code": "ValidationException", "message": message}
    try:
        if target.input_transformer is not None:
            return rules.TEMPLATE, transformed(target.input_transformer, given, run), None
        if target.input_path is not None:
            found = template.selected(target.input_path, given.event)
            return rules.PART, None if found is MISSING else template.compact(found), None
    except (PathError, PlaceholderError) as problem:
        return rules.ONE_INPUT, None, {"code": "ValidationException", "message": str(problem)}
    except TemplateError as problem:
        return rules.INVALID, None, {"code": "InvalidInputTemplate", "message": str(problem)}
    if target.input is not None:
        return rules.CONSTANT, target.input, None
    return rules.WHOLE, template.compact(given.event), None


class PlaceholderError(ValueError):
    """EventBridge would not take this InputTransformer."""


def transformed(transformer: InputTransformer, given: Given, run: Run) -> str:
    """Return the filled template of a target."""
    paths = transformer.input_paths_map
    if len(paths) > rules.MAX_PATHS:
        raise PlaceholderError(f"{len(paths)} input paths are more than {rules.MAX_PATHS}")
    if len(transformer.input_template) > rules.MAX_TEMPLATE:
        raise PlaceholderError(f"a template of more than {rules.MAX_TEMPLATE} characters")
    values = {name: template.selected(path, given.event) for name, path in paths.items()}
    values |= predefined(given)
    for name in template.names_in(transformer.input_template):
        if name not in values:
            raise PlaceholderError(f"the template has no path for <{name}>")
        if values[name] is MISSING:
            run.step(rules.NOTHING, f"<{name}> is empty", f"The event has nothing at {paths.get(name, name)}.")
    return template.fill(transformer.input_template, values)


def predefined(given: Given) -> dict[str, Any]:
    """Return the variables that EventBridge defines."""
    event = given.event
    short = {"detailType" if name == "detail-type" else name: one for name, one in event.items() if name != "detail"}
    return {
        "aws.events.rule-arn": given.rule.arn or MISSING, "aws.events.rule-name": given.rule.name,
        "aws.events.event.ingestion-time": event.get("time", MISSING),
        "aws.events.event": short, "aws.events.event.json": event,
    }  # fmt: skip
