"""The cluster while tasks are placed: what each instance has left, which tasks are where, and whether one more fits."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from dva.aws import cluster_query as query
from dva.aws.arn import last_part
from dva.aws.rng import choose, generator
from dva.errors import GivenError
from dva.simulations.ecs.documents import ContainerInstance, Resource
from dva.simulations.ecs.ecs_placement import documents as doc
from dva.simulations.ecs.ecs_placement.eni_limits import ENI_LIMITS
from dva.simulations.ecs.ecs_placement.need import Need, size_of
from dva.simulations.ecs.ecs_placement.rules import DISTINCT, MEMBER_OF, RESERVED_PORTS, TRUNK_LIMITS
from dva.simulations.frame import Refused, Run, State


class PlacedTask(Struct):
    """A task that runs or is being placed."""

    name: str
    group: str
    protected: bool = False
    age: float = 0.0
    """Larger is younger."""


class Instance(Struct, eq=False):
    """A container instance and what is left on it (None = without limit)."""

    index: int
    id: str
    active: bool
    attributes: dict[str, str]
    left: dict[str, int | None]
    ports: set[tuple[str, int]]
    enis: int | None
    document: ContainerInstance
    tasks: list[PlacedTask] = field(default_factory=list)
    groups: Counter[str] = field(default_factory=Counter)
    """How many tasks of each group are here."""
    arrived: int = 0
    """Tasks that this run placed here."""

    @property
    def interfaces_of(self) -> str:
        """What its limit of network interfaces depends on."""
        kind = self.attributes.get("ecs.instance-type") or "no ecs.instance-type"
        return f"{kind} with trunking" if "ecs.awsvpc-trunk-id" in self.attributes else kind

    def as_queried(self) -> query.Instance:
        """Return what a memberOf expression sees of it."""
        document, count = self.document.as_queried(), self.document.running_tasks_count
        return replace(
            document, attributes=self.attributes,
            running_tasks_count=len(self.tasks) if count is None else count + self.arrived,
            groups=(*document.groups, *(group for group, number in self.groups.items() if number)),
        )  # fmt: skip

    def hold(self, task: PlacedTask) -> None:
        """Add a task whose use of resources is already counted."""
        self.tasks.append(task)
        self.groups[task.group] += 1

    def take(self, task: PlacedTask, need: Need) -> None:
        """Start a task, which uses what it needs."""
        self.hold(task)
        self._use(need, 1)
        self.ports |= need.ports
        self.arrived += 1

    def stop(self, task: PlacedTask, need: Need) -> None:
        """Stop a task, which frees what it used."""
        self.tasks.remove(task)
        self.groups[task.group] -= 1
        self._use(need, -1)
        self.ports -= need.ports

    def _use(self, need: Need, sign: int) -> None:
        for name, amount in (("CPU", need.cpu), ("MEMORY", need.memory), ("GPU", need.gpus)):
            left = self.left[name]
            if left is not None:
                self.left[name] = left - sign * amount
        if self.enis is not None and need.eni:
            self.enis -= sign


class ClusterState(Struct):
    """All instances, in the order of the file, and the group that is being placed."""

    instances: list[Instance]
    group: str
    prefix: str
    existing: int
    seed: int
    rng: Any = None

    def draw(self, candidates: Sequence[Instance]) -> Instance:
        """Return one of the candidates; one generator serves the whole run."""
        self.rng = self.rng or generator(self.seed)
        return choose(self.rng, candidates)

    def next_name(self) -> str:
        """Return the name of a new task, numbered on from those that exist."""
        self.existing += 1
        return f"{self.prefix}-{self.existing}"

    def of_group(self, instance: Instance) -> list[PlacedTask]:
        """Return the tasks of the group that are on an instance."""
        return [task for task in instance.tasks if task.group == self.group]

    def stoppable(self, instance: Instance) -> list[PlacedTask]:
        """Return those of them that are not protected from scale-in."""
        return [task for task in self.of_group(instance) if not task.protected]


def build(given: doc.Given) -> ClusterState:
    """Return the cluster of a scenario, before anything is placed."""
    instances = [_instance(i, document, given.options) for i, document in enumerate(given.cluster.container_instances)]
    by_name: dict[str, Instance] = {}
    for instance in instances:
        if by_name.setdefault(instance.id, instance) is not instance:
            raise GivenError(f"duplicate `{instance.id}`", pointer=f"/cluster/containerInstances/{instance.index}")
    for instance in instances:
        arn = instance.document.container_instance_arn or instance.id
        for name in (arn, last_part(arn)):
            by_name.setdefault(name, instance)
    existing = 0
    for position, task in enumerate(given.cluster.tasks):
        if not task.stopped:
            existing += _add(task, position, existing, by_name, given)
    return ClusterState(instances, given.group, given.prefix, existing, given.options.seed)


def _add(task: doc.Task, position: int, existing: int, by_name: dict[str, Instance], given: doc.Given) -> int:
    """Put an existing task where it runs, and return 1 where it belongs to the group that is placed."""
    place = task.container_instance or task.container_instance_arn or ""
    instance = by_name.get(place) or by_name.get(last_part(place))
    if instance is None:
        message = f"no container instance `{place}`" if place else "the task names no container instance"
        raise GivenError(message, pointer=f"/cluster/tasks/{position}")
    group = task.group or f"family:{given.task_definition.family}"
    ours = group == given.group
    named = last_part(task.task_arn) if task.task_arn else None
    name = named or (f"{given.prefix}-{existing + 1}" if ours else f"{group}#{position + 1}")
    instance.hold(PlacedTask(name, group, task.protection_enabled, _youth(task.created_at, position)))
    # Remaining resources already leave out what runs, but they do not name network interfaces.
    if instance.enis is not None and _has_eni(task, ours and given.task_definition.network_mode == "awsvpc"):
        instance.enis -= 1
    return int(ours)


def _has_eni(task: doc.Task, by_definition: bool) -> bool:
    attached = any(a.type in ("ElasticNetworkInterface", "eni") for a in task.attachments)
    return attached or (by_definition if task.network_mode is None else task.network_mode == "awsvpc")


def _youth(moment: str | float | None, position: int) -> float:
    """Return seconds since 1970; without a time the place in the file, so that the last is the youngest."""
    if moment is None:
        return float(position)
    if isinstance(moment, str):
        try:
            read = datetime.fromisoformat(moment)
        except ValueError:
            raise GivenError(f"`{moment}` is not a time", pointer=f"/cluster/tasks/{position}/createdAt") from None
        moment = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    return moment


def _instance(index: int, document: ContainerInstance, options: doc.Options) -> Instance:
    resources = {resource.name: resource for resource in document.remaining_resources}
    for registered in document.registered_resources:
        total, left = registered.integer_value, _number(resources.get(registered.name))
        if total is not None and left is not None and left > total:
            where = f"/cluster/containerInstances/{index}/remainingResources"
            raise GivenError(f"{left} of {registered.name} remain, more than the {total} registered", pointer=where)
    # An attribute without a value is there, with the empty text as its value.
    attributes = {a.name: a.value or "" for a in document.attributes}
    return Instance(
        index=index, id=document.identity(f"/cluster/containerInstances/{index}"), active=document.status == "ACTIVE",
        attributes=attributes,
        left={
            "CPU": _number(resources.get("CPU")), "MEMORY": _number(resources.get("MEMORY")),
            "GPU": _number(resources["GPU"]) if "GPU" in resources else 0,
        },
        ports=_reserved(resources, "tcp", "PORTS", index) | _reserved(resources, "udp", "PORTS_UDP", index),
        enis=_enis(attributes, options), document=document,
    )  # fmt: skip


def _number(resource: Resource | None) -> int | None:
    if resource is None:
        return None
    return resource.integer_value if resource.string_set_value is None else len(resource.string_set_value)


def _reserved(resources: dict[str, Resource], protocol: str, name: str, index: int) -> set[tuple[str, int]]:
    listed: Sequence[str] = RESERVED_PORTS if protocol == "tcp" else ()
    if name in resources:
        listed = resources[name].string_set_value or ()
    bad = next((port for port in listed if not re.fullmatch("[0-9]{1,5}", port)), None)
    if bad is not None:
        where = f"/cluster/containerInstances/{index}/remainingResources"
        raise GivenError(f"`{bad[:40]}` is not a port", pointer=where)
    return {(protocol, int(port)) for port in listed}


def _enis(attributes: dict[str, str], options: doc.Options) -> int | None:
    """Return the interfaces for tasks: the limit of the type less the primary; None where the type is unknown."""
    kind = attributes.get("ecs.instance-type", "")
    if "ecs.awsvpc-trunk-id" in attributes:
        return options.trunk_limits.get(kind, TRUNK_LIMITS.get(kind))
    limit = options.eni_limits.get(kind, ENI_LIMITS.get(kind))
    return None if limit is None else limit - 1


# Steps 1 and 2 for one instance: does it have what the task needs, and does it meet the constraints?


def missing_resource(instance: Instance, need: Need) -> str | None:
    """Return the reason of step 1 for the first thing that is missing, as Amazon ECS gives it."""
    if not instance.document.agent_connected:
        return "AGENT"
    for name, amount in (("CPU", need.cpu), ("MEMORY", need.memory)):
        free = instance.left[name]
        if free is not None and free < amount:
            return f"RESOURCE:{name}"
    if need.ports & instance.ports:
        return "RESOURCE:PORTS"
    if need.eni and instance.enis is not None and instance.enis < 1:
        return "RESOURCE:ENI"
    if need.gpus > (instance.left["GPU"] or 0):
        return "RESOURCE:GPU"
    return "ATTRIBUTE" if missing_attributes(instance, need) else None


def missing_attributes(instance: Instance, need: Need) -> list[str]:
    """Return the required attributes that the instance lacks, or has with another value."""
    has = instance.attributes
    return [name for name, value in need.attributes if name not in has or (value is not None and has[name] != value)]


def none_of_the_group(instance: Instance, group: str) -> bool:
    """Return whether distinctInstance holds: no task of this group is there yet."""
    return instance.groups[group] == 0


class Constraints:
    """Step 2: all constraints of the request and of the task definition; every one must hold."""

    def __init__(self, given: doc.Given, run: Run) -> None:
        self.expressions = [query.parse(c.expression or "") for c in given.constraints if c.type == "memberOf"]
        self.distinct = any(c.type == "distinctInstance" for c in given.constraints)
        self.group, self._distinct_holds = given.group, run.using(none_of_the_group)

    def unmet(self, instance: Instance) -> str | None:
        """Return the reason for the first that does not hold; memberOf before distinctInstance (an assumption)."""
        if self.unmet_expressions(instance):
            return MEMBER_OF
        return DISTINCT if self.distinct and not self._distinct_holds(instance, self.group) else None

    def text(self, reason: str) -> str:
        """Return what the constraints behind a reason ask for."""
        if reason == DISTINCT:
            return f"no task of {self.group}"
        return " and ".join(map(query.text_of, self.expressions)).replace("attribute:", "")

    def unmet_expressions(self, instance: Instance) -> list[query.Expression]:
        """Return the memberOf expressions that are false for the instance."""
        if not self.expressions:
            return []
        queried = instance.as_queried()
        return [expression for expression in self.expressions if not query.holds(expression, queried)]


# The picture


def initial_state(given: doc.Given) -> State:
    """Return the grid before anything is placed: one cell an instance, grouped by zone."""
    try:
        size = size_of(given.task_definition)
    except Refused:  # the run says so
        size = 0, 0
    return {
        "cells": {instance.id: _cell(instance, size, given.group) for instance in build(given).instances},
        "matrix": {},
    }


def _cell(instance: Instance, size: tuple[int, int], group: str) -> dict[str, Any]:
    """Return the cell; the total is what is registered, and at least what is left and what the group's tasks use."""
    total = {r.name: r.integer_value for r in instance.document.registered_resources}
    used = {name: instance.groups[group] * amount for name, amount in zip(("CPU", "MEMORY"), size, strict=True)}
    notes = [] if instance.active else [instance.document.status]
    notes += ["agent not connected"] if instance.active and not instance.document.agent_connected else []
    attributes = [(name, value) for name, value in instance.attributes.items() if name != doc.ZONE_NAME]
    notes += [f"{name}={value}" if value else name for name, value in attributes]
    return {
        "group": instance.attributes.get(doc.ZONE_NAME, ""),
        "items": [task.name for task in instance.tasks],
        "meters": {
            name: [left, max(total.get(name) or 0, left + used[name])]
            for name in ("CPU", "MEMORY")
            if (left := instance.left[name]) is not None
        },
        "note": "  ".join(notes),
    }
