"""Which machine writes: a random id in the database, renewed where the database turns up in another place.

Two databases that write under one id would claim the same (machine, seq) for different events. So the id belongs to
a place (host and path): a copy that is opened elsewhere takes a new one before it writes. What this cannot see (an
older copy put back over the file, a cloned disk) shows itself when events come in that this id has written and
this database does not know: then the id is renewed too, and `log.unite` keeps both events that claim one place.
"""

import os
import sqlite3
from hashlib import sha256
from pathlib import Path

from dva.store.log import new_id


def location_hash(path: Path) -> str:
    """The place of a database, hashed: exports and copies should not tell the name of the host."""
    try:
        host = Path("/etc/machine-id").read_text().strip()
    except OSError:
        host = ""
    if not host:
        host = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return sha256(f"{host}\n{path.resolve()}".encode()).hexdigest()


def current_id(db: sqlite3.Connection) -> str:
    """The id that writes now."""
    (id,) = db.execute("select id from machine").fetchone()
    return str(id)


def is_at_original_location(db: sqlite3.Connection, path: Path) -> bool:
    """Does the database lie where it got its id?"""
    row = db.execute("select home from machine").fetchone()
    return row is not None and row[0] == location_hash(path)


def rotate_id(db: sqlite3.Connection, path: Path) -> None:
    """Write under a new id from now on. To be called in a transaction."""
    db.execute("insert or replace into machine (one, id, home) values (1, ?, ?)", (new_id(), location_hash(path)))
