"""Who makes the call: which role signs each AWS request that belongs to an Amazon ECS task.

Five kinds of principals take part, and no call is signed by two of them:
1. the container instance role: the agent on an EC2 instance registers, polls and reports with it, and, where the
   task has no execution role, pulls images and sends logs with it;
2. the task execution role: what the agent (on Fargate: AWS's side) does for the task before and around its code;
3. the task role: what the code inside the containers does;
4. service-linked roles: what Amazon ECS and Application Auto Scaling do; and the role EventBridge starts tasks with;
5. nobody: then the call cannot be made.
"""

from typing import Literal, NamedTuple, TypedDict

from msgspec import Struct

from dva.aws import glob
from dva.aws.document import StrictStruct
from dva.simulations.ecs.documents import TaskDefinition
from dva.simulations.frame import Append, Mechanism, Outcome, Run, State
from dva.trace import Rule

iam = Mechanism("ecs-iam", rules="ecs.iam", notes="ecs-iam-overview")
rule, belief = iam.rule, iam.belief

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
POLICIES = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference"
ROLES = f"Amazon ECS Developer Guide, IAM roles for Amazon ECS: {GUIDE}/security-ecs-iam-role-overview.html"
TASK_ROLE = f"Amazon ECS Developer Guide, Task IAM role: {GUIDE}/task-iam-roles.html"
INSTANCE_ROLE = f"Amazon ECS Developer Guide, Container instance IAM role: {GUIDE}/instance_IAM_role.html"
EXECUTION_ROLE = f"Amazon ECS Developer Guide, Task execution IAM role: {GUIDE}/task_execution_IAM_role.html"

WHOSE = rule("whose", "What a call is for decides whose credentials are asked.", ROLES, "execution-role")
ENDPOINT = rule("container-endpoint", "An SDK in a container asks the task's own credential endpoint, 169.254.170.2, "
                "before any instance metadata.", TASK_ROLE, "06")  # fmt: skip
AGENT = rule("agent",
             "On an instance the container agent registers, polls and reports state with the container instance role.",
             INSTANCE_ROLE, "02")  # fmt: skip
AWS_SIDE = rule("aws-side", "On Fargate there is no instance of yours: AWS's own agent registers and reports, with no "
                "role of yours.", f"Amazon ECS Developer Guide, Amazon ECS on AWS Fargate: {GUIDE}/AWS_Fargate.html",
                "fargate")  # fmt: skip
START_EXECUTION = rule("execution-role", "Where the task definition names an execution role, the agent pulls the image "
                       "and sends awslogs with it.",
                       f"{EXECUTION_ROLE}; aws/amazon-ecs-agent, container.go ShouldPullWithExecutionRole", "03",
                       "04")  # fmt: skip
START_INSTANCE = rule("instance-role-starts", "Without an execution role the agent on an instance pulls and logs with "
                      "the container instance role.", INSTANCE_ROLE, "03", "04")  # fmt: skip
START_NONE = rule("fargate-needs-execution-role", "On Fargate without an execution role nobody can pull from ECR or "
                  "send awslogs: the task does not start.", EXECUTION_ROLE, "fargate")  # fmt: skip
SECRETS = rule("secrets",
               "Values under `secrets`, registry credentials and environment files are read with the execution role.",
               EXECUTION_ROLE, "execution-role", "secrets")  # fmt: skip
SECRETS_NONE = rule("secrets-need-execution-role",
                    "Without an execution role nothing can read them, on EC2 neither: the instance role is not asked.",
                    EXECUTION_ROLE, "secrets")  # fmt: skip
LOG_GROUP = rule("log-group",
                 "`logs:CreateLogGroup` is in neither default policy: `awslogs-create-group` needs it added by hand.",
                 f"AWS managed policies: {POLICIES}/AmazonECSTaskExecutionRolePolicy.html, "
                 f"{POLICIES}/AmazonEC2ContainerServiceforEC2Role.html", "log-group")  # fmt: skip
CODE_TASK = rule("task-role", "Code in the containers gets the task role, from 169.254.170.2 and the path in "
                 "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI.", TASK_ROLE, "06", "07")  # fmt: skip
CODE_INSTANCE = rule("code-falls-back", "Without a task role, code on an instance finds the instance role at the "
                     "instance metadata service.", TASK_ROLE, "no-task-role")  # fmt: skip
CODE_BLOCKED = rule(
    "imds-blocked", "Where containers cannot reach the instance metadata, code without a task role has no credentials.",
    f"Amazon ECS Developer Guide, Container agent configuration (ECS_AWSVPC_BLOCK_IMDS): {GUIDE}/ecs-agent-config.html",
    "no-task-role",
)  # fmt: skip
CODE_NONE = rule("fargate-no-task-role",
                 "On Fargate there is no instance metadata to fall back on: no task role, no credentials.", TASK_ROLE,
                 "fargate")  # fmt: skip
