"""The pure decisions: which behavior, which key, how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from dva.aws import glob
from dva.simulations._before import Rule
from dva.simulations.cloudfront.cloudfront_cache._documents import Selected, Settings
from dva.simulations.cloudfront.cloudfront_cache._rules import CLAMP, DEFAULT, EVERY_HEADER, FORBIDDEN

SIGNING = frozenset({"Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"})
LONGEST = 2**31 - 1


@dataclass(frozen=True)
class Asked:
    """A request taken apart: header names in lower case, cookies as name and value."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Life:
    """How long an answer is kept. Not `stored`: it is not even asked for conditionally."""

    ttl: int
    stored: bool
    rule: Rule
    why: str


def matches(pattern: str, path: str) -> bool:
    """A path pattern: `*` and `?` match slashes too, the leading slash may be left out."""
    return glob.matches(pattern.removeprefix("/"), path.removeprefix("/"))


def choose(behaviors: Sequence[Settings], path: str) -> Settings:
    """The first listed behavior whose pattern matches; the default one, last, matches everything."""
    return next(behavior for behavior in behaviors if matches(behavior.pattern, path))


def query_in_key(query: str, selected: Selected) -> str | None:
    """The parameters that join the key, in the order of the request: another order is another key.

    CloudFront takes the parameters of signed URLs away first.
    """
    parts = [part for part in query.split("&") if part]
    kept = [p for p in parts if (name := p.partition("=")[0]) not in SIGNING and selected.takes(name)]
    return "&".join(kept) or None


def headers_in_key(headers: Mapping[str, str], selected: Selected) -> dict[str, str]:
    """Names do not depend on case, values do."""
    return {name: headers[name] for name in sorted(headers) if selected.takes(name)}


def cookies_in_key(cookies: Mapping[str, str], selected: Selected) -> dict[str, str]:
    """CloudFront sorts them by name; names and values depend on case. Signed cookies never join."""
    own = (name for name in sorted(cookies) if not name.startswith("CloudFront-"))
    return {name: cookies[name] for name in own if selected.takes(name)}


def encoding_in_key(headers: Mapping[str, str], settings: Settings) -> str | None:
    """Accept-Encoding, normalised to what the policy enables: br,gzip, br, gzip or nothing."""
    offered = {part.partition(";")[0].strip() for part in headers.get("accept-encoding", "").lower().split(",")}
    enabled = [name for name, on in (("br", settings.brotli), ("gzip", settings.gzip)) if on and name in offered]
    return ",".join(enabled) or None


def directives(headers: Mapping[str, str]) -> dict[str, str]:
    """Cache-Control, names in lower case."""
    found = {}
    for part in headers.get("cache-control", "").split(","):
        name, _, value = part.strip().partition("=")
        if name:
            found[name.lower()] = value.strip().strip('"')
    return found


def seconds(text: str | None) -> int | None:
    """The number of a directive, a number too large for 32 bits as their last; None where it is none."""
    if not text or not (text.isascii() and text.isdigit()):
        return None
    return min(int(text[:19]), LONGEST)


def said_by_origin(headers: Mapping[str, str], now: datetime | None) -> tuple[int, str] | None:
    """Seconds and the words that say so: s-maxage before max-age before Expires."""
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
    """An HTTP date; None where it is none."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def life(settings: Settings, headers: Mapping[str, str], now: datetime | None) -> Life:
    """How long CloudFront keeps an answer with these headers."""
    low, high = settings.min_ttl, settings.max_ttl
    if settings.every_header:
        return Life(0, stored=False, rule=EVERY_HEADER, why=EVERY_HEADER.says)
    forbidding = sorted({"no-cache", "no-store", "private"} & set(directives(headers)))
    if forbidding:
        why = f"{', '.join(forbidding)}, and the Minimum TTL is {low}"
        return Life(low, stored=low > 0, rule=FORBIDDEN, why=why)
    said = said_by_origin(headers, now)
    if said is None:
        ttl = max(low, settings.default_ttl)
        return Life(ttl, stored=high > 0, rule=DEFAULT, why=f"no header: Default TTL {settings.default_ttl}")
    ttl = max(low, min(said[0], high))
    return Life(ttl, stored=high > 0, rule=CLAMP, why=f"{said[1]}, between Minimum {low} and Maximum {high}")


def cache_key(asked: Asked, settings: Settings, query: str | None) -> dict[str, Any]:
    """The key as the outcome shows it. HEAD shares with GET, OPTIONS is kept apart."""
    headers = headers_in_key(asked.headers, settings.headers)
    if settings.gzip or settings.brotli:
        headers.pop("accept-encoding", None)
    return {
        "method": "OPTIONS" if asked.method == "OPTIONS" else "GET",
        "path": asked.path,
        "query": query,
        "headers": headers,
        "cookies": cookies_in_key(asked.cookies, settings.cookies),
        "accept_encoding": encoding_in_key(asked.headers, settings),
    }


def key_text(key: Mapping[str, Any]) -> str:
    """The key on one line."""
    text = key["path"] + (f"?{key['query']}" if key["query"] else "")
    parts = [f"{name}={value}" for kind in ("headers", "cookies") for name, value in key[kind].items()]
    parts += [f"encoding={key['accept_encoding']}"] if key["accept_encoding"] else []
    parts += ["OPTIONS"] if key["method"] == "OPTIONS" else []
    return " | ".join([text, *parts])
