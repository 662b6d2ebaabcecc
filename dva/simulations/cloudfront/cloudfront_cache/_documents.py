"""A distribution as AWS writes it, and what of it decides about caching."""

from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from dva.aws import glob
from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations._before import Refused
from dva.simulations.cloudfront.cloudfront_cache import _rules as rules

DAY, YEAR = 86400, 31536000
READS = ("GET", "HEAD")
Choice = Literal["none", "whitelist", "allExcept", "all"]


class Names(AwsDocument, rename="pascal"):
    """AWS's lists: {Quantity, Items}."""

    items: list[str] = []


class Cookies(AwsDocument, rename="pascal"):
    forward: Choice = "none"
    whitelisted_names: Names | list[str] | None = None


class ForwardedValues(AwsDocument, rename="pascal"):
    """The legacy way of saying what joins the key."""

    query_string: bool = False
    query_string_cache_keys: Names | list[str] | None = None
    cookies: Cookies | None = None
    headers: Names | list[str] | None = None


class CachedMethods(AwsDocument, rename="pascal"):
    items: list[str] = []


class AllowedMethods(AwsDocument, rename="pascal"):
    items: list[str] = []
    cached_methods: CachedMethods | list[str] | None = None


class Behavior(AwsDocument, rename="pascal"):
    """A cache behavior; the default one has no PathPattern."""

    path_pattern: str = "*"
    cache_policy_id: str | None = None
    min_ttl: int | None = msgspec.field(name="MinTTL", default=None)
    default_ttl: int | None = msgspec.field(name="DefaultTTL", default=None)
    max_ttl: int | None = msgspec.field(name="MaxTTL", default=None)
    forwarded_values: ForwardedValues | None = None
    allowed_methods: AllowedMethods | list[str] | None = None


class Behaviors(AwsDocument, rename="pascal"):
    quantity: int | None = None
    items: list[Behavior] | None = None


class ErrorResponse(AwsDocument, rename="pascal"):
    error_code: int
    error_caching_min_ttl: int | None = msgspec.field(name="ErrorCachingMinTTL", default=None)


class ErrorResponses(AwsDocument, rename="pascal"):
    items: list[ErrorResponse] | None = None


class Distribution(AwsDocument, rename="pascal"):
    wrappers = ("Distribution", "DistributionConfig")
    default_cache_behavior: Behavior
    cache_behaviors: Behaviors | None = None
    custom_error_responses: ErrorResponses | None = None


class HeadersConfig(AwsDocument, rename="pascal"):
    header_behavior: Literal["none", "whitelist"] = "none"
    headers: Names | list[str] | None = None


class CookiesConfig(AwsDocument, rename="pascal"):
    cookie_behavior: Choice = "none"
    cookies: Names | list[str] | None = None


class QueryStringsConfig(AwsDocument, rename="pascal"):
    query_string_behavior: Choice = "none"
    query_strings: Names | list[str] | None = None


class Parameters(AwsDocument, rename="pascal"):
    enable_accept_encoding_gzip: bool = False
    enable_accept_encoding_brotli: bool = False
    headers_config: HeadersConfig | None = None
    cookies_config: CookiesConfig | None = None
    query_strings_config: QueryStringsConfig | None = None


class PolicyConfig(AwsDocument, rename="pascal"):
    name: str | None = None
    min_ttl: int = msgspec.field(name="MinTTL", default=0)
    default_ttl: int | None = msgspec.field(name="DefaultTTL", default=None)
    max_ttl: int | None = msgspec.field(name="MaxTTL", default=None)
    parameters: Parameters | None = msgspec.field(name="ParametersInCacheKeyAndForwardedToOrigin", default=None)


class Policy(AwsDocument, rename="pascal"):
    wrappers = ("CachePolicy",)
    id: str
    cache_policy_config: PolicyConfig


class Policies(AwsDocument, rename="pascal"):
    wrappers = ("CachePolicyList",)
    items: list[Policy] = []


class Answer(StrictStruct, rename=None):
    """What the origin answers for a path (exact, or with `*`), from second `from` on; status 0 = no answer."""

    path: str
    headers: dict[str, str | int] = {}
    status: int = 200
    since: float = msgspec.field(name="from", default=0)


