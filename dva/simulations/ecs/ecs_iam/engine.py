"""Who makes the call: which role signs each AWS request that belongs to an Amazon ECS task.

Five kinds of principals take part, and no call is signed by two of them:
1. the container instance role: the agent on an EC2 instance registers, polls and reports with it, and, where the
   task has no execution role, pulls images and sends logs with it;
2. the task execution role: what the agent (on Fargate: AWS's side) does for the task before and around its code;
3. the task role: what the code inside the containers does;
4. service-linked roles: what Amazon ECS and Application Auto Scaling do; and the role EventBridge starts tasks with;
5. nobody: then the call cannot be made.
The rules stand in `_rules.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from dva.aws import glob
from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.ecs.ecs_iam import _rules as rules

INSTANCE, EXECUTION, TASK = "containerInstanceRole", "executionRole", "taskRole"
ECS, SCALING, EVENTS = "AWSServiceRoleForECS", "AWSServiceRoleForApplicationAutoScaling_ECSService", "ecsEventsRole"
AWS, NONE = "aws", "none"

# -- which call is it? -----------------------------------------------------------------------------------------------

Kind = Literal["report", "start", "secret", "log group", "exec", "service", "scaling", "events"]

KINDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("start", (
        "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents",
    )),
    ("log group", ("logs:CreateLogGroup",)),
    ("secret", (
        "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "kms:Decrypt",
    )),
    ("report", (
        "ecs:RegisterContainerInstance", "ecs:DeregisterContainerInstance", "ecs:Poll", "ecs:DiscoverPollEndpoint",
        "ecs:StartTelemetrySession", "ecs:Submit*", "ecs:UpdateContainerInstancesState", "ecs:CreateCluster",
        "ecs:TagResource", "ec2:DescribeTags",
    )),
    ("exec", ("ssmmessages:*",)),
    ("scaling", ("ecs:UpdateService", "ecs:DescribeServices")),
    ("events", ("ecs:RunTask", "iam:PassRole")),
    ("service", (
        "elasticloadbalancing:*", "servicediscovery:*", "route53:*", "autoscaling:*", "autoscaling-plans:*",
        "ec2:*NetworkInterface*", "ec2:*TrunkInterface*", "ec2:Describe*", "ec2:CreateTags", "cloudwatch:*",
    )),
)  # fmt: skip
"""The calls that the agent and the services make, by what they are for; compared without regard to case."""

FILES = ("s3:GetObject", "s3:GetBucketLocation")
"""What reading `environmentFiles` takes."""


# -- given -----------------------------------------------------------------------------------------------------------


class Container(AwsDocument):
    known = frozenset({"environment"})
    name: str | None = None
    environment_files: list[Any] = []


class TaskDefinition(AwsDocument):
    """RegisterTaskDefinition or DescribeTaskDefinition."""

    wrappers = ("taskDefinition",)
    task_role_arn: str | None = None
    execution_role_arn: str | None = None
    container_definitions: list[Container] = []


class Call(StrictStruct):
    """`caller`: the agent for the task, the code in it (application), or an AWS service."""

    caller: Literal["agent", "application", "service"]
    action: str


class Given(StrictStruct):
    """`imdsBlocked`: containers cannot reach the instance metadata (ECS_AWSVPC_BLOCK_IMDS, iptables)."""

    task_definition: TaskDefinition
    calls: list[Call]
    launch_type: Literal["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"] | None = None
    imds_blocked: bool = False


@dataclass(frozen=True)
class Roles:
    """What the question depends on: the two roles of the task, and whether an instance with a role is under it."""

    task: str | None
    execution: str | None
    fargate: bool
    imds: bool
    files: bool


Answer = tuple[str, Rule, str]
"""The principal, the rule, and why."""


def roles_of(given: Given) -> Roles:
    """The roles; no launch type is read as EC2, EXTERNAL like EC2 [convention]."""
    definition, fargate = given.task_definition, given.launch_type == "FARGATE"
    return Roles(
        task=definition.task_role_arn or None,
        execution=definition.execution_role_arn or None,
        fargate=fargate,
        imds=not fargate and not given.imds_blocked,
        files=any(c.environment_files for c in definition.container_definitions),
    )


# -- the rule functions that beliefs replace -------------------------------------------------------------------------


def starts(roles: Roles) -> Answer:
    """Pulling and logging: the execution role, else the instance role, else nobody."""
    if roles.execution:
        return EXECUTION, rules.START_EXECUTION, f"executionRoleArn is {roles.execution}"
    if roles.fargate:
        return NONE, rules.START_NONE, "executionRoleArn is missing, and there is no instance of yours"
    return INSTANCE, rules.START_INSTANCE, "executionRoleArn is missing, so the agent uses its own credentials"


def reads_secrets(roles: Roles) -> Answer:
    """`secrets`, registry credentials, environment files: the execution role or nobody."""
    if roles.execution:
        return EXECUTION, rules.SECRETS, f"executionRoleArn is {roles.execution}, and no code runs yet"
    return NONE, rules.SECRETS_NONE, "executionRoleArn is missing"


def runs_code(roles: Roles) -> Answer:
    """What the code calls: the task role, else what instance metadata gives, else nobody."""
    if roles.task:
        return TASK, rules.CODE_TASK, f"taskRoleArn is {roles.task}; the SDK stops looking there"
    if roles.imds:
        return INSTANCE, rules.CODE_INSTANCE, "taskRoleArn is missing, and 169.254.169.254 answers next"
    if roles.fargate:
        return NONE, rules.CODE_NONE, "taskRoleArn is missing"
    return NONE, rules.CODE_BLOCKED, "taskRoleArn is missing, and 169.254.169.254 is blocked for containers"


def default_policy_allows(kind: Kind) -> bool:
    """Whether AWS's managed policy of the principal has the action."""
    return kind != "log group"


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    starts: Callable[[Roles], Answer] = starts
    reads_secrets: Callable[[Roles], Answer] = reads_secrets
    runs_code: Callable[[Roles], Answer] = runs_code
    default_policy_allows: Callable[[Kind], bool] = default_policy_allows


