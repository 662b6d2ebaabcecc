"""What the question of who signs a call is given, and what it results in."""

from typing import Literal, TypedDict

from dva.aws.document import StrictStruct
from dva.simulations.ecs.documents import TaskDefinition
from dva.simulations.frame import Outcome

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
