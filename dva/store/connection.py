"""Opening, migrating and copying the database file; SQLite's errors as StoreError."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dva.errors import StoreError, UsageError
from dva.store import schema

BUSY_HINT = "close the other dva, or the program that has the file open, and try again"
ERROR_MESSAGES = {
    "SQLITE_BUSY": ("the progress database is locked by another program", BUSY_HINT),
    "SQLITE_LOCKED": ("the progress database is locked by another program", BUSY_HINT),
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
    """Raise StoreError for an error of SQLite or of the file system inside the block."""
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
    """Return the StoreError for an SQLite error; extended codes (SQLITE_IOERR_WRITE) are treated as their family."""
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
    """Whether the file is not a readable database, so that a restore may move it away."""
    return error.message in (ERROR_MESSAGES["SQLITE_NOTADB"][0], ERROR_MESSAGES["SQLITE_CORRUPT"][0])


def connect(path: Path, timeout_ms: int, rebuild: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    """Connect to the database, creating it readable by its owner only, and apply pending migrations.

    `timeout_ms` is how long writes wait for a lock; `rebuild` replays the log where a migration requires it.
    """
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
    """Commit the block as one transaction, or roll it back.

    The write lock is taken at the start, so that it cannot be refused in the middle.
    """
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise


def applied_migrations(db: sqlite3.Connection) -> list[str]:
    """Return the names of the migrations applied to this database, oldest first."""
    if not db.execute("select 1 from sqlite_master where name = '_sqlite_migrations'").fetchone():
        return []
    rows = db.execute("select name from _sqlite_migrations where migration_set = 'dva' order by rowid")
    return [name for (name,) in rows]


def has_pending_migrations(db: sqlite3.Connection, path: Path) -> bool:
    """Whether migrations are pending; raises StoreError if the file comes from a newer dva."""
    have = applied_migrations(db)
    if any(name not in schema.NAMES for name in have):
        raise StoreError(
            "the progress was written by a newer version of dva", where=str(path), hint="install the newest dva"
        )
    return len(have) < len(schema.NAMES)


def migrate(db: sqlite3.Connection, path: Path, rebuild: Callable[[sqlite3.Connection], None]) -> None:
    """Apply pending migrations in one transaction, after a backup of a database that holds data.

    One transaction for all, so that several processes that start at once wait for each other and find the work done.
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
    """Switch to a write-ahead log; retry, as SQLite ignores the busy timeout for this pragma."""
    deadline = time.monotonic() + timeout_ms / 1000
    while True:
        try:
            db.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if time.monotonic() > deadline or error.sqlite_errorname != "SQLITE_BUSY":
                raise
            time.sleep(0.01)


def _unused_path(path: Path) -> Path:
    """Return `path`, numbered where it exists: a copy never replaces an older one."""
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def copy(source: Path, target: Path) -> None:
    """Copy a database that may be in use, consistently and completely or not at all, readable by its owner only."""
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


def refuse_own_files(database: Path, file: Path) -> None:
    """Raise UsageError where a file to be written is the database, by any name, or one that SQLite keeps for it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        own = database.with_name(database.name + suffix)
        if file.resolve() == own.resolve() or (own.exists() and file.exists() and file.samefile(own)):
            raise UsageError(f"`{file}` is the database itself", hint="name another file")


def quarantine(path: Path) -> Path:
    """Move a damaged database away, with its write-ahead log; return its new path."""
    quarantined = _unused_path(path.with_name(f"{path.name}.damaged"))
    path.replace(quarantined)
    for suffix in ("-wal", "-shm"):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.replace(quarantined.with_name(quarantined.name + suffix))
    return quarantined
