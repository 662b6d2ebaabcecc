"""Sixty simulated days with a learner who forgets, takes breaks and has an exam: pace, backlog and coverage."""

from datetime import timedelta
from pathlib import Path

import pytest
from learner import BEGIN, DAYS, MINUTES, NOTES, make_bank, study

from dva import store
from dva.app.snapshot import load_snapshot

BREAK = range(20, 31)


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return make_bank(tmp_path)


def test_every_card_is_seen_by_four_fifths_of_the_days(bank: Path, tmp_path: Path) -> None:
    told = study(bank, tmp_path / "dva.db", range(0), BEGIN + timedelta(days=DAYS))
    first_seen: dict[str, int] = {}
    for day, asked, _ in told:
        for card in asked:
            first_seen.setdefault(card, day)
    assert len(first_seen) == NOTES
    assert max(first_seen.values()) <= DAYS * 0.8
    assert all(len(set(asked)) <= MINUTES * 60 / 45 + 1 for _, asked, _ in told)


def test_after_a_break_the_morning_speaks_of_what_the_minutes_cover(bank: Path, tmp_path: Path) -> None:
    told = study(bank, tmp_path / "dva.db", BREAK, BEGIN + timedelta(days=DAYS))
    back = next(entry for entry in told if entry[0] == BREAK.stop)
    _, asked, lines = back
    away = next(line for line in lines if line.startswith(f"{len(BREAK) + 1} days away, nothing is lost."))
    faded = int(away.split(" notes faded")[0].rsplit(" ", 1)[1])
    assert len(set(asked)) <= MINUTES * 60 / 45 + 1 < faded
    assert " due" not in " ".join(lines)
    with store.open(tmp_path / "dva.db") as progress:
        snapshot = load_snapshot(progress, [bank], BEGIN + timedelta(days=DAYS))
        assert snapshot.unseen == ()
        assert progress.verify() == []


def test_the_minutes_that_the_morning_says_are_about_those_that_the_session_takes(bank: Path, tmp_path: Path) -> None:
    """Wrong cards come back, and that takes time too."""
    told = study(bank, tmp_path / "dva.db", range(0), BEGIN + timedelta(days=DAYS), days=20)
    took = [len(asked) * 45 / 60 for _, asked, _ in told[5:]]
    assert abs(sum(took) / len(took) - MINUTES) <= 1.5
