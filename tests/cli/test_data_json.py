"""`dva data` tells what it did as JSON too, asks on stderr, and overwrites no older copy."""

import json
import sys
from pathlib import Path
from typing import Any

import pexpect
from running import RunDva


def told(run_dva: RunDva, *arguments: str | Path, stdin: str = "") -> dict[str, Any]:
    done = run_dva("data", *arguments, "--json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_every_way_in_and_out_has_its_json(run_dva: RunDva, tmp_path: Path) -> None:
    run_dva("settings", "minutes", "10")
    events = told(run_dva, "export")["events"]
    assert [event["kind"] for event in events] == ["setting"]
    assert told(run_dva, "export", tmp_path / "log.jsonl")["events"] == 1
    assert told(run_dva, "import", tmp_path / "log.jsonl") == {
        "schema": "dva.import/1",
        "added": 0,
        "damaged": 0,
        "set_aside": 0,
    }
    assert Path(told(run_dva, "backup")["file"]).is_file()
    assert told(run_dva, "restore", tmp_path / "log.jsonl")["added"] == 0
    assert told(run_dva, "sync", tmp_path / "shared") == {
        "schema": "dva.sync/1",
        "received": 0,
        "sent": 1,
        "damaged": 0,
        "set_aside": 0,
    }
    assert told(run_dva, "verify") == {
        "schema": "dva.verify/1",
        "events": 1,
        "problems": [],
        "damaged": 0,
        "set_aside": [],
    }


def test_a_reset_asks_beside_the_result_and_keeps_every_backup(run_dva: RunDva) -> None:
    run_dva("settings", "minutes", "10")
    asked = run_dva("data", "reset", stdin="no\n")
    assert asked.stdout == "Nothing was changed.\n" and "Type yes:" in asked.stderr
    kept = [told(run_dva, "reset", stdin="yes\n")["backup"] for _ in range(2)]
    assert len(set(kept)) == 2 and all(Path(one).is_file() for one in kept)
    assert run_dva("data", "reset").returncode == 130


def test_a_reset_is_taken_back_and_offered_by_restore(run_dva: RunDva, tmp_path: Path) -> None:
    run_dva("quiz", "--plain", stdin="A\nA\n")
    seen = told(run_dva, "verify")["events"]
    told(run_dva, "backup", tmp_path / "backup.db")
    assert run_dva("data", "reset", "--undo").returncode == 2
    done = run_dva("data", "reset", "--yes")
    assert "`dva data reset --undo` takes it back" in done.stdout
    assert json.loads(run_dva("report", "--json").stdout)["total"]["seen"] == 0
    done = run_dva("data", "restore", tmp_path / "backup.db")
    assert done.returncode == 0 and done.stderr.count("\n") == 1
    assert "Everything was begun anew on" in done.stderr and "`dva data reset --undo`" in done.stderr
    restored = told(run_dva, "restore", tmp_path / "backup.db", "--undo-reset")
    assert (restored["resets"], restored["resets_undone"]) == (1, True)
    assert json.loads(run_dva("report", "--json").stdout)["total"]["seen"] == 2
    assert told(run_dva, "verify")["events"] == seen + 2
    run_dva("data", "reset", "--yes")
    assert told(run_dva, "reset", "--undo")["undone"] is True
    assert json.loads(run_dva("report", "--json").stdout)["total"]["seen"] == 2


def test_a_person_is_asked_whether_a_reset_shall_win(run_dva: RunDva, tmp_path: Path) -> None:
    run_dva("quiz", "--plain", stdin="A\nA\n")
    told(run_dva, "backup", tmp_path / "backup.db")
    run_dva("data", "reset", "--yes")
    with pexpect.spawn(
        sys.executable, ["-m", "dva", "data", "restore", str(tmp_path / "backup.db")], timeout=30
    ) as dva:
        dva.expect("Undo that\\? Type yes: ")
        dva.sendline("yes")
        dva.expect("0 events came back")
        dva.expect(pexpect.EOF)
    assert json.loads(run_dva("report", "--json").stdout)["total"]["seen"] == 2
