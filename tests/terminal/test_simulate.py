"""`dva simulate` on a real terminal: predicting, and one step a screen."""

import json
import re
from pathlib import Path

from real_terminal import Terminal
from running import RunDva


def test_a_prediction_is_kept_and_leaving_says_so(run_dva: RunDva) -> None:
    terminal = Terminal("simulate", "ecs-placement", "all-four-steps", "--predict")
    shown = terminal.until("Enter predicts  m more  q quit")
    total = re.search(r"^1/(\d+)  ~", shown, re.M)
    assert total and int(total[1]) > 1, shown
    terminal.press("\r")
    terminal.until("Choose one option: press its digit")
    terminal.press("1\r")
    terminal.until("Enter goes on, q stops")
    terminal.press("\r")
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


def test_a_run_is_paged_its_outcome_last_and_rules_on_request() -> None:
    terminal = Terminal("simulate", "ecs-placement", "all-four-steps", rows=24, PAGER="")
    terminal.until("34 %  Enter goes on")
    assert any("ECS task placement" in row for row in terminal.screen.display), "the story begins at the top"
    assert "web-1 on i-a3" in terminal.shown and "Outcome: placed" not in terminal.shown
    terminal.press("\r")
    terminal.until("68 %")
    terminal.press("\r")
    terminal.until("n next case")
    assert any("Outcome: placed" in row for row in terminal.screen.display), terminal.shown
    assert "ecs.placement.memberOf" not in terminal.shown
    terminal.press("r")
    terminal.until("Rule ecs.placement.resources")
    terminal.until("q skips the rest")
    terminal.press("q")
    terminal.until("n next case")
    terminal.press("q")
    assert terminal.end() == 0


def test_the_next_case_and_the_yaml_of_a_case_are_a_key_away() -> None:
    terminal = Terminal("simulate", "codedeploy-traffic", "canary-of-ten-percent", rows=100, PAGER="")
    terminal.until("n next case")
    terminal.press("n")
    terminal.until("is linear: 10 % now")
    terminal.until("n next case")
    terminal.press("y")
    terminal.until("simulation: codedeploy-traffic")
    terminal.until("n next case")
    terminal.press("\r")
    assert terminal.end() == 0


def test_the_learners_pager_gets_the_whole_run(tmp_path: Path) -> None:
    kept = tmp_path / "paged.txt"
    script = tmp_path / "pager"
    script.write_text(f"#!/bin/sh\ncat > {kept}\n")
    script.chmod(0o755)
    terminal = Terminal("simulate", "ecs-placement", "all-four-steps", rows=24, PAGER=str(script))
    terminal.until("n next case")
    terminal.press("q")
    assert terminal.end() == 0
    assert "Outcome: placed" in kept.read_text()


def test_a_pager_that_is_not_there_is_replaced() -> None:
    terminal = Terminal("simulate", "ecs-placement", "all-four-steps", rows=24, PAGER="/no/such/pager")
    terminal.until("Enter goes on")
    terminal.press("\x03")
    assert terminal.end() == 130


def test_a_prediction_shows_all_that_it_is_worked_out_from_and_the_step_that_decides() -> None:
    terminal = Terminal("simulate", "ecs-placement", "all-four-steps", "--predict", rows=24)
    shown = terminal.until("Enter predicts  m more  q quit")
    assert "m shows all" not in shown
    for instance in ("i-a1", "i-a2", "i-a3", "i-b1", "i-b2", "i-b3"):
        assert instance in shown
    terminal.press("1\r")
    terminal.until("Enter goes on, q stops")
    assert any("decides it:" in row for row in terminal.screen.display), "the next question has not pushed it away"
    terminal.press("q")
    assert terminal.end() == 130
    assert "the predictions are kept" in terminal.shown


def test_ctrl_c_in_the_learners_pager_is_the_pagers_own(tmp_path: Path) -> None:
    script = tmp_path / "pager"
    script.write_text(
        "#!/bin/sh\ntrap 'echo pager goes on' INT\ncat > /dev/null\necho pager waits\n"
        "until read -r line < /dev/tty; do :; done\necho pager ends\n"
    )
    script.chmod(0o755)
    terminal = Terminal("simulate", "ecs-placement", "all-four-steps", rows=24, PAGER=str(script))
    terminal.until("pager waits")
    terminal.press("\x03")
    terminal.until("pager goes on")
    terminal.press("\r")
    terminal.until("pager ends")
    terminal.until("n next case")
    terminal.press("q")
    assert terminal.end() == 0
