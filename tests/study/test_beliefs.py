"""Beliefs from answers: simulated learners who hold one, none, were cured, or guess and say so."""

import random
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from dva.study.beliefs import REMEMBERED, Evidence, evidence, standings

RUNS, SLIPS = 400, 0.1
BELIEFS = tuple(f"e/b{n}" for n in range(8))
KEY = "key"


def question(rng: random.Random, planted: str) -> dict[str, str]:
    """A question with a key and three wrong options: one stands for the planted belief, the others for other ones."""
    others = rng.sample([one for one in BELIEFS if one != planted], 2)
    return {planted: "a", others[0]: "b", others[1]: "c"}


def answers(rng: random.Random, planted: str, count: int, *, holds: bool) -> Iterator[Evidence]:
    for _ in range(count):
        predicted = question(rng, planted)
        meant = predicted[planted] if holds else KEY
        slipped = rng.choice([option for option in (KEY, "a", "b", "c") if option != meant])
        yield from evidence(slipped if rng.random() < SLIPS else meant, KEY, predicted, 4)


def named(found: list[Evidence]) -> set[str]:
    return {one.belief for one in standings(found) if one.is_named}


def share(runs: Iterator[bool]) -> float:
    results = list(runs)
    return sum(results) / len(results)


def test_a_planted_belief_is_named_within_five_questions_that_separate_it() -> None:
    def runs() -> Iterator[bool]:
        for seed in range(RUNS):
            found = list(answers(random.Random(seed), "e/b0", 5, holds=True))
            per = [one for one in found if one.belief == "e/b0"]
            yield any("e/b0" in named(per[:count]) for count in range(1, 6))

    assert share(runs()) >= 0.95


def test_once_cured_it_is_released_within_four() -> None:
    def runs() -> Iterator[bool]:
        for seed in range(RUNS):
            rng = random.Random(seed)
            found = list(answers(rng, "e/b0", 5, holds=True))
            after: list[Evidence] = []
            released = False
            for _ in range(4):
                after += answers(rng, "e/b0", 1, holds=False)
                released = released or "e/b0" not in named(found + after)
            yield released

    assert share(runs()) >= 0.95


def test_who_holds_none_is_told_none() -> None:
    def runs() -> Iterator[bool]:
        for seed in range(RUNS):
            rng = random.Random(seed)
            found = [one for belief in BELIEFS for one in answers(rng, belief, 5, holds=False)]
            yield not named(found)

    assert share(runs()) >= 0.95


@given(st.lists(st.sampled_from(["for", "against", "neither"]), max_size=8), st.integers(2, 6))
def test_one_more_right_answer_never_makes_a_belief_more_probable(kinds: list[str], options: int) -> None:
    found = [Evidence("e/b", kind, options) for kind in kinds]  # type: ignore[arg-type]
    before = standings(found)[0].probability if found else 0.05
    more = standings([*found, Evidence("e/b", "against", options)])[0]
    assert more.probability <= before or len(found) >= REMEMBERED  # the oldest answer is forgotten


def test_only_what_separates_is_evidence() -> None:
    said = list(evidence("x", KEY, {"e/b": "a", "e/c": "b"}, 4))
    assert [one.kind for one in said] == ["neither", "neither"]
    assert [one.kind for one in evidence("a", KEY, {"e/b": "a", "e/c": "b"}, 4)] == ["for", "neither"]
    assert [one.kind for one in evidence(KEY, KEY, {"e/b": "a"}, 4)] == ["against"]
