"""Many clients, one row, optimistic locking: what backoff and jitter do for all of them together.

Each client reads the row's version, writes with that version and, where another was faster, backs off
and begins again. The model is that of the AWS Architecture Blog's simulator: only the first writer of
a version wins, so N clients that come back at the same moment need N rounds, however long they wait.

    none           no wait
    exponential    v = min(cap, base x 2^n)
    full           between 0 and v
    equal          v/2 + between 0 and v/2
    decorrelated   min(cap, between base and 3 x the last wait); the first wait before is base
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Annotated, Any, Literal

import msgspec

from dva.aws.document import StrictStruct
from dva.aws.rng import generator
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer

BLOG = (
    "AWS Architecture Blog, Exponential Backoff And Jitter: "
    "https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/"
)
SIMULATOR = "aws-samples/aws-arch-backoff-simulator, src/backoff_simulator.py"

READ = Rule("sdk.backoff.read", "A client reads the row's version before it writes.", SIMULATOR)
WON = Rule(
    "sdk.backoff.write-won", "The write that names the current version wins, and the version moves on.", SIMULATOR
)
LOST = Rule(
    "sdk.backoff.write-lost",
    "A write that names an older version fails: the client has to back off, read and write again.",
    BLOG,
    ("retries.jitter",),
)
WAIT = Rule(
    "sdk.backoff.wait",
    "After its n-th failure a client waits as its algorithm says; v = min(cap, base x 2^n).",
    BLOG,
    ("retries.jitter", "sdk-overview.08"),
)
ENDS = Rule(
    "sdk.backoff.ends",
    "The time is that of the last answer; the calls are the writes of all clients together.",
    SIMULATOR,
    ("retries.jitter",),
)
NETWORK = Rule(
    "sdk.backoff.network",
    "Each trip takes the absolute value of a normal draw; draws come in the order of the messages.",
    SIMULATOR,
    assumption=True,
)

Jitter = Callable[[float, float, float, float, random.Random], float]
Algorithm = Literal["none", "exponential", "full", "equal", "decorrelated"]


class Network(StrictStruct):
    """One trip in milliseconds."""

    mean: float = 10
    sd: Annotated[float, msgspec.Meta(ge=0)] = 2


class Options(StrictStruct):
    """Settings of the run itself."""

    seed: int = 0


class Given(StrictStruct, rename=None):
    """Clients that all start at 0 and stop when they have written once. Milliseconds."""

    clients: Annotated[int, msgspec.Meta(ge=1, le=2000)]
    algorithm: Algorithm
    base_ms: Annotated[float, msgspec.Meta(ge=0)] = 5
    cap_ms: Annotated[float, msgspec.Meta(ge=0)] = 2000
    network_ms: Network = msgspec.field(default_factory=Network)
    seed: int | None = None
    options: Options = msgspec.field(default_factory=Options)


def uniform(rng: random.Random, low: float, high: float) -> float:
    """A draw between the two."""
    return low + (high - low) * rng.random()


def longest(base: float, cap: float, n: int) -> float:
    """Exponential growth with a cap; n counts the failures, from 1."""
    return float(min(cap, base * 2.0 ** min(n, 1000)))


def no_wait(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """Again at once."""
    return 0.0


def exponential(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """The whole of v, the same for all who failed as often."""
    return v


def full(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """Anything up to v."""
    return uniform(rng, 0, v)


def equal(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """Half of v for sure, the other half drawn."""
    return v / 2 + uniform(rng, 0, v / 2)


def decorrelated(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """Drawn from the client's last wait, not from the number of its failures."""
    return min(cap, uniform(rng, base, last * 3))


def wins(read: int, current: int, failures: int) -> bool:
    """Optimistic locking: only a write that names the current version; earlier failures earn nothing."""
    return read == current


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    wins: Callable[[int, int, int], bool] = wins
    longest: Callable[[float, float, int], float] = longest
    none: Jitter = no_wait
    exponential: Jitter = exponential
    full: Jitter = full
    equal: Jitter = equal
    decorrelated: Jitter = decorrelated


@dataclass
class Client:
    """One client: its name in the picture, the version it read, its failures, its last wait."""

    name: str
    last: float
    version: int = 0
    failures: int = 0
    since: float = 0.0


@dataclass
class Row:
    """The contended row, and the messages on their way to or from it."""

    version: int = 0
    writes: int = 0
    messages: list[tuple[float, int, str, Client]] = field(default_factory=list)
    sent: int = 0

    def send(self, at: float, what: str, client: Client) -> None:
        """Deliver `what` at this time; messages of the same moment in the order they were sent."""
        self.sent += 1
        heapq.heappush(self.messages, (at, self.sent, what, client))


