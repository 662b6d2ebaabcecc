"""The machine id under which this database writes events; a copied database gets a new one.

Two databases with one machine id would use the same (machine, seq) for different events. So the id is bound to a
location (host and path): a copy that is opened elsewhere gets a new id before it writes. What that cannot detect (an
older copy put back over the file, a cloned disk) is noticed when a merge brings events of this id that this database
does not know: then the id is rotated too, and `conflicts.merge_event` keeps both of two conflicting events.
"""

import os
import sqlite3
from hashlib import sha256
from pathlib import Path

from dva.store.log import MACHINE, new_id


def location_hash(path: Path) -> str:
    """Return a hash of host and path; hashed, as copies of the database must not reveal the host."""
    try:
        host = Path("/etc/machine-id").read_text().strip()
    except OSError:
        host = ""
    if not host:
        host = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return sha256(f"{host}\n{path.resolve()}".encode()).hexdigest()


def current_id(db: sqlite3.Connection) -> str:
    """Return the machine id of this database."""
    (id,) = db.execute("select id from machine").fetchone()
    return str(id)


def is_at_original_location(db: sqlite3.Connection, path: Path) -> bool:
    """Whether the database is where it got its machine id; False for a new one, and for an id that is none.

    The id names a file in the folder of a sync, so a forged one could lead out of it.
    """
    row = db.execute("select id, home from machine").fetchone()
    return row is not None and MACHINE.fullmatch(row[0]) is not None and row[1] == location_hash(path)


def rotate_id(db: sqlite3.Connection, path: Path) -> None:
    """Give the database a new machine id, bound to `path`. Must be called inside a transaction."""
    db.execute("insert or replace into machine (one, id, home) values (1, ?, ?)", (new_id(), location_hash(path)))
