"""What people believe of deployments instead."""

from fractions import Fraction
from math import ceil, floor

from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy.codedeploy import engine, fleet
from dva.simulations.codedeploy.codedeploy.documents import Minimum
from dva.simulations.codedeploy.codedeploy.rules import belief

belief(engine.one_at_a_time, "one-at-a-time-is-99-percent", "OneAtATime keeps 99 percent of the instances healthy",
       "Rounded up, 99 percent of fewer than 100 instances are all of them, and no deployment could start.",
       "22")(lambda instances: ceil(Fraction(instances * 99, 100)))  # fmt: skip


@belief(fleet.minimum, "percentages-round-down", "a percentage of healthy instances is rounded down",
        "It is rounded up: 75 percent of 5 instances are 4.", "25")  # fmt: skip
def rounded_down(configured: Minimum, instances: int) -> int:
    if configured.type == "HOST_COUNT":
        return configured.value
    return floor(Fraction(instances * configured.value, 100))


belief(
    engine.half_at_a_time, "half-rounds-down", "HalfAtATime of 5 instances takes 3 at once",
    "The half that stays healthy is rounded up to 3, so 2 go at once.", "23",
)(lambda instances: instances // 2)  # fmt: skip

belief(fleet.pool, "in-the-order-of-the-list", "failed instances wait until the healthy ones are done",
       "Unhealthy instances go first: they cost no capacity.",
       "30")(lambda untried, last_successful: sorted(untried, key=lambda instance: not instance.healthy))  # fmt: skip

belief(fleet.room, "failures-do-not-stop", "CodeDeploy tries every instance and reports the failures at the end",
       "It stops as soon as one more failure could go below the minimum.",
       "health-constraints")(lambda possible, minimum, instances: fleet.UNLIMITED)  # fmt: skip

belief(engine.ends_well, "any-failure-fails", "a deployment with a failed instance has failed",
       "It succeeds when enough instances are healthy: the last ones may fail.",
       "last-may-fail")(lambda succeeded, failed, healthy, minimum: succeeded > 0 and failed == 0)  # fmt: skip

belief(
    engine.rolls_back, "always-rolled-back", "CodeDeploy rolls every failed deployment back",
    "Only where automatic rollback is enabled for that event.", "31",
)(lambda enabled, events, event: True)  # fmt: skip

belief(engine.selects, "any-tag-is-enough", "an instance with any tag of any tag group is selected",
       "Between tag groups it is AND: a tag of every group is needed.",
       "06")(lambda groups, labels: any(engine.has_tag(labels, tag) for tags in groups for tag in tags))  # fmt: skip

belief(lifecycle.owner, "stop-script-is-the-new-one", "ApplicationStop runs the script of the revision being deployed",
       "The new revision is not downloaded yet; the script is that of the revision installed last.",
       "14")(lambda event, *, blue_green_rollback=False: "current")  # fmt: skip
