"""What people believe about caches instead."""

import random
from typing import Any

from dva.simulations.elasticache.caching import session
from dva.simulations.elasticache.caching.rules import caching
from dva.simulations.elasticache.caching.store import Entry, Store, victim

belief = caching.belief


@belief(victim, "least-used-goes", "LRU gives up the entry that was used least often",
        "That is LFU. LRU looks at when an entry was last used, not at how often.", "22",
        "eviction-policies")  # fmt: skip
def least_used_goes(store: Store, policy: str, rng: random.Random) -> str | None:
    if victim(store, policy, rng) is None:
        return None
    return min(store.entries, key=lambda key: store.entries[key].count)


@belief(session.after_stale_read, "stale-only-once", "a stale copy is noticed and replaced when it is read",
        "A hit is answered by the cache alone: nobody asks the database, so that nothing can be noticed.",
        "cache-considerations.01", "10")  # fmt: skip
def replaced_when_read(entry: Entry, current: Any) -> None:
    entry.value, entry.stale = current, False


@belief(victim, "oldest-entry-goes", "a full cache gives up the entry that was stored first",
        "LRU looks at the last use, not at the insertion: an old entry that is read stays.", "22")  # fmt: skip
def oldest_goes(store: Store, policy: str, rng: random.Random) -> str | None:
    if victim(store, policy, rng) is None:
        return None
    return next(iter(store.inserted))


@belief(victim, "any-key-may-be-evicted", "a full cache always finds something to evict",
        "volatile-… policies, the default among them, may evict only keys that have a TTL, and noeviction nothing.",
        "22", "eviction-policies")  # fmt: skip
def any_key_goes(store: Store, policy: str, rng: random.Random) -> str | None:
    order = "lru" if policy == "noeviction" else policy.rpartition("-")[2]
    return victim(store, f"allkeys-{order}", rng)


belief(session.write_reaches_cache, "write-updates-the-cache",
       "a write to the database also brings the cached copy up to date",
       "ElastiCache does not watch the database; under lazy loading nobody sets the cache on a write.",
       "10")(lambda strategy: True)  # fmt: skip

belief(session.miss_fills_cache, "a-miss-always-fills", "whatever is read from the database ends up in the cache",
       "That is lazy loading. Write-through alone sets the cache on writes only.",
       "19")(lambda strategy: True)  # fmt: skip

belief(session.deadline_after_hit, "a-hit-renews-the-ttl", "each read starts the TTL anew",
       "The TTL runs from the set; reading a key does not prolong its life.",
       "23")(lambda deadline, now, ttl: deadline if ttl is None else now + ttl)  # fmt: skip

belief(session.readers_who_query, "one-reader-fills-for-all",
       "when many readers miss a key at once, one query serves them all",
       "Lazy loading has no lock: each reader who misses queries the database for himself.",
       "stampede")(lambda readers: 1)  # fmt: skip
