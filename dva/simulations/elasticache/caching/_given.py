"""What a caching scenario says."""

from typing import Annotated, Literal

import msgspec

from dva.aws.document import StrictStruct

Positive = Annotated[int, msgspec.Meta(gt=0)] | Annotated[float, msgspec.Meta(gt=0)]
Scalar = int | float | str | bool | None
Policy = Literal[
    "allkeys-lru", "volatile-lru", "allkeys-lfu", "volatile-lfu", "allkeys-random", "volatile-random",
    "volatile-ttl", "noeviction",
]  # fmt: skip


class Cache(StrictStruct):
    """One node. Room is counted in items, time in seconds, latency in milliseconds.

    `jitter` is the most that is added to a TTL; `singleFlight` lets one reader fill a missed key for all.
    ElastiCache's default policy is volatile-lru, where open-source Redis says noeviction.
    """

    max_items: Annotated[int, msgspec.Meta(gt=0)] | None = msgspec.field(name="MaxItems", default=None)
    policy: Policy = msgspec.field(name="maxmemory-policy", default="volatile-lru")
    default_ttl: Positive | None = msgspec.field(name="DefaultTTL", default=None)
    latency_ms: int | float = msgspec.field(name="LatencyMs", default=1)
    jitter: int | float | None = None
    single_flight: bool = False


class Database(StrictStruct):
    """The table behind the cache: what it holds when the run begins."""

    latency_ms: int | float = msgspec.field(name="LatencyMs", default=10)
    items: dict[str, Scalar] = msgspec.field(default_factory=dict)


class Operation(StrictStruct, gc=False):
    """At second `t` one of: get a key, put (write) it, delete it from the cache, or the node fails.

    `readers` get at the same instant; a put with `bypass` is another program's, straight into the database.
    """

    t: int | float
    get: str | None = None
    put: str | None = None
    delete: str | None = None
    fail: str | None = None
    value: int | float | str | bool | None = None
    ttl: Positive | None = None
    readers: Annotated[int, msgspec.Meta(gt=0, le=100_000)] = 1
    bypass: bool = False


class Options(StrictStruct):
    """Settings of the run itself."""

    seed: int = 0


class Given(StrictStruct):
    """A strategy, a cache, a database, and what happens."""

    strategy: Literal["lazy", "write-through", "write-through+lazy"]
    cache: Cache = msgspec.field(default_factory=Cache)
    database: Database = msgspec.field(default_factory=Database)
    operations: list[Operation] = msgspec.field(default_factory=list)
    options: Options = msgspec.field(default_factory=Options)
