"""One field of a scenario with all its values, side by side."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dva import simulations
from dva.aws.document import values_at
from dva.errors import DvaError, UsageError
from dva.simulations import Scenario, Simulation
from dva.trace import parts, pointer, resolve


@dataclass(frozen=True)
class Variant:
    """One value and the outcome that it leads to; `refused` is the message where it is no value for the engine."""

    value: Any
    given_here: bool
    outcome: Mapping[str, Any]
    refused: str = ""


def vary(scenario: Scenario, place: str) -> list[Variant]:
    """The scenario once for each value of the place. UsageError where the engine declares no values for it."""
    simulation = simulations.load(scenario.simulation)
    values = values_of(simulation, place)
    if not values:
        known = ", ".join(simulation.varies)
        hint = f"it does for {known}" if known else "fields of `given` that hold yes/no or one of a few words can vary"
        raise UsageError(f"{simulation.name} declares no values for `{place}`", hint=hint)
    try:
        here = resolve({"given": scenario.given}, place)
    except KeyError:
        here = None
    return [_variant(simulation, scenario, place, value, here) for value in values]


def values_of(simulation: Simulation, place: str) -> tuple[Any, ...]:
    """What the engine declares: by name, or by the type of the field."""
    names = parts(place)
    if names[:1] != ["given"]:
        raise UsageError(
            f"`{place}` is no place inside /given",
            hint="a place begins with /given/",
        )
    return tuple(simulation.varies.get(pointer(*names), ())) or values_at(simulation.given, names[1:])


def _variant(simulation: Simulation, scenario: Scenario, place: str, value: Any, here: Any) -> Variant:
    document: dict[str, Any] = {"given": copy.deepcopy(dict(scenario.given))}
    inner, (*way, last) = document, parts(place)
    for name in way:
        inner = inner[int(name)] if isinstance(inner, list) else inner.setdefault(name, {})
    if isinstance(inner, list):
        inner[int(last)] = value
    else:
        inner[last] = value
    try:
        return Variant(value, value == here, simulation.run(document["given"], steps=False).outcome)
    except DvaError as problem:
        return Variant(value, value == here, {}, str(problem))
