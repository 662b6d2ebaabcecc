"""What AWS refuses, in the order in which it is looked for [convention]; the quoted messages are AWS's."""

from collections.abc import Callable, Sequence

from dva.aws.arn import last_part
from dva.errors import GivenError
from dva.simulations._before import Refused, Rule, pointer
from dva.simulations.ecs.ecs_capacity_provider import _documents as doc
from dva.simulations.ecs.ecs_capacity_provider import _rules as rules

INVALID = "InvalidParameterException"
BOTH = "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
MIXED = (
    "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate "
    "providers. Specify one or the other and try again."
)
NOT_ASSOCIATED = (
    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the "
    "cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again."
)
NO_WEIGHT = (
    "There are no capacity providers with a weight value greater than zero. At least one capacity provider must have "
    "a weight value greater than zero specified."
)


def strategy_of(given: doc.Given) -> list[doc.Item]:
    """The strategy that the request is served by: its own, else the cluster's default where no launch type is given."""
    if given.capacity_provider_strategy or given.launch_type:
        return given.capacity_provider_strategy or []
    return given.cluster.default_capacity_provider_strategy if given.cluster else []


def check(given: doc.Given) -> None:
    """Raise Refused for the first thing that AWS would not take."""
    _figures(given)
    if given.launch_type and given.capacity_provider_strategy:
        raise Refused(rules.EXCLUSIVE, INVALID, BOTH)
    _ranges(given)
    items = strategy_of(given)
    for rule, message, wrong in CHECKS:
        if wrong(items):
            raise Refused(rule, INVALID, message)
    _mixed(given, items)
    _associated(given, items)


def _twice(items: Sequence[doc.Item]) -> bool:
    return len({i.name for i in items}) < len(items)


def _bases(items: Sequence[doc.Item]) -> bool:
    return sum(1 for i in items if i.base) > 1


def _weightless(items: Sequence[doc.Item]) -> bool:
    return len(items) > 1 and not any(i.weight for i in items)


CHECKS: tuple[tuple[Rule, str, Callable[[Sequence[doc.Item]], bool]], ...] = (
    (rules.AT_MOST_20, "A capacity provider strategy can contain at most 20 capacity providers.",
     lambda items: len(items) > 20),
    (rules.TWICE, "A capacity provider strategy cannot name a capacity provider twice.", _twice),
    (rules.ONE_BASE, "Only one capacity provider in a strategy can have a base defined.", _bases),
    (rules.SOME_WEIGHT, NO_WEIGHT, _weightless),
)  # fmt: skip


def _ranges(given: doc.Given) -> None:
    """The numbers of AWS's documents; a missing one has its default."""
    asked: list[tuple[str, int | None, int, int]] = [("desiredCount", given.desired_count, 0, 2**31 - 1)]
    for item in strategy_of(given):
        asked += [(f"base of {item.name}", item.base, 0, 100_000), (f"weight of {item.name}", item.weight, 0, 1000)]
    for provider in given.capacity_providers:
        asked += [
            ("targetCapacity", provider.scaling.target_capacity, 1, 100),
            ("minimumScalingStepSize", provider.scaling.minimum_scaling_step_size, 1, 10_000),
            ("maximumScalingStepSize", provider.scaling.maximum_scaling_step_size, 1, 10_000),
        ]
    for name, value, low, high in asked:
        if value is not None and not low <= value <= high:
            raise Refused(rules.RANGE, INVALID, f"{name} must be between {low} and {high}, found {value}.")


def _mixed(given: doc.Given, items: Sequence[doc.Item]) -> None:
    """One kind of provider a strategy; the message for Managed Instances is dva's."""
    kinds = sorted({given.kind(item.name) for item in items})
    if len(kinds) > 1:
        ours = f"A capacity provider strategy cannot contain a mix of providers: {' and '.join(kinds)}."
        raise Refused(rules.NO_MIX, INVALID, ours if "Managed Instances" in kinds else MIXED)


def _associated(given: doc.Given, items: Sequence[doc.Item]) -> None:
    """The cluster says which are; without a cluster all are taken to be [convention]."""
    listed = given.cluster.capacity_providers if given.cluster else None
    if listed is not None and any(item.name not in map(last_part, listed) for item in items):
        raise Refused(rules.ASSOCIATED, INVALID, NOT_ASSOCIATED)


def _figures(given: doc.Given) -> None:
    """dva's own numbers: a negative one is a mistake of the scenario."""
    for number, provider in enumerate(given.capacity_providers):
        figures = {
            "instancesRunning": provider.instances_running, "instancesNeeded": provider.instances_needed,
            "tasksPerInstance": provider.tasks_per_instance, "runningTasks": provider.running_tasks,
        }  # fmt: skip
        for name, value in figures.items():
            if value is not None and value < (1 if name == "tasksPerInstance" else 0):
                raise GivenError("a number of instances or tasks", pointer=pointer("capacityProviders", number, name))
