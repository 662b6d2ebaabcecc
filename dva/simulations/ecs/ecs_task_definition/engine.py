"""Checks a task definition in Amazon ECS's order, then says where its ports are reached."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from dva.aws.service_model import Request
from dva.simulations.ecs.documents import OPEN_SHAPES
from dva.simulations.ecs.ecs_task_definition import containers, rules
from dva.simulations.ecs.ecs_task_definition.containers import Fault, name_of
from dva.simulations.ecs.ecs_task_definition.documents import Error, Given, PortKind, Registration, TaskDefinition
from dva.simulations.frame import Append, Run, State
from dva.trace import Rule

Size = str | int | float | None
"""A task-level cpu or memory as it is written."""


def register(given: Given, run: Run) -> None:
    """Check the definition, then show where its ports are reached."""
    definition, fargate = given.task_definition, run.using(is_fargate)(given)
    if fargate:
        table = size_table(cpu_units(definition.cpu))
        run.step(rules.FARGATE, "Fargate's rules hold", draw={("texts", "Fargate sizes"): table})
    for name, check, rule in CHECKS:
        faults = list(check(given, run, fargate))
        for fault in faults:
            record(name, fault, run)
        if not faults and rule:
            run.step(rule, f"{name}: nothing wrong")
    show_ports(given, run)
    errors: list[Error] = run.outcome["errors"]
    if not errors:
        row = next((line for line in size_table(cpu_units(definition.cpu)).splitlines() if line[0] == ">"), "")
        why = f"The size is in Fargate's table: {row.strip('> ')}." if fargate and row else ""
        run.step(rules.VALID, f"{definition.family} is registered", why, status="valid", valid=True)
        return
    code, message = errors[0]["code"], errors[0]["message"]
    why = f"{code}: {message} {allowed_text(errors[0]['allowedMemory'])}".strip()
    error = {"code": code, "message": message}
    run.step(rules.INVALID, f"{definition.family} is refused", why, status="invalid", valid=False, error=error)


def record(name: str, fault: Fault, run: Run) -> None:
    """Add a fault that a check found to the errors."""
    messages = [error["message"] for error in run.outcome["errors"]] + [fault.message]
    allowed = list(fault.allowed) if fault.allowed else None
    run.step(fault.rule, f"{name}: {fault.message}", allowed_text(allowed),
             draw={("texts", "Errors"): "\n".join(messages)},
             errors=Append(Error(code=fault.code, message=fault.message, allowedMemory=allowed)))  # fmt: skip


def allowed_text(memory: list[int] | None) -> str:
    """Return which memory sizes the cpu allows."""
    return f"With this cpu: {', '.join(map(str, memory))} MiB." if memory else ""


# The checks, in Amazon ECS's order


def check_network(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    compatible = given.task_definition.requires_compatibilities
    if given.launch_type == "FARGATE" and compatible and "FARGATE" not in compatible:
        message = "Task definition does not support launch_type FARGATE."
        yield Fault(rules.COMPATIBLE, message, code="InvalidParameterException")
    if given.mode not in rules.MODES:
        yield Fault(rules.NETWORK, f"Invalid 'networkMode' setting: {given.mode}.")
    elif fargate and not run.using(fits_network_mode)(given.mode):
        yield Fault(rules.NETWORK, "Fargate only supports network mode ‘awsvpc’.")


def check_size(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    definition = given.task_definition
    cpu, memory = cpu_units(definition.cpu), run.using(mebibytes)(definition.memory)
    if fargate:
        for name, value in (("cpu", definition.cpu), ("memory", definition.memory)):
            if value is None:
                yield Fault(rules.SIZE, f"Fargate requires that '{name}' be defined at the task level.")
        if definition.cpu is not None and cpu not in (rules.WINDOWS_CPU if given.on_windows else rules.TABLE):
            yield Fault(rules.SIZE, "Invalid 'cpu' setting for task.")
        elif cpu is not None and definition.memory is not None and not (memory and run.using(fits_memory)(cpu, memory)):
            yield Fault(rules.SIZE, "No Fargate configuration exists for given values.", rules.TABLE[cpu])
        return
    if definition.cpu is not None and not (cpu and rules.MIN_EC2_CPU <= cpu <= rules.MAX_EC2_CPU):
        yield Fault(rules.EC2_CPU, "Invalid 'cpu' setting for task.")
    if definition.memory is not None and not memory:
        yield Fault(rules.MEMORY, "Invalid 'memory' setting for task.")


def check_containers(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    """Check what the containers reserve of the task's cpu and memory."""
    definition = given.task_definition
    cpu, memory = cpu_units(definition.cpu), run.using(mebibytes)(definition.memory)
    containers = definition.container_definitions
    for container in containers:
        hard, soft = container.memory, container.memory_reservation
        setting = f"Invalid setting for container '{name_of(container)}'."
        if run.using(needs_memory)(definition.memory, fargate) and not (hard or soft):
            yield Fault(rules.MEMORY, f"{setting} At least one of 'memory' or 'memoryReservation' must be specified.")
        if hard and soft and hard < soft:
            yield Fault(rules.SHARES, f"{setting} 'memory' must be greater than or equal to 'memoryReservation'.")
        if memory and hard and hard > memory:
            yield Fault(rules.SHARES, "The 'memory' setting for container is greater than for the task.")
    reserved = sum(container.memory_reservation or container.memory or 0 for container in containers)
    if memory and reserved > memory and all((container.memory or 0) <= memory for container in containers):
        yield Fault(rules.SHARES, f"The containers reserve {reserved} MiB, more than the task's {memory} MiB.")
    units = sum(container.cpu or 0 for container in containers)
    if cpu and units > cpu:
        yield Fault(rules.SHARES, f"The containers reserve {units} CPU units, more than the task's {cpu}.")


