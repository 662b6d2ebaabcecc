"""`dva check` finds what is wrong in content, tells file and line, and proves computed answers."""

from pathlib import Path

import pytest
from running import RunDva

from dva.app.check import check
from dva.paths import bundled

NOTE = '- {id: demo.1, text: Truth., source: "AWS: https://x", checked_on: "2026-11-24"}\n'
QUESTION = """\
- id: demo.q1
  type: single
  stem: What is MOST true?
  options:
  - {id: a, text: This one, correct: true, why: So it is.}
  - {id: b, text: That one, why: Not so.}
  notes: [demo.1]
  exams: {dva-c02: "3.4"}
  source: "AWS: https://x"
  checked_on: "2026-11-24"
"""
SCENARIO = """\
simulation: ecs-query
title: A case
notes: [demo.1]
given: {filter: "attribute:a == b", containerInstances: [{ec2InstanceId: i-1}]}
expect: {matches: []}
ask:
- {id: which, prompt: "Which?", outcome: /matches}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder of its own, without fault."""
    for place, text in (
        ("notes/demo.yaml", NOTE), ("questions/demo.yaml", QUESTION), ("scenarios/ecs-query/case.yaml", SCENARIO),
    ):  # fmt: skip
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text(text)
    return tmp_path


def found(folder: Path) -> list[str]:
    return [str(finding) for finding in check([bundled()], [folder]).findings]


def test_the_bundled_content_is_without_fault() -> None:
    proof = check([bundled()])
    assert [str(finding) for finding in proof.findings] == []
    assert proof.questions >= 24 and proof.notes >= 24


def test_a_folder_without_fault(folder: Path) -> None:
    proof = check([bundled()], [folder])
    assert (proof.findings, proof.notes, proof.questions, proof.scenarios) == ((), 1, 1, 1)


@pytest.mark.parametrize(
    ("file", "change", "line", "said"),
    [
        ("questions/demo.yaml", ('dva-c02: "3.4"', 'dva-c02: "9.9"'), 8, "dva-c02 has no task 9.9"),
        ("questions/demo.yaml", ('dva-c02: "3.4"', 'dva-c09: "3.4"'), 8, "there is no exam `dva-c09`"),
        ("questions/demo.yaml", ("Not so.", "Unlike option A it is not."), 6, "names a letter"),
        ("questions/demo.yaml", ("That one", "All of the above"), 6, "breaks when they are shuffled"),
        ("questions/demo.yaml", ("why: Not so.", "why: No., belief: ecs-query/nothing"), 6, "there is no belief"),
        ("questions/demo.yaml", ("type: single", "type: multi"), 3, "says how many to choose"),
        ("notes/demo.yaml", ("text: Truth.", "text: Truth., covers: [demo.9]"), 1, "`demo.9`, which is not a fact"),
        (
            "scenarios/ecs-query/case.yaml",
            ("matches: []", "matches: [i-1]"),
            5,
            "expected ['i-1'] at /matches, found []",
        ),
        (
            "scenarios/ecs-query/case.yaml",
            ("outcome: /matches", "outcome: /matchez"),
            7,
            "no outcome of ecs-query has `/matchez`",
        ),
        ("scenarios/ecs-query/case.yaml", ("notes: [demo.1]", "notes: [demo.7]"), 3, "there is no note `demo.7`"),
        ("scenarios/ecs-query/case.yaml", ("filter:", "fliter:"), 4, "fliter"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    folder: Path, file: str, change: tuple[str, str], line: int, said: str
) -> None:
    place = folder / file
    assert change[0] in place.read_text()
    place.write_text(place.read_text().replace(*change))
    told = found(folder)
    assert len(told) == 1, told
    assert told[0].startswith(f"{place}:{line}: ") and said in told[0]


def test_the_same_stem_twice_is_told(folder: Path) -> None:
    bank = folder / "questions" / "demo.yaml"
    bank.write_text(QUESTION + QUESTION.replace("demo.q1", "demo.q2"))
    assert "asks what `demo.q1` asks already" in found(folder)[0]


def test_a_prediction_on_which_all_agree_is_told(folder: Path) -> None:
    bank = folder / "questions" / "demo.yaml"
    options = QUESTION[QUESTION.index("  options:") : QUESTION.index("  notes:")]
    predict = QUESTION.replace(options, "  scenario: ecs-query/all-or-nothing\n  outcome: /error\n")
    bank.write_text(predict.replace("type: single", "type: predict"))
    (folder / "scenarios" / "ecs-query" / "all-or-nothing.yaml").write_text(SCENARIO)
    assert "nothing to choose from" in found(folder)[0]


@pytest.mark.parametrize("path", [".", "questions/demo.yaml", "scenarios/ecs-query/case.yaml"])
def test_a_relative_path_is_read_like_an_absolute_one(folder: Path, run_dva: RunDva, path: str) -> None:
    done = run_dva("check", path, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing wrong" in done.stdout


def test_every_note_that_a_rule_names_is_there() -> None:
    from dva import simulations
    from dva.catalog import library

    notes = library.load([bundled()]).notes
    missing = {
        (rule.id, note)
        for name in simulations.names()
        for rule in simulations.load(name).rules
        for note in rule.notes
        if note not in notes
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("stem: What is MOST true?", "stem: By what is this caused?"), "begins with its question word"),
        (("stem: What is MOST true?", "stem: What comes of the request in this case?"), "What is the result?"),
        (("stem: What is MOST true?", f"stem: {'word ' * 61}?"), "more than 60"),
        (("stem: What is MOST true?", "stem: Why?"), "too few"),
    ],
)
def test_a_stem_of_bad_length_or_english_is_warned_of_with_its_line(
    folder: Path, change: tuple[str, str], said: str
) -> None:
    bank = folder / "questions" / "demo.yaml"
    bank.write_text(bank.read_text().replace(*change))
    told = found(folder)
    assert len(told) == 1 and told[0].startswith(f"{bank}:3: warning: ") and said in told[0]


def test_an_exam_stem_has_35_to_55_words(folder: Path) -> None:
    bank = folder / "questions" / "demo.yaml"
    bank.write_text(bank.read_text() + "  pool: exam\n")
    assert "35 to 55 words, not" in found(folder)[0]
