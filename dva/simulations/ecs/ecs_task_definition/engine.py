"""An Amazon ECS task definition: would RegisterTaskDefinition take it, and which ports does a load balancer reach?

In the order of the checks: network mode, size (AWS Fargate has a fixed table), containers, ephemeral storage,
placement constraints, port mappings, roles. Amazon ECS answers with the first error; all of them are listed here.
(Amazon ECS API, RegisterTaskDefinition; Amazon ECS Developer Guide, "Task size".)
The rules stand in `_rules.py`, the documents in `_documents.py`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from dva.simulations._before import Belief, Rule, Simulation, Tracer
from dva.simulations.ecs.ecs_task_definition import _rules as rules
from dva.simulations.ecs.ecs_task_definition._documents import Given, TaskDefinition


@dataclass(frozen=True)
class Wrong:
    """An error of the definition, as Amazon ECS words it; `allowed` are the memory sizes that fit the cpu."""

    rule: Rule
    message: str
    allowed: tuple[int, ...] | None = None
    code: str = "ClientException"


# The rule functions that beliefs replace.


def is_fargate(given: Given) -> bool:
    """Whether Fargate's rules hold."""
    return "FARGATE" in given.task_definition.requires_compatibilities or given.launch_type == "FARGATE"


def network_fits(mode: str) -> bool:
    """Whether Fargate takes the network mode."""
    return mode == "awsvpc"


def memory_fits(cpu: int, memory: int) -> bool:
    """Whether the memory (MiB) stands in the row of this cpu (units)."""
    return memory in rules.TABLE[cpu]


def mebibytes(text: str | int | float | None) -> int | None:
    """`2048` or `2GB` in MiB; None for what is no size."""
    return _amount(text, "GB", 1024)


def host_port_fits(container_port: int, host_port: int | None) -> bool:
    """Whether a host port is possible where containers are reached at their own port."""
    return host_port in (None, container_port)


def port_kind(mode: str, host_port: int | None) -> str:
    """How a container port is reached."""
    if mode == "awsvpc":
        return "awsvpc"
    return "static" if mode == "host" or host_port else "dynamic"


def execution_role(definition: TaskDefinition) -> str | None:
    """The role with which Amazon ECS acts for the task."""
    return definition.execution_role_arn


def needs_memory(task_memory: str | int | float | None, fargate: bool) -> bool:
    """Whether each container has to say how much memory it needs."""
    return task_memory is None and not fargate


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    is_fargate: Callable[[Given], bool] = is_fargate
    network_fits: Callable[[str], bool] = network_fits
    memory_fits: Callable[[int, int], bool] = memory_fits
    mebibytes: Callable[[str | int | float | None], int | None] = mebibytes
    execution_role: Callable[[TaskDefinition], str | None] = execution_role
    needs_memory: Callable[[str | int | float | None, bool], bool] = needs_memory
    host_port_fits: Callable[[int, int | None], bool] = host_port_fits
    port_kind: Callable[[str, int | None], str] = port_kind


def _amount(text: str | int | float | None, unit: str, factor: int) -> int | None:
    """A size in the small unit: `1024`, or with the large unit `1 vCPU`, `.5vCPU`, `2 gb`."""
    found = re.fullmatch(rf"\s*([\d.]+)\s*({unit})?\s*", str(text), re.IGNORECASE)
    if not found:
        return None
    try:
        amount = Decimal(found[1]) * (factor if found[2] else 1)
    except InvalidOperation:
        return None
    return int(amount) if amount == int(amount) else None


def cpu_units(text: str | int | float | None) -> int | None:
    """`1024` or `1 vCPU` in CPU units; None for what is no size."""
    return _amount(text, "vCPU", 1024)


def check_network(given: Given, how: How, fargate: bool) -> Iterator[Wrong]:
    """The network mode."""
    compatible = given.task_definition.requires_compatibilities
    if given.launch_type == "FARGATE" and compatible and "FARGATE" not in compatible:
        message = "Task definition does not support launch_type FARGATE."
        yield Wrong(rules.COMPATIBLE, message, code="InvalidParameterException")
    if given.mode not in rules.MODES:
        yield Wrong(rules.NETWORK, f"Invalid 'networkMode' setting: {given.mode}.")
    elif fargate and not how.network_fits(given.mode):
        yield Wrong(rules.NETWORK, "Fargate only supports network mode ‘awsvpc’.")


