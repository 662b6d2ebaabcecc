"""IAM policy evaluation as a simulation: agreement with an independent simulator, and how outcomes are told.

`iam_simulate_0_1_173.json` holds requests that @cloud-copilot/iam-simulate 0.1.173 decided, drawn at random, in the
shape of `given`. Left out is what it reads differently from the IAM User Guide: policy variables of Version
2008-10-17, session policies beside a resource policy that names the session, and NotPrincipal with accounts.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("iam-evaluation")
RECORDED = json.loads(Path(__file__).with_name("iam_simulate_0_1_173.json").read_text())
JANE = "arn:aws:iam::111122223333:user/jane"
CALL = {"action": "s3:GetObject", "resource": "arn:aws:s3:::data/a", "principal": JANE}


def run(**given: Any) -> Any:
    return ENGINE.run({"request": CALL, **given}).outcome


def test_decisions_agree_with_an_independent_simulator() -> None:
    found = [(number, ENGINE.run(row["given"], steps=False).outcome["status"]) for number, row in enumerate(RECORDED)]
    assert found == [(number, row["status"]) for number, row in enumerate(RECORDED)]
    assert len({row["status"] for row in RECORDED}) == 3


def test_every_statement_is_named_with_what_it_missed() -> None:
    statements = [
        {"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"},
        {"Sid": "Other", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::other/*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
    ]
    ended = run(identityPolicies=[{"Version": "2012-10-17", "Statement": statements}])
    assert [(one["statement"], one["missed"]) for one in ended["statements"]] == [
        (1, "action"), ("Other", "resource"), (3, "condition"), ("Read", None)
    ]  # fmt: skip
    assert ended["matchedStatements"] == [{"type": "identityPolicy", "policy": 0, "statement": "Read"}]


def test_policies_are_taken_as_the_command_line_prints_them() -> None:
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    printed: list[Any] = [json.dumps(document), {"PolicyVersion": {"Document": document, "VersionId": "v1"}}]
    for policy in printed:
        assert run(identityPolicies=[policy])["status"] == "allowed"


def test_keys_of_the_principal_are_known_unless_the_context_says_otherwise() -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::data/${aws:username}"}
    mine = {"Version": "2012-10-17", "Statement": statement}
    own = CALL | {"resource": "arn:aws:s3:::data/jane"}
    assert run(request=own, identityPolicies=[mine])["status"] == "allowed"
    assert run(request=own | {"context": {"aws:username": "bob"}}, identityPolicies=[mine])["status"] == "implicitDeny"


@pytest.mark.parametrize("principal", ["jane", "lambda.amazonaws.com", "arn:aws:s3:::bucket"])
def test_a_principal_is_an_arn_with_an_account(principal: str) -> None:
    with pytest.raises(GivenError) as refused:
        run(request=CALL | {"principal": principal})
    assert refused.value.pointer == "/request/principal"


def test_a_malformed_policy_is_named_with_its_place() -> None:
    error = run(serviceControlPolicies=[[], [{"Statement": {"Effect": "Allow", "Action": "*"}}]])["error"]
    assert error["code"] == "MalformedPolicyDocument"
    assert "service control policy 0" in error["message"]
