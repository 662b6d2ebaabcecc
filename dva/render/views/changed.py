"""Which places of a picture a step changed, so that they can be marked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dva import jsonpointer
from dva.render.signs import UNICODE, Marks, one_line, tidy
from dva.trace import Change

NOTHING = object()


class Changed:
    """The changes below /state, asked by place: `changed.at("cells", "i-1", "meters")`."""

    def __init__(self, changes: Iterable[Change] = (), marks: Marks = UNICODE) -> None:
        self._places = [
            (
                tuple(one_line(part, marks) for part in jsonpointer.split(c.path)[1:]),
                tidy(c.old, marks),
                tidy(c.new, marks),
            )
            for c in changes
            if c.path.startswith("/state")
        ]

    def __bool__(self) -> bool:
        return bool(self._places)

    def at(self, *place: str | int) -> bool:
        """Whether something at the place or inside it is other than before."""
        asked = tuple(map(str, place))
        for path, old, new in self._places:
            if path[: len(asked)] == asked and old != new:
                return True
            inside = asked[len(path) :]
            if asked[: len(path)] == path and _at(old, inside) != _at(new, inside):
                return True
        return False

    def before(self, *place: str | int) -> Any:
        """What stood at the place, where it was set as a whole or as a part of something; else NOTHING."""
        asked = tuple(map(str, place))
        for path, old, _ in self._places:
            if asked[: len(path)] == path:
                return _at(old, asked[len(path) :])
        return NOTHING

    def came_and_went(self, items: Sequence[Any], *place: str | int) -> tuple[list[bool], list[Any]]:
        """For each item of a list whether it is new, and the items that are gone."""
        before = self.before(*place)
        if not isinstance(before, list):
            whole = bool(self._places) and before is None
            return [whole or self.at(*place, n) for n in range(len(items))], []
        left = list(before)
        new = []
        for item in items:
            new.append(item not in left)
            if item in left:
                left.remove(item)
        return new, left


def _at(value: Any, place: Sequence[str]) -> Any:
    for part in place:
        if isinstance(value, Mapping):
            value = value.get(part, NOTHING)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return NOTHING
    return value
