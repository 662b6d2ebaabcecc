"""The rules of placement that decide, one function each, so that a belief can replace one."""

from collections.abc import Callable, Collection, Mapping

from msgspec import Struct

from dva.simulations.ecs.ecs_placement import _documents as doc
from dva.simulations.ecs.ecs_placement._cluster import Instance
from dva.simulations.ecs.ecs_placement._need import Ports, soft_memory, static_ports

Counts = Mapping[str | None, int]
"""How many tasks count for each value of a spread field; None is an instance without the attribute."""


def tasks_of_the_group(instance: Instance, group: str) -> int:
    """spread: what an instance adds to the count of its value, the tasks of this service or group."""
    return instance.groups[group]


def fewest_of_the_candidates(counts: Counts, candidates: Collection[str | None]) -> int:
    """spread: the least count among the values that an instance which fits still has (best effort)."""
    return min(map(counts.__getitem__, candidates))


def least_left(left: int) -> int:
    """binpack: the least amount left ranks first."""
    return left


def in_array_order(strategies: list[doc.Strategy]) -> list[doc.Strategy]:
    """Strategies apply one after the other, each breaking the ties of the one before."""
    return strategies


def in_reverse() -> int:
    """Scale-in: what ranks last when tasks are placed ranks first when they stop."""
    return -1


def none_of_the_group(instance: Instance, group: str) -> bool:
    """distinctInstance: no task of this group is there yet."""
    return instance.groups[group] == 0


class How(Struct, frozen=True):
    """The rules that decide."""

    spread_counts: Callable[[Instance, str], int] = tasks_of_the_group
    spread_least: Callable[[Counts, Collection[str | None]], int] = fewest_of_the_candidates
    binpack_rank: Callable[[int], int] = least_left
    strategies: Callable[[list[doc.Strategy]], list[doc.Strategy]] = in_array_order
    stopping_sign: Callable[[], int] = in_reverse
    distinct: Callable[[Instance, str], bool] = none_of_the_group
    memory: Callable[[doc.Container], int] = soft_memory
    ports: Callable[[doc.TaskDefinition], Ports] = static_ports
