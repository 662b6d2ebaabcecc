"""JSON Pointers (RFC 6901): name a place in a document, read it, change it.

Within the code a place is a tuple of names and list positions; the text form is for files, screens and JSON.
"""

from collections.abc import Sequence
from typing import Any

END = "-"
"""The position after the last item of a list: setting it appends."""


def join(*names: str | int) -> str:
    """Return the pointer of a place: `join("state", "cells", "a/b")` is `/state/cells/a~1b`."""
    return "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in names)


def split(pointer: str) -> list[str]:
    """Return the names of a pointer, unescaped."""
    return [name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")[1:]]


def resolve(document: Any, pointer: str) -> Any:
    """Return the value at a pointer; KeyError where there is none."""
    for name in split(pointer):
        try:
            document = document[int(name)] if isinstance(document, list) else document[name]
        except (IndexError, ValueError, TypeError) as problem:
            raise KeyError(pointer) from problem
    return document


def set_value(document: Any, place: Sequence[str | int], new: Any) -> tuple[tuple[str | int, ...], Any]:
    """Set the value at a place, and return the place (`-` as the position it got) and the value before.

    KeyError, IndexError, TypeError or ValueError where the place does not exist.
    """
    *way, last = place
    for name in way:
        document = document[int(name)] if isinstance(document, list) else document[name]
    if not isinstance(document, list):
        old = document.get(last)
        document[last] = new
        return tuple(place), old
    index = len(document) if last == END else int(last)
    if index == len(document):
        document.append(new)
        return (*way, index), None
    old = document[index]
    document[index] = new
    return tuple(place), old


def overlap(one: str, other: str) -> bool:
    """Return whether two pointers name the same place, or one lies inside the other."""
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")
