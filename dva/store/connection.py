"""Opening, migrating and copying the database file; SQLite's errors as StoreError."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from dva.errors import StoreError
from dva.store import schema

FOREIGN = "this is the database of another program"
EMPTY = "the progress database is empty"
COMPANIONS = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps beside a database."""
POLL_MS = 5
"""How often a write that waits asks for the lock. SQLite alone would ask ten times a second, and miss short gaps."""
FOREIGN_KEY_CHECK = "pragma foreign_key_check"
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
    except UnicodeDecodeError as error:  # SQLite quotes a damaged schema in its message, which sqlite3 cannot decode
        message, hint = ERROR_MESSAGES["SQLITE_CORRUPT"]
        raise StoreError(message, where=str(path), hint=hint) from error
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
    return error.message in (EMPTY, ERROR_MESSAGES["SQLITE_NOTADB"][0], ERROR_MESSAGES["SQLITE_CORRUPT"][0])


def connect(path: Path, timeout_ms: int, rebuild: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    """Connect to the database, creating it readable by its owner only, and apply pending migrations.

    `timeout_ms` is how long writes wait for a lock; `rebuild` replays the log where a migration requires it. Raises
    StoreError, with the file untouched, where it is empty, another program's, or of a newer dva.
    """
    with translate_errors(path):
        if not os.path.lexists(path):
            _create(path, timeout_ms, rebuild)
        refuse_foreign(path)
        return _connect(path, timeout_ms, rebuild)


def _connect(path: Path, timeout_ms: int, rebuild: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=timeout_ms / 1000)
    db.text_factory = decode_text
    try:
        db.execute("pragma foreign_keys = on")
        db.execute("pragma synchronous = full")
        pending = has_pending_migrations(db, path)
        if db.execute("pragma journal_mode").fetchone()[0] != "wal":
            _use_wal(db, timeout_ms)
        if pending:
            migrate(db, path, rebuild)
        elif missing(db):
            _create_missing(db, rebuild)
    except BaseException:
        db.close()
        raise
    return db


def _create(path: Path, timeout_ms: int, rebuild: Callable[[sqlite3.Connection], None]) -> None:
    """Create a database under another name and give it its own when it is whole: a kill leaves none that is empty.

    Where another process was faster, its database stays.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _put_stale_logs_aside(path)
    new = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        _connect(new, timeout_ms, rebuild).close()
        try:
            os.link(new, path)
        except FileExistsError:
            return
        except OSError:  # a file system without hard links
            if not path.exists():
                new.rename(path)
        _sync_folder(path.parent)
    finally:
        for suffix in ("", *COMPANIONS):
            new.with_name(new.name + suffix).unlink(missing_ok=True)


def _put_stale_logs_aside(path: Path) -> None:
    """Move a write-ahead log away whose database is gone: SQLite would apply it to the new one."""
    for suffix in COMPANIONS:
        stale = path.with_name(path.name + suffix)
        if stale.exists() and not path.exists():
            stale.replace(_unused_path(stale.with_name(f"{stale.name}.stale")))


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_only(path: Path) -> sqlite3.Connection:
    """Connect to a database to read it, without leaving a file beside it or changing one byte of it.

    A write-ahead log is read too where there is one.
    """
    log = path.with_name(path.name + "-wal")
    in_use = log.exists() and log.stat().st_size > 0
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{'' if in_use else '&immutable=1'}", uri=True)
    db.text_factory = decode_text
    return db


def refuse_foreign(path: Path) -> None:
    """Raise StoreError where the file is no progress of dva's, or that of a newer dva, or holds no log."""
    if not path.is_file():
        message, hint = ERROR_MESSAGES["SQLITE_CANTOPEN"]
        raise StoreError(f"{message}: not a file", where=str(path), hint=hint)
    if path.stat().st_size == 0 and not path.with_name(path.name + "-wal").exists():
        raise _empty(path)
    with closing(read_only(path)) as db:
        # STRICT tells our tables from those of another program that happen to have their names, such as `cards`.
        sql = "select name, strict from pragma_table_list where schema = 'main' and name not like 'sqlite_%'"
        tables = dict(db.execute(sql).fetchall())
        if not tables:
            raise _empty(path)
        if not tables.get("events", True) or not any(tables.get(name) for name in schema.statements()):
            raise StoreError(
                FOREIGN,
                where=str(path),
                hint="move the file away, or name another folder in DVA_HOME",
            )
        names = applied_migrations(db)
        has_pending_migrations(db, path)
    if not names or "events" not in tables:
        message, hint = ERROR_MESSAGES["SQLITE_CORRUPT"]
        raise StoreError(message, where=str(path), hint=hint)


def _empty(path: Path) -> StoreError:
    hint = "dva data restore BACKUP brings a backup back; where there is none, remove the file"
    return StoreError(EMPTY, where=str(path), hint=hint)


def missing(db: sqlite3.Connection) -> list[str]:
    """Return the tables, indexes and views that a sound database would have."""
    have = {name for (name,) in db.execute("select name from sqlite_master")}
    return [name for name in schema.statements() if name not in have]


def _create_missing(db: sqlite3.Connection, rebuild: Callable[[sqlite3.Connection], None]) -> None:
    """Create the tables, indexes and views that are missing; what is derived from the log is replayed."""
    with transaction(db):
        absent = missing(db)
        for name in absent:
            db.execute(schema.statements()[name])
        if {"cards", "answers"} & set(absent):
            rebuild(db)


def decode_text(data: bytes) -> str:
    """Return a text of the database; bytes that are not UTF-8 stay, as lone surrogates, and end no statement."""
    return data.decode("utf-8", "surrogateescape")


def faults(db: sqlite3.Connection) -> list[str]:
    """Return one line for each fault of the file and of the references between its tables.

    Values that a table should not hold are left to the log, which names them: SQLite would stop at the first.
    """
    problems = list[str]()
    db.execute("pragma ignore_check_constraints = on")
    try:
        problems += [f"database: {text}" for (text,) in db.execute("pragma integrity_check") if text != "ok"]
        problems += [f"{table}: a row without its {other}" for table, _, other, _ in db.execute(FOREIGN_KEY_CHECK)]
    except sqlite3.DatabaseError as error:
        if is_busy(error):
            raise
        problems.append(f"database: the check of the file ended early: {error}")
    finally:
        db.execute("pragma ignore_check_constraints = off")
    return problems


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process holds the lock."""
    return (getattr(error, "sqlite_errorname", "") or "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def is_about_damage(error: sqlite3.Error) -> bool:
    """Whether pages of the file are damaged."""
    return (getattr(error, "sqlite_errorname", "") or "").startswith("SQLITE_CORRUPT")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit the block as one transaction, or roll it back.

    The write lock is taken at the start, so that it cannot be refused in the middle.
    """
    _begin(db)
    try:
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise


def _begin(db: sqlite3.Connection) -> None:
    (timeout,) = db.execute("pragma busy_timeout").fetchone()
    deadline = time.monotonic() + timeout / 1000
    db.execute(f"pragma busy_timeout = {min(timeout, POLL_MS)}")
    try:
        while True:
            try:
                db.execute("begin immediate")
                return
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.001)
    finally:
        db.execute(f"pragma busy_timeout = {timeout}")


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
    """Copy a database that may be in use, consistently and completely or not at all, readable by its owner only.

    The copy belongs to no place, so that it gets a machine id of its own also where it is put back by hand.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    os.close(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(partial)) as new:
            old.backup(new)
            new.execute("pragma journal_mode = delete")
            with suppress(sqlite3.DatabaseError):  # a table that is missing or damaged
                new.execute("update machine set home = ''")
                new.commit()
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def quarantine(path: Path) -> Path:
    """Move a damaged database away, with its write-ahead log; return its new path.

    It is copied first, the log before the database: killed at any moment, all of it is there under one of the names.
    """
    quarantined = _unused_path(path.with_name(f"{path.name}.damaged"))
    names = [name for name in (*COMPANIONS, "") if path.with_name(path.name + name).is_file()]
    for suffix in names:
        if suffix != "-shm":
            _copy_bytes(path.with_name(path.name + suffix), quarantined.with_name(quarantined.name + suffix))
    for suffix in names:
        path.with_name(path.name + suffix).replace(quarantined.with_name(quarantined.name + suffix))
    _sync_folder(path.parent)
    return quarantined


def _copy_bytes(source: Path, target: Path) -> None:
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with (
            source.open("rb") as old,
            os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as new,
        ):
            shutil.copyfileobj(old, new)
            new.flush()
            os.fsync(new.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
