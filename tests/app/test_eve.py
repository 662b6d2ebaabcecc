"""The page for the evening before the exam, and what the look ahead is worth."""

from datetime import timedelta
from pathlib import Path

from learner import BEGIN, make_bank, study
from msgspec import structs

from dva import store
from dva.app.eve import FADING, WORDS, eve_page
from dva.app.snapshot import load_snapshot


def test_the_page_fits_ten_minutes_and_has_each_note_once(tmp_path: Path) -> None:
    bank = make_bank(tmp_path)
    study(bank, tmp_path / "dva.db", range(0), BEGIN + timedelta(days=15), days=12)
    with store.open(tmp_path / "dva.db") as log:
        snapshot = load_snapshot(log, [bank], BEGIN + timedelta(days=14))
        notes = {
            name: structs.replace(note, text="word " * 60, myth="myth " * 20)
            for name, note in snapshot.library.notes.items()
        }
        snapshot.library.notes = notes
        page = eve_page(log, snapshot)
    fading, myths = [note.id for note in page.fading], [note.id for note in page.myths]
    assert len(fading) == FADING // 60 and len(myths) == (WORDS - 60 * len(fading)) // 80
    assert not set(fading) & set(myths)
    recalls = [snapshot.cards[name].stability for name in fading]
    assert all(stability is not None for stability in recalls), "only what was seen fades"
