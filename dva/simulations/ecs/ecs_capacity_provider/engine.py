"""Base and weight, then managed scaling of each Auto Scaling group."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dva.aws.service_model import ALL, Request
from dva.simulations.ecs.ecs_capacity_provider import rules
from dva.simulations.ecs.ecs_capacity_provider.documents import Distribution, Given, Item, Provider
from dva.simulations.ecs.ecs_capacity_provider.requests import check
from dva.simulations.frame import Draw, Run, State
from dva.trace import Place, Rule

SHOWN_ONE_BY_ONE = 20


@dataclass
class Share:
    """What one item of the strategy gets: by its base, by whole rounds of the weights, and of the remainder."""

    name: str
    weight: int
    base: int = 0
    rounds: int = 0
    extra: int = 0

    @property
    def tasks(self) -> int:
        return self.base + self.rounds + self.extra


Portion = tuple[Rule, Share, int, str, str]
"""Some tasks of a share: the rule that gives them, the share, how many, a title, and why."""


def distribute_tasks(given: Given, run: Run) -> None:
    """Share the tasks of the service, then let managed scaling react."""
    check(given)
    items = given.strategy
    record_strategy(given, items, run)
    shares = run.using(distribute)(items, given.desired_count) if items else []
    record_shares(shares, given.desired_count, run)
    tasks = {share.name: share.tasks for share in shares}
    available = given.options.capacity_available
    of_launch_type = {given.launch_type: given.desired_count} if given.launch_type else {}
    for name, wanted in (tasks or of_launch_type).items():
        if given.kind(name) == "Fargate" and wanted > available.get(name, wanted):
            fall_short(name, wanted, available[name], run)
    for provider in given.capacity_providers:
        if given.kind(provider.name) == "Auto Scaling group" and provider.instances_running is not None:
            scale(provider, provider.instances_running, tasks.get(provider.name), run)
            grow(provider, tasks.get(provider.name), available.get(provider.name), run)


def fall_short(name: str, wanted: int, available: int, run: Run) -> None:
    """Record that Fargate has capacity for fewer tasks than the strategy gives it."""
    waiting = wanted - available
    run.step(rules.NO_SPOT if name == "FARGATE_SPOT" else rules.NO_FARGATE,
             f"{name} has capacity for {available} of {wanted} tasks: {waiting} do not start",
             f"{rules.UNAVAILABLE}.", inside={("waiting", name): waiting}, message=rules.UNAVAILABLE)  # fmt: skip


def grow(provider: Provider, share: int | None, available: int | None, run: Run) -> None:
    """Record that a group gets fewer instances than managed scaling wants, and which tasks wait for them."""
    name, wanted = provider.name, run.outcome["newInstances"].get(provider.name, 0)
    if available is None or wanted <= available:
        return
    changes: dict[Place, object] = {("newInstances", name): available}
    title, running = f"{name}: {available} of {wanted} instances can be launched", provider.instances_running or 0
    if provider.tasks_per_instance is not None:
        desired = (provider.running_tasks or 0) if share is None else share
        waiting = max(0, desired - (running + available) * provider.tasks_per_instance)
        changes |= {("waiting", name): waiting} if waiting else {}
        title += f", and {waiting} task{' waits' if waiting == 1 else 's wait'}"
    run.step(rules.NO_INSTANCES, title, inside=changes)


def record_strategy(given: Given, items: Sequence[Item], run: Run) -> None:
    """Record whose strategy is used."""
    strategy = ", ".join(f"{i.name} base {i.base} weight {i.weight}" for i in items)
    if not items:
        name = given.launch_type or "no launch type and no default strategy"
        return run.step(rules.OUTSIDE, f"{name}: no capacity provider is used", status="distributed")
    if not given.capacity_provider_strategy:
        run.step(rules.DEFAULT, f"the cluster's default strategy is used: {strategy}")
    title = f"{given.desired_count} tasks by the strategy {strategy}"
    none_yet: dict[Place, object] = {("tasks", item.name): 0 for item in items}
    return run.step(rules.SINGLE if len(items) == 1 else rules.WEIGHTS, title, status="distributed", inside=none_yet)


def record_shares(shares: Sequence[Share], desired: int, run: Run) -> None:
    """Record what each provider gets: the base, the rounds, then each task of the remainder."""
    total = Counter[str]()
    for rule, share, tasks, title, why in (*base_and_rounds(shares, desired), *remainder(shares)):
        name = share.name
        if not tasks:
            run.step(rule, f"{name} {title}")
            continue
        total[name] += tasks
        note = f"{total[name]} of {desired} tasks"
        run.step(rule, f"{name}: {title}", why, inside={("tasks", name): total[name]},
                 draw={("cells", name, "items", "-"): title, ("cells", name, "note"): note})  # fmt: skip


def base_and_rounds(shares: Sequence[Share], desired: int) -> Iterator[Portion]:
    """Yield the bases, then the whole rounds of the weights; a provider alone takes everything."""
    for share in shares:
        if share.base:
            why = f"{desired - share.base} of {desired} are left for the weights."
            yield rules.BASE, share, share.base, f"{share.base} by its base", why
    total = sum(share.weight for share in shares)
    for share in shares:
        rounds, weight = share.rounds, share.weight
        if weight == 0 and len(shares) > 1:
            yield rules.WEIGHT_ZERO, share, 0, "has weight 0 and gets no tasks", ""
        elif rounds and len(shares) == 1:
            yield rules.SINGLE, share, rounds, f"{rounds}, it is the only one", ""
        elif rounds and rounds % weight:
            yield rules.WEIGHTS, share, rounds, f"{rounds} by weight", ""
        elif rounds:
            why = f"{total} tasks make a round; {rounds // weight} fit."
            yield rules.WEIGHTS, share, rounds, f"{rounds} by weight {weight} of {total}", why


def remainder(shares: Sequence[Share]) -> Iterator[Portion]:
    """Yield the tasks that are fewer than a whole round: one by one, or at once where they are many."""
    left = sum(share.extra for share in shares)
    if left > SHOWN_ONE_BY_ONE:
        for share in shares:
            if share.extra:
                yield rules.REMAINDER, share, share.extra, f"{share.extra} of the {left} left over", ""
        return
    turns = [(Fraction(k, s.weight), n, s) for n, s in enumerate(shares) for k in range(1, s.extra + 1)]
    taken = Counter[str]()
    for number, (_, _, share) in enumerate(sorted(turns, key=lambda turn: turn[:2]), 1):
        ratios = ", ".join(f"{s.name} {taken[s.name] + 1}/{s.weight}" for s in shares if s.weight)
        taken[share.name] += 1
        yield rules.REMAINDER, share, 1, f"1, left over task {number} of {left}", f"{ratios}."


# Managed scaling


def scale(provider: Provider, running: int, share: int | None, run: Run) -> None:
    """Let managed scaling react with the group of one provider; without its figures nothing can be said."""
    if provider.scaling.status == "DISABLED":
        title = f"{provider.name}: managed scaling is off"
        run.step(rules.UNMANAGED, title, inside=_no_action(provider.name, None))
    elif provider.instances_needed is not None:
        title = f"{provider.name}: its tasks need {provider.instances_needed} instances (M)"
        run.step(rules.NEEDED, title)
        decide(provider, running, provider.instances_needed, run)
    elif provider.tasks_per_instance is not None:
        tasks = provider.running_tasks or 0
        desired = tasks if share is None else share
        decide(provider, running, packed(provider, running, tasks, desired, provider.tasks_per_instance, run), run)


def packed(provider: Provider, running: int, tasks: int, desired: int, per_instance: int, run: Run) -> int:
    """Return M: the instances that run, and those that the tasks which wait are packed on."""
    name = provider.name
    fit = max(0, running * per_instance - tasks)
    waiting = max(0, desired - tasks - fit)
    if not waiting:
        needed = -(-desired // per_instance)
        why = f"{desired} tasks, {per_instance} an instance: {needed} instances, and no task waits."
        run.step(rules.NEEDED, f"{name}: M is {needed}", why)
        return needed
    more = run.using(instances_for)(waiting, per_instance)
    run.step(rules.NEEDED, f"{name}: M is {running} + {more}",
             f"{desired} tasks are wanted, {tasks} run, {min(fit, desired)} more fit on {running} instances, "
             f"{waiting} wait; {per_instance} fit on an instance, which takes {more} more.")  # fmt: skip
    least, most = provider.scaling.minimum_scaling_step_size, provider.scaling.maximum_scaling_step_size
    bounded = max(least, min(more, most))
    if bounded != more:
        why = f"{more} becomes {bounded}: the step sizes are {least} to {most}."
        run.step(rules.STEP_SIZE, f"{name}: M is {running} + {bounded}", why)
    return running + bounded


def decide(provider: Provider, running: int, needed: int, run: Run) -> None:
    """Compare the metric with targetCapacity, and act."""
    name, target = provider.name, provider.scaling.target_capacity
    metric = run.using(reservation)(needed, running)
    percent = f"{float(metric):.2f}".rstrip("0").rstrip(".") + " %"
    title = f"M {needed} / N {running} = {percent}"
    run.step(rules.RESERVATION if running else rules.ZERO, f"{name}: {title}", inside=_no_action(name, float(metric)),
             draw=_drawn(name, title, needed, running))  # fmt: skip
    action, size = "none", running
    if not running and not needed:
        # 100 is above a target of, say, 80, but there is nothing to start an instance for (an assumption).
        rule, why = rules.STEADY, "no instance runs and none is needed"
    elif metric == target:
        rule, why = rules.STEADY, f"{percent} is the target"
    elif metric < target:
        rule, action, why = rules.IN, "scale-in", f"{percent} is below {target} %"
    elif not running:
        rule, action, why = rules.FROM_ZERO, "scale-out", f"above {target} %"
        size = run.using(from_zero)(needed)
    else:
        rule, action, why = rules.OUT, "scale-out", f"{percent} is above {target} %"
        size = max(running, run.using(new_size)(needed, target))
    title = {
        "none": "nothing changes", "scale-in": "scale-in, once it has been so for 15 minutes",
        "scale-out": f"scale-out, {running} become {size} instances",
    }[action]  # fmt: skip
    run.step(rule, f"{name}: {title}", f"Here: {why}.", draw=_drawn(name, title, needed, size),
             inside={("newInstances", name): size - running, ("action", name): action})  # fmt: skip


def _no_action(name: str, metric: float | None) -> dict[Place, object]:
    return {("reservation", name): metric, ("newInstances", name): 0, ("action", name): "none"}


def _drawn(name: str, text: str, needed: int, size: int) -> Draw:
    """Return a line in the provider's box, and how many of its instances are free."""
    return {("cells", name, "items", "-"): text, ("cells", name, "meters", "instances"): [max(0, size - needed), size]}