EXEC = rule("exec",
            "ECS Exec runs an SSM agent inside the container: its `ssmmessages` calls use the task's own credentials.",
            f"Amazon ECS Developer Guide, ECS Exec: {GUIDE}/ecs-exec.html", "exec")  # fmt: skip
SERVICE_LINKED = rule("service-linked", "Targets, network interfaces, Cloud Map entries and managed scaling are Amazon "
                      "ECS's calls, by its own service-linked role.",
                      f"AWS managed policies, AmazonECSServiceRolePolicy: {POLICIES}/AmazonECSServiceRolePolicy.html",
                      "service-linked")  # fmt: skip
SCALES = rule(
    "scaling", "Scaling policies change the desired count (ecs:UpdateService) with Application Auto Scaling's "
    "service-linked role.", "Application Auto Scaling User Guide, Service-linked roles: "
    "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html",
    "service-linked",
)  # fmt: skip
STARTS = rule(
    "events", "EventBridge runs tasks with a role that allows ecs:RunTask, and iam:PassRole for the roles of the task.",
    f"AWS managed policies, AmazonEC2ContainerServiceEventsRole: {POLICIES}/AmazonEC2ContainerServiceEventsRole.html",
    "events",
)  # fmt: skip
UNKNOWN = rule("nobody", "An action that no part of Amazon ECS makes for a task has no principal here.", ROLES,
               "execution-role", assumption=True)  # fmt: skip

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

Caller = Literal["agent", "application", "service"]
Principal = Literal[
    "containerInstanceRole", "executionRole", "taskRole", "AWSServiceRoleForECS",
    "AWSServiceRoleForApplicationAutoScaling_ECSService", "ecsEventsRole", "aws", "none",
]  # fmt: skip


class Call(StrictStruct):
    """A request to AWS that belongs to the task."""

    caller: Caller
    """Who makes it: the agent for the task, the code in its containers (`application`), or an AWS service."""
    action: str
    """The IAM action, such as `ecr:BatchGetImage`."""


class Given(StrictStruct):
    """A task definition, where its tasks run, and the calls to be explained."""

    task_definition: TaskDefinition
    """The task definition, as register-task-definition takes it or describe-task-definition prints it."""
    calls: list[Call]
    """The calls, each decided on its own."""
    launch_type: Literal["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"] | None = None
    """Where the tasks run; without it, on EC2."""
    imds_blocked: bool = False
    """Whether containers cannot reach the instance metadata (ECS_AWSVPC_BLOCK_IMDS, iptables)."""


class SignedCall(TypedDict):
    """A call and the principal that signs it."""

    action: str
    """The IAM action."""
    principal: Principal
    """The role whose credentials sign the call; `aws` on AWS's own side of Fargate, `none` where there is none."""
    allowed: bool
    """Whether there is a principal, and its default policy has the action."""


class SignedCalls(Outcome):
    """Who signs each call."""

    status: Literal["completed"] | None = None
    """Always `completed`."""
    calls: list[SignedCall] = []
    """The calls, in the order in which they are given."""


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
    "service": Signer(ECS, SERVICE_LINKED, UNCHANGED),
    "scaling": Signer(SCALING, SCALES, UNCHANGED),
    "events": Signer(EVENTS, STARTS, UNCHANGED),
}


def sign_calls(given: Given, run: Run) -> None:
    """Decide one call after the other."""
    roles = roles_of(given)
    for number, call in enumerate(given.calls):
        sign(number, call, roles, run)
    if not given.calls:
        run.step(WHOSE, "no calls are asked for", status="completed")


def roles_of(given: Given) -> TaskRoles:
    """Return the roles; no launch type is read as EC2, EXTERNAL like EC2 [assumption]."""
    definition, fargate = given.task_definition, given.launch_type == "FARGATE"
    return TaskRoles(
        task=definition.task_role_arn or None, execution=definition.execution_role_arn or None, fargate=fargate,
        has_metadata=not fargate and not given.imds_blocked,
        has_files=any(container.environment_files for container in definition.container_definitions),
    )  # fmt: skip


