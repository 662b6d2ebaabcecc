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
        ("5,10 0 13 * 5", "2026-11-27 00:05"),
        ("30 6 * * MON-FRI", "2026-11-25 06:30"),
        ("0 0 * * * 2030", "2026-11-25 00:00"),
    ],
)
def test_the_next_time(expression: str, following: str) -> None:
    found = read(expression).after(NOON)
    assert found and found.strftime("%Y-%m-%d %H:%M") == following


# From spec/cron_parser_spec.rb of parse-cron 0.1.4
@pytest.mark.parametrize(
    ("expression", "now", "following"),
    [
        ("* * * * *", "2011-08-15 02:59", "2011-08-15 03:00"),
        ("*/15,25 * * * *", "2011-08-15 02:15", "2011-08-15 02:25"),
        ("30 3,6,9 * * *", "2011-08-15 02:15", "2011-08-15 03:30"),
        ("30 9 * * *", "2011-08-31 10:15", "2011-09-01 09:30"),
        ("0 9 * * *", "2011-12-31 10:15", "2012-01-01 09:00"),
        ("* * 12 * *", "2010-04-15 10:15", "2010-05-12 00:00"),
        ("* * * * MON,WED", "2010-04-15 10:15", "2010-04-19 00:00"),
        ("0 0 * * 1", "2011-07-25 00:00", "2011-08-01 00:00"),
        ("45 23 7 3 *", "2011-01-01 00:00", "2011-03-07 23:45"),
        ("0 0 1 MAY,JUL *", "2013-05-14 15:00", "2013-07-01 00:00"),
        ("1 2 * apr mOn", "2014-02-01 15:56", "2014-04-07 02:01"),
        ("1 2 3 4 7", "2014-02-01 15:56", "2014-04-03 02:01"),
        ("1 2 3 4 7", "2014-04-04 15:56", "2014-04-06 02:01"),
        ("1-9/3,15-30/4 * * * *", "2014-02-01 15:56", "2014-02-01 16:01"),
        ("1 2 3 jan mon", "2014-02-01 15:56", "2015-01-03 02:01"),
        ("1 2 3 jan 5", "2014-02-01 15:56", "2015-01-02 02:01"),
        ("@yearly", "2014-02-01 15:56", "2015-01-01 00:00"),
        ("@annually", "2014-02-01 15:56", "2015-01-01 00:00"),
        ("@monthly", "2014-02-01 15:56", "2014-03-01 00:00"),
        ("@weekly", "2014-02-01 15:56", "2014-02-02 00:00"),
        ("@daily", "2014-02-01 15:56", "2014-02-02 00:00"),
        ("@midnight", "2014-02-01 15:56", "2014-02-02 00:00"),
        ("@hourly", "2014-02-01 15:56", "2014-02-01 16:00"),
        ("0 5 * 2,3 *", "2014-02-01 15:56", "2014-02-02 05:00"),
        ("15-59/15 * * * *", "2014-02-01 15:46", "2014-02-01 16:15"),
    ],
)
def test_the_specification_of_the_gem(expression: str, now: str, following: str) -> None:
    found = read(expression).after(datetime.strptime(f"{now}Z", "%Y-%m-%d %H:%M%z"))
    assert found and found.strftime("%Y-%m-%d %H:%M") == following


# What follows from the code, not from its specification
@pytest.mark.parametrize(
    ("expression", "following"),
    [
        ("0 24 * * *", "2026-11-25 00:00"),  # Time.local takes 24:00
        ("5-1 * * * *", "2026-11-24 13:00"),  # an empty range: no minute is minute 0
        ("5,75 * * * *", "2026-11-24 12:05"),  # 75 is not reached yet
        ("0 0 30 2 *", "2028-02-01 00:00"),  # no day that fits is the first one
        ("0 0 1 janmon *", "2027-11-01 00:00"),  # jan is 1 and mon is 1, wherever they stand
        ("0 0 * * 8", "2026-12-01 00:00"),
    ],
)  # fmt: skip
def test_what_is_odd_in_the_gem(expression: str, following: str) -> None:
    found = read(expression).after(NOON)
    assert found and found.strftime("%Y-%m-%d %H:%M") == following


def test_after_the_last_year_nothing_follows() -> None:
    assert read("0 0 1 1 *").after(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "wrong",
    ["", "* * * *", "* * * * * * *", "60 * * * *", "* 25 * * *", "30 24 * * *", "* * * 13 *", "5/2 * * * *",
     "*/0 * * * *", "*5 * * * *", "1-9/0 * * * *", "a * * * *", "* * * * monday", "@reboot",
     "@Daily", ",5 * * * *", "* * * 0 *"],
)  # fmt: skip
def test_what_is_no_expression(wrong: str) -> None:
    with pytest.raises(CronError):
        read(wrong).after(NOON)


@given(st.text("0123456789*/-,@ janmo\t", max_size=30), st.datetimes())
def test_any_text_is_read_or_refused(text: str, now: datetime) -> None:
    try:
        found = read(text).after(now)
    except CronError:
        return
    assert found is None or found > now.replace(second=0, microsecond=0)


@given(st.integers(0, 59), st.integers(0, 23), st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))
def test_a_daily_time_comes_within_a_day(minute: int, hour: int, now: datetime) -> None:
    now = now.replace(tzinfo=UTC)
    found = read(f"{minute} {hour} * * *").after(now)
    assert found and now < found and (found - now).total_seconds() <= 86400
    assert (found.hour, found.minute, found.second) == (hour, minute, 0)
