"""One edge cache of CloudFront, request by request: which behavior, which key, hit or miss, and for how long.

    1. The first cache behavior whose path pattern matches
    2. The cache key: path, and the query parameters, headers and cookies that the behavior's policy names
    3. The key is cached and fresh: a hit. Otherwise the origin is asked
    4. The origin's answer is kept for what it says, between the Minimum and the Maximum TTL

Regional edge caches, several edge locations and early eviction are not modelled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from dva.errors import GivenError
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.cloudfront.cloudfront_cache import _deciding as deciding
from dva.simulations.cloudfront.cloudfront_cache import _rules as rules
from dva.simulations.cloudfront.cloudfront_cache._deciding import Asked, Life
from dva.simulations.cloudfront.cloudfront_cache._documents import (
    Answer,
    ErrorResponses,
    Given,
    Request,
    Selected,
    Settings,
)
from dva.simulations.cloudfront.cloudfront_cache._documents import behaviors as behaviors_of

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
ERRORS_CACHED = frozenset({404, 405, 414, 500, 501, 502, 503, 504})
ERRORS_CACHED_IF_SAID = frozenset({400, 403, 412, 415})
ERROR_TTL = 10
UNREACHABLE = 0
VALIDATORS = ("etag", "last-modified")


def viewer_reaches_origin(asked: Asked) -> bool:
    """A viewer's Cache-Control or Pragma changes nothing."""
    return False


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    choose: Callable[[Sequence[Settings], str], Settings] = deciding.choose
    query_in_key: Callable[[str, Selected], str | None] = deciding.query_in_key
    life: Callable[[Settings, Mapping[str, str], datetime | None], Life] = deciding.life
    viewer_reaches_origin: Callable[[Asked], bool] = viewer_reaches_origin


@dataclass
class Copy:
    """What the edge holds for a key: fresh while now < until."""

    ttl: int
    until: float
    headers: Mapping[str, str]
    status: int

    @property
    def validator(self) -> str | None:
        """What a conditional request asks with; None where the origin sent nothing of the kind."""
        return next((f"{name} {self.headers[name]}" for name in VALIDATORS if name in self.headers), None)


