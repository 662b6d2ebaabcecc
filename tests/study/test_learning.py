"""The plan against others, by simulated learners: a small part of `tests/benchmarks/learning.py`."""

import pytest
from learning import OTHERS, bundled, cell, study

WORSE_AT_MOST = 1.0
"""Points that the plan may be below another one, at the lower end of 95 %."""


@pytest.mark.slow
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("days", "minutes"), [(14, 30), (30, 15), (60, 30)])
def test_the_plan_is_never_below_another_one(days: int, minutes: int, known: bool) -> None:
    found = cell(bundled(), days, minutes, 8, known=known)
    lows = {name: found.gain(name)[1] for name in OTHERS}
    assert min(lows.values()) >= -WORSE_AT_MOST, lows


@pytest.mark.slow
def test_the_plan_gains_fifteen_points_over_that_of_november_where_time_is_short() -> None:
    assert cell(bundled(), 30, 15, 8).gain("november")[1] >= 15


def test_a_learner_with_few_days_learns_more_by_value_than_by_what_is_due() -> None:
    bank = bundled()
    assert study(bank, "value", 10, 15, 1).exam > study(bank, "plain", 10, 15, 1).exam + 10
