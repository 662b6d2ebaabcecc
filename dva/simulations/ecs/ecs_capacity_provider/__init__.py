"""Amazon ECS capacity providers: which provider runs each task, and how managed scaling sizes its instances.

1. The strategy: the request's own, else the cluster's default. A launch type goes around all of it.
2. Base first, the rest by weight; that is the distribution of the whole desired count, not of the new tasks alone.
3. Each Auto Scaling group provider with managed scaling publishes CapacityProviderReservation = M / N x 100,
   instances needed by instances running, and a target tracking policy moves the group towards targetCapacity.
The rules stand in `_rules.py`, what AWS refuses in `_requests.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.ecs.ecs_capacity_provider import _documents as doc
from dva.simulations.ecs.ecs_capacity_provider import _requests
from dva.simulations.ecs.ecs_capacity_provider import _rules as rules
from dva.simulations.ecs.ecs_capacity_provider._requests import strategy_of


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


@dataclass(frozen=True)
class Figures:
    """A provider as managed scaling sees it: instances, and tasks that are there and wanted."""

    name: str
    running: int
    needed: int | None
    per_instance: int | None
    tasks: int
    desired: int
    scaling: doc.ManagedScaling


TOLD_ONE_BY_ONE = 20


# -- the rule functions that beliefs replace -------------------------------------------------------------------------


def distribute(items: Sequence[doc.Item], desired: int) -> list[Share]:
    """Base first, then the rest by weight."""
    shares = [Share(item.name, item.weight or 0) for item in items]
    if len(items) == 1:
        shares[0].base = min(items[0].base or 0, desired)
        shares[0].rounds = desired - shares[0].base
        return shares
    for item, share in zip(items, shares, strict=True):
        share.base = min(item.base or 0, desired) if share.weight else 0
    by_weight(shares, desired - sum(s.base for s in shares))
    return shares


def instances_for(unplaced: int, per_instance: int) -> int:
    """Instances that a binpack of the waiting tasks needs; all tasks are of one size."""
    return -(-unplaced // per_instance)


def reservation(needed: int, running: int) -> Fraction:
    """M / N x 100, with its two special values where no instance runs."""
    if running:
        return Fraction(needed * 100, running)
    return Fraction(200 if needed else 100)


def new_size(needed: int, target: int) -> int:
    """The size at which the reservation is at most the target."""
    return -(-needed * 100 // target)


def from_zero(needed: int) -> int:
    """How many instances the first scale-out starts."""
    return 2


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    distribute: Callable[[Sequence[doc.Item], int], list[Share]] = distribute
    instances_for: Callable[[int, int], int] = instances_for
    reservation: Callable[[int, int], Fraction] = reservation
    new_size: Callable[[int, int], int] = new_size
    from_zero: Callable[[int], int] = from_zero


def by_weight(shares: Sequence[Share], rest: int) -> None:
    """Share `rest` tasks: whole rounds of all weights at once, then one by one.

    One by one from the start, each to the least (given + 1) / weight, gives the same: after a whole round every
    provider has exactly its weight, and inside a round it has its share, rounded down, before any gets more.
    """
    total = sum(s.weight for s in shares)
    if not total:
        return
    rounds, left = divmod(rest, total)
    for share in shares:
        share.rounds, share.extra = rounds * share.weight, left * share.weight // total
    for _ in range(left - sum(s.extra for s in shares)):
        least = min((s for s in shares if s.weight), key=lambda s: Fraction(s.extra + 1, s.weight))
        least.extra += 1


# -- the mechanism ---------------------------------------------------------------------------------------------------


def play(given: doc.Given, trace: Tracer, how: How) -> None:
    _requests.check(given)
    items = strategy_of(given)
    tell_strategy(given, items, trace)
    shares = how.distribute(items, given.desired_count) if items else []
    tell_shares(shares, given.desired_count, trace)
    tasks = {share.name: share.tasks for share in shares}
    for provider in given.capacity_providers:
        if given.kind(provider.name) == "Auto Scaling group" and provider.instances_running is not None:
            scale(provider, provider.instances_running, tasks.get(provider.name), trace, how)


def tell_strategy(given: doc.Given, items: Sequence[doc.Item], trace: Tracer) -> None:
    """Whose strategy it is."""
    changes = {"/outcome/status": "distributed"}
    told = ", ".join(f"{i.name} base {i.base or 0} weight {i.weight or 0}" for i in items)
    if not items:
        name = given.launch_type or "no launch type and no default strategy"
        trace.step(rules.OUTSIDE, f"{name}: no capacity provider is used", rules.OUTSIDE.says, changes=changes)
    elif not given.capacity_provider_strategy:
        trace.step(rules.DEFAULT, f"the cluster's default strategy is used: {told}", rules.DEFAULT.says)
    if items:
        tasks = {f"/outcome/tasks{pointer(i.name)}": 0 for i in items}
        rule = rules.SINGLE if len(items) == 1 else rules.WEIGHTS
        trace.step(rule, f"{given.desired_count} tasks by the strategy {told}", rule.says, changes=changes | tasks)


def tell_shares(shares: Sequence[Share], desired: int, trace: Tracer) -> None:
    """The base, the rounds, then each task of the remainder."""
    given = dict.fromkeys((s.name for s in shares), 0)

    def give(rule: Rule, share: Share, count: int, title: str, why: str) -> None:
        given[share.name] += count
        changes: dict[str, Any] = {f"/outcome/tasks{pointer(share.name)}": given[share.name]}
        if trace.recording:
            cell = pointer("state", "cells", share.name)
            changes[f"{cell}/items/-"] = title
            changes[f"{cell}/note"] = f"{given[share.name]} of {desired} tasks"
        trace.step(rule, f"{share.name}: {title}", why, changes=changes)

    for share in shares:
        if share.base:
            why = f"{rules.BASE.says} {desired - share.base} of {desired} are left for the weights."
            give(rules.BASE, share, share.base, f"{share.base} by its base", why)
    for share in shares:
        if share.weight == 0 and len(shares) > 1:
            trace.step(rules.WEIGHT_ZERO, f"{share.name} has weight 0 and gets no tasks", rules.WEIGHT_ZERO.says)
        elif share.rounds:
            tell_rounds(share, shares, give)
    tell_remainder(shares, give)


def tell_rounds(share: Share, shares: Sequence[Share], give: Callable[..., None]) -> None:
    """Whole rounds of the weights; a provider alone takes everything."""
    if len(shares) == 1:
        return give(rules.SINGLE, share, share.rounds, f"{share.rounds}, it is the only one", rules.SINGLE.says)
    if not share.weight or share.rounds % share.weight:
        return give(rules.WEIGHTS, share, share.rounds, f"{share.rounds} by weight", rules.WEIGHTS.says)
    total, times = sum(s.weight for s in shares), share.rounds // share.weight
    title = f"{share.rounds} by weight {share.weight} of {total}"
    return give(
        rules.WEIGHTS, share, share.rounds, title, f"{rules.WEIGHTS.says} {total} tasks make a round; {times} fit."
    )


def tell_remainder(shares: Sequence[Share], give: Callable[..., None]) -> None:
    """The tasks that are fewer than a whole round: one by one, or at once where they are many."""
    left = sum(s.extra for s in shares)
    if left > TOLD_ONE_BY_ONE:
        for share in (s for s in shares if s.extra):
            give(rules.REMAINDER, share, share.extra, f"{share.extra} of the {left} left over", rules.REMAINDER.says)
        return
    turns = [(Fraction(k, s.weight), n, s) for n, s in enumerate(shares) for k in range(1, s.extra + 1)]
    taken = dict.fromkeys((s.name for s in shares), 0)
    for number, (_, _, share) in enumerate(sorted(turns, key=lambda turn: turn[:2]), 1):
        told = ", ".join(f"{s.name} {taken[s.name] + 1}/{s.weight}" for s in shares if s.weight)
        taken[share.name] += 1
        give(rules.REMAINDER, share, 1, f"1, left over task {number} of {left}", f"{rules.REMAINDER.says} {told}.")


# -- managed scaling -------------------------------------------------------------------------------------------------


def scale(provider: doc.Provider, instances: int, share: int | None, trace: Tracer, how: How) -> None:
    """What managed scaling does with the group of one provider; without its figures there is nothing to say."""
    scaling = provider.scaling
    if scaling.status == "DISABLED":
        told = f"{provider.name}: managed scaling is off"
        return trace.step(rules.UNMANAGED, told, rules.UNMANAGED.says, changes=entry(provider.name, None, 0, "none"))
    running = provider.running_tasks or 0
    figures = Figures(
        provider.name, instances, provider.instances_needed, provider.tasks_per_instance,
        running, running if share is None else share, scaling,
    )  # fmt: skip
    if figures.needed is None and figures.per_instance is None:
        return None
    return decide(figures, needed_by(figures, trace, how), trace, how)


def needed_by(f: Figures, trace: Tracer, how: How) -> int:
    """M: given, or packed from tasks that run and tasks that wait."""
    if f.needed is not None or f.per_instance is None:
        told = f"{f.name}: its tasks need {f.needed} instances (M)"
        trace.step(rules.NEEDED, told, rules.NEEDED.says)
        return f.needed or 0
    fit = max(0, f.running * f.per_instance - f.tasks)
    unplaced = max(0, f.desired - f.tasks - fit)
    if not unplaced:
        needed = -(-f.desired // f.per_instance)
        told = f"{f.desired} tasks, {f.per_instance} an instance: {needed} instances"
        trace.step(rules.NEEDED, f"{f.name}: M is {needed}", f"{rules.NEEDED.says} {told}, and no task waits.")
        return needed
    more = how.instances_for(unplaced, f.per_instance)
    told = (
        f"{f.desired} tasks are wanted, {f.tasks} run, {min(fit, f.desired)} more fit on {f.running} instances, "
        f"{unplaced} wait; {f.per_instance} fit on an instance, which takes {more} more"
    )
    bounded = max(f.scaling.least, min(more, f.scaling.most))
    trace.step(rules.NEEDED, f"{f.name}: M is {f.running} + {more}", f"{rules.NEEDED.says} {told}.")
    if bounded != more:
        steps = f"{more} becomes {bounded}: the step sizes are {f.scaling.least} to {f.scaling.most}"
        trace.step(rules.STEP_SIZE, f"{f.name}: M is {f.running} + {bounded}", f"{rules.STEP_SIZE.says} {steps}.")
    return f.running + bounded


def decide(f: Figures, needed: int, trace: Tracer, how: How) -> None:
    """The metric against targetCapacity."""
    metric, target = how.reservation(needed, f.running), f.scaling.target
    rule = rules.RESERVATION if f.running else rules.ZERO
    told = f"M {needed} / N {f.running} = {plain(metric)} %"
    changes = entry(f.name, float(metric), 0, "none") | drawn(trace, f, told, needed, f.running)
    trace.step(rule, f"{f.name}: {told}", rule.says, changes=changes)
    if not f.running and not needed:
        # 100 is above a target of, say, 80, but there is nothing to start an instance for [convention].
        rule, action, size, why = rules.STEADY, "none", 0, "no instance runs and none is needed"
    elif metric == target:
        rule, action, size, why = rules.STEADY, "none", f.running, f"{plain(metric)} % is the target"
    elif metric < target:
        rule, action, size, why = rules.IN, "scale-in", f.running, f"{plain(metric)} % is below {target} %"
    elif not f.running:
        rule, action, size, why = rules.FROM_ZERO, "scale-out", how.from_zero(needed), f"above {target} %"
    else:
        rule, action, why = rules.OUT, "scale-out", f"{plain(metric)} % is above {target} %"
        size = max(f.running, how.new_size(needed, target))
    end(f, trace, rule, action, size, needed, why)


def end(f: Figures, trace: Tracer, rule: Rule, action: str, size: int, needed: int, why: str) -> None:
    """The action of one provider."""
    what = f"{action}, {f.running} become {size} instances" if action == "scale-out" else ACTIONS[action]
    changes: dict[str, Any] = {
        f"/outcome/newInstances{pointer(f.name)}": size - f.running,
        f"/outcome/action{pointer(f.name)}": action,
    } | drawn(trace, f, what, needed, size)
    trace.step(rule, f"{f.name}: {what}", f"{rule.says} Here: {why}.", changes=changes)


ACTIONS = {"none": "nothing changes", "scale-in": "scale-in, once it has been so for 15 minutes"}


def drawn(trace: Tracer, f: Figures, text: str, needed: int, size: int) -> dict[str, Any]:
    """A line in the provider's box, and how many of its instances are free."""
    cell = pointer("state", "cells", f.name)
    meter = [max(0, size - needed), size]
    return {f"{cell}/items/-": text, f"{cell}/meters/instances": meter} if trace.recording else {}