def check_size(given: Given, how: How, fargate: bool) -> Iterator[Wrong]:
    """Cpu and memory of the task."""
    definition = given.task_definition
    cpu, memory = cpu_units(definition.cpu), how.mebibytes(definition.memory)
    if fargate:
        for name, value in (("cpu", definition.cpu), ("memory", definition.memory)):
            if value is None:
                yield Wrong(rules.SIZE, f"Fargate requires that '{name}' be defined at the task level.")
        table = rules.WINDOWS_CPU if given.windows else tuple(rules.TABLE)
        if definition.cpu is not None and cpu not in table:
            yield Wrong(rules.SIZE, "Invalid 'cpu' setting for task.")
        elif cpu is not None and definition.memory is not None and not (memory and how.memory_fits(cpu, memory)):
            yield Wrong(rules.SIZE, "No Fargate configuration exists for given values.", rules.TABLE[cpu])
        return
    if definition.cpu is not None and not (cpu and rules.EC2_CPU_RANGE[0] <= cpu <= rules.EC2_CPU_RANGE[1]):
        yield Wrong(rules.EC2_CPU, "Invalid 'cpu' setting for task.")
    if definition.memory is not None and not memory:
        yield Wrong(rules.MEMORY, "Invalid 'memory' setting for task.")


def check_containers(given: Given, how: How, fargate: bool) -> Iterator[Wrong]:
    """What the containers reserve of it."""
    definition = given.task_definition
    cpu, memory = cpu_units(definition.cpu), how.mebibytes(definition.memory)
    containers = definition.container_definitions
    for container in containers:
        hard, soft = container.memory, container.memory_reservation
        named = f"Invalid setting for container '{container.name}'."
        if how.needs_memory(definition.memory, fargate) and not (hard or soft):
            yield Wrong(rules.MEMORY, f"{named} At least one of 'memory' or 'memoryReservation' must be specified.")
        if hard and soft and hard < soft:
            yield Wrong(rules.SHARES, f"{named} 'memory' must be greater than 'memoryReservation'.")
        if memory and hard and hard > memory:
            yield Wrong(rules.SHARES, "The 'memory' setting for container is greater than for the task.")
    reserved = sum(c.memory_reservation or c.memory or 0 for c in containers)
    if memory and reserved > memory and all((c.memory or 0) <= memory for c in containers):
        yield Wrong(rules.SHARES, f"The containers reserve {reserved} MiB, more than the task's {memory} MiB.")
    asked = sum(c.cpu or 0 for c in containers)
    if cpu and asked > cpu:
        yield Wrong(rules.SHARES, f"The containers reserve {asked} CPU units, more than the task's {cpu}.")


def check_storage(given: Given, how: How, fargate: bool) -> Iterator[Wrong]:
    """Ephemeral storage."""
    storage = given.task_definition.ephemeral_storage
    if storage and not rules.STORAGE_RANGE[0] <= storage.size_in_gib <= rules.STORAGE_RANGE[1]:
        yield Wrong(
            rules.STORAGE, f"Invalid 'ephemeralStorage' setting: {storage.size_in_gib} is not within 21 and 200 GiB."
        )


def check_constraints(given: Given, how: How, fargate: bool) -> Iterator[Wrong]:
    """Placement constraints."""
    constraints = given.task_definition.placement_constraints
    if fargate and constraints:
        yield Wrong(rules.CONSTRAINTS, "Fargate does not support task placement constraints.")
    elif any(constraint.type == "distinctInstance" for constraint in constraints):
        yield Wrong(rules.CONSTRAINTS, "constraint.type 'distinctInstance' is not supported")


def check_ports(given: Given, how: How, fargate: bool) -> Iterator[Wrong]:
    """Port mappings; the same error is told once."""
    mismatch = f"When networkMode={given.mode}, the host ports and container ports in port mappings must match."
    matching = True
    for container in given.task_definition.container_definitions:
        for mapping in container.port_mappings:
            port = mapping.container_port
            if port is None and mapping.container_port_range:
                continue
            if port is None or not 1 <= port <= 65535:
                yield Wrong(rules.CONTAINER_PORT, f"Invalid 'containerPort' setting for container '{container.name}'.")
            elif given.mode == "awsvpc":
                matching = matching and how.host_port_fits(port, mapping.host_port)
            elif given.mode == "host":
                matching = matching and how.host_port_fits(port, mapping.host_port or None)
    if not matching:
        yield Wrong(rules.HOST_PORT, mismatch)


def check_roles(given: Given, how: How, fargate: bool) -> Iterator[Wrong]:
    """The execution role, where something has to be fetched or written for the task before its code runs."""
    definition = given.task_definition
    containers = definition.container_definitions
    if how.execution_role(definition):
        return
    if any(container.secrets for container in containers):
        message = "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        yield Wrong(rules.EXECUTION_ROLE, message)
    asks = "Fargate requires task definition to have execution role ARN to support"
    if fargate and any(rules.ECR_IMAGE.match(container.image) for container in containers):
        yield Wrong(rules.EXECUTION_ROLE, f"{asks} ECR images.")
    if fargate and any(c.log_configuration and c.log_configuration.log_driver == "awslogs" for c in containers):
        yield Wrong(rules.EXECUTION_ROLE, f"{asks} log driver awslogs.")