def sign(number: int, call: Call, roles: TaskRoles, run: Run) -> None:
    """Decide what a call is for, whose credentials sign it, and whether it can be made."""
    purpose, action = None, call.action
    if call.caller == "application":
        credentials = f"answers with the credentials of {roles.task}" if roles.task else "has nothing for this task"
        run.step(ENDPOINT, f"169.254.170.2 {credentials}")
        principal, by, why = run.using(code_signer)(roles)
    else:
        purpose = purpose_of(action, roles)
        run.step(WHOSE, f"{action} is {PURPOSES[purpose]}")
        principal, by, why = signer_of(purpose, roles, run)
    run.step(by, f"{CALLERS[call.caller]} calls {action}: {NOBODY.get(principal, principal)}", f"{why}.",
             calls=Append({"action": action, "principal": principal, "allowed": principal != NONE}), status="completed",
             draw={("cells", principal, "items", "-"): f"{number + 1}. {action}"})  # fmt: skip
    if principal != NONE and purpose is not None and not run.using(default_policy_allows)(purpose):
        run.step(LOG_GROUP, f"{action} is refused to {principal}", inside={("calls", number, "allowed"): False},
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
            return Signer(AWS, AWS_SIDE, "The launch type is FARGATE")
        return Signer(INSTANCE, AGENT, "The agent runs on the instance, outside your containers")
    if purpose == "exec":
        return run.using(code_signer)(roles)._replace(rule=EXEC)
    return SERVICES.get(purpose, Signer(NONE, UNKNOWN, "No role is kept for it"))


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
        return Signer(EXECUTION, START_EXECUTION, f"executionRoleArn is {roles.execution}")
    if roles.fargate:
        return Signer(NONE, START_NONE, "executionRoleArn is missing, and there is no instance of yours")
    return Signer(INSTANCE, START_INSTANCE, "executionRoleArn is missing, so the agent uses its own credentials")


def secret_signer(roles: TaskRoles) -> Signer:
    """Return who reads `secrets`, registry credentials and environment files: the execution role or nobody."""
    if roles.execution:
        return Signer(EXECUTION, SECRETS, f"executionRoleArn is {roles.execution}, and no code runs yet")
    return Signer(NONE, SECRETS_NONE, "executionRoleArn is missing")


def code_signer(roles: TaskRoles) -> Signer:
    """Return who signs what the code calls: the task role, else what instance metadata gives, else nobody."""
    if roles.task:
        return Signer(TASK, CODE_TASK, f"taskRoleArn is {roles.task}; the SDK stops looking there")
    if roles.has_metadata:
        return Signer(INSTANCE, CODE_INSTANCE, "taskRoleArn is missing, and 169.254.169.254 answers next")
    if roles.fargate:
        return Signer(NONE, CODE_NONE, "taskRoleArn is missing")
    return Signer(NONE, CODE_BLOCKED, "taskRoleArn is missing, and 169.254.169.254 is blocked for containers")


def default_policy_allows(purpose: Purpose) -> bool:
    """Return whether AWS's managed policy of the principal has the action."""
    return purpose != "log group"


# What people believe instead


@belief(start_signer, "instance-role-always-pulls", "on EC2 the instance profile pulls images and sends logs, always",
        "It does so only where the task definition has no executionRoleArn; the agent prefers that role.", "03",
        "04")  # fmt: skip
def instance_role_starts(roles: TaskRoles) -> Signer:
    return Signer(NONE if roles.fargate else INSTANCE, START_INSTANCE, "The instance profile pulls and logs")


@belief(start_signer, "task-role-pulls", "the task role pulls the image and sends the logs",
        "The container with its task role does not exist yet: the agent pulls, with the execution role.",
        "execution-role")  # fmt: skip
def task_role_starts(roles: TaskRoles) -> Signer:
    return Signer(TASK if roles.task else NONE, START_EXECUTION, "The task role does everything for the task")


@belief(secret_signer, "task-role-reads-secrets", "`secrets` of a task definition are read with the task role",
        "The agent reads them before the container starts, with the execution role; the task role is for secrets that "
        "the code fetches itself.", "secrets")  # fmt: skip
def task_role_reads_secrets(roles: TaskRoles) -> Signer:
    return Signer(TASK if roles.task else NONE, SECRETS, "The secrets are the application's")


@belief(secret_signer, "instance-role-reads-secrets",
        "on EC2 the instance role reads `secrets` where there is no execution role",
        "The fallback exists for pulling and logging only; `secrets` need an execution role on EC2 too.",
        "secrets")  # fmt: skip
def instance_role_reads_secrets(roles: TaskRoles) -> Signer:
    if roles.execution or roles.fargate:
        return secret_signer(roles)
    return Signer(INSTANCE, SECRETS, "The instance role is used instead")


@belief(code_signer, "execution-role-runs-code", "the code executes with the execution role",
        "The execution role is the agent's; the containers can only get the task role's credentials.",
        "execution-role")  # fmt: skip
def execution_role_runs_code(roles: TaskRoles) -> Signer:
    return Signer(EXECUTION if roles.execution else NONE, CODE_TASK, "The task executes with its execution role")


@belief(code_signer, "no-task-role-no-access", "without a task role the code has no credentials, on EC2 either",
        "On an instance it falls through to the instance metadata and gets the instance role, unless blocked.",
        "no-task-role")  # fmt: skip
def no_fallback(roles: TaskRoles) -> Signer:
    if roles.task:
        return Signer(TASK, CODE_TASK, "There is a task role")
    return Signer(NONE, CODE_NONE, "There is no task role")


belief(default_policy_allows, "defaults-create-log-groups", "the default policies let awslogs create its log group",
       "They hold CreateLogStream and PutLogEvents; CreateLogGroup has to be added.",
       "log-group")(lambda purpose: True)  # fmt: skip

SIMULATION = iam.simulation(title="Who makes the call: the roles around an ECS task", view="grid", given=Given,
                            outcome=SignedCalls, run=sign_calls, initial_state=initial_state)  # fmt: skip
