"""Steps 1 and 2 for one instance: does it have what the task needs, and does it meet the constraints?"""

from collections.abc import Callable

from msgspec import Struct

from dva.aws import cluster_query as query
from dva.simulations.ecs.ecs_placement.cluster import Instance
from dva.simulations.ecs.ecs_placement.documents import Given
from dva.simulations.ecs.ecs_placement.need import Need
from dva.simulations.ecs.ecs_placement.rules import DISTINCT, MEMBER_OF
from dva.simulations.frame import Run


def missing_resource(instance: Instance, need: Need) -> str | None:
    """Return the reason of step 1 for the first thing that is missing, as Amazon ECS gives it."""
    if not instance.connected:
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


class Constraints(Struct, frozen=True):
    """Step 2: all constraints of the request and of the task definition; every one must hold."""

    expressions: tuple[query.Expression, ...]
    distinct: bool
    group: str
    distinct_holds: Callable[[Instance, str], bool]

    @classmethod
    def of(cls, given: Given, run: Run) -> "Constraints":
        """Return those of a request."""
        return cls(
            expressions=tuple(query.parse(c.expression or "") for c in given.constraints if c.type == "memberOf"),
            distinct=any(c.type == "distinctInstance" for c in given.constraints),
            group=given.group, distinct_holds=run.using(none_of_the_group),
        )  # fmt: skip

    def unmet(self, instance: Instance) -> str | None:
        """Return the reason for the first that does not hold; memberOf before distinctInstance (an assumption)."""
        if self.unmet_expressions(instance):
            return MEMBER_OF
        return DISTINCT if self.distinct and not self.distinct_holds(instance, self.group) else None

    def unmet_expressions(self, instance: Instance) -> list[query.Expression]:
        """Return the memberOf expressions that are false for the instance."""
        if not self.expressions:
            return []
        queried = instance.as_queried()
        return [expression for expression in self.expressions if not query.holds(expression, queried)]
