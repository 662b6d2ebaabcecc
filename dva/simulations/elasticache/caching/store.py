"""The cache node: entries with a deadline, and which one is evicted when there is no room.

Redis samples a few keys and guesses; this store is exact, so that a run can be followed and repeated.
"""

import random
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import Any

import msgspec

from dva.aws.rng import choose


class Entry(msgspec.Struct, gc=False):
    """A cached value, the time it expires (None = never), how often it was used (the first set included), and
    whether the database has been written since."""

    value: Any
    deadline: float | None = None
    count: int = 1
    stale: bool = False


class Store:
    """`entries` stands in the order of last use, `inserted` in that of first insertion.

    Keys are kept in buckets by use count only where `counting`: LFU alone looks for them there.
    """

    def __init__(self, *, counting: bool) -> None:
        self.counting = counting
        self.entries: OrderedDict[str, Entry] = OrderedDict()
        self.inserted: dict[str, None] = {}
        self.by_count: defaultdict[int, OrderedDict[str, None]] = defaultdict(OrderedDict)
        self.lowest = 1
        self.deadlines: list[tuple[float, int, str]] = []
        self.sets = 0

    def clear(self) -> None:
        """Remove everything, as a replaced node is empty."""
        for held in (self.entries, self.inserted, self.by_count, self.deadlines):
            held.clear()

    def use(self, key: str) -> Entry | None:
        """Return the entry, which is now the one used last; None where it is not cached."""
        entry = self.entries.get(key)
        if entry is not None:
            self.entries.move_to_end(key)
            entry.count += 1
            if self.counting:
                self._leave(key, entry.count - 1)
                self.by_count[entry.count][key] = None
        return entry

    def put(self, key: str, value: Any, deadline: float | None) -> None:
        """Set an entry; setting counts as a use and starts its time to live anew."""
        entry = self.entries.get(key)
        if entry is None:
            self.entries[key] = Entry(value, deadline)
            self.inserted[key] = None
            if self.counting:
                self.by_count[1][key] = None
                self.lowest = 1
        else:
            self.use(key)
            entry.value, entry.deadline, entry.stale = value, deadline, False
        if deadline is not None:
            self.schedule_expiry(key, deadline)

    def schedule_expiry(self, key: str, deadline: float) -> None:
        """Remember when `key` may expire; a later set or delete makes that void."""
        self.sets += 1
        heappush(self.deadlines, (deadline, self.sets, key))

    def drop(self, key: str) -> Entry | None:
        """Remove a key and return its entry; None where there was none."""
        entry = self.entries.pop(key, None)
        if entry is not None:
            del self.inserted[key]
            if self.counting:
                self._leave(key, entry.count)
        return entry

    def expire(self, now: float) -> list[str]:
        """Remove what has expired at `now`, in the order of deadlines: an entry lives while now < deadline."""
        gone = []
        while self.deadlines and self.deadlines[0][0] <= now:
            deadline, _, key = heappop(self.deadlines)
            entry = self.entries.get(key)
            if entry is not None and entry.deadline == deadline:
                self.drop(key)
                gone.append(key)
        return gone

    def least_used(self) -> str | None:
        """Return the first key of `by_frequency`, without sorting: counts only grow from `lowest`."""
        if not self.by_count:
            return None
        while self.lowest not in self.by_count:
            self.lowest += 1
        return next(iter(self.by_count[self.lowest]))

    def by_frequency(self) -> Iterator[str]:
        """List the keys, least used first; among equals the one not used for longest."""
        for count in sorted(self.by_count):
            yield from self.by_count[count]

    def _leave(self, key: str, count: int) -> None:
        bucket = self.by_count[count]
        del bucket[key]
        if not bucket:
            del self.by_count[count]


def victim(store: Store, policy: str, rng: random.Random) -> str | None:
    """Return the key that `policy` evicts for a new one; None where it may evict none (rules.EVICT).

    lru: the key not used for longest. lfu: the one used least often since it was inserted, among equals by lru.
    random: any, in the order of insertion. ttl: the least time left to live, among equals the older insertion.
    """
    scope, _, order = policy.rpartition("-")

    def candidates(keys: Iterable[str]) -> Iterator[str]:
        return (key for key in keys if scope == "allkeys" or store.entries[key].deadline is not None)

    if order == "lru":
        return next(candidates(store.entries), None)
    if order == "lfu":
        return store.least_used() if scope == "allkeys" else next(candidates(store.by_frequency()), None)
    if order == "random":
        keys = list(candidates(store.inserted))
        return choose(rng, keys) if keys else None
    if order == "ttl":
        return min(candidates(store.inserted), key=lambda key: store.entries[key].deadline or 0.0, default=None)
    return None  # noeviction
