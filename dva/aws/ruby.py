"""How Ruby turns values into text and numbers: the CodeDeploy agent relies on `to_s` and `to_i`."""

import re
from typing import Any

from dva.aws.yaml11 import Symbol


def to_s(value: Any) -> str:
    """`value.to_s`: nil is empty, true is `true`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Symbol):
        return value[1:]
    if isinstance(value, float):
        return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(value), repr(value))
    return inspect(value) if isinstance(value, list | dict) else str(value)


def inspect(value: Any) -> str:
    """`value.inspect`, as Ruby shows lists and mappings."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{inspect(key)}=>{inspect(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inspect(item) for item in value) + "]"
    if isinstance(value, str) and not isinstance(value, Symbol):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "nil" if value is None else to_s(value)


def to_i(value: Any) -> int | None:
    """`value.to_i`: text counts as far as it is digits. None where Ruby has no such method or raises."""
    if isinstance(value, bool | Symbol | list | dict):
        return None
    if value is None:
        return 0
    if isinstance(value, float):
        return int(value) if abs(value) < float("inf") else None
    if isinstance(value, int):
        return value
    digits = re.match(r"\s*[-+]?[0-9]+(?:_[0-9]+)*", value)
    return int(digits[0][:400].replace("_", "")) if digits else 0
