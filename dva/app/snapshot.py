"""The state of study at one time: library, cards, settings and exam, from which today and each session are planned."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from msgspec import structs

from dva.app import notes
from dva.app.exam.sitting import Sitting, shown_in_mocks, sittings
from dva.app.settings import Settings, read_settings
from dva.app.simulate import scenario_of
from dva.catalog import exams as exam_catalog
from dva.catalog.exams import Exam
from dva.catalog.library import Library
from dva.errors import DvaError
from dva.items.building import build_item
from dva.items.entries import Question
from dva.store import Store
from dva.study import days, effort, grading, plan, progress
from dva.study.effort import Effort
from dva.study.memory import Card
from dva.study.plan import DailyPlan, ExamGoal, Promises
from dva.study.queue import Candidate, Probe
from dva.study.scheduler import Model

TOPICS_AT_ONCE = 3
"""New notes are taken from this many topics in turn."""


@dataclass(frozen=True)
class StudySnapshot:
    """Snapshot of library, cards, settings and exam used to build today's session.

    `day` is the local day; `cards` are those with progress, `unseen` the ids of those without a rating.
    """

    roots: tuple[Path, ...]
    library: Library
    exam: Exam
    goal: ExamGoal | None
    settings: Settings
    now: datetime
    day: int
    cards: Mapping[str, Card]
    unseen: tuple[str, ...]
    candidates: Mapping[str, Candidate]
    last_seen: Mapping[str, int]
    """Questions to the time of their last answer, in milliseconds since 1970."""
    weights: Mapping[str, float]
    """Cards to their share of the exam, in the order of the content."""
    effort: Effort
    """How long this learner takes, by the days before this one."""
    missed: Mapping[str, int]
    """Cards that were wrong when they were last asked, to the day of that; each was told to come back the next day."""
    missed_in_mock: frozenset[str]
    """Cards that a mock exam missed, and that were not asked since: they are due at once."""
    introduced_today: int
    """Cards seen for the first time today."""
    model: Model
    corrected_keys: tuple[str, ...]
    """Questions whose key was corrected so that the last answer would be graded differently: their notes are due."""

    @property
    def exams(self) -> Mapping[str, Exam]:
        """Return all exams by id."""
        return self.library.exams

    @property
    def timestamp(self) -> tuple[int, int]:
        """Return milliseconds since 1970 and the local offset in minutes, as events store them."""
        return days.timestamp(self.now)

    def title(self, topic: str) -> str:
        """Return the title of a topic."""
        found = self.library.topics.get(topic)
        return found.title if found else topic

    def domain(self, question: str) -> str:
        """Return the domain of the exam studied for that a question belongs to."""
        return self.library.questions[question].exams[self.exam.id].split(".")[0]

    def is_suspended(self, card: str) -> bool:
        """Whether a card is suspended."""
        return card in self.cards and self.cards[card].suspended

    @property
    def cards_a_day(self) -> int:
        """Return how many cards this learner gets through in the minutes of a day."""
        return self.effort.cards(self.settings.minutes)

    @property
    def exam_ahead(self) -> ExamGoal | None:
        """Return the exam's day, None where there is none or it has passed."""
        return self.goal if self.goal and self.goal.day >= self.day else None

    @property
    def active_cards(self) -> list[Card]:
        """Return the cards with progress that are not suspended."""
        return [card for card in self.cards.values() if not card.suspended]

    @property
    def askable_unseen(self) -> list[str]:
        """Return the cards never rated that are not suspended, in the order in which they are introduced."""
        return [card for card in self.unseen if not self.is_suspended(card)]

    def plan_day(
        self, cards: Collection[Card], unseen: Sequence[str], count: int, *, strict: bool = False
    ) -> DailyPlan:
        """Choose today's `count` cards out of these; more where more were promised for today, unless `strict`."""
        corrected = {self.library.questions[question].notes[0] for question in self.corrected_keys}
        tomorrow = {card for card, day in self.missed.items() if day == self.day - 1} | corrected
        promises = Promises(frozenset(tomorrow), frozenset(self.missed))
        if strict:
            promises = Promises(earlier=promises.tomorrow | promises.earlier)
        return plan.plan_day(
            cards, unseen, self.day, count, self.goal, self.introduced_today,
            weights=self.weights, promises=promises, decay=self.model.decay,
        )  # fmt: skip


def load_snapshot(
    store: Store, roots: Sequence[Path], now: datetime, library: Library | None = None, *, legacy: bool = False
) -> StudySnapshot:
    """Load library, cards and settings; with `legacy` also notes and questions that are legacy or drafts."""
    library = library or notes.library(roots)
    day = days.day_of(*days.timestamp(now))
    settings = read_settings(store.settings())
    exam = _target_exam(settings, library.exams, day)
    usable = [q for q in library.questions.values() if is_usable(q, exam.id, days.date_of(day), legacy=legacy)]
    mocks = sittings(store)
    candidates = _candidates(library, usable, legacy, frozenset(shown_in_mocks(mocks)))
    cards = {card.id: card for card in store.cards() if card.id in candidates}
    corrected = tuple(_corrected_keys(store, roots, usable))
    for name in {library.questions[question].notes[0] for question in corrected} & set(cards):
        if cards[name].due is not None:
            cards[name] = structs.replace(cards[name], due=day)
    missed_in_mock = _missed_in_mocks(mocks, library, candidates, cards)
    for name in missed_in_mock & set(cards):
        cards[name] = structs.replace(cards[name], due=day)
    stats = store.question_stats(question.id for question in usable)
    return StudySnapshot(
        roots=tuple(roots),
        library=library,
        exam=exam,
        goal=_exam_goal(store, settings, day),
        settings=settings,
        now=now,
        day=day,
        cards=cards,
        unseen=tuple(
            sorted(
                (name for name in candidates if name not in cards or cards[name].stability is None),
                key=lambda name: name not in missed_in_mock,
            )
        ),
        candidates=candidates,
        last_seen={name: entry.last_at for name, entry in stats.items()},
        weights=card_weights_of(library, exam, usable),
        effort=effort.measure(store.recent_reviews(), day),
        missed={**store.missed_cards(day), **dict.fromkeys(missed_in_mock & set(cards), day - 1)},
        missed_in_mock=missed_in_mock,
        introduced_today=progress.introduced(store.reviews(day), day),
        model=store.model(),
        corrected_keys=corrected,
    )


