"""A small bank for mock exams, and a clock that is set by hand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dva.app.exam.session import ExamOptions, ExamSession, start
from dva.app.snapshot import StudySnapshot, load_snapshot
from dva.paths import bundled
from dva.store import Store

BEGIN = datetime(2026, 12, 8, 9, tzinfo=UTC)
NOTES = 12


class Clock:
    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


def make_bank(root: Path) -> Path:
    """Twelve notes, three in each domain, each with a study and an exam question."""
    for kind in ("notes", "questions", "exams"):
        (root / kind).mkdir(parents=True)
    for exam in (bundled() / "exams").glob("*.yaml"):
        (root / "exams" / exam.name).write_text(exam.read_text())
    head = 'source: "AWS: https://x", checked_on: "2026-11-24"'
    notes = [f'- {{id: t.{n}, text: "Fact {n}.", {head}}}' for n in range(NOTES)]
    (root / "notes" / "t.yaml").write_text("title: T\nnotes:\n" + "\n".join(notes) + "\n")
    (root / "questions" / "t.yaml").write_text(
        "".join(_question(n, pool) for n in range(NOTES) for pool in ("study", "exam"))
    )
    return root


def _question(n: int, pool: str) -> str:
    options = "\n".join(
        f'  - {{id: {name}, text: "{name} {n}", {"correct: true, " if name == "right" else ""}why: "because {n}"}}'
        for name in ("right", "wrong", "other")
    )
    return f"""\
- id: t.{pool}-{n}
  type: single
  stem: What about {n}?
  options:
{options}
  notes: [t.{n}]
  exams: {{dva-c03: "{n % 4 + 1}.1"}}
  source: "AWS: https://x"
  checked_on: "2026-11-24"
  pool: {pool}
"""


def snapshot(log: Store, bank: Path, now: datetime = BEGIN) -> StudySnapshot:
    return load_snapshot(log, [bank], now)


def begin(log: Store, bank: Path, clock: Clock, **options: int | str) -> ExamSession:
    return start(log, snapshot(log, bank), ExamOptions(**options), clock)  # type: ignore[arg-type]
