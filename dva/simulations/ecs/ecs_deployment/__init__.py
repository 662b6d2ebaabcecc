"""A rolling update of an Amazon ECS service: how many tasks may stop and start, and does the update ever end?

In Amazon ECS's order: the two percentages become a lower and an upper limit; the scheduler starts new
tasks up to the upper limit, waits until they are healthy, stops old ones down to the lower limit, and
repeats. The circuit breaker counts new tasks that fail. (Amazon ECS Developer Guide, "Rolling update";
Amazon ECS API, DeploymentConfiguration.) The rules stand in `_rules.py`, the documents in `_documents.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from dva.simulations._before import Belief, Rule, Simulation, Tracer
from dva.simulations.ecs.ecs_deployment import _rules as rules
from dva.simulations.ecs.ecs_deployment._documents import Given, Service, check

# The rule functions that beliefs replace.


def lower_limit(desired: int, percent: int) -> int:
    """Tasks that stay healthy: rounded up."""
    return ceil(Fraction(desired * percent, 100))


def upper_limit(desired: int, percent: int) -> int:
    """Tasks that run or are pending: rounded down."""
    return floor(Fraction(desired * percent, 100))


def may_start(upper: int, total: int, missing: int) -> int:
    """New tasks of a round."""
    return max(0, min(upper - total, missing))


def may_stop(healthy: int, lower: int, old: int) -> int:
    """Old tasks that a round stops."""
    return max(0, min(old, healthy - lower))


def threshold(desired: int, kind: str, value: int) -> int:
    """Failures at which the breaker trips."""
    if kind == "COUNT":
        return value
    share = ceil(Fraction(desired * value, 100))
    return share if kind == "UNBOUNDED_PERCENT" else min(max(share, 3), 200)


def count_after_health(count: int, reset: bool) -> int:
    """The breaker's count after a task became healthy."""
    return 0 if reset else count


