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
RETURNS = 3
"""How often a wrong card comes back within a session."""


class Probe(Struct, frozen=True):
    """A question that can be asked for a card; the first of `notes` is the card that it rates."""

    question: str
    notes: tuple[str, ...]
    topic: str = ""
    difficulty: int = 0


class Candidate(Struct, frozen=True):
    """A card that can be asked, with its probes in the order of the files."""

    card: str
    probes: tuple[Probe, ...]


class Slot(Struct, frozen=True):
    """One question of a session: the card and the probe that asks for it. `returns` counts earlier misses."""

    card: str
    question: str
    notes: tuple[str, ...]
    topic: str = ""
    returns: int = 0


class SessionAnswer(Struct, frozen=True):
    """One answer of this session; `right` is false for an aided answer too."""

    card: str
    question: str
    right: bool


Probes = Mapping[str, Sequence[Probe]]
"""The probes of each card of the session."""


def plan_session(
    review: Sequence[Candidate], new: Sequence[Candidate], seen: Mapping[str, int], seed: int
) -> tuple[Slot, ...]:
    """Return the slots of a session: `review` in its order (most at risk first), then `new` in its order.

    `seen` maps questions to the time of their last answer. Siblings of a topic are spread, and two probes that
    touch one note stand apart, as far as the cards allow.
    """
    session = tuple[Slot, ...]()
    for group in (review, new):
        session = _spread(session, [_slot(candidate, seen, seed) for candidate in group if candidate.probes])
    return session


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

    A wrong card comes back after at least four others, or last where fewer are left, with another probe where it
    has one, and at most three times.
    """

    def __init__(self, slots: Sequence[Slot], probes: Probes) -> None:
        self.slots = list(slots)
        self._probes = probes
        self._misses: dict[str, int] = {}
        self._asked: dict[str, int] = {}
        self._answers = 0

    def record(self, answer: SessionAnswer) -> None:
        """Remove the answered slot and, where the answer was wrong, insert the one that brings the card back."""
        _remove_card(self.slots, answer.card)
        self._asked[answer.question] = self._answers
        self._answers += 1
        if answer.right:
            return
        misses = self._misses[answer.card] = self._misses.get(answer.card, 0) + 1
        if misses <= RETURNS and self._probes.get(answer.card):
            slot = _return(self._probes[answer.card], answer, self._asked, misses)
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


def _return(probes: Sequence[Probe], answer: SessionAnswer, asked: Mapping[str, int], times: int) -> Slot:
    """Return a slot for the same card by another probe: one this session has not asked, else asked longest ago."""
    others = [probe for probe in probes if probe.question != answer.question] or list(probes)
    probe = min(others, key=lambda probe: asked.get(probe.question, -1))
    return Slot(answer.card, probe.question, probe.notes, probe.topic, times)


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
