"""Notes and questions of all folders: the first error of every entry is a finding, the rest can be studied."""

from pathlib import Path

import msgspec
import pytest

from dva.catalog import index, library

NOTE = "- {id: %s, text: Truth., source: 'AWS: https://x', checked_on: '2026-11-24'}\n"
QUESTION = """\
- id: %s
  type: single
  stem: What?
  options:
  - {id: a, text: This, correct: true, why: So.}
  - {id: b, text: That, why: Not so.}
  notes: [n.1]
  exams: {dva-c02: "3.4"}
  source: "AWS: https://x"
  checked_on: "2026-11-24"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder with one note and one question."""
    for kind, text in (("notes", NOTE % "n.1"), ("questions", QUESTION % "q.1")):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "topic.yaml").write_text(text)
    return tmp_path


def test_a_folder_is_read(folder: Path) -> None:
    found = library.load([folder])
    assert (list(found.notes), list(found.questions), found.findings) == (["n.1"], ["q.1"], [])
    assert found.where("question", "q.1", "/options/1/why").endswith("questions/topic.yaml:6")


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("why: Not so.", "wy: Not so."), 6, "unknown key `wy`"),
        (("why: Not so.", "why: ''"), 6, "option `b` has no rationale"),
        ((", why: Not so.", ""), 6, "missing `why`"),
        (("correct: true", "correct: 1"), 5, "expected true or false, found a whole number"),
        (("correct: true, ", ""), 4, "no option is correct"),
        (("id: b,", "id: a,"), 6, "the option id `a` is there twice"),
        (("type: single", "type: riddle"), 2, "riddle"),
        (("notes: [n.1]", "notes: []"), 7, "names at least one note"),
        (("notes: [n.1]", "notes: [n.9]"), 7, "names the note `n.9`, which is not there"),
        (("type: single", "type: order\n  order: [a, c]"), 3, "`c` names no option"),
    ],
)
def test_an_entry_that_is_wrong_is_told_with_its_line_and_left_out(
    folder: Path, change: tuple[str, str], line: int, message: str
) -> None:
    bank = folder / "questions" / "topic.yaml"
    bank.write_text((QUESTION % "q.1").replace(*change) + QUESTION % "q.2")
    found = library.load([folder])
    assert list(found.questions) == ["q.2"]
    assert len(found.findings) == 1
    assert message in found.findings[0].message
    assert found.findings[0].where == f"{bank}:{line}"


def test_every_entry_that_is_wrong_is_told_at_once(folder: Path) -> None:
    bank = folder / "questions" / "topic.yaml"
    bank.write_text("".join((QUESTION % f"q.{n}").replace("stem: What?", f"steem: {n}") for n in range(3)))
    assert len(library.load([folder]).findings) == 3


def test_an_id_that_is_taken_names_both_places(folder: Path, tmp_path: Path) -> None:
    bank = folder / "questions" / "other.yaml"
    bank.write_text(QUESTION % "q.1")
    finding = library.load([folder]).findings[0]
    assert "is taken by" in finding.message
    assert "other.yaml:1" in finding.message + finding.where and "topic.yaml:1" in finding.message + finding.where


def test_replaces_overrides_on_purpose(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "questions"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text((QUESTION % "q.1").replace("What?", "What else?") + "  replaces: q.1\n")
    found = library.load([folder, tmp_path / "own"])
    assert found.findings == []
    assert found.questions["q.1"].stem == "What else?"


def test_the_index_gives_what_the_files_give_and_is_never_stale(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "index"
    assert index.load([folder], place) == index.load([folder], place) == library.load([folder])
    assert list(place.iterdir()), "an index was written"
    bank = folder / "questions" / "topic.yaml"
    bank.write_text(bank.read_text() + QUESTION % "q.2")
    assert list(index.load([folder], place).questions) == ["q.1", "q.2"]
    bank.unlink()
    assert list(index.load([folder], place).questions) == []


@pytest.mark.parametrize("damage", [b"", b"\x00\xff" * 99, msgspec.msgpack.encode({"version": 1})])
def test_a_damaged_index_is_ignored(folder: Path, tmp_path: Path, damage: bytes) -> None:
    place = tmp_path / "index"
    index.load([folder], place)
    for file in place.iterdir():
        file.write_bytes(damage)
    assert list(index.load([folder], place).questions) == ["q.1"]


def test_topics_come_in_the_order_that_their_files_say(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    for name, head in (("a", ""), ("b", "order: 2\n"), ("c", "order: 1\n")):
        notes = f"title: {name}\n{head}notes:\n{NOTE % name}"
        (tmp_path / "notes" / f"{name}.yaml").write_text(notes)
    assert list(library.load([tmp_path]).topics) == ["c", "b", "a"]


def test_an_order_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.yaml").write_text(f"title: A\norder: first\nnotes:\n{NOTE % 'a'}")
    finding = library.load([tmp_path]).findings[0]
    assert finding.message == "expected a whole number, found text"
    assert finding.where.endswith("a.yaml:2")
