"""The desk: everything that today's questions are chosen from, gathered once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from msgspec import structs

from dva.app import notes
from dva.app.simulate import scenario_of
from dva.catalog import exams as exam_catalog
from dva.catalog.exams import Exam
from dva.catalog.library import Library
from dva.errors import DvaError
from dva.items import build_item
from dva.items.entries import Question
from dva.store import Store
from dva.study import days, grading, plan, progress
from dva.study.memory import Card
from dva.study.queue import Candidate, Probe
from dva.study.scheduler import Model

MINUTES = 15
"""Minutes a day while the learner has not said."""
MOST_MINUTES = 600
TOPICS_AT_ONCE = 3
"""New notes come from so many topics in turn."""


@dataclass(frozen=True)
class Desk:
    """What there is to study at one moment. `day` is the local day; `cards` have been seen, `unseen` have not."""

    roots: tuple[Path, ...]
    library: Library
    exams: Mapping[str, Exam]
    exam: Exam
    goal: plan.Exam | None
    minutes: int
    now: datetime
    day: int
    cards: Mapping[str, Card]
    unseen: tuple[str, ...]
    candidates: Mapping[str, Candidate]
    seen: Mapping[str, int]
    medians: Mapping[str, float]
    again: float
    """Answers that this learner gives for each card of a session."""
    seen_today: int
    model: Model
    mended: tuple[str, ...]
    """Questions whose key was mended so that the last answer would be judged otherwise: their notes are due."""

    def title(self, topic: str) -> str:
        """The title of a topic."""
        found = self.library.topics.get(topic)
        return found.title if found else topic

    @property
    def moment(self) -> tuple[int, int]:
        """Milliseconds since 1970 and the local offset in minutes, as the log keeps them."""
        return days.moment(self.now)


def lay(
    store: Store, roots: Sequence[Path], now: datetime, library: Library | None = None, *, legacy: bool = False
) -> Desk:
    """Read the library, the cards and the settings; with `legacy` what is legacy or a draft is there too."""
    library = library or notes.library(roots)
    exams = library.exams
    day = days.day_of(*days.moment(now))
    exam, goal = exam_of(store, exams, day)
    usable = [q for q in library.questions.values() if is_usable(q, exam.id, days.date_of(day), legacy)]
    candidates = _candidates(library, usable, legacy)
    cards = {card.id: card for card in store.cards() if card.id in candidates}
    mended = tuple(_mended(store, roots, usable))
    for name in {library.questions[question].notes[0] for question in mended} & set(cards):
        if cards[name].due is not None:
            cards[name] = structs.replace(cards[name], due=day)
    asked = store.question_stats(question.id for question in usable)
    settings, recent = store.settings(), store.recent_reviews()
    return Desk(
        roots=tuple(roots),
        library=library,
        exams=exams,
        exam=exam,
        goal=goal,
        minutes=minutes_of(settings),
        now=now,
        day=day,
        cards=cards,
        unseen=tuple(name for name in candidates if name not in cards or cards[name].stability is None),
        candidates=candidates,
        seen={name: entry.last_at for name, entry in asked.items()},
        medians=progress.medians(recent),
        again=progress.again(recent),
        model=store.model(),
        mended=mended,
        seen_today=sum(look.before is None and look.rating is not None for look in store.reviews(day)),
    )


def _mended(store: Store, roots: Sequence[Path], questions: Sequence[Question]) -> Iterator[str]:
    revised = {question.id: question for question in questions if question.rev > 1}
    for name, answer in store.outdated_answers({name: q.rev for name, q in revised.items()}).items() if revised else ():
        question = revised[name]
        with suppress(DvaError):
            item = build_item(question, scenario_of(roots, question), answer.variant)
            if grading.mended(answer, question.rev, item.key):
                yield name


def exam_of(store: Store, exams: Mapping[str, Exam], day: int) -> tuple[Exam, plan.Exam | None]:
    """The exam studied for (said, else the one in use on the exam day, else today's), and its day with the pace."""
    settings = store.settings()
    when = exam_date(settings)
    goal = plan.Exam(days.day_number(when), min(store.setting_day("exam-date") or day, day)) if when else None
    chosen = str(settings.get("exam") or "")
    if chosen in exams:
        return exams[chosen], goal
    return exam_catalog.by_date(dict(exams), when if when and days.day_number(when) >= day else days.date_of(day)), goal


def exam_date(settings: Mapping[str, Any]) -> date | None:
    """The exam's date as it was said; what is no date (a log can be written by hand) counts as not said."""
    with suppress(ValueError):
        return date.fromisoformat(str(settings.get("exam-date") or ""))
    return None


def minutes_of(settings: Mapping[str, Any]) -> int:
    """Minutes a day as they were said; what is no such number counts as not said."""
    said = settings.get("minutes")
    return said if isinstance(said, int) and 1 <= said <= MOST_MINUTES else MINUTES


def is_usable(question: Question, exam: str, today: date, legacy: bool = False) -> bool:
    """Whether a question is asked: of the exam studied for, and unless `legacy` is asked for in force today,
    neither draft nor legacy.
    """
    in_force = question.valid_until is None or question.valid_until >= today.isoformat()
    return exam in question.exams and (legacy or (question.status not in ("draft", "legacy") and in_force))


def _candidates(library: Library, questions: Sequence[Question], legacy: bool) -> dict[str, Candidate]:
    """Every note that has a question, in the order in which new ones are met: the easier of a topic first."""
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
    return {card: Candidate(card, tuple(probes[card])) for card in _in_turn([cards for cards in topics if cards])}


def _in_turn(topics: Sequence[Sequence[str]]) -> Iterator[str]:
    """Notes from a few topics in turn, so that siblings stand apart and a topic still comes as one."""
    for first in range(0, len(topics), TOPICS_AT_ONCE):
        group = topics[first : first + TOPICS_AT_ONCE]
        for index in range(max(map(len, group))):
            yield from (notes[index] for notes in group if index < len(notes))
