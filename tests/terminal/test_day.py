"""The first start and the mornings after it, on a real terminal."""

import json
import re

import pytest
from real_terminal import Terminal
from running import RunDva

FIRST, NEXT, LATER = (f"2026-{day}T08:00:00+00:00" for day in ("11-24", "11-25", "12-20"))


def first_day(*arguments: str, exam: str = "2027-01-15", minutes: str = "1", columns: int = 80) -> Terminal:
    """Answer the questions of the first day, up to the offer of notes."""
    terminal = Terminal(*arguments, columns=columns, DVA_NOW=FIRST)
    terminal.until("Exam day, like")
    terminal.press(f"{exam}\r")
    terminal.until("Minutes a day")
    terminal.press(f"{minutes}\r")
    terminal.until("reads these")
    return terminal


def test_the_first_start_asks_two_things_and_ends_in_a_simulation(run_dva: RunDva) -> None:
    terminal = Terminal(DVA_NOW=FIRST)
    terminal.until("Exam day, like")
    terminal.press("tomorrow\r")
    terminal.until("is not a valid date: write it like")
    terminal.press("+6w\r")
    terminal.until("Minutes a day")
    terminal.press("1\r")
    shown = terminal.until("reads these")
    assert "DVA-C03 it is." in shown
    assert re.search(r"dva has questions on \d+ of the \d+ tasks of DVA-C03", " ".join(shown.split()))
    terminal.press("r")
    terminal.until("(checked ")
    terminal.until("Enter asks, q quits")
    terminal.press("\r")
    shown = terminal.until("Your ")
    assert re.search(r"^1/1  ~\d+ min left", shown, re.M)
    terminal.press("1g")
    terminal.until("It comes again in this session.")
    terminal.until("Enter next")
    terminal.press("\r")
    terminal.until("2/2  ~")
    terminal.until("Enter answers")
    terminal.press("1g")
    terminal.until("Enter next")
    terminal.press("\r")
    terminal.until("Done for today: 2 answered, ")
    terminal.until("Now see it happen:")
    terminal.until("Enter runs it, q ends")
    terminal.press("\r")
    terminal.until("Step 1 of")
    terminal.press("q")
    terminal.until("That was the first day.")
    assert terminal.end() == 0
    settings = json.loads(run_dva("settings", "--json").stdout)["settings"]
    assert (settings["exam-date"], settings["minutes"], settings["exam"]) == ("2027-01-05", "1", "dva-c03")


@pytest.mark.parametrize("command", [[], ["quiz"]])
def test_q_leaves_on_the_first_day(command: list[str], run_dva: RunDva) -> None:
    terminal = first_day(*command, exam="31.01.2027")
    terminal.press("q")
    assert terminal.end() == 0 and "Your " not in terminal.shown
    again = Terminal(*command, DVA_NOW=FIRST)
    again.until("reads these")
    assert "Exam day" not in again.shown, "what was answered is not asked again"
    again.press("\r")
    again.until("Enter answers")
    again.press("q")
    assert again.end() == 0 and "Now see it happen" not in again.shown
    assert json.loads(run_dva("settings", "--json").stdout)["settings"]["exam-date"] == "2027-01-31"


def test_a_pipe_is_asked_nothing_on_the_first_day(run_dva: RunDva) -> None:
    told = run_dva("quiz", "--plain", stdin="q\n").stdout
    assert "Question 1/" in told and "Exam day" not in told


def test_a_date_and_an_exam_that_do_not_fit_are_told_at_once(run_dva: RunDva) -> None:
    run_dva("settings", "exam", "dva-c02", env={"DVA_NOW": FIRST})
    told = " ".join(run_dva("settings", "exam-date", "2026-12-16", env={"DVA_NOW": FIRST}).stdout.split())
    assert "DVA-C02 is in use until 2026-11-30; on 2026-12-16 the exam is DVA-C03." in told
    run_dva("quiz", "--plain", stdin="A\nq\n", env={"DVA_NOW": FIRST})
    assert "on 2026-12-16 the exam is DVA-C03" in " ".join(run_dva(env={"DVA_NOW": FIRST}).stdout.split())
    run_dva("settings", "exam", "auto", env={"DVA_NOW": FIRST})
    assert "the exam is DVA-C03" not in run_dva(env={"DVA_NOW": FIRST}).stdout


