"""A mock exam on a small bank: time, flags, moving, submitting, and what it does to the days after."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from mock_bank import BEGIN, NOTES, Clock, begin, make_bank, snapshot

from dva import store
from dva.app.exam.session import ExamOptions, ExamSession, plan_seats, start_or_resume
from dva.app.quiz.options import QuizOptions
from dva.app.quiz.session import start_or_resume as start_quiz
from dva.app.study_day import study_day
from dva.errors import StoreError, UsageError
from dva.store import Store


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return make_bank(tmp_path / "bank")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Store]:
    with store.open(tmp_path / "dva.db") as opened:
        yield opened


def answer(session: ExamSession, word: str, *, sure: bool = True) -> None:
    session.question()
    session.answer([word], sure=sure)


def test_a_mock_by_the_weights_of_the_exam_ends_in_a_review_and_a_score(log: Store, bank: Path) -> None:
    clock = Clock()
    session = begin(log, bank, clock, questions=8)
    assert session.total == 8 and len(session.sitting.plan.unscored) == 2
    for number in range(8):
        clock.pass_by(seconds=30)
        answer(session, "wrong" if number == 0 else "right")
    assert session.reviewing and session.overview().rows == ()
    session.submit()
    result = session.result()
    assert (result.total, result.unscored, result.blank) == (6, 2, 0)
    assert [miss.feedback.chosen for miss in result.misses] == [("wrong",)]
    assert sum(one.seconds for one in result.domains) > 0 and result.minutes == 4


def test_the_time_runs_while_dva_runs_and_not_in_pauses(log: Store, bank: Path) -> None:
    clock = Clock()
    session = begin(log, bank, clock, questions=4, minutes=10)
    session.question()
    clock.pass_by(minutes=3)
    session.answer(["right"], sure=True)
    session.question()
    clock.pass_by(minutes=2)
    session.pause()
    clock.pass_by(days=2)
    again = start_or_resume(log, snapshot(log, bank, clock.now), ExamOptions(), clock)
    assert again is not None and again.minutes_left == 5
    clock.pass_by(hours=-5)
    assert again.minutes_left == 5  # a clock that was set back takes no time
    clock.pass_by(hours=5, minutes=6)
    assert again.is_over()


def test_warnings_are_told_once_at_30_and_5_minutes(log: Store, bank: Path) -> None:
    clock = Clock()
    session = begin(log, bank, clock, questions=4, minutes=60)
    told = []
    for _ in range(60):
        if (left := session.warning()) is not None:
            told.append(left)
        clock.pass_by(minutes=1)
    assert told == [30, 5]


def test_flags_moving_and_the_last_answer_counts(log: Store, bank: Path) -> None:
    session = begin(log, bank, Clock(), questions=4)
    answer(session, "wrong")
    session.question()
    session.flag()
    session.go_on()
    session.go_back()
    assert session.question().flagged
    session.flag()
    assert not session.question().flagged
    session.go_to(1)
    assert session.question().chosen == ("wrong",)
    answer(session, "right", sure=False)
    with pytest.raises(UsageError, match="no question 5"):
        session.go_to(5)
    session.submit()
    assert [one.correct for one in session.marked()] == [True, False, False, False]
    assert session.result().misses[-1].feedback.sure is False  # right by a guess comes last


def test_the_quiz_asks_no_question_of_the_pool_before_a_mock_has(log: Store, bank: Path) -> None:
    def asked() -> set[str]:
        quiz = start_quiz(log, snapshot(log, bank), QuizOptions(cram=True, limit=50), Clock())
        return {probe.question for slot in quiz.saved.slots for probe in quiz.snapshot.candidates[slot.card].probes}

    assert all("study" in name for name in asked())
    session = begin(log, bank, Clock(), questions=4)
    shown = session.question().item.question.id
    assert {name for name in asked() if "exam" in name} == {shown}


def test_a_missed_note_is_due_at_once_and_what_was_right_stays(log: Store, bank: Path) -> None:
    clock = Clock()
    quiz = start_quiz(log, snapshot(log, bank), QuizOptions(limit=50), clock)
    from dva.app.quiz.ports import Reply

    while (asked := quiz.question()) is not None:
        quiz.answer(asked, Reply(chosen=("right",)), aided=False, ms=9000)
    clock.pass_by(days=1)
    before = {card.id: card.due for card in log.cards()}
    study_day(log, snapshot(log, bank, clock.now))
    session = begin(log, bank, clock, questions=4)
    missed = session.question().item.question.notes[0]
    session.answer(["wrong"], sure=True)
    right = session.question().item.question.notes[0]
    session.answer(["right"], sure=True)
    session.question()
    session.go_to(4)
    clock.pass_by(minutes=1)
    session.submit()
    after = snapshot(log, bank, clock.now)
    assert {card.id: card.due for card in log.cards()} == before
    assert after.cards[missed].due == after.day and right not in after.missed_in_mock
    assert missed in study_day(log, after).review
    blanks = {after.library.questions[one.question].notes[0] for one in session.marked() if not one.answered}
    assert blanks <= after.missed_in_mock


def test_each_question_once_before_any_twice_and_it_is_said(log: Store, bank: Path) -> None:
    clock = Clock()
    first = begin(log, bank, clock, questions=8)
    for _ in range(8):
        answer(first, "right")
    first.submit()
    seats = plan_seats(log, snapshot(log, bank), ExamOptions(questions=8))
    assert (seats.total, seats.fresh) == (8, 4)
    second = begin(log, bank, clock, questions=8)
    unused = {f"t.exam-{n}" for n in range(NOTES)} - set(first.sitting.plan.questions)
    assert unused <= set(second.sitting.plan.questions)


def test_a_pool_that_is_too_small_shortens_the_mock(log: Store, bank: Path) -> None:
    seats = plan_seats(log, snapshot(log, bank), ExamOptions())
    assert sum(seats.wanted.values()) == 65 and seats.total == NOTES and seats.minutes == 24
    assert begin(log, bank, Clock()).total == NOTES


def test_one_domain_alone_counts_every_question(log: Store, bank: Path) -> None:
    session = begin(log, bank, Clock(), domain="2", questions=3)
    assert {one.domain for one in session.marked()} == {"2"} and session.sitting.plan.unscored == []
    with pytest.raises(UsageError, match="no domain `7`"):
        begin(log, bank, Clock(), domain="7")


def test_what_comes_after_the_end_counts_for_nothing(log: Store, bank: Path) -> None:
    session = begin(log, bank, Clock(), questions=4)
    answer(session, "right")
    session.submit()
    from dva.study import days
    from dva.study.events import ExamAnswered

    late = ExamAnswered(session.sitting.id, session.sitting.plan.questions[0], ["wrong"])
    log.append("exam-answered", late, *days.timestamp(BEGIN + timedelta(minutes=1)))
    assert start_or_resume(log, snapshot(log, bank), ExamOptions(), Clock()) is None
    from dva.app.exam.sitting import sittings

    assert sittings(log)[0].answers[session.sitting.plan.questions[0]].chosen == ["right"]


def test_one_exam_at_a_time(tmp_path: Path) -> None:
    database = tmp_path / "dva.db"
    held, again = store.alone(database, "exam"), store.alone(database, "exam")
    with held, pytest.raises(StoreError, match="another terminal has an open exam"), again:
        pass
    with store.alone(database, "exam"):
        pass
