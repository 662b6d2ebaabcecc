"""A task definition with the calls to be explained, and who signs them."""

from typing import Annotated, Any, Literal, TypedDict

from msgspec import field

from dva.aws import policy
from dva.aws.document import StrictStruct
from dva.aws.policy import Documents
from dva.simulations.ecs.documents import TaskDefinition
from dva.simulations.frame import Outcome, Phrases

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
    resource: str | None = None
    """ARN of what it is about, for the policies; without it any that an Allow statement names."""
    context: dict[str, Any] = {}
    """Condition keys of the request and their values."""


class RolePolicies(StrictStruct):
    """Identity-based policies of the roles: documents as text or mapping, one, a list, or by name."""

    task_role: Documents | None = None
    """Policies of the task role; without them it may do everything."""
    execution_role: Documents | None = None
    """Policies of the task execution role; without them AmazonECSTaskExecutionRolePolicy and what its values take."""
    container_instance_role: Documents | None = None
    """Policies of the container instance role; without them AmazonEC2ContainerServiceforEC2Role."""


class Given(StrictStruct):
    """A task definition, where its tasks run, and the calls to be explained."""

    task_definition: TaskDefinition
    """The task definition, as register-task-definition takes it or describe-task-definition prints it."""
    calls: list[Call]
    """The calls, each decided on its own."""
    launch_type: Literal["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"] | None = None
    """Where the tasks run; without it, on EC2."""
    imds_blocked: bool = False
    """ECS_AWSVPC_BLOCK_IMDS of the agent: tasks in awsvpc mode cannot reach the instance metadata."""
    imds_firewall: bool = False
    """Whether a firewall rule on the instance (iptables) keeps tasks in bridge mode from the instance metadata."""
    policies: RolePolicies = field(default_factory=RolePolicies)
    """Policies of the roles, where they are known."""


class SignedCall(TypedDict):
    """A call and the principal that signs it."""

    action: str
    """The IAM action."""
    principal: Annotated[
        Principal,
        Phrases(
            {
                "containerInstanceRole": "The container instance role",
                "executionRole": "The task execution role",
                "taskRole": "The task role",
                "AWSServiceRoleForECS": "The service-linked role of Amazon ECS",
                "none": "No role",
            },
            {
                "AWSServiceRoleForApplicationAutoScaling_ECSService": "The service-linked role for scaling",
                "ecsEventsRole": "The role of the EventBridge rule",
                "aws": "AWS itself, with none of your roles",
            },
        ),
    ]
    """The role whose credentials sign the call; `aws` on AWS's own side of Fargate, `none` where there is none."""
    allowed: bool
    """Whether there is a principal, and its policies allow the action: those given, else its default policy."""
    decision: Annotated[
        policy.Effect | None,
        Phrases({"allowed": "An allow", "explicitDeny": "An explicit deny", "implicitDeny": "An implicit deny"}),
    ]
    """What the policies that are given say; null where none are given for the principal."""


class SignedCalls(Outcome):
    """Who signs each call."""

    status: Annotated[
        Literal["completed", "refused"] | None,
        Phrases({"completed": "IAM accepts the policies", "refused": "IAM rejects a policy"}),
    ] = None
    """`refused` where IAM would not take one of the policies."""
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
