"""What may be written in `given` and what an outcome holds, read from an engine's declared types.

The sentence of a field is the string below it in the source of its class.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import msgspec
from msgspec import Struct

from dva.aws.document import AwsDocument
from dva.simulations.frame import Phrases

REQUIRED = "required"
MAX_DEPTH = 6
"""Levels of nested structures that are listed."""

WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", dict: "mapping", Any: "any value"}


class Field(Struct, frozen=True):
    """A field as it is listed: `depth` levels inside `given` or the outcome; `default` in JSON, or `required`."""

    name: str
    depth: int
    type: str
    default: str
    sentence: str


def fields(kind: Any, depth: int = 0, inside: tuple[Any, ...] = ()) -> Iterator[Field]:
    """List the fields of a structure, each followed by those of the structures that it holds."""
    sentences, hints = sentences_of(kind), get_type_hints(kind, include_extras=True)
    for name, key, default in _members(kind):
        yield Field(key, depth, type_words(hints[name]), default, sentences.get(name, ""))
        for nested in structures(hints[name]):
            if nested not in (*inside, kind) and depth + 1 < MAX_DEPTH:
                yield from fields(nested, depth + 1, (*inside, kind))


def _members(kind: Any) -> Iterator[tuple[str, str, str]]:
    """(attribute, key, default) of a structure's fields."""
    if is_typeddict(kind):
        yield from (
            (name, name, REQUIRED if name in kind.__required_keys__ else "left out") for name in get_type_hints(kind)
        )
        return
    for field in msgspec.structs.fields(kind):
        if field.required:
            default = REQUIRED
        elif field.default is not msgspec.NODEFAULT:
            default = msgspec.json.encode(field.default).decode()
        else:
            value = field.default_factory()
            default = "{}" if isinstance(value, Struct) else msgspec.json.encode(value).decode()
        yield field.name, field.encode_name, default


@lru_cache(maxsize=512)
def sentences_of(kind: Any) -> dict[str, str]:
    """Return the sentence of each field of a class, by attribute name."""
    definition = _definition(kind)
    bases = kind.__mro__[1:]
    if is_typeddict(kind):  # which does not keep its bases
        module = sys.modules[kind.__module__]
        bases = tuple(getattr(module, base.id) for base in definition.bases if isinstance(base, ast.Name))
    found: dict[str, str] = {}
    for base in reversed(bases):
        found |= sentences_of(base) if base.__module__.startswith("dva.") else {}
    return found | _sentences_in(definition.body)


def _definition(kind: Any) -> ast.ClassDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    return next(node for node in tree.body if isinstance(node, ast.ClassDef))


def _sentences_in(body: list[ast.stmt]) -> dict[str, str]:
    found = {}
    for one, following in pairwise(body):
        if (
            isinstance(one, ast.AnnAssign)
            and isinstance(one.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            found[one.target.id] = " ".join(following.value.value.split())
    return found


def type_words(kind: Any) -> str:
    """Return a type in words: `list of text`, `one of application, network`."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Annotated, NotRequired):
        return type_words(parts[0])
    if origin is Literal:
        words = [str(part).lower() if isinstance(part, bool) else str(part) for part in parts if part is not None]
        return words[0] if len(words) == 1 else f"one of {', '.join(words)}"
    if origin in (Union, UnionType):
        kinds = dict.fromkeys(type_words(part) for part in parts if part is not NoneType)
        return " or ".join(kinds)
    if origin in (list, tuple):
        return f"list of {type_words(parts[0])}" if parts else "list"
    if origin is dict:
        return f"mapping of {type_words(parts[1])}"
    if is_structure(kind):
        return str(kind.__name__) + (" (AWS)" if isinstance(kind, type) and issubclass(kind, AwsDocument) else "")
    return WORDS.get(kind, "value")


def is_structure(kind: Any) -> bool:
    """Return whether a type has named fields."""
    return is_typeddict(kind) or (isinstance(kind, type) and issubclass(kind, Struct))


def structures(kind: Any) -> Iterator[Any]:
    """List the structures that a type names, not those inside them."""
    if is_structure(kind):
        yield kind
        return
    for part in get_args(kind):
        yield from structures(part)


def has_place(kind: Any, names: Sequence[str]) -> bool:
    """Return whether a value of this type can have a value at a place: by name, or by position in a list."""
    if not names or kind is Any or kind is object:
        return True
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return has_place(parts[0], names)
    if origin in (Union, UnionType):
        return any(has_place(part, names) for part in parts)
    first, *rest = names
    if origin in (list, tuple):
        inner = parts[int(first)] if origin is tuple and first.isdigit() and int(first) < len(parts) else parts[0]
        return first.isdigit() and has_place(inner, rest)
    if origin is dict:
        return has_place(parts[1], rest)
    if not is_structure(kind):
        return kind in (dict, list)
    hints = get_type_hints(kind, include_extras=True)
    return any(key == first and has_place(hints[name], rest) for name, key, _ in _members(kind))


def type_at(kind: Any, names: Sequence[str]) -> Any:
    """Return the type of a place, `Annotated` included; Any where the type does not say."""
    if not names:
        return kind
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return type_at(parts[0], names)
    if origin in (Union, UnionType):
        return next((type_at(part, names) for part in parts if has_place(part, names)), Any)
    first, *rest = names
    if is_structure(kind):
        hints = get_type_hints(kind, include_extras=True)
        return next((type_at(hints[name], rest) for name, key, _ in _members(kind) if key == first), Any)
    inner = parts[1:] if origin is dict else parts[:1] if origin in (list, tuple) else ()
    return type_at(inner[0], rest) if inner else Any


def is_optional(kind: Any) -> bool:
    """Return whether a type allows null."""
    origin, parts = get_origin(kind), get_args(kind)
    return is_optional(parts[0]) if origin is Annotated else origin in (Union, UnionType) and NoneType in parts


def structure_in(kind: Any) -> Any:
    """Return the structure that a type is or allows beside null; None where it is none."""
    if is_structure(kind):
        return kind
    parts = get_args(kind) if get_origin(kind) in (Annotated, Union, UnionType) else ()
    return next((part for part in parts if is_structure(part)), None)


def has_names(kind: Any) -> bool:
    """Return whether a type is a mapping from names to values of one type."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Annotated, Union, UnionType):
        return any(map(has_names, parts))
    return origin is dict and parts[1] is not Any


def phrases_of(kind: Any) -> Phrases | None:
    """Return how learners read values of a type; the words of a Literal where nothing is declared, else None."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        declared = next((part for part in parts[1:] if isinstance(part, Phrases)), None)
        return declared or phrases_of(parts[0])
    if origin in (Union, UnionType):
        return next((found for found in map(phrases_of, parts) if found), None)
    if origin is Literal and all(isinstance(part, str) for part in parts):
        return Phrases({part: part for part in parts})
    return None


def unknown_places(kind: Any, value: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """List the places of an expected value that an outcome of this type cannot have."""
    if names and not has_place(kind, names):
        yield names
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from unknown_places(kind, item, (*names, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown_places(kind, item, (*names, str(index)))
