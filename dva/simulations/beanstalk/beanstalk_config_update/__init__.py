"""A configuration update of AWS Elastic Beanstalk: are instances replaced, how, and who serves meanwhile?

In Elastic Beanstalk's order: is anything changed that replaces instances; if so, all together, in batches that are
terminated before their replacements are launched (rolling by time or by health), or by a second group of instances
(immutable); when it fails, the previous configuration is rolled out again.
(Developer Guide, "Configuration changes".) The rules stand in `_rules.py`, what is read in `_given.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dva.errors import GivenError
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._environment import Fleet, instance_count
from dva.simulations.beanstalk._options import Settings
from dva.simulations.beanstalk.beanstalk_config_update import _rules as rules
from dva.simulations.beanstalk.beanstalk_config_update._given import Given, check, refused

# The rule functions that beliefs replace.


def replaced_by(changed: Settings) -> bool:
    """Whether these changes replace instances."""
    return any(map(beanstalk.replaces_instances, changed))


def update_type(settings: Settings) -> str:
    """Disabled, Time, Health or Immutable."""
    return beanstalk.update_type(settings)


def batch_size(largest: int, running: int, fewest: int) -> int:
    """Instances that may be replaced together."""
    return min(largest, running - fewest)


def leaving(batch: int) -> int:
    """Instances of a batch that are terminated before their replacements run: all."""
    return batch


def separate(replacing: bool, version: str | None) -> bool:
    """Whether a new version is deployed on its own."""
    return version is not None and not replacing


def after_failure(running: int, batch: int, number: int) -> tuple[int, int]:
    """(old, new) when batch `number` has failed: a rolling update restores them all."""
    return running, 0


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    replaced_by: Callable[[Settings], bool] = replaced_by
    update_type: Callable[[Settings], str] = update_type
    batch_size: Callable[[int, int, int], int] = batch_size
    leaving: Callable[[int], int] = leaving
    separate: Callable[[bool, str | None], bool] = separate
    after_failure: Callable[[int, int, int], tuple[int, int]] = after_failure


def start(given: Given) -> dict[str, Any]:
    """Every instance with the old configuration."""
    return Fleet(instance_count(given.environment, given.settings()), "old").start()


def play(given: Given, trace: Tracer, how: How) -> None:
    """Which instances are replaced, and how."""
    Update(given, trace, how).run()


class Update:
    """One configuration update."""

    def __init__(self, given: Given, trace: Tracer, how: How) -> None:
        self.given, self.trace, self.how = given, trace, how
        self.before, self.change = given.settings(), given.changes()
        self.settings = self.before | self.change
        self.count = instance_count(given.environment, self.before)
        self.originals = [f"i-{n}" for n in range(1, self.count + 1)]
        self.fleet = Fleet(self.count, "old")
        self.label = given.update.version_label or given.environment.version_label
        self.replacements: list[list[str]] = []
        self.launches_first = False

    def run(self) -> None:
        """Check, then replace what has to be replaced."""
        self.first()
        check(self.given, self.before, self.change)
        changed = beanstalk.changed(self.before, self.change)
        for namespace, name in sorted(set(self.change) - set(changed)):
            self.trace.step(rules.UNCHANGED, f"{name} already is {self.change[namespace, name]}", rules.UNCHANGED.says)
        replacing = self.how.replaced_by(changed)
        self.version(replacing)
        if not replacing:
            return self.keep(changed)
        names = (
            ", ".join(name for key in changed for name in (key[1],) if beanstalk.replaces_instances(key))
            or "the change"
        )
        self.trace.step(rules.REPLACES, f"The instances are replaced because of {names}", rules.REPLACES.says)
        kind = self.how.update_type(self.settings)
        if kind == "Immutable":
            return self.immutable()
        if kind == "Disabled":
            return self.at_once()
        return self.rolling(kind)

    def first(self) -> None:
        """What holds before anything happens."""
        values = {
            "min_in_service": self.count, "instances_replaced": 0,
            "final": {"old": self.count, "new": 0}, "final_version": self.given.environment.version_label,
        }  # fmt: skip
        changes = {f"/outcome/{key}": value for key, value in values.items()}
        recommended = self.given.recommended(self.before)
        if recommended:
            self.trace.step(rules.RECOMMENDS, "The EB CLI has turned rolling updates on", rules.RECOMMENDS.says)
        wanted = ", ".join(f"{name} {value}" for (_, name), value in self.change.items()) or "no setting"
        title = f"The update sets {wanted}"
        self.trace.step(rules.BEGIN, title, f"{rules.BEGIN.says} Running: {self.count}.", changes=changes)

    def version(self, replacing: bool) -> None:
        """What becomes of a version that comes along."""
        new = self.given.update.version_label
        if new is None or new == self.given.environment.version_label:
            return
        separately = self.how.separate(replacing, new)
        rule = rules.SEPARATE if separately else rules.TOGETHER
        title = f"{new} is deployed {'separately' if separately else 'with the new instances'}"
        self.trace.step(rule, title, rule.says, changes={"/outcome/separate_deployment": separately})

    def keep(self, changed: Settings) -> None:
        """Nothing is replaced."""
        names = ", ".join(name for _, name in changed) or "Nothing"
        title = f"{names} {'changes' if not changed else 'is applied'} without replacing an instance"
        changes = {"/outcome/status": "NoReplacement", "/outcome/batches": 0, "/outcome/final_version": self.label}
        self.trace.step(rules.KEEPS, title, rules.KEEPS.says, at=self.fleet.now, changes=changes)

    def at_once(self) -> None:
        """All together."""
        self.trace.step(
            rules.DISABLED, "Rolling updates are off", rules.DISABLED.says,
            changes={"/outcome/type": "Disabled", "/outcome/batches": 1},
        )  # fmt: skip
        self.replace(1, self.originals, fails=self.given.events.fail_batch is not None)
        if self.given.events.fail_batch or self.given.events.abort:
            return self.undo(rules.FAILED if self.given.events.fail_batch else rules.ABORT, self.count, 1)
        return self.done()

    def immutable(self) -> None:
        """A second group, then a change of places."""
        self.trace.step(
            rules.IMMUTABLE_TYPE, "The update is immutable", rules.IMMUTABLE_TYPE.says,
            changes={"/outcome/type": "Immutable", "/outcome/batches": None},
        )  # fmt: skip
        names: list[str] = []
        for phase, count in (("first_instance", 1), ("remaining_instances", self.count - 1)):
            if count == 0:
                continue
            names += self.fleet.launch("new", count, "new starting")
            self.step(rules.GROUP, f"{count} new instance{'' if count == 1 else 's'} in a second group")
            rule = self.ends_group(phase)
            if rule is not None:
                self.fleet.terminate(names)
                return self.undone(rule, (self.count, 0))
            self.fleet.put_in(names, "new")
            self.step(rules.WAIT, f"{len(names)} new of {self.count} are healthy and serve too")
        self.fleet.terminate(self.originals)
        return self.done()

    def ends_group(self, phase: str) -> Rule | None:
        """By which rule the second group goes in this phase; a batch's number means the first instance."""
        events = self.given.events
        if events.fail_phase == phase or (events.fail_batch and phase == "first_instance"):
            return rules.DROPPED
        return rules.ABORT if events.abort and phase == "first_instance" else None

    def rolling(self, kind: str) -> None:
        """Batch after batch."""
        self.trace.step(
            rules.ENABLED, f"Rolling updates are on, by {kind.lower()}", rules.ENABLED.says,
            changes={"/outcome/type": kind},
        )  # fmt: skip
        batch = self.plan()
        batches = [self.originals[at : at + batch] for at in range(0, self.count, batch)]
        fails, aborted = self.given.events.fail_batch, int(self.given.events.abort)
        for name, number in (("fail_batch", fails), ("abort", aborted)):
            if number and number > len(batches):
                raise GivenError(f"there are {len(batches)} batches", pointer=f"/events/{name}")
        pause = beanstalk.effective(self.settings, beanstalk.ROLLING, "PauseTime") or "a time computed by the service"
        limit = beanstalk.effective(self.settings, beanstalk.ROLLING, "Timeout")
        waits = f"at most {limit} for its health" if kind == "Health" else f"for {pause}"
        self.trace.step(
            rules.WAIT, f"{self.count} instances in {len(batches)} batches of {batch}",
            f"After each batch it waits {waits}.",
            changes={"/outcome/batches": len(batches)},
        )  # fmt: skip
        for number, names in enumerate(batches, 1):
            replace = self.launch_first if self.launches_first else self.replace
            replace(number, names, fails == number)
            if fails == number:
                return self.undo(rules.FAILED, batch, number)
            if aborted == number and number < len(batches):
                return self.undo(rules.ABORT, batch, number)
        return self.done()

    def plan(self) -> int:
        """Instances in a batch."""
        largest, fewest = beanstalk.update_limits(self.settings)
        self.trace.step(
            rules.LIMITS, f"At most {largest} in a batch, at least {fewest} in service", rules.LIMITS.says,
            changes={"/outcome/MaxBatchSize": largest, "/outcome/MinInstancesInService": fewest},
        )  # fmt: skip
        batch = self.how.batch_size(largest, self.count, fewest)
        if batch > 0:
            self.trace.step(
                rules.BATCH, f"A batch is {batch}",
                f"The smaller of MaxBatchSize {largest} and {self.count} running - {fewest} in service "
                "(dva's convention: AWS does not say how the two limits meet).",
            )  # fmt: skip
            return batch
        most = beanstalk.number(self.settings, beanstalk.ASG, "MaxSize") or 1
        room = most - self.count
        if room < 1:
            message = (
                f"{fewest} of {self.count} must stay in service and MaxSize is {most}: no instance can be replaced."
            )
            raise refused(rules.STUCK, message)
        batch = min(largest, room, self.count)
        title = f"No instance may leave: {batch} at a time are launched first"
        self.trace.step(rules.NO_ROOM, title, f"{rules.NO_ROOM.says} (dva's convention: AWS does not say)")
        self.launches_first = True
        return batch

    def replace(self, number: int, names: list[str], fails: bool = False) -> None:
        """Terminate a batch, launch its replacements, wait."""
        leaving = names[: self.how.leaving(len(names))]
        staying = names[len(leaving) :]
        self.fleet.terminate(leaving)
        new = self.fleet.launch("new", len(names), "new starting")
        self.step(rules.TERMINATE, f"Batch {number}: {len(names)} terminated, {len(names)} launched")
        self.fleet.terminate(staying)
        self.replacements.append(new)
        if not fails:
            self.healthy(number, new)

    def launch_first(self, number: int, names: list[str], fails: bool) -> None:
        """Launch the replacements of a batch, wait, terminate the batch."""
        new = self.fleet.launch("new", len(names), "new starting")
        self.step(rules.LAUNCH, f"Batch {number}: {len(names)} launched")
        if fails:
            self.fleet.terminate(new)
            return
        self.replacements.append(new)
        self.fleet.terminate(names)
        self.healthy(number, new)

    def healthy(self, number: int, new: list[str]) -> None:
        """A batch serves."""
        self.fleet.put_in(new, "new")
        self.step(rules.WAIT, f"Batch {number}: {len(new)} new in service")

    def undo(self, rule: Rule, batch: int, number: int) -> None:
        """A failed or aborted update goes back, unless that fails too."""
        if self.given.events.rollback_fails:
            new = min(batch * number, self.count)
            return self.finish(
                rules.STAYS_MIXED, "Failed", "The rollback has failed too", (self.count - new, new), new,
                reason=f"batch {number} failed and so did the rollback",
            )  # fmt: skip
        for names in reversed(self.replacements):
            self.restore(names)
        return self.undone(rule, self.how.after_failure(self.count, batch, number))

    def restore(self, names: list[str]) -> None:
        """One batch of the way back, terminated first unless the update launched first too."""
        if not self.launches_first:
            self.fleet.terminate(names)
        back = self.fleet.launch("back", len(names), "old starting")
        self.step(rules.BACK, f"On the way back: {len(names)} of the previous configuration are launched")
        if self.launches_first:
            self.fleet.terminate(names)
        self.fleet.put_in(back, "old")

    def undone(self, rule: Rule, final: tuple[int, int]) -> None:
        """Back to the previous configuration."""
        reason = "aborted" if rule is rules.ABORT else "instances did not become healthy in time"
        title = "The previous configuration is restored"
        self.finish(rule, "RolledBack", title, final, 0, reason=reason)

    def done(self) -> None:
        """Everything is new."""
        title = "All instances have the new configuration"
        self.finish(rules.DONE, "Updated", title, (0, self.count), self.count, final_version=self.label)

    def finish(self, rule: Rule, status: str, title: str, final: tuple[int, int], replaced: int, **more: Any) -> None:
        """The last step."""
        values = {
            "status": status, "final": {"old": final[0], "new": final[1]}, "instances_replaced": replaced, **more,
        }  # fmt: skip
        self.step(rule, title, **values)

    def step(self, rule: Rule, title: str, **more: Any) -> None:
        """A step by which time passes."""
        changes = self.fleet.tick(self.trace.recording)
        if self.trace.outcome["min_in_service"] != self.fleet.fewest:
            changes["/outcome/min_in_service"] = self.fleet.fewest
        changes |= {f"/outcome/{key}": value for key, value in more.items()}
        told = f"{rule.says} In service: {self.fleet.serving}, paid for: {self.fleet.paid}."
        self.trace.step(rule, title, told, at=self.fleet.now, changes=changes)


