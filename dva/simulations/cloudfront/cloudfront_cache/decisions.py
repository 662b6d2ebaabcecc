"""The pure decisions: which behavior, which key, how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dva.aws import glob
from dva.simulations.cloudfront.cloudfront_cache.documents import CacheKey
from dva.simulations.cloudfront.cloudfront_cache.rules import CLAMP, DEFAULT, EVERY_HEADER, FORBIDDEN
from dva.simulations.cloudfront.cloudfront_cache.settings import Selected, Settings
from dva.trace import Rule

SIGNING = frozenset({"Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"})
"""Parameters of signed URLs, which CloudFront takes away before it builds the key (rules.KEY)."""
MAX_SECONDS = 2**31 - 1
"""The largest number of a directive."""


@dataclass(frozen=True)
class ParsedRequest:
    """A request in parts: header names in lower case, cookies as name and value."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lifetime:
    """How long a response is kept. Not `stored`: it is not even asked for conditionally."""

    ttl: int
    stored: bool
    rule: Rule
    why: str


def viewer_reaches_origin(request: ParsedRequest) -> bool:
    """Whether a viewer's Cache-Control or Pragma makes CloudFront ask the origin (beliefs replace it)."""
    return False


def matches(pattern: str, path: str) -> bool:
    """Whether a path fits a pattern: `*` and `?` match slashes too, the leading slash may be left out."""
    return glob.matches(pattern.removeprefix("/"), path.removeprefix("/"))


def choose(behaviors: Sequence[Settings], path: str) -> Settings:
    """Return the first listed behavior whose pattern matches; the default one, last, matches everything."""
    return next(behavior for behavior in behaviors if matches(behavior.pattern, path))


def query_in_key(query: str, selected: Selected) -> str | None:
    """Return the parameters that are part of the key, in the order of the request: another order is another key.

    CloudFront takes the parameters of signed URLs away first.
    """
    named = [(part.partition("=")[0], part) for part in query.split("&") if part]
    return "&".join(part for name, part in named if name not in SIGNING and selected.takes(name)) or None


def headers_in_key(headers: Mapping[str, str], selected: Selected) -> dict[str, str]:
    """Return the headers that are part of the key; names do not depend on case, values do."""
    return {name: headers[name] for name in sorted(headers) if selected.takes(name)}


def cookies_in_key(cookies: Mapping[str, str], selected: Selected) -> dict[str, str]:
    """Return the cookies that are part of the key, sorted by name as CloudFront does; signed cookies never are."""
    own = (name for name in sorted(cookies) if not name.startswith("CloudFront-"))
    return {name: cookies[name] for name in own if selected.takes(name)}


def encoding_in_key(headers: Mapping[str, str], settings: Settings) -> str | None:
    """Return Accept-Encoding, normalized to what the policy enables: br,gzip, br, gzip or nothing."""
    offered = {part.partition(";")[0].strip() for part in headers.get("accept-encoding", "").lower().split(",")}
    enabled = [name for name, on in (("br", settings.brotli), ("gzip", settings.gzip)) if on and name in offered]
    return ",".join(enabled) or None


def directives(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the directives of Cache-Control, names in lower case."""
    parts = [part.strip().partition("=") for part in headers.get("cache-control", "").split(",")]
    return {name.lower(): value.strip().strip('"') for name, _, value in parts if name}


def forbidding(headers: Mapping[str, str]) -> list[str]:
    """Return the directives that forbid to cache a response."""
    return sorted({"no-cache", "no-store", "private"} & set(directives(headers)))


def seconds(text: str | None) -> int | None:
    """Return the number of a directive, at most MAX_SECONDS; None where it is not a number."""
    if not text or not (text.isascii() and text.isdigit()):
        return None
    return min(int(text[:19]), MAX_SECONDS)


def said_by_origin(headers: Mapping[str, str], now: datetime | None) -> tuple[int, str] | None:
    """Return seconds and the words that say so: s-maxage before max-age before Expires."""
    said = directives(headers)
    for name in ("s-maxage", "max-age"):
        age = seconds(said.get(name))
        if age is not None:
            return age, f"{name}={said[name]}"
    if "expires" not in headers:
        return None
    date, clock = http_date(headers["expires"]), now or http_date(headers.get("date", ""))
    # An Expires that is no date, as the popular 0, says "already expired".
    ahead = max(0, int((date - clock).total_seconds())) if date and clock else 0
    return ahead, f"Expires is {ahead} s ahead"


def http_date(text: str) -> datetime | None:
    """Return an HTTP date; None where it is not a date."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def lifetime(settings: Settings, headers: Mapping[str, str], now: datetime | None) -> Lifetime:
    """Return how long CloudFront keeps a response with these headers."""
    low, high = settings.min_ttl, settings.max_ttl
    if settings.every_header:
        return Lifetime(0, stored=False, rule=EVERY_HEADER, why="")
    if forbidden_by := forbidding(headers):
        why = f"{', '.join(forbidden_by)}, and the Minimum TTL is {low}."
        return Lifetime(low, stored=low > 0, rule=FORBIDDEN, why=why)
    said = said_by_origin(headers, now)
    if said is None:
        ttl = max(low, settings.default_ttl)
        return Lifetime(ttl, stored=high > 0, rule=DEFAULT, why=f"no header: Default TTL {settings.default_ttl}.")
    ttl = max(low, min(said[0], high))
    return Lifetime(ttl, stored=high > 0, rule=CLAMP, why=f"{said[1]}, between Minimum {low} and Maximum {high}.")


def cache_key(request: ParsedRequest, settings: Settings, query: str | None) -> CacheKey:
    """Return the key as the outcome shows it. HEAD shares with GET, OPTIONS is kept apart."""
    headers = headers_in_key(request.headers, settings.headers)
    if settings.gzip or settings.brotli:
        headers.pop("accept-encoding", None)
    return {
        "method": "OPTIONS" if request.method == "OPTIONS" else "GET", "path": request.path, "query": query,
        "headers": headers, "cookies": cookies_in_key(request.cookies, settings.cookies),
        "accept_encoding": encoding_in_key(request.headers, settings),
    }  # fmt: skip


def key_text(key: CacheKey) -> str:
    """Return the key on one line."""
    text = key["path"] + (f"?{key['query']}" if key["query"] else "")
    parts = [f"{name}={value}" for kind in (key["headers"], key["cookies"]) for name, value in kind.items()]
    parts += [f"encoding={key['accept_encoding']}"] if key["accept_encoding"] else []
    parts += ["OPTIONS"] if key["method"] == "OPTIONS" else []
    return " | ".join([text, *parts])