CHECKS = (
    ("network mode", check_network, rules.NETWORK), ("size", check_size, rules.SIZE),
    ("containers", check_containers, rules.SHARES), ("ephemeral storage", check_storage, rules.STORAGE),
    ("placement constraints", check_constraints, rules.CONSTRAINTS), ("port mappings", check_ports, rules.HOST_PORT),
    ("roles", check_roles, rules.EXECUTION_ROLE),
)  # fmt: skip


def start(given: Given) -> dict[str, Any]:
    definition = given.task_definition
    texts = {
        "Task definition": f"{definition.family}: network mode {given.mode}, cpu {definition.cpu or '-'}, "
        f"memory {definition.memory or '-'}, compatibilities {' '.join(definition.requires_compatibilities) or '-'}, "
        f"launch type {given.launch_type or '-'}",
        "Fargate sizes": "",
        "Errors": "",
        "Ports": "",
    }
    return {"texts": texts}


def play(given: Given, trace: Tracer, how: How) -> None:
    """Check the definition, then say where its ports are reached."""
    fargate = how.is_fargate(given)
    if fargate:
        row = cpu_units(given.task_definition.cpu)
        trace.step(
            rules.FARGATE,
            "Fargate's rules hold",
            rules.FARGATE.says,
            changes=_draw(trace, "Fargate sizes", _table(row)),
        )
    for name, check, rule in CHECKS:
        found = list(check(given, how, fargate))
        tell(name, found, trace)
        if not found:
            trace.step(rule, f"{name}: nothing wrong", rule.says)
    show_ports(given, trace, how)
    errors = trace.outcome["errors"]
    if not errors:
        changes = {"/outcome/status": "valid", "/outcome/valid": True}
        return trace.step(
            rules.VALID, f"{given.task_definition.family} is registered", rules.VALID.says, changes=changes
        )
    first = errors[0]
    refused = {"code": first["code"], "message": first["message"]}
    why = f"{first['code']}: {first['message']} {rules.INVALID.says}"
    if first["allowedMemory"]:
        why += f" With this cpu: {', '.join(map(str, first['allowedMemory']))} MiB."
    changes = {"/outcome/status": "invalid", "/outcome/valid": False, "/outcome/error": refused}
    return trace.step(rules.INVALID, f"{given.task_definition.family} is refused", why, changes=changes)


def tell(name: str, found: list[Wrong], trace: Tracer) -> None:
    """One check and what it found."""
    for wrong in found:
        error = {"code": wrong.code, "message": wrong.message, "allowedMemory": wrong.allowed and list(wrong.allowed)}
        changes: dict[str, Any] = {"/outcome/errors/-": error}
        told = [e["message"] for e in trace.outcome["errors"]] + [wrong.message]
        why = wrong.rule.says
        if wrong.allowed:
            why += f" With this cpu: {', '.join(map(str, wrong.allowed))} MiB."
        trace.step(
            wrong.rule, f"{name}: {wrong.message}", why, changes=changes | _draw(trace, "Errors", "\n".join(told))
        )


def show_ports(given: Given, trace: Tracer, how: How) -> None:
    """Where each container port is reached in the declared network mode, also where that mode is an error."""
    mode = given.mode
    if mode == "none":
        return trace.step(rules.NO_NETWORK, "No port is reached from outside", rules.NO_NETWORK.says)
    lines: list[str] = []
    for container in given.task_definition.container_definitions:
        for mapping in container.port_mappings:
            if mapping.container_port is None:
                continue
            kind = how.port_kind(mode, mapping.host_port)
            host_port = {"dynamic": 0, "static": mapping.host_port or mapping.container_port}.get(
                kind, mapping.container_port
            )
            port = {
                "container": container.name, "containerPort": mapping.container_port, "hostPort": host_port,
                "kind": kind,
            }  # fmt: skip
            lines.append(f"{container.name}:{mapping.container_port} <- {REACHED[kind].format(port=host_port)}")
            trace.step(
                rules.PORTS[kind], f"{container.name} port {mapping.container_port} is {kind}", rules.PORTS[kind].says,
                changes={"/outcome/ports/-": port} | _draw(trace, "Ports", "\n".join(lines)),
            )  # fmt: skip
    return None


REACHED = {
    "dynamic": "instance id : a port that the host picks (32768-60999), target type instance",
    "static": "instance id : {port}, target type instance",
    "awsvpc": "IP address of the task : {port}, target type ip",
}


def _table(cpu: int | None) -> str:
    """Fargate's sizes, the row of this cpu marked."""
    return "\n".join(
        f"{'>' if units == cpu else ' '} cpu {units}: memory {_row(sizes)}" for units, sizes in rules.TABLE.items()
    )


