"""What the morning says is what the session does."""

from datetime import timedelta
from pathlib import Path

import pytest
from learner import BEGIN, make_bank, morning, study

from dva import store
from dva.app import settings, today
from dva.app.quiz.options import QuizOptions
from dva.app.quiz.session import start_or_resume
from dva.app.snapshot import load_snapshot
from dva.render import today as phrases


@pytest.mark.parametrize("pace", [True, False])
@pytest.mark.parametrize("away", [1, 23])
def test_the_morning_counts_what_the_session_asks(tmp_path: Path, pace: bool, away: int) -> None:
    """Also beside a backlog: what the pace takes for new cards is not promised to the due ones."""
    bank, database = make_bank(tmp_path), tmp_path / "dva.db"
    study(bank, database, range(0), BEGIN + timedelta(days=40), days=8)
    with store.open(database) as progress:
        later = BEGIN + timedelta(days=7 + away)
        if not pace:
            exams = load_snapshot(progress, [bank], later).exams
            settings.change_setting(progress, exams, "exam-date", "none", later)
        snapshot = load_snapshot(progress, [bank], later)
        told = today.summarize(progress, snapshot)
        slots = start_or_resume(progress, snapshot, QuizOptions(), lambda: later).saved.slots
    due = {card.id for card in snapshot.cards.values() if card.due is not None and card.due <= snapshot.day}
    assert told.review + told.new == len(slots) == told.planned
    assert len(due) == told.due and (told.backlog is None or not pace)
    words = " ".join(morning(told))
    assert ("wait" in words) == (told.backlog is not None)
    assert not pace or " due" not in words
    if told.backlog:
        assert told.backlog.covers <= told.review and told.new == 0


def test_a_backlog_that_never_clears_is_said_kindly() -> None:
    here = BEGIN.date()
    assert "None" not in phrases.clear_by(None, here)
    assert phrases.clear_by(here, here) == "clear today"
    assert phrases.clear_by(here + timedelta(days=1), here) == "clear by tomorrow"
    assert phrases.clear_by(here + timedelta(days=3), here) == "clear by Friday"
