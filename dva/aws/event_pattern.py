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
from dataclasses import dataclass, field, replace
from decimal import Decimal
from ipaddress import ip_address, ip_network
from itertools import pairwise
from operator import eq, ge, gt, le, lt
from typing import Any

from dva.aws import glob

Path = tuple[str, ...]
Test = Callable[[Any], bool]
"""Whether one plain value of the event matches."""
OR = "$or"
MAX_WAYS = 1000
"""Ways through the `$or`s of one pattern that are followed; a pattern with more is refused (dva's limit)."""
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
class Dialect:
    """What one service takes.

    `but` names the operators inside anything-but, `ignoring_case` whether prefix and suffix
    may ignore case, `least_branches` how many objects `$or` needs, `mask_bits` the narrowest masks of cidr, for IPv4
    and IPv6, `largest` the greatest number, `places` the decimal places that count, `dots` whether a dot in a name
    stands for nesting.
    """

    operators: frozenset[str]
    but: frozenset[str]
    ignoring_case: bool = True
    but_lists: bool = False
    but_literals: bool = False
    empty_affixes: bool = False
    empty_pattern: bool = False
    least_branches: int = 2
    mask_bits: tuple[int, int] = (32, 128)
    largest: int | None = None
    places: int | None = None
    dots: bool = True


COMMON = frozenset({"prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists"})
EVENTBRIDGE = Dialect(
    COMMON | {"cidr", "wildcard", "exactly"}, frozenset({"prefix", "suffix", "equals-ignore-case", "wildcard"}),
    but_lists=True, empty_affixes=True, mask_bits=(31, 127),
)  # fmt: skip
LAMBDA = Dialect(COMMON, frozenset({"prefix", "suffix"}), but_literals=True, least_branches=1)
SNS = Dialect(
    COMMON | {"cidr"}, frozenset({"prefix"}), ignoring_case=False, empty_affixes=True, empty_pattern=True,
    largest=10**9, places=5,
)  # fmt: skip
SNS_ATTRIBUTES = replace(SNS, dots=False)
"""Filter policies over message attributes, whose names may have dots."""


@dataclass(frozen=True)
class Leaf:
    """A field with its choices; `absent` tells whether a field that is not there matches."""

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
    """Return the path of a field; of `$or` it is that of its object and `$or`."""
    return item.path if isinstance(item, Leaf) else (*item.path, OR)


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any], dialect: Dialect = EVENTBRIDGE) -> bool:
    """Return whether the event matches; PatternError where the pattern is not valid."""
    return parse(pattern, dialect).matches(event)


def first_mismatch(pattern: Mapping[str, Any], event: Mapping[str, Any], dialect: Dialect = EVENTBRIDGE) -> str | None:
    """Return the first field of the pattern that does not match, with dots; None where all do."""
    path = parse(pattern, dialect).first_mismatch(event)
    return None if path is None else ".".join(path)


# -- reading ---------------------------------------------------------------------------------------------------------


def parse(pattern: Mapping[str, Any], dialect: Dialect) -> Pattern:
    """Return a pattern as read; PatternError where the service would not take it."""
    if not pattern and not dialect.empty_pattern:
        raise PatternError("Empty objects are not allowed", "")
    items = tuple(_items(pattern, (), dialect))
    if _count(items) > MAX_WAYS:
        raise PatternError(f"more than {MAX_WAYS} ways through the $or", "")
    return Pattern(items, dialect.dots)


def _items(fields: Mapping[str, Any], path: Path, dialect: Dialect) -> Iterator[Item]:
    for name, wanted in fields.items():
        if name == OR and _is_or(wanted, dialect):
            yield Or(path, tuple(tuple(_object(branch, path, dialect)) for branch in wanted))
            continue
        place = (*path, *(name.split(".") if dialect.dots else [name]))
        if isinstance(wanted, Mapping):
            yield from _object(wanted, place, dialect)
        elif isinstance(wanted, list):
            yield _leaf(wanted, place, dialect)
        else:
            raise PatternError("a pattern lists its choices in brackets", ".".join(place))


def _is_or(wanted: Any, dialect: Dialect) -> bool:
    if not isinstance(wanted, list) or len(wanted) < dialect.least_branches:
        return False
    return all(isinstance(branch, Mapping) and not RESERVED & set(branch) for branch in wanted)


