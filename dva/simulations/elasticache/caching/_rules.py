"""What the strategies and the cache node do, and where it is written."""

from dva.simulations._before import Rule

STRATEGIES = (
    "Amazon ElastiCache User Guide, Caching strategies: "
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Strategies.html"
)
PARAMETERS = (
    "Amazon ElastiCache User Guide, Valkey and Redis OSS parameters (maxmemory-policy): "
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html"
)
EVICTION = "Redis, Key eviction: https://redis.io/docs/latest/develop/reference/eviction/"
METRICS = (
    "Amazon ElastiCache User Guide, Metrics for Valkey and Redis OSS (Evictions, Reclaimed): "
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html"
)

HIT = Rule(
    "elasticache.caching.hit",
    "A key that is cached and has not expired is answered by the cache alone: 1 call.",
    STRATEGIES,
    ("caching-patterns.03",),
)
MISS = Rule(
    "elasticache.caching.miss",
    "A key that is absent or expired is a miss; the cache answers null and the application has to go on.",
    STRATEGIES,
    ("caching-patterns.04",),
)
QUERY = Rule(
    "elasticache.caching.query",
    "After a miss the application, not the cache, queries the database.",
    STRATEGIES,
    ("caching-patterns.04", "caching-patterns.09"),
)
FILL = Rule(
    "elasticache.caching.fill",
    "Lazy loading writes what it had to query into the cache: get, query, set are 3 calls.",
    STRATEGIES,
    ("caching-patterns.02", "caching-patterns.04"),
)
NOT_FILLED = Rule(
    "elasticache.caching.not-filled",
    "Write-through alone does not fill on a read: the key stays missing until it is written.",
    STRATEGIES,
    ("caching-patterns.19",),
    assumption=True,
)
UNKNOWN = Rule(
    "elasticache.caching.unknown",
    "A key that the database does not have leaves nothing to cache.",
    STRATEGIES,
    ("caching-patterns.04",),
    assumption=True,
)
WRITE = Rule(
    "elasticache.caching.write",
    "A write goes to the database first.",
    STRATEGIES,
    ("caching-patterns.12",),
)
WRITE_THROUGH = Rule(
    "elasticache.caching.write-through",
    "Write-through then sets the cache as well: every write costs 2 calls.",
    STRATEGIES,
    ("caching-patterns.12", "caching-patterns.14", "caching-patterns.17"),
)
CACHE_UNTOUCHED = Rule(
    "elasticache.caching.cache-untouched",
    "Under lazy loading a write leaves the cache as it is: a cached copy of the key is stale from now on.",
    STRATEGIES,
    ("caching-patterns.10",),
)
STALE = Rule(
    "elasticache.caching.stale",
    "A hit is stale where the database has been written since: until expiry, eviction or a delete.",
    STRATEGIES,
    ("caching-patterns.10", "cache-considerations.01"),
)
BYPASS = Rule(
    "elasticache.caching.bypass",
    "A program that writes the database around the application sets no cache: write-through goes stale too.",
    STRATEGIES,
    ("caching-patterns.16",),
)
EXPIRE = Rule(
    "elasticache.caching.expire",
    "A key lives while now < time of the set + TTL; from then on it is treated as absent.",
    STRATEGIES,
    ("caching-patterns.23",),
)
JITTER = Rule(
    "elasticache.caching.jitter",
    "A random part is added to the TTL, so that keys that were loaded together do not expire together.",
    "General engineering practice, no AWS rule",
    ("caching-patterns.jitter",),
    assumption=True,
)
EVICT = Rule(
    "elasticache.caching.evict",
    "A full cache gives up one live key for a new one, chosen by maxmemory-policy; expired keys go before that.",
    PARAMETERS,
    ("caching-patterns.22", "caching-patterns.metrics"),
)
OUT_OF_MEMORY = Rule(
    "elasticache.caching.out-of-memory",
    "Where the policy may evict nothing (noeviction; volatile-… without a TTL on any key) the set is an error.",
    EVICTION,
    ("caching-patterns.eviction-policies",),
)
DELETE = Rule(
    "elasticache.caching.delete",
    "An explicit delete removes the key: 1 call, and the next read is fresh.",
    STRATEGIES,
    ("caching-patterns.22",),
)
NODE_FAILS = Rule(
    "elasticache.caching.node-fails",
    "A failed node is replaced by an empty one: nothing breaks, but every first read is a miss until it is warm.",
    STRATEGIES,
    ("caching-patterns.07",),
)
STAMPEDE = Rule(
    "elasticache.caching.stampede",
    "Readers who miss the same key at the same time all query the database: lazy loading does not join them.",
    "General engineering practice; the pseudocode of Caching strategies has no lock",
    ("caching-patterns.stampede",),
    assumption=True,
)
ONE_FILLS = Rule(
    "elasticache.caching.one-fills",
    "With a lock one reader queries and sets; the others wait and read the cache once more.",
    "General engineering practice, no AWS rule",
    ("caching-patterns.stampede",),
    assumption=True,
)
DONE = Rule(
    "elasticache.caching.cost",
    "A call to the cache costs its latency, a call to the database costs the database's.",
    STRATEGIES,
    ("caching-patterns.01", "caching-patterns.11"),
)

COMPARE = Rule(
    "elasticache.caching.compare",
    "Lazy loading makes misses dear, write-through makes writes dear; which costs less depends on the mix.",
    STRATEGIES,
    ("caching-patterns.01", "caching-patterns.11", "caching-patterns.17"),
)

RULES = (
    HIT, MISS, QUERY, FILL, NOT_FILLED, UNKNOWN, WRITE, WRITE_THROUGH, CACHE_UNTOUCHED, STALE, BYPASS,
    EXPIRE, JITTER, EVICT, OUT_OF_MEMORY, DELETE, NODE_FAILS, STAMPEDE, ONE_FILLS, DONE,
    COMPARE,
)  # fmt: skip
