"""A reset can be undone: the log keeps the history, and what a reset discards counts again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_merging import QUICK, fresh, sourced, state
from store_times import DAY, START

from dva import store as room
from dva.store import Store, connection, derived
from dva.study.events import Answer

Make = Callable[..., Answer]


def learned(store: Store) -> object:
    return store.cards(), store.reviews()


@pytest.fixture
def filled(store: Store, answer: Make) -> Store:
    for n in range(6):
        store.append("answer", answer(f"ecs.0{n % 3}", correct=n != 4), START + n * DAY, 0)
    store.undo(START + 6 * DAY, 0)
    return store


@pytest.mark.parametrize("card", [None, "ecs.01"])
@pytest.mark.parametrize("at", [START + 9 * DAY, START + 2 * DAY], ids=["after all", "with a clock that went back"])
def test_an_undone_reset_has_never_been(filled: Store, card: str | None, at: int) -> None:
    before = learned(filled)
    reset = filled.reset(card, at, 0)
    assert learned(filled) != before
    assert [one.id for one in filled.resets()] == [reset.id]
    filled.undo_reset(reset, at, 0)
    assert learned(filled) == before and not filled.resets() and not filled.verify()
    with connection.transaction(filled._db):
        derived.rebuild(filled._db)
    assert learned(filled) == before


def test_what_was_learned_after_the_reset_counts_too(filled: Store, answer: Make) -> None:
    reset = filled.reset(None, START + 9 * DAY, 0)
    filled.append("answer", answer("ecs.00"), START + 10 * DAY, 0)
    filled.undo_reset(reset, START + 11 * DAY, 0)
    assert len(filled.reviews()) == 6 and filled.verify() == []


@QUICK
@given(st.permutations(range(13)), st.booleans())
def test_any_order_of_merging_gives_one_state(empty: Path, answer: Make, order: list[int], undone: bool) -> None:
    with fresh(empty) as source, fresh(empty) as target:
        for n in range(6):
            source.append("answer", answer(f"ecs.0{n % 3}"), START + n * DAY, 0)
        reset = source.reset(None, START + 2 * DAY, 0)
        source.reset("ecs.01", START + 3 * DAY, 0)
        if undone:
            source.undo_reset(reset, START + 4 * DAY, 0)
        events = source.events()
        for n in order:
            target.merge(sourced(events[n : n + 1]))
        assert state(target) == state(source)
        assert target.verify() == source.verify() == []


def test_restore_names_the_resets_that_win(path: Path, filled: Store, tmp_path: Path, answer: Make) -> None:
    known = filled.reset("ecs.02", START + 7 * DAY, 0)
    before = learned(filled)
    filled.backup(tmp_path / "backup.db")
    filled.reset("cicd.01", START + 8 * DAY, 0)
    of_card = filled.reset("ecs.01", START + 8 * DAY, 0)
    of_all = filled.reset(None, START + 9 * DAY, 0)
    done = room.restore(path, tmp_path / "backup.db")
    assert [one.id for one in done.resets] == [of_card.id, of_all.id]
    assert known.id not in {one.id for one in done.resets}
    for reset in done.resets:
        filled.undo_reset(reset, START + 10 * DAY, 0)
    assert learned(filled) == before
    assert room.restore(path, tmp_path / "backup.db").resets == []
