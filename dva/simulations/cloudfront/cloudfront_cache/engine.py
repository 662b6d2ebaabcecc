"""One edge cache, request by request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from urllib.parse import urlsplit

from dva import jsonpointer
from dva.errors import GivenError
from dva.simulations.cloudfront.cloudfront_cache import decisions, documents, rules
from dva.simulations.cloudfront.cloudfront_cache.decisions import ParsedRequest
from dva.simulations.cloudfront.cloudfront_cache.documents import CacheKey, Given, OriginResponse, Request, XCache
from dva.simulations.cloudfront.cloudfront_cache.settings import Settings, behaviors
from dva.simulations.frame import Append, Draw, Run
from dva.trace import Rule

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")

# Documented numbers (rules.ERRORS)

ERRORS_CACHED = frozenset({404, 405, 414, 500, 501, 502, 503, 504})
"""Errors that are always cached."""
ERRORS_CACHED_IF_SAID = frozenset({400, 403, 412, 415})
"""Errors that are cached where the origin's Cache-Control says for how long."""
ERROR_TTL = 10
"""Seconds: the error caching minimum TTL where none is given."""
GATEWAY_TIMEOUT, UNREACHABLE = 504, 0
"""Status for an origin that does not respond, and how `given` writes it."""
VALIDATORS = ("etag", "last-modified")
"""Headers that a conditional request asks with."""


@dataclass
class Copy:
    """What the edge holds for a key: fresh while now < until."""

    ttl: int
    until: float
    headers: Mapping[str, str]
    status: int

    @property
    def validator(self) -> str | None:
        """Return what a conditional request asks with; None where the origin sent nothing of the kind."""
        return next((f"{name} {self.headers[name]}" for name in VALIDATORS if name in self.headers), None)


