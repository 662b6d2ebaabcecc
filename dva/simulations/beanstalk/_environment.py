"""An Elastic Beanstalk environment as its engines read it, and its instances over time."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from dva.aws.document import AwsDocument
from dva.errors import GivenError
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._options import Settings
from dva.simulations.frame import Refused, State
from dva.trace import Place, Rule

Client = Literal["API", "console", "EB CLI"]
Count = Annotated[int, Meta(ge=1, le=10_000)]
"""Instances: as many as MaxSize may be."""
SHOWN = 24
"""Instances of each kind that are drawn; all are counted."""


class Tier(AwsDocument, rename="pascal"):
    """EnvironmentTier."""

    name: str = "WebServer"
    type: str = "Standard"


class Environment(AwsDocument, rename="pascal"):
    """Members of CreateEnvironment or DescribeEnvironments."""

    wrappers = ("Environments",)
    environment_name: str = "environment"
    tier: Tier | str = field(default_factory=Tier)
    version_label: str = "v1"
    solution_stack_name: str | None = None
    platform_arn: str | None = None
    instances: Count | None = field(name="instances", default=None)
    """Instances that run; by default MinSize."""

    @property
    def worker(self) -> bool:
        """Return whether it reads a queue instead of standing behind a load balancer."""
        return tier_name(self.tier) == "worker"


class Update(AwsDocument, rename="pascal"):
    """Members of UpdateEnvironment; its settings may be written in the shorthand too."""

    version_label: str | None = None
    option_settings: Any = None
    shorthand: Any = field(name="option_settings", default=None)
    tier: Tier | str | None = None

    @property
    def settings(self) -> Settings:
        """Return the options that the update sets."""
        api = read_settings(self.option_settings, "/update/OptionSettings")
        return api | read_settings(self.shorthand, "/update/option_settings")


def tier_name(tier: Tier | str) -> str:
    """Return `webserver` or `worker`; a tier may be given by its name alone."""
    return (tier if isinstance(tier, str) else tier.name).lower()


def refusal(rule: Rule, message: str, code: str = "ConfigurationValidationException", **outcome: object) -> Refused:
    """Return the refusal of an update by a rule, its message also as `reason`."""
    return Refused(rule, code, message, status="Rejected", reason=message, **outcome)


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

    Changes take effect with `tick`, which moves on by one; `draw` returns how the lanes change by it.
    """

    def __init__(self, count: int, label: str) -> None:
        self.now = 0
        self.paid = self.serving = self.min_in_service = self.max_paid = count
        self.out_of_service: set[str] = set()
        self.launched: dict[str, int] = {}
        self.labels = {f"i-{n}": label for n in range(1, count + 1)}
        self._changing: dict[str, str | None] = {}
        self._changed: dict[str, str | None] = {}
        self._lanes: dict[str, int] = dict.fromkeys(("in service", "paid for", *list(self.labels)[:SHOWN]), 0)
        self._totals = (count, count)

    @property
    def initial_state(self) -> State:
        """The lanes before anything happens."""
        return {"lanes": {name: [[0, None, self.labels.get(name, str(self.paid))]] for name in self._lanes}}

    @property
    def capacity(self) -> str:
        """How many instances serve and are paid for, in a sentence."""
        return f"In service: {self.serving}, paid for: {self.paid}."

    def launch(self, kind: str, count: int, label: str) -> list[str]:
        """Launch instances, not in service yet, and return their names: `kind-1`, `kind-2`, …"""
        first = self.launched.get(kind, 0)
        self.launched[kind] = first + count
        names = [f"{kind}-{n}" for n in range(first + 1, first + count + 1)]
        self.out_of_service.update(names)
        self.paid += count
        self.relabel(names, label)
        return names

    def relabel(self, names: Iterable[str], label: str) -> None:
        """Set what these instances do from now on."""
        self.labels.update(dict.fromkeys(names, label))
        self._changing.update(dict.fromkeys(names, label))

    def take_out(self, names: Iterable[str], label: str) -> None:
        """Take these instances out of service."""
        leaving = [name for name in names if name not in self.out_of_service]
        self.serving -= len(leaving)
        self.out_of_service.update(leaving)
        self.relabel(leaving, label)

    def put_in(self, names: list[str], label: str) -> None:
        """Put these instances in service."""
        self.serving += sum(name in self.out_of_service for name in names)
        self.out_of_service.difference_update(names)
        self.relabel(names, label)

    def terminate(self, names: list[str]) -> None:
        """Terminate these instances."""
        for name in names:
            self.serving -= name not in self.out_of_service
            self.out_of_service.discard(name)
            del self.labels[name]
            self._changing[name] = None
        self.paid -= len(names)

    def tick(self) -> None:
        """Let the changes take effect, and move on by one."""
        self.min_in_service = min(self.min_in_service, self.serving)
        self.max_paid = max(self.max_paid, self.paid)
        self.now += 1
        self._changed, self._changing = self._changing, {}

    def draw(self) -> dict[Place, object]:
        """Return how the lanes change by the last tick; to be called once a tick."""
        labels, totals = self._changed, (self.serving, self.paid)
        for name, before, after in zip(("in service", "paid for"), self._totals, totals, strict=True):
            if before != after:
                labels[name] = str(after)
        self._totals = totals
        changes: dict[Place, object] = {}
        for name, label in labels.items():
            span = [self.now, None, label]
            if name in self._lanes:
                changes["lanes", name, self._lanes[name], 1] = self.now
                if label is not None:
                    changes["lanes", name, "-"] = span
                    self._lanes[name] += 1
            elif label is not None and int(name.rsplit("-", 1)[1]) <= SHOWN:
                changes["lanes", name] = [span]
                self._lanes[name] = 0
        return changes