class Edge:
    """One run: the behaviors, the origin, and the copies held."""

    def __init__(self, given: Given, trace: Tracer, how: How) -> None:
        self.given, self.trace, self.how = given, trace, how
        self.behaviors = behaviors_of(given)
        self.start = clock(given.start)
        self.copies: dict[str, Copy] = {}
        self.now = 0.0

    def serve(self, request: Request, where: str) -> None:
        """One request, told step by step."""
        self.now = request.t
        asked = taken_apart(request, where)
        behavior = self.how.choose(self.behaviors, asked.path)
        said = f"{asked.method} {asked.path}: behavior {behavior.pattern}"
        self._tell(rules.BEHAVIOR, said, self._order(asked.path, behavior))
        if asked.method not in behavior.cached:
            self._uncacheable(asked, behavior)
            return
        key = deciding.cache_key(asked, behavior, self.how.query_in_key(asked.query, behavior.query))
        name = deciding.key_text(key)
        self._tell(rules.CACHE_KEY, f"Key: {name}", self._left_out(asked, key))
        copy = self.copies.get(name)
        if copy and self.now < copy.until and not self.how.viewer_reaches_origin(asked):
            word = "Error" if copy.status >= 400 else "Hit"
            left = f"Fresh for another {copy.until - self.now:g} of {copy.ttl} s."
            self._answer(rules.HIT, word, left, behavior, key, copy.ttl)
            return
        if copy and self._may_refresh_later(copy):
            self._while_refreshing(asked, behavior, key, name, copy)
            return
        self._ask_origin(asked, behavior, key, name, copy)

    def _ask_origin(self, asked: Asked, behavior: Settings, key: dict[str, Any], name: str, copy: Copy | None) -> None:
        status, headers = self._fetch(asked)
        if status >= 500 and copy and copy.status < 400 and self._may_be_stale(copy):
            self._stale(status, behavior, key, copy)
        elif status >= 400:
            self._error(status, headers, behavior, key, name)
        else:
            ttl, confirmed = self._accept(status, headers, behavior, name, copy)
            if confirmed:
                why = f"The origin confirms {self.copies[name].validator} with 304."
                self._answer(rules.REFRESH, "RefreshHit", why, behavior, key, ttl)
            else:
                why = "It was not cached." if copy is None else f"The copy expired at {copy.until:g} s."
                self._answer(rules.MISS, "Miss", why, behavior, key, ttl)

    def _fetch(self, asked: Asked) -> tuple[int, dict[str, str]]:
        """The origin's status and headers; an origin that does not answer counts as 504."""
        answer = origin_answer(self.given.origin, asked, self.now)
        headers = {header.lower(): str(value) for header, value in answer.headers.items()}
        return (504 if answer.status == UNREACHABLE else answer.status), headers

    def _accept(
        self, status: int, headers: dict[str, str], behavior: Settings, name: str, copy: Copy | None
    ) -> tuple[int, bool]:
        """Keep the answer as long as it may be kept; its TTL, and whether it only confirmed the copy."""
        held = copy if copy and copy.status < 400 else None
        fresh = Copy(0, self.now, {**held.headers, **headers} if held and status == 304 else headers, 200)
        same = held is not None and bool(held.validator) and (status == 304 or held.validator == fresh.validator)
        life = self.how.life(behavior, fresh.headers, self._clock())
        fresh.ttl, fresh.until = life.ttl, self.now + life.ttl
        if life.stored:
            self._keep(name, behavior, fresh, life.rule, f"Kept for {life.ttl} s", life.why)
        else:
            self._forget(name, life)
        return life.ttl, same and life.stored

    def _clock(self) -> datetime | None:
        """What the clocks say now."""
        try:
            return self.start and self.start + timedelta(seconds=self.now)
        except (OverflowError, ValueError):
            raise GivenError(f"no clock shows {self.now} s after the start", pointer="/requests") from None

    def _while_refreshing(self, asked: Asked, behavior: Settings, key: dict[str, Any], name: str, copy: Copy) -> None:
        """The viewer gets the expired copy at once; behind his back the origin is asked."""
        self._answer(rules.REVALIDATE, "Hit", f"It expired at {copy.until:g} s.", behavior, key, copy.ttl)
        status, headers = self._fetch(asked)
        if status < 400:
            self._accept(status, headers, behavior, name, copy)

    def _may_refresh_later(self, copy: Copy) -> bool:
        """stale-while-revalidate allows so many seconds after expiry."""
        said = deciding.seconds(deciding.directives(copy.headers).get("stale-while-revalidate"))
        return copy.status < 400 and said is not None and self.now < copy.until + said

    def _may_be_stale(self, copy: Copy) -> bool:
        """stale-if-error limits it to so many seconds after expiry; without it nothing does."""
        said = deciding.seconds(deciding.directives(copy.headers).get("stale-if-error"))
        return said is None or self.now < copy.until + said

    def _stale(self, status: int, behavior: Settings, key: dict[str, Any], copy: Copy) -> None:
        title = f"The origin answers {status}: the expired copy is served"
        self._tell(rules.STALE, title, rules.STALE.says)
        copy.until = self.now + self._error_ttl(status)
        again = f"The origin is asked again after {copy.until:g} s."
        self._answer(rules.STALE_WORD, "Hit", again, behavior, key, copy.ttl)

    def _error(
        self, status: int, headers: Mapping[str, str], behavior: Settings, key: dict[str, Any], name: str
    ) -> None:
        said = deciding.said_by_origin({k: v for k, v in headers.items() if k == "cache-control"}, None)
        kept = status in ERRORS_CACHED or (status in ERRORS_CACHED_IF_SAID and said is not None)
        ttl = max(self._error_ttl(status), min(said[0], behavior.max_ttl) if said else 0) if kept else 0
        if kept:
            copy = Copy(ttl, self.now + ttl, headers, status)
            self._keep(name, behavior, copy, rules.ERROR, f"The error {status} is kept for {ttl} s", "")
        self._answer(rules.ERROR, "Error", f"The origin answers {status}.", behavior, key, ttl)

    def _error_ttl(self, status: int) -> int:
        listed = (self.given.distribution.custom_error_responses or ErrorResponses()).items or []
        said = next((item.error_caching_min_ttl for item in listed if item.error_code == status), None)
        return ERROR_TTL if said is None else said

    def _uncacheable(self, asked: Asked, behavior: Settings) -> None:
        if asked.method in behavior.allowed:
            why = f"{asked.method} is passed on to the origin and its answer not cached."
            self._answer(rules.METHOD, "Miss", why, behavior, None, 0)
        else:
            why = f"{asked.method} is not among the allowed methods {', '.join(behavior.allowed)}: 403."
            self._answer(rules.METHOD, "Error", why, behavior, None, 0)

    def _keep(self, name: str, behavior: Settings, copy: Copy, rule: Rule, title: str, why: str) -> None:
        self.copies[name] = copy
        cell = {
            "group": behavior.pattern,
            "items": [f"HTTP {copy.status}"],
            "meters": {},
            "note": f"{copy.ttl} s, until {copy.until:g}",
        }
        self._tell(rule, title, f"{why}. {rule.says}".removeprefix(". "), {pointer("state", "cells", name): cell})

    def _forget(self, name: str, life: Life) -> None:
        changes = {}
        if self.copies.pop(name, None):
            changes = {pointer("state", "cells", name, "note"): "no longer cached"}
        self._tell(life.rule, "The answer is not kept", life.why, changes)

    def _answer(
        self, rule: Rule, word: str, why: str, behavior: Settings, key: dict[str, Any] | None, ttl: int
    ) -> None:
        result = {"behavior": behavior.pattern, "key": key, "x_cache": word, "ttl": ttl}
        self._tell(rule, f"X-Cache: {word} from cloudfront", f"{why} {rule.says}", {"/outcome/requests/-": result})

    def _order(self, path: str, chosen: Settings) -> str:
        tried = []
        for behavior in self.behaviors:
            if behavior is chosen:
                break
            tried.append(behavior.pattern)
        passed = f"{', '.join(tried)} tried before. " if tried else ""
        return f"{passed}{chosen.pattern} matches {path}. {rules.BEHAVIOR.says}"

    def _left_out(self, asked: Asked, key: dict[str, Any]) -> str:
        if asked.query and asked.query != key["query"]:
            return f"Of ?{asked.query} the key keeps {key['query'] or 'nothing'}. {rules.CACHE_KEY.says}"
        return rules.CACHE_KEY.says

    def _tell(self, rule: Rule, title: str, detail: str, changes: Mapping[str, Any] | None = None) -> None:
        self.trace.step(rule, title, detail, at=self.now, changes=changes)