class Contention:
    """One run."""

    def __init__(self, given: Given, trace: Tracer, how: How) -> None:
        self.given, self.trace, self.how = given, trace, how
        self.rng = generator(given.options.seed if given.seed is None else given.seed)
        self.jitter: Jitter = getattr(how, given.algorithm)
        self.row = Row()

    def trip(self) -> float:
        """One way through the network."""
        net = self.given.network_ms
        if not net.sd:
            return abs(net.mean)
        return abs(NormalDist(net.mean, net.sd).inv_cdf(max(self.rng.random(), 1e-12)))

    def run(self) -> float:
        """All messages in the order of time; the time of the last."""
        for name in names(self.given):
            self.row.send(self.trip(), "read", Client(name, self.given.base_ms))
        now = 0.0
        arrivals = {"read": self.read, "got": self.got, "write": self.write, "won": self.won, "lost": self.lost}
        while self.row.messages:
            now, _, what, client = heapq.heappop(self.row.messages)
            arrivals[what](now, client)
        return now

    def read(self, now: float, client: Client) -> None:
        """At the row: the version is read."""
        client.version = self.row.version
        self.row.send(now + self.trip(), "got", client)

    def got(self, now: float, client: Client) -> None:
        """At the client: it writes with the version it read."""
        if self.trace.recording:
            self._tell(READ, now, client, f"{client.name} has read version {client.version}", f"v{client.version}")
        self.row.send(now + self.trip(), "write", client)

    def write(self, now: float, client: Client) -> None:
        """At the row: only the current version is accepted."""
        self.row.writes += 1
        won = self.how.wins(client.version, self.row.version, client.failures)
        self.row.version += won
        self.row.send(now + self.trip(), "won" if won else "lost", client)

    def won(self, now: float, client: Client) -> None:
        """At the client: done."""
        if self.trace.recording:
            self._tell(WON, now, client, f"{client.name} has written version {client.version + 1}", "written")

    def lost(self, now: float, client: Client) -> None:
        """At the client: back off and begin again."""
        client.failures += 1
        v = self.how.longest(self.given.base_ms, self.given.cap_ms, client.failures)
        wait = self.jitter(v, client.last, self.given.base_ms, self.given.cap_ms, self.rng)
        client.last = wait
        if self.trace.recording:
            title = f"{client.name} came too late: version {client.version} is gone"
            self._tell(LOST, now, client, title, "refused")
            detail = f"Failure {client.failures}: v = {v:g} ms, {self.given.algorithm}. {WAIT.says}"
            self._tell(WAIT, now, client, f"{client.name} waits {wait:.1f} ms", "wait", detail, wait)
        self.row.send(now + self.trip() + wait, "read", client)

    def _tell(
        self, rule: Rule, at: float, client: Client, title: str, label: str, detail: str = "", lasts: float = 0
    ) -> None:
        end = at + lasts
        segment = [round(client.since, 2), round(end, 2), label]
        client.since = end
        changes = {pointer("state", "lanes", client.name, "-"): segment, "/outcome/calls": self.row.writes}
        self.trace.step(rule, title, detail or rule.says, at=round(at, 2), changes=changes)


def names(given: Given) -> list[str]:
    """Names that sort as they count."""
    width = len(str(given.clients))
    return [f"client {number:0{width}}" for number in range(1, given.clients + 1)]


def start(given: Given) -> dict[str, Any]:
    return {"lanes": {name: [] for name in names(given)}}


def play(given: Given, trace: Tracer, how: How) -> None:
    net = given.network_ms
    trace.step(NETWORK, f"A trip takes about {net.mean:g} ms (spread {net.sd:g})", NETWORK.says, at=0)
    contention = Contention(given, trace, how)
    time = round(contention.run(), 6)
    writes = contention.row.writes
    title = f"{given.clients} clients are done after {time:.0f} ms and {writes} writes"
    changes = {"/outcome/status": "completed", "/outcome/time_ms": time, "/outcome/calls": writes}
    trace.step(ENDS, title, f"{writes - given.clients} writes were in vain.", at=round(time, 2), changes=changes)


def spread_out(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """Believed: exponential waits differ from client to client by themselves."""
    return float(round(uniform(rng, 0, v)))


BELIEFS = (
    Belief(
        "second-write-wins", "whoever came too late succeeds the next time",
        "Of the clients that come back together again only one wins; the others lose once more.",
        "wins", lambda read, current, failures: read == current or failures > 0, ("retries.jitter",),
    ),
    Belief(
        "no-cap", "the waits double for ever",
        "The cap ends the growth: without it a few failures mean minutes.",
        "longest", lambda base, cap, n: float(base * 2.0 ** min(n, 1000)), ("retries.jitter",),
    ),
    Belief(
        "linear-growth", "each failure adds the base to the wait",
        "The wait doubles with each failure; that is what is exponential about it.",
        "longest", lambda base, cap, n: min(cap, base * n), ("retries.jitter",),
    ),
    Belief(
        "exponential-spreads-clients", "exponential backoff alone keeps the clients apart",
        "Clients that failed together wait the same time and collide again; only a random part separates them.",
        "exponential", spread_out, ("retries.jitter",),
    ),
    Belief(
        "full-jitter-keeps-half", "full jitter waits at least half of the exponential value",
        "That is equal jitter; full jitter draws from 0 upwards.",
        "full", equal, ("retries.jitter",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="backoff",
    title="Backoff and jitter",
    view="lanes",
    unit="ms",
    rules=(NETWORK, READ, WON, LOST, WAIT, ENDS),
    beliefs=BELIEFS,
    given=Given,
    outcome={"time_ms": None, "calls": 0},
    statuses=("completed",),
    play=play,
    how=How(),
    start=start,
)
