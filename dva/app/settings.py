"""The learner's settings: read as one typed value, listed, and changed. Every change is a dated event."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from msgspec import Struct

from dva.catalog import exams as exam_catalog
from dva.catalog.exams import Exam
from dva.errors import UsageError, did_you_mean
from dva.store import Store
from dva.study import days, scheduler
from dva.study.events import Setting

DEFAULT_MINUTES = 15
"""Minutes a day where none were set."""
MAX_MINUTES = 600
DATE_FORMATS = ("%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
"""Dates with a month that cannot be taken for a day; 01/02/2027 can, so it is asked again."""
NAMES = ("exam-date", "exam", "minutes", "plain", "one-key", "retention")
NONE = ("none", "no", "-", "")
YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


class Settings(Struct, frozen=True):
    """The settings of the learner; what was not set, or has no valid value, has its default.

    `exam` is the id that was set, None for the exam in use by date. With `one_key` a digit answers a question with one
    right option. `retention` is the recall that reviews aim at.
    """

    exam_date: date | None = None
    exam: str | None = None
    minutes: int = DEFAULT_MINUTES
    plain: bool = False
    one_key: bool = False
    retention: float = scheduler.RETENTION


def read_settings(stored: Mapping[str, object]) -> Settings:
    """Return the typed settings of the stored ones. Logs can be written by hand: no value is an error."""
    exam, minutes = stored.get("exam"), stored.get("minutes")
    return Settings(
        exam_date=_stored_date(stored.get("exam-date")),
        exam=exam if isinstance(exam, str) and exam else None,
        minutes=minutes if isinstance(minutes, int) and 1 <= minutes <= MAX_MINUTES else DEFAULT_MINUTES,
        plain=stored.get("plain") is True,
        one_key=stored.get("one-key") is True,
        retention=scheduler.model(retention=stored.get("retention")).retention,
    )


def _stored_date(value: object) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(value if isinstance(value, str) else "")
    return None


@dataclass(frozen=True)
class SettingRow:
    """One setting and the value in effect, as text."""

    name: str
    value: str


def list_settings(settings: Settings, exam: Exam) -> list[SettingRow]:
    """Return all settings; `exam` is the one studied for."""
    return [
        SettingRow("exam-date", str(settings.exam_date or "none")),
        SettingRow("exam", exam.id),
        SettingRow("minutes", str(settings.minutes)),
        SettingRow("plain", "yes" if settings.plain else "no"),
        SettingRow("one-key", "yes" if settings.one_key else "no"),
        SettingRow("retention", str(settings.retention)),
    ]


def change_setting(store: Store, exams: Mapping[str, Exam], name: str, text: str, now: datetime) -> None:
    """Store a setting that was typed as text; UsageError where name or value is not valid."""
    parsers: dict[str, Callable[[str], object]] = {
        "exam-date": lambda value: _parse_date(value, days.date_of(days.day_of(*days.timestamp(now)))),
        "exam": lambda value: _parse_exam(value, exams),
        "minutes": _parse_minutes,
        "plain": _parse_yes_no,
        "one-key": _parse_yes_no,
        "retention": _parse_retention,
    }
    if name not in parsers:
        raise UsageError(f"there is no setting `{name}`", hint=did_you_mean(name, NAMES, f"one of {', '.join(NAMES)}"))
    value = None if text.strip().lower() in NONE and name not in ("plain", "one-key") else parsers[name](text.strip())
    store.append("setting", Setting(name, value), *days.timestamp(now))


def remember_plain(store: Store, now: datetime) -> None:
    """Store that plain lines are wanted, unless they are set already."""
    if not read_settings(store.settings()).plain:
        store.append("setting", Setting("plain", True), *days.timestamp(now))


def _parse_date(text: str, today: date) -> str:
    day = _date_of(text, today)
    if day is None:
        raise UsageError(f"`{text}` is not a valid date", hint="write it like 2027-01-15, 15.01.2027 or +6w, or none")
    if day < today:
        raise UsageError(f"{text} has passed", hint="the day of the exam, or none")
    return day.isoformat()


def _date_of(text: str, today: date) -> date | None:
    """Return a date as people write it: `2027-01-15`, `15.01.2027`, `15 Jan 2027`, or from today `+6w`, `+45d`."""
    if found := re.fullmatch(r"\+(\d{1,4}) ?([dw])[a-z]*", text.lower()):
        return today + timedelta(days=int(found[1]) * (7 if found[2] == "w" else 1))
    with suppress(ValueError):
        return date.fromisoformat(text)
    for written in DATE_FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text.replace(",", ""), written).date()
    return None


def _parse_exam(text: str, exams: Mapping[str, Exam]) -> str | None:
    if text.lower() == "auto":
        return None
    return exam_catalog.by_id(dict(exams), text).id


def _parse_minutes(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or not 1 <= int(text) <= MAX_MINUTES:
        raise UsageError(f"`{text}` is not a valid number of minutes", hint=f"1 to {MAX_MINUTES}")
    return int(text)


def _parse_yes_no(text: str) -> bool:
    if text.lower() not in (*YES, *NO):
        raise UsageError(f"`{text}` is neither yes nor no", hint="write yes or no")
    return text.lower() in YES


def _parse_retention(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.7 <= value <= 0.97:
        raise UsageError(f"`{text}` is not a valid retention", hint="0.7 to 0.97; above 0.95 the reviews become many")
    return value
