"""A question made concrete: computed keys, distractors from beliefs, variants that repeat."""

from collections import Counter
from typing import Any

import pytest

from dva import jsonpointer
from dva.errors import ContentError
from dva.items.arithmetic import compute
from dva.items.building import Item, build_item, seed_of
from dva.items.entries import Draw, Question
from dva.items.scenario import Scenario
from dva.items.wording import value_id
from dva.simulations import load

SCENARIO = Scenario(
    "ecs-query", "case", "A case",
    {
        "filter": "attribute:stack != prod",
        "containerInstances": [
            {"ec2InstanceId": "i-1", "attributes": [{"name": "stack", "value": "test"}]},
            {"ec2InstanceId": "i-2", "attributes": [{"name": "stack", "value": "prod"}]},
            {"ec2InstanceId": "i-3", "attributes": []},
        ],
    },
)  # fmt: skip


def question(**changes: Any) -> Question:
    """A predict question on the scenario above."""
    fields: dict[str, Any] = {
        "id": "q", "type": "predict", "stem": "Which match?", "notes": ("n",), "exams": {"dva-c02": "3.4"},
        "source": "s", "checked_on": "2026-11-24", "scenario": "ecs-query/case", "outcome": "/matches",
    }  # fmt: skip
    return Question(**(fields | changes))


def texts(item: Item) -> dict[str, bool]:
    return {choice.text: choice.correct for choice in item.choices}


def test_the_key_is_computed_and_a_belief_gives_the_distractor() -> None:
    item = build_item(question(), SCENARIO, 0)
    assert {"i-1": True, "i-1, i-3": False}.items() <= texts(item).items()
    assert item.choices[1].beliefs == ("ecs-query/missing-is-unequal",)
    assert item.deciding is not None and item.deciding.rule == "ecs.query.match"


def test_option_ids_depend_on_the_value_alone() -> None:
    first, second = build_item(question(), SCENARIO, 0), build_item(question(id="other"), SCENARIO, 7)
    assert [choice.id for choice in first.choices[:2]] == [choice.id for choice in second.choices[:2]]


def test_numbers_are_filled_up_with_near_values() -> None:
    asked = Scenario("ecs-deployment", "d", "d", {"service": {"desiredCount": 4}})
    item = build_item(question(outcome="/minimumHealthyTasks"), asked, 0)
    assert len(item.choices) == 4 and len({choice.text for choice in item.choices}) == 4
    assert texts(item)["4"] is True


def test_where_there_is_no_other_value_there_is_no_question() -> None:
    with pytest.raises(ContentError, match="nothing to choose from"):
        build_item(question(outcome="/error"), SCENARIO, 0)


def test_a_pointer_that_leads_nowhere_is_told() -> None:
    with pytest.raises(ContentError, match="has no `/matches/7`"):
        build_item(question(outcome="/matches/7"), SCENARIO, 0)


def generated(where: str | None = None) -> Question:
    return question(
        stem="{n} tasks at {p} %: how many stay?",
        outcome="/minimumHealthyTasks",
        draw={"n": Draw(int=(2, 12)), "p": Draw(choice=(50, 75, 100))},
        set={"/given/service/desiredCount": "n", "/given/service/deploymentConfiguration/minimumHealthyPercent": "p"},
        where=where,
    )


DEPLOYMENT = Scenario(
    "ecs-deployment", "d", "d",
    {"service": {"desiredCount": 4, "deploymentConfiguration": {"minimumHealthyPercent": 50, "maximumPercent": 200}}},
)  # fmt: skip


@pytest.mark.parametrize("times", range(8))
def test_a_variant_repeats_and_its_key_is_what_the_engine_computes(times: int) -> None:
    asked, seed = generated("n * p % 100 != 0"), seed_of("q", times)
    item = build_item(asked, DEPLOYMENT, seed)
    assert item == build_item(asked, DEPLOYMENT, seed)
    assert item.values is not None and item.scenario is not None
    n, p = item.values["n"], item.values["p"]
    assert n * p % 100 != 0
    assert item.stem == f"{n} tasks at {p} %: how many stay?"
    right = next(choice.text for choice in item.choices if choice.correct)
    assert right == str(-(-n * p // 100))
    assert right == str(
        jsonpointer.resolve(load("ecs-deployment").run(item.scenario.given).outcome, "/minimumHealthyTasks")
    )


def test_drawing_changes_no_scenario() -> None:
    before = str(DEPLOYMENT.given)
    build_item(generated(), DEPLOYMENT, 3)
    assert str(DEPLOYMENT.given) == before


def test_a_condition_that_never_holds_is_told() -> None:
    with pytest.raises(ContentError, match="none of"):
        build_item(generated("n > 99"), DEPLOYMENT, 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n * p // 100", 3),
        ("n * p % 100 != 0", True),
        ("-(n - 10)", 3),
        ("n > 2 and not p == 1", True),
        ("1 < n < 9", True),
        ("n / 2", 3.5),
        ("6 / 3", 2),
    ],
)
def test_arithmetic(text: str, value: object) -> None:
    assert compute(text, {"n": 7, "p": 50}) == value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "n ** 9",
        "n.real",
        "[1]",
        "lambda: 1",
        "n if 1 else 2",
        "n <",
        "x",
        "1 / 0",
        "n in 3",
        "(" * 150,
    ],
)
def test_nothing_but_arithmetic_is_computed(text: str) -> None:
    with pytest.raises(ContentError):
        compute(text, {"n": 7})


