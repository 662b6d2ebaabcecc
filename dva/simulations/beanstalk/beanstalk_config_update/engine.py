"""Which instances an update replaces, in which order, and who serves meanwhile."""

from collections.abc import Mapping
from typing import Any

from dva.errors import GivenError
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._environment import Fleet, instance_count, refusal, single, tier_name
from dva.simulations.beanstalk._options import Settings
from dva.simulations.beanstalk.beanstalk_config_update import rules
from dva.simulations.beanstalk.beanstalk_config_update.documents import Given
from dva.simulations.beanstalk.beanstalk_config_update.rules import belief
from dva.simulations.frame import Run
from dva.trace import Rule

BALANCER = (options.ENVIRONMENT, "LoadBalancerType")


class ConfigurationUpdate:
    """One configuration update."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run, self.events = given, run, given.events
        self.before, self.change = given.settings, given.changes
        self.settings = self.before | self.change
        self.count = instance_count(given.environment, self.before)
        self.originals = [f"i-{n}" for n in range(1, self.count + 1)]
        self.fleet = Fleet(self.count, "old")
        self.old_version = given.environment.version_label
        self.new_version = given.update.version_label or self.old_version
        self.replacements: list[list[str]] = []
        self.launches_first = False

    def execute(self) -> None:
        """Check, then replace what has to be replaced."""
        self.begin()
        check(self.given, self.before, self.change)
        changed = options.changed(self.before, self.change)
        for namespace, name in sorted(set(self.change) - set(changed)):
            self.run.step(rules.UNCHANGED, f"{name} already is {self.change[namespace, name]}")
        replacing = self.run.using(replaces)(changed)
        if self.new_version != self.old_version:
            separately = self.run.using(deploys_separately)(replacing, self.new_version)
            title = f"{self.new_version} is deployed {'separately' if separately else 'with the new instances'}"
            self.run.step(rules.SEPARATE if separately else rules.TOGETHER, title, separate_deployment=separately)
        if not replacing:
            return self.keep(changed)
        names = ", ".join(key[1] for key in changed if options.replaces_instances(key)) or "the change"
        self.run.step(rules.REPLACES, f"The instances are replaced because of {names}")
        kind = self.run.using(options.update_type)(self.settings)
        if kind == "Immutable":
            return self.immutable()
        return self.all_at_once() if kind == "Disabled" else self.rolling(kind)

    def begin(self) -> None:
        """Say what holds before anything happens."""
        if self.given.recommended:
            self.run.step(rules.RECOMMENDS, "The EB CLI has turned rolling updates on")
        wanted = ", ".join(f"{name} {value}" for (_, name), value in self.change.items()) or "no setting"
        self.run.step(rules.BEGIN, f"The update sets {wanted}", f"Running: {self.count}.", min_in_service=self.count,
                      instances_replaced=0, final={"old": self.count, "new": 0},
                      final_version=self.old_version)  # fmt: skip

    def keep(self, changed: Settings) -> None:
        """Apply the changes without replacing an instance."""
        names = ", ".join(name for _, name in changed)
        title = f"{names} is applied" if changed else "Nothing changes"
        self.run.step(rules.KEEPS, f"{title} without replacing an instance", at=self.fleet.now, status="NoReplacement",
                      batches=0, instances_replaced=0, min_in_service=self.count,
                      final_version=self.new_version)  # fmt: skip

    def all_at_once(self) -> None:
        """Replace all instances together."""
        self.run.step(rules.DISABLED, "Rolling updates are off", type="Disabled", batches=1)
        self.replace(1, self.originals, fails=self.events.fail_batch is not None)
        if self.events.fail_batch or self.events.abort:
            return self.roll_back(rules.FAILED if self.events.fail_batch else rules.ABORT, self.count, 1)
        return self.done()

    def immutable(self) -> None:
        """Launch a second group of instances, then let it take over."""
        self.run.step(rules.IMMUTABLE_TYPE, "The update is immutable", type="Immutable", batches=None)
        names: list[str] = []
        for phase, count in (("first_instance", 1), ("remaining_instances", self.count - 1)):
            if count == 0:
                continue
            names += self.fleet.launch("new", count, "new starting")
            self.advance(rules.GROUP, f"{count} new instance{'' if count == 1 else 's'} in a second group")
            first = phase == "first_instance"
            fails = self.events.fail_phase == phase or (self.events.fail_batch and first)
            if fails or (self.events.abort and first):
                self.fleet.terminate(names)
                return self.restored(rules.DROPPED if fails else rules.ABORT, (self.count, 0))
            self.fleet.put_in(names, "new")
            self.advance(rules.WAIT, f"{len(names)} new of {self.count} are healthy and serve too")
        self.fleet.terminate(self.originals)
        return self.done()

    def rolling(self, kind: str) -> None:
        """Replace batch after batch."""
        self.run.step(rules.ENABLED, f"Rolling updates are on, by {kind.lower()}", type=kind)
        batch = self.plan_batch()
        batches = [self.originals[at : at + batch] for at in range(0, self.count, batch)]
        fails, aborted = self.events.fail_batch, int(self.events.abort)
        for name, number in (("fail_batch", fails), ("abort", aborted)):
            if number and number > len(batches):
                raise GivenError(f"there are {len(batches)} batches", pointer=f"/events/{name}")
        pause = options.effective(self.settings, options.ROLLING, "PauseTime") or "a time computed by the service"
        limit = options.effective(self.settings, options.ROLLING, "Timeout")
        waits = f"at most {limit} for its health" if kind == "Health" else f"for {pause}"
        title = f"{self.count} instances in {len(batches)} batches of {batch}"
        self.run.step(rules.WAIT, title, f"After each batch it waits {waits}.", batches=len(batches))
        for number, names in enumerate(batches, 1):
            self.replace(number, names, fails == number)
            if fails == number:
                return self.roll_back(rules.FAILED, batch, number)
            if aborted == number and number < len(batches):
                return self.roll_back(rules.ABORT, batch, number)
        return self.done()

    def plan_batch(self) -> int:
        """Return how many instances are in a batch; Refused where none can be replaced."""
        largest, fewest = options.update_limits(self.settings)
        self.run.step(rules.LIMITS, f"At most {largest} in a batch, at least {fewest} in service", MaxBatchSize=largest,
                      MinInstancesInService=fewest)  # fmt: skip
        batch = self.run.using(batch_size)(largest, self.count, fewest)
        if batch > 0:
            why = f"It is the smaller of MaxBatchSize {largest} and {self.count} running - {fewest} in service."
            self.run.step(rules.BATCH, f"A batch is {batch}", why)
            return batch
        most = options.number(self.settings, options.ASG, "MaxSize") or 1
        batch = min(largest, most - self.count, self.count)
        if batch < 1:
            message = (
                f"{fewest} of {self.count} must stay in service and MaxSize is {most}: no instance can be replaced."
            )
            raise refusal(rules.STUCK, message)
        self.run.step(rules.NO_ROOM, f"No instance may leave: {batch} at a time are launched first")
        self.launches_first = True
        return batch

    def replace(self, number: int, names: list[str], fails: bool = False) -> None:
        """Replace a batch: it is terminated, its replacements are launched, or the other way round; then wait."""
        leaving = 0 if self.launches_first else self.run.using(terminated_first)(len(names))
        self.fleet.terminate(names[:leaving])
        new = self.fleet.launch("new", len(names), "new starting")
        if self.launches_first:
            self.advance(rules.LAUNCH, f"Batch {number}: {len(names)} launched")
            if fails:
                self.fleet.terminate(new)
                return
        else:
            self.advance(rules.TERMINATE, f"Batch {number}: {len(names)} terminated, {len(names)} launched")
        self.fleet.terminate(names[leaving:])
        self.replacements.append(new)
        if not fails:
            self.fleet.put_in(new, "new")
            self.advance(rules.WAIT, f"Batch {number}: {len(new)} new in service")

    def roll_back(self, rule: Rule, batch: int, number: int) -> None:
        """Restore the previous configuration after batch `number` failed or was aborted, unless that fails too."""
        if self.events.rollback_fails:
            new = min(batch * number, self.count)
            return self.finish(rules.STAYS_MIXED, "Failed", "The rollback has failed too", (self.count - new, new), new,
                               reason=f"batch {number} failed and so did the rollback")  # fmt: skip
        for names in reversed(self.replacements):
            if not self.launches_first:
                self.fleet.terminate(names)
            back = self.fleet.launch("back", len(names), "old starting")
            self.advance(rules.BACK, f"On the way back: {len(names)} of the previous configuration are launched")
            if self.launches_first:
                self.fleet.terminate(names)
            self.fleet.put_in(back, "old")
        return self.restored(rule, self.run.using(after_failure)(self.count, batch, number))

    def restored(self, rule: Rule, final: tuple[int, int]) -> None:
        """Finish with the previous configuration."""
        reason = "aborted" if rule is rules.ABORT else "instances did not become healthy in time"
        self.finish(rule, "RolledBack", "The previous configuration is restored", final, 0, reason=reason)

    def done(self) -> None:
        """Finish with the new configuration."""
        title = "All instances have the new configuration"
        self.finish(rules.DONE, "Updated", title, (0, self.count), self.count, final_version=self.new_version)

    def finish(self, rule: Rule, status: str, title: str, final: tuple[int, int], new: int, **outcome: Any) -> None:
        """Record the last step."""
        ends = {"old": final[0], "new": final[1]}
        self.advance(rule, title, status=status, final=ends, instances_replaced=new, **outcome)

    def advance(self, rule: Rule, title: str, **outcome: Any) -> None:
        """Record a step by which time passes."""
        self.fleet.tick()
        if self.run.outcome["min_in_service"] != self.fleet.min_in_service:
            outcome["min_in_service"] = self.fleet.min_in_service
        self.run.step(rule, title, self.fleet.capacity, at=self.fleet.now, draw=self.fleet.draw, **outcome)


def check(given: Given, settings: Settings, change: Settings) -> None:
    """Raise Refused for what Elastic Beanstalk does not take."""
    wanted = settings | change
    for key, wrong in options.problems(wanted):
        raise refusal(rules.VALUE, options.invalid(key, wanted[key], wrong))
    if BALANCER in change and change[BALANCER] != options.effective(settings, *BALANCER):
        raise refusal(rules.FIXED, "LoadBalancerType can only be set when the environment is created.")
    tier = given.update.tier
    if tier is not None and tier_name(tier) != tier_name(given.environment.tier):
        raise refusal(rules.TIER, "The tier of an environment cannot be changed.", "InvalidParameterValue")
    if single(wanted) and options.update_type(wanted) in ("Time", "Health"):
        raise refusal(rules.SINGLE, "Rolling updates need a load-balanced environment; this one has a single instance.")
    most, fewest = wanted.get((options.ASG, "MaxSize")), wanted.get((options.ROLLING, "MinInstancesInService"))
    if most and fewest and int(fewest) >= int(most):
        wrong = f"it must be less than MaxSize, {most}"
        raise refusal(rules.VALUE, options.invalid((options.ROLLING, "MinInstancesInService"), fewest, wrong))


# The rule functions that beliefs replace, beside `options.update_type`


def replaces(changed: Settings) -> bool:
    """Return whether these changes replace instances."""
    return any(map(options.replaces_instances, changed))


def batch_size(largest: int, running: int, fewest: int) -> int:
    """Return how many instances may be replaced together."""
    return min(largest, running - fewest)


def terminated_first(batch: int) -> int:
    """Return how many instances of a batch are terminated before their replacements run: all."""
    return batch


def deploys_separately(replacing: bool, version: str | None) -> bool:
    """Return whether a new version is deployed on its own."""
    return version is not None and not replacing


def after_failure(running: int, batch: int, number: int) -> tuple[int, int]:
    """Return (old, new) when batch `number` has failed: a rolling update restores them all."""
    return running, 0


# What people believe instead


@belief(options.update_type, "rolling-is-the-default", "configuration updates are rolling unless they are turned off",
        "They are off by default in the API; RollingUpdateType alone does not turn Time or Health on.",
        "update-types")  # fmt: skip
def rolling_anyway(settings: Mapping[options.Key, str]) -> str:
    kind = options.update_type(settings)
    written = options.effective(settings, options.ROLLING, "RollingUpdateType")
    return (written or kind) if kind == "Disabled" else kind


belief(replaces, "every-change-replaces", "every configuration change replaces the instances",
       "Only changes of the launch configuration, the instances or the VPC do.",
       "replacing-settings")(lambda changed: bool(changed))  # fmt: skip
belief(batch_size, "batch-is-max-batch-size", "a batch is always MaxBatchSize",
       "MinInstancesInService makes it smaller where too few would stay.",
       "update-batch")(lambda largest, running, fewest: min(largest, running))  # fmt: skip
belief(terminated_first, "replacements-come-first",
       "a rolling update launches replacements before it terminates a batch",
       "A batch is terminated first; capacity falls by the batch until its replacements are healthy.",
       "config-updates")(lambda batch: 0)  # fmt: skip
belief(deploys_separately, "version-is-deployed-as-well",
       "a version that comes with a replacing change is deployed in a second step",
       "New instances come up with the new version; there is no separate deployment.",
       "version-and-settings")(lambda replacing, version: version is not None)  # fmt: skip
belief(
    after_failure, "failed-update-stays-mixed",
    "a failed configuration update leaves finished batches on the new configuration",
    "That is what a failed deployment does; a configuration update is rolled back.", "update-failure",
)(lambda running, batch, number: (running - batch * (number - 1), batch * (number - 1)))  # fmt: skip
