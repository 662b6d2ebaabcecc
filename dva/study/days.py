"""Local days: a day starts at 04:00 by the learner's own clock, so that a late evening belongs to the day before.

Every event carries the offset from UTC that held when it was written. The day follows from the event alone, which
keeps it right through daylight saving and travel, and the same on every machine that reads the log.
"""

from datetime import UTC, date, datetime, timedelta, timezone

STARTS = 4 * 60
"""Minutes after midnight at which a day begins."""

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
LAST_DAY = date.max.toordinal()
LAST_AT = (datetime(9999, 12, 31, tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
"""The last moment that an event may carry, in milliseconds: local time must still be a date."""


def moment(when: datetime) -> tuple[int, int]:
    """An aware time as an event keeps it: milliseconds of UTC since 1970, and the local offset in minutes."""
    offset = when.utcoffset()
    if offset is None:
        raise ValueError("a time without its offset from UTC")
    return (when - EPOCH) // timedelta(milliseconds=1), round(offset.total_seconds() / 60)


def when_of(at: int, offset: int = 0) -> datetime:
    """The local time of an event."""
    return (EPOCH + timedelta(milliseconds=at)).astimezone(timezone(timedelta(minutes=offset)))


def day_of(at: int, offset: int) -> int:
    """The local day of a moment, as an ordinal (1 = 1 January of year 1)."""
    return EPOCH_DAY + (at + (offset - STARTS) * MINUTE) // DAY


def date_of(day: int) -> date:
    """The date that a day is written with; beyond the calendar it is the calendar's last."""
    return date.fromordinal(min(day, LAST_DAY))


def day_number(when: date) -> int:
    """The ordinal of a date, as `day_of` counts."""
    return when.toordinal()
