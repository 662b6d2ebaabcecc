"""Service auto scaling: AWS's own examples, its service model, and what no policy can do."""

from math import ceil
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("ecs-autoscaling")
CASES = [case for case in bundled_cases() if case.simulation == "ecs-autoscaling"]


def step(
    kind: str, *adjustments: tuple[float | None, float | None, int], operator: str = "GreaterThanOrEqualToThreshold",
    threshold: float = 50, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """A step policy with its alarm; adjustments are (lower bound, upper bound, adjustment)."""
    names = ("MetricIntervalLowerBound", "MetricIntervalUpperBound", "ScalingAdjustment")
    steps = [{name: value for name, value in zip(names, a, strict=True) if value is not None} for a in adjustments]
    return {
        "PolicyName": "step", "PolicyType": "StepScaling",
        "Alarm": {"Threshold": threshold, "ComparisonOperator": operator},
        "StepScalingPolicyConfiguration": {"AdjustmentType": kind, "StepAdjustments": steps} | more,
    }  # fmt: skip


def tracking(name: str, target: float, **more: Any) -> dict[str, Any]:
    """A target tracking policy."""
    return {
        "PolicyName": name, "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": target} | more,
    }  # fmt: skip


def scaled(
    capacity: int, *policies: dict[str, Any], bounds: tuple[int, int] = (0, 1000), **more: Any
) -> dict[str, Any]:
    """The outcome of these policies."""
    target = {"MinCapacity": bounds[0], "MaxCapacity": bounds[1]}
    given_ = {"scalableTarget": target, "currentCapacity": capacity, "policies": list(policies)} | more
    return ENGINE.run(given_, steps=False).outcome


