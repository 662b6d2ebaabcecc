"""Steps 1 and 2 for one instance: does it have what the task needs, and does it meet the constraints?"""

from msgspec import Struct

from dva.aws import cluster_query as query
from dva.simulations.ecs.ecs_placement import _documents as doc
from dva.simulations.ecs.ecs_placement._cluster import Instance
from dva.simulations.ecs.ecs_placement._how import How
from dva.simulations.ecs.ecs_placement._need import Need

MEMBER_OF = "MemberOf placement constraint unsatisfied."
DISTINCT = "DistinctInstance placement constraint unsatisfied."


def lacking(instance: Instance, need: Need) -> str | None:
    """Step 1: the reason for the first thing that is missing, in AWS's words."""
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
    """The required attributes that the instance lacks, or has with another value."""
    has = instance.attributes
    return [name for name, value in need.attributes if name not in has or (value is not None and has[name] != value)]


class Constraints(Struct, frozen=True):
    """Step 2: all constraints of the request and of the task definition; every one must hold."""

    expressions: tuple[query.Expression, ...]
    distinct: bool
    group: str
    how: How

    @classmethod
    def of(cls, given: doc.Given, how: How) -> "Constraints":
        """Those of the service or RunTask first, then those of the task definition."""
        listed = [*given.request.placement_constraints, *given.task_definition.placement_constraints]
        return cls(
            expressions=tuple(query.parse(c.expression or "") for c in listed if c.type == "memberOf"),
            distinct=any(c.type == "distinctInstance" for c in listed),
            group=given.group,
            how=how,
        )

    def unmet(self, instance: Instance) -> str | None:
        """The reason for the first that does not hold; memberOf before distinctInstance [convention]."""
        if self.unmet_expressions(instance):
            return MEMBER_OF
        return DISTINCT if self.distinct and not self.how.distinct(instance, self.group) else None

    def unmet_expressions(self, instance: Instance) -> list[query.Expression]:
        """The memberOf expressions that are false for the instance."""
        if not self.expressions:
            return []
        asked = instance.asked()
        return [expression for expression in self.expressions if not query.holds(expression, asked)]
