"""What people believe of CloudFront's cache instead."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from dva.simulations.cloudfront.cloudfront_cache import decisions, rules
from dva.simulations.cloudfront.cloudfront_cache.decisions import Lifetime
from dva.simulations.cloudfront.cloudfront_cache.rules import belief
from dva.simulations.cloudfront.cloudfront_cache.settings import Selected, Settings


@belief(decisions.choose, "most-specific-pattern-wins", "the most specific path pattern wins",
        "The behaviors are tried in the order in which they are listed, and the first match ends the search.",
        "03")  # fmt: skip
def most_specific(behaviors: Sequence[Settings], path: str) -> Settings:
    fitting = [behavior for behavior in behaviors if decisions.matches(behavior.pattern, path)]
    return max(fitting, key=lambda behavior: len(behavior.pattern))


belief(decisions.query_in_key, "query-always-in-key", "every other query string is another cached object",
       "Only the parameters that the cache policy names join the key; by default none does.",
       "01")(lambda query, selected: query or None)  # fmt: skip


@belief(decisions.query_in_key, "query-order-ignored", "?a=1&b=2 and ?b=2&a=1 share a cached object",
        "CloudFront compares the parameters in the order in which they come.", "01")  # fmt: skip
def sorted_query(query: str, selected: Selected) -> str | None:
    kept = decisions.query_in_key(query, selected)
    return "&".join(sorted(kept.split("&"))) if kept else None


@belief(decisions.lifetime, "origin-ttl-always-wins",
        "max-age of the origin is the time that CloudFront keeps the object",
        "It counts between Minimum and Maximum TTL only.", "ttl")  # fmt: skip
def origin_decides(settings: Settings, headers: Mapping[str, str], now: datetime | None) -> Lifetime:
    said = decisions.said_by_origin(headers, now)
    if said is None or decisions.forbidding(headers):
        return decisions.lifetime(settings, headers, now)
    return Lifetime(said[0], stored=True, rule=rules.CLAMP, why=f"{said[1]}.")


@belief(decisions.lifetime, "no-store-is-never-cached",
        "with no-store, no-cache or private CloudFront never keeps the object",
        "With a Minimum TTL above 0 it is kept for the Minimum TTL all the same.", "no-store")  # fmt: skip
def never_stored(settings: Settings, headers: Mapping[str, str], now: datetime | None) -> Lifetime:
    if decisions.forbidding(headers):
        return Lifetime(0, stored=False, rule=rules.FORBIDDEN, why="no-cache, no-store or private.")
    return decisions.lifetime(settings, headers, now)


belief(decisions.viewer_reaches_origin, "viewer-can-bypass",
       "a viewer's Cache-Control: no-cache makes CloudFront ask the origin",
       "CloudFront ignores Cache-Control and Pragma in requests of viewers.", "ttl")(
    lambda request: "no-cache" in request.headers.get("cache-control", "") + request.headers.get("pragma", "")
)  # fmt: skip
