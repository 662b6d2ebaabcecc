"""Wrong options that no belief predicts: of the key's kind, and none of them gives the key away.

A number gets numbers of the exhibit and near ones, a declared word the other words, a name other names of the
picture or of its siblings in the outcome, a list others with a member less, more or moved.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dva import jsonpointer
from dva.aws.rng import choose
from dva.items.wording import is_number, kind_at, phrases, value_text
from dva.simulations.fields import has_names, is_optional, structure_in
from dva.simulations.frame import Simulation
from dva.trace import Trace

if TYPE_CHECKING:
    import random

MAX_OPTIONS = 4
WANTED = MAX_OPTIONS - 1
MAX_NAME = 40
"""Signs of a name that is varied; what is longer is a document."""
TOKEN = re.compile(r"[\w:/.\-]+")
NUMBER = re.compile(r"\d+")
REGION = re.compile(r"[a-z]{2}-[a-z]+-\d")
REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2")
AWS_ERRORS = ("AccessDenied", "ValidationError", "InvalidParameterValue", "ExpiredToken", "ResourceNotFoundException")
BOTOCORE_ERRORS = (
    "ClientError", "InvalidConfigError", "InfiniteLoopConfigError", "MissingDependencyException", "NoCredentialsError",
    "PartialCredentialsError", "ProfileNotFound",
)  # fmt: skip
MAGNITUDE = 20
"""How many times larger a number may be and still be taken for another."""
HOUR = re.compile(r"T(\d\d):")


def numbers_in(value: Any) -> list[int | float]:
    """Return the numbers of an exhibit, in its order."""
    if is_number(value):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [number for part in inner for number in numbers_in(part)]


def numbers_around(
    key: int | float, believed: Sequence[Any], exhibit: Sequence[int | float], rng: "random.Random"
) -> list[Any]:
    """Return the other options of a numeric key: how many are smaller is drawn evenly, so that its place tells nothing.

    What beliefs predict comes first, then numbers of the exhibit of the key's magnitude (a count of tasks is never
    2,048), then values near the key. Where a belief predicts one neighbor of the key, the other neighbor is left out.
    """
    numbers = [value for value in believed if is_number(value)]
    pictured = (n for n in exhibit if type(n) is type(key) and _is_of_one_magnitude(n, key))
    pool = dict.fromkeys([*numbers, *pictured, *_near(key)])
    below = [n for n in pool if n < key and (n >= 0 or key < 0)]
    above = [n for n in pool if n > key]
    fewest, most = max(0, WANTED - len(above)), min(WANTED, len(below))
    smaller = choose(rng, range(fewest, most + 1)) if fewest <= most else most
    chosen = [*below[:smaller], *above[: WANTED - smaller]]
    if {key - 1, key + 1} <= set(chosen):
        gone = key + 1 if key + 1 not in numbers else key - 1
        side = above if gone > key else below
        chosen = [n for n in chosen if n != gone] + [n for n in side if n not in chosen][:1]
    return [*(value for value in believed if not is_number(value)), *chosen][:WANTED]


def _is_of_one_magnitude(one: float, other: float) -> bool:
    smaller, larger = sorted((max(abs(one), 1), max(abs(other), 1)))
    return larger <= MAGNITUDE * smaller


def _near(value: int | float) -> list[int | float]:
    """Return values near a number: its double, its half, and others a step or two away."""
    if isinstance(value, int):
        return [value * 2, value // 2, value + 2, value - 2, value + 1, value - 1, value + 3, value - 3, value * 3]
    return [round(n, 6) for n in (value * 2, value / 2, value + 10, value - 10, value * 3, value / 4)]


def is_counted(simulation: Simulation, place: str, value: Any) -> bool:
    """Return whether the options of a place are numbers, among which those of beliefs are chosen too."""
    return is_number(value) and not phrases(kind_at(simulation.outcome, tuple(jsonpointer.split(place))))


def of_its_kind(
    simulation: Simulation,
    given: Mapping[str, Any],
    truth: Trace,
    place: str,
    believed: Sequence[Any],
    rng: "random.Random",
) -> list[Any]:
    """Return other values that could stand at a place of the outcome, in an order that is drawn."""
    value = jsonpointer.resolve(truth.outcome, place)
    names = tuple(jsonpointer.split(place))
    kind = kind_at(simulation.outcome, names)
    declared = phrases(kind)
    if declared:
        return _shuffled([word for word in declared.offered if word != value], rng)
    if isinstance(value, bool):
        return [not value]
    if is_number(value):
        return numbers_around(value, believed, numbers_in(given), rng)
    siblings = [one for one in _siblings(simulation, truth.outcome, names) if type(one) is type(value)]
    if isinstance(value, str):
        return _strings(value, place, given, truth, siblings, rng)
    if isinstance(value, list):
        found = list(_lists_beside(value, [*believed, *siblings], truth))
        if not found and kind_at(kind, ("0",)) is str:
            found = [[name] for name in _pictured(truth)]
        return _shuffled([one for one in found if one] or found, rng)
    if isinstance(value, Mapping):
        less = [] if structure_in(kind) else [{k: v for k, v in value.items() if k != gone} for gone in value]
        return [*siblings, *less, *([None] if is_optional(kind) else [])]
    return siblings


def members(value: Any) -> tuple[str, ...]:
    """Return what a value holds, whatever the order: the members of a list or of a text like `host;date`."""
    parts = value if isinstance(value, list) else str(value).split(";")
    return (type(value).__name__, *sorted(map(value_text, parts)))


def _strings(
    value: str, place: str, given: Mapping[str, Any], truth: Trace, siblings: Sequence[str], rng: "random.Random"
) -> list[str]:
    if place == "/error/code":
        return _shuffled(BOTOCORE_ERRORS if value in BOTOCORE_ERRORS else AWS_ERRORS, rng)
    if REGION.fullmatch(value):
        return _shuffled(REGIONS, rng)
    if value.isdecimal() and str(int(value)) == value:
        return [str(n) for n in numbers_around(int(value), [], [int(s) for s in siblings if s.isdecimal()], rng)]
    if ";" in value:
        return [";".join(one) for one in _shuffled(list(_lists_beside(value.split(";"), [], truth)), rng) if one]
    return _shuffled(_names_beside(value, given, truth, siblings), rng)


def _shuffled(values: Sequence[Any], rng: "random.Random") -> list[Any]:
    left, found = list(values), []
    while left:
        found.append(left.pop(left.index(choose(rng, left))))
    return found


def _siblings(simulation: Simulation, outcome: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[Any]:
    """List the values at the same place of the other entries of a list on the way, or of a mapping by name."""
    for depth in range(1, len(names)):
        holder = jsonpointer.resolve(outcome, jsonpointer.join(*names[:depth]))
        if not isinstance(holder, list) and (depth > 1 or not has_names(kind_at(simulation.outcome, names[:depth]))):
            continue  # the fields of a structure mean different things
        for key in range(len(holder)) if isinstance(holder, list) else holder:
            try:
                yield jsonpointer.resolve(holder, jsonpointer.join(key, *names[depth + 1 :]))
            except KeyError:
                continue


def _names_beside(value: str, given: Mapping[str, Any], truth: Trace, siblings: Sequence[str]) -> list[str]:
    """Return names in the picture beside one of them, else its siblings and what in the exhibit is formed like it."""
    pictured = _pictured(truth)
    if value in pictured:
        return [name for name in pictured if name != value]
    if hour := HOUR.search(value):
        return [HOUR.sub(f"T{(int(hour[1]) + more) % 24:02}:", value, count=1) for more in (1, 2, 12, 23)]
    formed = (token for token in TOKEN.findall(json.dumps(given)) if _form(token) == _form(value))
    every = dict.fromkeys([*siblings, *_listed_with(value, given), *formed])
    found = [one for one in every if one and one != value]
    return found or [_next(value, 1), _next(value, 2)][: WANTED * (len(value) <= MAX_NAME)]


def _listed_with(value: str, given: Any) -> Iterator[str]:
    """List the texts of the exhibit that stand in one list with a text, or in one place of the entries of a list."""
    if isinstance(given, list):
        keys = {key for one in given if isinstance(one, Mapping) for key, inner in one.items() if inner == value}
        beside = [one.get(key) for one in given if isinstance(one, Mapping) for key in keys]
        yield from (one for one in [*(given if value in given else []), *beside] if isinstance(one, str))
    for part in given.values() if isinstance(given, Mapping) else given if isinstance(given, list) else ():
        yield from _listed_with(value, part)


def _next(name: str, more: int) -> str:
    """Return a name with its first number counted on: `v1` and 2 are `v3`."""
    return NUMBER.sub(lambda number: str(int(number[0]) + more).zfill(len(number[0])), name, count=1)


def _pictured(truth: Trace) -> list[str]:
    cells = truth.initial["state"].get("cells", {})
    return list(cells)


def _form(text: str) -> str:
    """Return the form of a name: its first sign, and the kinds of signs that follow."""
    return text[:1] + re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", re.sub(r"\d+", "0", text)))


def _lists_beside(value: list[Any], others: Sequence[Any], truth: Trace) -> Iterator[list[Any]]:
    """List other lists: quite another one, with two members exchanged, one left out, or one of its kind added.

    A list of structures tells one for each call or step of the exhibit, so others are as long as it is.
    """
    lists = [one for one in others if isinstance(one, list)]
    yield from (one for one in lists if one != value)
    exchanged = [[*value[:i], value[i + 1], value[i], *value[i + 2 :]] for i in range(len(value) - 1)]
    if any(isinstance(part, Mapping) for part in value):
        same = [one for one in lists if len(one) == len(value)]
        mixed = [[*value[:i], one[i], *value[i + 1 :]] for one in same for i in range(len(value))]
        if mixed:
            yield from (one for one in [*mixed, *exchanged] if one != value)
            return
    members = {value_text(part) for part in value}
    pool = {value_text(part): part for one in lists for part in one}
    pictured = _pictured(truth)
    if members and members <= set(pictured):
        pool |= {name: name for name in pictured}
    yield from exchanged
    yield from ([*value[:i], *value[i + 1 :]] for i in range(len(value)))
    yield from ([*value, part] for text, part in pool.items() if text not in members)
