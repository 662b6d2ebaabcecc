"""The bank of questions as a whole: whether it can be answered without knowing, and what no question measures."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from dva import jsonpointer, simulations
from dva.app import simulate
from dva.catalog import scenarios
from dva.catalog.library import Library
from dva.errors import DvaError, GivenError
from dva.items import strategies
from dva.items.building import build_item, seed_of
from dva.items.entries import Question
from dva.items.scenario import Scenario
from dva.items.strategies import Measure
from dva.items.wording import answer_text
from dva.simulations.frame import Simulation

MIN_SEPARATING = 4
"""Questions that tell a belief from the truth, at the least."""
EVERYTHING = "all"


@dataclass
class BankReport:
    """What a bank measures badly.

    `measures` has the strategies by chapter and over `all`; `few_questions` how many questions tell a belief from the
    truth where they are too few; `alike` the pairs of beliefs that no question tells apart.
    """

    measures: dict[str, list[Measure]]
    few_questions: dict[str, int]
    alike: list[tuple[str, str]]
    without_study_probe: list[str]
    beliefs: int = 0
    notes: int = 0


@dataclass
class _Predictions:
    """What the truth and the beliefs of an engine predict, place by place."""

    separating: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    different: set[tuple[str, str]] = field(default_factory=set)


def report(library: Library, roots: Sequence[Path]) -> BankReport:
    """Measure the current questions of a library, and the beliefs of all engines over its predictions and asks."""
    measures = {name: strategies.measure(items) for name, items in _items_by_chapter(library, roots).items()}
    found = _predictions(library, roots)
    beliefs = {f"{name}/{belief.id}": name for name in simulations.names() for belief in simulations.load(name).beliefs}
    pairs = [pair for pair in combinations(beliefs, 2) if beliefs[pair[0]] == beliefs[pair[1]]]
    probed = {q.notes[0] for q in library.questions.values() if q.pool == "study" and q.status == "current"}
    current = [note.id for note in library.notes.values() if note.status == "current"]
    return BankReport(
        measures,
        {name: found.separating[name] for name in beliefs if found.separating[name] < MIN_SEPARATING},
        [pair for pair in pairs if pair not in found.different],
        [note for note in current if note not in probed],
        len(beliefs),
        len(current),
    )


def _items_by_chapter(library: Library, roots: Sequence[Path]) -> dict[str, list[strategies.Item]]:
    found: dict[str, list[strategies.Item]] = {EVERYTHING: []}
    for question in library.questions.values():
        item = _item(question, roots) if question.status == "current" else None
        if item is not None:
            chapter = Path(library.places[f"question:{question.id}"][0]).parts[-3]
            found.setdefault(chapter, []).append(item)
            found[EVERYTHING].append(item)
    return found


def _item(question: Question, roots: Sequence[Path]) -> strategies.Item | None:
    """Return a question with one key as a strategy sees it; None for other types."""
    if question.type not in ("single", "predict"):
        return None
    try:
        built = build_item(question, simulate.scenario_of(roots, question), seed_of(question.id, 0))
    except DvaError:
        return None  # told where the question is proved
    key = next(place for place, choice in enumerate(built.choices) if choice.id in built.key)
    return strategies.Item(built.stem, tuple(choice.text for choice in built.choices), key)


def _predictions(library: Library, roots: Sequence[Path]) -> _Predictions:
    found = _Predictions()
    for question in library.questions.values():
        for name in {option.belief for option in question.options if option.belief}:
            found.separating[name] += 1
    for scenario, places in [*_asked(library, roots), *_variants(library, roots)]:
        _compare(scenario, places, found)
    return found


def _asked(library: Library, roots: Sequence[Path]) -> Iterator[tuple[Scenario, list[str]]]:
    """List the scenarios with the places that their asks and the questions about them as they are ask for."""
    questions: dict[str, list[str]] = defaultdict(list)
    for question in library.questions.values():
        if question.scenario and question.outcome and question.status == "current" and not question.draw:
            questions[question.scenario].append(question.outcome)
    for name in simulations.names():
        for case, path in scenarios.cases(roots, name).items():
            try:
                scenario = scenarios.load(path).scenario
            except DvaError:
                continue
            places = [*(ask.outcome for ask in scenario.ask), *questions[f"{name}/{case}"]]
            if places:
                yield scenario, places


def _variants(library: Library, roots: Sequence[Path]) -> Iterator[tuple[Scenario, list[str]]]:
    """List the first variants of generated questions, each a question of its own where it draws other values."""
    for question in library.questions.values():
        if question.draw and question.outcome and question.status == "current":
            drawn = {}
            for times in range(MIN_SEPARATING):
                try:
                    item = build_item(question, simulate.scenario_of(roots, question), seed_of(question.id, times))
                except DvaError:
                    continue  # told where the question is proved
                drawn[str(item.values)] = item.scenario
            yield from ((scenario, [question.outcome]) for scenario in drawn.values() if scenario)


def _compare(scenario: Scenario, places: Sequence[str], found: _Predictions) -> None:
    """Count the places where each belief differs from the truth, and the pairs of beliefs that differ somewhere."""
    simulation = simulations.load(scenario.simulation)
    try:
        truth = _answers(simulation, simulation.run(scenario.given, steps=False).outcome, places)
    except GivenError:
        return
    believed = {}
    for belief in simulation.beliefs:
        try:
            outcome = simulation.run(scenario.given, believing=belief.id, steps=False).outcome
        except GivenError:
            continue
        name = f"{simulation.name}/{belief.id}"
        believed[name] = _answers(simulation, outcome, places)
        found.separating[name] += sum(one != other for one, other in zip(believed[name], truth, strict=True))
    for one, other in combinations(believed, 2):
        if believed[one] != believed[other]:
            found.different.add((one, other))


def _answers(simulation: Simulation, outcome: Mapping[str, Any], places: Sequence[str]) -> list[str | None]:
    answers: list[str | None] = []
    for place in places:
        try:
            answers.append(answer_text(simulation, place, jsonpointer.resolve(outcome, place)))
        except KeyError:
            answers.append(None)
    return answers
