"""The quiz with keys, on a real terminal: what is shown, undone, interrupted, killed and gone on with."""

import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from real_terminal import Terminal, bank
from running import RunDva

MORNING = "2026-11-24T08:00:00+00:00"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bank(tmp_path / "bank")


def start(folder: Path, *arguments: str, columns: int = 80) -> Terminal:
    """A quiz on the small bank."""
    return Terminal("quiz", "demo", "--content", str(folder), *arguments, columns=columns, DVA_NOW=MORNING)


def question(shown: str) -> str:
    """The last question that is shown, from its header on."""
    return shown[[found.start() for found in re.finditer(r"^\d+/\d+  ~", shown, re.M)][-1] :]


def asked(shown: str) -> str:
    """The last question: its place, stem and options in their order, without the minutes, which are an estimate."""
    return re.sub(r"~\d+ min", "", question(shown).split("Your ")[0])


def digit(shown: str, text: str) -> str:
    """The digit before an option."""
    found = re.search(rf"^ (\d)  {text}", question(shown), re.M)
    assert found, shown
    return found[1]


def know_nothing(terminal: Terminal) -> None:
    """Say that one does not know: Enter asks once more, so that a slip is no answer."""
    terminal.press("\r")
    terminal.until("Nothing is chosen")
    terminal.press("\r")


def answers(run_dva: RunDva) -> list[dict[str, object]]:
    """The raw answers of the log, undone ones too."""
    events = [json.loads(line) for line in run_dva("data", "export").stdout.splitlines()]
    return [event["body"] for event in events if event["kind"] == "answer"]


def test_a_whole_session_by_keys(folder: Path, run_dva: RunDva) -> None:
    terminal = start(folder, "--seed", "1")
    for number in range(1, 8):
        shown = terminal.until(f"{number}/7  ~")
        shown = terminal.until("Enter answers", 1)
        stem = question(terminal.shown)
        if "In which order?" in stem:
            terminal.press("".join(digit(terminal.shown, text) for text in ("First", "Then", "Last")))
        elif "belongs together?" in stem:
            terminal.press("".join(digit(terminal.shown, text) for text in ("sun", "moon")))
        else:
            terminal.press(digit(terminal.shown, "Right"))
        terminal.press("\r")
        shown = terminal.until("✓ ", number)
        terminal.until("Enter next")
        terminal.press("\r")
    terminal.until("7 answered, 7 right")
    assert terminal.end() == 0
    assert [body["correct"] for body in answers(run_dva)] == [True] * 7
    assert "✗" not in shown


def test_a_wrong_answer_shows_ones_own_error_first_and_the_others_folded(folder: Path) -> None:
    terminal = start(folder, "--seed", "3", "--limit", "1")
    terminal.until("Enter answers")
    assert "Single" in terminal.shown
    terminal.press(digit(terminal.shown, "Wrong") + "\r")
    shown = terminal.until("Enter next")
    told = shown[shown.index("✗ you: Wrong") :]
    assert told.index("Against truth") < told.index("Because of truth")
    assert "Not even near" not in told
    terminal.press("m")
    terminal.until("Not even near")
    terminal.press("q")
    assert terminal.end() == 0


def test_undo_asks_the_same_question_with_the_same_shuffle(folder: Path, run_dva: RunDva) -> None:
    terminal = start(folder, "--seed", "1")
    terminal.until("Enter answers")
    before = asked(terminal.shown)
    know_nothing(terminal)
    terminal.until("Enter next")
    terminal.press("u")
    terminal.until("Undone.")
    terminal.until("1/7  ~", 2)
    terminal.until("Your ")
    assert asked(terminal.shown) == before
    terminal.press("q")
    assert terminal.end() == 0
    assert "0 of 7" in run_dva("report", "--content", folder).stdout or len(answers(run_dva)) == 1


@pytest.mark.parametrize("how", ["ctrl-c", "hang up", "kill"])
def test_however_it_ends_the_quiz_goes_on_at_the_same_card_and_shuffle(folder: Path, run_dva: RunDva, how: str) -> None:
    terminal = start(folder)
    terminal.until("Enter answers")
    know_nothing(terminal)
    terminal.until("Enter next")
    terminal.press("\r")
    terminal.until("2/")
    terminal.until("Enter answers")
    before = asked(terminal.shown)
    if how == "ctrl-c":
        terminal.press("\x03")
        assert terminal.end() == 130
        assert "every answer is kept" in terminal.shown
    else:
        terminal.process.kill(signal.SIGHUP if how == "hang up" else signal.SIGKILL)
        terminal.end()
    again = start(folder)
    again.until("Going on where you stopped: 1 answered.")
    again.until("Enter answers")
    assert asked(again.shown) == before
    again.press("q")
    assert again.end() == 0
    assert len(answers(run_dva)) == 1


