"""What a deployment reads: the environment, its options, the new version, and what goes wrong on the way."""

import re
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Refused, Rule
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._environment import Client, Environment, read_settings, single
from dva.simulations.beanstalk._options import Settings
from dva.simulations.beanstalk.beanstalk_deploy import _rules as rules

Number = Annotated[int, Meta(ge=1)]
Phase = Literal["first_instance", "remaining_instances", "evaluation"]
Health = Literal["Ok", "Warning", "Degraded", "Severe"]
FRESH = ("Immutable", "TrafficSplitting")
"""The policies that launch a second group of instances."""
DOES_NOT_FIT = "does not fit"


class Unhealthy(StrictStruct, rename=None):
    batch: Number
    status: Health = "Severe"


class Events(StrictStruct, rename=None):
    """Numbers count batches in place, from 1; phases are those of a second group."""

    fail_batch: Number | Literal["additional"] | None = None
    fail_phase: Phase | None = None
    unhealthy_batch: Number | Unhealthy | None = None
    abort: Number | bool | Literal["additional", "first_instance", "remaining_instances", "evaluation", "cleanup"] = (
        False
    )
    ec2_quota: Number | None = None


class Update(AwsDocument, rename="pascal"):
    """UpdateEnvironment's members; the settings may stand there in the shorthand too."""

    version_label: str = "v2"
    option_settings: Any = None
    shorthand: Any = field(name="option_settings", default=None)


class Given(StrictStruct, rename=None):
    environment: Environment = field(default_factory=Environment)
    option_settings: Any = None
    update: Update = field(default_factory=Update)
    events: Events = field(default_factory=Events)
    client: Client = "API"

    def settings(self) -> Settings:
        """The options that are set."""
        return read_settings(self.option_settings, "/option_settings")

    def change(self) -> Settings:
        """The options that the update changes."""
        own = read_settings(self.update.shorthand, "/update/option_settings")
        return read_settings(self.update.option_settings, "/update/OptionSettings") | own


def policy_of(given: Given, settings: Settings) -> str:
    """The policy that is set, or the default of the client."""
    written = settings.get((beanstalk.COMMAND, "DeploymentPolicy"))
    if written is None and given.client == "EB CLI" and not single(settings):
        return "Rolling"
    return written or "AllAtOnce"


def check(given: Given, settings: Settings, policy: str, change: Settings) -> None:
    """Raise Refused for what Elastic Beanstalk does not take."""
    for key, wrong in beanstalk.problems(settings | change):
        message = beanstalk.invalid(key, (settings | change)[key], wrong)
        raise _refused(rules.VALUE, message)
    _check_batch(settings)
    _check_support(given, settings, policy)
    if policy in FRESH and settings.get((beanstalk.HEALTH, "SystemType")) == "basic":
        raise _refused(rules.NEEDS_HEALTH, f"{policy} needs enhanced health reporting, and SystemType is basic.")
    resources = sorted(f"{namespace}:{name}" for namespace, name in change if is_resource((namespace, name)))
    if policy == "Immutable" and resources and beanstalk.update_type(settings | change) != "Immutable":
        message = f"An immutable deployment cannot change {', '.join(resources)} at the same time."
        raise _refused(rules.RESOURCES, message, "InvalidParameterCombination")


def is_resource(key: beanstalk.Key) -> bool:
    """Whether an option belongs to the environment's resources: its instances, network or load balancer."""
    return beanstalk.replaces_instances(key) or key[0].startswith(
        ("aws:elb", "aws:elasticbeanstalk:environment:process")
    )


def _check_batch(settings: Settings) -> None:
    most = settings.get((beanstalk.ASG, "MaxSize"))
    size = settings.get((beanstalk.COMMAND, "BatchSize"))
    fixed = beanstalk.effective(settings, beanstalk.COMMAND, "BatchSizeType") == "Fixed"
    if fixed and most and size and int(size) > int(most):
        wrong = f"a fixed batch is at most MaxSize, {most}"
        raise _refused(rules.VALUE, beanstalk.invalid((beanstalk.COMMAND, "BatchSize"), size, wrong))