def initial_state(given: Given) -> State:
    """Return one box a provider, those of the strategy first."""
    described = {provider.name: provider for provider in given.capacity_providers}
    names = dict.fromkeys([*(item.name for item in given.strategy), *described])
    return {"cells": {name: _box(given.kind(name), described.get(name)) for name in names}}


def _box(kind: str, provider: Provider | None) -> dict[str, Any]:
    """Return a provider, with how many of its instances are free where that is known."""
    meters = {}
    if provider and provider.instances_running is not None:
        running, used = provider.instances_running, provider.instances_needed or 0
        if provider.tasks_per_instance:
            used = -(-(provider.running_tasks or 0) // provider.tasks_per_instance)
        meters["instances"] = [max(0, running - used), running]
    return {"group": kind, "items": [], "meters": meters, "note": ""}


# The rule functions that beliefs replace


def distribute(items: Sequence[Item], desired: int) -> list[Share]:
    """Return the shares: the base first, then the rest by weight."""
    shares = [Share(item.name, item.weight) for item in items]
    if len(items) == 1:
        shares[0].base = min(items[0].base, desired)
        shares[0].rounds = desired - shares[0].base
        return shares
    for item, share in zip(items, shares, strict=True):
        share.base = min(item.base, desired) if share.weight else 0
    share_by_weight(shares, desired - sum(share.base for share in shares))
    return shares


def share_by_weight(shares: Sequence[Share], rest: int) -> None:
    """Share `rest` tasks: whole rounds of all weights at once, then one by one.

    One by one from the start, each to the least (given + 1) / weight, gives the same: after a whole round every
    provider has exactly its weight, and inside a round it has its share, rounded down, before any gets more.
    """
    total = sum(share.weight for share in shares)
    if not total:
        return
    rounds, left = divmod(rest, total)
    for share in shares:
        share.rounds, share.extra = rounds * share.weight, left * share.weight // total
    for _ in range(left - sum(share.extra for share in shares)):
        least = min((s for s in shares if s.weight), key=lambda s: Fraction(s.extra + 1, s.weight))
        least.extra += 1


def instances_for(waiting: int, per_instance: int) -> int:
    """Return the instances that a binpack of the waiting tasks needs; all tasks are of one size."""
    return -(-waiting // per_instance)


def reservation(needed: int, running: int) -> Fraction:
    """Return M / N x 100, with its two special values where no instance runs."""
    if running:
        return Fraction(needed * 100, running)
    return Fraction(rules.SOME_NEEDED if needed else rules.NONE_NEEDED)


def new_size(needed: int, target: int) -> int:
    """Return the size at which the reservation is at most the target."""
    return -(-needed * 100 // target)


def from_zero(needed: int) -> int:
    """Return how many instances the first scale-out starts."""
    return rules.STARTED_FROM_ZERO


# What people believe instead

belief = rules.capacity.belief


@belief(distribute, "base-is-only-a-minimum", "the weights share all tasks; the base is only a lower limit",
        "The base is taken off first, and the weights share what is left.", "base")  # fmt: skip
def base_inside_the_ratio(items: Sequence[Item], desired: int) -> list[Share]:
    shares = [Share(item.name, item.weight) for item in items]
    share_by_weight(shares, desired)
    for item, share in zip(items, shares, strict=True):
        missing = min(item.base, desired) - share.tasks
        others = [s for s in shares if s is not share]
        if missing > 0 and others:
            share.base = missing
            max(others, key=lambda s: s.tasks).rounds -= missing
    return shares


@belief(distribute, "weight-is-a-priority", "after the base, the provider with the largest weight takes everything",
        "Weights are a ratio: 1 and 3 give every fourth task to the first.", "weight")  # fmt: skip
def heaviest_takes_the_rest(items: Sequence[Item], desired: int) -> list[Share]:
    shares = [Share(item.name, item.weight, base=min(item.base, desired)) for item in items]
    max(shares, key=lambda s: s.weight).rounds = desired - sum(s.base for s in shares)
    return shares


belief(instances_for, "an-instance-for-each-task", "each task that waits brings an instance of its own",
       "Waiting tasks are packed: as many instances as the packed tasks need.",
       "reservation")(lambda waiting, per_instance: waiting)  # fmt: skip

belief(reservation, "reservation-is-at-most-100",
       "CapacityProviderReservation is the share of instances in use, at most 100",
       "It compares what is needed with what runs; more need than instances gives more than 100.",
       "reservation")(lambda needed, running: min(Fraction(100), reservation(needed, running)))  # fmt: skip

belief(new_size, "target-is-only-a-threshold", "the group grows to what the tasks need, whatever targetCapacity is",
       "Below 100 targetCapacity keeps spare instances: the new size is M x 100 / targetCapacity.",
       "target-capacity")(lambda needed, target: needed)  # fmt: skip

belief(from_zero, "from-zero-as-needed", "an empty group starts exactly the instances that the tasks need",
       "With no instance there is no ratio: the metric is set to 200 and two instances start.",
       "from-zero")(lambda needed: needed)  # fmt: skip

REQUESTS = rules.capacity.requests({
    "/capacityProviderStrategy": Request("ecs", "CreateService", ("capacityProviderStrategy",)),
    "/launchType": Request("ecs", "CreateService", ("launchType",)),
    "/capacityProviders/*": Request("ecs", "CreateCapacityProvider", optional=ALL),
}, code="InvalidParameterException")  # fmt: skip

SIMULATION = rules.capacity.simulation(title="Capacity providers: base, weight and managed scaling", view="grid",
                                       given=Given, outcome=Distribution, run=distribute_tasks,
                                       initial_state=initial_state, requests=REQUESTS)  # fmt: skip