def check_storage(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    storage = given.task_definition.ephemeral_storage
    if storage and not rules.MIN_STORAGE <= storage.size_in_gib <= rules.MAX_STORAGE:
        limits = f"{rules.MIN_STORAGE} and {rules.MAX_STORAGE} GiB"
        yield Fault(rules.STORAGE, f"Invalid 'ephemeralStorage' setting: {storage.size_in_gib} is not within {limits}.")


def check_constraints(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    constraints = given.task_definition.placement_constraints
    if fargate and constraints:
        yield Fault(rules.CONSTRAINTS, "Fargate does not support task placement constraints.")
    elif any(constraint.type == "distinctInstance" for constraint in constraints):
        yield Fault(rules.CONSTRAINTS, "constraint.type 'distinctInstance' is not supported")


def check_ports(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    """Check the port mappings; a mismatch is one error, however many mappings have it."""
    matching = True
    for container in given.task_definition.container_definitions:
        for mapping in container.port_mappings:
            port, host_port = mapping.container_port, mapping.host_port
            if port is None and mapping.container_port_range:
                continue
            if port is None or not rules.MIN_PORT <= port <= rules.MAX_PORT:
                setting = f"Invalid 'containerPort' setting for container '{name_of(container)}'."
                yield Fault(rules.CONTAINER_PORT, setting)
            elif given.mode in ("awsvpc", "host"):
                host_port = host_port or None if given.mode == "host" else host_port
                matching = matching and run.using(fits_host_port)(port, host_port)
    if not matching:
        mode = f"When networkMode={given.mode}"
        yield Fault(rules.HOST_PORT, f"{mode}, the host ports and container ports in port mappings must match.")


def check_roles(given: Given, run: Run, fargate: bool) -> Iterator[Fault]:
    """Check the execution role, where something is read or written for the task before its code runs."""
    definition = given.task_definition
    containers = definition.container_definitions
    if run.using(execution_role)(definition):
        return
    if any(container.secrets for container in containers):
        message = "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        yield Fault(rules.EXECUTION_ROLE, message)
    required = "Fargate requires task definition to have execution role ARN to support"
    if fargate and any(rules.ECR_IMAGE.match(container.image) for container in containers):
        yield Fault(rules.EXECUTION_ROLE, f"{required} ECR images.")
    if fargate and any(c.log_configuration and c.log_configuration.log_driver == "awslogs" for c in containers):
        yield Fault(rules.EXECUTION_ROLE, f"{required} log driver awslogs.")


CHECKS: tuple[tuple[str, Callable[[Given, Run, bool], Iterator[Fault]], Rule | None], ...] = (
    ("network mode", check_network, rules.NETWORK), ("size", check_size, rules.SIZE),
    ("containers", check_containers, rules.SHARES), ("ephemeral storage", check_storage, rules.STORAGE),
    ("placement constraints", check_constraints, rules.CONSTRAINTS), ("port mappings", check_ports, rules.HOST_PORT),
    ("roles", check_roles, rules.EXECUTION_ROLE), ("names and images", containers.check_names, None),
    ("essential", containers.check_essential, None), ("dependencies", containers.check_dependencies, None),
    ("log drivers", containers.check_log_drivers, None), ("links", containers.check_links, None),
    ("volumes", containers.check_volumes, None),
)  # fmt: skip
"""In order; a check without a rule says nothing where nothing is wrong."""


# The ports

TARGETS: dict[PortKind, tuple[Rule, str]] = {
    "dynamic": (rules.DYNAMIC, "instance id : a port that the host picks (32768-60999), target type instance"),
    "static": (rules.STATIC, "instance id : {port}, target type instance"),
    "awsvpc": (rules.AWSVPC, "IP address of the task : {port}, target type ip"),
}
"""What a load balancer reaches; the ports that a host picks are those of Linux (MAPPING)."""


def show_ports(given: Given, run: Run) -> None:
    """Show where each container port is reached in the declared network mode, also where that mode is an error."""
    mode, lines = given.mode, []
    if mode == "none":
        run.step(rules.NO_NETWORK, "No port is reached from outside")
        return
    for container in given.task_definition.container_definitions:
        name = name_of(container)
        for mapping in container.port_mappings:
            port, host_port = mapping.container_port, mapping.host_port
            if port is None:
                continue
            kind = run.using(port_kind)(mode, host_port)
            rule, target = TARGETS[kind]
            reached = {"dynamic": 0, "static": host_port or port, "awsvpc": port}[kind]
            lines.append(f"{name}:{port} <- {target.format(port=reached)}")
            run.step(
                rule, f"{name} port {port} is {kind}", draw={("texts", "Ports"): "\n".join(lines)},
                ports=Append({"container": name, "containerPort": port, "hostPort": reached, "kind": kind}),
            )  # fmt: skip


def initial_state(given: Given) -> State:
    """Return the definition in a line, and three texts that fill up."""
    definition = given.task_definition
    line = (
        f"{definition.family}: network mode {given.mode}, cpu {definition.cpu or '-'}, "
        f"memory {definition.memory or '-'}, compatibilities {' '.join(definition.requires_compatibilities) or '-'}, "
        f"launch type {given.launch_type or '-'}"
    )
    return {"texts": {"Task definition": line, "Fargate sizes": "", "Errors": "", "Ports": ""}}


def size_table(cpu: int | None) -> str:
    """Return Fargate's sizes as text, the row of this cpu marked."""
    lines = []
    for units, sizes in rules.TABLE.items():
        row = f"{sizes[0]} to {sizes[-1]} in steps of {sizes[1] - sizes[0]}"
        row = row if len(sizes) > 4 else ", ".join(map(str, sizes))
        lines.append(f"{'>' if units == cpu else ' '} cpu {units}: memory {row}")
    return "\n".join(lines)


def cpu_units(size: Size) -> int | None:
    """Return `1024` or `1 vCPU` in CPU units; None for what is not a size."""
    return amount(size, "vCPU", rules.UNITS_OF_VCPU)


def amount(size: Size, unit: str, factor: int) -> int | None:
    """Return a size in the small unit: `1024`, or with the large unit `1 vCPU`, `.5vCPU`, `2 gb`."""
    found = re.fullmatch(rf"\s*([\d.]+)(?:\s*({unit}))?\s*", str(size), re.IGNORECASE)
    if not found:
        return None
    try:
        number = Decimal(found[1]) * (factor if found[2] else 1)
    except InvalidOperation:
        return None
    return int(number) if number == int(number) else None


# The rule functions that beliefs replace


def is_fargate(given: Given) -> bool:
    """Return whether Fargate's rules hold."""
    return "FARGATE" in given.task_definition.requires_compatibilities or given.launch_type == "FARGATE"


def fits_network_mode(mode: str) -> bool:
    """Return whether Fargate takes the network mode."""
    return mode == "awsvpc"


def fits_memory(cpu: int, memory: int) -> bool:
    """Return whether the memory (MiB) is in the row of this cpu (units)."""
    return memory in rules.TABLE[cpu]


def mebibytes(size: Size) -> int | None:
    """Return `2048` or `2GB` in MiB; None for what is not a size."""
    return amount(size, "GB", rules.MIB_OF_GB)


def fits_host_port(container_port: int, host_port: int | None) -> bool:
    """Return whether a host port is possible where containers are reached at their own port."""
    return host_port in (None, container_port)


def port_kind(mode: str, host_port: int | None) -> PortKind:
    """Return how a container port is reached."""
    if mode == "awsvpc":
        return "awsvpc"
    return "static" if mode == "host" or host_port else "dynamic"


def execution_role(definition: TaskDefinition) -> str | None:
    """Return the role with which Amazon ECS acts for the task."""
    return definition.execution_role_arn


def needs_memory(task_memory: Size, fargate: bool) -> bool:
    """Return whether each container has to declare how much memory it needs."""
    return task_memory is None and not fargate


# What people believe instead

belief = rules.registration.belief


@belief(execution_role, "task-role-is-enough",
        "a task role is enough for pulling images, reading secrets and writing logs",
        "These are done before or beside the code, with the execution role; the task role is for the code's own calls.",
        "ecs-tasks-definitions.08")  # fmt: skip
def either_role(definition: TaskDefinition) -> str | None:
    return definition.execution_role_arn or definition.task_role_arn


belief(fits_memory, "any-memory-in-range", "any memory between the least and the most for a cpu is a size of Fargate",
       "The sizes come in steps: 1 GB up to 4 vCPU, 4 GB for 8 vCPU, 8 GB for 16 vCPU.",
       "size-table")(lambda cpu, memory: rules.TABLE[cpu][0] <= memory <= rules.TABLE[cpu][-1])  # fmt: skip

belief(fits_memory, "any-pair", "cpu and memory of a Fargate task are chosen independently",
       "Each cpu has its own list of memory sizes; any other pair is refused.",
       "size-table")(lambda cpu, memory: True)  # fmt: skip

belief(mebibytes, "gigabyte-is-1000", "2GB is 2000 MiB", "Amazon ECS converts GB to MiB by 1024: 2GB is 2048.",
       "size-units")(lambda size: amount(size, "GB", 1000))  # fmt: skip

belief(port_kind, "dynamic-ports-on-fargate", "the container port of a Fargate task is mapped to a dynamic host port",
       "There is no host port to map: each task has its own network interface and is reached at its IP address.",
       "04")(lambda mode, host_port: "dynamic" if mode == "awsvpc" else port_kind(mode, host_port))  # fmt: skip


@belief(port_kind, "host-mode-is-dynamic", "without hostPort a port is picked in host mode, as it is in bridge mode",
        "In host mode nothing is mapped: the container opens its own port on the instance.",
        "ecs-tasks-definitions.07")  # fmt: skip
def dynamic_in_host_mode(mode: str, host_port: int | None) -> PortKind:
    return "dynamic" if mode == "host" and not host_port else port_kind(mode, host_port)


belief(needs_memory, "memory-is-optional", "a container on EC2 needs neither memory nor memoryReservation",
       "One of them is required where the task has no memory, because placement has to subtract something.",
       "ecs-tasks-definitions.05")(lambda task_memory, fargate: False)  # fmt: skip

belief(fits_host_port, "host-port-is-free", "the host port can be chosen freely in every network mode",
       "In awsvpc and host mode it is blank or the container port.",
       "04")(lambda container_port, host_port: True)  # fmt: skip


@belief(port_kind, "omitted-is-the-same-port", "without hostPort the container port is used on the host",
        "In bridge mode a host port that is left out or 0 is picked by the host from its ephemeral range.",
        "ecs-service.03")  # fmt: skip
def same_port(mode: str, host_port: int | None) -> PortKind:
    return "static" if mode != "awsvpc" and host_port is None else port_kind(mode, host_port)


belief(fits_network_mode, "any-network-mode-on-fargate", "every network mode is possible on Fargate",
       "Only awsvpc; and the mode is bridge where none is given.", "network-mode")(lambda mode: True)  # fmt: skip

belief(is_fargate, "checked-at-launch", "the sizes of Fargate matter only when a task is launched there",
       "FARGATE among requiresCompatibilities is enough for the table to be applied at registration.",
       "compatibility")(lambda given: given.launch_type == "FARGATE")  # fmt: skip

REQUESTS = rules.registration.requests(
    {"/taskDefinition": Request("ecs", "RegisterTaskDefinition", open_shapes=OPEN_SHAPES)}, code="ClientException",
    status="invalid",
    outcome=lambda error: {"errors": [Error(code=error["code"], message=error["message"], allowedMemory=None)]},
)  # fmt: skip

SIMULATION = rules.registration.simulation(title="ECS task definition", view="texts", given=Given, outcome=Registration,
                                           run=register, initial_state=initial_state, requests=REQUESTS)  # fmt: skip
