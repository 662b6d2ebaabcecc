"""What the check of a task definition is given, and what it results in."""

from typing import Annotated, Any, Literal, TypedDict

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.ecs import documents
from dva.simulations.frame import Outcome, Phrases

PortKind = Literal["static", "dynamic", "awsvpc"]


class LogConfiguration(documents.LogConfiguration, kw_only=True):
    options: dict[str, Any] = {}
    secret_options: list[documents.Secret] = []


class ContainerDependency(AwsDocument):
    container_name: str = ""
    condition: str = ""


class MountPoint(AwsDocument):
    source_volume: str | None = None


class ContainerDefinition(documents.ContainerDefinition, kw_only=True):
    """A container with what only its registration looks at."""

    essential: bool = True
    links: list[str] = []
    depends_on: list[ContainerDependency] = []
    health_check: dict[str, Any] | None = None
    mount_points: list[MountPoint] = []
    log_configuration: LogConfiguration | None = None


class Volume(AwsDocument):
    name: str = ""


class TaskDefinition(documents.TaskDefinition, kw_only=True):
    container_definitions: tuple[ContainerDefinition, ...] = ()
    volumes: list[Volume] = []


class Given(StrictStruct):
    """A task definition, and where its tasks are launched."""

    task_definition: TaskDefinition
    """The task definition, as register-task-definition takes it or describe-task-definition prints it."""
    launch_type: str | None = None
    """Where its tasks are launched, such as `FARGATE`; without it, only `requiresCompatibilities` counts."""

    @property
    def mode(self) -> str:
        """The declared network mode, or the default."""
        return self.task_definition.network_mode or "bridge"

    @property
    def on_windows(self) -> bool:
        """Whether the containers run on Windows."""
        return self.task_definition.runtime_platform.operating_system_family.startswith("WINDOWS")


class Error(TypedDict):
    """An error of the definition."""

    code: str
    """Error code of the Amazon ECS API."""
    message: str
    """Message, as Amazon ECS words it where that is known."""
    allowedMemory: list[int] | None
    """Memory sizes in MiB that Fargate has for this cpu; null where the error is another one."""


class Port(TypedDict):
    """How a container port is reached."""

    container: str
    """Name of the container."""
    containerPort: int
    """Port in the container."""
    hostPort: int
    """Port on the host or the network interface of the task; 0 where the host picks one."""
    kind: Annotated[
        PortKind,
        Phrases(
            {
                "static": "At a fixed port of the instance",
                "dynamic": "At a port that the instance chooses",
                "awsvpc": "At the container port of the task's own network interface",
            }
        ),
    ]
    """`static` or `dynamic` on the instance, `awsvpc` on the network interface of the task."""


class Registration(Outcome):
    """Whether Amazon ECS would register the definition, and how its ports are reached."""

    status: Annotated[
        Literal["valid", "invalid"] | None, Phrases({"valid": "It is registered", "invalid": "It is rejected"})
    ] = None
    """`valid`, or `invalid` where there is any error."""
    valid: bool = False
    """Whether the definition would be registered."""
    errors: list[Error] = []
    """Every error, in the order of the checks; Amazon ECS answers with the first."""
    ports: list[Port] = []
    """The container ports in the declared network mode, also where that mode is an error."""
