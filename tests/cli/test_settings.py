"""`dva settings`: what was said can be taken back, and what does not fit is refused with a hint."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from running import RunDva

from dva import store
from dva.app.settings import Settings, change_setting, read_settings
from dva.errors import UsageError


@pytest.mark.parametrize(
    ("name", "said", "default"),
    [("minutes", "10", "15"), ("exam-date", "2030-01-15", "none"), ("retention", "0.85", "0.9")],
)
def test_none_takes_a_setting_back(run_dva: RunDva, name: str, said: str, default: str) -> None:
    for value, holds in ((said, said), ("none", default)):
        assert run_dva("settings", name, value).returncode == 0
        assert json.loads(run_dva("settings", "--json").stdout)["settings"][name] == holds
    assert run_dva("--json").returncode == 0


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-01-31", date(2027, 1, 31)),
        ("31.01.2027", date(2027, 1, 31)),
        ("31 Jan 2027", date(2027, 1, 31)),
        ("January 31, 2027", date(2027, 1, 31)),
        ("+6w", date(2027, 1, 12)),
        ("+6 weeks", date(2027, 1, 12)),
        ("+45d", date(2027, 1, 15)),
        ("01/02/2027", None),
        ("31.02.2027", None),
        ("+6", None),
        ("6w", None),
    ],
)
def test_a_date_is_read_as_people_write_it(tmp_path: Path, written: str, read: date | None) -> None:
    """A day and a month that could be either way round are asked again."""
    with store.open(tmp_path / "dva.db") as opened:
        if read is None:
            with pytest.raises(UsageError, match="not a valid date"):
                change_setting(opened, {}, "exam-date", written, datetime(2026, 12, 1, 8, tzinfo=UTC))
        else:
            change_setting(opened, {}, "exam-date", written, datetime(2026, 12, 1, 8, tzinfo=UTC))
        assert read_settings(opened.settings()).exam_date == read


@pytest.mark.parametrize(
    ("name", "value"), [("minutes", "0"), ("exam-date", "soon"), ("exam", "x"), ("plain", "x"), ("retention", "2")]
)
def test_what_does_not_fit_is_refused_with_a_hint(run_dva: RunDva, name: str, value: str) -> None:
    done = run_dva("settings", name, value)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 2 and "hint: " in done.stderr, done.stderr


def test_a_content_folder_that_is_not_there_is_told_once(run_dva: RunDva) -> None:
    done = run_dva("topics", "--json", env={"DVA_CONTENT": "/nowhere/at/all"})
    assert done.returncode == 0 and done.stderr.count("there is no content folder") == 1
    assert len(done.stderr.splitlines()) == 1


def test_a_suspended_card_is_listed_and_asked_again(run_dva: RunDva) -> None:
    asked = json.loads(run_dva("quiz", "--json", "--seed", "1", stdin="x\n\nq\n").stdout.splitlines()[0])
    card = asked["notes"][0]
    assert json.loads(run_dva("settings", "--json").stdout)["suspended"] == [card]
    done = run_dva("settings", "--unsuspend", card, "--json")
    assert json.loads(done.stdout) == {"schema": "dva.unsuspend/1", "card": card}
    assert run_dva("settings", "--unsuspend", card).returncode == 2


def test_stored_settings_are_read_as_one_typed_value() -> None:
    stored = {
        "exam-date": "2027-01-15",
        "exam": "dva-c03",
        "minutes": 20,
        "plain": True,
        "one-key": True,
        "retention": 0.85,
    }
    assert read_settings(stored) == Settings(date(2027, 1, 15), "dva-c03", 20, True, True, 0.85)


@pytest.mark.parametrize("value", [None, "", "soon", 0, 601, -1, 1e9, [], {}, "0.9"])
def test_a_stored_value_that_is_not_valid_counts_as_not_set(value: object) -> None:
    names = ("exam-date", "minutes", "plain", "retention")
    assert read_settings(dict.fromkeys(names, value)) == read_settings({}) == Settings()
