"""The limits, the rounds and the circuit breaker of a rolling update, and what Amazon ECS refuses."""

from fractions import Fraction
from math import ceil, floor

from dva.aws.service_model import ALL, Request
from dva.errors import GivenError
from dva.simulations.ecs.documents import Service
from dva.simulations.ecs.ecs_deployment import rules
from dva.simulations.ecs.ecs_deployment.documents import Given, RollingUpdate
from dva.simulations.frame import Append, Draw, Refused, Run, State
from dva.trace import Rule


def initial_state(given: Given) -> State:
    """Return the timeline before the first round."""
    return {"series": {"old tasks": [[0, desired_tasks(given.service)]], "new tasks": [[0, 0]]}, "events": []}


def run_update(given: Given, run: Run) -> None:
    """Work out the limits, then run the rounds."""
    check(given.service)
    rolling = RollingTasks(given, run)
    rolling.limits()
    reason = run.using(not_eligible)(given.service)
    run.step(
        rules.NOT_ELIGIBLE[reason] if reason else rules.ELIGIBLE,
        "Tasks are not moved between zones" if reason else "Tasks may be moved to balance the zones",
        azRebalancing={"eligible": reason is None, "reason": reason},
    )
    if rolling.breaker.enable:
        rolling.set_threshold()
    if rolling.desired == 0:
        rolling.end(rules.NOTHING, "COMPLETED", "No task is desired, so none has to be replaced")
    elif not (rolling.can_stop or rolling.can_start):
        rolling.stuck(f"service {given.service.service_name or 'service'} was {rules.STUCK_EVENT}")
    else:
        rolling.run_rounds()


