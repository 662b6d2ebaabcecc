"""Merging logs: any split, order and repetition leads to one state, which is that of replay."""

from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from store_merging import QUICK, fresh, sourced, state
from store_times import DAY, START

from dva.store import Event, connection, derived, jsonl
from dva.study.events import Answer, Reset, Setting, Suspend, Undo, Unsuspend

CARDS = ("ecs.01", "ecs.02", "cicd.01")


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Events of three machines; some claim the same place, as a copied database writes them."""
    events = list[Event]()
    for n in range(draw(st.integers(1, 14))):
        id = draw(st.sampled_from("0123456789abcdef")) + f"{n:031x}"[::-1]
        body = draw(bodies(events))
        kind = type(body).__name__.lower()
        at = START + draw(st.integers(0, 6)) * DAY // 3
        place = draw(st.sampled_from("mno")), draw(st.integers(1, 9))
        events.append(Event(id, *place, at, draw(st.sampled_from([0, 540])), kind, msgspec.to_builtins(body)))
    return events


@st.composite
def bodies(draw: st.DrawFn, before: list[Event]) -> msgspec.Struct:
    card = draw(st.sampled_from(CARDS))
    answered = [event.id for event in before if event.kind == "answer"]
    match draw(st.sampled_from(["answer"] * 6 + ["undo", "reset", "suspend", "unsuspend", "setting"])):
        case "undo" if answered:
            return Undo(draw(st.sampled_from(answered)))
        case "reset":
            return Reset(draw(st.sampled_from([card, card, None])))
        case "suspend":
            return Suspend(card)
        case "unsuspend":
            return Unsuspend(card)
        case "setting":
            return Setting("retention", draw(st.sampled_from([0.8, 0.95])))
    correct, sure, aided = (draw(st.booleans()) for _ in range(3))
    question = f"{card}.q{draw(st.integers(0, 1))}"
    return Answer(question, 1, "single", ["a"], correct, sure, [card], "t", 5, aided=aided)


@QUICK
@given(logs(), st.data())
def test_any_split_order_and_repetition_gives_one_state(empty: Path, events: list[Event], data: st.DataObject) -> None:
    with fresh(empty) as whole, fresh(empty) as pieces:
        whole.merge(sourced(events))
        several = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events)))))
        while several:
            size = data.draw(st.integers(1, len(several)))
            pieces.merge(sourced(several[:size]))
            several = several[size:]
        assert state(pieces) == state(whole)
        assert len(whole.events()) == len(events)
        assert whole.verify() == pieces.verify() == []


@settings(QUICK, max_examples=15)
@given(logs(), st.data())
def test_machines_that_exchange_their_logs_agree(empty: Path, events: list[Event], data: st.DataObject) -> None:
    """Each knows a part; they read each other's exports in some order until nobody learns anything new."""
    with fresh(empty) as one, fresh(empty) as two, fresh(empty) as three, fresh(empty) as whole:
        machines = [one, two, three]
        for event in events:
            for machine in data.draw(st.lists(st.sampled_from(machines), min_size=1)):
                machine.merge(sourced([event]))
        for _ in range(2):
            for source in data.draw(st.permutations(machines)):
                for reader in data.draw(st.permutations(machines)):
                    reader.import_lines(list(source.export_lines()), "export")
        whole.merge(sourced(events))
        assert state(one) == state(two) == state(three) == state(whole)


@QUICK
@given(logs())
def test_rebuilding_changes_nothing(empty: Path, events: list[Event]) -> None:
    with fresh(empty) as store:
        for event in events:
            store.merge(sourced([event]))
        before = state(store)
        with connection.transaction(store._db):
            derived.rebuild(store._db)
        assert state(store) == before


@given(logs())
def test_a_line_holds_all_of_an_event(events: list[Event]) -> None:
    for event in events:
        assert jsonl.decode(jsonl.encode(event)) == event
