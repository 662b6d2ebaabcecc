"""`dva data` tells what it did as JSON too, asks on stderr, and overwrites no older copy."""

import json
from pathlib import Path
from typing import Any

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
