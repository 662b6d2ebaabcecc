"""The run: scheduled actions and datapoints, what each policy proposes, and what holds it back."""

from collections.abc import Callable
from dataclasses import dataclass

from dva.aws.service_model import Request
from dva.simulations.ecs.ecs_autoscaling import documents as doc
from dva.simulations.ecs.ecs_autoscaling import policies, rules
from dva.simulations.ecs.ecs_autoscaling.requests import check
from dva.simulations.frame import Append, Draw, Run, State
from dva.trace import Place, Rule


@dataclass(frozen=True)
class Proposal:
    """The capacity that a policy wants at a datapoint, and why."""

    to: int
    policy: doc.Policy
    cause: str
    why: str


@dataclass(frozen=True)
class Cooldown:
    """What began it, the capacity before that, and when it ends."""

    direction: doc.Direction
    before: int
    until: float


def initial_state(given: doc.Given) -> State:
    """Return the timeline with the capacity at its beginning."""
    return {"series": {"capacity": [[given.first_moment(), given.current_capacity]]}, "events": []}


def follow(given: doc.Given, run: Run) -> None:
    """Take scheduled actions and datapoints in the order of time, at the same time the action first (assumed)."""
    check(given)
    scaling = Scaling(given, run)
    run.step(rules.TARGET, f"{scaling.capacity} tasks, between {scaling.least} and {scaling.most}", status="unchanged",
             finalCapacity=scaling.capacity, MinCapacity=scaling.least, MaxCapacity=scaling.most)  # fmt: skip
    for policy in given.policies:
        if policy.kind == "PredictiveScaling":
            run.step(rules.PREDICTIVE, f"{policy.title} is predictive")
    moments: list[doc.ScheduledAction | doc.Point] = [*given.scheduled_actions, *given.points()]
    for moment in sorted(moments, key=lambda moment: moment.at):
        if isinstance(moment, doc.ScheduledAction):
            scaling.act(moment)
        else:
            scaling.observe(moment)
    if not run.outcome["activities"]:
        title = f"The desired count stays at {scaling.capacity}"
        run.step(rules.UNCHANGED, title, scaling.last, status="unchanged", finalCapacity=scaling.capacity)


