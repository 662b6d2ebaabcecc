"""A simulated learner: a bank to study, days that pass, answers as a seed says."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bundled import ROOT

from dva import store
from dva.app import settings, today
from dva.app.quiz.loop import run_quiz
from dva.app.quiz.options import QuizOptions
from dva.app.quiz.ports import Feedback, Notice, PresentedQuestion, Reply, Summary, Undone
from dva.app.quiz.session import start_or_resume
from dva.app.snapshot import load_snapshot
from dva.render import today as phrases
from dva.render.text import Display

BEGIN = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAYS = 60
NOTES = 120
MINUTES = 10


class Learner:
    """Answers as the seed says: right four times of five, a little slower when wrong."""

    def __init__(self, seed: int, day: datetime) -> None:
        self.rng = random.Random(seed)
        self.now = day
        self.asked: list[str] = []

    def clock(self) -> datetime:
        return self.now

    def ask(self, question: PresentedQuestion) -> Reply:
        self.asked.append(question.item.question.notes[0])
        self.now += timedelta(seconds=45)
        right = self.rng.random() < 0.8
        return Reply(chosen=question.item.key if right else wrong_answer(question))

    def show_feedback(self, feedback: Feedback) -> Reply:
        return Reply("next")

    def show_notes(self, notes: object) -> None: ...

    def show_simulation(self, item: object) -> bool:
        return False

    def show_notice(self, notice: Notice) -> None: ...

    def show_message(self, text: str) -> None: ...

    def show_undo(self, undone: Undone | None) -> None: ...

    def show_summary(self, summary: Summary) -> None: ...


def wrong_answer(question: PresentedQuestion) -> tuple[str | tuple[str, str], ...]:
    """Return an answer that is not right, in the form of the question's type."""
    item = question.item
    if item.question.type == "match":
        return tuple((left, item.choices[0].id) for left in item.lefts)
    if item.question.type == "order":
        return tuple(reversed(item.key))
    return (next(choice.id for choice in question.choices if not choice.correct),)


def morning(summary: today.TodaySummary) -> list[str]:
    """The lines of a morning, each whole."""
    return list(phrases.lines(summary, Display(400), keys=True))


def make_bank(tmp_path: Path) -> Path:
    """120 notes in four topics, two questions each."""
    tail = '  exams: {dva-c02: "3.4", dva-c03: "3.3"}\n  source: "AWS: https://x"\n  checked_on: "2026-11-24"\n'
    for kind in ("notes", "questions"):
        (tmp_path / kind).mkdir()
    for topic in range(4):
        ids = [f"t{topic}.{n}" for n in range(NOTES // 4)]
        notes = [f'- {{id: {i}, text: T., source: "AWS: https://x", checked_on: "2026-11-24"}}\n' for i in ids]
        questions = [
            f"- id: {i}.q{n}\n  type: single\n  stem: {i} {n}?\n  notes: [{i}]\n  options:\n"
            f"  - {{id: a, text: A, correct: true, why: So.}}\n  - {{id: b, text: B, why: No.}}\n{tail}"
            for i in ids
            for n in range(2)
        ]
        (tmp_path / "notes" / f"t{topic}.yaml").write_text("".join(notes))
        (tmp_path / "questions" / f"t{topic}.yaml").write_text("".join(questions))
    exams = ROOT / "content" / "exams"
    (tmp_path / "exams").symlink_to(exams)
    return tmp_path


def study(
    bank: Path, database: Path, days_off: range, exam: datetime, days: int = DAYS, minutes: int = MINUTES
) -> list[tuple[int, list[str], list[str]]]:
    """(day, cards asked, the morning's lines) of every day studied."""
    told = []
    for day in (n for n in range(days) if n not in days_off):
        learner = Learner(day, BEGIN + timedelta(days=day))
        with store.open(database) as progress:
            if day == 0:
                snapshot = load_snapshot(progress, [bank], learner.now)
                settings.change_setting(progress, snapshot.exams, "exam-date", exam.date().isoformat(), learner.now)
                settings.change_setting(progress, snapshot.exams, "minutes", str(minutes), learner.now)
            snapshot = load_snapshot(progress, [bank], learner.now)
            lines = morning(today.summarize(progress, snapshot))
            session = start_or_resume(progress, snapshot, QuizOptions(seed=day), learner.clock)
            run_quiz(session, learner)
        told.append((day, learner.asked, lines))
    return told
