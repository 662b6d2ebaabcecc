"""The event log: values in and out of the table, and the union of two logs.

Two events may claim one place (machine, seq): a copied database goes on writing with the same machine id until it is
noticed, or an old copy was put back by hand. Both are kept. The one with the smaller id keeps the place; every other
moves to a machine of its own, named after the first and after its id (`<machine>.<first 8 of the id>`). Who moves
depends on the set of events alone, so all machines agree, whatever they read first.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from dva.study.days import LAST_AT
from dva.study.events import KINDS

COLUMNS = "id, machine, seq, at, offset, kind, body"
ORDER = "at, machine, seq"
TIME_OUT_OF_RANGE = "the time is out of range"


class Event(Struct, frozen=True):
    """One line of the log. `at` is UTC in milliseconds since 1970, `offset` the local offset in minutes."""

    id: str
    machine: str
    seq: int
    at: int
    offset: int
    kind: str
    body: dict[str, Any]

    def typed_body(self) -> Struct:
        """The body as its kind's struct; only for kinds that this version knows."""
        return msgspec.convert(self.body, KINDS[self.kind])


class ConflictError(Exception):
    """The same id with another content: one of the two files was changed by hand."""


def new_id() -> str:
    """128 random bits from the operating system."""
    return os.urandom(16).hex()


def encode_body(body: Struct | Mapping[str, Any]) -> str:
    """A body as the table keeps it: sorted keys, so that equal bodies are equal texts."""
    return msgspec.json.encode(msgspec.to_builtins(body), order="sorted").decode()


def validation_error(event: Event) -> str | None:
    """What is wrong with an event, in a few words; None where it may stand in the log."""
    if len(event.id) != 32 or event.id.strip("0123456789abcdef"):
        return "the id is not 32 hexadecimal digits"
    if not event.machine or len(event.machine) > 200 or not 0 < event.seq < 2**62:
        return "machine or seq is missing"
    if not 0 <= event.at <= LAST_AT or not -1440 < event.offset < 1440:
        return TIME_OUT_OF_RANGE
    return body_validation_error(event.kind, event.body)


def body_validation_error(kind: str, body: dict[str, Any]) -> str | None:
    """What of a body does not fit its kind. Kinds of a newer version fit always, so that nothing is lost."""
    if not kind or len(kind) > 100:
        return "the kind is missing"
    if kind not in KINDS:
        return None
    try:
        msgspec.convert(body, KINDS[kind])
    except msgspec.ValidationError as error:
        return f"{kind}: {str(error)[:1].lower()}{str(error)[1:]}"
    return None


def insert(db: sqlite3.Connection, event: Event, body: str) -> None:
    """Write one event as it is."""
    row = (event.id, event.machine, event.seq, event.at, event.offset, event.kind, body)
    db.execute(f"insert into events ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608 (fixed names)


def monotonic_time(db: sqlite3.Connection, kind: str, body: Struct | Mapping[str, Any], at: int) -> int:
    """`at`, or just after the latest event that says another thing of the same: what is said last shall hold,
    though the clock went back meanwhile or another machine's is ahead.
    """
    values: Any = body if isinstance(body, Mapping) else msgspec.to_builtins(body)
    if kind == "setting":
        sql = "select max(at) from events where kind = 'setting' and json_extract(body, '$.name') = ?"
        (latest,) = db.execute(sql, (values.get("name"),)).fetchone()
    elif kind in ("suspend", "unsuspend"):
        sql = "select max(at) from events where kind in ('suspend', 'unsuspend') and card = ?"
        (latest,) = db.execute(sql, (values.get("card"),)).fetchone()
    else:
        return at
    return at if latest is None or latest <= at else min(latest + 1, LAST_AT)


def next_seq(db: sqlite3.Connection, machine: str) -> int:
    """The number of the next event of a machine."""
    row = db.execute("select max(seq) from events where machine = ?", (machine,)).fetchone()
    return int(row[0] or 0) + 1


def merge_event(db: sqlite3.Connection, event: Event) -> tuple[bool, list[Event]]:
    """Add an event if it is not here yet: was it new, and which events have come, or moved to another place?

    Any order and any repetition leads to the same table.
    """
    here = db.execute(f"select {COLUMNS} from events where id = ?", (event.id,)).fetchone()  # noqa: S608
    if here is None:
        insert(db, msgspec.structs.replace(event, machine=_conflict_free_machine(db, event)), encode_body(event.body))
        return True, _resolve_conflicts(db, event)
    if not _is_same_event(event, here):
        raise ConflictError(event.id)
    if event.machine != here[1] and event.machine == conflict_machine(event.machine, event.id):
        _set_machine(db, event.id, event.machine)
        return False, [event]
    return False, []


def _is_same_event(event: Event, here: tuple[object, ...]) -> bool:
    """Is this event the row that has its id? Whether it has moved does not matter."""
    told = (event.seq, event.at, event.offset, event.kind, encode_body(event.body))
    return told == here[2:] and original_machine(event.machine, event.id) == original_machine(str(here[1]), event.id)


def original_machine(machine: str, id: str) -> str:
    """The machine that wrote an event, also where it has moved."""
    return machine.removesuffix(f".{id[:8]}")


def conflict_machine(machine: str, id: str) -> str:
    """The machine that an event without a place of its own is filed under."""
    return f"{original_machine(machine, id)}.{id[:8]}"


def _conflicting_events(db: sqlite3.Connection, event: Event) -> list[tuple[str, str]]:
    """All events that were written for the same place: id and machine, smallest id first."""
    first = original_machine(event.machine, event.id)
    rows = db.execute(
        """select id, machine from events where machine = ?1 and seq = ?3 union all
        select id, machine from events where machine > ?1 || '.' and machine < ?2 and seq = ?3 order by id""",
        (first, first + "/", event.seq),  # "/" follows "." in ASCII: all that has moved away from this machine
    )
    return [(id, machine) for id, machine in rows if original_machine(machine, id) == first]


def _conflict_free_machine(db: sqlite3.Connection, event: Event) -> str:
    """Where an event can be written: its own place, or aside where that is taken."""
    taken = db.execute("select 1 from events where machine = ? and seq = ?", (event.machine, event.seq)).fetchone()
    return conflict_machine(event.machine, event.id) if taken else event.machine


def _resolve_conflicts(db: sqlite3.Connection, event: Event) -> list[Event]:
    """After an insert: the smallest id of those that claim the place may hold it, the others move. Gives all."""
    (first, machine), *others = _conflicting_events(db, event)
    for id, other in others:
        _set_machine(db, id, conflict_machine(other, id))
    unmoved = event.id == first and event.machine == original_machine(event.machine, event.id)
    if unmoved and machine != event.machine:
        _set_machine(db, first, event.machine)
    return [event, *(rival for id, _ in others for rival in read_events(db, "id = ?", (id,)) if id != event.id)]


def _set_machine(db: sqlite3.Connection, id: str, machine: str) -> None:
    db.execute("update events set machine = ? where id = ? and machine <> ?", (machine, id, machine))


def read_events(db: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()) -> Iterator[Event]:
    """Events in the order of replay."""
    sql = f"select {COLUMNS} from events where {where} order by {ORDER}"  # noqa: S608 (fixed texts)
    return map(event_from_row, db.execute(sql, values))


def event_from_row(row: tuple[Any, ...]) -> Event:
    """The event of a row of the table."""
    values = (*row[:-1], msgspec.json.decode(row[-1]))
    return Event(*values)
