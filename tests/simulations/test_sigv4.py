"""Signature Version 4 against botocore's signers, and the cases of AWS's published test suite."""

import string
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

ENGINE = load("sigv4")
KEY_ID = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
WHEN = datetime(2015, 8, 30, 12, 36)

SIGNERS = {
    ("header", False): auth.SigV4Auth,
    ("header", True): auth.S3SigV4Auth,
    ("query", False): auth.SigV4QueryAuth,
    ("query", True): auth.S3SigV4QueryAuth,
}


def asked(**changes: Any) -> dict[str, Any]:
    """`given` for the suite's own credentials and time; changes to the request stand beside the other keys."""
    request = {"method": "GET", "host": "example.amazonaws.com", "path": "/", "query": "", "headers": []}
    own = {key: changes.pop(key) for key in list(changes) if key in {*request, "body", "scheme"}}
    token = changes.pop("session_token", None)
    return {
        "credentials": {"access_key_id": KEY_ID, "secret_access_key": SECRET, "session_token": token},
        "region": "us-east-1",
        "service": "service",
        "timestamp": WHEN.strftime("%Y%m%dT%H%M%SZ"),
        "request": request | own,
        **changes,
    }


def outcome(**changes: Any) -> dict[str, Any]:
    return ENGINE.run(asked(**changes)).outcome


def by_botocore(given: dict[str, Any]) -> dict[str, str]:
    """The same request signed by botocore, its clock set to the timestamp."""
    request, keys = given["request"], given["credentials"]
    query = "?" + request["query"] if request["query"] else ""
    url = f"{request.get('scheme', 'https')}://{request['host']}{request['path']}{query}"
    made = AWSRequest(request["method"], url, data=(request.get("body") or "").encode())
    for name, value in request["headers"]:
        made.headers.add_header(name, value)
    credentials = Credentials(KEY_ID, SECRET, keys["session_token"])
    kind = SIGNERS[given.get("variant", "header"), given["service"] == "s3"]
    more = {"expires": given["expires"]} if "expires" in given else {}
    signer = kind(credentials, given["service"], given["region"], **more)
    seen: dict[str, str] = {}
    ask_canonical, ask_string = signer.canonical_request, signer.string_to_sign

    def canonical_request(*args: Any) -> str:
        seen["canonical_request"] = ask_canonical(*args)
        return seen["canonical_request"]

    def string_to_sign(*args: Any) -> str:
        seen["string_to_sign"] = ask_string(*args)
        return seen["string_to_sign"]

    signer.canonical_request, signer.string_to_sign = canonical_request, string_to_sign
    with patch.object(auth, "get_current_datetime", return_value=WHEN):
        signer.add_auth(made)
    return seen | {"authorization": made.headers.get("Authorization"), "signed_url": made.url}


WORD = st.text(string.ascii_letters + string.digits + "-_.~", min_size=1, max_size=6)
ESCAPED = st.sampled_from(["%20", "%2F", "%E1%88%B4", "%25", "%2B"])
SEGMENT = st.lists(WORD | ESCAPED, min_size=1, max_size=3).map("".join)
PATH = st.lists(SEGMENT | st.sampled_from(["", ".", "..", "a:b", "x=y", "$&+,;@", "ሴ", "(1)"]), max_size=5).map(
    lambda parts: "/" + "/".join(parts)
)
QUERY = st.dictionaries(WORD, SEGMENT | st.just(""), max_size=4).map(
    lambda d: "&".join(f"{k}={v}" for k, v in d.items())
)
REPEATED = st.lists(st.tuples(st.sampled_from("ab"), SEGMENT), max_size=4).map(lambda p: "&".join(map("=".join, p)))
NAMES = [
    "X-Amz-Meta-A",
    "x-amz-target",
    "Content-Type",
    "My-Header",
    "User-Agent",
    "X-Amzn-Trace-Id",
    "Expect",
    "Range",
]
VALUE = st.text(string.ascii_letters + string.digits + ' "/;=\t', max_size=12)
FIELDS = st.lists(st.tuples(st.sampled_from(NAMES), VALUE).map(list), max_size=5)