# -- the mechanism ---------------------------------------------------------------------------------------------------


def kind_of(action: str, roles: Roles) -> Kind | None:
    """What the action is for, None where no part of ECS makes it."""
    if roles.files and any(glob.matches(name, action, ignore_case=True) for name in FILES):
        return "secret"
    for kind, patterns in KINDS:
        if any(glob.matches(pattern, action, ignore_case=True) for pattern in patterns):
            return kind
    return None


def behind(kind: Kind | None, roles: Roles, how: How) -> Answer:
    """Who makes a call that is not the application's."""
    if kind in ("start", "log group"):
        return how.starts(roles)
    if kind == "secret":
        return how.reads_secrets(roles)
    if kind == "report":
        if roles.fargate:
            return AWS, rules.AWS_SIDE, "the launch type is FARGATE"
        return INSTANCE, rules.AGENT, "the agent runs on the instance, outside your containers"
    if kind == "exec":
        principal, _, why = how.runs_code(roles)
        return principal, rules.EXEC, why
    if kind in FIXED:
        principal, rule = FIXED[kind]
        return principal, rule, "nothing in the task definition changes it"
    return NONE, rules.UNKNOWN, "no role is kept for it"


FIXED: dict[Kind | None, tuple[str, Rule]] = {
    "service": (ECS, rules.SERVICE_LINKED),
    "scaling": (SCALING, rules.SCALES),
    "events": (EVENTS, rules.STARTS),
}


def play(given: Given, trace: Tracer, how: How) -> None:
    roles = roles_of(given)
    for number, call in enumerate(given.calls):
        decide(number, call, roles, trace, how)
    if not given.calls:
        trace.step(rules.WHOSE, "no calls are asked for", changes={"/outcome/status": "completed"})


def decide(number: int, call: Call, roles: Roles, trace: Tracer, how: How) -> None:
    """One call: what it is for, whose credentials sign it, and whether it can be made."""
    if call.caller == "application":
        kind = None
        answers = f"answers with the credentials of {roles.task}" if roles.task else "has nothing for this task"
        trace.step(rules.ENDPOINT, f"169.254.170.2 {answers}", rules.ENDPOINT.says)
        principal, rule, why = how.runs_code(roles)
    else:
        kind = kind_of(call.action, roles)
        trace.step(rules.WHOSE, f"{call.action} is {PURPOSE[kind]}", rules.WHOSE.says)
        principal, rule, why = behind(kind, roles, how)
    show(trace, rule, number, call, principal, f"{rule.says} Here: {why}.")
    if principal != NONE and kind is not None and not how.default_policy_allows(kind):
        changes: dict[str, Any] = {f"/outcome/calls/{number}/allowed": False}
        if trace.recording:
            changes[pointer("state", "cells", principal, "note")] = f"{call.action} is refused"
        trace.step(rules.LOG_GROUP, f"{call.action} is refused to {principal}", rules.LOG_GROUP.says, changes=changes)


PURPOSE: dict[Kind | None, str] = {
    "report": "the agent's own report to ECS",
    "start": "part of pulling the image or logging, for the task",
    "log group": "the awslogs driver's call, for the task",
    "secret": "reading a value that the task definition refers to",
    "exec": "the channel of ECS Exec",
    "service": "a call of the ECS service itself",
    "scaling": "a change of the desired count",
    "events": "the start of a task by a rule or schedule",
    None: "no call that ECS or its agent makes",
}
WHO = {"agent": "The agent", "application": "The code", "service": "An AWS service"}
SPOKEN = {NONE: "nobody can sign it", AWS: "AWS signs it on its side"}


def show(trace: Tracer, rule: Rule, number: int, call: Call, principal: str, why: str) -> None:
    """Tell the decision, and put the action into the box of its principal."""
    entry = {"action": call.action, "principal": principal, "allowed": principal != NONE}
    changes: dict[str, Any] = {"/outcome/calls/-": entry, "/outcome/status": "completed"}
    if trace.recording:
        changes[pointer("state", "cells", principal, "items", "-")] = f"{number + 1}. {call.action}"
    title = f"{WHO[call.caller]} calls {call.action}: {SPOKEN.get(principal, principal)}"
    trace.step(rule, title, why, changes=changes)


