"""What every engine declares, once: its rules, what it reads, what it results in, and what people believe instead.

A module that ends in `SIMULATION = Mechanism(...).simulation(...)` is an engine. Engines are pure: no clock, file,
socket or screen. What an engine draws is plain data under /state, in the shape of its view:

    grid      {"cells": {id: {"group": text, "items": [text], "meters": {name: [left, total]}, "note": text}}}
    timeline  {"series": {name: [[at, value], ...]}, "events": [[at, text], ...]}
    lanes     {"lanes": {name: [[start, end or null, label], ...]}}
    texts     {"texts": {title: text}}
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, ParamSpec, TypeVar, cast, get_args, get_type_hints

import msgspec
from msgspec import Struct

from dva import jsonpointer
from dva.aws.document import convert, members_not_read, unwrapped
from dva.aws.service_model import Request, message
from dva.errors import GivenError, UsageError
from dva.trace import Place, Rule, Step, Trace, TraceBuilder

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., object])
G = TypeVar("G", bound=Struct)

View = Literal["grid", "timeline", "lanes", "texts"]
State = Mapping[str, object]
"""What is drawn, as plain data."""
Text = str | Callable[[], str]
"""A text, or what computes it: called only where steps are recorded."""
Draw = Mapping[Place, object]
"""Changes of the drawn state: `{("cells", "i-1", "items", "-"): "web-1"}`; `-` appends to a list."""


class Belief(Struct, frozen=True):
    """A wrong rule that people hold: it has `replacement` in the place of the rule function `replaces`."""

    id: str
    statement: str
    why_wrong: str
    replaces: Callable[..., object]
    replacement: Callable[..., object]
    notes: tuple[str, ...] = ()


class Phrases:
    """How learners read the values of an outcome's field: `Annotated[Literal["ok"], Phrases({"ok": "It works"})]`.

    Questions show a value by its phrase, and offer the other phrases beside it. `rare` has phrases of values that are
    read, but not offered: no learner would take them for the answer to another case.
    """

    def __init__(self, offered: Mapping[Any, str], rare: Mapping[Any, str] = {}) -> None:
        self.offered, self.every = offered, {**offered, **rare}


class Outcome(Struct, kw_only=True):
    """The result of a run. Every key has its empty value: `[]`, `{}`, false, 0 for a count, else null."""

    status: str | None = None
    """How the run ended, in one word. Each engine narrows it to a Literal of its words."""
    error: dict[str, Any] | None = None
    """Why AWS would refuse it, `{code, message}` with AWS's code; null where nothing was refused."""
    not_read: list[str] = []
    """Places (JSON Pointers, `/given/…`) in AWS documents that were given and that the engine does not look at."""


FITS = (
    "A request fits AWS's service model, which comes before anything else: required members, words, patterns, lengths "
    "and numbers."
)


class Append:
    """A value for the end of a list of the outcome, instead of a new list."""

    def __init__(self, value: object) -> None:
        self.value = value


class Refused(Exception):
    """AWS would refuse this: an outcome, not an error of dva. `code` is AWS's; `outcome` has further keys to set."""

    def __init__(self, rule: Rule, code: str, message: str, *, status: str = "refused", **outcome: object) -> None:
        super().__init__(message)
        self.rule, self.code, self.message, self.status, self.outcome = rule, code, message, status, outcome


class OwnFiles(Struct, frozen=True):
    """A learner's folder as the app has read it; engines touch no file.

    `files` maps names to texts: relative names where the whole folder was read, absolute ones where the engine says
    which files it wants. `now` is ISO 8601.
    """

    folder: str
    files: Mapping[str, str]
    env: Mapping[str, str]
    now: str


