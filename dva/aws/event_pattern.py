"""Event patterns: does an event match? One grammar in the three dialects of EventBridge, Lambda and SNS.

    pattern = parse({"detail": {"price": [{"numeric": [">", 10, "<=", 20]}]}}, EVENTBRIDGE)
    pattern.matches({"detail": {"price": 20}})     # True
    pattern.first_mismatch({"detail": {}})         # ("detail", "price")

Objects of fields are joined by AND, the list at a field and `$or` by OR. A list in the event matches where one of its
elements does; fields below the objects of one list must match in the same object. Nothing is tried twice: the work is
pattern times event, for each way through the `$or`s, of which there are at most MAX_WAYS.
(Amazon EventBridge User Guide, Comparison operators; AWS Lambda Developer Guide, Filter rule syntax; Amazon SNS
Developer Guide, subscription filter policies; aws/event-ruler 337e8d9, which EventBridge and Lambda run.)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dva.aws.event_operators import EVENTBRIDGE, Dialect, OperandError, Test, test_of

Path = tuple[str, ...]
OR = "$or"
MAX_WAYS = 1000
"""Ways through the `$or`s of one pattern that are followed; a pattern with more is refused (dva's limit)."""
LEAST_BRANCHES = 2
"""Objects under `$or` (event-ruler, JsonRuleCompiler)."""
RESERVED = frozenset({
    "exactly", "prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists", "cidr", "wildcard",
    "=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case",
    "date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range",
    "ip-address-in-range", "ip-address-not-in-range",
})  # fmt: skip
"""Names that no field in an object under `$or` may have; `$or` is then an ordinary field (event-ruler, Constants)."""


class PatternError(Exception):
    """AWS would not take this pattern; `path` is where, as key names with dots."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.message, self.path = message, path


@dataclass(frozen=True)
class Leaf:
    """A field with its choices.

    `written` are the names as the pattern has them, where a dot may stand for nesting; `path` are those of the event.
    `absent` tells whether a field that is not there matches.
    """

    written: Path
    path: Path
    tests: tuple[Test, ...]
    absent: bool

    def matches(self, found: Sequence[Any]) -> bool:
        """Return whether one of the values that the event has here matches."""
        if not found:
            return self.absent
        return any(test(value) for test in self.tests for value in found)


@dataclass(frozen=True)
class Or:
    """Objects of which one must match; `path` is that of the object they are in."""

    path: Path
    branches: tuple[tuple["Leaf | Or", ...], ...]


Item = Leaf | Or


@dataclass(frozen=True)
class Pattern:
    """A pattern that was read: its fields and `$or`s in the order of the text."""

    items: tuple[Item, ...]
    dots: bool = True

    def _read(self, event: Mapping[str, Any]) -> Any:
        return _nested(event) if self.dots else dict(event)

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Return whether the event matches."""
        return _any_way(self.items, self._read(event))

    def first_mismatch(self, event: Mapping[str, Any]) -> Path | None:
        """Return the first field that does not match, together with those before it; None where all do."""
        whole = self._read(event)
        if _any_way(self.items, whole):
            return None
        low, high = 0, len(self.items)
        while high - low > 1:  # the first `low` fields match, the first `high` do not
            middle = (low + high) // 2
            low, high = (middle, high) if _any_way(self.items[:middle], whole) else (low, middle)
        return name_of(self.items[low])

    def matching(self, event: Mapping[str, Any]) -> list[Path]:
        """Return the fields that match, each by itself."""
        whole = self._read(event)
        return [name_of(item) for item in self.items if _any_way((item,), whole)]


def name_of(item: Item) -> Path:
    """Return the names of a field as written; of `$or` they are those of its object and `$or`."""
    return item.written if isinstance(item, Leaf) else (*item.path, OR)


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any], dialect: Dialect = EVENTBRIDGE) -> bool:
    """Return whether the event matches; PatternError where the pattern is not valid."""
    return parse(pattern, dialect).matches(event)


def first_mismatch(pattern: Mapping[str, Any], event: Mapping[str, Any], dialect: Dialect = EVENTBRIDGE) -> str | None:
    """Return the first field of the pattern that does not match, with dots; None where all do."""
    path = parse(pattern, dialect).first_mismatch(event)
    return None if path is None else ".".join(path)


# -- reading ---------------------------------------------------------------------------------------------------------


Absent = Callable[[list[Any]], bool]


def absent_matches(choices: list[Any]) -> bool:
    """Return whether a field that is not in the event matches: only under `{"exists": false}`."""
    return {"exists": False} in choices


