"""The rules of who makes which call, and where AWS says them."""

from dva.simulations._before import Rule

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
POLICIES = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference"

WHOSE = Rule(
    "ecs.iam.whose",
    "What a call is for decides whose credentials are asked.",
    f"Amazon ECS Developer Guide, IAM roles for Amazon ECS: {GUIDE}/security-ecs-iam-role-overview.html",
    ("ecs-iam-overview.execution-role",),
)
ENDPOINT = Rule(
    "ecs.iam.container-endpoint",
    "An SDK in a container asks the task's own credential endpoint, 169.254.170.2, before any instance metadata.",
    f"Amazon ECS Developer Guide, Task IAM role: {GUIDE}/task-iam-roles.html",
    ("ecs-iam-overview.06",),
)
AGENT = Rule(
    "ecs.iam.agent",
    "On an instance the container agent registers, polls and reports state with the container instance role.",
    f"Amazon ECS Developer Guide, Container instance IAM role: {GUIDE}/instance_IAM_role.html",
    ("ecs-iam-overview.02",),
)
AWS_SIDE = Rule(
    "ecs.iam.aws-side",
    "On Fargate there is no instance of yours: AWS's own agent registers and reports, with no role of yours.",
    f"Amazon ECS Developer Guide, Amazon ECS on AWS Fargate: {GUIDE}/AWS_Fargate.html",
    ("ecs-iam-overview.fargate",),
)
START_EXECUTION = Rule(
    "ecs.iam.execution-role",
    "Where the task definition names an execution role, the agent pulls the image and sends awslogs with it.",
    f"Amazon ECS Developer Guide, Task execution IAM role: {GUIDE}/task_execution_IAM_role.html; "
    "aws/amazon-ecs-agent, container.go ShouldPullWithExecutionRole",
    ("ecs-iam-overview.03", "ecs-iam-overview.04"),
)
START_INSTANCE = Rule(
    "ecs.iam.instance-role-starts",
    "Without an execution role the agent on an instance pulls and logs with the container instance role.",
    f"Amazon ECS Developer Guide, Container instance IAM role: {GUIDE}/instance_IAM_role.html",
    ("ecs-iam-overview.03", "ecs-iam-overview.04"),
)
START_NONE = Rule(
    "ecs.iam.fargate-needs-execution-role",
    "On Fargate without an execution role nobody can pull from ECR or send awslogs: the task does not start.",
    f"Amazon ECS Developer Guide, Task execution IAM role: {GUIDE}/task_execution_IAM_role.html",
    ("ecs-iam-overview.fargate",),
)
SECRETS = Rule(
    "ecs.iam.secrets",
    "Values under `secrets`, registry credentials and environment files are read with the execution role.",
    f"Amazon ECS Developer Guide, Task execution IAM role: {GUIDE}/task_execution_IAM_role.html",
    ("ecs-iam-overview.execution-role", "ecs-iam-overview.secrets"),
)
SECRETS_NONE = Rule(
    "ecs.iam.secrets-need-execution-role",
    "Without an execution role nothing can read them, on EC2 neither: the instance role is not asked.",
    f"Amazon ECS Developer Guide, Task execution IAM role: {GUIDE}/task_execution_IAM_role.html",
    ("ecs-iam-overview.secrets",),
)
LOG_GROUP = Rule(
    "ecs.iam.log-group",
    "`logs:CreateLogGroup` is in neither default policy: `awslogs-create-group` needs it added by hand.",
    f"AWS managed policies: {POLICIES}/AmazonECSTaskExecutionRolePolicy.html, "
    f"{POLICIES}/AmazonEC2ContainerServiceforEC2Role.html",
    ("ecs-iam-overview.log-group",),
)
CODE_TASK = Rule(
    "ecs.iam.task-role",
    "Code in the containers gets the task role, from 169.254.170.2 and the path in "
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI.",
    f"Amazon ECS Developer Guide, Task IAM role: {GUIDE}/task-iam-roles.html",
    ("ecs-iam-overview.06", "ecs-iam-overview.07"),
)
CODE_INSTANCE = Rule(
    "ecs.iam.code-falls-back",
    "Without a task role, code on an instance finds the instance role at the instance metadata service.",
    f"Amazon ECS Developer Guide, Task IAM role: {GUIDE}/task-iam-roles.html",
    ("ecs-iam-overview.no-task-role",),
)
CODE_BLOCKED = Rule(
    "ecs.iam.imds-blocked",
    "Where containers cannot reach the instance metadata, code without a task role has no credentials.",
    f"Amazon ECS Developer Guide, Container agent configuration (ECS_AWSVPC_BLOCK_IMDS): {GUIDE}/ecs-agent-config.html",
    ("ecs-iam-overview.no-task-role",),
)
CODE_NONE = Rule(
    "ecs.iam.fargate-no-task-role",
    "On Fargate there is no instance metadata to fall back on: no task role, no credentials.",
    f"Amazon ECS Developer Guide, Task IAM role: {GUIDE}/task-iam-roles.html",
    ("ecs-iam-overview.fargate",),
)
EXEC = Rule(
    "ecs.iam.exec",
    "ECS Exec runs an SSM agent inside the container: its `ssmmessages` calls use the task's own credentials.",
    f"Amazon ECS Developer Guide, ECS Exec: {GUIDE}/ecs-exec.html",
    ("ecs-iam-overview.exec",),
)
SERVICE_LINKED = Rule(
    "ecs.iam.service-linked",
    "Targets, network interfaces, Cloud Map entries and managed scaling are Amazon ECS's calls, by its own "
    "service-linked role.",
    f"AWS managed policies, AmazonECSServiceRolePolicy: {POLICIES}/AmazonECSServiceRolePolicy.html",
    ("ecs-iam-overview.service-linked",),
)
SCALES = Rule(
    "ecs.iam.scaling",
    "Scaling policies change the desired count (ecs:UpdateService) with Application Auto Scaling's "
    "service-linked role.",
    "Application Auto Scaling User Guide, Service-linked roles: "
    "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html",
    ("ecs-iam-overview.service-linked",),
)
STARTS = Rule(
    "ecs.iam.events",
    "EventBridge runs tasks with a role that allows ecs:RunTask, and iam:PassRole for the roles of the task.",
    f"AWS managed policies, AmazonEC2ContainerServiceEventsRole: {POLICIES}/AmazonEC2ContainerServiceEventsRole.html",
    ("ecs-iam-overview.events",),
)
UNKNOWN = Rule(
    "ecs.iam.nobody",
    "An action that no part of Amazon ECS makes for a task has no principal here.",
    f"Amazon ECS Developer Guide, IAM roles for Amazon ECS: {GUIDE}/security-ecs-iam-role-overview.html",
    ("ecs-iam-overview.execution-role",),
    assumption=True,
)

RULES = (
    WHOSE, ENDPOINT, AGENT, AWS_SIDE, START_EXECUTION, START_INSTANCE, START_NONE, SECRETS, SECRETS_NONE, LOG_GROUP,
    CODE_TASK, CODE_INSTANCE, CODE_BLOCKED, CODE_NONE, EXEC, SERVICE_LINKED, SCALES, STARTS, UNKNOWN,
)  # fmt: skip
