"""What an engine says while it runs: frozen values, and the builder that engines append to.

A trace is a list of steps, each naming the rule that made it and the places that it changed.
Folding the changes over `initial` gives any moment; the last one is the outcome. Draws nothing.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct


class Rule(Struct, frozen=True):
    """One sentence of the mechanism, where AWS says it, and the notes it teaches.

    `convention` marks what AWS leaves open and dva settles, so that a run can be repeated.
    """

    id: str
    says: str
    source: str
    notes: tuple[str, ...] = ()
    convention: bool = False


class Belief(Struct, frozen=True):
    """A wrong rule that people hold: it replaces the engine's rule function `replaces` by `function`."""

    id: str
    says: str
    why_wrong: str
    replaces: str
    function: Callable[..., Any]
    notes: tuple[str, ...] = ()


class Change(Struct, frozen=True):
    """A place (JSON Pointer beginning with /state or /outcome), what stood there and what stands there now."""

    path: str
    old: Any
    new: Any


class Step(Struct, frozen=True):
    """One thing that happened, by one rule; `at` is a time in the unit that the engine declares."""

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

    def deciding(self, pointer: str) -> Step | None:
        """The last step that changed `pointer` (into the outcome), an ancestor or a descendant of it."""
        asked = "/outcome" + pointer
        for step in reversed(self.steps):
            if any(touches(change.path, asked) for change in step.changes):
                return step
        return None

    def moment(self, n: int) -> dict[str, Any]:
        """`{"state": …, "outcome": …}` after step `n` (0 = the start)."""
        document = copy.deepcopy(self.initial)
        for step in self.steps[:n]:
            for change in step.changes:
                put(document, change.path, copy.deepcopy(change.new))
        return document


class Refused(Exception):
    """AWS would refuse this: an outcome, not an error of dva. `code` is AWS's."""

    def __init__(self, rule: Rule, code: str, message: str, *, status: str = "refused", **more: Any) -> None:
        super().__init__(message)
        self.rule, self.code, self.message, self.status, self.more = rule, code, message, status, more


class Tracer:
    """Collects the steps of one run. With `recording` off only the outcome is kept: the same, faster."""

    def __init__(self, simulation: str, state: dict[str, Any], outcome: dict[str, Any], *, steps: bool) -> None:
        self.simulation = simulation
        self.recording = steps
        self.document: dict[str, Any] = {"state": state if steps else {}, "outcome": outcome}
        self.initial = copy.deepcopy(self.document)
        self.steps: list[Step] = []

    def step(
        self,
        rule: Rule,
        title: str,
        detail: str = "",
        *,
        at: float | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """Record a step; `changes` maps pointers to new values, a last part `-` appends to a list."""
        changed = []
        for path, new in (changes or {}).items():
            if self.recording:
                changed.append(Change(*put(self.document, path, copy.deepcopy(new)), copy.deepcopy(new)))
            elif path.startswith("/outcome"):
                put(self.document, path, new)
        if not self.recording:
            return
        if rule.convention and "convention" not in detail:
            detail = f"{detail} (dva's convention: AWS does not say)".strip()
        self.steps.append(Step(len(self.steps) + 1, rule.id, title, detail, rule.notes, at, tuple(changed)))

    @property
    def outcome(self) -> dict[str, Any]:
        """The outcome so far; to be read, and changed by steps only."""
        outcome: dict[str, Any] = self.document["outcome"]
        return outcome

    def done(self) -> Trace:
        """The finished trace."""
        return Trace(self.simulation, self.initial, tuple(self.steps), self.document["outcome"])


def pointer(*names: str | int) -> str:
    """A JSON Pointer from its parts: `pointer("state", "cells", "a/b")` is `/state/cells/a~1b`."""
    return "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in names)


def parts(path: str) -> list[str]:
    """The parts of a JSON Pointer, unescaped."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def resolve(document: Any, path: str) -> Any:
    """What stands at `path`; KeyError where nothing does."""
    for part in parts(path):
        try:
            document = document[int(part)] if isinstance(document, list) else document[part]
        except (IndexError, ValueError, TypeError) as problem:
            raise KeyError(path) from problem
    return document


def put(document: Any, path: str, new: Any) -> tuple[str, Any]:
    """Set a place and return its path (with `-` resolved) and what stood there."""
    *way, last = parts(path)
    for part in way:
        document = document[int(part)] if isinstance(document, list) else document[part]
    if not isinstance(document, list):
        old = document.get(last)
        document[last] = new
        return path, old
    index = len(document) if last == "-" else int(last)
    if index == len(document):
        document.append(new)
        return path[: path.rindex("/") + 1] + str(index), None
    old = document[index]
    document[index] = new
    return path, old


def touches(one: str, other: str) -> bool:
    """Whether two pointers name the same place, or one lies inside the other."""
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")
