"""How CloudFront decides about a cached object, and where it is written."""

from dva.simulations.frame import Mechanism

GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
EXPIRATION = f"Amazon CloudFront Developer Guide, Manage how long content stays in the cache: {GUIDE}/Expiration.html"
KEY = f"Amazon CloudFront Developer Guide, Understand the cache key: {GUIDE}/understanding-the-cache-key.html"
ERRORS = f"Amazon CloudFront Developer Guide, How CloudFront processes HTTP 4xx and 5xx: {GUIDE}/HTTPStatusCodes.html"

mechanism = Mechanism("cloudfront-cache", rules="cloudfront.cache", notes="cloudfront-caching")
rule, belief = mechanism.rule, mechanism.belief

BEHAVIOR = rule(
    "behavior",
    "Cache behaviors are tried in the order listed; the first path pattern that matches wins, else the default `*`.",
    f"Amazon CloudFront Developer Guide, Cache behavior settings: {GUIDE}/DownloadDistValuesCacheBehavior.html", "03",
)  # fmt: skip
METHOD = rule(
    "method",
    "GET and HEAD are cached, OPTIONS where asked for; other methods go to the origin, or are refused with 403.",
    ERRORS, "methods",
)  # fmt: skip
CACHE_KEY = rule("key",
                 "The key is the path, and of query string, headers and cookies only what the behavior's policy names.",
                 KEY, "01")  # fmt: skip
EVERY_HEADER = rule(
    "every-header",
    "Where all headers are forwarded (legacy Headers `*`) nothing is cached: every request goes to the origin.",
    f"Amazon CloudFront Developer Guide, Cache content based on request headers: {GUIDE}/header-caching.html", "01",
)  # fmt: skip
HIT = rule(
    "hit",
    "The same key, present and not expired, is a hit: the origin is not asked, whatever the viewer's headers say.",
    KEY, "02", "ttl",
)  # fmt: skip
MISS = rule("miss",
            "A key that is not cached, or expired without a way to ask whether it changed, is fetched from the origin.",
            EXPIRATION, "02")  # fmt: skip
REFRESH = rule(
    "refresh-hit",
    "An expired object is asked for conditionally: on 304 the copy stays and its time begins anew (RefreshHit).",
    EXPIRATION, "ttl",
)  # fmt: skip
CLAMP = rule("ttl",
             "What the origin says (s-maxage, else max-age, else Expires) counts between Minimum and Maximum TTL.",
             EXPIRATION, "ttl")  # fmt: skip
DEFAULT = rule("default-ttl", "Where the origin says nothing the Default TTL counts, and never less than the Minimum.",
               EXPIRATION, "ttl")  # fmt: skip
FORBIDDEN = rule(
    "no-store",
    "no-cache, no-store or private: not cached where the Minimum TTL is 0, else cached for the Minimum TTL.",
    EXPIRATION, "no-store",
)  # fmt: skip
ERROR = rule("error", "Errors of the origin are cached too: for the error caching minimum TTL, 10 s unless set.",
             ERRORS, "errors")  # fmt: skip
STALE = rule(
    "stale",
    "Where the origin answers 5xx and an expired copy is held, the copy is served, unless stale-if-error forbids.",
    ERRORS, "errors",
)  # fmt: skip
REVALIDATE = rule(
    "stale-while-revalidate",
    "Within stale-while-revalidate seconds after expiry the copy is served at once, and renewed in the background.",
    EXPIRATION, "stale",
)  # fmt: skip
STALE_WORD = rule("stale-is-a-hit",
                  "x_cache of a stale copy is Hit, and it counts as fresh for the error caching minimum TTL.", ERRORS,
                  assumption=True)  # fmt: skip
DONE = rule("done", "The hits are what the origin was spared.", KEY, "02")
DISABLED = rule(
    "caching-disabled",
    "A cache policy whose TTLs are all 0 disables caching: nothing is in its key, no header, cookie, query string or "
    "encoding.",
    "Amazon CloudFront API Reference, ParametersInCacheKeyAndForwardedToOrigin: "
    "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ParametersInCacheKeyAndForwardedToOrigin.html; "
    "its message: https://github.com/sladg/nextjs-lambda/pull/89", "ttl",
)  # fmt: skip
REFUSED = rule(
    "refused", "A configuration that contradicts itself is not accepted.",
    "Amazon CloudFront API Reference, CreateDistribution: "
    "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html", "ttl",
)  # fmt: skip
