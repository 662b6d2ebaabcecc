"""The bundled cases, for the tests that hold for all of them."""

from pathlib import Path

from dva import paths, simulations
from dva.catalog import scenarios
from dva.items.scenario import Scenario

ROOT = Path(__file__).parent.parent


def bundled_cases() -> list[Scenario]:
    """Every bundled case of every simulation."""
    found = []
    for name in simulations.names():
        found += [scenarios.load(path).scenario for path in scenarios.cases([paths.bundled()], name).values()]
    return found
