"""Really killed at random moments: restore, import, sync, backup, first starts, migrations. Nothing is ever lost."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import to_builtins
from sqlite_utils import Database
from store_damage import flush
from store_times import START

from dva import store as room
from dva.errors import StoreError
from dva.store import Event, connection, derived, log, schema
from dva.store.migrations import MIGRATIONS
from dva.study.events import Answer

Make = Callable[..., Answer]
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
RUNS = 60

ACT = """
import sys
from pathlib import Path
from dva import store
path, folder = map(Path, sys.argv[2:])
print("begins", flush=True)
match sys.argv[1]:
    case "restore":
        store.restore(path, folder / "backup.jsonl")
    case act:
        with store.open(path) as opened:
            match act:
                case "import":
                    opened.import_file(folder / "other.jsonl")
                case "sync":
                    opened.sync(folder / "share")
                case "backup":
                    opened.backup(folder / "copy.db")
print("done", flush=True)
"""


def act_and_kill(act: str, path: Path, folder: Path, delay: float) -> bool:
    """Start the act, kill it `delay` seconds after it began; whether it had come to its end."""
    command = [sys.executable, "-c", ACT, act, str(path), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as run:
        assert run.stdout is not None and run.stderr is not None and run.stdout.readline() == "begins\n"
        time.sleep(delay)
        run.send_signal(signal.SIGKILL)
        done = "done" in run.stdout.read()
        assert run.stderr.read() == ""
    return done


def duration(act: str, path: Path, folder: Path) -> float:
    command = [sys.executable, "-c", ACT, act, str(path), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as run:
        assert run.stdout is not None and run.stdout.readline() == "begins\n"
        began = time.monotonic()
        assert run.stdout.read() == "done\n"
        return time.monotonic() - began


@pytest.fixture
def scene(tmp_path: Path, answer: Make) -> tuple[Path, set[str], set[str]]:
    """A folder with a database whose middle is damaged or whole, a backup of its first half, another machine's log."""
    home = tmp_path / "scene"
    with room.open(home / "dva.db") as store:
        for n in range(120):
            store.append("answer", answer(f"ecs.{n}", session="s" * 200), START + n, 0)
            if n == 60:
                store.export(home / "backup.jsonl")
        here = {event.id for event in store.events()}
    flush(home / "dva.db")
    with room.open(tmp_path / "other" / "dva.db") as other:
        body = answer("cicd.01")
        other.merge([("other", n, Event(f"{n:032x}", "other", n, START + n, 0, "answer", to_builtins(body)))
                     for n in range(1, 601)])  # fmt: skip
        there = {event.id for event in other.events()}
        (home / "share").mkdir()
        other.export(home / "share" / "other.jsonl")
        other.export(home / "other.jsonl")
    return home, here, there


@pytest.mark.slow
@pytest.mark.parametrize("state", ["damaged page", "bad row", "not a database", "in the log"])
def test_a_restore_that_is_killed_at_any_moment_loses_nothing(
    scene: tuple[Path, set[str], set[str]], tmp_path: Path, state: str
) -> None:
    home, *_ = scene
    path = home / "dva.db"
    readable = damage(path, state)
    with room.open(tmp_path / "reference" / "dva.db") as reference:
        reference.import_file(home / "backup.jsonl")
        restored = readable | {event.id for event in reference.events()}
    template = tmp_path / "template"
    shutil.copytree(home, template)
    seconds = duration("restore", path, home)
    counts: Counter[str] = Counter()
    chance = random.Random(state)
    for _ in range(RUNS // 4):
        shutil.rmtree(home)
        shutil.copytree(template, home)
        done = act_and_kill("restore", path, home, chance.uniform(0, seconds * 1.1))
        counts["done" if done else "killed"] += 1
        try:
            with room.open(path) as store:  # what was put aside comes back by the next start, if there was a kill
                if list(home.glob("dva.db.damaged")):
                    assert {event.id for event in store.events()} >= readable
                    counts["salvaged by a start"] += not done
        except StoreError:
            counts["still damaged"] += 1
        room.restore(path, home / "backup.jsonl")
        with room.open(path) as store:
            assert {event.id for event in store.events()} >= restored
            assert store.verify() == []
    print(f"{state}: {dict(counts)}")


def damage(path: Path, state: str) -> set[str]:
    """Damage the database; return the ids that can still be read."""
    data = bytearray(path.read_bytes())
    pages = [at for at in range(0, len(data), 4096) if data[at] == 13 and data[at : at + 4096].count(b"sssss") > 100]
    match state:
        case "damaged page":
            for at in pages[5:8]:
                data[at : at + 4096] = b"\xa5" * 4096
        case "bad row" | "in the log":
            data = bytearray(bytes(data).replace(b'"ecs.70.q"', b'"ecs.70.q!'))
        case _:
            data[:100] = b"\0" * 100
    path.write_bytes(data)
    if state == "in the log":  # the latest answers stand in the write-ahead log alone, as a kill leaves them
        code = f"""
import os
from pathlib import Path
from dva import store
opened = store.open(Path({str(path)!r}))
for n in range(5):
    opened.append("suspend", {{"card": f"ecs.{{n}}"}}, {START + 500}, 0)
os._exit(0)
"""
        subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)
        assert path.with_name("dva.db-wal").stat().st_size > 0
    if state == "not a database":
        return set()
    copy = path.parent / "look"
    shutil.copytree(path.parent, copy)
    with room.open(copy / "dva.db") as store:
        ids = {event.id for event in log.read_log(store._db)[0]}
    shutil.rmtree(copy)
    return ids


