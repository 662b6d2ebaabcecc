"""One field of a scenario with all its values, side by side."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dva import jsonpointer, simulations
from dva.aws.document import values_at
from dva.errors import DvaError, UsageError
from dva.items.scenario import Scenario
from dva.simulations.frame import Simulation


@dataclass(frozen=True)
class Variant:
    """One value and the outcome that it leads to; `refused` is the message where it is no value for the engine."""

    value: Any
    given_here: bool
    outcome: Mapping[str, Any]
    refused: str = ""


def vary(scenario: Scenario, place: str) -> list[Variant]:
    """Run the scenario once for each value of the place; UsageError where the engine declares no values for it."""
    simulation = simulations.load(scenario.simulation)
    values = values_of(simulation, place)
    if not values:
        known = ", ".join(simulation.choices)
        hint = f"it does for {known}" if known else "fields of `given` that hold yes/no or one of a few words can vary"
        raise UsageError(f"{simulation.name} declares no values for `{place}`", hint=hint)
    document = {"given": copy.deepcopy(dict(scenario.given))}
    if simulation.prepare_choice is not None:
        simulation.prepare_choice(document["given"], jsonpointer.split(place)[1:])
    try:
        here = jsonpointer.resolve(document, place)
    except KeyError:
        here = None
    return [_variant(simulation, copy.deepcopy(document), place, value, here) for value in values]


def values_of(simulation: Simulation, place: str) -> tuple[Any, ...]:
    """Return the values that a place can have: declared by the engine, or by the type of the field."""
    names = jsonpointer.split(place)
    if names[:1] != ["given"]:
        raise UsageError(
            f"`{place}` is not a valid place inside /given",
            hint="a place begins with /given/",
        )
    return tuple(simulation.choices.get(jsonpointer.join(*names), ())) or values_at(simulation.given, names[1:])


def _variant(simulation: Simulation, document: dict[str, Any], place: str, value: Any, here: Any) -> Variant:
    inner: Any = document
    *way, last = jsonpointer.split(place)
    for name in way:
        inner = _inside(inner, name, place)
    _inside(inner, last, place)
    inner[int(last) if isinstance(inner, list) else last] = value
    try:
        return Variant(value, value == here, simulation.run(document["given"], steps=False).outcome)
    except DvaError as problem:
        return Variant(value, value == here, {}, str(problem))


def _inside(inner: Any, name: str, place: str) -> Any:
    """Return what stands at a name; a mapping is made where nothing does. UsageError where the way ends before."""
    if isinstance(inner, dict):
        if inner.get(name) is None:
            inner[name] = {}
        return inner[name]
    if isinstance(inner, list) and name.isdecimal() and int(name) < len(inner):
        return inner[int(name)]
    raise UsageError(f"`{place}` leads nowhere in this scenario: there is no `{name}` where it should be")
