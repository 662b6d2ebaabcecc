"""Values of an outcome as learners read them, and the ids of options."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from dva import jsonpointer
from dva.simulations.fields import phrases_of, structure_in, type_at
from dva.simulations.frame import Phrases, Simulation


def value_id(value: Any) -> str:
    """Return a short id of a value, the same for the same value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]


def is_number(value: Any) -> bool:
    """Return whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def value_text(value: Any) -> str:
    """Return a value in words, without what its engine says about it."""
    return _text(Any, value)


def answer_text(simulation: Simulation, place: str, value: Any) -> str:
    """Return a value at a place of an outcome as a learner reads it: by its phrase where the engine declares one."""
    return _text(kind_at(simulation.outcome, tuple(jsonpointer.split(place))), value)


@lru_cache(maxsize=4096)
def kind_at(kind: Any, names: tuple[str, ...]) -> Any:
    """Return the type of a place; kept, as texts of many values ask for the same ones."""
    return type_at(kind, names)


@lru_cache(maxsize=4096)
def phrases(kind: Any) -> Phrases | None:
    """Return how learners read values of a type; kept likewise."""
    return phrases_of(kind)


def _text(kind: Any, value: Any) -> str:
    declared = phrases(kind)
    if declared and (value is None or isinstance(value, str | int)) and value in declared.every:
        return declared.every[value]
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return ", ".join(_members(kind, value)) or "nothing"
    if isinstance(value, list | tuple):
        return _list(kind, value)
    return str(value)


def _members(kind: Any, value: Mapping[str, Any]) -> Iterator[str]:
    """List what a structure or mapping holds; an empty field of a structure is left out, unless that has a phrase."""
    structured = structure_in(kind) is not None
    for key, inner in value.items():
        inner_kind = kind_at(kind, (str(key),))
        declared = phrases(inner_kind)
        if inner is not None or not structured or (declared and None in declared.every):
            yield f"{str(key).replace('_', ' ') if structured else key}: {_text(inner_kind, inner)}"


def _list(kind: Any, values: Sequence[Any]) -> str:
    inner = kind_at(kind, ("0",))
    if any(isinstance(value, Mapping | list) for value in values):
        return "; ".join(_in_a_row(inner, value) for value in values)
    return ", ".join(_text(inner, value) for value in values) or "nothing"


def _in_a_row(kind: Any, value: Any) -> str:
    """Return one of several structures by its values alone: what they are is the same for each of them."""
    if not isinstance(value, Mapping):
        return _text(kind, value)
    return ", ".join(_values(kind, value)) or "nothing"


def _values(kind: Any, record: Mapping[str, Any]) -> Iterator[str]:
    for name, inner in record.items():
        inner_kind = kind_at(kind, (str(name),))
        declared = phrases(inner_kind)
        if isinstance(inner, bool) and not declared:
            yield str(name) if inner else f"not {name}"
        elif inner is not None or (declared and None in declared.every):
            yield _text(inner_kind, inner)
