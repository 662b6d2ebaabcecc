"""What service auto scaling reads, and what Application Auto Scaling does not take."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, field

from dva.aws.document import AwsDocument, Integer, StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Refused
from dva.simulations.ecs.ecs_autoscaling._rules import ADJUST, REQUEST

Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
"""A finite number, as CloudWatch and JSON have it."""
Moment = Annotated[int, Meta(ge=-(10**15), le=10**15)] | Annotated[float, Meta(ge=-1e15, le=1e15)]
"""Seconds."""
COOLDOWN = 300
"""Seconds; the default for Amazon ECS services."""
OPERATORS = {
    "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
}  # fmt: skip


class SuspendedState(AwsDocument, rename="pascal"):
    dynamic_scaling_in_suspended: bool = False
    dynamic_scaling_out_suspended: bool = False
    scheduled_scaling_suspended: bool = False


class ScalableTarget(AwsDocument, rename="pascal"):
    """RegisterScalableTarget or DescribeScalableTargets."""

    wrappers = ("ScalableTargets", "ScalableTarget")
    min_capacity: Integer | None = None
    max_capacity: Integer | None = None
    suspended_state: SuspendedState | None = None


class StepAdjustment(AwsDocument, rename="pascal", kw_only=True):
    """Bounds are distances from the alarm's threshold; none is infinity."""

    metric_interval_lower_bound: Number | None = None
    metric_interval_upper_bound: Number | None = None
    scaling_adjustment: Integer

    @property
    def lower(self) -> float:
        """The lower bound as a number."""
        bound = self.metric_interval_lower_bound
        return float("-inf") if bound is None else bound

    @property
    def upper(self) -> float:
        """The upper bound as a number."""
        bound = self.metric_interval_upper_bound
        return float("inf") if bound is None else bound


class StepScaling(AwsDocument, rename="pascal"):
    adjustment_type: str = ""
    step_adjustments: list[StepAdjustment] = []
    min_adjustment_magnitude: Integer | None = None
    cooldown: Integer = COOLDOWN


class TargetTracking(AwsDocument, rename="pascal"):
    target_value: Number
    scale_out_cooldown: Integer = COOLDOWN
    scale_in_cooldown: Integer = COOLDOWN
    disable_scale_in: bool = False


class Alarm(AwsDocument, rename="pascal"):
    """PutMetricAlarm."""

    known = frozenset({"ThresholdMetricId"})
    threshold: Number
    comparison_operator: str


class Policy(AwsDocument, rename="pascal"):
    """PutScalingPolicy or DescribeScalingPolicies, and the alarm that invokes a step policy."""

    wrappers = ("ScalingPolicies",)
    known = frozenset({"Alarms"})
    policy_name: str | None = None
    policy_type: str | None = None
    step_scaling_policy_configuration: StepScaling | None = None
    target_tracking_scaling_policy_configuration: TargetTracking | None = None
    alarm: Alarm | None = None

    @property
    def kind(self) -> str:
        """The policy type; where it is not given, that of the configuration."""
        if self.policy_type:
            return self.policy_type
        return "StepScaling" if self.step_scaling_policy_configuration else "TargetTrackingScaling"

    @property
    def title(self) -> str:
        """What a step calls it."""
        return self.policy_name or {"StepScaling": "the step policy"}.get(self.kind, "the tracking policy")


class ScalableTargetAction(AwsDocument, rename="pascal"):
    min_capacity: Integer | None = None
    max_capacity: Integer | None = None


class ScheduledAction(AwsDocument, rename="pascal", kw_only=True):
    """PutScheduledAction; `at` (seconds) says when it runs here."""

    wrappers = ("ScheduledActions",)
    scheduled_action_name: str = ""
    at: Moment = field(name="at")
    scalable_target_action: ScalableTargetAction = field(default_factory=ScalableTargetAction)


class Point(StrictStruct):
    """The metric at a time (seconds): one for all policies, or one for each by its name. Null is no data."""

    at: Moment = 0
    metric: Number | None = None
    metrics: dict[str, Number | None] | None = None

    def value(self, policy: Policy) -> float | None:
        """What this policy sees."""
        return self.metric if self.metrics is None else self.metrics.get(policy.policy_name or "")