class Requests(Struct, frozen=True):
    """Parts of `given` that AWS would compare with a service model, by their place (`/policies/*` is each of them).

    What does not fit is told by `rule`, where the engine itself refuses nothing; `code` is AWS's. `outcome` gets the
    error and returns further keys to set.
    """

    places: Mapping[str, Request]
    rule: Rule
    code: str = "ValidationException"
    status: str = "refused"
    kinds: Mapping[str, Any] = {}
    """Types of places that `Given` does not declare as AWS documents."""
    outcome: Callable[[dict[str, str]], Mapping[str, object]] = lambda error: {}

    def refusal(self, document: Mapping[str, Any]) -> tuple[Refused, list[str]] | None:
        """Return the refusal of a `given` without wrappers, and the places that it is about; None where all fits."""
        for place, request in self.places.items():
            for where, value in _values_at(document, jsonpointer.split(place)):
                kind = self.kinds.get(place)
                if found := request.violations(value if kind is None else unwrapped(value, kind)):
                    error = {"code": self.code, "message": message(found)}
                    no = Refused(self.rule, self.code, error["message"], status=self.status, **self.outcome(error))
                    return no, [where + one.pointer for one in found]
        return None


def _values_at(value: Any, names: list[str], where: str = "/given") -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of all that is at a place, `*` for every item of a list."""
    if not names:
        yield where, value
    elif names[0] == "*" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values_at(item, names[1:], f"{where}/{index}")
    elif isinstance(value, dict) and names[0] in value:
        yield from _values_at(value[names[0]], names[1:], where + jsonpointer.join(names[0]))


class FolderReader(Struct, frozen=True):
    """How an engine makes its `given` from a learner's folder (`--from`).

    `wanted` names the files to read, asked again with what was found until it names nothing new; without it all
    text files of the folder are read.
    """

    given: Callable[[OwnFiles], Mapping[str, object]]
    wanted: Callable[[OwnFiles], Iterable[str]] | None = None


class Run:
    """One run: tells the steps, and knows which rule function a believer would replace."""

    def __init__(self, trace: TraceBuilder, belief: Belief | None) -> None:
        self._trace, self._belief = trace, belief

    def unrecorded(self) -> "Run":
        """Return a run with the same belief whose steps go nowhere, to compute what else could have been."""
        outcome = copy.deepcopy(self._trace.initial["outcome"])
        return Run(TraceBuilder(self._trace.simulation, {}, outcome, steps=False), self._belief)

    def using(self, function: F) -> F:
        """Return `function`, or what stands in its place for somebody who holds the belief of this run."""
        if self._belief is not None and self._belief.replaces is function:
            return cast(F, self._belief.replacement)
        return function

    @property
    def is_recorded(self) -> bool:
        """Whether steps are kept. Needed only by an engine that runs a million of them."""
        return self._trace.recording

    def not_read(self, places: Iterable[str]) -> None:
        """Tell which places of `given` the engine does not look at in a document that it reads by hand.

        They are JSON Pointers from `given` (`/buildspec/reports`), as `keys_not_read` and `members_not_read` list them.
        """
        self._trace.add_not_read(f"/given{place}" for place in places)

    @property
    def outcome(self) -> Mapping[str, Any]:
        """The outcome so far, to be read; only steps change it."""
        return self._trace.outcome

    def step(
        self,
        rule: Rule,
        title: Text,
        why: Text = "",
        /,
        *,
        at: float | None = None,
        draw: Draw | Callable[[], Draw] | None = None,
        inside: Mapping[Place, object] | Callable[[], Mapping[Place, object]] | None = None,
        **outcome: object,
    ) -> None:
        """Record that `rule` did something, and why in this case.

        The rule's own sentence is added where the step is shown. Keywords set keys of the outcome (`Append` adds to a
        list), `inside` nested places of it, `draw` places of the picture. `at` is in the unit that the engine
        declares. What is given as a function is computed only where steps are recorded; for `inside` that is for
        values that a later step sets whole. KeyError for an outcome key that is not declared.
        """
        changes: dict[Place, object] = {}
        for key, value in outcome.items():
            if key not in self._trace.outcome:
                raise KeyError(key)
            if isinstance(value, Append):
                changes[key, "-"] = value.value
            else:
                changes[key,] = value
        if not callable(inside):
            changes.update(inside or {})
        if not self._trace.recording:
            self._trace.set_outcome(changes)
            return
        if callable(inside):
            changes.update(inside())
        drawn = draw() if callable(draw) else draw or {}
        places: dict[Place, object] = {("outcome", *place): value for place, value in changes.items()}
        places.update((("state", *place), value) for place, value in drawn.items())
        self._trace.record(rule, _text(title), _text(why), at, places)


def _text(text: Text) -> str:
    return text if isinstance(text, str) else text()


class Simulation:
    """One mechanism, ready to run; made by `Mechanism.simulation`."""

    def __init__(
        self,
        mechanism: "Mechanism",
        *,
        title: str,
        view: View,
        unit: str,
        given: type[Struct],
        outcome: type[Outcome],
        run: Callable[[Any, Run], None],
        initial_state: Callable[[Any], State],
        choices: Mapping[str, tuple[object, ...]],
        prepare_choice: Callable[[dict[str, object], list[str]], None] | None,
        from_folder: FolderReader | None,
        requests: Requests | None,
    ) -> None:
        self.name, self.rules, self.beliefs = mechanism.name, tuple(mechanism.rules), tuple(mechanism.beliefs)
        self.title, self.view, self.unit = title, view, unit
        self.given, self.outcome, self.requests = given, outcome, requests
        self.choices, self.prepare_choice, self.from_folder = choices, prepare_choice, from_folder
        self._run, self._initial_state = run, initial_state

    @property
    def statuses(self) -> tuple[str, ...]:
        """The words that `status` can have."""
        kinds = get_args(get_type_hints(self.outcome)["status"])
        return tuple(word for kind in kinds for word in get_args(kind))

    def run(self, given: Mapping[str, Any], *, believing: str | None = None, steps: bool = True) -> Trace:
        """Run the mechanism on `given`, by its true rules or as somebody who holds a belief would expect.

        GivenError where `given` cannot be read, UsageError for a belief that the engine does not have.
        """
        try:
            return self._traced(given, believing, steps=steps)
        except UnicodeEncodeError as problem:  # JSON can hold half of a surrogate pair, which no encoding has
            raise GivenError(f"{problem.object[problem.start]!a} is not a valid character") from None
        except RecursionError:
            raise GivenError("something is nested too deeply to be read") from None
        except OverflowError:
            raise GivenError("a number is too large to be computed with") from None

    def _traced(self, given: Mapping[str, Any], believing: str | None, *, steps: bool) -> Trace:
        belief = None if believing is None else self.belief(believing)
        document = unwrapped(dict(given), self.given)
        read = convert(document, self.given)
        not_read = members_not_read(dict(given), self.given, "/given")
        trace = self._trace(read, self._run, not_read, belief, steps=steps)
        if self.requests is None or trace.outcome["error"]:
            return trace
        found = self.requests.refusal(document)
        if found is None:
            return trace
        refusal, places = found

        def refuse(read: object, run: Run) -> None:
            raise refusal

        left = [one for one in trace.outcome["not_read"] if not any(jsonpointer.overlap(one, at) for at in places)]
        return self._trace(read, refuse, left, belief, steps=steps)

    def _trace(
        self, read: Any, run_on: Callable[[Any, Run], None], not_read: list[str], belief: Belief | None, *, steps: bool
    ) -> Trace:
        state = dict(self._initial_state(read)) if steps else {}
        trace = TraceBuilder(self.name, state, msgspec.to_builtins(self.outcome()), steps=steps)
        trace.add_not_read(not_read)
        run = Run(trace, belief)
        try:
            run_on(read, run)
        except Refused as no:
            error = {"code": no.code, "message": no.message}
            more: dict[Place, object] = {(key,): value for key, value in no.outcome.items()}
            run.step(no.rule, f"{no.code}: {no.message}", status=no.status, error=error, inside=more)
        return trace.finish()

    def rule(self, rule_id: str) -> Rule:
        """Return the rule with this id."""
        return next(rule for rule in self.rules if rule.id == rule_id)

    def explain(self, step: Step) -> str:
        """Return why a step happened: its reason in this case, the sentence of its rule, and whether AWS says it."""
        rule = self.rule(step.rule)
        reason = step.detail if not step.detail or step.detail[-1] in ".!?:;" else step.detail + "."
        assumed = "(dva's convention: AWS does not say)" if rule.assumption else ""
        return " ".join(text for text in (reason, rule.statement, assumed) if text)

    def belief(self, belief_id: str) -> Belief:
        """Return the belief with this id; UsageError where the engine does not have it."""
        for belief in self.beliefs:
            if belief.id == belief_id:
                return belief
        known = ", ".join(belief.id for belief in self.beliefs)
        raise UsageError(f"{self.name} has no belief `{belief_id}`", hint=f"one of {known}")


def _nothing_drawn(given: object) -> State:
    return {}


class Mechanism:
    """The rules of one engine and the beliefs about them, collected as they are declared.

    `rules` is the first part of its rule ids, `notes` the topic of the notes that rules and beliefs name; a note of
    another topic is named whole (`ecs-service.07`).
    """

    def __init__(self, name: str, *, rules: str, notes: str) -> None:
        self.name, self._prefix, self._topic = name, rules, notes
        self.rules: list[Rule] = []
        self.beliefs: list[Belief] = []

    def rule(self, name: str, statement: str, source: str, *notes: str, assumption: bool = False) -> Rule:
        """Declare a rule: its sentence in our words, where AWS says it, the notes that it teaches.

        `assumption` marks what AWS leaves open and dva settles.
        """
        rule = Rule(f"{self._prefix}.{name}", statement, source, self._named(notes), assumption)
        self.rules.append(rule)
        return rule

    def requests(
        self,
        places: Mapping[str, Request],
        *,
        code: str = "ValidationException",
        status: str = "refused",
        kinds: Mapping[str, Any] = {},
        outcome: Callable[[dict[str, str]], Mapping[str, object]] = lambda error: {},
    ) -> Requests:
        """Declare which parts of `given` are requests of AWS, with the rule that tells what does not fit in one."""
        sources = dict.fromkeys(request.source for request in places.values())
        rule = self.rule("service-model", FITS, "; ".join(sources))
        return Requests(places, rule, code, status, kinds, outcome)

    def belief(
        self, instead_of: Callable[P, R], belief_id: str, statement: str, why_wrong: str, *notes: str
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Declare a wrong rule that people hold: the decorated function replaces the rule function `instead_of`."""

        def declare(function: Callable[P, R]) -> Callable[P, R]:
            self.beliefs.append(Belief(belief_id, statement, why_wrong, instead_of, function, self._named(notes)))
            return function

        return declare

    def simulation(
        self,
        *,
        title: str,
        view: View,
        given: type[G],
        outcome: type[Outcome],
        run: Callable[[G, Run], None],
        initial_state: Callable[[G], State] = _nothing_drawn,
        unit: str = "",
        choices: Mapping[str, tuple[object, ...]] = {},
        prepare_choice: Callable[[dict[str, object], list[str]], None] | None = None,
        from_folder: FolderReader | None = None,
        requests: Requests | None = None,
    ) -> Simulation:
        """Return the simulation that these rules and beliefs, types and functions make.

        `initial_state` is what is drawn before the first step. `choices` has, by JSON Pointer (`/given/…`), all
        values of a field whose type does not list them; `prepare_choice` gets a copy of `given` and the names of such
        a place (without `given`) and makes it one that can be set. `from_folder` reads a learner's own folder.
        `requests` names the parts of `given` that are compared with AWS's service models.
        """
        return Simulation(
            self, title=title, view=view, unit=unit, given=given, outcome=outcome, run=run,
            initial_state=initial_state, choices=choices, prepare_choice=prepare_choice, from_folder=from_folder,
            requests=requests,
        )  # fmt: skip

    def _named(self, notes: Iterable[str]) -> tuple[str, ...]:
        return tuple(note if "." in note else f"{self._topic}.{note}" for note in notes)
