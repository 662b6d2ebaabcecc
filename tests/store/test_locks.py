"""Locks are short: whoever answers beside an import or a sync does not wait for it. The busy timeout is the judge."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import RunDva
from store_times import START

from dva import store as room
from dva.errors import UsageError
from dva.store import jsonl
from dva.store.log import Event

ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
CARDS = 600

IMPORT = """
import sys
from pathlib import Path
from dva import store
with store.open(Path(sys.argv[1])) as opened:
    print("begins", flush=True)
    {call}
print("done", flush=True)
"""

ANSWER = """
import sys
from pathlib import Path
from dva import store
from dva.study.events import Answer
path, stop = map(Path, sys.argv[1:])
count = 0
while not stop.exists():
    with store.open(path, timeout_ms=1000) as opened:
        for _ in range(5):
            body = Answer("mine.q", 1, "single", ["a"], True, True, ["mine.01"], "t", 5)
            opened.append("answer", body, 1_795_521_600_000 + count, 0)
            count += 1
print(count)
"""


def write_log(file: Path, count: int) -> None:
    body = {
        "question": "q", "rev": 1, "type": "single", "chosen": ["a"], "correct": True, "sure": True,
        "topic": "ecs", "ms": 900,
    }  # fmt: skip
    events = (
        Event(f"{n:032x}", "other", n + 1, START + n * 1000, 0, "answer", {**body, "notes": [f"ecs.{n % CARDS}"]})
        for n in range(count)
    )
    jsonl.write(file, map(jsonl.encode, events))


def run(code: str, *arguments: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "events"),
    [("opened.import_file(Path(sys.argv[2]))", 100_000), ("opened.sync(Path(sys.argv[2]).parent)", 20_000)],
    ids=["import", "sync"],
)
def test_a_quiz_beside_a_large_import_never_waits_a_second(
    run_dva: RunDva, tmp_path: Path, call: str, events: int
) -> None:
    path = Path(os.environ["DVA_HOME"]) / "dva.db"
    room.open(path).close()
    (tmp_path / "share").mkdir()
    write_log(tmp_path / "share" / "other.jsonl", events)
    with run(IMPORT.format(call=call), path, tmp_path / "share" / "other.jsonl") as importing:
        assert importing.stdout is not None and importing.stdout.readline() == "begins\n"
        quiz = run_dva("quiz", "--plain", "--limit", "1", stdin="A\nB\n")
        assert quiz.returncode == 0 and "The key" in quiz.stdout, quiz.stderr
        assert importing.poll() is None, "the quiz was answered before the import ended"
        with run(ANSWER, path, tmp_path / "stop") as answering:
            assert importing.communicate()[1] == ""
            (tmp_path / "stop").touch()
            out, errors = answering.communicate()
    assert errors == "", errors
    with room.open(path) as store:
        print(f"{events} events merged, {out.strip()} answers beside them, none of which waited a second")
        answered = len(store.events()) - events - int(out)
        assert answered in (1, 2), "by the quiz"
        assert int(out) > 20
        assert store.verify() == []


def test_what_is_no_file_is_skipped_by_sync_and_refused_by_import(path: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "loop.jsonl").symlink_to(tmp_path / "loop.jsonl")
    (tmp_path / "device.jsonl").symlink_to("/dev/zero")
    write_log(tmp_path / "other.jsonl", 3)
    with room.open(path) as store:
        assert store.sync(tmp_path).received == 3
        for name in ("pipe.jsonl", "device.jsonl", "loop.jsonl", "folder.jsonl"):
            with pytest.raises(UsageError) as error:
                store.import_file(tmp_path / name)
            assert str(tmp_path / name) in str(error.value)
