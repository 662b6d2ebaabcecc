"""Cron expressions as the gem parse-cron reads them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.aws.cron import CronError, read

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("expression", "following"),
    [
        ("* * * * *", "2026-11-24 12:01"),
        ("0 */12 * * *", "2026-11-25 00:00"),
        ("0 23 * * *", "2026-11-24 23:00"),
        ("0 12 * * *", "2026-11-25 12:00"),
        ("*/20 12 * * *", "2026-11-24 12:20"),
        ("30 8-10 * * 1-5", "2026-11-25 08:30"),
        ("0 6 * * mon", "2026-11-30 06:00"),
        ("0 0 1 * *", "2026-12-01 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("5,10 0 13 * 5", "2027-08-13 00:05"),
    ],
)
def test_the_next_time(expression: str, following: str) -> None:
    found = read(expression).after(NOON)
    assert found and found.strftime("%Y-%m-%d %H:%M") == following


def test_a_day_that_never_comes_has_no_time() -> None:
    assert read("0 0 30 2 *").after(NOON) is None


@pytest.mark.parametrize(
    "wrong",
    ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 7", "5-1 * * * *", "5/2 * * * *",
     "*/0 * * * *", "* * * * MON", "a * * * *", "@daily", "* * * jan *"],
)  # fmt: skip
def test_what_is_no_expression(wrong: str) -> None:
    with pytest.raises(CronError):
        read(wrong)


@given(st.integers(0, 59), st.integers(0, 23), st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))
def test_a_daily_time_comes_within_a_day(minute: int, hour: int, now: datetime) -> None:
    now = now.replace(tzinfo=UTC)
    found = read(f"{minute} {hour} * * *").after(now)
    assert found and now < found and (found - now).total_seconds() <= 86400
    assert (found.hour, found.minute, found.second) == (hour, minute, 0)
