"""What decides in a deployment: the rule functions that beliefs replace, and what people believe instead."""

from fractions import Fraction
from math import ceil

from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk.beanstalk_deploy import rules
from dva.simulations.beanstalk.beanstalk_deploy.rules import belief

TARGETS = {"AllAtOnce": "existing", "Rolling": "existing", "RollingWithAdditionalBatch": "new and existing",
           "Immutable": "new", "TrafficSplitting": "new"}  # fmt: skip
"""Where each policy deploys the code (rules.CHOOSING)."""


def batch_size(percentage: bool, size: int, instances: int) -> int:
    """Return how many instances are in a batch; a percentage is rounded up, to at least one."""
    wanted = ceil(Fraction(instances * size, 100)) if percentage else size
    return max(1, min(wanted, instances))


def leaving(batch: int) -> int:
    """Return how many instances of a batch leave service while it is updated: all."""
    return batch


def additional(batch: int, count: int) -> int:
    """Return how many instances the additional batch has."""
    return batch


def extra_kept(batch: int) -> int:
    """Return how many instances of the additional batch stay in the end."""
    return 0


def first_wave(instances: int) -> int:
    """Return with how many new instances an immutable deployment begins."""
    return 1


def canaries(instances: int, percent: int) -> int:
    """Return how many instances traffic splitting launches, whatever the percentage of the traffic."""
    return instances


def after_failure(old: int, new: int, failed: int) -> tuple[int, int, int]:
    """Return what runs after a failed batch: nothing is rolled back."""
    return old, new, failed


def changes_dns(policy: str) -> bool:
    """Return whether clients must resolve another name: every policy stays in its environment."""
    return False


def effective_timeout(timeout: int) -> int:
    """Return after how many seconds a batch counts as failed."""
    return timeout + rules.EXTRA_SECONDS


def target(policy: str) -> str:
    """Return where the code goes."""
    return TARGETS[policy]


def passes(status: str, threshold: str) -> bool:
    """Return whether an instance with this health counts as healthy."""
    return options.HEALTH_ORDER.index(status) <= options.HEALTH_ORDER.index(threshold)


# What people believe instead

belief(leaving, "rolling-keeps-full-capacity", "a rolling deployment keeps every instance in service",
       "Each batch leaves the load balancer while it is updated; the additional batch is what makes up for it.",
       "07")(lambda batch: 0)  # fmt: skip
belief(batch_size, "batch-size-counts-batches", "BatchSize says in how many batches the instances are updated",
       "It says how many instances, or which percentage of them, are in a batch.",
       "batch-size")(lambda percentage, size, instances: max(1, ceil(Fraction(instances, size))))  # fmt: skip
belief(extra_kept, "additional-batch-stays", "the additional batch stays in the environment afterwards",
       "It is terminated when the deployment completes; the number of instances is as before.",
       "08")(lambda batch: batch)  # fmt: skip
belief(additional, "additional-batch-doubles",
       "rolling with additional batch runs a second copy of the whole environment",
       "Only one batch is launched in addition; immutable and traffic splitting double the environment.",
       "08")(lambda batch, count: count)  # fmt: skip
belief(first_wave, "immutable-starts-all-at-once", "an immutable deployment launches all new instances at once",
       "One new instance comes first; the others follow when it is healthy.",
       "09")(lambda instances: instances)  # fmt: skip
belief(canaries, "canary-is-a-share-of-instances", "traffic splitting launches only the percentage of new instances",
       "As many new instances are launched as there are old ones; the percentage is one of requests.",
       "traffic-splitting")(lambda instances, percent: max(1, ceil(Fraction(instances * percent, 100))))  # fmt: skip
belief(after_failure, "failed-rolling-rolls-back", "a failed rolling deployment goes back to the old version by itself",
       "It stops: finished batches keep the new version until another deployment.",
       "failure-mixed")(lambda old, new, failed: (old + new + failed, 0, 0))  # fmt: skip
belief(after_failure, "failing-batch-counts-as-new", "a failing batch runs the new version like those before it",
       "The new version was deployed to it, but it did not become healthy and does not serve.",
       "failure-mixed")(lambda old, new, failed: (old, new + failed, 0))  # fmt: skip
belief(changes_dns, "immutable-swaps-names",
       "immutable and traffic-splitting deployments swap DNS names as blue/green does",
       "They stay behind the environment's load balancer; only blue/green changes DNS.", "09",
       "12")(lambda policy: policy in ("Immutable", "TrafficSplitting"))  # fmt: skip
belief(effective_timeout, "timeout-is-the-option", "a batch has exactly Timeout seconds",
       "The service adds 240 seconds of its own to the option.", "timeout")(lambda timeout: timeout)  # fmt: skip
belief(effective_timeout, "timeout-is-ten-minutes", "the command timeout is ten minutes, whatever is set",
       "600 seconds is only the default of Timeout, and the service adds 240.",
       "timeout")(lambda timeout: 600)  # fmt: skip
belief(target, "rolling-replaces-instances", "every policy but all-at-once deploys to new instances",
       "Rolling updates the existing instances; of the batched ones only the additional batch is new.",
       "07")(lambda policy: "existing" if policy == "AllAtOnce" else "new")  # fmt: skip
belief(passes, "only-ok-passes", "an instance must be Ok to pass, whatever the threshold",
       "HealthCheckSuccessThreshold lets Warning, Degraded or Severe pass too.",
       "health-checks")(lambda status, threshold: status == "Ok")  # fmt: skip