def test_names_are_filled_up_with_others_of_the_picture_only_where_a_belief_makes_a_question() -> None:
    instances = [
        {"ec2InstanceId": f"i-{n}", "attributes": [], "remainingResources": [
            {"name": "CPU", "integerValue": 1000 * n}, {"name": "MEMORY", "integerValue": 1000}]}
        for n in range(1, 4)
    ]  # fmt: skip
    given = {
        "cluster": {"containerInstances": instances},
        "taskDefinition": {"family": "t", "containerDefinitions": [{"name": "c", "cpu": 100, "memory": 100}]},
        "service": {"serviceName": "s", "desiredCount": 1, "placementStrategy": [{"type": "binpack", "field": "cpu"}]},
    }
    packed = Scenario("ecs-placement", "p", "p", given)
    item = build_item(question(outcome="/placements/0/containerInstance"), packed, 0)
    assert {choice.text for choice in item.choices} == {"i-1", "i-2", "i-3"}
    assert [choice.beliefs for choice in item.choices if choice.text == "i-2"] == [()]
    assert [bool(choice.beliefs) for choice in item.choices if choice.text == "i-3"] == [True]


def test_no_two_options_read_alike() -> None:
    asked = Scenario("ecs-capacity-provider", "c", "c", {
        "capacityProviderStrategy": [{"capacityProvider": "cp", "weight": 1}], "desiredCount": 8,
        "capacityProviders": [{"name": "cp", "instancesRunning": 2, "tasksPerInstance": 4, "runningTasks": 8}],
    })  # fmt: skip
    item = build_item(question(outcome="/reservation/cp"), asked, 0)
    assert len({choice.text for choice in item.choices}) == len(item.choices)


NUMBERS = Scenario(
    "ecs-deployment", "n", "n",
    {"service": {"desiredCount": 10, "deploymentConfiguration": {"minimumHealthyPercent": 40, "maximumPercent": 175}}},
)  # fmt: skip


def numeric_options(place: str, seed: int) -> tuple[int, list[int]]:
    """Return the key and all options of a numeric prediction, sorted."""
    item = build_item(question(outcome=place), NUMBERS, seed)
    key = next(int(choice.text) for choice in item.choices if choice.correct)
    return key, sorted(int(choice.text) for choice in item.choices)


def test_the_place_of_a_numeric_key_among_its_options_is_drawn_evenly() -> None:
    places: Counter[int] = Counter()
    for seed in range(200):
        key, options = numeric_options("/maximumTasks", seed)
        assert len(options) == 4
        places[options.index(key)] += 1
    assert set(places) == {0, 1, 2, 3} and min(places.values()) >= 30


def test_a_numeric_key_never_has_both_neighbors_beside_it() -> None:
    for place in ("/maximumTasks", "/minimumHealthyTasks"):
        for seed in range(100):
            key, options = numeric_options(place, seed)
            assert not {key - 1, key + 1} <= set(options)


def test_an_option_names_every_belief_that_predicts_it() -> None:
    simulation = load("ecs-deployment")
    item = build_item(question(outcome="/maximumTasks"), NUMBERS, 0)
    for choice in item.choices:
        predicted = {
            f"ecs-deployment/{belief.id}"
            for belief in simulation.beliefs
            if str(simulation.run(NUMBERS.given, believing=belief.id).outcome["maximumTasks"]) == choice.text
        }
        assert choice.correct or set(choice.beliefs) == predicted


def test_a_status_is_read_and_filled_up_by_its_phrases_and_keeps_its_id() -> None:
    item = build_item(question(outcome="/status"), DEPLOYMENT, 1)
    assert item.choices[0].text == "The deployment completes"
    assert item.choices[0].id == value_id("COMPLETED")
    words = {word for choice in item.choices for word in choice.text.split()}
    assert len(item.choices) == 4 and not words & set(load("ecs-deployment").statuses)


def test_a_filler_says_what_the_deciding_step_gives() -> None:
    item = build_item(question(outcome="/maximumTasks"), NUMBERS, 0)
    fillers = [choice for choice in item.choices if not choice.correct and not choice.beliefs]
    assert fillers
    for choice in fillers:
        assert choice.why == f"Upper limit: 17 tasks running or pending. That gives 17, not {choice.text}."


def test_the_reason_of_a_counted_value_lists_what_counts() -> None:
    given = {
        "strategy": "lazy",
        "database": {"items": {"a": 1, "b": 1}},
        "operations": [{"t": n, "get": key} for n, key in enumerate("aba")],
    }
    item = build_item(question(outcome="/misses"), Scenario("caching", "c", "c", given), 0)
    assert "get a: a miss (1); get b: a miss (2). " in item.choices[0].why
