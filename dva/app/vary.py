"""One field of a scenario with all its values, side by side."""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from dva import jsonpointer, simulations
from dva.aws.document import places_with_values, values_at
from dva.errors import DvaError, UsageError
from dva.items.scenario import Scenario
from dva.simulations.frame import Simulation

MAX_LISTED = 12
"""Places that a message lists."""


@dataclass(frozen=True)
class Variant:
    """One value and the outcome that it leads to; `refused` is the message where it is no value for the engine."""

    value: Any
    given_here: bool
    outcome: Mapping[str, Any]
    refused: str = ""


def vary(scenario: Scenario, place: str) -> list[Variant]:
    """Run the scenario once for each value of the place (see `find_place`)."""
    simulation = simulations.load(scenario.simulation)
    document = {"given": copy.deepcopy(dict(scenario.given))}
    values = values_of(simulation, place)
    if not values:
        values = _near(jsonpointer.resolve(document, place))
    if simulation.prepare_choice is not None:
        simulation.prepare_choice(document["given"], jsonpointer.split(place)[1:])
    try:
        here = jsonpointer.resolve(document, place)
    except KeyError:
        here = None
    return [_variant(simulation, copy.deepcopy(document), place, value, here) for value in values]


def find_place(scenario: Scenario, named: str) -> str:
    """Return the place (`/given/…`) that a learner names: a pointer, or its last part where only one place has it.

    UsageError where it names none or several, or where no values are known for it; the hint lists those that have.
    """
    simulation = simulations.load(scenario.simulation)
    known = places(simulation, scenario.given)
    hint = f"`--vary` takes {_listed(known)}" if known else f"no field of {simulation.name} has only a few values"
    if named.startswith("/"):
        if not (values_of(simulation, named) or named in known):
            raise UsageError(f"{simulation.name} declares no values for `{named}`", hint=hint)
        return named
    found = [place for place in known if last_part(place).lower() == named.lower()]
    if len(found) > 1:
        listed = ", ".join(found[:MAX_LISTED])
        raise UsageError(f"several places are called `{named}`", hint=f"name one of {listed}")
    if not found:
        near = get_close_matches(named, map(last_part, known), 1, 0.75)
        raise UsageError(
            f"no field that can vary is called `{named}`", hint=f"did you mean {near[0]}?" if near else hint
        )
    return found[0]


def places(simulation: Simulation, given: Mapping[str, Any]) -> list[str]:
    """Return the places whose values are known: by the engine, by the types of the fields, or near a number."""
    typed = (jsonpointer.join("given", *names) for names in places_with_values(simulation.given, dict(given)))
    numbers = (jsonpointer.join("given", *names) for names in _numbers(dict(given)))
    return list(dict.fromkeys([*simulation.choices, *typed, *numbers]))


def _numbers(value: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """List the places of numbers."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield names
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        yield from _numbers(item, (*names, str(name)))


def _near(number: float) -> tuple[float, ...]:
    """Return a number with smaller and larger ones."""
    return tuple(
        sorted({0, number // 2, number - 1, number, number + 1, number * 2} - ({-1} if number == 0 else set()))
    )


def last_part(place: str) -> str:
    """Return the last name of a place: `DeploymentPolicy`."""
    return jsonpointer.split(place)[-1]


def _listed(known: Sequence[str]) -> str:
    """Return places in few words: the last part where it is the only one of its name, else the first such place."""
    names = Counter(map(last_part, known))
    first = {last_part(place): place for place in reversed(known)}
    short = [name if names[name] == 1 else first[name] for name in dict.fromkeys(map(last_part, known))]
    return ", ".join(short[:MAX_LISTED]) + (f" and {len(short) - MAX_LISTED} more" if len(short) > MAX_LISTED else "")


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
