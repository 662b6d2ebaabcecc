"""GetSessionToken: anchors of the STS API reference, botocore's model of it, and what can never happen."""

from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.simulations import load
from dva.simulations.sts.session_token import MAX_SECONDS, MIN_SECONDS

STS = load("session-token")
SERIAL, CODE = "arn:aws:iam::123456789012:mfa/jane", "123456"
JANE = {"type": "IAMUser", "mfa_serial": SERIAL, "valid_code": CODE}
MFA = {"SerialNumber": SERIAL, "TokenCode": CODE}


def outcome(caller: dict[str, Any], request: dict[str, Any], *then: str) -> dict[str, Any]:
    return STS.run({"caller": caller, "request": request, "then": list(then)}).outcome


def test_the_limits_are_those_of_the_api_model() -> None:
    model = botocore.session.Session().get_service_model("sts").operation_model("GetSessionToken").input_shape
    seconds = model.members["DurationSeconds"].metadata
    assert (seconds["min"], seconds["max"]) == (MIN_SECONDS, MAX_SECONDS)
    assert model.members["SerialNumber"].metadata["min"] == 9
    assert model.members["TokenCode"].metadata["min"] == model.members["TokenCode"].metadata["max"] == 6


@pytest.mark.parametrize(
    ("caller", "seconds", "expires", "limit"),
    [
        ("IAMUser", None, 43200, None), ("IAMUser", 900, 900, None), ("IAMUser", 129600, 129600, None),
        ("IAMUser", 899, None, 900), ("IAMUser", 129601, None, 129600), ("Root", None, 3600, None),
        ("Root", 3600, 3600, None), ("Root", 3601, 3600, 3600), ("Root", 129600, 3600, 3600),
        ("Root", 129601, None, 129600),
    ],
)  # fmt: skip
def test_how_long_the_keys_last(caller: str, seconds: int | None, expires: int | None, limit: int | None) -> None:
    found = outcome({"type": caller}, {"DurationSeconds": seconds})
    assert (found["expires_in"], found["limit"]) == (expires, limit)
    assert (found["error"] or {}).get("code") == (None if expires else "ValidationError")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (MFA, None), ({}, None), ({"SerialNumber": SERIAL}, "AccessDenied"), ({"TokenCode": CODE}, "AccessDenied"),
        (MFA | {"TokenCode": "654321"}, "AccessDenied"), (MFA | {"TokenCode": "12345"}, "ValidationError"),
        (MFA | {"TokenCode": "12345a"}, "ValidationError"), (MFA | {"SerialNumber": "short"}, "ValidationError"),
        (MFA | {"SerialNumber": SERIAL + "2"}, "AccessDenied"), (MFA | {"TokenCode": 123456}, None),
    ],
)  # fmt: skip
def test_the_code(request_: dict[str, Any], code: str | None) -> None:
    found = outcome(JANE, request_)
    assert (found["error"] or {}).get("code") == code
    assert found["mfa"] == (code is None and "TokenCode" in request_)


@pytest.mark.parametrize("kind", ["AssumedRole", "FederatedUser", "IAMUser"])
def test_temporary_keys_cannot_ask(kind: str) -> None:
    found = outcome({"type": kind, "long_term": False}, {})
    assert found["error"]["code"] == "AccessDenied"


ACTIONS = st.sampled_from(
    ["iam:CreateUser", "iam:ListUsers", "sts:AssumeRole", "sts:GetFederationToken", "s3:GetObject"]
)


@given(st.booleans(), st.integers(900, 129600), st.lists(ACTIONS, unique=True))
def test_what_a_session_may_call(mfa: bool, seconds: int, then: list[str]) -> None:
    found = outcome(JANE, {"DurationSeconds": seconds} | (MFA if mfa else {}), *then)
    assert list(found["calls"]) == then
    for action, word in found["calls"].items():
        service = action.partition(":")[0]
        closed = (service == "iam" and not mfa) or action == "sts:GetFederationToken"
        assert word == ("denied" if closed else "allowed")
