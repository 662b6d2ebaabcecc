"""What placement reads: the members of AWS's documents, and the options that dva adds."""

import msgspec

from dva.aws.document import AwsDocument, Integer, StrictStruct
from dva.errors import GivenError


class Attribute(AwsDocument):
    name: str
    value: str | None = None


class Resource(AwsDocument):
    name: str
    integer_value: Integer | None = None
    string_set_value: list[str] | None = None


class VersionInfo(AwsDocument):
    agent_version: str | None = None


class ContainerInstance(AwsDocument):
    """DescribeContainerInstances; `agentVersion` and `taskGroups` may be added, as ecs-query reads them."""

    wrappers = ("containerInstances",)
    ec2_instance_id: str | None = None
    container_instance_arn: str | None = None
    status: str = "ACTIVE"
    agent_connected: bool = True
    attributes: list[Attribute] = []
    remaining_resources: list[Resource] = []
    registered_resources: list[Resource] = []
    version_info: VersionInfo | None = None
    agent_version: str | None = None
    task_groups: list[str] = []
    registered_at: str | float | None = None
    running_tasks_count: int | None = None


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


class PortMapping(AwsDocument):
    known = frozenset({"containerPortRange"})
    container_port: int | None = None
    host_port: int | None = None
    protocol: str = "tcp"


class ResourceRequirement(AwsDocument):
    type: str
    value: str


class Container(AwsDocument):
    name: str | None = None
    cpu: Integer = 0
    memory: Integer | None = None
    memory_reservation: Integer | None = None
    port_mappings: list[PortMapping] = []
    resource_requirements: list[ResourceRequirement] = []


class Constraint(AwsDocument):
    type: str
    expression: str | None = None


class TaskDefinition(AwsDocument):
    """RegisterTaskDefinition or DescribeTaskDefinition."""

    wrappers = ("taskDefinition",)
    family: str
    network_mode: str | None = None
    cpu: str | Integer | None = None
    memory: str | Integer | None = None
    container_definitions: list[Container] = []
    placement_constraints: list[Constraint] = []
    requires_attributes: list[Attribute] = []


class Strategy(AwsDocument):
    type: str
    field: str | None = None


class DeploymentConfiguration(AwsDocument):
    maximum_percent: int | None = None


class DeploymentController(AwsDocument):
    type: str = "ECS"


class Service(AwsDocument):
    """CreateService or DescribeServices; what exists has an ARN. Without a name it has that of the family."""

    wrappers = ("services", "service")
    service_name: str = ""
    service_arn: str | None = None
    desired_count: int | None = None
    scheduling_strategy: str = "REPLICA"
    launch_type: str | None = None
    placement_strategy: list[Strategy] = []
    placement_constraints: list[Constraint] = []
    deployment_configuration: DeploymentConfiguration | None = None
    deployment_controller: DeploymentController | None = None


class RunTask(AwsDocument):
    count: int = 1
    group: str | None = None
    launch_type: str | None = None
    placement_strategy: list[Strategy] = []
    placement_constraints: list[Constraint] = []


class Options(StrictStruct):
    """`eniLimits` counts the primary interface; `trunkLimits` are tasks with trunking on."""

    seed: int = 0
    eni_limits: dict[str, int] = {}
    trunk_limits: dict[str, int] = {}


class Given(StrictStruct):
    cluster: Cluster
    task_definition: TaskDefinition
    service: Service | None = None
    run_task: RunTask | None = None
    options: Options = msgspec.field(default_factory=Options)

    def __post_init__(self) -> None:
        if self.service and not self.service.service_name:
            self.service.service_name = self.task_definition.family

    @property
    def request(self) -> Service | RunTask:
        """The one of `service` and `runTask` that is given."""
        if (self.service is None) == (self.run_task is None):
            raise GivenError("give either `service` or `runTask`", hint="RunTask places once, a service keeps a count")
        request = self.service or self.run_task
        assert request is not None
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
