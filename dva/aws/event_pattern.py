"""Event patterns of Amazon EventBridge: does an event match? A pattern is a mapping whose leaves are lists of choices.

A choice is a plain value or one of `{prefix}`, `{suffix}`, `{anything-but}`, `{exists}`, `{equals-ignore-case}`,
`{wildcard}`. Every key of the pattern must match; of a list in the event one value has to.
(Amazon EventBridge User Guide, "Creating Amazon EventBridge event patterns".)
"""

from collections.abc import Callable, Mapping
from typing import Any

from dva.aws import glob


class PatternError(Exception):
    """This is not a valid event pattern; `path` is where, as key names with dots."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.message, self.path = message, path


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any], path: str = "") -> bool:
    """Return whether the event matches; PatternError where a leaf is not a list or an operator is unknown."""
    matching = True
    for key, wanted in pattern.items():
        place = f"{path}.{key}".strip(".")
        if isinstance(wanted, Mapping):
            inner = event.get(key)
            matching = matches(wanted, inner if isinstance(inner, Mapping) else {}, place) and matching
        elif isinstance(wanted, list) and wanted:
            choices = [_choice(one, event.get(key), place) for one in wanted]
            matching = any(choices) and matching
        else:
            raise PatternError("a pattern lists its choices in brackets", place)
    return matching


def first_mismatch(pattern: Mapping[str, Any], event: Mapping[str, Any], path: str = "") -> str | None:
    """Return the first key of the pattern that does not match, with dots; None where all do."""
    for key, wanted in pattern.items():
        place = f"{path}.{key}".strip(".")
        if isinstance(wanted, Mapping):
            inner = event.get(key)
            found = first_mismatch(wanted, inner if isinstance(inner, Mapping) else {}, place)
            if found:
                return found
        elif not matches({key: wanted}, event, path):
            return place
    return None


def _choice(choice: Any, value: Any, path: str) -> bool:
    values = value if isinstance(value, list) else [value]
    if not isinstance(choice, Mapping):
        return any(one == choice and isinstance(one, bool) == isinstance(choice, bool) for one in values)
    if len(choice) != 1 or next(iter(choice)) not in OPERATORS:
        raise PatternError(f"there is no operator {', '.join(map(str, choice))}", path)
    name, wanted = next(iter(choice.items()))
    if name == "exists":
        return (value is not None) == bool(wanted)
    return value is not None and any(OPERATORS[name](one, wanted) for one in values)


def _anything_but(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return not any(OPERATORS[name](value, inner) for name, inner in wanted.items() if name in OPERATORS)
    return value not in (wanted if isinstance(wanted, list) else [wanted])


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "prefix": lambda value, wanted: isinstance(value, str) and value.startswith(str(wanted)),
    "suffix": lambda value, wanted: isinstance(value, str) and value.endswith(str(wanted)),
    "anything-but": _anything_but,
    "exists": lambda value, wanted: bool(wanted),
    "equals-ignore-case": lambda value, wanted: isinstance(value, str) and value.lower() == str(wanted).lower(),
    "wildcard": lambda value, wanted: (
        isinstance(value, str)
        and glob.matches([glob.Wildcard.ANY if char == "*" else char for char in str(wanted)], value)
    ),
}
"""By name; `exists` is asked of absent values too, so it is judged apart."""