def parse(pattern: Mapping[str, Any], dialect: Dialect, absent: Absent = absent_matches) -> Pattern:
    """Return a pattern as read; PatternError where the service would not take it.

    `absent` tells of the choices of a field whether they match where the event does not have it.
    """
    if not pattern and not dialect.empty_pattern:
        raise PatternError("Empty objects are not allowed", "")
    items = tuple(_Reader(dialect, absent).items(pattern, ()))
    if _count(items) > MAX_WAYS:
        raise PatternError(f"more than {MAX_WAYS} ways through the $or", "")
    return Pattern(items, dialect.dots)


@dataclass(frozen=True)
class _Reader:
    dialect: Dialect
    absent: Absent

    def items(self, fields: Mapping[str, Any], path: Path) -> Iterator[Item]:
        for name, wanted in fields.items():
            if name == OR and _is_or(wanted):
                yield Or(path, tuple(tuple(self.object(branch, path)) for branch in wanted))
            elif isinstance(wanted, Mapping):
                yield from self.object(wanted, (*path, name))
            elif isinstance(wanted, list):
                yield self.leaf(wanted, (*path, name))
            else:
                raise PatternError("a pattern lists its choices in brackets", ".".join((*path, name)))

    def object(self, fields: Mapping[str, Any], path: Path) -> Iterator[Item]:
        if not fields:
            raise PatternError("Empty objects are not allowed", ".".join(path))
        return self.items(fields, path)

    def leaf(self, choices: list[Any], path: Path) -> Leaf:
        where = ".".join(path)
        if not choices:
            raise PatternError("Empty arrays are not allowed", where)
        try:
            tests = tuple(test_of(choice, self.dialect) for choice in choices)
        except OperandError as problem:
            raise PatternError(str(problem), where) from None
        steps = tuple(step for name in path for step in name.split(".")) if self.dialect.dots else path
        return Leaf(path, steps, tests, self.absent(choices))


def _is_or(wanted: Any) -> bool:
    if not isinstance(wanted, list) or len(wanted) < LEAST_BRANCHES:
        return False
    return all(isinstance(branch, Mapping) and not RESERVED & set(branch) for branch in wanted)


def _count(items: Sequence[Item]) -> int:
    """Return the number of ways through the `$or`s."""
    ways = 1
    for item in items:
        if isinstance(item, Or):
            ways *= sum(_count(branch) for branch in item.branches)
    return ways


# -- matching --------------------------------------------------------------------------------------------------------


def _nested(event: Any) -> Any:
    """Return the event with dotted names nested: `{"a.b": 1}` is `{"a": {"b": 1}}`."""
    if isinstance(event, list):
        return [_nested(one) for one in event]
    if not isinstance(event, Mapping):
        return event
    whole: dict[str, Any] = {}
    for name, value in event.items():
        first, *rest = str(name).split(".")
        inner = _nested(value)
        for part in reversed(rest):
            inner = {part: inner}
        _merge(whole, first, inner)
    return whole


def _merge(whole: dict[str, Any], name: str, value: Any) -> None:
    """Add a field that may be there already, under its nested or its dotted name: both values count."""
    if name not in whole:
        whole[name] = value
    elif isinstance(whole[name], dict) and isinstance(value, dict):
        for inner, one in value.items():
            _merge(whole[name], inner, one)
    else:
        whole[name] = [whole[name], value]


def _any_way(items: Sequence[Item], event: Any) -> bool:
    return any(_fits(_tree(fields), event) for fields in _ways(items))


def _ways(items: Sequence[Item]) -> list[dict[Path, Leaf]]:
    """Return the fields of each way through the `$or`s; of the same field written twice the later one counts."""
    ways: list[dict[Path, Leaf]] = [{}]
    for item in items:
        if isinstance(item, Leaf):
            for fields in ways:
                fields[item.path] = item
        else:
            ways = [{**fields, **more} for branch in item.branches for more in _ways(branch) for fields in ways]
    return ways


@dataclass
class _Node:
    """The fields of one way by the steps of their paths."""

    leaf: Leaf | None = None
    steps: dict[str, "_Node"] = field(default_factory=dict)


def _tree(fields: Mapping[Path, Leaf]) -> _Node:
    root = _Node()
    for path, leaf in fields.items():
        node = root
        for step in path:
            node = node.steps.setdefault(step, _Node())
        node.leaf = leaf
    return root


def _fits(node: _Node, value: Any) -> bool:
    """Return whether a value matches all fields of a node; for a list one of its objects must."""
    if node.leaf is not None and not node.leaf.matches(list(_values(value))):
        return False
    if not node.steps:
        return True
    objects = list(_objects(value)) or [{}]
    return any(all(_fits(inner, one.get(step, [])) for step, inner in node.steps.items()) for one in objects)


def _values(value: Any) -> Iterator[Any]:
    """Yield the plain values of a field: those of a list one by one, none of an object."""
    if isinstance(value, list):
        for one in value:
            yield from _values(one)
    elif not isinstance(value, dict):
        yield value


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from _objects(one)
    elif isinstance(value, dict):
        yield value
