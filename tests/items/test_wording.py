"""Values as learners read them, the reasons of options, and what wrong options are filled up with."""

from typing import Any

import pytest

from dva.aws.rng import generator
from dva.items.fillers import of_its_kind
from dva.items.language import forbidden, length_problem
from dva.items.wording import answer_text, value_text
from dva.simulations import load
from dva.simulations.frame import Simulation
from dva.trace import Trace

MISSING_KEY: dict[str, Any] = {
    "filter": "attribute:stack == prod",
    "containerInstances": [{"ec2InstanceId": f"i-{n}", "attributes": []} for n in range(1, 4)],
}


@pytest.mark.parametrize(
    ("engine", "place", "value", "text"),
    [
        ("beanstalk-migrate", "/database", "retained", "It is kept outside of the environment"),
        ("imds", "/responses/1/status", None, "No response arrives"),
        ("imds", "/responses", [{"status": 401, "body": None}], "401"),
        ("codebuild", "/phases/POST_BUILD", None, "It does not run"),
        ("codebuild", "/status", "SUCCEEDED", "SUCCEEDED"),
        ("ecs-iam", "/calls/0/principal", "taskRole", "The task role"),
        ("ecs-deployment", "/maximumTasks", 7, "7"),
        ("codedeploy", "/rollback", {"revision": "v1", "new_deployment": True}, "revision: v1, new deployment: yes"),
    ],
)
def test_a_value_is_read_by_the_phrase_of_its_place(engine: str, place: str, value: object, text: str) -> None:
    assert answer_text(load(engine), place, value) == text


def test_without_a_place_a_value_is_read_as_it_is() -> None:
    assert value_text({"new_deployment": True, "none": None}) == "new_deployment: yes, none: none"


def run(engine: str, given: dict[str, Any]) -> tuple[Simulation, Trace]:
    simulation = load(engine)
    return simulation, simulation.run(given)


def test_an_empty_list_is_filled_up_with_names_of_the_picture() -> None:
    simulation, truth = run("ecs-query", MISSING_KEY)
    assert truth.outcome["matches"] == []
    found = of_its_kind(simulation, MISSING_KEY, truth, "/matches", [], generator(0))
    assert sorted(found) == [["i-1"], ["i-2"], ["i-3"]]


def test_a_list_is_filled_up_with_others_of_its_members_and_never_with_itself() -> None:
    given = {**MISSING_KEY, "filter": "attribute:stack !exists"}
    simulation, truth = run("ecs-query", given)
    found = of_its_kind(simulation, given, truth, "/matches", [], generator(0))
    assert ["i-2", "i-1", "i-3"] in found and ["i-1", "i-3"] in found
    assert truth.outcome["matches"] not in found and [] not in found


def test_a_region_and_an_error_code_are_filled_up_with_real_ones() -> None:
    given = {"env": {"AWS_DEFAULT_REGION": "eu-west-1"}, "files": {}}
    simulation, truth = run("credentials", given)
    assert truth.outcome["region"] == "eu-west-1"
    found = of_its_kind(simulation, given, truth, "/region", [], generator(0))
    assert {"us-east-1", "us-west-2"} <= set(found)


def test_a_whole_that_is_set_again_does_not_decide_a_part_that_stays() -> None:
    given: dict[str, Any] = {
        "environments": {
            "blue": {"CNAMEPrefix": "shop", "VersionLabel": "v1", "instances": 4},
            "green": {"CNAMEPrefix": "shop-green", "VersionLabel": "v2", "instances": 4},
        },
        "steps": ["deploy", "test", "swap", "wait for DNS", "terminate blue"],
    }
    _, truth = run("beanstalk-bluegreen", given)
    step = truth.deciding_step("/cname/shop")
    assert step is not None and step.title == "The CNAMEs are swapped: shop now leads to green"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("By what is it run?", ["By what is it run?"]),
        ("A build fails. In which phase does it fail?", [". In which phase does it fail?"]),
        ("Which order do the phases run in?", []),
        ("The stage in which it runs is free.", []),
        ("What becomes of the database?", ["What becomes of"]),
        ("You shall pass 1 tasks.", ["shall", "1 tasks"]),
        ("It makes n + 1 attempts in 11 hits.", []),
        ("Dear reader, 30 per cent", ["Dear", "per cent"]),
    ],
)
def test_phrases_that_are_not_the_exams_english_are_found(text: str, found: list[str]) -> None:
    assert [place for place, _ in forbidden(text)] == found


def test_the_length_of_a_stem_depends_on_its_pool() -> None:
    assert length_problem("word " * 34, "exam", "single") and not length_problem("word " * 35, "exam", "multi")
    assert length_problem("word " * 56, "exam", "single") and not length_problem("word " * 56, "study", "single")
    assert length_problem("word " * 61, "study", "match") and length_problem("Why so?", "study", "single")
    assert not length_problem("word " * 10, "exam", "predict")
