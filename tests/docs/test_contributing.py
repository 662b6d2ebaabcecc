"""The walk through adding a question and an engine is true: its files, written as they stand there, pass."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from bundled import ROOT
from running import RunDva

from dva import simulations
from dva.catalog import scenarios
from dva.items.expectation import differences
from dva.simulations.fields import sentences_of

TEXT = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
FILES = dict(re.findall(r"`([^`\s]+)`:\n\n```\w+\n(.*?)```", TEXT, re.S))
ENGINE = "s3-multipart"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with the note and the question."""
    for name, text in FILES.items():
        if name.startswith(("notes/", "questions/")):
            path = tmp_path / "own" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return tmp_path / "own"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine of the walk among those that ship."""
    known = set(sys.modules)
    for name, text in FILES.items():
        if name.startswith("dva/"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    monkeypatch.setattr(simulations, "__path__", [*simulations.__path__, str(tmp_path / "dva" / "simulations")])
    clear()
    yield
    for name in set(sys.modules) - known:
        del sys.modules[name]
    clear()


def clear() -> None:
    simulations.names.cache_clear()
    simulations._modules.cache_clear()


def test_the_question_of_the_walk_is_proved_and_can_be_asked(run_dva: RunDva, content: Path) -> None:
    proof = run_dva("check", content)
    assert (proof.returncode, proof.stdout.strip()) == (0, "1 notes, 1 questions, 0 scenarios: nothing wrong")
    asked = run_dva("quiz", "s3-multipart", "--plain", "--content", content, stdin="q\n")
    assert "An application uploads a 12 MiB object" in asked.stdout


def test_the_engine_of_the_walk_runs_its_case_as_expected(engine: None) -> None:
    case = scenarios.from_text(FILES[f"scenarios/{ENGINE}/twelve-in-fives.yaml"]).scenario
    simulation = simulations.load(case.simulation)
    assert case.expect and differences(case.expect, simulation.run(case.given).outcome) == []
    assert sentences_of(simulation.given) and sentences_of(simulation.outcome)
    for belief in simulation.beliefs:
        assert simulation.run(case.given, believing=belief.id).outcome["parts"] != case.expect["parts"], belief.id


def test_the_limits_of_the_walk_hold(engine: None) -> None:
    simulation = simulations.load(ENGINE)
    for row in yaml.safe_load(FILES[f"tests/simulations/limits/{ENGINE}.yaml"]):
        for check in row["checks"]:
            changed = {place.removeprefix("/given/"): value for place, value in check["set"].items()}
            assert differences(check["expect"], simulation.run(row["given"] | changed).outcome) == [], row["limit"]
