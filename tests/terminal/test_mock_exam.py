"""A whole mock exam on a real terminal, as plain lines, and as JSON lines."""

import json
import re
import signal
from pathlib import Path

from real_terminal import Terminal
from running import RunDva

MORNING = "2026-12-08T08:00:00+00:00"


def sitting(run_dva: RunDva) -> list[dict[str, object]]:
    """The events of mock exams in the log."""
    events = [json.loads(line) for line in run_dva("data", "export").stdout.splitlines()]
    return [{"kind": event["kind"], **event["body"]} for event in events if event["kind"].startswith("exam-")]


def test_a_whole_mock_with_flags_a_kill_and_a_review(run_dva: RunDva) -> None:
    terminal = Terminal("exam", "--questions", "5")
    shown = terminal.until("Enter starts the clock")
    assert "Mock exam DVA-C03: 5 questions, 10 minutes." in shown and "2 Development with AWS Services" in shown
    terminal.press("\r")
    terminal.until("1/5  10 min left  0 answered")
    terminal.until("Enter answers, goes on")
    terminal.press("f")
    terminal.until("flagged")
    terminal.press("1")
    terminal.press("2") if "Choose 2." in terminal.shown else None
    terminal.press("\r")
    terminal.until("2/5  ")
    terminal.process.kill(signal.SIGKILL)
    terminal.end()
    assert sum(bool(event.get("chosen")) for event in sitting(run_dva)) == 1

    again = Terminal("exam", columns=40, rows=30)
    again.until("Pauses do")
    assert "question 3 of 5" in " ".join(again.shown.split())
    again.until("q pause")
    for number in (4, 5):
        again.press("\r")
        again.until(f"{number}/5  ")
        again.until("q pause")
    again.press("\r")
    again.until("Review")
    shown = again.until("s submit")
    assert re.search(r"^ +1  flagged", shown, re.M) and re.search(r"^ +2  open", shown, re.M)
    again.press("2\r")
    again.until("2/5  ")
    again.until("q pause")
    again.press("l")
    again.until("Review", 2)
    again.press("s")
    again.until("s again")
    again.press("s")
    again.until("Mock score")
    again.until("Enter shows what was missed")
    again.press("\r")
    again.until("1/")
    again.until("n note")
    again.press("n")
    again.until("http")
    again.press("q")
    shown = again.until("works on")
    assert again.end() == 0
    kinds = [event["kind"] for event in sitting(run_dva)]
    assert kinds[0] == "exam-started" and kinds[-1] == "exam-submitted" and kinds.count("exam-flagged") == 1


def test_a_mock_can_be_left_before_it_begins_and_paused_with_q(run_dva: RunDva) -> None:
    terminal = Terminal("exam", "--questions", "2")
    terminal.until("Enter starts the clock")
    terminal.press("q")
    assert terminal.end() == 0 and sitting(run_dva) == []
    terminal = Terminal("exam", "--questions", "2")
    terminal.until("Enter starts the clock")
    terminal.press("\r")
    terminal.until("q pause")
    second = run_dva("exam", "--plain", stdin="")
    assert second.returncode == 4 and "another terminal has an open exam" in second.stderr
    terminal.press("q")
    terminal.until("`dva exam` goes on here")
    assert terminal.end() == 0


def test_time_that_is_over_hands_the_exam_in(run_dva: RunDva, tmp_path: Path) -> None:
    assert run_dva("exam", "--questions", "2", "--minutes", "10", "--plain", stdin="pause\n").returncode == 0
    log = tmp_path / "log.jsonl"
    lines = run_dva("data", "export").stdout.splitlines()
    last = json.loads(lines[-1])
    used = {**last, "id": "f" * 32, "seq": last["seq"] + 1}
    used["body"] = {**last["body"], "ms": 10 * 60_000}
    log.write_text("\n".join([*lines, json.dumps(used)]) + "\n")
    assert run_dva("data", "import", log).returncode == 0
    done = run_dva("exam", "--plain", stdin="")
    assert done.returncode == 0 and "The time is over: the exam is handed in." in done.stdout
    assert "Mock score 0 %" in done.stdout


def test_the_clock_hands_the_exam_in_while_nobody_types(run_dva: RunDva, tmp_path: Path) -> None:
    assert run_dva("exam", "--questions", "1", "--minutes", "10", "--plain", stdin="pause\n").returncode == 0
    log = tmp_path / "log.jsonl"
    lines = run_dva("data", "export").stdout.splitlines()
    last = json.loads(lines[-1])
    used = {**last, "id": "e" * 32, "seq": last["seq"] + 1}
    used["body"] = {**last["body"], "ms": 10 * 60_000 - 2_500}
    log.write_text("\n".join([*lines, json.dumps(used)]) + "\n")
    assert run_dva("data", "import", log).returncode == 0
    terminal = Terminal("exam")
    terminal.until("The time is over")
    terminal.until("Mock score")
    terminal.press("q")
    assert terminal.end() == 0


def test_the_same_in_json_lines(run_dva: RunDva) -> None:
    begun = run_dva("exam", "--questions", "3", "--json", stdin='{"pause": true}\n')
    events = [json.loads(line) for line in begun.stdout.splitlines()]
    question = next(event for event in events if event["event"] == "question")
    assert question["schema"] == "dva.exam/1" and "key" not in question and question["wanted"] >= 1
    chosen = [option["id"] for option in question["options"][: question["wanted"]]]
    lines = [
        {"flag": True}, {"answer": ["nothing like it"]}, {"answer": chosen, "sure": False}, {"go": 9}, {"go": 3},
        {"answer": []}, {"submit": True},
    ]  # fmt: skip
    done = run_dva("exam", "--json", stdin='{"go": 1}\n' + "".join(json.dumps(line) + "\n" for line in lines))
    events = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [event["event"] for event in events]
    assert done.returncode == 0 and kinds[-1] == "result" and "error" in kinds
    assert kinds[kinds.index("answered") + 1] == "question"
    assert events[-1]["total"] + events[-1]["unscored"] == 3
    assert [kind for kind in kinds if kind == "review"]


def test_the_end_of_input_pauses(run_dva: RunDva) -> None:
    done = run_dva("exam", "--questions", "3", "--plain", stdin="A\n")
    assert done.returncode == 0 and "every answer is kept" in done.stdout
    again = run_dva("exam", "--plain", stdin="list\nsubmit\n")
    assert "Going on with the mock exam" in again.stdout and "Mock score" in again.stdout
