"""Eight learners' processes answer at once on one database: each answer that was acknowledged is there once."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from running import RunDva

from dva import store as room

PROCESSES = 8
CARDS = 20


@pytest.mark.slow
def test_eight_processes_answer_at_once(run_dva: RunDva, tmp_path: Path) -> None:
    """Each with a session of its own: topics and seeds differ, cards may meet."""
    run_dva("--json")
    answers = tmp_path / "answers"
    answers.write_text("A\nB\nA ?\nC\n" * CARDS)
    running = []
    for n in range(PROCESSES):
        command = [sys.executable, "-m", "dva", "quiz", "--json", "--cram", "--limit", str(CARDS), "--seed", str(n)]
        with answers.open() as typed:
            running.append(
                subprocess.Popen(command, stdin=typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            )
    outputs = [process.communicate(timeout=120) for process in running]
    acknowledged = sum('"event": "answer"' in line for out, _ in outputs for line in out.splitlines())
    for _, errors in outputs:
        assert "locked" not in errors and "dva: error" not in errors, errors
    with room.open(Path(os.environ["DVA_HOME"]) / "dva.db") as store:
        events = store.events("answer")
        assert len(events) == acknowledged > PROCESSES
        assert sorted(event.seq for event in store.events()) == list(range(1, len(store.events()) + 1))
        assert store.verify() == []
    print(f"{PROCESSES} processes at once: {acknowledged} answers acknowledged, {len(events)} kept")


APPEND = """
import sys
from pathlib import Path
from dva import store
from dva.study.events import Answer
with store.open(Path(sys.argv[1])) as opened:
    for n in range(int(sys.argv[2])):
        body = Answer("ecs.q", 1, "single", ["a"], n % 3 > 0, True, [f"ecs.{n % 5}"], "t", 5)
        print(opened.append("answer", body, 1_795_521_600_000 + n * 1000, 0).id, flush=True)
"""


@pytest.mark.slow
def test_eight_processes_of_which_some_are_killed(tmp_path: Path) -> None:
    """All write the same cards; three are killed in the middle."""
    path = tmp_path / "dva.db"
    room.open(path).close()
    command = [sys.executable, "-c", APPEND, str(path), "100"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    known = list[str]()
    for n, process in enumerate(running[:3]):
        assert process.stdout is not None
        known += [process.stdout.readline().strip() for _ in range(random.Random(n).randint(1, 30))]
        process.kill()
    for process in running:
        with process:
            assert process.stdout is not None
            known += [id for id in process.stdout.read().split() if len(id) == 32]
    with room.open(path) as store:
        ids = {event.id for event in store.events()}
        assert set(known) <= ids and len(ids) <= len(known) + 3 and len(known) > 500
        assert store.verify() == []
    print(f"{PROCESSES} writers, 3 killed: {len(known)} answers acknowledged, {len(ids)} kept")
