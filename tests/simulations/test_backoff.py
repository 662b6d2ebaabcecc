from statistics import mean
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from dva.simulations import load

BACKOFF = load("backoff")
ALGORITHMS = ["none", "exponential", "full", "equal", "decorrelated"]


def means(clients: int, algorithm: str, runs: int = 8) -> tuple[float, float]:
    """(time in ms, calls), the mean of some seeds."""
    found = [
        BACKOFF.run({"clients": clients, "algorithm": algorithm, "seed": seed}, steps=False).outcome
        for seed in range(runs)
    ]
    return mean(o["time_ms"] for o in found), mean(o["calls"] for o in found)


def test_the_ordering_of_the_architecture_blog() -> None:
    """100 clients: plain exponential is by far the slowest, full jitter needs the fewest calls."""
    time, calls = {}, {}
    for algorithm in ALGORITHMS:
        time[algorithm], calls[algorithm] = means(100, algorithm)
    assert time["exponential"] > 5 * time["equal"] > 5 * time["full"]
    assert calls["none"] > calls["exponential"] > calls["decorrelated"] > calls["full"]


@pytest.mark.parametrize(
    ("clients", "algorithm", "time", "calls"),
    [(10, "full", 480, 39), (10, "equal", 710, 42), (100, "full", 4886, 794), (100, "none", 2014, 2420)],
)
def test_means_near_those_of_the_simulator(clients: int, algorithm: str, time: int, calls: int) -> None:
    found = means(clients, algorithm, 20)
    assert found[0] == pytest.approx(time, rel=0.2)
    assert found[1] == pytest.approx(calls, rel=0.1)


@forall(st.integers(1, 25), st.sampled_from(["none", "exponential"]))
def test_clients_in_step_need_a_round_each(clients: int, algorithm: str) -> None:
    given = {"clients": clients, "algorithm": algorithm, "network_ms": {"mean": 10, "sd": 0}}
    assert BACKOFF.run(given, steps=False).outcome["calls"] == clients * (clients + 1) // 2


@forall(st.integers(1, 20), st.sampled_from(ALGORITHMS), st.integers(0, 99), st.integers(0, 50), st.integers(0, 400))
@settings(max_examples=60)
def test_what_can_never_happen(clients: int, algorithm: str, seed: int, base: int, cap: int) -> None:
    """Fewer writes than clients, more than if all collided each time, a run that depends on being told."""
    given: dict[str, Any] = {
        "clients": clients, "algorithm": algorithm, "seed": seed, "base_ms": base, "cap_ms": cap
    }  # fmt: skip
    trace = BACKOFF.run(given)
    assert clients <= trace.outcome["calls"] <= clients * (clients + 1) // 2
    assert trace.outcome["time_ms"] > 0
    assert BACKOFF.run(given, steps=False).outcome == trace.outcome
