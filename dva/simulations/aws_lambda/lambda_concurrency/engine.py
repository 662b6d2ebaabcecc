"""An account, its functions and their execution environments: requests arrive, run and end."""

import heapq
import math
from collections import deque

from dva.errors import GivenError
from dva.simulations.aws_lambda.lambda_concurrency import rules
from dva.simulations.aws_lambda.lambda_concurrency.documents import Burst, Function, Given, Handled, Reason
from dva.simulations.frame import Append, Refused, Run, State

# The rule functions that beliefs replace


def warm_at_first(reserved: int | None) -> int:
    """Return how many on-demand environments are initialized before the first request: none."""
    return 0


def free_of_reserved(reserved: int, in_flight: int, unreserved_free: int) -> int:
    """Return how many more requests a function with reserved concurrency may run."""
    return max(0, reserved - in_flight)


def spills_over() -> bool:
    """Return whether requests beyond the provisioned environments run on demand."""
    return True


def scaling(rate: int) -> tuple[float, float]:
    """Return how many environments a function can get at once, and how many more each second."""
    return rate, rate / rules.SECONDS


def refilled(left: float, most: float, a_second: float, seconds: float) -> float:
    """Return how many new environments a function can get after some seconds: never more than at first."""
    return min(most, left + a_second * seconds)


def status_codes(kind: str, handled: int, throttled: int) -> dict[str, int]:
    """Return how many callers get which HTTP status."""
    codes = {"202": handled + throttled} if kind == "Event" else {"200": handled, "429": throttled}
    return {code: count for code, count in codes.items() if count}


# The run


def respond(given: Given, run: Run) -> None:
    """Check the configuration, then let the requests arrive one entry after the other."""
    check(given)
    account = Account(given, run)
    last = 0.0
    for place, burst in enumerate(given.requests):
        if burst.function not in account.pools:
            raise GivenError(f"there is no function `{burst.function}`", pointer=f"/requests/{place}/function")
        if burst.at < last:
            raise GivenError("requests stand in the order of time", pointer=f"/requests/{place}/at")
        last = burst.at
        account.arrive(place, burst)
    account.finish()


def check(given: Given) -> None:
    """Refuse concurrency that the account or the reservation does not have."""
    for name, function in given.functions.items():
        for number in (function.reserved_concurrent_executions, function.provisioned_concurrent_executions):
            if number is not None and number < 0:
                raise Refused(rules.POOLS, "ValidationException", f"the concurrency of {name} must not be {number}")
    reserves = any(one.reserved_concurrent_executions is not None or one.provisioned_concurrent_executions
                   for one in given.functions.values())  # fmt: skip
    if reserves and unreserved_of(given) < rules.MIN_UNRESERVED:
        raise Refused(rules.POOLS, rules.INVALID, "Specified ReservedConcurrentExecutions for function decreases "
                      "account's UnreservedConcurrentExecution below its minimum value of "
                      f"[{rules.MIN_UNRESERVED}].")  # fmt: skip
    for function in given.functions.values():
        reserved = function.reserved_concurrent_executions
        if reserved is not None and function.provisioned_concurrent_executions > reserved:
            raise Refused(rules.WITHIN, rules.INVALID, "Requested Provisioned Concurrency should not be greater than "
                          "the reservedConcurrentExecution for function")  # fmt: skip


def taken(function: Function) -> int:
    """Return what a function takes out of the account's concurrency for itself."""
    reserved = function.reserved_concurrent_executions
    return function.provisioned_concurrent_executions if reserved is None else reserved


def unreserved_of(given: Given) -> int:
    """Return the concurrency that functions without a reservation share."""
    return given.account_concurrency - sum(taken(one) for one in given.functions.values())


class Environments:
    """Execution environments of one function."""

    def __init__(self, function: Function, warm: int, new: float) -> None:
        self.reserved = function.reserved_concurrent_executions
        self.provisioned = self.provisioned_idle = function.provisioned_concurrent_executions
        self.init, self.lasts = function.init_seconds, function.duration_seconds
        self.idle: deque[tuple[float, int]] = deque([(0.0, warm)] if warm else [])
        self.on_demand, self.new, self.since, self.peak = 0, new, 0.0, 0

    @property
    def in_flight(self) -> int:
        """Return how many requests are running."""
        return self.on_demand + self.provisioned - self.provisioned_idle

    @property
    def warm(self) -> int:
        """Return how many on-demand environments are idle."""
        return sum(count for _, count in self.idle)

    def expire(self, now: float, seconds: float) -> int:
        """Remove environments that were idle for too long; return how many."""
        gone = 0
        while self.idle and self.idle[0][0] + seconds <= now:
            gone += self.idle.popleft()[1]
        return gone

    def take_warm(self, count: int) -> None:
        """Use idle environments, those first that were used last."""
        while count:
            since, there = self.idle.pop()
            if there > count:
                self.idle.append((since, there - count))
            count -= min(there, count)


