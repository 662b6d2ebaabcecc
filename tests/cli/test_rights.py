"""Where rights are missing: the documented exit code, one line with the path, nothing lost, whatever the command."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from running import RunDva

pytestmark = pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may do everything")
POWERLESS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
READING: tuple[list[str], ...] = (
    ["--json"], ["report"], ["settings"], ["notes", "--eve"], ["data", "export"], ["data", "export", "out.jsonl"],
    ["data", "backup", "out.db"], ["data", "sync", "share"], ["data", "verify"], ["data", "future"],
)  # fmt: skip
WRITING: tuple[list[str], ...] = (
    ["quiz", "--plain"], ["quiz", "--json"], ["settings", "minutes", "20"], ["data", "import", "other.jsonl"],
    ["data", "restore", "other.jsonl"], ["data", "reset", "--yes"],
)  # fmt: skip


@pytest.fixture
def home(run_dva: RunDva, tmp_path: Path) -> Path:
    """The learner's folder, and an export of another machine's beside it."""
    run_dva("quiz", "--plain", stdin="A\n", env={"DVA_HOME": str(tmp_path / "other")})
    run_dva("data", "export", tmp_path / "other.jsonl", env={"DVA_HOME": str(tmp_path / "other")})
    run_dva("quiz", "--plain", stdin="A\n")
    folder = Path(os.environ["DVA_HOME"])
    with closing(sqlite3.connect(folder / "dva.db", isolation_level=None)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
    return folder


def powerless(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*POWERLESS, sys.executable, "-m", "dva", *arguments]
    return subprocess.run(command, input="A\n", capture_output=True, text=True, cwd=cwd, timeout=60, check=False)


def refused(done: subprocess.CompletedProcess[str], code: int, path: Path) -> None:
    lines = done.stderr.splitlines()
    assert done.returncode == code, done.stderr
    assert 1 <= len(lines) <= 2 and lines[0].startswith(f"dva: error: {path}"), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o700), (0o444, 0o500), (0o600, 0o500), (0, 0o700), (0o600, 0)])
def test_every_command_beside_a_database_without_rights(home: Path, tmp_path: Path, file: int, folder: int) -> None:
    """A file that may only be read is read; the log of SQLite wants a folder that can be written."""
    database = home / "dva.db"
    before, works = database.read_bytes(), (file, folder) == (0o444, 0o700)
    for arguments in (*READING, *WRITING):
        database.chmod(file)
        home.chmod(folder)
        try:
            done = powerless(tmp_path, *arguments)
        finally:
            home.chmod(0o700)
            database.chmod(0o600)
        if works and arguments in READING:
            assert (done.returncode, done.stderr) == (0, ""), (arguments, done.stderr)
        elif arguments[0] == "notes":
            assert done.returncode in (0, 4) and "Traceback" not in done.stderr
        else:
            refused(done, 4, database)
        (tmp_path / "out.db").unlink(missing_ok=True)
        assert database.read_bytes() == before
    print(f"file {file:o}, folder {folder:o}: {len(READING) + len(WRITING)} commands")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["data", "export", "closed/log.jsonl"], 2),
        (["data", "backup", "closed/copy.db"], 2),
        (["data", "sync", "closed"], 2),
        (["data", "sync", "closed/share"], 2),
        (["data", "import", "closed/log.jsonl"], 2),
        (["data", "restore", "closed/log.jsonl"], 2),
    ],
)
def test_a_file_in_a_folder_without_rights_is_named(
    home: Path, tmp_path: Path, arguments: list[str], code: int
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    done = powerless(tmp_path, *arguments)
    closed.chmod(0o700)
    refused(done, code, Path("closed"))
    assert "permission denied" in done.stderr
    assert list(closed.iterdir()) == []
