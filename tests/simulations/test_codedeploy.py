"""Deployments: the examples of AWS's guide, its service model, and what can never happen."""

from typing import Any

import botocore.session
import pytest
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load
from dva.simulations.codedeploy._deployment_configs import TRAFFIC

ENGINE = load("codedeploy")
CASES = [case for case in bundled_cases() if case.simulation == "codedeploy"]
MODEL = botocore.session.get_session().get_service_model("codedeploy")


def outcome(**given_: Any) -> dict[str, Any]:
    return ENGINE.run(given_, steps=False).outcome


def fleet(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"id": f"i{n}", "revision": "v1", **more} for n in range(1, count + 1)]


def fails(*ids: str) -> list[dict[str, Any]]:
    return [{"instance": each, "event": "ApplicationStart"} for each in ids]


def host_count(value: int) -> dict[str, Any]:
    return {"type": "HOST_COUNT", "value": value}


@pytest.mark.parametrize(
    ("minimum", "failing", "status", "largest_wave", "attempted"),
    [
        ({"type": "FLEET_PERCENT", "value": 95}, [], "Failed", 0, 0),
        (host_count(9), [], "Succeeded", 1, 10),
        (host_count(9), ["i4"], "Failed", 1, 4),
        (host_count(9), ["i10"], "Succeeded", 1, 10),
        (host_count(8), [], "Succeeded", 2, 10),
        (host_count(8), ["i3", "i6"], "Failed", 2, 6),
        (host_count(8), ["i3", "i10"], "Succeeded", 2, 10),
        (host_count(0), [f"i{n}" for n in range(2, 11)], "Succeeded", 10, 10),
        (host_count(0), [f"i{n}" for n in range(1, 11)], "Failed", 10, 10),
    ],
)
def test_the_examples_of_instance_health(
    minimum: dict[str, Any], failing: list[str], status: str, largest_wave: int, attempted: int
) -> None:
    """AWS CodeDeploy User Guide, Instance health: a deployment group of ten instances."""
    result = outcome(minimumHealthyHosts=minimum, instances=fleet(10), faults=fails(*failing))
    assert result["status"] == status
    assert max((len(wave) for wave in result["waves"]), default=0) == largest_wave
    assert sum(len(wave) for wave in result["waves"]) == attempted


def test_nine_instances_of_the_api_reference() -> None:
    """API_MinimumHealthyHosts: six of nine, so up to three at a time; with 40 percent up to five."""
    result = outcome(minimumHealthyHosts=host_count(6), instances=fleet(9))
    assert [len(wave) for wave in result["waves"]] == [3, 3, 3]
    result = outcome(minimumHealthyHosts={"type": "FLEET_PERCENT", "value": 40}, instances=fleet(9))
    assert (result["min_healthy"], [len(wave) for wave in result["waves"]]) == (4, [5, 4])


HEALTH = st.sampled_from(["Healthy", "Unhealthy", "Unknown", None])
INSTANCES = st.lists(st.tuples(HEALTH, st.sampled_from(["v1", "v0", None]), st.booleans()), min_size=1, max_size=12)
MINIMUM = st.one_of(
    st.builds(lambda value: {"minimumHealthyHosts": host_count(value)}, st.integers(0, 12)),
    st.builds(lambda v: {"minimumHealthyHosts": {"type": "FLEET_PERCENT", "value": v}}, st.integers(0, 99)),
    st.sampled_from(
        [{"deploymentConfigName": f"CodeDeployDefault.{n}"} for n in ("OneAtATime", "HalfAtATime", "AllAtOnce")]
    ),
)


def healthy(instance: dict[str, Any]) -> bool:
    return instance["health"] == "Healthy" or (instance["health"] is None and instance["revision"] is not None)


