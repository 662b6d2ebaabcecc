"""Operators of event patterns, and which of them EventBridge, Lambda and SNS take.

    test_of({"numeric": [">", 10]}, EVENTBRIDGE)(20)     # True

(Amazon EventBridge User Guide, Comparison operators; AWS Lambda Developer Guide, Filter rule syntax; Amazon SNS
Developer Guide, Filter policy constraints; aws/event-ruler 337e8d9, whose sentences the errors are.)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from ipaddress import ip_address, ip_network
from itertools import pairwise
from operator import eq, ge, gt, le, lt
from typing import Any

from dva.aws import glob

Test = Callable[[Any], bool]
"""Whether one plain value of the event matches."""


class OperandError(Exception):
    """What the service does not take about a choice of a pattern."""


@dataclass(frozen=True)
class Dialect:
    """What one service takes.

    `but` names the operators inside anything-but, `but_lists` whether these take lists, `ignoring_case` whether prefix
    and suffix may ignore case, `empty_affixes` and `empty_pattern` whether they may be empty, `mask_bits` the narrowest
    masks of cidr, for IPv4 and IPv6, `largest` the greatest number, `places` the decimal places that count, `dots`
    whether a dot in a name stands for nesting.
    """

    operators: frozenset[str]
    but: frozenset[str]
    ignoring_case: bool = True
    but_lists: bool = False
    empty_affixes: bool = False
    empty_pattern: bool = False
    mask_bits: tuple[int, int] = (32, 128)
    largest: int | None = None
    places: int | None = None
    dots: bool = True


COMMON = frozenset({"prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists"})
EVENTBRIDGE = Dialect(
    COMMON | {"cidr", "wildcard", "exactly"}, frozenset({"prefix", "suffix", "equals-ignore-case", "wildcard"}),
    but_lists=True, empty_affixes=True, mask_bits=(31, 127),
)  # fmt: skip
LAMBDA = Dialect(COMMON, frozenset({"prefix", "suffix"}))
SNS = Dialect(
    COMMON | {"cidr"}, frozenset({"prefix"}), ignoring_case=False, empty_affixes=True, empty_pattern=True,
    largest=10**9, places=5,
)  # fmt: skip
SNS_ATTRIBUTES = replace(SNS, dots=False)
"""Filter policies over message attributes, whose names may have dots."""


def test_of(choice: Any, dialect: Dialect) -> Test:
    """Return the test that one entry of a list stands for; OperandError where the service does not take it."""
    if isinstance(choice, list):
        raise OperandError("Match value must be String, number, true, false, or null")
    if not isinstance(choice, Mapping):
        return _equal_to(choice, dialect)
    name = next(iter(choice), None)
    if name not in dialect.operators:
        raise OperandError(f"Unrecognized match type {name}")
    if len(choice) > 1:
        raise OperandError("Only one key allowed in match expression")
    return OPERATORS[name](choice[name], dialect)


def _equal_to(wanted: Any, dialect: Dialect) -> Test:
    if _is_number(wanted):
        number = _limited(wanted, dialect)
        return lambda value: _is_number(value) and _rounded(value, dialect) == number
    return lambda value: type(value) is type(wanted) and value == wanted


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rounded(value: Any, dialect: Dialect) -> Decimal:
    number = Decimal(str(value))
    if dialect.places is None or not number.is_finite() or number.adjusted() > 20:
        return number
    return round(number, dialect.places)


def _limited(value: Any, dialect: Dialect) -> Decimal:
    """Return a number of the pattern; OperandError where it is not one that the service takes."""
    if not Decimal(str(value)).is_finite():
        raise OperandError(f"{value} is not a number")
    if dialect.largest is not None and abs(value) > dialect.largest:
        raise OperandError(f"{value} is not between {-dialect.largest} and {dialect.largest}")
    return _rounded(value, dialect)


def _text(operand: Any, name: str) -> str:
    if not isinstance(operand, str):
        raise OperandError(f"{name} match pattern must be a string")
    return operand


def _affix(name: str) -> Callable[[Any, Dialect], Test]:
    """Return the reader of prefix or suffix."""
    has = str.startswith if name == "prefix" else str.endswith

    def read(operand: Any, dialect: Dialect) -> Test:
        if isinstance(operand, Mapping) and dialect.ignoring_case:
            if set(operand) != {"equals-ignore-case"}:
                raise OperandError(f"Unsupported {name} pattern: {', '.join(map(str, operand))}")
            lowered = _text(operand["equals-ignore-case"], "equals-ignore-case").lower()
            return lambda value: isinstance(value, str) and has(value.lower(), lowered)
        wanted = _text(operand, name)
        if not wanted and not dialect.empty_affixes:
            raise OperandError("Null prefix/suffix not allowed")
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
        raise OperandError("exists match pattern must be either true or false.")
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
                raise OperandError("Invalid escape character")
            tokens.append(character)
        else:
            tokens.append(glob.Wildcard.ANY if character == "*" else character)
    if any(one is two is glob.Wildcard.ANY for one, two in pairwise(tokens)):
        raise OperandError("Consecutive wildcard characters")
    return tuple(tokens)


def _cidr(operand: Any, dialect: Dialect) -> Test:
    address, slash, bits = _text(operand, "cidr").partition("/")
    try:
        if not slash or not bits.isdecimal():
            raise ValueError
        network = ip_network(f"{address}/{bits}", strict=False)
    except ValueError:
        raise OperandError(f"Malformed CIDR, one '/' and a mask are required: {operand}") from None
    if network.prefixlen > dialect.mask_bits[network.version == 6]:
        raise OperandError(f"the mask of {operand} is too narrow")

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
        raise OperandError("Value of numeric must be an array of an operator and a number, or of two.")
    pairs = [(operand[place], operand[place + 1]) for place in range(0, len(operand), 2)]
    for name, bound in pairs:
        if not isinstance(name, str) or name not in COMPARE:
            raise OperandError(f"Unrecognized numeric range operator: {name}")
        if not _is_number(bound):
            raise OperandError(f"Value of {name} must be numeric")
    bounds = [(COMPARE[name], _limited(bound, dialect)) for name, bound in pairs]
    if len(pairs) > 1 and (pairs[0][0] not in LOWER or pairs[1][0] not in UPPER or bounds[0][1] >= bounds[1][1]):
        raise OperandError("Bottom must be less than top")

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
        raise OperandError(f"Unsupported anything-but pattern: {name}")
    inside = operand[name]
    listed = inside if isinstance(inside, list) and dialect.but_lists else [inside]
    if name in ("prefix", "suffix") and not all(isinstance(one, str) and one for one in listed):
        raise OperandError("prefix/suffix match pattern must be a string, and not empty")
    return [OPERATORS[name](one, dialect) for one in listed]


def _but_values(operand: Any, dialect: Dialect) -> list[Test]:
    """Return the tests inside `{"anything-but": …}` for a value or a list of values."""
    values = operand if isinstance(operand, list) else [operand]
    kinds = {"number" if _is_number(value) else type(value).__name__ for value in values}
    if len(kinds) != 1 or kinds - {"number", "str"}:
        raise OperandError(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        )
    return [_equal_to(value, dialect) for value in values]


OPERATORS: dict[str, Callable[[Any, Dialect], Test]] = {
    "prefix": _affix("prefix"), "suffix": _affix("suffix"), "equals-ignore-case": _ignoring_case,
    "exactly": _exactly, "exists": _exists, "wildcard": _wildcard, "cidr": _cidr, "numeric": _numeric,
    "anything-but": _anything_but,
}  # fmt: skip
"""The readers of operators: operand and dialect → test; OperandError where the operand is not valid."""