def clock(text: str | None) -> datetime | None:
    """The time at t = 0."""
    if text is None:
        return None
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise GivenError("expected an ISO 8601 date and time", pointer="/start") from None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def taken_apart(request: Request, where: str) -> Asked:
    """Method, path and query of the URL, header names in lower case, cookies from both places."""
    said = [(name.upper(), url) for name in METHODS if (url := getattr(request, name)) is not None]
    if len(said) != 1:
        raise GivenError("a request names one method with its URL, as `GET: /a.jpg`", pointer=where)
    method, url = said[0]
    try:
        parts = urlsplit(url)
    except ValueError:
        raise GivenError("this is no URL", pointer=where + pointer(method)) from None
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    pairs = [pair.strip().partition("=") for pair in headers.pop("cookie", "").split(";") if pair.strip()]
    cookies = {name: value for name, _, value in pairs} | {k: str(v) for k, v in request.cookies.items()}
    return Asked(method, parts.path or "/", parts.query, headers, cookies)


def origin_answer(origin: Sequence[Answer], asked: Asked, now: float) -> Answer:
    """The latest answer for the path with its query, else for the path, else for a pattern; 200 by default."""
    current = [answer for answer in origin if answer.since <= now]
    with_query = f"{asked.path}?{asked.query}"
    tests: tuple[Callable[[str], bool], ...] = (
        lambda path: path == with_query,
        lambda path: path == asked.path,
        lambda path: "*" in path and deciding.matches(path, asked.path),
    )
    for test in tests:
        found = [answer for answer in current if test(answer.path)]
        if found:
            return max(found, key=lambda answer: answer.since)
    return Answer(path=asked.path)


