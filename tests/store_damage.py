"""Databases as a failing disk, another program or a slip of the hand leave them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from store_times import START

from dva import store as room
from dva.study.events import Answer, Setting

Make = Callable[..., Answer]
MARK = b"SPOILT-HERE"


def filled(path: Path, answer: Make, count: int = 30) -> None:
    """A database of answers, a setting, a suspended card and an undone answer; event 8 carries a mark to be spoilt."""
    with room.open(path) as store:
        for n in range(count):
            topic = MARK.decode() if n == 7 else "ecs"
            store.append("answer", answer(f"ecs.{n % 9}", question=f"q{n}", topic=topic), START + n, 0)
        store.append("setting", Setting("minutes", 20), START + count, 0)
        store.append("suspend", {"card": "ecs.3"}, START + count, 0)
        store.undo(START + count, 0)
    flush(path)


def flush(path: Path) -> None:
    """Write everything to the main file, without a write-ahead log beside it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        db.execute("pragma journal_mode = delete")


def replace_bytes(path: Path, old: bytes, new: bytes) -> None:
    """Change bytes of the file behind SQLite's back."""
    assert len(old) == len(new)
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


SPOILT: dict[str, tuple[bytes, bytes]] = {
    "not JSON": (b'"SPOILT-HERE"', b"SPOILT-HERE!!"),
    "not UTF-8": (MARK, b"\xff\xfe\xc0\x80\x80\x80\x80\x80\x80\x80\x80"),
    "wrong type": (b'"SPOILT-HERE"', b"[1, 2, 3,  4]"),
    "missing key": (b'"topic":"SPOILT-HERE"', b'"tapir":"SPOILT-HERE"'),
}
"""What a row may suffer: bytes of the file, and what stands there instead."""


def spoil(path: Path, kind: str) -> None:
    """Spoil the marked row: in the log only, as the table of answers holds a bare topic."""
    replace_bytes(path, *SPOILT[kind])