class Request(StrictStruct, rename=None):
    """A viewer's request at second `t`: one method with its URL."""

    t: float
    get: str | None = msgspec.field(name="GET", default=None)
    head: str | None = msgspec.field(name="HEAD", default=None)
    options: str | None = msgspec.field(name="OPTIONS", default=None)
    post: str | None = msgspec.field(name="POST", default=None)
    put: str | None = msgspec.field(name="PUT", default=None)
    patch: str | None = msgspec.field(name="PATCH", default=None)
    delete: str | None = msgspec.field(name="DELETE", default=None)
    headers: dict[str, str | int] = {}
    cookies: dict[str, str | int] = {}


class Given(StrictStruct, rename=None):
    """`start` is what the clocks say at t = 0 (ISO 8601): `Expires` is a date."""

    distribution: Distribution = msgspec.field(name="DistributionConfig")
    policies: Policies | list[Policy] | None = msgspec.field(name="CachePolicies", default=None)
    origin: list[Answer] = []
    requests: list[Request] = []
    start: str | None = None


@dataclass(frozen=True)
class Selected:
    """Which names of a kind join the key: none, whitelist, allExcept, all."""

    choice: str = "none"
    names: tuple[str, ...] = ()
    patterns: bool = False

    def takes(self, name: str) -> bool:
        """Whether this name joins. Names of cookies may hold `*` and `?`."""
        if self.choice in ("none", "all"):
            return self.choice == "all"
        listed = any(glob.matches(item, name) for item in self.names) if self.patterns else name in self.names
        return listed == (self.choice == "whitelist")


@dataclass(frozen=True)
class Settings:
    """What a behavior says about caching. `every_header` is the legacy Headers `*`: nothing is cached."""

    pattern: str
    min_ttl: int
    default_ttl: int
    max_ttl: int
    headers: Selected
    cookies: Selected
    query: Selected
    gzip: bool = False
    brotli: bool = False
    allowed: tuple[str, ...] = READS
    cached: tuple[str, ...] = READS

    @property
    def every_header(self) -> bool:
        """Whether the request as a whole belongs to the origin."""
        return self.headers.choice == "all"


ORIGIN_HEADERS = ("Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


def _managed(
    ttls: tuple[int, int, int],
    headers: tuple[str, ...] = (),
    cookies: str = "none",
    query: str = "none",
    names: tuple[str, ...] = (),
    encodings: tuple[bool, bool] = (True, True),
) -> Settings:
    low, default, high = ttls
    chosen = Selected("whitelist" if headers else "none", tuple(name.lower() for name in headers))
    return Settings("*", low, default, high, chosen, Selected(cookies), Selected(query, names), *encodings)


MEDIA = ("aws.manifestfilter", "start", "end", "m")
# "Use managed cache policies" of the Amazon CloudFront Developer Guide: (min, default, max) and the key.
MANAGED = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": _managed((1, DAY, YEAR)),
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": _managed((1, DAY, YEAR), encodings=(False, False)),
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": _managed((0, 0, 0), encodings=(False, False)),
    "2e54312d-136d-493c-8eb9-b001f22f67d2": _managed(
        (2, 2, 600), ("Authorization", "CloudFront-Viewer-Country", "Host"), "all", "all"
    ),
    "08627262-05a9-4f76-9ded-b50ca2e3a84f": _managed(
        (0, DAY, YEAR), ("Origin",), "none", "whitelist", MEDIA, (True, False)
    ),
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": _managed((0, 0, YEAR), ORIGIN_HEADERS, "all"),
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": _managed((0, 0, YEAR), ORIGIN_HEADERS, "all", "all"),
}  # fmt: skip


def names_of(listed: Names | AllowedMethods | CachedMethods | list[str] | None) -> tuple[str, ...]:
    """The names of an AWS list, however it is written."""
    if listed is None:
        return ()
    return tuple(listed if isinstance(listed, list) else listed.items)


