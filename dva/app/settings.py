"""What the learner has said: the exam, its date, minutes a day, plain lines. Every change is a dated event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dva.app.desk import MOST_MINUTES, exam_date, minutes_of
from dva.catalog import exams as exam_catalog
from dva.catalog.exams import Exam
from dva.errors import UsageError
from dva.store import Store
from dva.study import days
from dva.study.events import Setting

NONE = ("none", "no", "-", "")
YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


@dataclass(frozen=True)
class Said:
    """One setting: its value (None where nothing was said), what holds then, and what it means."""

    name: str
    value: Any
    holds: str
    meaning: str


def shown(store: Store, exams: Mapping[str, Exam], exam: Exam) -> list[Said]:
    """All settings."""
    said = store.settings()
    return [
        Said("exam-date", said.get("exam-date"), str(exam_date(said) or "none"), "the day of the exam, or none"),
        Said("exam", said.get("exam"), exam.id, f"{' or '.join(exams)}; by date where nothing is said"),
        Said("minutes", said.get("minutes"), str(minutes_of(said)), "minutes a day"),
        Said(
            "plain", said.get("plain"), "yes" if said.get("plain") is True else "no", "plain lines instead of drawings"
        ),
        Said("retention", said.get("retention"), str(store.model().retention), "the recall that reviews aim at"),
    ]


def change(store: Store, exams: Mapping[str, Exam], name: str, text: str, now: datetime) -> Any:
    """Keep a setting; UsageError where the value does not fit. Gives the value that was kept."""
    readers = {"exam-date": _date, "exam": _exam, "minutes": _minutes, "plain": _plain, "retention": _retention}
    if name not in readers:
        raise UsageError(f"there is no setting `{name}`", hint=f"one of {', '.join(readers)}")
    today = days.date_of(days.day_of(*days.moment(now)))
    value = None if text.strip().lower() in NONE and name != "plain" else readers[name](text.strip(), exams, today)
    store.append("setting", Setting(name, value), *days.moment(now))
    return value


def _date(text: str, exams: Mapping[str, Exam], today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"`{text}` is no date", hint="write it like 2027-01-15, or none") from None
    if day < today:
        raise UsageError(f"{text} has passed", hint="the day of the exam, or none")
    return day.isoformat()


def _exam(text: str, exams: Mapping[str, Exam], today: date) -> str | None:
    if text.lower() == "auto":
        return None
    return exam_catalog.by_id(dict(exams), text).id


def _minutes(text: str, exams: Mapping[str, Exam], today: date) -> int:
    if not text.isdecimal() or len(text) > 9 or not 1 <= int(text) <= MOST_MINUTES:
        raise UsageError(f"`{text}` is no number of minutes", hint=f"1 to {MOST_MINUTES}")
    return int(text)


def _plain(text: str, exams: Mapping[str, Exam], today: date) -> bool:
    if text.lower() not in (*YES, *NO):
        raise UsageError(f"`{text}` is neither yes nor no", hint="`dva settings plain yes`, or no")
    return text.lower() in YES


def _retention(text: str, exams: Mapping[str, Exam], today: date) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.7 <= value <= 0.97:
        raise UsageError(f"`{text}` is no retention", hint="0.7 to 0.97; above 0.95 the reviews become many")
    return value
