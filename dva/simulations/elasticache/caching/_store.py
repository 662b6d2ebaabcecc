"""The cache node: entries with a deadline, and which one goes when there is no room.

Redis samples a few keys and guesses; this store is exact, so that a run can be followed and repeated.
"""

import random
from collections import OrderedDict
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any

import msgspec

from dva.aws.rng import choose


class Entry(msgspec.Struct, gc=False):
    """A cached value, the time it dies (None = never), how often it was used (the first set included), and
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
        self.by_count: dict[int, OrderedDict[str, None]] = {}
        self.lowest = 1
        self.deadlines: list[tuple[float, int, str]] = []
        self.sets = 0

    def clear(self) -> None:
        """Lose everything, as a replaced node has."""
        for held in (self.entries, self.inserted, self.by_count, self.deadlines):
            held.clear()

    def use(self, key: str) -> Entry | None:
        """The entry, which is now the one used last; None where it is not cached."""
        entry = self.entries.get(key)
        if entry is not None:
            self.entries.move_to_end(key)
            entry.count += 1
            if self.counting:
                self._rise(key, entry.count)
        return entry

    def put(self, key: str, value: Any, deadline: float | None) -> None:
        """Set an entry; setting counts as a use and starts its time to live anew."""
        entry = self.entries.get(key)
        if entry is None:
            self.entries[key] = Entry(value, deadline)
            self.inserted[key] = None
            if self.counting:
                self._bucket(1)[key] = None
                self.lowest = 1
        else:
            self.use(key)
            entry.value, entry.deadline, entry.stale = value, deadline, False
        if deadline is not None:
            self.due(key, deadline)

    def due(self, key: str, deadline: float) -> None:
        """Remember when `key` has to be looked at; a later set or delete makes the memory void."""
        self.sets += 1
        heappush(self.deadlines, (deadline, self.sets, key))

    def drop(self, key: str) -> Entry | None:
        """The entry of `key`, which is gone now; None where there was none."""
        entry = self.entries.pop(key, None)
        if entry is not None:
            del self.inserted[key]
            if self.counting:
                self._leave(key, entry.count)
        return entry

    def expire(self, now: float) -> list[str]:
        """Drop what is dead at `now`, in order of deadlines: an entry lives while now < deadline."""
        gone = []
        while self.deadlines and self.deadlines[0][0] <= now:
            deadline, _, key = heappop(self.deadlines)
            entry = self.entries.get(key)
            if entry is not None and entry.deadline == deadline:
                self.drop(key)
                gone.append(key)
        return gone

    def least_used(self) -> str | None:
        """The first key of `by_frequency`, without sorting: counts only grow from `lowest`."""
        if not self.by_count:
            return None
        while self.lowest not in self.by_count:
            self.lowest += 1
        return next(iter(self.by_count[self.lowest]))

    def by_frequency(self) -> Iterator[str]:
        """Keys used least first; among equals the one not used for longest."""
        for count in sorted(self.by_count):
            yield from self.by_count[count]

    def _rise(self, key: str, count: int) -> None:
        self._leave(key, count - 1)
        self._bucket(count)[key] = None

    def _bucket(self, count: int) -> OrderedDict[str, None]:
        bucket = self.by_count.get(count)
        if bucket is None:
            bucket = self.by_count[count] = OrderedDict()
        return bucket

    def _leave(self, key: str, count: int) -> None:
        bucket = self.by_count[count]
        del bucket[key]
        if not bucket:
            del self.by_count[count]


Eligible = Callable[[Entry], bool]


def any_key(_: Entry) -> bool:
    """allkeys-…: every key is a candidate."""
    return True


def has_ttl(entry: Entry) -> bool:
    """volatile-…: only keys with a time to live are candidates."""
    return entry.deadline is not None


def least_recent(store: Store, eligible: Eligible, _: random.Random) -> str | None:
    """LRU: the key not used for longest."""
    if eligible is any_key:
        return next(iter(store.entries), None)
    return next((key for key, entry in store.entries.items() if eligible(entry)), None)


def least_frequent(store: Store, eligible: Eligible, _: random.Random) -> str | None:
    """LFU: the key used least often since it was inserted; ties by LRU."""
    if eligible is any_key:
        return store.least_used()
    return next((key for key in store.by_frequency() if eligible(store.entries[key])), None)


def any_one(store: Store, eligible: Eligible, rng: random.Random) -> str | None:
    """Random: one of the candidates in order of insertion."""
    candidates = [key for key in store.inserted if eligible(store.entries[key])]
    return choose(rng, candidates) if candidates else None


def soonest_dead(store: Store, eligible: Eligible, _: random.Random) -> str | None:
    """TTL: the smallest remaining time to live; ties by older insertion."""
    candidates = [key for key in store.inserted if eligible(store.entries[key])]
    return min(candidates, key=lambda key: store.entries[key].deadline or 0.0, default=None)


ORDERS: dict[str, Callable[[Store, Eligible, random.Random], str | None]] = {
    "lru": least_recent,
    "lfu": least_frequent,
    "random": any_one,
    "ttl": soonest_dead,
}


POLICIES = {f"allkeys-{name}": (order, any_key) for name, order in ORDERS.items()} | {
    f"volatile-{name}": (order, has_ttl) for name, order in ORDERS.items()
}


def victim(store: Store, policy: str, rng: random.Random) -> str | None:
    """The key that `policy` gives up for a new one; None where it may give up none."""
    if policy not in POLICIES:
        return None
    order, eligible = POLICIES[policy]
    return order(store, eligible, rng)
