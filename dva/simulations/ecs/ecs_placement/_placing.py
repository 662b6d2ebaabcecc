"""Placing tasks: the four steps, one task after the other; each placement changes what the next one sees."""

from collections.abc import Callable
from functools import partial
from typing import Any

from dva.simulations._before import Rule, Tracer
from dva.simulations.ecs.ecs_placement import _documents as doc
from dva.simulations.ecs.ecs_placement import _rules as rules
from dva.simulations.ecs.ecs_placement import _telling as tell
from dva.simulations.ecs.ecs_placement._cluster import ZONE_NAME, Cluster, Instance, Task
from dva.simulations.ecs.ecs_placement._fit import DISTINCT, MEMBER_OF, Constraints, lacking
from dva.simulations.ecs.ecs_placement._how import How
from dva.simulations.ecs.ecs_placement._need import Need
from dva.simulations.ecs.ecs_placement._ranking import ByValue, Criterion, Node, below, named, only, rank_by

ZONE = f"attribute:{ZONE_NAME}"
FAILURES_LISTED = 20_000
"""Where equal tasks would list more failures than this in all, only the first of them lists its own."""


class Placing:
    """One request on one cluster.

    Steps 1 and 2 are asked of every instance once, and again only of the one that a task went to: `lacks` and
    `breaks` hold the reasons of those that fell, `ranking` the ones that fit.
    """

    def __init__(self, given: doc.Given, cluster: Cluster, need: Need, trace: Tracer, how: How) -> None:
        self.given, self.cluster, self.need, self.trace = given, cluster, need, trace
        self.constraints = Constraints.of(given, how)
        self.ranking = rank_by(self._strategies(), cluster, how)
        self.because: list[str] = []
        self.lacks: dict[int, str] = {}
        self.breaks: dict[int, str] = {}

    def place(self, count: int) -> None:
        """Place `count` tasks. They are equal: where one finds no instance, the rest find none either."""
        self._tell_away()
        for instance in self.cluster.active:
            self.judge(instance)
        for index in range(count):
            name = self.cluster.next_name()
            if not self.place_one(name):
                return self.unplaced(name, count - index)
        return None

    def place_one(self, name: str) -> bool:
        """The four steps for one task; False where no instance is left for it."""
        self.resources(name)
        self.constrain(name)
        preferred = self.prefer(name) if self.ranking.root else []
        if not preferred:
            return False
        self.select(name, preferred)
        return True

    def judge(self, instance: Instance) -> None:
        """Steps 1 and 2 for one instance: it fits and is ranked, or falls for a reason."""
        lack = lacking(instance, self.need)
        if lack:
            self.lacks[instance.index] = lack
            return
        unmet = self.constraints.unmet(instance)
        if unmet:
            self.breaks[instance.index] = unmet
        else:
            self.ranking.add(instance)

    def resources(self, name: str) -> None:
        """Step 1: the instances that have what the task definition asks for."""
        if not self.trace.recording:
            return
        total = len(self.cluster.active)
        title = f"{name}, step 1: {total - len(self.lacks)} of {total} instances have the resources"
        self.trace.step(rules.ROOM, title, tell.asks(self.need))
        for reason, rule in rules.LACKS.items():
            out = self._fallen(self.lacks, reason)
            why = partial(tell.shortfall, need=self.need, reason=reason)
            self._tell_out(f"{name}, step 1", rule, reason, out, why)

    def constrain(self, name: str) -> None:
        """Step 2: of those, the instances that meet every constraint."""
        if not self.trace.recording:
            return
        asked = (
            (MEMBER_OF, rules.MEMBER_OF, self.constraints.expressions),
            (DISTINCT, rules.DISTINCT, self.constraints.distinct),
        )
        for reason, rule, given in asked:
            out = self._fallen(self.breaks, reason)
            why = partial(tell.objection, constraints=self.constraints, reason=reason)
            self._tell_out(f"{name}, step 2", rule, reason, out, why)
            if given and not out:
                title = f"{name}, step 2: {rule.id.rpartition('.')[2]} holds on every instance that is left"
                self.trace.step(rule, title, rule.says)

    def prefer(self, name: str) -> list[Node]:
        """Step 3: each strategy in turn keeps what it ranks first; none of them rejects an instance that fits."""
        self.because = []

        def told(criterion: Criterion, before: list[Instance], kept: list[Instance]) -> None:
            if len(before) == 1 and not self.because:
                self.because.append(f"Only {before[0].id} has the resources and meets the constraints.")
            self._tell_missing(name, criterion, before)
            keeps, ranks = f"{criterion.name} keeps {criterion.called(kept)}", criterion.told(before)
            self.trace.step(criterion.rule, f"{name}, step 3: {keeps}", f"{criterion.rule.says} {ranks}.")
            if len(kept) < len(before):
                self.because.append(f"{keeps}. {ranks}.")

        nodes = self.ranking.preferred(told if self.trace.recording else None)
        for _ in range(self.ranking.draws if nodes else 0):
            candidates = below(nodes)
            chosen = self.cluster.draw(candidates)
            why = f"drawn from {len(candidates)} by the seed"
            self.trace.step(rules.RANDOM, f"{name}, step 3: random keeps {chosen.id}", why)
            self.because.append(f"random keeps {chosen.id}, {why}.")
            nodes = [only(chosen, self.ranking.last)]
        return nodes

    def select(self, name: str, nodes: list[Node]) -> None:
        """Step 4: one instance gets the task; among equals the fewest tasks of the group, then the file's order."""
        leaves = self.ranking.last.keep(nodes)
        chosen = self.cluster.instances[int(min(leaf.least() for leaf in leaves))]
        equal = below(nodes) if self.trace.recording else []
        rule = rules.TIE if len(equal) > 1 else rules.SELECT
        if rule is rules.TIE:
            self.because.append(f"{rules.TIE.says} {self.ranking.last.told(equal)}.")
        why = tell.sentences(self.because)
        self.ranking.change(chosen, lambda: self.start(chosen, name, rule, why))
        self.judge(chosen)

    def start(self, chosen: Instance, name: str, rule: Rule, why: str) -> None:
        """The task starts on the instance."""
        chosen.take(Task(name, self.cluster.group), self.need)
        changes: dict[str, Any] = {
            "/outcome/placements/-": {"task": name, "containerInstance": chosen.id},
            "/outcome/status": "placed",
        }
        if self.trace.recording:
            changes |= tell.drawn(chosen)
        self.trace.step(rule, f"{name}, step 4: it goes to {chosen.id}", why, changes=changes)

    def unplaced(self, name: str, count: int) -> None:
        """No instance can take the task, nor the equal ones after it."""
        reasons = self.lacks | self.breaks
        failures = [
            {"containerInstance": instance.id, "reason": reasons[instance.index]}
            for instance in self.cluster.active
            if instance.index in reasons
        ]
        closest, reason = self._closest()
        service = self.given.service
        event = service and tell.event(service.service_name, closest, reason)
        for index, task in enumerate([name, *(self.cluster.next_name() for _ in range(count - 1))]):
            listed = failures if index == 0 or len(failures) * count <= FAILURES_LISTED else []
            entry = {"task": task, "reason": reason, "closest": closest, "failures": listed}
            changes = {
                "/outcome/unplaced/-": entry,
                "/outcome/status": "partly" if self.trace.outcome["placements"] else "unplaced",
                "/outcome/serviceEvent": event,
            }
            title = f"{task} is not placed: {reason}" if index == 0 else f"{task} is not placed either: it is equal"
            self.trace.step(rules.UNPLACED, title, event or rules.UNPLACED.says, changes=changes)

    def _closest(self) -> tuple[str | None, str]:
        """The instance that failed at the later step, then the first of the file, and its reason."""
        late = self.breaks or self.lacks
        if not late:
            return None, tell.NO_INSTANCES
        index = min(late)
        instance = self.cluster.instances[index]
        self.trace.step(rules.CLOSEST, f"The closest instance is {instance.id}: {late[index]}", rules.CLOSEST.says)
        return instance.id, late[index]

    def _strategies(self) -> list[doc.Strategy]:
        """The request's own, or the default: zones and then instances for a service, random for RunTask."""
        asked = self.given.request.placement_strategy
        if asked:
            return asked
        if self.given.service:
            self.trace.step(
                rules.DEFAULT, "No strategy is given: spread over zones, then instances", rules.DEFAULT.says
            )
            return [doc.Strategy(type="spread", field=ZONE), doc.Strategy(type="spread", field="instanceId")]
        self.trace.step(rules.DEFAULT, "No strategy is given: RunTask places at random", rules.DEFAULT.says)
        return [doc.Strategy(type="random")]

    def _tell_away(self) -> None:
        away = [instance for instance in self.cluster.instances if not instance.active]
        if away:
            told = ", ".join(f"{instance.id} is {instance.facts.status}" for instance in away[:8])
            self.trace.step(rules.ACTIVE, f"Not considered: {told}", rules.ACTIVE.says)

    def _tell_missing(self, name: str, criterion: Criterion, candidates: list[Instance]) -> None:
        if not isinstance(criterion, ByValue) or None not in criterion.counts:
            return
        without = [i for i in candidates if criterion.key(i) is None]
        if without:
            title = f"{name}, step 3: {named(without)} without {criterion.name.removeprefix('spread over ')}"
            self.trace.step(rules.NO_VALUE, title, rules.NO_VALUE.says)

    def _fallen(self, reasons: dict[int, str], reason: str) -> list[Instance]:
        return [self.cluster.instances[index] for index in sorted(reasons) if reasons[index] == reason]

    def _tell_out(
        self, step: str, rule: Rule, reason: str, out: list[Instance], why: Callable[[Instance], str]
    ) -> None:
        if out:
            self.trace.step(rule, f"{step}: {named(out)} out, {reason}", f"{rule.says} {tell.fallen(out, why)}")
