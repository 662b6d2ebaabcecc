"""Signed URLs and cookies against botocore's signer, and what CloudFront says about them."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load
from dva.simulations.cloudfront.cloudfront_signed.urls import from_url, resource_fits, to_url, without_own

ENGINE = load("cloudfront-signed")
PRIVATE = rsa.generate_private_key(65537, 2048)
PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = PRIVATE.public_key().public_numbers()
ID = "K2JCJMDEHXQW5F"
OWN = {"id": ID, "private_key": PEM}
BEHAVIOR = {"TrustedKeyGroups": [{"keys": [ID]}]}
END = 1675159200
FILE = "https://d111111abcdef8.cloudfront.net/training/orientation.pdf"


def outcome(**given: Any) -> dict[str, Any]:
    return ENGINE.run(given).outcome


def signed(url: str, end: int = END, **more: Any) -> dict[str, Any]:
    return outcome(sign={"url": url, "date_less_than": end, **more}, key=OWN)


def asked(url: str, time: int = END - 1, **more: Any) -> dict[str, Any]:
    """Asked by a viewer; CloudFront has the public key, as numbers."""
    request = {"url": url, "time": time} | {key: more.pop(key) for key in ("ip", "cookies", "via") if key in more}
    key = {"id": ID, "n": hex(PUBLIC.n), "e": PUBLIC.e}
    return outcome(**{"behavior": BEHAVIOR, "key": key, "request": request} | more)


def bearing(policy: dict[str, Any] | str, url: str = FILE, time: int = END - 1, **request: Any) -> dict[str, Any]:
    """Asked with a policy that counts as signed."""
    return outcome(
        behavior=BEHAVIOR, key={"id": ID}, policy=policy, request={"url": url, "time": time, **request}
    )  # fmt: skip


def policy(resource: str | None = FILE, end: int = END, **conditions: Any) -> dict[str, Any]:
    condition = {"DateLessThan": {"AWS:EpochTime": end}, **conditions}
    return {"Statement": [{**({"Resource": resource} if resource else {}), "Condition": condition}]}


BOTOCORE = CloudFrontSigner(ID, lambda message: PRIVATE.sign(message, padding.PKCS1v15(), hashes.SHA1()))

NAME = st.text("abcXYZ019-_.~%", min_size=1, max_size=8)
HOST = st.sampled_from(["d111111abcdef8.cloudfront.net", "www.example.com:8443"])
PATHS = st.lists(NAME, max_size=3).map("/".join)
QUERIES = st.dictionaries(st.sampled_from(["color", "size", "expires", "q"]), NAME, max_size=3)
URLS = st.builds(
    lambda scheme, host, path, query: (
        f"{scheme}://{host}/{path}" + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")
    ),
    st.sampled_from(["http", "https"]), HOST, PATHS, QUERIES,
)  # fmt: skip
TIMES = st.integers(1_000_000_000, 2_147_483_646)
RANGES = st.sampled_from([None, "192.0.2.0/24", "192.0.2.44", "0.0.0.0/0"])


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@settings(max_examples=60, deadline=None)
@given(URLS | st.just("https://example.com/über maß.pdf"), TIMES)
def test_canned_urls_are_those_of_botocore(url: str, end: int) -> None:
    ours = signed(url, end)
    assert ours["signed_url"] == BOTOCORE.generate_presigned_url(url, date_less_than=at(end))
    assert ours["policy"] == BOTOCORE.build_policy(url, at(end))


@settings(max_examples=60, deadline=None)
@given(URLS, TIMES, st.none() | TIMES, RANGES)
def test_custom_urls_are_those_of_botocore(url: str, end: int, begin: int | None, address: str | None) -> None:
    ours = signed(url, end, kind="custom", date_greater_than=begin, ip_address=address)
    text = BOTOCORE.build_policy(url, at(end), at(begin) if begin else None, address)
    assert ours["policy"] == text
    assert ours["signed_url"] == BOTOCORE.generate_presigned_url(url, policy=text)


@settings(max_examples=60, deadline=None)
@given(URLS, TIMES, st.sampled_from(["canned", "custom"]), st.booleans(), st.sampled_from(["SHA1", "SHA256"]))
def test_what_we_sign_we_allow_in_time_and_never_after(
    url: str, end: int, kind: str, by_url: bool, hashed: str
) -> None:
    made = signed(url, end, kind=kind, hash_algorithm=hashed)
    shown: dict[str, Any] = {"url": made["signed_url"]} if by_url else {"url": url, "cookies": made["cookies"]}
    in_time, too_late = asked(**shown, time=end - 1), asked(**shown, time=end)
    assert (in_time["status"], in_time["http_status"], in_time["failed"]) == ("allow", 200, None)
    assert (too_late["status"], too_late["http_status"], too_late["failed"]) == ("deny", 403, "date_less_than")


@settings(max_examples=60, deadline=None)
@given(URLS, st.data())
def test_a_changed_character_is_never_allowed(url: str, data: st.DataObject) -> None:
    url = signed(url)["signed_url"]
    place = data.draw(st.integers(url.index("/", 8), len(url) - 1))
    other = data.draw(st.sampled_from("abcXYZ019-_~&=").filter(lambda char: char != url[place]))
    changed = url[:place] + other + url[place + 1 :]
    # Base64 has spare bits in its last character, and a padding that need not be written.
    if from_url(signature_of(changed)) != from_url(signature_of(url)) or without_own(changed) != without_own(url):
        assert asked(changed)["status"] == "deny"


def signature_of(url: str) -> str:
    return url.partition("Signature=")[2].partition("&")[0]


@given(st.binary())
def test_base64_for_urls_comes_back(data: bytes) -> None:
    assert from_url(to_url(data)) == data
    assert not set(to_url(data)) & set("+/=")


def test_answers_of_the_command_line_are_read() -> None:
    """`aws cloudfront get-distribution` and `list-key-groups`."""
    trusted = {"TrustedKeyGroups": {"Enabled": True, "Quantity": 1, "Items": ["team"]}}
    distribution = {"ETag": "E", "Distribution": {"Id": "D", "DistributionConfig": {"DefaultCacheBehavior": trusted}}}
    group = {"Id": "team", "KeyGroupConfig": {"Name": "team", "Items": [ID]}}
    groups = {"KeyGroupList": {"Quantity": 1, "Items": [{"KeyGroup": group}]}}
    shown = {"key": {"id": ID}, "policy": policy(), "request": {"url": FILE, "time": END - 1}}
    assert outcome(behavior=distribution, key_groups=groups, **shown)["status"] == "allow"
    assert outcome(behavior=distribution, key_groups=[], **shown)["failed"] == "key_group"


# The order of the checks


def test_a_behavior_without_signers_serves_everybody() -> None:
    none: tuple[Any, ...] = (None, [], {"Enabled": False, "Quantity": 0}, {"Enabled": True, "Items": []})
    for groups in none:
        ended = outcome(behavior={"TrustedKeyGroups": groups}, request={"url": FILE})
        assert (ended["status"], ended["http_status"], set(ended["checks"].values())) == ("allow", 200, {None})


@pytest.mark.parametrize(
    "given",
    [
        {"behavior": {"TrustedKeyGroups": {"Enabled": True, "Quantity": 1, "Items": ["group-1"]}},
         "key_groups": [{"Id": "group-1", "KeyGroupConfig": {"Name": "g", "Items": ["OTHER", ID]}}]},
        {"behavior": {"TrustedKeyGroups": {"Enabled": True, "Items": ["group-1"]}},
         "key_groups": [{"KeyGroup": {"Id": "group-1", "KeyGroupConfig": {"Items": [ID]}}, "ETag": "E1"}]},
        {"behavior": {"TrustedKeyGroups": {"Enabled": True, "Items": [ID]}}},
        {"behavior": {"TrustedSigners": {"Enabled": True, "Items": ["self"]}}},
        {"behavior": {"TrustedSigners": {"Items": [{"AwsAccountNumber": "self", "KeyPairIds": {"Items": [ID]}}]}}},
    ],
)  # fmt: skip
def test_spellings_of_who_is_trusted(given: dict[str, Any]) -> None:
    url = signed(FILE)["signed_url"]
    assert asked(url, **given)["status"] == "allow"


def test_a_key_outside_the_groups_ends_the_check() -> None:
    ended = asked(signed(FILE)["signed_url"], behavior={"TrustedKeyGroups": [{"keys": ["OTHER"]}]})
    assert (ended["failed"], ended["checks"]["signature"], ended["error"]["code"]) == ("key_group", None, "InvalidKey")


def test_nothing_presented() -> None:
    ended = asked(FILE)
    assert (ended["failed"], ended["http_status"], ended["error"]["code"]) == ("missing", 403, "MissingKey")


def test_cookies_are_ignored_beside_a_signed_url() -> None:
    cookies = signed(FILE, kind="custom")["cookies"]
    expired = signed(FILE, END - 100)["signed_url"]
    assert asked(FILE, cookies=cookies)["status"] == "allow"
    assert asked(expired, cookies=cookies)["failed"] == "date_less_than"
    ended = asked(FILE + "?Expires=5", cookies=cookies)
    assert (ended["failed"], ended["error"]["code"]) == ("key_group", "MissingKey")


def test_cookies_with_a_canned_policy_are_for_one_url() -> None:
    cookies = signed(FILE)["cookies"]
    assert asked(FILE, cookies=cookies)["status"] == "allow"
    assert asked(FILE + "?page=2", cookies=cookies)["failed"] == "signature"


@pytest.mark.parametrize("expires", ["soon", "9" * 5000, "", "٣"])
def test_an_end_that_is_no_time(expires: str) -> None:
    ended = asked(f"{FILE}?Expires={expires}&Signature=x&Key-Pair-Id={ID}")
    assert (ended["status"], ended["failed"]) == ("deny", "policy")


def test_an_ecdsa_key_confirms_its_signature() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    text = json.dumps(policy())
    signature = to_url(private.sign(text.encode(), ec.ECDSA(hashes.SHA1())))
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    key = {"id": ID, "public_key": pem}
    assert asked(FILE, key=key, policy=text, signature=signature)["status"] == "allow"
    assert asked(FILE, key=key, policy=text + " ", signature=signature)["failed"] == "signature"


@pytest.mark.parametrize(
    "broken",
    [
        {"Statement": []},
        {"Statement": [policy()["Statement"][0]] * 2},
        {"Statement": [{"Resource": FILE, "Condition": {}}]},
        policy(end=2_147_483_648),
        {"Resource": FILE},
        {"Statement": [{"Resource": [FILE], "Condition": {"DateLessThan": {"AWS:EpochTime": END}}}]},
        policy(IpAddress={"AWS:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}),
        policy(DateGreaterThan={"AWS:EpochTime": "soon"}),
        policy(IpAddress="192.0.2.0/24"),
        json.dumps(policy()).replace('"Resource"', '"Resource": "*", "Resource"'),
    ],
)
def test_policies_that_cannot_be_used(broken: dict[str, Any] | str) -> None:
    ended = bearing(broken)
    assert (ended["status"], ended["failed"], ended["error"]["code"]) == ("deny", "policy", "MalformedPolicy")


@pytest.mark.parametrize(
    ("time", "failed"),
    [(999, "date_greater_than"), (1000, None), (1999, None), (2000, "date_less_than"), (2001, "date_less_than")],
)
def test_from_the_beginning_on_and_before_the_end(time: int, failed: str | None) -> None:
    terms = policy(end=2000, DateGreaterThan={"AWS:EpochTime": 1000})
    assert bearing(terms, time=time)["failed"] == failed


@pytest.mark.parametrize(
    ("allowed", "viewer", "inside"),
    [
        ("192.0.2.0/24", "192.0.2.44", True),
        ("192.0.2.0/24", "198.51.100.1", False),
        ("192.0.2.44", "192.0.2.44", True),
        ("0.0.0.0/0", "203.0.113.9", True),
        ("0.0.0.0/0", "2001:db8::1", False),
        ("192.0.2.0/24", None, False),
    ],
)
def test_the_address_of_the_viewer(allowed: str, viewer: str | None, inside: bool) -> None:
    ended = bearing(policy(IpAddress={"AWS:SourceIp": allowed}), ip=viewer)
    assert ended["checks"]["ip"] is inside
    assert ended["failed"] == (None if inside else "ip")


def test_conditions_that_are_not_there_are_not_checked() -> None:
    checks = bearing(policy())["checks"]
    assert (checks["date_greater_than"], checks["ip"], checks["resource"]) == (None, None, True)


def test_all_conditions_are_looked_at_and_the_first_is_named() -> None:
    ended = bearing(policy("https://other.example.com/*", IpAddress={"AWS:SourceIp": "192.0.2.0/24"}), time=END)
    assert ended["failed"] == "resource"
    assert (ended["checks"]["date_less_than"], ended["checks"]["ip"]) == (False, False)


D = "https://d111111abcdef8.cloudfront.net"


@pytest.mark.parametrize(
    ("pattern", "url", "fits"),
    [
        (f"{D}/*game_download.zip*", f"{D}/game_download.zip", True),
        (f"{D}/*game_download.zip*", f"{D}/example_game_download.zip?license=yes", True),
        (f"{D}/*game_download.zip*", f"{D}/test_game_download.zip?license=temp", True),
        ("https://www.example.com/hello*world", "https://www.example.com/helloworld", True),
        ("https://www.example.com/hello*world", "https://www.example.com/hello-world", True),
        ("https://www.example.com/hello*world", "https://www.example.net/hello?world", False),
        ("https://www.example.com/hello*world", "https://www.example.com/hello?world", False),
        (f"{D}/a.jpg", f"{D}/a.jpg?x=1", False),
        (f"{D}/a.jp?", f"{D}/a.jpg", True),
        (f"{D}/a.jpg\\?x=*", f"{D}/a.jpg?x=1", True),
        (f"{D}/a.jpg\\?x=*", f"{D}/a.jpg", False),
        (f"{D}/a.jpg\\?x=*", f"{D}/a.jpgbx=1", False),
        (f"{D}/a.jpg?x=1", f"{D}/a.jpg?x=1", True),
        (f"{D}/*", f"{D}/deep/er/a.jpg?x=1", True),
        ("https://d1111*", f"{D}/any/thing?x=1", True),
        (f"{D}/*", "http://d111111abcdef8.cloudfront.net/a", False),
        ("*://d111111abcdef8.cloudfront.net/a", "http://d111111abcdef8.cloudfront.net/a", True),
        ("*/training/*", f"{D}/training/a.pdf", True),
        ("*/training/*", f"{D}/other/training/a.pdf", False),
        ("https://*/a", "https://x.example.com/b/a", False),
        ("d111111abcdef8.cloudfront.net/*", f"{D}/a", False),
        ("*", f"{D}/anything", True),
        (None, f"{D}/anything", True),
        (f"{D}/A.jpg", f"{D}/a.jpg", False),
    ],
)
def test_resources(pattern: str | None, url: str, fits: bool) -> None:
    assert resource_fits(pattern, url) is fits


LETTERS = st.text("ab*", max_size=4)


@given(st.sampled_from(["https", "http", "*"]), LETTERS, LETTERS, st.none() | LETTERS, st.data())
def test_wildcards_are_a_regular_expression_for_each_section(
    protocol: str, domain: str, path: str, query: str | None, data: st.DataObject
) -> None:
    text = st.text("ab", max_size=4)
    url = f"{data.draw(st.sampled_from(['https', 'http']))}://{data.draw(text)}/{data.draw(text)}"
    url += data.draw(st.just("") | text.map(lambda value: f"?{value}"))
    pattern = f"{protocol}://{domain}/{path}" + ("" if query is None else f"\\?{query}")
    rest = r"(\?.*)?" if query is None and path.endswith("*") else "" if query is None else r"\?" + starred(query, ".*")
    same = f"{starred(protocol, '[a-z]+')}://{starred(domain, '[^/]*')}/{starred(path, '[^?]*')}{rest}"
    assert resource_fits(pattern, url) is (re.fullmatch(same, url) is not None)


def starred(text: str, star: str) -> str:
    return star.join(re.escape(part) for part in text.split("*"))


def test_an_escaped_question_mark_is_read_with_one_backslash_and_with_two() -> None:
    plain = json.dumps(policy(f"{D}/a.jpg\\?x=*"))
    for text in (plain, plain.replace("\\\\?", "\\?")):
        assert bearing(text, url=f"{D}/a.jpg?x=1")["status"] == "allow"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"sign": {"url": FILE, "date_less_than": END}, "key": {"id": ID}}, "/key"),
        ({"sign": {"url": FILE, "date_less_than": END}, "key": {"id": ID, "private_key": "no"}}, "/key/private_key"),
        ({"sign": {"url": FILE, "date_less_than": "soon"}, "key": OWN}, "/sign/date_less_than"),
        ({"sign": {"url": FILE, "date_less_than": 1, "ip_address": "192.0.2.1"}, "key": OWN}, "/sign/ip_address"),
        ({"behavior": BEHAVIOR, "key": {"id": ID}, "policy": policy(), "request": {"url": FILE}}, "/request/time"),
        (
            {"key": {"id": ID}, "policy": policy(), "request": {"url": FILE, "time": "0001-01-01T00:00:00+23:59"}},
            "/request/time",
        ),
        ({"behavior": {"TrustedKeyGroups": [{"keys": 5}]}, "request": {"url": FILE}}, "/behavior"),
        ({"behavior": {"TrustedKeyGroups": [{"keys": [5]}]}, "request": {"url": FILE}}, "/behavior"),
        ({"behavior": {"TrustedKeyGroups": {"Items": 5}}, "request": {"url": FILE}}, "/behavior"),
        (
            {
                "behavior": {"TrustedKeyGroups": ["team"]}, "request": {"url": FILE},
                "key_groups": [{"Id": "team", "KeyGroupConfig": ["x"]}],
            },
            "/key_groups",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place(given: dict[str, Any], pointer: str) -> None:
    with pytest.raises(GivenError) as told:
        outcome(**given)
    assert told.value.pointer == pointer
