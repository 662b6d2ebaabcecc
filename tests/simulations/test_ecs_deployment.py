"""Rolling updates: AWS's own numbers, its service model, and what can never happen in a round."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("ecs-deployment")
CASES = [case for case in bundled_cases() if case.simulation == "ecs-deployment"]


def outcome(desired: int, low: int | None = None, high: int | None = None, **more: Any) -> dict[str, Any]:
    """The outcome of an update with these percentages; `breaker` and `fail` may be given."""
    configuration = {
        name: value
        for name, value in (
            ("minimumHealthyPercent", low), ("maximumPercent", high), ("deploymentCircuitBreaker", more.get("breaker")),
        )
        if value is not None
    }  # fmt: skip
    service = {"serviceName": "web", "desiredCount": desired, "deploymentConfiguration": configuration}
    result = ENGINE.run({"service": service, "options": {"failNewTasks": more.get("fail", 0)}}, steps=False)
    return result.outcome


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_services_have_the_shape_of_the_api(case: Any) -> None:
    model = botocore.session.get_session().get_service_model("ecs")
    service = case.given["service"]
    shape = model.operation_model("CreateService").input_shape
    if "services" in service:
        service, shape = service["services"][0], model.shape_for("Service")
    report = ParamValidator().validate(service, shape)
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize(
    ("desired", "low", "high", "stop_first", "start_first"),
    [(4, 50, 100, 2, 0), (2, 75, 100, 0, 0), (4, 100, 200, 0, 4), (3, 100, 125, 0, 0), (1, 100, 100, 0, 0)],
)
def test_the_numbers_of_the_developer_guide(
    desired: int, low: int, high: int, stop_first: int, start_first: int
) -> None:
    result = outcome(desired, low, high)
    assert (result["canStopBeforeStarting"], result["canStartBeforeStopping"]) == (stop_first, start_first)
    assert result["stuck"] == (stop_first == start_first == 0)


@pytest.mark.parametrize(("desired", "threshold"), [(1, 3), (4, 3), (25, 13), (400, 200), (800, 200)])
def test_the_circuit_breaker_table_of_the_developer_guide(desired: int, threshold: int) -> None:
    assert outcome(desired, breaker={"enable": True, "rollback": True})["failureThreshold"] == threshold


@given(desired=st.integers(1, 60), low=st.integers(0, 100), high=st.integers(100, 300), fail=st.integers(0, 20))
def test_running_tasks_stay_within_the_limits(desired: int, low: int, high: int, fail: int) -> None:
    result = outcome(desired, low, high, fail=fail)
    lower, upper = result["minimumHealthyTasks"], result["maximumTasks"]
    assert lower * 100 >= desired * low > (lower - 1) * 100
    assert upper * 100 <= desired * high < (upper + 1) * 100
    old, new, failed = desired, 0, fail
    for step in result["rounds"]:
        assert old + new + step["started"] <= max(upper, old + new)
        failing = min(failed, step["started"])
        failed -= failing
        new += step["started"] - failing
        old -= step["stopped"]
        assert old >= 0
        assert new <= desired
        assert step["stopped"] == 0 or old + new >= lower
        assert step["started"] or step["stopped"]
    assert result["stuck"] == (lower == desired == upper)
    if not result["stuck"]:
        assert (old, new) == (0, desired)


@given(desired=st.integers(1, 60), high=st.integers(110, 200), fail=st.integers(0, 80))
def test_the_breaker_trips_exactly_when_the_first_failures_reach_it(desired: int, high: int, fail: int) -> None:
    result = outcome(desired, 0, high, fail=fail, breaker={"enable": True, "rollback": True})
    threshold = result["failureThreshold"]
    # The failing tasks are the first to start, so no healthy one comes between them.
    failed = result["status"] == "FAILED"
    assert failed == (fail >= threshold)
    assert failed == result["rolledBack"]
    assert not failed or result["rounds"][-1]["stopped"] == 0


@given(st.lists(st.integers(1, 40), unique=True), st.booleans())
def test_without_reset_a_breaker_trips_at_least_as_soon(which: list[int], rollback: bool) -> None:
    breaker = {"enable": True, "rollback": rollback}
    reset = outcome(6, 100, 150, fail=which, breaker=breaker)
    kept = outcome(6, 100, 150, fail=which, breaker=breaker | {"resetOnHealthyTask": False})
    assert len(kept["rounds"]) <= len(reset["rounds"])
    assert kept["status"] == "FAILED" or reset["status"] == "COMPLETED"


@pytest.mark.parametrize(
    "change",
    [
        {"deploymentConfiguration": {"maximumPercent": 200}},
        {"launchType": "FARGATE"},
        {"placementStrategy": [{"type": "random"}]},
        {"deploymentController": {"type": "CODE_DEPLOY"}},
    ],
)
def test_a_daemon_service_that_ecs_refuses(change: dict[str, Any]) -> None:
    service = {"serviceName": "agent", "schedulingStrategy": "DAEMON", "desiredCount": 3} | change
    result = ENGINE.run({"service": service}).outcome
    assert (result["status"], result["error"]["code"]) == ("refused", "InvalidParameterException")
    assert result["rounds"] == [] and result["rolloutState"] is None


def test_a_replica_service_needs_a_desired_count() -> None:
    assert ENGINE.run({"service": {"serviceName": "web"}}).outcome["status"] == "refused"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"deploymentConfiguration": {"strategy": "CANARY"}}, "/service"),
        ({"deploymentController": {"type": "CODE_DEPLOY"}}, "/service"),
        ({"desiredCuont": 3}, "/service/desiredCuont"),
    ],
)
def test_what_is_no_rolling_update_is_an_error_of_the_scenario(change: dict[str, Any], pointer: str) -> None:
    with pytest.raises(GivenError) as problem:
        ENGINE.run({"service": {"serviceName": "web", "desiredCount": 2} | change})
    assert problem.value.pointer == pointer


def test_flat_percentages_count_as_the_configured_ones() -> None:
    flat = {"desiredCount": 10, "minimumHealthyPercent": 80, "maximumPercent": 120}
    assert ENGINE.run({"service": flat}).outcome == outcome(10, 80, 120)
