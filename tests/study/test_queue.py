"""The order of a session, as properties over any set of cards and any answers."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dva.study.queue import (
    APART,
    RETURNS,
    Candidate,
    Probe,
    SessionAnswer,
    Slot,
    least_recently_seen,
    mixed,
    plan_session,
    remaining,
    shuffled,
)

TOPICS = ("ecs", "beanstalk", "cicd")


def candidate(n: int, topic: str, probes: int = 2) -> Candidate:
    return Candidate(f"n{n}", tuple(Probe(f"q{n}.{k}", (f"n{n}",), topic) for k in range(probes)))


candidates = st.lists(st.tuples(st.sampled_from(TOPICS), st.integers(1, 3)), min_size=1, max_size=25).map(
    lambda told: [candidate(n, *what) for n, what in enumerate(told)]
)


def play(
    cards: list[Candidate], seed: int, wrong: random.Random, odds: float
) -> tuple[list[Slot], list[SessionAnswer]]:
    """Answer a whole session, wrong with these odds; the slots as they were asked."""
    slots, probes = plan_session(cards, (), {}, seed), {card.card: card.probes for card in cards}
    asked: list[Slot] = []
    given_: list[SessionAnswer] = []
    while rest := remaining(slots, probes, given_):
        asked.append(rest[0])
        known = wrong.random() >= odds
        given_.append(SessionAnswer(rest[0].card, rest[0].question, known, known))
    return asked, given_


@given(candidates, candidates, st.integers(0, 9))
def test_every_card_has_one_place_and_the_promised_come_first(
    review: list[Candidate], new: list[Candidate], seed: int
) -> None:
    new = [Candidate("new-" + card.card, card.probes) for card in new]
    slots = [slot.card for slot in plan_session(review, new, {}, seed)]
    assert sorted(slots) == sorted(card.card for card in (*review, *new))
    assert {*slots[: len(review)]} == {card.card for card in review}


@settings(deadline=None)
@given(candidates, st.integers(0, 9), st.randoms(use_true_random=False), st.sampled_from([0.2, 0.6, 1.0]))
def test_a_wrong_card_comes_back_late_and_not_for_ever(
    cards: list[Candidate], seed: int, wrong: random.Random, odds: float
) -> None:
    asked, given_ = play(cards, seed, wrong, odds)
    for n, answer in enumerate(given_):
        again = [m for m in range(n + 1, len(asked)) if asked[m].card == answer.card]
        earlier = sum(not before.right for before in given_[:n] if before.card == answer.card)
        assert bool(again) == (not answer.right and earlier < RETURNS)
        if again:
            others = again[0] - n - 1
            assert others >= APART - 1 or all(slot.returns for slot in asked[again[0] + 1 :])
    assert max(slot.returns for slot in asked) <= RETURNS


@settings(deadline=None)
@given(candidates, st.integers(0, 9), st.randoms(use_true_random=False))
def test_a_wrong_card_returns_with_the_same_probe(cards: list[Candidate], seed: int, wrong: random.Random) -> None:
    """A probe never seen is kept for measuring, not spent minutes after the explanation."""
    asked, _ = play(cards, seed, wrong, 0.7)
    first: dict[str, str] = {}
    for slot in asked:
        assert first.setdefault(slot.card, slot.question) == slot.question


def test_a_lucky_guess_returns_once() -> None:
    cards = [candidate(n, TOPICS[n % 3]) for n in range(9)]
    slots, probes = plan_session(cards, (), {}, 1), {card.card: card.probes for card in cards}
    lucky = SessionAnswer(slots[0].card, slots[0].question, True, False)
    rest = remaining(slots, probes, [lucky])
    (back,) = [slot for slot in rest if slot.card == lucky.card]
    assert rest.index(back) >= APART - 1 and back.question == lucky.question
    others = [SessionAnswer(slot.card, slot.question, True, True) for slot in rest if slot != back]
    assert remaining(slots, probes, [lucky, *others, lucky]) == []


@given(candidates, candidates)
def test_new_cards_stand_evenly_among_reviews(review: list[Candidate], new: list[Candidate]) -> None:
    new = [Candidate("new-" + card.card, card.probes) for card in new]
    order = mixed(review, new)
    assert [card for card in order if card in review] == review and [card for card in order if card in new] == new
    for n in range(len(order)):
        ahead = sum(card in new for card in order[: n + 1])
        assert abs(ahead - (n + 1) * len(new) / len(order)) <= 1


@settings(deadline=None)
@given(candidates, st.integers(0, 9), st.randoms(use_true_random=False), st.data())
def test_what_is_left_depends_on_plan_and_answers_alone(
    cards: list[Candidate], seed: int, wrong: random.Random, data: st.DataObject
) -> None:
    """Stopped anywhere, a session goes on as if it had not been; an undone answer leads back to its card."""
    asked, given_ = play(cards, seed, wrong, 0.5)
    stop = data.draw(st.integers(0, len(given_) - 1))
    probes = {card.card: card.probes for card in cards}
    left = remaining(plan_session(cards, (), {}, seed), probes, given_[:stop])
    assert left[0] == asked[stop]
    assert stop + len(left) <= len(asked)


def test_the_most_at_risk_comes_first_where_topics_allow() -> None:
    cards = [candidate(n, TOPICS[n % 3]) for n in range(9)]
    assert [slot.card for slot in plan_session(cards, (), {}, 1)] == [card.card for card in cards]


def test_siblings_are_spread() -> None:
    cards = [candidate(n, TOPICS[n // 4]) for n in range(12)]
    topics = [slot.topic for slot in plan_session(cards, (), {}, 1)]
    assert all(one != other for one, other in pairwise(topics))


@given(candidates)
def test_a_topic_stands_beside_itself_only_where_it_must(cards: list[Candidate]) -> None:
    """Topics can be kept apart where none makes up more than half of the slots."""
    topics = [slot.topic for slot in plan_session(cards, (), {}, 1)]
    most = max(topics.count(topic) for topic in topics)
    beside = sum(one == other for one, other in pairwise(topics))
    assert beside == max(0, 2 * most - len(topics) - 1)


def test_probes_that_share_a_note_stand_apart() -> None:
    """The second card's question touches the first card's note too."""
    cards = [candidate(n, "ecs", 1) for n in range(8)]
    cards[1] = Candidate("n1", (Probe("q1.0", ("n1", "n0"), "ecs"),))
    order = [slot.card for slot in plan_session(cards, (), {}, 1)]
    assert order.index("n1") - order.index("n0") >= APART


def test_a_wrong_card_alone_comes_back_at_once() -> None:
    probes = {"n0": candidate(0, "ecs").probes}
    slots = plan_session([candidate(0, "ecs")], (), {}, 1)
    (back,) = remaining(slots, probes, [SessionAnswer("n0", slots[0].question, False, False)])
    assert back.returns == 1 and back.question == slots[0].question


def test_four_others_come_between() -> None:
    cards = [candidate(n, "ecs") for n in range(9)]
    slots = plan_session(cards, (), {}, 1)
    rest = remaining(
        slots, {card.card: card.probes for card in cards}, [SessionAnswer("n0", slots[0].question, False, False)]
    )
    assert [slot.card for slot in rest][:6] == ["n1", "n2", "n3", "n4", "n0", "n5"]


def test_the_probe_seen_longest_ago_is_chosen() -> None:
    probes = candidate(1, "ecs", 3).probes
    assert least_recently_seen(probes, {"q1.0": 5, "q1.1": 3, "q1.2": 9}, 1).question == "q1.1"
    assert least_recently_seen(probes, {"q1.0": 5, "q1.1": 3}, 1).question == "q1.2"


def test_the_seed_decides_among_probes_never_seen() -> None:
    probes = candidate(1, "ecs", 3).probes
    assert {least_recently_seen(probes, {}, seed).question for seed in range(20)} == {"q1.0", "q1.1", "q1.2"}


@given(st.sets(st.text(min_size=1), min_size=1), st.integers(), st.data())
def test_taking_names_away_leaves_the_order_of_the_others(names: set[str], seed: int, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(names))))
    assert shuffled(names - gone, seed) == [name for name in shuffled(names, seed) if name not in gone]
