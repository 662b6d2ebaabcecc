"""A machine whose clock was years ahead: what it wrote waits, is named and counted, and spoils nothing."""

import json
from pathlib import Path

import pytest
from running import RunDva

NOW = {"DVA_NOW": "2026-11-24T08:00:00+01:00"}
LATER = {"DVA_NOW": "2036-02-01T08:00:00+01:00"}


@pytest.fixture
def fast(tmp_path: Path) -> Path:
    """Two settings from the year 2036."""
    file = tmp_path / "fast.jsonl"
    bodies = [{"name": "minutes", "value": 99}, {"name": "retention", "value": 0.8}]
    lines = [
        {"id": f"{n:032x}", "machine": "laptop", "seq": n, "at": f"2036-01-0{n}T08:00:00.000Z", "offset": 0,
         "kind": "setting", "body": body}
        for n, body in enumerate(bodies, 1)
    ]  # fmt: skip
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def minutes(run_dva: RunDva, env: dict[str, str]) -> str:
    return str(json.loads(run_dva("settings", "--json", env=env).stdout)["settings"]["minutes"])


def test_it_is_named_counted_and_comes_back(run_dva: RunDva, tmp_path: Path, fast: Path) -> None:
    run_dva("settings", "minutes", "20", env=NOW)
    done = run_dva("data", "import", fast, "--json", env=NOW)
    assert (json.loads(done.stdout)["added"], json.loads(done.stdout)["set_aside"]) == (2, 2)
    assert done.stderr.count("\n") == 1 and "2 events of machine laptop from 2036-01-01" in done.stderr
    assert minutes(run_dva, NOW) == "20"
    done = run_dva("data", "verify", env=NOW)
    assert done.returncode == 0
    assert "all well: 3 events" in done.stdout and "2 events of machine laptop from 2036-01-01" in done.stdout
    told = json.loads(run_dva("data", "verify", "--json", env=NOW).stdout)
    assert [(row["machine"], row["events"]) for row in told["set_aside"]] == [("laptop", 2)]
    assert told["problems"] == []
    assert run_dva("data", "export", env=NOW).stdout.count("\n") == 3
    assert json.loads(run_dva("data", "sync", tmp_path / "share", "--json", env=NOW).stdout)["sent"] == 3
    assert minutes(run_dva, LATER) == "99"
    assert "set aside" not in run_dva("data", "verify", env=LATER).stdout
    assert minutes(run_dva, NOW) == "20"


def test_it_comes_back_on_request(run_dva: RunDva, fast: Path) -> None:
    run_dva("data", "import", fast, env=NOW)
    done = run_dva("data", "future", env=NOW)
    assert (done.returncode, done.stderr) == (0, "") and "`dva data future --apply`" in done.stdout
    assert run_dva("data", "future", "--apply", env=NOW).stdout.startswith("2 events are applied now.")
    assert minutes(run_dva, NOW) == "99"
    assert run_dva("data", "future", env=NOW).stdout == "Nothing is set aside.\n"
    told = json.loads(run_dva("data", "future", "--set-aside", "--json", env=NOW).stdout)
    assert [row["events"] for row in told["set_aside"]] == [2]
    assert run_dva("data", "future", "--apply", "--set-aside", env=NOW).returncode == 2


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_times_at_the_ends_of_the_calendar_are_refused_with_their_line(run_dva: RunDva, fast: Path, at: str) -> None:
    fast.write_text(fast.read_text().replace("2036-01-02T08:00:00.000Z", at))
    done = run_dva("data", "import", fast, env=NOW)
    assert done.returncode == 4 and done.stderr.startswith(f"dva: error: {fast}:2: "), done.stderr
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize(("year", "written"), [(1971, "9999-12-30T23:59:59Z"), (9998, "1970-01-01T00:00:00Z")])
def test_every_command_works_at_the_ends_of_the_calendar(run_dva: RunDva, fast: Path, year: int, written: str) -> None:
    clock = {"DVA_NOW": f"{year}-12-31T23:59:59-12:00"}
    fast.write_text(fast.read_text().replace("2036-01-02T08:00:00.000Z", written))
    run_dva("data", "import", fast, env=clock)
    for command in ((), ("--json",), ("quiz", "--plain", "--limit", "1"), ("report",), ("settings",),
                    ("data", "verify"), ("data", "future"), ("data", "reset", "--yes")):  # fmt: skip
        done = run_dva(*command, stdin="A\nq\n", env=clock)
        assert done.returncode == 0, (command, done.stderr)
