"""The cluster while tasks are placed: what each instance has left, and which tasks are where."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dva.aws import cluster_query as query
from dva.aws.arn import last_part
from dva.aws.rng import generator
from dva.errors import GivenError
from dva.simulations.ecs_placement import _documents as doc

# The ECS agent reserves these on every instance (ssh, docker, its own two).
RESERVED_PORTS = ("22", "2375", "2376", "51678", "51679")
# Network interfaces by instance type, the primary included; tasks with trunking (Amazon ECS Developer Guide).
ENI_LIMITS = {"c5.large": 3}
TRUNK_LIMITS = {"c5.large": 10}


@dataclass(frozen=True)
class Need:
    """What one task takes from an instance."""

    cpu: int
    memory: int
    ports: frozenset[tuple[str, str]]
    eni: bool
    gpus: int
    attributes: tuple[tuple[str, str | None], ...]


@dataclass
class Task:
    """A task that runs or is being placed."""

    name: str
    group: str
    protected: bool = False
    age: float = 0.0
    """Larger is younger."""
    eni: bool = False


@dataclass(eq=False)
class Instance:
    """A container instance and what is left on it (None = without limit)."""

    index: int
    id: str
    active: bool
    connected: bool
    attributes: dict[str, str | None]
    left: dict[str, int | None]
    ports: set[tuple[str, str]]
    enis: int | None
    facts: doc.ContainerInstance
    tasks: list[Task] = field(default_factory=list)
    arrived: int = 0
    """Tasks that this run placed here."""

    def of(self, group: str) -> int:
        """How many tasks of a group are here."""
        return sum(task.group == group for task in self.tasks)

    def value(self, place: str) -> str | None:
        """The value of a spread field: the id, or an attribute (None where it is missing)."""
        return self.id if place in ("instanceId", "host") else self.attributes.get(place.removeprefix("attribute:"))

    def asked(self) -> query.Instance:
        """What a memberOf expression can ask of it."""
        count = self.facts.running_tasks_count
        running = len(self.tasks) if count is None else count + self.arrived
        version = self.facts.version_info and self.facts.version_info.agent_version
        registered = self.facts.registered_at
        return query.Instance(
            attributes=self.attributes, agent_connected=self.connected, agent_version=version or None,
            ec2_instance_id=self.facts.ec2_instance_id,
            registered_at=None if registered is None else _iso(registered),
            running_tasks_count=running, groups=tuple(dict.fromkeys(task.group for task in self.tasks)),
        )  # fmt: skip

    def take(self, task: Task, need: Need) -> None:
        """Put the task here."""
        self._use(need, 1)
        self.ports |= need.ports
        self.tasks.append(task)
        self.arrived += 1

    def stop(self, task: Task, need: Need) -> None:
        """Take the task away and free what it used."""
        self._use(need, -1)
        self.tasks.remove(task)

    def _use(self, need: Need, sign: int) -> None:
        for name, amount in (("CPU", need.cpu), ("MEMORY", need.memory), ("GPU", need.gpus)):
            left = self.left[name]
            if left is not None:
                self.left[name] = left - sign * amount
        if self.enis is not None and need.eni:
            self.enis -= sign


@dataclass
class Cluster:
    """All instances, in the order of the file, and the group that is being placed."""

    instances: list[Instance]
    group: str
    prefix: str
    existing: int
    rng: random.Random

    @property
    def active(self) -> list[Instance]:
        return [instance for instance in self.instances if instance.active]

    def next_name(self) -> str:
        """Tasks are numbered on from those that exist."""
        self.existing += 1
        return f"{self.prefix}-{self.existing}"

    def counts(self, place: str, group: str | None) -> Counter[str | None]:
        """Tasks of the group (of all groups: None) for each value of a spread field."""
        counts: Counter[str | None] = Counter()
        for instance in self.instances:
            counts[instance.value(place)] += len(instance.tasks) if group is None else instance.of(group)
        return counts


def _iso(moment: str | float) -> str:
    return moment if isinstance(moment, str) else datetime.fromtimestamp(moment, UTC).isoformat()


def _youth(moment: str | float | None, position: int) -> float:
    if moment is None:
        return float(position)
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment).timestamp()
        except ValueError:
            raise GivenError(f"`{moment}` is not a time", pointer=f"/cluster/tasks/{position}/createdAt") from None
    return moment


def amount(text: str | int | None, pointer: str) -> int | None:
    """CPU units or MiB: `512`, `"512"`, `"0.5 vCPU"`, `"2 GB"`."""
    if text is None or isinstance(text, int):
        return text
    plain = text.lower().replace(" ", "")
    for unit, factor in (("vcpu", 1024), ("gb", 1024), ("", 1)):
        if plain.endswith(unit):
            try:
                return int(float(plain.removesuffix(unit)) * factor)
            except ValueError:
                break
    raise GivenError(f"`{text}` is not an amount", pointer=pointer)


def soft_memory(container: doc.Container) -> int:
    """memoryReservation where it is given, otherwise memory."""
    return container.memory or 0 if container.memory_reservation is None else container.memory_reservation


def need_of(task: doc.TaskDefinition, memory_of: Callable[[doc.Container], int]) -> Need:
    """What one task of this definition takes."""
    cpu, memory = amount(task.cpu, "/taskDefinition/cpu"), amount(task.memory, "/taskDefinition/memory")
    containers = task.container_definitions
    return Need(
        cpu=sum(c.cpu for c in containers) if cpu is None else cpu,
        memory=sum(memory_of(c) for c in containers) if memory is None else memory,
        ports=frozenset(_ports(task)),
        eni=task.network_mode == "awsvpc",
        gpus=sum(int(r.value) for c in containers for r in c.resource_requirements if r.type == "GPU"),
        attributes=tuple((a.name, a.value) for a in task.requires_attributes),
    )


def _ports(task: doc.TaskDefinition) -> list[tuple[str, str]]:
    """Static host ports; in host mode the container port is one."""
    mode = task.network_mode or "bridge"
    if mode in ("awsvpc", "none"):
        return []
    found = []
    for mapping in (m for c in task.container_definitions for m in c.port_mappings):
        port = mapping.host_port or (mapping.container_port if mode == "host" else 0)
        if port:
            found.append((mapping.protocol.lower(), str(port)))
    return found


def build(given: doc.Given) -> Cluster:
    """The cluster of a scenario, before anything is placed."""
    instances = [_instance(i, facts, given.options) for i, facts in enumerate(given.cluster.container_instances)]
    by_id: dict[str, Instance] = {}
    for instance in instances:
        if instance.id in by_id:
            where = f"/cluster/containerInstances/{instance.index}"
            raise GivenError(f"`{instance.id}` is there twice", pointer=where)
        by_id[instance.id] = instance
        if instance.facts.container_instance_arn:
            by_id.setdefault(last_part(instance.facts.container_instance_arn), instance)
    existing = 0
    for position, task in enumerate(given.cluster.tasks):
        if task.desired_status == "STOPPED":
            continue
        existing += _add(task, position, existing, by_id, given)
    return Cluster(instances, given.group, given.prefix, existing, generator(given.options.seed))


def _add(task: doc.Task, position: int, existing: int, by_id: dict[str, Instance], given: doc.Given) -> int:
    """Put an existing task where it runs; 1 where it belongs to the group that is placed."""
    place = last_part(task.container_instance or task.container_instance_arn or "")
    if place not in by_id:
        message = f"no container instance `{place}`" if place else "the task names no container instance"
        raise GivenError(message, pointer=f"/cluster/tasks/{position}")
    group = task.group or f"family:{given.task_definition.family}"
    ours = group == given.group
    eni = (
        any(a.type in ("ElasticNetworkInterface", "eni") for a in task.attachments)
        or task.network_mode == "awsvpc"
        or (ours and given.task_definition.network_mode == "awsvpc")
    )
    named = last_part(task.task_arn) if task.task_arn else None
    name = named or (f"{given.prefix}-{existing + 1}" if ours else f"{group}#{position + 1}")
    instance = by_id[place]
    instance.tasks.append(Task(name, group, task.protection_enabled, _youth(task.created_at, position), eni))
    if eni and instance.enis is not None:
        instance.enis -= 1
    return int(ours)


def _instance(index: int, facts: doc.ContainerInstance, options: doc.Options) -> Instance:
    resources = {r.name: r for r in facts.remaining_resources}
    identity = facts.ec2_instance_id or last_part(facts.container_instance_arn or "")
    if not identity:
        raise GivenError(
            "the instance has neither ec2InstanceId nor containerInstanceArn",
            pointer=f"/cluster/containerInstances/{index}",
        )
    attributes = {a.name: a.value for a in facts.attributes}
    return Instance(
        index=index,
        id=identity,
        active=facts.status == "ACTIVE",
        connected=facts.agent_connected,
        attributes=attributes,
        left={
            "CPU": _number(resources.get("CPU")),
            "MEMORY": _number(resources.get("MEMORY")),
            "GPU": _number(resources["GPU"]) if "GPU" in resources else 0,
        },
        ports=_reserved(resources, "tcp", "PORTS") | _reserved(resources, "udp", "PORTS_UDP"),
        enis=_enis(attributes, options),
        facts=facts,
    )


def _number(resource: doc.Resource | None) -> int | None:
    if resource is None:
        return None
    return resource.integer_value if resource.string_set_value is None else len(resource.string_set_value)


def _reserved(resources: dict[str, doc.Resource], protocol: str, name: str) -> set[tuple[str, str]]:
    listed: Sequence[str] = RESERVED_PORTS if protocol == "tcp" else ()
    if name in resources:
        listed = resources[name].string_set_value or ()
    return {(protocol, port) for port in listed}


def _enis(attributes: dict[str, str | None], options: doc.Options) -> int | None:
    """Interfaces for tasks: the limit of the type less the primary; None where the type is unknown."""
    kind = attributes.get("ecs.instance-type") or ""
    if "ecs.awsvpc-trunk-id" in attributes:
        return options.trunk_limits.get(kind, TRUNK_LIMITS.get(kind))
    limit = options.eni_limits.get(kind, ENI_LIMITS.get(kind))
    return None if limit is None else limit - 1


def cells(cluster: Cluster) -> dict[str, Any]:
    """The grid that is drawn: one cell an instance, grouped by zone."""
    drawn = {}
    for instance in cluster.instances:
        total = {r.name: r.integer_value for r in instance.facts.registered_resources}
        meters = {
            name: [left, max(total.get(name) or left, left)]
            for name in ("CPU", "MEMORY")
            if (left := instance.left[name]) is not None
        }
        note = "" if instance.active else instance.facts.status
        if instance.active and not instance.connected:
            note = "agent not connected"
        drawn[instance.id] = {
            "group": instance.attributes.get("ecs.availability-zone") or "",
            "items": [task.name for task in instance.tasks],
            "meters": meters,
            "note": note,
        }
    return drawn
