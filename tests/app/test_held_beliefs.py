"""`dva beliefs` on bundled questions: who answers by one wrong rule is told so, with what shows the contrary."""

from datetime import UTC, datetime
from pathlib import Path

from dva import paths, store
from dva.app.beliefs import held
from dva.app.quiz.options import QuizOptions
from dva.app.quiz.ports import Reply
from dva.app.quiz.session import start_or_resume
from dva.app.snapshot import load_snapshot
from dva.items.building import Choice

BELIEF = "retries/max-attempts-counts-retries"
BEGIN = datetime(2026, 12, 8, 9, tzinfo=UTC)


def study(log: store.Store, *, sure: bool, believing: str | None) -> int:
    """Answer the questions of retries: by the belief where an option stands for it, else rightly; count those."""
    options = QuizOptions(("retries", "caching-patterns"), 40, cram=True, seed=3)
    session = start_or_resume(log, load_snapshot(log, [paths.bundled()], BEGIN), options, lambda: BEGIN)
    times = 0
    while (asked := session.question()) is not None and len(session.answers) < 60:
        wrong: list[Choice] = [one for one in asked.item.choices if believing in one.beliefs]
        chosen = (wrong[0].id,) if wrong else asked.item.key
        times += bool(wrong)
        session.answer(asked, Reply(chosen=tuple(chosen), sure=sure), aided=False, ms=9000)
    return times


def test_a_guess_says_nothing_about_beliefs(tmp_path: Path) -> None:
    with store.open(tmp_path / "dva.db") as log:
        assert study(log, sure=False, believing=BELIEF) >= 2
        assert held(log, load_snapshot(log, [paths.bundled()], BEGIN)) == []


def test_a_belief_is_named_with_a_case_that_shows_the_contrary(tmp_path: Path) -> None:
    with store.open(tmp_path / "dva.db") as log:
        assert study(log, sure=True, believing=BELIEF) >= 2
        told = {one.standing.belief: one for one in held(log, load_snapshot(log, [paths.bundled()], BEGIN))}
    assert told[BELIEF].statement and told[BELIEF].why_wrong and told[BELIEF].simulation == "retries"
    assert told[BELIEF].cases


def test_who_answers_rightly_holds_none(tmp_path: Path) -> None:
    with store.open(tmp_path / "dva.db") as log:
        study(log, sure=True, believing=None)
        assert held(log, load_snapshot(log, [paths.bundled()], BEGIN)) == []
