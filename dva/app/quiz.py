"""A quiz session: what is asked next, what an answer does, undo, quit and resume.

The plan of a session is kept beside the log; where it stands is computed from the plan and the answers in the
log. So whatever ends the process, `begin` leads back to the same card, shuffle and variant.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import msgspec

from dva.app import notes
from dva.app.desk import Desk
from dva.app.simulate import scenario_of
from dva.aws.rng import choose, generator
from dva.errors import DvaError, UsageError
from dva.items import Choice, Item, build_item, seed_of
from dva.items.entries import Note
from dva.store import Store
from dva.study import days, plan, progress, queue
from dva.study.events import Answer, Dispute, Suspend
from dva.study.grading import Rating, grade, rate
from dva.study.queue import Given, Place

KEPT = {False: "session", True: "practice"}
"""The names of the kept plans: practice beside the day's session does not end it."""


class Wish(msgspec.Struct, frozen=True):
    """What the learner asked for. Practice (any of the last five) leaves the schedule alone."""

    topics: tuple[str, ...] = ()
    limit: int | None = None
    minutes: int | None = None
    seed: int | None = None
    cram: bool = False
    missed_days: int | None = None
    domain: str | None = None
    confident_errors: bool = False
    legacy: bool = False

    @property
    def practice(self) -> bool:
        """Whether answers leave the schedule alone."""
        return bool(self.cram or self.missed_days or self.domain or self.confident_errors or self.legacy)

    @property
    def command(self) -> str:
        """The command that asks for this, and so goes on with it."""
        values = {"limit": self.limit, "minutes": self.minutes, "seed": self.seed, "domain": self.domain}
        flags = ["--cram"] * self.cram + ["--confident-errors"] * self.confident_errors
        flags += ["--legacy"] * self.legacy
        flags += [f"--missed {self.missed_days}d"] if self.missed_days else []
        flags += [f"--{name} {value}" for name, value in values.items() if value is not None]
        return " ".join(["dva quiz", *self.topics, *flags])


class Kept(msgspec.Struct, frozen=True):
    """A session as it is kept: its plan, and when it began."""

    id: str
    wish: Wish
    places: tuple[Place, ...]
    began: int
    day: int


@dataclass(frozen=True)
class Shown:
    """A question as it is asked: `choices` are shuffled, `again` says that it was wrong before."""

    number: int
    total: int
    minutes: int
    topic: str
    item: Item
    choices: tuple[Choice, ...]
    seed: int
    again: bool


@dataclass(frozen=True)
class Reply:
    """What the learner did: answered, or asked for something by its letter (`word` goes with `w`)."""

    command: str = "answer"
    chosen: tuple[Any, ...] = ()
    sure: bool = True
    easy: bool = False
    word: str = ""


@dataclass(frozen=True)
class Feedback:
    """What an answer was worth; committed before it is shown."""

    shown: Shown
    chosen: tuple[Any, ...]
    correct: bool
    sure: bool
    aided: bool
    rating: Rating
    due_in: int | None
    """Days until the card is due, None for practice: the schedule stays as it is."""
    returns: bool = False
    """Whether the card comes again in this session."""


@dataclass(frozen=True)
class Summary:
    """What a session was: answers given, how many right, and what it changed."""

    answered: int
    right: int
    firm: int
    weak: int
    tomorrow: int
    left: int
    """Places of the session that were not answered."""
    command: str = "dva quiz"
    """What goes on here."""


class Front(Protocol):
    """How a session is shown and read: keys, plain lines or JSON lines."""

    def ask(self, shown: Shown) -> Reply:
        """Show a question and read the reply."""

    def tell(self, feedback: Feedback) -> Reply:
        """Show what the answer was worth; the reply is `next` or a command."""

    def note(self, found: Sequence[Note]) -> None:
        """Show notes."""

    def simulate(self, item: Item) -> bool:
        """Step through the simulation of a question; False where none shows it."""

    def say(self, text: str) -> None:
        """One line."""

    def undone(self, shown: Shown | None) -> None:
        """The last answer is taken back, or there is none."""

    def end(self, summary: Summary) -> None:
        """The last words."""


