"""One CreateInvalidation request: which cached objects go, and how many paths are billed.

A path names one object, or with `*` as its last character everything that begins so. All variants of
an object by header or cookie go together; a query string that is part of the key has to be named.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations._before import Belief, Refused, Rule, Simulation, Tracer, pointer

GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
PATHS = (
    "Amazon CloudFront Developer Guide, What you need to know when invalidating files: "
    f"{GUIDE}/invalidation-specifying-objects.html"
)
PAYING = f"Amazon CloudFront Developer Guide, Pay for file invalidation: {GUIDE}/PayingForInvalidation.html"
LIMITS = f"Amazon CloudFront Developer Guide, Concurrent invalidation request maximum: {GUIDE}/InvalidationLimits.html"
API = (
    "Amazon CloudFront API Reference, CreateInvalidation: "
    "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html"
)

FREE_A_MONTH = 1000
MOST_PATHS, MOST_WILDCARDS = 3000, 15
LONGEST = 4000

EXACT = Rule(
    "cloudfront.invalidation.exact",
    "A path without `*` removes the object of exactly this path and query string; case counts.",
    PATHS,
    ("cloudfront-caching.invalidation-paths",),
)
WILDCARD = Rule(
    "cloudfront.invalidation.wildcard",
    "A path that ends in `*` removes everything that begins with what stands before it.",
    PATHS,
    ("cloudfront-caching.invalidation-paths",),
)
LEFT = Rule(
    "cloudfront.invalidation.left",
    "What no path names stays cached until its TTL ends.",
    PATHS,
    ("cloudfront-caching.04",),
)
BILLED = Rule(
    "cloudfront.invalidation.billed",
    "The first 1000 paths a month of the whole account are free; a `*` path counts 1, a repeated path counts again.",
    PAYING,
    ("cloudfront-caching.invalidation-price",),
)
INVALID_PATH = Rule(
    "cloudfront.invalidation.invalid-path",
    "A path begins with `/` and has at most 4000 characters; `*` stands only at its end.",
    PATHS,
    ("cloudfront-caching.invalidation-paths",),
)
QUANTITY = Rule(
    "cloudfront.invalidation.quantity",
    "Quantity is the number of Items.",
    API,
)
IN_PROGRESS = Rule(
    "cloudfront.invalidation.in-progress",
    "At most 3000 plain paths of a distribution, and 15 with `*`, may be in progress at once.",
    LIMITS,
    ("cloudfront-caching.invalidation-price",),
)
REPLAY = Rule(
    "cloudfront.invalidation.caller-reference",
    "A CallerReference used before with other paths is an error; with the same paths it starts nothing new.",
    API,
)
ACCEPTED = Rule(
    "cloudfront.invalidation.accepted",
    "An accepted invalidation starts at once and cannot be cancelled; browsers keep their own copies.",
    API,
    ("cloudfront-caching.04",),
)


class Paths(AwsDocument, rename="pascal"):
    quantity: int | None = None
    items: list[str] = []


class Batch(AwsDocument, rename="pascal"):
    wrappers = ("Invalidation", "InvalidationBatch")
    paths: Paths
    caller_reference: str = ""


class InProgress(StrictStruct, rename=None):
    """Paths of invalidations that have not ended yet."""

    paths: Annotated[int, msgspec.Meta(ge=0)] = 0
    wildcards: Annotated[int, msgspec.Meta(ge=0)] = 0


class Given(StrictStruct, rename=None):
    """`cached` holds keys: path, with the query string where it is in the key; ` | name=value` marks a variant."""

    batch: Batch = msgspec.field(name="InvalidationBatch")
    cached: list[str] = []
    submitted_this_month: Annotated[int, msgspec.Meta(ge=0)] = 0
    in_progress: InProgress = msgspec.field(default_factory=InProgress)
    previous: list[Batch] = []


def removes(path: str, cached: str) -> bool:
    """Whether a path takes a cached object, whatever variant of headers and cookies it is."""
    key = cached.split(" | ", 1)[0]
    return (key.startswith(path[:-1]) or path == "/*") if path.endswith("*") else key == path


def counted(path: str, cached: Sequence[str]) -> int:
    """What a path counts for the bill: 1, however many objects it takes."""
    return 1


def wildcard_is_last(path: str) -> bool:
    """`*` has its meaning at the end only."""
    return "*" not in path[:-1]


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    removes: Callable[[str, str], bool] = removes
    counted: Callable[[str, Sequence[str]], int] = counted
    wildcard_is_last: Callable[[str], bool] = wildcard_is_last


def start(given: Given) -> dict[str, Any]:
    cells = {key: {"group": "edge cache", "items": ["cached"], "meters": {}, "note": ""} for key in given.cached}
    return {"cells": cells}


def play(given: Given, trace: Tracer, how: How) -> None:
    paths = given.batch.paths.items
    check(given, how)
    if repeated(given):
        changes = {"/outcome/status": "accepted", "/outcome/left": given.cached}
        trace.step(REPLAY, "The request was sent before: the same answer, nothing new", REPLAY.says, changes=changes)
        return
    trace.step(ACCEPTED, f"{len(paths)} paths accepted", ACCEPTED.says, changes={"/outcome/status": "accepted"})
    left = list(dict.fromkeys(given.cached))
    for path in paths:
        left = take(path, left, trace, how)
    told = "Nothing else is cached" if not left else f"{len(left)} stay: {', '.join(left)}"
    trace.step(LEFT, told, LEFT.says, changes={"/outcome/left": left})
    bill(given, trace, how)


def check(given: Given, how: How) -> None:
    """What CloudFront refuses; the cache stays as it was."""
    for rule, code, message in problems(given, how):
        raise Refused(rule, code, message, left=given.cached)


def problems(given: Given, how: How) -> Iterator[tuple[Rule, str, str]]:
    """(rule, AWS's code, message) for each thing wrong with the request, the first to be told."""
    batch = given.batch
    paths = batch.paths.items
    if batch.paths.quantity not in (None, len(paths)):
        yield QUANTITY, "InconsistentQuantities", "The value of Quantity and the size of Items don't match."
    if not paths:
        yield INVALID_PATH, "InvalidArgument", "the request names no path"
    for path in paths:
        wrong = wrong_with(path, how)
        if wrong:
            yield INVALID_PATH, "InvalidArgument", wrong
    if any(
        before.caller_reference == batch.caller_reference and before.paths.items != paths for before in given.previous
    ):
        yield REPLAY, "InvalidationBatchAlreadyExists", f"{batch.caller_reference} was used with other paths"
    wild = sum(path.endswith("*") for path in paths)
    plain, running = len(paths) - wild, given.in_progress
    if running.paths + plain > MOST_PATHS or running.wildcards + wild > MOST_WILDCARDS:
        yield IN_PROGRESS, "TooManyInvalidationsInProgress", f"{plain} paths and {wild} with * are too many now"


def wrong_with(path: str, how: How) -> str | None:
    """Why a path is not accepted; None where it is. `*` alone means everything."""
    if path != "*" and not path.startswith("/"):
        return f"`{path}` does not begin with /"
    if len(path) > LONGEST:
        return f"a path has {len(path)} characters"
    return None if how.wildcard_is_last(path) else f"`*` is not the last character of `{path}`"


def repeated(given: Given) -> bool:
    """Whether this very request was sent before."""
    return any(before.caller_reference == given.batch.caller_reference for before in given.previous)


def take(path: str, cached: list[str], trace: Tracer, how: How) -> list[str]:
    """One path: what it removes is told, what it leaves is returned."""
    rule = WILDCARD if path.endswith("*") else EXACT
    gone = [key for key in cached if how.removes(path, key)]
    for key in gone:
        changes = {
            "/outcome/removed/-": key,
            pointer("state", "cells", key, "items"): [],
            pointer("state", "cells", key, "note"): f"removed by {path}",
        }
        trace.step(rule, f"{path} removes {key}", rule.says, changes=changes)
    if not gone:
        trace.step(rule, f"{path} removes nothing", rule.says)
    return [key for key in cached if key not in gone]


def bill(given: Given, trace: Tracer, how: How) -> None:
    """The paths of this request beyond the free ones of the month."""
    before = given.submitted_this_month
    now = sum(how.counted(path, given.cached) for path in given.batch.paths.items)
    billed = max(0, before + now - FREE_A_MONTH) - max(0, before - FREE_A_MONTH)
    title = f"{billed} of {now} paths are billed"
    detail = f"{before} were submitted before, {FREE_A_MONTH} are free. {BILLED.says}"
    trace.step(BILLED, title, detail, changes={"/outcome/billed_paths": billed})


def query_variants_too(path: str, cached: str) -> bool:
    """Believed: naming the file removes it with every query string."""
    return removes(path, cached) or removes(path, cached.split(" | ", 1)[0].split("?", 1)[0])


def any_case(path: str, cached: str) -> bool:
    """Believed: case does not matter."""
    return removes(path.lower(), cached.lower())


def each_object(path: str, cached: Sequence[str]) -> int:
    """Believed: a wildcard is billed for every object that it removes."""
    return sum(removes(path, key) for key in cached) if path.endswith("*") else 1


BELIEFS = (
    Belief(
        "query-variants-go-too", "invalidating /a.jpg also removes /a.jpg?x=1",
        "Where query strings are in the key the path has to name the query, or to end in `*`.",
        "removes", query_variants_too, ("cloudfront-caching.invalidation-paths",),
    ),
    Belief(
        "case-does-not-matter", "/Images/a.jpg goes with /images/a.jpg",
        "Invalidation paths are case-sensitive.",
        "removes", any_case, ("cloudfront-caching.invalidation-paths",),
    ),
    Belief(
        "wildcard-billed-per-object", "a path with `*` is billed for each object that it removes",
        "It counts as one path, however many objects it takes.",
        "counted", each_object, ("cloudfront-caching.invalidation-price",),
    ),
    Belief(
        "wildcard-anywhere", "`*` works anywhere in the path, as in /images/*.jpg",
        "Only as the last character; elsewhere the request is refused.",
        "wildcard_is_last", lambda path: True, ("cloudfront-caching.invalidation-paths",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="cloudfront-invalidation",
    title="CloudFront invalidation",
    view="grid",
    rules=(EXACT, WILDCARD, LEFT, BILLED, INVALID_PATH, QUANTITY, IN_PROGRESS, REPLAY, ACCEPTED),
    beliefs=BELIEFS,
    given=Given,
    outcome={"removed": [], "left": [], "billed_paths": 0},
    statuses=("accepted", "refused"),
    play=play,
    how=How(),
    start=start,
)
