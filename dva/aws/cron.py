"""Cron expressions as the worker daemon of Elastic Beanstalk reads them, which has the gem parse-cron do it.

A port of lib/cron_parser.rb of parse-cron 0.1.4 (February 2014, a year before Elastic Beanstalk had periodic tasks;
siebertm/parse-cron, commit e168698a5190b90eef931632ca5645b6f37e8d18), with what is odd in it:

Five fields in UTC: minute, hour, day of month, month, day of week; a sixth is not read. `@daily` and its kin stand
for all five. A field is `*`, a number, a range or a list of those, with `/step` after `*` or a range. Names of months
and days count in any case, Sunday is 0 or 7. Where both day fields are other than `*`, either is enough.

Numbers are not held against what a field can be: an hour of 24 is the next midnight, a minute of 75 is refused only
once it is reached, and where a month has no day that fits, its first day is taken.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from dva.aws.ruby import to_i

VERSION, COMMIT = "0.1.4", "e168698a5190b90eef931632ca5645b6f37e8d18"

NAMES = {
    name: str(number)
    for first, names in ((1, "jan feb mar apr may jun jul aug sep oct nov dec"), (0, "sun mon tue wed thu fri sat"))
    for number, name in enumerate(names.split(), first)
}
SHORTHANDS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}  # fmt: skip
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
"""What `*` stands for in each field."""
ELEMENT = re.compile(r"([0-9]+)(?:-([0-9]+)(?:/([0-9]+))?)?")
MAX_VALUES = 1000
"""Of a range; what comes after them is out of any field (a limit of dva)."""


class CronError(Exception):
    """The gem raises an error for the expression."""


@dataclass
class _Time:
    """A time that moves on field by field; None counts as the first value, as Ruby's Time has it."""

    year: int
    month: int
    day: int | None
    hour: int | None
    minute: int | None


@dataclass(frozen=True)
class Schedule:
    """The minutes, hours … at which it fires, each in ascending order."""

    expression: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    def after(self, moment: datetime) -> datetime | None:
        """Return the next time after `moment`; None where that is after the year 9999.

        CronError where the gem comes to a number that its field cannot be.
        """
        t = _Time(moment.year, moment.month, moment.day, moment.hour, moment.minute)
        try:
            if t.month not in self.months:
                self._next_month(t)
                t.day = 0
            if t.day not in self._days_of(t):
                self._next_day(t)
                t.hour = -1
            if t.hour not in self.hours:
                self._next_hour(t)
                t.minute = -1
            self._next_minute(t)
            return self._datetime(t, moment)
        except OverflowError:
            return None

    def _next_month(self, t: _Time) -> None:
        following = _above(t.month, self.months)
        t.month = self.months[0] if following is None else following
        if following is None:
            t.year += 1
        t.day = _first(self._days_of(t))

    def _next_day(self, t: _Time) -> None:
        days = self._days_of(t)
        following = _above(t.day, days)
        t.day = _first(days) if following is None else following
        if following is None:
            self._next_month(t)

    def _next_hour(self, t: _Time) -> None:
        following = _above(t.hour, self.hours)
        t.hour = _first(self.hours) if following is None else following
        if following is None:
            self._next_day(t)

    def _next_minute(self, t: _Time) -> None:
        following = _above(t.minute, self.minutes)
        t.minute = _first(self.minutes) if following is None else following
        if following is None:
            self._next_hour(t)

    def _days_of(self, t: _Time) -> list[int]:
        """Return the days of the month at which it fires, by day of the month or day of the week."""
        if not 1 <= t.month <= 12:
            raise CronError(f"invalid date (`{self.expression}`)")
        if t.year > date.max.year:
            raise OverflowError
        day, found = date(t.year, t.month, 1), []
        while day.month == t.month:
            if day.day in self.days or day.isoweekday() % 7 in self.weekdays:
                found.append(day.day)
            if day == date.max:
                break
            day += timedelta(days=1)
        return found

    def _datetime(self, t: _Time, moment: datetime) -> datetime:
        hour, minute = t.hour or 0, t.minute or 0
        name = "min" if minute > 59 else "hour" if hour > 24 else "argument" if hour == 24 and minute else None
        if name:
            raise CronError(f"{name} out of range (`{self.expression}`)")
        day = moment.replace(year=t.year, month=t.month, day=t.day or 1, hour=0, minute=minute, second=0, microsecond=0)
        return day + timedelta(hours=hour)


def read(expression: str) -> Schedule:
    """Return the schedule; CronError where the gem does not take the text."""
    if expression == "@reboot":
        raise CronError("Can't predict last/next run of @reboot")
    text = SHORTHANDS.get(expression, expression).lower()
    for name, number in NAMES.items():
        text = text.replace(name, number)
    fields = _split(re.split(r"[ \t\r\n\f\v]+", text))
    if not len(RANGES) <= len(fields) <= len(RANGES) + 1:
        raise CronError(f"not a valid cronline: `{expression}` has {len(fields)} fields, not 5 or 6")
    minutes, hours, days, months, weekdays = (
        _values(field, low, high) for field, (low, high) in zip(fields, RANGES, strict=False)
    )
    if not months:
        raise CronError(f"`{fields[3]}` is not a valid month")
    if "*" in (fields[2], fields[4]) and fields[2] != fields[4]:  # one of them says nothing: only the other counts
        days, weekdays = (days, []) if fields[4] == "*" else ([], weekdays)
    if 7 in weekdays:
        weekdays = [0, *weekdays]
    return Schedule(expression, tuple(minutes), tuple(hours), tuple(days), tuple(months), tuple(weekdays))


def _split(parts: list[str]) -> list[str]:
    """Drop empty parts at the end, as Ruby's split does."""
    while parts and not parts[-1]:
        parts = parts[:-1]
    return parts


def _values(field: str, low: int, high: int) -> list[int]:
    found: set[int] = set()
    for item in _split(field.split(",")):
        if item.startswith("*"):
            found.update(_stepped(low, high, (to_i(item[2:]) or 0) if len(item) > 1 else 1, item))
        elif match := ELEMENT.fullmatch(item):
            first, last, step = (to_i(text) or 0 if text else None for text in match.groups())
            assert first is not None
            found.update(_stepped(first, first if last is None else last, 1 if step is None else step, item))
        else:
            raise CronError(f"Bad Vixie-style specification {item}")
    return sorted(found)


def _stepped(first: int, last: int, step: int, item: str) -> Iterable[int]:
    if step == 0:
        raise CronError(f"divided by 0 in {item}")
    return islice(range(first, last + 1, step), MAX_VALUES) if step > 0 else ()


def _above(current: int | None, allowed: Iterable[int]) -> int | None:
    return next((value for value in allowed if current is None or value > current), None)


def _first(values: list[int] | tuple[int, ...]) -> int | None:
    return values[0] if values else None
