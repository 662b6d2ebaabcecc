"""What people believe of task definitions instead."""

from dva.simulations.ecs.documents import TaskDefinition
from dva.simulations.ecs.ecs_task_definition import engine, rules
from dva.simulations.ecs.ecs_task_definition.documents import Given, PortKind
from dva.simulations.ecs.ecs_task_definition.engine import Size
from dva.simulations.ecs.ecs_task_definition.rules import registration

belief = registration.belief


@belief(engine.execution_role, "task-role-is-enough",
        "a task role is enough for pulling images, reading secrets and writing logs",
        "These are done before or beside the code, with the execution role; the task role is for the code's own calls.",
        "ecs-tasks-definitions.08")  # fmt: skip
def either_role(definition: TaskDefinition) -> str | None:
    return definition.execution_role_arn or definition.task_role_arn


@belief(engine.fits_memory, "any-memory-in-range",
        "any memory between the least and the most for a cpu is a size of Fargate",
        "The sizes come in steps: 1 GB up to 4 vCPU, 4 GB for 8 vCPU, 8 GB for 16 vCPU.", "size-table")  # fmt: skip
def in_range(cpu: int, memory: int) -> bool:
    return rules.TABLE[cpu][0] <= memory <= rules.TABLE[cpu][-1]


@belief(engine.fits_memory, "any-pair", "cpu and memory of a Fargate task are chosen independently",
        "Each cpu has its own list of memory sizes; any other pair is refused.", "size-table")  # fmt: skip
def any_memory(cpu: int, memory: int) -> bool:
    return True


@belief(engine.mebibytes, "gigabyte-is-1000", "2GB is 2000 MiB", "Amazon ECS converts GB to MiB by 1024: 2GB is 2048.",
        "size-units")  # fmt: skip
def thousands(size: Size) -> int | None:
    return engine.amount(size, "GB", 1000)


@belief(
    engine.port_kind, "dynamic-ports-on-fargate",
    "the container port of a Fargate task is mapped to a dynamic host port",
    "There is no host port to map: each task has its own network interface and is reached at its IP address.", "04",
)  # fmt: skip
def dynamic_in_awsvpc(mode: str, host_port: int | None) -> PortKind:
    return "dynamic" if mode == "awsvpc" else engine.port_kind(mode, host_port)


@belief(
    engine.port_kind, "host-mode-is-dynamic",
    "without hostPort a port is picked in host mode, as it is in bridge mode",
    "In host mode nothing is mapped: the container opens its own port on the instance.", "ecs-tasks-definitions.07",
)  # fmt: skip
def dynamic_in_host_mode(mode: str, host_port: int | None) -> PortKind:
    return "dynamic" if mode == "host" and not host_port else engine.port_kind(mode, host_port)


@belief(engine.needs_memory, "memory-is-optional", "a container on EC2 needs neither memory nor memoryReservation",
        "One of them is required where the task has no memory, because placement has to subtract something.",
        "ecs-tasks-definitions.05")  # fmt: skip
def never_needs_memory(task_memory: Size, fargate: bool) -> bool:
    return False


@belief(engine.fits_host_port, "host-port-is-free", "the host port can be chosen freely in every network mode",
        "In awsvpc and host mode it is blank or the container port.", "04")  # fmt: skip
def any_host_port(container_port: int, host_port: int | None) -> bool:
    return True


@belief(engine.port_kind, "omitted-is-the-same-port", "without hostPort the container port is used on the host",
        "In bridge mode a host port that is left out or 0 is picked by the host from its ephemeral range.",
        "ecs-service.03")  # fmt: skip
def same_port(mode: str, host_port: int | None) -> PortKind:
    return "static" if mode != "awsvpc" and host_port is None else engine.port_kind(mode, host_port)


@belief(engine.fits_network_mode, "any-network-mode-on-fargate", "every network mode is possible on Fargate",
        "Only awsvpc; and the mode is bridge where none is given.", "network-mode")  # fmt: skip
def any_network_mode(mode: str) -> bool:
    return True


@belief(
    engine.is_fargate, "checked-at-launch", "the sizes of Fargate matter only when a task is launched there",
    "FARGATE among requiresCompatibilities is enough for the table to be applied at registration.", "compatibility",
)  # fmt: skip
def launched_on_fargate(given: Given) -> bool:
    return given.launch_type == "FARGATE"
