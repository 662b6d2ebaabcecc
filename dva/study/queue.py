"""The order of a session: which probe is asked next, and when a wrong one comes back.

A session is planned once from a seed (`plan`); what is left of it is a pure function of that plan and of the answers
given since (`remaining`). So undo, a closed laptop or a killed process lead back to the same card.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from msgspec import Struct

APART = 5
"""Places between two probes of one note: at least four others stand between them."""
RETURNS = 3
"""How often a wrong card comes back within a session."""


class Probe(Struct, frozen=True):
    """A question as the queue sees it; the first of `notes` is the card that it rates."""

    question: str
    notes: tuple[str, ...]
    topic: str = ""
    difficulty: int = 0


class Candidate(Struct, frozen=True):
    """A card that could be asked, with its probes in the order of the files."""

    card: str
    probes: tuple[Probe, ...]


class Place(Struct, frozen=True):
    """One place in a session: the card, and the probe that asks for it. `returns`: it was wrong before."""

    card: str
    question: str
    notes: tuple[str, ...]
    topic: str = ""
    returns: int = 0


class Given(Struct, frozen=True):
    """One answer of this session, in order; answers that were undone are left out."""

    card: str
    question: str
    right: bool


Probes = Mapping[str, Sequence[Probe]]
"""The probes of each card of the session."""


def plan(
    review: Sequence[Candidate], new: Sequence[Candidate], seen: Mapping[str, int], seed: int
) -> tuple[Place, ...]:
    """The places of a session: `review` in its order (most at risk first), then `new` in its order.

    `seen` maps questions to the moment of their last answer. Siblings of a topic are spread, and two probes that
    touch one note stand apart, as far as the cards allow.
    """
    session = tuple[Place, ...]()
    for group in (review, new):
        session = _spread(session, [_place(candidate, seen, seed) for candidate in group if candidate.probes])
    return session


def _place(candidate: Candidate, seen: Mapping[str, int], seed: int) -> Place:
    probe = seen_longest_ago(candidate.probes, seen, seed)
    return Place(candidate.card, probe.question, probe.notes, probe.topic)


def seen_longest_ago(probes: Sequence[Probe], seen: Mapping[str, int], seed: int) -> Probe:
    """The probe that was never seen, else seen longest ago; among equals the easiest, then the seed decides."""
    return min(probes, key=lambda p: (seen.get(p.question, -1), p.difficulty, _lot(seed, p.question)))


def _lot(seed: int, name: str) -> bytes:
    """A place in an order that looks random, yet does not depend on what else takes part."""
    return sha256(f"{seed}:{name}".encode()).digest()


def shuffled(names: Iterable[str], seed: int) -> list[str]:
    """Names in the seed's order; taking some away leaves the order of the others."""
    return sorted(names, key=lambda name: _lot(seed, name))


def _spread(before: tuple[Place, ...], waiting: Sequence[Place]) -> tuple[Place, ...]:
    """Append `waiting`, each time the first that does not follow its like; where all do, the least like."""
    done, rest = list(before), list(waiting)
    while rest:
        done.append(rest.pop(_fitting(done, rest)))
    return tuple(done)


def _fitting(done: Sequence[Place], rest: Sequence[Place]) -> int:
    """Which of the rest goes next. A topic that makes up more than half of it cannot wait: it would pile up."""
    topic, count = Counter(place.topic for place in rest).most_common(1)[0]
    urgent = topic if 2 * count > len(rest) else None

    def misfit(n: int) -> tuple[int, bool, bool, int]:
        clash = _clash(done, rest[n])
        return max(0, clash - 1), clash == 1, rest[n].topic != urgent, n

    return min(range(len(rest)), key=misfit)


def _clash(before: Sequence[Place], place: Place) -> int:
    """0 = fits here, 1 = follows its topic, 2 or more = shares a note with a place too near."""
    for distance, other in enumerate(reversed(before[-APART + 1 :])):
        if not set(other.notes).isdisjoint(place.notes):
            return APART + 1 - distance
    return int(bool(before) and before[-1].topic == place.topic)


def remaining(places: Sequence[Place], probes: Probes, given: Sequence[Given]) -> list[Place]:
    """What is left of a session after the answers `given`; the first is asked next.

    A wrong card comes back after at least four others, or last where fewer are left, with another probe where it
    has one, and at most three times.
    """
    rest = list(places)
    wrong: dict[str, int] = {}
    asked: dict[str, int] = {}
    for n, answer in enumerate(given):
        _take(rest, answer.card)
        asked[answer.question] = n
        wrong[answer.card] = wrong.get(answer.card, 0) + (not answer.right)
        if not answer.right and wrong[answer.card] <= RETURNS and probes.get(answer.card):
            place = _return(probes[answer.card], answer, asked, wrong[answer.card])
            rest.insert(_back(rest, place), place)
    return rest


def _take(rest: list[Place], card: str) -> None:
    for n, place in enumerate(rest):
        if place.card == card:
            del rest[n]
            return


def _return(probes: Sequence[Probe], answer: Given, asked: Mapping[str, int], times: int) -> Place:
    """The same card by another probe: the one that this session asked longest ago, or not at all."""
    others = [probe for probe in probes if probe.question != answer.question] or list(probes)
    probe = min(others, key=lambda probe: asked.get(probe.question, -1))
    return Place(answer.card, probe.question, probe.notes, probe.topic, times)


def _back(rest: Sequence[Place], place: Place) -> int:
    """Where a returning place fits: the first gap after four others that keeps notes and topics apart."""
    first = min(APART - 1, len(rest))
    gaps = range(first, len(rest) + 1)
    return min(gaps, key=lambda n: (_clash(rest[:n], place) > 1, _pushes(rest, n, place), n - first))


def _pushes(rest: Sequence[Place], n: int, place: Place) -> bool:
    """Would the place stand beside its own topic, or too near before a probe of its note?"""
    near = rest[n : n + APART - 1]
    beside = [*rest[max(0, n - 1) : n], *rest[n : n + 1]]
    return any(other.topic == place.topic for other in beside) or any(
        not set(other.notes).isdisjoint(place.notes) for other in near
    )


def position(places: Sequence[Place], probes: Probes, given: Sequence[Given]) -> tuple[int, int]:
    """The number of the place that is asked next, and of all places as far as is known now: "4/15"."""
    left = len(remaining(places, probes, given))
    return len(given) + min(left, 1), len(given) + left
