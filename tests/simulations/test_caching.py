import random
from typing import Any

import cachetools
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from dva.errors import GivenError
from dva.simulations import load

CACHING = load("caching")
KEYS = [f"k{number}" for number in range(400)]
DATABASE = dict.fromkeys(KEYS, 0)
POLICIES = [f"{scope}-{order}" for scope in ("allkeys", "volatile") for order in ("lru", "lfu", "random")]
POLICIES += ["volatile-ttl", "noeviction"]
CACHES: dict[str, Any] = {"allkeys-lru": cachetools.LRUCache, "allkeys-lfu": cachetools.LFUCache}


def trace_of(seed: int, number: int) -> list[dict[str, Any]]:
    """Reads, writes and deletes of keys of which some are popular."""
    rng = random.Random(seed)
    kinds = ["get"] * 8 + ["put", "delete"]
    return [{"t": t, rng.choice(kinds): KEYS[int(rng.paretovariate(0.5)) % 400]} for t in range(number)]


def with_cachetools(cache: Any, operations: list[dict[str, Any]]) -> tuple[int, int]:
    """(hits, misses) of write-through with lazy loading, as cachetools does it."""
    hits = misses = 0
    for operation in operations:
        if "get" in operation:
            key = operation["get"]
            if key in cache:
                hits += 1
                cache[key]
            else:
                misses += 1
                cache[key] = 0
        elif "put" in operation:
            cache[operation["put"]] = 0
        else:
            cache.pop(operation["delete"], None)
    return hits, misses


@pytest.mark.parametrize("policy", CACHES)
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("room", [10, 100])
def test_hits_are_those_of_cachetools(policy: str, seed: int, room: int) -> None:
    operations = trace_of(seed, 100_000)
    given = {
        "strategy": "write-through+lazy",
        "cache": {"MaxItems": room, "maxmemory-policy": policy},
        "database": {"items": DATABASE},
        "operations": operations,
    }
    cache = CACHES[policy](room)
    outcome = CACHING.run(given, steps=False).outcome
    assert (outcome["hits"], outcome["misses"]) == with_cachetools(cache, operations)
    assert set(outcome["final"]) == set(cache)


def test_expiry_is_that_of_a_ttl_cache_of_cachetools() -> None:
    clock = [0]
    cache: Any = cachetools.TTLCache(10_000, 7, timer=lambda: clock[0])
    rng, hits, operations = random.Random(4), 0, []
    for _ in range(5000):
        clock[0] += rng.choice([0, 1, 1, 2])
        key = KEYS[int(rng.random() * 20)]
        operations.append({"t": clock[0], "get": key})
        hits += key in cache
        if key not in cache:
            cache[key] = 0
    given = {"strategy": "lazy", "cache": {"DefaultTTL": 7}, "database": {"items": DATABASE}, "operations": operations}
    assert CACHING.run(given, steps=False).outcome["hits"] == hits


KEY = st.sampled_from("abcde")
OPERATION = st.one_of(
    st.fixed_dictionaries({"get": KEY}, optional={"ttl": st.integers(1, 9), "readers": st.integers(1, 3)}),
    st.fixed_dictionaries({"put": KEY}, optional={"ttl": st.integers(1, 9), "bypass": st.booleans()}),
    st.fixed_dictionaries({"delete": KEY}),
    st.just({"fail": "node"}),
)
GIVEN = st.fixed_dictionaries(
    {
        "strategy": st.sampled_from(["lazy", "write-through", "write-through+lazy"]),
        "cache": st.fixed_dictionaries(
            {
                "MaxItems": st.integers(1, 4),
                "maxmemory-policy": st.sampled_from(POLICIES),
                "DefaultTTL": st.none() | st.integers(1, 9),
                "jitter": st.none() | st.integers(1, 3),
            }
        ),
        "database": st.just({"items": dict.fromkeys("abcd", 1)}),
        "operations": st.lists(st.tuples(st.integers(0, 3), OPERATION), max_size=40).map(
            lambda pairs: [{"t": sum(p[0] for p in pairs[: i + 1]), **op} for i, (_, op) in enumerate(pairs)]
        ),
    }
)


@forall(GIVEN)
def test_what_can_never_happen(given: dict[str, Any]) -> None:
    """More keys than room; a read that is neither hit nor miss; a hit that costs a query; a key kept past its TTL."""
    outcome = CACHING.run(given).outcome
    reads = [op for op in given["operations"] if "get" in op]
    readers = sum(op.get("readers", 1) for op in reads)
    assert len(outcome["final"]) <= given["cache"]["MaxItems"]
    assert outcome["hits"] + outcome["misses"] == readers
    assert outcome["db_queries"] == outcome["misses"]
    assert len(outcome["stale_reads"]) <= outcome["hits"]
    assert len(outcome["final"]) == len(set(outcome["final"]))
    if given["cache"]["maxmemory-policy"].startswith("allkeys"):
        assert outcome["errors"] == []
    if given["cache"]["maxmemory-policy"] == "noeviction":
        assert outcome["evictions"] == []
    assert CACHING.run(given, steps=False).outcome == outcome


@forall(GIVEN)
def test_write_through_is_stale_only_after_a_write_around_it_or_a_failed_set(given: dict[str, Any]) -> None:
    given = {**given, "strategy": "write-through+lazy"}
    given["operations"] = [{k: v for k, v in op.items() if k != "bypass"} for op in given["operations"]]
    outcome = CACHING.run(given, steps=False).outcome
    assert outcome["stale_reads"] == []


@forall(GIVEN, st.integers(1, 50), st.integers(1, 50))
def test_milliseconds_are_the_calls_times_their_latency(given: dict[str, Any], cache: int, database: int) -> None:
    given["cache"]["LatencyMs"], given["database"] = cache, {**given["database"], "LatencyMs": database}
    outcome = CACHING.run(given, steps=False).outcome
    puts = sum("put" in op and not op.get("bypass") for op in given["operations"])
    database_calls = outcome["db_queries"] + puts
    assert outcome["ms"] == (outcome["calls"] - database_calls) * cache + database_calls * database


def test_the_dearest_read_is_a_miss_of_lazy_loading() -> None:
    """Trips of the strategies page: 1 for a hit, 3 for a miss, 2 where nothing is filled."""
    calls = {}
    for strategy in ("lazy", "write-through", "write-through+lazy"):
        given = {"strategy": strategy, "database": {"items": {"a": 1}}, "operations": [{"t": 0, "get": "a"}]}
        calls[strategy] = CACHING.run(given).outcome["calls"]
    assert calls == {"lazy": 3, "write-through": 2, "write-through+lazy": 3}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"operations": [{"t": 0}]}, "/operations/0"),
        ({"operations": [{"t": 0, "get": "a", "put": "a"}]}, "/operations"),
        ({"operations": [{"t": 1, "get": "a"}, {"t": 0, "get": "a"}]}, "/operations/1/t"),
        ({"operations": [{"t": 0, "get": "a", "ttl": 0}]}, "/operations/0/ttl"),
        ({"operations": [{"t": 0, "get": "a", "reader": 2}]}, "/operations/0/reader"),
        ({"operations": [{"t": 0, "get": "a", "readers": 10**15}]}, "/operations/0/readers"),
        ({"cache": {"MaxItems": 0}}, "/cache/MaxItems"),
        ({"cache": {"maxmemory-policy": "lru"}}, "/cache/maxmemory-policy"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(change: dict[str, Any], pointer: str) -> None:
    with pytest.raises(GivenError) as caught:
        CACHING.run({"strategy": "lazy", **change})
    assert caught.value.pointer == pointer
