"""The exams: when each is in use, its format, its domains and tasks."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from dva import files
from dva.aws.document import explain
from dva.catalog.yamlfile import read_yaml
from dva.errors import ContentError, UsageError


class Task(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A task statement of the exam guide; `inferred` says what about it AWS does not state."""

    id: str
    title: str
    inferred: str | None = None


class Domain(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A domain of the exam guide; `weight` is its share of the scored questions in percent."""

    id: str
    title: str
    weight: int
    tasks: tuple[Task, ...]


class Exam(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One version of the exam.

    Dates are ISO days, both ends included; `added`, `removed` and `changes` describe the differences from the previous
    version.
    """

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
        """Whether the exam can be taken on a day."""
        text = day.isoformat()
        return (self.used_from or "") <= text <= (self.used_until or "9999")

    def task(self, task_id: str) -> Task | None:
        """Return the task with this id, or None."""
        return next((task for domain in self.domains for task in domain.tasks if task.id == task_id), None)


def load(roots: Sequence[Path]) -> dict[str, Exam]:
    """Load all exams by id, in the order in which they come into use; raises ContentError for an invalid file."""
    exams: dict[str, Exam] = {}
    for path in (path for root in roots for path in files.children(root / "exams") if path.name.endswith(".yaml")):
        document = read_yaml(path)
        try:
            exam = msgspec.convert(document.value, Exam)
        except msgspec.ValidationError as problem:
            message, place = explain(str(problem))
            raise ContentError(f"{place}: {message}", where=document.where(place)) from None
        exams[exam.id] = exam
    return dict(sorted(exams.items(), key=lambda pair: pair[1].used_from or ""))


def predecessor(exams: Mapping[str, Exam], exam: Exam) -> Exam | None:
    """Return the exam that this one replaced, or None."""
    ids = list(exams)
    index = ids.index(exam.id)
    return exams[ids[index - 1]] if index else None


def by_date(exams: dict[str, Exam], day: date) -> Exam:
    """Return the exam in use on a day, the last one where none is; raises ContentError where there are no exams."""
    if not exams:
        raise ContentError(
            "there is no exam in the content", hint="the bundled `exams` folder is missing: reinstall dva"
        )
    usable = [exam for exam in exams.values() if exam.in_use(day)]
    return usable[0] if usable else list(exams.values())[-1]


def by_id(exams: dict[str, Exam], exam_id: str) -> Exam:
    """Return the exam with this id, ignoring case; raises UsageError where there is none."""
    if exam_id.lower() not in exams:
        raise UsageError(f"there is no exam `{exam_id}`", hint=f"one of {', '.join(exams)}")
    return exams[exam_id.lower()]