def _check_support(given: Given, settings: Settings, policy: str) -> None:
    if single(settings) and policy not in ("AllAtOnce", "Immutable"):
        raise _refused(rules.SUPPORT, f"{policy} needs a load-balanced environment; this one has a single instance.")
    if _legacy_windows(given.environment) and policy not in ("AllAtOnce", "Rolling"):
        raise _refused(rules.SUPPORT, f"{policy} is not supported on Windows Server with an IIS before 8.5.")
    if policy != "TrafficSplitting":
        return
    if given.environment.worker:
        raise _refused(rules.NEEDS_ALB, "A worker environment has no load balancer whose traffic could be split.")
    kind = settings.get((beanstalk.ENVIRONMENT, "LoadBalancerType"))
    balancer = kind or ("classic" if given.client == "API" else "application")
    if balancer != "application":
        told = "classic, the default of the API" if kind is None else balancer
        raise _refused(rules.NEEDS_ALB, f"Traffic splitting needs an application load balancer; this one is {told}.")


def _legacy_windows(environment: Environment) -> bool:
    platform = f"{environment.solution_stack_name or ''} {environment.platform_arn or ''}"
    found = re.search(r"Windows.*IIS (\d+)(?:\.(\d+))?", platform)
    return found is not None and (int(found[1]), int(found[2] or 0)) < (8, 5)


def _refused(rule: Rule, message: str, code: str = "ConfigurationValidationException") -> Refused:
    return Refused(rule, code, message, status="Rejected", reason=message)


class Trouble(StrictStruct, rename=None):
    """What goes wrong and where: a batch's number, a phase, or nothing."""

    fails: int | str | None = None
    aborted: int | str | None = None
    unhealthy: int | str | None = None
    status: str = "Severe"
    misfits: list[str] = []


def trouble(events: Events, policy: str, batches: int) -> Trouble:
    """The events as they happen under this policy; GivenError for a batch that there is not."""
    written = events.unhealthy_batch
    unhealthy, status = (written.batch, written.status) if isinstance(written, Unhealthy) else (written, "Severe")
    found = {
        "fail_batch": _place(events.fail_batch, policy, batches, "fail_batch"),
        "fail_phase": _place(events.fail_phase, policy, batches, "fail_phase"),
        "unhealthy_batch": _place(unhealthy, policy, batches, "unhealthy_batch"),
        "abort": _place(events.abort, policy, batches, "abort"),
    }
    misfits = [name for name, place in found.items() if place == DOES_NOT_FIT]
    at = {name: None if place == DOES_NOT_FIT else place for name, place in found.items()}
    return Trouble(
        fails=at["fail_batch"] or at["fail_phase"],
        aborted=at["abort"],
        unhealthy=at["unhealthy_batch"],
        status=status,
        misfits=misfits,
    )


def _place(event: int | str | bool | None, policy: str, batches: int, name: str) -> int | str | None:
    """Where an event happens: events for one policy are carried over to the others where they have a counterpart."""
    if event is None or event is False or event == "cleanup":
        return None if event != "cleanup" else "cleanup"
    event = 1 if event is True else event
    if policy in FRESH:
        return _phase(event, policy, batches)
    if isinstance(event, str) and event != "additional":
        return DOES_NOT_FIT
    if event == "additional" and policy != "RollingWithAdditionalBatch":
        return 1 if name == "fail_batch" else DOES_NOT_FIT
    if policy == "AllAtOnce":
        return 1
    if isinstance(event, int) and event > batches:
        raise GivenError(f"there are {batches} batches", pointer=f"/events/{name}")
    return event


def _phase(event: int | str, policy: str, instances: int) -> str:
    if policy == "TrafficSplitting":
        return "launch" if event in ("first_instance", "remaining_instances") else "evaluation"
    if event == "evaluation" or (event == "remaining_instances" and instances == 1):
        return DOES_NOT_FIT
    return event if event == "remaining_instances" else "first_instance"
