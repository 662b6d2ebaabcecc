"""Step 3: which of the instances that fit do the strategies prefer?

The candidates are in a tree with one level for each strategy: below a key are the instances that are equal for
that strategy and all before it. A placement moves one instance within the tree, so that a task costs as many looks
as there are different keys, not as there are instances. Scale-in asks the same tree for the opposite (`sign` -1).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property, partial
from heapq import heappop, heappush
from math import inf
from typing import Any

from msgspec import Struct, field

from dva.simulations.ecs.documents import PlacementStrategy, Service
from dva.simulations.ecs.ecs_placement import rules
from dva.simulations.ecs.ecs_placement.cluster import ClusterState, Instance
from dva.simulations.ecs.ecs_placement.decision import Decision
from dva.simulations.ecs.ecs_placement.documents import DEFAULT_STRATEGY, RunTask
from dva.simulations.ecs.ecs_placement.narration import listed, named
from dva.simulations.frame import Draw, Run
from dva.trace import Rule

UNITS = {"CPU": "CPU units left", "MEMORY": "MiB left"}
Reason = Callable[[], str]
Counts = Mapping[str | None, int]
"""How many tasks count for each value of a spread field; None is an instance without the attribute."""

# The rule functions that beliefs replace


def tasks_of_the_group(instance: Instance, group: str) -> int:
    """Return what an instance adds to the count of its value: the tasks of this service or group."""
    return instance.groups[group]


def fewest_of_the_candidates(counts: Counts, candidates: Collection[str | None]) -> int:
    """Return the least count among the values that an instance which fits still has (best effort)."""
    return min(map(counts.__getitem__, candidates))


def least_left(left: int) -> int:
    """Return the rank of an amount that is left: for binpack the least comes first."""
    return left


def in_array_order(strategies: list[PlacementStrategy]) -> list[PlacementStrategy]:
    """Return the strategies as they apply: one after the other, each breaking the ties of the one before."""
    return strategies


def in_reverse() -> int:
    """Return the sign of scale-in: what ranks last when tasks are placed ranks first when they stop."""
    return -1


def strategies_of(request: Service | RunTask, run: Run, *, stopping: bool = False) -> list[PlacementStrategy]:
    """Return the strategies of the request, or the default."""
    if request.placement_strategy:
        return request.placement_strategy
    if isinstance(request, RunTask):
        run.step(rules.DEFAULT, "No strategy is given: RunTask places at random")
        return [PlacementStrategy(type="random")]
    default = "the zone, then the instance with the most tasks" if stopping else "spread over zones, then instances"
    run.step(rules.DEFAULT, f"No strategy is given: {default}")
    return DEFAULT_STRATEGY


class Node(dict[Any, Any]):
    """Key → node; at the bottom, place in the file → instance.

    Numeric keys are also kept in a heap for fast minimum lookup.
    """

    __slots__ = ("_heap",)

    def __init__(self) -> None:
        super().__init__()
        self._heap: list[float] = []

    def put(self, key: float, child: Any) -> Any:
        """Set a key that is a number."""
        if key not in self:
            heappush(self._heap, key)
        self[key] = child
        return child

    def least(self) -> float:
        """Return the least key; keys that went are forgotten here."""
        while self._heap[0] not in self:
            heappop(self._heap)
        return self._heap[0]


class ByValue(Struct):
    """spread over an attribute: the tasks on all instances that share the value count."""

    rule: Rule
    attribute: str
    least: Callable[[Counts, Collection[str | None]], int]
    sign: int
    counts: Counter[str | None]

    @property
    def name(self) -> str:
        return f"spread over attribute:{self.attribute}"

    @property
    def asks(self) -> tuple[str, str]:
        """What it is and what it counts, in a few words."""
        return "spread", f"tasks per {self.attribute.rpartition('.')[2]}"

    def text(self, instance: Instance) -> str:
        """Return what counts for an instance: the tasks of its value."""
        return str(self.counts[self.key(instance)])

    def key(self, instance: Instance) -> str | None:
        """Return the value; instances with one value are equal, and a missing attribute is a value (assumed)."""
        return instance.attributes.get(self.attribute)

    def child(self, node: Node, instance: Instance) -> Node:
        """Return the node of the instance's value, made where there is none."""
        found: Node = node.setdefault(self.key(instance), Node())
        return found

    def keep(self, nodes: list[Node]) -> list[Node]:
        """Return what is below the values that rank first."""
        candidates = {key for node in nodes for key in node}
        best = max(map(self.counts.__getitem__, candidates)) if self.sign < 0 else self.least(self.counts, candidates)
        return [child for node in nodes for key, child in node.items() if self.counts[key] == best]

    def ranks(self, candidates: list[Instance]) -> str:
        """Return the values with their counts, the first in rank first."""
        values = dict.fromkeys(self.key(instance) for instance in candidates)
        ranked = sorted(values, key=lambda value: self.sign * self.counts[value])
        return "Tasks: " + listed(ranked, lambda value: f"{value or 'no value'} {self.counts[value]}")

    def names(self, kept: list[Instance]) -> str:
        """Return the values that are kept, with their instances."""
        values = dict.fromkeys(self.key(instance) or "no value" for instance in kept)
        return f"{listed(values)} ({named(kept)})" if kept else "nobody"


