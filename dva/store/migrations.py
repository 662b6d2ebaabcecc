"""Migrations by sqlite-utils. Imported only when some are pending, as sqlite-utils takes 78 ms to import.

Each runs inside the transaction of `connection.migrate`, which replays the log after those of `schema.REPLAYED`.
"""

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from dva.store import schema

if TYPE_CHECKING:
    from sqlite_utils.db import Database

MIGRATIONS = Migrations("dva")


def _create(db: "Database", statements: str) -> None:
    """Run the statements one by one: `executescript` would commit the open transaction."""
    for statement in statements.split(";\n"):
        db.conn.execute(statement)


@MIGRATIONS()
def m001_event_log(db: "Database") -> None:
    """Create the event log, the machine id and the texts of this machine."""
    _create(db, schema.EVENT_LOG)


@MIGRATIONS()
def m002_derived(db: "Database") -> None:
    """Create the tables derived from the log."""
    _create(db, schema.DERIVED)


@MIGRATIONS()
def m003_sessions(db: "Database") -> None:
    """Index answers by their session."""
    _create(db, schema.SESSIONS)
