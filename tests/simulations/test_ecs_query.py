"""ecs-query: what `aws ecs list-container-instances --filter` would list."""

from typing import Any

import pytest

from dva.errors import GivenError
from dva.simulations import load

QUERY = load("ecs-query")


def outcome(filter: str, instances: Any) -> dict[str, Any]:
    return QUERY.run({"filter": filter, "containerInstances": instances}).outcome


def instance(name: str, **members: Any) -> dict[str, Any]:
    return {"ec2InstanceId": name, **members}


def with_attributes(name: str, **attributes: str) -> dict[str, Any]:
    return instance(name, attributes=[{"name": key, "value": value} for key, value in attributes.items()])


RETIRING = [instance("i-1"), with_attributes("i-2", retiring="false"), with_attributes("i-3", retiring="true")]


@pytest.mark.parametrize(
    ("filter", "matches"),
    [
        ("attribute:retiring != true", ["i-2"]),
        ("not(attribute:retiring == true)", ["i-1", "i-2"]),
        ("attribute:retiring exists", ["i-2", "i-3"]),
        ("attribute:retiring !exists", ["i-1"]),
        ("attribute:retiring in [true, false]", ["i-2", "i-3"]),
        ("attribute:retiring !in [true]", ["i-2"]),
        ("attribute:retiring =~ f.*", ["i-2"]),
    ],
)
def test_instances_with_and_without_an_attribute(filter: str, matches: list[str]) -> None:
    result = outcome(filter, RETIRING)
    assert (result["status"], result["matches"], result["error"]) == ("ok", matches, None)


def test_an_error_lists_nothing_and_names_the_place() -> None:
    result = outcome("attribute:retiring = true", RETIRING)
    assert (result["status"], result["matches"]) == ("error", [])
    assert result["error"]["code"] == "InvalidParameterException"
    assert result["error"]["position"] == 19


def test_draining_instances_are_listed_too() -> None:
    assert outcome("agentConnected == true", [instance("i-1", status="DRAINING")])["matches"] == ["i-1"]


def test_an_external_instance_goes_by_its_arn() -> None:
    arn = "arn:aws:ecs:us-east-1:111122223333:container-instance/demo/0a1b2c"
    external = {"containerInstanceArn": arn, "attributes": [{"name": "ecs.capability.external"}]}
    assert outcome("attribute:ecs.capability.external exists", [external])["matches"] == [arn]


def test_the_answer_of_describe_container_instances_can_be_pasted() -> None:
    answer = {
        "containerInstances": [
            {
                "ec2InstanceId": "i-1",
                "versionInfo": {"agentVersion": "1.9.0", "agentHash": "abc", "dockerVersion": "20"},
                "registeredAt": 1528579718.5,
                "runningTasksCount": 2,
                "pendingTasksCount": 0,
                "agentConnected": True,
                "attachments": [],
                "remainingResources": [{"name": "CPU", "type": "INTEGER", "doubleValue": 0.0, "integerValue": 1}],
            }
        ],
        "failures": [],
    }
    assert outcome("agentVersion < 1.14.5 and registeredAt < 2018-06-10", answer)["matches"] == ["i-1"]


@pytest.mark.parametrize(
    ("instances", "pointer"),
    [
        ([instance("i-1"), instance("i-1")], "/containerInstances/1"),
        ([{"attributes": []}], "/containerInstances/0"),
        ([instance("i-1", atributes=[])], "/containerInstances/0/atributes"),
        ([instance("i-1", agentConnected="yes")], "/containerInstances/0/agentConnected"),
    ],
)
def test_instances_that_cannot_be_read(instances: Any, pointer: str) -> None:
    with pytest.raises(GivenError) as problem:
        outcome("agentConnected == true", instances)
    assert problem.value.pointer == pointer


def test_each_instance_is_told_with_the_values_that_decide() -> None:
    trace = QUERY.run({"filter": "attribute:retiring != true", "containerInstances": RETIRING})
    told = {step.title: step.detail for step in trace.steps}
    assert "does not hold: true" in told["i-3 is not listed"]
    assert "does not hold: no retiring" in told["i-1 is not listed"]
    assert "holds: false" in told["i-2 is listed"]
