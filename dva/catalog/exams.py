"""The exams as data: when each is in use, its format, its domains and tasks. Dates in, an exam out."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from dva.aws.document import explain
from dva.catalog.yamlfile import read_yaml
from dva.errors import ContentError, UsageError


class Task(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One task statement; `inferred` says what about it is not AWS's own word."""

    id: str
    title: str
    inferred: str | None = None


class Domain(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A domain with its share of the scored questions, in percent."""

    id: str
    title: str
    weight: int
    tasks: tuple[Task, ...]


class Exam(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One version of the exam. Dates are days, ends included; `added`, `removed` and `changes` tell what is
    different from the one before."""

    id: str
    title: str
    source: str
    checked_on: str
    used_from: str | None = None
    used_until: str | None = None
    questions: int
    scored: int
    minutes: int
    pass_mark: int
    price_usd: int
    domains: tuple[Domain, ...]
    added: str = ""
    removed: str = ""
    changes: tuple[str, ...] = ()

    def in_use(self, day: date) -> bool:
        """Whether the exam can be taken on that day."""
        text = day.isoformat()
        return (self.used_from or "") <= text <= (self.used_until or "9999")

    def task(self, task_id: str) -> Task | None:
        """The task with this id."""
        return next((task for domain in self.domains for task in domain.tasks if task.id == task_id), None)


def load(roots: Sequence[Path]) -> dict[str, Exam]:
    """All exams, in the order in which they come into use."""
    found: dict[str, Exam] = {}
    for path in (path for root in roots for path in sorted((root / "exams").glob("*.yaml"))):
        document = read_yaml(path)
        try:
            exam = msgspec.convert(document.value, Exam)
        except msgspec.ValidationError as problem:
            message, place = explain(str(problem))
            raise ContentError(f"{place}: {message}", where=document.where(place)) from None
        found[exam.id] = exam
    return dict(sorted(found.items(), key=lambda pair: pair[1].used_from or ""))


def predecessor(exams: Mapping[str, Exam], exam: Exam) -> Exam | None:
    """The exam that this one replaced."""
    names = list(exams)
    return exams[names[names.index(exam.id) - 1]] if names.index(exam.id) else None


def by_date(exams: dict[str, Exam], day: date) -> Exam:
    """The exam in use on a day; after the last one's end, the last."""
    if not exams:
        raise ContentError(
            "there is no exam in the content", hint="the bundled `exams` folder is missing: reinstall dva"
        )
    usable = [exam for exam in exams.values() if exam.in_use(day)]
    return usable[0] if usable else list(exams.values())[-1]


def by_id(exams: dict[str, Exam], exam_id: str) -> Exam:
    """The exam with this id, in any case of letters."""
    if exam_id.lower() not in exams:
        raise UsageError(f"there is no exam `{exam_id}`", hint=f"one of {', '.join(exams)}")
    return exams[exam_id.lower()]
