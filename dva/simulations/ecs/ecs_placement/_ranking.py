"""Step 3: which of the instances that fit do the strategies prefer?

The candidates stand in a tree with one level for each strategy: below a key are the instances that are equal for
that strategy and all before it. A placement moves one instance within the tree, so that a task costs as many looks
as there are different keys, not as there are instances. Scale-in asks the same tree for the opposite (`sign` -1).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from heapq import heappop, heappush
from itertools import islice
from typing import Any, TypeVar

from msgspec import Struct, field

from dva.simulations._before import Rule
from dva.simulations.ecs.ecs_placement import _documents as doc
from dva.simulations.ecs.ecs_placement import _rules as rules
from dva.simulations.ecs.ecs_placement._cluster import Cluster, Instance
from dva.simulations.ecs.ecs_placement._how import How

T = TypeVar("T")
UNLIMITED = float("inf")
UNITS = {"CPU": "CPU units left", "MEMORY": "MiB left"}
SHOWN = 8


class Node(dict[Any, Any]):
    """Key → node; at the bottom, place in the file → instance. Where keys are numbers the least is at hand."""

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
        """The least key; keys that went are forgotten here."""
        while self._heap[0] not in self:
            heappop(self._heap)
        return self._heap[0]


class ByValue(Struct):
    """spread over an attribute: the tasks on all instances that share the value count."""

    rule: Rule
    attribute: str
    how: How
    sign: int
    counts: Counter[str | None]

    @property
    def name(self) -> str:
        return f"spread over attribute:{self.attribute}"

    def key(self, instance: Instance) -> str | None:
        """Instances with one value are equal; a missing attribute is a value of its own [convention]."""
        return instance.attributes.get(self.attribute)

    def child(self, node: Node, instance: Instance) -> Node:
        """The node of the instance's value, made where there is none."""
        found: Node = node.setdefault(self.key(instance), Node())
        return found

    def keep(self, nodes: list[Node]) -> list[Node]:
        """What is below the values that rank first."""
        candidates = {key for node in nodes for key in node}
        if self.sign < 0:
            best = max(self.counts[value] for value in candidates)
        else:
            best = self.how.spread_least(self.counts, candidates)
        return [child for node in nodes for key, child in node.items() if self.counts[key] == best]

    def told(self, candidates: list[Instance]) -> str:
        """The values with their counts, the first in rank first."""
        values = dict.fromkeys(self.key(instance) for instance in candidates)
        ranked = sorted(values, key=lambda value: self.sign * self.counts[value])
        return "Tasks: " + listed(ranked, lambda value: f"{value or 'no value'} {self.counts[value]}")

    def called(self, kept: list[Instance]) -> str:
        """The values that are kept, with their instances."""
        values = dict.fromkeys(self.key(instance) or "no value" for instance in kept)
        return f"{listed(values)} ({named(kept)})" if kept else "nobody"


class ByInstance(Struct):
    """An amount of each instance: what is left (binpack), or the tasks on it (spread over instanceId)."""

    rule: Rule
    name: str
    unit: str
    key: Callable[[Instance], float]
    shown: Callable[[Instance], Any]

    def child(self, node: Node, instance: Instance) -> Node:
        """The node of the instance's amount, made where there is none."""
        key = self.key(instance)
        found: Node = node[key] if key in node else node.put(key, Node())
        return found

    def keep(self, nodes: list[Node]) -> list[Node]:
        """What is below the smallest key."""
        least = min(node.least() for node in nodes)
        return [node[least] for node in nodes if least in node]

    def told(self, candidates: list[Instance]) -> str:
        """The instances with their amounts, the first in rank first."""
        return f"{self.unit}: " + listed(sorted(candidates, key=self.key), lambda i: f"{i.id} {self.shown(i)}")

    def called(self, kept: list[Instance]) -> str:
        """The instances that are kept."""
        return named(kept)


