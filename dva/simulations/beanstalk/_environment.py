"""An Elastic Beanstalk environment as its engines read it, and its instances over time."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from dva.aws.document import AwsDocument
from dva.errors import GivenError
from dva.jsonpointer import join as pointer
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._options import Settings

Client = Literal["API", "console", "EB CLI"]
Count = Annotated[int, Meta(ge=1, le=10_000)]
"""Instances: as many as MaxSize may be."""
SHOWN = 24
"""Instances of each kind that are drawn; all are counted."""


class Tier(AwsDocument, rename="pascal"):
    name: str = "WebServer"
    type: str = "Standard"


class Environment(AwsDocument, rename="pascal"):
    """CreateEnvironment's or DescribeEnvironments' members; `instances` is dva's: how many run."""

    wrappers = ("Environments",)
    environment_name: str = "environment"
    tier: Tier | str = field(default_factory=Tier)
    version_label: str = "v1"
    solution_stack_name: str | None = None
    platform_arn: str | None = None
    instances: Count | None = field(name="instances", default=None)

    @property
    def worker(self) -> bool:
        """Return whether it reads a queue instead of standing behind a load balancer."""
        return tier_name(self.tier) == "worker"


def tier_name(tier: Tier | str) -> str:
    """Return `webserver` or `worker`; a tier may be given by its name alone."""
    return (tier if isinstance(tier, str) else tier.name).lower()


def read_settings(value: Any, place: str) -> Settings:
    """Read option settings in any form; GivenError with the pointer `place` where they cannot be read."""
    try:
        return options.settings(value)
    except options.OptionError as problem:
        raise GivenError(str(problem), pointer=place) from None


def single(settings: Settings) -> bool:
    """Return whether the environment has one instance and no load balancer."""
    return options.effective(settings, options.ENVIRONMENT, "EnvironmentType") == "SingleInstance"


def instance_count(environment: Environment, settings: Settings) -> int:
    """Return how many instances run: one, as many as `instances` says, or MinSize."""
    if single(settings):
        return 1
    least = options.effective(settings, options.ASG, "MinSize") or "1"
    return environment.instances or (int(least) if least.isdigit() and 0 < int(least) <= 10_000 else 1)


class Fleet:
    """The instances of one run, drawn as lanes: what each does, how many serve, how many are paid for.

    Every change takes effect with `tick`, which returns the changes of the drawing and moves the time on by one.
    """

    def __init__(self, count: int, label: str) -> None:
        self.now = 0
        self.paid = self.serving = self.fewest = self.most = count
        self.out: set[str] = set()
        self.launched: dict[str, int] = {}
        self.alive = dict.fromkeys((f"i-{n}" for n in range(1, count + 1)), label)
        self.changed: dict[str, str | None] = {}
        self.lanes: dict[str, int] = dict.fromkeys(("in service", "paid for", *_shown(self.alive)), 0)
        self.totals = (count, count)

    def start(self) -> dict[str, Any]:
        """The drawing before anything happens."""
        lanes: dict[str, Any] = {name: [[0, None, str(self.paid)]] for name in ("in service", "paid for")}
        lanes |= {name: [[0, None, self.alive[name]]] for name in self.lanes if name in self.alive}
        return {"lanes": lanes}

    def launch(self, kind: str, count: int, label: str) -> list[str]:
        """New instances, not in service yet: `kind-1`, `kind-2`, …"""
        first = self.launched.get(kind, 0)
        self.launched[kind] = first + count
        names = [f"{kind}-{n}" for n in range(first + 1, first + count + 1)]
        self.out.update(names)
        self.paid += count
        self.relabel(names, label)
        return names

    def relabel(self, names: Iterable[str], label: str) -> None:
        """What these instances do from now on."""
        for name in names:
            self.alive[name] = label
            self.changed[name] = label

    def take_out(self, names: Iterable[str], label: str) -> None:
        """These instances no longer serve."""
        leaving = [name for name in names if name not in self.out]
        self.serving -= len(leaving)
        self.out.update(leaving)
        self.relabel(leaving, label)

    def put_in(self, names: list[str], label: str) -> None:
        """These instances serve."""
        coming = [name for name in names if name in self.out]
        self.serving += len(coming)
        self.out.difference_update(coming)
        self.relabel(names, label)

    def terminate(self, names: list[str]) -> None:
        """These instances are gone."""
        for name in names:
            self.serving -= name not in self.out
            self.out.discard(name)
            del self.alive[name]
            self.changed[name] = None
        self.paid -= len(names)

    def tick(self, drawing: bool) -> dict[str, Any]:
        """Move on by one: the fewest in service and the most paid for are noted, the drawing follows."""
        self.fewest, self.most = min(self.fewest, self.serving), max(self.most, self.paid)
        self.now += 1
        changes = self._drawn() if drawing else {}
        self.changed = {}
        return changes

    def _drawn(self) -> dict[str, Any]:
        labels: dict[str, str | None] = dict(self.changed)
        for name, before, after in zip(("in service", "paid for"), self.totals, (self.serving, self.paid), strict=True):
            if before != after:
                labels[name] = str(after)
        self.totals = (self.serving, self.paid)
        changes: dict[str, Any] = {}
        for name, label in labels.items():
            if name in self.lanes:
                place = self.lanes[name]
                changes[pointer("state", "lanes", name, place, 1)] = self.now
                if label is not None:
                    changes[pointer("state", "lanes", name, "-")] = [self.now, None, label]
                    self.lanes[name] = place + 1
            elif label is not None and int(name.rsplit("-", 1)[1]) <= SHOWN:
                changes[pointer("state", "lanes", name)] = [[self.now, None, label]]
                self.lanes[name] = 0
        return changes


def _shown(names: Iterable[str]) -> list[str]:
    return list(names)[:SHOWN]
