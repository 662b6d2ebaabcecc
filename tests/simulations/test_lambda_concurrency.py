"""Concurrency of AWS Lambda: what can never happen, and what cannot be read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("lambda-concurrency")


def outcome(functions: Any, requests: Any, **more: Any) -> dict[str, Any]:
    return dict(ENGINE.run({"functions": functions, "requests": requests, **more}, steps=False).outcome)


def test_the_configuration_is_taken_as_the_command_line_prints_it() -> None:
    printed = {"ReservedConcurrentExecutions": 3, "FunctionName": "f"}
    ended = outcome({"f": printed}, [{"at": 0, "function": "f", "count": 4}])
    assert ended["requests"][0]["throttled"] == 1
    assert ended["not_read"] == ["/given/functions/f/FunctionName"]


@pytest.mark.parametrize(
    ("requests", "text"),
    [
        ([{"at": 0, "function": "g"}], "no function `g`"),
        ([{"at": 1, "function": "f"}, {"at": 0, "function": "f"}], "order of time"),
        ([{"at": 0, "function": "f", "count": -1}], ">= 0"),
    ],
)
def test_what_cannot_be_read(requests: Any, text: str) -> None:
    with pytest.raises(GivenError, match=text):
        outcome({"f": {}}, requests)


FUNCTIONS = st.fixed_dictionaries({
    name: st.fixed_dictionaries({
        "ReservedConcurrentExecutions": st.none() | st.integers(5, 20),
        "ProvisionedConcurrentExecutions": st.integers(0, 5),
        "initSeconds": st.integers(0, 3),
        "durationSeconds": st.integers(1, 5),
    })
    for name in "fg"
})  # fmt: skip
BURSTS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from("fg"), st.integers(0, 80)), max_size=8).map(
    lambda rows: [{"at": at, "function": name, "count": count} for at, name, count in sorted(rows)]
)


@given(FUNCTIONS, BURSTS, st.integers(150, 200))
def test_what_holds_for_every_burst(functions: Any, bursts: Any, account: int) -> None:
    ended = outcome(functions, bursts, accountConcurrency=account)
    for burst, one in zip(bursts, ended["requests"], strict=True):
        function = functions[burst["function"]]
        assert one["handled"] + one["throttled"] == burst["count"] == sum(one["statusCodes"].values())
        assert 0 <= one["provisioned"] <= function["ProvisionedConcurrentExecutions"]
        assert one["coldStarts"] <= one["handled"] - one["provisioned"]
        assert (one["reason"] is None) is (one["throttled"] == 0)
    for name, function in functions.items():
        reserved = function["ReservedConcurrentExecutions"]
        most = ended["unreserved"] + function["ProvisionedConcurrentExecutions"] if reserved is None else reserved
        assert ended["peak"][name] <= most


@given(BURSTS, st.integers(0, 5))
def test_more_provisioned_environments_never_start_more_requests_cold(bursts: Any, provisioned: int) -> None:
    def cold(count: int) -> int:
        ended = outcome({"f": {"ProvisionedConcurrentExecutions": count}, "g": {}}, bursts)
        return sum(one["coldStarts"] for one in ended["requests"])

    assert cold(provisioned + 1) <= cold(provisioned)
