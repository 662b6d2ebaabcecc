"""From the oldest schema, empty and filled, and what a newer version has left."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from dva import store as room
from dva.errors import ExitCode, StoreError
from dva.store import Store, connection, derived, schema
from dva.store.migrations import MIGRATIONS

TABLES = "select type, name, sql from sqlite_master where name not like 'sqlite_%' order by name"


def oldest(path: Path, *events: tuple[object, ...]) -> None:
    """A database as the first version left it: the log alone."""
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as db:
        MIGRATIONS.apply(Database(db), stop_before=schema.NAMES[1])
        db.executemany("insert into events (id, machine, seq, at, offset, kind, body) values (?,?,?,?,?,?,?)", events)
        db.commit()


def an_answer(n: int) -> tuple[object, ...]:
    body = (
        '{"question":"q","rev":1,"type":"single","chosen":["a"],"correct":true,"sure":true,'
        f'"notes":["ecs.0{n}"],"topic":"ecs","ms":900}}'
    )
    return f"{n:032x}", "m", n, 1_795_521_600_000 + n, 60, "answer", body


def test_the_names_known_without_sqlite_utils_are_those_of_the_migrations(store: Store) -> None:
    assert tuple(migration.name for migration in MIGRATIONS._migrations) == schema.NAMES
    assert connection.applied_migrations(store._db) == list(schema.NAMES)


def test_an_empty_old_database_becomes_as_a_new_one(path: Path, empty: Path) -> None:
    oldest(path)
    with room.open(path) as old, closing(sqlite3.connect(empty)) as new:
        assert old._db.execute(TABLES).fetchall() == new.execute(TABLES).fetchall()
        assert old.verify() == []


def test_a_filled_old_database_is_replayed_and_copied_first(path: Path) -> None:
    oldest(path, an_answer(1), an_answer(2))
    with room.open(path) as store:
        assert [card.id for card in store.cards()] == ["ecs.01", "ecs.02"]
        assert store.verify() == []
    copy = path.with_name("dva.db.before-m002_derived")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as db:
        assert connection.applied_migrations(db) == ["m001_event_log"]
        assert db.execute("select count(*) from events").fetchone() == (2,)


def test_a_migration_that_fails_leaves_the_database_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    oldest(path, an_answer(1))

    def fail(db: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("a fault in the middle")

    monkeypatch.setattr(derived, "rebuild", fail)
    with pytest.raises(StoreError, match="a fault in the middle"):
        room.open(path)
    monkeypatch.undo()
    with closing(sqlite3.connect(path)) as db:
        assert connection.applied_migrations(db) == ["m001_event_log"]
    with room.open(path) as store:
        assert len(store.cards()) == 1
    assert path.with_name("dva.db.before-m002_derived-2").exists()


def test_progress_of_a_newer_version_is_left_alone(path: Path) -> None:
    with room.open(path) as store:
        store._db.execute("insert into _sqlite_migrations values (99, 'dva', 'm099_future', '2030')")
    before = path.read_bytes()
    with pytest.raises(StoreError) as error:
        room.open(path)
    assert error.value.exit_code is ExitCode.STORE
    assert str(error.value) == f"{path}: the progress was written by a newer version of dva"
    assert error.value.hint == "install the newest dva"
    assert path.read_bytes() == before


def test_migrations_of_another_program_in_the_file_do_not_matter(path: Path) -> None:
    with room.open(path) as store:
        store._db.execute("insert into _sqlite_migrations values (99, 'llm', 'm001_initial', '2025')")
    with room.open(path) as store:
        assert store.verify() == []
