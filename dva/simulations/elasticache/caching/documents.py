"""What a caching scenario contains, and what comes of it."""

from typing import Annotated, Literal, TypedDict

import msgspec

from dva.aws.document import StrictStruct
from dva.simulations import frame

Positive = Annotated[int, msgspec.Meta(gt=0)] | Annotated[float, msgspec.Meta(gt=0)]
Scalar = int | float | str | bool | None
Policy = Literal[
    "allkeys-lru", "volatile-lru", "allkeys-lfu", "volatile-lfu", "allkeys-random", "volatile-random",
    "volatile-ttl", "noeviction",
]  # fmt: skip
MAX_READERS = 100_000


class Cache(StrictStruct):
    """One cache node. The default policy is ElastiCache's; open-source Redis has noeviction."""

    max_items: Annotated[int, msgspec.Meta(gt=0)] | None = msgspec.field(name="MaxItems", default=None)
    """How many items the node has room for."""
    policy: Policy = msgspec.field(name="maxmemory-policy", default="volatile-lru")
    """Which key is evicted from a full node."""
    default_ttl: Positive | None = msgspec.field(name="DefaultTTL", default=None)
    """Time to live of a key in seconds, where an operation has none of its own."""
    latency_ms: int | float = msgspec.field(name="LatencyMs", default=1)
    """Milliseconds of a call to the cache."""
    jitter: int | float | None = None
    """The most seconds that are added to a TTL at random."""
    single_flight: bool = False
    """Whether one reader fills a missed key while the others wait."""


class Database(StrictStruct):
    """The table behind the cache."""

    latency_ms: int | float = msgspec.field(name="LatencyMs", default=10)
    """Milliseconds of a call to the database."""
    items: dict[str, Scalar] = msgspec.field(default_factory=dict)
    """What it holds when the run begins, by key."""


class Operation(StrictStruct, gc=False):
    """One of get, put, delete and fail at a time."""

    t: int | float
    """When it happens, in seconds; times do not go back."""
    get: str | None = None
    """The key that is read."""
    put: str | None = None
    """The key that is written."""
    delete: str | None = None
    """The key that is deleted from the cache."""
    fail: str | None = None
    """Any word: the cache node fails and is replaced by an empty one."""
    value: int | float | str | bool | None = None
    """What is written; without it v2, v3 and so on."""
    ttl: Positive | None = None
    """Time to live of the key in seconds."""
    readers: Annotated[int, msgspec.Meta(gt=0, le=MAX_READERS)] = 1
    """How many readers get the key at the same instant."""
    bypass: bool = False
    """Whether another program writes, straight into the database."""


class Options(StrictStruct):
    """Settings of the run itself."""

    seed: int = 0
    """Seed of random choices."""


class Given(StrictStruct):
    """A strategy, a cache, a database, and what happens."""

    strategy: Literal["lazy", "write-through", "write-through+lazy"]
    """When the application sets the cache: after a miss, on a write, or both."""
    cache: Cache = msgspec.field(default_factory=Cache)
    """The cache node."""
    database: Database = msgspec.field(default_factory=Database)
    """The database behind it."""
    operations: list[Operation] = msgspec.field(default_factory=list)
    """What the application does, in the order of time."""
    options: Options = msgspec.field(default_factory=Options)
    """Settings of the run itself."""


class KeyAtTime(TypedDict):
    """Something that happened to a key."""

    t: int | float
    """When, in seconds."""
    key: str
    """The key."""


class FailedSet(KeyAtTime):
    """A set that the cache refused."""

    error: str
    """The error, as Redis names it."""


class Outcome(frame.Outcome):
    """What the strategy cost, and what it let the application read."""

    status: Literal["completed"] | None = None
    """Always `completed`."""
    hits: int = 0
    """Reads answered by the cache."""
    misses: int = 0
    """Reads that the cache could not answer."""
    calls: int = 0
    """Calls to the cache and to the database."""
    ms: int | float = 0
    """Milliseconds that all calls took together."""
    db_queries: int = 0
    """Reads of the database."""
    stale_reads: list[KeyAtTime] = []
    """Hits with a value that the database does not hold any more."""
    evictions: list[KeyAtTime] = []
    """Keys that were evicted to make room."""
    expired: list[KeyAtTime] = []
    """Keys whose time to live ended."""
    errors: list[FailedSet] = []
    """Sets that found no room."""
    final: list[str] = []
    """Keys in the cache at the end, the one unused for longest first."""
