"""Every bundled scenario ends as it says it does."""

import pytest
from bundled import bundled_cases

from dva.items.expectation import differences
from dva.items.scenario import Scenario
from dva.simulations import load

CASES = bundled_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.simulation}/{case.name}")
def test_bundled_scenario_ends_as_expected(case: Scenario) -> None:
    trace = load(case.simulation).run(case.given)
    assert case.expect, "a bundled scenario says what it expects"
    assert differences(case.expect, trace.outcome) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.simulation}/{case.name}")
def test_bundled_scenario_has_a_title_and_names_its_notes(case: Scenario) -> None:
    assert case.title and case.notes
