"""Merging one event into the log, and the names of events whose place (machine, seq) belongs to another event.

A copied database goes on with the machine id of its original until that is noticed, or an old copy is put back by
hand: two events then claim one place. Both are kept. The one with the smallest id keeps its machine; each other one has
lost and gets a conflict machine, `<machine>.<first 8 of its id>`, or with its whole id where an event that lost too and
has a smaller id begins with the same 8. A machine whose own name is that of a conflict has lost the place as well.

Who is called what depends on the set of events alone, so all machines agree, whatever they read first. Each merge looks
at a few rows, however many events claim the place.
"""

import re
import sqlite3

import msgspec

from dva.store import log
from dva.store.log import Damage, Event

OTHER_CONTENT = "the event is known with another content"
MAX_DEPTH = 100
"""How deep a body may be nested; readers of JSON have limits that depend on who calls them."""
INDEX = "events_in_conflict"
PREPARE = f"create index if not exists {INDEX} on events (seq, machine) where instr(machine, '.') > 0"
SMALLEST_LOSER = f"""
select {log.COLUMNS} from events indexed by {INDEX} where instr(machine, '.') > 0 and seq = ?2
  and machine > ?1 || '.' and machine < ?1 || '.g' order by machine
"""  # noqa: S608 (fixed names)
"""Conflict machines sort by the ids of their events. Other machines may stand between them."""


class ConflictError(Exception):
    """Two events have the same id and different content: one of the files was edited by hand."""


class DamagedRowError(Exception):
    """The row with the id of an event that is merged cannot be read."""


def prepare(db: sqlite3.Connection) -> None:
    """Create the index of events that lost their place; a log without any is opened by an older dva as before."""
    db.execute(PREPARE)


def merge_event(db: sqlite3.Connection, event: Event) -> tuple[bool, list[Event]]:
    """Add an event unless it is known; return whether it was new, and the events that were added or changed machine.

    Any order and any repetition of merges leads to the same table. Raises ConflictError where the id is known with
    different content, DamagedRowError where its row cannot be read. `prepare` must have been called.
    """
    known = next(log.scan(db, "id = ?", (event.id,)), None)
    if isinstance(known, Damage):
        raise DamagedRowError(known)
    if known is None:
        affected = [event]
        name = _place(db, event, affected)
        log.insert(db, msgspec.structs.replace(event, machine=name), log.encode_body(event.body))
        return True, affected
    if not is_same_event(event, known):
        raise ConflictError(event.id)
    if _has_lost(event) and not _has_lost(known):
        moved = [known]
        _rename(db, known, moved)
        return False, moved
    return False, []


def merge_error(db: sqlite3.Connection, event: Event, known: Event | None) -> str | None:
    """Return why an event cannot be merged where `known` has its id (None: it is new); None where it can."""
    if known is not None and not is_same_event(event, known):
        return OTHER_CONTENT
    try:
        body = log.encode_body(event.body)
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


def is_same_event(event: Event, known: Event) -> bool:
    """Whether two events with one id have the same content, a conflict machine aside."""
    return _content(event) == _content(known)


def _content(event: Event) -> tuple[object, ...]:
    return _original(event), event.seq, event.at, event.offset, event.kind, log.encode_body(event.body)


def _original(event: Event) -> str:
    return log.original_machine(event.machine, event.id)


def _has_lost(event: Event) -> bool:
    """Whether an event is kept under a conflict machine."""
    return event.machine != _original(event)


def _place(db: sqlite3.Connection, event: Event, affected: list[Event]) -> str:
    """Return the machine under which a new event is inserted, after others made room; they are added to `affected`."""
    original = _original(event)
    owner = _holder(db, original, event.seq)
    if isinstance(owner, Damage):  # it cannot be moved
        return _conflict_name(db, event, affected)
    if owner is not None and (_has_lost(owner) or owner.id < event.id):
        return _conflict_name(db, event, affected)
    if owner is not None:
        affected.append(owner)
        _rename(db, owner, affected)
    elif not _has_lost(event) and _smallest_loser(db, original, event.seq) < event.id:
        return _conflict_name(db, event, affected)
    return _conflict_name(db, event, affected) if _has_lost(event) else original


def _rename(db: sqlite3.Connection, event: Event, affected: list[Event]) -> None:
    """Give an event of the log its conflict machine."""
    name = _conflict_name(db, event, affected)
    db.execute("update events set machine = ? where id = ?", (name, event.id))


def _conflict_name(db: sqlite3.Connection, event: Event, affected: list[Event]) -> str:
    """Return the conflict machine of an event, after whoever bears that name made room."""
    original = _original(event)
    short = log.conflict_machine(original, event.id)
    whole = f"{original}.{event.id}"
    holder = _holder(db, short, event.seq)
    if isinstance(holder, Event) and holder.id != event.id:
        if _original(holder) == original and holder.id < event.id:
            _clear(db, whole, event.seq, affected)
            return whole
        _clear(db, short, event.seq, affected)
    return whole if isinstance(holder, Damage) else short


def _clear(db: sqlite3.Connection, machine: str, seq: int, affected: list[Event]) -> None:
    """Move the event that has a name which another one needs: to its whole id where it has lost by that name."""
    holder = _holder(db, machine, seq)
    if not isinstance(holder, Event):
        return
    affected.append(holder)
    if not _has_lost(holder):
        _rename(db, holder, affected)
        return
    whole = f"{_original(holder)}.{holder.id}"
    _clear(db, whole, seq, affected)
    db.execute("update events set machine = ? where id = ?", (whole, holder.id))


def _holder(db: sqlite3.Connection, machine: str, seq: int) -> Event | Damage | None:
    return next(log.scan(db, "machine = ? and seq = ?", (machine, seq)), None)


def _smallest_loser(db: sqlite3.Connection, machine: str, seq: int) -> str:
    """Return the smallest id of those that claim a place and have lost it; "g", which no id reaches, for none."""
    found = log.in_found_order(db, SMALLEST_LOSER, (machine, seq))
    return next((event.id for event in found if _has_lost(event) and _original(event) == machine), "g")
