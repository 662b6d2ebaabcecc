"""The plan of a study day: made once, in the first look at the day, and kept on this machine until the day ends.

So a number told in the morning stays what it was: what was asked since is taken off, nothing is put in its place.
"""

from collections.abc import Sequence
from datetime import timedelta
from zlib import crc32

import msgspec
from msgspec import Struct

from dva.app.snapshot import StudySnapshot, load_snapshot
from dva.store import Store
from dva.study import forecast
from dva.study.plan import DailyPlan

STORED_NAME = "study-day"


class StudyDay(Struct, frozen=True):
    """The cards of a local day as they were planned: `review`, of which the first `promised` come first, and `new`.

    `made_for` names the settings and the content that it was made for, `before` counts cards that were asked on that
    day earlier. `course` is the number of cards expected to be known on the exam's day, `refreshed` the day on which
    all that have faded will have been asked again. Stored on this machine: fields keep their names.
    """

    day: int
    made_for: str
    review: tuple[str, ...]
    new: tuple[str, ...]
    promised: int = 0
    before: int = 0
    course: int | None = None
    refreshed: int | None = None


class Left(Struct, frozen=True):
    """What is left of a day: ids of cards in the order of the plan; `planned` counts those of the whole day."""

    first: tuple[str, ...]
    review: tuple[str, ...]
    new: tuple[str, ...]
    planned: int

    @property
    def reviews(self) -> int:
        """Return the number of seen cards that are left."""
        return len(self.first) + len(self.review)

    @property
    def cards(self) -> int:
        """Return the number of cards that are left."""
        return self.reviews + len(self.new)


def study_day(store: Store, snapshot: StudySnapshot) -> StudyDay:
    """Return the plan of the snapshot's day: the one that was made today, else a new one, which is kept."""
    made_for = _made_for(snapshot)
    stored = _load(store)
    if stored is not None and (stored.day, stored.made_for) == (snapshot.day, made_for):
        return stored
    fresh = _plan(snapshot, made_for)
    store.set_local(STORED_NAME, msgspec.json.encode(fresh).decode())
    return fresh


def left_of(day: StudyDay, snapshot: StudySnapshot) -> Left:
    """Return what is left of a plan: the cards that were not rated since, nor suspended."""
    seen = snapshot.cards

    def open_cards(cards: Sequence[str]) -> tuple[str, ...]:
        return tuple(
            card
            for card in cards
            if card in snapshot.candidates
            and not (card in seen and (seen[card].suspended or (seen[card].last or 0) >= snapshot.day))
        )

    first, review, new = map(open_cards, (day.review[: day.promised], day.review[day.promised :], day.new))
    return Left(first, review, new, day.before + len(day.review) + len(day.new))


def tomorrow(store: Store, snapshot: StudySnapshot) -> DailyPlan:
    """Return the plan of the day after, as it will be made then if nothing is answered until then."""
    later = load_snapshot(store, snapshot.roots, snapshot.now + timedelta(days=1), snapshot.library)
    return _daily_plan(later)


def more(snapshot: StudySnapshot) -> DailyPlan:
    """Return the cards that come next, for a learner who wants more than the day's plan."""
    return snapshot.plan_day(snapshot.active_cards, snapshot.askable_unseen, snapshot.cards_a_day)


def rated_today(snapshot: StudySnapshot) -> int:
    """Return how many cards were asked today for the schedule."""
    return sum(card.last == snapshot.day for card in snapshot.cards.values())


def _daily_plan(snapshot: StudySnapshot) -> DailyPlan:
    room = max(0, snapshot.cards_a_day - rated_today(snapshot))
    return snapshot.plan_day(snapshot.active_cards, snapshot.askable_unseen, room)


def _plan(snapshot: StudySnapshot, made_for: str) -> StudyDay:
    chosen, course, goal = _daily_plan(snapshot), None, snapshot.exam_ahead
    if goal and goal.day > snapshot.day and snapshot.cards:
        course = forecast.course(
            snapshot.active_cards, snapshot.askable_unseen, snapshot.day, snapshot.cards_a_day, goal,
            snapshot.weights, snapshot.model,
        )  # fmt: skip
    return StudyDay(
        day=snapshot.day,
        made_for=made_for,
        review=tuple(card.id for card in chosen.review),
        new=chosen.new,
        promised=chosen.promised,
        before=rated_today(snapshot),
        course=course.known if course else None,
        refreshed=course.refreshed if course else None,
    )


def _load(store: Store) -> StudyDay | None:
    text = store.get_local(STORED_NAME)
    try:
        return None if text is None else msgspec.json.decode(text, type=StudyDay)
    except msgspec.MsgspecError:
        return None


def _made_for(snapshot: StudySnapshot) -> str:
    """Return a text that changes when settings or content ask for another plan."""
    goal, model = snapshot.goal.day if snapshot.goal else 0, snapshot.model
    settings = (snapshot.exam.id, goal, snapshot.settings.minutes, model.retention, *model.parameters)
    parts: tuple[object, ...] = (settings, tuple(snapshot.candidates))
    if snapshot.missed_in_mock:
        parts += (sorted(snapshot.missed_in_mock),)
    return f"{crc32(repr(parts).encode()):08x}"
