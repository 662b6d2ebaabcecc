"""Amazon ECS task placement: on which container instance does each task land, and which stops on scale-in?

Four steps a task (Amazon ECS Developer Guide, "How Amazon ECS places tasks on container instances"):
1. the instances that have the resources, 2. of those, the ones that meet the constraints,
3. of those, the ones that the strategies prefer, in the order of the array, 4. one of them is selected.
Tasks are placed one after another; each placement changes what the next one sees [convention].
The rules stand in `_rules.py`, what AWS refuses in `_requests.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dva.aws import cluster_query as query
from dva.aws.rng import choose
from dva.simulations import Simulation
from dva.simulations.ecs_placement import _documents as doc
from dva.simulations.ecs_placement import _requests
from dva.simulations.ecs_placement import _rules as rules
from dva.simulations.ecs_placement._cluster import (
    Cluster,
    Instance,
    Need,
    Task,
    build,
    cells,
    need_of,
    soft_memory,
)
from dva.trace import Belief, Rule, Tracer, pointer

ZONE = "attribute:ecs.availability-zone"
NO_INSTANCES = "No Container Instances were found in your cluster."
MEMBER_OF = "MemberOf placement constraint unsatisfied."
DISTINCT = "DistinctInstance placement constraint unsatisfied."
EVENT_ENDS = {
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "ATTRIBUTE": "is missing an attribute required by your task.",
}


# The rule functions that beliefs replace.


def tasks_of_the_group(cluster: Cluster, place: str) -> dict[str | None, int]:
    """spread: tasks of this service or group for each value of the field."""
    return cluster.counts(place, cluster.group)


def least_left(left: int) -> int:
    """binpack: the least amount left ranks first."""
    return left


def in_array_order(strategies: list[doc.Strategy]) -> list[doc.Strategy]:
    """Strategies apply one after the other, each breaking the ties of the one before."""
    return strategies


def distinct(instance: Instance, group: str) -> bool:
    """distinctInstance: no task of this group is there yet."""
    return instance.of(group) == 0


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    spread_counts: Callable[[Cluster, str], dict[str | None, int]] = tasks_of_the_group
    binpack_rank: Callable[[int], int] = least_left
    strategies: Callable[[list[doc.Strategy]], list[doc.Strategy]] = in_array_order
    distinct: Callable[[Instance, str], bool] = distinct
    memory: Callable[[doc.Container], int] = soft_memory


def play(given: doc.Given, trace: Tracer, how: How) -> None:
    """Place, stop or leave alone, as the request asks."""
    _requests.check(given)
    run = Run(given, build(given), need_of(given.task_definition, how.memory), trace, how)
    service = given.service
    if service and service.scheduling_strategy == "DAEMON":
        return run.daemon()
    wanted = given.run_task.count if given.run_task else (service and service.desired_count) or 0
    missing = wanted if given.run_task else wanted - run.cluster.existing
    if missing > 0:
        return run.place(missing)
    if missing < 0:
        return run.scale_in(-missing)
    return trace.step(
        rules.UNCHANGED,
        f"{wanted} tasks run and {wanted} are desired",
        changes={"/outcome/status": "unchanged"},
    )


@dataclass
class Run:
    """One request on one cluster."""

    given: doc.Given
    cluster: Cluster
    need: Need
    trace: Tracer
    how: How

    def __post_init__(self) -> None:
        request, definition = self.given.request, self.given.task_definition
        self.constraints = [*request.placement_constraints, *definition.placement_constraints]
        self.expressions = [query.parse(c.expression or "") for c in self.constraints if c.type == "memberOf"]
        self.distinct = any(c.type == "distinctInstance" for c in self.constraints)
        self.verdicts: dict[int, str | None] = {}
        self.asks_tasks = any(
            word in (c.expression or "") for c in self.constraints for word in ("task:group", "runningTasksCount")
        )

    # The four steps

    def place(self, count: int) -> None:
        """Place `count` tasks, one after the other."""
        self._default_strategy()
        for index in range(count):
            name = self.cluster.next_name()
            fitting = self.fitting(name)
            if not fitting:
                return self.unplaced(name, count - index)
            ranked = self.ranked(name, fitting, self.strategies)
            self.select(name, ranked)
        return None

    def fitting(self, name: str) -> list[Instance]:
        """Steps 1 and 2: the instances that have the resources and meet the constraints."""
        active = self.cluster.active
        fallen: dict[str, list[str]] = {}
        fitting = []
        for instance in active:
            reason = self.verdict(instance)
            if reason is None:
                fitting.append(instance)
            elif self.trace.recording:
                fallen.setdefault(reason, []).append(instance.id)
        if self.trace.recording:
            self._tell_fallen(name, active, fallen)
        return fitting

    def verdict(self, instance: Instance) -> str | None:
        """Why the instance cannot take the task, or None; kept until the instance changes."""
        if instance.index not in self.verdicts:
            self.verdicts[instance.index] = self.lacking(instance) or self.excluded(instance)
        return self.verdicts[instance.index]

    def lacking(self, instance: Instance) -> str | None:
        """Step 1: the first of the resources that is missing."""
        need, left = self.need, instance.left
        if not instance.connected:
            return "AGENT"
        for name, amount in (("CPU", need.cpu), ("MEMORY", need.memory)):
            free = left[name]
            if free is not None and free < amount:
                return f"RESOURCE:{name}"
        if need.ports & instance.ports:
            return "RESOURCE:PORTS"
        if need.eni and instance.enis is not None and instance.enis < 1:
            return "RESOURCE:ENI"
        if need.gpus > (left["GPU"] or 0):
            return "RESOURCE:GPU"
        has = instance.attributes
        if any(name not in has or (value is not None and has[name] != value) for name, value in need.attributes):
            return "ATTRIBUTE"
        return None

    def excluded(self, instance: Instance) -> str | None:
        """Step 2: the first constraint that does not hold, memberOf before distinctInstance [convention]."""
        if self.expressions:
            asked = instance.asked()
            if not all(query.holds(expression, asked) for expression in self.expressions):
                return MEMBER_OF
        if self.distinct and not self.how.distinct(instance, self.cluster.group):
            return DISTINCT
        return None

    def ranked(self, name: str, candidates: list[Instance], strategies: list[doc.Strategy]) -> list[Instance]:
        """Step 3: each strategy keeps the instances that it ranks first."""
        for strategy in self.how.strategies(strategies):
            if strategy.type == "spread":
                kept, rule, told = self._spread(candidates, strategy.field or "")
            elif strategy.type == "binpack":
                kept, rule, told = self._binpack(candidates, (strategy.field or "").upper())
            else:
                kept, rule, told = [choose(self.cluster.rng, candidates)], rules.RANDOM, "drawn by the seed"
            if self.trace.recording:
                self.trace.step(rule, f"{name}: {rule.id.split('.')[-1]} keeps {_ids(kept)}", told)
            candidates = kept
        return candidates

    def _spread(self, candidates: list[Instance], place: str) -> tuple[list[Instance], Rule, str]:
        counts = self.how.spread_counts(self.cluster, place)
        fewest = min(counts[i.value(place)] for i in candidates)
        kept = [i for i in candidates if counts[i.value(place)] == fewest]
        values = dict.fromkeys(i.value(place) for i in candidates)
        told = ", ".join(f"{value or 'no value'} has {counts[value]}" for value in values)
        return kept, rules.SPREAD, f"{place}: {told}"

    def _binpack(self, candidates: list[Instance], resource: str) -> tuple[list[Instance], Rule, str]:
        def rank(instance: Instance) -> float:
            left = instance.left[resource]
            return float("inf") if left is None else self.how.binpack_rank(left)

        least = min(rank(i) for i in candidates)
        kept = [i for i in candidates if rank(i) == least]
        told = ", ".join(f"{i.id} {i.left[resource]}" for i in candidates) if self.trace.recording else ""
        return kept, rules.BINPACK, f"{resource} left: {told}"

    def select(self, name: str, candidates: list[Instance]) -> None:
        """Step 4: one instance gets the task."""
        chosen = candidates[0]
        if len(candidates) > 1:
            chosen = min(candidates, key=lambda i: (i.of(self.cluster.group), i.index))
        rule = rules.SELECT if len(candidates) == 1 else rules.TIE
        why = "the only one left" if len(candidates) == 1 else f"equal: {_ids(candidates)}; {rule.says}"
        self.put(chosen, name, rule, why)

    def put(self, chosen: Instance, name: str, rule: Rule, why: str) -> None:
        """The task starts on the instance."""
        chosen.take(Task(name, self.cluster.group, eni=self.need.eni), self.need)
        self._forget(chosen)
        changes: dict[str, Any] = {
            "/outcome/placements/-": {"task": name, "containerInstance": chosen.id},
            "/outcome/status": "placed",
        }
        if self.trace.recording:
            changes[pointer("state", "cells", chosen.id, "items", "-")] = name
            changes |= self._meters(chosen)
        self.trace.step(rule, f"{name} goes to {chosen.id}", why, changes=changes)

    def unplaced(self, name: str, count: int) -> None:
        """No instance can take the task, nor the equal ones after it."""
        failures = [{"containerInstance": i.id, "reason": self.verdict(i)} for i in self.cluster.active]
        # Step 2 is later than step 1; among equals the first of the file.
        late = [f for f in failures if f["reason"] in (MEMBER_OF, DISTINCT)]
        closest = (late or failures or [{"containerInstance": None, "reason": NO_INSTANCES}])[0]
        service = self.given.service
        event = service and _event(service.service_name, closest["containerInstance"], closest["reason"] or "")
        if failures:
            self.trace.step(rules.CLOSEST, f"closest is {closest['containerInstance']}", str(closest["reason"]))
        names = [name, *(self.cluster.next_name() for _ in range(count - 1))]
        placed = bool(self.trace.document["outcome"]["placements"])
        for task in names:
            entry = {
                "task": task, "reason": closest["reason"], "closest": closest["containerInstance"],
                "failures": failures,
            }  # fmt: skip
            changes = {
                "/outcome/unplaced/-": entry,
                "/outcome/status": "partly" if placed else "unplaced",
                "/outcome/serviceEvent": event,
            }
            self.trace.step(rules.UNPLACED, f"{task} is not placed: {closest['reason']}", event or "", changes=changes)

    # Scale-in

    def scale_in(self, count: int) -> None:
        """Stop `count` tasks of the service, by the strategies in reverse."""
        strategies = self._reverse_strategies()
        for index in range(count):
            candidates = [i for i in self.cluster.instances if self._stoppable(i)]
            if not candidates:
                return self._blocked(count - index)
            for strategy in self.how.strategies(strategies):
                candidates = self._reversed(candidates, strategy)
            self._stop(candidates)
        return None

    def _stoppable(self, instance: Instance) -> list[Task]:
        return [t for t in instance.tasks if t.group == self.cluster.group and not t.protected]

    def _reversed(self, candidates: list[Instance], strategy: doc.Strategy) -> list[Instance]:
        place = strategy.field or ""
        if strategy.type == "spread":
            counts = self.how.spread_counts(self.cluster, place)
            most = max(counts[i.value(place)] for i in candidates)
            kept, rule = [i for i in candidates if counts[i.value(place)] == most], rules.REVERSE_SPREAD
            values = dict.fromkeys(i.value(place) for i in candidates)
            told = ", ".join(f"{value or 'no value'} has {counts[value]}" for value in values)
        elif strategy.type == "binpack":
            # All tasks are of one size, so the most left now is the most left after the stop.
            left = {i.id: i.left[place.upper()] for i in candidates}
            most = max(float("inf") if amount is None else amount for amount in left.values())
            kept = [i for i in candidates if (float("inf") if left[i.id] is None else left[i.id]) == most]
            rule, told = rules.REVERSE_BINPACK, ", ".join(f"{name} {amount}" for name, amount in left.items())
        else:
            kept, rule, told = (
                [choose(self.cluster.rng, candidates)],
                rules.REVERSE_RANDOM,
                "drawn by the seed",
            )
        self.trace.step(rule, f"scale-in: {strategy.type} keeps {_ids(kept)}", told)
        return kept

    def _stop(self, candidates: list[Instance]) -> None:
        instance = candidates[0]
        ours = self._stoppable(instance)
        task = max(reversed(ours), key=lambda t: t.age)
        instance.stop(task, self.need)
        changes: dict[str, Any] = {
            "/outcome/stopped/-": {"task": task.name, "containerInstance": instance.id},
            "/outcome/status": "stopped",
        }
        if self.trace.recording:
            changes[pointer("state", "cells", instance.id, "items")] = [t.name for t in instance.tasks]
            changes |= self._meters(instance)
        why = f"{_ids(candidates)} rank equal" if len(candidates) > 1 else f"{len(ours)} of its tasks could stop"
        self.trace.step(rules.STOP, f"{task.name} on {instance.id} stops", why, changes=changes)

    def _blocked(self, count: int) -> None:
        service = self.given.service
        assert service is not None
        event = f"service {service.service_name} cannot scale in: protected tasks exceed the desired count."
        changes = {
            "/outcome/status": "blocked",
            "/outcome/blockedByProtection": count,
            "/outcome/serviceEvent": event,
        }
        self.trace.step(rules.PROTECTED, f"protection prevents {count} more stops", event, changes=changes)

    # Daemon

    def daemon(self) -> None:
        """One task on every ACTIVE instance that meets the constraints; where it does not, none [convention]."""
        self.trace.step(rules.DAEMON, rules.DAEMON.says, changes={"/outcome/status": "unchanged"})
        for instance in self.cluster.active:
            here = [t for t in instance.tasks if t.group == self.cluster.group]
            if self.excluded(instance):
                for task in here:
                    self._stop_daemon(instance, task)
            elif not here:
                self._start_daemon(instance)

    def _start_daemon(self, instance: Instance) -> None:
        name, reason = self.cluster.next_name(), self.lacking(instance)
        if reason is None:
            return self.put(instance, name, rules.DAEMON, "it meets the constraints and has none yet")
        service = self.given.service
        assert service is not None
        entry = {
            "task": name, "reason": reason, "closest": instance.id,
            "failures": [{"containerInstance": instance.id, "reason": reason}],
        }  # fmt: skip
        placed = bool(self.trace.document["outcome"]["placements"])
        changes = {
            "/outcome/unplaced/-": entry,
            "/outcome/status": "partly" if placed else "unplaced",
            "/outcome/serviceEvent": self.trace.document["outcome"]["serviceEvent"]
            or _event(service.service_name, instance.id, reason),
        }
        return self.trace.step(rules.UNPLACED, f"{name} is not placed on {instance.id}: {reason}", changes=changes)

    def _stop_daemon(self, instance: Instance, task: Task) -> None:
        instance.stop(task, self.need)
        changes: dict[str, Any] = {
            "/outcome/stopped/-": {"task": task.name, "containerInstance": instance.id},
            "/outcome/status": "stopped",
        }
        if self.trace.recording:
            changes[pointer("state", "cells", instance.id, "items")] = [t.name for t in instance.tasks]
            changes |= self._meters(instance)
        self.trace.step(
            rules.DAEMON, f"{task.name} stops: {instance.id} no longer meets the constraints", changes=changes
        )

    # Telling

    def _default_strategy(self) -> None:
        self.strategies = self.given.request.placement_strategy
        if self.strategies:
            return
        if self.given.service:
            self.strategies = [
                doc.Strategy(type="spread", field=ZONE),
                doc.Strategy(type="spread", field="instanceId"),
            ]
        else:
            self.strategies = [doc.Strategy(type="random")]
        told = ", ".join(f"{s.type} {s.field or ''}".strip() for s in self.strategies)
        self.trace.step(rules.DEFAULT, f"no strategy is given: {told}", rules.DEFAULT.says)

    def _reverse_strategies(self) -> list[doc.Strategy]:
        given = self.given.request.placement_strategy
        if given:
            return given
        self.trace.step(rules.DEFAULT, "no strategy is given: the zone, then the instance with the most tasks")
        return [doc.Strategy(type="spread", field=ZONE), doc.Strategy(type="spread", field="instanceId")]

    def _tell_fallen(self, name: str, active: list[Instance], fallen: dict[str, list[str]]) -> None:
        away = [i for i in self.cluster.instances if not i.active]
        if away and not self.trace.document["outcome"]["placements"]:
            told = ", ".join(f"{i.id} is {i.facts.status}" for i in away)
            self.trace.step(rules.ACTIVE, f"{name}: {told}", rules.ACTIVE.says)
        room = len(active) - sum(len(ids) for reason, ids in fallen.items() if reason in rules.LACKS)
        self.trace.step(rules.ROOM, f"{name}: {room} of {len(active)} instances have room", self._asks())
        for reason, rule in rules.LACKS.items():
            if reason in fallen:
                self.trace.step(rule, f"{name}: {', '.join(fallen[reason])} out, {reason}", rule.says)
        for reason, rule in ((MEMBER_OF, rules.MEMBER_OF), (DISTINCT, rules.DISTINCT)):
            if reason in fallen:
                self.trace.step(rule, f"{name}: {', '.join(fallen[reason])} out, {reason}", rule.says)

    def _asks(self) -> str:
        need = self.need
        asked = [f"CPU {need.cpu}", f"MEMORY {need.memory}"]
        asked += [f"port {port}/{protocol}" for protocol, port in sorted(need.ports)]
        asked += ["a network interface"] if need.eni else []
        asked += [f"{need.gpus} GPU"] if need.gpus else []
        return "a task needs " + ", ".join(asked)

    def _meters(self, instance: Instance) -> dict[str, Any]:
        return {
            pointer("state", "cells", instance.id, "meters", name, 0): instance.left[name]
            for name in ("CPU", "MEMORY")
            if instance.left[name] is not None
        }

    def _forget(self, instance: Instance) -> None:
        """What was found out about an instance holds until it changes."""
        self.verdicts.pop(instance.index, None)


def _ids(instances: list[Instance]) -> str:
    shown = ", ".join(i.id for i in instances[:6])
    return shown if len(instances) <= 6 else f"{shown} and {len(instances) - 6} more"


def _event(service: str, closest: str | None, reason: str) -> str:
    start = f"service {service} was unable to place a task because no container instance met all of its requirements."
    if closest is None:
        return f"{start} Reason: {NO_INSTANCES}"
    end = EVENT_ENDS.get(reason, f'encountered error "{reason}".')
    return f"{start} The closest matching container-instance {closest} {end}"


# Beliefs: what people expect instead.


def instances_in_use(cluster: Cluster, place: str) -> dict[str | None, int]:
    """Believed: spread counts instances that run the service, not its tasks."""
    counts = cluster.counts(place, cluster.group)
    counts.update(dict.fromkeys(counts, 0))
    used: dict[str | None, int] = dict.fromkeys(counts, 0)
    for instance in cluster.instances:
        used[instance.value(place)] += instance.of(cluster.group) > 0
    return used


def tasks_of_all(cluster: Cluster, place: str) -> dict[str | None, int]:
    """Believed: spread counts all tasks, those of other services too."""
    return cluster.counts(place, None)


def most_left(left: int) -> int:
    """Believed: binpack takes the instance with the most room."""
    return -left


def first_only(strategies: list[doc.Strategy]) -> list[doc.Strategy]:
    """Believed: only the first strategy of the array counts."""
    return strategies[:1]


def empty_instance(instance: Instance, group: str) -> bool:
    """Believed: distinctInstance wants an instance without any task."""
    return not instance.tasks


def hard_memory(container: doc.Container) -> int:
    """Believed: placement counts the hard limit, `memory`, even where memoryReservation is given."""
    return container.memory or container.memory_reservation or 0


BELIEFS = (
    Belief(
        "spread-counts-instances", "spread counts instances, not tasks",
        "spread compares how many tasks of the service each value holds, however many instances that takes.",
        "spread_counts", instances_in_use, ("ecs-task-placement.15",),
    ),
    Belief(
        "spread-counts-all-tasks", "spread counts the tasks of every service",
        "Only tasks of the same service (for RunTask: of the same task group) are counted.",
        "spread_counts", tasks_of_all, ("ecs-task-placement.15",),
    ),
    Belief(
        "binpack-fills-the-emptiest", "binpack picks the instance with the most room",
        "binpack picks the instance with the least left that still fits, so that few instances are used.",
        "binpack_rank", most_left, ("ecs-task-placement.11",),
    ),
    Belief(
        "first-strategy-only", "only the first strategy of the array counts",
        "Strategies apply in the order of the array; each breaks the ties that the one before left.",
        "strategies", first_only, ("ecs-task-placement.19",),
    ),
    Belief(
        "distinct-means-empty", "distinctInstance needs an instance without any task",
        "distinctInstance looks at tasks of the same service or group only.",
        "distinct", empty_instance, ("ecs-task-placement.21",),
    ),
    Belief(
        "memory-means-hard-limit", "placement reserves the hard limit `memory`",
        "Where a container has a memoryReservation, that is what placement subtracts.",
        "memory", hard_memory, ("ecs-task-placement.05",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="ecs-placement",
    title="ECS task placement",
    view="grid",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=doc.Given,
    outcome={
        "placements": [], "unplaced": [], "stopped": [], "blockedByProtection": None, "serviceEvent": None,
    },
    statuses=("placed", "partly", "unplaced", "stopped", "blocked", "unchanged", "refused"),
    play=play,
    how=How(),
    start=lambda given: {"cells": cells(build(given))},
)  # fmt: skip
