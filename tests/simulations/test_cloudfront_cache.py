from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

CACHE = load("cloudfront-cache")
YEAR = 31536000


def requests(behavior: dict[str, Any], urls: list[Any], headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """What a distribution of one behavior answers, one request a second."""
    asked = [{"t": t, "GET": url} if isinstance(url, str) else {"t": t, **url} for t, url in enumerate(urls)]
    given = {
        "DistributionConfig": {"DefaultCacheBehavior": behavior},
        "origin": [{"path": "*", "headers": headers or {}}],
        "requests": asked,
    }
    outcome: list[dict[str, Any]] = CACHE.run(given).outcome["requests"]
    return outcome


def legacy(low: int | None = 0, default: int | None = None, high: int | None = None, **values: Any) -> dict[str, Any]:
    ttls = {"MinTTL": low, "DefaultTTL": default, "MaxTTL": high}
    return {**{k: v for k, v in ttls.items() if v is not None}, "ForwardedValues": {"QueryString": False, **values}}


@pytest.mark.parametrize(
    ("control", "low", "default", "high", "ttl"),
    [
        ("max-age=100", 0, 300, 3600, 100),
        ("max-age=100", 200, 300, 3600, 200),
        ("max-age=9999", 0, 300, 3600, 3600),
        ("max-age=100, s-maxage=50", 0, 300, 3600, 50),
        ("s-maxage=9999, max-age=5", 0, 300, 3600, 3600),
        ("public", 0, 300, 3600, 300),
        ("no-cache", 0, 300, 3600, 0),
        ("no-store", 60, 300, 3600, 60),
        ("private, max-age=600", 60, 300, 3600, 60),
        ("MAX-AGE=100", 0, 300, 3600, 100),
        ("max-age=0", 0, 300, 3600, 0),
        ("max-age=soon", 0, 300, 3600, 300),
        ("max-age=²", 0, 300, 3600, 300),
        ("max-age=" + "9" * 5000, 0, 300, 3600, 3600),
        ("", 0, None, None, 86400),
        ("", 100000, None, None, 100000),
        ("max-age=99999999", 0, None, None, YEAR),
        ("max-age=99999999", 40000000, None, None, 40000000),
    ],
)
def test_the_ttl_table_of_the_developer_guide(
    control: str, low: int, default: int | None, high: int | None, ttl: int
) -> None:
    headers = {"Cache-Control": control} if control else {}
    assert requests(legacy(low, default, high), ["/a"], headers)[0]["ttl"] == ttl


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("images/*.jpg", "/images/sample.jpg", True),
        ("/images/*.jpg", "/images/a/b.jpg", True),
        ("images/*.jpg", "/images/sample.JPG", False),
        ("a??.jpg", "/ant.jpg", True),
        ("a??.jpg", "/a.jpg", False),
        ("*.gif", "/deep/down/x.gif", True),
        ("/api/*", "/api", False),
        ("a+b.(c)", "/a+b.(c)", True),
    ],
)
def test_path_patterns(pattern: str, path: str, fits: bool) -> None:
    config = {
        "CacheBehaviors": {"Items": [{"PathPattern": pattern, **legacy()}]},
        "DefaultCacheBehavior": legacy(),
    }
    outcome = CACHE.run({"DistributionConfig": config, "requests": [{"t": 0, "GET": path}]}).outcome
    assert outcome["requests"][0]["behavior"] == (pattern if fits else "*")


