"""Real processes: killed while writing, started at once, writing at the same time."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dva import store as room

ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}

APPEND = """
import sys
from pathlib import Path
from dva import store
from dva.study.events import Answer
with store.open(Path(sys.argv[1])) as opened:
    for n in range(int(sys.argv[2])):
        card = f"{sys.argv[3]}.{n % 7}"
        body = Answer(card + ".q", 1, "single", ["a"], n % 3 > 0, True, [card], "t", 5)
        print(opened.append("answer", body, 1_795_521_600_000 + n * 40_000_000, 0).id, flush=True)
"""


def start(path: Path, count: int, name: str = "n") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", APPEND, str(path), str(count), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)


@pytest.mark.parametrize("acknowledged", [1, 2, 5, 17])
def test_every_acknowledged_answer_survives_a_kill(path: Path, acknowledged: int) -> None:
    """Killed again and again in the middle of appending, with and without a database before."""
    known: list[str] = []
    for _ in range(3):
        with start(path, 1000) as process:
            assert process.stdout is not None
            known += [process.stdout.readline().strip() for _ in range(acknowledged)]
            process.send_signal(signal.SIGKILL)
            known += process.stdout.read().split()
        with room.open(path) as store:
            events = store.events()
            assert {event.id for event in events} >= set(known)
            assert len(events) <= len(known) + 3
            assert sorted(event.seq for event in events) == list(range(1, len(events) + 1))
            assert store.verify() == []


def test_three_first_starts_at_once(path: Path) -> None:
    processes = [start(path, 3, f"p{n}") for n in range(3)]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outputs
    with room.open(path) as store:
        assert {event.id for event in store.events()} == {id for out, _ in outputs for id in out.split()}
        assert len(store.events()) == 9
        assert {event.machine for event in store.events()} == {store.machine}
        assert store.verify() == []
    assert [file.name for file in path.parent.iterdir() if "before" in file.name] == []


def test_two_writers_wait_for_each_other(path: Path) -> None:
    room.open(path).close()
    processes = [start(path, 40, f"p{n}") for n in range(2)]
    for process in processes:
        assert process.communicate(timeout=60)[1] == ""
    with room.open(path) as store:
        assert [event.seq for event in sorted(store.events(), key=lambda one: one.seq)] == list(range(1, 81))
        assert store.verify() == []


def test_opening_what_is_up_to_date_imports_neither_migrations_nor_fsrs(path: Path) -> None:
    room.open(path).close()
    code = (
        "import sys; from pathlib import Path; from dva import store; from dva.study import plan, progress, queue\n"
        f"with store.open(Path({str(path)!r})) as s: s.cards(), s.recent_reviews(), s.settings()\n"
        "print([name for name in ('sqlite_utils', 'fsrs', 'yaml', 'rich', 'typer') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert done.stdout.strip() == "[]"
