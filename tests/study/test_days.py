"""Local days: 04:00 by the learner's own clock, through daylight saving and travel."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.study.days import LAST_AT, date_of, day_number, day_of, local_time, timestamp

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("local", "day"),
    [
        ("2026-11-24T03:59:59.999", "2026-11-23"),
        ("2026-11-24T04:00", "2026-11-24"),
        ("2026-11-24T23:59", "2026-11-24"),
        ("2026-03-29T03:59", "2026-03-28"),  # the night in which clocks go forward
        ("2026-03-29T04:00", "2026-03-29"),
        ("2026-10-25T03:30", "2026-10-24"),  # the night in which clocks go back
        ("2026-10-25T04:00", "2026-10-25"),
    ],
)
def test_a_day_starts_at_four_by_the_local_clock(local: str, day: str) -> None:
    when = datetime.fromisoformat(local).replace(tzinfo=BERLIN)
    assert date_of(day_of(*timestamp(when))) == date.fromisoformat(day)


def test_one_evening_is_another_day_for_the_traveller() -> None:
    """The same timestamp belongs to the day of the place where the answer was given."""
    at, _ = timestamp(datetime(2026, 11, 24, 20, tzinfo=UTC))
    assert date_of(day_of(at, 0)) == date(2026, 11, 24)
    assert date_of(day_of(at, 9 * 60)) == date(2026, 11, 25)
    assert date_of(day_of(at, -8 * 60)) == date(2026, 11, 24)


@given(st.datetimes(datetime(1970, 1, 3), datetime(9999, 12, 30)), st.integers(-1439, 1439))
def test_the_day_is_the_date_four_hours_earlier(local: datetime, offset: int) -> None:
    when = local.replace(tzinfo=timezone(timedelta(minutes=offset)))
    at, kept = timestamp(when)
    assert kept == offset
    assert day_of(at, offset) == day_number((local - timedelta(hours=4)).date())
    assert local_time(at, offset) == when - timedelta(microseconds=local.microsecond % 1000)


def test_the_last_moment_is_still_a_date_everywhere() -> None:
    assert local_time(LAST_AT, 1439).year == 9999


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        timestamp(datetime(2026, 11, 24))