class Edge:
    """One run: the behaviors, the origin, and the copies held."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run = given, run
        self.behaviors = behaviors(given)
        self.start = clock(given.start)
        self.copies: dict[str, Copy] = {}
        self.now = 0.0
        self.why_kept = ""

    def serve(self, request: Request, where: str) -> None:
        """Respond to one request."""
        self.now = request.t
        asked = parse_request(request, where)
        behavior = self.run.using(decisions.choose)(self.behaviors, asked.path)
        tried = [other.pattern for other in takewhile(lambda other: other is not behavior, self.behaviors)]
        before = f"{', '.join(tried)} tried before. " if tried else ""
        self.advance(rules.BEHAVIOR, f"{asked.method} {asked.path}: behavior {behavior.pattern}",
                     f"{before}{behavior.pattern} matches {asked.path}.")  # fmt: skip
        if asked.method not in behavior.cached:
            self._uncacheable(asked, behavior)
            return
        key = decisions.cache_key(asked, behavior, self.run.using(decisions.query_in_key)(asked.query, behavior.query))
        name = decisions.key_text(key)
        left_out = asked.query and asked.query != key["query"]
        why = f"Of ?{asked.query} the key keeps {key['query'] or 'nothing'}." if left_out else ""
        self.advance(rules.CACHE_KEY, f"Key: {name}", why)
        copy = self.copies.get(name)
        if copy and self.now < copy.until and not self.run.using(decisions.viewer_reaches_origin)(asked):
            word: XCache = "Error" if copy.status >= 400 else "Hit"
            left = f"Fresh for another {copy.until - self.now:g} of {copy.ttl} s."
            self.respond(rules.HIT, word, left, behavior, key, copy.ttl)
        elif copy and copy.status < 400 and self._is_within(copy, "stale-while-revalidate"):
            self._while_refreshing(asked, behavior, key, name, copy)
        else:
            self._ask_origin(asked, behavior, key, name, copy)

    def _ask_origin(
        self, asked: ParsedRequest, behavior: Settings, key: CacheKey, name: str, copy: Copy | None
    ) -> None:
        status, headers = self._fetch(asked)
        if status >= 500 and copy and copy.status < 400 and self._is_within(copy, "stale-if-error", True):
            self._stale(status, behavior, key, copy)
        elif status >= 400:
            self._error(status, headers, behavior, key, name)
        else:
            why = "It was not cached." if copy is None else f"The copy expired at {copy.until:g} s."
            ttl, confirmed = self._accept(status, headers, behavior, name, copy)
            if confirmed:
                why = f"The origin confirms {self.copies[name].validator} with 304."
                self.respond(rules.REFRESH, "RefreshHit", why, behavior, key, ttl)
            else:
                kept = f"{why} The response is kept for {ttl} s. {self.why_kept}".rstrip()
                self.respond(rules.MISS, "Miss", kept, behavior, key, ttl)

    def _fetch(self, asked: ParsedRequest) -> tuple[int, dict[str, str]]:
        """Return the origin's status and headers; an origin that does not respond counts as 504."""
        response = origin_response(self.given.origin, asked, self.now)
        headers = {header.lower(): str(value) for header, value in response.headers.items()}
        return (GATEWAY_TIMEOUT if response.status == UNREACHABLE else response.status), headers

    def _accept(
        self, status: int, headers: dict[str, str], behavior: Settings, name: str, copy: Copy | None
    ) -> tuple[int, bool]:
        """Keep a response as long as it may be kept; return its TTL, and whether it only confirmed the copy."""
        held = copy if copy and copy.status < 400 else None
        fresh = Copy(0, self.now, {**held.headers, **headers} if held and status == 304 else headers, 200)
        same = held is not None and bool(held.validator) and (status == 304 or held.validator == fresh.validator)
        lifetime = self.run.using(decisions.lifetime)(behavior, fresh.headers, self._clock())
        fresh.ttl, fresh.until = lifetime.ttl, self.now + lifetime.ttl
        self.why_kept = lifetime.why
        if lifetime.stored:
            self._keep(name, behavior, fresh, lifetime.rule, f"Kept for {lifetime.ttl} s", lifetime.why)
        else:
            gone: Draw = {("cells", name, "note"): "no longer cached"} if self.copies.pop(name, None) else {}
            self.advance(lifetime.rule, "The answer is not kept", lifetime.why, draw=gone)
        return lifetime.ttl, same and lifetime.stored

    def _clock(self) -> datetime | None:
        """Return what the clocks say now."""
        try:
            return self.start and self.start + timedelta(seconds=self.now)
        except (OverflowError, ValueError):
            raise GivenError(f"no clock shows {self.now} s after the start", pointer="/requests") from None

    def _while_refreshing(self, asked: ParsedRequest, behavior: Settings, key: CacheKey, name: str, copy: Copy) -> None:
        """Respond with the expired copy at once, then ask the origin in the background."""
        self.respond(rules.REVALIDATE, "Hit", f"It expired at {copy.until:g} s.", behavior, key, copy.ttl)
        status, headers = self._fetch(asked)
        if status < 400:
            self._accept(status, headers, behavior, name, copy)

    def _is_within(self, copy: Copy, directive: str, default: bool = False) -> bool:
        """Whether a directive, in seconds after expiry, still allows the copy; `default` where the copy has none."""
        said = decisions.seconds(decisions.directives(copy.headers).get(directive))
        return default if said is None else self.now < copy.until + said

    def _stale(self, status: int, behavior: Settings, key: CacheKey, copy: Copy) -> None:
        self.advance(rules.STALE, f"The origin answers {status}: the expired copy is served")
        copy.until = self.now + self._error_ttl(status)
        again = f"The origin is asked again after {copy.until:g} s."
        self.respond(rules.STALE_WORD, "Hit", again, behavior, key, copy.ttl)

    def _error(self, status: int, headers: Mapping[str, str], behavior: Settings, key: CacheKey, name: str) -> None:
        said = decisions.said_by_origin({k: v for k, v in headers.items() if k == "cache-control"}, None)
        kept = status in ERRORS_CACHED or (status in ERRORS_CACHED_IF_SAID and said is not None)
        ttl = max(self._error_ttl(status), min(said[0], behavior.max_ttl) if said else 0) if kept else 0
        if kept:
            copy = Copy(ttl, self.now + ttl, headers, status)
            self._keep(name, behavior, copy, rules.ERROR, f"The error {status} is kept for {ttl} s")
        self.respond(rules.ERROR, "Error", f"The origin answers {status}.", behavior, key, ttl)

    def _error_ttl(self, status: int) -> int:
        listed = (self.given.distribution.custom_error_responses or documents.ErrorResponses()).items or []
        said = next((item.error_caching_min_ttl for item in listed if item.error_code == status), None)
        return ERROR_TTL if said is None else said

    def _uncacheable(self, asked: ParsedRequest, behavior: Settings) -> None:
        word: XCache = "Miss"
        why = f"{asked.method} is passed on to the origin and its answer not cached."
        if asked.method not in behavior.allowed:
            word, why = "Error", f"{asked.method} is not among the allowed methods {', '.join(behavior.allowed)}: 403."
        self.respond(rules.METHOD, word, why, behavior, None, 0)

    def _keep(self, name: str, behavior: Settings, copy: Copy, rule: Rule, title: str, why: str = "") -> None:
        self.copies[name] = copy
        cell = {
            "group": behavior.pattern, "items": [f"HTTP {copy.status}"], "meters": {},
            "note": f"{copy.ttl} s, until {copy.until:g}",
        }  # fmt: skip
        self.advance(rule, title, why, draw={("cells", name): cell})

    def respond(self, rule: Rule, word: XCache, why: str, behavior: Settings, key: CacheKey | None, ttl: int) -> None:
        """Respond to the viewer."""
        response = documents.Response(behavior=behavior.pattern, key=key, x_cache=word, ttl=ttl)
        self.advance(rule, f"X-Cache: {word} from cloudfront", why, requests=Append(response))

    def advance(self, rule: Rule, title: str, why: str = "", draw: Draw | None = None, **outcome: object) -> None:
        """Record a step at the second of the request."""
        self.run.step(rule, title, why, at=self.now, draw=draw, inside=None, **outcome)


