"""The ECS engines against AWS's own documents: every member of the API's models, and numbers beyond all of them."""

import json
from typing import Any

import botocore.session
import pytest

from dva.aws.document import decode
from dva.errors import GivenError
from dva.simulations import load

HUGE = 10**400
LONG = "9" * 5000
REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
SAMPLES = {"integer": 1, "long": 1, "float": 1.5, "double": 1.5, "boolean": False, "timestamp": 1700000000.25}


def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def filled(shape: Any, inside: tuple[str, ...] = ()) -> Any:
    """A document of this shape with every member that the API knows."""
    if shape.type_name == "structure":
        members = {} if shape.name in inside else shape.members
        return {name: filled(member, (*inside, shape.name)) for name, member in members.items()}
    if shape.type_name == "list":
        return [filled(shape.member, inside)]
    if shape.type_name == "map":
        return {"key": filled(shape.value, inside)}
    return SAMPLES.get(shape.type_name, (getattr(shape, "enum", None) or ["text"])[0])


def answer(operation: str, service: str = "ecs") -> Any:
    return filled(model(service).operation_model(operation).output_shape)


def request(operation: str, service: str = "ecs") -> Any:
    return filled(model(service).operation_model(operation).input_shape)


SCALING = "application-autoscaling"
DEFINITION = answer("DescribeTaskDefinition")
CLUSTER = {"containerInstances": answer("DescribeContainerInstances"), "tasks": answer("DescribeTasks")}
PASTED = {
    "ecs-placement, service": {"cluster": CLUSTER, "taskDefinition": DEFINITION, "service": answer("DescribeServices")},
    "ecs-placement, task": {"cluster": CLUSTER, "taskDefinition": DEFINITION, "runTask": request("RunTask")},
    "ecs-query": {"filter": "agentConnected == true", "containerInstances": answer("DescribeContainerInstances")},
    "ecs-deployment": {"service": answer("DescribeServices")},
    "ecs-deployment, request": {"service": request("CreateService")},
    "ecs-task-definition": {"taskDefinition": DEFINITION},
    "ecs-task-definition, request": {"taskDefinition": request("RegisterTaskDefinition")},
    "ecs-iam": {"taskDefinition": DEFINITION, "calls": []},
    "ecs-autoscaling": {
        "scalableTarget": answer("DescribeScalableTargets", SCALING), "currentCapacity": 1,
        "policies": answer("DescribeScalingPolicies", SCALING),
    },
    "ecs-autoscaling, request": {
        "scalableTarget": request("RegisterScalableTarget", SCALING), "currentCapacity": 1,
        "policies": [request("PutScalingPolicy", SCALING) | {"Alarm": request("PutMetricAlarm", "cloudwatch")}],
    },
    "ecs-capacity-provider": {
        "capacityProviders": answer("DescribeCapacityProviders"), "cluster": answer("DescribeClusters"),
        "capacityProviderStrategy": request("CreateService")["capacityProviderStrategy"],
    },
    "ecr-login": {"repositories": answer("DescribeRepositories", "ecr"), "steps": []},
}  # fmt: skip


@pytest.mark.parametrize("case", PASTED)
def test_every_member_of_the_api_may_stand_in_a_pasted_answer(case: str) -> None:
    assert decode(PASTED[case], load(case.partition(",")[0]).given)


@pytest.mark.parametrize("case", PASTED)
def test_a_document_may_be_the_text_of_its_json_file(case: str) -> None:
    kind = load(case.partition(",")[0]).given
    texts = {name: json.dumps(part) if isinstance(part, dict) else part for name, part in PASTED[case].items()}
    assert decode(texts, kind) == decode(PASTED[case], kind)


def test_text_that_is_no_json_is_told_with_its_place() -> None:
    with pytest.raises(GivenError) as problem:
        load("ecs-task-definition").run({"taskDefinition": "family: web"})
    assert problem.value.pointer == "/taskDefinition"
    with pytest.raises(GivenError):
        load("ecs-task-definition").run({"taskDefinition": "[" * 100_000})


def without_values(document: Any) -> Any:
    """The document as an SDK prints it that writes null for what is not set, names kept."""
    if isinstance(document, dict):
        return {k: without_values(v) if isinstance(v, dict | list) or k in NAMES else None for k, v in document.items()}
    return [without_values(item) for item in document] if isinstance(document, list) else document


NAMES = {
    "name", "family", "type", "capacityProvider", "filter", "currentCapacity", "repositoryName", "TargetValue",
    "ScalingAdjustment", "Threshold", "ComparisonOperator", "value", "sizeInGiB", "containerInstanceArn",
}  # fmt: skip


@pytest.mark.parametrize("case", PASTED)
def test_a_member_may_be_null_where_it_may_be_left_out(case: str) -> None:
    assert decode(without_values(PASTED[case]), load(case.partition(",")[0]).given)


def placement(*, instance: Any = (), **container: Any) -> dict[str, Any]:
    return {
        "cluster": {"containerInstances": [{"ec2InstanceId": "i-1", **dict(instance)}]},
        "taskDefinition": {"family": "web", "containerDefinitions": [container]},
        "service": {"desiredCount": 1},
    }


def provider(**figures: int) -> dict[str, Any]:
    return {"desiredCount": 1, "capacityProviders": [{"name": "cp", "instancesRunning": 1, **figures}]}


def scaling(**more: Any) -> dict[str, Any]:
    return {"scalableTarget": {"MinCapacity": 1, "MaxCapacity": 2}, "currentCapacity": 1, **more}


@pytest.mark.parametrize(
    ("engine", "given"),
    [
        ("ecs-deployment", {"service": {"desiredCount": 4, "maximumPercent": HUGE}}),
        ("ecs-deployment", {"service": {"desiredCount": HUGE}}),
        ("ecs-autoscaling", scaling(currentCapacity=HUGE)),
        ("ecs-autoscaling", scaling(scalableTarget={"MinCapacity": 1, "MaxCapacity": HUGE})),
        ("ecs-capacity-provider", provider(instancesNeeded=HUGE)),
        ("ecs-placement", placement(cpu=HUGE)),
        ("ecs-placement", placement(instance={"remainingResources": [{"name": "CPU", "integerValue": HUGE}]})),
        ("ecs-placement", placement(instance={"remainingResources": [{"name": "PORTS", "stringSetValue": [LONG]}]})),
        ("ecr-login", {"steps": [{"do": "login", "at": float("nan"), "registry": REGISTRY}]}),
    ],
)  # fmt: skip
def test_a_number_beyond_all_of_awss_is_a_mistake_of_the_file(engine: str, given: dict[str, Any]) -> None:
    with pytest.raises(GivenError) as problem:
        load(engine).run(given)
    assert problem.value.pointer


@pytest.mark.parametrize("size", ["9" * 400 + " GB", LONG, "GB", ".", "1.2.3", "-1", "٣"])
def test_a_size_that_is_none_is_refused_by_placement(size: str) -> None:
    given = placement()
    given["taskDefinition"]["memory"] = size
    assert load("ecs-placement").run(given).outcome["error"]["code"] == "ClientException"
