"""Whole days on a real terminal: every number of the morning and of the evening against the log."""

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from real_terminal import Terminal
from running import RunDva

from dva.catalog.library import Library, load
from dva.paths import bundled
from dva.render.text import cell_len

BEGIN = datetime(2026, 12, 16, 8, tzinfo=UTC)
EXAM = 12
"""Days until the exam."""


def now(day: int) -> str:
    return (BEGIN + timedelta(days=day)).isoformat()


@cache
def library() -> Library:
    return load([bundled()])


def session(day: int, right: float) -> dict[str, object]:
    """Answer all of the day, right so often; the summary at its end."""
    rng, env = random.Random(day), {**os.environ, "DVA_NOW": now(day)}
    quiz = subprocess.Popen(
        [sys.executable, "-m", "dva", "quiz", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=env,
        text=True,
    )
    assert quiz.stdin and quiz.stdout
    summary: dict[str, object] = {}
    for event in map(json.loads, quiz.stdout):
        if event["event"] == "question":
            chosen = _key(event["id"]) if rng.random() < right else []
            quiz.stdin.write((json.dumps({"answer": chosen}) if chosen else "") + "\n")
            quiz.stdin.flush()
        elif event["event"] == "summary":
            summary = event
    quiz.communicate()
    return summary


def _key(question: str) -> list[object]:
    found = library().questions[question]
    if found.type == "match":
        return []
    return list(found.order) or [option.id for option in found.options if option.correct]


def shown(day: int, columns: int, rows: int) -> str:
    """The screen of `dva`, left with q; nothing on it is wider than the terminal."""
    terminal = Terminal(columns=columns, rows=rows, DVA_NOW=now(day))
    text = terminal.until("q quits" if columns > 40 else "quits")
    assert not terminal.screen.history.top, "it fits one screen"
    assert all(cell_len(line) <= columns for line in text.splitlines())
    terminal.press("q")
    assert terminal.end() == 0
    return " ".join(text.split())


def logged(run_dva: RunDva) -> Iterator[tuple[int, dict[str, object]]]:
    """The answers of the log with their days."""
    for line in run_dva("data", "export").stdout.splitlines():
        event = json.loads(line)
        if event["kind"] == "answer":
            yield (datetime.fromisoformat(event["at"]) - BEGIN).days, event["body"]


def counts(text: str) -> tuple[int, int]:
    """Reviews and new cards as a screen says them."""
    reviews = re.search(r"(\d+) reviews?", text)
    new = re.search(r"(\d+) new", text)
    return int(reviews[1]) if reviews else 0, int(new[1]) if new else 0


@pytest.mark.parametrize(("columns", "rows", "right"), [(80, 24, 1.0), (40, 30, 0.7)])
def test_what_the_screens_say_is_what_the_log_has(run_dva: RunDva, columns: int, rows: int, right: float) -> None:
    run_dva("settings", "exam-date", (BEGIN + timedelta(days=EXAM)).date().isoformat(), env={"DVA_NOW": now(0)})
    run_dva("settings", "minutes", "6", env={"DVA_NOW": now(0)})
    day = 1
    session(0, right)
    morning = shown(day, columns, rows)
    assert f"{(BEGIN + timedelta(days=day)):%a} {16 + day} Dec · {EXAM - day} days to DVA-C03" in morning
    planned = counts(morning.split("Today")[1].split(" min")[0])
    session(day, right)
    answers = [(n, body) for n, body in logged(run_dva) if n <= day]
    today = [body for n, body in answers if n == day]
    before = {body["notes"][0] for n, body in answers if n < day}  # type: ignore[index]
    cards = {body["notes"][0] for body in today}  # type: ignore[index]
    assert planned == (len(cards & before), len(cards - before))
    evening = shown(day, columns, rows)
    correct = sum(bool(body["correct"]) for body in today)
    done = re.search(r"Done for today: (\d+) answered, (\d+) right, (\d+) min\. Day (\d+)\.", evening)
    assert done and tuple(map(int, done.groups()[:2])) == (len(today), correct) and int(done[4]) == day + 1
    assert " due" not in evening and " due" not in morning
    promised = counts(evening.split("Tomorrow")[1].split(".")[0])
    assert promised == counts(shown(day + 1, columns, rows).split("Today")[1].split(" min")[0])
    status = json.loads(run_dva("--json", env={"DVA_NOW": now(day)}).stdout)
    assert f"{status['known']} of {status['notes']}" in evening and status["tomorrow"]["new"] == promised[1]


def test_five_days_away_the_eve_the_day_and_the_day_after(run_dva: RunDva) -> None:
    run_dva("settings", "exam-date", (BEGIN + timedelta(days=EXAM)).date().isoformat(), env={"DVA_NOW": now(0)})
    session(0, 0.7)
    away = shown(5, 120, 40)
    assert "5 days away, nothing is lost." in away and " due" not in away
    session(5, 0.7)
    eve = shown(EXAM - 1, 120, 40)
    assert "DVA-C03 is tomorrow" in eve and "`dva notes --eve` is the page for tonight" in eve
    page = run_dva("notes", "--eve", env={"DVA_NOW": now(EXAM - 1)}).stdout
    assert "What fades first" in page and 50 < len(page.split()) < 2_300
    session(EXAM - 1, 0.7)
    the_day = shown(EXAM, 120, 40)
    assert "DVA-C03 is today" in the_day and "nothing new" in the_day and " new ·" not in the_day
    before = {body["notes"][0] for n, body in logged(run_dva)}  # type: ignore[index]
    session(EXAM, 1.0)
    assert {body["notes"][0] for n, body in logged(run_dva) if n == EXAM} <= before  # type: ignore[index]
    after = shown(EXAM + 1, 120, 40)
    assert "DVA-C03 was on Mon 28 Dec" in after and "`dva settings exam-date none`" in after
