"""The order of a session: which probe is asked next, and when a wrong one comes back.

A session is planned once from a seed (`plan_session`); what is left of it is a pure function of that plan and of the
answers since (`remaining`). So undo, a closed laptop or a killed process lead back to the same card;
`SessionQueue` computes the same answer by answer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from msgspec import Struct

APART = 5
"""Slots from one probe of a note to the next: at least four others are between them."""
RETURNS = 1
"""How often a card comes back within a session; simulated, one return serves as well as three."""


class Probe(Struct, frozen=True):
    """A question that can be asked for a card; the first of `notes` is the card that it rates."""

    question: str
    notes: tuple[str, ...]
    topic: str = ""
    difficulty: int = 0


class Candidate(Struct, frozen=True):
    """A card that can be asked, with its probes in the order of the files; `held` are kept for a mock exam."""

    card: str
    probes: tuple[Probe, ...]
    held: tuple[Probe, ...] = ()

    @property
    def every(self) -> tuple[Probe, ...]:
        """Return all probes, also those that only a mock exam asks."""
        return self.probes + self.held


class Slot(Struct, frozen=True):
    """One question of a session: the card and the probe that asks for it. `returns` counts earlier misses."""

    card: str
    question: str
    notes: tuple[str, ...]
    topic: str = ""
    returns: int = 0


class SessionAnswer(Struct, frozen=True):
    """One answer of this session. `right` is false for an aided answer too; `known` also for a lucky guess."""

    card: str
    question: str
    right: bool
    known: bool


Probes = Mapping[str, Sequence[Probe]]
"""The probes of each card of the session."""


def plan_session(
    first: Sequence[Candidate], rest: Sequence[Candidate], seen: Mapping[str, int], seed: int
) -> tuple[Slot, ...]:
    """Return the slots of a session: all of `first` in its order, then `rest` in its order.

    `seen` maps questions to the time of their last answer. Siblings of a topic are spread, and two probes that
    touch one note stand apart, as far as the cards allow.
    """
    session = tuple[Slot, ...]()
    for group in (first, rest):
        session = _spread(session, [_slot(candidate, seen, seed) for candidate in group if candidate.probes])
    return session


def mixed(review: Sequence[Candidate], new: Sequence[Candidate]) -> list[Candidate]:
    """Return both in one list, the new ones evenly among the others, a review first."""
    places = [((n + 1) / (len(review) + 1), 0, n, card) for n, card in enumerate(review)]
    places += [((n + 1) / (len(new) + 1), 1, n, card) for n, card in enumerate(new)]
    return [card for *_, card in sorted(places, key=lambda place: place[:3])]


def _slot(candidate: Candidate, seen: Mapping[str, int], seed: int) -> Slot:
    probe = least_recently_seen(candidate.probes, seen, seed)
    return Slot(candidate.card, probe.question, probe.notes, probe.topic)


def least_recently_seen(probes: Sequence[Probe], seen: Mapping[str, int], seed: int) -> Probe:
    """Return a probe never seen, else the one seen longest ago; among equals the easiest, then the seed decides."""
    return min(probes, key=lambda p: (seen.get(p.question, -1), p.difficulty, _shuffle_key(seed, p.question)))


def _shuffle_key(seed: int, name: str) -> bytes:
    """Return a sort key that looks random, but does not depend on what else is sorted."""
    return sha256(f"{seed}:{name}".encode()).digest()


def shuffled(names: Iterable[str], seed: int) -> list[str]:
    """Return names in the seed's order; leaving some out keeps the order of the others."""
    return sorted(names, key=lambda name: _shuffle_key(seed, name))


def _spread(before: tuple[Slot, ...], waiting: Sequence[Slot]) -> tuple[Slot, ...]:
    """Append `waiting`, each time the first that conflicts with nothing before it, else least."""
    done, rest = list(before), list(waiting)
    while rest:
        done.append(rest.pop(_best_fit(done, rest)))
    return tuple(done)


def _best_fit(done: Sequence[Slot], rest: Sequence[Slot]) -> int:
    """Return the index of the slot that goes next. A topic that makes up more than half of the rest cannot wait."""
    topic, count = Counter(slot.topic for slot in rest).most_common(1)[0]
    urgent = topic if 2 * count > len(rest) else None

    def penalty(n: int) -> tuple[int, bool, bool, int]:
        conflict = _conflict(done, rest[n])
        return max(0, conflict - 1), conflict == 1, rest[n].topic != urgent, n

    return min(range(len(rest)), key=penalty)


def _conflict(before: Sequence[Slot], slot: Slot) -> int:
    """Return 0 where the slot fits, 1 where it follows its own topic, more where it is too near a slot of its note."""
    for distance, other in enumerate(reversed(before[-APART + 1 :])):
        if not set(other.notes).isdisjoint(slot.notes):
            return APART + 1 - distance
    return int(bool(before) and before[-1].topic == slot.topic)


class SessionQueue:
    """The slots that are left of a session, updated answer by answer; the first is asked next.

    A card that was not known, or right by a guess, comes back once, after at least four others or last where fewer are
    left. It comes back with the same probe: one never seen is kept for measuring, not spent minutes after the
    explanation.
    """

    def __init__(self, slots: Sequence[Slot], probes: Probes) -> None:
        self.slots = list(slots)
        self._probes = probes
        self._misses: dict[str, int] = {}

    def record(self, answer: SessionAnswer) -> None:
        """Remove the answered slot and, where the card was not known, insert the one that brings it back."""
        _remove_card(self.slots, answer.card)
        if answer.known:
            return
        misses = self._misses[answer.card] = self._misses.get(answer.card, 0) + 1
        probe = next((p for p in self._probes.get(answer.card, ()) if p.question == answer.question), None)
        if misses <= RETURNS and probe is not None:
            slot = Slot(answer.card, probe.question, probe.notes, probe.topic, misses)
            self.slots.insert(_return_index(self.slots, slot), slot)


def remaining(slots: Sequence[Slot], probes: Probes, answers: Iterable[SessionAnswer]) -> list[Slot]:
    """Return the slots that are left after the answers."""
    queue = SessionQueue(slots, probes)
    for answer in answers:
        queue.record(answer)
    return queue.slots


def _remove_card(rest: list[Slot], card: str) -> None:
    for n, slot in enumerate(rest):
        if slot.card == card:
            del rest[n]
            return


def _return_index(rest: Sequence[Slot], slot: Slot) -> int:
    """Return where a returning slot fits: the first gap after four others that keeps notes and topics apart."""
    first = min(APART - 1, len(rest))
    gaps = range(first, len(rest) + 1)
    return min(
        gaps, key=lambda n: (_conflict(rest[max(0, n - APART + 1) : n], slot) > 1, _crowds(rest, n, slot), n - first)
    )


def _crowds(rest: Sequence[Slot], n: int, slot: Slot) -> bool:
    """Whether the slot would be next to its own topic, or too near before a probe of its note."""
    following = rest[n : n + APART - 1]
    neighbours = [*rest[max(0, n - 1) : n], *rest[n : n + 1]]
    return any(other.topic == slot.topic for other in neighbours) or any(
        not set(other.notes).isdisjoint(slot.notes) for other in following
    )
