"""One question, one variant: the item that is asked. Quiz and proof see the same one.

A predict question's key is what its simulation computes; its distractors are what the simulation's beliefs
predict. Numbers are filled up with near values, which no rule gives. Ids of computed options come from
the value itself, so that an answer in the log stays readable whatever else is offered.
"""

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dva import jsonpointer
from dva.aws.rng import choose, generator
from dva.errors import ContentError, GivenError
from dva.items.arithmetic import compute
from dva.items.entries import Question
from dva.items.scenario import Scenario
from dva.simulations import load
from dva.simulations.frame import Simulation
from dva.trace import Step, Trace

MOST_OPTIONS = 4
MOST_DRAWS = 400


@dataclass(frozen=True)
class Choice:
    """One option as it is offered."""

    id: str
    text: str
    correct: bool
    why: str
    belief: str | None = None


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
        Choice(o.id, o.text, o.correct or question.type == "order", o.why, o.belief) for o in question.options
    )
    key = question.order or tuple(o.id for o in question.options if o.correct)
    return Item(question, question.stem, choices, key)


def _predict(question: Question, scenario: Scenario | None, seed: int) -> Item:
    if scenario is None or question.outcome is None:
        raise ContentError(f"there is no scenario `{question.scenario}`")
    simulation, rng = load(scenario.simulation), generator(seed)
    for _ in range(MOST_DRAWS if question.draw else 1):
        values = {name: _drawn(draw, rng) for name, draw in question.draw.items()}
        if question.where and not compute(question.where, values):
            continue
        variant = _varied(question, scenario, values)
        truth = simulation.run(variant.given)
        choices = _choices(simulation, variant, truth, question.outcome)
        if len(choices) >= 2:
            stem = _filled(question.stem, values)
            exhibit = Exhibit(simulation.view, simulation.unit, variant.given, truth.initial["state"])
            deciding = truth.deciding_step(question.outcome)
            return Item(question, stem, choices, (choices[0].id,), (), exhibit, variant, deciding, values or None)
    if question.draw:
        raise ContentError(f"none of {MOST_DRAWS} draws makes a question with two different answers")
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


def _choices(simulation: Simulation, scenario: Scenario, truth: Trace, place: str) -> tuple[Choice, ...]:
    """Return the truth first, then what each belief predicts, each once; filled up with near numbers or other names."""
    try:
        value = jsonpointer.resolve(truth.outcome, place)
    except KeyError:
        raise ContentError(f"the outcome has no `{place}`") from None
    step = truth.deciding_step(place)
    why = f"{step.title}. {simulation.explain(step)}" if step else "Nothing changes this, so it stays as it began."
    choices = {value_text(value): Choice(value_id(value), value_text(value), True, why)}
    for belief_id, says, why_wrong, predicted in _believed(simulation, scenario, place):
        text, belief = value_text(predicted), f"{simulation.name}/{belief_id}"
        reason = f"That would follow if {_lower(says)}. {why_wrong}"
        choices.setdefault(text, Choice(value_id(predicted), text, False, reason, belief))
    fillers = _near(value) if len(choices) == 1 else [*_near(value), *_named(simulation, truth, place, value)]
    for other in fillers:
        reason = f"Neither a rule nor a common mistake leads here; the simulation computes {value_text(value)}."
        choices.setdefault(value_text(other), Choice(value_id(other), value_text(other), False, reason))
    return tuple(choices.values())[:MOST_OPTIONS]


def _named(simulation: Simulation, truth: Trace, place: str, value: Any) -> list[str]:
    """Return other words that could be the answer: the statuses, or names in the picture where the value is one."""
    if place == "/status":
        return list(simulation.statuses)
    pictures = (part for part in truth.initial["state"].values() if isinstance(part, Mapping))
    return next((list(names) for names in pictures if value in names), []) if isinstance(value, str) else []


def _believed(simulation: Simulation, scenario: Scenario, place: str) -> Iterator[tuple[str, str, str, Any]]:
    for belief in simulation.beliefs:
        try:
            outcome = simulation.run(scenario.given, believing=belief.id, steps=False).outcome
            yield belief.id, belief.statement, belief.why_wrong, jsonpointer.resolve(outcome, place)
        except (KeyError, GivenError):
            continue


def _lower(text: str) -> str:
    """Return the sentence as a clause: a plain first word loses its capital, names like `ECS` keep theirs."""
    first = text.split(" ", 1)[0].rstrip(".")
    return text[0].lower() + text[1:].rstrip(".") if first[1:].islower() or len(first) == 1 else text.rstrip(".")


def _near(value: Any) -> list[Any]:
    """Return near values of a number: neighbors, its double, its half; a yes becomes a no."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        near = [value + 1, value - 1, value * 2, value // 2, value + 2, value + 3]
        return [n for n in near if n >= 0 or value < 0]
    if isinstance(value, float):
        return [round(n, 6) for n in (value * 2, value / 2, value + 10)]
    return []


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
