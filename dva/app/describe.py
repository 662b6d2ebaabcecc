"""What an engine declares, for a learner who writes a scenario: fields, schema, cases as text, a skeleton."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dva import simulations
from dva.app import simulate
from dva.catalog import skeleton
from dva.errors import UsageError
from dva.simulations.fields import Field, fields
from dva.simulations.frame import Simulation


@dataclass(frozen=True)
class Fields:
    """What may be written in `given`, and what the outcome holds."""

    simulation: Simulation
    given: tuple[Field, ...]
    outcome: tuple[Field, ...]


def declared_fields(name: str) -> Fields:
    """Return the fields of an engine's `given` and outcome."""
    simulation = simulations.load(name)
    return Fields(simulation, tuple(fields(simulation.given)), tuple(fields(simulation.outcome)))


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a scenario of an engine."""
    from dva.simulations.schema import scenario_schema

    return scenario_schema(simulations.load(name))


def source(roots: Sequence[Path], name: str, case: str | None) -> str:
    """Return a case as YAML, as its author wrote it; where it names files, with their texts in place."""
    found = simulate.find(roots, name, case)
    return skeleton.document(found.scenario) if found.names_files else found.document.text


def write_skeleton(roots: Sequence[Path], name: str, path: Path) -> None:
    """Write a commented scenario that runs into a new file; UsageError where that cannot be written."""
    text = skeleton.skeleton(simulations.load(name), simulate.find(roots, name, None).scenario)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"`{path}` exists already", hint="name a new file") from None
    except OSError as problem:
        raise UsageError(f"`{path}` cannot be written: {(problem.strerror or 'no reason given').lower()}") from None
