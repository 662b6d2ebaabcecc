"""Practice that finds nothing to practise is no error, and says what to do instead."""

import json

import pytest
from running import RunDva


@pytest.mark.parametrize("wish", [["--missed", "7d"], ["--confident-errors"]])
def test_nothing_to_practise_is_a_good_end(run_dva: RunDva, wish: list[str]) -> None:
    done = run_dva("quiz", *wish)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Nothing ") and "`dva quiz` asks what is due." in done.stdout


def test_a_domain_that_is_not_there_is_told(run_dva: RunDva) -> None:
    done = run_dva("quiz", "--domain", "9")
    assert done.returncode == 2 and "`dva report` lists the domains" in done.stderr


@pytest.mark.parametrize("between", [["--cram", "--limit", "1"], ["--missed", "1d"]])
def test_practice_between_does_not_end_the_session(run_dva: RunDva, between: list[str]) -> None:
    def first(stdin: str, *wish: str) -> dict[str, object]:
        lines = run_dva("quiz", "--json", *wish, stdin=stdin).stdout.splitlines()
        asked: dict[str, object] = next(e for e in map(json.loads, lines) if e["event"] == "question")
        return asked

    run_dva("quiz", "--json", stdin="\n\nq\n")
    before = first("q\n")
    assert before["number"] == 3
    run_dva("quiz", "--json", *between, stdin="q\n")
    assert first("q\n") == before
