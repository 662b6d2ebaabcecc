"""The frame of before, for engines that have not moved yet; it goes when the last one has."""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, structs

from dva import trace
from dva.aws.document import decode
from dva.errors import GivenError, UsageError
from dva.jsonpointer import join as pointer
from dva.jsonpointer import resolve
from dva.jsonpointer import split as parts
from dva.simulations.frame import View
from dva.trace import Change, Step, Trace

__all__ = ["Belief", "Refused", "Rule", "Simulation", "Tracer", "parts", "pointer", "put", "resolve"]


class Rule(trace.Rule, frozen=True):
    @property
    def says(self) -> str:
        return self.statement

    @property
    def convention(self) -> bool:
        return self.assumption


class Belief(Struct, frozen=True):
    id: str
    says: str
    why_wrong: str
    replaces: str
    function: Callable[..., Any]
    notes: tuple[str, ...] = ()

    @property
    def statement(self) -> str:
        return self.says


class Refused(Exception):
    def __init__(self, rule: trace.Rule, code: str, message: str, *, status: str = "refused", **more: Any) -> None:
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
        rule: trace.Rule,
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
        for glued in (rule.statement, "(dva's convention: AWS does not say)", "(dva's convention)"):
            detail = detail.replace(glued, "")
        detail = " ".join(detail.split())
        self.steps.append(Step(len(self.steps) + 1, rule.id, title, detail, rule.notes, at, tuple(changed)))

    @property
    def outcome(self) -> dict[str, Any]:
        """The outcome so far; to be read, and changed by steps only."""
        outcome: dict[str, Any] = self.document["outcome"]
        return outcome

    def done(self) -> Trace:
        """The finished trace."""
        return Trace(self.simulation, self.initial, tuple(self.steps), self.document["outcome"])


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


class Simulation(Struct, frozen=True):
    """One mechanism.

    `given` is the msgspec type of the input, `outcome` every key with its empty value, `how` the rule
    functions that beliefs may replace, `start` makes the drawn state, `play` runs the mechanism.
    `varies` has, by JSON Pointer (`/given/…`), all values of a field that the type of `given` does not list.
    """

    name: str
    title: str
    view: View
    rules: tuple[Rule, ...]
    beliefs: tuple[Belief, ...]
    given: Any
    outcome: Mapping[str, Any]
    statuses: tuple[str, ...]
    play: Callable[[Any, Tracer, Any], None]
    how: Any = None
    start: Callable[[Any], dict[str, Any]] = lambda given: {}
    unit: str = ""
    varies: Mapping[str, tuple[Any, ...]] = {}

    def run(self, given: Mapping[str, Any], *, believing: str | None = None, steps: bool = True) -> Trace:
        """Run the mechanism on `given`, by its true rules or as somebody who holds a belief would expect.

        Raises GivenError where `given` cannot be read, UsageError for a belief that is not one.
        """
        try:
            return self._run(given, believing, steps=steps)
        except UnicodeEncodeError as problem:  # JSON can hold half of a surrogate pair, which no encoding has
            raise GivenError(f"{problem.object[problem.start]!a} is no character") from None
        except RecursionError:
            raise GivenError("something is nested too deeply to be read") from None

    def _run(self, given: Mapping[str, Any], believing: str | None, *, steps: bool) -> Trace:
        read = decode(dict(given), self.given)
        empty = {"status": None, "error": None, **copy.deepcopy(dict(self.outcome))}
        trace = Tracer(self.name, self.start(read) if steps else {}, empty, steps=steps)
        try:
            self.play(read, trace, self.how if believing is None else self._as_believed(believing))
        except Refused as no:
            changes = {
                "/outcome/status": no.status,
                "/outcome/error": {"code": no.code, "message": no.message},
            }
            more = {f"/outcome/{key}": value for key, value in no.more.items()}
            trace.step(no.rule, f"{no.code}: {no.message}", no.rule.statement, changes=changes | more)
        return trace.done()

    @property
    def choices(self) -> Mapping[str, tuple[Any, ...]]:
        return self.varies

    @property
    def prepare_choice(self) -> Any:
        if not self.name.startswith("beanstalk"):
            return None
        from dva.simulations.beanstalk._options import open_settings

        return open_settings

    @property
    def from_folder(self) -> None:
        return None

    def explain(self, step: Step) -> str:
        from dva.simulations.frame import Simulation as New

        return New.explain(self, step)  # type: ignore[arg-type]

    def rule(self, rule_id: str) -> trace.Rule:
        """The rule with this id."""
        return next(rule for rule in self.rules if rule.id == rule_id)

    def _as_believed(self, belief_id: str) -> Any:
        for belief in self.beliefs:
            if belief.id == belief_id:
                replace = structs.replace if isinstance(self.how, Struct) else dataclasses.replace
                return replace(self.how, **{belief.replaces: belief.function})
        known = ", ".join(belief.id for belief in self.beliefs)
        raise UsageError(f"{self.name} knows no belief `{belief_id}`", hint=f"one of {known}")
