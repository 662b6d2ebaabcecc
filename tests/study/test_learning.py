"""The plan against others, by simulated learners: a small part of `tests/benchmarks/learning.py`."""

from statistics import fmean

import pytest
from learning import FIRST_DAY, KNOWN_MODEL, OTHERS, SECONDS, Day, Learner, bundled, cell, study, value

from dva.study.forecast import FIRM, course
from dva.study.plan import ExamGoal, predicted_recall

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


@pytest.mark.parametrize(("days", "minutes"), [(30, 10), (14, 15)])
def test_what_a_learner_is_on_course_for_is_about_what_comes(days: int, minutes: int) -> None:
    """Told on the fourth morning, against the day of the exam."""
    bank, goal = bundled(), ExamGoal(FIRST_DAY + days, FIRST_DAY)
    told, came = list[int](), list[int]()
    for seed in range(4):
        learner, unseen = Learner(seed, KNOWN_MODEL, minutes * 60 // SECONDS), list(bank.weights)
        for today in range(FIRST_DAY, goal.day):
            count = max(1, int(learner.budget / learner.per_card()))
            if today == FIRST_DAY + 3:
                cards = learner.cards.values()
                told.append(course(cards, unseen, today, count, goal, bank.weights, KNOWN_MODEL).known)
            missed, learner.missed = frozenset(learner.missed), set()
            for name in value(Day(bank, learner, today, goal, count, unseen, 0, missed)):
                if name not in learner.cards:
                    unseen.remove(name)
                learner.answer(name, today, 1)
        came.append(sum(predicted_recall(card, goal.day) >= FIRM for card in learner.cards.values()))
    assert 0.85 <= fmean(told) / fmean(came) <= 1.15, (told, came)