def _corrected_keys(store: Store, roots: Sequence[Path], questions: Sequence[Question]) -> Iterator[str]:
    """Yield the questions whose corrected key grades the learner's last answer differently."""
    revised = {question.id: question for question in questions if question.rev > 1}
    for name, answer in store.outdated_answers({name: q.rev for name, q in revised.items()}).items() if revised else ():
        question = revised[name]
        with suppress(DvaError):
            item = build_item(question, scenario_of(roots, question), answer.variant)
            if grading.grade_changes(answer, question.rev, item.key):
                yield name


def _target_exam(settings: Settings, exams: Mapping[str, Exam], day: int) -> Exam:
    """Return the exam studied for: the one that was set, else the one in use on the exam date, else today's."""
    if settings.exam and settings.exam in exams:
        return exams[settings.exam]
    when, today = settings.exam_date, days.date_of(day)
    return exam_catalog.by_date(dict(exams), when if when and when >= today else today)


def _exam_goal(store: Store, settings: Settings, day: int) -> ExamGoal | None:
    """Return the exam date and the day on which it was set; None without a date."""
    if settings.exam_date is None:
        return None
    return ExamGoal(days.day_number(settings.exam_date), min(store.setting_day("exam-date") or day, day))


def is_usable(question: Question, exam: str, today: date, *, legacy: bool = False) -> bool:
    """Whether a question is asked: it belongs to the exam studied for and, without `legacy`, is valid today and
    neither legacy nor a draft.
    """
    valid = question.valid_until is None or question.valid_until >= today.isoformat()
    return exam in question.exams and (legacy or (question.status not in ("draft", "legacy") and valid))


def _missed_in_mocks(
    mocks: Sequence[Sitting], library: Library, candidates: Mapping[str, Candidate], cards: Mapping[str, Card]
) -> frozenset[str]:
    """Return the cards that submitted mock exams missed and that were not asked since."""
    found = set()
    for sitting in mocks:
        if sitting.submitted_at is None:
            continue
        right = {name for name, answer in sitting.answers.items() if answer.correct}
        for name in (name for name in sitting.plan.questions if name in library.questions and name not in right):
            card = library.questions[name].notes[0]
            asked = cards[card].seen_at if card in cards else None
            if card in candidates and (asked is None or asked < sitting.submitted_at):
                found.add(card)
    return frozenset(found)


def _candidates(
    library: Library, questions: Sequence[Question], legacy: bool, shown: frozenset[str]
) -> dict[str, Candidate]:
    """Return every note that has a question, in the order in which new ones are introduced: the easier ones first.

    Questions of the exam pool are held until a mock exam has shown them, unless their note has no other.
    """
    probes: dict[str, list[Probe]] = {}
    topic_of = {note: topic.id for topic in library.topics.values() for note in topic.notes}
    for question in questions:
        card = question.notes[0]
        if legacy or library.notes[card].status != "legacy":
            probes.setdefault(card, []).append(
                Probe(question.id, question.notes, topic_of.get(card, ""), question.difficulty)
            )
    topics = [
        sorted(filter(probes.__contains__, topic.notes), key=lambda card: min(p.difficulty for p in probes[card]))
        for topic in library.topics.values()
    ]
    held = {question.id for question in questions if question.pool == "exam"} - shown
    order = _interleaved([cards for cards in topics if cards])
    return {card: _candidate(card, probes[card], held) for card in order}


def _candidate(card: str, probes: Sequence[Probe], held: Collection[str]) -> Candidate:
    asked = tuple(probe for probe in probes if probe.question not in held)
    if not asked:
        return Candidate(card, tuple(probes))
    return Candidate(card, asked, tuple(probe for probe in probes if probe.question in held))


def card_weights_of(library: Library, exam: Exam, questions: Sequence[Question]) -> dict[str, float]:
    """Return the share of the exam that each card with one of these questions stands for, in the order of the content.

    A topic without demand for this exam counts 1 in each domain that its questions belong to.
    """
    domains = {domain.id: float(domain.weight) for domain in exam.domains}
    asked: dict[str, set[str]] = {}
    for question in questions:
        asked.setdefault(question.notes[0], set()).add(question.exams[exam.id].split(".")[0])
    depths, demand = dict[str, dict[str, str]](), dict[str, dict[str, float]]()
    for topic in library.topics.values():
        cards = [note for note in topic.notes if note in asked]
        if cards:
            depths[topic.id] = {card: library.notes[card].depth for card in cards}
            own = {domain: share for domain, share in topic.demand.items() if domain in domains}
            demand[topic.id] = own or {domain: 1.0 for card in cards for domain in asked[card] if domain in domains}
    return plan.card_weights(domains, demand, depths)


def _interleaved(topics: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield notes of a few topics in turn, so that siblings are spread and a topic is still finished soon."""
    for first in range(0, len(topics), TOPICS_AT_ONCE):
        group = topics[first : first + TOPICS_AT_ONCE]
        for index in range(max(map(len, group))):
            yield from (cards[index] for cards in group if index < len(cards))
