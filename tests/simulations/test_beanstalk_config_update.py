"""Configuration updates: the guide's defaults and types, and what can never happen to the instances."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load
from dva.simulations.beanstalk import _options as beanstalk

ENGINE = load("beanstalk-config-update")
NEW_TYPE = {beanstalk.LAUNCH: {"InstanceType": "t3.small"}}


def case(instances: int = 6, change: Any = None, **more: Any) -> dict[str, Any]:
    """An update of load-balanced instances; `rolling` are options of the rolling update, `asg` of the group."""
    settings = {
        beanstalk.ENVIRONMENT: {"EnvironmentType": more.pop("kind", "LoadBalanced")},
        beanstalk.ROLLING: more.pop("rolling", {}),
        beanstalk.ASG: more.pop("asg", {}),
    }
    environment = {"EnvironmentName": "prod", "VersionLabel": "v1", "instances": instances}
    return {"environment": environment, "option_settings": settings, "change": change or NEW_TYPE} | more


def outcome(instances: int = 6, change: Any = None, **more: Any) -> dict[str, Any]:
    return ENGINE.run(case(instances, change, **more), steps=False).outcome


@pytest.mark.parametrize(
    ("low", "high", "largest", "fewest"), [(1, 4, 1, 1), (3, 6, 1, 3), (4, 4, 2, 3), (6, 8, 2, 6), (7, 9, 3, 7)]
)
def test_defaults_follow_from_the_size_of_the_group(low: int, high: int, largest: int, fewest: int) -> None:
    result = outcome(high, rolling={"RollingUpdateEnabled": True}, asg={"MinSize": low, "MaxSize": high})
    assert (result["MaxBatchSize"], result["MinInstancesInService"]) == (largest, fewest)


@pytest.mark.parametrize(
    ("rolling", "kind"),
    [
        ({}, "Disabled"), ({"RollingUpdateType": "Health"}, "Disabled"),
        ({"RollingUpdateType": "Immutable"}, "Immutable"),
        ({"RollingUpdateEnabled": "true"}, "Time"), ({"MaxBatchSize": 2}, "Time"), ({"PauseTime": "PT5M30S"}, "Time"),
        ({"MinInstancesInService": 2, "RollingUpdateType": "Health"}, "Health"),
        ({"RollingUpdateEnabled": True, "RollingUpdateType": "Immutable"}, "Immutable"),
    ],
)  # fmt: skip
def test_what_turns_rolling_updates_on(rolling: dict[str, Any], kind: str) -> None:
    assert outcome(rolling=rolling)["type"] == kind


@pytest.mark.parametrize(
    ("namespace", "name", "value", "replaced"),
    [
        (beanstalk.LAUNCH, "EC2KeyName", "ops", 6), (beanstalk.LAUNCH, "ImageId", "ami-1", 6),
        (beanstalk.INSTANCES, "InstanceTypes", "t3.micro,t3.small", 6), (beanstalk.VPC, "Subnets", "subnet-1", 6),
        (beanstalk.LAUNCH, "SSHSourceRestriction", "tcp,22,22,10.0.0.0/8", 0), (beanstalk.PROPERTIES, "LEVEL", "1", 0),
        (beanstalk.ASG, "MaxSize", "8", 0), ("aws:elasticbeanstalk:application", "Application Healthcheck URL", "/", 0),
    ],
)  # fmt: skip
def test_which_settings_replace_instances(namespace: str, name: str, value: str, replaced: int) -> None:
    assert outcome(change={namespace: {name: value}})["instances_replaced"] == replaced


@pytest.mark.parametrize(
    ("kind", "rolling", "status"),
    [
        ("SingleInstance", {"RollingUpdateEnabled": True}, "Rejected"),
        ("SingleInstance", {"RollingUpdateType": "Immutable"}, "Updated"),
        ("SingleInstance", {}, "Updated"),
        ("LoadBalanced", {"PauseTime": "PT1H1S"}, "Rejected"),
        ("LoadBalanced", {"PauseTime": "five minutes"}, "Rejected"),
        ("LoadBalanced", {"Timeout": "PT4M"}, "Rejected"),
        ("LoadBalanced", {"MaxBatchSize": 0}, "Rejected"),
    ],
)
def test_what_is_not_supported(kind: str, rolling: dict[str, Any], status: str) -> None:
    assert outcome(1 if kind == "SingleInstance" else 6, kind=kind, rolling=rolling)["status"] == status


def test_a_request_of_the_api_says_the_same_as_the_shorthand() -> None:
    request = {"OptionSettings": [{"Namespace": beanstalk.LAUNCH, "OptionName": "InstanceType", "Value": "t3.small"}]}
    same = case() | {"change": None, "update": {"EnvironmentName": "prod", **request}}
    not_read = {"not_read": ["/given/update/EnvironmentName"]}
    assert ENGINE.run(same).outcome == ENGINE.run(case()).outcome | not_read
    deployment = {"environment": same["environment"], "update": {"VersionLabel": "v2", **request}}
    assert load("beanstalk-deploy").run(deployment).outcome["code_deployed_to"] == "new"


def test_the_same_value_again_changes_nothing() -> None:
    before = case()
    before["option_settings"] |= NEW_TYPE
    assert ENGINE.run(before).outcome["status"] == "NoReplacement"


def test_a_batch_that_there_is_not_is_an_error_of_the_scenario() -> None:
    with pytest.raises(GivenError, match="3 batches"):
        outcome(rolling={"MaxBatchSize": 2, "MinInstancesInService": 4}, events={"fail_batch": 4})


@st.composite
def updates(draw: st.DrawFn) -> dict[str, Any]:
    """Any update that replaces instances, going well or not."""
    instances = draw(st.integers(1, 30))
    rolling = draw(
        st.fixed_dictionaries(
            {"RollingUpdateType": st.sampled_from(["Time", "Health", "Immutable"])},
            optional={
                "RollingUpdateEnabled": st.booleans(), "MaxBatchSize": st.integers(1, 35),
                "MinInstancesInService": st.integers(0, 29),
            },
        )
    )  # fmt: skip
    low = draw(st.integers(1, instances))
    asg = {"MinSize": low, "MaxSize": draw(st.integers(instances, 40))}
    events = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "fail_batch": st.just(1),
                "fail_phase": st.sampled_from(["first_instance", "remaining_instances"]),
                "abort": st.booleans(),
                "rollback_fails": st.booleans(),
            },
        )
    )
    return case(instances, rolling=rolling, asg=asg, events=events)


@given(updates())
def test_instances_are_conserved_and_capacity_is_never_negative(drawn: dict[str, Any]) -> None:
    trace = ENGINE.run(drawn)
    result, instances = trace.outcome, drawn["environment"]["instances"]
    assert sum(result["final"].values()) == instances
    lanes = trace.state_at(len(trace.steps))["state"]["lanes"]
    serving = [int(label) for _, _, label in lanes["in service"]]
    assert min(serving) == result["min_in_service"] >= 0
    if result["status"] in ("Updated", "RolledBack"):
        assert serving[-1] == instances
    if result["status"] == "Updated":
        assert result["final"]["new"] == result["instances_replaced"] == instances
    assert ENGINE.run(drawn, steps=False).outcome == result


@given(updates())
def test_no_limit_is_broken_on_the_way(drawn: dict[str, Any]) -> None:
    result, instances = ENGINE.run(drawn, steps=False).outcome, drawn["environment"]["instances"]
    if result["type"] in ("Time", "Health") and result["status"] != "Rejected":
        assert result["min_in_service"] >= min(result["MinInstancesInService"], instances)
        assert instances - result["min_in_service"] <= result["MaxBatchSize"]
        assert 1 <= result["batches"] <= instances
    if result["type"] == "Immutable":
        assert result["min_in_service"] == instances


@pytest.mark.parametrize("settings", [NEW_TYPE, [{"namespace": beanstalk.LAUNCH, "option_name": "InstanceType",
                                                  "value": "t3.small"}]])  # fmt: skip
def test_the_settings_of_an_update_may_be_written_in_the_shorthand(settings: Any) -> None:
    given_ = {"environment": {"instances": 3}, "update": {"VersionLabel": "v2", "option_settings": settings}}
    result = ENGINE.run(given_).outcome
    assert (result["type"], result["instances_replaced"], result["final_version"]) == ("Disabled", 3, "v2")


def test_by_health_a_batch_has_half_an_hour_where_nothing_else_is_set() -> None:
    trace = ENGINE.run(case(rolling={"RollingUpdateType": "Health", "MaxBatchSize": 2}))
    assert "After each batch it waits at most PT30M for its health." in [step.detail for step in trace.steps]


def test_an_immutable_update_begins_with_one_instance() -> None:
    trace = ENGINE.run(case(rolling={"RollingUpdateType": "Immutable"}))
    groups = [step.title for step in trace.steps if step.rule == "beanstalk.update.group"]
    assert groups == ["1 new instance in a second group", "5 new instances in a second group"]