@dataclass
class Session:
    """One session, from its plan."""

    store: Store
    desk: Desk
    kept: Kept
    resumed: bool
    clock: Callable[[], datetime]
    given: list[Given] = field(default_factory=list)
    suspended: set[str] = field(default_factory=set)
    unfit: set[str] = field(default_factory=set)
    """Cards whose question could not be made concrete."""
    helped: bool = False
    """Whether a note or a simulation was opened since the question came."""

    def __post_init__(self) -> None:
        self.probes = {place.card: self.desk.candidates[place.card].probes for place in self.kept.places}
        self.refresh()

    def refresh(self) -> None:
        """Read from the log what was answered in this session."""
        answers = self.store.answers(self.kept.id)
        self.given = [Given(a.notes[0], a.question, a.correct and not a.aided) for a in answers]
        self.suspended = {card.id for card in self.store.cards() if card.suspended}

    @property
    def rest(self) -> list[Place]:
        """The places that are left."""
        out = self.suspended | self.unfit
        places = [place for place in self.kept.places if place.card not in out]
        return queue.remaining(places, self.probes, [answer for answer in self.given if answer.card not in out])

    def next(self) -> Shown | None:
        """The question that is asked next; one that cannot be made concrete is passed over."""
        rest = self.rest
        for place in rest:
            question = self.desk.library.questions[place.question]
            asked = self.store.question_stats([question.id]).get(question.id)
            seed = seed_of(question.id, asked.times if asked else 0)
            try:
                item = build_item(question, scenario_of(self.desk.roots, question), seed)
            except DvaError:
                self.unfit.add(place.card)
                continue
            types = [self.desk.library.questions[other.question].type for other in rest]
            return Shown(
                number=len(self.given) + 1,
                total=len(self.given) + len(rest),
                minutes=plan.minutes(types, self.desk.medians, self.desk.again),
                topic=self.desk.title(place.topic),
                item=item,
                choices=shuffled(item.choices, seed),
                seed=seed,
                again=place.returns > 0,
            )
        return None

    def answer(self, shown: Shown, reply: Reply, *, aided: bool, ms: int) -> Feedback:
        """Commit the answer, then say what it was worth."""
        question = shown.item.question
        correct = grade(question.type, shown.item.key, reply.chosen).correct
        card, (at, offset) = question.notes[0], days.moment(self.clock())
        body = Answer(
            question=question.id,
            rev=question.rev,
            type=question.type,
            chosen=[list(part) if isinstance(part, tuple) else part for part in reply.chosen],
            correct=correct,
            sure=reply.sure and bool(reply.chosen),
            notes=list(question.notes),
            topic=self.desk.candidates[card].probes[0].topic,
            ms=ms,
            easy=reply.easy,
            aided=aided,
            practice=self.kept.wish.practice,
            repeat=shown.again,
            variant=shown.seed if question.draw else 0,
            exams=question.exams,
            session=self.kept.id,
        )
        self.store.append("answer", body, at, offset)
        after = self.store.card(card)
        self.refresh()
        rating = rate(correct, body.sure, aided, reply.easy)
        due = after.due - days.day_of(at, offset) if after and after.due is not None and not body.practice else None
        returns = any(left.card == card for left in self.rest)
        return Feedback(shown, reply.chosen, correct, body.sure, aided, rating, due, returns)

    def undo(self) -> bool:
        """Take back the last answer of this session."""
        undone = self.store.undo(*days.moment(self.clock()), session=self.kept.id)
        self.refresh()
        return undone is not None

    def suspend(self, card: str) -> None:
        """The card is not asked any more, until it is unsuspended."""
        self.store.append("suspend", Suspend(card), *days.moment(self.clock()))
        self.refresh()

    def dispute(self, item: Item, why: str) -> None:
        """The learner thinks that the key is wrong."""
        question = item.question
        body = Dispute(question.id, question.rev, why, question.notes[0])
        self.store.append("dispute", body, *days.moment(self.clock()))

    def summary(self) -> Summary:
        """What the session was; it ends here where nothing is left."""
        rest, kept = self.rest, _kept(self.store, self.kept.wish)
        if not rest and kept and kept.id == self.kept.id:
            self.store.set_local(KEPT[self.kept.wish.practice], None)
        gained = progress.gained(self.store.reviews(self.kept.day), self.kept.day)
        today = days.day_of(*days.moment(self.clock()))
        forecast = progress.forecast(self.store.cards(), today, 2)
        right = sum(answer.right for answer in self.given)
        tomorrow, command = forecast[0] + forecast[1], self.kept.wish.command
        return Summary(len(self.given), right, gained.firm, gained.weak, tomorrow, len(rest), command)


def begin(store: Store, desk: Desk, wish: Wish, clock: Callable[[], datetime]) -> Session:
    """The session that was interrupted today, where the wish is the same; else a new one.

    UsageError where there is nothing to ask.
    """
    kept = _kept(store, wish)
    if kept and kept.wish == wish and kept.day == desk.day and _known(kept, desk):
        session = Session(store, desk, kept, True, clock)
        if session.next():
            return session
    at, _ = desk.moment
    places = _places(store, desk, wish)
    fresh = Kept(os.urandom(8).hex(), wish, places, at, desk.day)
    if places:
        store.set_local(KEPT[wish.practice], msgspec.json.encode(fresh).decode())
    return Session(store, desk, fresh, False, clock)


def _kept(store: Store, wish: Wish) -> Kept | None:
    text = store.get_local(KEPT[wish.practice])
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=Kept)
    except msgspec.MsgspecError:
        return None


def _known(kept: Kept, desk: Desk) -> bool:
    """Whether the content still holds what the plan names."""
    return all(p.card in desk.candidates and p.question in desk.library.questions for p in kept.places)


