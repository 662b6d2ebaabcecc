"""Files that a learner names to be written: what they must not replace, and errors that name them."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dva.errors import UsageError
from dva.store import connection, jsonl
from dva.store.connection import COMPANIONS

SQLITE_HEADER = b"SQLite format 3\0"
REASONS = {
    "SQLITE_FULL": "no space left on device",
    "SQLITE_IOERR_WRITE": "no space left on device, or the device failed",
    "SQLITE_IOERR_TRUNCATE": "no space left on device, or the device failed",
    "SQLITE_IOERR_FSYNC": "the device failed",
    "SQLITE_READONLY": "it cannot be written",
}
"""Errors of SQLite that come from the file that is written, never from the one that is read."""


def refuse_own_files(database: Path, file: Path) -> None:
    """Raise UsageError where a file to be written is needed: the database, its logs and copies, any backup.

    By whatever name, links followed. A backup elsewhere is known by its content.
    """
    ours = [database.name + suffix for suffix in ("", *COMPANIONS)]
    for name in dict.fromkeys([*ours, *_copies(database)]):
        own = database.with_name(name)
        if os.path.realpath(file) == os.path.realpath(own) or _is_same(file, own):
            what = "the database itself" if name in ours else "a copy of the database"
            raise UsageError(f"`{file}` is {what}", hint="name another file")
    if is_database(file):
        raise UsageError(f"`{file}` is a database; it is not replaced", hint="name another file, or remove it first")


def _copies(database: Path) -> list[str]:
    """Return the names beside the database of what may be a copy of it, or a part of one."""
    with suppress(OSError), os.scandir(database.parent) as entries:
        return sorted(one.name for one in entries if one.name.startswith(database.name) or one.name.endswith(".db"))
    return []


def _is_same(one: Path, other: Path) -> bool:
    with suppress(OSError):
        return one.samefile(other)
    return False


def is_database(file: Path) -> bool:
    """Whether a regular file begins as a database does; False where it cannot be read."""
    with suppress(OSError):
        if file.is_file():
            with file.open("rb") as opened:
                return opened.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    return False


def backup(database: Path, file: Path) -> None:
    """Copy the database to a file, completely or not at all; UsageError where the file cannot be written."""
    refuse_own_files(database, file)
    with connection.translate_errors(database), jsonl.translate_write_errors(file), _naming(file):
        connection.copy(database, file)


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """Raise UsageError that names the file for an error of SQLite that comes from writing it."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "") or ""
        reason = next((text for start, text in REASONS.items() if code.startswith(start)), None)
        if reason is None:
            raise
        raise UsageError(f"cannot write the file: {reason}", where=str(file)) from error
