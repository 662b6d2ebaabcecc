"""What a target gets: paths into the event, and templates filled from it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

PATH = re.compile(r"\.([\w/*-]+)|\['([^']*)'\]|\[(\d+|\*)\]")
PLACEHOLDER = re.compile(r"\\<|<([^<>]+)>")
MISSING = object()
"""Stands for a variable whose path is not in the event."""


class PathError(ValueError):
    """This is not a JSON path that EventBridge takes."""


class TemplateError(ValueError):
    """The filled template is neither JSON nor quoted text."""


def compact(value: Any) -> str:
    """Return a value as JSON without white space."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def selected(path: str, event: Any) -> Any:
    """Return what a path selects, MISSING where nothing; of a `*` it is the list of all. PathError for another path."""
    steps = list(steps_of(path))
    found = [event]
    for step in steps:
        found = [inner for value in found for inner in inside(value, step)]
    if "*" in steps:
        return found or MISSING
    return found[0] if found else MISSING


def steps_of(path: str) -> Iterator[str]:
    """Yield the names and places of a path."""
    if not path.startswith("$"):
        raise PathError(f"{path} does not begin with $")
    place = 1
    while place < len(path):
        step = PATH.match(path, place)
        if step is None:
            raise PathError(f"{path} is not a path that EventBridge takes")
        yield next(part for part in step.groups() if part is not None)
        place = step.end()


def inside(value: Any, step: str) -> list[Any]:
    """Return what one step leads to: nothing, one value, or for `*` all."""
    if step == "*":
        return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if isinstance(value, dict):
        return [value[step]] if step in value else []
    is_place = isinstance(value, list) and step.isdecimal() and len(step) < 10 and int(step) < len(value)
    return [value[int(step)]] if is_place else []


def names_in(template: str) -> list[str]:
    """Return the variables that a template names."""
    return [found[1] for found in PLACEHOLDER.finditer(template) if found[1]]


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Return the template filled; TemplateError where the result is not what a target can get."""
    if not template.lstrip().startswith('"'):
        return checked(replaced(template, values, in_json))
    return "\n".join(checked(replaced(line, values, in_text)) for line in template.splitlines())


def checked(text: str) -> str:
    """Return a text that is JSON; TemplateError where it is not."""
    try:
        json.loads(text)
    except ValueError:
        raise TemplateError("the filled template is neither JSON nor quoted text") from None
    return text


Writer = Callable[[Any, bool], str]
"""(value of a variable, whether it is between quotation marks) → text."""


def replaced(template: str, values: Mapping[str, Any], write: Writer) -> str:
    """Return the template with a value in place of each variable; what a value brings in is not filled again."""
    parts, end, quoted = [], 0, False
    for found in PLACEHOLDER.finditer(template):
        before = template[end : found.start()]
        quoted ^= quotes(before) % 2 == 1
        parts += [before, write(values[found[1]], quoted) if found[1] else "<"]
        end = found.end()
    return "".join((*parts, template[end:]))


def quotes(text: str) -> int:
    """Return the number of quotation marks that no backslash precedes."""
    return len(re.findall(r'\\.|(")', text)) - len(re.findall(r"\\.", text))


def in_json(value: Any, quoted: bool) -> str:
    """Return a variable of a JSON template: JSON, or between quotation marks its text."""
    if not quoted:
        return '""' if value is MISSING else compact(value)
    if isinstance(value, list | dict):
        raise TemplateError("a list or an object cannot be between quotation marks of JSON")
    return plain(value)


def in_text(value: Any, quoted: bool) -> str:
    """Return a variable of a quoted template: its text, lists and objects without any quotation marks."""
    return plain(value)


def plain(value: Any) -> str:
    """Return a value as text between quotation marks."""
    if value is MISSING:
        return ""
    if isinstance(value, dict):
        return "{" + ",".join(f"{plain(name)}:{plain(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(plain, value)) + "]"
    return compact(value)[1:-1] if isinstance(value, str) else compact(value)
