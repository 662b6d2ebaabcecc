"""A hundred broken databases and every command: no traceback, no wait, the documented exit code, nothing lost."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from running import RunDva

from dva import store as room
from dva.errors import ExitCode, StoreError, UsageError
from dva.store import targets

COUNT = 100
SECONDS = 30
"""A command takes a quarter of a second; more is a hang."""
COMMANDS: tuple[list[str], ...] = (
    ["--json"], [], ["report"], ["quiz", "--plain", "--limit", "1"], ["settings"], ["settings", "minutes", "9"],
    ["notes", "--eve"], ["data", "export"], ["data", "export", "out.jsonl"], ["data", "import", "log.jsonl"],
    ["data", "backup"], ["data", "verify"], ["data", "future"], ["data", "sync", "share"], ["data", "reset", "--yes"],
    ["data", "reset", "--undo"], ["data", "restore", "log.jsonl"],
)  # fmt: skip
AT_ONCE = 3
"""Commands tried beside one database, in turn: each kind of damage meets each of them."""
Break = Callable[[Path, random.Random], None]


def flipped(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 10, 100, 1000])):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def flipped_page(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    at = 4096 * chance.randrange(len(data) // 4096)
    data[at : at + 4096] = chance.randbytes(4096)
    path.write_bytes(data)


def cut(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def text(path: Path, chance: random.Random) -> None:
    path.write_text("my notes\n" * chance.randint(1, 2000))


def foreign(path: Path, chance: random.Random) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"create table {chance.choice(['events', 'cards', 'notes'])} (a, b)")
        db.commit()


def empty(path: Path, _: random.Random) -> None:
    path.write_bytes(b"")


def newer(path: Path, _: random.Random) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('dva', 'm999', '')")
        db.execute("pragma journal_mode = delete")


def garbage_in_log(path: Path, chance: random.Random) -> None:
    for suffix in ("-wal", *(["-shm"] if chance.random() < 0.5 else [])):
        path.with_name(path.name + suffix).write_bytes(chance.randbytes(chance.choice([1, 32, 5000, 100_000])))


def folder(path: Path, _: random.Random) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path, _: random.Random) -> None:
    path.unlink()
    os.mkfifo(path)


def read_only(path: Path, _: random.Random) -> None:
    path.chmod(0o400)


KINDS: tuple[Break, ...] = (
    flipped, flipped, flipped_page, cut, text, foreign, empty, newer, garbage_in_log, folder, pipe, read_only,
)  # fmt: skip
UNTOUCHED = {foreign, newer, text, folder, pipe}
"""What no command but a restore may change: it is not a database of this dva."""


def snapshot(path: Path) -> object:
    return path.read_bytes() if path.is_file() else path.stat().st_mode


def salvageable(path: Path, folder: Path) -> set[str]:
    """Ids of the events that can be read of a copy of the file; none where it is no database."""
    if not path.is_file() or not targets.is_database(path):
        return set()
    copy = folder / "look" / "dva.db"
    shutil.rmtree(copy.parent, ignore_errors=True)
    shutil.copytree(path.parent, copy.parent)
    copy.chmod(0o600)
    try:
        room.restore(folder / "look" / "fresh.db", copy)
        with room.open(folder / "look" / "fresh.db") as store:
            return {event.id for event in store.events()}
    except (StoreError, UsageError):
        return set()


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_a_hundred_broken_databases_and_every_command(run_dva: RunDva, tmp_path: Path, half: int) -> None:
    home, template = Path(os.environ["DVA_HOME"]), tmp_path / "template"
    path = home / "dva.db"
    run_dva("quiz", "--plain", "--limit", "15", stdin="A\nB\nC\n" * 10)
    run_dva("settings", "minutes", "10")
    run_dva("data", "export", "log.jsonl")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
    shutil.copytree(home, template)
    chance, counts, codes = random.Random(half), Counter[str](), Counter[int]()
    turn = 0
    for n in range(COUNT // 2 * half, COUNT // 2 * (half + 1)):
        shutil.rmtree(home)
        shutil.copytree(template, home)
        kind = KINDS[n % len(KINDS)]
        kind(path, chance)
        counts[kind.__name__] += 1
        readable, before = salvageable(path, tmp_path), snapshot(path)
        restored = False
        for _ in range(AT_ONCE):
            arguments, turn = COMMANDS[turn % len(COMMANDS)], turn + 1
            done = subprocess.run(
                [sys.executable, "-m", "dva", *arguments],
                input="A\n", capture_output=True, text=True, cwd=tmp_path, timeout=SECONDS, check=False,
            )  # fmt: skip
            told = f"{n} {kind.__name__} {arguments}: {done.returncode} {done.stderr}"
            assert done.returncode in (ExitCode.OK, ExitCode.USAGE, ExitCode.STORE), told
            assert "Traceback" not in done.stderr and "defect of dva" not in done.stderr, told
            assert len(done.stderr.splitlines()) <= 2, told
            codes[done.returncode] += 1
            if kind in UNTOUCHED and "restore" not in arguments and not restored:
                assert snapshot(path) == before, told
            if "restore" in arguments and kind in (foreign, newer, folder, pipe):
                assert done.returncode == ExitCode.STORE and snapshot(path) == before, told
            elif "restore" in arguments:
                assert done.returncode == ExitCode.OK, told
                restored = True
        if readable:
            counts["salvaged"] += 1
            path.chmod(0o600)
            room.restore(path, tmp_path / "log.jsonl")
            with room.open(path) as store:
                assert {event.id for event in store.events()} >= readable, f"{n} {kind.__name__}"
    print(f"{COUNT // 2} databases, {turn} commands, exit codes {dict(codes)}: {dict(counts)}")
