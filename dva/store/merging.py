"""Merging many events in short transactions, so that an answer given meanwhile does not wait for all of them.

Each transaction adds some events and notes in the database which cards are stale by them; the cards are replayed in
transactions of their own. What was noted survives a kill: the next start replays the rest.
"""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from dva.store import conflicts, connection, derived, jsonl, log, machine
from dva.store.log import Damage, Event, SourcedEvent

HOLD_SECONDS = 0.05
"""How long one transaction holds the lock, roughly."""
PAUSE_SECONDS = 0.02
"""How long the lock stays free in between: several times the poll of a write that waits."""
STALE = "stale"
"""Name of the text of this machine that notes the stale cards."""


class Stale(Struct):
    """Cards to be replayed (None: all), and the process that is about to do so."""

    cards: list[str] | None
    process: int


class MergeResult(Struct, frozen=True):
    """Number of events that a merge added, and one line for each that it passed over."""

    added: int
    passed_over: list[str]


def merge(db: sqlite3.Connection, path: Path, events: Sequence[SourcedEvent], strict: bool) -> MergeResult:
    """Merge events into the log and return how many were new.

    `strict`: an event that cannot be kept raises StoreError before anything is changed; else it is passed over. A
    merge that is killed keeps the events that it came to; merging again adds the rest.
    """
    kept, passed_over = list[SourcedEvent](), list[str]()
    for (name, number, event), problem in _checked(db, events):
        if problem is None:
            kept.append((name, number, event))
        elif strict:
            raise jsonl.line_error(name, number, problem)
        else:
            passed_over.append(f"{name}:{number}: {problem}")
    remaining, left, added = iter(kept), len(kept), 0
    while left:
        with connection.transaction(db):
            taken, new = _merge_until_late(db, path, remaining)
        left, added = left - taken, added + new
        time.sleep(PAUSE_SECONDS if left else 0)
    replay_stale(db)
    return MergeResult(added, passed_over)


def _checked(db: sqlite3.Connection, events: Sequence[SourcedEvent]) -> Iterator[tuple[SourcedEvent, str | None]]:
    """Return each event with the reason why it cannot be kept (None: it can), without those of damaged rows.

    A damaged row can neither be compared nor replaced; a restore puts the file aside.
    """
    earlier = dict[str, Event]()
    for sourced in events:
        event = sourced[2]
        known = earlier.get(event.id) or next(log.scan(db, "id = ?", (event.id,)), None)
        if not isinstance(known, Damage):
            earlier[event.id] = event
            yield sourced, conflicts.merge_error(db, event, known)


def _merge_until_late(db: sqlite3.Connection, path: Path, remaining: Iterator[SourcedEvent]) -> tuple[int, int]:
    """Merge events until the lock was held long enough; return how many were taken, and how many of them were new."""
    conflicts.prepare(db)
    deadline = time.monotonic() + HOLD_SECONDS
    taken, added, changed = 0, list[Event](), list[Event]()
    for name, number, event in remaining:
        taken += 1
        try:
            is_new, affected = conflicts.merge_event(db, event)
        except conflicts.ConflictError as error:
            raise jsonl.line_error(name, number, conflicts.OTHER_CONTENT) from error
        except conflicts.DamagedRowError:
            continue
        except sqlite3.IntegrityError as error:
            raise jsonl.line_error(name, number, f"the event cannot be kept: {error}") from error
        added += [event] if is_new else []
        changed += affected
        if time.monotonic() > deadline:
            break
    if changed:
        note_stale(db, derived.affected_cards(db, changed))
    writer = machine.current_id(db)
    # New events of our own id come from another copy of this database: the two must not go on under one id.
    if any(log.original_machine(event.machine, event.id) == writer for event in added):
        machine.rotate_id(db, path)
    return taken, len(added)


def resume(db: sqlite3.Connection) -> None:
    """Replay the cards that a merge noted and, as it was killed, did not come to."""
    stale = _read_stale(db)
    if stale is not None and not _is_running(stale.process):
        replay_stale(db)


def replay_stale(db: sqlite3.Connection) -> None:
    """Replay the stale cards in short transactions."""
    while (stale := _read_stale(db)) is not None:
        every = derived.all_cards(db) if stale.cards is None else None  # before the lock is taken
        with connection.transaction(db):
            stale = _read_stale(db)
            cards = every if stale is None or stale.cards is None else stale.cards
            if stale is None or cards is None:
                continue
            left = _replay_until_late(db, cards)
            _write_stale(db, Stale(left, os.getpid()) if left else None)
        time.sleep(PAUSE_SECONDS if left else 0)


def _replay_until_late(db: sqlite3.Connection, cards: list[str]) -> list[str]:
    """Replay cards until the lock was held long enough; return the others."""
    deadline = time.monotonic() + HOLD_SECONDS
    for n, card in enumerate(cards, 1):
        derived.replace_cards(db, [card])
        if time.monotonic() > deadline:
            return cards[n:]
    return []


def note_stale(db: sqlite3.Connection, cards: set[str] | None) -> None:
    """Note cards to be replayed (None: all). Must be called in the transaction that makes them stale."""
    before = _read_stale(db)
    noted: set[str] | None = set() if before is None else None if before.cards is None else set(before.cards)
    every = cards is None or noted is None
    _write_stale(db, Stale(None if every else sorted((cards or set()) | (noted or set())), os.getpid()))


def _read_stale(db: sqlite3.Connection) -> Stale | None:
    row = db.execute("select text from kept where name = ?", (STALE,)).fetchone()
    if row is None:
        return None
    try:
        return msgspec.json.decode(row[0], type=Stale)
    except ValueError:  # damaged
        return Stale(None, 0)


def _write_stale(db: sqlite3.Connection, stale: Stale | None) -> None:
    db.execute("delete from kept where name = ?", (STALE,))
    if stale is not None:
        db.execute("insert into kept (name, text) values (?, ?)", (STALE, msgspec.json.encode(stale).decode()))


def _is_running(process: int) -> bool:
    """Whether another process of this number runs here; False where that cannot be asked without harm."""
    if process in (0, os.getpid()) or os.name != "posix":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
