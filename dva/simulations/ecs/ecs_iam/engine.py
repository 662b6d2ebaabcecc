"""Whose credentials sign a call: first what the call is for, then which role there is for that."""

from typing import NamedTuple

from msgspec import Struct

from dva.aws import glob
from dva.simulations.ecs.ecs_iam import rules
from dva.simulations.ecs.ecs_iam.documents import Call, Caller, Given, Principal
from dva.simulations.ecs.ecs_iam.rules import Purpose
from dva.simulations.frame import Append, Run, State
from dva.trace import Rule

INSTANCE: Principal = "containerInstanceRole"
EXECUTION: Principal = "executionRole"
TASK: Principal = "taskRole"
ECS: Principal = "AWSServiceRoleForECS"
SCALING: Principal = "AWSServiceRoleForApplicationAutoScaling_ECSService"
EVENTS: Principal = "ecsEventsRole"
AWS: Principal = "aws"
NONE: Principal = "none"


class TaskRoles(Struct, frozen=True):
    """What the signer depends on: the two roles of the task, and whether an instance with a role is under it."""

    task: str | None
    execution: str | None
    fargate: bool
    has_metadata: bool
    """Whether its containers reach the instance metadata."""
    has_files: bool
    """Whether the task has environment files."""


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
    roles = roles_of(given)
    for number, call in enumerate(given.calls):
        sign(number, call, roles, run)
    if not given.calls:
        run.step(rules.WHOSE, "no calls are asked for", status="completed")


def roles_of(given: Given) -> TaskRoles:
    """Return the roles; no launch type is read as EC2, EXTERNAL like EC2 [assumption]."""
    definition, fargate = given.task_definition, given.launch_type == "FARGATE"
    return TaskRoles(
        task=definition.task_role_arn or None,
        execution=definition.execution_role_arn or None,
        fargate=fargate,
        has_metadata=not fargate and not given.imds_blocked,
        has_files=any(container.environment_files for container in definition.container_definitions),
    )


def sign(number: int, call: Call, roles: TaskRoles, run: Run) -> None:
    """Decide what a call is for, whose credentials sign it, and whether it can be made."""
    purpose, action = None, call.action
    if call.caller == "application":
        credentials = f"answers with the credentials of {roles.task}" if roles.task else "has nothing for this task"
        run.step(rules.ENDPOINT, f"169.254.170.2 {credentials}")
        principal, rule, why = run.using(code_signer)(roles)
    else:
        purpose = purpose_of(action, roles)
        run.step(rules.WHOSE, f"{action} is {PURPOSES[purpose]}")
        principal, rule, why = signer_of(purpose, roles, run)
    run.step(
        rule, f"{CALLERS[call.caller]} calls {action}: {NOBODY.get(principal, principal)}", f"{why}.",
        calls=Append({"action": action, "principal": principal, "allowed": principal != NONE}), status="completed",
        draw={("cells", principal, "items", "-"): f"{number + 1}. {action}"},
    )  # fmt: skip
    if principal != NONE and purpose is not None and not run.using(default_policy_allows)(purpose):
        run.step(
            rules.LOG_GROUP, f"{action} is refused to {principal}", inside={("calls", number, "allowed"): False},
            draw={("cells", principal, "note"): f"{action} is refused"},
        )  # fmt: skip


def purpose_of(action: str, roles: TaskRoles) -> Purpose | None:
    """Return what the action is for, None where no part of ECS makes it."""
    if roles.has_files and _listed(action, rules.FILE_ACTIONS):
        return "secret"
    return next((purpose for purpose, patterns in rules.ACTIONS if _listed(action, patterns)), None)


def _listed(action: str, patterns: tuple[str, ...]) -> bool:
    return any(glob.matches(pattern, action, ignore_case=True) for pattern in patterns)


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
    return {
        "cells": {
            name: {"group": group, "items": [], "note": "there is none" if absent.get(name) else note}
            for name, (group, note) in CELLS.items()
        }
    }


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
