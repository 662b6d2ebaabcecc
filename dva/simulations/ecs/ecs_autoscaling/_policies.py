"""What one policy wants, from the metric and the capacity: numbers in, numbers out."""

from fractions import Fraction
from math import ceil

from dva.simulations.ecs.ecs_autoscaling._documents import Alarm, StepAdjustment

BAND = Fraction(9, 10)
"""Target tracking scales in below this share of the target."""


def exact(value: float) -> Fraction:
    """The number as it was written: 0.9 is nine tenths."""
    return Fraction(str(value))


def breached(alarm: Alarm, metric: float) -> bool:
    """Whether the alarm is in breach."""
    return {
        "GreaterThanOrEqualToThreshold": metric >= alarm.threshold,
        "GreaterThanThreshold": metric > alarm.threshold,
        "LessThanThreshold": metric < alarm.threshold,
        "LessThanOrEqualToThreshold": metric <= alarm.threshold,
    }[alarm.comparison_operator]


def looks_above(alarm: Alarm) -> bool:
    """Whether the alarm watches for values above its threshold."""
    return alarm.comparison_operator.startswith("Greater")


def step_of(steps: list[StepAdjustment], metric: float, alarm: Alarm) -> int | None:
    """The index of the step whose interval holds the distance from the threshold."""
    distance = float(exact(metric) - exact(alarm.threshold))
    for index, step in enumerate(steps):
        if step.lower <= distance < step.upper if looks_above(alarm) else step.lower < distance <= step.upper:
            return index
    return None


def percent_change(capacity: int, percent: int) -> int:
    """A percentage of the capacity in tasks: toward zero, but between 0 and 1 it is 1, between -1 and 0 it is -1."""
    change = Fraction(capacity * percent, 100)
    if 0 < abs(change) < 1:
        return 1 if change > 0 else -1
    return int(change)


def at_least(change: int, magnitude: int | None) -> int:
    """The change, grown to MinAdjustmentMagnitude."""
    if not change or not magnitude or abs(change) >= abs(magnitude):
        return change
    return abs(magnitude) if change > 0 else -abs(magnitude)


def tracked(capacity: int, metric: float, target: float) -> int:
    """The capacity at which the metric would be at its target, rounded up."""
    return ceil(capacity * exact(metric) / exact(target))


def within(direction: str, current: int, wanted: int, least: int, most: int) -> int:
    """The capacity after MinCapacity and MaxCapacity have had their say; `direction` is out or in."""
    if direction == "out":
        return current if current > most else max(current, min(max(wanted, least), most))
    return current if current < least else max(min(wanted, most), least)