def test_the_morning_says_what_is_left_and_enter_starts(run_dva: RunDva) -> None:
    run_dva("settings", "exam-date", "2027-01-15", env={"DVA_NOW": FIRST})
    run_dva("settings", "minutes", "20", env={"DVA_NOW": FIRST})
    run_dva("quiz", "--plain", "--seed", "1", stdin="\n\n\nq\n", env={"DVA_NOW": FIRST})
    terminal = Terminal(DVA_NOW=NEXT)
    shown = terminal.until("Enter starts · q quits")
    assert "Wed 25 Nov · 51 days to DVA-C03" in shown
    assert re.search(r"^Today   ░{10}  3 reviews \+ \d+ new · \d+ min$", shown, re.M), shown
    terminal.press("\r")
    terminal.until("Your ")
    terminal.press("q")
    assert terminal.end() == 0


def test_the_morning_can_be_left_with_q(run_dva: RunDva) -> None:
    run_dva("quiz", "--plain", stdin="\nq\n", env={"DVA_NOW": FIRST})
    terminal = Terminal(DVA_NOW=NEXT)
    terminal.until("q quits")
    terminal.press("q")
    assert terminal.end() == 0


def test_the_exam_that_changes_is_told_once(run_dva: RunDva) -> None:
    run_dva("quiz", "--plain", stdin="\nq\n", env={"DVA_NOW": FIRST})
    assert "dva-c02" in run_dva("--json", env={"DVA_NOW": FIRST}).stdout
    assert "You study for" not in run_dva(env={"DVA_NOW": NEXT}).stdout
    told = " ".join(run_dva(env={"DVA_NOW": LATER}).stdout.split())
    assert "You study for DVA-C03 now, in use from 2026-12-01." in told
    assert "Weights: Development with AWS Services 32 to 30 %" in told
    assert "You study for" not in run_dva(env={"DVA_NOW": LATER}).stdout


def test_an_empty_home_says_what_to_do_first(run_dva: RunDva) -> None:
    told = run_dva().stdout
    assert "Nothing studied yet" in told and "`dva quiz` starts" in told
    assert "`dva quiz` asks the first questions" in run_dva("report").stdout


@pytest.mark.parametrize(("key", "at"), [("\x03", "Exam day"), ("\x04", "Exam day"), ("\x04", "Minutes a day")])
def test_the_first_start_can_be_left_at_every_prompt(key: str, at: str) -> None:
    terminal = Terminal(DVA_NOW=FIRST)
    terminal.until("Exam day")
    if at != "Exam day":
        terminal.press("\r")
        terminal.until(at)
    terminal.press(key)
    assert terminal.end() == 130
    assert "Stopped; `dva` asks again." in terminal.shown


def test_a_reset_that_is_interrupted_changes_nothing() -> None:
    terminal = Terminal("data", "reset")
    terminal.until("Type yes:")
    terminal.press("\x03\x04")  # the end of input too: a signal that comes just before the read is seen after it
    assert terminal.end() == 130
    assert "Nothing was changed." in terminal.shown


def test_the_first_start_breaks_no_word_on_a_phone() -> None:
    terminal = first_day(exam="", minutes="", columns=40)
    terminal.press("\r")
    shown = terminal.until("Your ")
    assert "digits choose, Enter answers" in " ".join(shown.split())
    assert not re.search(r"Ente\nr|choos\ne|\+6\nw", shown)
    terminal.press("\x04")
    assert terminal.end() == 130