class RollingTasks:
    """The tasks of the old and the new version, and the limits that they are replaced in."""

    def __init__(self, given: Given, run: Run) -> None:
        self.service, self.options, self.run = given.service, given.options, run
        self.breaker = given.service.deployment_configuration.deployment_circuit_breaker
        self.desired = self.old = desired_tasks(given.service)
        self.new = self.started = self.failures = self.round = 0
        self.threshold: int | None = None
        self.percents = percents(given.service)
        self.lower = run.using(lower_limit)(self.desired, self.percents[0])
        self.upper = run.using(upper_limit)(self.desired, self.percents[1])
        self.can_stop, self.can_start = max(0, self.desired - self.lower), max(0, self.upper - self.desired)

    def limits(self) -> None:
        """Record the lower and the upper limit, and what they leave room for."""
        low, high = self.percents
        if self.service.daemon:
            self.run.step(rules.DAEMON, f"DAEMON: {self.desired} instances, so {self.desired} tasks")
        configured = self.service.deployment_configuration
        if None in (configured.minimum_healthy_percent, configured.maximum_percent):
            self.run.step(rules.DEFAULTS, f"The percentages are {low} and {high}")
        self.run.step(rules.LOWER, f"Lower limit: {_count(self.lower)} healthy at any time",
                      f"{self.desired} desired x {low} % = {self.desired * low / 100:g}, rounded up to {self.lower}. "
                      f"So {self.can_stop} of {self.desired} may stop before anything starts.",
                      minimumHealthyTasks=self.lower, canStopBeforeStarting=self.can_stop)  # fmt: skip
        self.run.step(
            rules.UPPER, f"Upper limit: {_count(self.upper)} running or pending",
            f"{self.desired} desired x {high} % = {self.desired * high / 100:g}, rounded down to {self.upper}. "
            f"So {self.can_start} may start before anything stops.",
            maximumTasks=self.upper, canStartBeforeStopping=self.can_start,
        )  # fmt: skip

    def set_threshold(self) -> None:
        """Set the number of failures at which the circuit breaker trips."""
        limit = self.breaker.threshold_configuration
        kind, value = (limit.type, limit.value) if limit else rules.DEFAULT_THRESHOLD
        self.threshold = self.run.using(threshold)(self.desired, kind, value)
        counted = _count(value) if kind == "COUNT" else f"{value} % of {self.desired} desired tasks, rounded up"
        if kind == "BOUNDED_PERCENT":
            counted += f", kept between {rules.FEWEST_FAILURES} and {rules.MOST_FAILURES}"
        title = f"The breaker trips at {_count(self.threshold, 'failed task')}"
        self.run.step(rules.LIMIT, title, f"{kind}: {counted}.", failureThreshold=self.threshold)

    def run_rounds(self) -> None:
        """Run rounds until only new tasks run, the breaker trips or nothing can move."""
        self.run.step(rules.ROUNDS, "The update runs in rounds")
        while self.old or self.new < self.desired:
            self.round += 1
            started = self.run.using(may_start)(self.upper, self.old + self.new, self.desired - self.new)
            self.start_tasks(started)
            if self.threshold is not None and started and self.failures >= self.threshold:
                return self.trip()
            stopped = self.run.using(may_stop)(self.old + self.new, self.lower, self.old)
            if not (started or stopped):
                return self.stuck("no further task may start or stop within the limits")
            self.stop_tasks(stopped)
        title = f"Complete after round {self.round}: only new tasks run, {self.new} of them"
        return self.end(rules.COMPLETED, "COMPLETED", title)

    def start_tasks(self, started: int) -> None:
        """Start new tasks; those of the round that fail do so before the others become healthy."""
        failing = self.options.failing(self.started + 1, self.started + started)
        self.started += started
        room = f"{self.old + self.new} do, {self.desired} are desired: room for {started}."
        self.new += started - failing
        self.run.step(rules.START, _tasks(started, "new", "start"),
                      f"At most {self.upper} may run or be pending, {room}", at=self.round,
                      rounds=Append({"started": started, "stopped": 0}))  # fmt: skip
        if failing:
            self.failures += failing
            counted = f"The breaker has counted {self.failures} of {self.threshold}."
            title, why = _tasks(failing, "new", "fail"), counted if self.threshold else "No breaker."
            self.run.step(rules.FAILURE, title, why, at=self.round, draw=self._event(title))
        if started > failing:
            self.become_healthy(started - failing)

    def become_healthy(self, healthy: int) -> None:
        """Count new tasks as healthy, which may set the breaker's count back."""
        self.run.step(rules.HEALTHY, f"{_tasks(healthy, 'new', 'become')} healthy", at=self.round, draw=self._counts)
        # The failures of a round count first: a healthy task of the same round cannot undo a tripped breaker.
        if not self.threshold or not 0 < self.failures < self.threshold:
            return
        left = self.run.using(count_after_health)(self.failures, self.breaker.reset_on_healthy_task)
        self.run.step(rules.RESET, f"The failure count goes from {self.failures} to {left}", at=self.round)
        self.failures = left

    def stop_tasks(self, stopped: int) -> None:
        """Stop old tasks down to the lower limit."""
        healthy = self.old + self.new
        self.old -= stopped
        self.run.step(rules.STOP, _tasks(stopped, "old", "stop"),
                      f"Healthy: {healthy}, of which {self.lower} must stay so. {_tasks(self.old, 'old', 'remain')}.",
                      at=self.round, draw=self._counts,
                      inside={("rounds", self.round - 1, "stopped"): stopped})  # fmt: skip

    def trip(self) -> None:
        """Let the breaker end the deployment."""
        self.end(rules.FAILED, "FAILED", f"The circuit breaker trips at {self.failures}")
        if self.breaker.rollback:
            title = "The last completed deployment is rolled out again"
            self.run.step(rules.ROLLBACK, title, at=self.round, draw=self._event("rollback"), rolledBack=True)

    def stuck(self, event: str) -> None:
        """End where nothing can ever move; the round in which that shows is not one."""
        title = "The deployment is stuck"
        self.run.step(rules.STUCK, title, f"Service event: {event}", at=self.round, draw=self._event(title),
                      inside={("rounds",): self.run.outcome["rounds"][:-1]} if self.round else None, status="stuck",
                      stuck=True, rolloutState="IN_PROGRESS")  # fmt: skip

    def end(self, by: Rule, state: str, title: str) -> None:
        """End as COMPLETED or FAILED."""
        self.run.step(by, title, at=self.round, draw=self._event(state), status=state, rolloutState=state)

    def _counts(self) -> Draw:
        return {
            ("series", "old tasks", "-"): [self.round, self.old],
            ("series", "new tasks", "-"): [self.round, self.new],
        }

    def _event(self, text: str) -> Draw:
        return {("events", "-"): [self.round, text]}


