"""Which cards a session asks, and in which order."""

from collections.abc import Sequence

from dva.app import notes, study_day
from dva.app.quiz.options import QuizOptions
from dva.app.snapshot import StudySnapshot
from dva.errors import UsageError
from dva.store import Store
from dva.study import days, progress, queue
from dva.study.plan import DailyPlan
from dva.study.queue import Slot

_Cards = Sequence[str]
"""Ids of cards, in the order in which they are asked."""


def select_slots(store: Store, snapshot: StudySnapshot, options: QuizOptions) -> tuple[Slot, ...]:
    """Return the slots of a new session: what is left of the day, else what comes next; or what the options name.

    What was promised comes first, new cards stand among reviews. Empty where nothing is left or was missed; UsageError
    where the options fit no question at all.
    """
    matching = {card for card in _matching_cards(store, snapshot, options) if not snapshot.is_suspended(card)}
    if not matching and (options.missed_days or options.confident_errors):
        return ()
    if not matching:
        hint = "`dva report` lists the domains" if options.domain is not None else "`dva topics` lists what there is"
        raise UsageError("no question fits that", hint=hint)
    seed = options.seed if options.seed is not None else snapshot.day
    if options.practice:
        shuffled = queue.shuffled(matching, seed)
        chosen = sorted(shuffled, key=lambda card: _was_seen_today(snapshot, card))
        chosen = chosen[: _card_count(snapshot, options, len(matching))]
        return queue.plan_session([snapshot.candidates[card] for card in chosen], [], snapshot.last_seen, seed)
    first, review, new = (
        _of_the_day(store, snapshot) if options.is_whole_day else _matching(snapshot, options, matching)
    )
    promised, reviews, fresh = ([snapshot.candidates[card] for card in cards] for cards in (first, review, new))
    return queue.plan_session(promised, queue.mixed(reviews, fresh), snapshot.last_seen, seed)


def _of_the_day(store: Store, snapshot: StudySnapshot) -> tuple[_Cards, _Cards, _Cards]:
    """Return what is left of the day's plan (promised, to review, new); where nothing is, the cards that come next."""
    left = study_day.left_of(study_day.study_day(store, snapshot), snapshot)
    return (left.first, left.review, left.new) if left.cards else _split(study_day.more(snapshot))


def _matching(snapshot: StudySnapshot, options: QuizOptions, matching: set[str]) -> tuple[_Cards, _Cards, _Cards]:
    """Return the best of the cards that the options name."""
    cards = [card for card in snapshot.active_cards if card.id in matching]
    count = _card_count(snapshot, options, len(matching))
    chosen = snapshot.plan_day(cards, [card for card in snapshot.unseen if card in matching], count, strict=True)
    return _split(chosen)


def _split(chosen: DailyPlan) -> tuple[_Cards, _Cards, _Cards]:
    review = [card.id for card in chosen.review]
    return review[: chosen.promised], review[chosen.promised :], chosen.new


def _was_seen_today(snapshot: StudySnapshot, card: str) -> bool:
    """Whether practice takes other cards before this one."""
    seen = snapshot.cards[card].seen_at if card in snapshot.cards else None
    return seen is not None and days.day_of(seen, snapshot.timestamp[1]) >= snapshot.day


def _card_count(snapshot: StudySnapshot, options: QuizOptions, most: int) -> int:
    """Return the number of cards: the limit where one is given, else what fits into the minutes."""
    if options.limit is not None:
        return options.limit
    return min(most, snapshot.effort.cards(options.minutes or snapshot.settings.minutes))


def _matching_cards(store: Store, snapshot: StudySnapshot, options: QuizOptions) -> list[str]:
    """Return the cards that the options name."""
    cards = list(snapshot.candidates)
    if options.topics:
        topics = {topic.id for name in options.topics for topic in notes.named(snapshot.library, name)}
        cards = [card for card in cards if snapshot.candidates[card].probes[0].topic in topics]
    if options.domain is not None:
        probes = {card: snapshot.candidates[card].probes for card in cards}
        cards = [card for card in cards if any(snapshot.domain(p.question) == options.domain for p in probes[card])]
    if options.missed_days:
        since = max(1, snapshot.day + 1 - options.missed_days)
        missed = {review.card for review in store.reviews(since) if not review.correct}
        cards = [card for card in cards if card in missed]
    if options.confident_errors:
        sure = {review.card for review in progress.confident_errors(store.reviews())}
        cards = [card for card in cards if card in sure]
    return cards
