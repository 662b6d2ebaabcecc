"""`dva simulate` on a real terminal: predicting, and one step a screen."""

import json
import re

from real_terminal import Terminal
from running import RunDva


def test_a_prediction_is_kept_and_leaving_says_so(run_dva: RunDva) -> None:
    terminal = Terminal("simulate", "ecs-placement", "all-four-steps", "--predict")
    shown = terminal.until("Enter predicts  m more  q quit")
    total = re.search(r"^1/(\d+)  ~", shown, re.M)
    assert total and int(total[1]) > 1, shown
    terminal.press("\r")
    terminal.until("Choose one option")
    terminal.press("1\r")
    terminal.until(f"2/{total[1]}  ~")
    assert re.search(r"(Right|Not so): it is ", terminal.shown)
    terminal.press("\x03")
    assert terminal.end() == 130
    assert "those before it are kept" in terminal.shown
    events = [json.loads(line) for line in run_dva("data", "export").stdout.splitlines()]
    assert [event["kind"] for event in events] == ["prediction"]


def test_the_end_of_input_at_a_prediction_says_so(run_dva: RunDva) -> None:
    done = run_dva("simulate", "ecs-placement", "all-four-steps", "--predict")
    assert done.returncode == 130 and "those before it are kept" in done.stderr


def test_a_step_with_a_large_picture_keeps_its_words_on_a_small_screen() -> None:
    terminal = Terminal("simulate", "ecs-placement", "all-four-steps", "--step", rows=24)
    terminal.until("Enter: next step")
    assert any("Step 1 of" in row for row in terminal.screen.display), terminal.shown
    terminal.press("\r")
    terminal.until("Step 2 of")
    terminal.until("Enter: next step")
    assert any("Step 2 of" in row for row in terminal.screen.display), terminal.shown
    terminal.press("q")
    assert terminal.end() == 0
