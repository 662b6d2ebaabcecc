"""What one task takes from a container instance, read from its task definition."""

import re
from collections.abc import Callable

from msgspec import Struct

from dva.simulations.ecs.documents import ContainerDefinition, ResourceRequirement
from dva.simulations.ecs.ecs_placement.documents import TaskDefinition
from dva.simulations.ecs.ecs_placement.rules import REQUEST, UNITS
from dva.simulations.frame import Refused, Run

DIGITS = "[0-9]{1,9}"
"""As many as any number of AWS's has."""
Ports = frozenset[tuple[str, int]]
"""(protocol, host port)."""


class Need(Struct, frozen=True):
    """CPU units, MiB, static host ports, whether it takes a network interface, GPUs, required attributes."""

    cpu: int
    memory: int
    ports: Ports
    eni: bool
    gpus: int
    attributes: tuple[tuple[str, str | None], ...]


def soft_memory(container: ContainerDefinition) -> int:
    """Return memoryReservation where it is given, otherwise memory."""
    return container.memory or 0 if container.memory_reservation is None else container.memory_reservation


def static_ports(task: TaskDefinition) -> Ports:
    """Return the host ports that are fixed before the task starts.

    That is hostPort in bridge mode, containerPort in host mode.
    """
    mode = task.network_mode or "bridge"
    if mode in ("awsvpc", "none"):
        return frozenset()
    found = set()
    for mapping in (m for c in task.container_definitions for m in c.port_mappings):
        port = mapping.host_port or (mapping.container_port if mode == "host" else 0)
        if port:
            found.add((mapping.protocol.lower(), port))
    return frozenset(found)


def need_of(task: TaskDefinition, run: Run) -> Need:
    """Return what one task of this definition takes; values of the task level win over those of its containers."""
    containers = task.container_definitions
    cpu, memory = size_of(task, run.using(soft_memory))
    return Need(
        cpu=cpu,
        memory=memory,
        ports=run.using(static_ports)(task),
        eni=task.network_mode == "awsvpc",
        gpus=sum(_gpus(r) for c in containers for r in c.resource_requirements if r.type == "GPU"),
        attributes=tuple((a.name, a.value) for a in task.requires_attributes),
    )


def size_of(task: TaskDefinition, memory_of: Callable[[ContainerDefinition], int] = soft_memory) -> tuple[int, int]:
    """Return CPU units and MiB of one task; Refused where they cannot be read."""
    containers = task.container_definitions
    cpu, memory = amount(task.cpu, "cpu"), amount(task.memory, "memory")
    return (
        sum(c.cpu or 0 for c in containers) if cpu is None else cpu,
        sum(memory_of(c) for c in containers) if memory is None else memory,
    )


def amount(text: str | int | None, member: str) -> int | None:
    """Return CPU units or MiB: `512`, `"512"`, `"0.5 vCPU"`, `"2 GB"`; Refused for other text, as AWS does."""
    if text is None or isinstance(text, int):
        return text
    plain = text.lower().replace(" ", "")
    unit = next((unit for unit in ("vcpu", "gb") if plain.endswith(unit)), "")
    number = plain.removesuffix(unit)
    if not re.fullmatch(rf"{DIGITS}(\.{DIGITS})?|\.{DIGITS}", number):
        raise Refused(REQUEST, "ClientException", f"Invalid '{member}' setting for task.")
    return int(float(number) * (UNITS if unit else 1))


def _gpus(requirement: ResourceRequirement) -> int:
    if not re.fullmatch(DIGITS, requirement.value):
        raise Refused(REQUEST, "ClientException", f"`{requirement.value[:40]}` is not a valid number of GPUs")
    return int(requirement.value)
