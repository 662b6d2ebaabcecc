"""Items of Amazon DynamoDB: values in DynamoDB JSON, their sizes in bytes, and whether two of them are equal.

(Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats" and "Data types".)
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from dva import jsonpointer
from dva.errors import GivenError

Value: TypeAlias = Mapping[str, Any]
"""A value with its type: `{"S": "text"}`, `{"N": "7"}`, `{"L": [...]}`."""
Item: TypeAlias = Mapping[str, Value]
"""An item: values by attribute name."""

KB = 1024
MAX_ITEM = 400 * KB
"""Bytes of an item, names included."""
MAX_DIGITS = 38
"""Significant digits of a number."""
MAX_NESTING = 32
"""Levels of lists and maps inside an item."""
SETS = {"SS": "S", "NS": "N", "BS": "B"}
CONTAINER, ELEMENT = 3, 1
"""Bytes that a list or map costs by itself, and for each of its elements."""


def check_item(item: Any, pointer: str) -> None:
    """Raise GivenError with its place for what is not DynamoDB JSON."""
    if not isinstance(item, dict):
        raise GivenError("an item is a mapping of attribute names to values with their type", pointer=pointer)
    for name, value in item.items():
        _check(value, pointer + jsonpointer.join(str(name)), 0)


def _check(value: Any, pointer: str, depth: int) -> None:
    if not isinstance(value, dict) or len(value) != 1:
        raise GivenError('a value has one type, like {"S": "text"} or {"N": "7"}', pointer=pointer)
    if depth > MAX_NESTING:
        raise GivenError(f"a value is nested in more than {MAX_NESTING} levels", pointer=pointer)
    ((kind, inner),) = value.items()
    if kind in SETS:
        _check_set(SETS[kind], inner, pointer)
    elif kind == "L" and isinstance(inner, list):
        for index, part in enumerate(inner):
            _check(part, f"{pointer}/L/{index}", depth + 1)
    elif kind == "M" and isinstance(inner, dict):
        for name, part in inner.items():
            _check(part, f"{pointer}/M{jsonpointer.join(str(name))}", depth + 1)
    elif not _fits(kind, inner):
        raise GivenError(f"this is not a valid value of type {kind}", pointer=pointer)


def _check_set(kind: str, members: Any, pointer: str) -> None:
    if not isinstance(members, list) or not members or not all(_fits(kind, member) for member in members):
        raise GivenError("a set is a list of one or more values of one type", pointer=pointer)
    if len({canonical({kind: member}) for member in members}) < len(members):
        raise GivenError("a set has each member once", pointer=pointer)


def _fits(kind: str, value: Any) -> bool:
    if kind == "N":
        return isinstance(value, str) and _is_number(value)
    if kind == "B":
        return isinstance(value, bytes) or (isinstance(value, str) and _is_base64(value))
    return (kind == "S" and isinstance(value, str)) or (kind == "BOOL" and isinstance(value, bool)) or (
        kind == "NULL" and value is True
    )  # fmt: skip


def _is_number(text: str) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and "_" not in text and significant_digits(number) <= MAX_DIGITS


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def significant_digits(number: Decimal) -> int:
    """Return how many digits a number has without zeros in front and behind."""
    return len("".join(map(str, number.as_tuple().digits)).strip("0"))


# Sizes


def item_size(item: Item) -> int:
    """Return the bytes of an item: of each attribute its name and its value."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Value) -> int:
    """Return the bytes of a value."""
    ((kind, inner),) = value.items()
    if kind in SETS:
        return sum(value_size({SETS[kind]: member}) for member in inner)
    if kind == "L":
        return CONTAINER + sum(ELEMENT + value_size(part) for part in inner)
    if kind == "M":
        return CONTAINER + sum(ELEMENT + len(name.encode()) + value_size(part) for name, part in inner.items())
    if kind == "N":
        return number_size(inner)
    if kind == "B":
        return len(inner if isinstance(inner, bytes) else base64.b64decode(inner))
    return len(inner.encode()) if kind == "S" else 1


def number_size(text: str) -> int:
    """Return the bytes of a number: one for each two significant digits and one more, another for a minus sign.

    The guide says that this is approximate.
    """
    number = Decimal(text)
    if not number:
        return 1
    return 1 + -(-significant_digits(number) // 2) + (number < 0)


# Comparing


def canonical(value: Value) -> Any:
    """Return what is equal for equal values: numbers by value, sets without order."""
    ((kind, inner),) = value.items()
    if kind in SETS:
        return kind, frozenset(canonical({SETS[kind]: member}) for member in inner)
    if kind == "L":
        return kind, tuple(canonical(part) for part in inner)
    if kind == "M":
        return kind, frozenset((name, canonical(part)) for name, part in inner.items())
    if kind == "N":
        return kind, Decimal(inner)
    if kind == "B":
        return kind, inner if isinstance(inner, bytes) else base64.b64decode(inner)
    return kind, inner


def attributes(item: Item | None, names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Yield the attributes of an item that have one of the names, each with its canonical value."""
    for name in sorted(names & set(item or {})):
        yield name, canonical((item or {})[name])
