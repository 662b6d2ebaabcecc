"""What all tests share: no test sees the learner's home, and where bundled cases are found."""

import os
from pathlib import Path

import pytest

from dva import paths, simulations
from dva.catalog import scenarios
from dva.simulations import Scenario

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own for every test, 80 columns, no colour."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("DVA_", "XDG_", "AWS_"))]:
        if name not in ("DVA_GOLDEN", "DVA_FULL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("DVA_HOME", str(home / "dva"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")


def bundled_cases() -> list[Scenario]:
    """Every bundled case of every simulation."""
    roots = [paths.bundled()]
    found = []
    for name in simulations.names():
        found += [scenarios.load(path).scenario for path in scenarios.cases(roots, name).values()]
    return found
