"""A cache beside a database: what lazy loading and write-through cost, and what they let you read.

Amazon ElastiCache caches nothing by itself. The application asks the cache, asks the database where
the cache has nothing, and sets the cache where its strategy says so:

    read, hit     get                          1 call
    read, miss    get, query, set              3 calls (lazy loading); 2 without the set (write-through alone)
    write         database                     1 call (lazy loading), which leaves a stale copy
                  database, set                2 calls (write-through)

A set into a full node evicts by `maxmemory-policy`. Eviction is exact here, and room is counted in items.
"""

import copy
import random
from operator import attrgetter
from typing import Any

import msgspec

from dva.errors import GivenError
from dva.simulations._before import Belief, Simulation, Tracer
from dva.simulations.elasticache.caching._given import Given, Operation
from dva.simulations.elasticache.caching._rules import COMPARE, RULES
from dva.simulations.elasticache.caching._session import How, Session, cells
from dva.simulations.elasticache.caching._store import Entry, Store, victim

STRATEGIES = ("lazy", "write-through", "write-through+lazy")

OUTCOME = {
    "hits": 0, "misses": 0, "calls": 0, "ms": 0, "db_queries": 0,
    "stale_reads": [], "evictions": [], "expired": [], "errors": [], "final": [],
}  # fmt: skip


def start(given: Given) -> dict[str, object]:
    return {"cells": cells(Session(given, Tracer("caching", {}, {}, steps=False), How()))}


def play(given: Given, trace: Tracer, how: How) -> None:
    replay(given, trace, how)
    if trace.recording:
        compare(given, trace, how)


def compare(given: Given, trace: Tracer, how: How) -> None:
    """What the other strategies would have cost for the same operations."""
    for strategy in STRATEGIES:
        if strategy != given.strategy:
            other = Tracer("caching", {}, copy.deepcopy(OUTCOME), steps=False)
            replay(msgspec.structs.replace(given, strategy=strategy), other, how)
            title = "{strategy} would take {calls} calls, {ms} ms".format(strategy=strategy, **other.outcome)
            stale, misses = len(other.outcome["stale_reads"]), other.outcome["misses"]
            trace.step(COMPARE, title, f"With {stale} stale reads and {misses} misses.", at=given_end(given))


def given_end(given: Given) -> float:
    """When the last operation happens."""
    return given.operations[-1].t if given.operations else 0


def replay(given: Given, trace: Tracer, how: How) -> None:
    """All operations in order; the outcome is that of the strategy."""
    session = Session(given, trace, how)
    deadlines, read, now, others = session.store.deadlines, session.read, float("-inf"), 0
    for index, op in enumerate(given.operations):
        if op.t < now:
            raise GivenError(f"t goes back from {now} to {op.t}", pointer=f"/operations/{index}/t")
        session.now = now = op.t
        if deadlines and deadlines[0][0] <= now:
            session.expire(now)
        key = op.get
        if key is not None:
            read(op, key)
        elif other(session, op):
            others += 1
        else:
            raise GivenError("expected one of get, put, delete, fail", pointer=f"/operations/{index}")
    if sum(number_of(given, name) for name in ("put", "delete", "fail")) > others:
        raise GivenError("an operation is only one of get, put, delete, fail", pointer="/operations")
    session.finish()


def other(session: Session, op: Operation) -> bool:
    """What is no read; False where the operation says nothing."""
    if op.put is not None:
        session.write(op, op.put)
    elif op.delete is not None:
        session.delete(op.delete)
    elif op.fail is not None:
        session.fail()
    else:
        return False
    return True


def number_of(given: Given, name: str) -> int:
    """How many operations say `name`; a million are counted in a few hundredths of a second."""
    return len(given.operations) - list(map(attrgetter(name), given.operations)).count(None)


def oldest_goes(store: Store, policy: str, rng: random.Random) -> str | None:
    """Believed: first in, first out."""
    if victim(store, policy, rng) is None:
        return None
    return next(iter(store.inserted))


def any_key_goes(store: Store, policy: str, rng: random.Random) -> str | None:
    """Believed: every policy may evict every key."""
    order = "lru" if policy == "noeviction" else policy.rpartition("-")[2]
    return victim(store, f"allkeys-{order}", rng)


def least_used_goes(store: Store, policy: str, rng: random.Random) -> str | None:
    """Believed: the policy counts uses."""
    if victim(store, policy, rng) is None:
        return None
    return min(store.entries, key=lambda key: store.entries[key].count)


def corrected(entry: Entry, current: Any) -> None:
    """Believed: reading a stale copy brings it up to date."""
    entry.value, entry.stale = current, False


BELIEFS = (
    Belief(
        "least-used-goes", "LRU gives up the entry that was used least often",
        "That is LFU. LRU looks at when an entry was last used, not at how often.",
        "victim", least_used_goes, ("caching-patterns.22", "caching-patterns.eviction-policies"),
    ),
    Belief(
        "stale-only-once", "a stale copy is noticed and replaced when it is read",
        "A hit is answered by the cache alone: nobody asks the database, so that nothing can be noticed.",
        "after_stale_read", corrected, ("cache-considerations.01", "caching-patterns.10"),
    ),
    Belief(
        "oldest-entry-goes", "a full cache gives up the entry that was stored first",
        "LRU looks at the last use, not at the insertion: an old entry that is read stays.",
        "victim", oldest_goes, ("caching-patterns.22",),
    ),
    Belief(
        "any-key-may-be-evicted", "a full cache always finds something to evict",
        "volatile-… policies, the default among them, may evict only keys that have a TTL, and noeviction nothing.",
        "victim", any_key_goes, ("caching-patterns.22", "caching-patterns.eviction-policies"),
    ),
    Belief(
        "write-updates-the-cache", "a write to the database also brings the cached copy up to date",
        "ElastiCache does not watch the database; under lazy loading nobody sets the cache on a write.",
        "write_reaches_cache", lambda strategy: True, ("caching-patterns.10",),
    ),
    Belief(
        "a-miss-always-fills", "whatever is read from the database ends up in the cache",
        "That is lazy loading. Write-through alone sets the cache on writes only.",
        "miss_fills_cache", lambda strategy: True, ("caching-patterns.19",),
    ),
    Belief(
        "a-hit-renews-the-ttl", "each read starts the TTL anew",
        "The TTL runs from the set; reading a key does not prolong its life.",
        "deadline_after_hit", lambda deadline, now, ttl: deadline if ttl is None else now + ttl,
        ("caching-patterns.23",),
    ),
    Belief(
        "one-reader-fills-for-all", "when many readers miss a key at once, one query serves them all",
        "Lazy loading has no lock: each reader who misses queries the database for himself.",
        "readers_who_query", lambda readers: 1, ("caching-patterns.stampede",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="caching",
    title="Caching strategies",
    view="grid",
    unit="s",
    rules=RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome=OUTCOME,
    statuses=("completed",),
    play=play,
    how=How(),
    start=start,
)

__all__ = ["SIMULATION", "Operation"]
