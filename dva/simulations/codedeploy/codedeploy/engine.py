"""A deployment from the request to the rollback."""

from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy.codedeploy import decisions, rules
from dva.simulations.codedeploy.codedeploy.documents import Given, Instance, Tag
from dva.simulations.codedeploy.codedeploy.fleet import Fleet
from dva.simulations.codedeploy.codedeploy.request import check, functions, not_read
from dva.simulations.frame import Draw, Run, State
from dva.trace import Place, Rule


def initial_state(given: Given) -> State:
    if given.platform == "Server":
        return {"lanes": {instance.id: [] for instance in given.instances}}
    return {"lanes": {"function" if given.platform == "Lambda" else "taskset": []}}


def deploy(given: Given, run: Run) -> None:
    """Check the request, settle the events, then deploy to instances or functions."""
    check(given)
    run.not_read(not_read(given))
    groups = _events(given)
    owners = _owners(given, groups, run)
    _show_events(given, run, groups, owners)
    if given.platform == "Server":
        Servers(given, run, owners).deploy(groups["replacement" if given.blue_green else "instance"])
    else:
        (group,) = groups
        Services(given, run, owners).deploy(group, groups[group])


# Lifecycle events


def _events(given: Given) -> dict[str, list[str]]:
    """Return the lifecycle events of each group, in order."""
    if given.platform == "Lambda":
        return {"function": list(lifecycle.ALLOW)}
    if given.platform == "ECS":
        tests = ("AllowTestTraffic", "AfterAllowTestTraffic")
        return {"taskset": [event for event in lifecycle.ECS if given.test_listener is not False or event not in tests]}
    if not given.blue_green:
        around = (lifecycle.BLOCK, lifecycle.ALLOW) if given.balanced else ((), ())
        return {"instance": [*around[0], *lifecycle.INSTALL, *around[1]]}
    if given.is_rollback:
        return {"original": list(lifecycle.ALLOW), "replacement": list(lifecycle.BLOCK)}
    return {"replacement": [*lifecycle.INSTALL, *lifecycle.ALLOW], "original": list(lifecycle.BLOCK)}


def _owners(given: Given, groups: dict[str, list[str]], run: Run) -> dict[str, str]:
    """Return whose script each scriptable event runs."""
    events = [event for names in groups.values() for event in lifecycle.scriptable(names)]
    if given.platform != "Server":
        return dict.fromkeys(events, "current")
    rollback = given.blue_green and given.is_rollback
    return {event: run.using(lifecycle.owner)(event, blue_green_rollback=rollback) for event in events}


def _show_events(given: Given, run: Run, groups: dict[str, list[str]], owners: dict[str, str]) -> None:
    kind = "blue/green" if given.blue_green or given.platform != "Server" else "in place"
    run.step(rules.LISTENER if given.platform == "ECS" and given.test_listener is False else rules.EVENTS,
             f"Lifecycle of a deployment to {given.platform}, {kind}",
             "; ".join(f"{group}: {', '.join(names)}" for group, names in groups.items()), events=groups,
             scriptable={group: lifecycle.scriptable(names) for group, names in groups.items()})  # fmt: skip
    before = ", ".join(event for event, owner in owners.items() if owner != "current") or "none"
    rule = rules.ROLLBACK_OWNERS if "most_recent" in owners.values() else rules.OWNERS
    run.step(rule, "Whose scripts run", f"Not from the new revision: {before}.", hook_revision=owners)


class Deployment:
    """What deployments to all platforms share: how they end, and the rollback."""

    def __init__(self, given: Given, run: Run, owners: dict[str, str]) -> None:
        self.given, self.run, self.owners = given, run, owners

    def fail(self, rule: Rule, code: str, message: str, at: int = 0, inside: dict[Place, object] | None = None,
             draw: Draw | None = None) -> None:  # fmt: skip
        """End as Failed; a rollback follows where it is configured for failures."""
        self.run.step(rule, f"The deployment fails: {code}", f"{message}.", at=at, draw=draw, inside=inside,
                      status="Failed", error={"code": code, "message": message})  # fmt: skip
        self.roll_back("DEPLOYMENT_FAILURE")

    def stop(self, rule: Rule, code: str, at: int, inside: dict[Place, object] | None = None) -> None:
        """End as Stopped, by an alarm or on request."""
        alarm = code == "ALARM_ACTIVE"
        message = "an alarm went off" if alarm else "somebody stopped the deployment"
        error = {"code": code, "message": message}
        self.run.step(rule, f"Stopped: {message}", at=at, inside=inside, status="Stopped", error=error)
        self.roll_back("DEPLOYMENT_STOP_ON_ALARM" if alarm else "DEPLOYMENT_STOP_ON_REQUEST")

    def roll_back(self, event: str) -> None:
        """Create a new deployment of the last good revision, where that is configured."""
        automatic, revision = self.given.auto_rollback_configuration, self.given.last_successful
        why = None
        if self.given.is_rollback:
            why = "this is a rollback itself"
        elif not self.run.using(decisions.rolls_back)(automatic.enabled, automatic.events, event):
            why = f"{event} is not among the enabled events"
        elif revision is None:
            why = "no revision has succeeded before"
        if why:
            self.run.step(rules.NO_ROLLBACK, "Nothing is rolled back", f"{why}.")
            return
        rollback = {"revision": revision, "creator": "codeDeployRollback", "new_deployment": True}
        self.run.step(rules.ROLLBACK, f"A new deployment brings {revision} back", rollback=rollback)
        self.show_stop_scripts()

    def show_stop_scripts(self) -> None:
        """Record whose stop scripts a rollback runs; only instances have any."""


