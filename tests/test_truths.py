"""What is true today stays in the notes: for each audited fact the words that its note must say, and those that only
its `myth` may say."""

from typing import Any

import pytest
from bundled import ROOT

from dva.catalog import library
from dva.catalog.yamlfile import read_yaml
from dva.paths import bundled

NOTES = library.load([bundled()]).notes
TRUTHS: list[dict[str, Any]] = read_yaml(ROOT / "tests" / "truths.yaml").value


def test_the_truths_are_of_notes_that_are_there() -> None:
    assert {truth["note"] for truth in TRUTHS} - set(NOTES) == set()
    assert all(truth.get("must") or truth.get("only_myth") for truth in TRUTHS)


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth["note"])
def test_a_note_says_what_holds_and_only_its_myth_what_does_not(truth: dict[str, Any]) -> None:
    note = NOTES[truth["note"]]
    text, myth = (" ".join(said.split()) for said in (note.text, note.myth or ""))
    for words in truth.get("must", []):
        assert words in text
    for words in truth.get("only_myth", []):
        assert words not in text and words in myth