def ttls(low: int, default: int | None, high: int | None) -> tuple[int, int, int]:
    """Min, Default and Max with AWS's defaults: a day and a year, unless the others forbid."""
    if default is None:
        default = max(low, DAY if high is None else min(DAY, high))
    high = (default if max(low, default) > YEAR else YEAR) if high is None else high
    return low, default, high


def behaviors(given: Given) -> list[Settings]:
    """All behaviors in the order in which they are tried, the default one last."""
    listed = given.distribution.cache_behaviors or Behaviors()
    items = listed.items or []
    if listed.quantity is not None and listed.quantity != len(items):
        raise Refused(
            rules.REFUSED, "InconsistentQuantities", "The value of Quantity and the size of Items don't match."
        )
    default = given.distribution.default_cache_behavior
    policies = given.policies.items if isinstance(given.policies, Policies) else given.policies or []
    custom = {policy.id: policy.cache_policy_config for policy in policies}
    return [settings(b, b.path_pattern, custom) for b in items] + [settings(default, "*", custom)]


def settings(behavior: Behavior, pattern: str, custom: dict[str, PolicyConfig]) -> Settings:
    """What one behavior says; Refused where CloudFront would not take it."""
    found = _by_policy(behavior, custom) if behavior.cache_policy_id else _legacy(behavior)
    if not found.min_ttl <= found.default_ttl <= found.max_ttl:
        message = f"MinTTL {found.min_ttl} <= DefaultTTL {found.default_ttl} <= MaxTTL {found.max_ttl} does not hold"
        raise Refused(rules.REFUSED, "InvalidTTLOrder", message)
    if found.every_header and found.min_ttl:
        raise Refused(rules.REFUSED, "InvalidArgument", "MinTTL must be 0 where all headers are forwarded")
    methods = behavior.allowed_methods
    cached = names_of(methods.cached_methods) if isinstance(methods, AllowedMethods) else ()
    return replace(found, pattern=pattern, allowed=names_of(methods) or READS, cached=cached or READS)


def _by_policy(behavior: Behavior, custom: dict[str, PolicyConfig]) -> Settings:
    identity = behavior.cache_policy_id or ""
    old = (behavior.min_ttl, behavior.default_ttl, behavior.max_ttl, behavior.forwarded_values)
    if any(value is not None for value in old):
        message = "a behavior with CachePolicyId has no MinTTL, DefaultTTL, MaxTTL or ForwardedValues"
        raise Refused(rules.REFUSED, "InvalidArgument", message)
    if identity in custom:
        return _policy(custom[identity])
    if identity not in MANAGED:
        raise Refused(rules.REFUSED, "NoSuchCachePolicy", "The cache policy does not exist.")
    return MANAGED[identity]


def _policy(config: PolicyConfig) -> Settings:
    said = config.parameters or Parameters()
    headers = said.headers_config or HeadersConfig()
    cookies = said.cookies_config or CookiesConfig()
    query = said.query_strings_config or QueryStringsConfig()
    return Settings(
        "*",
        *ttls(config.min_ttl, config.default_ttl, config.max_ttl),
        Selected(headers.header_behavior, tuple(name.lower() for name in names_of(headers.headers))),
        Selected(cookies.cookie_behavior, names_of(cookies.cookies), patterns=True),
        Selected(query.query_string_behavior, names_of(query.query_strings)),
        said.enable_accept_encoding_gzip,
        said.enable_accept_encoding_brotli,
    )


def _legacy(behavior: Behavior) -> Settings:
    said = behavior.forwarded_values or ForwardedValues()
    cookies = said.cookies or Cookies()
    headers = tuple(name.lower() for name in names_of(said.headers))
    keys = names_of(said.query_string_cache_keys)
    chosen = "none" if not said.query_string else "whitelist" if keys else "all"
    kind = "all" if "*" in headers else "whitelist" if headers else "none"
    return Settings(
        "*",
        *ttls(behavior.min_ttl or 0, behavior.default_ttl, behavior.max_ttl),
        Selected(kind, headers),
        Selected(cookies.forward, names_of(cookies.whitelisted_names), patterns=True),
        Selected(chosen, keys),
    )
