"""Cron expressions as the worker daemon of Elastic Beanstalk reads them, which has the gem parse-cron do it.

Five fields in UTC: minute, hour, day of month, month, day of week. A field is `*`, a number, a range or a list of
those, with `/step` after `*` or a range. Not as in crontab: day of month and day of week both have to match, Sunday
is 0 and never 7, names are in lower case, and the names of months are one too low (`feb` is 1, `jan` is nothing).
(lib/cron_parser.rb of siebertm/parse-cron.)
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 6))
LONGEST_WAIT = 366 * 8
"""Days: a leap day can be eight years away."""


class CronError(Exception):
    """The text is not a valid cron expression."""


@dataclass(frozen=True)
class Schedule:
    """The minutes, hours … at which it fires."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def on(self, day: datetime) -> bool:
        """Return whether it fires on this day: month, day of the month and day of the week have to match."""
        return day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays

    def after(self, moment: datetime) -> datetime | None:
        """Return the next time after `moment`; None where none comes, as on 30 February."""
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        for _ in range(LONGEST_WAIT):
            if self.on(day):
                times = (day.replace(hour=h, minute=m) for h in sorted(self.hours) for m in sorted(self.minutes))
                found = next((time for time in times if time > moment), None)
                if found:
                    return found
            if day.year == datetime.max.year and day.month == 12 and day.day == 31:
                return None
            day += timedelta(days=1)
        return None


def read(expression: str) -> Schedule:
    """Return the schedule; CronError with the field that is wrong."""
    fields = expression.split()
    if len(fields) != len(FIELDS):
        raise CronError(f"`{expression}` has {len(fields)} fields, not 5")
    names = {3: {name: place for place, name in enumerate(MONTHS)}, 4: {name: place for place, name in enumerate(DAYS)}}
    parts = [_values(field, *FIELDS[place], names=names.get(place, {})) for place, field in enumerate(fields)]
    return Schedule(parts[0], parts[1], parts[2], parts[3], parts[4])


def _values(field: str, what: str, low: int, high: int, *, names: dict[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for item in field.split(","):
        for name, number in names.items():
            item = re.sub(rf"\b{name}\b", str(number), item)
        match = re.fullmatch(r"(?:\*|(\d{1,4})(?:-(\d{1,4}))?)(?:/(\d{1,4}))?", item)
        if not match or (match[3] and match[1] and not match[2]):
            raise CronError(f"`{item}` is no {what}")
        first = int(match[1]) if match[1] else low
        last = int(match[2] or match[1]) if match[1] else high
        step = int(match[3] or 1)
        if not low <= first <= last <= high or step < 1:
            raise CronError(f"`{item}` is no {what}: it goes from {low} to {high}")
        found.update(range(first, last + 1, step))
    return frozenset(found)