def not_eligible(service: Service) -> str | None:
    """Why zone rebalancing leaves the service alone, the first reason that holds; None where it does not."""
    reasons = {
        "disabled": service.availability_zone_rebalancing == "DISABLED",
        "daemon": service.daemon,
        "external": service.launch_type == "EXTERNAL",
        "maximum-percent-100": service.percents[1] <= 100,
        "classic-load-balancer": any(balancer.load_balancer_name for balancer in service.load_balancers),
        "zone-constraint": any(rules.ZONE in (c.expression or "") for c in service.placement_constraints),
        "first-strategy-not-zone-spread": any(
            (strategy.type, strategy.field) != ("spread", rules.ZONE) for strategy in service.placement_strategy[:1]
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    lower: Callable[[int, int], int] = lower_limit
    upper: Callable[[int, int], int] = upper_limit
    may_start: Callable[[int, int, int], int] = may_start
    may_stop: Callable[[int, int, int], int] = may_stop
    threshold: Callable[[int, str, int], int] = threshold
    count_after_health: Callable[[int, bool], int] = count_after_health
    not_eligible: Callable[[Service], str | None] = not_eligible


def start(given: Given) -> dict[str, Any]:
    return {"series": {"old tasks": [[0, given.service.wanted]], "new tasks": [[0, 0]]}, "events": []}


def play(given: Given, trace: Tracer, how: How) -> None:
    """The limits, the rounds, and what else the service's settings decide."""
    service = given.service
    check(service)
    update = Update(given, trace, how)
    update.limits()
    update.rebalancing()
    if update.breaker.enable:
        update.set_threshold()
    if update.desired == 0:
        update.end(rules.NOTHING, "COMPLETED", "No task is desired, so none has to be replaced", "")
    elif not (update.can_stop or update.can_start):
        update.stuck(f"service {service.service_name} was {rules.STUCK_EVENT}")
    else:
        update.run()


class Update:
    """One rolling update: the limits, and the tasks of the old and the new version."""

    def __init__(self, given: Given, trace: Tracer, how: How) -> None:
        self.service, self.trace, self.how = given.service, trace, how
        self.breaker = given.service.breaker
        self.desired = self.old = given.service.wanted
        self.new = self.failures = self.round = 0
        self.options, self.started = given.options, 0
        self.threshold: int | None = None
        low, high = given.service.percents
        self.lower, self.upper = how.lower(self.desired, low), how.upper(self.desired, high)
        self.can_stop, self.can_start = max(0, self.desired - self.lower), max(0, self.upper - self.desired)

    def limits(self) -> None:
        """The lower and the upper limit, and what they leave room for."""
        low, high = self.service.percents
        if self.service.daemon:
            self.trace.step(
                rules.DAEMON, f"DAEMON: {self.desired} instances, so {self.desired} tasks", rules.DAEMON.says
            )
        configured = self.service.deployment_configuration
        if None in (configured.minimum_healthy_percent, configured.maximum_percent):
            self.trace.step(rules.DEFAULTS, f"The percentages are {low} and {high}", rules.DEFAULTS.says)
        self.trace.step(
            rules.LOWER, f"Lower limit: {_count(self.lower)} healthy at any time",
            f"{self.desired} desired x {low} % = {self.desired * low / 100:g}, rounded up to {self.lower}. "
            f"So {self.can_stop} of {self.desired} may stop before anything starts.",
            changes={"/outcome/minimumHealthyTasks": self.lower, "/outcome/canStopBeforeStarting": self.can_stop},
        )  # fmt: skip
        self.trace.step(
            rules.UPPER, f"Upper limit: {_count(self.upper)} running or pending",
            f"{self.desired} desired x {high} % = {self.desired * high / 100:g}, rounded down to {self.upper}. "
            f"So {self.can_start} may start before anything stops.",
            changes={"/outcome/maximumTasks": self.upper, "/outcome/canStartBeforeStopping": self.can_start},
        )  # fmt: skip

    def rebalancing(self) -> None:
        """Whether Amazon ECS would move tasks between zones."""
        reason = self.how.not_eligible(self.service)
        told = "Tasks are not moved between zones" if reason else "Tasks may be moved to balance the zones"
        rule = rules.NOT_ELIGIBLE[reason] if reason else rules.ELIGIBLE
        changes = {"/outcome/azRebalancing": {"eligible": reason is None, "reason": reason}}
        self.trace.step(rule, told, rule.says, changes=changes)

    def set_threshold(self) -> None:
        """The number of failures at which the circuit breaker trips."""
        limit = self.breaker.threshold_configuration
        kind, value = (limit.type, limit.value) if limit else ("BOUNDED_PERCENT", 50)
        self.threshold = self.how.threshold(self.desired, kind, value)
        counted = _count(value) if kind == "COUNT" else f"{value} % of {self.desired} desired tasks, rounded up"
        bounds = ", kept between 3 and 200" if kind == "BOUNDED_PERCENT" else ""
        self.trace.step(
            rules.LIMIT, f"The breaker trips at {_count(self.threshold, 'failed task')}", f"{kind}: {counted}{bounds}.",
            changes={"/outcome/failureThreshold": self.threshold},
        )  # fmt: skip

    def run(self) -> None:
        """Rounds until only new tasks run, the breaker trips or nothing can move."""
        self.trace.step(rules.ROUNDS, "The update runs in rounds", rules.ROUNDS.says)
        while self.old or self.new < self.desired:
            self.round += 1
            started = self.how.may_start(self.upper, self.old + self.new, self.desired - self.new)
            self.start_tasks(started)
            if self.threshold is not None and started and self.failures >= self.threshold:
                return self.trip()
            stopped = self.how.may_stop(self.old + self.new, self.lower, self.old)
            if not (started or stopped):
                return self.stuck("no further task may start or stop within the limits")
            self.stop_tasks(stopped)
        return self.end(
            rules.COMPLETED,
            "COMPLETED",
            f"Complete after round {self.round}: only new tasks run, {self.new} of them",
            rules.COMPLETED.says,
        )

    def start_tasks(self, started: int) -> None:
        """Start new tasks; those of the round that fail do so before the others become healthy."""
        failing = self.options.failing(self.started + 1, self.started + started)
        self.started += started
        running = self.old + self.new
        self.new += started - failing
        changes: dict[str, Any] = {"/outcome/rounds/-": {"started": started, "stopped": 0}}
        title = _tasks(started, "new", "start")
        why = (
            f"At most {self.upper} may run or be pending, {running} do, {self.desired} are desired: room for {started}."
        )
        self.trace.step(rules.START, title, why, at=self.round, changes=changes)
        if failing:
            self.fail(failing)
        if started > failing:
            self.become_healthy(started - failing)

    def fail(self, failing: int) -> None:
        """New tasks fail; the breaker counts them."""
        self.failures += failing
        counted = f"The breaker has counted {self.failures} of {self.threshold}." if self.threshold else "No breaker."
        self.trace.step(
            rules.FAILURE, _tasks(failing, "new", "fail"), f"{counted} {rules.FAILURE.says}",
            at=self.round, changes=self.event(_tasks(failing, "new", "fail")),
        )  # fmt: skip

    def become_healthy(self, healthy: int) -> None:
        """New tasks count as healthy, which may set the breaker's count back."""
        self.trace.step(
            rules.HEALTHY,
            f"{_tasks(healthy, 'new', 'become')} healthy",
            rules.HEALTHY.says,
            at=self.round,
            changes=self.counts(),
        )
        # The failures of a round count first: a healthy task of the same round cannot undo a tripped breaker.
        if not self.threshold or not 0 < self.failures < self.threshold:
            return
        kept = self.how.count_after_health(self.failures, self.breaker.reset_on_healthy_task)
        told = f"The failure count goes from {self.failures} to {kept}"
        self.trace.step(rules.RESET, told, rules.RESET.says, at=self.round)
        self.failures = kept

    def stop_tasks(self, stopped: int) -> None:
        """Stop old tasks down to the lower limit."""
        healthy = self.old + self.new
        self.old -= stopped
        place = f"/outcome/rounds/{self.round - 1}"
        title = _tasks(stopped, "old", "stop")
        why = f"Healthy: {healthy}, of which {self.lower} must stay so. {_tasks(self.old, 'old', 'remain')}."
        changes = {f"{place}/stopped": stopped} | self.counts()
        self.trace.step(rules.STOP, title, why, at=self.round, changes=changes)

    def trip(self) -> None:
        """The breaker ends the deployment."""
        self.end(rules.FAILED, "FAILED", f"The circuit breaker trips at {self.failures}", rules.FAILED.says)
        if self.breaker.rollback:
            self.trace.step(
                rules.ROLLBACK, "The last completed deployment is rolled out again", rules.ROLLBACK.says,
                at=self.round, changes={"/outcome/rolledBack": True} | self.event("rollback"),
            )  # fmt: skip

    def stuck(self, event: str) -> None:
        """Nothing can move, for ever."""
        changes = {"/outcome/status": "stuck", "/outcome/stuck": True, "/outcome/rolloutState": "IN_PROGRESS"}
        if self.round:
            changes["/outcome/rounds"] = self.trace.outcome["rounds"][:-1]
        title = "The deployment is stuck"
        self.trace.step(
            rules.STUCK, title, f"Service event: {event}", at=self.round, changes=changes | self.event(title)
        )

    def end(self, rule: Rule, state: str, title: str, why: str) -> None:
        """The deployment is COMPLETED or FAILED."""
        changes = {"/outcome/status": state, "/outcome/rolloutState": state}
        self.trace.step(rule, title, why, at=self.round, changes=changes | self.event(state))

    def counts(self) -> dict[str, Any]:
        """The drawn numbers of old and new tasks."""
        if not self.trace.recording:
            return {}
        return {
            "/state/series/old tasks/-": [self.round, self.old],
            "/state/series/new tasks/-": [self.round, self.new],
        }

    def event(self, text: str) -> dict[str, Any]:
        """The drawn event."""
        return {"/state/events/-": [self.round, text]} if self.trace.recording else {}


def _count(number: int, what: str = "task") -> str:
    """`1 task`, `2 tasks`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _tasks(count: int, age: str, verb: str) -> str:
    """`No new task starts`, `1 new task starts`, `2 new tasks start`."""
    return f"{count or 'No'} {age} task {verb}s" if count < 2 else f"{count} {age} tasks {verb}"


BELIEFS = (
    Belief(
        "failures-add-up", "the breaker counts failures over the whole deployment, healthy tasks or not",
        "A healthy task sets the count back to 0 unless resetOnHealthyTask is false.",
        "count_after_health", lambda count, reset: count, ("ecs-service.circuit-breaker-reset",),
    ),
    Belief(
        "minimum-rounds-down", "minimumHealthyPercent is rounded down, so 75 % of 2 tasks leaves 1",
        "The lower limit is rounded up: 75 % of 2 is 1.5, so both tasks have to stay.",
        "lower", upper_limit, ("ecs-service.rolling-limits",),
    ),
    Belief(
        "maximum-rounds-up", "maximumPercent is rounded up, so 125 % of 3 tasks allows 4",
        "The upper limit is rounded down: 125 % of 3 is 3.75, so 3 tasks at most.",
        "upper", lower_limit, ("ecs-service.rolling-limits",),
    ),
    Belief(
        "all-new-tasks-first", "a rolling update starts all new tasks first and then stops the old ones",
        "It starts only what the upper limit leaves room for; with maximumPercent 100 that is nothing at first.",
        "may_start", lambda upper, total, missing: missing, ("ecs-service.rolling-rounds",),
    ),
    Belief(
        "one-task-at-a-time", "a rolling update replaces one task after the other",
        "Each round stops as many old tasks as the lower limit allows, not one.",
        "may_stop", lambda healthy, lower, old: min(1, may_stop(healthy, lower, old)), ("ecs-service.rolling-rounds",),
    ),
    Belief(
        "threshold-is-half", "the breaker trips when half of the desired tasks have failed, however few",
        "Half the desired count is kept between 3 and 200 unless thresholdConfiguration says otherwise.",
        "threshold", lambda desired, kind, value: ceil(Fraction(desired, 2)), ("ecs-service.circuit-breaker",),
    ),
    Belief(
        "threshold-at-least-ten", "the breaker needs at least 10 failed tasks",
        "10 was the minimum until it was lowered; today it is 3.",
        "threshold", lambda desired, kind, value: min(max(ceil(Fraction(desired, 2)), 10), 200),
        ("ecs-service.circuit-breaker",),
    ),
    Belief(
        "every-service-is-rebalanced", "zone rebalancing works for every service that has it ENABLED",
        "DAEMON, EXTERNAL, maximumPercent 100, a Classic Load Balancer, a zone constraint or another first strategy "
        "rule it out.",
        "not_eligible", lambda service: None, ("ecs-service.az-rebalancing",),
    ),
    Belief(
        "maximum-is-extra", "maximumPercent counts the tasks beyond the desired count, so 100 allows twice as many",
        "It counts old and new tasks together: 100 allows not one task more than desired, 200 twice as many.",
        "upper", lambda desired, percent: desired + upper_limit(desired, percent), ("ecs-service.rolling-limits",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="ecs-deployment",
    title="ECS rolling update",
    view="timeline",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={
        "minimumHealthyTasks": None, "maximumTasks": None, "canStopBeforeStarting": None,
        "canStartBeforeStopping": None, "stuck": False, "rounds": [], "rolloutState": None, "failureThreshold": None,
        "rolledBack": False, "azRebalancing": {},
    },
    statuses=("COMPLETED", "FAILED", "stuck", "refused"),
    play=play,
    how=How(),
    start=start,
    unit="round",
)  # fmt: skip