@st.composite
def requests(draw: st.DrawFn, variant: str) -> dict[str, Any]:
    s3 = draw(st.booleans())
    # Nothing but ASCII can stand in a URL or in the request line; AWS's suite has one raw path all the same.
    path = draw(PATH).replace("ሴ", "s") if s3 or variant == "query" else draw(PATH)
    changes: dict[str, Any] = {
        "method": draw(st.sampled_from(["GET", "PUT", "POST", "delete"])),
        "host": draw(st.sampled_from(["example.amazonaws.com", "Example.amazonaws.com:443", "localhost:8000"])),
        "path": path,
        "query": draw(QUERY | REPEATED if variant == "header" else QUERY),
        "headers": draw(FIELDS),
        "session_token": draw(st.none() | st.just("AQoDYXdz/+=EXAMPLE")),
        "service": "s3" if s3 else draw(st.sampled_from(["service", "iam", "dynamodb"])),
        "region": draw(st.sampled_from(["us-east-1", "eu-central-1"])),
        "variant": variant,
    }
    if variant == "header":
        changes["body"] = draw(st.text(max_size=20))
        if draw(st.booleans()):
            changes["headers"] = [*changes["headers"], ["Date", "yesterday"]]
    else:
        changes["expires"] = draw(st.integers(1, 604800))
    return asked(**changes)


@settings(max_examples=300, deadline=None)
@given(requests("header"))
def test_signed_headers_are_those_of_botocore(request: dict[str, Any]) -> None:
    ours, theirs = ENGINE.run(request, steps=False).outcome, by_botocore(request)
    for key in ("canonical_request", "string_to_sign", "authorization"):
        assert ours[key] == theirs[key]
    assert ours["signed_url"] is None


@settings(max_examples=300, deadline=None)
@given(requests("query"))
def test_presigned_urls_are_those_of_botocore(request: dict[str, Any]) -> None:
    ours, theirs = ENGINE.run(request, steps=False).outcome, by_botocore(request)
    for key in ("canonical_request", "string_to_sign", "signed_url"):
        assert ours[key] == theirs[key]
    assert ours["authorization"] is None


# The requests of AWS's test suite for signers, and of its published signatures those that are widely quoted.
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8Y"
SUITE: dict[str, dict[str, Any]] = {
    "get-vanilla": {},
    "get-vanilla-query": {"query": ""},
    "get-vanilla-query-order-key": {"query": "Param1=value2&Param1=Value1"},
    "get-vanilla-query-order-key-case": {"query": "Param2=value2&Param1=value1"},
    "get-vanilla-query-order-value": {"query": "Param1=value2&Param1=value1"},
    "get-vanilla-query-unreserved": {"query": f"{UNRESERVED}={UNRESERVED}"},
    "get-vanilla-empty-query-key": {"query": "Param1=value1"},
    "get-unreserved": {"path": f"/{UNRESERVED}"},
    "get-utf8": {"path": "/ሴ"},
    "get-space": {"path": "/example%20space/"},
    "get-header-key-duplicate": {"headers": [["My-Header1", v] for v in ("value2", "value2", "value1")]},
    "get-header-value-multiline": {"headers": [["My-Header1", "value1\n  value2\n     value3"]]},
    "get-header-value-order": {"headers": [["My-Header1", v] for v in ("value4", "value1", "value3", "value2")]},
    "get-header-value-trim": {"headers": [["My-Header1", " value1"], ["My-Header2", ' "a   b   c"']]},
    "normalize-relative": {"path": "/example/.."},
    "normalize-relative-relative": {"path": "/example1/example2/../.."},
    "normalize-slash": {"path": "//"},
    "normalize-slash-dot-slash": {"path": "/./"},
    "normalize-slashes": {"path": "//example//"},
    "normalize-slash-pointless-dot": {"path": "/./example"},
    "post-vanilla": {"method": "POST"},
    "post-header-key-sort": {"method": "POST", "headers": [["My-Header1", "value1"]]},
    "post-header-value-case": {"method": "POST", "headers": [["My-Header1", "VALUE1"]]},
    "post-vanilla-query": {"method": "POST", "query": "Param1=value1"},
    "post-sts-header": {"method": "POST", "session_token": TOKEN},
    "post-x-www-form-urlencoded": {
        "method": "POST", "body": "Param1=value1", "headers": [["Content-Type", "application/x-www-form-urlencoded"]],
    },
}  # fmt: skip

