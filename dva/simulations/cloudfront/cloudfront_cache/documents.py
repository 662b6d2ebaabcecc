"""A distribution as AWS writes it, what an edge cache is computed from, and the result."""

from typing import Annotated, Literal, TypedDict

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.frame import Outcome, Phrases

Choice = Literal["none", "whitelist", "allExcept", "all"]


class Names(AwsDocument, rename="pascal"):
    """AWS's lists: {Quantity, Items}."""

    items: list[str] = []


class Cookies(AwsDocument, rename="pascal"):
    forward: Choice = "none"
    whitelisted_names: Names | list[str] | None = None


class ForwardedValues(AwsDocument, rename="pascal"):
    """The legacy settings of what is part of the key."""

    query_string: bool = False
    query_string_cache_keys: Names | list[str] | None = None
    cookies: Cookies | None = None
    headers: Names | list[str] | None = None


class CachedMethods(Names, rename="pascal"):
    pass


class AllowedMethods(Names, rename="pascal"):
    cached_methods: CachedMethods | list[str] | None = None


class Behavior(AwsDocument, rename="pascal"):
    """A cache behavior; the default one has no PathPattern."""

    path_pattern: str = "*"
    cache_policy_id: str | None = None
    min_ttl: int | None = field(name="MinTTL", default=None)
    default_ttl: int | None = field(name="DefaultTTL", default=None)
    max_ttl: int | None = field(name="MaxTTL", default=None)
    forwarded_values: ForwardedValues | None = None
    allowed_methods: AllowedMethods | list[str] | None = None


class Behaviors(AwsDocument, rename="pascal"):
    quantity: int | None = None
    items: list[Behavior] | None = None


class ErrorResponse(AwsDocument, rename="pascal"):
    error_code: int
    error_caching_min_ttl: int | None = field(name="ErrorCachingMinTTL", default=None)


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
    min_ttl: int = field(name="MinTTL", default=0)
    default_ttl: int | None = field(name="DefaultTTL", default=None)
    max_ttl: int | None = field(name="MaxTTL", default=None)
    parameters: Parameters | None = field(name="ParametersInCacheKeyAndForwardedToOrigin", default=None)


class Policy(AwsDocument, rename="pascal"):
    wrappers = ("CachePolicy",)
    id: str
    cache_policy_config: PolicyConfig


class Policies(AwsDocument, rename="pascal"):
    wrappers = ("CachePolicyList",)
    items: list[Policy] = []


class OriginResponse(StrictStruct, rename=None):
    """What the origin responds for a path from some second on."""

    path: str
    """Path, with or without query string, or a pattern with `*`."""
    headers: dict[str, str | int] = {}
    """Headers of the response."""
    status: int = 200
    """HTTP status; 0 for no response."""
    since: float = field(name="from", default=0)
    """Second from which the origin responds so."""


class Request(StrictStruct, rename=None):
    """A viewer's request: one method with its URL."""

    t: float
    """Second of the request."""
    get: str | None = field(name="GET", default=None)
    """URL of a GET request."""
    head: str | None = field(name="HEAD", default=None)
    """URL of a HEAD request."""
    options: str | None = field(name="OPTIONS", default=None)
    """URL of an OPTIONS request."""
    post: str | None = field(name="POST", default=None)
    """URL of a POST request."""
    put: str | None = field(name="PUT", default=None)
    """URL of a PUT request."""
    patch: str | None = field(name="PATCH", default=None)
    """URL of a PATCH request."""
    delete: str | None = field(name="DELETE", default=None)
    """URL of a DELETE request."""
    headers: dict[str, str | int] = {}
    """Headers of the request."""
    cookies: dict[str, str | int] = {}
    """Cookies of the request, besides those of a Cookie header."""


class Given(StrictStruct, rename=None):
    """What an edge cache is computed from."""

    distribution: Distribution = field(name="DistributionConfig")
    """The distribution, with its cache behaviors."""
    policies: Policies | list[Policy] | None = field(name="CachePolicies", default=None)
    """Cache policies of your own; AWS's managed ones are known."""
    origin: list[OriginResponse] = []
    """What the origin responds; 200 without headers where nothing is said."""
    requests: list[Request] = []
    """Requests of viewers at one edge location, in order."""
    start: str | None = None
    """What the clocks say at second 0 (ISO 8601), for `Expires`, which is a date."""


class CacheKey(TypedDict):
    """What tells one cached object from another."""

    method: Literal["GET", "OPTIONS"]
    """GET, also for HEAD, or OPTIONS."""
    path: str
    """Path of the URL."""
    query: str | None
    """Parameters that are part of the key, in the order of the request."""
    headers: dict[str, str]
    """Headers that are part of the key, names in lower case."""
    cookies: dict[str, str]
    """Cookies that are part of the key."""
    accept_encoding: str | None
    """Compression that the viewer takes and the policy enables."""


XCache = Literal["Hit", "Miss", "RefreshHit", "Error"]


class Response(TypedDict):
    """How CloudFront responds to one request."""

    behavior: str
    """Path pattern of the cache behavior that applies."""
    key: CacheKey | None
    """The cache key; null where the method is not cached."""
    x_cache: XCache
    """First word of the X-Cache header."""
    ttl: int
    """Seconds for which the object is kept."""


class Responses(Outcome):
    """How CloudFront responds to the requests."""

    status: Annotated[
        Literal["completed", "refused"] | None,
        Phrases(
            {"completed": "CloudFront accepts the configuration", "refused": "CloudFront rejects the configuration"}
        ),
    ] = None
    """`refused` where CloudFront does not take the configuration, else `completed`."""
    requests: list[Response] = []
    """How CloudFront responds, request by request."""
