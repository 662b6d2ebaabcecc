"""What all deployments share: the plan, the instances, how a run ends."""

from typing import Any

from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._environment import Fleet, instance_count, single
from dva.simulations.beanstalk.beanstalk_deploy import decisions, rules
from dva.simulations.beanstalk.beanstalk_deploy.checks import SECOND_GROUP, Faults, check, faults
from dva.simulations.beanstalk.beanstalk_deploy.documents import Given
from dva.simulations.frame import Run
from dva.trace import Rule


class Deployment:
    """One deployment to one environment."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run, self.using = given, run, run.using
        self.settings, self.change = given.settings, given.update.settings
        written = self.settings.get((options.COMMAND, "DeploymentPolicy"))
        rolls = written is None and given.client == "EB CLI" and not single(self.settings)
        self.policy = "Rolling" if rolls else written or options.default((options.COMMAND, "DeploymentPolicy")) or ""
        self.policy_rule = rules.CLI_DEFAULT if rolls else rules.DEFAULT if written is None else rules.POLICY
        self.count = instance_count(given.environment, self.settings)
        self.old, self.new = given.environment.version_label, given.update.version_label or "v2"
        self.originals = [f"i-{n}" for n in range(1, self.count + 1)]
        self.fleet = Fleet(self.count, self.old)
        self.batch = 0
        self.faults = Faults()

    @property
    def replacing(self) -> bool:
        """Whether the update changes a setting that replaces instances."""
        return any(map(options.replaces_instances, options.changed(self.settings, self.change)))

    def within_capacity(self, count: int) -> int:
        """Return how many of so many new instances EC2 can still launch."""
        available = self.given.events.capacity_available
        if available is None:
            return count
        launched = sum(name not in self.originals for name in self.fleet.labels)
        return min(count, max(0, available - launched))

    def plan(self) -> None:
        """Say what is known before anything happens; Refused where Elastic Beanstalk does not begin."""
        count, run = self.count, self.run
        why = f"DeploymentPolicy is set to {self.policy}." if self.policy_rule is rules.POLICY else ""
        run.step(self.policy_rule, f"The policy is {self.policy}", why, policy=self.policy, min_in_service=count,
                 max_instances=count, rollback="none", final={"old": count, "new": 0, "failed": 0})  # fmt: skip
        timeout = (options.COMMAND, "Timeout")
        if timeout not in dict(options.problems(self.settings)):
            set_to = options.number(self.settings, *timeout) or 0
            seconds = self.using(decisions.effective_timeout)(set_to)
            why = f"Timeout is {set_to}, and the service adds {rules.EXTRA_SECONDS}."
            run.step(rules.TIMEOUT, f"A batch has {seconds} seconds to become healthy", why, timeout_seconds=seconds)
        if single(self.settings):
            run.step(rules.SINGLE, "The environment runs a single instance")
        check(self.given, self.settings, self.policy, self.change)
        if (options.COMMAND, "HealthCheckSuccessThreshold") in self.settings:
            run.step(rules.MISPLACED, "HealthCheckSuccessThreshold stands in the wrong namespace")
        goes_to = "new" if self.replacing else self.using(decisions.target)(self.policy)
        run.step(rules.TARGET, f"Code goes to {goes_to} instances", "The name of the environment does not change.",
                 code_deployed_to=goes_to, dns_change=self.using(decisions.changes_dns)(self.policy),
                 inside={("in_place_batches",): 0} if goes_to == "new" else {})  # fmt: skip

    def plan_faults(self, batches: int) -> None:
        """Settle which events happen under this policy."""
        size = self.count if self.policy in SECOND_GROUP else batches
        self.faults = faults(self.given.events, self.policy, size)
        for name in self.faults.inapplicable:
            self.run.step(rules.MISFIT, f"`{name}` does not happen under {self.policy}")

    def advance(self, rule: Rule, title: str, why: str = "", **outcome: Any) -> None:
        """Record a step by which time passes: the fleet moves on and the extremes are kept."""
        self.fleet.tick()
        extremes = {"min_in_service": self.fleet.min_in_service, "max_instances": self.fleet.max_paid}
        outcome |= {key: value for key, value in extremes.items() if self.run.outcome[key] != value}
        self.run.step(rule, title, lambda: f"{why} {self.fleet.capacity}".strip(), at=self.fleet.now,
                      draw=self.fleet.draw, **outcome)  # fmt: skip

    def finish(self, rule: Rule, status: str, title: str, final: tuple[int, int, int], **outcome: Any) -> None:
        """Record the last step: what runs now."""
        old, new, failed = final
        self.advance(rule, title, f"Now: {old} on {self.old}, {new} on {self.new}, {failed} failed.", status=status,
                     final={"old": old, "new": new, "failed": failed}, downtime=self.fleet.min_in_service == 0,
                     **outcome)  # fmt: skip

    def complete(self, title: str, new: int) -> None:
        """Finish with the new version on all instances."""
        self.finish(rules.DONE, "Deployed", title, (0, new, 0), rollback="none")

    def is_healthy(self, place: int | str) -> bool:
        """Return whether the instances at this place become healthy, and say why where it is in doubt."""
        if self.faults.unhealthy != place:
            return True
        status, at = self.faults.status, self.fleet.now
        threshold = options.effective(self.settings, options.HEALTH, "HealthCheckSuccessThreshold") or ""
        basic = self.settings.get((options.HEALTH, "SystemType")) == "basic"
        if not basic and self.using(decisions.passes)(status, threshold):
            self.run.step(rules.THRESHOLD, f"{status} passes, because the threshold is {threshold}", at=at)
            return True
        ignored = options.is_enabled(self.settings, options.COMMAND, "IgnoreHealthCheck")
        if ignored:
            self.run.step(rules.IGNORED, f"{status} is ignored, because IgnoreHealthCheck is true", at=at)
        return ignored

    @property
    def health_test(self) -> str:
        """What instances have to pass, by tier and kind of health reporting."""
        worker = self.given.environment.worker
        default = "basic" if self.given.client == "API" and self.policy not in SECOND_GROUP else "enhanced"
        if self.settings.get((options.HEALTH, "SystemType"), default) == "basic":
            return f"With basic health reporting they pass {'EC2 status' if worker else 'the load balancer'} checks."
        checks, minutes = rules.HEALTH_CHECKS["worker" if worker else "web"]
        return f"With enhanced health reporting each passes {checks} checks in a row within {minutes} minutes."


def instances(count: int) -> str:
    """Return `1 instance`, `2 instances`."""
    return f"{count} instance{'' if count == 1 else 's'}"
