"""Base and weight, then managed scaling of each Auto Scaling group."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dva.simulations.ecs.ecs_capacity_provider import rules
from dva.simulations.ecs.ecs_capacity_provider.documents import Given, Item, ManagedScaling, Provider
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


@dataclass(frozen=True)
class Portion:
    """Some tasks of a share, with the rule that gives them."""

    rule: Rule
    name: str
    tasks: int
    title: str
    why: str = ""


@dataclass(frozen=True)
class Figures:
    """A provider as managed scaling sees it: instances, and tasks that run and are wanted."""

    name: str
    running: int
    needed: int | None
    per_instance: int | None
    tasks: int
    desired: int
    scaling: ManagedScaling


def distribute_tasks(given: Given, run: Run) -> None:
    """Share the tasks of the service, then let managed scaling react."""
    check(given)
    items = given.strategy
    record_strategy(given, items, run)
    shares = run.using(distribute)(items, given.desired_count) if items else []
    record_shares(shares, given.desired_count, run)
    tasks = {share.name: share.tasks for share in shares}
    for provider in given.capacity_providers:
        if given.kind(provider.name) == "Auto Scaling group" and provider.instances_running is not None:
            scale(provider, provider.instances_running, tasks.get(provider.name), run)


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
    total = dict.fromkeys((share.name for share in shares), 0)
    for portion in (*base_and_rounds(shares, desired), *remainder(shares)):
        name = portion.name
        if not portion.tasks:
            run.step(portion.rule, f"{name} {portion.title}")
            continue
        total[name] += portion.tasks
        run.step(
            portion.rule, f"{name}: {portion.title}", portion.why, inside={("tasks", name): total[name]},
            draw={
                ("cells", name, "items", "-"): portion.title,
                ("cells", name, "note"): f"{total[name]} of {desired} tasks",
            },
        )  # fmt: skip


def base_and_rounds(shares: Sequence[Share], desired: int) -> Iterator[Portion]:
    """Yield the bases, then the whole rounds of the weights; a provider alone takes everything."""
    for share in shares:
        if share.base:
            why = f"{desired - share.base} of {desired} are left for the weights."
            yield Portion(rules.BASE, share.name, share.base, f"{share.base} by its base", why)
    total = sum(share.weight for share in shares)
    for share in shares:
        rounds, weight = share.rounds, share.weight
        if weight == 0 and len(shares) > 1:
            yield Portion(rules.WEIGHT_ZERO, share.name, 0, "has weight 0 and gets no tasks")
        elif rounds and len(shares) == 1:
            yield Portion(rules.SINGLE, share.name, rounds, f"{rounds}, it is the only one")
        elif rounds and rounds % weight:
            yield Portion(rules.WEIGHTS, share.name, rounds, f"{rounds} by weight")
        elif rounds:
            why = f"{total} tasks make a round; {rounds // weight} fit."
            yield Portion(rules.WEIGHTS, share.name, rounds, f"{rounds} by weight {weight} of {total}", why)


def remainder(shares: Sequence[Share]) -> Iterator[Portion]:
    """Yield the tasks that are fewer than a whole round: one by one, or at once where they are many."""
    left = sum(share.extra for share in shares)
    if left > SHOWN_ONE_BY_ONE:
        for share in shares:
            if share.extra:
                yield Portion(rules.REMAINDER, share.name, share.extra, f"{share.extra} of the {left} left over")
        return
    turns = [(Fraction(k, s.weight), n, s) for n, s in enumerate(shares) for k in range(1, s.extra + 1)]
    taken = dict.fromkeys((share.name for share in shares), 0)
    for number, (_, _, share) in enumerate(sorted(turns, key=lambda turn: turn[:2]), 1):
        ratios = ", ".join(f"{s.name} {taken[s.name] + 1}/{s.weight}" for s in shares if s.weight)
        taken[share.name] += 1
        yield Portion(rules.REMAINDER, share.name, 1, f"1, left over task {number} of {left}", f"{ratios}.")


# Managed scaling


def scale(provider: Provider, instances: int, share: int | None, run: Run) -> None:
    """Let managed scaling react with the group of one provider; without its figures nothing can be said."""
    scaling, name = provider.scaling, provider.name
    if scaling.status == "DISABLED":
        return run.step(rules.UNMANAGED, f"{name}: managed scaling is off", inside=_results(name, None, 0, "none"))
    tasks = provider.running_tasks or 0
    figures = Figures(
        name, instances, provider.instances_needed, provider.tasks_per_instance, tasks,
        tasks if share is None else share, scaling,
    )  # fmt: skip
    if figures.needed is None and figures.per_instance is None:
        return None
    return decide(figures, instances_needed(figures, run), run)


def instances_needed(f: Figures, run: Run) -> int:
    """Return M: given, or packed from tasks that run and tasks that wait."""
    if f.needed is not None or f.per_instance is None:
        run.step(rules.NEEDED, f"{f.name}: its tasks need {f.needed} instances (M)")
        return f.needed or 0
    fit = max(0, f.running * f.per_instance - f.tasks)
    waiting = max(0, f.desired - f.tasks - fit)
    if not waiting:
        needed = -(-f.desired // f.per_instance)
        why = f"{f.desired} tasks, {f.per_instance} an instance: {needed} instances, and no task waits."
        run.step(rules.NEEDED, f"{f.name}: M is {needed}", why)
        return needed
    more = run.using(instances_for)(waiting, f.per_instance)
    run.step(
        rules.NEEDED, f"{f.name}: M is {f.running} + {more}",
        f"{f.desired} tasks are wanted, {f.tasks} run, {min(fit, f.desired)} more fit on {f.running} instances, "
        f"{waiting} wait; {f.per_instance} fit on an instance, which takes {more} more.",
    )  # fmt: skip
    least, most = f.scaling.minimum_scaling_step_size, f.scaling.maximum_scaling_step_size
    bounded = max(least, min(more, most))
    if bounded != more:
        why = f"{more} becomes {bounded}: the step sizes are {least} to {most}."
        run.step(rules.STEP_SIZE, f"{f.name}: M is {f.running} + {bounded}", why)
    return f.running + bounded


def decide(f: Figures, needed: int, run: Run) -> None:
    """Compare the metric with targetCapacity, and act."""
    metric, target = run.using(reservation)(needed, f.running), f.scaling.target_capacity
    title = f"M {needed} / N {f.running} = {_number(metric)} %"
    run.step(
        rules.RESERVATION if f.running else rules.ZERO, f"{f.name}: {title}",
        inside=_results(f.name, float(metric), 0, "none"), draw=_drawn(f, title, needed, f.running),
    )  # fmt: skip
    action, size = "none", f.running
    if not f.running and not needed:
        # 100 is above a target of, say, 80, but there is nothing to start an instance for (an assumption).
        rule, why = rules.STEADY, "no instance runs and none is needed"
    elif metric == target:
        rule, why = rules.STEADY, f"{_number(metric)} % is the target"
    elif metric < target:
        rule, action, why = rules.IN, "scale-in", f"{_number(metric)} % is below {target} %"
    elif not f.running:
        rule, action, why = rules.FROM_ZERO, "scale-out", f"above {target} %"
        size = run.using(from_zero)(needed)
    else:
        rule, action, why = rules.OUT, "scale-out", f"{_number(metric)} % is above {target} %"
        size = max(f.running, run.using(new_size)(needed, target))
    title = {
        "none": "nothing changes", "scale-in": "scale-in, once it has been so for 15 minutes",
        "scale-out": f"scale-out, {f.running} become {size} instances",
    }[action]  # fmt: skip
    run.step(
        rule, f"{f.name}: {title}", f"Here: {why}.", draw=_drawn(f, title, needed, size),
        inside={("newInstances", f.name): size - f.running, ("action", f.name): action},
    )  # fmt: skip


def _results(name: str, metric: float | None, new: int, action: str) -> dict[Place, object]:
    return {("reservation", name): metric, ("newInstances", name): new, ("action", name): action}


def _drawn(f: Figures, text: str, needed: int, size: int) -> Draw:
    """Return a line in the provider's box, and how many of its instances are free."""
    meter = [max(0, size - needed), size]
    return {("cells", f.name, "items", "-"): text, ("cells", f.name, "meters", "instances"): meter}


def _number(value: Fraction) -> str:
    """Return a number as a reader writes it: 200, 133.33."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


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
