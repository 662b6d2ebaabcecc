import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

FIXTURES = Path(__file__).parent.parent / "fixtures"
_spec = importlib.util.spec_from_file_location("record_retries", FIXTURES / "record_retries.py")
assert _spec is not None and _spec.loader is not None
botocore_says = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(botocore_says)

RETRIES = load("retries")
RECORDED = json.loads((FIXTURES / "retries-1.43.67.json").read_text())


def outcome(given: dict[str, Any]) -> dict[str, Any]:
    found = RETRIES.run(given, steps=False).outcome
    return {name: found[name] for name in ("status", "attempts", "delays", "quota_left", "last_error")}


def test_defaults_of_2026_agree_with_the_installed_botocore() -> None:
    for given in botocore_says.cases(250, "2026", seed=7):
        assert outcome(given) == botocore_says.observe(given), given


def test_defaults_before_2026_agree_with_botocore_1_43() -> None:
    assert RECORDED["botocore"] == "1.43.67"
    for case in RECORDED["cases"]:
        assert outcome(case["given"]) == case["outcome"], case["given"]


def test_the_installed_botocore_has_the_defaults_of_2026() -> None:
    import botocore

    assert tuple(int(part) for part in botocore.__version__.split(".")[:2]) >= (1, 44)


@pytest.mark.parametrize(("quota", "attempts"), [(500, 3), (28, 3), (27, 2), (14, 2), (13, 1), (0, 1)])
def test_the_quota_pays_fourteen_for_a_server_error(quota: int, attempts: int) -> None:
    given = {"client": {"service": "s3", "quota": quota}, "random": 1.0, "responses": [{"status": 500}]}
    assert outcome(given)["attempts"] == attempts


def test_steady_server_errors_use_the_quota_up_at_the_eighteenth_call() -> None:
    """The example of the reference: 17 calls of 3 attempts, one of 2, then 1."""
    quota, attempts = 500, []
    for _ in range(20):
        found = outcome({"client": {"service": "s3", "quota": quota}, "random": 1.0, "responses": [{"status": 500}]})
        quota = found["quota_left"]
        attempts.append(found["attempts"])
    assert attempts == [3] * 17 + [2, 1, 1]


def test_steady_throttling_uses_the_quota_up_after_fifty_calls() -> None:
    quota, attempts = 500, []
    for _ in range(52):
        response = {"status": 400, "code": "ThrottlingException"}
        found = outcome({"client": {"service": "kms", "quota": quota}, "random": 1.0, "responses": [response]})
        quota = found["quota_left"]
        attempts.append(found["attempts"])
    assert attempts == [3] * 50 + [1, 1]


@pytest.mark.parametrize(
    ("service", "operation", "polls"),
    [
        ("sqs", "ReceiveMessage", True), ("sqs", "SendMessage", False), ("sns", "ReceiveMessage", False),
        ("kinesis", "ReceiveQueueRecords", True), ("kinesis", "ReceiveDeadLetterQueueRecords", True),
        ("sfn", "GetActivityTask", True), ("swf", "PollForActivityTask", True), ("swf", "PollForDecisionTask", True),
    ],
)  # fmt: skip
def test_since_2026_a_long_poll_waits_although_the_quota_cannot_pay(service: str, operation: str, polls: bool) -> None:
    client = {"service": service, "operation": operation, "retry_mode": "standard", "quota": 0}
    for defaults, waits in (("2026", polls), ("pre-2026", False)):
        given = {"responses": [{"status": 500}], "client": client, "defaults": defaults, "random": 1.0}
        trace = load("retries").run(given)
        assert trace.steps[-1].at == (0.05 if waits else 0)
        assert trace.outcome["delays"] == [] and trace.outcome["attempts"] == 1


@pytest.mark.parametrize(
    ("client", "attempts"),
    [
        ({"sdk": "boto3"}, {"pre-2026": 5, "2026": 3}),
        ({"sdk": "cli-v2"}, {"pre-2026": 3, "2026": 3}),
        ({"service": "dynamodb"}, {"pre-2026": 10, "2026": 4}),
        ({"service": "dynamodb-streams", "retry_mode": "standard"}, {"pre-2026": 3, "2026": 4}),
        ({"max_attempts": 5}, {"pre-2026": 5, "2026": 5}),
        ({"retries": {"max_attempts": 5}}, {"pre-2026": 6, "2026": 6}),
        ({"retries": {"total_max_attempts": 5}, "max_attempts": 2}, {"pre-2026": 5, "2026": 5}),
    ],
)
def test_how_many_attempts_are_made(client: dict[str, Any], attempts: dict[str, int]) -> None:
    for defaults, expected in attempts.items():
        given = {"defaults": defaults, "client": {"service": "sqs", **client}, "responses": [{"status": 503}]}
        assert outcome(given)["attempts"] == expected


