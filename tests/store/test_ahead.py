"""Events of a clock that is far ahead: set aside, counted, carried on, back when their day has come or on request."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from store_merging import sourced
from store_times import DAY, START

from dva import store as room
from dva.store import Event, Store
from dva.study.events import Answer, Setting, Undo

Make = Callable[..., Answer]
YEAR = 365 * DAY


def event(n: int, at: int, body: msgspec.Struct, machine: str = "fast") -> Event:
    return Event(f"{n:032x}", machine, n, at, 0, type(body).__name__.lower(), msgspec.to_builtins(body))


def applied(store: Store) -> object:
    return store.cards(), store.reviews(), store.settings(), store.events(), store.setting_day("minutes")


@pytest.fixture
def fast(answer: Make) -> list[Event]:
    """What a machine wrote whose clock was ten years ahead, and then one hour."""
    return [
        event(1, START + 10 * YEAR, answer("ecs.01")),
        event(2, START + 10 * YEAR + 1, Setting("minutes", 99)),
        event(3, START + 10 * YEAR + 2, Setting("retention", 0.8)),
        event(4, START + DAY // 24, answer("ecs.02")),
        event(5, START + 10 * YEAR + 3, Undo(f"{4:032x}")),
    ]


def test_what_is_far_ahead_is_not_applied_and_comes_back_in_its_day(
    path: Path, tmp_path: Path, answer: Make, fast: list[Event]
) -> None:
    with room.open(path, now=START) as store:
        store.append("answer", answer("ecs.01"), START, 0)
        store.append("setting", Setting("minutes", 20), START, 0)
        assert store.merge(sourced(fast)) == 5
        assert [card.id for card in store.cards()] == ["ecs.01", "ecs.02"]
        assert [review.at for review in store.reviews()] == [START, START + DAY // 24]
        assert store.settings() == {"minutes": 20}
        assert len(store.events()) == 3
        (aside,) = store.set_aside()
        assert (aside.machine, aside.events, aside.first, aside.last) == (
            "fast", 4, START + 10 * YEAR, START + 10 * YEAR + 3
        )  # fmt: skip
        assert store.verify() == []
        # Carried on by every way out.
        assert store.export(tmp_path / "log.jsonl") == store.sync(tmp_path / "share").sent == 7
        store.backup(tmp_path / "backup.db")
        before = applied(store)
    with room.open(path, now=START + 9 * YEAR) as store:
        assert applied(store) == before
    with room.open(path, now=START + 10 * YEAR) as store, room.open(tmp_path / "all" / "dva.db") as whole:
        assert not store.set_aside() and not store.verify()
        assert store.settings() == {"minutes": 99, "retention": 0.8}
        assert [review.at for review in store.reviews()] == [START, START + 10 * YEAR]
        whole.import_file(tmp_path / "log.jsonl")
        assert applied(whole) == applied(store)
    with room.open(path, now=START) as store:  # the clock went back
        assert applied(store) == before and store.verify() == []
    for file in (tmp_path / "backup.db", tmp_path / "log.jsonl"):
        restored = tmp_path / f"from-{file.name}" / "dva.db"
        room.restore(restored, file, now=START)
        with room.open(restored, now=START) as store:
            assert applied(store) == before and len(store.set_aside()) == 1


def test_on_request_it_is_applied_and_set_aside_again(path: Path, fast: list[Event]) -> None:
    with room.open(path, now=START) as store:
        store.append("setting", Setting("minutes", 20), START, 0)
        store.merge(sourced(fast))
        store.apply_ahead()
        assert store.settings()["minutes"] == 99 and not store.set_aside() and not store.verify()
        store.append("setting", Setting("minutes", 30), START + 1, 0)
        assert store.settings()["minutes"] == 30
    with room.open(path, now=START + DAY) as store:
        assert store.settings()["minutes"] == 30, "what was asked for holds at the next start"
        store.merge(sourced([event(6, START + 30 * YEAR, Setting("minutes", 7))]))
        assert store.settings()["minutes"] == 30 and len(store.set_aside()) == 1
        store.set_ahead_aside()
        assert store.settings()["minutes"] == 20 and store.verify() == []


def test_it_drags_no_later_event_along(path: Path, answer: Make) -> None:
    with room.open(path, now=START) as store:
        store.merge(sourced([
            event(1, START + 10 * YEAR, Setting("minutes", 99)),
            event(2, START + 10 * YEAR, answer("ecs.01")),
            Event(f"{3:032x}", "fast", 3, START + 10 * YEAR, 0, "suspend", {"card": "ecs.01"}),
            event(4, START + DAY // 2, Setting("retention", 0.8)),
        ]))  # fmt: skip
        assert store.append("setting", Setting("minutes", 20), START + 1, 0).at == START + 1
        assert store.append("suspend", {"card": "ecs.01"}, START + 2, 0).at == START + 2
        assert store.append("unsuspend", {"card": "ecs.01"}, START + 2, 0).at == START + 2
        assert store.append("setting", Setting("retention", 0.9), START + 1, 0).at == START + DAY // 2 + 1
        assert store.append("setting", Setting("plain", True), START + 1, 0).at == START + 1


def test_a_session_over_several_days_keeps_its_answers(path: Path, answer: Make, fast: list[Event]) -> None:
    """The store stays open while the clock goes on past the day that it was opened for."""
    with room.open(path, now=START) as store:
        store.merge(sourced(fast))
        for day in range(5):
            store.append("answer", answer(f"cicd.{day}"), START + day * DAY, 0)
            assert store.cards()[day].id == f"cicd.{day}"
        assert len(store.set_aside()) == 1 and store.verify() == []


def test_a_reset_holds_for_answers_that_are_set_aside(path: Path, fast: list[Event]) -> None:
    with room.open(path, now=START) as store:
        store.merge(sourced(fast))
        store.reset(None, START + DAY // 2, 0)
    with room.open(path, now=START + 11 * YEAR) as store:
        assert not store.cards() and not store.set_aside()


def test_a_store_opened_without_a_clock_leaves_it_as_it_is(path: Path, fast: list[Event]) -> None:
    with room.open(path, now=START) as store:
        store.merge(sourced(fast))
        before = applied(store)
    with room.open(path) as store:
        assert applied(store) == before


def test_nothing_is_written_where_nothing_is_ahead(path: Path, answer: Make) -> None:
    with room.open(path, now=START) as store:
        store.append("answer", answer(), START, 0)
        (changes,) = store._db.execute("pragma data_version").fetchone()
    with room.open(path, now=START) as one, room.open(path, now=START + YEAR) as two:
        assert two.set_aside() == []
        assert one._db.execute("pragma data_version").fetchone() == (changes,)
        assert one._db.execute("select count(*) from kept").fetchone() == (0,)
