"""Service Auto Scaling of an Amazon ECS service: how does the desired count follow a metric and a schedule?

For each datapoint, in Application Auto Scaling's order: every policy says what it wants (step scaling from
its alarm, target tracking from its target), the largest capacity wins, MinCapacity and MaxCapacity bound it,
and cooldowns, deployments and suspensions hold scale-in (or scale-out) back. Scheduled actions move the
bounds at their time. (Application Auto Scaling User Guide; Amazon ECS Developer Guide, "Automatically scale
your service".) The rules stand in `_rules.py`, the documents in `_documents.py`, the arithmetic in `_policies.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.ecs.ecs_autoscaling import _policies as sums
from dva.simulations.ecs.ecs_autoscaling import _rules as rules
from dva.simulations.ecs.ecs_autoscaling._documents import (
    Alarm,
    Given,
    Point,
    Policy,
    ScheduledAction,
    StepAdjustment,
    StepScaling,
    TargetTracking,
    check,
)

Direction = Literal["out", "in"]

# The rule functions that beliefs replace.


def base_in_cooldown(current: int, before: int) -> int:
    """Scale-out in a scale-out cooldown counts from the capacity before that cooldown."""
    return before


def blocks(cooldown: Direction, wanted: Direction) -> bool:
    """Whether a running cooldown holds an activity back."""
    return wanted == "in"


def tracking_agrees(ready: list[bool]) -> bool:
    """Whether tracking policies scale in, given which of them (with scale-in on) want to."""
    return all(ready)


def scheduled(capacity: int, least: int, most: int) -> int:
    """A scheduled action moves the capacity into the new bounds."""
    return min(max(capacity, least), most)


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    step_of: Callable[[list[StepAdjustment], float, Alarm], int | None] = sums.step_of
    percent_change: Callable[[int, int], int] = sums.percent_change
    tracked: Callable[[int, float, float], int] = sums.tracked
    base_in_cooldown: Callable[[int, int], int] = base_in_cooldown
    blocks: Callable[[Direction, Direction], bool] = blocks
    tracking_agrees: Callable[[list[bool]], bool] = tracking_agrees
    within: Callable[[str, int, int, int, int], int] = sums.within
    scheduled: Callable[[int, int, int], int] = scheduled


@dataclass(frozen=True)
class Wish:
    """The capacity that a policy wants at a datapoint and why, and the cooldowns (seconds) that would follow."""

    to: int
    cause: str
    why: str
    cooldown_out: int
    cooldown_in: int


@dataclass(frozen=True)
class Cooldown:
    """What began it, the capacity before that, and when it ends."""

    direction: Direction
    before: int
    until: float


def start(given: Given) -> dict[str, Any]:
    return {"series": {"capacity": [[given.begin(), given.current_capacity]]}, "events": []}


def play(given: Given, trace: Tracer, how: How) -> None:
    """Scheduled actions and datapoints in the order of time, at the same time the action first [convention]."""
    check(given)
    scaling = Scaling(given, trace, how)
    scaling.begin()
    moments: list[ScheduledAction | Point] = [*given.scheduled_actions, *given.points()]
    for moment in sorted(moments, key=lambda moment: moment.at):
        if isinstance(moment, ScheduledAction):
            scaling.act(moment)
        else:
            scaling.observe(moment)
    if not trace.outcome["activities"]:
        changes = {"/outcome/status": "unchanged", "/outcome/finalCapacity": scaling.capacity}
        trace.step(rules.UNCHANGED, f"The desired count stays at {scaling.capacity}", scaling.last, changes=changes)


class Scaling:
    """A scalable target that follows its policies."""

    def __init__(self, given: Given, trace: Tracer, how: How) -> None:
        self.given, self.trace, self.how = given, trace, how
        self.capacity = given.current_capacity
        self.least = given.scalable_target.min_capacity or 0
        self.most = given.scalable_target.max_capacity or 0
        self.at: float = given.begin()
        self.cooldown = self._given_cooldown()
        self.last = rules.UNCHANGED.says

    def _given_cooldown(self) -> Cooldown | None:
        """The scale-out cooldown that already runs: for as long as the longest of the policies, from now."""
        active = self.given.active_scale_out_cooldown
        if not active:
            return None
        lengths = [1]
        for policy in self.given.policies:
            steps, tracking = (
                policy.step_scaling_policy_configuration,
                policy.target_tracking_scaling_policy_configuration,
            )
            lengths += [steps.cooldown] if steps else [tracking.scale_out_cooldown] if tracking else []
        return Cooldown("out", active.capacity_before, self.at + max(lengths))

    def begin(self) -> None:
        """Where it starts."""
        self.trace.step(
            rules.TARGET, f"{self.capacity} tasks, between {self.least} and {self.most}", rules.TARGET.says,
            changes={"/outcome/status": "unchanged"} | self._bounds(),
        )  # fmt: skip
        for policy in self.given.policies:
            if policy.kind == "PredictiveScaling":
                self.trace.step(rules.PREDICTIVE, f"{policy.title} is predictive", rules.PREDICTIVE.says)

    def _bounds(self) -> dict[str, Any]:
        return {
            "/outcome/finalCapacity": self.capacity,
            "/outcome/MinCapacity": self.least,
            "/outcome/MaxCapacity": self.most,
        }

    # Scheduled actions

    def act(self, action: ScheduledAction) -> None:
        """A scheduled action runs, unless it is suspended or its bounds contradict the ones it leaves alone."""
        self.at = action.at
        name, bounds = action.scheduled_action_name, action.scalable_target_action
        if self.given.suspended("scheduled_scaling_suspended"):
            return self._tell(rules.SUSPENDED, f"{name} does not run", "ScheduledScalingSuspended is true.")
        least = self.least if bounds.min_capacity is None else bounds.min_capacity
        most = self.most if bounds.max_capacity is None else bounds.max_capacity
        if least > most:
            return self._tell(rules.SCHEDULED, f"{name} fails", f"MinCapacity {least} is greater than {most}.")
        self.least, self.most = least, most
        self._tell(
            rules.SCHEDULED, f"{name}: between {least} and {most}", rules.SCHEDULED.says, self._bounds(),
            event=f"{name}: {least} to {most}",
        )  # fmt: skip
        moved = self.how.scheduled(self.capacity, least, most)
        if moved != self.capacity:
            self._scale(rules.SCHEDULED, moved, f"scheduled action {name}")
        return None

    # Datapoints

    def observe(self, point: Point) -> None:
        """One datapoint: what each policy wants, and what comes of it."""
        self.at = point.at
        shown = point.metrics if point.metrics is not None else {"metric": point.metric}
        told = ", ".join(f"{name} is {'no data' if value is None else f'{value:g}'}" for name, value in shown.items())
        self._tell(rules.DATAPOINT, f"At {point.at:g} s: {told}", rules.DATAPOINT.says, self._draw_metrics(shown))
        wishes = self._step_wishes(point) + self._tracking_wishes(point)
        if not wishes:
            return
        wish = max(wishes, key=lambda wish: wish.to)
        if len(wishes) > 1:
            wanted = ", ".join(f"{w.to} ({w.cause})" for w in wishes)
            self._tell(rules.LARGEST, f"{wish.to} tasks win", f"Wanted: {wanted}. {rules.LARGEST.says}")
        if wish.to > self.capacity:
            self._scale_out(wish)
        elif wish.to < self.capacity:
            self._scale_in(wish)

    def _draw_metrics(self, shown: dict[str, float | None]) -> dict[str, Any]:
        if not self.trace.recording:
            return {}
        drawn: dict[str, Any] = {}
        series = self.trace.document["state"]["series"]
        for name, value in shown.items():
            if value is not None:
                path = pointer("state", "series", name)
                drawn[f"{path}/-" if name in series else path] = (
                    [self.at, value] if name in series else [[self.at, value]]
                )
        return drawn

    def _step_wishes(self, point: Point) -> list[Wish]:
        wishes = []
        for policy in self.given.policies:
            configuration = policy.step_scaling_policy_configuration
            if policy.kind == "StepScaling" and configuration:
                wish = self._step_wish(policy, configuration, point.value(policy))
                wishes += [wish] if wish else []
        return wishes

    def _step_wish(self, policy: Policy, steps: StepScaling, metric: float | None) -> Wish | None:
        """Step scaling: the step that the distance from the alarm's threshold falls into."""
        alarm = policy.alarm
        if metric is None:
            self._tell(rules.NO_DATA, f"{policy.title} has no data", rules.NO_DATA.says)
            return None
        if alarm is None or not sums.breached(alarm, metric):
            why = f"{alarm.comparison_operator} {alarm.threshold:g}" if alarm else "no alarm invokes it"
            self._tell(rules.ALARM, f"{policy.title} is not invoked", f"{why}. {rules.ALARM.says}")
            return None
        index = self.how.step_of(steps.step_adjustments, metric, alarm)
        side = rules.ABOVE if sums.looks_above(alarm) else rules.BELOW
        distance = f"{metric:g} - {alarm.threshold:g} = {metric - alarm.threshold:g}"
        if index is None:
            self._tell(side, f"{policy.title}: no step", f"No step holds {distance}. {side.says}")
            return None
        adjustment = steps.step_adjustments[index].scaling_adjustment
        cause = f"step {index + 1} ({_sign(steps.adjustment_type, adjustment)})"
        self._tell(side, f"{policy.title}: {cause}", f"The distance is {distance}. {side.says}")
        return self._adjust(steps, adjustment, cause)

    def _adjust(self, steps: StepScaling, adjustment: int, cause: str) -> Wish:
        """The capacity that the adjustment makes of the current one, or of the one before a scale-out cooldown."""
        to = self._adjusted(self.capacity, steps, adjustment)
        rule = rules.ADJUST[steps.adjustment_type]
        self._tell(rule, f"{self.capacity} tasks would become {to}", f"{cause}. {rule.says}")
        if steps.adjustment_type == "PercentChangeInCapacity" and steps.min_adjustment_magnitude:
            told = f"MinAdjustmentMagnitude is {steps.min_adjustment_magnitude}"
            self._tell(rules.MAGNITUDE, told, rules.MAGNITUDE.says)
        counted, why = self._counted(to, lambda base: self._adjusted(base, steps, adjustment))
        return Wish(counted, cause, why or rule.says, steps.cooldown, steps.cooldown)

    def _adjusted(self, capacity: int, steps: StepScaling, adjustment: int) -> int:
        if steps.adjustment_type == "ExactCapacity":
            return adjustment
        change = adjustment
        if steps.adjustment_type == "PercentChangeInCapacity":
            change = sums.at_least(self.how.percent_change(capacity, adjustment), steps.min_adjustment_magnitude)
        return max(0, capacity + change)

    def _tracking_wishes(self, point: Point) -> list[Wish]:
        """Target tracking: any policy scales out; they scale in together or not at all."""
        outs, ins, ready = [], [], []
        for policy in self.given.policies:
            tracking = policy.target_tracking_scaling_policy_configuration
            if policy.kind != "TargetTrackingScaling" or not tracking:
                continue
            direction, wish = self._tracking_wish(policy, tracking, point.value(policy))
            if direction == "out" and wish:
                outs.append(wish)
            if not tracking.disable_scale_in:
                ready.append(direction == "in")
                ins += [wish] if direction == "in" and wish else []
        if outs or not ins:
            return outs
        agreed = self.how.tracking_agrees(ready)
        if len(ready) > 1:
            told = f"{sum(ready)} of {len(ready)} tracking policies want to scale in"
            self._tell(rules.AGREE, told, rules.AGREE.says)
        return ins if agreed else []

    def _tracking_wish(
        self, policy: Policy, tracking: TargetTracking, metric: float | None
    ) -> tuple[Direction | None, Wish | None]:
        """What one tracking policy wants, and in which direction."""
        name, target = policy.title, tracking.target_value
        if metric is None:
            self._tell(rules.NO_DATA, f"{name} has no data", rules.NO_DATA.says)
            return None, None
        to = self.how.tracked(self.capacity, metric, target)
        formula = f"{self.capacity} x {metric:g} / {target:g} = {self.capacity * metric / target:g}, so {to}"
        cause = f"target tracking {policy.policy_name or ''}".strip()
        if metric > target and self.capacity == 0:
            self._tell(rules.TRACK_ZERO, f"{name} wants the first task", rules.TRACK_ZERO.says)
            return "out", Wish(1, cause, rules.TRACK_ZERO.says, tracking.scale_out_cooldown, tracking.scale_in_cooldown)
        if metric > target:
            self._tell(rules.TRACK_OUT, f"{name} wants {to} tasks", f"{formula}. {rules.TRACK_OUT.says}")
            counted, why = self._counted(to, lambda base: self.how.tracked(base, metric, target))
            why = why or f"{formula}. {rules.TRACK_OUT.says}"
            return "out", Wish(counted, cause, why, tracking.scale_out_cooldown, tracking.scale_in_cooldown)
        if sums.exact(metric) >= sums.BAND * sums.exact(target):
            self._tell(rules.TRACK_BAND, f"{name} is close to its target", f"{metric:g} of {target:g}.")
            return None, None
        if tracking.disable_scale_in:
            self._tell(rules.TRACK_DISABLED, f"{name} may not scale in", rules.TRACK_DISABLED.says)
            return None, None
        self._tell(rules.TRACK_IN, f"{name} wants {to} tasks", f"{formula}. {rules.TRACK_IN.says}")
        why = f"{formula}. {rules.TRACK_IN.says}"
        return "in", Wish(to, cause, why, tracking.scale_out_cooldown, tracking.scale_in_cooldown)

    def _counted(self, to: int, again: Callable[[int], int]) -> tuple[int, str]:
        """A scale-out that counts the increase of a running scale-out cooldown as part of its own, and why."""
        running = self._running()
        if to <= self.capacity or not running or running.direction != "out":
            return to, ""
        counted = max(self.capacity, again(self.how.base_in_cooldown(self.capacity, running.before)))
        why = (
            f"The cooldown began at {running.before} tasks, {self.capacity - running.before} were added since. "
            f"{rules.COUNTS.says}"
        )
        self._tell(rules.COUNTS, f"In the cooldown that makes {counted} tasks", why)
        return counted, why

    # What comes of a wish

    def _running(self) -> Cooldown | None:
        """The cooldown that runs now; a cooldown is over at the second in which it ends."""
        running = self.cooldown
        return running if running and self.at < running.until else None

    def _scale_out(self, wish: Wish) -> None:
        if self.given.suspended("dynamic_scaling_out_suspended"):
            return self._tell(rules.SUSPENDED, "No scale-out", "DynamicScalingOutSuspended is true.")
        running = self._running()
        if running and self.how.blocks(running.direction, "out"):
            return self._tell(rules.BLOCKS, "No scale-out in the cooldown", f"It ends at {running.until:g} s.")
        to, bound = self._bounded("out", wish.to)
        if to == self.capacity:
            return None
        if running and running.direction == "in":
            self._tell(rules.BREAKS, "The scale-in cooldown ends", rules.BREAKS.says)
        before = running.before if running and running.direction == "out" else self.capacity
        self.cooldown = Cooldown("out", before, self.at + wish.cooldown_out)
        return self._scale(rules.SCALE, to, wish.cause, f"{wish.why} {bound}Its cooldown lasts {wish.cooldown_out} s.")

    def _scale_in(self, wish: Wish) -> None:
        if self.given.suspended("dynamic_scaling_in_suspended"):
            return self._tell(rules.SUSPENDED, "No scale-in", "DynamicScalingInSuspended is true.")
        if self.given.deployment_in_progress:
            return self._tell(rules.DEPLOYING, "No scale-in during the deployment", rules.DEPLOYING.says)
        running = self._running()
        if running and self.how.blocks(running.direction, "in"):
            until = f"A scale-{running.direction} cooldown runs until {running.until:g} s."
            return self._tell(rules.BLOCKS, "No scale-in in the cooldown", f"{until} {rules.BLOCKS.says}")
        to, bound = self._bounded("in", wish.to)
        if to == self.capacity:
            return None
        self.cooldown = Cooldown("in", self.capacity, self.at + wish.cooldown_in)
        return self._scale(rules.SCALE, to, wish.cause, f"{wish.why} {bound}Its cooldown lasts {wish.cooldown_in} s.")

    def _bounded(self, direction: Direction, wanted: int) -> tuple[int, str]:
        """The wish within MinCapacity and MaxCapacity, and the rule that changed it."""
        to = self.how.within(direction, self.capacity, wanted, self.least, self.most)
        if to == wanted:
            return to, ""
        rule = rules.AT_MAX if max(self.capacity, wanted) > self.most else rules.AT_MIN
        self._tell(rule, f"{wanted} tasks are not possible: {to}", rule.says)
        return to, f"{rule.says} "

    def _scale(self, rule: Rule, to: int, cause: str, why: str = "") -> None:
        """The activity."""
        activity = {"at": self.at, "from": self.capacity, "to": to, "cause": cause}
        changes: dict[str, Any] = {
            "/outcome/activities/-": activity,
            "/outcome/status": "scaled",
            "/outcome/finalCapacity": to,
        }
        if self.trace.recording:
            changes["/state/series/capacity/-"] = [self.at, to]
        title = f"From {self.capacity} to {to} tasks: {cause}"
        self._tell(rule, title, why or rule.says, changes, event=f"{self.capacity} to {to}: {cause}")
        self.capacity = to

    def _tell(
        self, rule: Rule, title: str, why: str, changes: dict[str, Any] | None = None, event: str | None = None
    ) -> None:
        """A step at the present time; with `event` it is marked on the time line."""
        self.last = f"{title}. {why}"
        drawn = {"/state/events/-": [self.at, event]} if event and self.trace.recording else {}
        self.trace.step(rule, title, why, at=self.at, changes=(changes or {}) | drawn)


