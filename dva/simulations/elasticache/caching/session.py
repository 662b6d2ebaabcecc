"""The application between its cache and its database: what it calls, and what it counts."""

from collections.abc import Mapping
from typing import Any

from dva.aws.rng import generator
from dva.simulations.elasticache.caching import rules
from dva.simulations.elasticache.caching.documents import Given, Operation
from dva.simulations.elasticache.caching.store import Entry, Store, victim
from dva.simulations.frame import Draw, Run, Text
from dva.trace import Place, Rule

LISTS = ("stale_reads", "evictions", "expired", "errors")


def write_reaches_cache(strategy: str) -> bool:
    """Write-through sets the cache after the database; lazy loading leaves it alone."""
    return strategy != "lazy"


def miss_fills_cache(strategy: str) -> bool:
    """Lazy loading stores what it had to query; write-through alone does not."""
    return strategy != "write-through"


def deadline_after_hit(deadline: float, now: float, ttl: float | None) -> float:
    """Reading does not prolong a TTL: it runs from the set."""
    return deadline


def readers_who_query(readers: int) -> int:
    """All of them: nobody waits for another's answer."""
    return readers


def after_stale_read(entry: Entry, current: Any) -> None:
    """Nothing: nobody compares the copy with the database."""


class Session:
    """The operations of one application. Counters are kept here; each step has what changed since the last one."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run, self.is_recorded = given, run, run.is_recorded
        self.cache_ms, self.database_ms = given.cache.latency_ms, given.database.latency_ms
        self.policy, self.ttl = given.cache.policy, given.cache.default_ttl
        self.room = float("inf") if given.cache.max_items is None else given.cache.max_items
        self.store = Store(counting=self.policy.endswith("lfu"))
        self.database: dict[str, Any] = dict(given.database.items)
        self.fills = run.using(miss_fills_cache)(given.strategy)
        self.writes_through = run.using(write_reaches_cache)(given.strategy)
        self.rng = generator(given.options.seed)
        self.hits = self.misses = self.rereads = self.sets = self.deletes = 0
        self.db_queries = self.db_writes = self.writes = 0
        self.lists: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS}
        self.now: float = 0
        self.last_drawn = cells(self)
        self.last_numbers: dict[str, int | float] = {}
        self.last_lengths = dict.fromkeys(LISTS, 0)

    def read(self, op: Operation, key: str) -> None:
        """get: from the cache; after a miss from the database."""
        entry = self.store.use(key)
        if entry is None:
            self._miss(op, key)
            return
        self.hits += 1
        if op.readers > 1:
            self._more_uses(key, op.readers - 1)
            self.hits += op.readers - 1
        if entry.deadline is not None:
            self._after_hit(key, entry, op)
        if entry.stale:
            self._stale(op, key, entry)
        elif self.is_recorded:  # a million hits feel what is made for a step that nobody sees
            self.step(rules.HIT, f"{_get(op, key)}: a hit, {entry.value}", self._cost_of_get(op))

    def write(self, op: Operation, key: str) -> None:
        """put: the database first, then by strategy the cache."""
        self.writes += 1
        value = f"v{self.writes + 1}" if op.value is None else op.value
        self.database[key] = value
        cached = self.store.entries.get(key)
        if cached is not None:
            cached.stale = cached.value != value
        if op.bypass:
            self.step(rules.BYPASS, f"Another program writes {key} = {value} into the database")
            return
        self.db_writes += 1
        self.step(rules.WRITE, f"put {key} = {value}: the database is written", f"{self.database_ms} ms.")
        if not self.writes_through:
            held = "its cached copy is stale now" if key in self.store.entries else "it is not cached"
            self.step(rules.CACHE_UNTOUCHED, f"The cache is not told about {key}", f"Lazy loading: {held}.")
        elif self._set(op, key, value):
            self.step(rules.WRITE_THROUGH, f"put {key} = {value}: the cache is set as well", f"{self.cache_ms} ms.")

    def delete(self, key: str) -> None:
        """delete: the key leaves the cache; the database keeps it."""
        self.deletes += 1
        held = "the next read queries the database" if self.store.drop(key) else "it was not cached"
        self.step(rules.DELETE, f"delete {key} from the cache", f"Here {held}.")

    def fail(self) -> None:
        """The node is lost and replaced by an empty one; that costs the application no call."""
        lost = len(self.store.entries)
        self.store.clear()
        self.step(rules.NODE_FAILS, f"The cache node fails: {lost} items are lost")

    def expire(self, now: float) -> None:
        """Expired keys go first, before anything is asked at `now`."""
        for key in self.store.expire(now):
            self.lists["expired"].append({"t": now, "key": key})
            self.step(rules.EXPIRE, f"{key} has expired")

    def finish(self) -> None:
        """Sum up, and set the outcome whole: no step before is needed for it."""
        numbers = self.numbers()
        self.run.step(rules.DONE, _summary(numbers), self._bill,
                      at=self.now, draw=self._drawn, status="completed", inside=self._totals(numbers))  # fmt: skip

    @property
    def database_calls(self) -> int:
        """Queries and the application's own writes."""
        return self.db_queries + self.db_writes

    @property
    def cache_calls(self) -> int:
        """get, set and delete, whatever they found."""
        return self.hits + self.misses + self.rereads + self.sets + self.deletes

    def numbers(self) -> dict[str, int | float]:
        """The counters of the outcome. `ms` adds up what the calls took, whoever made them."""
        ms = self.cache_calls * self.cache_ms + self.database_calls * self.database_ms
        return {"hits": self.hits, "misses": self.misses, "calls": self.cache_calls + self.database_calls,
                "ms": ms if isinstance(ms, int) else round(ms, 6), "db_queries": self.db_queries}  # fmt: skip

    def _bill(self) -> str:
        cache, database = self.cache_calls * self.cache_ms, self.database_calls * self.database_ms
        calls = f"{self.cache_calls} calls to the cache are {cache} ms"
        return f"{calls}, {self.database_calls} to the database {database} ms."

    def _more_uses(self, key: str, others: int) -> None:
        """The other readers of the same instant."""
        for _ in range(others):
            self.store.use(key)

    def _stale(self, op: Operation, key: str, entry: Entry) -> None:
        self.lists["stale_reads"] += [{"t": op.t, "key": key}] * op.readers
        current = self.database.get(key)
        self.step(rules.STALE, f"{_get(op, key)}: a hit, but STALE: {entry.value}, the database says {current}")
        self.run.using(after_stale_read)(entry, current)

    def _miss(self, op: Operation, key: str) -> None:
        """The database is asked, by each reader for himself, and the answer cached where the strategy says."""
        readers = op.readers
        self.misses += readers
        self.step(rules.MISS, lambda: f"{_get(op, key)}: a miss",
                  lambda: f"{self._cost_of_get(op)} The key is not there.")  # fmt: skip
        locked = self.given.cache.single_flight
        asking = 1 if readers == 1 or locked else self.run.using(readers_who_query)(readers)
        self.db_queries += asking
        value = self.database.get(key)
        self._query(op, key, value, asking)
        if value is None or not self.fills:
            return
        for _ in range(asking):
            if self._set(op, key, value):
                self.step(rules.FILL, lambda: f"{key} = {value} is put into the cache", lambda: self._lifetime(key))
        if locked and readers > 1:
            self._more_uses(key, readers - 1)
            self.rereads += readers - 1
            self.step(rules.ONE_FILLS, f"{readers - 1} readers waited and read {key} again")

    def _after_hit(self, key: str, entry: Entry, op: Operation) -> None:
        """A hit leaves the deadline where it is, unless somebody believes otherwise."""
        old = entry.deadline or 0.0
        new = self.run.using(deadline_after_hit)(old, op.t, self.ttl if op.ttl is None else op.ttl)
        if new != old:
            entry.deadline = new
            self.store.schedule_expiry(key, new)

    def _cost_of_get(self, op: Operation) -> str:
        calls = "1 call" if op.readers == 1 else f"{op.readers} calls"
        return f"{calls} to the cache, {_short(op.readers * self.cache_ms)} ms."

    def _query(self, op: Operation, key: str, value: Any, asking: int) -> None:
        """The database has answered."""
        if op.readers > 1:
            self.step(rules.STAMPEDE, f"{op.readers} readers miss {key} at once: {asking} database queries")
        else:
            cost = f"1 query, {self.database_ms} ms."
            self.step(rules.QUERY, lambda: f"{key} = {value} comes from the database", cost)
        if value is None:
            self.step(rules.UNKNOWN, f"The database has no {key}")
        elif not self.fills:
            self.step(rules.NOT_FILLED, f"{key} is not put into the cache")

    def _set(self, op: Operation, key: str, value: Any) -> bool:
        """cache.set, which makes room first; False where no room can be made."""
        self.sets += 1
        ttl = self.ttl if op.ttl is None else op.ttl
        deadline = None if ttl is None else self._deadline(op.t, key, ttl)
        store = self.store
        if len(store.entries) >= self.room and key not in store.entries and not self._make_room(op, key):
            return False
        store.put(key, value, deadline)
        return True

    def _make_room(self, op: Operation, key: str) -> bool:
        gone = self.run.using(victim)(self.store, self.policy, self.rng)
        if gone is None:
            self.lists["errors"].append({"t": op.t, "key": key, "error": "OOM"})
            title = f"set {key}: OOM command not allowed when used memory > 'maxmemory'"
            self.step(rules.OUT_OF_MEMORY, title, f"The policy is {self.policy}.")
            return False
        entry = self.store.drop(gone)
        self.lists["evictions"].append({"t": op.t, "key": gone})
        self.step(rules.EVICT, lambda: f"{gone} is evicted to make room for {key}", lambda: self._reason(entry))
        return True

    def _deadline(self, now: float, key: str, ttl: float) -> float:
        jitter = self.given.cache.jitter
        if not jitter:
            return now + ttl
        extra = self.rng.random() * jitter
        self.step(rules.JITTER, f"{key} gets {ttl} + {extra:.2f} s")
        return now + ttl + extra

    def _reason(self, entry: Entry | None) -> str:
        reasons = {
            "lru": "it is the one that was not used for longest",
            "lfu": f"it is the least used ({entry.count if entry else 0}), among equals the one not used for longest",
            "random": "the choice is random", "ttl": "it has the least time left to live",
        }  # fmt: skip
        scope = "any key may go" if self.policy.startswith("allkeys") else "only keys with a TTL may go"
        order = reasons.get(self.policy.rpartition("-")[2], "there is no order")
        return f"{self.policy}: {scope}; {order} (exact here, Redis takes a sample)."

    def _lifetime(self, key: str) -> str:
        deadline, cost = self.store.entries[key].deadline, f"1 call to the cache, {self.cache_ms} ms."
        if deadline is None:
            return f"{cost} No TTL: it stays until it is evicted, deleted or overwritten."
        return f"{cost} It lives until {_short(deadline)} s."

    def step(self, rule: Rule, title: Text, why: Text = "") -> None:
        """Record a step at this time, with what changed in the counters and in the picture since the last one."""
        if self.is_recorded:
            self.run.step(rule, title, why, at=self.now, draw=self._drawn, inside=self._counted)

    def _counted(self) -> dict[Place, object]:
        """Return the changes of the counters and the new entries of the lists."""
        numbers = self.numbers()
        changes: dict[Place, object] = {
            (name,): new for name, new in numbers.items() if self.last_numbers.get(name, 0) != new
        }
        for name, items in self.lists.items():
            changes |= {(name, at): items[at] for at in range(self.last_lengths[name], len(items))}
            self.last_lengths[name] = len(items)
        self.last_numbers |= numbers
        return changes

    def _totals(self, numbers: dict[str, int | float]) -> dict[Place, object]:
        """Return the counters and lists that differ from what the outcome holds."""
        totals = {**numbers, **self.lists, "final": list(self.store.entries)}
        return {(name,): value for name, value in totals.items() if self.run.outcome[name] != value}

    def _drawn(self) -> Draw:
        """Return the changes of the picture."""
        before, self.last_drawn = self.last_drawn, cells(self)
        return {
            ("cells", name, part): new
            for name, cell in self.last_drawn.items()
            for part, new in cell.items()
            if before[name][part] != new
        }