class Scaling:
    """A scalable target that follows its policies."""

    def __init__(self, given: doc.Given, run: Run) -> None:
        self.given, self.run = given, run
        self.capacity = given.current_capacity
        self.least = given.scalable_target.min_capacity or 0
        self.most = given.scalable_target.max_capacity or 0
        self.at: float = given.first_moment()
        self.cooldown: Cooldown | None = None
        if given.active_scale_out_cooldown:  # it is running for as long as the longest of the policies, from now
            longest = max([1, *(policy.cooldown("out") for policy in given.policies)])
            self.cooldown = Cooldown("out", given.active_scale_out_cooldown.capacity_before, self.at + longest)
        self.last = ""
        self._drawn = {"capacity"}

    def log(self, rule: Rule, title: str, why: str = "", *, draw: Callable[[], Draw] | None = None) -> None:
        """Record a step at the present time, and remember it as the last thing that happened."""
        self.last = f"{title}. {why}".strip()
        self.run.step(rule, title, why, at=self.at, draw=draw)

    # Scheduled actions

    def act(self, action: doc.ScheduledAction) -> None:
        """Run a scheduled action, unless it is suspended or its bounds contradict the ones it leaves alone."""
        self.at = action.at
        name, bounds = action.scheduled_action_name, action.scalable_target_action
        if self.given.suspended("scheduled_scaling_suspended"):
            return self.log(rules.SUSPENDED, f"{name} does not run", "ScheduledScalingSuspended is true.")
        least = self.least if bounds.min_capacity is None else bounds.min_capacity
        most = self.most if bounds.max_capacity is None else bounds.max_capacity
        if least > most:
            return self.log(rules.SCHEDULED, f"{name} fails", f"MinCapacity {least} is greater than {most}.")
        self.least, self.most = least, most
        self.last = title = f"{name}: between {least} and {most}"
        self.run.step(rules.SCHEDULED, title, at=self.at,
                      draw={("events", "-"): [self.at, f"{name}: {least} to {most}"]}, finalCapacity=self.capacity,
                      MinCapacity=least, MaxCapacity=most)  # fmt: skip
        moved = self.run.using(policies.scheduled)(self.capacity, least, most)
        if moved != self.capacity:
            self._scale(rules.SCHEDULED, moved, f"scheduled action {name}")
        return None

    # Datapoints

    def observe(self, point: doc.Point) -> None:
        """Ask each policy what it wants at this datapoint, and do it."""
        self.at = point.at
        values = point.metrics if point.metrics is not None else {"metric": point.metric}
        shown = ", ".join(f"{name} is {'no data' if value is None else f'{value:g}'}" for name, value in values.items())
        self.log(rules.DATAPOINT, f"At {point.at:g} s: {shown}", draw=lambda: self._draw_metrics(values))
        asked = [self._step_proposal(policy, point.value(policy)) for policy in self.given.policies]
        proposals = [proposal for proposal in asked if proposal] + self._tracking_proposals(point)
        if not proposals:
            return
        largest = max(proposals, key=lambda proposal: proposal.to)
        if len(proposals) > 1:
            wanted = ", ".join(f"{proposal.to} ({proposal.cause})" for proposal in proposals)
            self.log(rules.LARGEST, f"{largest.to} tasks win", f"Wanted: {wanted}.")
        self._follow(largest)

    def _draw_metrics(self, values: dict[str, float | None]) -> Draw:
        drawn: dict[Place, object] = {}
        for name, value in values.items():
            if value is not None and name in self._drawn:
                drawn["series", name, "-"] = [self.at, value]
            elif value is not None:
                drawn["series", name] = [[self.at, value]]
                self._drawn.add(name)
        return drawn

    def _step_proposal(self, policy: doc.Policy, metric: float | None) -> Proposal | None:
        """Find the step that the distance from the alarm's threshold falls into."""
        steps, alarm = policy.step_scaling, policy.alarm
        if not steps:
            return None
        if metric is None:
            self.log(rules.NO_DATA, f"{policy.title} has no data")
            return None
        if alarm is None or not alarm.breached(metric):
            why = f"{alarm.comparison_operator} {alarm.threshold:g}." if alarm else "No alarm invokes it."
            self.log(rules.ALARM, f"{policy.title} is not invoked", why)
            return None
        index = self.run.using(policies.step_of)(steps.step_adjustments, metric, alarm)
        side = rules.ABOVE if alarm.above else rules.BELOW
        distance = f"{metric:g} - {alarm.threshold:g} = {metric - alarm.threshold:g}"
        if index is None:
            self.log(side, f"{policy.title}: no step", f"No step holds {distance}.")
            return None
        adjustment = steps.step_adjustments[index].scaling_adjustment
        cause = f"step {index + 1} ({_short(steps.adjustment_type, adjustment)})"
        self.log(side, f"{policy.title}: {cause}", f"The distance is {distance}.")
        to = self._adjusted(self.capacity, steps, adjustment)
        self.log(rules.ADJUST[steps.adjustment_type], f"{self.capacity} tasks would become {to}", f"{cause}.")
        percent, magnitude = steps.adjustment_type == "PercentChangeInCapacity", steps.min_adjustment_magnitude
        if percent and magnitude:
            self.log(rules.MAGNITUDE, f"MinAdjustmentMagnitude is {magnitude}")
        counted, why = self._counted(to, lambda base: self._adjusted(base, steps, adjustment))
        if percent and not why:
            least = f", at least {magnitude}" if magnitude else ""
            why = f"{adjustment} % of {self.capacity} tasks is {self.capacity * adjustment / 100:g}{least}."
        return Proposal(counted, policy, cause, why)

    def _adjusted(self, capacity: int, steps: doc.StepScaling, adjustment: int) -> int:
        if steps.adjustment_type == "ExactCapacity":
            return adjustment
        change = adjustment
        if steps.adjustment_type == "PercentChangeInCapacity":
            change = self.run.using(policies.percent_change)(capacity, adjustment)
            change = policies.at_least(change, steps.min_adjustment_magnitude)
        return max(0, capacity + change)

    def _tracking_proposals(self, point: doc.Point) -> list[Proposal]:
        """Return what target tracking wants: any policy scales out; they scale in together or not at all."""
        outs, ins, ready = list[Proposal](), list[Proposal](), list[bool]()
        for policy in self.given.policies:
            tracking, metric = policy.target_tracking, point.value(policy)
            if not tracking:
                continue
            proposal = self._tracking_proposal(policy, tracking, metric)
            above = metric is not None and metric > tracking.target_value
            if proposal:
                (outs if above else ins).append(proposal)
            if not tracking.disable_scale_in:
                ready.append(proposal is not None and not above)
        if outs or not ins:
            return outs
        agreed = self.run.using(policies.tracking_agrees)(ready)
        if len(ready) > 1:
            self.log(rules.AGREE, f"{sum(ready)} of {len(ready)} tracking policies want to scale in")
        return ins if agreed else []

    def _tracking_proposal(
        self, policy: doc.Policy, tracking: doc.TargetTracking, metric: float | None
    ) -> Proposal | None:
        """Compute the capacity at which one policy's metric would be at its target."""
        name, target, tracked = policy.title, tracking.target_value, self.run.using(policies.tracked)
        if metric is None:
            self.log(rules.NO_DATA, f"{name} has no data")
            return None
        to, cause = tracked(self.capacity, metric, target), f"target tracking {policy.policy_name or ''}".strip()
        formula = f"{self.capacity} x {metric:g} / {target:g} = {self.capacity * metric / target:g}, so {to}."
        if metric > target and self.capacity == 0:
            self.log(rules.TRACK_ZERO, f"{name} wants the first task")
            return Proposal(1, policy, cause, "")
        if metric > target:
            self.log(rules.TRACK_OUT, f"{name} wants {to} tasks", formula)
            counted, why = self._counted(to, lambda base: tracked(base, metric, target))
            return Proposal(counted, policy, cause, why or formula)
        if policies.exact(metric) >= rules.BAND * policies.exact(target):
            self.log(rules.TRACK_BAND, f"{name} is close to its target", f"{metric:g} of {target:g}.")
        elif tracking.disable_scale_in:
            self.log(rules.TRACK_DISABLED, f"{name} may not scale in")
        else:
            self.log(rules.TRACK_IN, f"{name} wants {to} tasks", formula)
            return Proposal(to, policy, cause, formula)
        return None

    def _counted(self, to: int, compute: Callable[[int], int]) -> tuple[int, str]:
        """Return a scale-out that counts the increase of a running scale-out cooldown as part of its own, and why."""
        running = self._running()
        if to <= self.capacity or not running or running.direction != "out":
            return to, ""
        counted = max(self.capacity, compute(self.run.using(policies.base_in_cooldown)(self.capacity, running.before)))
        added = self.capacity - running.before
        why = f"The cooldown began at {running.before} tasks; the {added} that were added since count."
        self.log(rules.COUNTS, f"In the cooldown that makes {counted} tasks", why)
        return counted, why

    # What holds a proposal back

    def _running(self) -> Cooldown | None:
        """Return the cooldown that is running; it is over at the second in which it ends."""
        return self.cooldown if self.cooldown and self.at < self.cooldown.until else None

    def _follow(self, proposal: Proposal) -> None:
        """Scale as a policy wants within the bounds, unless something holds it back."""
        wanted, before, running, bound = proposal.to, self.capacity, self._running(), ""
        direction: doc.Direction = "out" if wanted > before else "in"
        if wanted == before or self._held_back(direction, running):
            return
        to = self.run.using(policies.within)(direction, before, wanted, self.least, self.most)
        if to != wanted:
            above = max(before, wanted) > self.most
            bound = f"MaxCapacity is {self.most}." if above else f"MinCapacity is {self.least}."
            self.log(rules.AT_MAX if above else rules.AT_MIN, f"{wanted} tasks are not possible: {to}", bound)
        if to == before:
            return
        if running and direction == "out":
            if running.direction == "in":
                self.log(rules.BREAKS, "The scale-in cooldown ends")
            else:
                before = running.before
        seconds = proposal.policy.cooldown(direction)
        self.cooldown = Cooldown(direction, before, self.at + seconds)
        why = " ".join(text for text in (proposal.why, bound, f"Its cooldown lasts {seconds} s.") if text)
        self._scale(rules.SCALE, to, proposal.cause, why)

    def _held_back(self, direction: doc.Direction, running: Cooldown | None) -> bool:
        """Return whether a suspension, a deployment or a running cooldown forbids scaling in this direction."""
        if self.given.suspended(f"dynamic_scaling_{direction}_suspended"):
            why = f"DynamicScaling{direction.capitalize()}Suspended is true."
            self.log(rules.SUSPENDED, f"No scale-{direction}", why)
        elif direction == "in" and self.given.deployment_in_progress:
            self.log(rules.DEPLOYING, "No scale-in during the deployment")
        elif running and self.run.using(policies.blocks)(running.direction, direction):
            why = f"A scale-{running.direction} cooldown runs until {running.until:g} s."
            self.log(rules.BLOCKS, f"No scale-{direction} in the cooldown", why)
        else:
            return False
        return True

    def _scale(self, rule: Rule, to: int, cause: str, why: str = "") -> None:
        """Set the desired count."""
        change = f"{self.capacity} to {to}: {cause}"
        self.run.step(rule, f"From {self.capacity} to {to} tasks: {cause}", why, at=self.at, status="scaled",
                      finalCapacity=to,
                      draw={("series", "capacity", "-"): [self.at, to], ("events", "-"): [self.at, change]},
                      activities=Append({"at": self.at, "from": self.capacity, "to": to, "cause": cause}))  # fmt: skip
        self.capacity = to


def _short(kind: str, adjustment: int) -> str:
    """Return the adjustment in short: +10%, -2, =5."""
    if kind == "ExactCapacity":
        return f"={adjustment}"
    return f"{adjustment:+d}%" if kind == "PercentChangeInCapacity" else f"{adjustment:+d}"


NAMED = frozenset({"ServiceNamespace", "ResourceId", "ScalableDimension", "PolicyName", "ScheduledActionName"})
"""Members that name the scalable target, a policy or an action: here they are the ones that are given."""
REQUESTS = rules.scaling.requests({
    "/scalableTarget": Request("application_autoscaling", "RegisterScalableTarget", optional=NAMED),
    "/policies/*": Request("application_autoscaling", "PutScalingPolicy", optional=NAMED),
    "/scheduledActions/*": Request("application_autoscaling", "PutScheduledAction", optional=NAMED),
})  # fmt: skip

SIMULATION = rules.scaling.simulation(title="ECS Service Auto Scaling", view="timeline", unit="s", given=doc.Given,
                                      outcome=doc.Activities, run=follow, initial_state=initial_state,
                                      requests=REQUESTS)  # fmt: skip
