"""The arithmetic of scaling, numbers in and numbers out: the rule functions that beliefs replace."""

from fractions import Fraction
from math import ceil

from dva.simulations.ecs.ecs_autoscaling.documents import Alarm, Direction, StepAdjustment


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
