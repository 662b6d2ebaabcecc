"""What AWS's service models demand of a request: members, words, patterns, lengths and numbers.

The tables in `dva.aws.models` are those of botocore. AWS's services check requests against the same models before
anything else, and say what does not fit in the sentences below.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal, TypedDict

from msgspec import Struct

from dva import jsonpointer
from dva.aws import patterns
from dva.aws.models import SERVICES, VERSION

ALL = frozenset({"*"})
"""All members, where they are optional in a scenario."""
MAX_SHOWN = 200
"""Characters shown of a value that does not fit."""


Place = tuple[str | int, ...]
"""Names and positions that lead to a value of a request."""


class Shape(TypedDict, total=False):
    """A shape of a service model; of a member that nothing is demanded of, the shape is ""."""

    type: Literal["structure", "list", "map", "string", "number", "boolean", "timestamp", "blob"]
    members: dict[str, str]
    required: list[str]
    member: str
    key: str
    value: str
    enum: list[str]
    pattern: str
    min: float
    max: float


class Violation(Struct, frozen=True):
    """A value that does not fit: its place in the request, and the sentence about it."""

    place: Place
    message: str

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer."""
        return jsonpointer.join(*self.place)


class Request(Struct, frozen=True):
    """A request of a service, or a part of one: `part` leads into its shape (`("pipeline",)`).

    `optional` are members, by name, that are required of the request and not asked for here, since a scenario need not
    have them; `*` stands for all. `open_shapes` are those whose words the service knows more of than its model.
    """

    service: str
    operation: str
    part: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    open_shapes: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        """Where its demands stand: service, operation, and the version of botocore."""
        folder = self.service.replace("_", "-")
        url = f"https://github.com/boto/botocore/tree/{VERSION}/botocore/data/{folder}"
        return f"Service model of {SERVICES[self.service]}, {self.operation}, as in botocore {VERSION}: {url}"

    def violations(self, document: object) -> list[Violation]:
        """Return what does not fit, in the order of the document, missing members of a structure last."""
        model = import_module(f"dva.aws.models.{self.service}")
        shape = model.REQUESTS[self.operation]
        for name in self.part:
            shape = _inside(model.SHAPES[shape], name)
        return list(_Walk(model.SHAPES, self).value(shape, document, ()))


def _inside(shape: Shape, name: str) -> str:
    return shape["member"] if name == "*" else shape["members"][name]


def message(found: Sequence[Violation]) -> str:
    """Return all that does not fit as AWS says it."""
    count = "1 validation error" if len(found) == 1 else f"{len(found)} validation errors"
    return f"{count} detected: {'; '.join(one.message for one in found)}"


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Return every name of a member that one of the models has."""
    models = (import_module(f"dva.aws.models.{service}") for service in SERVICES)
    return frozenset(name for model in models for shape in model.SHAPES.values() for name in shape.get("members", ()))


class _Walk:
    """One request being compared with its shapes."""

    def __init__(self, shapes: Mapping[str, Shape], request: Request) -> None:
        self.shapes, self.request = shapes, request

    def value(self, name: str, value: Any, place: Place) -> Iterator[Violation]:
        """Yield what does not fit in a value; one of another kind than the shape is not looked at."""
        shape = self.shapes.get(name)
        if shape is None or value is None:
            return
        kind = shape["type"]
        if kind == "structure" and isinstance(value, dict):
            yield from self.structure(shape, value, place)
        elif kind == "list" and isinstance(value, list):
            yield from self.sized(shape, len(value), _shown(value), place, "length")
            for index, item in enumerate(value):
                yield from self.value(shape.get("member", ""), item, (*place, index))
        elif kind == "map" and isinstance(value, dict):
            yield from self.map(shape, value, place)
        elif kind == "string" and isinstance(value, str):
            yield from (Violation(place, text) for text in self.text(name, shape, value, place))
        elif kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
            yield from self.sized(shape, value, str(value), place, "value")

    def structure(self, shape: Shape, value: dict[str, Any], place: Place) -> Iterator[Violation]:
        """Yield what does not fit in the members, and which are missing."""
        members = shape.get("members", {})
        for name, item in value.items():
            yield from self.value(members.get(name, ""), item, (*place, name))
        for name in shape.get("required", ()):
            if value.get(name) is None and not {name, "*"} & self.request.optional:
                yield Violation(
                    (*place, name), f"Value null at '{self.path((*place, name))}' failed to satisfy constraint: "
                    "Member must not be null",
                )  # fmt: skip

    def map(self, shape: Shape, value: dict[str, Any], place: Place) -> Iterator[Violation]:
        """Yield what does not fit in a map, told of the map as a whole."""
        parts = (("key", shape.get("key", ""), list(value)), ("value", shape.get("value", ""), list(value.values())))
        for part, name, items in parts:
            inner = self.shapes.get(name)
            if inner is None or inner["type"] != "string":
                continue
            if any(isinstance(item, str) and any(self.text(name, inner, item, place)) for item in items):
                demands = ", ".join(reversed(list(_demands(inner))))
                yield Violation(
                    place, f"Value at '{self.path(place)}' failed to satisfy constraint: Map {part} must satisfy "
                    f"constraint: [{demands}]",
                )  # fmt: skip

    def text(self, name: str, shape: Shape, value: str, place: Place) -> Iterator[str]:
        """Yield the sentence of each condition that a text does not meet."""
        if name in self.request.open_shapes:
            return
        for demand, is_met in zip(_demands(shape), _met(shape, value), strict=True):
            if not is_met:
                yield f"Value '{_shown(value)}' at '{self.path(place)}' failed to satisfy constraint: {demand}"

    def sized(
        self, shape: Shape, size: float, shown: str, place: Place, of: Literal["length", "value"]
    ) -> Iterator[Violation]:
        """Yield the sentence where a length or a number is out of its range."""
        at = f"Value '{shown}' at '{self.path(place)}' failed to satisfy constraint: Member must have {of}"
        if size < shape.get("min", size):
            yield Violation(place, f"{at} greater than or equal to {shape['min']}")
        if size > shape.get("max", size):
            yield Violation(place, f"{at} less than or equal to {shape['max']}")

    def path(self, place: Place) -> str:
        """Return a place as AWS names it: `pipeline.stages.1.member.name`, items counted from 1."""
        parts = (*self.request.part, *place)
        named = (f"{part + 1}.member" if isinstance(part, int) else part[:1].lower() + part[1:] for part in parts)
        return ".".join(named)


def _met(shape: Shape, value: str) -> Iterator[bool]:
    """Yield whether each demand, in the order of `_demands`, is met."""
    if "enum" in shape:
        yield value in shape["enum"]
    if "min" in shape:
        yield len(value) >= shape["min"]
    if "max" in shape:
        yield len(value) <= shape["max"]
    if "pattern" in shape:
        yield len(value) > patterns.MAX_TEXT or patterns.compile(shape["pattern"]).fullmatch(value)


def _demands(shape: Shape) -> Iterator[str]:
    """Yield what a shape demands of a text, in AWS's words; with whose words they are, as services learn new ones."""
    if "enum" in shape:
        yield f"Member must satisfy enum value set: [{', '.join(shape['enum'])}] (service model of botocore {VERSION})"
    if "min" in shape:
        yield f"Member must have length greater than or equal to {shape['min']}"
    if "max" in shape:
        yield f"Member must have length less than or equal to {shape['max']}"
    if "pattern" in shape:
        yield f"Member must satisfy regular expression pattern: {shape['pattern']}"


def _shown(value: object) -> str:
    text = f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
