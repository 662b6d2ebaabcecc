"""Reading backups, and recovering a damaged database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from dva.errors import StoreError, UsageError
from dva.store import connection, jsonl, log
from dva.store.log import SourcedEvent

SQLITE_HEADER = b"SQLite format 3\0"


def read_backup(backup: Path) -> Iterator[SourcedEvent]:
    """Yield the events of a backup: a database that `Store.backup` wrote, or JSON lines.

    Raises UsageError where the file is missing, StoreError where it holds no events of dva.
    """
    if not backup.is_file():
        raise UsageError("there is no such file", where=str(backup))
    data = jsonl.read_bytes(backup)
    if data.startswith(SQLITE_HEADER):
        yield from _from_database(backup)
    else:
        yield from ((str(backup), n, event) for n, event in jsonl.decode_lines(data.split(b"\n"), str(backup)))


def _from_database(backup: Path) -> Iterator[SourcedEvent]:
    with connection.translate_errors(backup), closing(_read_only(backup)) as db:
        if not connection.applied_migrations(db):
            raise StoreError("holds no progress of dva", where=str(backup))
        connection.has_pending_migrations(db, backup)  # refuses a backup of a newer dva
        yield from ((str(backup), n, event) for n, event in enumerate(log.read_events(db), 1))


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def quarantine_if_damaged(path: Path) -> Path | None:
    """Move a database away that SQLite cannot read and return its new path; None where it is sound or missing."""
    if not path.exists() or _is_sound(path):
        return None
    with connection.translate_errors(path):
        return connection.quarantine(path)


def _is_sound(path: Path) -> bool:
    try:
        with connection.translate_errors(path), closing(sqlite3.connect(path)) as db:
            return [text for (text,) in db.execute("pragma quick_check")] == ["ok"]
    except StoreError as error:
        if connection.is_damaged(error):
            return False
        raise


def recoverable_events(quarantined: Path) -> Iterator[SourcedEvent]:
    """Yield the valid events of a damaged database, up to where it becomes unreadable."""
    try:
        with closing(_read_only(quarantined)) as db:
            sql = f"select {log.COLUMNS} from events not indexed order by rowid"  # noqa: S608 (fixed names)
            for number, row in enumerate(db.execute(sql), 1):
                event = log.event_from_row(row)
                if log.validation_error(event) is None:
                    yield str(quarantined), number, event
    except (sqlite3.Error, ValueError, TypeError):
        return