def _count(number: int, what: str = "task") -> str:
    """Return `1 task`, `2 tasks`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _tasks(count: int, age: str, verb: str) -> str:
    """Return `No new task starts`, `1 new task starts`, `2 new tasks start`."""
    return f"{count or 'No'} {age} task {verb}s" if count < 2 else f"{count} {age} tasks {verb}"


# What the service asks for, and what Amazon ECS refuses


def desired_tasks(service: Service) -> int:
    """Return the desired count; for DAEMON the number of instances, 0 where it is not given."""
    return service.desired_count if service.desired_count is not None else service.running_count or 0


def percents(service: Service) -> tuple[int, int]:
    """Return minimumHealthyPercent and maximumPercent, with Amazon ECS's defaults."""
    configured = service.deployment_configuration
    defaults = rules.DEFAULT_PERCENTS["DAEMON" if service.daemon else "REPLICA"]
    low = (configured.minimum_healthy_percent, service.minimum_healthy_percent, defaults[0])
    high = (configured.maximum_percent, service.maximum_percent, defaults[1])
    return next(value for value in low if value is not None), next(value for value in high if value is not None)


def check(service: Service) -> None:
    """Raise Refused where Amazon ECS rejects the service, GivenError where it has no rolling update."""
    if service.scheduling_strategy not in rules.DEFAULT_PERCENTS:
        raise _invalid(f"`{service.scheduling_strategy}` is not a valid scheduling strategy")
    if service.daemon:
        _check_daemon(service)
    elif service.desired_count is None:
        raise _invalid("desiredCount is required with the REPLICA scheduling strategy")
    if desired_tasks(service) > rules.MOST_TASKS:
        raise GivenError(f"more than {rules.MOST_TASKS} tasks are not simulated", pointer="/service/desiredCount")
    if desired_tasks(service) < 0 or min(percents(service)) < 0:
        raise _invalid("desiredCount, minimumHealthyPercent and maximumPercent must be 0 or more")
    breaker = service.deployment_configuration.deployment_circuit_breaker
    limit = breaker.threshold_configuration
    if limit and (limit.type not in ("COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT") or limit.value < 1):
        raise _invalid("thresholdConfiguration needs COUNT, BOUNDED_PERCENT or UNBOUNDED_PERCENT and a value above 0")
    controller, strategy = service.deployment_controller.type, service.deployment_configuration.strategy
    if breaker.enable and controller != "ECS":
        raise _invalid("the deployment circuit breaker works with rolling updates (the ECS controller) only")
    if controller != "ECS" or strategy != "ROLLING":
        raise GivenError(
            f"a deployment by {controller if controller != 'ECS' else strategy} is not a rolling update",
            pointer="/service", hint="this simulation runs the ECS controller with the ROLLING strategy",
        )  # fmt: skip


def _check_daemon(service: Service) -> None:
    if percents(service)[1] != rules.DAEMON_MAXIMUM:
        raise _invalid(f"maximumPercent must be {rules.DAEMON_MAXIMUM} with the DAEMON scheduling strategy")
    if service.launch_type == "FARGATE":
        raise _invalid("tasks on Fargate do not support the DAEMON scheduling strategy")
    if service.placement_strategy:
        raise _invalid("the DAEMON scheduling strategy takes no placement strategy")
    if service.deployment_controller.type != "ECS":
        raise _invalid("the DAEMON scheduling strategy needs the ECS deployment controller")


def _invalid(message: str) -> Refused:
    return Refused(rules.REQUEST, "InvalidParameterException", message)


# The rule functions that beliefs replace


def lower_limit(desired: int, percent: int) -> int:
    """Return how many tasks stay healthy: rounded up."""
    return ceil(Fraction(desired * percent, 100))


def upper_limit(desired: int, percent: int) -> int:
    """Return how many tasks may run or be pending: rounded down."""
    return floor(Fraction(desired * percent, 100))


def may_start(upper: int, total: int, missing: int) -> int:
    """Return how many new tasks a round starts."""
    return max(0, min(upper - total, missing))


def may_stop(healthy: int, lower: int, old: int) -> int:
    """Return how many old tasks a round stops."""
    return max(0, min(old, healthy - lower))


def threshold(desired: int, kind: str, value: int) -> int:
    """Return the number of failures at which the breaker trips."""
    if kind == "COUNT":
        return value
    share = ceil(Fraction(desired * value, 100))
    return share if kind == "UNBOUNDED_PERCENT" else min(max(share, rules.FEWEST_FAILURES), rules.MOST_FAILURES)


