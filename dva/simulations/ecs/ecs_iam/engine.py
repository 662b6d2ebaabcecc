"""Who signs each call: decided one after the other, and what the policies of the roles say about it."""

from typing import Literal, NamedTuple

from msgspec import Struct

from dva.aws import glob
from dva.simulations.ecs.ecs_iam import rules
from dva.simulations.ecs.ecs_iam.documents import (
    AWS,
    ECS,
    EVENTS,
    EXECUTION,
    INSTANCE,
    NONE,
    SCALING,
    TASK,
    Call,
    Caller,
    Given,
    Principal,
    SignedCalls,
)  # fmt: skip
from dva.simulations.ecs.ecs_iam.policies import decide, not_read, read
from dva.simulations.ecs.ecs_iam.rules import belief
from dva.simulations.frame import Append, Run, State
from dva.trace import Rule

# The calls that the agent and the services make, by what they are for

Purpose = Literal["report", "start", "secret", "log group", "exec", "service", "scaling", "events"]

ActionsOf = tuple[Purpose, tuple[str, ...]]
ACTIONS: tuple[ActionsOf, ...] = (
    ("start", (
        "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents",
    )),
    ("log group", ("logs:CreateLogGroup",)),
    ("secret", ("secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "kms:Decrypt")),
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
"""Compared without regard to case, the first that fits (AWS managed policies; EXECUTION_ROLE)."""

FILE_ACTIONS: ActionsOf = ("secret", ("s3:GetObject", "s3:GetBucketLocation"))
"""What reading `environmentFiles` takes (EXECUTION_ROLE)."""


class TaskRoles(Struct, frozen=True):
    """What the signer depends on: the two roles of the task, and whether an instance with a role is under it."""

    task: str | None
    execution: str | None
    fargate: bool
    has_metadata: bool
    """Whether its containers reach the instance metadata."""
    has_files: bool
    """Whether the task has environment files."""
    network_mode: str
    """`bridge` where the task definition names none, on Fargate `awsvpc`."""
    not_blocked: bool
    """Whether the agent blocks the metadata for tasks of another network mode only."""

    @property
    def arns(self) -> dict[Principal, str | None]:
        """The roles of the task, as the task definition names them."""
        return {TASK: self.task, EXECUTION: self.execution}


class Signer(NamedTuple):
    """Who signs a call, by which rule, and why."""

    principal: Principal
    rule: Rule
    why: str


UNCHANGED = "Nothing in the task definition changes it"
SERVICES: dict[Purpose | None, Signer] = {
    "service": Signer(ECS, rules.SERVICE_LINKED, UNCHANGED),
    "scaling": Signer(SCALING, rules.SCALES, UNCHANGED),
    "events": Signer(EVENTS, rules.STARTS, UNCHANGED),
}


def sign_calls(given: Given, run: Run) -> None:
    """Decide one call after the other."""
    roles, policies = roles_of(given), read(given.policies)
    run.not_read(not_read(given.policies))
    for number, call in enumerate(given.calls):
        principal, purpose = sign(number, call, roles, run)
        if principal in policies:
            decide(number, call, principal, roles.arns.get(principal), policies[principal], run)
        elif principal != NONE and purpose is not None and not run.using(default_policy_allows)(purpose):
            refuse(number, call.action, principal, run)
    if not given.calls:
        run.step(rules.WHOSE, "no calls are asked for", status="completed")


def roles_of(given: Given) -> TaskRoles:
    """Return the roles; no launch type is read as EC2, EXTERNAL like EC2 [assumption]."""
    definition, fargate = given.task_definition, given.launch_type == "FARGATE"
    mode = definition.network_mode or ("awsvpc" if fargate else "bridge")
    blocked = (given.imds_blocked and mode == "awsvpc") or (given.imds_firewall and mode == "bridge")
    return TaskRoles(
        task=definition.task_role_arn or None, execution=definition.execution_role_arn or None, fargate=fargate,
        has_metadata=not fargate and not blocked, network_mode=mode,
        not_blocked=given.imds_blocked and not blocked,
        has_files=any(container.environment_files for container in definition.container_definitions),
    )  # fmt: skip


def sign(number: int, call: Call, roles: TaskRoles, run: Run) -> tuple[Principal, Purpose | None]:
    """Decide what a call is for and whose credentials sign it; return these credentials and what it is for."""
    purpose, action = None, call.action
    if call.caller == "application":
        credentials = f"answers with the credentials of {roles.task}" if roles.task else "has nothing for this task"
        run.step(rules.ENDPOINT, f"169.254.170.2 {credentials}")
        principal, by, why = run.using(code_signer)(roles)
    else:
        purpose = purpose_of(action, roles)
        run.step(rules.WHOSE, f"{action} is {PURPOSES[purpose]}")
        principal, by, why = signer_of(purpose, roles, run)
    run.step(by, f"{CALLERS[call.caller]} calls {action}: {NOBODY.get(principal, principal)}", f"{why}.",
             calls=Append({"action": action, "principal": principal, "allowed": principal != NONE, "decision": None}),
             status="completed", draw={("cells", principal, "items", "-"): f"{number + 1}. {action}"})  # fmt: skip
    if by is rules.CODE_INSTANCE and roles.not_blocked:
        run.step(rules.NOT_BLOCKED, f"ECS_AWSVPC_BLOCK_IMDS changes nothing in {roles.network_mode} mode")
    return principal, purpose


def refuse(number: int, action: str, principal: Principal, run: Run) -> None:
    """Record that the default policy of the principal lacks the action."""
    run.step(rules.LOG_GROUP, f"{action} is refused to {principal}", inside={("calls", number, "allowed"): False},
             draw={("cells", principal, "note"): f"{action} is refused"})  # fmt: skip


def purpose_of(action: str, roles: TaskRoles) -> Purpose | None:
    """Return what the action is for, None where no part of ECS makes it."""
    for purpose, patterns in (FILE_ACTIONS, *ACTIONS) if roles.has_files else ACTIONS:
        if any(glob.matches(pattern, action, ignore_case=True) for pattern in patterns):
            return purpose
    return None


def signer_of(purpose: Purpose | None, roles: TaskRoles, run: Run) -> Signer:
    """Return who signs a call that is not the application's."""
    if purpose in ("start", "log group"):
        return run.using(start_signer)(roles)
    if purpose == "secret":
        return run.using(secret_signer)(roles)
    if purpose == "report":
        if roles.fargate:
            return Signer(AWS, rules.AWS_SIDE, "The launch type is FARGATE")
        return Signer(INSTANCE, rules.AGENT, "The agent runs on the instance, outside your containers")
    if purpose == "exec":
        return run.using(code_signer)(roles)._replace(rule=rules.EXEC)
    return SERVICES.get(purpose, Signer(NONE, rules.UNKNOWN, "No role is kept for it"))


PURPOSES: dict[Purpose | None, str] = {
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
CALLERS: dict[Caller, str] = {"agent": "The agent", "application": "The code", "service": "An AWS service"}
NOBODY: dict[Principal, str] = {NONE: "nobody can sign it", AWS: "AWS signs it on its side"}

CELLS: dict[Principal, tuple[str, str]] = {
    INSTANCE: ("the EC2 instance", "trusts ec2.amazonaws.com"),
    EXECUTION: ("the agent, for the task", "trusts ecs-tasks.amazonaws.com"),
    TASK: ("the code in the task", "trusts ecs-tasks.amazonaws.com"),
    ECS: ("AWS services", "trusts ecs.amazonaws.com"),
    SCALING: ("AWS services", "trusts ecs.application-autoscaling.amazonaws.com"),
    EVENTS: ("AWS services", "trusts events.amazonaws.com"),
    AWS: ("AWS services", "AWS's own side of Fargate"),
    NONE: ("nobody", "the call cannot be made"),
}
"""Principal → who it is, and whom its trust policy names."""


def initial_state(given: Given) -> State:
    """Return one cell a principal; what a task definition lacks says so."""
    roles = roles_of(given)
    absent = {TASK: roles.task is None, EXECUTION: roles.execution is None, INSTANCE: roles.fargate}
    return {"cells": {name: {"group": group, "items": [], "note": "there is none" if absent.get(name) else note}
                      for name, (group, note) in CELLS.items()}}  # fmt: skip


# The rule functions that beliefs replace


def start_signer(roles: TaskRoles) -> Signer:
    """Return who pulls and logs: the execution role, else the instance role, else nobody."""
    if roles.execution:
        return Signer(EXECUTION, rules.START_EXECUTION, f"executionRoleArn is {roles.execution}")
    if roles.fargate:
        return Signer(NONE, rules.START_NONE, "executionRoleArn is missing, and there is no instance of yours")
    return Signer(INSTANCE, rules.START_INSTANCE, "executionRoleArn is missing, so the agent uses its own credentials")


def secret_signer(roles: TaskRoles) -> Signer:
    """Return who reads `secrets`, registry credentials and environment files: the execution role or nobody."""
    if roles.execution:
        return Signer(EXECUTION, rules.SECRETS, f"executionRoleArn is {roles.execution}, and no code runs yet")
    return Signer(NONE, rules.SECRETS_NONE, "executionRoleArn is missing")


def code_signer(roles: TaskRoles) -> Signer:
    """Return who signs what the code calls: the task role, else what instance metadata gives, else nobody."""
    if roles.task:
        return Signer(TASK, rules.CODE_TASK, f"taskRoleArn is {roles.task}; the SDK stops looking there")
    if roles.has_metadata:
        return Signer(INSTANCE, rules.CODE_INSTANCE, "taskRoleArn is missing, and 169.254.169.254 answers next")
    if roles.fargate:
        return Signer(NONE, rules.CODE_NONE, "taskRoleArn is missing")
    return Signer(NONE, rules.CODE_BLOCKED, "taskRoleArn is missing, and 169.254.169.254 is blocked for containers")


def default_policy_allows(purpose: Purpose) -> bool:
    """Return whether AWS's managed policy of the principal has the action."""
    return purpose != "log group"


# What people believe instead


@belief(start_signer, "instance-role-always-pulls", "on EC2 the instance profile pulls images and sends logs, always",
        "It does so only where the task definition has no executionRoleArn; the agent prefers that role.", "03",
        "04")  # fmt: skip
def instance_role_starts(roles: TaskRoles) -> Signer:
    return Signer(NONE if roles.fargate else INSTANCE, rules.START_INSTANCE, "The instance profile pulls and logs")


@belief(start_signer, "task-role-pulls", "the task role pulls the image and sends the logs",
        "The container with its task role does not exist yet: the agent pulls, with the execution role.",
        "execution-role")  # fmt: skip
def task_role_starts(roles: TaskRoles) -> Signer:
    return Signer(TASK if roles.task else NONE, rules.START_EXECUTION, "The task role does everything for the task")


@belief(secret_signer, "task-role-reads-secrets", "`secrets` of a task definition are read with the task role",
        "The agent reads them before the container starts, with the execution role; the task role is for secrets that "
        "the code fetches itself.", "secrets")  # fmt: skip
def task_role_reads_secrets(roles: TaskRoles) -> Signer:
    return Signer(TASK if roles.task else NONE, rules.SECRETS, "The secrets are the application's")


@belief(secret_signer, "instance-role-reads-secrets",
        "on EC2 the instance role reads `secrets` where there is no execution role",
        "The fallback exists for pulling and logging only; `secrets` need an execution role on EC2 too.",
        "secrets")  # fmt: skip
def instance_role_reads_secrets(roles: TaskRoles) -> Signer:
    if roles.execution or roles.fargate:
        return secret_signer(roles)
    return Signer(INSTANCE, rules.SECRETS, "The instance role is used instead")


@belief(code_signer, "execution-role-runs-code", "the code executes with the execution role",
        "The execution role is the agent's; the containers can only get the task role's credentials.",
        "execution-role")  # fmt: skip
def execution_role_runs_code(roles: TaskRoles) -> Signer:
    return Signer(EXECUTION if roles.execution else NONE, rules.CODE_TASK, "The task executes with its execution role")


@belief(code_signer, "no-task-role-no-access", "without a task role the code has no credentials, on EC2 either",
        "On an instance it falls through to the instance metadata and gets the instance role, unless blocked.",
        "no-task-role")  # fmt: skip
def no_fallback(roles: TaskRoles) -> Signer:
    if roles.task:
        return Signer(TASK, rules.CODE_TASK, "There is a task role")
    return Signer(NONE, rules.CODE_NONE, "There is no task role")


belief(default_policy_allows, "defaults-create-log-groups", "the default policies let awslogs create its log group",
       "They hold CreateLogStream and PutLogEvents; CreateLogGroup has to be added.",
       "log-group")(lambda purpose: True)  # fmt: skip

SIMULATION = rules.iam.simulation(title="Who makes the call: the roles around an ECS task", view="grid", given=Given,
                            outcome=SignedCalls, run=sign_calls, initial_state=initial_state)  # fmt: skip
