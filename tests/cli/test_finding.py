"""Finding things: prefixes and services, the nearest names, and what a shell completes."""

import json
import subprocess
from pathlib import Path

import pytest
from running import RunDva


def completed(run_dva: RunDva, shell: str, *words: str) -> list[str]:
    """What a shell is offered for the last of the words."""
    line = " ".join(("dva", *words))
    env = {"_DVA_COMPLETE": f"complete_{shell}"}
    if shell == "bash":
        env |= {"COMP_WORDS": line, "COMP_CWORD": str(len(words))}
    else:
        env |= {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = run_dva(env=env)
    assert done.stderr == "", done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_are_completed(run_dva: RunDva, shell: str) -> None:
    offered = completed(run_dva, shell, "no")
    assert any("notes" in word for word in offered) and not any("quiz" in word for word in offered)


@pytest.mark.parametrize(
    ("words", "wanted", "other"),
    [
        (("simulate", "ecs-p"), "ecs-placement", "ecs-query"),
        (("simulate", "codedeploy-traffic", "canary"), "canary-10-percent-5-minutes", "linear"),
        (("quiz", "beanst"), "beanstalk-worker", "codebuild"),
        (("notes", "codeb"), "codebuild", "codedeploy"),
        (("settings", "ex"), "exam-date", "minutes"),
    ],
)
def test_names_are_completed(run_dva: RunDva, words: tuple[str, ...], wanted: str, other: str) -> None:
    offered = completed(run_dva, "bash", *words)
    assert offered and all(word.startswith(words[-1]) for word in offered)
    assert wanted in offered or wanted.startswith(words[-1])
    assert other not in offered


@pytest.mark.parametrize("words", [("simulate", "nothing-like-it", "x"), ("quiz", "zzz"), ("simulate", "zzz")])
def test_where_nothing_fits_nothing_is_offered(run_dva: RunDva, words: tuple[str, ...]) -> None:
    assert completed(run_dva, "bash", *words) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_one_that_it_reads(run_dva: RunDva, shell: str, tmp_path: Path) -> None:
    script = run_dva(env={"_DVA_COMPLETE": f"source_{shell}"})
    assert script.returncode == 0 and "_DVA_COMPLETE" in script.stdout
    if shell == "bash":
        file = tmp_path / "completion"
        file.write_text(script.stdout)
        assert subprocess.run(["bash", "-n", file]).returncode == 0


def test_completion_can_be_installed(run_dva: RunDva, tmp_path: Path) -> None:
    assert "--install-completion" in run_dva("--help").stdout
    done = run_dva("--show-completion", "bash")
    assert done.returncode == 0 or "shell" in done.stderr.lower()


@pytest.mark.parametrize(("typed", "meant"), [("quizz", "quiz"), ("sim", "simulate"), ("reprot", "report")])
def test_a_command_that_is_misspelled_is_told_with_the_nearest(run_dva: RunDva, typed: str, meant: str) -> None:
    done = run_dva(typed)
    assert done.returncode == 2 and f"Did you mean '{meant}'?" in done.stderr


def test_a_service_lists_its_simulations(run_dva: RunDva) -> None:
    rows = json.loads(run_dva("simulate", "beanstalk", "--json").stdout)["simulations"]
    assert len(rows) == 10 and all(row["name"].startswith("beanstalk-") for row in rows)
    named = json.loads(run_dva("simulate", "dynamodb", "--json").stdout)
    assert "dynamodb-capacity" in str(named)


def test_a_name_that_begins_only_one_runs_it(run_dva: RunDva) -> None:
    done = run_dva("simulate", "ecs-pl", "all-four", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["scenario"] == "all-four-steps"


def test_a_chapter_is_asked_by_its_name(run_dva: RunDva) -> None:
    done = run_dva("quiz", "beanstalk", "--limit", "3", "--plain", stdin="q\n")
    assert done.returncode == 0 and "Question 1/3" in done.stdout
    topics = json.loads(run_dva("notes", "beanstalk", "--json").stdout)["topics"]
    assert {row["chapter"] for row in topics} == {"beanstalk"} and len(topics) > 5


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("quiz", "codebild"), "codebuild"),
        (("notes", "beanstlk"), "beanstalk"),
        (("simulate", "ecs-placment"), "ecs-placement"),
        (("simulate", "ecs-placement", "all-four-stepz"), "all-four-steps"),
        (("settings", "minuts"), "minutes"),
        (("settings", "minuts", "5"), "minutes"),
    ],
)
def test_a_name_that_is_misspelled_is_told_with_the_nearest(
    run_dva: RunDva, arguments: tuple[str, ...], hint: str
) -> None:
    done = run_dva(*arguments)
    assert done.returncode == 2 and f"did you mean {hint}" in done.stderr
