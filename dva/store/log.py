"""The event log: validation, reading, appending, and the merge of two logs.

Two events may have the same (machine, seq): a copied database keeps writing with the same machine id until that is
noticed, or an old copy was put back by hand. Both events are kept. The one with the smaller id keeps its machine;
each other one gets a conflict machine, named after the original one and the event (`<machine>.<first 8 of the id>`).
Which one moves depends on the set of events alone, so all machines agree, whatever they read first.
"""

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from dva.store import connection
from dva.study.days import LAST_AT
from dva.study.events import KINDS

COLUMNS = "id, machine, seq, at, offset, kind, body"
ORDER = "at, machine, seq"
"""Replay order."""
Row = tuple[str, str, int, int, int, str, str]
"""Types of the columns."""
SALVAGED_ROWS = f"select rowid, {COLUMNS} from events not indexed where rowid > ? order by rowid"  # noqa: S608
OTHER_CONTENT = "the event is known with another content"
MAX_DEPTH = 100
"""How deep a body may be nested; readers of JSON have limits that depend on who calls them."""
MAX_MACHINE = 200
LAST_ROW = 2**40
"""No log has more rows: the search for rows behind damaged pages ends here."""
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


class Damage(Struct, frozen=True):
    """A row of the log that is no event: where it stands, its id as far as it can be read, and why."""

    row: int
    id: str
    why: str

    def __str__(self) -> str:
        return f"row {self.row} ({self.id}): {self.why}" if self.id else f"row {self.row}: {self.why}"


class ConflictError(Exception):
    """Two events have the same id and different content: one of the files was edited by hand."""


class DamagedRowError(Exception):
    """The row with the id of an event that is merged cannot be read."""


def new_id() -> str:
    """Return 128 random bits of the operating system in hexadecimal."""
    return os.urandom(16).hex()


def encode_body(body: Struct | Mapping[str, Any]) -> str:
    """Return a body as JSON with sorted keys, so that equal bodies are equal texts."""
    return msgspec.json.encode(msgspec.to_builtins(body), order="sorted").decode()


def validation_error(event: Event) -> str | None:
    """Return why an event must not enter the log, in a few words; None where it may."""
    problem = _id_error(event.id)
    if problem:
        return problem
    # A conflict machine is longer than the machine that wrote the event, and travels as any other.
    if not 0 < len(original_machine(event.machine, event.id)) <= MAX_MACHINE or not 0 < event.seq < 2**62:
        return "machine or seq is missing"
    if not 0 <= event.at <= LAST_AT or not -1440 < event.offset < 1440:
        return TIME_OUT_OF_RANGE
    return body_validation_error(event.kind, event.body)


def _id_error(id: str) -> str | None:
    return "the id is not 32 hexadecimal digits" if len(id) != 32 or id.strip("0123456789abcdef") else None


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
        latest = max(
            (event.at for event in read_events(db, "kind = 'setting'") if event.body["name"] == values.get("name")),
            default=None,
        )
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
    different content, DamagedRowError where its row cannot be read.
    """
    known = next(scan(db, "id = ?", (event.id,)), None)
    if known is None:
        insert(db, msgspec.structs.replace(event, machine=_conflict_free_machine(db, event)), encode_body(event.body))
        return True, _resolve_conflicts(db, event)
    if isinstance(known, Damage):
        raise DamagedRowError(known)
    if not _is_same_event(event, known):
        raise ConflictError(event.id)
    if event.machine != known.machine and event.machine == conflict_machine(event.machine, event.id):
        _set_machine(db, event.id, event.machine)
        return False, [event]
    return False, []


def merge_error(db: sqlite3.Connection, event: Event, known: Event | None) -> str | None:
    """Return why an event cannot be merged where `known` has its id (None: it is new); None where it can."""
    if known is not None and not _is_same_event(event, known):
        return OTHER_CONTENT
    try:
        body = encode_body(event.body)
        if _depth(body) > MAX_DEPTH or not db.execute("select json_valid(?)", (body,)).fetchone()[0]:
            return f"the event cannot be kept: its body is nested more than {MAX_DEPTH} levels deep"
    except (ValueError, RecursionError) as error:
        return f"the event cannot be kept: {error}"
    return None


def _depth(text: str) -> int:
    """Return how deep JSON is nested, or a number that it does not exceed where that is small."""
    most = text.count("[") + text.count("{")
    if most <= MAX_DEPTH:
        return most
    depth = deepest = 0
    for sign in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', text):
        depth += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, depth)
    return deepest


def _is_same_event(event: Event, known: Event) -> bool:
    """Whether two events with one id have the same content, a conflict machine aside."""
    return _content(event) == _content(known)


def _content(event: Event) -> tuple[object, ...]:
    machine = original_machine(event.machine, event.id)
    return machine, event.seq, event.at, event.offset, event.kind, encode_body(event.body)


def original_machine(machine: str, id: str) -> str:
    """Return the machine that wrote an event, without the suffix of a conflict machine."""
    return machine.removesuffix(f".{id[:8]}")


def conflict_machine(machine: str, id: str) -> str:
    """Return the machine name under which an event is kept whose (machine, seq) belongs to another event."""
    return f"{original_machine(machine, id)}.{id[:8]}"


CLAIMING_THE_PLACE = """
id in (select id from events where machine = ?1 and seq = ?3 union all
  select id from events where machine > ?1 || '.' and machine < ?2 and seq = ?3)
