"""How long a million cache operations take, beside a plain loop over cachetools.

    python tests/benchmarks/bench_caching.py

Prints, for LRU and LFU and for two mixes of keys, the processor times of both and their ratio (aim: 3 or less).
"""

import gc
import random
import time
from typing import Any

import cachetools

from dva.simulations import load

OPERATIONS, ROOM = 1_000_000, 1000
CACHES = {"allkeys-lru": cachetools.LRUCache, "allkeys-lfu": cachetools.LFUCache}
Operations = list[dict[str, Any]]


def operations(shape: float) -> Operations:
    """Reads whose keys are drawn from a Pareto distribution: the smaller `shape`, the more misses."""
    rng = random.Random(1)
    return [{"t": t, "get": f"k{int(rng.paretovariate(shape) * 100) % 50_000}"} for t in range(OPERATIONS)]


def plain(cache: Any, database: dict[str, int], reads: Operations) -> int:
    """Lazy loading as one writes it with cachetools; the number of hits."""
    hits = 0
    for operation in reads:
        key = operation["get"]
        if key in cache:
            cache[key]
            hits += 1
        else:
            cache[key] = database[key]
    return hits


def main() -> None:
    database = {f"k{number}": 1 for number in range(50_000)}
    for shape in (0.3, 1.0):
        reads = operations(shape)
        for policy, kind in CACHES.items():
            given = {
                "strategy": "lazy",
                "cache": {"MaxItems": ROOM, "maxmemory-policy": policy},
                "database": {"items": database},
                "operations": reads,
            }
            mine, theirs = [], []
            for _ in range(3):
                gc.collect()
                began = time.process_time()
                hits = plain(kind(ROOM), database, reads)
                middle = time.process_time()
                outcome = load("caching").run(given, steps=False).outcome
                mine.append(time.process_time() - middle)
                theirs.append(middle - began)
                assert outcome["hits"] == hits
            ratio = min(mine) / min(theirs)
            print(
                f"{policy}  {hits / OPERATIONS:4.0%} hits  cachetools {min(theirs):.2f} s"
                f"  dva {min(mine):.2f} s  ratio {ratio:.1f}"
            )


if __name__ == "__main__":
    main()