def test_an_error_that_the_model_calls_retryable_is_repeated() -> None:
    modelled = {"status": 400, "code": "KMSInternal", "retryable": {"throttling": False}}
    throttled = {"status": 400, "code": "TooFast", "retryable": {"throttling": True}}
    assert outcome({"random": 1.0, "responses": [modelled, {"status": 200}]})["delays"] == [0.05]
    assert outcome({"random": 1.0, "responses": [throttled, {"status": 200}]})["delays"] == [1.0]


def test_an_error_inside_a_200_of_s3_is_repeated() -> None:
    given = {"client": {"service": "s3"}, "responses": [{"status": 200, "code": "InternalError"}, {"status": 200}]}
    assert outcome(given)["attempts"] == 2


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"responses": []}, "/responses"),
        ({"responses": [{}]}, "/responses/0"),
        ({"responses": [{"status": 200}], "random": 1.5}, "/random"),
        ({"responses": [{"status": 200}], "client": {"quota": 501}}, "/client/quota"),
        ({"responses": [{"status": 200}], "client": {"quotas": 1}}, "/client/quotas"),
        ({"responses": [{"status": 500}], "client": {"retry_mode": "legacy", "max_attempts": 10**30}}, "/client"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(given: dict[str, Any], pointer: str) -> None:
    with pytest.raises(GivenError) as caught:
        RETRIES.run(given)
    assert caught.value.pointer == pointer


RESPONSES = st.lists(st.sampled_from(botocore_says.KINDS), min_size=1, max_size=8)
CLIENTS = st.fixed_dictionaries(
    {"service": st.sampled_from(["kms", "dynamodb", "s3"])},
    optional={
        "retry_mode": st.sampled_from(["legacy", "standard", "adaptive"]),
        "max_attempts": st.integers(1, 8),
        "quota": st.integers(0, 500),
    },
)


@forall(RESPONSES, CLIENTS, st.sampled_from(["pre-2026", "2026"]), st.integers(0, 99))
def test_what_can_never_happen(responses: Any, client: Any, defaults: str, seed: int) -> None:
    """One wait fewer than attempts, never more attempts than allowed, no wait above the cap, a quota in its bounds."""
    given = {"responses": responses, "client": client, "defaults": defaults, "random": {"seed": seed}}
    found = outcome(given)
    assert len(found["delays"]) == found["attempts"] - 1
    assert found["attempts"] <= client.get("max_attempts", 10)
    assert all(0 <= delay <= 2**9 for delay in found["delays"])
    if client.get("retry_mode") in ("standard", "adaptive"):
        assert all(delay <= 25 for delay in found["delays"])
        assert 0 <= found["quota_left"] <= 500
    assert (found["last_error"] is None) == (found["status"] == "success")


class Clock:
    """botocore's clock, set by hand."""

    now = 0.0

    def current_time(self) -> float:
        return self.now


@forall(st.lists(st.tuples(st.floats(0, 3), st.booleans()), max_size=30))
def test_the_rate_limiter_is_botocores(answers: list[tuple[float, bool]]) -> None:
    """botocore's own limiter, clock and bucket, driven by the same times and the same throttles."""
    from botocore.exceptions import CapacityNotAvailableError
    from botocore.retries import adaptive, bucket, throttling

    from dva.simulations.sdk.retries.adaptive import Limiter

    clock, limiter, throttles = Clock(), Limiter(), iter([throttled for _, throttled in answers])
    tokens = bucket.TokenBucket(max_rate=1, clock=clock)

    class Detector:
        def is_throttling_error(self) -> bool:
            return next(throttles)

    theirs = adaptive.ClientRateLimiter(
        throttling.CubicCalculator(starting_max_rate=0, start_time=0),
        adaptive.RateClocker(clock),
        tokens,
        Detector(),
        clock,
    )
    for pause, throttled in answers:
        clock.now += pause
        held = 0.0
        if theirs._enabled:
            try:
                tokens.acquire(block=False)
            except CapacityNotAvailableError:
                held = tokens._sleep_amount(1)
                clock.now += held
                tokens._refill()
                tokens._current_capacity -= 1
        assert limiter.hold(clock.now - held) == pytest.approx(held, abs=1e-9)
        theirs.on_receiving_response()
        assert limiter.update(clock.now, throttled=throttled) == pytest.approx(tokens.max_rate, abs=1e-9)
