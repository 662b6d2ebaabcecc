"""What people believe of task placement instead."""

from dva.simulations.ecs.documents import PlacementStrategy
from dva.simulations.ecs.ecs_placement import cluster, need, ranking
from dva.simulations.ecs.ecs_placement.documents import TaskDefinition
from dva.simulations.ecs.ecs_placement.need import Ports
from dva.simulations.ecs.ecs_placement.rules import placement

belief = placement.belief

belief(ranking.tasks_of_the_group, "spread-counts-instances", "spread counts instances, not tasks",
       "spread compares how many tasks of the service each value holds, however many instances that takes.",
       "16")(lambda instance, group: int(instance.groups[group] > 0))  # fmt: skip

belief(ranking.tasks_of_the_group, "spread-counts-all-tasks", "spread counts the tasks of every service",
       "Only tasks of the same service (for RunTask: of the same task group) are counted.",
       "spread-counts")(lambda instance, group: len(instance.tasks))  # fmt: skip

belief(ranking.fewest_of_the_candidates, "strategies-bind", "a strategy can keep a task from being placed",
       "Strategies are best effort: they rank the instances that fit. Only resources and constraints reject.",
       "09")(lambda counts, candidates: min(counts.values()))  # fmt: skip

belief(ranking.least_left, "binpack-fills-the-emptiest", "binpack picks the instance with the most room",
       "binpack picks the instance with the least left that still fits, so that few instances are used.",
       "11")(lambda left: -left)  # fmt: skip

belief(ranking.in_array_order, "first-strategy-only", "only the first strategy of the array counts",
       "Strategies apply in the order of the array; each breaks the ties that the one before left.",
       "18")(lambda strategies: strategies[:1])  # fmt: skip

belief(ranking.in_array_order, "last-strategy-first", "the last strategy of the array decides first",
       "Strategies apply in the order of the array: the first one narrows the choice, later ones break its ties.",
       "18")(lambda strategies: strategies[::-1])  # fmt: skip

belief(ranking.in_array_order, "round-robin", "ECS always takes the instances in turn",
       "Taking turns is what spread over instanceId does; others rank by zone, by what is left, or by chance.",
       "07")(lambda strategies: [PlacementStrategy(type="spread", field="instanceId")])  # fmt: skip

belief(ranking.in_reverse, "scale-in-not-reversed", "scale-in applies the strategy in the same direction as placement",
       "On scale-in the strategy is turned round: spread stops where the most tasks are, binpack where the most is "
       "left after the stop.", "scale-in-strategy")(lambda: 1)  # fmt: skip

belief(cluster.none_of_the_group, "distinct-means-empty", "distinctInstance needs an instance without any task",
       "distinctInstance looks at tasks of the same service or group only.",
       "21")(lambda instance, group: not instance.tasks)  # fmt: skip

belief(need.soft_memory, "memory-means-hard-limit", "placement reserves the hard limit memory",
       "Where a container has a memoryReservation, that is what placement subtracts.",
       "memory-reservation")(lambda container: container.memory or container.memory_reservation or 0)  # fmt: skip


@belief(need.static_ports, "dynamic-ports-collide", "two tasks with the same container port cannot share an instance",
        "With hostPort 0 or none in bridge mode each task gets a free port of the host, so none collides.",
        "dynamic-ports")  # fmt: skip
def every_container_port(task: TaskDefinition) -> Ports:
    if task.network_mode in ("awsvpc", "none"):
        return need.static_ports(task)
    mappings = [m for c in task.container_definitions for m in c.port_mappings]
    return frozenset((m.protocol.lower(), m.host_port or m.container_port or 0) for m in mappings)
