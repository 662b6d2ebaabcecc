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
from dva.trace import Step


@dataclass(frozen=True)
class PredictionResult:
    """A prediction and what happened."""

    ask: Ask
    predicted: str
    actual: str
    right: bool
    step: Step | None
    """The step that decides it; None where nothing changes it."""
    why_not: str
    """Why the option chosen is wrong; empty where it is right."""


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
    option = next(choice for choice in item.choices if choice.id == chosen)
    trace = load(scenario.simulation).run(scenario.given)
    actual = value_text(jsonpointer.resolve(trace.outcome, ask.outcome))
    right = chosen in item.key
    body = Prediction(scenario.simulation, scenario.name, ask.outcome, option.text, actual, right)
    store.append("prediction", body, *days.timestamp(now))
    step = trace.deciding_step(ask.outcome)
    return PredictionResult(ask, option.text, actual, right, step, "" if right else option.why)


def cases_predicted_right(store: Store) -> dict[str, frozenset[str]]:
    """Return by simulation the cases in which every prediction came out right when it was last made."""
    last: dict[tuple[str, str], dict[str, bool]] = {}
    for event in store.events("prediction"):
        body = event.body
        place = (str(body.get("simulation")), str(body.get("scenario")))
        last.setdefault(place, {})[str(body.get("outcome"))] = bool(body.get("right"))
    found: dict[str, set[str]] = {}
    for (simulation, case), results in last.items():
        if all(results.values()):
            found.setdefault(simulation, set()).add(case)
    return {simulation: frozenset(cases) for simulation, cases in found.items()}
