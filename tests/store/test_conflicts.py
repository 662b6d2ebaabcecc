"""Events that claim one place (machine, seq), as copies of a database or a forger write them: all are kept."""

import itertools
from collections.abc import Callable
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from store_merging import QUICK, fresh, sourced, state
from store_times import START

from dva.store import Event, Store, conflicts, log
from dva.study.events import Answer

Make = Callable[..., Answer]


def claim(answer: Make, id: str, machine: str = "m", seq: int = 1) -> Event:
    return Event(id, machine, seq, START, 0, "answer", msgspec.to_builtins(answer(f"ecs.{id[-2:]}")))


def names(store: Store) -> dict[str, str]:
    return {event.id[-4:]: event.machine for event in store.events()}


def test_claims_that_share_the_beginning_of_their_id_are_all_kept(another: Callable[[], Store], answer: Make) -> None:
    """The first of them that lost keeps the short name, which an older dva gave too; the others get their whole id."""
    events = [claim(answer, f"{'ab' * 4}{n:024x}") for n in range(4)]
    expected = {"0000": "m", "0001": "m.abababab"} | {f"{n:04}": f"m.{'ab' * 4}{n:024x}" for n in (2, 3)}
    for order in itertools.permutations(events):
        store = another()
        for event in order:
            store.merge(sourced([event]))
        assert names(store) == expected
        assert store.verify() == []


def test_a_machine_that_bears_the_name_of_a_conflict_makes_room(another: Callable[[], Store], answer: Make) -> None:
    first, second = claim(answer, "1" * 32), claim(answer, "2" * 32)
    squatters = [claim(answer, "9" * 32, "m.22222222"), claim(answer, "8" * 32, "m." + "2" * 32)]
    for order in itertools.permutations([first, second, *squatters]):
        store = another()
        store.merge(sourced(list(order)))
        assert sorted(names(store).items()) == [
            ("1111", "m"), ("2222", "m.22222222"), ("8888", "m." + "2" * 32), ("9999", "m.22222222.99999999"),
        ]  # fmt: skip
        assert store.verify() == []


def test_a_log_of_an_older_dva_keeps_its_names(another: Callable[[], Store], answer: Make) -> None:
    old, new = another(), another()
    for event, machine in ((claim(answer, "1" * 32), "m"), (claim(answer, "2" * 32), "m.22222222")):
        log.insert(old._db, msgspec.structs.replace(event, machine=machine), log.encode_body(event.body))
    new.import_lines(list(old.export_lines()), "old")
    assert new.events() == old.events()
    old.merge(sourced([claim(answer, "2" * 8 + "3" * 24)]))
    assert names(old) == {"1111": "m", "2222": "m.22222222", "3333": "m." + "2" * 8 + "3" * 24}


@st.composite
def claims(draw: st.DrawFn) -> list[tuple[str, str, int]]:
    """Ids that share their beginning, machines that bear the names of conflicts: few of each, so that they meet."""
    ids = draw(st.lists(st.sampled_from([f"{a * 8}{n:024x}" for a in "12" for n in range(4)]), unique=True, min_size=2))
    suffixes = [f".{id[:8]}" for id in ids] + [f".{id}" for id in ids]
    machines = st.sampled_from(["m", "m", "m", *("m" + one for one in suffixes)])
    return [(id, draw(machines), draw(st.integers(1, 2))) for id in ids]


@QUICK
@given(claims(), st.data())
def test_any_order_of_claims_gives_one_state(
    empty: Path, answer: Make, told: list[tuple[str, str, int]], data: st.DataObject
) -> None:
    events = [claim(answer, *one) for one in told]
    with fresh(empty) as whole, fresh(empty) as pieces, fresh(empty) as reader:
        whole.merge(sourced(events))
        for event in data.draw(st.permutations(events)):
            pieces.merge(sourced([event]))
            reader.import_lines(list(pieces.export_lines()), "export")
        assert state(whole) == state(pieces) == state(reader)
        assert len(whole.events()) == len(events)
        assert whole.verify() == []


def steps_of_claims(store: Store, answer: Make, count: int) -> int:
    """Steps of SQLite's machine, in thousands, to merge so many claims of one place, the worst order first."""
    events = [claim(answer, f"{'ab' * 4}{count - n:024x}") for n in range(count)]
    steps = 0

    def count_step() -> None:
        nonlocal steps
        steps += 1

    store._db.set_progress_handler(count_step, 1000)
    store._db.execute("begin")
    conflicts.prepare(store._db)
    for event in events:
        conflicts.merge_event(store._db, event)
    store._db.execute("commit")
    store._db.set_progress_handler(None, 0)
    return steps


def test_many_claims_cost_what_as_many_other_events_cost(another: Callable[[], Store], answer: Make) -> None:
    few, many = (steps_of_claims(another(), answer, count) for count in (200, 2000))
    print(f"steps of SQLite, in thousands: 200 claims {few}, 2,000 claims {many}")
    assert many < 15 * max(few, 1)


def test_a_database_without_the_index_gets_it_when_it_is_needed(store: Store, answer: Make) -> None:
    store.merge(sourced([claim(answer, "1" * 32), claim(answer, "2" * 32)]))
    plan = store._db.execute(f"explain query plan {conflicts.SMALLEST_LOSER}", ("m", 1)).fetchall()
    assert any(conflicts.INDEX in row[3] for row in plan), plan
    store._db.execute(f"drop index {conflicts.INDEX}")
    store.merge(sourced([claim(answer, "3" * 32)]))
    assert names(store)["3333"] == "m.33333333"