@given(INSTANCES, MINIMUM, st.booleans())
def test_a_fleet_is_accounted_for_and_never_sinks_below_its_minimum(parts: Any, minimum: Any, zonal: bool) -> None:
    instances = [
        {"id": f"i{n}", "health": health, "revision": revision, "zone": "ab"[n % 2]}
        for n, (health, revision, _) in enumerate(parts)
    ]
    failing = {f"i{n}" for n, (*_, bad) in enumerate(parts) if bad}
    more = {"zonalConfig": {"monitorDurationInSeconds": 60}} if zonal else {}
    result = outcome(
        instances=instances, faults=fails(*failing), group={"lastSuccessful": "v1"}, deploy={"revision": "v2"},
        **minimum, **more,
    )  # fmt: skip
    attempted = [each for wave in result["waves"] for each in wave]
    assert sorted(result["succeeded"] + result["failed"] + result["not_attempted"]) == sorted(
        i["id"] for i in instances
    )
    assert attempted == sorted(attempted, key=attempted.index) and set(attempted) == set(
        result["succeeded"] + result["failed"]
    )
    assert set(result["failed"]) <= failing
    good = {instance["id"] for instance in instances if healthy(instance)}
    reached = len(good) >= result["min_healthy"]
    for wave in result["waves"]:
        # While a wave is under way its instances are out of service
        assert len(good - set(wave)) >= result["min_healthy"] or not reached or not set(wave) & good
        good = (good | set(wave)) - (failing & set(wave))
        reached = reached or len(good) >= result["min_healthy"]
    if result["status"] == "Succeeded":
        assert len(good) >= result["min_healthy"] and result["succeeded"] and not result["not_attempted"]
    else:
        assert result["error"]["code"] in MODEL.shape_for("ErrorCode").enum


@given(INSTANCES)
def test_failed_instances_go_before_all_others(parts: Any) -> None:
    instances = [{"id": f"i{n}", "health": h, "revision": r} for n, (h, r, _) in enumerate(parts)]
    result = outcome(instances=instances, deploymentConfigName="CodeDeployDefault.AllAtOnce")
    kinds = [healthy(next(i for i in instances if i["id"] == each)) for wave in result["waves"] for each in wave]
    assert kinds == sorted(kinds)


def test_those_left_out_are_listed_in_the_order_in_which_they_would_have_gone() -> None:
    instances = [
        {"id": "current", "revision": "v2"}, {"id": "old", "revision": "v1"}, {"id": "unknown", "health": "Unknown"},
        {"id": "new"},
    ]  # fmt: skip
    given_ = {"instances": instances, "group": {"lastSuccessful": "v2"}, "faults": fails("new")}
    result = outcome(minimumHealthyHosts=host_count(3), **given_)
    assert (result["failed"], result["not_attempted"]) == (["new"], ["unknown", "old", "current"])
    result = outcome(minimumHealthyHosts=host_count(4), **given_)
    assert result["not_attempted"] == ["new", "unknown", "old", "current"]


def test_words_are_those_of_the_api() -> None:
    statuses = MODEL.shape_for("DeploymentStatus").enum
    creators = MODEL.shape_for("DeploymentCreator").enum
    codes = {*MODEL.shape_for("ErrorCode").enum, *(shape.name for shape in MODEL.error_shapes)}
    for case in CASES:
        result = ENGINE.run(case.given, steps=False).outcome
        assert result["status"] in (*statuses, "refused")
        assert result["rollback"] is None or result["rollback"]["creator"] in creators
        assert result["error"] is None or result["error"]["code"] in codes


IN_PLACE = ["ApplicationStop", "DownloadBundle", "BeforeInstall", "Install", "AfterInstall", "ApplicationStart",
            "ValidateService"]  # fmt: skip


