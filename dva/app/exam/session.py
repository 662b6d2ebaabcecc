"""A mock exam that is running: which question is shown, what an answer does, how much time is left, and the result."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dva.app.exam.ports import ExamQuestion, ExamResult, Miss, Overview, OverviewRow, Seats
from dva.app.exam.sitting import Sitting, open_sitting, shown_in_mocks, sittings
from dva.app.quiz.ports import ChosenPart, Feedback, PresentedQuestion
from dva.app.quiz.session import shuffle_choices
from dva.app.simulate import scenario_of
from dva.app.snapshot import StudySnapshot
from dva.aws.rng import generator
from dva.errors import UsageError
from dva.items.building import Item, build_item, seed_of
from dva.items.entries import Question
from dva.simulations import load as load_simulation
from dva.store import Store
from dva.study import days, mock
from dva.study.events import ExamAnswered, ExamFlagged, ExamStarted, ExamSubmitted
from dva.study.grading import Rating, is_correct

KINDS = ("single", "multi")
"""Types of questions that the real exam has."""
WARNINGS = (30, 5)
"""Minutes before the end at which the time is told."""


@dataclass(frozen=True)
class ExamOptions:
    """What the learner asked for; None where nothing was said."""

    questions: int | None = None
    minutes: int | None = None
    domain: str | None = None


@dataclass
class ExamSession:
    """A sitting with its questions; `clock` gives the time of what is written, `number` is the question shown."""

    store: Store
    snapshot: StudySnapshot
    sitting: Sitting
    resumed: bool
    clock: Callable[[], datetime]
    number: int = 1
    reviewing: bool = False
    _items: dict[str, Item] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._since = self.clock()
        self._told = {minutes for minutes in WARNINGS if self.minutes_left <= minutes}

    # time

    @property
    def ms_left(self) -> int:
        """Milliseconds left: pauses, and the time in which dva did not run, do not count."""
        return self.sitting.plan.minutes * 60_000 - self.sitting.spent - self._running()

    @property
    def minutes_left(self) -> int:
        """Whole minutes left, a begun one counted."""
        return max(0, -(-self.ms_left // 60_000))

    def is_over(self) -> bool:
        """Whether the time is over."""
        return self.ms_left <= 0

    def warning(self) -> int | None:
        """Return the minutes that are left where that is to be told now, each warning once."""
        new = {minutes for minutes in WARNINGS if self.minutes_left <= minutes} - self._told
        self._told |= new
        return self.minutes_left if new else None

    def _running(self) -> int:
        """Milliseconds since the last event of this process; a clock that was set back counts nothing."""
        return max(0, int((self.clock() - self._since).total_seconds() * 1000))

    # questions

    @property
    def total(self) -> int:
        """Number of questions."""
        return len(self.sitting.plan.questions)

    @property
    def name(self) -> str:
        """Id of the question that is shown."""
        return self.sitting.plan.questions[self.number - 1]

    def item(self, name: str) -> Item:
        """Return a question made concrete, the same one each time."""
        if name not in self._items:
            question = self.snapshot.library.questions[name]
            seed = seed_of(f"{self.sitting.id}/{name}", 0)
            self._items[name] = build_item(question, scenario_of(self.snapshot.roots, question), seed)
        return self._items[name]

    def question(self) -> ExamQuestion:
        """Return the question that is shown, which is used from now on."""
        name, item = self.name, self.item(self.name)
        if name not in self.sitting.shown:
            self._write(ExamAnswered(self.sitting.id, name, [], self._running()))
        answer = self.sitting.chosen(name)
        return ExamQuestion(
            number=self.number, total=self.total, minutes_left=self.minutes_left, item=item,
            choices=shuffle_choices(item.choices, seed_of(f"{self.sitting.id}/{name}", 0)),
            chosen=_parts(answer.chosen) if answer else (), sure=answer.sure if answer else True,
            flagged=name in self.sitting.flagged, answered=sum(map(bool, self._chosen())), wanted=len(item.key),
            seconds_left=self.ms_left // 1000,
        )  # fmt: skip

    def _chosen(self) -> list[object]:
        return [self.sitting.chosen(name) for name in self.sitting.plan.questions]

    def answer(self, chosen: Sequence[ChosenPart], *, sure: bool) -> None:
        """Commit an answer to the question that is shown, and go to the next one."""
        body = ExamAnswered(
            self.sitting.id, self.name, [list(part) if isinstance(part, tuple) else part for part in chosen],
            self._running(), is_correct(self.item(self.name).question.type, self.item(self.name).key, chosen), sure,
        )  # fmt: skip
        self._write(body)
        self.go_on()

    def pause(self) -> None:
        """Commit the time that was used."""
        old = self.sitting.chosen(self.name)
        chosen, correct, sure = (old.chosen, old.correct, old.sure) if old else ([], None, True)
        self._write(ExamAnswered(self.sitting.id, self.name, chosen, self._running(), correct, sure))

    def flag(self) -> None:
        """Flag the question that is shown, or take the flag away."""
        self._write(ExamFlagged(self.sitting.id, self.name, self.name not in self.sitting.flagged))

    def _write(self, body: ExamAnswered | ExamFlagged) -> None:
        kind = "exam-answered" if isinstance(body, ExamAnswered) else "exam-flagged"
        self.store.append(kind, body, *days.timestamp(self.clock()))
        self.sitting.record(body)
        if isinstance(body, ExamAnswered):
            self._since = self.clock()

    def go_on(self) -> None:
        """Show the next question; after the last one, and once all were shown, what is open and flagged."""
        if self.number == self.total or len(self.sitting.shown) == self.total:
            self.reviewing = True
        else:
            self.number += 1

    def go_back(self) -> None:
        """Show the question before."""
        self.number = max(1, self.number - 1)

    def go_to(self, number: int) -> None:
        """Show a question by its number; UsageError where there is none."""
        if not 1 <= number <= self.total:
            raise UsageError(f"there is no question {number}", hint=f"1 to {self.total}")
        self.number, self.reviewing = number, False

    def overview(self) -> Overview:
        """Return what is open and what is flagged."""
        rows = []
        for number, name in enumerate(self.sitting.plan.questions, 1):
            is_open, flagged = self.sitting.chosen(name) is None, name in self.sitting.flagged
            if is_open or flagged:
                rows.append(OverviewRow(number, self.item(name).stem, is_open, flagged))
        return Overview(tuple(rows), self.total, self.minutes_left, self.ms_left // 1000)

    # the end

    def submit(self) -> None:
        """Hand the exam in: its questions are marked, and the notes of those missed are due at once."""
        marked = self.marked()
        counting = [one for one in marked if one.scored]
        spent = min(self.sitting.spent + self._running(), self.sitting.plan.minutes * 60_000)
        body = ExamSubmitted(self.sitting.id, sum(one.correct for one in counting), len(counting), spent)
        self.store.append("exam-submitted", body, *days.timestamp(self.clock()))
        self.sitting.submitted, self.sitting.submitted_at = body, days.timestamp(self.clock())[0]

    def marked(self) -> list[mock.Marked]:
        """Return how each question was answered."""
        found = []
        for name in self.sitting.plan.questions:
            answer = self.sitting.chosen(name)
            correct = answer is not None and is_correct(
                self._question(name).type, self.item(name).key, _parts(answer.chosen)
            )
            found.append(mock.Marked(
                name, self.snapshot.domain(name), correct, answer is not None, answer.sure if answer else False,
                name not in self.sitting.plan.unscored, self.sitting.ms.get(name, 0),
            ))  # fmt: skip
        return found

    def _question(self, name: str) -> Question:
        return self.snapshot.library.questions[name]

    def result(self) -> ExamResult:
        """Return the score by domain, and what is worth looking at."""
        marked = self.marked()
        worst = mock.worst_first(marked)
        titles = {domain.id: domain.title for domain in self.snapshot.exam.domains}
        missed = [one for one in worst if not one.correct]
        topics = Counter(self.snapshot.candidates[card].probes[0].topic for one in missed
                         if (card := self._question(one.question).notes[0]) in self.snapshot.candidates)  # fmt: skip
        beliefs = dict.fromkeys(belief for one in missed for belief in self._beliefs(one))
        from_beliefs = sum(bool(self._beliefs(one)) for one in missed)
        return ExamResult(
            exam=self.snapshot.exam.id, domains=tuple(mock.score(marked)), titles=titles,
            unscored=sum(not one.scored for one in marked), minutes=round(self.sitting.spent / 60_000),
            blank=sum(not one.answered for one in marked), misses=tuple(self._miss(one) for one in worst),
            from_beliefs=from_beliefs, beliefs=tuple(map(_statement, beliefs)),
            topics=tuple(name for name, _ in topics.most_common(3)),
        )  # fmt: skip

    def _beliefs(self, one: mock.Marked) -> list[str]:
        """Return the beliefs that the wrong options stand for which were chosen."""
        answer = self.sitting.chosen(one.question)
        chosen = set(_parts(answer.chosen)) if answer else set()
        return [b for c in self.item(one.question).choices if c.id in chosen and not c.correct for b in c.beliefs]

    def _miss(self, one: mock.Marked) -> Miss:
        """Return a question with its answer, as feedback of the quiz shows it."""
        item, answer = self.item(one.question), self.sitting.chosen(one.question)
        number = self.sitting.plan.questions.index(one.question) + 1
        choices = shuffle_choices(item.choices, seed_of(f"{self.sitting.id}/{one.question}", 0))
        card = item.question.notes[0]
        topic = self.snapshot.candidates[card].probes[0].topic if card in self.snapshot.candidates else ""
        asked = PresentedQuestion(number, self.total, 0, self.snapshot.title(topic), item, choices, 0, is_repeat=False)
        return Miss(Feedback(
            question=asked, chosen=_parts(answer.chosen) if answer else (), correct=one.correct, sure=one.sure,
            aided=False, rating=Rating.GOOD if one.correct else Rating.AGAIN, due_in=0, returns=False,
            outlook="open" if one.correct else "due", leech=None,
        ), one.scored)  # fmt: skip


def _parts(chosen: Sequence[str | list[str]]) -> tuple[ChosenPart, ...]:
    return tuple((part[0], part[1]) if isinstance(part, list) else part for part in chosen)


def _statement(name: str) -> str:
    """Return what somebody who holds a belief would say."""
    simulation, _, belief = name.partition("/")
    return load_simulation(simulation).belief(belief).statement


# Starting


def plan_seats(store: Store, snapshot: StudySnapshot, options: ExamOptions) -> Seats:
    """Return how many questions each domain gets, and how many are asked for the first time."""
    return _drawn(store, snapshot, options, 0)[0]


def start_or_resume(
    store: Store, snapshot: StudySnapshot, options: ExamOptions, clock: Callable[[], datetime]
) -> ExamSession | None:
    """Resume the sitting that was not submitted, whatever its options; None where there is none."""
    found = open_sitting(sittings(store))
    if found is None:
        return None
    known = [name for name in found.plan.questions if name in snapshot.library.questions]
    if len(known) < len(found.plan.questions):
        raise UsageError(
            "an open mock exam has questions that the content no longer has", hint="`dva exam --discard` ends it"
        )
    session = ExamSession(store, snapshot, found, True, clock)
    unseen = [n for n, name in enumerate(found.plan.questions, 1) if name not in found.shown]
    session.number = unseen[0] if unseen else session.total
    session.reviewing = not unseen
    return session


def start(store: Store, snapshot: StudySnapshot, options: ExamOptions, clock: Callable[[], datetime]) -> ExamSession:
    """Draw the questions of a new sitting and begin it; UsageError where the pool has no question for it."""
    sitting = os.urandom(8).hex()
    seed = int.from_bytes(os.urandom(4), "big")
    seats, chosen = _drawn(store, snapshot, options, seed)
    if not chosen:
        raise UsageError("no question of the exam pool fits that", hint="`dva report` lists the domains")
    exam = snapshot.exam
    unscored = 0 if options.domain else mock.unscored_count(len(chosen), exam.questions, exam.scored)
    names = [one.question for one in chosen]
    plan = ExamStarted(
        sitting, exam.id, seed, names, seats.minutes, mock.shuffled(names, generator(seed + 1))[:unscored],
        options.domain or "",
    )  # fmt: skip
    event = store.append("exam-started", plan, *days.timestamp(clock()))
    return ExamSession(store, snapshot, Sitting(plan, event.at), False, clock)


def _drawn(
    store: Store, snapshot: StudySnapshot, options: ExamOptions, seed: int
) -> tuple[Seats, list[mock.Candidate]]:
    exam = snapshot.exam
    weights = {domain.id: domain.weight for domain in exam.domains}
    if options.domain is not None:
        if options.domain not in weights:
            raise UsageError(f"{exam.id.upper()} has no domain `{options.domain}`", hint=f"one of {', '.join(weights)}")
        weights = {options.domain: weights[options.domain]}
    default = exam.questions if options.domain is None else round(exam.questions * weights[options.domain] / 100)
    total = options.questions or default
    wanted = mock.seats(weights, total)
    pool = _pool(store, snapshot)
    chosen = mock.draw(pool, wanted, generator(seed))
    got = Counter(one.domain for one in chosen)
    minutes = options.minutes or max(1, round(exam.minutes * len(chosen) / exam.questions))
    return Seats(wanted, dict(got), minutes, sum(not one.times and not one.seen for one in chosen), len(chosen)), chosen


def _pool(store: Store, snapshot: StudySnapshot) -> list[mock.Candidate]:
    """Return the questions that mocks may ask: those of the exam pool that look like the real exam's."""
    times = Counter(shown_in_mocks(sittings(store)))
    return [
        mock.Candidate(name, snapshot.domain(name), times[name], not times[name] and name in snapshot.last_seen)
        for name in _exam_pool(snapshot)
    ]


def _exam_pool(snapshot: StudySnapshot) -> list[str]:
    questions = snapshot.library.questions
    usable = (probe.question for candidate in snapshot.candidates.values() for probe in candidate.every)
    return [name for name in usable if questions[name].pool == "exam" and questions[name].type in KINDS]
