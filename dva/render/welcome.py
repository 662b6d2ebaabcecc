"""The first day in words. Needs no library."""

from collections.abc import Sequence

from dva.app.today import ExamCoverage, FirstReading
from dva.catalog.exams import Task
from dva.render.text import pluralize, sanitize

KEYS = "In the quiz: digits choose, Enter answers, g is a guess, n opens the note, u undoes, q quits."
PLAIN_KEYS = "In the quiz: a letter answers, B? is a guess, n opens the note, u undoes, q quits."
CHOICES = "Enter asks, r reads these notes first, q quits"
AFTER_READING = "Enter asks, q quits"
EXAM_DAY = "Exam day, like 2027-01-15 or +6w: "
STOPPED = "Stopped; `dva` asks again."
END = "That was the first day. Tomorrow `dva` says what comes next."


def welcome(notes: int, questions: int) -> str:
    """Return the greeting; so many questions follow before the first card."""
    if not questions:
        return f"Welcome: {pluralize(notes, 'note')} wait. The first card comes next."
    which = "which Enter skips, then the first card"
    return (
        f"Welcome: {pluralize(notes, 'note')} wait. {'One question' if questions == 1 else 'Two questions'}, {which}."
    )


def minutes_a_day(default: int) -> str:
    """Return the prompt for the minutes a day."""
    return f"Minutes a day (Enter: {default}): "


def coverage(found: ExamCoverage) -> str:
    """Return what dva covers of the exam, and what has to be studied elsewhere."""
    exam, covered = found.exam.id.upper(), found.tasks - len(found.missing)
    text = f"dva has questions on {covered} of the {found.tasks} tasks of {exam}."
    if found.thin:
        text += f" Few on {_tasks(found.thin)}."
    return f"{text} Not in dva, study elsewhere: {_tasks(found.missing)}." if found.missing else text


def _tasks(tasks: Sequence[Task]) -> str:
    return "; ".join(f"{task.id} {sanitize(task.title)}" for task in tasks)


def reading(found: FirstReading) -> str:
    """Return the offer to read notes before they are asked."""
    others = ", among others" if found.new > len(found.notes) else ""
    return f"Today asks {pluralize(len(found.notes), 'note')} of {sanitize(found.title)}{others}."


def simulation(title: str) -> str:
    """Return the offer to see a mechanism run."""
    return f"\nNow see it happen: {sanitize(title)}."
