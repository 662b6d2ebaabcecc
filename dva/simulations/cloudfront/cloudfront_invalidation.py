"""One CreateInvalidation request: which cached objects go, and how many paths are billed.

A path names one object, or with `*` as its last character everything that begins so. All variants of
an object by header or cookie go together; a query string that is part of the key has to be named.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations.frame import Append, Mechanism, Outcome, Phrases, Refused, Run
from dva.trace import Rule

invalidation = Mechanism("cloudfront-invalidation", rules="cloudfront.invalidation", notes="cloudfront-caching")
rule, belief = invalidation.rule, invalidation.belief

# Rules

GUIDE, DOCS = "Amazon CloudFront Developer Guide, ", "https://docs.aws.amazon.com"
URL = f"{DOCS}/AmazonCloudFront/latest/DeveloperGuide"
PATHS = f"{GUIDE}What you need to know when invalidating files: {URL}/invalidation-specifying-objects.html"
PAYING = f"{GUIDE}Pay for file invalidation: {URL}/PayingForInvalidation.html"
LIMITS = f"{GUIDE}Concurrent invalidation request maximum: {URL}/InvalidationLimits.html"
REFERENCE = "Amazon CloudFront API Reference, "
API = f"{REFERENCE}CreateInvalidation: {DOCS}/cloudfront/latest/APIReference/API_CreateInvalidation.html"

EXACT = rule("exact", "A path without `*` removes the object of exactly this path and query string; case counts.",
             PATHS, "invalidation-paths")  # fmt: skip
WILDCARD = rule("wildcard", "A path that ends in `*` removes everything that begins with what stands before it.", PATHS,
                "invalidation-paths")  # fmt: skip
LEFT = rule("left", "What no path names stays cached until its TTL ends.", PATHS, "04")
BILLED = rule(
    "billed",
    "The first 1000 paths a month of the whole account are free; a `*` path counts 1, a repeated path counts again.",
    PAYING, "invalidation-price",
)  # fmt: skip
INVALID_PATH = rule("invalid-path",
                    "A path begins with `/` and has at most 4000 characters; `*` stands only at its end.", PATHS,
                    "invalidation-paths")  # fmt: skip
QUANTITY = rule("quantity", "Quantity is the number of Items.", API)
IN_PROGRESS = rule("in-progress",
                   "At most 3000 plain paths of a distribution, and 15 with `*`, may be in progress at once.", LIMITS,
                   "invalidation-price")  # fmt: skip
REPLAY = rule("caller-reference",
              "A CallerReference used before with other paths is an error; with the same paths it starts nothing new.",
              API)  # fmt: skip
ACCEPTED = rule("accepted",
                "An accepted invalidation starts at once and cannot be cancelled; browsers keep their own copies.", API,
                "04")  # fmt: skip

# Documented numbers (PAYING, LIMITS, PATHS)

FREE_PATHS = 1000
"""Paths a month of the whole account that are not billed."""
MAX_PATHS, MAX_WILDCARDS = 3000, 15
"""Paths in progress at once, without and with `*`."""
MAX_LENGTH = 4000
"""Characters of a path."""


class Paths(AwsDocument, rename="pascal"):
    quantity: int | None = None
    items: list[str] = []


class Batch(AwsDocument, rename="pascal"):
    wrappers = ("Invalidation", "InvalidationBatch")
    paths: Paths
    caller_reference: str = ""


Count = Annotated[int, msgspec.Meta(ge=0)]


class InProgress(StrictStruct, rename=None):
    """Invalidations of the distribution that have not ended yet."""

    paths: Count = 0
    """Paths without `*`."""
    wildcards: Count = 0
    """Paths with `*`."""


class Given(StrictStruct, rename=None):
    """What an invalidation is computed from."""

    batch: Batch = msgspec.field(name="InvalidationBatch")
    """The request, as CreateInvalidation takes it."""
    cached: list[str] = []
    """Cached objects: path, with the query string where it is in the key; ` | name=value` marks a variant."""
    submitted_this_month: Count = 0
    """Paths that the account has submitted this month before."""
    in_progress: InProgress = msgspec.field(default_factory=InProgress)
    """Invalidations of the distribution that have not ended yet."""
    previous: list[Batch] = []
    """Requests that were sent before."""


class Invalidation(Outcome):
    """What goes, what stays, and what is billed."""

    status: Annotated[
        Literal["accepted", "refused"] | None,
        Phrases({"accepted": "The invalidation is accepted", "refused": "The invalidation is rejected"}),
    ] = None
    """`refused` where CloudFront does not take the request, else `accepted`."""
    removed: list[str] = []
    """Cached objects that are removed, in order."""
    left: list[str] = []
    """Objects that stay cached."""
    billed_paths: int = 0
    """Paths of this request that are billed."""


def invalidate(given: Given, run: Run) -> None:
    """Check the request, remove what each path names, work out the bill."""
    batch, left = given.batch, list(dict.fromkeys(given.cached))
    check(given, run)
    if any(before.caller_reference == batch.caller_reference for before in given.previous):
        title = "The request was sent before: the same answer, nothing new"
        run.step(REPLAY, title, status="accepted", left=given.cached)
        return
    run.step(ACCEPTED, f"{len(batch.paths.items)} paths accepted", status="accepted")
    for path in batch.paths.items:
        left = take(path, left, run)
    run.step(LEFT, f"{len(left)} stay: {', '.join(left)}" if left else "Nothing else is cached", left=left)
    before = given.submitted_this_month
    now = sum(run.using(counted)(path, given.cached) for path in batch.paths.items)
    billed = max(0, before + now - FREE_PATHS) - max(0, before - FREE_PATHS)
    run.step(BILLED, f"{billed} of {now} paths are billed",
             f"{before} were submitted before, {FREE_PATHS} are free.", billed_paths=billed)  # fmt: skip


def take(path: str, cached: list[str], run: Run) -> list[str]:
    """Remove what a path names; return what stays."""
    rule = WILDCARD if path.endswith("*") else EXACT
    gone = [key for key in cached if run.using(removes)(path, key)]
    for key in gone:
        run.step(rule, f"{path} removes {key}", removed=Append(key),
                 draw={("cells", key, "items"): [], ("cells", key, "note"): f"removed by {path}"})  # fmt: skip
    if not gone:
        run.step(rule, f"{path} removes nothing")
    return [key for key in cached if key not in gone]


def check(given: Given, run: Run) -> None:
    """Raise Refused for what CloudFront does not take; the cache stays as it was."""

    def refused(rule: Rule, code: str, message: str) -> Refused:
        return Refused(rule, code, message, left=given.cached)

    batch, paths = given.batch, given.batch.paths.items
    if batch.paths.quantity not in (None, len(paths)):
        raise refused(QUANTITY, "InconsistentQuantities", "The value of Quantity and the size of Items don't match.")
    wrong = "the request names no path" if not paths else next(filter(None, (fault(path, run) for path in paths)), None)
    if wrong:
        raise refused(INVALID_PATH, "InvalidArgument", wrong)
    same = [before for before in given.previous if before.caller_reference == batch.caller_reference]
    if any(before.paths.items != paths for before in same):
        raise refused(REPLAY, "InvalidationBatchAlreadyExists", f"{batch.caller_reference} was used with other paths")
    wild = sum(path.endswith("*") for path in paths)
    plain, running = len(paths) - wild, given.in_progress
    if running.paths + plain > MAX_PATHS or running.wildcards + wild > MAX_WILDCARDS:
        message = f"{plain} paths and {wild} with * are too many now"
        raise refused(IN_PROGRESS, "TooManyInvalidationsInProgress", message)


def fault(path: str, run: Run) -> str | None:
    """Return why a path is not accepted; None where it is. `*` alone means everything."""
    if path != "*" and not path.startswith("/"):
        return f"`{path}` does not begin with /"
    if len(path) > MAX_LENGTH:
        return f"a path has {len(path)} characters"
    return None if run.using(wildcard_is_last)(path) else f"`*` is not the last character of `{path}`"


# The rule functions that beliefs replace


def removes(path: str, cached: str) -> bool:
    """Whether a path takes a cached object, whatever variant of headers and cookies it is."""
    key = cached.split(" | ", 1)[0]
    return (key.startswith(path[:-1]) or path == "/*") if path.endswith("*") else key == path


def counted(path: str, cached: Sequence[str]) -> int:
    """Return what a path counts for the bill: 1, however many objects it takes."""
    return 1


def wildcard_is_last(path: str) -> bool:
    """Whether `*` is at the end only, where it has its meaning."""
    return "*" not in path[:-1]


# What people believe instead


@belief(removes, "query-variants-go-too", "invalidating /a.jpg also removes /a.jpg?x=1",
        "Where query strings are in the key the path has to name the query, or to end in `*`.",
        "invalidation-paths")  # fmt: skip
def query_variants_too(path: str, cached: str) -> bool:
    return removes(path, cached) or removes(path, cached.split(" | ", 1)[0].split("?", 1)[0])


belief(removes, "case-does-not-matter", "/Images/a.jpg goes with /images/a.jpg",
       "Invalidation paths are case-sensitive.",
       "invalidation-paths")(lambda path, cached: removes(path.lower(), cached.lower()))  # fmt: skip


@belief(counted, "wildcard-billed-per-object", "a path with `*` is billed for each object that it removes",
        "It counts as one path, however many objects it takes.", "invalidation-price")  # fmt: skip
def each_object(path: str, cached: Sequence[str]) -> int:
    return sum(removes(path, key) for key in cached) if path.endswith("*") else 1


belief(
    wildcard_is_last, "wildcard-anywhere", "`*` works anywhere in the path, as in /images/*.jpg",
    "Only as the last character; elsewhere the request is refused.", "invalidation-paths",
)(lambda path: True)  # fmt: skip

SIMULATION = invalidation.simulation(
    title="CloudFront invalidation", view="grid", given=Given, outcome=Invalidation, run=invalidate,
    initial_state=lambda given: {
        "cells": {key: {"group": "edge cache", "items": ["cached"], "meters": {}, "note": ""} for key in given.cached}
    },
)  # fmt: skip