def at(*metrics: float | None, every: int = 600) -> list[dict[str, Any]]:
    """A time line of these values."""
    return [{"at": index * every, "metric": metric} for index, metric in enumerate(metrics)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_documents_have_the_shape_of_the_api(case: Any) -> None:
    session = botocore.session.get_session()
    model = session.get_service_model("application-autoscaling")
    target = case.given["scalableTarget"]
    place = {name: target[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    documents = [("RegisterScalableTarget", target)]
    for policy in case.given.get("policies", []):
        documents.append(("PutScalingPolicy", place | {k: v for k, v in policy.items() if k != "Alarm"}))
    for action in case.given.get("scheduledActions", []):
        documents.append(("PutScheduledAction", place | {k: v for k, v in action.items() if k != "at"}))
    for operation, document in documents:
        report = ParamValidator().validate(document, model.operation_model(operation).input_shape)
        assert not report.has_errors(), report.generate_report()
    alarms = session.get_service_model("cloudwatch").operation_model("PutMetricAlarm").input_shape
    for policy in case.given.get("policies", []):
        alarm = {"AlarmName": "alarm", "EvaluationPeriods": 1} | policy.get("Alarm", {"ComparisonOperator": "x"})
        assert not ParamValidator().validate(alarm, alarms).has_errors()


@pytest.mark.parametrize(
    ("capacity", "percent", "magnitude", "to"),
    [(4, 25, 2, 6), (10, 10, None, 11), (11, 30, None, 14), (14, -10, None, 13), (13, -30, None, 10),
     (1, 5, None, 2), (5, -5, None, 4), (0, 50, None, 0), (10, 67, None, 16), (10, -67, None, 4)],
)  # fmt: skip
def test_percentages_as_the_documentation_rounds_them(
    capacity: int, percent: int, magnitude: int | None, to: int
) -> None:
    more: dict[str, Any] = {"MinAdjustmentMagnitude": magnitude} if magnitude else {}
    policy = step("PercentChangeInCapacity", (0, None, percent), **more)
    assert scaled(capacity, policy, timeline=at(60))["finalCapacity"] == to


@pytest.mark.parametrize(("metric", "to"), [(50, 10), (59.9, 10), (60, 11), (69.9, 11), (70, 13), (49.9, 10)])
def test_above_the_threshold_the_lower_bound_belongs_to_the_step(metric: float, to: int) -> None:
    policy = step("PercentChangeInCapacity", (0, 10, 0), (10, 20, 10), (20, None, 30))
    assert scaled(10, policy, timeline=at(metric))["finalCapacity"] == to


@pytest.mark.parametrize(("metric", "to"), [(50, 10), (40.1, 10), (40, 9), (30.1, 9), (30, 7), (50.1, 10)])
def test_below_the_threshold_the_upper_bound_belongs_to_the_step(metric: float, to: int) -> None:
    policy = step(
        "PercentChangeInCapacity", (-10, 0, 0), (-20, -10, -10), (None, -20, -30),
        operator="LessThanOrEqualToThreshold",
    )  # fmt: skip
    assert scaled(10, policy, timeline=at(metric))["finalCapacity"] == to


@given(st.integers(1, 500), st.integers(1, 400), st.integers(1, 200))
def test_tracking_ends_at_the_smallest_capacity_that_meets_the_target(capacity: int, metric: int, target: int) -> None:
    result = scaled(capacity, tracking("cpu", target), bounds=(0, 10**6), timeline=at(metric))
    if metric > target:
        load_ = capacity * metric
        final = result["finalCapacity"]
        assert load_ <= final * target and load_ > (final - 1) * target
    elif metric * 10 >= target * 9:
        assert result["activities"] == []
    else:
        assert result["finalCapacity"] == ceil(capacity * metric / target) <= capacity


policies = st.lists(
    st.one_of(
        st.builds(
            lambda kind, a, b: step(kind, (0, 10, a), (10, None, b)),
            st.sampled_from(["ChangeInCapacity", "PercentChangeInCapacity"]),
            st.integers(-60, 60), st.integers(-60, 60),
        ),
        st.builds(lambda size: step("ExactCapacity", (0, None, size)), st.integers(0, 60)),
        st.builds(
            lambda a: step("ChangeInCapacity", (None, 0, a), operator="LessThanThreshold"), st.integers(-60, 60)
        ),
        st.builds(lambda target, off: tracking("t", target, DisableScaleIn=off), st.integers(1, 90), st.booleans()),
    ),
    max_size=3,
)  # fmt: skip
metrics = st.lists(st.one_of(st.none(), st.integers(0, 100)), max_size=6)
bounds = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.data(), policies, metrics, bounds, st.sampled_from([30, 300]))
def test_scaling_stays_inside_minimum_and_maximum(
    data: st.DataObject, several: list[dict[str, Any]], values: list[float | None], limits: tuple[int, int], every: int
) -> None:
    capacity = data.draw(st.integers(*limits))
    result = scaled(capacity, *several, bounds=limits, timeline=at(*values, every=every))
    now = capacity
    for activity in result["activities"]:
        assert activity["from"] == now != activity["to"]
        now = activity["to"]
        assert limits[0] <= now <= limits[1]
    assert result["finalCapacity"] == now
    assert result["status"] == ("scaled" if result["activities"] else "unchanged")


@given(policies, metrics, st.integers(0, 60), bounds)
def test_nothing_scales_in_while_a_deployment_runs(
    several: list[dict[str, Any]], values: list[float | None], capacity: int, limits: tuple[int, int]
) -> None:
    result = scaled(capacity, *several, bounds=limits, timeline=at(*values), deploymentInProgress=True)
    assert all(activity["to"] > activity["from"] for activity in result["activities"])


@given(policies, metrics)
def test_no_scale_in_comes_within_a_cooldown(several: list[dict[str, Any]], values: list[float | None]) -> None:
    result = scaled(10, *several, timeline=at(*values, every=100))
    for before, after in zip(result["activities"], result["activities"][1:], strict=False):
        assert after["to"] > after["from"] or after["at"] - before["at"] >= 300


@given(st.integers(0, 40), bounds, st.booleans())
def test_a_scheduled_action_moves_the_capacity_just_into_the_bounds(
    capacity: int, limits: tuple[int, int], suspended: bool
) -> None:
    action = {
        "ScheduledActionName": "night", "at": 0,
        "ScalableTargetAction": {"MinCapacity": limits[0], "MaxCapacity": limits[1]},
    }  # fmt: skip
    more = {"suspendedState": {"ScheduledScalingSuspended": suspended}}
    result = scaled(capacity, bounds=(0, 50), scheduledActions=[action], **more)
    moved = min(max(capacity, limits[0]), limits[1])
    assert result["finalCapacity"] == (capacity if suspended else moved)
    assert (result["MinCapacity"], result["MaxCapacity"]) == ((0, 50) if suspended else limits)


def test_a_tracking_policy_alone_does_not_veto_a_step_policy() -> None:
    down = step("ChangeInCapacity", (None, 0, -2), operator="LessThanThreshold")
    assert scaled(10, down, tracking("cpu", 40), timeline=at(39))["finalCapacity"] == 8


def test_a_step_of_zero_in_breach_holds_the_capacity() -> None:
    hold = step("ChangeInCapacity", (0, None, 0), threshold=20) | {"PolicyName": "hold"}
    down = step("ChangeInCapacity", (None, 0, -2), operator="LessThanThreshold")
    assert scaled(10, hold, down, timeline=at(30))["activities"] == []


def test_below_the_minimum_scale_out_reaches_it_and_scale_in_does_nothing() -> None:
    up, down = step("ChangeInCapacity", (0, None, 1)), tracking("cpu", 50)
    assert scaled(2, up, bounds=(5, 9), timeline=at(60))["finalCapacity"] == 5
    assert scaled(2, down, bounds=(5, 9), timeline=at(10))["finalCapacity"] == 2


def test_above_the_maximum_scale_in_reaches_it() -> None:
    down = step("ChangeInCapacity", (None, 0, -2), operator="LessThanThreshold")
    assert scaled(25, down, bounds=(1, 20), timeline=at(10))["finalCapacity"] == 20


def test_the_answer_of_describe_calls_can_be_pasted() -> None:
    answer = {"ScalingPolicies": [tracking("cpu", 50) | {"Alarms": [{"AlarmName": "a"}], "PolicyARN": "arn:aws:x"}]}
    target = {"ScalableTargets": [{"MinCapacity": 1, "MaxCapacity": 10, "RoleARN": "arn:aws:iam::1:role/x"}]}
    given_ = {"scalableTarget": target, "currentCapacity": 2, "policies": answer, "timeline": at(100)}
    assert ENGINE.run(given_).outcome["finalCapacity"] == 4


@pytest.mark.parametrize(
    "policy",
    [
        step("ChangeInCapacity", (0, 10, 1), (5, None, 2)),
        step("ChangeInCapacity", (0, 10, 1), (20, None, 2)),
        step("ChangeInCapacity", (0, 10, 1)),
        step("ChangeInCapacity", (-10, 0, -1), operator="LessThanThreshold"),
        step("ChangeInCapacity", (None, 0, -1), (None, 10, 1)),
        step("ChangeInCapacity", (10, 0, 1)),
        step("ChangeInCapacity"),
        step("ChangeInCapacity", (None, None, 1)),
        step("ExactCapacity", (0, None, -1)),
        step("Double", (0, None, 1)),
        step("ChangeInCapacity", (0, None, 1), operator="Above"),
        tracking("cpu", 0),
        {"PolicyName": "x", "PolicyType": "SimpleScaling"},
        {"PolicyName": "x", "PolicyType": "StepScaling"},
    ],
)
def test_policies_that_are_refused(policy: dict[str, Any]) -> None:
    result = scaled(5, policy, timeline=at(60))
    assert (result["status"], result["error"]["code"]) == ("refused", "ValidationException")
    assert result["activities"] == [] and result["finalCapacity"] is None


@pytest.mark.parametrize("target", [{}, {"MinCapacity": 1}, {"MinCapacity": 5, "MaxCapacity": 4}])
def test_targets_that_are_refused(target: dict[str, Any]) -> None:
    assert ENGINE.run({"scalableTarget": target, "currentCapacity": 2}).outcome["status"] == "refused"


@pytest.mark.parametrize(
    "change", [{"timeline": [{"at": "noon", "metric": 1}]}, {"metrics": {"a": 1}, "timeline": at(1)}, {"metricz": {}}]
)
def test_what_cannot_be_read_is_an_error_of_the_scenario(change: dict[str, Any]) -> None:
    with pytest.raises(GivenError):
        scaled(2, **change)
