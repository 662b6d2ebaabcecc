"""What people believe about event patterns."""

from collections.abc import Mapping
from typing import Any

from dva.aws import event_pattern
from dva.aws.event_pattern import Leaf, Pattern
from dva.simulations.eventbridge.eventbridge_rules.engine import event_seen, failing_field, value_at
from dva.simulations.eventbridge.eventbridge_rules.rules import bus

belief = bus.belief


@belief(failing_field, "fields-are-or", "one field that matches is enough",
        "All fields must match; the values of one field, and the objects of $or, are alternatives.", "02")  # fmt: skip
def one_field_is_enough(pattern: Pattern, event: dict[str, Any]) -> str | None:
    return None if pattern.matching(event) else failing_field(pattern, event)


@belief(failing_field, "list-needs-all-elements", "every element of a list in the event must be in the pattern",
        "One element that matches is enough.", "07")  # fmt: skip
def every_element_must_match(pattern: Pattern, event: dict[str, Any]) -> str | None:
    for item in pattern.items:
        value = value_at(event, item.path)
        if isinstance(item, Leaf) and isinstance(value, list) and not all(item.matches([one]) for one in value):
            return ".".join(item.written)
    return failing_field(pattern, event)


@belief(event_pattern.absent_matches, "anything-but-matches-missing", "anything-but matches an event without the field",
        "anything-but needs the field, with another value.", "04")  # fmt: skip
def absent_is_anything_else(choices: list[Any]) -> bool:
    other = any(isinstance(choice, dict) and "anything-but" in choice for choice in choices)
    return other or event_pattern.absent_matches(choices)


@belief(event_seen, "exists-on-objects", "exists is true for a field that holds an object",
        "exists looks at values; name a field inside the object.", "05")  # fmt: skip
def objects_exist(pattern: Mapping[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    seen = dict(event)
    for name, wanted in pattern.items():
        value = event.get(name)
        if isinstance(wanted, Mapping) and isinstance(value, dict):
            seen[name] = objects_exist(wanted, value)
        elif isinstance(wanted, list) and any(isinstance(one, Mapping) and "exists" in one for one in wanted):
            seen[name] = True if isinstance(value, dict) else value
    return {name: value for name, value in seen.items() if name in event}
