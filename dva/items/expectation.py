"""Whether an outcome is what a scenario expects."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from dva import jsonpointer


class Difference(Struct, frozen=True):
    """A place in the outcome where `expect` does not hold."""

    pointer: str
    expected: Any
    found: Any


def differences(expect: Any, found: Any, place: str = "") -> list[Difference]:
    """Return where `found` is not what is expected: mappings as subsets, lists whole, item by item."""
    if isinstance(expect, Mapping) and isinstance(found, Mapping):
        return [
            difference
            for key, value in expect.items()
            for difference in (
                differences(value, found[key], place + jsonpointer.join(key))
                if key in found
                else [Difference(place + jsonpointer.join(key), value, None)]
            )
        ]
    if isinstance(expect, list) and isinstance(found, list) and len(expect) == len(found):
        pairs = enumerate(zip(expect, found, strict=True))
        return [d for i, (one, other) in pairs for d in differences(one, other, f"{place}/{i}")]
    same = expect == found and isinstance(expect, bool) == isinstance(found, bool)
    return [] if same else [Difference(place, expect, found)]