def _object(fields: Mapping[str, Any], path: Path, dialect: Dialect) -> Iterator[Item]:
    if not fields:
        raise PatternError("Empty objects are not allowed", ".".join(path))
    return _items(fields, path, dialect)


def _count(items: Sequence[Item]) -> int:
    """Return the number of ways through the `$or`s."""
    ways = 1
    for item in items:
        if isinstance(item, Or):
            ways *= sum(_count(branch) for branch in item.branches)
    return ways


def _leaf(choices: list[Any], path: Path, dialect: Dialect) -> Leaf:
    where = ".".join(path)
    if not choices:
        raise PatternError("Empty arrays are not allowed", where)
    absent = any(isinstance(choice, Mapping) and choice == {"exists": False} for choice in choices)
    return Leaf(path, tuple(_choice(choice, where, dialect) for choice in choices), absent)


def _choice(choice: Any, where: str, dialect: Dialect) -> Test:
    """Return the test that one entry of a list stands for."""
    if isinstance(choice, list):
        raise PatternError("Match value must be String, number, true, false, or null", where)
    if not isinstance(choice, Mapping):
        return _equal_to(choice, where, dialect)
    name = next(iter(choice), None)
    if name not in dialect.operators:
        raise PatternError(f"Unrecognized match type {name}", where)
    if len(choice) > 1:
        raise PatternError("Only one key allowed in match expression", where)
    try:
        return OPERATORS[name](choice[name], dialect)
    except _Unfit as problem:
        raise PatternError(str(problem), where) from None


class _Unfit(Exception):
    """What is wrong with the operand of an operator."""


def _equal_to(wanted: Any, where: str, dialect: Dialect) -> Test:
    if _is_number(wanted):
        number = _limited(wanted, dialect, where)
        return lambda value: _is_number(value) and _rounded(value, dialect) == number
    return lambda value: type(value) is type(wanted) and value == wanted


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rounded(value: Any, dialect: Dialect) -> Decimal:
    number = Decimal(str(value))
    if dialect.places is None or not number.is_finite() or number.adjusted() > 20:
        return number
    return round(number, dialect.places)


def _limited(value: Any, dialect: Dialect, where: str = "") -> Decimal:
    """Return a number of the pattern; PatternError or _Unfit where it is not one that the service takes."""
    problem = ""
    if not Decimal(str(value)).is_finite():
        problem = f"{value} is not a number"
    elif dialect.largest is not None and abs(value) > dialect.largest:
        problem = f"{value} is not between {-dialect.largest} and {dialect.largest}"
    if problem:
        raise PatternError(problem, where) if where else _Unfit(problem)
    return _rounded(value, dialect)


# -- operators -------------------------------------------------------------------------------------------------------


def _text(operand: Any, name: str) -> str:
    if not isinstance(operand, str):
        raise _Unfit(f"{name} match pattern must be a string")
    return operand


def _affix(name: str) -> Callable[[Any, Dialect], Test]:
    """Return the reader of prefix or suffix."""
    has = str.startswith if name == "prefix" else str.endswith

    def read(operand: Any, dialect: Dialect) -> Test:
        if isinstance(operand, Mapping) and dialect.ignoring_case:
            if set(operand) != {"equals-ignore-case"}:
                raise _Unfit(f"Unsupported {name} pattern: {', '.join(map(str, operand))}")
            lowered = _text(operand["equals-ignore-case"], "equals-ignore-case").lower()
            return lambda value: isinstance(value, str) and has(value.lower(), lowered)
        wanted = _text(operand, name)
        if not wanted and not dialect.empty_affixes:
            raise _Unfit("Null prefix/suffix not allowed")
        return lambda value: isinstance(value, str) and has(value, wanted)

    return read


def _ignoring_case(operand: Any, dialect: Dialect) -> Test:
    wanted = _text(operand, "equals-ignore-case").lower()
    return lambda value: isinstance(value, str) and value.lower() == wanted


def _exactly(operand: Any, dialect: Dialect) -> Test:
    wanted = _text(operand, "exact")
    return lambda value: isinstance(value, str) and value == wanted


def _exists(operand: Any, dialect: Dialect) -> Test:
    if not isinstance(operand, bool):
        raise _Unfit("exists match pattern must be either true or false.")
    return lambda value: operand


def _wildcard(operand: Any, dialect: Dialect) -> Test:
    wanted = _tokens(_text(operand, "wildcard"))
    return lambda value: isinstance(value, str) and glob.matches(wanted, value)


