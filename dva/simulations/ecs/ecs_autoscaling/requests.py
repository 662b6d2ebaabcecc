"""What Application Auto Scaling does not accept."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf

from dva.simulations.ecs.ecs_autoscaling import rules
from dva.simulations.ecs.ecs_autoscaling.documents import COMPARISONS, Given, Policy, StepAdjustment, StepScaling
from dva.simulations.frame import Refused


def check(given: Given) -> None:
    """Raise Refused where Application Auto Scaling rejects the target, a policy or an action."""
    target = given.scalable_target
    _check_bounds(target.min_capacity, target.max_capacity, required=True)
    for policy in given.policies:
        for problem in _problems(policy):
            raise _invalid(f"{policy.title}: {problem}")
    for action in given.scheduled_actions:
        _check_bounds(action.scalable_target_action.min_capacity, action.scalable_target_action.max_capacity)


def _invalid(message: str) -> Refused:
    return Refused(rules.REQUEST, "ValidationException", message)


def _check_bounds(least: int | None, most: int | None, *, required: bool = False) -> None:
    if required and (least is None or most is None):
        raise _invalid("MinCapacity and MaxCapacity are required for a new scalable target")
    if min(least or 0, most or 0) < 0:
        raise _invalid("MinCapacity and MaxCapacity must be 0 or more")
    if least is not None and most is not None and least > most:
        raise _invalid(f"MinCapacity {least} is greater than MaxCapacity {most}")


def _problems(policy: Policy) -> Iterator[str]:
    if policy.kind == "StepScaling":
        step = policy.step_scaling
        yield from _step_problems(step) if step else ("StepScalingPolicyConfiguration is missing",)
    elif policy.kind == "TargetTrackingScaling":
        tracking = policy.target_tracking
        if not tracking:
            yield "TargetTrackingScalingPolicyConfiguration is missing"
        elif tracking.target_value <= 0:
            yield "TargetValue must be greater than 0"
    elif policy.kind != "PredictiveScaling":
        yield f"`{policy.kind}` is not a valid policy type"
    if policy.alarm and policy.alarm.comparison_operator not in COMPARISONS:
        yield f"`{policy.alarm.comparison_operator}` is not a valid comparison operator for it"


def _step_problems(step: StepScaling) -> Iterator[str]:
    if step.adjustment_type not in rules.ADJUST:
        yield f"`{step.adjustment_type}` is not a valid adjustment type"
    if not step.step_adjustments:
        yield "at least one step adjustment is required"
    if step.adjustment_type == "ExactCapacity" and any(a.scaling_adjustment < 0 for a in step.step_adjustments):
        yield "an exact capacity must be 0 or more"
    yield from _interval_problems(sorted(step.step_adjustments, key=lambda a: (a.lower, a.upper)))


def _interval_problems(steps: list[StepAdjustment]) -> Iterator[str]:
    """Yield where steps overlap, leave a gap, or do not reach infinity on a side where they are."""
    if any(a.lower == -inf and a.upper == inf for a in steps):
        yield "the bounds of a step cannot both be null"
    if any(a.upper <= a.lower for a in steps):
        yield "the upper bound of a step must be greater than its lower bound"
    for bound in ("lower", "upper"):
        if sum(abs(getattr(a, bound)) == inf for a in steps) > 1:
            yield f"at most one step may have a null {bound} bound"
    for one, other in pairwise(steps):
        if one.upper != other.lower:
            yield "step intervals must not " + ("overlap" if one.upper > other.lower else "leave a gap")
    finite = [bound for a in steps for bound in (a.lower, a.upper) if abs(bound) != inf]
    if finite and min(finite) < 0 and steps[0].lower != -inf:
        yield "with a negative bound one step must have a null lower bound"
    if finite and max(finite) > 0 and steps[-1].upper != inf:
        yield "with a positive bound one step must have a null upper bound"
