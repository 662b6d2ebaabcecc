"""Predicting before a run: a scenario's asks become questions, and what was said is kept."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from dva import jsonpointer
from dva.errors import ContentError
from dva.items.building import Item, build_item, seed_of
from dva.items.entries import Question
from dva.items.scenario import Ask, Scenario
from dva.items.wording import answer_text
from dva.simulations import load
from dva.store import Store
from dva.study import days
from dva.study.events import Prediction


@dataclass(frozen=True)
class PredictionResult:
    """A prediction and what happened."""

    ask: Ask
    predicted: str
    actual: str
    right: bool


def items(scenario: Scenario) -> Iterator[tuple[Ask, Item]]:
    """List each ask as an item with options; an ask with nothing to choose from is left out."""
    for ask in scenario.ask:
        with suppress(ContentError):
            yield ask, item_of(scenario, ask)


def item_of(scenario: Scenario, ask: Ask) -> Item:
    """Build the item of an ask; ContentError where there is nothing to choose from."""
    question = Question(
        id=f"{scenario.simulation}/{scenario.name}{ask.outcome}", type="predict", stem=ask.prompt,
        notes=scenario.notes or ("",), exams={}, source="", checked_on="",
        scenario=f"{scenario.simulation}/{scenario.name}", outcome=ask.outcome,
    )  # fmt: skip
    return build_item(question, scenario, seed_of(question.id, 0))


def commit(store: Store, scenario: Scenario, ask: Ask, item: Item, chosen: str, now: datetime) -> PredictionResult:
    """Commit a prediction to the store, then return it with what happens."""
    texts = {choice.id: choice.text for choice in item.choices}
    simulation = load(scenario.simulation)
    value = jsonpointer.resolve(simulation.run(scenario.given, steps=False).outcome, ask.outcome)
    result = PredictionResult(ask, texts[chosen], answer_text(simulation, ask.outcome, value), chosen in item.key)
    body = Prediction(scenario.simulation, scenario.name, ask.outcome, result.predicted, result.actual, result.right)
    store.append("prediction", body, *days.timestamp(now))
    return result