class ScaleOutCooldown(StrictStruct):
    """A scale-out cooldown that runs when the time line begins; `capacityBefore` is where it began."""

    capacity_before: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Given(StrictStruct):
    scalable_target: ScalableTarget
    current_capacity: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    policies: list[Policy] = []
    scheduled_actions: list[ScheduledAction] = []
    timeline: list[Point] = []
    metrics: dict[str, Number | None] | None = None
    deployment_in_progress: bool = False
    suspended_state: SuspendedState | None = None
    active_scale_out_cooldown: ScaleOutCooldown | None = None

    def points(self) -> list[Point]:
        """The datapoints: the time line, or the one moment that `metrics` describes."""
        if self.metrics is not None and self.timeline:
            raise GivenError(
                "give either `timeline` or `metrics`", pointer="/metrics",
                hint="a point of the time line may have `metrics` of its own",
            )  # fmt: skip
        return [Point(metrics=self.metrics)] if self.metrics is not None else self.timeline

    def begin(self) -> float:
        """The first moment."""
        return min([point.at for point in self.points()] + [action.at for action in self.scheduled_actions], default=0)

    def suspended(self, name: str) -> bool:
        """Whether one of the three kinds of scaling is suspended."""
        states = (self.suspended_state, self.scalable_target.suspended_state)
        return any(getattr(state, name) for state in states if state)


def check(given: Given) -> None:
    """Raise Refused where Application Auto Scaling does not take the target, a policy or an action."""
    target = given.scalable_target
    _range(target.min_capacity, target.max_capacity, required=True)
    for policy in given.policies:
        for problem in _problems(policy):
            raise _invalid(f"{policy.title}: {problem}")
    for action in given.scheduled_actions:
        _range(action.scalable_target_action.min_capacity, action.scalable_target_action.max_capacity)


def _invalid(message: str) -> Refused:
    return Refused(REQUEST, "ValidationException", message)


def _range(least: int | None, most: int | None, *, required: bool = False) -> None:
    if required and (least is None or most is None):
        raise _invalid("MinCapacity and MaxCapacity are required for a new scalable target")
    if min(least or 0, most or 0) < 0:
        raise _invalid("MinCapacity and MaxCapacity must be 0 or more")
    if least is not None and most is not None and least > most:
        raise _invalid(f"MinCapacity {least} is greater than MaxCapacity {most}")


def _problems(policy: Policy) -> Iterator[str]:
    step, tracking = policy.step_scaling_policy_configuration, policy.target_tracking_scaling_policy_configuration
    if policy.kind == "StepScaling":
        yield from _step_problems(step) if step else ("StepScalingPolicyConfiguration is missing",)
    elif policy.kind == "TargetTrackingScaling":
        if not tracking:
            yield "TargetTrackingScalingPolicyConfiguration is missing"
        elif tracking.target_value <= 0:
            yield "TargetValue must be greater than 0"
    elif policy.kind != "PredictiveScaling":
        yield f"`{policy.kind}` is no policy type"
    if policy.alarm and policy.alarm.comparison_operator not in OPERATORS:
        yield f"`{policy.alarm.comparison_operator}` is no comparison operator for it"


def _step_problems(step: StepScaling) -> Iterator[str]:
    if step.adjustment_type not in ADJUST:
        yield f"`{step.adjustment_type}` is no adjustment type"
    if not step.step_adjustments:
        yield "at least one step adjustment is required"
    if step.adjustment_type == "ExactCapacity" and any(a.scaling_adjustment < 0 for a in step.step_adjustments):
        yield "an exact capacity must be 0 or more"
    yield from _interval_problems(sorted(step.step_adjustments, key=lambda a: (a.lower, a.upper)))


def _interval_problems(steps: list[StepAdjustment]) -> Iterator[str]:
    """Steps neither overlap nor leave a gap, and reach infinity on the side where they stand."""
    if any(a.lower == float("-inf") and a.upper == float("inf") for a in steps):
        yield "the bounds of a step cannot both be null"
    if any(a.upper <= a.lower for a in steps):
        yield "the upper bound of a step must be greater than its lower bound"
    for bound in ("lower", "upper"):
        if sum(abs(getattr(a, bound)) == float("inf") for a in steps) > 1:
            yield f"at most one step may have a null {bound} bound"
    for one, other in pairwise(steps):
        if one.upper != other.lower:
            yield "step intervals must not " + ("overlap" if one.upper > other.lower else "leave a gap")
    finite = [bound for a in steps for bound in (a.lower, a.upper) if abs(bound) != float("inf")]
    if finite and min(finite) < 0 and steps[0].lower != float("-inf"):
        yield "with a negative bound one step must have a null lower bound"
    if finite and max(finite) > 0 and steps[-1].upper != float("inf"):
        yield "with a positive bound one step must have a null upper bound"