def cells(session: Session) -> dict[str, dict[str, Any]]:
    """The picture: the application, its cache (least recently used first), and its database."""
    store, numbers, most = session.store, session.numbers(), session.given.cache.max_items
    held = [
        f"{key} = {entry.value}"
        + ("" if entry.deadline is None else f" (until {_short(entry.deadline)})")
        + (" STALE" if entry.stale else "")
        for key, entry in store.entries.items()
    ]
    room = {} if most is None else {"room": [most - len(held), most]}
    cost = "{calls} calls  {ms} ms  {hits} hits  {misses} misses".format(**numbers)
    rows = [f"{key} = {value}" for key, value in session.database.items()]
    queries = f"{session.db_queries} queries"
    return {
        "application": {"group": session.given.strategy, "items": [], "meters": {}, "note": cost},
        "cache": {"group": "ElastiCache", "items": held, "meters": room, "note": session.policy},
        "database": {"group": "Database", "items": rows, "meters": {}, "note": queries},
    }


def _get(op: Operation, key: str) -> str:
    return f"get {key}" if op.readers == 1 else f"{op.readers} readers get {key}"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _summary(numbers: Mapping[str, Any]) -> str:
    """Return the numbers of a run, each with its noun."""
    nouns = (("hits", "hit", "hits"), ("misses", "miss", "misses"), ("calls", "call", "calls"))
    hits, misses, calls = (f"{numbers[name]} {one if numbers[name] == 1 else many}" for name, one, many in nouns)
    return f"{hits}, {misses}: {calls}, {numbers['ms']} ms"