class Servers(Deployment):
    """EC2 and on-premises instances."""

    fleet: Fleet | None = None

    def deploy(self, events: list[str]) -> None:
        """Select, work out the minimum, deploy wave by wave, judge."""
        selected = self.select()
        originals = [instance for instance in selected if self.given.blue_green and instance.fleet == "original"]
        chosen = [instance for instance in selected if instance not in originals]
        if not chosen:
            return self.fail(rules.NOBODY, "NO_INSTANCES", "no instance was found for the deployment group")
        low = self.minimum(len(chosen))
        if low >= len(chosen):
            last = self.given.last_successful
            order = sorted(chosen, key=lambda instance: (instance.healthy, decisions.rank(instance, last)))
            rest: dict[Place, object] = {("not_attempted",): [instance.id for instance in order]}
            message = f"{low} of {len(chosen)} instances must stay healthy, so none can be taken"
            return self.fail(rules.INVALID, "HEALTH_CONSTRAINTS_INVALID", message, inside=rest)
        self.fleet = Fleet(self.given, self.run, chosen, events, low, self.owners)
        ended = self.fleet.deploy()
        green = self.given.blue_green and not self.given.is_rollback
        if ended == "tried" and green and not self.hand_over(self.fleet, originals):
            return None
        return self.judge(self.fleet, ended)

    def select(self) -> list[Instance]:
        """Return the instances of the deployment group."""
        groups, instances = self.given.tag_groups, self.given.instances
        if groups is None:
            chosen, rule, why = instances, rules.ALL_SELECTED, ""
            title = f"The deployment group has {len(instances)} instances"
        else:
            fits = self.run.using(decisions.selects)
            chosen, rule = [instance for instance in instances if fits(groups, instance.labels)], rules.SELECT
            ids = {instance.id for instance in chosen}
            left = ", ".join([instance.id for instance in instances if instance.id not in ids][:8]) or "none"
            filters = " AND ".join("(" + " OR ".join(_filter(tag) for tag in tags) + ")" for tags in groups)
            title, why = f"Tags select {len(chosen)} of {len(instances)} instances", f"{filters}. Left out: {left}."
        installed = {instance.id: instance.revision for instance in chosen if instance.revision is not None}
        self.run.step(rule, title, why, selected=[one.id for one in chosen], last_successful=installed)
        return chosen

    def minimum(self, count: int) -> int:
        """Return how many instances must stay healthy."""
        configured, config = self.given.minimum_healthy_hosts, self.given.config
        if configured is not None:
            low = self.run.using(decisions.minimum)(configured, count)
            rule = rules.COUNT if configured.type == "HOST_COUNT" else rules.PERCENT
            why = f"{configured.type} {configured.value} of {count} instances."
            if configured.type != "HOST_COUNT":
                share = configured.value * count / 100
                why = f"{configured.value} % of {count} instances is {share:g}, rounded up to {low}."
        else:
            why = f"{config} with {count} instances."
            if config == "HalfAtATime":
                rule, low = rules.HALF, self.run.using(decisions.half_at_a_time)(count)
            elif config == "AllAtOnce":
                rule, low = rules.ALL, 0
            else:
                rule, low = rules.ONE, self.run.using(decisions.one_at_a_time)(count)
        self.run.step(rule, f"At least {low} of {count} instances stay healthy", why, min_healthy=low)
        return low

    def hand_over(self, fleet: Fleet, originals: list[Instance]) -> bool:
        """Move the traffic to the replacement and deregister the originals; return False where that ends it."""
        green = self.given.blue_green_deployment_configuration
        ready = green.deployment_ready_option
        if ready.action_on_timeout == "STOP_DEPLOYMENT" and not self.given.deploy.continue_deployment:
            title = f"Nobody continued within {ready.wait_time_in_minutes} minutes: Stopped"
            self.run.step(rules.READY, title, at=fleet.waves, status="Stopped")
            self.roll_back("DEPLOYMENT_STOP_ON_REQUEST")
            return False
        ids = {instance.id for instance in originals}
        faults = [fault for fault in self.given.faults if fault.instance in ids and fault.event in lifecycle.BLOCK]
        broken = next((fault.instance for fault in faults if fault.exit or fault.error), None)
        if broken:
            message = f"the original instance {broken} was not deregistered"
            self.fail(rules.ORIGINAL_FAILED, "HEALTH_CONSTRAINTS", message, fleet.waves)
            return False
        ending, fate = green.terminate_blue_instances_on_deployment_success, "nothing is said about their end"
        if ending:
            wait = ending.termination_wait_time_in_minutes
            fate = "they are kept" if ending.action == "KEEP_ALIVE" else f"they are terminated after {wait} minutes"
        title = f"{len(originals)} original instances leave the load balancer; {fate}"
        self.run.step(rules.ORIGINALS, title, at=fleet.waves)
        return True

    def judge(self, fleet: Fleet, ended: str) -> None:
        """End the deployment when no further instance is tried."""
        rest: dict[Place, object] = {("not_attempted",): fleet.not_attempted()} if fleet.untried else {}
        if ended == "alarm":
            return self.stop(rules.ALARM, "ALARM_ACTIVE", fleet.waves, rest)
        if ended == "request":
            return self.stop(rules.REQUESTED, "MANUAL_STOP", fleet.waves, rest)
        good, bad = len(self.run.outcome["succeeded"]), len(self.run.outcome["failed"])
        if ended == "tried" and self.run.using(decisions.ends_well)(good, bad, len(fleet.healthy), fleet.minimum):
            why = f"{good} succeeded, {bad} failed; {len(fleet.healthy)} are healthy, at least {fleet.minimum} must be."
            title = "The deployment has succeeded"
            return self.run.step(rules.ENOUGH, title, why, at=fleet.waves, inside=rest, status="Succeeded")
        message = f"{bad} failed; {len(fleet.healthy)} are healthy, {fleet.minimum} must be"
        rule = rules.LIMIT if ended == "limit" else rules.NOT_ENOUGH
        return self.fail(rule, "HEALTH_CONSTRAINTS", message, fleet.waves, rest)

    def show_stop_scripts(self) -> None:
        """Record that in place, the rollback stops each instance with what was installed there last."""
        if self.fleet is None or self.given.blue_green:
            return
        instances, installed = self.fleet.instances, self.fleet.installed
        new = [instance.id for instance in instances if instance.id in installed]
        old = [instance.id for instance in instances if instance.id not in installed and instance.revision]
        revision = self.given.deploy.revision
        why = f"{revision}'s on {', '.join(new[:8]) or 'none'}; the old one's on {', '.join(old[:8]) or 'none'}."
        self.run.step(rules.STOP_SCRIPTS, "Whose ApplicationStop the rollback runs", why)


