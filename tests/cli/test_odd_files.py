"""Pipes, devices, links to themselves, closed folders, homes of nobody: one line with the path, and never a wait."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from running import RunDva

from dva import files
from dva.errors import ContentError

SOON = 20
"""Seconds: reading a pipe would never end."""


def odd(folder: Path, kind: str) -> Path:
    """A path that is no regular file."""
    path = folder / f"{kind}.yaml"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        os.chdir(folder)  # the name of a socket must be short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    return path


KINDS = {
    "pipe": "a named pipe", "loop": "symbolic links", "device": "a device", "folder": "a folder",
    "socket": "a socket", "nothing": "no such file",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_only_regular_files_are_read(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = odd(tmp_path, kind)
    code = f"from dva import files; from pathlib import Path; files.read(Path({str(path)!r}), 99)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SOON, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("dva.errors.ContentError: ") and str(path) in last and KINDS[kind] in last


def one_line(error: str, *said: str) -> None:
    """One error line, with a hint below at most."""
    lines = error.strip().splitlines()
    assert 1 <= len(lines) <= 2 and lines[0].startswith("dva: error: "), error
    for text in said:
        assert text in lines[0]


@pytest.mark.parametrize("kind", ["pipe", "loop", "device"])
def test_a_scenario_in_an_odd_file(run_dva: RunDva, tmp_path: Path, kind: str) -> None:
    path = odd(tmp_path, kind)
    done = run_dva("simulate", "ecs-query", path, timeout=SOON)
    assert (done.returncode, done.stdout) == (3, "")
    one_line(done.stderr, str(path), KINDS[kind])
    checked = run_dva("check", path, timeout=SOON)
    assert checked.returncode == 1 and KINDS[kind] in checked.stdout + checked.stderr


@pytest.mark.parametrize("kind", ["pipe", "loop", "device"])
def test_odd_files_among_the_content_are_skipped_with_a_warning(run_dva: RunDva, tmp_path: Path, kind: str) -> None:
    (tmp_path / "mine" / "notes").mkdir(parents=True)
    odd(tmp_path / "mine" / "notes", kind)
    done = run_dva("topics", "--content", "mine", timeout=SOON)
    assert done.returncode == 0 and done.stderr.startswith("dva: warning: 1 entry was skipped"), done.stderr


@pytest.mark.parametrize("kind", ["pipe", "loop", "device"])
def test_a_scenario_that_names_an_odd_file(run_dva: RunDva, tmp_path: Path, kind: str) -> None:
    odd(tmp_path, kind)
    case = tmp_path / "case.yaml"
    case.write_text(f"simulation: codebuild\ngiven: {{}}\nfiles: {{/given/buildspec: {kind}.yaml}}\n")
    done = run_dva("simulate", "codebuild", case, timeout=SOON)
    assert (done.returncode, done.stdout) == (3, "")
    one_line(done.stderr, f"{case}:3", f"{kind}.yaml")


@pytest.mark.parametrize("kind", ["pipe", "loop", "device"])
def test_odd_files_of_the_learner_are_no_text(run_dva: RunDva, tmp_path: Path, kind: str) -> None:
    path = odd(tmp_path, kind)
    for name in ("beanstalk-options", "credentials"):
        done = run_dva("simulate", name, "--from", tmp_path, env={"AWS_CONFIG_FILE": str(path)}, timeout=SOON)
        assert "Traceback" not in done.stderr and done.returncode in (0, 3), done.stderr


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (["simulate", "credentials", "--from", "~nosuchuser"], {}),
        (["topics"], {"DVA_CONTENT": "~nosuchuser/content"}),
        (["--json"], {"DVA_HOME": "~nosuchuser/dva"}),
    ],
)
def test_a_home_of_nobody(run_dva: RunDva, arguments: list[str], env: dict[str, str]) -> None:
    done = run_dva(*arguments, env=env)
    assert (done.returncode, done.stdout) == (2, "")
    one_line(done.stderr, "~nosuchuser")


@pytest.mark.parametrize("name", ["x" * 300 + "/", "x" * 5000])
def test_a_name_that_no_file_can_have(run_dva: RunDva, name: str) -> None:
    done = run_dva("simulate", "ecs-query", name)
    assert done.returncode in (2, 3) and done.stdout == ""
    one_line(done.stderr, name[:3])


def closed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder one that cannot be listed, also for the superuser."""
    listed = os.scandir, os.listdir

    def guarded(function: int, folder: str | Path) -> object:
        if Path(folder) == path:
            raise PermissionError(13, "Permission denied", str(folder))
        return listed[function](folder)

    monkeypatch.setattr(os, "scandir", lambda folder: guarded(0, folder))
    monkeypatch.setattr(os, "listdir", lambda folder: guarded(1, folder))


def test_a_closed_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    closed(inside, monkeypatch)
    with pytest.raises(ContentError, match=f"{inside}: cannot be read: permission denied"):
        files.children(inside)
    with pytest.raises(ContentError, match=f"{inside}: cannot be read: permission denied"):
        list(files.walk(tmp_path, 9))


def test_a_file_has_its_limit_before_and_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 100)
    assert files.read(path, 100) == b"x" * 100
    with pytest.raises(ContentError, match="larger"):
        files.read(path, 99)
    with pytest.raises(ContentError, match="larger"):
        files.read(Path("/proc/self/environ" if sys.platform == "linux" else path), 1)


def test_a_folder_of_too_many_names_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
    monkeypatch.setattr(files, "MAX_ENTRIES", 2)
    with pytest.raises(ContentError, match="more than 2 files"):
        list(files.walk(tmp_path, 9))


def test_standard_input_is_read_up_to_the_limit(run_dva: RunDva) -> None:
    with Path("/dev/zero").open("rb") as endless:
        done = subprocess.run(
            [sys.executable, "-m", "dva", "simulate", "ecs-query", "-"], stdin=endless, capture_output=True,
            text=True, timeout=SOON, check=False,
        )  # fmt: skip
    assert done.returncode == 3
    one_line(done.stderr, "standard input: larger than 32 MiB")
