"""Hostile nesting: whatever member holds it, a run gives an outcome or an error of dva, in every engine."""

import copy
from typing import Any

import pytest
from bundled import bundled_cases

from dva.errors import DvaError
from dva.simulations import load, names

FIRST = {case.simulation: case for case in reversed(bundled_cases())}
DEEP_TEXT = "[" * 20_000


def deep() -> Any:
    value: Any = {}
    for _ in range(20_000):
        value = {"a": value}
    return value


@pytest.mark.parametrize("name", names())
def test_a_member_that_is_nested_without_end_is_no_traceback(name: str) -> None:
    given = FIRST[name].given
    for member in given:
        for hostile in (deep(), DEEP_TEXT):
            changed = copy.copy(dict(given)) | {member: hostile}
            try:
                outcome = load(name).run(changed, steps=False).outcome
            except DvaError:
                continue
            assert outcome["status"] is not None