Criterion = ByValue | ByInstance
Telling = Callable[[Criterion, list[Instance], list[Instance]], None]


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
        node, way = self.root, []
        for criterion in (*self.criteria, self.last):
            key = criterion.key(instance)
            way.append((node, key))
            node = node[key]
        del node[instance.index]
        for parent, key in reversed(way):
            if parent[key]:
                break
            del parent[key]

    def preferred(self, told: Telling | None) -> list[Node]:
        """Each strategy in turn keeps what it ranks first; `told` hears the candidates before and after."""
        nodes = [self.root]
        before = below(nodes) if told else []
        for criterion in self.criteria:
            nodes = criterion.keep(nodes)
            if told:
                kept = below(nodes)
                told(criterion, before, kept)
                before = kept
            if not nodes:
                break
        return nodes

    def change(self, instance: Instance, happen: Callable[[], None]) -> None:
        """Let something happen to an instance in the tree: it is taken out, and the counts follow."""
        self.remove(instance)
        before = self.weigh(instance)
        happen()
        for criterion in self.criteria:
            if isinstance(criterion, ByValue):
                criterion.counts[criterion.key(instance)] += self.weigh(instance) - before


def rank_by(strategies: list[doc.Strategy], cluster: Cluster, how: How, *, sign: int = 1) -> Ranking:
    """The ranking that a strategy array asks for; `sign` -1 on scale-in, where the last comes first."""

    def weigh(instance: Instance) -> int:
        return how.spread_counts(instance, cluster.group)

    ranked: list[Criterion] = []
    applied = how.strategies(strategies)
    chance = [s.type for s in applied].index("random") if any(s.type == "random" for s in applied) else len(applied)
    for strategy in applied[:chance]:
        place = strategy.field or ""
        if strategy.type == "binpack":
            ranked.append(_binpack(place.upper(), how, sign))
        elif place in ("instanceId", "host"):
            rule = rules.SPREAD if sign > 0 else rules.REVERSE_SPREAD
            ranked.append(ByInstance(rule, f"spread over {place}", "Tasks", lambda i: sign * weigh(i), weigh))
        else:
            rule = rules.SPREAD if sign > 0 else rules.REVERSE_SPREAD
            attribute, counts = place.removeprefix("attribute:"), Counter[str | None]()
            for instance in cluster.instances:
                counts[instance.attributes.get(attribute)] += weigh(instance)
            ranked.append(ByValue(rule, attribute, how, sign, counts))
    draws = sum(s.type == "random" for s in applied)
    return Ranking(ranked, _tie(cluster.group, sign), draws, weigh)


def _binpack(resource: str, how: How, sign: int) -> ByInstance:
    def key(instance: Instance) -> float:
        left = instance.left[resource]
        return sign * (UNLIMITED if left is None else how.binpack_rank(left))

    def shown(instance: Instance) -> str:
        left = instance.left[resource]
        return "unlimited" if left is None else str(left)

    rule = rules.BINPACK if sign > 0 else rules.REVERSE_BINPACK
    return ByInstance(rule, f"binpack on {resource.lower()}", UNITS[resource], key, shown)


def _tie(group: str, sign: int) -> ByInstance:
    """Placing: the fewest tasks of the group, then the order of the file; stopping: the order of the file."""
    if sign < 0:
        return ByInstance(rules.STOP_TIE, "tie", "Tasks", lambda instance: 0, lambda instance: "")
    return ByInstance(rules.TIE, "tie", "Tasks", lambda instance: instance.groups[group], lambda i: i.groups[group])


def only(instance: Instance, last: ByInstance) -> Node:
    """The last level of the tree with one instance in it."""
    node = Node()
    last.child(node, instance).put(instance.index, instance)
    return node


def below(nodes: Iterable[Node]) -> list[Instance]:
    """All instances below the nodes, in the order of the file."""
    found: dict[int, Instance] = {}
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if isinstance(next(iter(node.values()), None), Instance):
            found.update(node)
        else:
            todo.extend(node.values())
    return [found[index] for index in sorted(found)]


def named(instances: Collection[Instance]) -> str:
    """The names of some instances."""
    return listed(instances, lambda instance: instance.id)


def listed(items: Collection[T], text: Callable[[T], str] = str) -> str:
    """A list for a sentence, cut where it gets long."""
    more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return ", ".join(text(item) for item in islice(items, SHOWN)) + more