class Account:
    """The functions of an account, their requests in flight, and the clock."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run = given, run
        self.most, self.a_second = run.using(scaling)(given.options.scaling_rate)
        warm = run.using(warm_at_first)
        self.pools = {
            name: Environments(one, warm(one.reserved_concurrent_executions), self.most)
            for name, one in given.functions.items()
        }
        self.unreserved = unreserved_of(given)
        self.ends: list[tuple[float, int, str, int, int]] = []
        self.order = 0
        self.second, self.counts = -1, dict.fromkeys([*given.functions, ""], 0)
        parts = [f"{taken(one)} of {name}" for name, one in given.functions.items() if taken(one)]
        run.step(rules.POOLS, f"{self.unreserved} of {given.account_concurrency} are unreserved",
                 f"Taken out: {', '.join(parts)}." if parts else "No function takes any out.", at=0,
                 status="completed", unreserved=self.unreserved, peak=dict.fromkeys(given.functions, 0))  # fmt: skip

    # Time

    def end_until(self, now: float) -> None:
        """Let requests end until now; their environments stay warm."""
        while self.ends and self.ends[0][0] <= now:
            at, _, name, provisioned, on_demand = heapq.heappop(self.ends)
            pool = self.pools[name]
            pool.provisioned_idle += provisioned
            pool.on_demand -= on_demand
            if on_demand:
                pool.idle.append((at, on_demand))
            self.run.step(rules.WARM, f"{name}: {counted(provisioned + on_demand, 'request ends', 'requests end')}",
                          f"{pool.in_flight} in flight; {pool.warm} warm environments.", at=at,
                          draw={("series", name, "-"): [at, pool.in_flight]})  # fmt: skip

    def expire(self, now: float) -> None:
        """Remove environments that are idle for too long."""
        for name, pool in self.pools.items():
            if gone := pool.expire(now, self.given.options.idle_seconds):
                title = f"{name}: {counted(gone, 'idle environment is', 'idle environments are')} gone"
                self.run.step(rules.IDLE, title, f"Idle for {self.given.options.idle_seconds:g} s or more.", at=now)

    def finish(self) -> None:
        """Let the last requests end."""
        self.end_until(math.inf)
        peaks = [f"{name} {pool.peak}" for name, pool in self.pools.items()]
        self.run.step(rules.DONE, f"Most requests in flight: {', '.join(peaks) or 'none'}")

    # Requests

    def arrive(self, place: int, burst: Burst) -> None:
        """Handle requests that arrive together: as many as every limit lets through."""
        self.end_until(burst.at)
        self.expire(burst.at)
        pool = self.pools[burst.function]
        limits = self.limits(pool, burst)
        handled = min(burst.count, *limits.values())
        self.tell_arrival(place, burst, pool)
        self.handle(place, burst, pool, handled)
        if handled < burst.count:
            reason = min(limits, key=lambda word: limits[word])
            self.throttle(place, burst, limits, handled, reason)
        codes = self.run.using(status_codes)(burst.invocation_type, handled, burst.count - handled)
        by = rules.EVENTS if burst.invocation_type == "Event" else rules.IN_FLIGHT
        answers = ", ".join(f"{count} × {code}" for code, count in codes.items()) or "none"
        self.run.step(by, f"{burst.function}: answers {answers}", f"{pool.in_flight} requests are in flight.",
                      at=burst.at, inside={("requests", place, "statusCodes"): codes},
                      draw={("series", burst.function, "-"): [burst.at, pool.in_flight]})  # fmt: skip

    def limits(self, pool: Environments, burst: Burst) -> dict[Reason, int]:
        """Return how many more requests each limit lets through, by the word for it; at a tie the first counts."""
        shared = sum(one.on_demand for one in self.pools.values() if one.reserved is None)
        free = max(0, self.unreserved - shared)
        pool.new = self.run.using(refilled)(pool.new, self.most, self.a_second, burst.at - pool.since)
        pool.since = burst.at
        ready = pool.provisioned_idle + pool.warm + int(pool.new + 1e-9)
        second = int(burst.at)
        if second != self.second:
            self.second, self.counts = second, dict.fromkeys(self.counts, 0)
        if pool.reserved is None:
            most, rate = pool.provisioned_idle + free, self.given.account_concurrency
            words: tuple[Reason, Reason] = "ConcurrentInvocationLimitExceeded", "FunctionInvocationRateLimitExceeded"
            counted_as = ""
        else:
            most = self.run.using(free_of_reserved)(pool.reserved, pool.in_flight, free)
            rate, counted_as = pool.reserved, burst.function
            words = (
                "ReservedFunctionConcurrentInvocationLimitExceeded", "ReservedFunctionInvocationRateLimitExceeded",
            )  # fmt: skip
        if pool.provisioned and not self.run.using(spills_over)():
            most = min(most, pool.provisioned_idle)
        found: dict[Reason, int] = {words[0]: most, "scalingRate": ready}
        if burst.invocation_type == "RequestResponse":
            found[words[1]] = max(0, rules.REQUESTS_A_UNIT * rate - self.counts[counted_as])
        return found

    def tell_arrival(self, place: int, burst: Burst, pool: Environments) -> None:
        """Record that requests arrive, with nothing decided yet."""
        handled: Handled = {
            "at": burst.at, "function": burst.function, "handled": 0, "throttled": 0, "provisioned": 0,
            "spillover": 0, "coldStarts": 0, "reason": None, "statusCodes": {},
        }  # fmt: skip
        kinds = f"{pool.provisioned_idle} provisioned and {pool.warm} warm environments are idle"
        arrived = counted(burst.count, "request arrives", "requests arrive")
        self.run.step(rules.IN_FLIGHT, f"{burst.function}: {arrived}",
                      f"{pool.in_flight} in flight; {kinds}.", at=burst.at, requests=Append(handled))  # fmt: skip

    def handle(self, place: int, burst: Burst, pool: Environments, handled: int) -> None:
        """Run requests: in provisioned environments, in warm ones, in new ones."""
        provisioned = min(pool.provisioned_idle, handled)
        warm = min(pool.warm, handled - provisioned)
        new = handled - provisioned - warm
        pool.provisioned_idle -= provisioned
        pool.take_warm(warm)
        pool.on_demand += warm + new
        pool.new -= new
        pool.peak = max(pool.peak, pool.in_flight)
        if burst.invocation_type == "RequestResponse":
            self.counts[burst.function] += handled
            self.counts[""] += handled
        self.plan_end(burst.at + pool.lasts, burst.function, provisioned, warm)
        self.plan_end(burst.at + pool.init + pool.lasts, burst.function, 0, new)
        name, done = burst.function, 0
        for by, count, what in (
            (rules.PROVISIONED, provisioned, "a provisioned environment"),
            (rules.WARM, warm, "a warm environment"),
            (rules.COLD, new, "a new environment"),
        ):  # fmt: skip
            if count:
                done += count
                verb = counted(count, f"request gets {what}", f"requests get {what} each")
                more: dict[tuple[str | int, ...], object] = {("requests", place, "handled"): done}
                if by is not rules.WARM:
                    key = "provisioned" if by is rules.PROVISIONED else "coldStarts"
                    more["requests", place, key] = count
                self.run.step(by, f"{name}: {verb}", at=burst.at, inside=more)
        if pool.provisioned and warm + new:
            self.run.step(rules.SPILLOVER, f"{name}: {warm + new} of {handled} run on demand",
                          f"{provisioned} provisioned environments were idle.", at=burst.at,
                          inside={("requests", place, "spillover"): warm + new})  # fmt: skip
        if handled:
            peak = f"{name}: {pool.in_flight} in flight"
            self.run.step(rules.IN_FLIGHT, peak, at=burst.at, inside={("peak", name): pool.peak})

    def plan_end(self, at: float, name: str, provisioned: int, on_demand: int) -> None:
        """Let requests end at this time."""
        if provisioned + on_demand:
            self.order += 1
            heapq.heappush(self.ends, (round(at, 6), self.order, name, provisioned, on_demand))

    def throttle(self, place: int, burst: Burst, limits: dict[Reason, int], handled: int, reason: Reason) -> None:
        """Throttle what a limit does not let through."""
        by = {
            "ReservedFunctionConcurrentInvocationLimitExceeded": rules.RESERVED, "scalingRate": rules.SCALING,
            "ConcurrentInvocationLimitExceeded": rules.UNRESERVED,
        }.get(reason, rules.RATE)  # fmt: skip
        throttled = burst.count - handled
        named = zip(("concurrency", "new environments", "requests a second"), limits.values(), strict=False)
        self.run.step(by, f"{burst.function}: {counted(throttled, 'request is', 'requests are')} throttled",
                      f"Room for {', '.join(f'{count} by {name}' for name, count in named)}: the least counts.",
                      at=burst.at, inside={("requests", place, "throttled"): throttled,
                                           ("requests", place, "reason"): reason},
                      draw={("events", "-"): [burst.at, f"{burst.function}: {throttled} throttled"]})  # fmt: skip


def counted(count: int, one: str, many: str) -> str:
    """Return a count with its noun and verb: `1 request ends`, `2 requests end`."""
    return f"{count} {one if count == 1 else many}"


def initial_state(given: Given) -> State:
    """Return a line for each function: its requests in flight."""
    return {"series": {name: [[0, 0]] for name in given.functions}, "events": []}
