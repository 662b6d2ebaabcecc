"""Placing tasks: the four steps, one task after the other; each placement changes what the next one sees."""

from bisect import insort
from collections.abc import Iterable

from dva.simulations.ecs.ecs_placement import narration, ranking, rules
from dva.simulations.ecs.ecs_placement.cluster import ClusterState, Constraints, Instance, PlacedTask, missing_resource
from dva.simulations.ecs.ecs_placement.decision import Decision
from dva.simulations.ecs.ecs_placement.documents import Given
from dva.simulations.ecs.ecs_placement.narration import drawn_after, named
from dva.simulations.ecs.ecs_placement.need import Need
from dva.simulations.ecs.ecs_placement.ranking import Node, Reason, below, prefer, several
from dva.simulations.frame import Append, Run


class Placing:
    """One request on one cluster.

    Steps 1 and 2 are asked of every instance once, and again only of the one that a task went to: `fell` holds those
    that fell, by their reason, `ranking` the ones that fit.
    """

    def __init__(self, given: Given, cluster: ClusterState, need: Need, run: Run) -> None:
        self.given, self.cluster, self.need, self.run = given, cluster, need, run
        self.active = [instance for instance in cluster.instances if instance.active]
        self.constraints = Constraints(given, run)
        self.ranking = ranking.rank_by(ranking.strategies_of(given.request, run), cluster, run)
        self.fell: dict[str, list[Instance]] = {reason: [] for reason in (*rules.LACKS, *rules.UNMET)}

    def place(self, count: int) -> None:
        """Place `count` tasks. They are equal: where one finds no instance, the rest find none either."""
        inactive = [instance for instance in self.cluster.instances if not instance.active]
        if inactive:
            shown = ", ".join(f"{instance.id} is {instance.document.status}" for instance in inactive[:8])
            self.run.step(rules.ACTIVE, f"Not considered: {shown}")
        for instance in self.active:
            self.judge(instance)
        for index in range(count):
            name = self.cluster.next_name()
            if not self.place_one(name):
                return self.unplaced(name, count - index)
        return None

    def judge(self, instance: Instance) -> None:
        """Ask steps 1 and 2 of one instance: it fits and is ranked, or falls for a reason."""
        reason = missing_resource(instance, self.need) or self.constraints.unmet(instance)
        if reason:
            insort(self.fell[reason], instance, key=lambda fallen: fallen.index)
        else:
            self.ranking.add(instance)

    def place_one(self, name: str) -> bool:
        """Take the four steps for one task, and return False where no instance is left for it."""
        decision = Decision(name, self.active)
        if self.run.is_recorded:  # the answers to steps 1 and 2 are there already
            self.record_fallen(name, decision)
        if not self.ranking.root:
            return False
        nodes, reasons = prefer(self.ranking, self.cluster, self.run, f"{name}, step 3", decision)
        if nodes:
            self.select(name, nodes, [self._sole_candidate, *reasons], decision)
        return bool(nodes)

    def record_fallen(self, name: str, decision: Decision) -> None:
        """Record steps 1 and 2: the instances that have the resources, and of those the ones that meet constraints."""
        total, fell = len(self.active), sum(len(self.fell[reason]) for reason in rules.LACKS)
        title = f"{name}, step 1: {total - fell} of {total} instances have the resources"
        needs, left = narration.needs(self.need), self._without(decision.instances, rules.LACKS)
        self.run.step(rules.ROOM, title, needs, draw=lambda: decision.begin(narration.size(self.need), left))
        for reason, rule in rules.LACKS.items():
            if out := self.fell[reason]:
                why = narration.rejections(out, self.need, self.constraints, reason)
                lacks = {i.id: narration.lack(i, reason) for i in out}
                self.run.step(rule, f"{name}, step 1: {named(out)} out, {reason}", why, draw=decision.reject(lacks))
        self.record_unmet(name, left, decision)

    def record_unmet(self, name: str, left: list[Instance], decision: Decision) -> None:
        """Record step 2: of the instances that are left, the ones that meet the constraints."""
        given = {rules.MEMBER_OF: bool(self.constraints.expressions), rules.DISTINCT: self.constraints.distinct}
        for reason, rule in rules.UNMET.items():
            out, kind = self.fell[reason], rule.id.rpartition(".")[2]
            left = self._without(left, [reason])
            if out:
                why = narration.rejections(out, self.need, self.constraints, reason)
                title = f"{name}, step 2: {named(out)} out, {reason}"
            elif given.get(reason):
                why, title = "", f"{name}, step 2: {kind} holds on every instance that is left"
            else:
                continue
            self.run.step(rule, title, why, draw=decision.row(kind, self.constraints.text(reason),
                                                              out=dict.fromkeys(i.id for i in out),
                                                              kept=dict.fromkeys(i.id for i in left)))  # fmt: skip

    def _without(self, instances: list[Instance], reasons: Iterable[str]) -> list[Instance]:
        """Return the instances that did not fall for one of these reasons."""
        return [i for i in instances if not any(i in self.fell[reason] for reason in reasons)]

    def _sole_candidate(self) -> str:
        root = self.ranking.root
        if several([root]) or not self.ranking.criteria:
            return ""
        return f"Only {below([root])[0].id} has the resources and meets the constraints."

    def select(self, name: str, nodes: list[Node], reasons: list[Reason], decision: Decision) -> None:
        """Take step 4: one instance gets the task, among equals the fewest tasks of the group, then the file's order.

        The step is recorded before the task is there, because its reasons compare what was there before.
        """
        last, equal = self.ranking.last, several(nodes)
        leaves = last.keep(nodes)
        chosen = self.cluster.instances[int(min(leaf.least() for leaf in leaves))]
        task = PlacedTask(name, self.cluster.group)
        if equal:
            reasons.append(lambda: f"{last.ranks(below(nodes))}.")
        self.run.step(rules.TIE if equal else rules.SELECT, f"{name}, step 4: it goes to {chosen.id}",
                      lambda: narration.sentences(reason() for reason in reasons),
                      draw=lambda: {**drawn_after(chosen, task, self.need, starts=True),
                                    **decision.choose(chosen, last.shown if equal else None, below(nodes))},
                      status="placed",
                      placements=Append({"task": name, "containerInstance": chosen.id}))  # fmt: skip
        self.ranking.change(chosen, lambda: chosen.take(task, self.need))
        self.judge(chosen)

    def unplaced(self, name: str, count: int) -> None:
        """Record that no instance can take the task, nor the equal ones after it."""
        reasons = {instance.index: reason for reason, fell in self.fell.items() for instance in fell}
        failures = [{"containerInstance": i.id, "reason": reasons[i.index]} for i in self.active if i.index in reasons]
        closest, reason = self._closest()
        service = self.given.service
        message = service and narration.event(service.service_name, closest, reason)
        for index, task in enumerate([name, *(self.cluster.next_name() for _ in range(count - 1))]):
            shown = failures if index == 0 or len(failures) * count <= rules.FAILURES_LISTED else []
            self.run.step(
                rules.UNPLACED,
                f"{task} is not placed: {reason}" if index == 0 else f"{task} is not placed either: it is equal",
                message or "", status="partly" if self.run.outcome["placements"] else "unplaced", serviceEvent=message,
                unplaced=Append({"task": task, "reason": reason, "closest": closest, "failures": shown}),
            )  # fmt: skip

    def _closest(self) -> tuple[str | None, str]:
        """Return the instance that failed at the later step, then the first of the file, and its reason."""
        for reasons in (rules.UNMET, rules.LACKS):
            fell = [(instance.index, instance.id, reason) for reason in reasons for instance in self.fell[reason]]
            if fell:
                _, closest, reason = min(fell)
                self.run.step(rules.CLOSEST, f"The closest instance is {closest}: {reason}")
                return closest, reason
        return None, narration.NO_INSTANCES