@pytest.mark.parametrize(
    ("style", "balancer", "traffic"),
    [({}, None, False), ({}, {"elbInfoList": [{"name": "x"}]}, True),
     ({"deploymentOption": "WITH_TRAFFIC_CONTROL"}, None, True),
     ({"deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}, True, False),
     ({"deploymentOption": "WITH_TRAFFIC_CONTROL"}, False, False)],
)  # fmt: skip
def test_a_load_balancer_adds_six_events(style: dict[str, Any], balancer: Any, traffic: bool) -> None:
    result = outcome(deploymentStyle=style, loadBalancer=balancer, instances=fleet(2))
    events = result["events"]["instance"]
    assert [event for event in events if "Traffic" not in event] == IN_PLACE
    assert len(events) == (13 if traffic else 7)
    assert set(result["hook_revision"]) == set(result["scriptable"]["instance"])


def test_a_rollback_in_place_has_the_same_events() -> None:
    normal, rollback = (
        outcome(instances=fleet(1), deploy={"creator": creator}) for creator in ("user", "codeDeployRollback")
    )
    assert normal["events"] == rollback["events"]
    assert normal["hook_revision"] == rollback["hook_revision"]


@pytest.mark.parametrize(
    ("event", "left"),
    [("BeforeInstall", {"i1": "v1", "i2": "v1", "i3": "v2"}), ("AfterInstall", {"i1": "v2", "i2": "v1", "i3": "v2"})],
)
def test_the_revision_installed_last_is_that_of_the_last_install_that_ended(event: str, left: dict[str, str]) -> None:
    instances = [*fleet(2), {"id": "i3", "revision": "v1", "health": "Unhealthy"}, {"id": "i4", "health": "Unhealthy"}]
    faults = [{"instance": each, "event": event} for each in ("i1", "i4")]
    result = outcome(instances=instances[:3], faults=faults, deploy={"revision": "v2"})
    assert result["last_successful"] == left
    result = outcome(instances=instances[3:], faults=[{"event": "BeforeInstall"}], deploy={"revision": "v2"})
    assert result["last_successful"] == {}


def test_a_fault_bites_only_where_a_script_is() -> None:
    spec = "version: 0.0\nos: linux\nhooks: {AfterInstall: [{location: x}]}"
    for event, status in (("AfterInstall", "Failed"), ("BeforeInstall", "Succeeded"), ("Install", "Failed")):
        faults = [{"event": event}]
        given_ = {"revisions": {"v2": spec}, "deploy": {"revision": "v2"}, "instances": fleet(1), "faults": faults}
        assert outcome(**given_)["status"] == status, event
    assert outcome(instances=fleet(1), faults=[{"event": "AfterInstall", "exit": 0}])["status"] == "Succeeded"


@pytest.mark.parametrize(("event", "status"), [("AfterInstal", "Failed"), ("BeforeBlockTraffic", "Succeeded")])
def test_a_misspelled_event_fails_at_install_on_every_instance(event: str, status: str) -> None:
    spec = f"version: 0.0\nos: linux\nhooks: {{{event}: [{{location: x}}]}}"
    given_ = {"revisions": {"v2": spec}, "deploy": {"revision": "v2"}, "instances": fleet(1)}
    trace = ENGINE.run(given_)
    assert trace.outcome["status"] == status
    assert any(step.title == "i1 fails in Install" for step in trace.steps) == (status == "Failed")


@pytest.mark.parametrize(("event", "status"), [("BeforeAllowTraffic", "Succeeded"), ("AfterAllowTraffic", "Failed")])
def test_a_hook_of_lambda_fails_only_where_the_appspec_names_a_function(event: str, status: str) -> None:
    spec = "version: 0.0\nhooks: [{AfterAllowTraffic: check}]"
    given_ = {"platform": "Lambda", "revisions": {"v2": spec}, "deploy": {"revision": "v2"}}
    assert outcome(**given_, faults=[{"event": event}])["status"] == status


@pytest.mark.parametrize(("event", "status"), [("AfterInstall", "Failed"), ("BeforeInstall", "Succeeded")])
def test_a_revision_may_be_a_folder_with_its_appspec(event: str, status: str) -> None:
    bundle = {"appspec.yml": "version: 0.0\nos: linux\nhooks: {AfterInstall: [{location: x}]}", "x": "#!/bin/sh"}
    given_ = {"revisions": {"v2": bundle}, "deploy": {"revision": "v2"}, "faults": [{"event": event}]}
    assert outcome(instances=fleet(1), **given_)["status"] == status


@pytest.mark.parametrize(
    "revision",
    ["v2/appspec.yml", "v2/", "s3://bucket/v2.zip",
     {"revisionType": "S3", "s3Location": {"bucket": "b", "key": "v2.zip", "bundleType": "zip"}}],
)  # fmt: skip
def test_a_revision_of_which_only_the_place_is_known_counts_as_unknown(revision: Any) -> None:
    for event, status in (("AfterInstall", "Failed"), ("AfterAllowTraffic", "Succeeded")):
        given_ = {"revisions": {"v2": revision}, "deploy": {"revision": "v2"}, "faults": [{"event": event}]}
        assert outcome(instances=fleet(2), **given_)["status"] == status
        ecs = outcome(platform="ECS", revisions={"v2": revision}, deploy={"revision": "v2"})
        assert ecs["status"] == "Succeeded"


def test_a_revision_may_hold_its_appspec_as_the_api_has_it() -> None:
    content = '{"version": 0.0, "Resources": [], "Hooks": [{"AfterAllowTraffic": "check"}]}'
    revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": content, "sha256": "e3b0"}}
    for event, status in (("BeforeAllowTraffic", "Succeeded"), ("AfterAllowTraffic", "Failed")):
        given_ = {"revisions": {"v2": revision}, "deploy": {"revision": "v2"}, "faults": [{"event": event}]}
        assert outcome(platform="Lambda", **given_)["status"] == status


@pytest.mark.parametrize(
    "events", [["DEPLOYMENT_FAILURE"], ["DEPLOYMENT_STOP_ON_ALARM"], ["DEPLOYMENT_STOP_ON_REQUEST"], []]
)
@pytest.mark.parametrize(
    ("more", "event"),
    [({"alarm": True}, "DEPLOYMENT_STOP_ON_ALARM"), ({"stop": {"after_wave": 1}}, "DEPLOYMENT_STOP_ON_REQUEST"),
     ({"faults": [{"event": "Install"}]}, "DEPLOYMENT_FAILURE")],
)  # fmt: skip
def test_each_way_of_ending_has_its_own_rollback_event(events: list[str], more: dict[str, Any], event: str) -> None:
    rollback = {"enabled": True, "events": events}
    result = outcome(instances=fleet(3), group={"lastSuccessful": "v1"}, autoRollbackConfiguration=rollback, **more)
    assert (result["rollback"] is not None) == (event in events)


@pytest.mark.parametrize("name", [*TRAFFIC, "OneAtATime", "HalfAtATime"])
def test_lambda_and_ecs_know_no_fleet(name: str) -> None:
    for platform, group in (("Lambda", "function"), ("ECS", "taskset")):
        result = outcome(platform=platform, deploymentConfigName=name)
        assert result["status"] == "Succeeded"
        assert list(result["events"]) == [group]
        assert (result["min_healthy"], result["waves"], result["selected"]) == (None, [], [])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"deploymentConfigName": "Mine"}, "DeploymentConfigDoesNotExistException"),
     ({"minimumHealthyHosts": {"type": "FLEET_PERCENT", "value": 100}}, "InvalidMinimumHealthyHostValueException"),
     ({"deploy": {"fileExistsBehavior": "KEEP"}}, "InvalidFileExistsBehaviorException"),
     ({"deploymentStyle": {"deploymentType": "ROLLING"}}, "InvalidDeploymentStyleException"),
     ({"deploymentStyle": {"deploymentType": "BLUE_GREEN"}, "target": "on-premises"},
      "InvalidDeploymentStyleException"),
     ({"ec2TagSet": [[{"Key": "k", "Value": str(n)} for n in range(11)]]}, "InvalidEC2TagCombinationException")],
)  # fmt: skip
def test_what_codedeploy_refuses(wrong: dict[str, Any], code: str) -> None:
    result = outcome(instances=fleet(2), **wrong)
    assert (result["status"], result["error"]["code"], result["waves"]) == ("refused", code, [])


def test_a_large_fleet_one_at_a_time() -> None:
    result = outcome(instances=fleet(3000), deploymentConfigName="CodeDeployDefault.OneAtATime")
    assert len(result["waves"]) == 3000


@pytest.mark.parametrize(
    "wrong", [{"instances": [{"id": "a"}, {"id": "a"}]}, {"speed": 1}, {"instances": [{"name": "a"}]}]
)
def test_what_dva_does_not_know_is_an_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(GivenError):
        outcome(**wrong)
