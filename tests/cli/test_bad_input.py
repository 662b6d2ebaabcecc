"""Bad input of any kind: one clear line on stderr, the right exit code, no traceback, nothing lost."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from running import RunDva

SCENARIO = """\
simulation: ecs-query
title: T
given:
  filter: "attribute:a == b"
  containerInstances:
  - ec2InstanceId: i-1
    attributes: [{name: a, value: b}]
"""


def one_line(stderr: str, *said: str) -> None:
    """One error line, perhaps with a hint, no traceback."""
    lines = stderr.strip().splitlines()
    assert 1 <= len(lines) <= 2 and lines[0].startswith("dva: error: "), stderr
    assert len(lines) == 1 or lines[1].startswith("hint: ")
    for text in said:
        assert text in stderr


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("", ""), None, ""),
        (("filter:", "fliter:"), 4, "fliter"),
        (('"attribute:a == b"', "7"), 4, "expected text, found a whole number"),
        (("  filter", "\tfilter"), 4, "not YAML"),
        (("title: T", "title: T\ntitle: U"), 3, "duplicate key `title`"),
        (("title: T", "titel: T"), 2, "unknown key `titel`"),
        (("{name: a, value: b}", "a"), 7, "expected a mapping, found text"),
        (("ec2InstanceId: i-1", "ec2InstanseId: i-1"), 6, "did you mean `ec2InstanceId`"),
        (("given:", "given: 3\nnot:"), None, ""),
        (("simulation: ecs-query", "simulation: ecs-placement"), 1, "a scenario of ecs-placement"),
    ],
)
def test_a_scenario_that_cannot_be_read(
    run_dva: RunDva, tmp_path: Path, change: tuple[str, str], line: int | None, said: str
) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(SCENARIO.replace(*change, 1) if change[0] else SCENARIO)
    done = run_dva("simulate", "ecs-query", file)
    if not change[0]:
        assert done.returncode == 0, done.stderr
        return
    assert (done.returncode, done.stdout) == (3, "")
    one_line(done.stderr, said, f"{file}:{line}: " if line else "case.yaml")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["simulate", "ecs-plaecment"], 2, "did you mean ecs-placement"),
        (["simulate", "ecs-placement", "nothing-like-it"], 2, "no case `nothing-like-it`"),
        (["simulate", "ecs-placement", "./nothing.yaml"], 3, "no such file"),
        (["simulate", "ecs-placement", "--json", "--step"], 2, "--json goes with neither"),
        (["notes", "nothing-like-it"], 2, "no topic"),
        (["quiz", "nothing-like-it"], 2, "no topic"),
        (["quiz", "--content", "nowhere"], 2, "no content folder `nowhere`"),
        (["quiz", "--missed", "soon"], 2, "not a valid number of days"),
        (["check", "nowhere"], 2, "there is no `nowhere`"),
        (["check", "--schema", "poem"], 2, "no schema `poem`"),
        (["settings", "exam-date", "soon"], 2, "write it like"),
        (["settings", "exam", "dva-c99"], 2, "one of dva-c02, dva-c03"),
        (["settings", "minutes", "0"], 2, "1 to 600"),
        (["settings", "colour", "red"], 2, "no setting `colour`"),
        (["data", "restore", "nowhere"], 2, "no `nowhere`"),
        (["data", "reset", "no.card", "--yes"], 2, "no card `no.card`"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_call_that_cannot_be_carried_out(run_dva: RunDva, arguments: list[str], code: int, said: str) -> None:
    done = run_dva(*arguments)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    one_line(done.stderr, said)


def test_a_broken_clock_is_told(run_dva: RunDva) -> None:
    done = run_dva("--json", env={"DVA_NOW": "yesterday"})
    assert done.returncode == 2
    one_line(done.stderr, "DVA_NOW")


def test_a_broken_file_of_the_learner_is_skipped_with_one_warning(run_dva: RunDva, tmp_path: Path) -> None:
    (tmp_path / "mine" / "questions").mkdir(parents=True)
    (tmp_path / "mine" / "questions" / "bank.yaml").write_text("- id: [1\n")
    done = run_dva("topics", "--content", "mine")
    assert done.returncode == 0 and "ecs-task-placement" in done.stdout
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("dva: warning: 1 entry was skipped")
    assert run_dva("check", "mine").returncode == 1


def database() -> Path:
    return Path(os.environ["DVA_HOME"]) / "dva.db"


@pytest.mark.parametrize("arguments", [["--json"], ["report"], ["quiz", "--plain"], ["data", "export"], ["settings"]])
def test_a_damaged_database_stops_with_the_store_code(run_dva: RunDva, arguments: list[str]) -> None:
    database().parent.mkdir()
    database().write_bytes(b"this is no database at all" * 400)
    done = run_dva(*arguments, stdin="A\n")
    assert (done.returncode, done.stdout) == (4, "")
    one_line(done.stderr)
    assert database().read_bytes().startswith(b"this is no database")


def test_a_database_of_a_newer_version_is_left_alone(run_dva: RunDva) -> None:
    run_dva("--json")
    with closing(sqlite3.connect(database(), isolation_level=None)) as db:
        db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('dva', 'm999_later', '')")
    done = run_dva("quiz", "--plain", stdin="A\n")
    assert done.returncode == 4
    one_line(done.stderr, "newer")


def test_a_database_that_is_locked_is_told(run_dva: RunDva) -> None:
    run_dva("--json")
    with closing(sqlite3.connect(database(), isolation_level=None)) as db:
        db.execute("begin exclusive")
        done = run_dva("settings", "minutes", "20")
        db.execute("rollback")
    assert done.returncode == 4
    one_line(done.stderr)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(run_dva: RunDva) -> None:
    database().parent.mkdir(mode=0o500)
    done = run_dva("quiz", "--plain", stdin="A\n")
    assert done.returncode == 4
    one_line(done.stderr)


@pytest.mark.parametrize("arguments", [["quiz", "--plain"], ["quiz", "--json"], ["data", "reset"]])
def test_end_of_input_before_anything_was_said_interrupts(run_dva: RunDva, arguments: list[str]) -> None:
    done = run_dva(*arguments, stdin="")
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


def test_end_of_input_after_an_answer_is_a_good_end(run_dva: RunDva) -> None:
    done = run_dva("quiz", "--plain", stdin="A\n")
    assert done.returncode == 0
    assert run_dva("data", "export").stdout.count('"kind":"answer"') == 1


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m dva check --schema question | true; exit ${{PIPESTATUS[0]}}"
    for line in (command, command.replace("check --schema question", "simulate ecs-placement")):
        done = subprocess.run(["bash", "-c", line], capture_output=True, encoding="utf-8", check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a device that is always full")
def test_a_full_disk_is_told() -> None:
    for arguments in ("topics", "simulate ecs-placement --json", "data export"):
        line = f"{sys.executable} -m dva settings minutes 9 >/dev/null; {sys.executable} -m dva {arguments} > /dev/full"
        done = subprocess.run(["bash", "-c", line], capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 2, arguments
        one_line(done.stderr, "cannot write")


def test_control_sequences_of_content_never_reach_the_screen(run_dva: RunDva, tmp_path: Path) -> None:
    (tmp_path / "mine" / "notes").mkdir(parents=True)
    note = '- {id: bad.1, text: "red \\e[31m and \\a bell", source: "s: \\e]0;title\\a", checked_on: "2026-11-24"}\n'
    (tmp_path / "mine" / "notes" / "bad.yaml").write_text(note)
    done = run_dva("notes", "bad", "--content", "mine")
    assert done.returncode == 0 and "red" in done.stdout
    assert not set(done.stdout) & {"\x1b", "\a"}
