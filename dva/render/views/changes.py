"""Which places of a picture a step changed, so that the views can mark them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dva import jsonpointer
from dva.render.text import UNICODE, Glyphs, one_line, sanitize_value
from dva.trace import Change

MISSING = object()


class ChangeSet:
    """The changes of a step below /state. Places are paths in it: `changes.is_changed("cells", "i-1", "meters")`.

    Names are sanitized as the views sanitize the state, so that both agree. A set without changes is false.
    """

    def __init__(self, changes: Iterable[Change] = (), glyphs: Glyphs = UNICODE) -> None:
        self._changes = [
            (
                tuple(one_line(part, glyphs) for part in jsonpointer.split(change.path)[1:]),
                sanitize_value(change.old, glyphs),
                sanitize_value(change.new, glyphs),
            )
            for change in changes
            if change.path.startswith("/state")
        ]

    def __bool__(self) -> bool:
        return bool(self._changes)

    def is_changed(self, *place: str | int) -> bool:
        """Whether the value at the place, or anything inside it, differs from before the step."""
        wanted = tuple(map(str, place))
        for path, old, new in self._changes:
            if path[: len(wanted)] == wanted and old != new:
                return True
            inside = wanted[len(path) :]
            if wanted[: len(path)] == path and _value_at(old, inside) != _value_at(new, inside):
                return True
        return False

    def old_value(self, *place: str | int) -> Any:
        """Return the value before the step where the place or a parent of it was set; else MISSING."""
        wanted = tuple(map(str, place))
        for path, old, _ in self._changes:
            if wanted[: len(path)] == path:
                return _value_at(old, wanted[len(path) :])
        return MISSING

    def diff_items(self, items: Sequence[Any], *place: str | int) -> tuple[list[bool], list[Any]]:
        """Return for each item of the list at the place whether it is new, and the items that were removed."""
        before = self.old_value(*place)
        if not isinstance(before, list):
            all_new = bool(self._changes) and before is None
            return [all_new or self.is_changed(*place, n) for n in range(len(items))], []
        removed = list(before)
        new = []
        for item in items:
            new.append(item not in removed)
            if item in removed:
                removed.remove(item)
        return new, removed


def _value_at(value: Any, place: Sequence[str]) -> Any:
    for part in place:
        if isinstance(value, Mapping):
            value = value.get(part, MISSING)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value
