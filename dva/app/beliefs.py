"""The beliefs that a learner's answers point to, each with what shows the contrary."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dva import jsonpointer, simulations
from dva.app.simulate import scenario_of
from dva.app.snapshot import StudySnapshot
from dva.catalog import scenarios
from dva.errors import DvaError
from dva.items.building import Item, build_item, seed_of
from dva.items.scenario import Scenario
from dva.store import Store
from dva.study import beliefs
from dva.study.beliefs import Evidence, Standing

MOST_ANSWERS = 400
"""The latest answers that are looked at."""
CASES = 3
"""Cases that show a belief to be wrong: one to run, two to predict."""


@dataclass(frozen=True)
class HeldBelief:
    """A belief that the answers point to: what it says, why that is wrong, and cases where it goes wrong."""

    standing: Standing
    statement: str
    why_wrong: str
    simulation: str
    cases: tuple[str, ...]


def held(store: Store, snapshot: StudySnapshot) -> list[HeldBelief]:
    """Return the beliefs that are to be named, the most probable first."""
    found = beliefs.standings(list(_evidence(store, snapshot)))
    return [_described(snapshot, one) for one in found if one.is_named]


def _evidence(store: Store, snapshot: StudySnapshot) -> Iterator[Evidence]:
    """Yield what sure answers say about beliefs, oldest first."""
    undone = {event.body.get("answer") for event in store.events("undo")}
    events = [event for event in store.events("answer") if event.id not in undone]
    for event in events[-MOST_ANSWERS:]:
        body = event.body
        question = snapshot.library.questions.get(str(body.get("question")))
        chosen = body.get("chosen") or []
        if question is None or not body.get("sure") or question.type not in ("single", "predict") or len(chosen) != 1:
            continue
        variant = body.get("variant") or seed_of(question.id, 0)
        try:
            item = build_item(question, scenario_of(snapshot.roots, question), int(variant))
        except DvaError:
            continue
        yield from beliefs.evidence(str(chosen[0]), str(item.key[0]), _predicted(item), len(item.choices), question.id)


def _predicted(item: Item) -> dict[str, str]:
    return {belief: choice.id for choice in item.choices if not choice.correct for belief in choice.beliefs}


def _described(snapshot: StudySnapshot, standing: Standing) -> HeldBelief:
    name, _, belief_id = standing.belief.partition("/")
    belief = simulations.load(name).belief(belief_id)
    return HeldBelief(standing, belief.statement, belief.why_wrong, name, tuple(_cases(snapshot, name, belief_id)))


def _cases(snapshot: StudySnapshot, name: str, belief: str) -> Sequence[str]:
    """Return bundled cases that ask for something that the belief gets wrong, in the order of their authors."""
    found: list[str] = []
    for case, path in scenarios.cases(list(snapshot.roots), name).items():
        try:
            scenario = scenarios.load(path).scenario
        except DvaError:
            continue
        if scenario.ask and _goes_wrong(name, belief, scenario):
            found.append(case)
        if len(found) == CASES:
            break
    return found


def _goes_wrong(name: str, belief: str, scenario: Scenario) -> bool:
    simulation = simulations.load(name)
    try:
        truth = simulation.run(scenario.given, steps=False).outcome
        believed = simulation.run(scenario.given, believing=belief, steps=False).outcome
    except DvaError:
        return False
    return any(_at(truth, ask.outcome) != _at(believed, ask.outcome) for ask in scenario.ask)


def _at(outcome: object, pointer: str) -> object:
    try:
        return jsonpointer.resolve(outcome, pointer)
    except KeyError:
        return None
