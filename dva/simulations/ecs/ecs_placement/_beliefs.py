"""What people expect of placement instead: each belief replaces one rule of `_how.py`."""

from collections.abc import Collection

from dva.simulations._before import Belief
from dva.simulations.ecs.ecs_placement import _documents as doc
from dva.simulations.ecs.ecs_placement._cluster import Instance
from dva.simulations.ecs.ecs_placement._how import Counts
from dva.simulations.ecs.ecs_placement._need import Ports, static_ports


def instances_in_use(instance: Instance, group: str) -> int:
    """Believed: spread counts instances that run the service, not its tasks."""
    return int(instance.groups[group] > 0)


def tasks_of_all(instance: Instance, group: str) -> int:
    """Believed: spread counts all tasks, those of other services too."""
    return len(instance.tasks)


def fewest_of_all(counts: Counts, candidates: Collection[str | None]) -> int:
    """Believed: a strategy binds; the value with the fewest tasks gets the next one or nobody does."""
    return min(counts.values())


def most_left(left: int) -> int:
    """Believed: binpack takes the instance with the most room."""
    return -left


def first_only(strategies: list[doc.Strategy]) -> list[doc.Strategy]:
    """Believed: only the first strategy of the array counts."""
    return strategies[:1]


def last_first(strategies: list[doc.Strategy]) -> list[doc.Strategy]:
    """Believed: the last strategy of the array decides, the ones before break its ties."""
    return strategies[::-1]


def round_robin(strategies: list[doc.Strategy]) -> list[doc.Strategy]:
    """Believed: whatever the strategy, instances take turns."""
    return [doc.Strategy(type="spread", field="instanceId")]


def same_direction() -> int:
    """Believed: scale-in asks the strategy the same question as placement."""
    return 1


def empty_instance(instance: Instance, group: str) -> bool:
    """Believed: distinctInstance wants an instance without any task."""
    return not instance.tasks


def hard_memory(container: doc.Container) -> int:
    """Believed: placement counts the hard limit, `memory`, even where memoryReservation is given."""
    return container.memory or container.memory_reservation or 0


def every_container_port(task: doc.TaskDefinition) -> Ports:
    """Believed: in bridge mode a container port without hostPort takes the same port of the host."""
    if task.network_mode in ("awsvpc", "none"):
        return static_ports(task)
    mappings = [m for c in task.container_definitions for m in c.port_mappings]
    return frozenset((m.protocol.lower(), m.host_port or m.container_port or 0) for m in mappings)


BELIEFS = (
    Belief(
        "spread-counts-instances", "spread counts instances, not tasks",
        "spread compares how many tasks of the service each value holds, however many instances that takes.",
        "spread_counts", instances_in_use, ("ecs-task-placement.16",),
    ),
    Belief(
        "spread-counts-all-tasks", "spread counts the tasks of every service",
        "Only tasks of the same service (for RunTask: of the same task group) are counted.",
        "spread_counts", tasks_of_all, ("ecs-task-placement.spread-counts",),
    ),
    Belief(
        "strategies-bind", "a strategy can keep a task from being placed",
        "Strategies are best effort: they rank the instances that fit. Only resources and constraints reject.",
        "spread_least", fewest_of_all, ("ecs-task-placement.09",),
    ),
    Belief(
        "binpack-fills-the-emptiest", "binpack picks the instance with the most room",
        "binpack picks the instance with the least left that still fits, so that few instances are used.",
        "binpack_rank", most_left, ("ecs-task-placement.11",),
    ),
    Belief(
        "first-strategy-only", "only the first strategy of the array counts",
        "Strategies apply in the order of the array; each breaks the ties that the one before left.",
        "strategies", first_only, ("ecs-task-placement.18",),
    ),
    Belief(
        "last-strategy-first", "the last strategy of the array decides first",
        "Strategies apply in the order of the array: the first one narrows the choice, later ones break its ties.",
        "strategies", last_first, ("ecs-task-placement.18",),
    ),
    Belief(
        "round-robin", "ECS always takes the instances in turn",
        "Taking turns is what spread over instanceId does; others rank by zone, by what is left, or by chance.",
        "strategies", round_robin, ("ecs-task-placement.07",),
    ),
    Belief(
        "scale-in-not-reversed", "scale-in applies the strategy in the same direction as placement",
        "On scale-in the strategy is turned round: spread stops where the most tasks are, binpack where the most "
        "is left after the stop.",
        "stopping_sign", same_direction, ("ecs-task-placement.scale-in-strategy",),
    ),
    Belief(
        "distinct-means-empty", "distinctInstance needs an instance without any task",
        "distinctInstance looks at tasks of the same service or group only.",
        "distinct", empty_instance, ("ecs-task-placement.21",),
    ),
    Belief(
        "memory-means-hard-limit", "placement reserves the hard limit memory",
        "Where a container has a memoryReservation, that is what placement subtracts.",
        "memory", hard_memory, ("ecs-task-placement.memory-reservation",),
    ),
    Belief(
        "dynamic-ports-collide", "two tasks with the same container port cannot share an instance",
        "With hostPort 0 or none in bridge mode each task gets a free port of the host, so none collides.",
        "ports", every_container_port, ("ecs-task-placement.dynamic-ports",),
    ),
)  # fmt: skip
