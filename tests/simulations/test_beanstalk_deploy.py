"""Deployments: the developer guide's comparison of policies, and what can never happen to the instances."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load
from dva.simulations.beanstalk import _options as beanstalk
from dva.trace import Trace

ENGINE = load("beanstalk-deploy")
CASES = [case for case in bundled_cases() if case.simulation == "beanstalk-deploy"]
PHASES = st.sampled_from(["first_instance", "remaining_instances", "evaluation"])


def case(policy: str, instances: int = 6, batch: int = 2, **more: Any) -> dict[str, Any]:
    """A deployment with a fixed batch behind an application load balancer; `command`, `events`, … may be added."""
    settings: dict[str, dict[str, Any]] = {
        beanstalk.ENVIRONMENT: {"EnvironmentType": "LoadBalanced", "LoadBalancerType": "application"},
        beanstalk.COMMAND: {"DeploymentPolicy": policy, "BatchSizeType": "Fixed", "BatchSize": batch}
        | more.pop("command", {}),
    }
    return {
        "environment": {"EnvironmentName": "prod", "VersionLabel": "v1", "instances": instances},
        "option_settings": settings,
        "update": {"VersionLabel": "v2"},
    } | more


def outcome(policy: str, instances: int = 6, batch: int = 2, **more: Any) -> dict[str, Any]:
    return ENGINE.run(case(policy, instances, batch, **more), steps=False).outcome


@pytest.mark.parametrize(
    ("policy", "to", "lowest", "highest"),
    [
        ("AllAtOnce", "existing", 0, 6), ("Rolling", "existing", 4, 6),
        ("RollingWithAdditionalBatch", "new and existing", 6, 8), ("Immutable", "new", 6, 12),
        ("TrafficSplitting", "new", 6, 12),
    ],
)  # fmt: skip
def test_the_table_of_the_developer_guide(policy: str, to: str, lowest: int, highest: int) -> None:
    result = outcome(policy)
    found = (result["code_deployed_to"], result["min_in_service"], result["max_instances"], result["downtime"])
    assert found == (to, lowest, highest, lowest == 0)
    assert result["dns_change"] is False


@pytest.mark.parametrize(
    ("policy", "rollback"),
    [
        ("AllAtOnce", "redeploy"), ("Rolling", "redeploy"), ("RollingWithAdditionalBatch", "redeploy"),
        ("Immutable", "terminate new instances"),
        ("TrafficSplitting", "reroute traffic and terminate new instances"),
    ],
)  # fmt: skip
def test_what_going_back_takes(policy: str, rollback: str) -> None:
    assert outcome(policy, events={"fail_batch": 1})["rollback"] == rollback


@pytest.mark.parametrize(
    ("policy", "kind", "status"),
    [
        ("Rolling", "SingleInstance", "Rejected"),
        ("RollingWithAdditionalBatch", "SingleInstance", "Rejected"),
        ("TrafficSplitting", "SingleInstance", "Rejected"),
        *((policy, "SingleInstance", "Deployed") for policy in ("AllAtOnce", "Immutable")),
        *((policy, "LoadBalanced", "Deployed") for policy in beanstalk.POLICIES),
    ],
)  # fmt: skip
def test_which_environment_supports_which_policy(policy: str, kind: str, status: str) -> None:
    changed = case(policy)
    changed["option_settings"][beanstalk.ENVIRONMENT]["EnvironmentType"] = kind
    assert ENGINE.run(changed).outcome["status"] == status


@pytest.mark.parametrize(
    ("platform", "policy", "status"),
    [
        ("64bit Windows Server 2012 v1.2.0 running IIS 8", "Immutable", "Rejected"),
        ("64bit Windows Server 2012 v1.2.0 running IIS 8", "Rolling", "Deployed"),
        ("64bit Windows Server 2012 R2 v2.0.0 running IIS 8.5", "Immutable", "Deployed"),
        ("64bit Windows Server 2019 v2.11.3 running IIS 10.0", "Immutable", "Deployed"),
    ],
)
def test_legacy_windows(platform: str, policy: str, status: str) -> None:
    changed = case(policy)
    changed["environment"]["SolutionStackName"] = platform
    assert ENGINE.run(changed).outcome["status"] == status


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("BatchSize", "0"), ("BatchSize", "abc"), ("DeploymentPolicy", "BlueGreen"), ("Timeout", "3601"),
        ("BatchSizeType", "Both"), ("IgnoreHealthCheck", "perhaps"),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused_by_aws_not_by_us(option: str, value: str) -> None:
    result = outcome("Rolling", command={option: value})
    assert result["status"] == "Rejected"
    assert result["error"]["code"] == "ConfigurationValidationException"
    assert value in result["error"]["message"]


def test_a_namespace_that_is_none_is_refused_in_the_words_of_aws() -> None:
    changed = case("Rolling")
    changed["option_settings"]["aws:elasticbeanstalk:comand"] = {"BatchSize": 1}
    told = "(Namespace: 'aws:elasticbeanstalk:comand', OptionName: 'BatchSize'): Unknown configuration setting."
    assert ENGINE.run(changed).outcome["error"]["message"] == f"Invalid option specification {told}"


def test_a_percentage_above_a_hundred_is_refused_and_a_fixed_size_above_max_size_too() -> None:
    assert outcome("Rolling", command={"BatchSizeType": "Percentage", "BatchSize": 101})["status"] == "Rejected"
    changed = case("Rolling", batch=7)
    assert ENGINE.run(changed).outcome["status"] == "Deployed"
    changed["option_settings"][beanstalk.ASG] = {"MaxSize": 6}
    assert ENGINE.run(changed).outcome["status"] == "Rejected"


@pytest.mark.parametrize(("threshold", "passing"), [("Ok", 1), ("Warning", 2), ("Degraded", 3), ("Severe", 4)])
def test_the_ladder_of_health(threshold: str, passing: int) -> None:
    for rank, status in enumerate(beanstalk.HEALTH_ORDER, 1):
        changed = case("Rolling", events={"unhealthy_batch": {"batch": 2, "status": status}})
        changed["option_settings"][beanstalk.HEALTH] = {"HealthCheckSuccessThreshold": threshold}
        assert (ENGINE.run(changed).outcome["status"] == "Deployed") == (rank <= passing), status


def test_settings_in_every_form_mean_the_same() -> None:
    mapping = case("Rolling")
    expected = ENGINE.run(mapping).outcome
    entries = [
        {"Namespace": namespace, "OptionName": name, "Value": str(value)}
        for namespace, options in mapping["option_settings"].items()
        for name, value in options.items()
    ]
    small = [{"namespace": e["Namespace"], "option_name": e["OptionName"], "value": e["Value"]} for e in entries]
    described = {"ConfigurationSettings": [{"EnvironmentName": "prod", "OptionSettings": entries}]}
    text = "\n".join(
        f"- {{namespace: '{e['namespace']}', option_name: {e['option_name']}, value: {e['value']}}}" for e in small
    )
    for form in (entries, small, described, text):
        outcome = ENGINE.run(mapping | {"option_settings": form}).outcome
        assert outcome | {"not_read": []} == expected


def test_options_have_the_shape_of_the_api() -> None:
    model = botocore.session.get_session().get_service_model("elasticbeanstalk")
    shape = model.operation_model("UpdateEnvironment").input_shape
    for bundled in CASES:
        settings = beanstalk.settings(bundled.given.get("option_settings"))
        options = [{"Namespace": key[0], "OptionName": key[1], "Value": value} for key, value in settings.items()]
        environment = bundled.given["environment"]
        request = {"EnvironmentName": environment["EnvironmentName"], "OptionSettings": options}
        report = ParamValidator().validate(request | {"Tier": environment.get("Tier", {})}, shape)
        assert not report.has_errors(), report.generate_report()


def test_a_batch_that_there_is_not_is_an_error_of_the_scenario() -> None:
    with pytest.raises(GivenError) as problem:
        outcome("Rolling", events={"fail_batch": 4})
    assert problem.value.pointer == "/events/fail_batch"


def test_one_scenario_runs_under_every_policy_that_can_be_varied() -> None:
    place = "/given/option_settings/aws:elasticbeanstalk:command/DeploymentPolicy"
    for policy in map(str, ENGINE.choices[place]):
        assert outcome(policy, events={"fail_batch": 2})["status"] == "Failed"


@st.composite
def deployments(draw: st.DrawFn, policies: tuple[str, ...] = beanstalk.POLICIES) -> dict[str, Any]:
    """Any deployment, going well or not."""
    instances, batch = draw(st.integers(1, 40)), draw(st.integers(1, 45))
    number = st.integers(1, max(1, -(-instances // min(batch, instances))))
    events = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "fail_batch": number | st.just("additional"), "fail_phase": PHASES, "unhealthy_batch": number,
                "abort": number | st.booleans() | PHASES | st.sampled_from(["additional", "cleanup"]),
                "ec2_quota": st.integers(1, 90),
            },
        )
    )  # fmt: skip
    policy = draw(st.sampled_from(policies))
    command = {"IgnoreHealthCheck": draw(st.booleans())}
    return case(policy, instances, batch, events=events, command=command)


def capacities(trace: Trace) -> list[tuple[int, int]]:
    """(in service, paid for) at each moment."""
    lanes = trace.state_at(len(trace.steps))["state"]["lanes"]
    moments = range(int(max(step.at or 0 for step in trace.steps)) + 1)
    return [(_at(lanes["in service"], at), _at(lanes["paid for"], at)) for at in moments]


def _at(lane: list[list[Any]], moment: int) -> int:
    return int(next(label for start, end, label in reversed(lane) if start <= moment))


@given(deployments())
def test_capacity_is_never_negative_and_instances_are_conserved(drawn: dict[str, Any]) -> None:
    trace = ENGINE.run(drawn)
    result, instances = trace.outcome, drawn["environment"]["instances"]
    seen = capacities(trace)
    assert all(0 <= serving <= paid for serving, paid in seen)
    assert min(serving for serving, _ in seen) == result["min_in_service"]
    assert max(paid for _, paid in seen) == result["max_instances"]
    extra = result["policy"] == "RollingWithAdditionalBatch" and result["status"] != "Deployed"
    touched = extra and result["final"]["new"] + result["final"]["failed"] > 0
    assert sum(result["final"].values()) == instances + (result["batch_size"] if touched else 0)
    assert seen[-1][1] == sum(result["final"].values())
    assert result["downtime"] == (result["min_in_service"] == 0)
    assert ENGINE.run(drawn, steps=False).outcome == result


@given(deployments(policies=("Immutable", "TrafficSplitting")))
def test_a_second_group_that_fails_never_touches_the_originals(drawn: dict[str, Any]) -> None:
    result = ENGINE.run(drawn, steps=False).outcome
    instances = drawn["environment"]["instances"]
    assert result["min_in_service"] == instances
    kept = {"old": instances, "new": 0, "failed": 0}
    assert result["status"] == "Deployed" or result["final"] == kept


@given(st.integers(1, 60), st.integers(1, 70), st.booleans())
def test_batches_cover_every_instance_exactly_once(instances: int, size: int, percentage: bool) -> None:
    command = {"BatchSizeType": "Percentage" if percentage else "Fixed"}
    trace = ENGINE.run(case("Rolling", instances, size, command=command))
    batch = trace.outcome["batch_size"]
    updated = [int(step.title.split(": ")[1].split()[0]) for step in trace.steps if step.rule.endswith(".deploy")]
    assert sum(updated) == instances
    assert len(updated) == trace.outcome["in_place_batches"] == -(-instances // batch)
    assert all(size == batch for size in updated[:-1])
    assert 0 < updated[-1] <= batch


def test_ten_thousand_instances_one_by_one() -> None:
    result = outcome("Rolling", 10_000, 1)
    assert (result["in_place_batches"], result["min_in_service"]) == (10_000, 9_999)


@pytest.mark.parametrize("policy", ["Immutable", "TrafficSplitting"])
def test_a_second_group_has_no_batches_in_place(policy: str) -> None:
    result = outcome(policy)
    assert (result["batch_size"], result["in_place_batches"]) == (None, 0)
    failed = outcome(policy, events={"fail_batch": 1})
    assert (failed["status"], failed["in_place_batches"]) == ("Failed", 0)


NEW_TYPE = {"VersionLabel": "v2", "option_settings": {beanstalk.LAUNCH: {"InstanceType": "t3.small"}}}


def replacing(rolling: dict[str, Any], instances: int = 6, asg: Any = None, **events: Any) -> dict[str, Any]:
    """A version together with a setting that replaces instances."""
    settings = {beanstalk.ROLLING: rolling, beanstalk.ASG: asg or {}}
    given_ = {"environment": {"instances": instances}, "option_settings": settings, "update": NEW_TYPE}
    return ENGINE.run(given_ | {"events": events}).outcome


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ({"fail_batch": 2}, "Failed"), ({"unhealthy_batch": {"batch": 3, "status": "Warning"}}, "Failed"),
        ({"abort": 1}, "Aborted"), ({"abort": True}, "Aborted"), ({"abort": "cleanup"}, "Deployed"), ({}, "Deployed"),
    ],
)  # fmt: skip
def test_an_update_that_replaces_instances_goes_back_as_configuration_updates_do(
    events: dict[str, Any], status: str
) -> None:
    result = replacing({"MaxBatchSize": 2, "MinInstancesInService": 4}, **events)
    left = {"old": 0, "new": 6, "failed": 0} if status == "Deployed" else {"old": 6, "new": 0, "failed": 0}
    assert (result["status"], result["final"], result["rollback"]) == (status, left, "none")
    assert result["min_in_service"] == 4


def test_an_update_has_only_so_many_batches() -> None:
    with pytest.raises(GivenError) as problem:
        replacing({"MaxBatchSize": 2, "MinInstancesInService": 4}, fail_batch=4)
    assert problem.value.pointer == "/events/fail_batch"


def test_at_the_minimum_replacements_come_first_or_nothing_moves() -> None:
    ordinary = replacing({"RollingUpdateEnabled": True}, instances=1)
    assert (ordinary["min_in_service"], ordinary["max_instances"], ordinary["status"]) == (1, 2, "Deployed")
    stuck = replacing({"MinInstancesInService": 4}, instances=4, asg={"MinSize": 4, "MaxSize": 4})
    assert (stuck["status"], stuck["in_place_batches"], stuck["code_deployed_to"]) == ("Rejected", None, None)
    full = replacing({"MinInstancesInService": 3}, instances=3, asg={"MinSize": 2, "MaxSize": 4}, fail_batch=1)
    assert (full["status"], full["final"]["old"], full["min_in_service"]) == ("Failed", 3, 3)


@pytest.mark.parametrize(
    ("tier", "told"), [("WebServer", "12 checks in a row within 2 minutes"), ("Worker", "18 checks in a row within 3")]
)
def test_enhanced_health_asks_more_of_a_worker(tier: str, told: str) -> None:
    changed = case("Immutable")
    changed["environment"]["Tier"] = {"Name": tier}
    assert any(told in step.detail for step in ENGINE.run(changed).steps)


def test_a_tenth_of_the_requests_goes_to_the_new_version_where_nothing_else_is_set() -> None:
    titles = [step.title for step in ENGINE.run(case("TrafficSplitting")).steps]
    assert "10 % of the requests go to v2, 90 % to v1" in titles


@pytest.mark.parametrize(
    ("policy", "needed"),
    [("AllAtOnce", 0), ("Rolling", 0), ("RollingWithAdditionalBatch", 2), ("Immutable", 6), ("TrafficSplitting", 6)],
)
def test_a_policy_that_launches_instances_needs_capacity_for_them(policy: str, needed: int) -> None:
    for available in range(8):
        got = ENGINE.run(case(policy, 6, 2, events={"capacity_available": available})).outcome
        fails = available < needed
        assert got["status"] == ("Failed" if fails else "Deployed"), available
        assert got["final"]["new"] == (0 if fails else 6)
        assert got["max_instances"] == 6 + min(available, needed)
        assert ("capacity" in (got["reason"] or "")) == fails
