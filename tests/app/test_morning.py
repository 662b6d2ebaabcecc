"""What the morning says is what the session does."""

from datetime import timedelta
from pathlib import Path

import pytest
from learner import BEGIN, make_bank, study

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
    asked = [slot.card for slot in slots]
    assert told.review + told.new == len(asked)
    if told.backlog:
        assert told.backlog.covers <= told.review
        words = " ".join(phrases.lines(told, keys=False))
        assert (f" and {told.new} new" in words) == bool(told.new)
        assert len(due) == told.due


def test_a_backlog_that_never_clears_is_said_kindly() -> None:
    assert "None" not in phrases.clear_by(None, BEGIN.date())
    assert phrases.clear_by(BEGIN.date(), BEGIN.date()) == "clear today"
