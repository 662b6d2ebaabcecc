"""What the strategies and the cache node do, and where it is written."""

from dva.simulations.frame import Mechanism

caching = Mechanism("caching", rules="elasticache.caching", notes="caching-patterns")
rule = caching.rule

GUIDE = "Amazon ElastiCache User Guide, "
URL = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg"
STRATEGIES = f"{GUIDE}Caching strategies: {URL}/Strategies.html"
PARAMETERS = f"{GUIDE}Valkey and Redis OSS parameters (maxmemory-policy): {URL}/ParameterGroups.Engine.html"
BEST_PRACTICES = "AWS, Caching best practices (the thundering herd): https://aws.amazon.com/caching/best-practices/"
CHALLENGES = ("Amazon Builders' Library, Caching challenges and strategies: "
              "https://aws.amazon.com/builders-library/caching-challenges-and-strategies/")  # fmt: skip
EVICTION = "Redis, Key eviction: https://redis.io/docs/latest/develop/reference/eviction/"
METRICS = f"{GUIDE}Metrics for Valkey and Redis OSS (Evictions, Reclaimed): {URL}/CacheMetrics.Redis.html"

HIT = rule("hit", "A key that is cached and has not expired is answered by the cache alone: 1 call.", STRATEGIES, "03")
MISS = rule("miss",
            "A key that is absent or expired is a miss; the cache answers null and the application has to go on.",
            STRATEGIES, "04")  # fmt: skip
QUERY = rule("query", "After a miss the application, not the cache, queries the database.", STRATEGIES, "04", "09")
FILL = rule("fill", "Lazy loading writes what it had to query into the cache: get, query, set are 3 calls.", STRATEGIES,
            "02", "04")  # fmt: skip
NOT_FILLED = rule("not-filled",
                  "Write-through alone does not fill on a read: the key stays missing until it is written.", STRATEGIES,
                  "19")  # fmt: skip
UNKNOWN = rule("unknown", "A key that the database does not have leaves nothing to cache.", STRATEGIES, "04",
               assumption=True)  # fmt: skip
WRITE = rule("write", "A write goes to the database first.", STRATEGIES, "12")
WRITE_THROUGH = rule("write-through", "Write-through then sets the cache as well: every write costs 2 calls.",
                     STRATEGIES, "12", "14", "17")  # fmt: skip
CACHE_UNTOUCHED = rule(
    "cache-untouched",
    "Under lazy loading a write leaves the cache as it is: a cached copy of the key is stale from now on.",
    STRATEGIES, "10",
)  # fmt: skip
STALE = rule("stale", "A hit is stale where the database has been written since: until expiry, eviction or a delete.",
             STRATEGIES, "10", "cache-considerations.01")  # fmt: skip
BYPASS = rule("bypass",
              "A program that writes the database around the application sets no cache: write-through goes stale too.",
              STRATEGIES, "16")  # fmt: skip
EXPIRE = rule("expire", "A key lives while now < time of the set + TTL; from then on it is treated as absent.",
              STRATEGIES, "23")  # fmt: skip
JITTER = rule("jitter",
              "A random part is added to the TTL, so that keys that were loaded together do not expire together.",
              BEST_PRACTICES, "jitter")  # fmt: skip
EVICT = rule(
    "evict",
    "A full cache gives up one live key for a new one, chosen by maxmemory-policy; expired keys go before that.",
    PARAMETERS, "22", "metrics",
)  # fmt: skip
OUT_OF_MEMORY = rule(
    "out-of-memory",
    "Where the policy may evict nothing (noeviction; volatile-… without a TTL on any key) the set is an error.",
    EVICTION, "eviction-policies",
)  # fmt: skip
DELETE = rule("delete", "An explicit delete removes the key: 1 call, and the next read is fresh.", STRATEGIES, "22")
NODE_FAILS = rule(
    "node-fails",
    "A failed node is replaced by an empty one: nothing breaks, but every first read is a miss until it is warm.",
    STRATEGIES, "07",
)  # fmt: skip
STAMPEDE = rule(
    "stampede",
    "Readers who miss the same key at the same time all query the database: lazy loading does not join them.",
    f"the pseudocode of Caching strategies has no lock; {BEST_PRACTICES}", "stampede",
)  # fmt: skip
ONE_FILLS = rule("one-fills", "With a lock one reader queries and sets; the others wait and read the cache once more.",
                 f"how the others wait is dva's; request coalescing: {CHALLENGES}", "stampede",
                 assumption=True)  # fmt: skip
DONE = rule("cost", "A call to the cache costs its latency, a call to the database costs the database's.", STRATEGIES,
            "01", "11")  # fmt: skip
COMPARE = rule(
    "compare",
    "Lazy loading makes misses expensive, write-through makes writes expensive; which costs less depends on the mix.",
    STRATEGIES, "01", "11", "17",
)  # fmt: skip
