"""Scale-in: a service has more tasks than it wants, and the strategies choose in reverse which of them stop."""

from collections.abc import Callable
from functools import partial

from dva.simulations.ecs.documents import Service
from dva.simulations.ecs.ecs_placement import rules
from dva.simulations.ecs.ecs_placement.cluster import ClusterState, Instance, PlacedTask
from dva.simulations.ecs.ecs_placement.narration import drawn_after, named, sentences
from dva.simulations.ecs.ecs_placement.need import Need
from dva.simulations.ecs.ecs_placement.ranking import below, in_reverse, rank_by, strategies_of
from dva.simulations.frame import Append, Run


class Stopping:
    """One scale-in. All tasks of a service are of one size, so the most left after the stop is the most left now."""

    def __init__(self, service: Service, cluster: ClusterState, need: Need, run: Run) -> None:
        self.service, self.cluster, self.need, self.run = service, cluster, need, run
        strategies = strategies_of(service, run, stopping=True)
        self.ranking = rank_by(strategies, cluster, run, sign=run.using(in_reverse)())
        for instance in cluster.instances:
            self._offer(instance)

    def stop(self, count: int) -> None:
        """Stop `count` tasks, or as many as are not protected."""
        ours = [task for instance in self.cluster.instances for task in self.cluster.of_group(instance)]
        protected = [task.name for task in ours if task.protected]
        if protected:
            self.run.step(rules.PROTECTED, f"Protected from scale-in: {', '.join(protected[:8])}")
        for index in range(count):
            if not self.ranking.root:
                return self._blocked(count - index)
            self._stop_one()
        return None

    def _stop_one(self) -> None:
        """Choose an instance and stop a task there.

        The step is recorded while the task is there, because its reasons compare what was there before.
        """
        nodes, reasons = [self.ranking.root], list[Callable[[], str]]()
        for narrowing in self.ranking.narrow("Scale-in", "takes from"):
            self.run.step(narrowing.criterion.rule, narrowing.title, narrowing.ranks)
            reasons.append(narrowing.reason)
            nodes = narrowing.kept_nodes
        candidates = below(nodes)
        for _ in range(self.ranking.draws):
            chosen = self.cluster.draw(candidates)
            drawn = f"drawn from {len(candidates)} by the seed"
            self.run.step(rules.REVERSE_RANDOM, f"Scale-in: random takes from {chosen.id}", drawn)
            reasons.append(partial("random takes from {}, {}.".format, chosen.id, drawn))
            candidates = [chosen]
        instance = candidates[0]
        ours = self._stoppable(instance)
        task = max(reversed(ours), key=lambda one: one.age)
        tie = len(candidates) > 1 or len(ours) > 1
        if tie:
            reasons.append(lambda: f"Equal: {named(candidates)}; {len(ours)} tasks on {instance.id} could stop.")
        self.run.step(
            rules.STOP_TIE if tie else rules.STOP, f"{task.name} on {instance.id} stops",
            lambda: sentences(reason() for reason in reasons),
            draw=lambda: drawn_after(instance, [other for other in instance.tasks if other is not task], self.need, -1),
            status="stopped", stopped=Append({"task": task.name, "containerInstance": instance.id}),
        )  # fmt: skip
        self.ranking.change(instance, lambda: instance.stop(task, self.need))
        self._offer(instance)

    def _offer(self, instance: Instance) -> None:
        if self._stoppable(instance):
            self.ranking.add(instance)

    def _stoppable(self, instance: Instance) -> list[PlacedTask]:
        return [task for task in self.cluster.of_group(instance) if not task.protected]

    def _blocked(self, count: int) -> None:
        wanted = self.service.desired_count or 0
        event = (
            f"service {self.service.service_name} cannot scale in to its desired count of {wanted}: "
            f"{wanted + count} protected tasks exceed it."
        )
        self.run.step(
            rules.PROTECTED, f"Protection prevents {count} of the stops", event, status="blocked",
            blockedByProtection=count, serviceEvent=event,
        )  # fmt: skip
