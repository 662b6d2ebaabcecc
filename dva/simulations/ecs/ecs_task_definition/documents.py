"""What is read of a task definition."""

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct


class PortMapping(AwsDocument):
    container_port: int | None = None
    container_port_range: str | None = None
    host_port: int | None = None


class Secret(AwsDocument):
    name: str = ""


class LogConfiguration(AwsDocument):
    log_driver: str = ""


class Container(AwsDocument):
    name: str = "container"
    image: str = ""
    cpu: int | None = None
    memory: int | None = None
    memory_reservation: int | None = None
    port_mappings: list[PortMapping] = []
    secrets: list[Secret] = []
    log_configuration: LogConfiguration | None = None


class Constraint(AwsDocument):
    type: str


class Platform(AwsDocument):
    operating_system_family: str = "LINUX"


class EphemeralStorage(AwsDocument):
    size_in_gib: int = field(name="sizeInGiB")


class TaskDefinition(AwsDocument):
    """RegisterTaskDefinition or DescribeTaskDefinition."""

    wrappers = ("taskDefinition",)
    family: str = "task"
    network_mode: str | None = None
    task_role_arn: str | None = None
    execution_role_arn: str | None = None
    cpu: str | int | float | None = None
    memory: str | int | float | None = None
    container_definitions: list[Container] = []
    placement_constraints: list[Constraint] = []
    requires_compatibilities: list[str] = []
    runtime_platform: Platform = field(default_factory=Platform)
    ephemeral_storage: EphemeralStorage | None = None


class Given(StrictStruct):
    task_definition: TaskDefinition
    launch_type: str | None = None

    @property
    def mode(self) -> str:
        """The declared network mode, or the default."""
        return self.task_definition.network_mode or "bridge"

    @property
    def windows(self) -> bool:
        """Whether the containers run on Windows."""
        return self.task_definition.runtime_platform.operating_system_family.startswith("WINDOWS")