def test_an_answer_is_in_the_log_before_its_feedback_is_shown(folder: Path, run_dva: RunDva) -> None:
    for count in range(1, 4):
        terminal = start(folder)
        terminal.until("Enter answers")
        know_nothing(terminal)
        terminal.until("It comes back tomorrow.")
        terminal.process.kill(signal.SIGKILL)
        terminal.end()
        assert len(answers(run_dva)) == count


def test_a_note_before_answering_marks_the_answer_as_aided(folder: Path, run_dva: RunDva) -> None:
    terminal = start(folder)
    terminal.until("Enter answers")
    terminal.press("n")
    terminal.until("Truth")
    terminal.press("1g")
    terminal.until("Help was open")
    terminal.press("q")
    assert terminal.end() == 0
    assert [(body.get("aided"), body["sure"]) for body in answers(run_dva)] == [(True, False)]


def test_a_disputed_key_is_kept_with_its_word(folder: Path, run_dva: RunDva) -> None:
    terminal = start(folder)
    terminal.until("Enter answers")
    know_nothing(terminal)
    terminal.until("Enter next")
    terminal.press("w")
    terminal.until("Why is the key wrong?")
    terminal.press("the page says otherwise\r")
    terminal.until("Noted.")
    terminal.press("q")
    assert terminal.end() == 0
    assert "the page says otherwise" in run_dva("report", "--disputed", "--content", folder).stdout


def test_a_note_after_the_answer_leaves_the_feedback_where_it_is(folder: Path) -> None:
    terminal = start(folder)
    terminal.until("Enter answers")
    know_nothing(terminal)
    terminal.until("Enter next")
    terminal.press("n")
    terminal.until("(checked 2026-11-24)")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.shown.count("✗ no answer") == 1


def test_a_simulation_that_is_not_there_is_no_help(folder: Path, run_dva: RunDva) -> None:
    terminal = start(folder)
    terminal.until("Enter answers")
    terminal.press("s")
    terminal.until("No simulation shows this")
    know_nothing(terminal)
    terminal.until("Enter next")
    terminal.press("q")
    assert terminal.end() == 0
    assert [body.get("aided", False) for body in answers(run_dva)] == [False]


def test_a_question_that_speaks_of_much_keeps_its_stem_on_a_small_screen() -> None:
    """What it speaks of is folded to the rows that are left; `m` unfolds it and says the stem again below."""
    terminal = Terminal("quiz", "ecs-iam-overview", "--cram", "--seed", "2", rows=24)
    for number in range(1, 30):
        terminal.until(f"{number}/", 1)
        terminal.until("Enter answers")
        if "m shows all" in question(terminal.shown):
            break
        know_nothing(terminal)
        terminal.until("Enter next")
        terminal.press("\r")
    assert re.search(r"^\d+/\d+  ~", "\n".join(terminal.screen.display), re.M)
    terminal.press("m")
    stem = question(terminal.shown).splitlines()[1]
    terminal.until(stem, 3)
    terminal.until("Enter answers")
    assert "m shows all" not in "\n".join(terminal.screen.display)
    terminal.press("q")
    assert terminal.end() == 0


def test_leaving_names_the_command_that_goes_on(folder: Path) -> None:
    terminal = start(folder, "--cram", "--limit", "2")
    terminal.until("Enter answers")
    terminal.press("\x03")
    assert terminal.end() == 130
    assert "`dva quiz demo --cram --limit 2` goes on here." in terminal.shown


def test_practice_says_that_the_schedule_stays(folder: Path) -> None:
    terminal = start(folder, "--cram")
    terminal.until("Enter answers")
    know_nothing(terminal)
    terminal.until("Practice: the schedule stays as it is.")
    terminal.press("q")
    assert terminal.end() == 0


def test_a_smaller_window_is_drawn_as_lists_from_the_next_question_on(folder: Path) -> None:
    terminal = start(folder)
    terminal.until("Enter answers")
    terminal.resize(40)
    know_nothing(terminal)
    terminal.until("Enter next")
    terminal.press("\r")
    terminal.until("2/")
    terminal.until("Your ")
    lines = question(terminal.shown).splitlines()
    assert max(map(len, lines)) <= 40
    terminal.press("q")
    assert terminal.end() == 0


