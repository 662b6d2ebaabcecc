"""A deployment of AWS CodeDeploy: which instances go when, what must stay healthy, where it stops, what is rolled back.

In CodeDeploy's order: the request is checked; tags select the instances; platform and style decide the lifecycle
events; the configuration becomes a minimum of healthy instances; waves of instances are deployed to, failed ones first;
the end is judged; a rollback is a new deployment. (AWS CodeDeploy User Guide, "Instance health".) The rules
stand in `_rules.py`, the documents in `_documents.py`, the waves in `_fleet.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from dva.simulations._before import Belief, Rule, Simulation, Tracer
from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy.codedeploy import _rules as rules
from dva.simulations.codedeploy.codedeploy._documents import Given, Instance, Minimum, Scripts, Tag, check, functions
from dva.simulations.codedeploy.codedeploy._fleet import FAR, Fleet, rank

# The rule functions that beliefs replace.


def minimum(configured: Minimum, instances: int) -> int:
    """HOST_COUNT as it is, FLEET_PERCENT rounded up."""
    if configured.type == "HOST_COUNT":
        return configured.value
    return ceil(Fraction(instances * configured.value, 100))


def one_at_a_time(instances: int) -> int:
    """All but one."""
    return max(0, instances - 1)


def half_at_a_time(instances: int) -> int:
    """Half, rounded up."""
    return ceil(Fraction(instances, 2))


def pool(untried: list[Instance], last_successful: str | None) -> list[Instance]:
    """Those that may go next, in order: the unhealthy ones, where there is none the others."""
    unhealthy = [instance for instance in untried if not instance.healthy]
    return sorted(unhealthy or untried, key=lambda instance: rank(instance, last_successful))


def room(possible: int, minimum: int, instances: int) -> int:
    """How many may be taken at once."""
    return possible - minimum


def ends_well(succeeded: int, failed: int, healthy: int, minimum: int) -> bool:
    """Judged when all have been tried: the last ones may have failed."""
    return succeeded > 0 and healthy >= minimum


def rolls_back(enabled: bool, events: list[str], event: str) -> bool:
    """Only where it is configured for this event."""
    return enabled and event in events


def fits(labels: list[tuple[str, str]], groups: list[list[Tag]]) -> bool:
    """A tag of every group: OR inside a group, AND between groups."""
    return all(any(_has(labels, tag) for tag in tags) for tags in groups)


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    minimum: Callable[[Minimum, int], int] = minimum
    one_at_a_time: Callable[[int], int] = one_at_a_time
    half_at_a_time: Callable[[int], int] = half_at_a_time
    pool: Callable[[list[Instance], str | None], list[Instance]] = pool
    room: Callable[[int, int, int], int] = room
    ends_well: Callable[[int, int, int, int], bool] = ends_well
    rolls_back: Callable[[bool, list[str], str], bool] = rolls_back
    fits: Callable[[list[tuple[str, str]], list[list[Tag]]], bool] = fits
    owner: Callable[..., str] = lifecycle.owner


def _has(labels: list[tuple[str, str]], tag: Tag) -> bool:
    if tag.type == "KEY_ONLY":
        return any(key == tag.key for key, _ in labels)
    if tag.type == "VALUE_ONLY":
        return any(value == tag.value for _, value in labels)
    return (tag.key, tag.value) in labels


def start(given: Given) -> dict[str, Any]:
    names = [instance.id for instance in given.instances]
    if given.platform != "Server":
        names = ["function" if given.platform == "Lambda" else "taskset"]
    return {"lanes": {name: [] for name in names}}


def play(given: Given, trace: Tracer, how: How) -> None:
    """The request, the events, then instances or functions."""
    check(given)
    groups = _events(given)
    owners = _owners(given, groups, how)
    _tell_events(given, trace, groups, owners)
    if given.platform == "Server":
        Servers(given, trace, how, owners).deploy(groups["replacement" if given.blue_green else "instance"])
    else:
        (group,) = groups
        Service(given, trace, how, owners).deploy(group, groups[group])


def _events(given: Given) -> dict[str, list[str]]:
    """The lifecycle events of each group, in order."""
    if given.platform == "Lambda":
        return {"function": list(lifecycle.ALLOW)}
    if given.platform == "ECS":
        tests = ("AllowTestTraffic", "AfterAllowTestTraffic")
        return {"taskset": [event for event in lifecycle.ECS if given.test_listener is not False or event not in tests]}
    if not given.blue_green:
        around = (lifecycle.BLOCK, lifecycle.ALLOW) if given.balanced else ((), ())
        return {"instance": [*around[0], *lifecycle.INSTALL, *around[1]]}
    if given.deploy.creator == "codeDeployRollback":
        return {"original": list(lifecycle.ALLOW), "replacement": list(lifecycle.BLOCK)}
    return {"replacement": [*lifecycle.INSTALL, *lifecycle.ALLOW], "original": list(lifecycle.BLOCK)}


def _owners(given: Given, groups: dict[str, list[str]], how: How) -> dict[str, str]:
    """Whose script each scriptable event runs."""
    events = [event for names in groups.values() for event in lifecycle.scriptable(names)]
    if given.platform != "Server":
        return dict.fromkeys(events, "current")
    rollback = given.blue_green and given.deploy.creator == "codeDeployRollback"
    return {event: how.owner(event, blue_green_rollback=rollback) for event in events}


def _tell_events(given: Given, trace: Tracer, groups: dict[str, list[str]], owners: dict[str, str]) -> None:
    listener = given.platform == "ECS" and given.test_listener is False
    scripts = {group: lifecycle.scriptable(names) for group, names in groups.items()}
    changes: dict[str, Any] = {"/outcome/events": groups, "/outcome/scriptable": scripts}
    told = "; ".join(f"{group}: {', '.join(names)}" for group, names in groups.items())
    kind = "blue/green" if given.blue_green or given.platform != "Server" else "in place"
    title = f"Lifecycle of a deployment to {given.platform}, {kind}"
    trace.step(rules.LISTENER if listener else rules.EVENTS, title, told, changes=changes)
    rollback = "most_recent" in owners.values()
    before = [event for event, owner in owners.items() if owner != "current"]
    why = f"Not from the new revision: {', '.join(before) or 'none'}. {rules.OWNERS.says}"
    trace.step(
        rules.ROLLBACK_OWNERS if rollback else rules.OWNERS, "Whose scripts run", why,
        changes={"/outcome/hook_revision": owners},
    )  # fmt: skip


@dataclass
class Deployment:
    """What deployments to all platforms share: how they end, and the rollback."""

    given: Given
    trace: Tracer
    how: How
    owners: dict[str, str]

    def fail(self, rule: Rule, code: str, message: str, changes: dict[str, Any] | None = None, at: int = 0) -> None:
        """Failed; a rollback follows where it is configured for failures."""
        more = {"/outcome/status": "Failed", "/outcome/error": {"code": code, "message": message}} | (changes or {})
        self.trace.step(rule, f"The deployment fails: {code}", f"{message}. {rule.says}", at=at, changes=more)
        self.roll_back("DEPLOYMENT_FAILURE")

    def stop(self, rule: Rule, code: str, at: int, changes: dict[str, Any] | None = None) -> None:
        """Stopped, by an alarm or on request."""
        told = "an alarm went off" if code == "ALARM_ACTIVE" else "somebody stopped the deployment"
        more = {"/outcome/status": "Stopped", "/outcome/error": {"code": code, "message": told}} | (changes or {})
        self.trace.step(rule, f"Stopped: {told}", rule.says, at=at, changes=more)
        self.roll_back("DEPLOYMENT_STOP_ON_ALARM" if code == "ALARM_ACTIVE" else "DEPLOYMENT_STOP_ON_REQUEST")

    def roll_back(self, event: str) -> None:
        """A new deployment of the last good revision, where it is configured."""
        automatic, revision = self.given.auto_rollback_configuration, self.given.last_successful
        why = None
        if self.given.deploy.creator == "codeDeployRollback":
            why = "this is a rollback itself"
        elif not self.how.rolls_back(automatic.enabled, automatic.events, event):
            why = f"{event} is not among the enabled events"
        elif revision is None:
            why = "no revision has succeeded before"
        if why:
            self.trace.step(rules.NO_ROLLBACK, "Nothing is rolled back", f"{why}. {rules.NO_ROLLBACK.says}")
            return
        rolled = {"revision": revision, "creator": "codeDeployRollback", "new_deployment": True}
        title = f"A new deployment brings {revision} back"
        self.trace.step(rules.ROLLBACK, title, rules.ROLLBACK.says, changes={"/outcome/rollback": rolled})
        self.tell_stop_scripts()

    def tell_stop_scripts(self) -> None:
        """Whose stop scripts a rollback runs; only instances have any."""


@dataclass
class Servers(Deployment):
    """EC2 and on-premises instances."""

    fleet: Fleet | None = None

    def deploy(self, events: list[str]) -> None:
        """Select, work out the minimum, deploy wave by wave, judge."""
        chosen = self.select()
        originals = [instance for instance in chosen if self.given.blue_green and instance.fleet == "original"]
        chosen = [instance for instance in chosen if instance not in originals] if originals else chosen
        if not chosen:
            return self.fail(rules.NOBODY, "NO_INSTANCES", "no instance was found for the deployment group")
        low = self.minimum(len(chosen))
        if low >= len(chosen):
            return self.never_start(chosen, low)
        self.fleet = Fleet(self.given, self.trace, self.how, chosen, events, low, Scripts(self.given), self.owners)
        ended = self.fleet.run()
        green = self.given.blue_green and self.given.deploy.creator != "codeDeployRollback"
        if ended == "tried" and green and not self.hand_over(self.fleet, originals):
            return None
        return self.judge(self.fleet, ended)

    def select(self) -> list[Instance]:
        """The instances of the deployment group."""
        groups, instances = self.given.tag_groups, self.given.instances
        if groups is None:
            changes = {"/outcome/selected": [instance.id for instance in instances]} | _installed(instances)
            title = f"The deployment group has {len(instances)} instances"
            self.trace.step(rules.ALL_SELECTED, title, rules.ALL_SELECTED.says, changes=changes)
            return instances
        chosen = [instance for instance in instances if self.how.fits(instance.labels, groups)]
        ids = {instance.id: None for instance in chosen}
        left = [instance.id for instance in instances if instance.id not in ids]
        told = " AND ".join("(" + " OR ".join(_tag(tag) for tag in tags) + ")" for tags in groups)
        self.trace.step(
            rules.SELECT, f"Tags select {len(chosen)} of {len(instances)} instances",
            f"{told}. Left out: {', '.join(left[:8]) or 'none'}. {rules.SELECT.says}",
            changes={"/outcome/selected": list(ids)} | _installed(chosen),
        )  # fmt: skip
        return chosen

    def minimum(self, count: int) -> int:
        """How many instances must stay healthy."""
        configured, config = self.given.minimum_healthy_hosts, self.given.config
        if configured is not None:
            low = self.how.minimum(configured, count)
            rule = rules.COUNT if configured.type == "HOST_COUNT" else rules.PERCENT
            why = f"{configured.type} {configured.value} of {count} instances."
        else:
            table: dict[str, tuple[Rule, Callable[[int], int]]] = {
                "HalfAtATime": (rules.HALF, self.how.half_at_a_time),
                "AllAtOnce": (rules.ALL, lambda instances: 0),
            }
            rule, decide = table.get(config, (rules.ONE, self.how.one_at_a_time))
            low, why = decide(count), f"{config} with {count} instances."
        title = f"At least {low} of {count} instances stay healthy"
        self.trace.step(rule, title, f"{why} {rule.says}", changes={"/outcome/min_healthy": low})
        return low

    def never_start(self, chosen: list[Instance], low: int) -> None:
        """The minimum leaves no room for a single instance."""
        order = sorted(chosen, key=lambda instance: (instance.healthy, rank(instance, self.given.last_successful)))
        changes = {"/outcome/not_attempted": [instance.id for instance in order]}
        message = f"{low} of {len(chosen)} instances must stay healthy, so none can be taken"
        self.fail(rules.INVALID, "HEALTH_CONSTRAINTS_INVALID", message, changes)

    def hand_over(self, fleet: Fleet, originals: list[Instance]) -> bool:
        """Blue/green: traffic moves to the replacement, the originals are deregistered; False where that ends it."""
        green = self.given.blue_green_deployment_configuration
        ready = green.deployment_ready_option
        if ready.action_on_timeout == "STOP_DEPLOYMENT" and not self.given.deploy.continue_deployment:
            title = f"Nobody continued within {ready.wait_time_in_minutes} minutes: Stopped"
            changes = {"/outcome/status": "Stopped"}
            self.trace.step(rules.READY, title, rules.READY.says, at=fleet.waves, changes=changes)
            self.roll_back("DEPLOYMENT_STOP_ON_REQUEST")
            return False
        ids = {instance.id for instance in originals}
        faults = [fault for fault in self.given.faults if fault.instance in ids and fault.event in lifecycle.BLOCK]
        broken = next((fault.instance for fault in faults if fault.exit or fault.error), None)
        if broken:
            message = f"the original instance {broken} was not deregistered"
            self.fail(rules.ORIGINAL_FAILED, "HEALTH_CONSTRAINTS", message, at=fleet.waves)
            return False
        ending, told = green.terminate_blue_instances_on_deployment_success, "nothing is said about their end"
        if ending:
            wait = ending.termination_wait_time_in_minutes
            told = "they are kept" if ending.action == "KEEP_ALIVE" else f"they are terminated after {wait} minutes"
        title = f"{len(originals)} original instances leave the load balancer; {told}"
        self.trace.step(rules.ORIGINALS, title, rules.ORIGINALS.says, at=fleet.waves)
        return True

    def judge(self, fleet: Fleet, ended: str) -> None:
        """How the deployment ends."""
        changes: dict[str, Any] = {"/outcome/not_attempted": fleet.rest()} if fleet.untried else {}
        if ended in ("alarm", "request"):
            rule, code = (rules.ALARM, "ALARM_ACTIVE") if ended == "alarm" else (rules.REQUESTED, "MANUAL_STOP")
            return self.stop(rule, code, fleet.waves, changes)
        good, bad = len(self.trace.outcome["succeeded"]), len(self.trace.outcome["failed"])
        if ended == "tried" and self.how.ends_well(good, bad, len(fleet.healthy), fleet.minimum):
            why = f"{good} succeeded, {bad} failed; {len(fleet.healthy)} are healthy, at least {fleet.minimum} must be."
            changes["/outcome/status"] = "Succeeded"
            title = "The deployment has succeeded"
            return self.trace.step(rules.ENOUGH, title, f"{why} {rules.ENOUGH.says}", at=fleet.waves, changes=changes)
        message = f"{bad} failed; {len(fleet.healthy)} are healthy, {fleet.minimum} must be"
        rule = rules.LIMIT if ended == "limit" else rules.NOT_ENOUGH
        return self.fail(rule, "HEALTH_CONSTRAINTS", message, changes, fleet.waves)

    def tell_stop_scripts(self) -> None:
        """In place, the next deployment stops each instance with what was installed there last."""
        if self.fleet is None or self.given.blue_green:
            return
        instances, installed = self.fleet.instances, self.fleet.installed
        new = [instance.id for instance in instances if instance.id in installed]
        old = [instance.id for instance in instances if instance.id not in installed and instance.revision]
        revision = self.given.deploy.revision
        why = f"{revision}'s on {', '.join(new[:8]) or 'none'}; the old one's on {', '.join(old[:8]) or 'none'}."
        title = "Whose ApplicationStop the rollback runs"
        self.trace.step(rules.STOP_SCRIPTS, title, f"{why} {rules.STOP_SCRIPTS.says}")


@dataclass
class Service(Deployment):
    """AWS Lambda and Amazon ECS: one function or task set, each hook once, in order."""

    def deploy(self, group: str, events: list[str]) -> None:
        """Event by event, up to the first that fails."""
        failing = {fault.event for fault in self.given.faults if fault.exit or fault.error}
        hooks = functions(self.given)
        for at, event in enumerate(events):
            called = event in lifecycle.RESERVED or hooks is None or event in hooks
            bad = event in failing and called
            changes: dict[str, Any] = {}
            if self.trace.recording:
                changes[f"/state/lanes/{group}/-"] = [at, at + 1, f"{event}{' fails' if bad else ''}"]
            if bad:
                return self.hook_failed(event, changes, at)
            why = f"{_hook(event, hooks)}. {rules.FUNCTION.says}"
            self.trace.step(rules.FUNCTION, f"{event} succeeds", why, at=at, changes=changes)
            if self.given.alarm and event == "AllowTraffic":
                return self.stop(rules.ALARM, "ALARM_ACTIVE", at)
        done = {"/outcome/status": "Succeeded"}
        title = "The deployment has succeeded"
        return self.trace.step(rules.SHIFTED, title, rules.SHIFTED.says, at=len(events), changes=done)

    def hook_failed(self, event: str, changes: dict[str, Any], at: int) -> None:
        """Failed; before the new task set there is nothing to roll back."""
        if self.given.platform == "ECS" and event == "BeforeInstall":
            error = {"code": "HOOK_EXECUTION_FAILURE", "message": f"{event} did not succeed"}
            more = {"/outcome/status": "Failed", "/outcome/error": error}
            self.trace.step(rules.HOOK_FAILED, f"{event} fails", rules.HOOK_FAILED.says, at=at, changes=changes | more)
            self.trace.step(rules.TOO_EARLY, "Nothing is rolled back", rules.TOO_EARLY.says, at=at)
            return
        self.fail(rules.HOOK_FAILED, "HOOK_EXECUTION_FAILURE", f"{event} did not succeed", changes, at)


def _installed(instances: list[Instance]) -> dict[str, Any]:
    """What each instance has installed last, before the deployment."""
    return {"/outcome/last_successful": {each.id: each.revision for each in instances if each.revision is not None}}


def _hook(event: str, hooks: dict[str, str] | None) -> str:
    """What happens in an event of a function or a task set."""
    if event in lifecycle.RESERVED:
        return "CodeDeploy's own event"
    if hooks is None:
        return "A hook: the function reports Succeeded"
    return f"The function {hooks[event]} reports Succeeded" if event in hooks else "The AppSpec has no hook for it"


def _tag(tag: Tag) -> str:
    return {"KEY_ONLY": f"key {tag.key}", "VALUE_ONLY": f"value {tag.value}"}.get(tag.type, f"{tag.key}={tag.value}")


BELIEFS = (
    Belief(
        "one-at-a-time-is-99-percent", "OneAtATime keeps 99 percent of the instances healthy",
        "Rounded up, 99 percent of fewer than 100 instances are all of them, and no deployment could start.",
        "one_at_a_time", lambda instances: ceil(Fraction(instances * 99, 100)), ("codedeploy.22",),
    ),
    Belief(
        "percentages-round-down", "a percentage of healthy instances is rounded down",
        "It is rounded up: 75 percent of 5 instances are 4.",
        "minimum", lambda configured, instances: configured.value if configured.type == "HOST_COUNT"
        else floor(Fraction(instances * configured.value, 100)), ("codedeploy.25",),
    ),
    Belief(
        "half-rounds-down", "HalfAtATime of 5 instances takes 3 at once",
        "The half that stays healthy is rounded up to 3, so 2 go at once.",
        "half_at_a_time", lambda instances: instances // 2, ("codedeploy.23",),
    ),
    Belief(
        "in-the-order-of-the-list", "failed instances wait until the healthy ones are done",
        "Unhealthy instances go first: they cost no capacity.",
        "pool", lambda untried, last: sorted(untried, key=lambda instance: not instance.healthy), ("codedeploy.30",),
    ),
    Belief(
        "failures-do-not-stop", "CodeDeploy tries every instance and reports the failures at the end",
        "It stops as soon as one more failure could go below the minimum.",
        "room", lambda possible, low, instances: FAR, ("codedeploy.health-constraints",),
    ),
    Belief(
        "any-failure-fails", "a deployment with a failed instance has failed",
        "It succeeds when enough instances are healthy: the last ones may fail.",
        "ends_well", lambda good, bad, healthy, low: good > 0 and bad == 0, ("codedeploy.last-may-fail",),
    ),
    Belief(
        "always-rolled-back", "CodeDeploy rolls every failed deployment back",
        "Only where automatic rollback is enabled for that event.",
        "rolls_back", lambda enabled, events, event: True, ("codedeploy.31",),
    ),
    Belief(
        "any-tag-is-enough", "an instance with any tag of any tag group is selected",
        "Between tag groups it is AND: a tag of every group is needed.",
        "fits", lambda labels, groups: any(_has(labels, tag) for tags in groups for tag in tags), ("codedeploy.06",),
    ),
    Belief(
        "stop-script-is-the-new-one", "ApplicationStop runs the script of the revision being deployed",
        "The new revision is not downloaded yet; the script is that of the revision installed last.",
        "owner", lambda event, blue_green_rollback=False: "current", ("codedeploy.14",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="codedeploy",
    title="CodeDeploy deployment",
    view="lanes",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={
        "min_healthy": None, "waves": [], "succeeded": [], "failed": [], "not_attempted": [], "rollback": None,
        "events": {}, "scriptable": {}, "hook_revision": {}, "selected": [],
        "last_successful": {},
    },
    statuses=("Succeeded", "Failed", "Stopped", "refused"),
    play=play,
    how=How(),
    start=start,
    unit="wave",
)  # fmt: skip
