"""What all deployments share: the plan, the instances, and how a run ends."""

from typing import Any

from dva.jsonpointer import join
from dva.simulations._before import Rule, Tracer
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._environment import Fleet, instance_count, single
from dva.simulations.beanstalk.beanstalk_deploy import _rules as rules
from dva.simulations.beanstalk.beanstalk_deploy._given import FRESH, Given, Trouble, check, policy_of, trouble
from dva.simulations.beanstalk.beanstalk_deploy._how import How

ROLLBACK = {
    "Immutable": "terminate new instances", "TrafficSplitting": "reroute traffic and terminate new instances",
}  # fmt: skip


class Run:
    """One deployment to one environment."""

    def __init__(self, given: Given, trace: Tracer, how: How) -> None:
        self.given, self.trace, self.how = given, trace, how
        self.settings, self.change = given.settings(), given.change()
        self.policy = policy_of(given, self.settings)
        self.count = instance_count(given.environment, self.settings)
        self.old, self.new = given.environment.version_label, given.update.version_label
        self.originals = [f"i-{n}" for n in range(1, self.count + 1)]
        self.fleet = Fleet(self.count, self.old)
        self.batch = 0
        self.trouble = Trouble()

    @property
    def replacing(self) -> bool:
        """Whether the update changes a setting that replaces instances."""
        return any(map(beanstalk.replaces_instances, beanstalk.changed(self.settings, self.change)))

    def plan(self) -> None:
        """What is known before anything happens; Refused where Elastic Beanstalk does not take it."""
        count = self.count
        refused = {
            "policy": self.policy, "min_in_service": count, "max_instances": count, "rollback": "none",
            "final": {"old": count, "new": 0, "failed": 0},
        }  # fmt: skip
        self.trace.step(
            self._policy_rule(), f"The policy is {self.policy}", self._policy_told(),
            changes={f"/outcome/{key}": value for key, value in refused.items()},
        )  # fmt: skip
        self._timeout()
        if single(self.settings):
            self.trace.step(rules.SINGLE, "The environment runs a single instance", rules.SINGLE.says)
        check(self.given, self.settings, self.policy, self.change)
        if (beanstalk.COMMAND, "HealthCheckSuccessThreshold") in self.settings:
            title = "HealthCheckSuccessThreshold stands in the wrong namespace"
            self.trace.step(
                rules.MISPLACED, title, f"{rules.MISPLACED.says} (dva's convention: AWS contradicts itself)"
            )
        self._target()

    def _policy_rule(self) -> Rule:
        if (beanstalk.COMMAND, "DeploymentPolicy") in self.settings:
            return rules.POLICY
        return rules.CLI_DEFAULT if self.policy == "Rolling" else rules.DEFAULT

    def _policy_told(self) -> str:
        rule = self._policy_rule()
        return f"DeploymentPolicy is set to {self.policy}." if rule is rules.POLICY else rule.says

    def _timeout(self) -> None:
        written = beanstalk.effective(self.settings, beanstalk.COMMAND, "Timeout") or ""
        if not (written.isdigit() and 1 <= int(written) <= 3600):
            return
        seconds = self.how.effective_timeout(int(written))
        self.trace.step(
            rules.TIMEOUT, f"A batch has {seconds} seconds to become healthy",
            f"Timeout is {written}, and the service adds 240.", changes={"/outcome/timeout_seconds": seconds},
        )  # fmt: skip

    def _target(self) -> None:
        target = "new" if self.replacing else self.how.target(self.policy)
        changes = {"/outcome/code_deployed_to": target, "/outcome/dns_change": self.how.dns_change(self.policy)}
        if target == "new":
            changes["/outcome/in_place_batches"] = 0
        title = f"Code goes to {target} instances"
        self.trace.step(rules.TARGET, title, "The name of the environment does not change.", changes=changes)

    def settle_trouble(self, batches: int) -> None:
        """The events, as they can happen under this policy."""
        size = self.count if self.policy in FRESH else batches
        self.trouble = trouble(self.given.events, self.policy, size)
        for name in self.trouble.misfits:
            told = f"`{name}` does not happen under {self.policy}"
            self.trace.step(rules.MISFIT, told, f"{rules.MISFIT.says} (dva's convention)")

    def step(self, rule: Rule, title: str, detail: str = "", **more: Any) -> None:
        """A step by which time passes: the drawing moves and the extremes are kept."""
        self.fleet.tick()
        drawn = self.fleet.draw() if self.trace.recording else {}
        changes = {join("state", *place): value for place, value in drawn.items()}
        extremes = {"min_in_service": self.fleet.min_in_service, "max_instances": self.fleet.max_paid}
        changes |= {f"/outcome/{key}": value for key, value in extremes.items() if self.trace.outcome[key] != value} | {
            f"/outcome/{key}": value for key, value in more.items()
        }
        told = f"{detail} In service: {self.fleet.serving}, paid for: {self.fleet.paid}.".strip()
        self.trace.step(rule, title, told, at=self.fleet.now, changes=changes)

    def end(self, rule: Rule, status: str, title: str, final: tuple[int, int, int], **more: Any) -> None:
        """The last step: what runs now."""
        old, new, failed = final
        told = f"{rule.says} Now: {old} on {self.old}, {new} on {self.new}, {failed} failed."
        self.step(
            rule, title, told, status=status, final={"old": old, "new": new, "failed": failed},
            downtime=self.fleet.min_in_service == 0, **more,
        )  # fmt: skip

    def health_passes(self, place: int | str) -> bool:
        """Whether the instances at this place become healthy, told where it is in doubt."""
        if self.trouble.unhealthy != place:
            return True
        status = self.trouble.status
        threshold = beanstalk.effective(self.settings, beanstalk.HEALTH, "HealthCheckSuccessThreshold") or "Ok"
        basic = self.settings.get((beanstalk.HEALTH, "SystemType")) == "basic"
        if not basic and self.how.passes(status, threshold):
            self.trace.step(
                rules.THRESHOLD, f"{status} passes, because the threshold is {threshold}", rules.THRESHOLD.says,
                at=self.fleet.now,
            )  # fmt: skip
            return True
        if beanstalk.is_enabled(self.settings, beanstalk.COMMAND, "IgnoreHealthCheck"):
            self.trace.step(
                rules.IGNORED, f"{status} is ignored, because IgnoreHealthCheck is true", rules.IGNORED.says,
                at=self.fleet.now,
            )  # fmt: skip
            return True
        return False

    def health_test(self) -> str:
        """What instances have to pass, by tier and kind of health reporting."""
        worker = self.given.environment.worker
        default = "basic" if self.given.client == "API" and self.policy not in FRESH else "enhanced"
        if self.settings.get((beanstalk.HEALTH, "SystemType"), default) == "basic":
            return f"With basic health reporting they pass {'EC2 status' if worker else 'the load balancer'} checks."
        checks, minutes = (18, 3) if worker else (12, 2)
        return f"With enhanced health reporting each passes {checks} checks in a row within {minutes} minutes."


def version(count: int) -> str:
    """`1 instance`, `2 instances`."""
    return f"{count} instance{'' if count == 1 else 's'}"