@pytest.mark.parametrize(
    ("values", "first", "second", "shared"),
    [
        ({}, "/a?x=1", "/a?x=2", True),
        ({"QueryString": True}, "/a?x=1", "/a?x=2", False),
        ({"QueryString": True}, "/a?x=1&y=2", "/a?y=2&x=1", False),
        ({"QueryString": True}, "/a?X=1", "/a?x=1", False),
        ({"QueryString": True, "QueryStringCacheKeys": {"Items": ["x"]}}, "/a?x=1&y=2", "/a?y=3&x=1", True),
        ({"QueryString": True}, "/a?x=1&Expires=5&Signature=s&Key-Pair-Id=k", "/a?x=1", True),
        ({"QueryString": True}, "/a?x=1;y=2", "/a?x=1", False),
        ({}, {"GET": "/a", "cookies": {"u": "1"}}, {"GET": "/a", "cookies": {"u": "2"}}, True),
        ({"Cookies": {"Forward": "all"}}, {"GET": "/a", "cookies": {"u": "1"}}, {"GET": "/a"}, False),
        (
            {"Cookies": {"Forward": "all"}},
            {"GET": "/a", "headers": {"Cookie": "a=1; b=2"}},
            {"GET": "/a", "headers": {"Cookie": "b=2; a=1"}},
            True,
        ),
        (
            {"Cookies": {"Forward": "whitelist", "WhitelistedNames": {"Items": ["u"]}}},
            {"GET": "/a", "cookies": {"u": "1", "s": "1"}},
            {"GET": "/a", "cookies": {"u": "1", "s": "2"}},
            True,
        ),
        (
            {"Cookies": {"Forward": "all"}},
            {"GET": "/a", "cookies": {"CloudFront-Signature": "1"}},
            {"GET": "/a", "cookies": {"CloudFront-Signature": "2"}},
            True,
        ),
        (
            {"Headers": {"Items": ["accept"]}},
            {"GET": "/a", "headers": {"Accept": "x"}},
            {"GET": "/a", "headers": {"ACCEPT": "x"}},
            True,
        ),
        (
            {"Headers": {"Items": ["Accept"]}},
            {"GET": "/a", "headers": {"Accept": "x"}},
            {"GET": "/a", "headers": {"Accept": "X"}},
            False,
        ),
        ({}, {"GET": "/a"}, {"HEAD": "/a"}, True),
        ({}, "/a", "https://d111111abcdef8.cloudfront.net/a", True),
    ],
)
def test_what_splits_the_key(values: dict[str, Any], first: Any, second: Any, shared: bool) -> None:
    answers = requests(legacy(**values), [first, second], {"Cache-Control": "max-age=100"})
    assert answers[1]["x_cache"] == ("Hit" if shared else "Miss")
    assert (answers[0]["key"] == answers[1]["key"]) == shared


