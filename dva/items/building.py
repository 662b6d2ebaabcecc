"""One question, one variant: the item that is asked. Quiz and proof see the same one.

A predict question's key is what its simulation computes; its distractors are what the simulation's beliefs
predict. Numbers are filled up with others of the exhibit and near values, which no rule gives. Ids of computed
options come from the value itself, so that an answer in the log stays readable whatever else is offered.
"""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dva import jsonpointer
from dva.aws.rng import choose, generator
from dva.errors import ContentError, GivenError
from dva.items.arithmetic import compute
from dva.items.entries import Question
from dva.items.scenario import Scenario
from dva.simulations import load
from dva.simulations.frame import Belief, Simulation
from dva.trace import Step, Trace

if TYPE_CHECKING:
    import random

MAX_OPTIONS = 4
MAX_DRAWS = 400


@dataclass(frozen=True)
class Choice:
    """One option as it is offered."""

    id: str
    text: str
    correct: bool
    why: str
    beliefs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exhibit:
    """What a predict question shows beside its stem: the scenario's input and the picture before the first step."""

    view: str
    unit: str
    given: Mapping[str, Any]
    state: Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """A question ready to be asked.

    `key` holds option ids: any order for single, multi and predict, the order for `order`; for `match`
    (left text, option id) pairs, one for each of `lefts`.
    """

    question: Question
    stem: str
    choices: tuple[Choice, ...]
    key: tuple[str | tuple[str, str], ...]
    lefts: tuple[str, ...] = ()
    exhibit: Exhibit | None = None
    scenario: Scenario | None = None
    deciding: Step | None = None
    values: Mapping[str, Any] | None = None


def seed_of(question_id: str, times_asked: int) -> int:
    """Return the seed of a variant: the same for the same question and count, so that undo and resume show it again."""
    return int.from_bytes(hashlib.sha256(f"{question_id}\n{times_asked}".encode()).digest()[:8], "big")


def build_item(question: Question, scenario: Scenario | None, seed: int) -> Item:
    """Build the item of a question; ContentError where its scenario, pointer or drawing makes no question."""
    if question.type == "predict":
        return _predict(question, scenario, seed)
    if question.type == "match":
        rights = dict.fromkeys(right for _, right in question.pairs)
        choices = tuple(Choice(value_id(right), right, True, "") for right in rights)
        pairs = tuple((left, value_id(right)) for left, right in question.pairs)
        return Item(question, question.stem, choices, pairs, lefts=tuple(left for left, _ in question.pairs))
    choices = tuple(
        Choice(o.id, o.text, o.correct or question.type == "order", o.why, (o.belief,) if o.belief else ())
        for o in question.options
    )
    key = question.order or tuple(o.id for o in question.options if o.correct)
    return Item(question, question.stem, choices, key)


def _predict(question: Question, scenario: Scenario | None, seed: int) -> Item:
    if scenario is None or question.outcome is None:
        raise ContentError(f"there is no scenario `{question.scenario}`")
    simulation, rng = load(scenario.simulation), generator(seed)
    for _ in range(MAX_DRAWS if question.draw else 1):
        values = {name: _drawn(draw, rng) for name, draw in question.draw.items()}
        if question.where and not compute(question.where, values):
            continue
        variant = _varied(question, scenario, values)
        truth = simulation.run(variant.given)
        choices = _choices(simulation, variant, truth, question.outcome, rng)
        if len(choices) >= 2:
            stem = _filled(question.stem, values)
            exhibit = Exhibit(simulation.view, simulation.unit, variant.given, truth.initial["state"])
            deciding = truth.deciding_step(question.outcome)
            return Item(question, stem, choices, (choices[0].id,), (), exhibit, variant, deciding, values or None)
    if question.draw:
        raise ContentError(f"none of {MAX_DRAWS} draws makes a question with two different answers")
    raise ContentError("every belief predicts the truth here, so there is nothing to choose from")


def _drawn(draw: Any, rng: Any) -> Any:
    return choose(rng, draw.choice) if draw.int is None else choose(rng, range(draw.int[0], draw.int[1] + 1))


