"""The bank as a whole: what gives keys away, and which beliefs and notes have too few questions."""

import json
from pathlib import Path

import pytest

from dva import simulations
from dva.app import bank
from dva.catalog import library
from dva.items.strategies import MAX_GAIN, STRATEGIES
from dva.paths import bundled

REPORT = bank.report(library.load([bundled()]), [bundled()])


def test_every_chapter_is_measured_and_adds_up() -> None:
    counts = {name: measures[0].items for name, measures in REPORT.measures.items()}
    chapters = {path.name for path in bundled().iterdir() if (path / "questions").is_dir()}
    assert set(counts) == {bank.EVERYTHING, *chapters}
    assert sum(counts[name] for name in chapters) == counts[bank.EVERYTHING]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_key_can_be_found_without_knowing(strategy: str) -> None:
    total = next(one for one in REPORT.measures[bank.EVERYTHING] if one.strategy == strategy)
    assert total.gain <= MAX_GAIN
    for chapter, measures in REPORT.measures.items():
        assert next(one for one in measures if one.strategy == strategy).lower <= MAX_GAIN, chapter


def test_every_current_note_has_a_study_probe() -> None:
    assert REPORT.without_study_probe == []


def test_every_belief_is_told_from_the_truth_and_from_the_others() -> None:
    assert REPORT.few_questions == {}
    assert REPORT.alike == []


def test_variants_of_a_generated_question_count_each(tmp_path: Path) -> None:
    for kind in ("notes", "questions", "scenarios/ecs-deployment"):
        (tmp_path / kind).mkdir(parents=True)
    note = {"id": "demo.1", "text": "T", "source": "S", "checked_on": "2026-12-01"}
    (tmp_path / "notes" / "demo.yaml").write_text(json.dumps([note]))
    (tmp_path / "scenarios" / "ecs-deployment" / "case.yaml").write_text(
        "simulation: ecs-deployment\ntitle: T\nnotes: []\n"
        "given: {service: {desiredCount: 3, deploymentConfiguration: {maximumPercent: 150}}}\n"
    )
    fields = {
        "id": "demo.q1", "type": "predict", "stem": "{n}?", "notes": ["demo.1"], "exams": {"dva-c02": "3.4"},
        "source": "S", "checked_on": "2026-12-01", "scenario": "ecs-deployment/case", "outcome": "/maximumTasks",
        "draw": {"n": {"choice": [3, 7]}}, "set": {"/given/service/desiredCount": "n"},
    }  # fmt: skip
    (tmp_path / "questions" / "demo.yaml").write_text(json.dumps([fields]))
    found = bank.report(library.load([tmp_path]), [tmp_path])
    assert found.few_questions["ecs-deployment/maximum-rounds-up"] == 2


def test_every_belief_is_counted(tmp_path: Path) -> None:
    names = {f"{name}/{belief.id}" for name in simulations.names() for belief in simulations.load(name).beliefs}
    assert REPORT.beliefs == len(names) and set(REPORT.few_questions) <= names
    empty = bank.report(library.load([tmp_path]), [tmp_path])
    assert set(empty.few_questions) == names and not any(empty.few_questions.values())
