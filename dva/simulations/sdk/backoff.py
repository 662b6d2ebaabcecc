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
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, Literal

import msgspec

from dva.aws.document import StrictStruct
from dva.aws.rng import generator
from dva.simulations.frame import Mechanism, Outcome, Run, Text
from dva.trace import Rule

backoff = Mechanism("backoff", rules="sdk.backoff", notes="retries")
rule, belief = backoff.rule, backoff.belief

# Rules, in the order in which they come into play

BLOGS = "https://aws.amazon.com/blogs/architecture"
BLOG = f"AWS Architecture Blog, Exponential Backoff And Jitter: {BLOGS}/exponential-backoff-and-jitter/"
SIMULATOR = "aws-samples/aws-arch-backoff-simulator, src/backoff_simulator.py"

NETWORK = rule("network",
               "Each trip takes the absolute value of a normal draw; draws come in the order of the messages.",
               SIMULATOR, assumption=True)  # fmt: skip
READ = rule("read", "A client reads the row's version before it writes.", SIMULATOR)
WON = rule("write-won", "The write that names the current version wins, and the version moves on.", SIMULATOR)
LOST = rule("write-lost",
            "A write that names an older version fails: the client has to back off, read and write again.", BLOG,
            "jitter")  # fmt: skip
WAIT = rule("wait", "After its n-th failure a client waits as its algorithm says; v = min(cap, base x 2^n).", BLOG,
            "jitter", "sdk-overview.08")  # fmt: skip
ENDS = rule("ends", "The time is that of the last answer; the calls are the writes of all clients together.", SIMULATOR,
            "jitter")  # fmt: skip

# Documented numbers (SIMULATOR)

BASE_MS, CAP_MS = 5, 2000
NETWORK_MEAN_MS, NETWORK_SD_MS = 10, 2
GROWTH = 2.0
DECORRELATED_FACTOR = 3
"""How many times the last wait is the longest next one."""

MAX_CLIENTS = 2000
"""What dva runs; a run grows with the square of the clients."""
MAX_EXPONENT = 1000
"""Beyond it a float would overflow."""

Milliseconds = Annotated[float, msgspec.Meta(ge=0)]


class Network(StrictStruct):
    """How long one trip through the network takes: a normal distribution."""

    mean: float = NETWORK_MEAN_MS
    """Mean of a trip, in milliseconds."""
    sd: Milliseconds = NETWORK_SD_MS
    """Standard deviation of a trip, in milliseconds; with 0 all trips take the mean."""


class Options(StrictStruct):
    """Settings of the run itself."""

    seed: int = 0
    """Seed of the random numbers."""


class Given(StrictStruct, rename=None):
    """Clients that all start at 0 and stop after their first successful write."""

    clients: Annotated[int, msgspec.Meta(ge=1, le=MAX_CLIENTS)]
    """How many clients contend for the row."""
    algorithm: Literal["none", "exponential", "full", "equal", "decorrelated"]
    """How a client computes its wait after a failure."""
    base_ms: Milliseconds = BASE_MS
    """Base of the exponential growth, in milliseconds."""
    cap_ms: Milliseconds = CAP_MS
    """Longest wait, in milliseconds."""
    network_ms: Network = msgspec.field(default_factory=Network)
    """How long each trip between client and row takes."""
    seed: int | None = None
    """Seed of the random numbers; instead of `options.seed`."""
    options: Options = msgspec.field(default_factory=Options)
    """Settings of the run itself."""


class Contention(Outcome):
    """How long all clients need, and how often they write."""

    status: Literal["completed"] | None = None
    """Always `completed`."""
    time_ms: float | None = None
    """When the last client has its answer, in milliseconds."""
    calls: int = 0
    """How many writes all clients together sent, those in vain included."""


@dataclass
class Client:
    """One client: its name in the picture, its last wait, the version it read, its failures, when it last acted."""

    name: str
    last_wait: float
    version: int = 0
    failures: int = 0
    since: float = 0.0


def contend(given: Given, run: Run) -> None:
    """Let the clients write until each has succeeded."""
    net = given.network_ms
    run.step(NETWORK, f"A trip takes about {net.mean:g} ms (spread {net.sd:g})", at=0)
    simulator = Simulator(given, run)
    time, writes = round(simulator.deliver_all(), 6), simulator.writes
    run.step(ENDS, f"{given.clients} clients are done after {time:.0f} ms and {writes} writes",
             f"{writes - given.clients} writes were in vain.", at=round(time, 2), status="completed", time_ms=time,
             calls=writes)  # fmt: skip


Arrival = Callable[[float, Client], None]
"""What happens when a message arrives, at its time."""


