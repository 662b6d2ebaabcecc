"""What a day promises is what the next ones do: cards that come back, tomorrow's numbers, minutes, an end."""

import tempfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from learner import BEGIN, Learner, make_bank, morning

from dva import store as room
from dva.app import today
from dva.app.quiz.loop import run_quiz
from dva.app.quiz.options import QuizOptions
from dva.app.quiz.ports import DaySummary, Feedback, PresentedQuestion, Reply, Summary
from dva.app.quiz.session import LEECH_LAPSES, start_or_resume
from dva.app.snapshot import StudySnapshot, load_snapshot
from dva.catalog.library import Library, load
from dva.render import phrases
from dva.store import Store
from dva.study import days
from dva.study.events import Answer, Setting


class Promised(Learner):
    """A learner who writes down what is promised; right, guessed or wrong as the chances say; stops after so many."""

    def __init__(self, seed: int, day: datetime, right: float = 0.7, stops_after: int | None = None) -> None:
        super().__init__(seed, day)
        self.right, self.stops_after = right, stops_after
        self.tomorrow: set[str] = set()
        self.minutes: list[int] = []
        """Minutes left, as each question says."""
        self.feedback: list[Feedback] = []
        self.summary: Summary | None = None

    def ask(self, question: PresentedQuestion) -> Reply:
        self.minutes.append(question.minutes)
        if self.stops_after is not None and len(self.asked) >= self.stops_after:
            return Reply("quit")
        self.asked.append(question.item.question.notes[0])
        self.now += timedelta(seconds=45)
        right, sure = self.rng.random() < self.right, self.rng.random() < 0.9
        wrong = next(choice.id for choice in question.choices if not choice.correct)
        return Reply(chosen=tuple(map(str, question.item.key)) if right else (wrong,), sure=sure)

    def show_feedback(self, feedback: Feedback) -> Reply:
        self.feedback.append(feedback)
        if "It comes back tomorrow." in phrases.feedback_note(feedback):
            self.tomorrow.add(self.asked[-1])
        return Reply("next")

    def show_summary(self, summary: Summary) -> None:
        self.summary = summary


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bank(tmp_path_factory.mktemp("bank"))


@cache
def library_of(bank: Path) -> Library:
    return load([bank])


def snapshot_at(log: Store, bank: Path, when: datetime) -> StudySnapshot:
    return load_snapshot(log, [bank], when, library_of(bank))


def of_exam(log: Store, exam: int | None, minutes: int) -> None:
    if exam is not None:
        date = (BEGIN + timedelta(days=exam)).date().isoformat()
        log.append("setting", Setting("exam-date", date), *days.timestamp(BEGIN))
    log.append("setting", Setting("minutes", minutes), *days.timestamp(BEGIN))


def study(log: Store, bank: Path, learner: Promised) -> None:
    snapshot = snapshot_at(log, bank, learner.now)
    run_quiz(start_or_resume(log, snapshot, QuizOptions(), learner.clock), learner)


sessions = st.tuples(
    st.sampled_from([1, 1, 1, 2, 6]), st.sampled_from([1.0, 0.7, 0.3]), st.sampled_from([None, None, 3])
)


@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(sessions, min_size=2, max_size=6),
    st.sampled_from([None, 4, 9, 40]),
    st.sampled_from([3, 8]),
    st.integers(0, 99),
)
def test_what_is_promised_is_kept(
    bank: Path, told: list[tuple[int, float, int | None]], exam: int | None, minutes: int, seed: int
) -> None:
    """Days off, bad days, days that end early; with an exam and without, through its eve, its day and the day after."""
    with tempfile.TemporaryDirectory() as folder, room.open(Path(folder) / "dva.db") as log:
        of_exam(log, exam, minutes)
        promised, next_day, day = set[str](), None, 0
        for skip, right, stops_after in told:
            learner = Promised(seed + day, BEGIN + timedelta(days=day), right, stops_after)
            summary = today.summarize(log, snapshot_at(log, bank, learner.now))
            if next_day is not None:
                assert (summary.review, summary.new) == (next_day.tomorrow.review, next_day.tomorrow.new)
            study(log, bank, learner)
            first = list(dict.fromkeys(learner.asked))[: len(promised)]
            if stops_after is None:
                assert len(set(learner.asked)) == summary.planned == summary.left
                assert not learner.minutes or learner.minutes[0] == summary.minutes
                assert promised <= set(first), "what was told to come tomorrow comes first"
            else:
                assert set(first) <= promised or len(first) > len(promised) or promised <= set(first)
            if exam == day:
                assert summary.new == 0 and not learner.tomorrow
            next_day = check_the_end(log, bank, learner) if skip == 1 else None
            promised = learner.tomorrow if skip == 1 else set()
            day += skip


