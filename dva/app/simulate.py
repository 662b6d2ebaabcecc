"""Running a scenario: found by name, file or standard input, compared with what it expects."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dva import files, simulations
from dva.catalog import scenarios
from dva.catalog.scenarios import ScenarioFile
from dva.catalog.yamlfile import MAX_BYTES
from dva.errors import ContentError, GivenError, UsageError
from dva.items.expectation import Difference, differences
from dva.items.scenario import Scenario
from dva.simulations.frame import Simulation
from dva.trace import Trace

if TYPE_CHECKING:
    from dva.items.entries import Question


@dataclass(frozen=True)
class Run:
    """A finished run; `expected` is None where the scenario expects nothing."""

    simulation: Simulation
    scenario: Scenario
    trace: Trace
    differences: tuple[Difference, ...]

    @property
    def expected(self) -> bool | None:
        """Whether `expect` holds; None where there is none."""
        return None if self.scenario.expect is None else not self.differences


def find(roots: Sequence[Path], name: str, case: str | None, stdin: bytes | None = None) -> ScenarioFile:
    """Find the scenario to run: `-` is standard input, a path a file, a word a bundled case, nothing the first one."""
    simulations.load(name)
    if case == "-":
        found = scenarios.from_text(stdin or b"")
    elif case is None:
        found = _first(roots, name)
    elif _is_path(case) and case not in scenarios.cases(roots, name):
        found = scenarios.load(Path(case))
    else:
        found = scenarios.find_case(roots, name, case)
    if found.scenario.simulation != name:
        raise ContentError(
            f"this is a scenario of {found.scenario.simulation}, not of {name}",
            where=found.document.where("/simulation"),
            hint=f"dva simulate {found.scenario.simulation} {case}",
        )
    return found


def next_case(roots: Sequence[Path], name: str, case: str) -> str | None:
    """Return the bundled case after one, in the order of their authors; None after the last and for a file."""
    known = list(scenarios.cases(roots, name))
    at = known.index(case) + 1 if case in known else len(known)
    return known[at] if at < len(known) else None


def _is_path(case: str) -> bool:
    return "/" in case or "\\" in case or case.endswith((".yaml", ".yml", ".json")) or files.is_there(Path(case))


def _first(roots: Sequence[Path], name: str) -> ScenarioFile:
    known = scenarios.cases(roots, name)
    if not known:
        raise UsageError(f"{name} has no bundled case", hint="name a file, or - for standard input")
    return scenarios.load(next(iter(known.values())))


def run(found: ScenarioFile, *, believing: str | None = None, steps: bool = True) -> Run:
    """Run a scenario file; a GivenError gets file and line."""
    simulation = simulations.load(found.scenario.simulation)
    try:
        trace = simulation.run(found.scenario.given, believing=believing, steps=steps)
    except GivenError as problem:
        problem.where = found.document.where("/given" + problem.pointer)
        raise
    expect = found.scenario.expect
    unmet = () if expect is None else tuple(differences(expect, trace.outcome))
    return Run(simulation, found.scenario, trace, unmet)


def run_scenario(scenario: Scenario, *, steps: bool = True) -> Run:
    """Run a scenario that comes from no file: varied, or made from a learner's folder."""
    simulation = simulations.load(scenario.simulation)
    return Run(simulation, scenario, simulation.run(scenario.given, steps=steps), ())


def case_for_notes(roots: Sequence[Path], notes: Sequence[str]) -> Scenario | None:
    """Return the first case that teaches one of these notes, the first note first; None where none does."""
    cases = [path for name in simulations.names() for path in scenarios.cases(roots, name).values()]
    mentions = [(path, files.read(path, MAX_BYTES).decode("utf-8", "replace")) for path in cases]
    for note in notes:
        for path, text in mentions:
            if note in text and note in (found := scenarios.load(path).scenario).notes:
                return found
    return None


def scenario_of(roots: Sequence[Path], question: "Question") -> Scenario | None:
    """Return the scenario of a predict question; None for other types."""
    if question.type != "predict" or question.scenario is None:
        return None
    simulation, _, case = question.scenario.partition("/")
    simulations.load(simulation)
    return scenarios.find_case(roots, simulation, case).scenario
