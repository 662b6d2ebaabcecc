"""The event log: validation, reading and appending."""

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
MAX_MACHINE = 200
MACHINE = re.compile(r"[\w.-]+")
LAST_ROW = 2**40
"""No log has more rows: the search for rows behind damaged pages ends here."""
HORIZON = "horizon"
"""Name of the text of this machine that notes up to which time (UTC ms) events are applied: see `ahead`."""
FOREVER = 2**62
"""The horizon where none is noted."""
HORIZON_VALUE = f"coalesce((select cast(text as integer) from kept where name = '{HORIZON}'), {FOREVER})"  # noqa: S608
APPLIED = f"(at <= {HORIZON_VALUE})"
DECODERS = {kind.encode(): msgspec.json.Decoder(struct) for kind, struct in KINDS.items()}
BLOBS = "rowid, cast(id as blob), cast(machine as blob), seq, at, offset, cast(kind as blob), cast(body as blob)"
"""The columns as they lie in the file: making texts of them takes longest."""
SOUND_NAMES = re.compile(rb"[0-9a-f]{32} [!-~]{1,%d}" % MAX_MACHINE)
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
    machine = original_machine(event.machine, event.id)
    if not machine:
        return "the machine id is missing"
    if len(machine) > MAX_MACHINE:
        return f"the machine id is longer than {MAX_MACHINE} characters"
    if not 0 < event.seq < 2**62:
        return f"seq is not a number from 1 to {2**62 - 1}"
    if not 0 <= event.at <= LAST_AT or not -1440 < event.offset < 1440:
        return TIME_OUT_OF_RANGE
    return body_validation_error(event.kind, event.body)


def machine_error(event: Event) -> str | None:
    """Return why the name of a machine must not come in, or None; what an older dva let in is read all the same."""
    if MACHINE.fullmatch(event.machine):
        return None
    return "the machine id may hold letters, digits, `.`, `_` and `-` only"


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

    Related are applied events for the same setting, or that suspend or unsuspend the same card; `at` is UTC
    milliseconds.
    """
    values: Any = body if isinstance(body, Mapping) else msgspec.to_builtins(body)
    if kind == "setting":
        latest = max(
            (
                event.at
                for event in read_events(db, f"kind = 'setting' and {APPLIED}")
                if event.body["name"] == values.get("name")
            ),
            default=None,
        )
    elif kind in ("suspend", "unsuspend"):
        sql = f"select max(at) from events where kind in ('suspend', 'unsuspend') and card = ? and {APPLIED}"  # noqa: S608
        (latest,) = db.execute(sql, (values.get("card"),)).fetchone()
    else:
        return at
    return at if latest is None or latest <= at else min(latest + 1, LAST_AT)


def next_seq(db: sqlite3.Connection, machine: str) -> int:
    """Return the sequence number of the next event of a machine."""
    row = db.execute("select max(seq) from events where machine = ?", (machine,)).fetchone()
    return int(row[0] or 0) + 1


def original_machine(machine: str, id: str) -> str:
    """Return the machine that wrote an event, without the suffix of a conflict machine."""
    for suffix in (f".{id}", f".{id[:8]}"):
        if machine.endswith(suffix):
            return machine.removesuffix(suffix)
    return machine


def conflict_machine(machine: str, id: str) -> str:
    """Return the machine name under which an event is kept whose (machine, seq) belongs to another event.

    The whole id takes the place of its first 8 where they are not enough: see `conflicts`.
    """
    return f"{original_machine(machine, id)}.{id[:8]}"


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


def find_damage(db: sqlite3.Connection) -> list[Damage]:
    """Return the rows of the log that cannot be read, as `read_log` does; faster, as each command asks."""
    sql = f"select {BLOBS} from events not indexed where typeof(machine) = 'text'"  # noqa: S608 (fixed names)
    try:
        sound = {row for row, *values in db.execute(sql) if _is_surely_sound(*values)}
        suspects = [row for (row,) in db.execute("select rowid from events not indexed") if row not in sound]
    except sqlite3.DatabaseError as error:
        if not connection.is_about_damage(error):
            raise
        return read_log(db)[1]
    rows = (one for row in suspects for one in scan(db, "rowid = ?", (row,)))
    return [row for row in rows if isinstance(row, Damage)]


def _is_surely_sound(id: bytes, machine: bytes, seq: int, at: int, offset: int, kind: bytes, body: bytes) -> bool:
    """Whether a row is an event; False too where only `event_from_row` can tell."""
    decoder = DECODERS.get(kind)
    if decoder is None or not SOUND_NAMES.fullmatch(b"%b %b" % (id, machine)):
        return False
    try:
        decoder.decode(body)
        return 0 < seq < 2**62 and 0 <= at <= LAST_AT and -1440 < offset < 1440
    except (ValueError, TypeError, RecursionError):
        return False


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
