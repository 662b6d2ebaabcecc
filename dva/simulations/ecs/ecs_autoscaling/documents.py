"""What service auto scaling is given, and what it results in."""

import operator
from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import Meta, field

from dva.aws.document import AwsDocument, Integer, StrictStruct
from dva.errors import GivenError
from dva.simulations.ecs.ecs_autoscaling.rules import COOLDOWN
from dva.simulations.frame import Outcome, Phrases

Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
"""A finite number, as CloudWatch and JSON have it."""
Seconds = Annotated[int, Meta(ge=-(10**15), le=10**15)] | Annotated[float, Meta(ge=-1e15, le=1e15)]
Direction = Literal["out", "in"]
Tasks = Annotated[int, Meta(ge=0, le=2**31 - 1)]
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge, "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt, "LessThanOrEqualToThreshold": operator.le,
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

    @property
    def above(self) -> bool:
        """Whether it watches for values above its threshold."""
        return self.comparison_operator.startswith("Greater")

    def breached(self, metric: float) -> bool:
        """Return whether this value of the metric puts it in breach."""
        return COMPARISONS[self.comparison_operator](metric, self.threshold)


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

    @property
    def step_scaling(self) -> StepScaling | None:
        """The configuration of a step policy."""
        return self.step_scaling_policy_configuration if self.kind == "StepScaling" else None

    @property
    def target_tracking(self) -> TargetTracking | None:
        """The configuration of a target tracking policy."""
        return self.target_tracking_scaling_policy_configuration if self.kind == "TargetTrackingScaling" else None

    def cooldown(self, direction: Direction) -> int:
        """Return the seconds of the cooldown that follows scaling in this direction."""
        if self.step_scaling:
            return self.step_scaling.cooldown
        tracking = self.target_tracking
        return 0 if not tracking else tracking.scale_out_cooldown if direction == "out" else tracking.scale_in_cooldown


class ScalableTargetAction(AwsDocument, rename="pascal"):
    min_capacity: Integer | None = None
    max_capacity: Integer | None = None


class ScheduledAction(AwsDocument, rename="pascal", kw_only=True):
    """PutScheduledAction, with the time at which dva runs it."""

    wrappers = ("ScheduledActions",)
    scheduled_action_name: str = ""
    at: Seconds = field(name="at")
    """When it runs, in seconds."""
    scalable_target_action: ScalableTargetAction = field(default_factory=ScalableTargetAction)


class Point(StrictStruct):
    """A datapoint of the metric: one value for all policies, or one for each."""

    at: Seconds = 0
    """When it is observed, in seconds."""
    metric: Number | None = None
    """The value that every policy sees; null is no data."""
    metrics: dict[str, Number | None] | None = None
    """The value that each policy sees, by the policy's name; null is no data."""

    def value(self, policy: Policy) -> float | None:
        """Return what this policy sees."""
        return self.metric if self.metrics is None else self.metrics.get(policy.policy_name or "")


class ScaleOutCooldown(StrictStruct):
    """A scale-out cooldown that is running when the timeline begins."""

    capacity_before: Tasks
    """The capacity, in tasks, at which it began."""


class Given(StrictStruct):
    """A scalable target with its policies, and what happens over time."""

    scalable_target: ScalableTarget
    """The scalable target: the desired count of a service, between MinCapacity and MaxCapacity."""
    current_capacity: Tasks
    """The desired count, in tasks, when the timeline begins."""
    policies: list[Policy] = []
    """The scaling policies; a step policy has its Alarm with it."""
    scheduled_actions: list[ScheduledAction] = []
    """The scheduled actions, each with the second `at` which it runs."""
    timeline: list[Point] = []
    """The datapoints of the metric."""
    metrics: dict[str, Number | None] | None = None
    """Instead of a timeline, one datapoint: the value that each policy sees, by the policy's name."""
    deployment_in_progress: bool = False
    """Whether a deployment of the service runs all the time."""
    suspended_state: SuspendedState | None = None
    """Which kinds of scaling are suspended, in addition to those of the scalable target."""
    active_scale_out_cooldown: ScaleOutCooldown | None = None
    """A scale-out cooldown that is running when the timeline begins."""

    def points(self) -> list[Point]:
        """Return the datapoints: the timeline, or the one moment that `metrics` describes."""
        if self.metrics is not None and self.timeline:
            raise GivenError(
                "give either `timeline` or `metrics`", pointer="/metrics",
                hint="a point of the timeline may have `metrics` of its own",
            )  # fmt: skip
        return [Point(metrics=self.metrics)] if self.metrics is not None else self.timeline

    def first_moment(self) -> float:
        """Return the second at which the first thing happens."""
        return min([point.at for point in self.points()] + [action.at for action in self.scheduled_actions], default=0)

    def suspended(self, member: str) -> bool:
        """Return whether one of the three kinds of scaling is suspended."""
        states = (self.suspended_state, self.scalable_target.suspended_state)
        return any(getattr(state, member) for state in states if state)


class Activities(Outcome):
    """How the desired count followed the metric and the schedule."""

    status: Annotated[
        Literal["scaled", "unchanged", "refused"] | None,
        Phrases(
            {
                "scaled": "The desired count changes",
                "unchanged": "The desired count stays the same",
                "refused": "Application Auto Scaling rejects the request",
            }
        ),
    ] = None
    """`scaled`, `unchanged`, or `refused` where Application Auto Scaling rejects the target, a policy or an action."""
    activities: list[dict[str, int | float | str]] = []
    """The scaling activities: `at` a second, `from` and `to` a number of tasks, and the `cause`."""
    finalCapacity: int | None = None
    """The desired count at the end, in tasks."""
    MinCapacity: int | None = None
    """The least capacity at the end, in tasks."""
    MaxCapacity: int | None = None
    """The largest capacity at the end, in tasks."""