def start(given: Given) -> dict[str, Any]:
    return {"cells": {}}


def play(given: Given, trace: Tracer, how: How) -> None:
    edge = Edge(given, trace, how)
    for index, request in enumerate(given.requests):
        edge.serve(request, f"/requests/{index}")
    words = [request["x_cache"] for request in trace.outcome["requests"]]
    spared = words.count("Hit")
    title = f"{spared} of {len(words)} requests were answered without the origin"
    trace.step(rules.DONE, title, rules.DONE.says, at=edge.now, changes={"/outcome/status": "completed"})


def most_specific(behaviors: Sequence[Settings], path: str) -> Settings:
    """Believed: the longest pattern wins, as in a router."""
    fitting = [behavior for behavior in behaviors if deciding.matches(behavior.pattern, path)]
    return max(fitting, key=lambda behavior: len(behavior.pattern))


def whole_query(query: str, selected: Selected) -> str | None:
    """Believed: the query string always belongs to the key."""
    return query or None


def sorted_query(query: str, selected: Selected) -> str | None:
    """Believed: the order of parameters does not matter."""
    kept = deciding.query_in_key(query, selected)
    return "&".join(sorted(kept.split("&"))) if kept else None


def origin_decides(settings: Settings, headers: Mapping[str, str], now: datetime | None) -> Life:
    """Believed: Minimum and Maximum TTL do not bind what the origin says."""
    said = deciding.said_by_origin(headers, now)
    if said is None or {"no-cache", "no-store", "private"} & set(deciding.directives(headers)):
        return deciding.life(settings, headers, now)
    return Life(said[0], stored=True, rule=rules.CLAMP, why=said[1])


def never_stored(settings: Settings, headers: Mapping[str, str], now: datetime | None) -> Life:
    """Believed: no-store and its like always keep an answer out of the cache."""
    if {"no-cache", "no-store", "private"} & set(deciding.directives(headers)):
        return Life(0, stored=False, rule=rules.FORBIDDEN, why="no-cache, no-store or private")
    return deciding.life(settings, headers, now)


def viewer_says_no_cache(asked: Asked) -> bool:
    """Believed: a browser's reload passes through to the origin."""
    said = asked.headers.get("cache-control", "") + asked.headers.get("pragma", "")
    return "no-cache" in said


BELIEFS = (
    Belief(
        "most-specific-pattern-wins", "the most specific path pattern wins",
        "The behaviors are tried in the order in which they are listed, and the first match ends the search.",
        "choose", most_specific, ("cloudfront-caching.03",),
    ),
    Belief(
        "query-always-in-key", "every other query string is another cached object",
        "Only the parameters that the cache policy names join the key; by default none does.",
        "query_in_key", whole_query, ("cloudfront-caching.01",),
    ),
    Belief(
        "query-order-ignored", "?a=1&b=2 and ?b=2&a=1 share a cached object",
        "CloudFront compares the parameters in the order in which they come.",
        "query_in_key", sorted_query, ("cloudfront-caching.01",),
    ),
    Belief(
        "origin-ttl-always-wins", "max-age of the origin is the time that CloudFront keeps the object",
        "It counts between Minimum and Maximum TTL only.",
        "life", origin_decides, ("cloudfront-caching.ttl",),
    ),
    Belief(
        "no-store-is-never-cached", "with no-store, no-cache or private CloudFront never keeps the object",
        "With a Minimum TTL above 0 it is kept for the Minimum TTL all the same.",
        "life", never_stored, ("cloudfront-caching.no-store",),
    ),
    Belief(
        "viewer-can-bypass", "a viewer's Cache-Control: no-cache makes CloudFront ask the origin",
        "CloudFront ignores Cache-Control and Pragma in requests of viewers.",
        "viewer_reaches_origin", viewer_says_no_cache, ("cloudfront-caching.ttl",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="cloudfront-cache",
    title="CloudFront's cache",
    view="grid",
    unit="s",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={"requests": []},
    statuses=("completed", "refused"),
    play=play,
    how=How(),
    start=start,
)
