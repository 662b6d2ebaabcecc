"""What Elastic Beanstalk refuses, and which events can happen under which policy."""

import re

from msgspec import Struct

from dva.errors import GivenError
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._environment import Environment, refusal, single
from dva.simulations.beanstalk._options import Settings
from dva.simulations.beanstalk.beanstalk_deploy import rules
from dva.simulations.beanstalk.beanstalk_deploy.documents import Events, Given, Unhealthy

SECOND_GROUP = ("Immutable", "TrafficSplitting")
"""The policies that launch a second group of instances."""
ON_SINGLE_INSTANCE = ("AllAtOnce", "Immutable")
ON_OLD_WINDOWS = ("AllAtOnce", "Rolling")
"""The policies that these environments support (rules.CHOOSING)."""
INAPPLICABLE = "inapplicable"


def check(given: Given, settings: Settings, policy: str, change: Settings) -> None:
    """Raise Refused for what Elastic Beanstalk does not take."""
    wanted = settings | change
    for key, wrong in options.problems(wanted):
        raise refusal(rules.VALUE, options.invalid(key, wanted[key], wrong))
    most, size = settings.get((options.ASG, "MaxSize")), settings.get((options.COMMAND, "BatchSize"))
    fixed = options.effective(settings, options.COMMAND, "BatchSizeType") == "Fixed"
    if fixed and most and size and int(size) > int(most):
        wrong = f"a fixed batch is at most MaxSize, {most}"
        raise refusal(rules.VALUE, options.invalid((options.COMMAND, "BatchSize"), size, wrong))
    check_support(given, settings, policy)
    if policy in SECOND_GROUP and settings.get((options.HEALTH, "SystemType")) == "basic":
        raise refusal(rules.NEEDS_HEALTH, f"{policy} needs enhanced health reporting, and SystemType is basic.")
    resources = sorted(f"{namespace}:{name}" for namespace, name in change if is_resource((namespace, name)))
    if policy == "Immutable" and resources and options.update_type(wanted) != "Immutable":
        message = f"An immutable deployment cannot change {', '.join(resources)} at the same time."
        raise refusal(rules.RESOURCES, message, "InvalidParameterCombination")


def check_support(given: Given, settings: Settings, policy: str) -> None:
    """Raise Refused where this kind of environment does not support the policy."""
    if single(settings) and policy not in ON_SINGLE_INSTANCE:
        raise refusal(rules.SUPPORT, f"{policy} needs a load-balanced environment; this one has a single instance.")
    if is_old_windows(given.environment) and policy not in ON_OLD_WINDOWS:
        raise refusal(rules.SUPPORT, f"{policy} is not supported on Windows Server with an IIS before 8.5.")
    if policy != "TrafficSplitting":
        return
    if given.environment.worker:
        raise refusal(rules.NEEDS_ALB, "A worker environment has no load balancer whose traffic could be split.")
    kind = settings.get((options.ENVIRONMENT, "LoadBalancerType"))
    default = options.default((options.ENVIRONMENT, "LoadBalancerType")) if given.client == "API" else "application"
    if (kind or default) != "application":
        balancer = f"{default}, the default of the API" if kind is None else kind or default
        raise refusal(rules.NEEDS_ALB, f"Traffic splitting needs an application load balancer; this one is {balancer}.")


def is_resource(key: options.Key) -> bool:
    """Return whether an option belongs to the environment's instances, network or load balancer."""
    return options.replaces_instances(key) or key[0].startswith(("aws:elb", "aws:elasticbeanstalk:environment:process"))


def is_old_windows(environment: Environment) -> bool:
    """Return whether the platform is Windows Server with an IIS before 8.5."""
    platform = f"{environment.solution_stack_name or ''} {environment.platform_arn or ''}"
    found = re.search(r"Windows.*IIS (\d+)(?:\.(\d+))?", platform)
    return found is not None and (int(found[1]), int(found[2] or 0)) < rules.FIRST_IIS


class Faults(Struct, frozen=True):
    """What goes wrong and where: a batch's number, a phase, or nothing."""

    fails: int | str | None = None
    aborted: int | str | None = None
    unhealthy: int | str | None = None
    status: str = "Severe"
    inapplicable: tuple[str, ...] = ()
    """Events that cannot happen under this policy."""


def faults(events: Events, policy: str, batches: int) -> Faults:
    """Return the events as they happen under this policy; GivenError for a batch that there is not."""
    written = events.unhealthy_batch
    unhealthy, status = (written.batch, written.status) if isinstance(written, Unhealthy) else (written, "Severe")
    asked = {"fail_batch": events.fail_batch, "fail_phase": events.fail_phase, "unhealthy_batch": unhealthy,
             "abort": events.abort}  # fmt: skip
    found = {name: place_of(event, policy, batches, name) for name, event in asked.items()}
    inapplicable = tuple(name for name, place in found.items() if place == INAPPLICABLE)
    at = {name: None if place == INAPPLICABLE else place for name, place in found.items()}
    return Faults(at["fail_batch"] or at["fail_phase"], at["abort"], at["unhealthy_batch"], status, inapplicable)


def place_of(event: int | str | bool | None, policy: str, batches: int, name: str) -> int | str | None:
    """Return where an event happens: events of one policy count for the others where they have a counterpart."""
    if event is None or event is False or event == "cleanup":
        return event or None
    event = 1 if event is True else event
    if policy in SECOND_GROUP:
        return phase_of(event, policy, batches)
    if isinstance(event, str) and event != "additional":
        return INAPPLICABLE
    if event == "additional" and policy != "RollingWithAdditionalBatch":
        return 1 if name == "fail_batch" else INAPPLICABLE
    if policy == "AllAtOnce":
        return 1
    if isinstance(event, int) and event > batches:
        raise GivenError(f"there are {batches} batches", pointer=f"/events/{name}")
    return event


def phase_of(event: int | str, policy: str, instances: int) -> str:
    """Return the phase of a second group in which an event happens."""
    if policy == "TrafficSplitting":
        return "launch" if event in ("first_instance", "remaining_instances") else "evaluation"
    if event == "evaluation" or (event == "remaining_instances" and instances == 1):
        return INAPPLICABLE
    return "remaining_instances" if event == "remaining_instances" else "first_instance"