PUBLISHED = {
    "get-vanilla": "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    "get-vanilla-query-order-key-case": "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    "get-vanilla-query-order-key": "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1",
    "get-vanilla-query-order-value": "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
    "get-unreserved": "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    "get-utf8": "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
    "get-header-value-trim": "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    "post-vanilla": "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    "post-header-key-sort": "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    "post-x-www-form-urlencoded": "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
}


@pytest.mark.parametrize("name", SUITE)
def test_the_suite_of_aws(name: str) -> None:
    request = asked(**SUITE[name])
    ours, theirs = ENGINE.run(request).outcome, by_botocore(request)
    assert (ours["canonical_request"], ours["authorization"]) == (theirs["canonical_request"], theirs["authorization"])
    if name in PUBLISHED:
        assert ours["signature"] == PUBLISHED[name]


def test_the_hash_of_the_published_canonical_request() -> None:
    hashed = outcome()["string_to_sign"].splitlines()[-1]
    assert hashed == "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63"


def test_the_signing_key_of_the_published_example() -> None:
    """IAM User Guide: the key for 20150830, us-east-1, iam."""
    key = outcome(service="iam")["signing_key_hex"]
    assert key == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"


def test_the_presigned_url_of_the_s3_reference() -> None:
    """Amazon S3 API Reference, "Authenticating requests using query parameters", its example with 24 hours."""
    request = asked(
        service="s3", variant="query", expires=86400, timestamp="20130524T000000Z",
        host="examplebucket.s3.amazonaws.com", path="/test.txt",
    )  # fmt: skip
    request["credentials"] = {
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }
    signature = ENGINE.run(request).outcome["signature"]
    assert signature == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"


# What the query keeps and encodes


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("b=2&a=1", "a=1&b=2"),
        ("flag", "flag="),
        ("q=a+b", "q=a%2Bb"),
        ("q=a b", "q=a%20b"),
        ("q=%e1%88%b4", "q=%E1%88%B4"),
        ("ሴ=bar", "%E1%88%B4=bar"),
        ("a=%2&a", "a=&a=%252"),
        ("x=1=2", "x=1%3D2"),
    ],
)
def test_query_line(query: str, line: str) -> None:
    assert outcome(query=query)["canonical_request"].split("\n")[2] == line


def test_the_host_may_stand_among_the_headers() -> None:
    headers = [["Host", "example.amazonaws.com"], ["Content-Length", 13]]
    ended = outcome(host="", headers=headers, variant="query")
    assert ended["signed_headers"] == "content-length;host"
    assert ended["signed_url"].startswith("https://example.amazonaws.com/?X-Amz-Algorithm")


def test_a_presigned_url_keeps_repeated_parameters() -> None:
    url = outcome(query="a=2&a=1", variant="query")["signed_url"]
    assert urlsplit(url).query.startswith("a=2&a=1&X-Amz-Algorithm=")


# What can never happen

TIMES = st.integers(-1_000_000, 1_000_000)


def arriving(age: int, **changes: Any) -> str:
    server = (WHEN + timedelta(seconds=age)).strftime("%Y%m%dT%H%M%SZ")
    return str(outcome(verify={"server_time": server}, **changes)["status"])


@given(TIMES, st.sampled_from(["s3", "iam"]))
def test_a_signed_header_is_taken_only_while_the_clocks_agree(age: int, service: str) -> None:
    limit = 900 if service == "s3" else 300
    assert arriving(age, service=service) == ("valid" if abs(age) <= limit else "RequestTimeTooSkewed")


