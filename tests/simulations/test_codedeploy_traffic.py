"""Traffic shifting: AWS's own examples, its service model, and what can never happen."""

import json
from itertools import pairwise
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("codedeploy-traffic")
SHIFTS = ("TimeBasedCanary", "TimeBasedLinear")


def outcome(config: Any, **more: Any) -> dict[str, Any]:
    return ENGINE.run({"deploymentConfig": config, **more}, steps=False).outcome


@pytest.mark.parametrize(
    ("name", "shifts"),
    [
        ("LambdaAllAtOnce", [[0, 100]]),
        ("LambdaCanary10Percent30Minutes", [[0, 10], [30, 100]]),
        ("ECSCanary10Percent15Minutes", [[0, 10], [15, 100]]),
        ("ECSLinear10PercentEvery1Minutes", [[minute, 10 * (minute + 1)] for minute in range(10)]),
        ("LambdaLinear10PercentEvery3Minutes", [[3 * step, 10 * (step + 1)] for step in range(10)]),
    ],
)
@pytest.mark.parametrize("prefix", ["", "CodeDeployDefault."])
def test_predefined_configurations(name: str, shifts: list[list[int]], prefix: str) -> None:
    assert outcome(prefix + name)["shifts"] == shifts


@pytest.mark.parametrize("name", ["LambdaCanary10Percent1Minutes", "ECSLinear10PercentEvery1Minute", "OneAtATime", ""])
def test_a_name_that_aws_does_not_have_is_refused(name: str) -> None:
    assert outcome(name)["error"]["code"] == "DeploymentConfigDoesNotExistException"


@given(st.sampled_from(SHIFTS), st.integers(-5, 120), st.integers(-5, 3000))
def test_traffic_ends_at_100_and_never_falls(kind: str, percent: int, minutes: int) -> None:
    result = outcome({"type": kind, "percentage": percent, "minutes": minutes})
    if result["status"] == "refused":
        assert result["shifts"] == []
        return
    times, reached = zip(*result["shifts"], strict=True)
    assert (times[0], reached[-1]) == (0, 100)
    assert list(times) == sorted(set(times)) and times[-1] <= 2880
    assert list(reached) == sorted(set(reached))


@given(st.integers(1, 99), st.integers(1, 29))
def test_a_linear_shift_moves_the_same_share_in_every_step_but_the_last(percent: int, minutes: int) -> None:
    result = outcome({"type": "TimeBasedLinear", "percentage": percent, "minutes": minutes})
    reached = [0, *(share for _, share in result["shifts"])]
    parts = [after - before for before, after in pairwise(reached)]
    assert set(parts[:-1]) <= {percent} and 0 < parts[-1] <= percent


def test_the_form_of_the_api_and_of_its_answer_are_taken() -> None:
    shape = botocore.session.get_session().get_service_model("codedeploy").shape_for("TrafficRoutingConfig")
    config = {"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 50, "linearInterval": 1}}
    assert set(config) <= set(shape.members)
    wrapped = {"deploymentConfigInfo": {"deploymentConfigName": "mine", "trafficRoutingConfig": config}}
    assert outcome(config)["shifts"] == outcome(wrapped)["shifts"] == [[0, 50], [1, 100]]


def test_two_days_are_the_limit() -> None:
    assert outcome({"type": "TimeBasedCanary", "percentage": 1, "minutes": 2880})["status"] == "completed"
    assert outcome({"type": "TimeBasedCanary", "percentage": 1, "minutes": 2881})["status"] == "refused"


def test_a_slip_in_a_member_is_named() -> None:
    with pytest.raises(GivenError, match="percentage"):
        outcome({"type": "TimeBasedCanary", "percentages": 10, "minutes": 5})


ANSWER = {
    "deploymentConfigInfo": {
        "deploymentConfigName": "Mine", "computePlatform": "Lambda", "createTime": "2026-11-01T00:00:00",
        "trafficRoutingConfig": {
            "type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 10, "canaryInterval": 5},
        },
    }
}  # fmt: skip


@pytest.mark.parametrize("config", [ANSWER, json.dumps(ANSWER), f"\n{json.dumps(ANSWER, indent=4)}\n"])
def test_the_answer_of_get_deployment_config_can_be_pasted(config: Any) -> None:
    assert outcome(config)["shifts"] == [[0, 10], [5, 100]]


@pytest.mark.parametrize(
    ("config", "pointer"),
    [('{"type": "Canary"}', "/deploymentConfig/type"), ("{" * 50_000, "/deploymentConfig"),
     ('{"type": "AllAtOnce"', "/deploymentConfig")],
)  # fmt: skip
def test_text_that_is_no_configuration_is_an_error_with_its_place(config: str, pointer: str) -> None:
    with pytest.raises(GivenError) as problem:
        outcome(config)
    assert problem.value.pointer == pointer
