"""JSON text that says something twice: readers keep the last value, AWS and people do not."""

import json
import re

from msgspec import Struct

from dva import jsonpointer

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]')


class DuplicateKey(Struct, frozen=True):
    """A key that an object has twice, and where it is the second time."""

    key: str
    pointer: str
    line: int


def duplicate_key(text: str) -> DuplicateKey | None:
    """Return the first key that an object of the JSON text has twice; the text must be JSON."""
    seen: list[set[str] | None] = []  # of each open container; None for a list
    names: list[str | int] = []  # where in each open container we are
    string = ""
    for token in _TOKEN.finditer(text):
        match mark := token[0]:
            case "{" | "[":
                seen.append(set() if mark == "{" else None)
                names.append("" if mark == "{" else 0)
            case "}" | "]":
                seen.pop()
                names.pop()
            case ",":
                if isinstance(place := names[-1], int):
                    names[-1] = place + 1
            case ":":
                names[-1] = key = json.loads(string, strict=False)
                keys = seen[-1]
                if keys is not None and key in keys:
                    return DuplicateKey(key, jsonpointer.join(*names), text.count("\n", 0, token.start()) + 1)
                if keys is not None:
                    keys.add(key)
            case _:
                string = mark
    return None
