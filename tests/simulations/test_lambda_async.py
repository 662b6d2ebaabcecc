"""Asynchronous invocation of AWS Lambda: what can never happen."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dva.simulations import load

ENGINE = load("lambda-async")
DLQ = "arn:aws:sqs:us-east-1:123456789012:dlq"


def outcome(attempts: list[str], **function: Any) -> dict[str, Any]:
    return dict(ENGINE.run({"function": function, "attempts": attempts}, steps=False).outcome)


def test_the_configuration_is_taken_as_the_command_line_prints_it() -> None:
    ended = outcome(["error"], FunctionArn="arn:aws:lambda:us-east-1:123456789012:function:f", MaximumRetryAttempts=1,
                    DestinationConfig={"OnSuccess": {}, "OnFailure": {"Destination": DLQ}})  # fmt: skip
    assert (ended["retries"], ended["deliveries"][0]["condition"]) == (1, "RetriesExhausted")
    assert ended["not_read"] == ["/given/function/FunctionArn"]


WORDS = st.lists(st.sampled_from(["success", "error", "timeout", "throttle", "systemError"]), min_size=1, max_size=8)


@given(WORDS, st.integers(0, 2), st.integers(60, 900), st.integers(0, 90), st.booleans())
def test_what_holds_for_every_event(words: list[str], retries: int, age: int, lasts: int, has_dlq: bool) -> None:
    ended = outcome(words, MaximumRetryAttempts=retries, MaximumEventAgeInSeconds=age, durationSeconds=lasts,
                    DeadLetterConfig={"TargetArn": DLQ if has_dlq else ""})  # fmt: skip
    results = [one["result"] for one in ended["attempts"]]
    assert sum(result in ("error", "timeout") for result in results) <= retries + 1
    assert all(one["at"] <= age for one in ended["attempts"])
    assert (ended["status"] == "succeeded") is (results[-1] == "success")
    assert ended["discarded"] is (ended["status"] != "succeeded" and not has_dlq)
    assert len(ended["deliveries"]) == (has_dlq and ended["status"] != "succeeded")
