"""A disk that is full, as a limit of the system makes it: the file that cannot be written is named, nothing is lost."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from store_times import START

from dva import store as room
from dva.study.events import Answer

Make = Callable[..., Answer]


@pytest.fixture
def large(answer: Make) -> Path:
    """The learner's database, with more in it than the limit allows in one file."""
    path = Path(os.environ["DVA_HOME"]) / "dva.db"
    with room.open(path) as store:
        for n in range(300):
            store.append("answer", answer(f"ecs.{n}", session="s" * 300), START + n, 0)
        store._db.execute("pragma wal_checkpoint(truncate)")
    return path


def dva_with_limit(limit: int, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "dva", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, preexec_fn=limited, check=False)


@pytest.mark.parametrize("command", ["export", "backup"])
def test_an_output_that_does_not_fit_is_named_and_leaves_nothing(large: Path, tmp_path: Path, command: str) -> None:
    target = tmp_path / "stick" / "out"
    target.parent.mkdir()
    before = large.read_bytes()
    done = dva_with_limit(60_000, "data", command, target)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"dva: error: {target}: cannot write the file: ") and done.stderr.count("\n") == 1
    assert list(target.parent.iterdir()) == []
    assert large.read_bytes() == before
    named = dva_with_limit(60_000, "data", "backup")
    assert named.returncode == 2 and "/backup-" in named.stderr


def test_a_sync_that_does_not_fit_is_named_and_goes_on_later(large: Path, tmp_path: Path) -> None:
    done = dva_with_limit(60_000, "data", "sync", tmp_path / "share")
    assert done.returncode == 2 and done.stderr.startswith(f"dva: error: {tmp_path}/share/"), done.stderr
    assert done.stderr.count("\n") == 1
    with room.open(large) as store:
        store.sync(tmp_path / "share")
        (own,) = (tmp_path / "share").iterdir()
        lines = own.read_text().splitlines()
        assert len(lines) == 300 and set(lines) == set(store.export_lines())


def test_an_answer_that_does_not_fit_is_not_kept_and_said(large: Path) -> None:
    """The write-ahead log cannot grow: the answer is refused, those before it stay."""
    done = dva_with_limit(4096, "quiz", "--plain", "--limit", "1", stdin="A\n")
    assert done.returncode == 4, done.stderr
    first, *rest = done.stderr.splitlines()
    assert first.startswith(f"dva: error: {large}: the ") and len(rest) == 1 and rest[0].startswith("hint: ")
    with room.open(large) as store:
        assert len(store.events("answer")) == 300
        assert store.verify() == []


def test_a_result_that_cannot_be_written_to_the_screen_is_said(large: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dva", "data", "export"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "dva: error: cannot write: no space left on device\n"