def _places(store: Store, desk: Desk, wish: Wish) -> tuple[Place, ...]:
    wanted = {card for card in _wanted(store, desk, wish) if not _is_suspended(desk, card)}
    if not wanted and (wish.missed_days or wish.confident_errors):
        return ()
    if not wanted:
        hint = "`dva report` lists the domains" if wish.domain is not None else "`dva topics` lists what there is"
        raise UsageError("no question fits that", hint=hint)
    seed = wish.seed if wish.seed is not None else desk.day
    count = _count(desk, wish, len(wanted))
    if wish.practice:
        chosen = sorted(queue.shuffled(wanted, seed), key=lambda card: _is_seen_today(desk, card))[:count]
        return queue.plan([desk.candidates[card] for card in chosen], [], desk.seen, seed)
    cards = [card for card in desk.cards.values() if card.id in wanted and card.stability is not None]
    unseen = [card for card in desk.unseen if card in wanted]
    model = desk.model
    today = plan.choose(
        cards, unseen, desk.day, count, desk.goal, desk.seen_today, decay=model.decay, retention=model.retention
    )
    review = [desk.candidates[card.id] for card in today.review]
    return queue.plan(review, [desk.candidates[card] for card in today.new], desk.seen, seed)


def _is_suspended(desk: Desk, card: str) -> bool:
    return card in desk.cards and desk.cards[card].suspended


def _is_seen_today(desk: Desk, card: str) -> bool:
    """Practice goes on to other cards before it comes to these again."""
    seen = desk.cards[card].seen_at if card in desk.cards else None
    return seen is not None and days.day_of(seen, desk.moment[1]) >= desk.day


def _count(desk: Desk, wish: Wish, most: int) -> int:
    """How many places: the limit where one is given, else what the minutes allow."""
    if wish.limit is not None:
        return wish.limit
    return min(most, plan.fits(wish.minutes or desk.minutes, desk.medians, desk.again))


def _wanted(store: Store, desk: Desk, wish: Wish) -> list[str]:
    """The cards that a wish speaks of."""
    cards = list(desk.candidates)
    if wish.topics:
        topics = {notes.topic(desk.library, name).id for name in wish.topics}
        cards = [card for card in cards if desk.candidates[card].probes[0].topic in topics]
    if wish.domain is not None:
        cards = [
            card
            for card in cards
            if any(_domain(desk, p.question) == wish.domain for p in desk.candidates[card].probes)
        ]
    if wish.missed_days:
        missed = {look.card for look in store.reviews(max(1, desk.day + 1 - wish.missed_days)) if not look.correct}
        cards = [card for card in cards if card in missed]
    if wish.confident_errors:
        sure = {look.card for look in progress.confident_errors(store.reviews())}
        cards = [card for card in cards if card in sure]
    return cards


def _domain(desk: Desk, question: str) -> str:
    return desk.library.questions[question].exams[desk.exam.id].split(".")[0]


def shuffled(choices: Sequence[Choice], seed: int) -> tuple[Choice, ...]:
    """The choices in the order of the seed."""
    rng, left = generator(seed), list(choices)
    order = []
    while left:
        order.append(choose(rng, left))
        left.remove(order[-1])
    return tuple(order)


def run(session: Session, front: Front) -> Summary:
    """Ask until nothing is left or the learner quits."""
    while (shown := session.next()) is not None:
        reply, aided, ms = _read(session, front, shown)
        if reply.command == "quit":
            break
        if reply.command == "answer":
            feedback = session.answer(shown, reply, aided=aided, ms=ms)
            if _after(session, front, feedback) == "quit":
                break
    summary = session.summary()
    front.end(summary)
    return summary


def _read(session: Session, front: Front, shown: Shown) -> tuple[Reply, bool, int]:
    """The reply to a question; a note or a simulation opened before it marks the answer as aided."""
    session.helped, began = False, session.clock()
    while True:
        reply = front.ask(shown)
        ms = max(0, int((session.clock() - began).total_seconds() * 1000))
        if reply.command in ("answer", "quit"):
            return reply, session.helped, ms
        if not _do(session, front, shown, reply):
            return reply, session.helped, ms


def _after(session: Session, front: Front, feedback: Feedback) -> str:
    while True:
        reply = front.tell(feedback)
        if reply.command in ("next", "quit"):
            return reply.command
        if not _do(session, front, feedback.shown, reply):
            return reply.command


def _do(session: Session, front: Front, shown: Shown, reply: Reply) -> bool:
    """Carry out a command; False where the session goes on at another question."""
    question = shown.item.question
    if reply.command == "undo":
        done = session.undo()
        front.undone(session.next() if done else None)
        return not done
    if reply.command == "suspend":
        session.suspend(question.notes[0])
        front.say(
            f"{question.notes[0]} is not asked any more. `dva settings --unsuspend {question.notes[0]}` brings it back."
        )
        return False
    if reply.command == "wrong":
        session.dispute(shown.item, reply.word)
        front.say("Noted. `dva report --disputed` prints it, ready to be sent.")
    elif reply.command == "note":
        session.helped = True
        front.note([session.desk.library.notes[note] for note in question.notes])
    elif reply.command == "simulate":
        session.helped |= front.simulate(shown.item)
    return True
