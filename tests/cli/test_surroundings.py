"""Odd surroundings for every command: time zones, locales, closed streams, homes that are none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import RunDva

COMMANDS: tuple[list[str], ...] = (
    ["--version"], ["--help"], [], ["--json"], ["quiz", "--plain", "--limit", "1"], ["quiz", "--json", "--limit", "1"],
    ["topics"], ["notes", "ecs-clusters"], ["notes", "--eve"], ["report"], ["settings"], ["settings", "minutes", "20"],
    ["simulate", "--list"], ["simulate", "ecs-query"], ["check", "--schema", "note"], ["data", "path"],
    ["data", "export"], ["data", "backup"], ["data", "verify"], ["data", "future"], ["data", "sync", "share"],
    ["data", "reset", "--yes"], ["data", "restore", "share"],
)  # fmt: skip
CODES = {0, 1, 2, 3, 4, 130}
SECONDS = 30


def dva(arguments: list[str], cwd: Path, redirect: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command; `redirect` is what the shell does to its streams (`<&-` closes standard input)."""
    script = f'"$0" -m dva "$@" {redirect}'
    return subprocess.run(
        ["sh", "-c", script, sys.executable, *arguments], input="A\n", capture_output=True, text=True, cwd=cwd,
        env={**os.environ, **environment}, timeout=SECONDS, check=False,
    )  # fmt: skip


def orderly(done: subprocess.CompletedProcess[str], told: object) -> None:
    assert done.returncode in CODES, (told, done.returncode, done.stderr)
    for text in (done.stdout, done.stderr):
        assert "Traceback" not in text and "defect of dva" not in text and "Exception ignored" not in text, (told, text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "redirect", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full", "</dev/null", "<."]
)
def test_every_command_with_streams_that_are_closed(tmp_path: Path, redirect: str) -> None:
    for arguments in COMMANDS:
        orderly(dva(arguments, tmp_path, redirect), (arguments, redirect))
    print(f"streams {redirect}: {len(COMMANDS)} commands")


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Nowhere/Land"},
        {"TZ": ":/dev/zero"},
        {"TZ": "XYZ-167:59:59"},
        {"TZ": "\x1b[2J"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "xx_YY.nothing", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        {"COLUMNS": "0", "TERM": "", "LINES": "-1"},
    ],
    ids=lambda value: " ".join(f"{key}={text!r}" for key, text in value.items()),
)
def test_every_command_in_an_odd_place(tmp_path: Path, environment: dict[str, str]) -> None:
    for arguments in COMMANDS:
        orderly(dva(arguments, tmp_path, **environment), (arguments, environment))
    print(f"{environment}: {len(COMMANDS)} commands")


def no_home(kind: str, folder: Path) -> str:
    """A value of DVA_HOME that is no folder."""
    path = folder / "odd"
    match kind:
        case "file":
            path.write_text("my notes")
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
        case "dangling":
            path.symlink_to(folder / "nothing" / "there")
        case "device":
            return "/dev/null"
        case "nobody":
            return "~nosuchuser/dva"
        case "long":
            return str(folder / ("x" * 5000))
        case "proc":
            return "/proc/dva"
    return str(path)


HOMES = ["file", "pipe", "loop", "dangling", "device", "nobody", "long", "proc"]
NEEDING = (["--json"], ["quiz", "--plain"], ["report"], ["data", "export"], ["data", "verify"])


@pytest.mark.parametrize("kind", HOMES)
def test_a_home_that_is_no_folder_is_one_line_with_its_path(tmp_path: Path, kind: str) -> None:
    home = no_home(kind, tmp_path)
    done = dva(["--json"], tmp_path, DVA_HOME=home)
    if kind == "dangling":
        assert done.returncode in (0, 4)
        return
    assert done.returncode == (2 if kind == "nobody" else 4), done.stderr
    lines = done.stderr.splitlines()
    assert done.stdout == "" and 1 <= len(lines) <= 2 and lines[0].startswith("dva: error: "), done.stderr
    assert home[:60] in lines[0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOMES)
def test_every_command_with_a_home_that_is_no_folder(tmp_path: Path, kind: str) -> None:
    home = no_home(kind, tmp_path)
    for arguments in COMMANDS:
        done = dva(arguments, tmp_path, DVA_HOME=home)
        orderly(done, (arguments, kind))
        if arguments in NEEDING and kind != "dangling":
            assert done.returncode == (2 if kind == "nobody" else 4), (arguments, done.stderr)
    print(f"DVA_HOME is {kind}: {len(COMMANDS)} commands")


def test_without_any_home_it_still_works_or_says_so(run_dva: RunDva, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("HOME", "DVA_HOME")}
    for more in ({}, {"HOME": ""}, {"HOME": "/nonexistent"}, {"HOME": "relative"}, {"XDG_DATA_HOME": "/dev/null/x"}):
        done = subprocess.run(
            [sys.executable, "-m", "dva", "data", "path"], capture_output=True, text=True, cwd=tmp_path,
            env={**environment, **more}, timeout=SECONDS, check=False,
        )  # fmt: skip
        orderly(done, more)
        assert done.returncode == 0 and done.stdout.endswith("dva.db\n")
