"""Local days: a day starts at 04:00 by the learner's own clock, so that a late evening belongs to the day before.

Every event carries the offset from UTC that held when it was written. The day follows from the event alone, which
keeps it right through daylight saving and travel, and the same on every machine that reads the log.
"""

from datetime import UTC, date, datetime, timedelta, timezone

DAY_STARTS = 4 * 60
"""Minutes after midnight at which a day begins."""

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
LAST_DAY = date.max.toordinal()
LAST_AT = (datetime(9999, 12, 31, tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
"""The latest time that an event may carry, in milliseconds: local time must still be a date."""


def timestamp(when: datetime) -> tuple[int, int]:
    """Return (milliseconds of UTC since 1970, local offset in minutes) of an aware time, as events store it.

    ValueError for a time without its offset.
    """
    offset = when.utcoffset()
    if offset is None:
        raise ValueError("a time without its offset from UTC")
    return (when - EPOCH) // timedelta(milliseconds=1), round(offset.total_seconds() / 60)


def local_time(at: int, offset: int = 0) -> datetime:
    """Return the local time of an event: `at` in milliseconds since 1970, `offset` in minutes."""
    return (EPOCH + timedelta(milliseconds=at)).astimezone(timezone(timedelta(minutes=offset)))


def day_of(at: int, offset: int) -> int:
    """Return the local day of an event as an ordinal (1 = 1 January of year 1)."""
    return EPOCH_DAY + (at + (offset - DAY_STARTS) * MINUTE) // DAY


def date_of(day: int) -> date:
    """Return the date of a day ordinal; beyond the calendar, the calendar's last date."""
    return date.fromordinal(min(day, LAST_DAY))


def day_number(when: date) -> int:
    """Return the ordinal of a date, as `day_of` counts."""
    return when.toordinal()
