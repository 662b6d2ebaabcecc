"""Reading backups, and recovering a damaged database."""

import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from dva.errors import StoreError, UsageError
from dva.store import connection, jsonl, log, merging, targets
from dva.store.log import Damage, Event, SourcedEvent

SALVAGED = "salvaged"
"""Name of the text of this machine that notes which databases were read after they had been moved away."""


class Salvaged(Struct):
    """What was read from databases that were moved away: number of new events, rows and events that are lost."""

    added: int = 0
    damage: list[Damage] = []
    passed_over: list[str] = []


def read_backup(backup: Path) -> tuple[list[SourcedEvent], list[Damage]]:
    """Return the events of a backup, a database that `Store.backup` wrote or JSON lines, and its damaged rows.

    Raises UsageError where the file is missing, StoreError where it holds no events of dva.
    """
    if not backup.is_file():
        raise UsageError("there is no such file", where=str(backup))
    data = jsonl.read_bytes(backup)
    if data.startswith(targets.SQLITE_HEADER):
        return _from_database(backup)
    lines = jsonl.decode_lines(data.split(b"\n"), str(backup))
    return [(str(backup), n, event) for n, event in lines], []


def _from_database(backup: Path) -> tuple[list[SourcedEvent], list[Damage]]:
    try:
        with connection.translate_errors(backup):
            connection.refuse_foreign(backup)
    except StoreError as error:
        if error.message in (connection.FOREIGN, connection.EMPTY):
            raise StoreError("holds no progress of dva", where=str(backup)) from error
        if not connection.is_damaged(error):
            raise
    with connection.translate_errors(backup), closing(connection.read_only(backup)) as db:
        events, damage = log.read_log(db)
    return [(str(backup), n, event) for n, event in enumerate(events, 1)], damage


def winning_resets(resets: Sequence[Event], backup: Sequence[Event]) -> list[Event]:
    """Return those of the resets that the backup does not know and that discard answers of it."""
    known = {event.id for event in backup}
    answers = [event for event in backup if event.kind == "answer"]
    first = min((event.at for event in answers), default=None)
    of_card = dict[str, int]()
    for event in answers:
        card = event.body["notes"][0]
        of_card[card] = min(event.at, of_card.get(card, event.at))
    unknown = [reset for reset in resets if reset.id not in known]
    begun = [(reset, first if (card := reset.body.get("card")) is None else of_card.get(card)) for reset in unknown]
    return [reset for reset, at in begun if at is not None and at <= reset.at]


def quarantine_if_damaged(path: Path) -> Path | None:
    """Move a database away of which something cannot be read and return its new path; None where all can.

    Raises StoreError, with the file untouched, where it is another program's or of a newer dva.
    """
    if not os.path.lexists(path):
        return None
    with connection.translate_errors(path), closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.text_factory = connection.decode_text
        if _is_sound(db, path):
            return None
        try:
            with connection.transaction(db):  # nobody writes while the file is moved
                pass
        except UnicodeDecodeError:  # of a damaged schema
            pass
        except sqlite3.Error as error:
            if connection.is_busy(error):
                raise
        return connection.quarantine(path)


def _is_sound(db: sqlite3.Connection, path: Path) -> bool:
    try:
        with connection.translate_errors(path):
            connection.refuse_foreign(path)
            return not (connection.missing(db) or connection.faults(db) or log.read_log(db)[1])
    except StoreError as error:
        if connection.is_damaged(error):
            return False
        raise


def salvage(db: sqlite3.Connection, path: Path) -> Salvaged:
    """Merge what can be read from the databases that were moved away from `path`, each once.

    A restore that was killed after it had moved one away did not come to this.
    """
    result = Salvaged()
    for file, mark in _quarantined(path):
        if mark in _salvaged_marks(db):
            continue
        rows = list(_recoverable_rows(file))
        events = [(str(file), n, row) for n, row in enumerate(rows, 1) if isinstance(row, Event)]
        done = merging.merge(db, path, events, strict=False)
        with connection.transaction(db):
            marks = sorted({*_salvaged_marks(db), mark})
            db.execute("delete from kept where name = ?", (SALVAGED,))
            db.execute("insert into kept (name, text) values (?, ?)", (SALVAGED, "\n".join(marks)))
        result.added += done.added
        result.damage += [row for row in rows if isinstance(row, Damage)]
        result.passed_over += done.passed_over
    return result


def _quarantined(path: Path) -> list[tuple[Path, str]]:
    """Return the databases that were moved away from `path`, each with a mark that changes when it is written to."""
    pattern = re.compile(re.escape(f"{path.name}.damaged") + r"(-\d+)?")
    with os.scandir(path.parent) as entries:
        names = sorted(entry.name for entry in entries if pattern.fullmatch(entry.name) and entry.is_file())
    return [(path.with_name(name), _mark(path.with_name(name))) for name in names]


def _mark(file: Path) -> str:
    parts = [file, file.with_name(f"{file.name}-wal")]
    found = [part.stat() for part in parts if part.exists()]
    return " ".join([file.name, *(f"{one.st_size}.{one.st_mtime_ns}" for one in found if one.st_size)])


def _salvaged_marks(db: sqlite3.Connection) -> list[str]:
    row = db.execute("select text from kept where name = ?", (SALVAGED,)).fetchone()
    return [] if row is None else str(row[0]).split("\n")


def _recoverable_rows(quarantined: Path) -> Iterator[Event | Damage]:
    """Yield what can still be read from a damaged database."""
    try:
        with closing(connection.read_only(quarantined)) as db:
            yield from log.salvage(db)
    except (sqlite3.Error, UnicodeDecodeError):
        return