def _row(sizes: tuple[int, ...]) -> str:
    """The sizes of a row in few words."""
    if len(sizes) <= 4:
        return ", ".join(map(str, sizes))
    return f"{sizes[0]} to {sizes[-1]} in steps of {sizes[1] - sizes[0]}"


def _draw(trace: Tracer, title: str, text: str) -> dict[str, Any]:
    return {f"/state/texts/{title}": text} if trace.recording else {}


def any_memory_in_range(cpu: int, memory: int) -> bool:
    """Believed: every size between the least and the most of the row."""
    return rules.TABLE[cpu][0] <= memory <= rules.TABLE[cpu][-1]


def thousands(text: str | int | float | None) -> int | None:
    """Believed: 1 GB is 1000 MiB."""
    return _amount(text, "GB", 1000)


def dynamic_on_fargate(mode: str, host_port: int | None) -> str:
    """Believed: in awsvpc mode a host port is picked."""
    return "dynamic" if mode == "awsvpc" else port_kind(mode, host_port)


def dynamic_in_host_mode(mode: str, host_port: int | None) -> str:
    """Believed: in host mode a host port that is left out is picked, as in bridge mode."""
    return "dynamic" if mode == "host" and not host_port else port_kind(mode, host_port)


def same_port(mode: str, host_port: int | None) -> str:
    """Believed: a host port that is left out is the container port."""
    return "static" if mode != "awsvpc" and host_port is None else port_kind(mode, host_port)


BELIEFS = (
    Belief(
        "task-role-is-enough", "a task role is enough for pulling images, reading secrets and writing logs",
        "These are done before or beside the code, with the execution role; the task role is for the code's own calls.",
        "execution_role", lambda definition: definition.execution_role_arn or definition.task_role_arn,
        ("ecs-tasks-definitions.08",),
    ),
    Belief(
        "any-memory-in-range", "any memory between the least and the most for a cpu is a size of Fargate",
        "The sizes come in steps: 1 GB up to 4 vCPU, 4 GB for 8 vCPU, 8 GB for 16 vCPU.",
        "memory_fits", any_memory_in_range, ("fargate.size-table",),
    ),
    Belief(
        "any-pair", "cpu and memory of a Fargate task are chosen independently",
        "Each cpu has its own list of memory sizes; any other pair is refused.",
        "memory_fits", lambda cpu, memory: True, ("fargate.size-table",),
    ),
    Belief(
        "gigabyte-is-1000", "2GB is 2000 MiB",
        "Amazon ECS converts GB to MiB by 1024: 2GB is 2048.",
        "mebibytes", thousands, ("fargate.size-units",),
    ),
    Belief(
        "dynamic-ports-on-fargate", "the container port of a Fargate task is mapped to a dynamic host port",
        "There is no host port to map: each task has its own network interface and is reached at its IP address.",
        "port_kind", dynamic_on_fargate, ("fargate.04",),
    ),
    Belief(
        "host-mode-is-dynamic", "without hostPort a port is picked in host mode, as it is in bridge mode",
        "In host mode nothing is mapped: the container opens its own port on the instance.",
        "port_kind", dynamic_in_host_mode, ("ecs-tasks-definitions.07",),
    ),
    Belief(
        "memory-is-optional", "a container on EC2 needs neither memory nor memoryReservation",
        "One of them is required where the task has no memory, because placement has to subtract something.",
        "needs_memory", lambda task_memory, fargate: False, ("ecs-tasks-definitions.05",),
    ),
    Belief(
        "host-port-is-free", "the host port can be chosen freely in every network mode",
        "In awsvpc and host mode it is blank or the container port.",
        "host_port_fits", lambda container_port, host_port: True, ("fargate.04",),
    ),
    Belief(
        "omitted-is-the-same-port", "without hostPort the container port is used on the host",
        "In bridge mode a host port that is left out or 0 is picked by the host from its ephemeral range.",
        "port_kind", same_port, ("ecs-service.03",),
    ),
    Belief(
        "any-network-mode-on-fargate", "every network mode is possible on Fargate",
        "Only awsvpc; and the mode is bridge where none is given.",
        "network_fits", lambda mode: True, ("fargate.network-mode",),
    ),
    Belief(
        "checked-at-launch", "the sizes of Fargate matter only when a task is launched there",
        "FARGATE among requiresCompatibilities is enough for the table to be applied at registration.",
        "is_fargate", lambda given: given.launch_type == "FARGATE", ("fargate.compatibility",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="ecs-task-definition",
    title="ECS task definition",
    view="texts",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={"valid": False, "errors": [], "ports": []},
    statuses=("valid", "invalid"),
    play=play,
    how=How(),
    start=start,
)  # fmt: skip
