"""The rule functions of a deployment, and what people believe instead."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from dva.simulations._before import Belief
from dva.simulations.beanstalk import _options as beanstalk

TARGETS = {
    "AllAtOnce": "existing", "Rolling": "existing", "RollingWithAdditionalBatch": "new and existing",
    "Immutable": "new", "TrafficSplitting": "new",
}  # fmt: skip


def batch_size(percentage: bool, size: int, instances: int) -> int:
    """Instances in a batch; AWS does not say how a percentage is rounded, so up, and at least one."""
    wanted = ceil(Fraction(instances * size, 100)) if percentage else size
    return max(1, min(wanted, instances))


def leaving(batch: int) -> int:
    """Instances of a batch that leave service while it is updated: all."""
    return batch


def additional(batch: int, count: int) -> int:
    """Instances of the additional batch."""
    return batch


def extra_kept(batch: int) -> int:
    """Instances of the additional batch that stay in the end."""
    return 0


def first_wave(instances: int) -> int:
    """New instances with which an immutable deployment begins."""
    return 1


def canaries(instances: int, percent: int) -> int:
    """New instances of a traffic-splitting deployment, whatever the percentage of the traffic."""
    return instances


def after_failure(old: int, new: int, failed: int) -> tuple[int, int, int]:
    """What runs after a failed batch: nothing is rolled back."""
    return old, new, failed


def dns_change(policy: str) -> bool:
    """Whether clients must resolve another name: every policy stays in its environment."""
    return False


def effective_timeout(timeout: int) -> int:
    """Seconds until a batch counts as failed: the service adds 240."""
    return timeout + 240


def target(policy: str) -> str:
    """Where the code goes."""
    return TARGETS[policy]


def passes(status: str, threshold: str) -> bool:
    """Whether an instance with this health counts as healthy."""
    return beanstalk.HEALTH_ORDER.index(status) <= beanstalk.HEALTH_ORDER.index(threshold)


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    batch_size: Callable[[bool, int, int], int] = batch_size
    leaving: Callable[[int], int] = leaving
    additional: Callable[[int, int], int] = additional
    extra_kept: Callable[[int], int] = extra_kept
    first_wave: Callable[[int], int] = first_wave
    canaries: Callable[[int, int], int] = canaries
    after_failure: Callable[[int, int, int], tuple[int, int, int]] = after_failure
    dns_change: Callable[[str], bool] = dns_change
    effective_timeout: Callable[[int], int] = effective_timeout
    target: Callable[[str], str] = target
    passes: Callable[[str, str], bool] = passes


def _notes(*notes: str) -> tuple[str, ...]:
    return tuple(f"elastic-beanstalk-deployment.{note}" for note in notes)


BELIEFS = (
    Belief(
        "rolling-keeps-full-capacity", "a rolling deployment keeps every instance in service",
        "Each batch leaves the load balancer while it is updated; the additional batch is what makes up for it.",
        "leaving", lambda batch: 0, _notes("07"),
    ),
    Belief(
        "batch-size-counts-batches", "BatchSize says in how many batches the instances are updated",
        "It says how many instances, or which percentage of them, are in a batch.",
        "batch_size", lambda percentage, size, instances: max(1, ceil(Fraction(instances, size))),
        _notes("batch-size"),
    ),
    Belief(
        "additional-batch-stays", "the additional batch stays in the environment afterwards",
        "It is terminated when the deployment completes; the number of instances is as before.",
        "extra_kept", lambda batch: batch, _notes("08"),
    ),
    Belief(
        "additional-batch-doubles", "rolling with additional batch runs a second copy of the whole environment",
        "Only one batch is launched in addition; immutable and traffic splitting double the environment.",
        "additional", lambda batch, count: count, _notes("08"),
    ),
    Belief(
        "immutable-starts-all-at-once", "an immutable deployment launches all new instances at once",
        "One new instance comes first; the others follow when it is healthy.",
        "first_wave", lambda instances: instances, _notes("09"),
    ),
    Belief(
        "canary-is-a-share-of-instances", "traffic splitting launches only the percentage of new instances",
        "As many new instances are launched as there are old ones; the percentage is one of requests.",
        "canaries", lambda instances, percent: max(1, ceil(Fraction(instances * percent, 100))),
        _notes("traffic-splitting"),
    ),
    Belief(
        "failed-rolling-rolls-back", "a failed rolling deployment goes back to the old version by itself",
        "It stops: finished batches keep the new version until another deployment.",
        "after_failure", lambda old, new, failed: (old + new + failed, 0, 0), _notes("failure-mixed"),
    ),
    Belief(
        "failing-batch-counts-as-new", "a failing batch runs the new version like those before it",
        "The new version was deployed to it, but it did not become healthy and does not serve.",
        "after_failure", lambda old, new, failed: (old, new + failed, 0), _notes("failure-mixed"),
    ),
    Belief(
        "immutable-swaps-names", "immutable and traffic-splitting deployments swap DNS names as blue/green does",
        "They stay behind the environment's load balancer; only blue/green changes DNS.",
        "dns_change", lambda policy: policy in ("Immutable", "TrafficSplitting"), _notes("09", "12"),
    ),
    Belief(
        "timeout-is-the-option", "a batch has exactly Timeout seconds",
        "The service adds 240 seconds of its own to the option.",
        "effective_timeout", lambda timeout: timeout, _notes("timeout"),
    ),
    Belief(
        "timeout-is-ten-minutes", "the command timeout is ten minutes, whatever is set",
        "600 seconds is only the default of Timeout, and the service adds 240.",
        "effective_timeout", lambda timeout: 600, _notes("timeout"),
    ),
    Belief(
        "rolling-replaces-instances", "every policy but all-at-once deploys to new instances",
        "Rolling updates the existing instances; of the batched ones only the additional batch is new.",
        "target", lambda policy: "existing" if policy == "AllAtOnce" else "new", _notes("07"),
    ),
    Belief(
        "only-ok-passes", "an instance must be Ok to pass, whatever the threshold",
        "HealthCheckSuccessThreshold lets Warning, Degraded or Severe pass too.",
        "passes", lambda status, threshold: status == "Ok", _notes("health-checks"),
    ),
)  # fmt: skip