class ByInstance(Struct):
    """An amount of each instance: what is left (binpack), or the tasks on it (spread over instanceId)."""

    rule: Rule
    name: str
    unit: str
    key: Callable[[Instance], float]
    shown: Callable[[Instance], Any]

    @property
    def asks(self) -> tuple[str, str]:
        """What it is and what it counts, in a few words."""
        return self.name.split(" ")[0], "tasks per instance" if self.unit == "Tasks" else self.unit

    def text(self, instance: Instance) -> str:
        """Return what counts for an instance."""
        return str(self.shown(instance))

    def child(self, node: Node, instance: Instance) -> Node:
        """Return the node of the instance's amount, made where there is none."""
        key = self.key(instance)
        found: Node = node[key] if key in node else node.put(key, Node())
        return found

    def keep(self, nodes: list[Node]) -> list[Node]:
        """Return what is below the smallest key."""
        least = min(node.least() for node in nodes)
        return [node[least] for node in nodes if least in node]

    def ranks(self, candidates: list[Instance]) -> str:
        """Return the instances with their amounts, the first in rank first."""
        return f"{self.unit}: " + listed(sorted(candidates, key=self.key), lambda i: f"{i.id} {self.shown(i)}")

    def names(self, kept: list[Instance]) -> str:
        """Return the instances that are kept."""
        return named(kept)


Criterion = ByValue | ByInstance
Preferred = tuple[list[Node], list[Reason]]


class Narrowing:
    """What one strategy did with the candidates; the lists are made only where they are shown."""

    def __init__(self, criterion: Criterion, nodes: list[Node], step: str, verb: str) -> None:
        self.criterion, self.nodes, self.kept_nodes = criterion, nodes, criterion.keep(nodes)
        self._step, self._verb = step, verb

    @cached_property
    def candidates(self) -> list[Instance]:
        return below(self.nodes)

    @cached_property
    def kept(self) -> list[Instance]:
        return below(self.kept_nodes)

    @cached_property
    def result(self) -> str:
        """`binpack on memory keeps i-1`."""
        return f"{self.criterion.name} {self._verb} {self.criterion.names(self.kept)}"

    def title(self) -> str:
        """Return `web-1, step 3: binpack on memory keeps i-1`."""
        return f"{self._step}: {self.result}"

    def without(self) -> str:
        """Return which candidates lack the attribute of a spread."""
        lacking = [instance for instance in self.candidates if self.criterion.key(instance) is None]
        return f"{self._step}: {named(lacking)} without {self.criterion.name.removeprefix('spread over ')}"

    def draw(self, decision: Decision) -> Draw:
        """Return the row of the strategy: what counts for each candidate."""
        kept = {instance.id for instance in self.kept} if decision.instances else set()
        texts = {i.id: self.criterion.text(i) for i in self.candidates} if decision.instances else {}
        return decision.row(*self.criterion.asks, out={name: text for name, text in texts.items() if name not in kept},
                            kept={name: text for name, text in texts.items() if name in kept})  # fmt: skip

    def ranks(self) -> str:
        """Return how the candidates rank."""
        return f"{self.criterion.ranks(self.candidates)}."

    def reason(self) -> str:
        """Return why some instances are kept and others not; nothing where all are kept."""
        return f"{self.result}. {self.ranks()}" if len(self.kept) < len(self.candidates) else ""


class Ranking(Struct):
    """The instances that fit, in the order that the strategies give them.

    `criteria` are the strategies before the first `random`; `draws` is how many random ones there are, for after
    the first nothing is left to rank. The last level of the tree is the tie-break, `last`.
    """

    criteria: list[Criterion]
    last: ByInstance
    draws: int
    weigh: Callable[[Instance], int]
    root: Node = field(default_factory=Node)

    def add(self, instance: Instance) -> None:
        """Put the instance below its keys."""
        node = self.root
        for criterion in (*self.criteria, self.last):
            node = criterion.child(node, instance)
        node.put(instance.index, instance)

    def remove(self, instance: Instance) -> None:
        """Take the instance out, and the keys below which nothing is left."""
        node, path = self.root, []
        for criterion in (*self.criteria, self.last):
            key = criterion.key(instance)
            path.append((node, key))
            node = node[key]
        del node[instance.index]
        for parent, key in reversed(path):
            if parent[key]:
                break
            del parent[key]

    def change(self, instance: Instance, happen: Callable[[], None]) -> None:
        """Let something happen to an instance in the tree: it is taken out, and the counts follow."""
        self.remove(instance)
        before = self.weigh(instance)
        happen()
        for criterion in self.criteria:
            if isinstance(criterion, ByValue):
                criterion.counts[criterion.key(instance)] += self.weigh(instance) - before


