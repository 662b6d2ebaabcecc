"""Every ask of a bundled scenario is a question as it is: it reads alone, and its options are of one kind."""

import pytest

from dva import simulations
from dva.app.predict import item_of
from dva.app.simulate import scenario_of
from dva.catalog import library, scenarios
from dva.items.building import ORDER, Item, build_item, seed_of
from dva.items.scenario import Ask, Scenario
from dva.items.wording import phrases
from dva.paths import bundled
from dva.simulations.fields import type_at
from dva.simulations.frame import Simulation

FIRST_WORDS = (
    "What", "Which", "How", "Where", "When", "Why", "Whose", "Who", "At", "On", "In", "With", "For", "After", "Is",
    "Are", "Does", "Do", "Can", "Will",
)  # fmt: skip


def asks(name: str) -> list[tuple[Scenario, Ask]]:
    cases = scenarios.cases([bundled()], name).values()
    return [(scenario, ask) for path in cases for scenario in [scenarios.load(path).scenario] for ask in scenario.ask]


@pytest.mark.parametrize("name", simulations.names())
def test_every_ask_is_a_question(name: str) -> None:
    simulation = simulations.load(name)
    for scenario, ask in asks(name):
        where = f"{name}/{scenario.name} {ask.id}"
        item = item_of(scenario, ask)
        texts = [choice.text for choice in item.choices]
        assert 2 <= len(set(texts)) == len(texts) <= 4, where
        assert all(text.strip() for text in texts), where
        assert len({choice.id for choice in item.choices}) == len(texts), where
        assert_no_dialect(simulation, item, where)
        assert_reasons(item, where)
        assert_order_is_asked(item, where)
        last = ask.prompt.split(" (")[0].split(". ")[-1]
        assert last.endswith("?") and last.split()[0] in FIRST_WORDS, where
        assert scenario.title, where


def assert_order_is_asked(item: Item, where: str) -> None:
    """No two options hold the same in another order, unless the order is asked for."""
    if not ORDER.search(item.stem):
        held = [tuple(sorted(choice.text.split(", "))) for choice in item.choices]
        assert len(set(held)) == len(held), where


def test_no_prediction_offers_its_key_in_another_order() -> None:
    for question in library.load([bundled()]).questions.values():
        if question.type == "predict":
            scenario = scenario_of([bundled()], question)
            assert_order_is_asked(build_item(question, scenario, seed_of(question.id, 0)), question.id)


def assert_no_dialect(simulation: Simulation, item: Item, where: str) -> None:
    """No option is a status word of the engine that it says otherwise to learners."""
    said = phrases(type_at(simulation.outcome, ["status"]))
    assert said is not None
    dialect = {word for word in simulation.statuses if said.every.get(word, word) != word} - {"Failed", "FAILED"}
    if item.question.outcome == "/status":
        assert not dialect & {choice.text for choice in item.choices}, where


def assert_reasons(item: Item, where: str) -> None:
    """Each option says why it is right or wrong, and a wrong one never what is right without a reason."""
    for choice in item.choices:
        assert len(choice.why) > 15 and "Neither a rule" not in choice.why, where
