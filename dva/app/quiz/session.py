"""A quiz session: which question is next, what an answer does, undo, quit and resume.

The plan of a session is saved beside the log; its state is computed from the plan and the answers in the log. So
whatever ends the process, `start_or_resume` leads back to the same card, shuffle and variant. While a session runs its
state is kept in memory: an answer adds to it, and only undo reads the log again.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dva.app.quiz.options import QuizOptions
from dva.app.quiz.ports import Feedback, Leech, Outlook, PresentedQuestion, Reply, Summary, Undone
from dva.app.quiz.saved_session import SavedSession, discard_session, load_session, save_session
from dva.app.quiz.selection import select_slots
from dva.app.simulate import case_for_notes, scenario_of
from dva.app.snapshot import StudySnapshot
from dva.app.today import summarize_day
from dva.aws.rng import choose, generator
from dva.errors import DvaError
from dva.items.building import Choice, Item, build_item, seed_of
from dva.store import Event, Store
from dva.study import days, progress
from dva.study.events import Answer, Dispute, Suspend, Undo, Unsuspend
from dva.study.grading import Rating, is_correct, rate
from dva.study.memory import Card
from dva.study.queue import SessionAnswer, SessionQueue, Slot

LEECH_LAPSES = 5
"""Times that a card is forgotten until it is told as a leech: asking it again and again does not help."""


@dataclass
class Session:
    """One session of a plan; `clock` gives the time of what is written."""

    store: Store
    snapshot: StudySnapshot
    saved: SavedSession
    resumed: bool
    clock: Callable[[], datetime]
    answers: list[SessionAnswer] = field(default_factory=list)
    suspended: set[str] = field(default_factory=set)
    unbuildable: set[str] = field(default_factory=set)
    """Cards whose question could not be built."""
    aided: bool = False
    """Whether a note or a simulation was opened since the question was asked."""

    def __post_init__(self) -> None:
        self._actions: list[Suspend | Event | None] = []
        """What was done since the session was opened, a dispute as its event, an answer as None: the log has those."""
        self._probes = {slot.card: self.snapshot.candidates[slot.card].probes for slot in self.saved.slots}
        self._read_log()

    def _read_log(self) -> None:
        """Load the answers and the suspended cards of this session from the log."""
        answers = self.store.answers(self.saved.id)
        self.answers = [_session_answer(answer) for answer in answers]
        self.suspended = {card.id for card in self.store.cards() if card.suspended}
        self._rebuild_queue()

    def _rebuild_queue(self) -> None:
        """Replay the answers over the plan, without the cards that are not asked."""
        excluded = self.suspended | self.unbuildable
        self._queue = SessionQueue([slot for slot in self.saved.slots if slot.card not in excluded], self._probes)
        for answer in self.answers:
            if answer.card not in excluded:
                self._queue.record(answer)
        self._question: PresentedQuestion | None = None

    @property
    def remaining(self) -> Sequence[Slot]:
        """Return the slots that are left; the first is asked next."""
        return self._queue.slots

    def question(self) -> PresentedQuestion | None:
        """Return the question that is asked next, the same one until it is answered; None at the end.

        A question that cannot be built is skipped.
        """
        while self._question is None and self.remaining:
            slot = self.remaining[0]
            try:
                self._question = self._present(slot)
            except DvaError:
                self.unbuildable.add(slot.card)
                self._rebuild_queue()
        return self._question

    def _present(self, slot: Slot) -> PresentedQuestion:
        self.aided = False
        question = self.snapshot.library.questions[slot.question]
        stats = self.store.question_stats([question.id]).get(question.id)
        seed = seed_of(question.id, stats.times if stats else 0)
        item = build_item(question, scenario_of(self.snapshot.roots, question), seed)
        repeats = sum(other.returns > 0 for other in self.remaining)
        return PresentedQuestion(
            number=len(self.answers) + 1,
            total=len(self.answers) + len(self.remaining),
            minutes=self.snapshot.effort.minutes(len(self.remaining) - repeats, repeats),
            topic=self.snapshot.title(slot.topic),
            item=item,
            choices=shuffle_choices(item.choices, seed),
            seed=seed,
            is_repeat=slot.returns > 0,
        )

    def answer(self, asked: PresentedQuestion, reply: Reply, *, aided: bool, ms: int) -> Feedback:
        """Commit the answer, given after `ms` milliseconds, and return its result."""
        question = asked.item.question
        card, (at, offset) = question.notes[0], days.timestamp(self.clock())
        body = Answer(
            question=question.id,
            rev=question.rev,
            type=question.type,
            chosen=[list(part) if isinstance(part, tuple) else part for part in reply.chosen],
            correct=is_correct(question.type, asked.item.key, reply.chosen),
            sure=reply.sure and bool(reply.chosen),
            notes=list(question.notes),
            topic=self.snapshot.candidates[card].probes[0].topic,
            ms=ms,
            easy=reply.easy,
            aided=aided,
            practice=self.saved.options.practice,
            repeat=asked.is_repeat,
            variant=asked.seed if question.draw else 0,
            exams=question.exams,
            session=self.saved.id,
        )
        before = self.store.card(card)
        self.store.append("answer", body, at, offset)
        self._actions.append(None)
        self._record(_session_answer(body))
        after = self.store.card(card)
        return Feedback(
            question=asked,
            chosen=reply.chosen,
            correct=body.correct,
            sure=body.sure,
            aided=aided,
            rating=rate(body.correct, body.sure, aided, reply.easy),
            due_in=after.due - days.day_of(at, offset) if after and after.due and not body.practice else None,
            returns=any(slot.card == card for slot in self.remaining),
            outlook=self._outlook(body, after, days.day_of(at, offset)),
            leech=self._leech(before, after, asked.item),
        )

    def _outlook(self, answer: Answer, card: Card | None, day: int) -> Outlook:
        """Return what may be said of the days to come: nothing that the plan would not keep."""
        goal = self.snapshot.goal
        if answer.practice:
            return "open"
        if not answer.correct and not (goal and goal.day == day):
            return "tomorrow"
        if goal is None or goal.day < day:
            return "due"
        is_firm = card is not None and (card.stability or 0.0) >= progress.MATURE_DAYS
        return "firm" if answer.correct and is_firm else "open"

    def _leech(self, before: Card | None, after: Card | None, item: Item) -> Leech | None:
        """Return that the card was forgotten once too often by this answer; None where it was not."""
        if before is None or after is None or not before.lapses < after.lapses >= LEECH_LAPSES:
            return None
        scenario = item.scenario or case_for_notes(self.snapshot.roots, item.question.notes)
        named = (scenario.simulation, scenario.name) if scenario else (None, None)
        return Leech(after.lapses, after.id, *named)

    def _record(self, answer: SessionAnswer) -> None:
        self.answers.append(answer)
        if answer.card not in self.suspended | self.unbuildable:
            self._queue.record(answer)
        self._question = None

    def undo(self) -> Undone | None:
        """Undo the latest action of this session, and return what it was; None where there is none."""
        when = days.timestamp(self.clock())
        latest = self._actions.pop() if self._actions else None
        if isinstance(latest, Suspend):
            self.store.append("unsuspend", Unsuspend(latest.card), *when)
            self.suspended.discard(latest.card)
            self._rebuild_queue()
            return "suspension"
        if isinstance(latest, Event):
            self.store.append("undo", Undo(latest.id), *when)
            return "dispute"
        undone = self.store.undo(*when, session=self.saved.id)
        asked = self._question
        self._read_log()
        if undone is None:
            self._question = asked
        return "answer" if undone else None

    def suspend(self, card: str) -> None:
        """Stop asking the card, until it is unsuspended."""
        body = Suspend(card)
        self.store.append("suspend", body, *days.timestamp(self.clock()))
        self._actions.append(body)
        self.suspended.add(card)
        self._rebuild_queue()

    def dispute(self, item: Item, reason: str) -> None:
        """Record that the learner thinks the key is wrong."""
        question = item.question
        body = Dispute(question.id, question.rev, reason, question.notes[0])
        self._actions.append(self.store.append("dispute", body, *days.timestamp(self.clock())))

    def due_tomorrow(self) -> int:
        """Return how many cards will be due tomorrow, with what is still due today."""
        today = days.day_of(*days.timestamp(self.clock()))
        return sum(progress.forecast(self.store.cards(), today, 2))

    def finish(self) -> Summary:
        """Return the result of the session so far; where nothing is left it is over and cannot be resumed."""
        if not self.remaining:
            discard_session(self.store, self.saved)
        counts = self.answers and not self.saved.options.practice
        moved = progress.transitions(self.store.reviews(self.saved.day), self.saved.day)
        return Summary(
            answered=len(self.answers),
            right=sum(answer.right for answer in self.answers),
            to_mature=moved.to_mature,
            to_young=moved.to_young,
            due_tomorrow=self.due_tomorrow(),
            left=len(self.remaining),
            command=self.saved.options.command,
            day=summarize_day(self.store, self.snapshot, self.clock()) if counts else None,
        )


def start_or_resume(
    store: Store, snapshot: StudySnapshot, options: QuizOptions, clock: Callable[[], datetime]
) -> Session:
    """Resume today's session if its options match and something is left of it; otherwise start one.

    UsageError where the options fit no question.
    """
    saved = load_session(store, practice=options.practice)
    if saved and saved.options == options and saved.day == snapshot.day and _is_current(saved, snapshot):
        session = Session(store, snapshot, saved, True, clock)
        if session.question():
            return session
    began, _ = snapshot.timestamp
    slots = select_slots(store, snapshot, options)
    fresh = SavedSession(os.urandom(8).hex(), options, slots, began, snapshot.day)
    if slots:
        save_session(store, fresh)
    return Session(store, snapshot, fresh, False, clock)


def _is_current(saved: SavedSession, snapshot: StudySnapshot) -> bool:
    """Whether the content still has every card and question of the plan."""
    questions = snapshot.library.questions
    return all(slot.card in snapshot.candidates and slot.question in questions for slot in saved.slots)


def _session_answer(answer: Answer) -> SessionAnswer:
    """Return an answer as the queue takes it."""
    known = rate(answer.correct, answer.sure, answer.aided) != Rating.AGAIN
    return SessionAnswer(answer.notes[0], answer.question, answer.correct and not answer.aided, known)


def shuffle_choices(choices: Sequence[Choice], seed: int) -> tuple[Choice, ...]:
    """Return the choices in the order of the seed."""
    rng, left = generator(seed), list(choices)
    order = []
    while left:
        order.append(choose(rng, left))
        left.remove(order[-1])
    return tuple(order)