def _tokens(text: str) -> tuple[glob.Token, ...]:
    """Return a wildcard pattern: `*` is any run of characters, a backslash makes `*` and itself plain."""
    tokens: list[glob.Token] = []
    characters = iter(text)
    for character in characters:
        if character == "\\":
            character = next(characters, "")
            if character not in ("*", "\\"):
                raise _Unfit("Invalid escape character")
            tokens.append(character)
        else:
            tokens.append(glob.Wildcard.ANY if character == "*" else character)
    if any(one is two is glob.Wildcard.ANY for one, two in pairwise(tokens)):
        raise _Unfit("Consecutive wildcard characters")
    return tuple(tokens)


def _cidr(operand: Any, dialect: Dialect) -> Test:
    address, slash, bits = _text(operand, "cidr").partition("/")
    try:
        if not slash or not bits.isdecimal():
            raise ValueError
        network = ip_network(f"{address}/{bits}", strict=False)
    except ValueError:
        raise _Unfit(f"Malformed CIDR, one '/' and a mask are required: {operand}") from None
    if network.prefixlen > dialect.mask_bits[network.version == 6]:
        raise _Unfit(f"the mask of {operand} is too narrow")

    def test(value: Any) -> bool:
        try:
            return isinstance(value, str) and ip_address(value) in network
        except ValueError:
            return False

    return test


COMPARE: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}
LOWER, UPPER = (">", ">="), ("<", "<=")


def _numeric(operand: Any, dialect: Dialect) -> Test:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        raise _Unfit("Value of numeric must be an array of an operator and a number, or of two.")
    pairs = [(operand[place], operand[place + 1]) for place in range(0, len(operand), 2)]
    for name, bound in pairs:
        if not isinstance(name, str) or name not in COMPARE:
            raise _Unfit(f"Unrecognized numeric range operator: {name}")
        if not _is_number(bound):
            raise _Unfit(f"Value of {name} must be numeric")
    bounds = [(COMPARE[name], _limited(bound, dialect)) for name, bound in pairs]
    if len(pairs) > 1 and (pairs[0][0] not in LOWER or pairs[1][0] not in UPPER or bounds[0][1] >= bounds[1][1]):
        raise _Unfit("Bottom must be less than top")

    def test(value: Any) -> bool:
        return _is_number(value) and all(holds(_rounded(value, dialect), bound) for holds, bound in bounds)

    return test


def _anything_but(operand: Any, dialect: Dialect) -> Test:
    unwanted = _but_operator(operand, dialect) if isinstance(operand, Mapping) else _but_values(operand, dialect)
    return lambda value: not any(test(value) for test in unwanted)


def _but_operator(operand: Mapping[str, Any], dialect: Dialect) -> list[Test]:
    """Return the tests inside `{"anything-but": {operator: …}}`."""
    name = next(iter(operand), None)
    if len(operand) != 1 or name not in dialect.but:
        raise _Unfit(f"Unsupported anything-but pattern: {name}")
    inside = operand[name]
    listed = inside if isinstance(inside, list) and dialect.but_lists else [inside]
    if name in ("prefix", "suffix") and not all(isinstance(one, str) and one for one in listed):
        raise _Unfit("prefix/suffix match pattern must be a string, and not empty")
    return [OPERATORS[name](one, dialect) for one in listed]


def _but_values(operand: Any, dialect: Dialect) -> list[Test]:
    """Return the tests inside `{"anything-but": …}` for a value or a list of values."""
    values = operand if isinstance(operand, list) else [operand]
    kinds = {"number" if _is_number(value) else type(value).__name__ for value in values}
    literal = dialect.but_literals and not isinstance(operand, list) and not isinstance(operand, Mapping)
    if len(kinds) != 1 or (kinds - {"number", "str"} and not literal):
        raise _Unfit("Inside anything but list, either all values are number or string, mixed type is not supported")
    for value in values:
        if _is_number(value):
            _limited(value, dialect)
    return [_equal_to(value, "anything-but", dialect) for value in values]


OPERATORS: dict[str, Callable[[Any, Dialect], Test]] = {
    "prefix": _affix("prefix"), "suffix": _affix("suffix"), "equals-ignore-case": _ignoring_case,
    "exactly": _exactly, "exists": _exists, "wildcard": _wildcard, "cidr": _cidr, "numeric": _numeric,
    "anything-but": _anything_but,
}  # fmt: skip
"""The readers of operators: operand and dialect → test; _Unfit where the operand is not valid."""


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
