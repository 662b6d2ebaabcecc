"""The same quiz as plain lines and as JSON lines."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from real_terminal import Terminal, bank
from running import RunDva


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bank(tmp_path / "bank")


def play(run_dva: RunDva, folder: Path, *arguments: str) -> list[dict[str, object]]:
    """A whole JSON session answered by its own key, which a first run has told."""
    first = run_dva("quiz", "demo", "--content", folder, "--json", "--seed", "1", *arguments, stdin="\n" * 30)
    assert first.returncode == 0, first.stderr
    return [json.loads(line) for line in first.stdout.splitlines()]


def test_json_lines_tell_the_question_without_its_key(run_dva: RunDva, folder: Path) -> None:
    events = play(run_dva, folder)
    assert {event["schema"] for event in events} == {"dva.quiz/1"}
    questions = [event for event in events if event["event"] == "question"]
    assert all("key" not in question and "correct" not in str(question["options"]) for question in questions)
    told = [event for event in events if event["event"] == "answer"]
    assert told and not any(event["correct"] for event in told)
    assert all(event["rating"] == "again" and event["rationales"] for event in told if "match" not in str(event["id"]))
    assert events[-1]["event"] == "summary"


def test_every_answer_can_be_given_by_option_ids(run_dva: RunDva, folder: Path) -> None:
    keys = {e["id"]: e["key"] for e in play(run_dva, folder) if e["event"] == "answer"}
    assert len(keys) == 7
    command = [sys.executable, "-m", "dva", "quiz", "demo", "--content", str(folder), "--json", "--cram"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as quiz:
        assert quiz.stdin and quiz.stdout
        correct = []
        for line in quiz.stdout:
            event = json.loads(line)
            if event["event"] == "question":
                quiz.stdin.write(json.dumps({"answer": keys[event["id"]], "sure": True}) + "\n")
                quiz.stdin.flush()
            elif event["event"] == "answer":
                correct.append(event["correct"])
    assert correct == [True] * 7


@pytest.mark.parametrize(
    "line",
    ["{", "{}", '{"answer": ["nothing"]}', '{"answer": 3}', '{"answer": [], "shure": true}', "Z", "A B C D E", "1A"],
)
def test_an_answer_that_does_not_fit_is_told_and_asked_again(run_dva: RunDva, folder: Path, line: str) -> None:
    done = run_dva("quiz", "demo", "--content", folder, "--json", "--seed", "3", stdin=f"{line}\n\nq\n")
    events = [json.loads(text)["event"] for text in done.stdout.splitlines()]
    assert events[:3] == ["question", "error", "answer"], done.stdout


def test_plain_lines_are_sentences_without_boxes_or_sequences(run_dva: RunDva, folder: Path) -> None:
    done = run_dva("quiz", "demo", "--content", folder, "--plain", "--seed", "1", stdin="\nu\n\nn\n\nq\n")
    assert done.returncode == 0, done.stderr
    assert "Option B of 3:" in done.stdout and "Undone." in done.stdout and "Note demo." in done.stdout
    assert not set(done.stdout) & set("─│╭╮╰╯\x1b")


@pytest.fixture
def matching(folder: Path) -> Path:
    """The small bank with its question of pairs alone: day and sun, night and moon."""
    file = folder / "questions" / "demo.yaml"
    text = file.read_text("utf-8")
    file.write_text(text[text.index("- id: demo.match") :], "utf-8")
    return folder


def pairs(run_dva: RunDva, folder: Path, day: str, night: str) -> str:
    """The line that gives day and night these options, by the letters that the question shows."""
    shown = run_dva("quiz", "demo", "--content", folder, "--plain", "--seed", "1", stdin="q\n").stdout
    assert "1: day\n2: night\n" in shown
    letters = {text: letter for letter, text in re.findall(r"^Option (\w) of 2: (\w+)$", shown, re.M)}
    return f"1{letters[day]} 2{letters[night]}"


@pytest.mark.parametrize(
    ("day", "night", "correct"), [("sun", "moon", True), ("moon", "sun", False), ("sun", "sun", False)]
)
def test_a_match_is_answered_by_numbers_and_letters(
    run_dva: RunDva, matching: Path, day: str, night: str, correct: bool
) -> None:
    line = pairs(run_dva, matching, day, night)
    for form in (line, line.lower().replace(" ", ""), ", ".join(reversed(line.split()))):
        home = {"DVA_HOME": str(matching / f"home {form}")}
        done = run_dva("quiz", "demo", "--content", matching, "--plain", "--seed", "1", stdin=f"{form}\nq\n", env=home)
        assert done.returncode == 0, done.stderr
        assert ("Right. The key is day: " if correct else "Wrong. The key is day: ") in done.stdout, done.stdout
        answered = [json.loads(event) for event in run_dva("data", "export", env=home).stdout.splitlines()]
        assert [event["body"]["correct"] for event in answered if event["kind"] == "answer"] == [correct]
        assert [event["body"]["type"] for event in answered if event["kind"] == "answer"] == ["match"]


@pytest.mark.parametrize(
    ("line", "hint"),
    [("1A", "1 to 2"), ("1A 1B", "1 to 2"), ("1A 2B 1A", "1 to 2"), ("3A 2B", "no number 3"), ("1A 2C", "no option C"),
     ("A B", "1C 2A"), ("1 2", "1C 2A"), ("1A 2B nonsense", "1C 2A"), ("1A-2B", "1C 2A"), ("²A 2B", "1C 2A")],
)  # fmt: skip
def test_a_match_that_is_no_answer_is_told_and_asked_again(
    run_dva: RunDva, matching: Path, line: str, hint: str
) -> None:
    right = pairs(run_dva, matching, "sun", "moon")
    stdin = f"{line}\n{right}\n"
    done = run_dva("quiz", "demo", "--content", matching, "--plain", "--seed", "1", stdin=stdin)
    assert done.returncode == 0, done.stderr
    assert hint in done.stdout and "Right. The key is" in done.stdout, done.stdout
    assert run_dva("data", "export").stdout.count('"kind":"answer"') == 1


def test_the_same_seed_and_clock_give_the_same_session(folder: Path, run_dva: RunDva, tmp_path: Path) -> None:
    told = []
    for home in ("a", "b"):
        env = {"DVA_HOME": str(tmp_path / home), "DVA_NOW": "2026-11-24T08:00:00+01:00"}
        done = run_dva("quiz", "--content", folder, "--json", "--seed", "5", "--limit", "6", stdin="A\n" * 40, env=env)
        told.append(done.stdout)
    assert told[0] == told[1]


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"DVA_PLAIN": "1"}])
def test_a_simple_terminal_or_the_learner_gets_plain_lines(folder: Path, env: dict[str, Any]) -> None:
    terminal = Terminal("quiz", "demo", "--content", str(folder), **env)
    terminal.until("Option A of")
    terminal.press("q\n")
    assert terminal.end() == 0
    assert b"\x1b[" not in terminal.raw


def test_plain_once_said_is_remembered(folder: Path, run_dva: RunDva) -> None:
    run_dva("quiz", "demo", "--content", folder, env={"DVA_PLAIN": "1"}, stdin="q\n")
    terminal = Terminal("quiz", "demo", "--content", str(folder))
    terminal.until("Option A of")
    terminal.press("q\n")
    assert terminal.end() == 0


def test_a_locale_without_utf8_gets_ascii(folder: Path, run_dva: RunDva) -> None:
    env = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    for arguments in (["quiz", "demo", "--content", str(folder), "--plain"], ["simulate", "ecs-placement"], ["topics"]):
        done = run_dva(*arguments, env=env, stdin="\nq\n")
        assert done.returncode == 0, done.stderr
        assert done.stdout.isascii()


def test_plain_lines_break_no_word_on_a_terminal(folder: Path) -> None:
    terminal = Terminal("quiz", "ecs-task-placement", "--seed", "1", columns=40, TERM="dumb")
    shown = terminal.until("Option A of")
    lines = shown.split("Option A of")[0].splitlines()
    assert max(map(len, lines)) <= 40 and sum(len(line) == 40 for line in lines) < len(lines) // 2
    stem = " ".join(shown.split())
    assert "which" in stem.lower() or "what" in stem.lower() or "match" in stem.lower()
    terminal.press("q\n")
    assert terminal.end() == 0


def test_keys_that_were_typed_ahead_are_not_lost(folder: Path, run_dva: RunDva) -> None:
    terminal = Terminal("quiz", "demo", "--content", str(folder))
    terminal.press("1\r\r1\r\rq")
    assert terminal.end() == 0
    events = [json.loads(line) for line in run_dva("data", "export").stdout.splitlines()]
    assert [event["kind"] for event in events] == ["answer", "answer"], terminal.shown


@pytest.mark.parametrize(
    "arguments",
    [["report"], ["topics"], ["notes", "ecs-clusters"], ["notes", "--myths"], ["simulate"],
     ["simulate", "ecs-placement"], ["simulate", "ecs-placement", "--list"], ["settings"], []],
    ids=lambda arguments: " ".join(["dva", *arguments]),
)  # fmt: skip
def test_every_screen_can_be_read_aloud_once_plain_was_said(run_dva: RunDva, arguments: list[str]) -> None:
    run_dva("settings", "plain", "yes")
    run_dva("quiz", "--plain", "--cram", "--limit", "2", stdin="A\nB\nA\nq\n")
    done = run_dva(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert not set(done.stdout) & set("─│╭╮╰╯▇░\x1b")


def test_the_last_answer_of_a_plain_session_can_be_undone(folder: Path) -> None:
    questions = folder / "questions" / "demo.yaml"
    questions.write_text(questions.read_text().split("- id: demo.order")[0])
    terminal = Terminal("quiz", "demo", "--content", str(folder), "--plain", "--limit", "1")
    right = re.search(r"Option (\w) of 3: Right", terminal.until("Option C of 3"))
    assert right
    terminal.press(f"{right[1]}\n")
    terminal.until("u undoes. >")
    terminal.press("u\n")
    terminal.until("Undone.")
    terminal.until("Question 1/1", 2)
    terminal.press("q\n")
    assert terminal.end() == 0


def test_json_loses_no_character_where_the_locale_is_not_utf8(folder: Path, run_dva: RunDva) -> None:
    notes = folder / "notes" / "demo.yaml"
    notes.write_text(notes.read_text().replace("Truth 1.", "Wahrheit \u2013 größer"), "utf-8")
    done = run_dva("notes", "demo", "--content", folder, "--json", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.stdout.isascii()
    assert json.loads(done.stdout)["notes"][0]["text"] == "Wahrheit \u2013 größer"
