"""Wildcards, conditions and policies: anchors from the IAM User Guide, and what can never happen."""

import fnmatch
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.aws import conditions, glob
from dva.aws.policy import Decision, Policy, PolicyError, Request, evaluate, parse

JANE = "arn:aws:iam::111122223333:user/jane"
ITEM = "arn:aws:s3:::reports/2026/q3.csv"

# -- wildcards -------------------------------------------------------------------------------------------------------

PATTERN = st.text("ab*?.[", max_size=8)


@given(PATTERN, st.text("ab.[\n", max_size=10))
def test_wildcards_match_as_the_same_regular_expression(pattern: str, text: str) -> None:
    same = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    assert glob.matches(pattern, text) is (re.fullmatch(same, text, re.DOTALL) is not None)


@given(st.text("abAB*?", max_size=8), st.text("abAB", max_size=8))
def test_case_is_ignored_only_where_asked(pattern: str, text: str) -> None:
    assert glob.matches(pattern, text, ignore_case=True) is fnmatch.fnmatchcase(text.lower(), pattern.lower())
    assert glob.matches(pattern, text) is fnmatch.fnmatchcase(text, pattern)


def test_many_stars_take_no_time() -> None:
    """Two hundred stars against ten thousand characters: a backtracking matcher would not end."""
    assert not glob.matches("a*" * 200 + "b", "a" * 10_000)


def test_tokens_can_hold_a_star_as_a_character() -> None:
    assert glob.matches(("*", glob.Wildcard.ANY), "*x")
    assert not glob.matches(("*", glob.Wildcard.ANY), "ax")


# -- conditions ------------------------------------------------------------------------------------------------------


