"""Ways to answer without knowing: each finds what it looks for, and nothing where there is nothing to find."""

import pytest

from dva.items.strategies import STRATEGIES, Item, measure

GIVEN_AWAY = {
    "longest": Item("?", ("one", "two", "the long and careful one", "six"), 2),
    "shortest": Item("?", ("several words", "some words", "no", "other words"), 2),
    "most hedged": Item("?", ("It fails", "It runs", "It usually can run", "It stops"), 2),
    "most absolute": Item("?", ("It never fails", "It fails", "It runs", "It stops"), 0),
    "most words of the stem": Item("Which table holds orders?", ("a queue", "the orders table", "a file", "a log"), 1),
    "number with neighbors": Item("?", ("3", "4", "5", "9"), 1),
    "inner number": Item("?", ("1", "5", "5.5", "9"), 1),
    "smallest number": Item("?", ("1", "5", "7", "9"), 0),
    "largest number": Item("?", ("1", "5", "7", "9"), 3),
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_key_that_is_given_away_is_found_above_chance(name: str) -> None:
    found = {one.strategy: one for one in measure([GIVEN_AWAY[name]] * 30)}
    assert found[name].items == 30
    assert found[name].gain >= 0.25 and found[name].lower >= 0.25


def test_options_that_are_alike_give_nothing_away() -> None:
    alike = Item("Which one?", ("four", "five", "nine", "zero"), 1)
    assert {one.gain for one in measure([alike] * 10)} == {0.0}


def test_a_key_that_the_strategy_avoids_counts_below_chance() -> None:
    longest = next(one for one in measure([Item("?", ("no", "a longer option"), 0)]) if one.strategy == "longest")
    assert longest.gain == -0.5