@pytest.mark.slow
@pytest.mark.parametrize("act", ["import", "sync", "backup"])
def test_an_exchange_that_is_killed_at_any_moment_loses_nothing(
    scene: tuple[Path, set[str], set[str]], tmp_path: Path, act: str
) -> None:
    home, here, there = scene
    path = home / "dva.db"
    template = tmp_path / "template"
    shutil.copytree(home, template)
    seconds = duration(act, path, home)
    counts: Counter[str] = Counter()
    chance = random.Random(act)
    for _ in range(RUNS // 3):
        shutil.rmtree(home)
        shutil.copytree(template, home)
        done = act_and_kill(act, path, home, chance.uniform(0, seconds * 1.1))
        with room.open(path) as store:
            ids = {event.id for event in store.events()}
            assert ids >= here and store.verify() == []
            counts["done" if done else "killed"] += 1
            counts["killed half way"] += not done and here < ids < here | there
            assert not done or act == "backup" or ids == here | there
            store.sync(home / "share")
            assert {event.id for event in store.events()} == here | there
            assert store.verify() == []
        if (home / "copy.db").exists():
            with room.open(home / "copy.db") as copy:
                assert {event.id for event in copy.events()} == here
    print(f"{act}: {dict(counts)}")


@pytest.mark.slow
def test_a_first_start_that_is_killed_at_any_moment_leaves_no_half_database(tmp_path: Path) -> None:
    seconds = duration("open", tmp_path / "first" / "dva.db", tmp_path)
    chance = random.Random("first")
    counts: Counter[str] = Counter()
    for n in range(RUNS // 3):
        path = tmp_path / str(n) / "dva.db"
        counts["done" if act_and_kill("open", path, tmp_path, chance.uniform(0, seconds)) else "killed"] += 1
        counts["no database yet"] += not path.exists()
        with room.open(path) as store:
            assert store.verify() == []
    print(f"first start: {dict(counts)}")


@pytest.mark.slow
@pytest.mark.parametrize("migrated", [1, 2])
def test_a_migration_that_is_killed_at_any_moment_is_done_by_the_next_start(
    scene: tuple[Path, set[str], set[str]], tmp_path: Path, migrated: int
) -> None:
    """From the log alone and from the second schema on: all of it or nothing, with a copy made before."""
    home, here, _ = scene
    path, template = tmp_path / "old" / "dva.db", tmp_path / "template"
    as_older_versions_left_it(path, home / "dva.db", migrated)
    shutil.copytree(path.parent, template)
    seconds = duration("open", path, tmp_path)
    chance = random.Random(migrated)
    counts: Counter[str] = Counter()
    for _ in range(RUNS // 2):
        shutil.rmtree(path.parent)
        shutil.copytree(template, path.parent)
        done = act_and_kill("open", path, tmp_path, chance.uniform(0, seconds * 1.1))
        counts["done" if done else "killed"] += 1
        with closing(sqlite3.connect(path)) as db:
            applied = len(connection.applied_migrations(db))
            assert applied in (migrated, len(schema.NAMES))
        counts["killed before it was there"] += not done and applied == migrated
        for copy in path.parent.glob("dva.db.before-*"):
            with closing(sqlite3.connect(copy)) as db:
                assert db.execute("select count(*) from events").fetchone() == (len(here),)
        with room.open(path) as store:
            assert {event.id for event in store.events()} == here
            assert len(store.cards()) == len(here) and store.verify() == []
    print(f"migration from {migrated}: {dict(counts)}")


def as_older_versions_left_it(path: Path, source: Path, migrated: int) -> None:
    """A database with the events of another one, to which only the first migrations were applied."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db, room.open(source) as store:
        MIGRATIONS.apply(Database(db), stop_before=schema.NAMES[migrated])
        for event in store.events():
            log.insert(db, event, log.encode_body(event.body))
        if migrated > 1:
            derived.rebuild(db)
        db.commit()
