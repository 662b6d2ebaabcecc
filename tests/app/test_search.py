"""Searching the notes: by words, and by the names of AWS in any of their spellings."""

from pathlib import Path

import pytest
from learner import make_bank

from dva.app import notes
from dva.catalog import library


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--force-new-deployment", ["t0.1"]),
        ("forceNewDeployment", ["t0.1"]),
        ("force new", ["t0.1"]),
        ("new force", ["t0.1"]),
        ("x-amz-date", ["t0.2"]),
        ("AWS_PROFILE", ["t0.3"]),
        ("awsprofile", ["t0.3"]),
        ("ranother", []),
        ("-n", []),
        ("forcenewdeployment x-amz-date", []),
    ],
)
def test_a_note_is_found_by_its_words_and_names(tmp_path: Path, words: str, found: list[str]) -> None:
    file = make_bank(tmp_path) / "notes" / "t0.yaml"
    text = file.read_text()
    told = {
        "t0.1": "`forceNewDeployment`: another start",
        "t0.2": "The header X-Amz-Date",
        "t0.3": "AWS_PROFILE names it",
    }
    for note, words_of in told.items():
        text = text.replace(f"id: {note}, text: T.", f'id: {note}, text: "{words_of}"')
    file.write_text(text)
    assert [note.id for note in notes.search(library.load([tmp_path]), words)] == found
