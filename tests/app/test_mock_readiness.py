"""Readiness from a log: which answers are used, and what the report says with too few of them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from mock_bank import Clock, begin, make_bank, snapshot

from dva import store
from dva.app.quiz.options import QuizOptions
from dva.app.quiz.ports import Reply
from dva.app.quiz.session import start_or_resume
from dva.app.readiness import estimate
from dva.app.report import as_json, build_report
from dva.store import Store
from dva.study import readiness


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return make_bank(tmp_path / "bank")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Store]:
    with store.open(tmp_path / "dva.db") as opened:
        yield opened


def test_answers_of_mocks_to_questions_never_seen_are_used_once(
    log: Store,
    bank: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readiness, "MIN_ANSWERS", 12)
    clock = Clock()
    quiz = start_or_resume(log, snapshot(log, bank), QuizOptions(limit=6), clock)
    while (asked := quiz.question()) is not None:
        quiz.answer(asked, Reply(chosen=("right",)), aided=False, ms=9000)
    clock.pass_by(days=2)
    for _ in range(2):
        session = begin(log, bank, clock, questions=12)
        for _ in range(12):
            session.question()
            session.answer(["right"], sure=True)
        assert estimate(log, snapshot(log, bank, clock.now), log.reviews()).answers in (0, 12)
        session.submit()
        clock.pass_by(minutes=5)
    found = estimate(log, snapshot(log, bank, clock.now), log.reviews())
    assert found.answers == 12 and found.whole is not None
    assert found.whole.low <= found.whole.share <= found.whole.high and found.whole.share > 0.7
    assert set(found.domains or {}) == {"1", "2", "3", "4"}
    told = as_json(build_report(log, snapshot(log, bank, clock.now + timedelta(hours=1))))["readiness"]
    assert isinstance(told, dict) and told["answers"] == 12 and told["expected"]


def test_under_thirty_answers_there_is_no_figure(log: Store, bank: Path) -> None:
    clock = Clock()
    session = begin(log, bank, clock, questions=12)
    session.question()
    session.answer(["right"], sure=True)
    session.submit()
    report = build_report(log, snapshot(log, bank))
    assert report.readiness.answers == 1 and report.readiness.whole is None