BOXES = {
    INSTANCE: ("the EC2 instance", "trusts ec2.amazonaws.com"),
    EXECUTION: ("the agent, for the task", "trusts ecs-tasks.amazonaws.com"),
    TASK: ("the code in the task", "trusts ecs-tasks.amazonaws.com"),
    ECS: ("AWS services", "trusts ecs.amazonaws.com"),
    SCALING: ("AWS services", "trusts ecs.application-autoscaling.amazonaws.com"),
    EVENTS: ("AWS services", "trusts events.amazonaws.com"),
    AWS: ("AWS services", "AWS's own side of Fargate"),
    NONE: ("nobody", "the call cannot be made"),
}


def start(given: Given) -> dict[str, Any]:
    """One box a principal; what a task definition lacks says so."""
    roles = roles_of(given)
    absent = {TASK: roles.task is None, EXECUTION: roles.execution is None, INSTANCE: roles.fargate}
    return {
        "cells": {
            name: {"group": group, "items": [], "note": "there is none" if absent.get(name) else note}
            for name, (group, note) in BOXES.items()
        }
    }


# -- beliefs ---------------------------------------------------------------------------------------------------------


def instance_always_starts(roles: Roles) -> Answer:
    """Believed: the instance profile pulls and logs whatever the task definition says."""
    return (NONE if roles.fargate else INSTANCE), rules.START_INSTANCE, "the instance profile pulls and logs"


def task_role_starts(roles: Roles) -> Answer:
    """Believed: the task role pulls and logs."""
    return (TASK if roles.task else NONE), rules.START_EXECUTION, "the task role does everything for the task"


def task_role_reads_secrets(roles: Roles) -> Answer:
    """Believed: the task role reads `secrets`."""
    return (TASK if roles.task else NONE), rules.SECRETS, "the secrets are the application's"


def instance_reads_secrets(roles: Roles) -> Answer:
    """Believed: on EC2 the instance role stands in for a missing execution role, for secrets too."""
    if roles.execution or roles.fargate:
        return reads_secrets(roles)
    return INSTANCE, rules.SECRETS, "the instance role stands in"


def execution_role_runs_code(roles: Roles) -> Answer:
    """Believed: the execution role is what the code executes with."""
    return (EXECUTION if roles.execution else NONE), rules.CODE_TASK, "the task executes with its execution role"


def nothing_to_fall_back_on(roles: Roles) -> Answer:
    """Believed: without a task role the code has no credentials anywhere."""
    return (TASK, rules.CODE_TASK, "task role") if roles.task else (NONE, rules.CODE_NONE, "there is no task role")


def every_action(kind: Kind) -> bool:
    """Believed: the default policies cover everything that awslogs can do."""
    return True


SIMULATION = Simulation(
    name="ecs-iam",
    title="Who makes the call: the roles around an ECS task",
    view="grid",
    rules=rules.RULES,
    beliefs=(
        Belief(
            "instance-role-always-pulls", "on EC2 the instance profile pulls images and sends logs, always",
            "It does so only where the task definition has no executionRoleArn; the agent prefers that role.",
            "starts", instance_always_starts, ("ecs-iam-overview.03", "ecs-iam-overview.04"),
        ),
        Belief(
            "task-role-pulls", "the task role pulls the image and sends the logs",
            "The container with its task role does not exist yet: the agent pulls, with the execution role.",
            "starts", task_role_starts, ("ecs-iam-overview.execution-role",),
        ),
        Belief(
            "task-role-reads-secrets", "`secrets` of a task definition are read with the task role",
            "The agent reads them before the container starts, with the execution role; the task role is for "
            "secrets that the code fetches itself.",
            "reads_secrets", task_role_reads_secrets, ("ecs-iam-overview.secrets",),
        ),
        Belief(
            "instance-role-reads-secrets", "on EC2 the instance role reads `secrets` where there is no execution role",
            "The fallback exists for pulling and logging only; `secrets` need an execution role on EC2 too.",
            "reads_secrets", instance_reads_secrets, ("ecs-iam-overview.secrets",),
        ),
        Belief(
            "execution-role-runs-code", "the code executes with the execution role",
            "The execution role is the agent's; the containers can only get the task role's credentials.",
            "runs_code", execution_role_runs_code, ("ecs-iam-overview.execution-role",),
        ),
        Belief(
            "no-task-role-no-access", "without a task role the code has no credentials, on EC2 either",
            "On an instance it falls through to the instance metadata and gets the instance role, unless blocked.",
            "runs_code", nothing_to_fall_back_on, ("ecs-iam-overview.no-task-role",),
        ),
        Belief(
            "defaults-create-log-groups", "the default policies let awslogs create its log group",
            "They hold CreateLogStream and PutLogEvents; CreateLogGroup has to be added.",
            "default_policy_allows", every_action, ("ecs-iam-overview.log-group",),
        ),
    ),
    given=Given,
    outcome={"calls": []},
    statuses=("completed",),
    play=play,
    how=How(),
    start=start,
)  # fmt: skip
