"""The credentials engine answers as botocore does, and keeps the learner's secrets."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from botocore_world import World
from credential_worlds import chains, givens
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from dva.simulations import load

CREDENTIALS = load("credentials")
FULL = bool(os.environ.get("DVA_FULL"))
AGREED = ("status", "method", "access_key", "session_token", "region", "tried", "chain")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("world") / "it")
    yield world
    world.close()


@settings(
    max_examples=600 if FULL else 60,
    derandomize=not FULL,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(case=st.one_of(givens(), chains()))
def test_it_answers_as_botocore_does(world: World, case: dict[str, Any]) -> None:
    real, outcome = world.answer(case), CREDENTIALS.run(case).outcome
    event(f"{real['status']} {real['error'] or real['method']}")
    assert {key: outcome[key] for key in AGREED} == {key: real[key] for key in AGREED}
    assert (outcome["error"] or {}).get("code") == real["error"]