def holds(operator: str, key: str, wanted: Any, context: dict[str, Any]) -> bool:
    condition = conditions.read(operator, key, wanted)
    assert condition is not None
    return conditions.holds(condition, conditions.context_of(context))


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "expected"),
    [
        ("StringEquals", "Sales", "Sales", True),
        ("StringEquals", "Sales", "sales", False),
        ("StringEquals", "S*", "Sales", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringEqualsIgnoreCase", "Sales", "sALES", True),
        ("StringNotEqualsIgnoreCase", "Sales", "sALES", False),
        ("StringLike", "t3.*", "t3.micro", True),
        ("StringLike", "t?.micro", "t3.micro", True),
        ("StringLike", "T3.*", "t3.micro", False),
        ("StringNotLike", ["t3.*", "t4g.*"], "m7i.large", True),
        ("NumericEquals", "10", 10, True),
        ("NumericEquals", 10, "10.0", True),
        ("NumericNotEquals", 10, "11", True),
        ("NumericLessThan", "10", "9.5", True),
        ("NumericLessThan", 10, 10, False),
        ("NumericLessThanEquals", 10, 10, True),
        ("NumericGreaterThan", 10, 11, True),
        ("NumericGreaterThanEquals", 10, 9, False),
        ("NumericLessThan", 10, "many", False),
        ("NumericLessThan", 10, "NaN", False),
        ("NumericGreaterThan", 10, "Infinity", False),
        ("NumericNotEquals", "sNaN", 10, True),
        ("DateLessThan", "2026-12-01T00:00:00Z", "2026-11-30T23:59:59Z", True),
        ("DateLessThan", "2026-12-01", "2026-12-01T00:00:00Z", False),
        ("DateLessThanEquals", "2026-12-01", "2026-12-01T00:00:00Z", True),
        ("DateGreaterThan", 1440938159, "2015-08-30T12:36:00Z", True),
        ("DateEquals", "2015-08-30T14:36:00+02:00", "1440938160", True),
        ("DateNotEquals", "2015-08-30", "2015-08-31", True),
        ("DateEquals", "1970-01-01T00:00:00Z", 0, True),
        ("DateLessThan", "0001-01-01T00:00:00+23:59", "2015-08-31", False),
        ("Bool", "true", True, True),
        ("Bool", True, "TRUE", True),
        ("Bool", "false", True, False),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("IpAddress", "203.0.113.0/24", "203.0.113.7", True),
        ("IpAddress", "203.0.113.7", "203.0.113.7", True),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
        ("IpAddress", "203.0.113.0/24", "2001:db8::1", False),
        ("NotIpAddress", ["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.9", False),
        ("ArnLike", "arn:aws:sns:*:111122223333:a*", "arn:aws:sns:eu-west-1:111122223333:alerts", True),
        ("ArnLike", "arn:aws:sns:*:alerts", "arn:aws:sns:eu-west-1:111122223333:alerts", False),
        ("ArnEquals", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/x/App", True),
        ("ArnNotLike", "arn:aws:iam::*:role/App", "arn:aws:iam::111122223333:role/App", False),
    ],
)
def test_operators(operator: str, wanted: Any, found: Any, expected: bool) -> None:
    assert holds(operator, "aws:key", wanted, {"aws:key": found}) is expected


POSITIVE = [name for name, (_, negated) in conditions.TESTS.items() if not negated]
NEGATED = [name for name, (_, negated) in conditions.TESTS.items() if negated]


@pytest.mark.parametrize("operator", [*POSITIVE, *NEGATED])
def test_where_the_key_is_missing(operator: str) -> None:
    """False for a plain operator, true for a negated one, for …IfExists and ForAllValues; ForAnyValue is false."""
    assert holds(operator, "aws:key", "1", {}) is (operator in NEGATED)
    assert holds(f"{operator}IfExists", "aws:key", "1", {})
    assert holds(f"ForAllValues:{operator}", "aws:key", "1", {})
    assert not holds(f"ForAnyValue:{operator}", "aws:key", "1", {})
    assert holds(f"ForAnyValue:{operator}IfExists", "aws:key", "1", {})


@pytest.mark.parametrize(("wanted", "found"), [("true", False), ("false", True), (True, False)])
def test_null_asks_whether_the_key_is_there(wanted: Any, found: bool) -> None:
    assert holds("Null", "aws:TokenIssueTime", wanted, {"aws:TokenIssueTime": "x"} if found else {})
    assert not holds("Null", "aws:TokenIssueTime", wanted, {} if found else {"aws:TokenIssueTime": "x"})


@pytest.mark.parametrize(
    ("operator", "found", "expected"),
    [
        ("ForAllValues:StringEquals", ["team"], True),
        ("ForAllValues:StringEquals", ["team", "cost"], False),
        ("ForAnyValue:StringEquals", ["team", "cost"], True),
        ("ForAnyValue:StringEquals", ["cost"], False),
        ("ForAllValues:StringNotEquals", ["cost", "x"], True),
        ("ForAllValues:StringNotEquals", ["cost", "team"], False),
        ("ForAnyValue:StringNotEquals", ["cost", "team"], True),
        ("ForAnyValue:StringNotEquals", ["stage", "team"], False),
    ],
)
def test_set_operators(operator: str, found: list[str], expected: bool) -> None:
    assert holds(operator, "aws:TagKeys", ["team", "stage"], {"aws:tagkeys": found}) is expected


def test_the_names_of_keys_ignore_case() -> None:
    assert holds("StringEquals", "AWS:SourceVPC", "vpc-1", {"aws:sourcevpc": "vpc-1"})


@pytest.mark.parametrize(
    ("text", "context", "found"),
    [
        ("home/${aws:username}/*", {"aws:username": "jane"}, "home/jane/*"),
        ("${aws:PrincipalTag/team, 'everybody'}", {}, "everybody"),
        ("${aws:PrincipalTag/team, 'everybody'}", {"aws:principaltag/team": "red"}, "red"),
        ("${*}${?}${$}{x}", {}, "*?${x}"),
        ("home/${aws:username}", {}, None),
        ("${aws:TagKeys}", {"aws:TagKeys": ["a", "b"]}, None),
    ],
)
def test_policy_variables(text: str, context: dict[str, Any], found: str | None) -> None:
    filled = conditions.expand(text, conditions.context_of(context))
    assert (filled if filled is None else conditions.plain(filled)) == found


def test_a_star_in_the_value_of_a_variable_is_no_wildcard() -> None:
    filled = conditions.expand("home/${aws:username}/*", conditions.context_of({"aws:username": "*"}))
    assert filled is not None
    assert glob.matches(filled, "home/*/plan")
    assert not glob.matches(filled, "home/bob/plan")


# -- policies --------------------------------------------------------------------------------------------------------


def one(effect: str = "Allow", version: str = "2012-10-17", **parts: Any) -> Policy:
    named = {"Action": "*", "Resource": "*"}
    for name in parts:
        named.pop(name.removeprefix("Not"), None)
    return parse({"Version": version, "Statement": {"Effect": effect, **named, **parts}})


def decided(*policies: Policy, principal: str | None = JANE, action: str = "s3:GetObject", **more: Any) -> str:
    return evaluate(policies, Request(principal, action, more.pop("resource", ITEM), more.pop("context", {}))).effect


@pytest.mark.parametrize(
    ("parts", "applies"),
    [
        ({"Action": "s3:getobject"}, True),
        ({"Action": "S3:Get*"}, True),
        ({"Action": ["s3:Put*", "s3:Get?bject"]}, True),
        ({"Action": "s3:Get"}, False),
        ({"NotAction": "s3:Put*"}, True),
        ({"NotAction": ["iam:*", "s3:*"]}, False),
        ({"Resource": "arn:aws:s3:::reports/*"}, True),
        ({"Resource": "arn:aws:s3:::reports"}, False),
        ({"Resource": "arn:aws:s3:::Reports/*"}, False),
        ({"NotResource": "arn:aws:s3:::reports/*"}, False),
        ({"NotResource": ["arn:aws:s3:::logs/*"]}, True),
    ],
)
def test_what_a_statement_is_about(parts: dict[str, Any], applies: bool) -> None:
    assert decided(one(**parts)) == ("allowed" if applies else "implicitDeny")
    assert decided(one(), one("Deny", **parts)) == ("explicitDeny" if applies else "allowed")


SESSION = "arn:aws:sts::111122223333:assumed-role/App/i-0abc"


@pytest.mark.parametrize(
    ("principal", "asking", "applies"),
    [
        ("*", JANE, True),
        ("*", None, True),
        ({"AWS": "*"}, JANE, True),
        ({"AWS": JANE}, JANE, True),
        ({"AWS": JANE}, "arn:aws:iam::111122223333:user/bob", False),
        ({"AWS": "111122223333"}, JANE, True),
        ({"AWS": "arn:aws:iam::111122223333:root"}, SESSION, True),
        ({"AWS": "999999999999"}, JANE, False),
        ({"AWS": "arn:aws:iam::111122223333:role/App"}, SESSION, True),
        ({"AWS": "arn:aws:iam::111122223333:role/team/App"}, SESSION, True),
        ({"AWS": "arn:aws:iam::111122223333:role/Other"}, SESSION, False),
        ({"AWS": SESSION}, SESSION, True),
        ({"AWS": "arn:aws:iam::111122223333:user/*"}, JANE, False),
        ({"Service": "ecs-tasks.amazonaws.com"}, "ecs-tasks.amazonaws.com", True),
        ({"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}, "Service:ecs-tasks.amazonaws.com", True),
        ({"Service": "ec2.amazonaws.com"}, JANE, False),
        ({"AWS": JANE}, None, False),
    ],
)
def test_principals(principal: Any, asking: str | None, applies: bool) -> None:
    assert decided(one(Principal=principal), principal=asking) == ("allowed" if applies else "implicitDeny")
    excepted = one("Deny", NotPrincipal=principal)
    assert decided(one(), excepted, principal=asking) == ("allowed" if applies else "explicitDeny")


def test_a_resource_policy_needs_no_resource() -> None:
    assert decided(parse({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}}), action="ecr:X")


def test_variables_are_text_in_the_old_version() -> None:
    mine = "arn:aws:s3:::reports/${aws:username}"
    asked: dict[str, Any] = {"resource": "arn:aws:s3:::reports/jane", "context": {"aws:username": "jane"}}
    assert decided(one(Resource=mine), **asked) == "allowed"
    assert decided(one(Resource=mine, version="2008-10-17"), **asked) == "implicitDeny"


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ("{", ""),
        ("[]", "/Statement"),
        ({"Version": "2012-10-17"}, "/Statement"),
        ({"Version": "2020-01-01", "Statement": []}, "/Version"),
        ({"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]}, "/Statement/0/Effect"),
        ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "/Statement"),
        ({"Statement": {"Effect": "Allow", "Action": "s3:*"}}, "/Statement"),
        ({"Statement": {"Effect": "Allow", "Action": "GetObject", "Resource": "*"}}, "/Statement"),
        ({"Statement": {"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}}, "/Statement"),
        ({"Statement": {"Effect": "Allow", "Action": 5, "Resource": "*"}}, "/Statement/Action"),
        ({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Equals": {"a": "b"}}}},
         "/Statement/Condition"),
        ({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NullIfExists": {"a": "b"}}}},
         "/Statement/Condition"),
        ({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": "x"}}},
         "/Statement/Condition"),
        ({"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"}] * 2}, "/Statement"),
        ({"Statement": ["Allow"]}, "/Statement/0"),
        ({"Statement": [], "Name": "x"}, "/Name"),
        ({"Statement": [{"Effect": "Allow", "Action": "*", "Resources": "*"}]}, "/Statement/0/Resources"),
        ({"Statement": {"Effect": "Allow", "Action": "*", "Principal": ["x"]}}, "/Statement/Principal"),
    ],
)  # fmt: skip
def test_documents_that_iam_refuses(document: Any, pointer: str) -> None:
    with pytest.raises(PolicyError) as told:
        parse(document)
    assert told.value.pointer == pointer
    assert told.value.message


# What can never happen

ACTIONS = st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:*", "*", "ec2:Run*", "iam:CreateUser"])
RESOURCES = st.sampled_from(["*", ITEM, "arn:aws:s3:::reports/*", "arn:aws:s3:::logs/*"])
CONDITIONS = st.sampled_from([
    {}, {"Bool": {"aws:SecureTransport": "true"}}, {"StringNotEquals": {"aws:PrincipalTag/team": "red"}},
    {"StringEqualsIfExists": {"aws:RequestedRegion": ["eu-west-1"]}}, {"Null": {"aws:username": "true"}},
])  # fmt: skip


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None) -> dict[str, Any]:
    negated = draw(st.booleans())
    return {
        "Effect": effect or draw(st.sampled_from(["Allow", "Deny"])),
        "NotAction" if negated else "Action": draw(st.lists(ACTIONS, min_size=1, max_size=2)),
        "Resource": draw(RESOURCES),
        "Condition": draw(CONDITIONS),
    }


def policies(effect: str | None = None) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda listed: {"Version": "2012-10-17", "Statement": listed}, st.lists(statements(effect), max_size=4)
    )  # fmt: skip


REQUESTS = st.builds(
    Request,
    st.just(JANE),
    st.sampled_from(["s3:GetObject", "s3:PutObject", "ec2:RunInstances", "iam:CreateUser"]),
    st.sampled_from([ITEM, "arn:aws:s3:::logs/a", "arn:aws:ec2:eu-west-1:111122223333:instance/*"]),
    st.fixed_dictionaries(
        {},
        optional={
            "aws:SecureTransport": st.booleans(), "aws:PrincipalTag/team": st.sampled_from(["red", "blue"]),
            "aws:RequestedRegion": st.sampled_from(["eu-west-1", "us-east-1"]), "aws:username": st.just("jane"),
        },
    ),
)  # fmt: skip


def of(documents: list[dict[str, Any]], request: Request) -> Decision:
    return evaluate([parse(document) for document in documents], request)


@settings(max_examples=200)
@given(st.lists(policies(), max_size=3), policies("Deny"), REQUESTS)
def test_one_more_deny_never_allows(documents: list[dict[str, Any]], deny: dict[str, Any], request: Request) -> None:
    before, after = of(documents, request), of([*documents, deny], request)
    if not before.allowed:
        assert not after.allowed
    if before.effect == "explicitDeny":
        assert after.effect == "explicitDeny"


@settings(max_examples=200)
@given(st.lists(policies(), max_size=3), policies("Allow"), REQUESTS)
def test_one_more_allow_never_denies(documents: list[dict[str, Any]], allow: dict[str, Any], request: Request) -> None:
    before, after = of(documents, request), of([*documents, allow], request)
    if before.allowed or before.effect == "explicitDeny":
        assert after.effect == before.effect
    assert after.effect in ("allowed", before.effect)


@settings(max_examples=200)
@given(st.lists(policies(), max_size=3), REQUESTS, st.randoms(use_true_random=False))
def test_the_order_of_policies_means_nothing(documents: list[dict[str, Any]], request: Request, shuffler: Any) -> None:
    shuffled = list(documents)
    shuffler.shuffle(shuffled)
    assert of(shuffled, request).effect == of(documents, request).effect


@given(policies("Deny"), REQUESTS)
def test_nothing_is_allowed_without_an_allow(document: dict[str, Any], request: Request) -> None:
    assert not of([document], request).allowed


@given(policies(), REQUESTS)
def test_text_and_mapping_say_the_same(document: dict[str, Any], request: Request) -> None:
    assert parse(json.dumps(document)) == parse(document)


@given(policies(), REQUESTS)
def test_every_decision_names_the_statements_that_made_it(document: dict[str, Any], request: Request) -> None:
    decision = of([document], request)
    effects = {finding.statement.effect for finding in decision.deciding}
    assert effects == {"explicitDeny": {"Deny"}, "allowed": {"Allow"}, "implicitDeny": set()}[decision.effect]
    assert all(finding.applies and not finding.part for finding in decision.deciding)
    assert all(finding.part and finding.reason for finding in decision.findings if not finding.applies)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "*", "Allow", "s3:*", "${", "${a, 'b'}"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["AWS", "Bool", "a:b"]), inner, max_size=2)
    ),
    max_leaves=4,
)
NAMES = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"]


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5), st.booleans(), REQUESTS)
def test_whatever_stands_in_a_policy_it_is_decided_or_refused(parts: Any, filled: bool, request: Request) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **parts} if filled else parts
    try:
        policy = parse({"Version": "2012-10-17", "Statement": statement})
    except PolicyError as problem:
        assert problem.pointer.startswith("/Statement")
    else:
        assert evaluate([policy], request).effect in ("allowed", "explicitDeny", "implicitDeny")
