"""The frame that every engine stands on: what a simulation is, how one is found, how it runs.

An engine is a module (or package) in this folder that ends in `SIMULATION = Simulation(...)`;
adding one is adding a file. Engines are pure: no clock, file, socket or screen.

What an engine draws is plain data under /state, in the shape of its view:

    grid      {"cells": {id: {"group": text, "items": [text], "meters": {name: [left, total]}, "note": text}}}
    timeline  {"series": {name: [[at, value], ...]}, "events": [[at, text], ...]}
    lanes     {"lanes": {name: [[start, end or null, label], ...]}}
    texts     {"texts": {title: text}}
"""

import copy
import dataclasses
import functools
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct, structs

from dva.aws.document import decode
from dva.errors import GivenError, UsageError
from dva.trace import Belief, Refused, Rule, Trace, Tracer, pointer

View = Literal["grid", "timeline", "lanes", "texts"]


class Simulation(Struct, frozen=True):
    """One mechanism.

    `given` is the msgspec type of the input, `outcome` every key with its empty value, `how` the rule
    functions that beliefs may replace, `start` makes the drawn state, `play` runs the mechanism.
    `varies` has, by JSON Pointer (`/given/…`), all values of a field that the type of `given` does not list.
    """

    name: str
    title: str
    view: View
    rules: tuple[Rule, ...]
    beliefs: tuple[Belief, ...]
    given: Any
    outcome: Mapping[str, Any]
    statuses: tuple[str, ...]
    play: Callable[[Any, Tracer, Any], None]
    how: Any = None
    start: Callable[[Any], dict[str, Any]] = lambda given: {}
    unit: str = ""
    varies: Mapping[str, tuple[Any, ...]] = {}

    def run(self, given: Mapping[str, Any], *, believing: str | None = None, steps: bool = True) -> Trace:
        """Run the mechanism on `given`, by its true rules or as somebody who holds a belief would expect.

        Raises GivenError where `given` cannot be read, UsageError for a belief that is not one.
        """
        try:
            return self._run(given, believing, steps=steps)
        except UnicodeEncodeError as problem:  # JSON can hold half of a surrogate pair, which no encoding has
            raise GivenError(f"{problem.object[problem.start]!a} is no character") from None
        except RecursionError:
            raise GivenError("something is nested too deeply to be read") from None

    def _run(self, given: Mapping[str, Any], believing: str | None, *, steps: bool) -> Trace:
        read = decode(dict(given), self.given)
        empty = {"status": None, "error": None, **copy.deepcopy(dict(self.outcome))}
        trace = Tracer(self.name, self.start(read) if steps else {}, empty, steps=steps)
        try:
            self.play(read, trace, self.how if believing is None else self._as_believed(believing))
        except Refused as no:
            changes = {
                "/outcome/status": no.status,
                "/outcome/error": {"code": no.code, "message": no.message},
            }
            more = {f"/outcome/{key}": value for key, value in no.more.items()}
            trace.step(no.rule, f"{no.code}: {no.message}", no.rule.says, changes=changes | more)
        return trace.done()

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id."""
        return next(rule for rule in self.rules if rule.id == rule_id)

    def _as_believed(self, belief_id: str) -> Any:
        for belief in self.beliefs:
            if belief.id == belief_id:
                replace = structs.replace if isinstance(self.how, Struct) else dataclasses.replace
                return replace(self.how, **{belief.replaces: belief.function})
        known = ", ".join(belief.id for belief in self.beliefs)
        raise UsageError(f"{self.name} knows no belief `{belief_id}`", hint=f"one of {known}")


class Ask(Struct, frozen=True):
    """What a learner predicts before the run: `outcome` is a JSON Pointer into the outcome."""

    prompt: str
    outcome: str


class Scenario(Struct, frozen=True):
    """One case of a simulation, ready to run."""

    simulation: str
    name: str
    title: str
    given: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    expect: Mapping[str, Any] | None = None
    ask: tuple[Ask, ...] = ()


class Difference(Struct, frozen=True):
    """A place in the outcome where `expect` does not hold."""

    pointer: str
    expected: Any
    found: Any


def differences(expect: Any, found: Any, place: str = "") -> list[Difference]:
    """Where `found` is not what is expected: mappings as subsets, lists whole, item by item."""
    if isinstance(expect, Mapping) and isinstance(found, Mapping):
        return [
            difference
            for key, value in expect.items()
            for difference in (
                differences(value, found[key], place + pointer(key))
                if key in found
                else [Difference(place + pointer(key), value, None)]
            )
        ]
    if isinstance(expect, list) and isinstance(found, list) and len(expect) == len(found):
        pairs = enumerate(zip(expect, found, strict=True))
        return [d for i, (one, other) in pairs for d in differences(one, other, f"{place}/{i}")]
    same = expect == found and isinstance(expect, bool) == isinstance(found, bool)
    return [] if same else [Difference(place, expect, found)]


@functools.cache
def names() -> tuple[str, ...]:
    """The names of all simulations, without importing any."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name.replace("_", "-") for name in modules if not name.startswith("_")))


def load(name: str) -> Simulation:
    """The simulation of this name; UsageError with the nearest names where there is none."""
    if name not in names():
        from difflib import get_close_matches

        near = get_close_matches(name, names(), 3)
        hint = f"did you mean {', '.join(near)}?" if near else "`dva simulate` lists them"
        raise UsageError(f"there is no simulation `{name}`", hint=hint)
    simulation: Simulation = importlib.import_module(f"dva.simulations.{name.replace('-', '_')}").SIMULATION
    return simulation
