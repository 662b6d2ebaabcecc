"""One question, one variant: the item that is asked. Quiz and proof see the same one.

A predict question's key is what its simulation computes; its distractors are what the simulation's beliefs
predict, filled up with other values of the key's kind. Ids of computed
options come from the value itself, so that an answer in the log stays readable whatever else is offered.
"""

import copy
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dva import jsonpointer
from dva.aws.rng import choose, generator
from dva.errors import ContentError, GivenError
from dva.items import fillers, reasons
from dva.items.arithmetic import compute
from dva.items.entries import Question
from dva.items.scenario import Scenario
from dva.items.wording import answer_text, value_id
from dva.simulations import load
from dva.simulations.frame import Belief, Simulation
from dva.trace import Step, Trace

if TYPE_CHECKING:
    import random

MAX_DRAWS = 400
ORDER = re.compile(r"\border\b|\bfirst\b", re.IGNORECASE)
"""A stem that asks for an order."""


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
        choices = _choices(question, simulation, variant, truth, rng)
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
    question: Question, simulation: Simulation, scenario: Scenario, truth: Trace, rng: "random.Random"
) -> tuple[Choice, ...]:
    """Return the truth first, then what beliefs predict, each once; filled up with other values of its kind.

    No option is another one in another order, unless the stem asks for the order.
    """
    place = question.outcome or ""
    try:
        value = jsonpointer.resolve(truth.outcome, place)
    except KeyError:
        raise ContentError(f"the outcome has no `{place}`") from None
    key = Choice(value_id(value), answer_text(simulation, place, value), True, reasons.of_key(simulation, truth, place))
    predicted = _predictions(simulation, scenario, place, key.text)
    believed = [one for _, one in predicted.values()]
    others = fillers.of_its_kind(simulation, scenario.given, truth, place, believed, rng)
    if not fillers.is_counted(simulation, place, value):
        others = [*believed, *others]
    choices, taken = {key.text: key}, {fillers.members(value)}
    for other in others:
        text = answer_text(simulation, place, other)
        choice, _ = predicted.get(text, (None, None))
        if fillers.members(other) in taken and not ORDER.search(question.stem):
            continue
        taken.add(fillers.members(other))
        why = reasons.of_filler(truth, place, key.text, text)
        choices.setdefault(text, choice or Choice(value_id(other), text, False, why))
    return tuple(choices.values())[: fillers.MAX_OPTIONS]


def _predictions(simulation: Simulation, scenario: Scenario, place: str, key: str) -> dict[str, tuple[Choice, Any]]:
    """Return the wrong answers that beliefs predict, by text; each names every belief that leads to it."""
    found: dict[str, tuple[list[Belief], Any]] = {}
    for belief in simulation.beliefs:
        try:
            outcome = simulation.run(scenario.given, believing=belief.id, steps=False).outcome
            value = jsonpointer.resolve(outcome, place)
        except (KeyError, GivenError):
            continue
        text = answer_text(simulation, place, value)
        if text != key:
            found.setdefault(text, ([], value))[0].append(belief)
    return {
        text: (Choice(value_id(value), text, False, reasons.of_belief(beliefs), _named(simulation, beliefs)), value)
        for text, (beliefs, value) in found.items()
    }


def _named(simulation: Simulation, beliefs: Sequence[Belief]) -> tuple[str, ...]:
    return tuple(f"{simulation.name}/{belief.id}" for belief in beliefs)
