"""The Condition element of IAM policies: operators, set operators, missing keys and policy variables.

Source: IAM User Guide, IAM JSON policy elements: Condition operators, Multivalued context keys, Policy variables.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_network
from operator import ge, gt, le, lt
from typing import Any

from dva.aws import glob, timestamps

Context = Mapping[str, tuple[str, ...]]
"""The request context: condition key in lower case → its values as text."""

VARIABLE = re.compile(r"\$\{([^}]*)\}")
DEFAULT = re.compile(r",\s*'")
ESCAPES = {"*": "*", "?": "?", "$": "$"}


def context_of(values: Mapping[str, Any]) -> Context:
    """Return the context with keys in lower case (case does not matter there) and values as text; null is absent."""
    return {key.lower(): texts(value) for key, value in values.items() if value is not None}


def texts(value: Any) -> tuple[str, ...]:
    """Return a JSON value, or list of values, as IAM reads it: `true` is the text "true", 5 is "5"."""
    items = value if isinstance(value, (list, tuple)) else [value]
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in items)


def expand(text: str, context: Context) -> tuple[glob.Token, ...] | None:
    """Return the text with its policy variables filled in, as a pattern; None where a variable has no value.

    What a variable brings in is plain text: a `*` in a user name is not a wildcard.
    """
    found: list[glob.Token] = []
    end = 0
    closed = text.rfind("}") + 1  # behind it no variable ends: to look for that from each `${` would be quadratic
    for variable in VARIABLE.finditer(text, 0, closed):
        value = _value(variable[1].strip(), context)
        if value is None:
            return None
        found += [*glob.tokens(text[end : variable.start()]), *value]
        end = variable.end()
    return (*found, *glob.tokens(text[end:]))


def _value(name: str, context: Context) -> str | None:
    if name in ESCAPES:
        return ESCAPES[name]
    key, default = _with_default(name)
    values = context.get(key.lower(), ())
    if len(values) == 1:
        return values[0]
    return default if not values else None


def _with_default(name: str) -> tuple[str, str | None]:
    """Return the key and the default of `key, 'default'`; no default where none is written."""
    for found in DEFAULT.finditer(name) if name.endswith("'") else ():
        if found.end() < len(name):
            return name[: found.start()].rstrip(), name[found.end() : -1]
    return name, None


def plain(pattern: tuple[glob.Token, ...]) -> str:
    """Return the pattern as text, wildcards as the characters they are written with."""
    return "".join(token.value if isinstance(token, glob.Wildcard) else token for token in pattern)


Test = Callable[[tuple[glob.Token, ...], str], bool]
"""(value in the policy, value in the request) → whether they match."""


def _equals(wanted: tuple[glob.Token, ...], found: str) -> bool:
    return plain(wanted) == found


def _equals_ignoring_case(wanted: tuple[glob.Token, ...], found: str) -> bool:
    return plain(wanted).lower() == found.lower()


def _same_boolean(wanted: tuple[glob.Token, ...], found: str) -> bool:
    return _equals_ignoring_case(wanted, found) and found.lower() in ("true", "false")


def _number(text: str) -> Decimal | None:
    """Return a number as JSON writes it; NaN and the like compare with nothing."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _epoch_seconds(text: str) -> Decimal | None:
    """Return a date as epoch seconds."""
    seconds = _number(text)
    if seconds is not None:
        return seconds
    try:
        return Decimal(str(timestamps.read(text).timestamp()))
    except ValueError:
        return None


def _ordered(read: Callable[[str], Decimal | None], holds: Callable[[Any, Any], bool]) -> Test:
    def test(wanted: tuple[glob.Token, ...], found: str) -> bool:
        left, right = read(found), read(plain(wanted))
        return left is not None and right is not None and bool(holds(left, right))

    return test


def _same(left: Any, right: Any) -> bool:
    return bool(left == right)


def _in_network(wanted: tuple[glob.Token, ...], found: str) -> bool:
    try:
        return ip_address(found.strip()) in ip_network(plain(wanted).strip(), strict=False)
    except ValueError:
        return False


def arn_like(wanted: tuple[glob.Token, ...], found: str) -> bool:
    """Match each of the six parts of an ARN on its own, so that `*` never spans one of the first five colons."""
    if plain(wanted) == "*":
        return True
    patterns, values = _arn_parts(wanted), found.split(":", 5)
    return len(patterns) == len(values) == 6 and all(map(glob.matches, patterns, values))


def _arn_parts(wanted: tuple[glob.Token, ...]) -> list[tuple[glob.Token, ...]]:
    pieces: list[list[glob.Token]] = [[]]
    for char in wanted:
        if char == ":" and len(pieces) < 6:
            pieces.append([])
        else:
            pieces[-1].append(char)
    return [tuple(piece) for piece in pieces]


