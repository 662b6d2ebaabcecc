"""Readiness: simulated learners whose true score is known, one mock each."""

import random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.study import readiness
from dva.study.readiness import HeldOut, Range, Share

RUNS, QUESTIONS, CARDS = 200, 65, 300
LEARNERS = {"knows": (0.97, 0.5), "between": (0.65, 0.2), "memorises shapes": (0.25, 0.05)}
"""What carries over, and what is known without study."""


def one_run(seed: int, tau: float, unseen: float) -> tuple[float, Range]:
    """A learner who studied two thirds of the notes takes one mock: the true score, and the estimate."""
    rng = random.Random(seed)
    cards = [
        Share("1", rng.uniform(0.2, 1.0), rng.betavariate(9, 1.5) if rng.random() < 0.67 else None)
        for _ in range(CARDS)
    ]
    answers = []
    for card in rng.choices(cards, weights=[card.weight for card in cards], k=QUESTIONS):
        guess = 0.25 if rng.random() < 0.8 else 0.1
        known = unseen if card.recall is None else tau * card.recall
        right = rng.random() < guess + (readiness.KNOWN - guess) * known
        answers.append(HeldOut(right, guess, card.recall))
    fitted = readiness.fit(answers)
    assert fitted is not None
    total = sum(card.weight for card in cards)
    known = sum(card.weight * (unseen if card.recall is None else tau * card.recall) for card in cards) / total
    return readiness.KNOWN * known + (1 - known) * 0.25, readiness.expected(cards, fitted)["1"]


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_true_score_is_in_the_range_and_the_mean_is_not_biased(learner: str) -> None:
    runs = [one_run(seed, *LEARNERS[learner]) for seed in range(RUNS)]
    inside = sum(found.low <= true <= found.high for true, found in runs)
    bias = mean(found.share - true for true, found in runs)
    print(f"{learner}: bias {100 * bias:+.1f} points, inside {inside} of {RUNS}")
    assert inside >= 0.9 * RUNS and abs(bias) <= 0.05


def test_there_is_no_figure_under_thirty_answers() -> None:
    answers = [HeldOut(True, 0.25, 0.9)] * 29
    assert readiness.fit(answers) is None
    assert readiness.fit([*answers, HeldOut(True, 0.25, None)]) is not None


@given(
    st.lists(
        st.builds(HeldOut, st.booleans(), st.sampled_from([0.25, 0.1, 0.0]), st.none() | st.floats(0, 1)),
        min_size=30,
        max_size=80,
    )
)
def test_a_range_has_its_estimate_inside(answers: list[HeldOut]) -> None:
    fitted = readiness.fit(answers)
    assert fitted is not None
    for one in (fitted.tau, fitted.unseen):
        assert 0 <= one.low <= one.share + 0.01 and one.share <= one.high + 0.01 <= 1.01


@pytest.mark.parametrize(
    ("kind", "options", "wanted", "guess"),
    [("single", 4, 1, 0.25), ("multi", 5, 2, 0.1), ("order", 4, 4, 0.0), ("match", 4, 4, 0.0), ("multi", 6, 3, 0.05)],
)
def test_what_chance_gets_right(kind: str, options: int, wanted: int, guess: float) -> None:
    assert readiness.guess_of(kind, options, wanted) == guess
