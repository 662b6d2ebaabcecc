"""Lines that no dva has written: a log can be edited by hand, or come from a newer version. Nothing stops on it."""

import json
from typing import Any

import pytest
from running import RunDva

NOW = {"DVA_NOW": "2026-11-24T08:00:00+01:00"}
VALUES = ["", "soon", 12, None, -5, 1e300, True, [], {"a": 1}, "0001-01-01", "9999-12-31", "x" * 5000, 10**30]
NAMES = ["exam-date", "exam", "minutes", "plain", "retention", "parameters", "of a newer version"]


def line(seq: int, kind: str, body: dict[str, Any]) -> str:
    """One event of another machine."""
    at = f"2026-11-20T08:00:{seq % 60:02}.000Z"
    event = {"id": f"{seq:032x}", "machine": "c" * 32, "seq": seq, "at": at, "offset": 0, "kind": kind, "body": body}
    return json.dumps(event) + "\n"


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:12])
def test_settings_that_are_none_stop_nothing(run_dva: RunDva, value: object, tmp_path: Any) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text("".join(line(n + 1, "setting", {"name": name, "value": value}) for n, name in enumerate(NAMES)))
    assert run_dva("data", "import", file, env=NOW).returncode == 0
    for command in ((), ("--json",), ("settings",), ("report", "--json"), ("quiz", "--plain", "--limit", "1")):
        done = run_dva(*command, env=NOW, stdin="q\n")
        assert done.returncode == 0 and "Traceback" not in done.stderr, (command, done.stderr[-300:])
    assert run_dva("settings", "minutes", "20", env=NOW).returncode == 0
    assert run_dva("settings", "exam-date", "2027-01-15", env=NOW).returncode == 0
    told = json.loads(run_dva("settings", "--json", env=NOW).stdout)["settings"]
    assert (told["minutes"], told["exam-date"], told["exam"]) == ("20", "2027-01-15", "dva-c03")


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "1960-01-01", "9999-12-31T23:59"])
def test_a_time_outside_of_what_is_kept_is_refused(run_dva: RunDva, when: str) -> None:
    for command in ((), ("quiz", "--plain"), ("settings", "minutes", "20")):
        done = run_dva(*command, env={"DVA_NOW": when})
        assert done.returncode == 2 and done.stderr.startswith("dva: error: DVA_NOW is "), done.stderr


def test_numbers_that_are_none_are_refused(run_dva: RunDva) -> None:
    for arguments in (("settings", "minutes", "²"), ("quiz", "--missed", "²d"), ("quiz", "--missed", "9" * 5000)):
        done = run_dva(*arguments)
        assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr[-200:]


def test_lines_of_a_newer_version_are_kept_and_passed_on(run_dva: RunDva, tmp_path: Any) -> None:
    body = {"question": "q", "rev": 1, "type": "case-study", "chosen": ["a"], "correct": True, "sure": True}
    body |= {"notes": ["newer.1"], "topic": "newer", "ms": 9000, "mood": "good"}
    file = tmp_path / "log.jsonl"
    file.write_text(line(1, "answer", body) + line(2, "hologram", {"card": {"a": [1]}, "notes": 7}))
    told = run_dva("data", "import", file, env=NOW)
    assert (told.returncode, told.stdout) == (0, "2 new events\n")
    assert run_dva("data", "export", env=NOW).stdout.count('"mood":"good"') == 1
    for command in ((), ("report", "--json"), ("data", "verify")):
        assert run_dva(*command, env=NOW).returncode == 0


def test_no_control_sequence_of_a_dispute_reaches_the_screen(run_dva: RunDva, tmp_path: Any) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(line(1, "dispute", {"question": "gone", "why": "\x1b[2Jnot \x07so"}))
    assert run_dva("data", "import", file, env=NOW).returncode == 0
    told = run_dva("report", "--disputed", env=NOW).stdout
    assert "not" in told and "\x1b" not in told and "\x07" not in told
