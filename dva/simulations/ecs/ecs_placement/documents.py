"""What placement reads beside the documents of all ECS engines, and what it results in."""

from typing import Annotated, Literal, TypedDict

from msgspec import field

from dva.aws.document import AwsDocument, Integer, StrictStruct
from dva.errors import GivenError
from dva.simulations.ecs import documents
from dva.simulations.ecs.documents import ContainerInstance, PlacementConstraint, PlacementStrategy
from dva.simulations.frame import Outcome, Phrases

ZONE_NAME = "ecs.availability-zone"
DEFAULT_STRATEGY = [
    PlacementStrategy(type="spread", field=f"attribute:{ZONE_NAME}"),
    PlacementStrategy(type="spread", field="instanceId"),
]
"""Of a service; RunTask places at random."""


class Attachment(AwsDocument):
    type: str | None = None


class Task(AwsDocument):
    """DescribeTasks; `containerInstance` (an id) may stand for `containerInstanceArn`."""

    wrappers = ("tasks",)
    known = frozenset({"startedBy", "stoppedAt", "startedAt"})
    container_instance: str | None = None
    container_instance_arn: str | None = None
    task_arn: str | None = None
    group: str | None = None
    desired_status: str | None = None
    last_status: str | None = None
    protection_enabled: bool = False
    created_at: str | float | None = None
    attachments: list[Attachment] = []
    network_mode: str | None = None

    @property
    def stopped(self) -> bool:
        """Placement looks at the desired status; only where it is not given at the last one."""
        return (self.desired_status or self.last_status) == "STOPPED"


class Cluster(AwsDocument):
    known = frozenset({"clusterArn"})
    cluster_name: str | None = None
    container_instances: list[ContainerInstance] = []
    tasks: list[Task] = []


class TaskDefinition(documents.TaskDefinition, kw_only=True):
    """A task definition whose family names the tasks."""

    family: str
    cpu: str | Integer | None = None
    memory: str | Integer | None = None


class AwsVpcConfiguration(AwsDocument):
    subnets: list[str] = []


class NetworkConfiguration(AwsDocument):
    awsvpc_configuration: AwsVpcConfiguration | None = None


class Service(documents.Service, kw_only=True):
    network_configuration: NetworkConfiguration | None = None


class RunTask(AwsDocument):
    count: int = 1
    group: str | None = None
    launch_type: str | None = None
    network_configuration: NetworkConfiguration | None = None
    placement_strategy: list[PlacementStrategy] = []
    placement_constraints: list[PlacementConstraint] = []


class Options(StrictStruct):
    """What AWS's documents leave open."""

    seed: int = 0
    """Where the draws of random begin."""
    eni_limits: dict[str, int] = {}
    """Network interfaces by instance type, the primary one included."""
    trunk_limits: dict[str, int] = {}
    """Tasks in awsvpc mode by instance type, on instances with trunking."""


class Given(StrictStruct):
    """A cluster, and the service or RunTask call whose tasks are placed in it."""

    cluster: Cluster
    """The container instances, and the tasks that exist."""
    task_definition: TaskDefinition
    """What each task needs."""
    service: Service | None = None
    """The service; where it has more tasks than desired, some of them stop."""
    run_task: RunTask | None = None
    """The RunTask call, instead of a service."""
    options: Options = field(default_factory=Options)
    """What AWS's documents leave open."""

    def __post_init__(self) -> None:
        if self.service and not self.service.service_name:
            self.service.service_name = self.task_definition.family

    @property
    def request(self) -> Service | RunTask:
        """The one of `service` and `runTask` that is given."""
        request = self.service or self.run_task
        if request is None or (self.service and self.run_task):
            raise GivenError("give either `service` or `runTask`", hint="RunTask places once, a service keeps a count")
        return request

    @property
    def group(self) -> str:
        """The group whose tasks are counted: the service, or RunTask's group (default the family)."""
        if self.service:
            return f"service:{self.service.service_name}"
        group = self.run_task.group if self.run_task else None
        return group or f"family:{self.task_definition.family}"

    @property
    def prefix(self) -> str:
        """What the names of the tasks begin with."""
        return self.service.service_name if self.service else self.task_definition.family

    @property
    def constraints(self) -> list[PlacementConstraint]:
        """Those of the service or RunTask first, then those of the task definition."""
        return [*self.request.placement_constraints, *self.task_definition.placement_constraints]


class OnInstance(TypedDict):
    """A task and its instance."""

    task: str
    """Name of the task."""
    containerInstance: str
    """Id of the instance."""


class Failure(TypedDict):
    """Why one instance cannot take a task."""

    containerInstance: str
    """Id of the instance."""
    reason: str
    """The reason as Amazon ECS gives it, like RESOURCE:MEMORY."""


REASONS = Phrases({
    name: name for name in ("RESOURCE:CPU", "RESOURCE:MEMORY", "RESOURCE:PORTS", "RESOURCE:ENI", "RESOURCE:GPU",
                            "DistinctInstance placement constraint unsatisfied.",
                            "MemberOf placement constraint unsatisfied.",
                            "ATTRIBUTE")
})  # fmt: skip
"""AWS's own words."""


class Unplaced(TypedDict):
    """A task that no instance can take."""

    task: str
    """Name of the task."""
    reason: Annotated[str, REASONS]
    """The reason of the closest instance."""
    closest: str | None
    """Id of the closest instance; null where there is none."""
    failures: list[Failure]
    """The reason of each instance; empty for equal tasks after the first where there are very many."""


class Placements(Outcome):
    """Where tasks are placed, and which stop."""

    status: Annotated[
        Literal["placed", "partly", "unplaced", "stopped", "blocked", "unchanged", "refused"] | None,
        Phrases(
            {
                "placed": "All of the tasks are placed",
                "partly": "Some of the tasks are placed",
                "unplaced": "No task is placed",
                "refused": "Amazon ECS rejects the request",
            },
            {"stopped": "The tasks stop", "blocked": "Protected tasks continue to run", "unchanged": "Nothing changes"},
        ),
    ] = None
    """`placed`, `partly` or not at all (`unplaced`); `stopped` on scale-in, or `blocked` by protection; `unchanged`;
    `refused` where Amazon ECS rejects the request."""
    placements: list[OnInstance] = []
    """The tasks that are placed, in their order."""
    unplaced: list[Unplaced] = []
    """The tasks that are not placed."""
    stopped: list[OnInstance] = []
    """The tasks that stop, in their order."""
    blockedByProtection: int = 0
    """Tasks that should stop but are protected from scale-in."""
    serviceEvent: str | None = None
    """The event that Amazon ECS writes for the service."""