def _sign(kind: str, adjustment: int) -> str:
    """The adjustment in short: +10%, -2, =5."""
    if kind == "ExactCapacity":
        return f"={adjustment}"
    return f"{adjustment:+d}%" if kind == "PercentChangeInCapacity" else f"{adjustment:+d}"


# Beliefs


def bounds_are_metric_values(steps: list[StepAdjustment], metric: float, alarm: Alarm) -> int | None:
    """Believed: the bounds of a step are values of the metric."""
    return next((index for index, step in enumerate(steps) if step.lower <= metric < step.upper), None)


def percent_rounds_away(capacity: int, percent: int) -> int:
    """Believed: a fraction of a task counts as a whole one."""
    change = -(-capacity * abs(percent) // 100)
    return change if percent > 0 else -change


BELIEFS = (
    Belief(
        "cooldown-never-blocks", "a cooldown does not hold scale-in back",
        "Scale-in waits until a running cooldown is over, whichever direction began it.",
        "blocks", lambda cooldown, wanted: False, ("ecs-auto-scaling.cooldown-in",),
    ),
    Belief(
        "bounds-are-metric-values", "the bounds of a step are values of the metric",
        "They are distances from the alarm's threshold: with the threshold 50, a lower bound of 10 means 60.",
        "step_of", bounds_are_metric_values, ("ecs-auto-scaling.step-intervals",),
    ),
    Belief(
        "percent-rounds-up", "a percentage is rounded up to whole tasks",
        "It is rounded toward zero (3.3 is 3), only less than one task becomes one.",
        "percent_change", percent_rounds_away, ("ecs-auto-scaling.step-percent",),
    ),
    Belief(
        "tracking-rounds-down", "target tracking rounds the capacity down",
        "It rounds up, so that the metric ends at the target or below it.",
        "tracked", lambda capacity, metric, target: int(capacity * sums.exact(metric) / sums.exact(target)),
        ("ecs-auto-scaling.03",),
    ),
    Belief(
        "tracking-adds-one", "target tracking adds or removes one task at a time",
        "It goes to the capacity at which the metric would be at the target, however far that is.",
        "tracked", lambda capacity, metric, target: capacity + (1 if metric > target else -1), ("ecs-auto-scaling.03",),
    ),
    Belief(
        "cooldown-blocks-everything", "during a cooldown nothing scales",
        "A cooldown blocks scale-in; a larger scale-out still happens, with the earlier increase counted in.",
        "blocks", lambda cooldown, wanted: True, ("ecs-auto-scaling.cooldown-out",),
    ),
    Belief(
        "cooldown-adds-up", "a second scale-out in a cooldown adds its whole step",
        "What the first one added counts towards it: 10 to 12 by +2, then +3 makes 13, not 15.",
        "base_in_cooldown", lambda current, before: current, ("ecs-auto-scaling.cooldown-out",),
    ),
    Belief(
        "any-policy-scales-in", "one tracking policy below its target is enough to scale in",
        "All tracking policies with scale-in on have to want it; one of them is enough to scale out only.",
        "tracking_agrees", any, ("ecs-auto-scaling.several-policies",),
    ),
    Belief(
        "maximum-does-not-bind-alarms", "MinCapacity and MaxCapacity do not bind a policy whose alarm is in breach",
        "No policy scales outside of them; only changing the scalable target or a scheduled action moves them.",
        "within", lambda direction, current, wanted, least, most: wanted, ("ecs-auto-scaling.limits",),
    ),
    Belief(
        "schedule-sets-the-count", "a scheduled action sets the desired count to its MinCapacity",
        "It sets the bounds; the count moves only as far as it lies outside of them.",
        "scheduled", lambda capacity, least, most: least, ("ecs-auto-scaling.05",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="ecs-autoscaling",
    title="ECS Service Auto Scaling",
    view="timeline",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={"activities": [], "finalCapacity": None, "MinCapacity": None, "MaxCapacity": None},
    statuses=("scaled", "unchanged", "refused"),
    play=play,
    how=How(),
    start=start,
    unit="s",
)  # fmt: skip