def clock(text: str | None) -> datetime | None:
    """Return the time at second 0; GivenError where it is not a time."""
    if text is None:
        return None
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise GivenError("expected an ISO 8601 date and time", pointer="/start") from None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def parse_request(request: Request, where: str) -> ParsedRequest:
    """Return the parts of a request: header names in lower case, cookies from both places."""
    named = [(name.upper(), url) for name in METHODS if (url := getattr(request, name)) is not None]
    if len(named) != 1:
        raise GivenError("a request names one method with its URL, as `GET: /a.jpg`", pointer=where)
    method, url = named[0]
    try:
        parts = urlsplit(url)
    except ValueError:
        raise GivenError("this is not a valid URL", pointer=where + jsonpointer.join(method)) from None
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    pairs = [pair.strip().partition("=") for pair in headers.pop("cookie", "").split(";") if pair.strip()]
    cookies = {name: value for name, _, value in pairs} | {k: str(v) for k, v in request.cookies.items()}
    return ParsedRequest(method, parts.path or "/", parts.query, headers, cookies)


def origin_response(origin: Sequence[OriginResponse], asked: ParsedRequest, now: float) -> OriginResponse:
    """Return the latest response for the path with its query, else for the path, else for a pattern; 200 by default."""

    def closeness(path: str) -> int:
        if path in (f"{asked.path}?{asked.query}", asked.path):
            return 2 if path == asked.path else 3
        return int("*" in path and decisions.matches(path, asked.path))

    fitting = [response for response in origin if response.since <= now and closeness(response.path)]
    latest = max(fitting, key=lambda response: (closeness(response.path), response.since), default=None)
    return latest or OriginResponse(path=asked.path)


def serve_all(given: Given, run: Run) -> None:
    """Respond to the requests, one after the other."""
    edge = Edge(given, run)
    for index, request in enumerate(given.requests):
        edge.serve(request, f"/requests/{index}")
    words = [request["x_cache"] for request in run.outcome["requests"]]
    title = f"{words.count('Hit')} of {len(words)} requests were answered without the origin"
    run.step(rules.DONE, title, at=edge.now, status="completed")
