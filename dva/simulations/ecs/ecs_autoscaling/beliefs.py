"""What people believe of service auto scaling instead."""

from dva.simulations.ecs.ecs_autoscaling import policies
from dva.simulations.ecs.ecs_autoscaling.documents import Alarm, Direction, StepAdjustment
from dva.simulations.ecs.ecs_autoscaling.rules import scaling

belief = scaling.belief


@belief(policies.blocks, "cooldown-never-blocks", "a cooldown does not hold scale-in back",
        "Scale-in waits until a running cooldown is over, whichever direction began it.", "cooldown-in")  # fmt: skip
def blocks_nothing(cooldown: Direction, wanted: Direction) -> bool:
    return False


@belief(policies.step_of, "bounds-are-metric-values", "the bounds of a step are values of the metric",
        "They are distances from the alarm's threshold: with the threshold 50, a lower bound of 10 means 60.",
        "step-intervals")  # fmt: skip
def step_of_metric(steps: list[StepAdjustment], metric: float, alarm: Alarm) -> int | None:
    return next((index for index, step in enumerate(steps) if step.lower <= metric < step.upper), None)


@belief(policies.percent_change, "percent-rounds-up", "a percentage is rounded up to whole tasks",
        "It is rounded toward zero (3.3 is 3), only less than one task becomes one.", "step-percent")  # fmt: skip
def percent_rounds_away(capacity: int, percent: int) -> int:
    change = -(-capacity * abs(percent) // 100)
    return change if percent > 0 else -change


@belief(policies.tracked, "tracking-rounds-down", "target tracking rounds the capacity down",
        "It rounds up, so that the metric ends at the target or below it.", "03")  # fmt: skip
def tracked_rounded_down(capacity: int, metric: float, target: float) -> int:
    return int(capacity * policies.exact(metric) / policies.exact(target))


@belief(policies.tracked, "tracking-adds-one", "target tracking adds or removes one task at a time",
        "It goes to the capacity at which the metric would be at the target, however far that is.", "03")  # fmt: skip
def tracked_by_one(capacity: int, metric: float, target: float) -> int:
    return capacity + (1 if metric > target else -1)


@belief(policies.blocks, "cooldown-blocks-everything", "during a cooldown nothing scales",
        "A cooldown blocks scale-in; a larger scale-out still happens, with the earlier increase counted in.",
        "cooldown-out")  # fmt: skip
def blocks_everything(cooldown: Direction, wanted: Direction) -> bool:
    return True


@belief(
    policies.base_in_cooldown, "cooldown-adds-up", "a second scale-out in a cooldown adds its whole step",
    "What the first one added counts towards it: 10 to 12 by +2, then +3 makes 13, not 15.", "cooldown-out",
)  # fmt: skip
def base_is_current(current: int, before: int) -> int:
    return current


@belief(policies.tracking_agrees, "any-policy-scales-in", "one tracking policy below its target is enough to scale in",
        "All tracking policies with scale-in on have to want it; one of them is enough to scale out only.",
        "several-policies")  # fmt: skip
def one_agrees(ready: list[bool]) -> bool:
    return any(ready)


@belief(policies.within, "maximum-does-not-bind-alarms",
        "MinCapacity and MaxCapacity do not bind a policy whose alarm is in breach",
        "No policy scales outside of them; only changing the scalable target or a scheduled action moves them.",
        "limits")  # fmt: skip
def unbounded(direction: Direction, current: int, wanted: int, least: int, most: int) -> int:
    return wanted


@belief(policies.scheduled, "schedule-sets-the-count", "a scheduled action sets the desired count to its MinCapacity",
        "It sets the bounds; the count moves only as far as it lies outside of them.", "05")  # fmt: skip
def scheduled_minimum(capacity: int, least: int, most: int) -> int:
    return least