class Simulator:
    """The contended row, its clients, and the messages between them."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run = given, run
        self.rng = generator(given.options.seed if given.seed is None else given.seed)
        self.jitter = run.using(ALGORITHMS[given.algorithm])
        self.growth, self.wins = run.using(exponential_growth), run.using(wins)
        self.version = self.writes = self.sent = 0
        self.messages: list[tuple[float, int, Arrival, Client]] = []

    def send(self, at: float, arrival: Arrival, client: Client) -> None:
        """Deliver a message at this time; those of the same moment in the order they were sent."""
        self.sent += 1
        heapq.heappush(self.messages, (at, self.sent, arrival, client))

    def trip(self) -> float:
        """Draw how long one way through the network takes."""
        net = self.given.network_ms
        if not net.sd:
            return abs(net.mean)
        return abs(NormalDist(net.mean, net.sd).inv_cdf(max(self.rng.random(), 1e-12)))

    def deliver_all(self) -> float:
        """Deliver all messages in the order of time; return the time of the last."""
        for name in names(self.given):
            self.send(self.trip(), self.read, Client(name, self.given.base_ms))
        now = 0.0
        while self.messages:
            now, _, arrival, client = heapq.heappop(self.messages)
            arrival(now, client)
        return now

    def read(self, now: float, client: Client) -> None:
        """At the row: the version is read."""
        client.version = self.version
        self.send(now + self.trip(), self.got, client)

    def got(self, now: float, client: Client) -> None:
        """At the client: it writes with the version it read."""
        self.advance(client, now, "v{0.version}", READ, lambda: f"{client.name} has read version {client.version}")
        self.send(now + self.trip(), self.write, client)

    def write(self, now: float, client: Client) -> None:
        """At the row: only the current version is accepted."""
        self.writes += 1
        won = self.wins(client.version, self.version, client.failures)
        self.version += won
        self.send(now + self.trip(), self.won if won else self.lost, client)

    def won(self, now: float, client: Client) -> None:
        """At the client: done."""
        self.advance(client, now, "written", WON, lambda: f"{client.name} has written version {client.version + 1}")

    def lost(self, now: float, client: Client) -> None:
        """At the client: back off and begin again."""
        given = self.given
        client.failures += 1
        v = self.growth(given.base_ms, given.cap_ms, client.failures)
        client.last_wait = wait = self.jitter(v, client.last_wait, given.base_ms, given.cap_ms, self.rng)
        self.advance(client, now, "refused", LOST,
                     lambda: f"{client.name} came too late: version {client.version} is gone")  # fmt: skip
        self.advance(client, now, "wait", WAIT, lambda: f"{client.name} waits {wait:.1f} ms",
                     lambda: f"Failure {client.failures}: v = {v:g} ms, {given.algorithm}.", lasts=wait)  # fmt: skip
        self.send(now + self.trip() + wait, self.read, client)

    def advance(
        self, client: Client, now: float, label: str, rule: Rule, title: Text, why: Text = "", *, lasts: float = 0
    ) -> None:
        """Bring a client's lane up to now, or to the end of its wait, and record why."""
        if not self.run.is_recorded:
            return
        since, client.since = client.since, now + lasts
        self.run.step(
            rule, title, why, at=round(now, 2), calls=self.writes,
            draw=lambda: {("lanes", client.name, "-"): [round(since, 2), round(client.since, 2), label.format(client)]},
        )  # fmt: skip


def names(given: Given) -> list[str]:
    """Return the names of the clients, which sort as they count."""
    width = len(str(given.clients))
    return [f"client {number:0{width}}" for number in range(1, given.clients + 1)]


# The rule functions that beliefs replace


def wins(read: int, current: int, failures: int) -> bool:
    """Return whether a write wins: it must name the current version; earlier failures earn nothing."""
    return read == current


def exponential_growth(base: float, cap: float, n: int) -> float:
    """Return v, exponential growth with a cap; n counts the failures, from 1."""
    return float(min(cap, base * GROWTH ** min(n, MAX_EXPONENT)))


def no_wait(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """Return no wait at all."""
    return 0.0


def exponential(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """Return the whole of v, the same for all that failed as often."""
    return v


def full(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """Draw anything up to v."""
    return rng.uniform(0, v)


def equal(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """Return half of v plus a draw from the other half."""
    return v / 2 + rng.uniform(0, v / 2)


def decorrelated(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    """Draw from the client's last wait, not from the number of its failures."""
    return min(cap, rng.uniform(base, last * DECORRELATED_FACTOR))


ALGORITHMS = {"none": no_wait, "exponential": exponential, "full": full, "equal": equal, "decorrelated": decorrelated}


# What people believe instead

belief(wins, "second-write-wins", "whoever came too late succeeds the next time",
       "Of the clients that come back together again only one wins; the others lose once more.",
       "jitter")(lambda read, current, failures: read == current or failures > 0)  # fmt: skip

belief(exponential_growth, "no-cap", "the waits double for ever",
       "The cap ends the growth: without it a few failures mean minutes.",
       "jitter")(lambda base, cap, n: exponential_growth(base, float("inf"), n))  # fmt: skip

belief(exponential_growth, "linear-growth", "each failure adds the base to the wait",
       "The wait doubles with each failure; that is what is exponential about it.",
       "jitter")(lambda base, cap, n: min(cap, base * n))  # fmt: skip


@belief(exponential, "exponential-spreads-clients", "exponential backoff alone keeps the clients apart",
        "Clients that failed together wait the same time and collide again; only a random part separates them.",
        "jitter")  # fmt: skip
def spread_out(v: float, last: float, base: float, cap: float, rng: random.Random) -> float:
    return float(round(rng.uniform(0, v)))


belief(full, "full-jitter-keeps-half", "full jitter waits at least half of the exponential value",
       "That is equal jitter; full jitter draws from 0 upwards.", "jitter")(equal)  # fmt: skip


SIMULATION = backoff.simulation(title="Backoff and jitter", view="lanes", unit="ms", given=Given, outcome=Contention,
                                run=contend,
                                initial_state=lambda given: {"lanes": {name: [] for name in names(given)}})  # fmt: skip