def check_the_end(log: Store, bank: Path, learner: Promised) -> DaySummary | None:
    """The end of a session: its numbers are those of the log."""
    summary = learner.summary
    assert summary is not None
    if not summary.answered:
        return None
    reviews = log.reviews(days.day_of(*days.timestamp(learner.now)))
    assert summary.day and (summary.day.answered, summary.day.right) == (
        len(reviews),
        sum(review.correct for review in reviews),
    )
    assert summary.day.number == len({review.day for review in log.reviews()})
    assert abs(summary.day.minutes - len(reviews) * 45 / 60) <= 1
    text, lines = (
        phrases.session_summary(summary, "→"),
        morning(today.summarize(log, snapshot_at(log, bank, learner.now))),
    )
    assert (
        text.startswith("Done for today: ")
        == (summary.day.left == 0)
        == any(line.startswith("Done for today: ") for line in lines)
    ), (text, lines)
    return summary.day


def test_a_marathon_is_followed_by_all_of_its_errors(bank: Path, tmp_path: Path) -> None:
    """More were missed than the minutes of a day take: each was told to come tomorrow, and comes."""
    with room.open(tmp_path / "dva.db") as log:
        of_exam(log, 30, 3)
        promised = set[str]()
        for n in range(6):
            learner = Promised(n, BEGIN + timedelta(minutes=30 * n), right=0.0)
            study(log, bank, learner)
            promised |= learner.tomorrow
        later = snapshot_at(log, bank, BEGIN + timedelta(days=1))
        assert len(promised) > 2 * later.cards_a_day
        learner = Promised(9, BEGIN + timedelta(days=1), right=1.0)
        study(log, bank, learner)
        assert set(learner.asked) == promised


def test_the_day_is_done_and_more_is_offered_but_not_called_due(bank: Path, tmp_path: Path) -> None:
    with room.open(tmp_path / "dva.db") as log:
        of_exam(log, 30, 5)
        study(log, bank, Promised(1, BEGIN, right=1.0))
        summary = today.summarize(log, snapshot_at(log, bank, BEGIN + timedelta(hours=1)))
        text = " ".join(morning(summary))
        assert summary.left == 0 < summary.more and "Done for today" in text and " due" not in text
        more = Promised(2, BEGIN + timedelta(hours=1), right=1.0)
        study(log, bank, more)
        assert len(set(more.asked)) == summary.more
        assert more.summary and "Done for today" in phrases.session_summary(more.summary, "→")


def test_the_plan_of_a_day_is_made_once(bank: Path, tmp_path: Path) -> None:
    """Other minutes or another exam day make it anew; what was asked today counts."""
    with room.open(tmp_path / "dva.db") as log:
        of_exam(log, 30, 8)
        study(log, bank, Promised(1, BEGIN, stops_after=3))
        snapshot = snapshot_at(log, bank, BEGIN)
        before, stored = today.summarize(log, snapshot), log.get_local("study-day")
        assert before.planned - before.left == 3
        study(log, bank, Promised(2, BEGIN + timedelta(hours=1), stops_after=2))
        after = today.summarize(log, snapshot_at(log, bank, BEGIN + timedelta(hours=2)))
        assert log.get_local("study-day") == stored and after.planned == before.planned
        log.append("setting", Setting("minutes", 40), *days.timestamp(BEGIN))
        longer = today.summarize(log, snapshot_at(log, bank, BEGIN + timedelta(hours=2)))
        assert longer.planned > before.planned and longer.planned - longer.left == before.planned - after.left


def test_a_card_forgotten_for_the_fifth_time_is_told_as_a_leech(bank: Path, tmp_path: Path) -> None:
    with room.open(tmp_path / "dva.db") as log:
        of_exam(log, None, 1)
        for day in range(2 * LEECH_LAPSES):
            body = Answer("t0.0.q0", 1, "single", ["a"], day % 2 == 0, True, ["t0.0"], "t0", 9000)
            if day < 2 * LEECH_LAPSES - 1:
                log.append("answer", body, *days.timestamp(BEGIN + timedelta(days=30 * day)))
        learner = Promised(1, BEGIN + timedelta(days=30 * 2 * LEECH_LAPSES), right=0.0)
        study(log, bank, learner)
        told = next(one for one in learner.feedback if one.question.item.question.notes[0] == "t0.0")
        assert told.leech and told.leech.lapses == LEECH_LAPSES and told.leech.note == "t0.0"
        assert "A leech: forgotten 5 times." in phrases.feedback_note(told)
        others = [one for one in learner.feedback if one is not told]
        assert all(one.leech is None for one in others)


@pytest.mark.parametrize("exam", [None, 30])
def test_a_right_answer_is_promised_no_day_before_an_exam(bank: Path, tmp_path: Path, exam: int | None) -> None:
    with room.open(tmp_path / "dva.db") as log:
        of_exam(log, exam, 5)
        learner = Promised(1, BEGIN, right=1.0)
        study(log, bank, learner)
        notes = [phrases.feedback_note(one) for one in learner.feedback if one.sure and one.due_in]
        assert notes and all(("Due in" in note) == (exam is None) for note in notes)
        assert all(one.due_in is not None for one in learner.feedback), "JSON has FSRS's day"
