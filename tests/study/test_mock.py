"""The mock exam as numbers: seats by domain, which questions are drawn, the score and what is worth looking at."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.study import mock

C03 = {"1": 30, "2": 26, "3": 22, "4": 22}
C02 = {"1": 32, "2": 26, "3": 24, "4": 18}


def test_seats_are_those_of_the_exam() -> None:
    assert mock.seats(C03, 65) == {"1": 20, "2": 17, "3": 14, "4": 14}
    assert mock.seats(C02, 65) == {"1": 21, "2": 17, "3": 15, "4": 12}


@given(st.integers(1, 200), st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_seats_add_up_and_are_never_one_off(total: int, weights: list[int]) -> None:
    named = {str(n): weight for n, weight in enumerate(weights)}
    found = mock.seats(named, total)
    assert sum(found.values()) == total
    for name, weight in named.items():
        assert abs(found[name] - total * weight / sum(weights)) < 1


@pytest.mark.parametrize(("total", "unscored"), [(65, 15), (13, 3), (1, 0), (130, 30), (30, 7)])
def test_as_many_do_not_count_as_in_the_exam(total: int, unscored: int) -> None:
    assert mock.unscored_count(total, 65, 50) == unscored


pools = st.lists(
    st.builds(mock.Candidate, st.uuids().map(str), st.sampled_from(sorted(C03)), st.integers(0, 3), st.booleans()),
    max_size=60,
)


@given(pools, st.integers(1, 40), st.integers(0, 9))
def test_no_question_is_asked_twice_before_all_were_asked_once(
    pool: list[mock.Candidate], total: int, seed: int
) -> None:
    wanted = mock.seats(C03, total)
    chosen = mock.draw(pool, wanted, random.Random(seed))
    assert len({one.question for one in chosen}) == len(chosen)
    for domain, count in wanted.items():
        mine, there = ([one for one in some if one.domain == domain] for some in (chosen, pool))
        assert len(mine) == min(count, len(there))
        left = [one for one in there if one not in mine]
        for one in mine:
            assert all((one.times, one.seen) <= (other.times, other.seen) for other in left)


@given(pools, st.integers(0, 9))
def test_the_same_seed_draws_the_same_questions(pool: list[mock.Candidate], seed: int) -> None:
    wanted = mock.seats(C03, 20)
    assert mock.draw(pool, wanted, random.Random(seed)) == mock.draw(pool, wanted, random.Random(seed))


def marked(name: str, *, correct: bool = False, answered: bool = True, sure: bool = True, **more: bool) -> mock.Marked:
    return mock.Marked(name, "1", correct, answered, sure, more.get("scored", True), 60_000)


def test_the_worst_miss_comes_first_and_what_was_known_not_at_all() -> None:
    shown = mock.worst_first([
        marked("known", correct=True), marked("lucky", correct=True, sure=False), marked("blank", answered=False),
        marked("unsure", sure=False), marked("sure"),
    ])  # fmt: skip
    assert [one.question for one in shown] == ["sure", "unsure", "blank", "lucky"]


def test_what_does_not_count_is_not_in_the_score() -> None:
    found = mock.score([marked("a", correct=True), marked("b"), marked("c", correct=True, scored=False)])
    assert found == [mock.DomainScore("1", 1, 2, 60.0)]
