"""What Amazon ECS refuses, in an assumed order."""

from collections.abc import Callable, Sequence

from dva import jsonpointer
from dva.aws.arn import last_part
from dva.errors import GivenError
from dva.simulations.ecs.ecs_capacity_provider import rules
from dva.simulations.ecs.ecs_capacity_provider.documents import Given, Item
from dva.simulations.frame import Refused
from dva.trace import Rule

# AWS's own messages

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
CHECKS: tuple[tuple[Rule, str, Callable[[Sequence[Item]], bool]], ...] = (
    (rules.AT_MOST_20, f"A capacity provider strategy can contain at most {rules.MOST_PROVIDERS} capacity providers.",
     lambda items: len(items) > rules.MOST_PROVIDERS),
    (rules.TWICE, "A capacity provider strategy cannot name a capacity provider twice.",
     lambda items: len({item.name for item in items}) < len(items)),
    (rules.ONE_BASE, "Only one capacity provider in a strategy can have a base defined.",
     lambda items: sum(item.base > 0 for item in items) > 1),
    (rules.SOME_WEIGHT, NO_WEIGHT, lambda items: len(items) > 1 and not any(item.weight for item in items)),
)  # fmt: skip


def check(given: Given) -> None:
    """Raise Refused for the first thing that Amazon ECS rejects, GivenError for a figure that cannot be."""
    _check_figures(given)
    if given.launch_type and given.capacity_provider_strategy:
        raise _refused(rules.EXCLUSIVE, BOTH)
    _check_ranges(given)
    for rule, message, wrong in CHECKS:
        if wrong(given.strategy):
            raise _refused(rule, message)
    names = [item.name for item in given.strategy]
    kinds = sorted({given.kind(name) for name in names})
    if len(kinds) > 1:
        ours = f"A capacity provider strategy cannot contain a mix of providers: {' and '.join(kinds)}."
        raise _refused(rules.NO_MIX, ours if "Managed Instances" in kinds else MIXED)
    associated = given.cluster.capacity_providers if given.cluster else None
    if associated is not None and not set(names) <= set(map(last_part, associated)):
        raise _refused(rules.ASSOCIATED, NOT_ASSOCIATED)


def _refused(rule: Rule, message: str) -> Refused:
    return Refused(rule, "InvalidParameterException", message)


def _check_ranges(given: Given) -> None:
    ranges = [("desiredCount", given.desired_count, (0, 2**31 - 1))]
    for item in given.strategy:
        name = item.name
        ranges += [(f"base of {name}", item.base, rules.BASES), (f"weight of {name}", item.weight, rules.WEIGHT_RANGE)]
    for scaling in (provider.scaling for provider in given.capacity_providers):
        ranges += [
            ("targetCapacity", scaling.target_capacity, rules.TARGETS),
            ("minimumScalingStepSize", scaling.minimum_scaling_step_size, rules.STEP_SIZES),
            ("maximumScalingStepSize", scaling.maximum_scaling_step_size, rules.STEP_SIZES),
        ]
    for name, value, (low, high) in ranges:
        if not low <= value <= high:
            raise _refused(rules.RANGE, f"{name} must be between {low} and {high}, found {value}.")


def _check_figures(given: Given) -> None:
    for number, provider in enumerate(given.capacity_providers):
        figures = {
            "instancesRunning": (provider.instances_running, 0), "instancesNeeded": (provider.instances_needed, 0),
            "tasksPerInstance": (provider.tasks_per_instance, 1), "runningTasks": (provider.running_tasks, 0),
        }  # fmt: skip
        for name, (value, least) in figures.items():
            if value is not None and value < least:
                where = jsonpointer.join("capacityProviders", number, name)
                raise GivenError(f"{value} is less than {least}", pointer=where)
