"""Predicting before a run: a scenario's asks become questions, and what was said is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dva import jsonpointer
from dva.errors import ContentError
from dva.items.building import Item, build_item, seed_of, value_text
from dva.items.entries import Question
from dva.items.scenario import Ask, Scenario
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
    """List each ask as an item with options; an ask on which every belief agrees with the truth is left out."""
    for ask in scenario.ask:
        question = Question(
            id=f"{scenario.simulation}/{scenario.name}{ask.outcome}", type="predict", stem=ask.prompt,
            notes=scenario.notes or ("",), exams={}, source="", checked_on="",
            scenario=f"{scenario.simulation}/{scenario.name}", outcome=ask.outcome,
        )  # fmt: skip
        try:
            yield ask, build_item(question, scenario, seed_of(question.id, 0))
        except ContentError:
            continue


def commit(store: Store, scenario: Scenario, ask: Ask, item: Item, chosen: str, now: datetime) -> PredictionResult:
    """Commit a prediction to the store, then return it with what happens."""
    texts = {choice.id: choice.text for choice in item.choices}
    actual = value_text(
        jsonpointer.resolve(load(scenario.simulation).run(scenario.given, steps=False).outcome, ask.outcome)
    )
    result = PredictionResult(ask, texts[chosen], actual, chosen in item.key)
    body = Prediction(scenario.simulation, scenario.name, ask.outcome, result.predicted, result.actual, result.right)
    store.append("prediction", body, *days.timestamp(now))
    return result
