"""Who makes each call of an ECS task."""

from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator
from bundled import bundled_cases
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("ecs-iam")
CASES = [case for case in bundled_cases() if case.simulation == "ecs-iam"]
TASK, EXECUTION = "arn:aws:iam::111122223333:role/task", "arn:aws:iam::111122223333:role/execution"
PULL = (
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
)
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
SECRETS = ("secretsmanager:GetSecretValue", "ssm:GetParameters", "kms:Decrypt")
REPORTS = (
    "ecs:RegisterContainerInstance", "ecs:Poll", "ecs:DiscoverPollEndpoint", "ecs:StartTelemetrySession",
    "ecs:SubmitTaskStateChange", "ecs:SubmitContainerStateChange", "ecs:SubmitAttachmentStateChanges",
    "ec2:DescribeTags",
)  # fmt: skip


def ask(action: str, caller: str = "agent", **more: Any) -> tuple[str, bool]:
    """Principal and allowed of one call; `task` and `execution` are the role ARNs."""
    definition = {"taskRoleArn": more.pop("task", None), "executionRoleArn": more.pop("execution", None)}
    if "mode" in more:
        definition["networkMode"] = more.pop("mode")
    call = {"caller": caller, "action": action}
    outcome = ENGINE.run({"taskDefinition": definition, "calls": [call], **more}).outcome
    assert outcome["status"] == "completed"
    answer = outcome["calls"][0]
    assert answer["action"] == action
    return answer["principal"], answer["allowed"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bundled_task_definitions_are_what_register_task_definition_takes(case: Any) -> None:
    shape = get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition").input_shape
    report = ParamValidator().validate(case.given["taskDefinition"], shape)
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("action", PULL + LOGS)
@pytest.mark.parametrize(
    ("launch", "execution", "principal"),
    [
        ("EC2", None, "containerInstanceRole"),
        ("EC2", EXECUTION, "executionRole"),
        ("FARGATE", EXECUTION, "executionRole"),
        ("FARGATE", None, "none"),
    ],
)
def test_pulling_and_logging(action: str, launch: str, execution: str | None, principal: str) -> None:
    assert ask(action, launchType=launch, execution=execution, task=TASK) == (principal, principal != "none")


@pytest.mark.parametrize("action", SECRETS)
@pytest.mark.parametrize("launch", ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"])
def test_secrets_take_an_execution_role_everywhere(action: str, launch: str) -> None:
    assert ask(action, launchType=launch, task=TASK) == ("none", False)
    assert ask(action, launchType=launch, execution=EXECUTION) == ("executionRole", True)


@pytest.mark.parametrize("action", REPORTS)
def test_the_agent_reports_with_the_instance_role_and_on_fargate_with_none_of_yours(action: str) -> None:
    assert ask(action, launchType="EC2", execution=EXECUTION) == ("containerInstanceRole", True)
    assert ask(action, launchType="FARGATE", execution=EXECUTION) == ("aws", True)


@pytest.mark.parametrize(
    ("action", "principal"),
    [
        ("elasticloadbalancing:RegisterTargets", "AWSServiceRoleForECS"),
        ("elasticloadbalancing:DeregisterTargets", "AWSServiceRoleForECS"),
        ("ec2:AttachNetworkInterface", "AWSServiceRoleForECS"),
        ("servicediscovery:RegisterInstance", "AWSServiceRoleForECS"),
        ("autoscaling:UpdateAutoScalingGroup", "AWSServiceRoleForECS"),
        ("ecs:UpdateService", "AWSServiceRoleForApplicationAutoScaling_ECSService"),
        ("ecs:DescribeServices", "AWSServiceRoleForApplicationAutoScaling_ECSService"),
        ("ecs:RunTask", "ecsEventsRole"),
        ("iam:PassRole", "ecsEventsRole"),
    ],
)
def test_the_calls_of_services(action: str, principal: str) -> None:
    assert ask(action, "service") == (principal, True)
    assert ask(action, "application", task=TASK) == ("taskRole", True)


@pytest.mark.parametrize(
    ("more", "principal"),
    [
        ({"launchType": "EC2", "task": TASK}, "taskRole"),
        ({"launchType": "EC2", "task": TASK, "imdsBlocked": True}, "taskRole"),
        ({"launchType": "EC2"}, "containerInstanceRole"),
        ({}, "containerInstanceRole"),
        ({"launchType": "EC2", "execution": EXECUTION}, "containerInstanceRole"),
        ({"launchType": "EC2", "imdsBlocked": True, "mode": "awsvpc"}, "none"),
        ({"launchType": "EC2", "imdsBlocked": True, "mode": "bridge"}, "containerInstanceRole"),
        ({"launchType": "EC2", "imdsBlocked": True}, "containerInstanceRole"),
        ({"launchType": "EC2", "imdsBlocked": True, "imdsFirewall": True, "mode": "host"}, "containerInstanceRole"),
        ({"launchType": "EC2", "imdsFirewall": True}, "none"),
        ({"launchType": "EC2", "imdsFirewall": True, "mode": "awsvpc"}, "containerInstanceRole"),
        ({"launchType": "FARGATE", "task": TASK}, "taskRole"),
        ({"launchType": "FARGATE", "execution": EXECUTION}, "none"),
    ],
)
def test_the_code_gets_the_task_role_or_what_instance_metadata_gives(more: dict[str, Any], principal: str) -> None:
    assert ask("dynamodb:GetItem", "application", **more) == (principal, principal != "none")


def test_actions_are_read_without_regard_to_case() -> None:
    assert ask("ECR:batchgetimage", launchType="FARGATE", execution=EXECUTION) == ("executionRole", True)


def test_no_default_policy_creates_log_groups() -> None:
    assert ask("logs:CreateLogGroup", execution=EXECUTION) == ("executionRole", False)
    assert ask("logs:CreateLogGroup") == ("containerInstanceRole", False)
    assert ask("logs:CreateLogGroup", "application", task=TASK) == ("taskRole", True)


def test_environment_files_are_read_only_where_the_task_has_some() -> None:
    files = [{"value": "arn:aws:s3:::b/web.env", "type": "s3"}]
    given = {
        "taskDefinition": {"executionRoleArn": EXECUTION, "containerDefinitions": [{"environmentFiles": files}]},
        "calls": [{"caller": "agent", "action": "s3:GetObject"}],
    }
    assert ENGINE.run(given).outcome["calls"][0]["principal"] == "executionRole"
    assert ask("s3:GetObject", execution=EXECUTION) == ("none", False)


def test_the_answer_of_describe_task_definition_is_read() -> None:
    described = {"taskDefinition": {"taskDefinition": {"family": "a", "taskRoleArn": TASK, "revision": 3}, "tags": []}}
    given = {**described, "calls": [{"caller": "application", "action": "s3:GetObject"}]}
    assert ENGINE.run(given).outcome["calls"][0]["principal"] == "taskRole"


def test_a_slip_in_a_role_name_is_told() -> None:
    with pytest.raises(GivenError) as told:
        ENGINE.run({"taskDefinition": {"taskRoleArm": TASK}, "calls": []})
    assert "taskRoleArn" in (told.value.hint or "")


def test_a_caller_that_is_not_one_is_told_with_its_place() -> None:
    with pytest.raises(GivenError) as told:
        ENGINE.run({"taskDefinition": {}, "calls": [{"caller": "docker", "action": "ecs:Poll"}]})
    assert told.value.pointer.startswith("/calls")


ROLE = st.sampled_from([None, "", TASK])
LAUNCH = st.sampled_from([None, "EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"])
ACTION = st.sampled_from([*PULL, *LOGS, *SECRETS, *REPORTS, "s3:GetObject", "ecs:UpdateService", "logs:CreateLogGroup"])
CALLER = st.sampled_from(["agent", "application", "service"])


@given(ACTION, CALLER, LAUNCH, ROLE, ROLE, st.booleans())
def test_no_call_is_signed_by_a_role_that_is_not_there(
    action: str, caller: str, launch: str | None, task: str | None, execution: str | None, blocked: bool
) -> None:
    more = {"launchType": launch, "task": task, "execution": execution, "imdsBlocked": blocked}
    principal, allowed = ask(action, caller, **more)
    assert not (principal == "taskRole" and not task)
    assert not (principal == "executionRole" and not execution)
    assert not (principal == "containerInstanceRole" and launch == "FARGATE")
    assert not (principal == "none" and allowed)


@given(ACTION, LAUNCH, ROLE, st.booleans())
def test_the_code_never_gets_the_execution_role(
    action: str, launch: str | None, task: str | None, blocked: bool
) -> None:
    principal, _ = ask(action, "application", launchType=launch, task=task, execution=EXECUTION, imdsBlocked=blocked)
    assert principal in ("taskRole", "containerInstanceRole", "none")
    assert (principal == "taskRole") == bool(task)


def statement(effect: str, action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    one = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [one]}


def decided(policies: dict[str, Any], *, action: str = "s3:GetObject", **call: Any) -> dict[str, Any]:
    definition = {"taskRoleArn": TASK, "executionRoleArn": EXECUTION}
    call = {"caller": "application", "action": action, **call}
    answer: dict[str, Any] = ENGINE.run({"taskDefinition": definition, "calls": [call], "policies": policies}).outcome
    return answer


@pytest.mark.parametrize(
    ("policies", "call", "decision"),
    [
        ([], {}, "implicitDeny"),
        ([statement("Allow", "s3:Get*")], {}, "allowed"),
        ([statement("Allow", "s3:*"), statement("Deny", "s3:GetObject")], {}, "explicitDeny"),
        ([statement("Allow", "s3:*", "arn:aws:s3:::a/*")], {"resource": "arn:aws:s3:::a/b"}, "allowed"),
        ([statement("Allow", "s3:*", "arn:aws:s3:::a/*")], {"resource": "arn:aws:s3:::b/b"}, "implicitDeny"),
        ([statement("Allow", "s3:*", "arn:aws:s3:::a/*")], {}, "allowed"),
        ([statement("Allow", "s3:*"), statement("Deny", "s3:*", "arn:aws:s3:::a/*")], {}, "allowed"),
        ([statement("Allow", "s3:*", Condition={"ArnLike": {"aws:PrincipalArn": TASK}})], {}, "allowed"),
        ([statement("Allow", "s3:*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})],
         {"context": {"aws:RequestedRegion": "us-east-1"}}, "implicitDeny"),
        ([statement("Allow", "ecr:*", "arn:aws:ecr:us-east-1:1:repository/a")],
         {"action": "ecr:GetAuthorizationToken", "resource": "arn:aws:ecr:us-east-1:1:repository/a"}, "implicitDeny"),
    ],
)  # fmt: skip
def test_the_policies_of_the_role_decide(policies: list[Any], call: dict[str, Any], decision: str) -> None:
    answer = decided({"taskRole": policies}, **call)["calls"][0]
    assert (answer["decision"], answer["allowed"]) == (decision, decision == "allowed")


def test_policies_of_one_role_say_nothing_about_another() -> None:
    answer = decided({"executionRole": []})["calls"][0]
    assert (answer["principal"], answer["allowed"], answer["decision"]) == ("taskRole", True, None)
    refused = decided({"executionRole": []}, action="ecr:BatchGetImage", caller="agent")["calls"][0]
    assert (refused["principal"], refused["allowed"]) == ("executionRole", False)


@pytest.mark.parametrize("text", ["{", '{"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]}'])
def test_a_policy_that_iam_would_not_take_is_refused(text: str) -> None:
    outcome = decided({"executionRole": text})
    assert (outcome["status"], outcome["error"]["code"]) == ("refused", "MalformedPolicyDocument")
    assert "policy 1 of executionRole" in outcome["error"]["message"]
