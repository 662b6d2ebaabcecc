"""What a session keeps to: distance, practice, two terminals, an evening that becomes the next day."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from learner import BEGIN, NOTES, Learner, make_bank, morning

from dva import store as room
from dva.app import today
from dva.app.quiz.loop import run_quiz
from dva.app.quiz.options import QuizOptions
from dva.app.quiz.ports import Feedback, Reply
from dva.app.quiz.saved_session import save_session
from dva.app.quiz.session import Session, start_or_resume
from dva.app.snapshot import load_snapshot
from dva.items.building import Item, build_item
from dva.items.entries import Question
from dva.items.scenario import Scenario
from dva.render import today as phrases
from dva.store import Event, Store
from dva.study import days
from dva.study.events import Answer, Setting, Suspend, Undo
from dva.study.memory import Card, Review
from dva.study.scheduler import DECAY


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return make_bank(tmp_path)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Store]:
    with room.open(tmp_path / "dva.db") as opened:
        yield opened


def begin(log: Store, bank: Path, options: QuizOptions, when: datetime = BEGIN) -> Session:
    return start_or_resume(log, load_snapshot(log, [bank], when), options, lambda: when)


def reply(session: Session, *, right: bool, aided: bool = False) -> Feedback:
    """Answer the question that is next."""
    shown = session.question()
    assert shown is not None
    wrong = next(choice.id for choice in shown.choices if not choice.correct)
    chosen = tuple(map(str, shown.item.key)) if right else (wrong,)
    return session.answer(shown, Reply(chosen=chosen), aided=aided, ms=9000)


def card_of(session: Session) -> str:
    shown = session.question()
    assert shown is not None
    return shown.item.question.notes[0]


def test_cards_that_were_suspended_are_none_of_the_four_others(bank: Path, log: Store) -> None:
    session = begin(log, bank, QuizOptions(limit=12))
    missed = card_of(session)
    reply(session, right=False)
    for _ in range(3):
        session.suspend(card_of(session))
    asked = []
    while session.question() is not None:
        asked.append(card_of(session))
        reply(session, right=True)
    assert asked.index(missed) >= 4 and len(asked) == 9


def test_a_right_answer_with_help_says_that_the_card_comes_back(bank: Path, log: Store) -> None:
    session = begin(log, bank, QuizOptions(limit=6))
    assert reply(session, right=True, aided=True).returns
    assert not reply(session, right=True).returns


def test_a_card_that_the_other_terminal_suspended_can_still_be_answered(bank: Path, log: Store) -> None:
    session = begin(log, bank, QuizOptions(limit=4))
    shown = session.question()
    assert shown is not None
    log.append("suspend", Suspend(shown.item.question.notes[0]), *days.timestamp(BEGIN))
    assert session.undo() is None
    session.answer(shown, Reply(chosen=("a",)), aided=False, ms=9000)
    assert len(log.events("answer")) == 1


def test_the_end_of_one_session_does_not_forget_another(bank: Path, log: Store) -> None:
    first = begin(log, bank, QuizOptions(limit=1))
    second = begin(log, bank, QuizOptions(limit=3))
    reply(first, right=True)
    assert first.finish().left == 0
    reply(second, right=True)
    again = begin(log, bank, QuizOptions(limit=3))
    assert again.resumed and len(again.answers) == 1


def test_practice_leaves_out_the_suspended_and_goes_on_to_other_cards(bank: Path, log: Store) -> None:
    topic = QuizOptions(topics=("t0",), cram=True, limit=10)
    for n in range(5):
        log.append("suspend", Suspend(f"t0.{n}"), *days.timestamp(BEGIN))
    seen = []
    for _ in range(2):
        session = begin(log, bank, topic)
        assert len(session.saved.slots) == 10
        while session.question() is not None:
            seen.append(card_of(session))
            reply(session, right=True)
        session.finish()
    assert len(set(seen)) == 20
    assert not {f"t0.{n}" for n in range(5)} & set(seen)
    assert all(card.stability is None for card in log.cards())


def test_an_evening_that_becomes_the_next_day(bank: Path, log: Store) -> None:
    learner = Learner(1, BEGIN.replace(hour=3, minute=58))
    snapshot = load_snapshot(log, [bank], learner.now)
    session = start_or_resume(log, snapshot, QuizOptions(limit=4), learner.clock)
    before = reply(session, right=True)
    learner.now += timedelta(minutes=5)
    after = reply(session, right=True)
    assert before.due_in == after.due_in
    first, second = (log.card(f.question.item.question.notes[0]) for f in (before, after))
    assert first and second and first.last == snapshot.day and second.last == snapshot.day + 1
    reply(session, right=True)
    reply(session, right=False)
    assert session.finish().due_tomorrow == sum((c.due or 0) <= snapshot.day + 2 for c in log.cards())


def test_a_mended_key_of_a_card_that_was_only_practised(bank: Path, log: Store) -> None:
    session = begin(log, bank, QuizOptions(cram=True, limit=1))
    question = reply(session, right=True).question.item.question.id
    file = bank / "questions" / f"{question.split('.')[0]}.yaml"
    head = f"- id: {question}\n"
    start, rest = file.read_text().split(head)
    options = rest.replace("correct: true, ", "", 1).replace("text: B, ", "text: B, correct: true, ", 1)
    file.write_text(f"{start}{head}  rev: 2\n{options}")
    snapshot = load_snapshot(log, [bank], BEGIN + timedelta(days=20))
    assert snapshot.corrected_keys == (question,)
    told = today.summarize(log, snapshot)
    assert told.away == 20 and told.due == 0
    assert morning(told)


def test_the_learners_own_curve_decides_who_is_most_at_risk(bank: Path, log: Store) -> None:
    parameters = [0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835]
    parameters += [0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.5]
    log.append("setting", Setting("parameters", parameters), *days.timestamp(BEGIN))
    log.append("setting", Setting("retention", 0.8), *days.timestamp(BEGIN))
    snapshot = load_snapshot(log, [bank], BEGIN)
    assert snapshot.model.decay == 0.5 != DECAY and snapshot.model.retention == 0.8


def test_answers_of_notes_that_left_the_content_are_kept_and_do_no_harm(bank: Path, log: Store) -> None:
    gone = Answer("gone.q", 1, "single", ["a"], False, True, ["gone.1"], "gone", 9000)
    given = log.append("answer", gone, *days.timestamp(BEGIN - timedelta(days=9)))
    snapshot = load_snapshot(log, [bank], BEGIN)
    told = today.summarize(log, snapshot)
    assert told.begun and told.due == 0 and "gone.1" not in snapshot.cards
    assert begin(log, bank, QuizOptions(confident_errors=True)).saved.slots == ()
    log.append("undo", Undo(given.id), *days.timestamp(BEGIN))
    assert log.verify() == []


def test_a_clock_that_was_ahead_is_told_with_the_way_out(bank: Path, log: Store) -> None:
    ahead = begin(log, bank, QuizOptions(limit=1), BEGIN + timedelta(days=3000))
    card = reply(ahead, right=True).question.item.question.notes[0]
    snapshot = load_snapshot(log, [bank], BEGIN)
    assert any("a clock was wrong" in line for line in morning(today.summarize(log, snapshot)))
    log.reset(card, *days.timestamp(BEGIN))
    snapshot = load_snapshot(log, [bank], BEGIN)
    assert card in snapshot.unseen
    assert not any("a clock was wrong" in line for line in morning(today.summarize(log, snapshot)))


def test_an_exam_day_that_has_passed_is_told(bank: Path, log: Store) -> None:
    session = begin(log, bank, QuizOptions(limit=1))
    reply(session, right=True)
    log.append("setting", Setting("exam-date", "2026-11-30"), *days.timestamp(BEGIN))
    for day, expected in ((24, False), (30, False), (31, True)):
        snapshot = load_snapshot(log, [bank], BEGIN + timedelta(days=day - 24))
        lines = morning(today.summarize(log, snapshot))
        assert any("How did it go?" in line for line in lines) == expected
        assert lines[0].endswith("was on Mon 30 Nov") == expected


def test_minutes_that_leave_no_room_for_what_comes_back_are_told(bank: Path, log: Store) -> None:
    """119 new cards in 7 days are 17 a day, and what comes back would not fit. The advice is the same all day."""
    session = begin(log, bank, QuizOptions(limit=1))
    log.append("setting", Setting("exam-date", "2026-12-04"), *days.timestamp(BEGIN))
    told = [today.summarize(log, load_snapshot(log, [bank], BEGIN)).needed]
    reply(session, right=True)
    session = begin(log, bank, QuizOptions())
    while session.question():
        reply(session, right=True)
        told.append(today.summarize(log, load_snapshot(log, [bank], BEGIN)).needed)
    assert len(told) > 10 and len(set(told)) == 1 and (told[0] or 0) > 15
    log.append("setting", Setting("exam-date", "2027-02-04"), *days.timestamp(BEGIN))
    assert today.summarize(log, load_snapshot(log, [bank], BEGIN)).needed is None


def test_an_earlier_exam_day_says_how_the_weights_move_back(bank: Path, log: Store) -> None:
    exams = load_snapshot(log, [bank], BEGIN).exams
    back = phrases.exam_change(today.exam_change(exams, exams["dva-c02"]))
    assert "in use until 2026-11-30" in back and "Only DVA-C03 has: security of AI services" in back
    assert "Development with AWS Services 30 to 32 %" in back and "Security" not in back.split("Weights:")[1]
    assert "Development with AWS Services 32 to 30 %" in phrases.exam_change(today.exam_change(exams, exams["dva-c03"]))


def test_legacy_and_drafts_are_asked_only_where_it_is_said_and_as_practice(bank: Path, log: Store) -> None:
    notes, questions = bank / "notes" / "t0.yaml", bank / "questions" / "t1.yaml"
    notes.write_text(notes.read_text().replace("id: t0.0, ", "id: t0.0, status: legacy, "))
    text = questions.read_text()
    for n in range(2):
        text = text.replace(f"- id: t1.0.q{n}\n", f"- id: t1.0.q{n}\n  status: draft\n")
        text = text.replace(f"- id: t1.1.q{n}\n", f"- id: t1.1.q{n}\n  valid_until: '2026-11-23'\n")
    questions.write_text(text)
    out = {"t0.0", "t1.0", "t1.1"}
    assert not out & set(load_snapshot(log, [bank], BEGIN).candidates)
    snapshot, options = load_snapshot(log, [bank], BEGIN, legacy=True), QuizOptions(legacy=True, limit=NOTES)
    session = start_or_resume(log, snapshot, options, lambda: BEGIN)
    assert out <= {slot.card for slot in session.saved.slots}
    reply(session, right=True)
    assert [card.stability for card in log.cards()] == [None]
    assert options.command == f"dva quiz --legacy --limit {NOTES}"


def test_what_was_answered_today_is_told_before_the_day_is_done(bank: Path, log: Store) -> None:
    session = begin(log, bank, QuizOptions(limit=2))
    for _ in range(2):
        reply(session, right=True)
    summary = today.summarize(log, load_snapshot(log, [bank], BEGIN))
    assert summary.done and (summary.done.answered, summary.planned - summary.left) == (2, 2)
    tomorrow = today.summarize(log, load_snapshot(log, [bank], BEGIN + timedelta(days=1)))
    assert tomorrow.done is None and tomorrow.planned == tomorrow.left


def test_a_session_saved_by_an_earlier_version_is_resumed(bank: Path, log: Store) -> None:
    """The names in the saved text are those of November 2026."""
    slots = [
        {"card": f"t0.{n}", "question": f"t0.{n}.q0", "notes": [f"t0.{n}"], "topic": "t0", "returns": 0}
        for n in range(3)
    ]
    options = {
        "topics": ["t0"], "limit": 3, "minutes": None, "seed": None, "cram": False, "missed_days": None,
        "domain": None, "confident_errors": False, "legacy": False,
    }  # fmt: skip
    at, offset = days.timestamp(BEGIN)
    saved = {"id": "0123456789abcdef", "wish": options, "places": slots, "began": at, "day": days.day_of(at, offset)}
    log.set_local("session", json.dumps(saved))
    body = Answer("t0.0.q0", 1, "single", ["a"], True, True, ["t0.0"], "t0", 9000, session="0123456789abcdef")
    log.append("answer", body, at, offset)
    session = begin(log, bank, QuizOptions(topics=("t0",), limit=3))
    assert session.resumed and session.saved.id == saved["id"] and card_of(session) == "t0.1"
    log.set_local("practice", json.dumps({**saved, "wish": {**options, "cram": True}}))
    assert begin(log, bank, QuizOptions(topics=("t0",), limit=3, cram=True)).resumed
    save_session(log, session.saved)
    assert json.loads(log.get_local("session") or "") == saved


class CountingStore(Store):
    """Counts the calls that read every card, or every answer of a session or of the log."""

    reads = 0

    def cards(self) -> list[Card]:
        self.reads += 1
        return super().cards()

    def answers(self, session: str) -> list[Answer]:
        self.reads += 1
        return super().answers(session)

    def reviews(self, since: int = 0, card: str | None = None) -> list[Review]:
        self.reads += 1
        return super().reviews(since, card)

    def events(self, kind: str | None = None, since: int = 0) -> list[Event]:
        self.reads += 1
        return super().events(kind, since)


def test_an_answer_reads_neither_all_cards_nor_all_answers(bank: Path, tmp_path: Path) -> None:
    with room.open(tmp_path / "dva.db") as opened:
        counting, statements = CountingStore(opened._db, opened.path), list[str]()
        session = begin(counting, bank, QuizOptions(limit=12))
        session.question()
        counting.reads = 0
        opened._db.set_trace_callback(statements.append)
        for n in range(12):
            reply(session, right=n % 3 > 0)
        opened._db.set_trace_callback(None)
        assert counting.reads == 0 and len(session.answers) == 12
        assert sum("insert into events" in statement for statement in statements) == 12
        reading = [s for s in statements if re.search(r"from (cards|answers)\b", s) and not s.startswith("delete")]
        assert reading and all(re.search(r"where (card|question) = ", s) for s in reading), reading
        assert not any("'$.session'" in statement for statement in statements)


def test_a_question_is_built_once(bank: Path, log: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    built = list[str]()

    def build(question: Question, scenario: Scenario | None, seed: int) -> Item:
        built.append(question.id)
        return build_item(question, scenario, seed)

    monkeypatch.setattr("dva.app.quiz.session.build_item", build)
    learner = Learner(1, BEGIN)
    session = start_or_resume(log, load_snapshot(log, [bank], BEGIN), QuizOptions(limit=9), learner.clock)
    run_quiz(session, learner)
    assert len(built) == len(learner.asked) == len(log.events("answer")) >= 9


def test_what_a_session_keeps_in_memory_is_what_the_log_says(bank: Path, log: Store) -> None:
    """Stopped at any place and resumed, the same cards are left in the same order."""
    options, snapshot = QuizOptions(limit=10), load_snapshot(log, [bank], BEGIN)
    session = start_or_resume(log, snapshot, options, lambda: BEGIN)
    for n in range(14):
        if n == 4:
            session.suspend(card_of(session))
        elif n in (6, 9):
            assert session.undo()
        else:
            reply(session, right=n % 3 > 0, aided=n == 7)
        resumed = start_or_resume(log, snapshot, options, lambda: BEGIN)
        assert resumed.resumed
        assert (resumed.remaining, resumed.answers) == (session.remaining, session.answers)
        assert (resumed.question(), resumed.finish()) == (session.question(), session.finish())
