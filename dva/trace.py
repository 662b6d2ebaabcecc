"""What a run consists of: frozen values, and the builder that collects them.

A trace is a list of steps, each naming the rule that made it and the places that it changed.
Folding the changes over `initial` gives the state after any step; after the last it holds the outcome.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from dva import jsonpointer

Place = tuple[str | int, ...]
"""Names and list positions that lead to a value; `-` last appends to a list."""


class Rule(Struct, frozen=True):
    """One sentence of the mechanism, where AWS says it, and the notes it teaches.

    `assumption` marks what AWS leaves open and dva settles, so that a run can be repeated.
    """

    id: str
    statement: str
    source: str
    notes: tuple[str, ...] = ()
    assumption: bool = False


class Change(Struct, frozen=True):
    """A value that a step replaced: its JSON Pointer (in /state or /outcome), the value before and after."""

    path: str
    old: Any
    new: Any


class Step(Struct, frozen=True):
    """One thing that happened, by one rule.

    `detail` says why in this case; the rule's own sentence is not repeated there. `at` is a time in the unit that
    the engine declares.
    """

    n: int
    rule: str
    title: str
    detail: str
    notes: tuple[str, ...]
    at: float | None
    changes: tuple[Change, ...]


class Trace(Struct, frozen=True):
    """A finished run: `initial` and `outcome` are plain JSON-able mappings."""

    simulation: str
    initial: dict[str, Any]
    steps: tuple[Step, ...]
    outcome: dict[str, Any]

    def deciding_step(self, pointer: str) -> Step | None:
        """Return the last step that set `pointer` (into the outcome), an ancestor or a descendant of it.

        Where an ancestor is set whole, again and again, that is the last step that changed the place.
        """
        asked = "/outcome" + pointer
        touching = [step for step in self.steps if any(jsonpointer.overlap(c.path, asked) for c in step.changes)]
        setting = [step for step in touching if any(_sets(change, asked) for change in step.changes)]
        chosen = setting if len(setting) > 1 else touching
        return chosen[-1] if chosen else None

    def state_at(self, n: int) -> dict[str, Any]:
        """Return `{"state": …, "outcome": …}` after step `n` (0 = before the first)."""
        document = copy.deepcopy(self.initial)
        for step in self.steps[:n]:
            for change in step.changes:
                jsonpointer.set_value(document, jsonpointer.split(change.path), copy.deepcopy(change.new))
        return document


def _sets(change: Change, pointer: str) -> bool:
    """Return whether a change is about a place; a whole that is set anew with the same value there is not."""
    if not pointer.startswith(change.path + "/"):
        return jsonpointer.overlap(change.path, pointer)
    inner = pointer[len(change.path) :]
    return bool(_value(change.old, inner) != _value(change.new, inner))


def _value(document: Any, pointer: str) -> Any:
    try:
        return jsonpointer.resolve(document, pointer)
    except KeyError:
        return None


class TraceBuilder:
    """Collects the steps of one run. Without `steps` only the outcome is kept: the same, faster."""

    def __init__(self, simulation: str, state: dict[str, Any], outcome: dict[str, Any], *, steps: bool) -> None:
        self.simulation = simulation
        self.recording = steps
        self.document: dict[str, Any] = {"state": state, "outcome": outcome}
        self.initial = copy.deepcopy(self.document)
        self.steps: list[Step] = []

    @property
    def outcome(self) -> dict[str, Any]:
        """The outcome so far, to be read; only steps change it."""
        outcome: dict[str, Any] = self.document["outcome"]
        return outcome

    def add_not_read(self, places: Iterable[str]) -> None:
        """Add places of `given` that nobody looks at: they are known before the first step."""
        for place in places:
            self.outcome["not_read"].append(place)
            self.initial["outcome"]["not_read"].append(place)

    def set_outcome(self, changes: Mapping[Place, object]) -> None:
        """Change the outcome without recording a step."""
        for place, new in changes.items():
            jsonpointer.set_value(self.outcome, place, new)

    def record(self, rule: Rule, title: str, detail: str, at: float | None, changes: Mapping[Place, object]) -> None:
        """Record a step; `changes` maps places (beginning with `state` or `outcome`) to their new values."""
        done = []
        for place, new in changes.items():
            where, old = jsonpointer.set_value(self.document, place, copy.deepcopy(new))
            done.append(Change(jsonpointer.join(*where), old, copy.deepcopy(new)))
        self.steps.append(Step(len(self.steps) + 1, rule.id, title, detail, rule.notes, at, tuple(done)))

    def finish(self) -> Trace:
        """Return the finished trace."""
        return Trace(self.simulation, self.initial, tuple(self.steps), self.outcome)