def rank_by(strategies: list[PlacementStrategy], cluster: ClusterState, run: Run, *, sign: int = 1) -> Ranking:
    """Return the ranking that a strategy array asks for; `sign` -1 on scale-in, where the last comes first."""
    count = run.using(tasks_of_the_group)

    def weigh(instance: Instance) -> int:
        return count(instance, cluster.group)

    ranked: list[Criterion] = []
    applied = run.using(in_array_order)(strategies)
    kinds = [strategy.type for strategy in applied]
    for strategy in applied[: kinds.index("random") if "random" in kinds else None]:
        place, rule = strategy.field or "", rules.SPREAD if sign > 0 else rules.REVERSE_SPREAD
        if strategy.type == "binpack":
            ranked.append(_binpack(place.upper(), run.using(least_left), sign))
        elif place in ("instanceId", "host"):
            ranked.append(ByInstance(rule, f"spread over {place}", "Tasks", lambda i: sign * weigh(i), weigh))
        else:
            attribute, counts = place.removeprefix("attribute:"), Counter[str | None]()
            for instance in cluster.instances:
                counts[instance.attributes.get(attribute)] += weigh(instance)
            ranked.append(ByValue(rule, attribute, run.using(fewest_of_the_candidates), sign, counts))
    return Ranking(ranked, _tie(cluster.group, sign), kinds.count("random"), weigh)


def _binpack(resource: str, rank: Callable[[int], int], sign: int) -> ByInstance:
    def key(instance: Instance) -> float:
        left = instance.left[resource]
        return sign * (inf if left is None else rank(left))

    def shown(instance: Instance) -> str:
        left = instance.left[resource]
        return "unlimited" if left is None else str(left)

    rule = rules.BINPACK if sign > 0 else rules.REVERSE_BINPACK
    return ByInstance(rule, f"binpack on {resource.lower()}", UNITS[resource], key, shown)


def _tie(group: str, sign: int) -> ByInstance:
    """Return the tie-break: placing takes the fewest tasks of the group, then the order of the file; stopping that."""
    if sign < 0:
        return ByInstance(rules.STOP_TIE, "tie", "Tasks", lambda instance: 0, lambda instance: "")
    return ByInstance(rules.TIE, "tie", "Tasks", lambda instance: instance.groups[group], lambda i: i.groups[group])


def prefer(
    ranking: Ranking, cluster: ClusterState, run: Run, step: str, decision: Decision, *, stopping: bool = False
) -> Preferred:
    """Let each strategy in turn keep what it ranks first: return the instances that are left, and the reasons."""
    nodes, reasons = [ranking.root], list[Reason]()
    verb, by_chance = ("takes from", rules.REVERSE_RANDOM) if stopping else ("keeps", rules.RANDOM)
    for criterion in ranking.criteria:
        narrowing = Narrowing(criterion, nodes, step, verb)
        if not stopping and isinstance(criterion, ByValue) and any(None in node for node in nodes):
            run.step(rules.NO_VALUE, narrowing.without)
        run.step(criterion.rule, narrowing.title, narrowing.ranks, draw=partial(narrowing.draw, decision))
        reasons.append(narrowing.reason)
        nodes = narrowing.kept_nodes
        if not nodes:
            return nodes, reasons
    for _ in range(ranking.draws):
        candidates = below(nodes)
        chosen, drawn = cluster.draw(candidates), f"drawn from {len(candidates)} by the seed"
        run.step(
            by_chance,
            f"{step}: random {verb} {chosen.id}",
            drawn,
            draw=partial(decision.row, "random", "any of them", kept=dict.fromkeys(i.id for i in candidates)),
        )
        reasons.append(partial("random {} {}, {}.".format, verb, chosen.id, drawn))
        nodes = [only(chosen, ranking.last)]
    return nodes, reasons


def only(instance: Instance, last: ByInstance) -> Node:
    """Return the last level of the tree with one instance in it."""
    node = Node()
    last.child(node, instance).put(instance.index, instance)
    return node


def below(nodes: Iterable[Node]) -> list[Instance]:
    """Return all instances below the nodes, in the order of the file."""
    found: dict[int, Instance] = {}
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if isinstance(next(iter(node.values()), None), Instance):
            found.update(node)
        else:
            todo.extend(node.values())
    return [found[index] for index in sorted(found)]


def several(nodes: Collection[Node]) -> bool:
    """Return whether more than one instance is below the nodes."""
    while len(nodes) == 1:
        (node,) = nodes
        nodes = node.values()
        if isinstance(next(iter(nodes)), Instance):
            return len(nodes) > 1
    return bool(nodes)