"""


def _conflicting_events(db: sqlite3.Connection, event: Event) -> list[Event]:
    """Return all events written with the same machine and seq, smallest id first."""
    first = original_machine(event.machine, event.id)
    # "/" follows "." in ASCII: all conflict machines of this machine
    found = read_events(db, CLAIMING_THE_PLACE, (first, first + "/", event.seq))
    claiming = [one for one in found if original_machine(one.machine, one.id) == first]
    return sorted(claiming, key=lambda one: one.id)


def _conflict_free_machine(db: sqlite3.Connection, event: Event) -> str:
    """Return the machine under which an event can be inserted: its own, or its conflict machine where seq is taken."""
    taken = _is_taken(db, event.machine, event.seq)
    return conflict_machine(event.machine, event.id) if taken else event.machine


def _is_taken(db: sqlite3.Connection, machine: str, seq: int) -> bool:
    return db.execute("select 1 from events where machine = ? and seq = ?", (machine, seq)).fetchone() is not None


def _resolve_conflicts(db: sqlite3.Connection, event: Event) -> list[Event]:
    """After an insert, leave (machine, seq) to the smallest id and move the others; return all events affected.

    A damaged row keeps its place, as it cannot be moved.
    """
    first, *others = _conflicting_events(db, event)
    for other in others:
        _set_machine(db, other.id, conflict_machine(other.machine, other.id))
    owns_place = event.id == first.id and event.machine == original_machine(event.machine, event.id)
    if owns_place and first.machine != event.machine and not _is_taken(db, event.machine, event.seq):
        _set_machine(db, first.id, event.machine)
    return [event, *(rival for one in others for rival in read_events(db, "id = ?", (one.id,)) if rival.id != event.id)]


def _set_machine(db: sqlite3.Connection, id: str, machine: str) -> None:
    db.execute("update events set machine = ? where id = ? and machine <> ?", (machine, id, machine))


def read_events(db: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()) -> Iterator[Event]:
    """Return the events that match an SQL condition, in replay order; damaged rows are passed over."""
    return (event for event in scan(db, where, values) if isinstance(event, Event))


def scan(db: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()) -> Iterator[Event | Damage]:
    """Return the rows that match an SQL condition, in replay order, those that are no events as damage."""
    sql = f"select rowid, {COLUMNS} from events where {where} order by {ORDER}"  # noqa: S608 (fixed texts)
    return (_event_or_damage(*row) for row in db.execute(sql, values))


def in_found_order(db: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> Iterator[Event]:
    """Return the events that a statement finds, in its order; damaged rows are passed over."""
    found = (_event_or_damage(0, *row) for row in db.execute(sql, values))
    return (event for event in found if isinstance(event, Event))


def _event_or_damage(number: int, *row: object) -> Event | Damage:
    try:
        return event_from_row(row)
    except ValueError as error:
        id = row[0] if isinstance(row[0], str) and not _id_error(row[0]) else ""
        return Damage(number, id, str(error))


def read_log(db: sqlite3.Connection) -> tuple[list[Event], list[Damage]]:
    """Return all that can be read of the log, in replay order, and what cannot.

    Where pages of the file are damaged, the rows around them are searched one by one.
    """
    try:
        rows = list(scan(db))
    except sqlite3.DatabaseError as error:
        if not connection.is_about_damage(error):
            raise
        rows = list(salvage(db))
    events = [row for row in rows if isinstance(row, Event)]
    events.sort(key=lambda event: (event.at, event.machine, event.seq))
    return events, [row for row in rows if isinstance(row, Damage)]


def salvage(db: sqlite3.Connection) -> Iterator[Event | Damage]:
    """Return the rows of a table of which pages cannot be read; each gap counts as one damaged row."""
    row: int | None = 0
    while row is not None:
        try:
            for number, *values in db.execute(SALVAGED_ROWS, (row,)):
                row = number
                yield _event_or_damage(number, *values)
            return
        except sqlite3.DatabaseError as error:
            if not connection.is_about_damage(error):
                raise
            yield Damage((row or 0) + 1, "", "from here on pages cannot be read")
            row = _row_before_readable(db, row or 0)


def _row_before_readable(db: sqlite3.Connection, unreadable: int) -> int | None:
    """Return the first number from which on rows can be read again; None where there is none.

    The search goes on in steps that double until rows can be read, and then halves the last one.
    """
    step = 1
    while not _can_read_after(db, unreadable + step):
        unreadable, step = unreadable + step, step * 2
        if step > LAST_ROW:
            return None
    readable = unreadable + step
    while readable - unreadable > 1:
        middle = (readable + unreadable) // 2
        if _can_read_after(db, middle):
            readable = middle
        else:
            unreadable = middle
    return readable


def _can_read_after(db: sqlite3.Connection, row: int) -> bool:
    try:
        db.execute(SALVAGED_ROWS, (row,)).fetchone()
    except sqlite3.DatabaseError as error:
        if not connection.is_about_damage(error):
            raise
        return False
    return True


def event_from_row(row: Sequence[object]) -> Event:
    """Return the event in a row of the table; raises ValueError with the reason where the row is damaged."""
    try:
        id, machine, seq, at, offset, kind, body = msgspec.convert(row, Row)
        decoded = msgspec.json.decode(body.encode(), type=dict[str, Any])
        (machine + kind).encode()
    except UnicodeError as error:
        raise ValueError("not UTF-8") from error
    except msgspec.ValidationError as error:
        raise ValueError("a value of the wrong type") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("the body is not JSON") from error
    event = Event(id, machine, seq, at, offset, kind, decoded)
    problem = validation_error(event)
    if problem:
        raise ValueError(problem)
    return event
