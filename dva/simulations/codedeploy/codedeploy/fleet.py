"""A fleet of instances: who goes when, what must stay healthy, where it stops."""

from collections.abc import Sequence
from dataclasses import dataclass

from dva.simulations.codedeploy._lifecycle import FROM_THE_REVISION_BEFORE, RESERVED
from dva.simulations.codedeploy.codedeploy import decisions, rules
from dva.simulations.codedeploy.codedeploy.documents import Given, Instance, Zonal
from dva.simulations.codedeploy.codedeploy.request import Scripts
from dva.simulations.frame import Append, Draw, Run
from dva.trace import Place


@dataclass
class Attempt:
    """How the deployment went on one instance; `failed` is the event where it ended, None where it succeeded."""

    failed: str | None
    why: str
    installed: bool
    ignored: str | None = None


class Fleet:
    """The instances of a deployment and what has become of them."""

    def __init__(self, given: Given, run: Run, instances: list[Instance], events: list[str], minimum: int,
                 owners: dict[str, str]) -> None:  # fmt: skip
        self.given, self.run, self.instances, self.events = given, run, instances, events
        self.minimum, self.owners, self.scripts = minimum, owners, Scripts(given)
        self.healthy = {instance.id for instance in instances if instance.healthy}
        self.untried = {instance.id: instance for instance in instances}
        self.possible = len(instances)
        """Instances that are healthy, or may become so because they have not been tried."""
        self.installed: set[str] = set()
        self.waves = 0
        self.faults = {(fault.instance, fault.event): fault.exit or int(fault.error) for fault in given.faults}

    def deploy(self) -> str:
        """Deploy wave after wave; return what ended it: `tried`, `limit`, `alarm` or `request`."""
        for number, zone in enumerate(self._zones()):
            ended = self._deploy_zone(zone)
            if ended != "tried":
                return ended
            if self.given.zonal_config:
                self._watch(self.given.zonal_config, first=number == 0)
        return "tried"

    def _zones(self) -> list[list[Instance]]:
        zones: dict[str | None, list[Instance]] = {}
        for instance in self.instances:
            zones.setdefault(instance.zone if self.given.zonal_config else None, []).append(instance)
        return list(zones.values())

    def _deploy_zone(self, zone: list[Instance]) -> str:
        floor = self._floor(zone)
        most, next_ones = len(self.instances) - self.minimum, self._pool(zone)
        while next_ones:
            # A healthy instance may only be taken from those that are healthy now, wherever others may become so
            possible = len(self.healthy) if next_ones[0].healthy else self.possible
            free = self.run.using(decisions.room)(possible, self.minimum, len(self.instances))
            if floor is not None:
                free = min(free, sum(one.id in self.healthy or one.id in self.untried for one in zone) - floor)
            size = max(0, min(free, most))
            if not size:
                why = (
                    f"{len(self.healthy)} are healthy, {self.minimum} must stay so: another attempt could go below. "
                    f"Not attempted: {_some(self.not_attempted())}."
                )
                self.run.step(rules.LIMIT, "No further instance may be taken", why, at=self.waves)
                return "limit"
            # Unhealthy and healthy instances never share a wave: the pool is made of one kind
            self._deploy_wave(next_ones[:size], free)
            next_ones = next_ones[size:] or self._pool(zone)
            if self.given.alarm:
                return "alarm"
            if self.given.stop is not None and self.waves >= self.given.stop.after_wave:
                return "request"
        return "tried"

    def _pool(self, zone: list[Instance]) -> list[Instance]:
        left = [instance for instance in zone if instance.id in self.untried]
        return self.run.using(decisions.pool)(left, self.given.last_successful)

    def _floor(self, zone: list[Instance]) -> int | None:
        """Return the zone's own minimum; None without a zonal configuration."""
        zonal = self.given.zonal_config
        if zonal is None:
            return None
        floor = self.run.using(decisions.minimum)(zonal.minimum_healthy_hosts_per_zone, len(zone))
        title = f"Zone {zone[0].zone or 'without a zone'}: {len(zone)} instances, at least {floor} stay healthy"
        self.run.step(rules.ZONE, title, at=self.waves)
        return floor

    def _watch(self, zonal: Zonal, *, first: bool) -> None:
        """Wait after a zone, for as long as is configured."""
        after_first = zonal.first_zone_monitor_duration_in_seconds
        seconds = after_first if first and after_first is not None else zonal.monitor_duration_in_seconds
        if seconds and self.untried:
            self.run.step(rules.WAIT, f"CodeDeploy watches for {seconds} s", at=self.waves)

    def not_attempted(self) -> list[str]:
        """Return those that have not been tried, in the order in which they would have been."""
        order: list[str] = []
        for zone in self._zones():
            left = [instance for instance in zone if instance.id in self.untried]
            while left:
                first = dict.fromkeys(
                    one.id for one in self.run.using(decisions.pool)(left, self.given.last_successful)
                )
                order += first
                left = [instance for instance in left if instance.id not in first]
        return order

    def _deploy_wave(self, wave: list[Instance], free: int) -> None:
        ids = [instance.id for instance in wave]
        self.waves += 1
        hopeful, last = self.possible - len(self.healthy), self.given.last_successful
        room = free if free < decisions.UNLIMITED else "all"
        order = ", ".join(f"{one.id} ({decisions.RANKS[decisions.rank(one, last)]})" for one in wave[:6])
        why = (
            f"At least {self.minimum} of {len(self.instances)} stay healthy; {len(self.healthy)} are"
            f"{f', {hopeful} more may become so' if hopeful else ''}: room for {room}. "
            f"Order: {order}; among equal ones that of the file."
        )
        self.run.step(rules.WAVE, f"Wave {self.waves}: {_some(ids)}", why, at=self.waves, waves=Append(ids))
        for instance in wave:
            del self.untried[instance.id]
            self._attempt(instance)

    def _attempt(self, instance: Instance) -> None:
        attempt, at, revision = self._run_events(instance), self.waves, self.given.deploy.revision
        if attempt.ignored:
            self.run.step(rules.IGNORED, f"{instance.id}: {attempt.ignored} fails and is ignored", at=at)
        changes: dict[Place, object] = {}
        if attempt.installed:
            self.installed.add(instance.id)
            if revision is not None:
                changes["last_successful", instance.id] = revision
        if attempt.failed is None:
            self.healthy.add(instance.id)
            title, key = f"{instance.id} succeeds", "succeeded"
            rule = rules.NO_STOP if instance.revision is None else rules.DONE
        else:
            self.healthy.discard(instance.id)
            self.possible -= 1
            title, key = f"{instance.id} fails in {attempt.failed}", "failed"
            rule = rules.STOPPED_INSTANCE if instance.state == "stopped" else rules.FAILED
        changes[key, "-"] = instance.id
        drawn: Draw = {("lanes", instance.id, "-"): [at, at + 1, f"{revision or 'new'}: {attempt.failed or 'ok'}"]}
        self.run.step(rule, title, attempt.why, at=at, inside=changes, draw=drawn)

    def _run_events(self, instance: Instance) -> Attempt:
        """Run all events of one instance, up to the first that fails."""
        if instance.state == "stopped":
            return Attempt(self.events[0], "Its agent does not answer.", False)
        ran: list[str] = []
        ignored, installed = None, False
        for event in self.events:
            problem, owner = self._run_event(instance, event)
            if owner:
                ran.append(f"{event} ({owner}'s script)")
            if problem and event in FROM_THE_REVISION_BEFORE and self.given.deploy.ignore_application_stop_failures:
                ignored = event
                continue
            if problem:
                return Attempt(event, f"{problem} {self._scripts_run(ran)}", installed, ignored)
            installed = installed or event == "Install"
        return Attempt(None, self._scripts_run(ran), installed, ignored)

    def _scripts_run(self, ran: Sequence[str]) -> str:
        """Name the scripts that ran, where the revisions' AppSpecs are known."""
        return f"Scripts run: {', '.join(ran) or 'none'}." if self.scripts.known else ""

    def _run_event(self, instance: Instance, event: str) -> tuple[str | None, str | None]:
        """Return what goes wrong in an event, and the revision whose script runs."""
        fault = self.faults.get((instance.id, event), self.faults.get((None, event), 0))
        revision = self.given.deploy.revision
        unknown = self.scripts.unknown_events(revision) if event == "Install" else []
        if unknown:
            return f"The AppSpec of {revision} names events that are none: {', '.join(unknown)}.", None
        if event in RESERVED:
            return (f"{event} itself fails." if fault else None), None
        refused = self.scripts.problem(revision) if event == "BeforeInstall" else None
        if refused:
            return f"The AppSpec of {revision} is not accepted ({refused}).", None
        current = self.owners.get(event) == "current"
        owner = revision if current else instance.revision
        if (owner is None and not current) or not self.scripts.has(owner, event):
            return None, None
        named = (owner or "the revision") if fault or owner in self.scripts.known else None
        return (f"The script exits with {fault}." if fault else None), named


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:8]) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")
