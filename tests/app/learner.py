"""A simulated learner: a bank to study, days that pass, answers as a seed says."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bundled import ROOT

from dva import store
from dva.app import desk, quiz, settings, today
from dva.app.quiz import Feedback, Reply, Shown, Summary, Wish

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

    def ask(self, shown: Shown) -> Reply:
        self.asked.append(shown.item.question.notes[0])
        self.now += timedelta(seconds=45)
        right = self.rng.random() < 0.8
        wrong = next(choice.id for choice in shown.choices if not choice.correct)
        return Reply(chosen=tuple(map(str, shown.item.key)) if right else (wrong,))

    def tell(self, feedback: Feedback) -> Reply:
        return Reply("next")

    def note(self, found: object) -> None: ...

    def simulate(self, item: object) -> bool:
        return False

    def say(self, text: str) -> None: ...

    def undone(self, shown: Shown | None) -> None: ...

    def end(self, summary: Summary) -> None: ...


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
    bank: Path, database: Path, days_off: range, exam: datetime, days: int = DAYS
) -> list[tuple[int, list[str], list[str]]]:
    """(day, cards asked, the morning's lines) of every day studied."""
    told = []
    for day in (n for n in range(days) if n not in days_off):
        learner = Learner(day, BEGIN + timedelta(days=day))
        with store.open(database) as progress:
            if day == 0:
                laid = desk.lay(progress, [bank], learner.now)
                settings.change(progress, laid.exams, "exam-date", exam.date().isoformat(), learner.now)
                settings.change(progress, laid.exams, "minutes", str(MINUTES), learner.now)
            laid = desk.lay(progress, [bank], learner.now)
            lines = list(today.lines(today.look(progress, laid), laid, keys=True))
            session = quiz.begin(progress, laid, Wish(seed=day), learner.clock)
            quiz.run(session, learner)
        told.append((day, learner.asked, lines))
    return told
