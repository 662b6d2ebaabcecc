"""Faults of the database file: one clear line, what to do next, and nothing lost."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from store_times import DAY, START

from dva import store as room
from dva.errors import ExitCode, StoreError
from dva.store import Store, connection
from dva.study.events import Answer

Make = Callable[..., Answer]


def test_locked_by_another_program(path: Path, answer: Make) -> None:
    with room.open(path, timeout_ms=50) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreError, match="locked by another program") as error:
            store.append("answer", answer(), START, 0)
        assert error.value.exit_code is ExitCode.STORE
        assert "try again" in (error.value.hint or "")
        assert store.events() == []
        other.execute("rollback")
        assert store.append("answer", answer(), START, 0).seq == 1


def test_a_start_while_the_file_is_locked(path: Path) -> None:
    room.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("pragma journal_mode = delete")
        other.execute("begin exclusive")
        with pytest.raises(StoreError, match="locked by another program"):
            room.open(path, timeout_ms=50)


def test_a_full_disk(store: Store, answer: Make) -> None:
    store.append("answer", answer(), START, 0)
    (pages,) = store._db.execute("pragma page_count").fetchone()
    store._db.execute(f"pragma max_page_count = {pages}")
    with pytest.raises(StoreError, match="the disk is full") as error:
        for n in range(1000):
            store.append("answer", answer(f"ecs.{n}"), START + n, 0)
    assert "free some space" in (error.value.hint or "")
    store._db.execute("pragma max_page_count = 1000000")
    assert store.verify() == []


def test_a_file_that_cannot_be_written(path: Path) -> None:
    """A read-only connection, as SQLite makes it by itself where the rights are missing."""
    room.open(path).close()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db, Store(db, path) as store:
        with pytest.raises(StoreError, match="cannot be written") as error:
            store.set_local("session", "one")
        assert "DVA_HOME" in (error.value.hint or "")


READ_THEN_WRITE = """
import sys
from pathlib import Path
from dva import store
from dva.errors import StoreError
try:
    with store.open(Path(sys.argv[1])) as opened:
        print(len(opened.events()))
        opened.set_local("session", "one")
except StoreError as error:
    print(error, "|", error.hint)
"""


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may write everywhere")
@pytest.mark.parametrize(
    ("file", "folder", "count"), [(0o444, 0o700, ["1"]), (0o444, 0o555, []), (0o644, 0o555, []), (0o000, 0o700, [])]
)
def test_where_the_rights_are_missing(
    path: Path, store: Store, answer: Make, file: int, folder: int, count: list[str]
) -> None:
    """A file that may only be read is read; a write-ahead log also wants a folder that can be written."""
    store.append("answer", answer(), START, 0)
    store.close()
    path.chmod(file)
    path.parent.chmod(folder)
    powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    command = [*powerless, sys.executable, "-c", READ_THEN_WRITE, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    path.parent.chmod(0o700)
    *read, last = done.stdout.splitlines()
    assert read == count
    assert re.match(rf"{path}: the progress database cannot be (written|opened)", last)
    assert "writable, or name another folder in DVA_HOME" in last


def test_a_file_that_is_no_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("my notes about ECS\n" * 200)
    with pytest.raises(StoreError, match="not a database") as error:
        room.open(path)
    assert error.value.where == str(path)
    assert "dva data restore" in (error.value.hint or "")
    assert path.read_text().startswith("my notes")


def test_a_damaged_database(path: Path, answer: Make) -> None:
    damage(path, answer)
    with pytest.raises(StoreError, match="damaged"), room.open(path) as store:
        assert store.verify() == []
        store.cards()


def damage(path: Path, answer: Make) -> list[str]:
    """A database with 300 answers of which pages in the middle are overwritten; the ids it had."""
    with room.open(path) as store:
        for n in range(300):
            store.append("answer", answer(f"ecs.{n}"), START + n, 0)
        ids = [event.id for event in store.events()]
        store._db.execute("pragma wal_checkpoint(truncate)")
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xa5" * 4096 * 40)
    return ids


def test_restoring_puts_a_damaged_database_aside(path: Path, tmp_path: Path, answer: Make) -> None:
    with room.open(path) as store:
        store.append("answer", answer("cicd.01"), START - DAY, 0)
        store.backup(tmp_path / "backup.db")
        saved = store.events()
    damage(path, answer)
    restored = room.restore(path, tmp_path / "backup.db")
    assert restored.quarantined == path.with_name("dva.db.damaged") and restored.quarantined.exists()
    with room.open(path) as store:
        assert {event.id for event in store.events()} >= {event.id for event in saved}
        assert restored.added == len(store.events())
        assert store.verify() == []


def test_restoring_over_what_is_no_database(path: Path, tmp_path: Path, answer: Make, store: Store) -> None:
    store.append("answer", answer(), START, 0)
    store.backup(tmp_path / "backup.db")
    broken = tmp_path / "broken.db"
    broken.write_text("not a database at all\n" * 100)
    assert room.restore(broken, tmp_path / "backup.db").added == 1
    assert (tmp_path / "broken.db.damaged").read_text().startswith("not a database")


def test_a_folder_where_the_file_should_be(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be opened"):
        room.open(path)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError) as error:
        room.open(tmp_path / "home" / "dva.db")
    assert "DVA_HOME" in (error.value.hint or "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_IOERR_WRITE", "the disk failed"),
        ("SQLITE_BUSY_SNAPSHOT", "locked"),
        ("SQLITE_READONLY_DBMOVED", "cannot be written"),
        ("SQLITE_CORRUPT_INDEX", "damaged"),
        ("SQLITE_SCHEMA", "does not work"),
    ],
)
def test_extended_codes_follow_their_family(name: str, words: str) -> None:
    error = sqlite3.OperationalError("whatever")
    error.sqlite_errorname = name
    translated = connection.translate_error(error, Path("dva.db"))
    assert (
        words in translated.message
        and translated.hint
        and translated.message == translated.message[0].lower() + translated.message[1:]
    )
