"""Scale-in: a service has more tasks than it wants, and the strategies choose in reverse which of them stop."""

from typing import Any

from dva.simulations._before import Rule, Tracer
from dva.simulations.ecs.ecs_placement import _documents as doc
from dva.simulations.ecs.ecs_placement import _rules as rules
from dva.simulations.ecs.ecs_placement import _telling as tell
from dva.simulations.ecs.ecs_placement._cluster import Cluster, Instance, Task
from dva.simulations.ecs.ecs_placement._how import How
from dva.simulations.ecs.ecs_placement._need import Need
from dva.simulations.ecs.ecs_placement._placing import ZONE
from dva.simulations.ecs.ecs_placement._ranking import Criterion, below, named, rank_by


class Stopping:
    """One scale-in. All tasks of a service are of one size, so the most left after the stop is the most left now."""

    def __init__(self, service: doc.Service, cluster: Cluster, need: Need, trace: Tracer, how: How) -> None:
        self.service, self.cluster, self.need, self.trace = service, cluster, need, trace
        self.because: list[str] = []
        self.ranking = rank_by(self._strategies(), cluster, how, sign=how.stopping_sign())
        for instance in cluster.instances:
            self._offer(instance)

    def stop(self, count: int) -> None:
        """Stop `count` tasks, or as many as are not protected."""
        self._tell_protected()
        for index in range(count):
            if not self.ranking.root:
                return self._blocked(count - index)
            self._stop_on(self.choose())
        return None

    def choose(self) -> list[Instance]:
        """The instances that rank first, in the order of the file."""
        self.because = []

        def told(criterion: Criterion, before: list[Instance], kept: list[Instance]) -> None:
            takes, ranks = f"{criterion.name} takes from {criterion.called(kept)}", criterion.told(before)
            self.trace.step(criterion.rule, f"Scale-in: {takes}", f"{criterion.rule.says} {ranks}.")
            if len(kept) < len(before):
                self.because.append(f"{takes}. {ranks}.")

        candidates = below(self.ranking.preferred(told if self.trace.recording else None))
        for _ in range(self.ranking.draws):
            chosen = self.cluster.draw(candidates)
            why = f"drawn from {len(candidates)} by the seed"
            self.trace.step(rules.REVERSE_RANDOM, f"Scale-in: random takes from {chosen.id}", why)
            self.because.append(f"random takes from {chosen.id}, {why}.")
            candidates = [chosen]
        return candidates

    def _stop_on(self, candidates: list[Instance]) -> None:
        instance = candidates[0]
        ours = self._stoppable(instance)
        task = max(reversed(ours), key=lambda t: t.age)
        rule = rules.STOP_TIE if len(candidates) > 1 or len(ours) > 1 else rules.STOP
        if rule is rules.STOP_TIE:
            equal = f"Equal: {named(candidates)}; {len(ours)} tasks on {instance.id} could stop."
            self.because.append(f"{rule.says} {equal}")
        why = tell.sentences(self.because)
        self.ranking.change(instance, lambda: self._end(instance, task, rule, why))
        self._offer(instance)

    def _end(self, instance: Instance, task: Task, rule: Rule, why: str) -> None:
        instance.stop(task, self.need)
        changes: dict[str, Any] = {
            "/outcome/stopped/-": {"task": task.name, "containerInstance": instance.id},
            "/outcome/status": "stopped",
        }
        if self.trace.recording:
            changes |= tell.drawn(instance)
        self.trace.step(rule, f"{task.name} on {instance.id} stops", why, changes=changes)

    def _offer(self, instance: Instance) -> None:
        if self._stoppable(instance):
            self.ranking.add(instance)

    def _stoppable(self, instance: Instance) -> list[Task]:
        return [t for t in instance.tasks if t.group == self.cluster.group and not t.protected]

    def _tell_protected(self) -> None:
        safe = [
            t.name for i in self.cluster.instances for t in i.tasks if t.protected and t.group == self.cluster.group
        ]
        if safe:
            self.trace.step(rules.PROTECTED, f"Protected from scale-in: {', '.join(safe[:8])}", rules.PROTECTED.says)

    def _blocked(self, count: int) -> None:
        wanted = self.service.desired_count or 0
        event = (
            f"service {self.service.service_name} cannot scale in to its desired count of {wanted}: "
            f"{wanted + count} protected tasks exceed it."
        )
        changes = {
            "/outcome/status": "blocked",
            "/outcome/blockedByProtection": count,
            "/outcome/serviceEvent": event,
        }
        self.trace.step(rules.PROTECTED, f"Protection prevents {count} of the stops", event, changes=changes)

    def _strategies(self) -> list[doc.Strategy]:
        if self.service.placement_strategy:
            return self.service.placement_strategy
        self.trace.step(
            rules.DEFAULT, "No strategy is given: the zone, then the instance with the most tasks", rules.DEFAULT.says
        )
        return [doc.Strategy(type="spread", field=ZONE), doc.Strategy(type="spread", field="instanceId")]