def count_after_health(count: int, reset: bool) -> int:
    """Return the breaker's count after a task became healthy."""
    return 0 if reset else count


def not_eligible(service: Service) -> str | None:
    """Return why zone rebalancing leaves the service alone, the first reason that holds; None where it does not."""
    first = service.placement_strategy[:1]
    reasons = {
        "disabled": service.availability_zone_rebalancing == "DISABLED",
        "daemon": service.daemon,
        "external": service.launch_type == "EXTERNAL",
        "maximum-percent-100": percents(service)[1] <= rules.NO_ROOM_TO_MOVE,
        "classic-load-balancer": any(balancer.load_balancer_name for balancer in service.load_balancers),
        "zone-constraint": any(rules.ZONE in (c.expression or "") for c in service.placement_constraints),
        "first-strategy-not-zone-spread": any((s.type, s.field) != ("spread", rules.ZONE) for s in first),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


# What people believe instead

belief = rules.update.belief

belief(count_after_health, "failures-add-up",
       "the breaker counts failures over the whole deployment, healthy tasks or not",
       "A healthy task sets the count back to 0 unless resetOnHealthyTask is false.",
       "circuit-breaker-reset")(lambda count, reset: count)  # fmt: skip

belief(lower_limit, "minimum-rounds-down", "minimumHealthyPercent is rounded down, so 75 % of 2 tasks leaves 1",
       "The lower limit is rounded up: 75 % of 2 is 1.5, so both tasks have to stay.",
       "rolling-limits")(upper_limit)  # fmt: skip

belief(upper_limit, "maximum-rounds-up", "maximumPercent is rounded up, so 125 % of 3 tasks allows 4",
       "The upper limit is rounded down: 125 % of 3 is 3.75, so 3 tasks at most.",
       "rolling-limits")(lower_limit)  # fmt: skip

belief(may_start, "all-new-tasks-first", "a rolling update starts all new tasks first and then stops the old ones",
       "It starts only what the upper limit leaves room for; with maximumPercent 100 that is nothing at first.",
       "rolling-rounds")(lambda upper, total, missing: missing)  # fmt: skip

belief(may_stop, "one-task-at-a-time", "a rolling update replaces one task after the other",
       "Each round stops as many old tasks as the lower limit allows, not one.",
       "rolling-rounds")(lambda healthy, lower, old: min(1, may_stop(healthy, lower, old)))  # fmt: skip

belief(threshold, "threshold-is-half", "the breaker trips when half of the desired tasks have failed, however few",
       "Half the desired count is kept between 3 and 200 unless thresholdConfiguration says otherwise.",
       "circuit-breaker")(lambda desired, kind, value: ceil(Fraction(desired, 2)))  # fmt: skip


@belief(threshold, "threshold-at-least-ten", "the breaker needs at least 10 failed tasks",
        "10 was the minimum until it was lowered; today it is 3.", "circuit-breaker")  # fmt: skip
def at_least_ten(desired: int, kind: str, value: int) -> int:
    return min(max(ceil(Fraction(desired, 2)), 10), rules.MOST_FAILURES)


belief(not_eligible, "every-service-is-rebalanced", "zone rebalancing works for every service that has it ENABLED",
       "DAEMON, EXTERNAL, maximumPercent 100, a Classic Load Balancer, a zone constraint or another first strategy "
       "rule it out.", "az-rebalancing")(lambda service: None)  # fmt: skip

belief(upper_limit, "maximum-is-extra",
       "maximumPercent counts the tasks beyond the desired count, so 100 allows twice as many",
       "It counts old and new tasks together: 100 allows not one task more than desired, 200 twice as many.",
       "rolling-limits")(lambda desired, percent: desired + upper_limit(desired, percent))  # fmt: skip

REQUESTS = rules.update.requests({"/service": Request("ecs", "CreateService", optional=ALL)},
                                 code="InvalidParameterException")  # fmt: skip

SIMULATION = rules.update.simulation(title="ECS rolling update", view="timeline", unit="round", given=Given,
                                     outcome=RollingUpdate, run=run_update, initial_state=initial_state,
                                     requests=REQUESTS)  # fmt: skip
