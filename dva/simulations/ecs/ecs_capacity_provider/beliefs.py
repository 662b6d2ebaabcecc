"""What people believe of capacity providers instead."""

from collections.abc import Sequence
from fractions import Fraction

from dva.simulations.ecs.ecs_capacity_provider import engine
from dva.simulations.ecs.ecs_capacity_provider.documents import Item
from dva.simulations.ecs.ecs_capacity_provider.engine import Share
from dva.simulations.ecs.ecs_capacity_provider.rules import capacity

belief = capacity.belief


@belief(engine.distribute, "base-is-only-a-minimum", "the weights share all tasks; the base is only a lower limit",
        "The base is taken off first, and the weights share what is left.", "base")  # fmt: skip
def base_inside_the_ratio(items: Sequence[Item], desired: int) -> list[Share]:
    shares = [Share(item.name, item.weight) for item in items]
    engine.share_by_weight(shares, desired)
    for item, share in zip(items, shares, strict=True):
        missing = min(item.base, desired) - share.tasks
        others = [s for s in shares if s is not share]
        if missing > 0 and others:
            share.base = missing
            max(others, key=lambda s: s.tasks).rounds -= missing
    return shares


@belief(engine.distribute, "weight-is-a-priority",
        "after the base, the provider with the largest weight takes everything",
        "Weights are a ratio: 1 and 3 give every fourth task to the first.", "weight")  # fmt: skip
def heaviest_takes_the_rest(items: Sequence[Item], desired: int) -> list[Share]:
    shares = [Share(item.name, item.weight, base=min(item.base, desired)) for item in items]
    max(shares, key=lambda s: s.weight).rounds = desired - sum(s.base for s in shares)
    return shares


@belief(engine.instances_for, "an-instance-for-each-task", "each task that waits brings an instance of its own",
        "Waiting tasks are packed: as many instances as the packed tasks need.", "reservation")  # fmt: skip
def one_each(waiting: int, per_instance: int) -> int:
    return waiting


@belief(
    engine.reservation, "reservation-is-at-most-100",
    "CapacityProviderReservation is the share of instances in use, at most 100",
    "It compares what is needed with what runs; more need than instances gives more than 100.", "reservation",
)  # fmt: skip
def share_in_use(needed: int, running: int) -> Fraction:
    return min(Fraction(100), engine.reservation(needed, running))


@belief(
    engine.new_size, "target-is-only-a-threshold",
    "the group grows to what the tasks need, whatever targetCapacity is",
    "Below 100 targetCapacity keeps spare instances: the new size is M x 100 / targetCapacity.", "target-capacity",
)  # fmt: skip
def need_alone(needed: int, target: int) -> int:
    return needed


@belief(
    engine.from_zero, "from-zero-as-needed", "an empty group starts exactly the instances that the tasks need",
    "With no instance there is no ratio: the metric is set to 200 and two instances start.", "from-zero",
)  # fmt: skip
def as_needed(needed: int) -> int:
    return needed