def _notes(*notes: str) -> tuple[str, ...]:
    return tuple(f"elastic-beanstalk-deployment.{note}" for note in notes)


def _rolling_anyway(settings: Settings) -> str:
    kind = beanstalk.update_type(settings)
    return (
        (beanstalk.effective(settings, beanstalk.ROLLING, "RollingUpdateType") or kind) if kind == "Disabled" else kind
    )


BELIEFS = (
    Belief(
        "rolling-is-the-default", "configuration updates are rolling unless they are turned off",
        "They are off by default in the API; RollingUpdateType alone does not turn Time or Health on.",
        "update_type", _rolling_anyway, _notes("update-types"),
    ),
    Belief(
        "every-change-replaces", "every configuration change replaces the instances",
        "Only changes of the launch configuration, the instances or the VPC do.",
        "replaced_by", lambda changed: bool(changed), _notes("replacing-settings"),
    ),
    Belief(
        "batch-is-max-batch-size", "a batch is always MaxBatchSize",
        "MinInstancesInService makes it smaller where too few would stay.",
        "batch_size", lambda largest, running, fewest: min(largest, running), _notes("update-batch"),
    ),
    Belief(
        "replacements-come-first", "a rolling update launches replacements before it terminates a batch",
        "A batch is terminated first; capacity falls by the batch until its replacements are healthy.",
        "leaving", lambda batch: 0, _notes("config-updates"),
    ),
    Belief(
        "version-is-deployed-as-well", "a version that comes with a replacing change is deployed in a second step",
        "New instances come up with the new version; there is no separate deployment.",
        "separate", lambda replacing, version: version is not None, _notes("version-and-settings"),
    ),
    Belief(
        "failed-update-stays-mixed", "a failed configuration update leaves finished batches on the new configuration",
        "That is what a failed deployment does; a configuration update is rolled back.",
        "after_failure", lambda running, batch, number: (running - batch * (number - 1), batch * (number - 1)),
        _notes("update-failure"),
    ),
)  # fmt: skip

_ROLLING = pointer("given", "option_settings", beanstalk.ROLLING)

SIMULATION = Simulation(
    name="beanstalk-config-update",
    title="Elastic Beanstalk configuration updates",
    view="lanes",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={
        "type": None, "batches": None, "min_in_service": None, "instances_replaced": None, "MaxBatchSize": None,
        "MinInstancesInService": None, "final": {}, "final_version": None, "separate_deployment": False,
        "reason": None,
    },
    statuses=("Updated", "RolledBack", "Rejected", "NoReplacement", "Failed"),
    play=play,
    how=How(),
    start=start,
    unit="step",
    varies={
        f"{_ROLLING}/RollingUpdateType": ("Time", "Health", "Immutable"),
        f"{_ROLLING}/RollingUpdateEnabled": beanstalk.BOOLEAN,
    },
)  # fmt: skip
