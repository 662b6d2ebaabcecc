"""Each command beside a damaged, foreign, empty or newer database: one line, the documented exit code, nothing lost."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from running import RunDva

COMMANDS: tuple[list[str], ...] = (
    ["--json"], [], ["report"], ["quiz", "--plain"], ["settings"], ["settings", "minutes", "9"],
    ["data", "export"], ["data", "import", "log.jsonl"], ["data", "backup"], ["data", "verify"],
    ["data", "sync", "share"], ["data", "reset", "--yes"], ["data", "restore", "log.jsonl"],
)  # fmt: skip


def database() -> Path:
    return Path(os.environ["DVA_HOME"]) / "dva.db"


def flush() -> None:
    with closing(sqlite3.connect(database(), isolation_level=None)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        db.execute("pragma journal_mode = delete")


@pytest.fixture
def log_file(run_dva: RunDva, tmp_path: Path) -> Path:
    """An export of a database with two answers and a setting, which stays as the database."""
    run_dva("quiz", "--plain", stdin="A\nB\n")
    run_dva("settings", "minutes", "10")
    run_dva("data", "export", "log.jsonl")
    flush()
    return tmp_path / "log.jsonl"


def test_a_bad_row_is_named_counted_and_passed_over(run_dva: RunDva, log_file: Path) -> None:
    events = len(log_file.read_text().splitlines())
    data = database().read_bytes()
    database().write_bytes(data.replace(b'{"name":"minutes"', b'{"name":"minutes['))
    for arguments in (["export"], ["export", "rest.jsonl"], ["import", log_file], ["backup"], ["sync", "share"]):
        done = run_dva("data", *arguments, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["damaged"] == 1
        assert done.stderr.count("\n") == 1 and "1 damaged event was passed over: row 3 (" in done.stderr
    done = run_dva("data", "verify", "--json")
    assert done.returncode == 4
    assert (json.loads(done.stdout)["damaged"], json.loads(done.stdout)["events"]) == (1, events - 1)
    for arguments in ([], ["report"], ["report", "--disputed"], ["quiz", "--plain"], ["data", "export"]):
        done = run_dva(*arguments, stdin="A\n")
        assert done.returncode == 0
        assert done.stderr.count("\n") == 1 and "1 damaged event was passed over: row 3 (" in done.stderr
        assert "`dva data restore BACKUP`" in done.stderr
    for arguments in (["--json"], ["report", "--json"], ["report", "--disputed", "--json"], ["quiz", "--json"]):
        done = run_dva(*arguments, stdin="A\nA\n")
        assert json.loads(done.stdout.splitlines()[-1] if "quiz" in arguments else done.stdout)["damaged"] == 1
        assert done.stderr.count("\n") == 1 and "1 damaged event was passed over" in done.stderr
    done = run_dva("settings", "retention", "0.85")
    assert (done.returncode, done.stderr) == (0, "")
    done = run_dva("data", "restore", log_file, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["damaged"] == 0
    assert json.loads(run_dva("data", "verify", "--json").stdout)["events"] == events + 4


def foreign() -> None:
    with closing(sqlite3.connect(database())) as db:
        db.executescript("create table t (a); insert into t values (1)")


def foreign_in_wal() -> None:
    with closing(sqlite3.connect(database(), isolation_level=None)) as db:
        db.executescript("pragma journal_mode = wal; create table t (a); insert into t values (1)")


def like_ours() -> None:
    """Tables of our names, made by hand."""
    with closing(sqlite3.connect(database())) as db:
        db.executescript(
            """create table _sqlite_migrations (migration_set, name);
            insert into _sqlite_migrations values ('dva', 'm001_event_log');
            create table events (id, machine, seq, at, offset, kind, body);
            insert into events values (1, 2, 3, 4, 5, 6, 7), ('x', null, 'q', x'00', 5, 6, '{')"""
        )


def no_bytes() -> None:
    database().write_bytes(b"")


def no_tables() -> None:
    with closing(sqlite3.connect(database(), isolation_level=None)) as db:
        db.executescript("create table t (a); drop table t")


def newer(run_dva: RunDva) -> None:
    run_dva("--json")
    with closing(sqlite3.connect(database(), isolation_level=None)) as db:
        db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('dva', 'm999_later', '')")
    flush()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["foreign", "foreign_in_wal", "like_ours", "no_bytes", "no_tables", "newer"])
def test_what_is_not_ours_is_refused_untouched_by_every_command(run_dva: RunDva, log_file: Path, kind: str) -> None:
    database().unlink()
    newer(run_dva) if kind == "newer" else globals()[kind]()
    before = sorted(path.name for path in database().parent.iterdir()), database().read_bytes()
    restores = kind in ("no_bytes", "no_tables")
    for arguments in COMMANDS:
        done = run_dva(*arguments, stdin="A\n", cwd=log_file.parent)
        if arguments[:2] == ["data", "restore"] and restores:
            assert done.returncode == 0, done.stderr
            events = len(log_file.read_text().splitlines())
            assert f"{events} events" in run_dva("data", "verify").stdout
            continue
        assert (done.returncode, done.stdout) == (4, ""), (arguments, done.stderr)
        lines = done.stderr.splitlines()
        assert len(lines) == 2 and str(database()) in lines[0] and lines[1].startswith("hint: "), done.stderr
        assert (sorted(path.name for path in database().parent.iterdir()), database().read_bytes()) == before
    print(f"{kind}: {len(COMMANDS)} commands")


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may read everything")
@pytest.mark.parametrize(("arguments", "code"), [(["export"], 4), (["backup"], 4), (["restore", "x"], 2)])
def test_a_folder_without_rights_is_one_line_with_its_path(tmp_path: Path, arguments: list[str], code: int) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    places = [str(closed / name) if name == "x" else name for name in arguments]
    command = [*powerless, sys.executable, "-m", "dva", "data", *places]
    environment = {**os.environ, "DVA_HOME": str(closed)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    closed.chmod(0o700)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.splitlines()[0].startswith(f"dva: error: {closed}/")
    assert "permission denied" in done.stderr and len(done.stderr.splitlines()) <= 2
