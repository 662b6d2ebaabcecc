"""How CloudFront decides about a cached object, and where it is written."""

from dva.simulations._before import Rule

GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
EXPIRATION = f"Amazon CloudFront Developer Guide, Manage how long content stays in the cache: {GUIDE}/Expiration.html"
KEY = f"Amazon CloudFront Developer Guide, Understand the cache key: {GUIDE}/understanding-the-cache-key.html"
ERRORS = f"Amazon CloudFront Developer Guide, How CloudFront processes HTTP 4xx and 5xx: {GUIDE}/HTTPStatusCodes.html"

BEHAVIOR = Rule(
    "cloudfront.cache.behavior",
    "Cache behaviors are tried in the order listed; the first path pattern that matches wins, else the default `*`.",
    f"Amazon CloudFront Developer Guide, Cache behavior settings: {GUIDE}/DownloadDistValuesCacheBehavior.html",
    ("cloudfront-caching.03",),
)
METHOD = Rule(
    "cloudfront.cache.method",
    "GET and HEAD are cached, OPTIONS where asked for; other methods go to the origin, or are refused with 403.",
    ERRORS,
    ("cloudfront-caching.methods",),
)
CACHE_KEY = Rule(
    "cloudfront.cache.key",
    "The key is the path, and of query string, headers and cookies only what the behavior's policy names.",
    KEY,
    ("cloudfront-caching.01",),
)
EVERY_HEADER = Rule(
    "cloudfront.cache.every-header",
    "Where all headers are forwarded (legacy Headers `*`) nothing is cached: every request goes to the origin.",
    f"Amazon CloudFront Developer Guide, Cache content based on request headers: {GUIDE}/header-caching.html",
    ("cloudfront-caching.01",),
)
HIT = Rule(
    "cloudfront.cache.hit",
    "The same key, present and not expired, is a hit: the origin is not asked, whatever the viewer's headers say.",
    KEY,
    ("cloudfront-caching.02", "cloudfront-caching.ttl"),
)
MISS = Rule(
    "cloudfront.cache.miss",
    "A key that is not cached, or expired without a way to ask whether it changed, is fetched from the origin.",
    EXPIRATION,
    ("cloudfront-caching.02",),
)
REFRESH = Rule(
    "cloudfront.cache.refresh-hit",
    "An expired object is asked for conditionally: on 304 the copy stays and its time begins anew (RefreshHit).",
    EXPIRATION,
    ("cloudfront-caching.ttl",),
)
CLAMP = Rule(
    "cloudfront.cache.ttl",
    "What the origin says (s-maxage, else max-age, else Expires) counts between Minimum and Maximum TTL.",
    EXPIRATION,
    ("cloudfront-caching.ttl",),
)
DEFAULT = Rule(
    "cloudfront.cache.default-ttl",
    "Where the origin says nothing the Default TTL counts, and never less than the Minimum.",
    EXPIRATION,
    ("cloudfront-caching.ttl",),
)
FORBIDDEN = Rule(
    "cloudfront.cache.no-store",
    "no-cache, no-store or private: not cached where the Minimum TTL is 0, else cached for the Minimum TTL.",
    EXPIRATION,
    ("cloudfront-caching.no-store",),
)
ERROR = Rule(
    "cloudfront.cache.error",
    "Errors of the origin are cached too: for the error caching minimum TTL, 10 s unless set.",
    ERRORS,
    ("cloudfront-caching.errors",),
)
STALE = Rule(
    "cloudfront.cache.stale",
    "Where the origin answers 5xx and an expired copy is held, the copy is served, unless stale-if-error forbids.",
    ERRORS,
    ("cloudfront-caching.errors",),
)
REVALIDATE = Rule(
    "cloudfront.cache.stale-while-revalidate",
    "Within stale-while-revalidate seconds after expiry the copy is served at once, and renewed in the background.",
    EXPIRATION,
    ("cloudfront-caching.stale",),
)
STALE_WORD = Rule(
    "cloudfront.cache.stale-is-a-hit",
    "x_cache of a stale copy is Hit, and it counts as fresh for the error caching minimum TTL.",
    ERRORS,
    assumption=True,
)
DONE = Rule("cloudfront.cache.done", "The hits are what the origin was spared.", KEY, ("cloudfront-caching.02",))
REFUSED = Rule(
    "cloudfront.cache.refused",
    "A configuration that contradicts itself is not accepted.",
    "Amazon CloudFront API Reference, CreateDistribution: "
    "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html",
    ("cloudfront-caching.ttl",),
)

RULES = (
    BEHAVIOR, METHOD, CACHE_KEY, EVERY_HEADER, HIT, MISS, REFRESH, CLAMP, DEFAULT, FORBIDDEN, ERROR, STALE,
    REVALIDATE, STALE_WORD, DONE, REFUSED,
)  # fmt: skip
