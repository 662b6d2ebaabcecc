"""How ready a learner is: the share expected right on questions never seen, by domain, from mock exams alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dva.app.exam.sitting import Sitting, sittings
from dva.app.snapshot import StudySnapshot
from dva.items.entries import Question
from dva.store import Store
from dva.study import days, plan, readiness, scheduler
from dva.study.memory import Review
from dva.study.readiness import HeldOut, Range, Share


@dataclass(frozen=True)
class Readiness:
    """The answers that can be used, and the share expected right, whole and by domain; None where they are too few."""

    answers: int
    whole: Range | None = None
    domains: Mapping[str, Range] | None = None


def estimate(store: Store, snapshot: StudySnapshot, reviews: Sequence[Review]) -> Readiness:
    """Return the share expected right of what dva covers, on the exam's day, else today."""
    answers = list(_held_out(sittings(store), snapshot, reviews))
    fitted = readiness.fit(answers)
    if fitted is None:
        return Readiness(len(answers))
    domains = readiness.expected(_shares(snapshot), fitted)
    weights = {domain.id: float(domain.weight) for domain in snapshot.exam.domains}
    return Readiness(len(answers), readiness.whole(domains, weights), domains)


def _held_out(mocks: Sequence[Sitting], snapshot: StudySnapshot, reviews: Sequence[Review]) -> Iterator[HeldOut]:
    """Yield the answers of submitted mocks to questions that were seen there for the first time."""
    asked: dict[str, int] = {}
    rated: dict[str, list[Review]] = {}
    for review in reviews:
        asked[review.question] = min(review.at, asked.get(review.question, review.at))
        if review.rating is not None:
            rated.setdefault(review.card, []).append(review)
    used: set[str] = set()
    for sitting in mocks:
        if sitting.submitted_at is None:
            continue
        for name in sitting.plan.questions:
            question = snapshot.library.questions.get(name)
            is_new = name not in used and asked.get(name, sitting.submitted_at) >= sitting.at
            if question is not None and is_new and name in sitting.shown:
                answer = sitting.chosen(name)
                day = days.day_of(sitting.submitted_at, snapshot.timestamp[1])
                known = _recall(rated.get(question.notes[0], ()), sitting.at, day, snapshot)
                yield HeldOut(bool(answer and answer.correct), _guess(question), known)
            used.add(name)


def _guess(question: Question) -> float:
    right = sum(option.correct for option in question.options)
    return readiness.guess_of(question.type, len(question.options), right)


def _recall(rated: Sequence[Review], at: int, day: int, snapshot: StudySnapshot) -> float | None:
    """Return the recall of a note on a day by its ratings before a time; None where it was not studied."""
    before = [review for review in rated if review.at < at and review.after is not None]
    if not before:
        return None
    last = max(before, key=lambda review: review.at)
    return scheduler.recall(last.after or 1.0, day - last.day, snapshot.model.decay)


def _shares(snapshot: StudySnapshot) -> Iterator[Share]:
    """Yield every card that is asked, in each domain of its questions."""
    day = snapshot.exam_ahead.day if snapshot.exam_ahead else snapshot.day
    for name, candidate in snapshot.candidates.items():
        card = snapshot.cards.get(name)
        studied = card is not None and card.stability is not None
        known = plan.predicted_recall(card, day, snapshot.model.decay) if card and studied else None
        for domain in {snapshot.domain(probe.question) for probe in candidate.every}:
            yield Share(domain, snapshot.weights.get(name, 1.0), known)
