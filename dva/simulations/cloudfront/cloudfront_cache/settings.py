"""What a distribution's cache behaviors say about caching, by a cache policy or in the legacy way."""

from dataclasses import dataclass, replace

from dva.aws import glob
from dva.simulations.cloudfront.cloudfront_cache import documents, rules
from dva.simulations.cloudfront.cloudfront_cache.documents import AllowedMethods, Behavior, Given, Names, PolicyConfig
from dva.simulations.frame import Refused

# Documented numbers (rules.EXPIRATION; cache behavior settings)

DAY, YEAR = 86400, 31536000
"""Seconds: Default and Maximum TTL where none is given."""
READS = ("GET", "HEAD")
"""Methods that are allowed and cached where none are given."""


@dataclass(frozen=True)
class Selected:
    """Which names of a kind are part of the key: none, whitelist, allExcept, all."""

    choice: str = "none"
    names: tuple[str, ...] = ()
    patterns: bool = False

    def takes(self, name: str) -> bool:
        """Whether this name is part of the key. Names of cookies may hold `*` and `?`."""
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


def _managed(
    ttls: tuple[int, int, int], encodings: tuple[bool, bool] = (True, True), *, headers: tuple[str, ...] = (),
    cookies: str = "none", query: Selected = Selected(),
) -> Settings:  # fmt: skip
    chosen = Selected("whitelist" if headers else "none", tuple(name.lower() for name in headers))
    return Settings("*", *ttls, chosen, Selected(cookies), query, *encodings)


ORIGIN_HEADERS = ("Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
VIEWER_HEADERS = ("Authorization", "CloudFront-Viewer-Country", "Host")
ALL, MEDIA = Selected("all"), Selected("whitelist", ("aws.manifestfilter", "start", "end", "m"))
# "Use managed cache policies" of the Amazon CloudFront Developer Guide: (min, default, max) and the key.
MANAGED = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": _managed((1, DAY, YEAR)),
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": _managed((1, DAY, YEAR), (False, False)),
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": _managed((0, 0, 0), (False, False)),
    "2e54312d-136d-493c-8eb9-b001f22f67d2": _managed((2, 2, 600), headers=VIEWER_HEADERS, cookies="all", query=ALL),
    "08627262-05a9-4f76-9ded-b50ca2e3a84f": _managed((0, DAY, YEAR), (True, False), headers=("Origin",), query=MEDIA),
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": _managed((0, 0, YEAR), headers=ORIGIN_HEADERS, cookies="all"),
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": _managed((0, 0, YEAR), headers=ORIGIN_HEADERS, cookies="all", query=ALL),
}  # fmt: skip


def names_of(listed: Names | list[str] | None) -> tuple[str, ...]:
    """Return the names of an AWS list, however it is written."""
    return tuple(listed.items if isinstance(listed, Names) else listed or ())


def ttls(low: int, default: int | None, high: int | None) -> tuple[int, int, int]:
    """Return Min, Default and Max with AWS's defaults: a day and a year, unless the others forbid."""
    if default is None:
        default = max(low, DAY if high is None else min(DAY, high))
    high = (default if max(low, default) > YEAR else YEAR) if high is None else high
    return low, default, high


def behaviors(given: Given) -> list[Settings]:
    """Return all behaviors in the order in which they are tried, the default one last."""
    listed = given.distribution.cache_behaviors or documents.Behaviors()
    items = listed.items or []
    if listed.quantity not in (None, len(items)):
        message = "The value of Quantity and the size of Items don't match."
        raise Refused(rules.REFUSED, "InconsistentQuantities", message)
    default = given.distribution.default_cache_behavior
    policies = given.policies.items if isinstance(given.policies, documents.Policies) else given.policies or []
    custom = {policy.id: policy.cache_policy_config for policy in policies}
    for config in custom.values():
        _check_disabled(_policy(config))
    return [settings(b, b.path_pattern, custom) for b in items] + [settings(default, "*", custom)]


def settings(behavior: Behavior, pattern: str, custom: dict[str, PolicyConfig]) -> Settings:
    """Return what one behavior says; Refused where CloudFront would not take it."""
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
    if old != (None,) * 4:
        message = "a behavior with CachePolicyId has no MinTTL, DefaultTTL, MaxTTL or ForwardedValues"
        raise Refused(rules.REFUSED, "InvalidArgument", message)
    if identity in custom:
        return _policy(custom[identity])
    if identity not in MANAGED:
        raise Refused(rules.REFUSED, "NoSuchCachePolicy", "The cache policy does not exist.")
    return MANAGED[identity]


def _policy(config: PolicyConfig) -> Settings:
    said = config.parameters or documents.Parameters()
    headers = said.headers_config or documents.HeadersConfig()
    cookies = said.cookies_config or documents.CookiesConfig()
    query = said.query_strings_config or documents.QueryStringsConfig()
    return Settings("*", *ttls(config.min_ttl, config.default_ttl, config.max_ttl),
                    Selected(headers.header_behavior, tuple(name.lower() for name in names_of(headers.headers))),
                    Selected(cookies.cookie_behavior, names_of(cookies.cookies), patterns=True),
                    Selected(query.query_string_behavior, names_of(query.query_strings)),
                    said.enable_accept_encoding_gzip, said.enable_accept_encoding_brotli)  # fmt: skip


def _check_disabled(found: Settings) -> None:
    """Raise Refused where a policy of Maximum TTL 0 still puts something into the key, in CloudFront's own words."""
    if found.max_ttl:
        return
    chosen = {
        "HeaderBehavior": found.headers.choice != "none", "CookieBehavior": found.cookies.choice != "none",
        "QueryStringBehavior": found.query.choice != "none", "EnableAcceptEncodingGzip": found.gzip,
        "EnableAcceptEncodingBrotli": found.brotli,
    }  # fmt: skip
    wrong = next((name for name, is_chosen in chosen.items() if is_chosen), None)
    if wrong:
        message = f"The parameter {wrong} is invalid for policy with caching disabled."
        raise Refused(rules.DISABLED, "InvalidArgument", message)


def _legacy(behavior: Behavior) -> Settings:
    said = behavior.forwarded_values or documents.ForwardedValues()
    cookies = said.cookies or documents.Cookies()
    headers = tuple(name.lower() for name in names_of(said.headers))
    keys = names_of(said.query_string_cache_keys)
    chosen = "none" if not said.query_string else "whitelist" if keys else "all"
    kind = "all" if "*" in headers else "whitelist" if headers else "none"
    return Settings("*", *ttls(behavior.min_ttl or 0, behavior.default_ttl, behavior.max_ttl), Selected(kind, headers),
                    Selected(cookies.forward, names_of(cookies.whitelisted_names), patterns=True),
                    Selected(chosen, keys))  # fmt: skip
