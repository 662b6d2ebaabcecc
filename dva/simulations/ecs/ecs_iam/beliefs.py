"""What people believe of the roles around a task instead."""

from dva.simulations.ecs.ecs_iam import engine, rules
from dva.simulations.ecs.ecs_iam.engine import EXECUTION, INSTANCE, NONE, TASK, Signer, TaskRoles
from dva.simulations.ecs.ecs_iam.rules import Purpose, iam

belief = iam.belief


@belief(
    engine.start_signer, "instance-role-always-pulls",
    "on EC2 the instance profile pulls images and sends logs, always",
    "It does so only where the task definition has no executionRoleArn; the agent prefers that role.", "03", "04",
)  # fmt: skip
def instance_role_starts(roles: TaskRoles) -> Signer:
    why = "The instance profile pulls and logs"
    return Signer(NONE if roles.fargate else INSTANCE, rules.START_INSTANCE, why)


@belief(engine.start_signer, "task-role-pulls", "the task role pulls the image and sends the logs",
        "The container with its task role does not exist yet: the agent pulls, with the execution role.",
        "execution-role")  # fmt: skip
def task_role_starts(roles: TaskRoles) -> Signer:
    return Signer(TASK if roles.task else NONE, rules.START_EXECUTION, "The task role does everything for the task")


@belief(
    engine.secret_signer, "task-role-reads-secrets", "`secrets` of a task definition are read with the task role",
    "The agent reads them before the container starts, with the execution role; the task role is for secrets that the "
    "code fetches itself.",
    "secrets",
)  # fmt: skip
def task_role_reads_secrets(roles: TaskRoles) -> Signer:
    return Signer(TASK if roles.task else NONE, rules.SECRETS, "The secrets are the application's")


@belief(
    engine.secret_signer, "instance-role-reads-secrets",
    "on EC2 the instance role reads `secrets` where there is no execution role",
    "The fallback exists for pulling and logging only; `secrets` need an execution role on EC2 too.", "secrets",
)  # fmt: skip
def instance_role_reads_secrets(roles: TaskRoles) -> Signer:
    if roles.execution or roles.fargate:
        return engine.secret_signer(roles)
    return Signer(INSTANCE, rules.SECRETS, "The instance role is used instead")


@belief(
    engine.code_signer, "execution-role-runs-code", "the code executes with the execution role",
    "The execution role is the agent's; the containers can only get the task role's credentials.", "execution-role",
)  # fmt: skip
def execution_role_runs_code(roles: TaskRoles) -> Signer:
    why = "The task executes with its execution role"
    return Signer(EXECUTION if roles.execution else NONE, rules.CODE_TASK, why)


@belief(engine.code_signer, "no-task-role-no-access", "without a task role the code has no credentials, on EC2 either",
        "On an instance it falls through to the instance metadata and gets the instance role, unless blocked.",
        "no-task-role")  # fmt: skip
def no_fallback(roles: TaskRoles) -> Signer:
    if roles.task:
        return Signer(TASK, rules.CODE_TASK, "There is a task role")
    return Signer(NONE, rules.CODE_NONE, "There is no task role")


@belief(engine.default_policy_allows, "defaults-create-log-groups",
        "the default policies let awslogs create its log group",
        "They hold CreateLogStream and PutLogEvents; CreateLogGroup has to be added.", "log-group")  # fmt: skip
def allows_every_action(purpose: Purpose) -> bool:
    return True