def _filled(text: str, values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def _varied(question: Question, scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return the scenario with the drawn values set; text that holds a `{name}` is filled in, other text computed."""
    if not question.set:
        return scenario
    document = {"given": copy.deepcopy(dict(scenario.given))}
    for place, wanted in question.set.items():
        if isinstance(wanted, str):
            wanted = _filled(wanted, values) if "{" in wanted else compute(wanted, values)
        try:
            jsonpointer.set_value(document, jsonpointer.split(place), wanted)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            raise ContentError(f"the scenario has no place `{place}` to set") from None
    return Scenario(scenario.simulation, scenario.name, scenario.title, document["given"], scenario.notes)


def _choices(
    simulation: Simulation, scenario: Scenario, truth: Trace, place: str, rng: "random.Random"
) -> tuple[Choice, ...]:
    """Return the truth first, then what beliefs predict, each once; filled up with other values of its kind."""
    try:
        value = jsonpointer.resolve(truth.outcome, place)
    except KeyError:
        raise ContentError(f"the outcome has no `{place}`") from None
    step = truth.deciding_step(place)
    why = f"{step.title}. {simulation.explain(step)}" if step else "Nothing changes this, so it stays as it began."
    key = Choice(value_id(value), value_text(value), True, why)
    predicted = _predictions(simulation, scenario, place, key.text)
    if _is_number(value):
        others = _numbers_around(value, predicted, _numbers_in(scenario.given), rng)
    else:
        others = [*(one for _, one in predicted.values()), *_of_its_kind(simulation, truth, value)]
    fallback = f"Neither a rule nor a common mistake leads here; the simulation computes {key.text}."
    choices = {key.text: key}
    for other in others:
        choice, _ = predicted.get(value_text(other), (None, None))
        choices.setdefault(value_text(other), choice or Choice(value_id(other), value_text(other), False, fallback))
    return tuple(choices.values())[:MAX_OPTIONS]


def _predictions(simulation: Simulation, scenario: Scenario, place: str, key: str) -> dict[str, tuple[Choice, Any]]:
    """Return the wrong answers that beliefs predict, by text; each names every belief that leads to it."""
    found: dict[str, tuple[list[Belief], Any]] = {}
    for belief in simulation.beliefs:
        try:
            outcome = simulation.run(scenario.given, believing=belief.id, steps=False).outcome
            value = jsonpointer.resolve(outcome, place)
        except (KeyError, GivenError):
            continue
        if value_text(value) != key:
            found.setdefault(value_text(value), ([], value))[0].append(belief)
    return {
        text: (Choice(value_id(value), text, False, _reason(beliefs), _named(simulation, beliefs)), value)
        for text, (beliefs, value) in found.items()
    }


def _reason(beliefs: Sequence[Belief]) -> str:
    """Return what somebody must believe to predict an option, and why that is wrong."""
    first, *others = beliefs
    also = ", or ".join(f"if {_lower(other.statement)}" for other in others)
    return (
        f"That would follow if {_lower(first.statement)}. {first.why_wrong}{f' It also follows {also}.' * bool(also)}"
    )


def _named(simulation: Simulation, beliefs: Sequence[Belief]) -> tuple[str, ...]:
    return tuple(f"{simulation.name}/{belief.id}" for belief in beliefs)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers_in(value: Any) -> list[int | float]:
    """Return the numbers of an exhibit, in its order."""
    if _is_number(value):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [number for part in inner for number in _numbers_in(part)]


def _numbers_around(
    key: int | float, predicted: Mapping[str, tuple[Choice, Any]], exhibit: Sequence[int | float], rng: "random.Random"
) -> list[Any]:
    """Return the other options of a numeric key: how many are smaller is drawn evenly, so that its place tells nothing.

    What beliefs predict comes first, then numbers of the exhibit, then values near the key. Where a belief predicts
    one neighbor of the key, the other neighbor is left out.
    """
    believed = [value for _, value in predicted.values()]
    numbers = [value for value in believed if _is_number(value)]
    pool = dict.fromkeys([*numbers, *(n for n in exhibit if type(n) is type(key)), *_near(key)])
    below = [n for n in pool if n < key and (n >= 0 or key < 0)]
    above = [n for n in pool if n > key]
    wanted = MAX_OPTIONS - 1
    fewest, most = max(0, wanted - len(above)), min(wanted, len(below))
    smaller = choose(rng, range(fewest, most + 1)) if fewest <= most else most
    chosen = [*below[:smaller], *above[: wanted - smaller]]
    if {key - 1, key + 1} <= set(chosen):
        gone = key + 1 if key + 1 not in numbers else key - 1
        side = above if gone > key else below
        chosen = [n for n in chosen if n != gone] + [n for n in side if n not in chosen][:1]
    return [*(value for value in believed if not _is_number(value)), *chosen][:wanted]


def _of_its_kind(simulation: Simulation, truth: Trace, value: Any) -> list[Any]:
    """Return other values that could be the answer: a yes for a no, names in the picture for one of them."""
    if isinstance(value, bool):
        return [not value]
    pictures = (part for part in truth.initial["state"].values() if isinstance(part, Mapping))
    return next((list(names) for names in pictures if value in names), []) if isinstance(value, str) else []


def _lower(text: str) -> str:
    """Return the sentence as a clause: a plain first word loses its capital, names like `ECS` keep theirs."""
    first = text.split(" ", 1)[0].rstrip(".")
    return text[0].lower() + text[1:].rstrip(".") if first[1:].islower() or len(first) == 1 else text.rstrip(".")


def _near(value: int | float) -> list[int | float]:
    """Return values near a number: its double, its half, and others a step or two away."""
    if isinstance(value, int):
        return [value * 2, value // 2, value + 2, value - 2, value + 1, value - 1, value + 3, value - 3, value * 3]
    return [round(n, 6) for n in (value * 2, value / 2, value + 10, value - 10, value * 3, value / 4)]


def value_id(value: Any) -> str:
    """Return a short id of a value, the same for the same value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]


def value_text(value: Any) -> str:
    """Return a value as a learner reads it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {value_text(inner)}" for key, inner in value.items()) or "nothing"
    if isinstance(value, list | tuple):
        inner = [f"({value_text(part)})" if isinstance(part, Mapping | list) else value_text(part) for part in value]
        return ", ".join(inner) or "nothing"
    return str(value)
