"""Which cards a session asks, and in which order."""

from dva.app import notes
from dva.app.quiz.options import QuizOptions
from dva.app.snapshot import StudySnapshot
from dva.errors import UsageError
from dva.store import Store
from dva.study import days, progress, queue
from dva.study.queue import Slot


def select_slots(store: Store, snapshot: StudySnapshot, options: QuizOptions) -> tuple[Slot, ...]:
    """Return the slots of a new session: what is due, then what is new; for practice, what the options name.

    Empty where nothing is due or was missed; UsageError where the options fit no question at all.
    """
    matching = {card for card in _matching_cards(store, snapshot, options) if not snapshot.is_suspended(card)}
    if not matching and (options.missed_days or options.confident_errors):
        return ()
    if not matching:
        hint = "`dva report` lists the domains" if options.domain is not None else "`dva topics` lists what there is"
        raise UsageError("no question fits that", hint=hint)
    seed = options.seed if options.seed is not None else snapshot.day
    count = _card_count(snapshot, options, len(matching))
    if options.practice:
        shuffled = queue.shuffled(matching, seed)
        chosen = sorted(shuffled, key=lambda card: _was_seen_today(snapshot, card))[:count]
        return queue.plan_session([snapshot.candidates[card] for card in chosen], [], snapshot.last_seen, seed)
    cards = [card for card in snapshot.cards.values() if card.id in matching and card.stability is not None]
    today = snapshot.plan_day(cards, [card for card in snapshot.unseen if card in matching], count)
    review = [snapshot.candidates[card.id] for card in today.review]
    new = [snapshot.candidates[card] for card in today.new]
    return queue.plan_session(review, new, snapshot.last_seen, seed)


def _was_seen_today(snapshot: StudySnapshot, card: str) -> bool:
    """Whether practice takes other cards before this one."""
    seen = snapshot.cards[card].seen_at if card in snapshot.cards else None
    return seen is not None and days.day_of(seen, snapshot.timestamp[1]) >= snapshot.day


def _card_count(snapshot: StudySnapshot, options: QuizOptions, most: int) -> int:
    """Return the number of cards: the limit where one is given, else what fits into the minutes."""
    if options.limit is not None:
        return options.limit
    return min(most, snapshot.cards_for_minutes(options.minutes or snapshot.settings.minutes))


def _matching_cards(store: Store, snapshot: StudySnapshot, options: QuizOptions) -> list[str]:
    """Return the cards that the options name."""
    cards = list(snapshot.candidates)
    if options.topics:
        topics = {notes.topic(snapshot.library, name).id for name in options.topics}
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
