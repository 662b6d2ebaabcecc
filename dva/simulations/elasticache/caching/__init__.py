"""A cache beside a database: what lazy loading and write-through cost, and what they let you read.

Amazon ElastiCache caches nothing by itself. The application asks the cache, asks the database where
the cache has nothing, and sets the cache where its strategy says so:

    read, hit     get                          1 call
    read, miss    get, query, set              3 calls (lazy loading); 2 without the set (write-through alone)
    write         database                     1 call (lazy loading), which leaves a stale copy
                  database, set                2 calls (write-through)

A set into a full node evicts by `maxmemory-policy`. Eviction is exact here, and room is counted in items.
"""

from dva.simulations.elasticache.caching import beliefs  # noqa: F401  collected where they are declared
from dva.simulations.elasticache.caching.documents import Given, Outcome
from dva.simulations.elasticache.caching.engine import cache_operations, initial_state
from dva.simulations.elasticache.caching.rules import caching

SIMULATION = caching.simulation(title="Caching strategies", view="grid", unit="s", given=Given, outcome=Outcome,
                                run=cache_operations, initial_state=initial_state)  # fmt: skip
