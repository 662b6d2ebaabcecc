"""A key that is mended later: what was recorded stays, the note is due, and one line says so."""

from datetime import timedelta
from pathlib import Path

from learner import BEGIN, make_bank, morning, study

from dva import store
from dva.app import today
from dva.app.snapshot import load_snapshot


def test_a_mended_key_makes_the_note_due_and_rewrites_nothing(tmp_path: Path) -> None:
    bank = make_bank(tmp_path)
    (_, asked, _), *_ = study(bank, tmp_path / "dva.db", range(0), BEGIN + timedelta(days=40), days=1)
    file = bank / "questions" / f"{asked[0].split('.')[0]}.yaml"
    with store.open(tmp_path / "dva.db") as progress:
        first = progress.events("answer")[0].body
        before = [event.body for event in progress.events()]
        text = file.read_text().replace(f"- id: {first['question']}\n", f"- id: {first['question']}\n  rev: 2\n")
        at = text.index(f"- id: {first['question']}\n")
        options = text[at:].replace("correct: true, ", "", 1).replace("text: B, ", "text: B, correct: true, ", 1)
        file.write_text(text[:at] + options)
        snapshot = load_snapshot(progress, [bank], BEGIN + timedelta(hours=1))
        assert snapshot.corrected_keys == (first["question"],)
        assert snapshot.cards[asked[0]].due == snapshot.day
        lines = morning(today.summarize(progress, snapshot))
        assert any("was mended since you answered it" in line for line in lines)
        assert [event.body for event in progress.events()] == before
