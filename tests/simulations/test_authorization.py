"""What the caller of a decided request sees: codes, sentences, and the message that STS decodes."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from dva.errors import GivenError
from dva.simulations import load
from dva.trace import Trace

ENGINE = load("authorization")
JANE = "arn:aws:iam::111122223333:user/jane"
ANY = "arn:aws:ec2:eu-west-1:111122223333:instance/*"
RUN: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Run", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"}],
}
STOP = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Stop", "Effect": "Deny", "Action": "ec2:Run*", "Resource": "*"}],
}


def run(*policies: Any, **more: Any) -> Trace:
    asked = {"principal": JANE, "action": "ec2:RunInstances", "resource": ANY, "policies": list(policies)}
    return ENGINE.run(asked | more)


@pytest.mark.parametrize(
    ("policies", "status", "matched", "code"),
    [
        ([RUN], "allowed", ["Run"], "DryRunOperation"),
        ([RUN, STOP], "explicitDeny", ["Stop"], "UnauthorizedOperation"),
        ([], "implicitDeny", [], "UnauthorizedOperation"),
    ],
)
def test_a_dry_run_decides_as_the_call_itself(policies: list[Any], status: str, matched: list[str], code: str) -> None:
    dry, real = run(*policies, dryRun=True).outcome, run(*policies).outcome
    assert (dry["status"], dry["matchedStatements"]) == (real["status"], real["matchedStatements"]) == (status, matched)
    assert dry["error"]["code"] == code
    assert (real["error"] is None) is (status == "allowed")


@pytest.mark.parametrize(
    ("action", "code"), [("ec2:RunInstances", "UnauthorizedOperation"), ("s3:Get", "AccessDenied")]
)
def test_codes_of_refusals(action: str, code: str) -> None:
    assert run(action=action).outcome["error"]["code"] == code


def test_sentences_of_refusals() -> None:
    head = f"You are not authorized to perform this operation. User: {JANE} is not authorized to perform: "
    asked = f"ec2:RunInstances on resource: {ANY}"
    explicit = f"{head}{asked} with an explicit deny in an identity-based policy"
    assert run(STOP).outcome["error"]["message"] == explicit
    implicit = f"{head}{asked} because no identity-based policy allows the ec2:RunInstances action"
    assert run().outcome["error"]["message"] == implicit
    bucket = {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}
    told = run(bucket, action="s3:GetObject").outcome["error"]["message"]
    assert told.startswith(f"User: {JANE} is not authorized to perform: s3:GetObject on resource: ")
    assert told.endswith("with an explicit deny in a resource-based policy")


def test_the_encoded_message_is_the_decoded_one() -> None:
    ended = run(RUN, STOP, context={"ec2:InstanceType": "t3.micro", "aws:TagKeys": ["a", "b"]}).outcome
    text = ended["encodedMessage"]
    decoded = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert decoded == ended["decodedMessage"]
    assert (decoded["allowed"], decoded["explicitDeny"]) == (False, True)
    assert decoded["matchedStatements"]["items"][0]["statementId"] == "Stop"
    assert decoded["context"]["principal"]["arn"] == JANE
    keys = {
        item["key"]: [v["value"] for v in item["values"]["items"]] for item in decoded["context"]["conditions"]["items"]
    }
    assert keys == {"ec2:InstanceType": ["t3.micro"], "aws:TagKeys": ["a", "b"]}


def test_null_is_as_good_as_nothing() -> None:
    bare = {"policies": [STOP], "action": "ec2:StopInstances", "principal": None}
    empty = bare | {"resource": None, "context": None, "dryRun": None}
    assert ENGINE.run(empty) == ENGINE.run(bare)


@pytest.mark.parametrize(
    "wrapped",
    [
        json.dumps(RUN),
        quote(json.dumps(RUN)),
        {"PolicyVersion": {"Document": RUN, "VersionId": "v1"}},
        {"UserName": "jane", "PolicyName": "p", "PolicyDocument": RUN},
        {"Policy": json.dumps(RUN)},
        {"policyText": json.dumps(RUN), "repositoryName": "app"},
    ],
)
def test_documents_as_the_command_line_prints_them(wrapped: Any) -> None:
    assert run(wrapped).outcome["status"] == "allowed"
    assert run(policies=wrapped).outcome["status"] == "allowed"


def test_policies_by_name_keep_their_order() -> None:
    assert run(policies={"a.json": json.dumps(RUN), "b.json": STOP}).outcome["matchedStatements"] == ["Stop"]


def test_statements_without_sid_go_by_their_number_over_all_policies() -> None:
    bare = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
    assert run(RUN, bare).outcome["matchedStatements"] == [2]


USERNAME = {"StringEquals": {"aws:username": "jane"}}
ROLE = {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/App"}}


@pytest.mark.parametrize(
    ("principal", "condition", "context", "status"),
    [
        (JANE, USERNAME, {}, "allowed"),
        (JANE, USERNAME, {"aws:UserName": "bob"}, "implicitDeny"),
        (JANE, USERNAME, {"aws:username": None}, "implicitDeny"),
        ("arn:aws:sts::111122223333:assumed-role/App/jane", USERNAME, {}, "implicitDeny"),
        ("arn:aws:sts::111122223333:assumed-role/App/jane", ROLE, {}, "allowed"),
        ({"arn": JANE, "id": "AIDA1"}, USERNAME, {}, "allowed"),
        ({"AWS": JANE}, USERNAME, {}, "allowed"),
    ],
)
def test_keys_that_iam_knows_by_itself(principal: Any, condition: Any, context: dict[str, Any], status: str) -> None:
    document = {"Version": "2012-10-17", "Statement": {**RUN["Statement"][0], "Condition": condition}}
    assert run(document, principal=principal, context=context).outcome["status"] == status


def test_a_service_may_be_the_principal() -> None:
    trust = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    }
    asked = {"principal": {"Service": "ecs-tasks.amazonaws.com"}, "action": "sts:AssumeRole"}
    assert run({"Role": {"AssumeRolePolicyDocument": trust}}, **asked).outcome["status"] == "allowed"
    assert run(trust, **asked | {"principal": {"Service": "ec2.amazonaws.com"}}).outcome["status"] == "implicitDeny"


def test_a_malformed_policy_ends_it() -> None:
    ended = run(RUN, {"Statement": {"Effect": "Allow"}}).outcome
    assert (ended["status"], ended["error"]["code"]) == ("refused", "MalformedPolicyDocument")
    assert "policy 2" in ended["error"]["message"]


STATEMENT = '"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"'


@pytest.mark.parametrize(
    ("first", "key", "place"),
    [
        ('"Effect": "Deny"', "Effect", "/Statement/0/Effect"),
        ('"Action": "s3:*"', "Action", "/Statement/0/Action"),
        ('"\\u0041ction": "s3:*"', "Action", "/Statement/0/Action"),
        ('"Resource": "*"', "Resource", "/Statement/0/Resource"),
        ('"Sid": "1"}], "Statement": [{"Sid": "2"', "Statement", "/Statement"),
    ],
)
def test_an_element_that_is_there_twice_is_malformed(first: str, key: str, place: str) -> None:
    error = run(f'{{"Statement": [{{{first}, {STATEMENT}}}]}}').outcome["error"]
    assert error["code"] == "MalformedPolicyDocument"
    assert f"duplicate key {key}, line 1" in error["message"]
    assert place in error["message"]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [({"principal": {"a": 1, "b": 2}}, "/principal"), ({"dryrun": True}, "/dryrun"), ({"action": 5}, "/action")],
)
def test_what_cannot_be_read_is_told(more: dict[str, Any], pointer: str) -> None:
    with pytest.raises(GivenError) as told:
        run(RUN, **more)
    assert told.value.pointer == pointer


def test_every_statement_gets_a_verdict_in_the_picture() -> None:
    trace = run(RUN, STOP)
    cells = trace.state_at(len(trace.steps))["state"]["cells"]
    assert [cell["items"] for cell in cells.values()] == [["Allow"], ["Deny"]]
    assert [cell["group"] for cell in cells.values()] == ["policy 1", "policy 2"]
