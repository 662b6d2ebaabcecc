"""The order of a session, as properties over any set of cards and any answers."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dva.study.queue import (
    APART,
    RETURNS,
    Candidate,
    Given,
    Place,
    Probe,
    plan,
    position,
    remaining,
    seen_longest_ago,
    shuffled,
)

TOPICS = ("ecs", "beanstalk", "cicd")


def candidate(n: int, topic: str, probes: int = 2) -> Candidate:
    return Candidate(f"n{n}", tuple(Probe(f"q{n}.{k}", (f"n{n}",), topic) for k in range(probes)))


candidates = st.lists(st.tuples(st.sampled_from(TOPICS), st.integers(1, 3)), min_size=1, max_size=25).map(
    lambda told: [candidate(n, *what) for n, what in enumerate(told)]
)


def play(cards: list[Candidate], seed: int, wrong: random.Random, odds: float) -> tuple[list[Place], list[Given]]:
    """Answer a whole session, wrong with these odds; the places as they were asked."""
    places, probes = plan(cards, (), {}, seed), {card.card: card.probes for card in cards}
    asked: list[Place] = []
    given_: list[Given] = []
    while rest := remaining(places, probes, given_):
        asked.append(rest[0])
        given_.append(Given(rest[0].card, rest[0].question, wrong.random() >= odds))
    return asked, given_


@given(candidates, candidates, st.integers(0, 9))
def test_every_card_has_one_place_and_reviews_come_before_new_ones(
    review: list[Candidate], new: list[Candidate], seed: int
) -> None:
    new = [Candidate("new-" + card.card, card.probes) for card in new]
    places = [place.card for place in plan(review, new, {}, seed)]
    assert sorted(places) == sorted(card.card for card in (*review, *new))
    assert {*places[: len(review)]} == {card.card for card in review}


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
            assert others >= APART - 1 or all(place.returns for place in asked[again[0] + 1 :])
    assert max(place.returns for place in asked) <= RETURNS


@settings(deadline=None)
@given(candidates, st.integers(0, 9), st.randoms(use_true_random=False))
def test_a_wrong_card_returns_with_another_probe(cards: list[Candidate], seed: int, wrong: random.Random) -> None:
    asked, _ = play(cards, seed, wrong, 0.7)
    last: dict[str, str] = {}
    probes = {card.card: len(card.probes) for card in cards}
    for place in asked:
        assert probes[place.card] == 1 or last.get(place.card) != place.question
        last[place.card] = place.question


@settings(deadline=None)
@given(candidates, st.integers(0, 9), st.randoms(use_true_random=False), st.data())
def test_what_is_left_depends_on_plan_and_answers_alone(
    cards: list[Candidate], seed: int, wrong: random.Random, data: st.DataObject
) -> None:
    """Stopped anywhere, a session goes on as if it had not been; an undone answer leads back to its card."""
    asked, given_ = play(cards, seed, wrong, 0.5)
    stop = data.draw(st.integers(0, len(given_) - 1))
    probes = {card.card: card.probes for card in cards}
    assert remaining(plan(cards, (), {}, seed), probes, given_[:stop])[0] == asked[stop]
    done, total = position(plan(cards, (), {}, seed), probes, given_[:stop])
    assert done == stop + 1 <= total <= len(asked)


def test_the_most_at_risk_comes_first_where_topics_allow() -> None:
    cards = [candidate(n, TOPICS[n % 3]) for n in range(9)]
    assert [place.card for place in plan(cards, (), {}, 1)] == [card.card for card in cards]


def test_siblings_are_spread() -> None:
    cards = [candidate(n, TOPICS[n // 4]) for n in range(12)]
    topics = [place.topic for place in plan(cards, (), {}, 1)]
    assert all(one != other for one, other in pairwise(topics))


@given(candidates)
def test_a_topic_stands_beside_itself_only_where_it_must(cards: list[Candidate]) -> None:
    """Topics can be kept apart where none makes up more than half of the places."""
    topics = [place.topic for place in plan(cards, (), {}, 1)]
    most = max(topics.count(topic) for topic in topics)
    beside = sum(one == other for one, other in pairwise(topics))
    assert beside == max(0, 2 * most - len(topics) - 1)


def test_probes_that_share_a_note_stand_apart() -> None:
    """The second card's question touches the first card's note too."""
    cards = [candidate(n, "ecs", 1) for n in range(8)]
    cards[1] = Candidate("n1", (Probe("q1.0", ("n1", "n0"), "ecs"),))
    order = [place.card for place in plan(cards, (), {}, 1)]
    assert order.index("n1") - order.index("n0") >= APART


def test_a_wrong_card_alone_comes_back_at_once() -> None:
    probes = {"n0": candidate(0, "ecs").probes}
    places = plan([candidate(0, "ecs")], (), {}, 1)
    (back,) = remaining(places, probes, [Given("n0", places[0].question, False)])
    assert back.returns == 1 and back.question != places[0].question


def test_four_others_come_between() -> None:
    cards = [candidate(n, "ecs") for n in range(9)]
    places = plan(cards, (), {}, 1)
    rest = remaining(places, {card.card: card.probes for card in cards}, [Given("n0", places[0].question, False)])
    assert [place.card for place in rest][:6] == ["n1", "n2", "n3", "n4", "n0", "n5"]


def test_the_probe_seen_longest_ago_is_chosen() -> None:
    probes = candidate(1, "ecs", 3).probes
    assert seen_longest_ago(probes, {"q1.0": 5, "q1.1": 3, "q1.2": 9}, 1).question == "q1.1"
    assert seen_longest_ago(probes, {"q1.0": 5, "q1.1": 3}, 1).question == "q1.2"


def test_the_seed_decides_among_probes_never_seen() -> None:
    probes = candidate(1, "ecs", 3).probes
    assert {seen_longest_ago(probes, {}, seed).question for seed in range(20)} == {"q1.0", "q1.1", "q1.2"}


@given(st.sets(st.text(min_size=1), min_size=1), st.integers(), st.data())
def test_taking_names_away_leaves_the_order_of_the_others(names: set[str], seed: int, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(names))))
    assert shuffled(names - gone, seed) == [name for name in shuffled(names, seed) if name not in gone]
