"""`dva quiz` really killed at random moments: an answer whose feedback was seen is kept, and the session goes on."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from running import RunDva

from dva import store as room

RUNS = 50
CARDS = 40
ANSWERS = "A\nB\nA ?\nC\n" * CARDS


def acknowledged(out: str, reader: str) -> int:
    """The answers whose feedback the learner could have seen; a line that broke off was not."""
    lines = out.splitlines(keepends=True)
    if reader == "--json":
        return sum(json.loads(line)["event"] == "answer" for line in lines if line.endswith("\n"))
    return sum(bool(re.match(r"(Right|Wrong)\. The key.*\n", line)) for line in lines)


def quiz(reader: str, answers: Path, seed: int, kill_after: float | None) -> tuple[str, str, bool]:
    """What a session wrote, killed after so many seconds (None: not at all), and whether it was killed."""
    command = [sys.executable, "-m", "dva", "quiz", reader, "--limit", str(CARDS), "--seed", str(seed)]
    with (
        answers.open() as typed,
        subprocess.Popen(command, stdin=typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run,
    ):
        timed_out = False
        try:
            out, errors = run.communicate(timeout=kill_after)
        except subprocess.TimeoutExpired:
            timed_out = True
            run.send_signal(signal.SIGKILL)
            out, errors = run.communicate()
        return out, errors, timed_out and run.returncode == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["--plain", "--json"])
def test_a_quiz_that_is_killed_at_any_moment_keeps_every_answer(run_dva: RunDva, tmp_path: Path, reader: str) -> None:
    home, template, answers = Path(os.environ["DVA_HOME"]), tmp_path / "template", tmp_path / "answers"
    answers.write_text(ANSWERS)
    run_dva("--json")
    shutil.copytree(home, template)
    began = time.monotonic()
    quiz(reader, answers, 1, None)
    seconds = time.monotonic() - began
    counts: Counter[str] = Counter()
    chance = random.Random(reader)
    for n in range(RUNS):
        shutil.rmtree(home)
        shutil.copytree(template, home)
        seen = 0
        for _ in range(1 + n % 2):  # every other session is killed, resumed and killed once more
            out, errors, killed = quiz(reader, answers, n, chance.uniform(0.1, seconds))
            assert errors == "" or errors.startswith("Stopped; every answer is kept."), errors
            counts["killed" if killed else "done"] += 1
            seen += acknowledged(out, reader)
        with room.open(home / "dva.db") as store:
            kept = len(store.events("answer"))
            assert seen <= kept <= seen + 1 + n % 2, "at most the answer of each kill was not yet acknowledged"
            assert store.verify() == []
            counts["answers acknowledged"] += seen
            counts["answers kept"] += kept
            counts["killed amid answers"] += 0 < seen < CARDS
        if n % 10 == 0:
            out, _, killed = quiz(reader, answers, n, None)
            assert not killed and ("Going on where you stopped" in out or kept == 0 or kept >= CARDS)
    print(f"quiz {reader}: {dict(counts)}")
