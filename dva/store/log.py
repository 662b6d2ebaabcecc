"""The event log: validation, reading, appending, and the merge of two logs.

Two events may have the same (machine, seq): a copied database keeps writing with the same machine id until that is
noticed, or an old copy was put back by hand. Both events are kept. The one with the smaller id keeps its machine;
each other one gets a conflict machine, named after the original one and the event (`<machine>.<first 8 of the id>`).
Which one moves depends on the set of events alone, so all machines agree, whatever they read first.
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
"""Replay order."""
TIME_OUT_OF_RANGE = "the time is out of range"


class Event(Struct, frozen=True):
    """One entry of the log. `at` is UTC milliseconds since 1970, `offset` the local offset in minutes."""

    id: str
    machine: str
    seq: int
    at: int
    offset: int
    kind: str
    body: dict[str, Any]


SourcedEvent = tuple[str, int, Event]
"""File, line and event: what messages need to name the source of an event that is merged."""


class ConflictError(Exception):
    """Two events have the same id and different content: one of the files was edited by hand."""


def new_id() -> str:
    """Return 128 random bits of the operating system in hexadecimal."""
    return os.urandom(16).hex()


def encode_body(body: Struct | Mapping[str, Any]) -> str:
    """Return a body as JSON with sorted keys, so that equal bodies are equal texts."""
    return msgspec.json.encode(msgspec.to_builtins(body), order="sorted").decode()


def validation_error(event: Event) -> str | None:
    """Return why an event must not enter the log, in a few words; None where it may."""
    if len(event.id) != 32 or event.id.strip("0123456789abcdef"):
        return "the id is not 32 hexadecimal digits"
    if not event.machine or len(event.machine) > 200 or not 0 < event.seq < 2**62:
        return "machine or seq is missing"
    if not 0 <= event.at <= LAST_AT or not -1440 < event.offset < 1440:
        return TIME_OUT_OF_RANGE
    return body_validation_error(event.kind, event.body)


def body_validation_error(kind: str, body: dict[str, Any]) -> str | None:
    """Return why an event body does not fit its kind, or None.

    Unknown kinds are accepted, so that events of a newer version are not lost.
    """
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
    """Insert an event with its encoded body."""
    row = (event.id, event.machine, event.seq, event.at, event.offset, event.kind, body)
    db.execute(f"insert into events ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608 (fixed names)


def monotonic_time(db: sqlite3.Connection, kind: str, body: Struct | Mapping[str, Any], at: int) -> int:
    """Return `at`, moved past the latest related event so that the newest command wins despite clock skew.

    Related are events for the same setting, or that suspend or unsuspend the same card; `at` is UTC milliseconds.
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
    """Return the sequence number of the next event of a machine."""
    row = db.execute("select max(seq) from events where machine = ?", (machine,)).fetchone()
    return int(row[0] or 0) + 1


def merge_event(db: sqlite3.Connection, event: Event) -> tuple[bool, list[Event]]:
    """Add an event unless it is known; return whether it was new, and the events that were added or changed machine.

    Any order and any repetition of merges leads to the same table. Raises ConflictError where the id is known with
    different content.
    """
    row = db.execute(f"select {COLUMNS} from events where id = ?", (event.id,)).fetchone()  # noqa: S608
    if row is None:
        insert(db, msgspec.structs.replace(event, machine=_conflict_free_machine(db, event)), encode_body(event.body))
        return True, _resolve_conflicts(db, event)
    if not _is_same_event(event, row):
        raise ConflictError(event.id)
    if event.machine != row[1] and event.machine == conflict_machine(event.machine, event.id):
        _set_machine(db, event.id, event.machine)
        return False, [event]
    return False, []


def _is_same_event(event: Event, row: tuple[object, ...]) -> bool:
    """Whether the row with the event's id has the same content, a conflict machine aside."""
    content = (event.seq, event.at, event.offset, event.kind, encode_body(event.body))
    return content == row[2:] and original_machine(event.machine, event.id) == original_machine(str(row[1]), event.id)


def original_machine(machine: str, id: str) -> str:
    """Return the machine that wrote an event, without the suffix of a conflict machine."""
    return machine.removesuffix(f".{id[:8]}")


def conflict_machine(machine: str, id: str) -> str:
    """Return the machine name under which an event is kept whose (machine, seq) belongs to another event."""
    return f"{original_machine(machine, id)}.{id[:8]}"


def _conflicting_events(db: sqlite3.Connection, event: Event) -> list[tuple[str, str]]:
    """Return (id, machine) of all events written with the same machine and seq, smallest id first."""
    first = original_machine(event.machine, event.id)
    rows = db.execute(
        """select id, machine from events where machine = ?1 and seq = ?3 union all
        select id, machine from events where machine > ?1 || '.' and machine < ?2 and seq = ?3 order by id""",
        (first, first + "/", event.seq),  # "/" follows "." in ASCII: all conflict machines of this machine
    )
    return [(id, machine) for id, machine in rows if original_machine(machine, id) == first]


def _conflict_free_machine(db: sqlite3.Connection, event: Event) -> str:
    """Return the machine under which an event can be inserted: its own, or its conflict machine where seq is taken."""
    taken = db.execute("select 1 from events where machine = ? and seq = ?", (event.machine, event.seq)).fetchone()
    return conflict_machine(event.machine, event.id) if taken else event.machine


def _resolve_conflicts(db: sqlite3.Connection, event: Event) -> list[Event]:
    """After an insert, leave (machine, seq) to the smallest id and move the others; return all events affected."""
    (first, machine), *others = _conflicting_events(db, event)
    for id, other in others:
        _set_machine(db, id, conflict_machine(other, id))
    owns_place = event.id == first and event.machine == original_machine(event.machine, event.id)
    if owns_place and machine != event.machine:
        _set_machine(db, first, event.machine)
    return [event, *(rival for id, _ in others for rival in read_events(db, "id = ?", (id,)) if id != event.id)]


def _set_machine(db: sqlite3.Connection, id: str, machine: str) -> None:
    db.execute("update events set machine = ? where id = ? and machine <> ?", (machine, id, machine))


def read_events(db: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()) -> Iterator[Event]:
    """Return the events that match an SQL condition, in replay order."""
    sql = f"select {COLUMNS} from events where {where} order by {ORDER}"  # noqa: S608 (fixed texts)
    return map(event_from_row, db.execute(sql, values))


def event_from_row(row: tuple[Any, ...]) -> Event:
    """Return the event in a row of the table."""
    values = (*row[:-1], msgspec.json.decode(row[-1]))
    return Event(*values)