def entry(name: str, metric: float | None, new: int, action: str) -> dict[str, Any]:
    """The three values of a provider."""
    place = pointer(name)
    return {
        f"/outcome/reservation{place}": metric,
        f"/outcome/newInstances{place}": new,
        f"/outcome/action{place}": action,
    }


def plain(value: Fraction) -> str:
    """A number as a reader writes it: 200, 133.33."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def start(given: doc.Given) -> dict[str, Any]:
    """One box a provider, those of the strategy first."""
    described = {p.name: p for p in given.capacity_providers}
    names = dict.fromkeys([*(i.name for i in strategy_of(given)), *described])
    return {"cells": {name: box(given.kind(name), described.get(name)) for name in names}}


def box(kind: str, provider: doc.Provider | None) -> dict[str, Any]:
    """A provider, with how many of its instances are free where that is known."""
    found: dict[str, Any] = {"group": kind, "items": [], "meters": {}, "note": ""}
    if provider and provider.instances_running is not None:
        running, used = provider.instances_running, provider.instances_needed or 0
        if provider.tasks_per_instance:
            used = -(-(provider.running_tasks or 0) // provider.tasks_per_instance)
        found["meters"]["instances"] = [max(0, running - used), running]
    return found


# -- beliefs ---------------------------------------------------------------------------------------------------------


def base_inside_the_ratio(items: Sequence[doc.Item], desired: int) -> list[Share]:
    """Believed: the weights share all tasks, and the base is only a lower limit."""
    shares = [Share(item.name, item.weight or 0) for item in items]
    by_weight(shares, desired)
    for item, share in zip(items, shares, strict=True):
        missing = min(item.base or 0, desired) - share.tasks
        others = [s for s in shares if s is not share]
        if missing > 0 and others:
            share.base = missing
            max(others, key=lambda s: s.tasks).rounds -= missing
    return shares


def heaviest_takes_the_rest(items: Sequence[doc.Item], desired: int) -> list[Share]:
    """Believed: weight is a priority; after the base the heaviest takes all."""
    shares = [Share(item.name, item.weight or 0, base=min(item.base or 0, desired)) for item in items]
    max(shares, key=lambda s: s.weight).rounds = desired - sum(s.base for s in shares)
    return shares


def one_each(unplaced: int, per_instance: int) -> int:
    """Believed: every waiting task brings an instance of its own."""
    return unplaced


def share_in_use(needed: int, running: int) -> Fraction:
    """Believed: the metric is the part of the instances in use, at most 100."""
    return min(Fraction(100), reservation(needed, running))


def need_alone(needed: int, target: int) -> int:
    """Believed: the group grows to what is needed, and targetCapacity is only the threshold."""
    return needed


def what_is_needed(needed: int) -> int:
    """Believed: from zero exactly the needed instances are started."""
    return needed


SIMULATION = Simulation(
    name="ecs-capacity-provider",
    title="Capacity providers: base, weight and managed scaling",
    view="grid",
    rules=rules.RULES,
    beliefs=(
        Belief(
            "base-is-only-a-minimum", "the weights share all tasks; the base is only a lower limit",
            "The base is taken off first, and the weights share what is left.",
            "distribute", base_inside_the_ratio, ("ecs-cluster-capacity-provider.base",),
        ),
        Belief(
            "weight-is-a-priority", "after the base, the provider with the largest weight takes everything",
            "Weights are a ratio: 1 and 3 give every fourth task to the first.",
            "distribute", heaviest_takes_the_rest, ("ecs-cluster-capacity-provider.weight",),
        ),
        Belief(
            "an-instance-for-each-task", "each task that waits brings an instance of its own",
            "Waiting tasks are packed: as many instances as the packed tasks need.",
            "instances_for", one_each, ("ecs-cluster-capacity-provider.reservation",),
        ),
        Belief(
            "reservation-is-at-most-100", "CapacityProviderReservation is the share of instances in use, at most 100",
            "It compares what is needed with what runs; more need than instances gives more than 100.",
            "reservation", share_in_use, ("ecs-cluster-capacity-provider.reservation",),
        ),
        Belief(
            "target-is-only-a-threshold", "the group grows to what the tasks need, whatever targetCapacity is",
            "Below 100 targetCapacity keeps spare instances: the new size is M x 100 / targetCapacity.",
            "new_size", need_alone, ("ecs-cluster-capacity-provider.target-capacity",),
        ),
        Belief(
            "from-zero-as-needed", "an empty group starts exactly the instances that the tasks need",
            "With no instance there is no ratio: the metric is set to 200 and two instances start.",
            "from_zero", what_is_needed, ("ecs-cluster-capacity-provider.from-zero",),
        ),
    ),
    given=doc.Given,
    outcome={"tasks": {}, "reservation": {}, "newInstances": {}, "action": {}},
    statuses=("distributed", "refused"),
    play=play,
    how=How(),
    start=start,
)  # fmt: skip
