"""The README is true: every command is in it and has help, every example prints what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bundled import ROOT

from dva.cli import COMMANDS

README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```console\n(.*?)```", README, re.S)
NOW = "2026-11-24T08:00:00+00:00"


def split(block: str) -> list[tuple[str, str]]:
    """(command, what it prints) of a console block."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.M)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def run(command: str) -> str:
    """What a command line prints on stdout, in this test's home; `dva` is the one of this environment."""
    here = str(Path(sys.executable).parent)
    env = {**os.environ, "DVA_NOW": NOW, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", command], input="", capture_output=True, encoding="utf-8", check=False, env=env
    )
    return done.stdout


def test_every_example_prints_what_the_readme_says(tmp_path: Path) -> None:
    assert len(EXAMPLES) >= 3
    for command, printed in (pair for block in EXAMPLES for pair in split(block)):
        assert run(command).rstrip() == printed.rstrip(), command


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_stands_in_the_readme(command: str) -> None:
    told = run(f"dva {command} --help")
    assert re.search(r"^  [A-Z][^.]+\.", told, re.M), "a sentence of help"
    assert f"`dva {command}" in README


def test_the_scenario_of_the_readme_runs(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(re.findall(r"```yaml\n(.*?)```", README, re.S)[0])
    assert '"expected": true' in run(f"dva simulate ecs-query {tmp_path / 'case.yaml'} --json")


def test_the_two_set_up_commands_are_one_line_each() -> None:
    study, work = re.findall(r"```sh\n(.*?)```", README, re.S)
    assert study.count("\n") == work.count("\n") == 1
    assert study.endswith("dva quiz\n") and work.endswith("pytest\n")


@pytest.mark.parametrize("command", re.findall(r"```sh\n(.*?)\n```", README, re.S))
def test_ci_runs_the_set_up_commands_of_the_readme(command: str) -> None:
    """Each part of the command begins a line of `.ci/run`, in the same order."""
    lines = iter((ROOT / ".ci" / "run").read_text("utf-8").splitlines())
    for part in command.split(" && "):
        assert any(f"{line} ".startswith(f"{part} ") for line in lines), part
