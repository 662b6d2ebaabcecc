"""The rule functions of a deployment (`owner` is in _lifecycle.py), and what people believe instead."""

from fractions import Fraction
from math import ceil, floor

from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy.codedeploy.documents import Instance, Minimum, Tag
from dva.simulations.codedeploy.codedeploy.rules import belief

RANKS = ("unhealthy", "unknown", "old", "current")
"""The order in which CodeDeploy takes instances (rules.HEALTH)."""
UNLIMITED = 10**9
"""Room that is never used up."""


def minimum(configured: Minimum, instances: int) -> int:
    """Return how many must stay healthy: HOST_COUNT as it is, FLEET_PERCENT rounded up."""
    if configured.type == "HOST_COUNT":
        return configured.value
    return ceil(Fraction(instances * configured.value, 100))


def pool(untried: list[Instance], last_successful: str | None) -> list[Instance]:
    """Return those that may go next, in order: the unhealthy ones, where there are none the others."""
    unhealthy = [instance for instance in untried if not instance.healthy]
    return sorted(unhealthy or untried, key=lambda instance: rank(instance, last_successful))


def room(possible: int, minimum: int, instances: int) -> int:
    """Return how many may be taken at once."""
    return possible - minimum


def rank(instance: Instance, last_successful: str | None) -> int:
    """Return the place of an instance's kind in RANKS."""
    if not instance.healthy:
        return RANKS.index("unknown" if instance.health == "Unknown" else "unhealthy")
    if instance.revision is None:
        return RANKS.index("unknown")
    old = last_successful is not None and instance.revision != last_successful
    return RANKS.index("old" if old else "current")


def one_at_a_time(instances: int) -> int:
    """Return how many must stay healthy: all but one."""
    return max(0, instances - 1)


def half_at_a_time(instances: int) -> int:
    """Return how many must stay healthy: half, rounded up."""
    return ceil(Fraction(instances, 2))


def ends_well(succeeded: int, failed: int, healthy: int, minimum: int) -> bool:
    """Whether the deployment succeeds, judged when all have been tried: the last ones may have failed."""
    return succeeded > 0 and healthy >= minimum


def rolls_back(enabled: bool, events: list[str], event: str) -> bool:
    """Whether a rollback is configured for this event."""
    return enabled and event in events


def selects(groups: list[list[Tag]], labels: list[tuple[str, str]]) -> bool:
    """Whether an instance has a tag of every group: OR inside a group, AND between groups."""
    return all(any(has_tag(labels, tag) for tag in tags) for tags in groups)


def has_tag(labels: list[tuple[str, str]], tag: Tag) -> bool:
    """Whether an instance with these tags has what a tag filter asks for."""
    if tag.type == "KEY_ONLY":
        return any(key == tag.key for key, _ in labels)
    if tag.type == "VALUE_ONLY":
        return any(value == tag.value for _, value in labels)
    return (tag.key, tag.value) in labels


# What people believe instead

belief(one_at_a_time, "one-at-a-time-is-99-percent", "OneAtATime keeps 99 percent of the instances healthy",
       "Rounded up, 99 percent of fewer than 100 instances are all of them, and no deployment could start.",
       "22")(lambda instances: ceil(Fraction(instances * 99, 100)))  # fmt: skip


@belief(minimum, "percentages-round-down", "a percentage of healthy instances is rounded down",
        "It is rounded up: 75 percent of 5 instances are 4.", "25")  # fmt: skip
def rounded_down(configured: Minimum, instances: int) -> int:
    if configured.type == "HOST_COUNT":
        return configured.value
    return floor(Fraction(instances * configured.value, 100))


belief(half_at_a_time, "half-rounds-down", "HalfAtATime of 5 instances takes 3 at once",
       "The half that stays healthy is rounded up to 3, so 2 go at once.",
       "23")(lambda instances: instances // 2)  # fmt: skip

belief(pool, "in-the-order-of-the-list", "failed instances wait until the healthy ones are done",
       "Unhealthy instances go first: they cost no capacity.",
       "30")(lambda untried, last_successful: sorted(untried, key=lambda instance: not instance.healthy))  # fmt: skip

belief(room, "failures-do-not-stop", "CodeDeploy tries every instance and reports the failures at the end",
       "It stops as soon as one more failure could go below the minimum.",
       "health-constraints")(lambda possible, minimum, instances: UNLIMITED)  # fmt: skip

belief(ends_well, "any-failure-fails", "a deployment with a failed instance has failed",
       "It succeeds when enough instances are healthy: the last ones may fail.",
       "last-may-fail")(lambda succeeded, failed, healthy, minimum: succeeded > 0 and failed == 0)  # fmt: skip

belief(rolls_back, "always-rolled-back", "CodeDeploy rolls every failed deployment back",
       "Only where automatic rollback is enabled for that event.",
       "31")(lambda enabled, events, event: True)  # fmt: skip

belief(selects, "any-tag-is-enough", "an instance with any tag of any tag group is selected",
       "Between tag groups it is AND: a tag of every group is needed.",
       "06")(lambda groups, labels: any(has_tag(labels, tag) for tags in groups for tag in tags))  # fmt: skip

belief(lifecycle.owner, "stop-script-is-the-new-one", "ApplicationStop runs the script of the revision being deployed",
       "The new revision is not downloaded yet; the script is that of the revision installed last.",
       "14")(lambda event, *, blue_green_rollback=False: "current")  # fmt: skip