TESTS: dict[str, tuple[Test, bool]] = {
    "StringEquals": (_equals, False),
    "StringNotEquals": (_equals, True),
    "StringEqualsIgnoreCase": (_equals_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equals_ignoring_case, True),
    "StringLike": (glob.matches, False),
    "StringNotLike": (glob.matches, True),
    "NumericEquals": (_ordered(_number, _same), False),
    "NumericNotEquals": (_ordered(_number, _same), True),
    "NumericLessThan": (_ordered(_number, lt), False),
    "NumericLessThanEquals": (_ordered(_number, le), False),
    "NumericGreaterThan": (_ordered(_number, gt), False),
    "NumericGreaterThanEquals": (_ordered(_number, ge), False),
    "DateEquals": (_ordered(_epoch_seconds, _same), False),
    "DateNotEquals": (_ordered(_epoch_seconds, _same), True),
    "DateLessThan": (_ordered(_epoch_seconds, lt), False),
    "DateLessThanEquals": (_ordered(_epoch_seconds, le), False),
    "DateGreaterThan": (_ordered(_epoch_seconds, gt), False),
    "DateGreaterThanEquals": (_ordered(_epoch_seconds, ge), False),
    "Bool": (_same_boolean, False),
    "BinaryEquals": (_equals, False),
    "IpAddress": (_in_network, False),
    "NotIpAddress": (_in_network, True),
    "ArnEquals": (arn_like, False),
    "ArnLike": (arn_like, False),
    "ArnNotEquals": (arn_like, True),
    "ArnNotLike": (arn_like, True),
}
"""Operator → (test of one value against one, whether the operator negates it)."""

SETS = ("ForAllValues", "ForAnyValue")
_SPELLED = {name.lower(): name for name in (*TESTS, *SETS, "Null")}
"""Operators and set operators in lower case: their case does not matter."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator, as `"ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["a*", "b"]}`.

    `over` is ForAllValues, ForAnyValue or None; `variables` says whether `${…}` is read as a policy variable.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    over: str | None = None
    if_exists: bool = False
    variables: bool = True

    @property
    def named(self) -> str:
        """The operator as the policy writes it."""
        return f"{self.over + ':' if self.over else ''}{self.operator}{'IfExists' if self.if_exists else ''}"


def read(operator: str, key: str, values: Any, *, variables: bool = True) -> Condition | None:
    """Return a condition from its parts of the JSON; None where there is no such operator."""
    over, _, name = operator.lower().rpartition(":")
    if_exists = name.endswith("ifexists")
    name = _SPELLED.get(name.removesuffix("ifexists"), "")
    over = _SPELLED.get(over, over)
    known = name in TESTS or (name == "Null" and not if_exists and not over)
    if not known or over not in ("", *SETS):
        return None
    return Condition(name, key, texts(values), over or None, if_exists, variables)


def holds_without_key(condition: Condition) -> bool:
    """Return whether a condition is met where the request has no such key."""
    if condition.if_exists or condition.over == "ForAllValues":
        return True
    return condition.over is None and TESTS[condition.operator][1]


def holds(condition: Condition, context: Context, without_key: Callable[[Condition], bool] = holds_without_key) -> bool:
    """Return whether the request meets the condition; `without_key` decides where the key is absent.

    A policy variable without a value makes it false, also under a negated operator: the statement does not match.
    """
    found = context.get(condition.key.lower(), ())
    if condition.operator == "Null":
        return ("true" if not found else "false") in [value.lower() for value in condition.values]
    if not found or (condition.over and not any(found)):  # for a set operator empty text is an empty set
        return without_key(condition)
    wanted = [_pattern(condition, value, context) for value in condition.values]
    if None in wanted:
        return False
    return _matches(condition, [pattern for pattern in wanted if pattern is not None], found)


def _matches(condition: Condition, wanted: list[tuple[glob.Token, ...]], found: tuple[str, ...]) -> bool:
    """Compare every value of the request with those of the policy."""
    test, negated = TESTS[condition.operator]
    matches = [any(test(pattern, value) for pattern in wanted) for value in found]
    if condition.over == "ForAllValues":
        return all(match is not negated for match in matches)
    if condition.over == "ForAnyValue":
        return any(match is not negated for match in matches)
    return any(matches) is not negated


def _pattern(condition: Condition, value: str, context: Context) -> tuple[glob.Token, ...] | None:
    """Fill in variables, only where text is compared."""
    filled = condition.variables and condition.operator.startswith(("String", "Arn"))
    return expand(value, context) if filled else glob.tokens(value)