def test_letters_and_digits_alone_are_enough(folder: Path, run_dva: RunDva) -> None:
    terminal = start(folder, columns=40)
    terminal.until("1/7")
    terminal.until("quit")
    terminal.press(digit(terminal.shown, "Right") + "y")
    terminal.until("Enter next")
    terminal.press("q")
    assert terminal.end() == 0
    assert [body.get("easy") for body in answers(run_dva)] == [True]


@pytest.mark.parametrize(("env", "colour"), [({"NO_COLOR": "1"}, False), ({}, True)])
def test_colour_only_where_it_is_wanted(folder: Path, env: dict[str, Any], colour: bool) -> None:
    terminal = Terminal("quiz", "demo", "--content", str(folder), **env)
    terminal.until("Enter answers")
    terminal.press("q")
    terminal.end()
    assert (b"38;5;" in terminal.raw) == colour


def test_a_slip_is_no_answer(folder: Path, run_dva: RunDva) -> None:
    terminal = start(folder, "--seed", "3", "--limit", "1")
    terminal.until("Enter answers")
    for key, told in [("?", "u undoes the last action"), ("g", "then g"), ("y", "then y"), ("\r", "Nothing is chosen")]:
        terminal.press(key)
        terminal.until(told)
    terminal.press(digit(terminal.shown, "Wrong"))
    terminal.until("Your answer: ")
    terminal.press("q")
    assert terminal.end() == 0
    assert answers(run_dva) == []


def test_too_few_and_too_many_choices_are_told(folder: Path, run_dva: RunDva) -> None:
    questions = folder / "questions" / "demo.yaml"
    several = questions.read_text().split("- id: demo.q2")[0].replace("type: single", "type: multi")
    questions.write_text(several.replace("text: Other 1,", "text: Other 1, correct: true,"))
    terminal = start(folder, "--limit", "1")
    terminal.until("Enter answers")
    terminal.press("1\r")
    terminal.until("Choose 1 more: 2 are wanted.")
    terminal.press("23\r")
    terminal.until("Only 2 are wanted")
    terminal.press("3\r")
    terminal.until("Enter next")
    terminal.press("q")
    assert terminal.end() == 0
    assert len(answers(run_dva)) == 1


def test_everything_is_undone_the_latest_first(folder: Path, run_dva: RunDva) -> None:
    terminal = start(folder, "--seed", "1")
    terminal.until("Enter answers")
    terminal.press("1\r")
    terminal.until("Enter next")
    terminal.press("w")
    terminal.until("Why is the key wrong?")
    terminal.press("no idea\r")
    terminal.until("Noted.")
    terminal.press("x")
    terminal.until("is not asked any more")
    terminal.until("Enter answers")
    for told in ("The card is asked again.", "The key is not disputed.", "The question comes again."):
        terminal.press("u")
        terminal.until(told)
        terminal.until("Enter answers")
    terminal.press("q")
    assert terminal.end() == 0
    assert "No key was disputed" in run_dva("report", "--disputed", "--content", folder).stdout
    assert json.loads(run_dva("settings", "--json").stdout)["suspended"] == []
    assert len(answers(run_dva)) == 1  # undone, and still in the log


@pytest.mark.parametrize("leave", ["\x1b", "\r"])
def test_a_dispute_can_be_left(folder: Path, run_dva: RunDva, leave: str) -> None:
    terminal = start(folder)
    terminal.until("Enter answers")
    terminal.press("w")
    terminal.until("Why is the key wrong?")
    terminal.press(leave)
    terminal.until("Nothing was noted.")
    terminal.press("q")
    assert terminal.end() == 0
    assert "No key was disputed" in run_dva("report", "--disputed", "--content", folder).stdout


def test_with_one_key_a_digit_answers_and_g_before_it_makes_it_a_guess(folder: Path, run_dva: RunDva) -> None:
    assert run_dva("settings", "one-key", "yes", env={"DVA_NOW": MORNING}).returncode == 0
    terminal = start(folder, "--seed", "3", "--limit", "1")
    terminal.until("Enter answers")
    terminal.press("g")
    terminal.until("(a guess)")
    terminal.press(digit(terminal.shown, "Right"))
    terminal.until("Enter next")
    terminal.press("q")
    assert terminal.end() == 0
    assert [(body["correct"], body["sure"]) for body in answers(run_dva)] == [(True, False)]
