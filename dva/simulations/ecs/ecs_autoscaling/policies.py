"""The arithmetic of scaling, numbers in and numbers out: the rule functions, and what people believe instead."""

from fractions import Fraction
from math import ceil

from dva.simulations.ecs.ecs_autoscaling.documents import Alarm, Direction, StepAdjustment
from dva.simulations.ecs.ecs_autoscaling.rules import scaling


def exact(value: float) -> Fraction:
    """Return the number as it was written: 0.9 is nine tenths."""
    return Fraction(str(value))


def step_of(steps: list[StepAdjustment], metric: float, alarm: Alarm) -> int | None:
    """Return the index of the step whose interval holds the distance from the threshold."""
    distance = float(exact(metric) - exact(alarm.threshold))
    for index, step in enumerate(steps):
        if step.lower <= distance < step.upper if alarm.above else step.lower < distance <= step.upper:
            return index
    return None


def percent_change(capacity: int, percent: int) -> int:
    """Return a percentage of the capacity in tasks: toward zero, but less than one task becomes one."""
    change = Fraction(capacity * percent, 100)
    if 0 < abs(change) < 1:
        return 1 if change > 0 else -1
    return int(change)


def at_least(change: int, magnitude: int | None) -> int:
    """Return the change, grown to MinAdjustmentMagnitude."""
    if not change or not magnitude or abs(change) >= abs(magnitude):
        return change
    return abs(magnitude) if change > 0 else -abs(magnitude)


def tracked(capacity: int, metric: float, target: float) -> int:
    """Return the capacity at which the metric would be at its target, rounded up."""
    return ceil(capacity * exact(metric) / exact(target))


def tracking_agrees(ready: list[bool]) -> bool:
    """Return whether tracking policies scale in, given which of them (with scale-in on) want to."""
    return all(ready)


def base_in_cooldown(current: int, before: int) -> int:
    """Return the capacity from which a scale-out in a scale-out cooldown counts: that before the cooldown."""
    return before


def blocks(cooldown: Direction, wanted: Direction) -> bool:
    """Return whether a running cooldown holds an activity back."""
    return wanted == "in"


def within(direction: Direction, current: int, wanted: int, least: int, most: int) -> int:
    """Return the wanted capacity, bounded by MinCapacity and MaxCapacity."""
    if direction == "out":
        return current if current > most else max(current, min(max(wanted, least), most))
    return current if current < least else max(min(wanted, most), least)


def scheduled(capacity: int, least: int, most: int) -> int:
    """Return the capacity moved into the new bounds of a scheduled action."""
    return min(max(capacity, least), most)


# What people believe instead

belief = scaling.belief

belief(blocks, "cooldown-never-blocks", "a cooldown does not hold scale-in back",
       "Scale-in waits until a running cooldown is over, whichever direction began it.",
       "cooldown-in")(lambda cooldown, wanted: False)  # fmt: skip


@belief(step_of, "bounds-are-metric-values", "the bounds of a step are values of the metric",
        "They are distances from the alarm's threshold: with the threshold 50, a lower bound of 10 means 60.",
        "step-intervals")  # fmt: skip
def step_of_metric(steps: list[StepAdjustment], metric: float, alarm: Alarm) -> int | None:
    return next((index for index, step in enumerate(steps) if step.lower <= metric < step.upper), None)


@belief(percent_change, "percent-rounds-up", "a percentage is rounded up to whole tasks",
        "It is rounded toward zero (3.3 is 3), only less than one task becomes one.", "step-percent")  # fmt: skip
def percent_rounds_away(capacity: int, percent: int) -> int:
    change = -(-capacity * abs(percent) // 100)
    return change if percent > 0 else -change


belief(tracked, "tracking-rounds-down", "target tracking rounds the capacity down",
       "It rounds up, so that the metric ends at the target or below it.",
       "03")(lambda capacity, metric, target: int(capacity * exact(metric) / exact(target)))  # fmt: skip

belief(tracked, "tracking-adds-one", "target tracking adds or removes one task at a time",
       "It goes to the capacity at which the metric would be at the target, however far that is.",
       "03")(lambda capacity, metric, target: capacity + (1 if metric > target else -1))  # fmt: skip

belief(blocks, "cooldown-blocks-everything", "during a cooldown nothing scales",
       "A cooldown blocks scale-in; a larger scale-out still happens, with the earlier increase counted in.",
       "cooldown-out")(lambda cooldown, wanted: True)  # fmt: skip

belief(base_in_cooldown, "cooldown-adds-up", "a second scale-out in a cooldown adds its whole step",
       "What the first one added counts towards it: 10 to 12 by +2, then +3 makes 13, not 15.",
       "cooldown-out")(lambda current, before: current)  # fmt: skip

belief(tracking_agrees, "any-policy-scales-in", "one tracking policy below its target is enough to scale in",
       "All tracking policies with scale-in on have to want it; one of them is enough to scale out only.",
       "several-policies")(lambda ready: any(ready))  # fmt: skip

belief(within, "maximum-does-not-bind-alarms",
       "MinCapacity and MaxCapacity do not bind a policy whose alarm is in breach",
       "No policy scales outside of them; only changing the scalable target or a scheduled action moves them.",
       "limits")(lambda direction, current, wanted, least, most: wanted)  # fmt: skip

belief(scheduled, "schedule-sets-the-count", "a scheduled action sets the desired count to its MinCapacity",
       "It sets the bounds; the count moves only as far as it lies outside of them.",
       "05")(lambda capacity, least, most: least)  # fmt: skip