class Services(Deployment):
    """AWS Lambda and Amazon ECS: one function or task set, each hook once, in order."""

    def deploy(self, group: str, events: list[str]) -> None:
        """Run event by event, up to the first that fails."""
        failing = {fault.event for fault in self.given.faults if fault.exit or fault.error}
        hooks = functions(self.given)
        for at, event in enumerate(events):
            called = event in lifecycle.RESERVED or hooks is None or event in hooks
            bad = event in failing and called
            drawn: Draw = {("lanes", group, "-"): [at, at + 1, f"{event}{' fails' if bad else ''}"]}
            if bad:
                return self.fail_hook(event, drawn, at)
            self.run.step(rules.FUNCTION, f"{event} succeeds", f"{_hook(event, hooks)}.", at=at, draw=drawn)
            if self.given.alarm and event == "AllowTraffic":
                return self.stop(rules.ALARM, "ALARM_ACTIVE", at)
        return self.run.step(rules.SHIFTED, "The deployment has succeeded", at=len(events), status="Succeeded")

    def fail_hook(self, event: str, drawn: Draw, at: int) -> None:
        """End as Failed; before the new task set there is nothing to roll back."""
        code, message = "HOOK_EXECUTION_FAILURE", f"{event} did not succeed"
        if self.given.platform != "ECS" or event != "BeforeInstall":
            return self.fail(rules.HOOK_FAILED, code, message, at, draw=drawn)
        error = {"code": code, "message": message}
        self.run.step(rules.HOOK_FAILED, f"{event} fails", at=at, draw=drawn, status="Failed", error=error)
        return self.run.step(rules.TOO_EARLY, "Nothing is rolled back", at=at)


def _hook(event: str, hooks: dict[str, str] | None) -> str:
    """Return what happens in an event of a function or a task set."""
    if event in lifecycle.RESERVED:
        return "CodeDeploy's own event"
    if hooks is None:
        return "A hook: the function reports Succeeded"
    return f"The function {hooks[event]} reports Succeeded" if event in hooks else "The AppSpec has no hook for it"


def _filter(tag: Tag) -> str:
    return {"KEY_ONLY": f"key {tag.key}", "VALUE_ONLY": f"value {tag.value}"}.get(tag.type, f"{tag.key}={tag.value}")
