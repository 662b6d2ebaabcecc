"""Migrations through sqlite-utils. Imported only when the database is behind: sqlite-utils costs 78 ms.

Each runs inside the transaction of `connection.migrate`, which replays the log after those of `schema.REPLAYED`.
"""

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from dva.store import schema

if TYPE_CHECKING:
    from sqlite_utils.db import Database

MIGRATIONS = Migrations("dva")


def _create(db: "Database", tables: str) -> None:
    """Statement by statement: a script would commit the transaction that is open."""
    for statement in tables.split(";\n"):
        db.conn.execute(statement)


@MIGRATIONS()
def m001_event_log(db: "Database") -> None:
    """The log, which is never rewritten, and what belongs to this machine alone."""
    _create(db, schema.EVENT_LOG)


@MIGRATIONS()
def m002_derived(db: "Database") -> None:
    """What follows from the log."""
    _create(db, schema.DERIVED)


@MIGRATIONS()
def m003_sessions(db: "Database") -> None:
    """A session's answers are found without reading all others."""
    _create(db, schema.SESSIONS)