@pytest.mark.parametrize(
    ("accepts", "joins"),
    [("gzip, deflate, br", "br,gzip"), ("gzip;q=0.5", "gzip"), ("br", "br"), ("identity", None), (None, None)],
)
def test_accept_encoding_is_normalised(accepts: str | None, joins: str | None) -> None:
    headers = {"Accept-Encoding": accepts} if accepts else {}
    behavior = {"CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}
    assert requests(behavior, [{"GET": "/", "headers": headers}])[0]["key"]["accept_encoding"] == joins


@pytest.mark.parametrize(
    ("behavior", "code"),
    [
        ({"CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6", "DefaultTTL": 5}, "InvalidArgument"),
        ({"CachePolicyId": "none-such"}, "NoSuchCachePolicy"),
        (legacy(100, 50, 3600), "InvalidTTLOrder"),
        (legacy(0, 7200, 3600), "InvalidTTLOrder"),
        (legacy(10, Headers={"Quantity": 1, "Items": ["*"]}), "InvalidArgument"),
    ],
)
def test_configurations_that_are_refused(behavior: dict[str, Any], code: str) -> None:
    outcome = CACHE.run({"DistributionConfig": {"DefaultCacheBehavior": behavior}}).outcome
    assert (outcome["status"], outcome["error"]["code"]) == ("refused", code)


def test_a_described_distribution_can_be_pasted() -> None:
    config = {
        "CallerReference": "x", "Origins": {"Quantity": 0}, "PriceClass": "PriceClass_All",
        "DefaultCacheBehavior": {
            "TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "Compress": True, "SmoothStreaming": False,
            "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "FieldLevelEncryptionId": "",
            "AllowedMethods": {
                "Quantity": 2, "Items": ["HEAD", "GET"],
                "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]},
            },
        },
        "CacheBehaviors": {"Quantity": 0},
        "CustomErrorResponses": {"Quantity": 0},
    }  # fmt: skip
    described = {"ETag": "E1", "Distribution": {"Id": "D", "DistributionConfig": config}}
    outcome = CACHE.run({"DistributionConfig": described, "requests": [{"t": 0, "GET": "/"}]}).outcome
    assert outcome["requests"][0]["ttl"] == 0


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [
        ({"t": 0}, "/requests/0"),
        ({"t": 0, "GET": "/a", "PUT": "/a"}, "/requests/0"),
        ({"t": 0, "GET": "http://[a"}, "/requests/0/GET"),
        ({"t": 1e18, "GET": "/a"}, "/requests"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(request_: dict[str, Any], pointer: str) -> None:
    config = {"DefaultCacheBehavior": legacy()}
    with pytest.raises(GivenError) as caught:
        CACHE.run({"DistributionConfig": config, "start": "2026-11-24T12:00:00Z", "requests": [request_]})
    assert caught.value.pointer == pointer


TTLS = st.integers(0, 50)


@forall(TTLS, TTLS, TTLS, st.none() | st.integers(0, 100), st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_what_can_never_happen(low: int, more: int, most: int, age: int | None, gaps: list[int]) -> None:
    """A TTL outside its bounds, a hit without an earlier fetch, or a hit after the TTL has run out."""
    behavior = legacy(low, low + more, low + more + most)
    times = [sum(gaps[: index + 1]) for index in range(len(gaps))]
    headers = {} if age is None else {"Cache-Control": f"max-age={age}"}
    answers = requests(behavior, [{"t": t, "GET": "/a"} for t in times], headers)
    fetched = None
    for t, answer in zip(times, answers, strict=True):
        assert low <= answer["ttl"] <= low + more + most
        if answer["x_cache"] == "Hit":
            assert fetched is not None
            assert t < fetched + answer["ttl"]
        else:
            assert fetched is None or t >= fetched + answer["ttl"]
            fetched = t


def test_a_cookie_may_be_whitelisted_by_a_pattern() -> None:
    cookies = {"Forward": "whitelist", "WhitelistedNames": {"Items": ["pref_*"]}}
    asked = {"GET": "/a", "cookies": {"pref_lang": "de", "session": "1"}}
    assert requests(legacy(Cookies=cookies), [asked])[0]["key"]["cookies"] == {"pref_lang": "de"}


def test_an_origin_that_does_not_answer_is_an_error_of_the_5xx_kind() -> None:
    given = {
        "DistributionConfig": {"DefaultCacheBehavior": legacy()},
        "origin": [{"path": "/a", "status": 0}],
        "requests": [{"t": 0, "GET": "/a"}],
    }
    assert CACHE.run(given).outcome["requests"][0]["x_cache"] == "Error"


def test_listed_cache_policies_can_be_pasted() -> None:
    config = {
        "Name": "by-device", "MinTTL": 5, "DefaultTTL": 50, "MaxTTL": 500,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": False, "EnableAcceptEncodingBrotli": False,
            "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": {"Quantity": 1, "Items": ["X-Device"]}},
            "CookiesConfig": {"CookieBehavior": "allExcept", "Cookies": {"Quantity": 1, "Items": ["session"]}},
            "QueryStringsConfig": {"QueryStringBehavior": "allExcept", "QueryStrings": {"Items": ["utm"]}},
        },
    }  # fmt: skip
    policy = {"Id": "p1", "LastModifiedTime": "2026-11-01T00:00:00Z", "CachePolicyConfig": config}
    listed = {"CachePolicyList": {"MaxItems": 100, "Quantity": 1, "Items": [{"Type": "custom", "CachePolicy": policy}]}}
    given = {
        "DistributionConfig": {"DefaultCacheBehavior": {"CachePolicyId": "p1"}},
        "CachePolicies": listed,
        "requests": [
            {"t": 0, "GET": "/a?utm=x&b=1", "headers": {"x-device": "phone"}, "cookies": {"session": "s", "lang": "de"}}
        ],
    }
    answer = CACHE.run(given).outcome["requests"][0]
    assert answer["ttl"] == 50
    assert answer["key"]["query"] == "b=1"
    assert (answer["key"]["headers"], answer["key"]["cookies"]) == ({"x-device": "phone"}, {"lang": "de"})


@pytest.mark.parametrize(
    ("parameters", "wrong"),
    [
        ({"HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": {"Items": ["Host"]}}}, "HeaderBehavior"),
        ({"CookiesConfig": {"CookieBehavior": "all"}}, "CookieBehavior"),
        ({"QueryStringsConfig": {"QueryStringBehavior": "allExcept"}}, "QueryStringBehavior"),
        ({"EnableAcceptEncodingGzip": True}, "EnableAcceptEncodingGzip"),
        ({"EnableAcceptEncodingBrotli": True}, "EnableAcceptEncodingBrotli"),
        ({"HeadersConfig": {"HeaderBehavior": "none"}, "CookiesConfig": {"CookieBehavior": "none"}}, ""),
    ],
)
@pytest.mark.parametrize(
    ("ttls", "disabled"),
    [
        ({"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0}, True),
        ({"MinTTL": 0, "MaxTTL": 0}, True),
        ({"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 1}, False),
        ({"MinTTL": 0, "DefaultTTL": 0}, False),
    ],
)
def test_nothing_is_in_the_key_where_caching_is_off(
    parameters: dict[str, Any], wrong: str, ttls: dict[str, int], disabled: bool
) -> None:
    config = {"Name": "p", **ttls, "ParametersInCacheKeyAndForwardedToOrigin": parameters}
    outcome = CACHE.run(
        {
            "DistributionConfig": {"DefaultCacheBehavior": {"CachePolicyId": "p"}},
            "CachePolicies": [{"Id": "p", "CachePolicyConfig": config}],
            "requests": [{"t": 0, "GET": "/"}],
        }
    ).outcome
    message = f"The parameter {wrong} is invalid for policy with caching disabled." if wrong and disabled else ""
    assert (outcome["error"] or {}).get("message", "") == message
