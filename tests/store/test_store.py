"""What is appended, what follows from it, and what is read back."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from store_times import DAY, START

from dva import store as room
from dva.errors import ExitCode, StoreError
from dva.store import QuestionStats, Store, connection, derived
from dva.study.days import day_of
from dva.study.events import Answer, Setting, Suspend, Unsuspend
from dva.study.memory import Card

Make = Callable[..., Answer]


def known(store: Store, card_id: str) -> Card:
    """Return a card that is there."""
    card = store.card(card_id)
    assert card is not None
    return card


def test_an_answer_is_there_after_reopening(path: Path, answer: Make) -> None:
    with room.open(path) as store:
        store.append("answer", answer(chosen=["b"], variant=7), START, 60)
    with room.open(path) as store:
        (event,) = store.events()
        assert msgspec.convert(event.body, Answer) == answer(chosen=["b"], variant=7)
        assert (event.seq, event.at, event.offset, event.machine) == (1, START, 60, store.machine)
        assert known(store, "ecs.01").reps == 1


def test_the_file_is_private(path: Path, store: Store, answer: Make) -> None:
    store.append("answer", answer(), START, 0)
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_ids_do_not_repeat_across_stores(another: Callable[[], Store], answer: Make) -> None:
    """The same answers at the same moments, as a fixed clock and seed would give them."""
    ids = [another().append("answer", answer(), START, 0).id for _ in range(3)]
    assert len(set(ids)) == 3


def test_a_card_that_was_never_asked_is_not_there(store: Store) -> None:
    assert store.card("ecs.01") is None
    assert (store.cards(), store.reviews(), store.events()) == ([], [], [])


def test_undo_voids_the_last_answer_that_stands(store: Store, answer: Make) -> None:
    first = store.append("answer", answer(), START, 0)
    before = store.cards(), store.reviews()
    second = store.append("answer", answer("ecs.02", correct=False), START + 1000, 0)
    assert store.undo(START + 2000, 0) == second
    assert (store.cards(), store.reviews()) == before
    assert store.undo(START + 3000, 0) == first
    assert (store.cards(), store.reviews()) == ([], [])
    assert store.undo(START + 4000, 0) is None
    assert [event.kind for event in store.events()] == ["answer", "answer", "undo", "undo"]


def test_undo_can_be_held_to_a_session(store: Store, answer: Make) -> None:
    store.append("answer", answer(session="yesterday"), START, 0)
    mine = store.append("answer", answer("ecs.02", session="today"), START + 1000, 0)
    assert store.undo(START + 2000, 0, "today") == mine
    assert store.undo(START + 3000, 0, "today") is None
    assert len(store.reviews()) == 1


def test_undo_goes_by_the_order_of_giving_though_the_clock_went_back(store: Store, answer: Make) -> None:
    store.append("answer", answer(), START, 0)
    last = store.append("answer", answer("ecs.02"), START - DAY, 0)
    assert store.undo(START, 0) == last


def test_undoing_the_first_answer_of_a_day_lets_the_next_one_count(store: Store, answer: Make) -> None:
    store.append("answer", answer(correct=False), START, 0)
    store.undo(START + 1000, 0)
    store.append("answer", answer(), START + 2000, 0)
    (review,) = store.reviews()
    assert review.rating == 3 and review.first


def test_answers_of_a_session_come_in_the_order_given(store: Store, answer: Make) -> None:
    answers = [answer(f"ecs.0{n}", session="s") for n in range(4)]
    for n, one in enumerate(answers):
        store.append("answer", one, START - n, 0)
    store.append("answer", answer(session="other"), START, 0)
    store.undo(START, 0, "s")
    assert store.answers("s") == answers[:3]


def test_reset_of_a_card_and_of_all(store: Store, answer: Make) -> None:
    for card in ("ecs.01", "ecs.02"):
        store.append("answer", answer(card), START, 0)
    store.reset("ecs.01", START + 1000, 0)
    assert [card.id for card in store.cards()] == ["ecs.02"]
    store.reset(None, START + 2000, 0)
    assert (store.cards(), store.reviews()) == ([], [])
    assert len(store.events("answer")) == 2
    store.append("answer", answer(), START + 3000, 0)
    assert known(store, "ecs.01").reps == 1


def test_suspend_and_take_up_again(store: Store, answer: Make) -> None:
    store.append("answer", answer(), START, 0)
    store.append("suspend", Suspend("ecs.01"), START + 1, 0)
    store.append("suspend", Suspend("ecs.09"), START + 1, 0)
    assert [card.suspended for card in store.cards()] == [True, True]
    store.append("unsuspend", Unsuspend("ecs.01"), START + 2, 0)
    store.append("unsuspend", Unsuspend("ecs.09"), START + 2, 0)
    assert [(card.id, card.suspended) for card in store.cards()] == [("ecs.01", False)]


def test_settings_are_dated(store: Store) -> None:
    for day, date in enumerate(["2027-01-10", "2027-02-01", "2027-02-01"]):
        store.append("setting", Setting("exam-date", date), START + day * DAY, 0)
    store.append("setting", Setting("minutes", 20), START, 0)
    assert store.settings() == {"exam-date": "2027-02-01", "minutes": 20}
    first, changed = store.setting_day("minutes"), store.setting_day("exam-date")
    assert first is not None and changed == first + 1
    assert store.setting_day("plain") is None


def test_parameters_reschedule_what_was_answered_before(store: Store, answer: Make) -> None:
    store.append("answer", answer(), START, 0)
    before = known(store, "ecs.01").due
    store.append("setting", Setting("retention", 0.75), START + 1, 0)
    after = known(store, "ecs.01").due
    assert before is not None and after is not None and after > before
    assert store.verify() == []


def test_times_asked_leave_out_what_was_undone(store: Store, answer: Make) -> None:
    for n in range(3):
        store.append("answer", answer(question="q"), START + n, 0)
    store.undo(START + 9, 0)
    assert store.question_stats(["q", "never"]) == {"q": QuestionStats(2, START + 1)}


def test_answers_to_older_revisions_are_found(store: Store, answer: Make) -> None:
    store.append("answer", answer(question="q1", rev=1), START, 0)
    store.append("answer", answer(question="q2", rev=1, chosen=["b"]), START, 0)
    store.append("answer", answer(question="q2", rev=2, chosen=["a"]), START + 1, 0)
    assert store.outdated_answers({"q1": 2, "q2": 2, "q3": 1}) == {"q1": answer(question="q1")}
    assert store.outdated_answers({"q1": 1}) == {}


def test_days_roll_up_by_topic_and_task(store: Store, answer: Make) -> None:
    store.append("answer", answer(ms=500_000), START, 0)
    store.append("answer", answer("ecs.02", correct=False), START, 0)
    store.append("answer", answer("cicd.01", topic="cicd"), START, 0)
    rows = store._db.execute("select topic, tasks, answers, correct, first_right, confident_errors, ms from days")
    assert sorted(rows) == [
        ("cicd", '{"dva-c03":"3.3"}', 1, 1, 1, 0, 9000),
        ("ecs", '{"dva-c03":"3.3"}', 2, 1, 1, 1, 189_000),
    ]


def test_looks_can_be_narrowed(store: Store, answer: Make) -> None:
    for day in range(4):
        store.append("answer", answer(f"ecs.0{day % 2}"), START + day * DAY, 0)
    days = [review.day for review in store.reviews()]
    assert [review.day for review in store.reviews(since=days[2])] == days[2:]
    assert [review.day for review in store.reviews(card="ecs.01")] == days[1::2]
    assert store.recent_reviews(2) == store.reviews()[-2:]


def test_a_session_under_way_is_kept_here_alone(path: Path, store: Store) -> None:
    store.set_local("session", "one")
    store.set_local("session", "two")
    with room.open(path) as again:
        assert again.get_local("session") == "two"
    store.set_local("session", None)
    assert store.get_local("session") is None
    assert list(store.export_lines()) == []


def test_kinds_of_a_newer_version_are_kept(store: Store) -> None:
    event = store.append("podcast", {"card": 7, "heard": [1, {"a": None}]}, START, 0)
    assert store.events() == [event]
    assert store.verify() == []


@pytest.mark.parametrize(
    ("kind", "body", "at", "offset", "words"),
    [
        ("answer", {}, START, 0, "answer: object missing required field"),
        ("undo", {"answer": "x"}, START, 0, "undo: expected `str` matching"),
        ("suspend", {"card": "a\x1b[2J"}, START, 0, "suspend"),
        ("", {}, START, 0, "the kind is missing"),
        ("setting", {"name": "minutes", "value": 5}, -1, 0, "the time is out of range"),
        ("setting", {"name": "minutes", "value": 5}, START, 1440, "the time is out of range"),
        ("setting", {"name": "minutes", "value": 5}, 2**60, 0, "the time is out of range"),
    ],
)
def test_what_does_not_fit_is_refused(
    store: Store, kind: str, body: dict[str, Any], at: int, offset: int, words: str
) -> None:
    with pytest.raises(StoreError, match=words) as error:
        store.append(kind, body, at, offset)
    assert error.value.exit_code is ExitCode.STORE
    assert store.events() == []


def test_the_tables_refuse_what_cannot_be(store: Store) -> None:
    for sql in (
        "insert into cards values ('a', 't', 1, 0, null, null, null, null, null, 0)",
        "insert into cards values ('a', 't', 1, 2, 1.0, 5.0, 10, 11, 0, 0)",
        "insert into events (id, machine, seq, at, offset, kind, body) values ('x', 'm', 1, 1, 1, 'a', '{}')",
        f"insert into events (id, machine, seq, at, offset, kind, body) values ('{'a' * 32}', 'm', 1, 1, 1, 'a', '[]')",
        f"insert into answers values ('{'a' * 32}', 'c', 'q', 1, 1, 't', 's', 1, 1, 1, 1, 0, 0, 1, 3, null, 1.0, '')",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            store._db.execute(sql)


def test_verify_finds_what_was_changed_behind_our_back(store: Store, answer: Make) -> None:
    for n in range(3):
        store.append("answer", answer(f"ecs.0{n}"), START, 0)
    store._db.execute("update cards set due = due + 5 where card = 'ecs.01'")
    assert store.verify() == ["card ecs.01: the tables do not hold what the log says"]
    with connection.transaction(store._db):
        derived.rebuild(store._db)
    assert store.verify() == []


def test_what_is_said_last_holds_though_the_clock_went_back(store: Store, answer: Make) -> None:
    store.append("answer", answer(), START + 3000 * DAY, 0)
    store.append("setting", Setting("minutes", 5), START + 3000 * DAY, 0)
    store.append("suspend", Suspend("ecs.01"), START + 3000 * DAY, 0)
    store.append("setting", Setting("minutes", 20), START, 0)
    store.append("unsuspend", Unsuspend("ecs.01"), START, 0)
    assert store.settings() == {"minutes": 20}
    card = store.card("ecs.01")
    assert card is not None and not card.suspended
    assert store.verify() == []


@pytest.mark.parametrize("card", ["ecs.01", None])
def test_a_reset_reaches_answers_of_a_clock_that_was_ahead(store: Store, answer: Make, card: str | None) -> None:
    store.append("answer", answer(), START + 3000 * DAY, 0)
    store.append("answer", answer("ecs.02"), START, 0)
    store.reset(card, START + DAY, 0)
    assert store.card("ecs.01") is None
    assert (store.card("ecs.02") is None) == (card is None)
    store.append("answer", answer(), START + 2 * DAY, 0)
    again = store.card("ecs.01")
    assert again is not None and again.reps == 1
    assert again.due is not None and again.due < day_of(START + 400 * DAY, 0)
    assert store.verify() == []


def test_the_answers_of_a_session_are_found_by_their_index(store: Store) -> None:
    plan = store._db.execute(
        "explain query plan select body from events where kind = 'answer' and json_extract(body, '$.session') = ?"
        " and exists (select 1 from answers where event = events.id) order by rowid",
        ("s",),
    ).fetchall()
    assert any("events_by_session" in row[-1] for row in plan), plan
