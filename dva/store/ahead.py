"""Events dated more than a day ahead of the clock of whoever reads them: a clock was wrong when they were made.

They stay in the log, and export, sync and backup carry them. But they are not applied until their day has come, or the
learner asks for them: an answer from the year 2035 would spoil the schedule, and a setting would win over all later
ones.

The database notes the time up to which events are applied, so that the derived tables follow from log and note. There
is no note where nothing is ahead.
"""

import sqlite3
from collections import defaultdict

from msgspec import Struct

from dva.store import connection, derived, log, merging
from dva.study.days import DAY

ACCEPTED = "accepted"
"""Name of the text of this machine that notes up to which time the learner wants events applied."""


class SetAside(Struct, frozen=True):
    """Number of events of a machine that are set aside, and the times of the first and last (UTC ms)."""

    machine: str
    events: int
    first: int
    last: int


def listing(db: sqlite3.Connection) -> list[SetAside]:
    """Return what is set aside, by machine."""
    times = defaultdict[str, list[int]](list)
    for event in log.read_events(db, f"not {log.APPLIED}"):
        times[log.original_machine(event.machine, event.id)].append(event.at)
    return [SetAside(machine, len(found), found[0], found[-1]) for machine, found in sorted(times.items())]


def reconcile(db: sqlite3.Connection, now: int, arriving: int = 0) -> None:
    """Set aside what is ahead of `now` (UTC ms) by more than a day, and apply what no longer is.

    `arriving` is the latest time of events that are about to be merged. A database that may only be read stays as is.
    """
    if _move(db, now, arriving) is None:
        return
    try:
        with connection.transaction(db):
            move = _move(db, now, arriving)
            if move is not None:
                merging.note_stale(db, derived.affected_cards(db, _write(db, *move)))
    except sqlite3.OperationalError as error:
        if not (error.sqlite_errorname or "").startswith("SQLITE_READONLY"):
            raise
    else:
        merging.replay_stale(db)


def include(db: sqlite3.Connection, at: int) -> None:
    """Let an event that is made at `at` be applied: that is the time now. Must be called inside a transaction."""
    horizon = _read(db, log.HORIZON)
    if horizon is not None and at > horizon:
        derived.update(db, _write(db, horizon, _wanted(db, at, 0)))


def accept(db: sqlite3.Connection, wanted: bool) -> None:
    """Note that what is ahead now is wanted, or is not; `reconcile` follows the note."""
    (latest,) = db.execute("select max(at) from events").fetchone()
    with connection.transaction(db):
        # A day more: a setting or a suspended card that supersedes such an event comes after it.
        _note(db, ACCEPTED, (latest or 0) + DAY if wanted else None)


def _move(db: sqlite3.Connection, now: int, arriving: int) -> tuple[int | None, int | None] | None:
    """Return the noted time and the one to be noted (None: all is applied); None where the note can stay."""
    have, wanted = _read(db, log.HORIZON), _wanted(db, now, arriving)
    if have == wanted:
        return None
    if have is None or wanted is None or have < now or _between(db, have, wanted):
        return have, wanted
    return None


def _wanted(db: sqlite3.Connection, now: int, arriving: int) -> int | None:
    horizon = max(now + DAY, _read(db, ACCEPTED) or 0)
    (latest,) = db.execute("select max(at) from events").fetchone()
    return horizon if max(latest or 0, arriving) > horizon else None


def _write(db: sqlite3.Connection, have: int | None, wanted: int | None) -> list[log.Event]:
    """Note the time up to which events are applied; return those that this applies or sets aside."""
    _note(db, log.HORIZON, wanted)
    return _between(db, have, wanted)


def _between(db: sqlite3.Connection, one: int | None, other: int | None) -> list[log.Event]:
    ends = [log.FOREVER if end is None else end for end in (one, other)]
    return list(log.read_events(db, "at > ? and at <= ?", (min(ends), max(ends))))


def _read(db: sqlite3.Connection, name: str) -> int | None:
    row = db.execute("select text from kept where name = ?", (name,)).fetchone()
    try:
        return None if row is None else int(row[0])
    except ValueError:  # damaged: the clock decides
        return -1


def _note(db: sqlite3.Connection, name: str, value: int | None) -> None:
    db.execute("delete from kept where name = ?", (name,))
    if value is not None:
        db.execute("insert into kept (name, text) values (?, ?)", (name, str(value)))