@pytest.mark.parametrize(
    ("path", "encoded"),
    [
        ("/box/day=1/x.csv", "/box/day%3D1/x.csv"),
        ("/box/a(1).txt", "/box/a%281%29.txt"),
        ("/box/a+b", "/box/a%2Bb"),
        ("/box/%c3%a9", "/box/%C3%A9"),
        ("/box/a%7Eb", "/box/a~b"),
        ("/box//a/../b-_.~", "/box//a/../b-_.~"),
    ],
)
@pytest.mark.parametrize("variant", ["header", "query"])
def test_s3_encodes_the_path_that_it_decodes(path: str, encoded: str, variant: str) -> None:
    def status(path: str, **changes: Any) -> str:
        return arriving(0, service="s3", variant=variant, path=path, **changes)

    assert status(path) == ("valid" if path == encoded else "SignatureDoesNotMatch")
    assert status(encoded) == "valid"


def test_a_client_that_encodes_for_s3_as_for_others_is_told() -> None:
    twice = {"double_encode_path": True}
    assert arriving(0, service="s3", path="/a%20b", options=twice) == "SignatureDoesNotMatch"
    assert arriving(0, service="iam", path="/a%20b") == "valid"
    assert arriving(0, service="iam", path="/a%20b", options={"double_encode_path": False}) == "SignatureDoesNotMatch"


@given(st.integers(0, 1_000_000), st.integers(1, 604800))
def test_a_presigned_url_dies_at_its_expiry(age: int, expires: int) -> None:
    status = arriving(age, service="s3", variant="query", expires=expires)
    assert status == ("valid" if age <= expires else "AccessDenied")


@pytest.mark.parametrize(("expires", "status"), [(0, "refused"), (1, "valid"), (604800, "valid"), (604801, "refused")])
def test_range_of_expires(expires: int, status: str) -> None:
    assert arriving(0, service="s3", variant="query", expires=expires) == status


ALTERED: dict[str, Any] = {
    "method": "DELETE", "path": "/b", "query": "x=1", "body": "other", "region": "eu-west-1", "service": "sqs",
    "headers": [["x-amz-meta-a", "2"]], "host": "other.amazonaws.com", "session_token": "TOK",
}  # fmt: skip


@pytest.mark.parametrize("part", ALTERED)
def test_whoever_alters_a_signed_part_is_found_out(part: str) -> None:
    signature = outcome()["signature"]
    verify = {"server_time": WHEN.isoformat(), "signature": signature}
    assert outcome(verify=verify)["status"] == "valid"
    ended = outcome(verify=verify, **{part: ALTERED[part]})
    assert (ended["status"], ended["error"]["code"]) == ("SignatureDoesNotMatch", "SignatureDoesNotMatch")


def test_a_changed_user_agent_does_no_harm() -> None:
    verify = {"server_time": "2015-08-30T12:36:00Z", "signature": outcome()["signature"]}
    assert outcome(verify=verify, headers=[["User-Agent", "curl/8"]])["status"] == "valid"


@pytest.mark.parametrize("stamp", ["20150830T123600Z", "2015-08-30T12:36:00Z", "2015-08-30T14:36:00+02:00", 1440938160])
def test_spellings_of_the_time(stamp: str | int) -> None:
    assert outcome(timestamp=stamp)["signature"] == PUBLISHED["get-vanilla"]


def test_null_is_as_good_as_nothing() -> None:
    """A scenario may list each field and leave out its value."""
    bare = {"method": "GET", "host": "example.amazonaws.com", "query": None, "body": None}
    assert outcome(request=bare, expires=None, verify=None)["signature"] == PUBLISHED["get-vanilla"]


def test_what_is_no_time_is_told_with_its_place() -> None:
    with pytest.raises(GivenError) as told:
        outcome(timestamp="noon")
    assert told.value.pointer == "/timestamp"


def pieces(text: str) -> Iterator[str]:
    yield from (line for line in text.split("\n") if line)


def test_the_steps_show_the_canonical_request_growing() -> None:
    trace = ENGINE.run(asked(query="b=2&a=1", headers=[["My-Header1", "x"]]))
    shown = [
        change.new for step in trace.steps for change in step.changes if change.path == "/state/texts/Canonical request"
    ]
    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))
    assert list(pieces(shown[-1])) == list(pieces(trace.outcome["canonical_request"]))
