"""Opening the database: private to its owner, up to date, and every failure of SQLite told in one clear line."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dva.errors import StoreError
from dva.store import schema

BUSY = "close the other dva, or the program that has the file open, and try again"
ERROR_MESSAGES = {
    "SQLITE_BUSY": ("the progress database is locked by another program", BUSY),
    "SQLITE_LOCKED": ("the progress database is locked by another program", BUSY),
    "SQLITE_READONLY": (
        "the progress database cannot be written",
        "make the file and its folder writable, or name another folder in DVA_HOME",
    ),
    "SQLITE_CANTOPEN": (
        "the progress database cannot be opened",
        "make the file and its folder readable and writable, or name another folder in DVA_HOME",
    ),
    "SQLITE_PERM": ("the progress database may not be read", "look at the owner and the rights of the file"),
    "SQLITE_AUTH": ("the progress database may not be read", "look at the owner and the rights of the file"),
    "SQLITE_FULL": ("the disk is full; the last answer is not kept", "free some space and answer again"),
    "SQLITE_IOERR": ("the disk failed while the progress database was in use", "look at the disk, then try again"),
    "SQLITE_NOTADB": (
        "the progress file is not a database",
        "dva data restore BACKUP puts it aside and brings a backup back",
    ),
    "SQLITE_CORRUPT": (
        "the progress database is damaged",
        "dva data restore BACKUP puts it aside and brings a backup back",
    ),
}


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """SQLite's errors as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate_error(error, path) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StoreError(
            f"the progress database cannot be opened: {reason}",
            where=str(error.filename or path),
            hint="name another folder in DVA_HOME",
        ) from error


def translate_error(error: sqlite3.Error, path: Path) -> StoreError:
    """One line for what SQLite says; extended codes (SQLITE_IOERR_WRITE) follow their family."""
    code = getattr(error, "sqlite_errorname", "") or ""
    for family, (message, hint) in ERROR_MESSAGES.items():
        if code == family or code.startswith(family + "_"):
            return StoreError(message, where=str(path), hint=hint)
    return StoreError(
        f"the progress database does not work: {str(error).lower()}",
        where=str(path),
        hint="dva data verify says what is wrong with it",
    )


def is_damaged(error: StoreError) -> bool:
    """Is the file beyond reading, so that a restore may put it aside?"""
    return error.message in (ERROR_MESSAGES["SQLITE_NOTADB"][0], ERROR_MESSAGES["SQLITE_CORRUPT"][0])


def connect(path: Path, timeout_ms: int, rebuild: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    """A connection to an up-to-date database; it is made, readable by its owner alone, where there is none."""
    with translate_errors(path):
        _create_private(path)
        db = sqlite3.connect(path, isolation_level=None, timeout=timeout_ms / 1000)
        try:
            db.execute("pragma foreign_keys = on")
            db.execute("pragma synchronous = full")
            pending = has_pending_migrations(db, path)
            if db.execute("pragma journal_mode").fetchone()[0] != "wal":
                _use_wal(db, timeout_ms)
            if pending:
                migrate(db, path, rebuild)
        except BaseException:
            db.close()
            raise
    return db


def _create_private(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; the right to write is taken at the start, so that it cannot be refused in the middle."""
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise


def applied_migrations(db: sqlite3.Connection) -> list[str]:
    """The names of the migrations that this database has had."""
    if not db.execute("select 1 from sqlite_master where name = '_sqlite_migrations'").fetchone():
        return []
    rows = db.execute("select name from _sqlite_migrations where migration_set = 'dva' order by rowid")
    return [name for (name,) in rows]


def has_pending_migrations(db: sqlite3.Connection, path: Path) -> bool:
    """Does this database want migrations? One that knows more than we do is refused."""
    have = applied_migrations(db)
    if any(name not in schema.NAMES for name in have):
        raise StoreError(
            "the progress was written by a newer version of dva", where=str(path), hint="install the newest dva"
        )
    return len(have) < len(schema.NAMES)


def migrate(db: sqlite3.Connection, path: Path, rebuild: Callable[[sqlite3.Connection], None]) -> None:
    """Bring the tables up to date; a database that holds something is copied first. The log is replayed where wanted.

    One transaction over all, so that several first starts at once wait for each other and find the work done.
    """
    from sqlite_utils import Database

    from dva.store.migrations import MIGRATIONS

    with transaction(db):
        have = applied_migrations(db)
        if not has_pending_migrations(db, path):
            return
        if have:
            copy(path, _unused_path(path.with_name(f"{path.name}.before-{schema.NAMES[len(have)]}")))
        MIGRATIONS.apply(Database(db, execute_plugins=False))
        if schema.REPLAYED & set(schema.NAMES[len(have) :]):
            rebuild(db)


def _use_wal(db: sqlite3.Connection, timeout_ms: int) -> None:
    """Switch to a write-ahead log. SQLite does not wait for its turn here, so we do."""
    until = time.monotonic() + timeout_ms / 1000
    while True:
        try:
            db.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if time.monotonic() > until or error.sqlite_errorname != "SQLITE_BUSY":
                raise
            time.sleep(0.01)


def _unused_path(path: Path) -> Path:
    """This path, or with a number where it is taken: a copy never replaces an older one."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def copy(source: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use, complete or not there at all, private to its owner."""
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    os.close(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    try:
        with (
            translate_errors(target),
            closing(sqlite3.connect(source)) as old,
            closing(sqlite3.connect(partial)) as new,
        ):
            old.backup(new)
            new.execute("pragma journal_mode = delete")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def quarantine(path: Path) -> Path:
    """Move a database that cannot be read out of the way, with what belongs to it; returns its new place."""
    quarantined = _unused_path(path.with_name(f"{path.name}.damaged"))
    path.replace(quarantined)
    for part in ("-wal", "-shm"):
        beside = path.with_name(path.name + part)
        if beside.exists():
            beside.replace(quarantined.with_name(quarantined.name + part))
    return quarantined
