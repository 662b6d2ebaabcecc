"""A fleet of instances: who goes when, what must stay healthy, where it stops."""

from dataclasses import dataclass, field
from typing import Any

from dva.simulations._before import Rule, Tracer, pointer
from dva.simulations.codedeploy._lifecycle import FROM_THE_REVISION_BEFORE, RESERVED
from dva.simulations.codedeploy.codedeploy import _rules as rules
from dva.simulations.codedeploy.codedeploy._documents import Given, Instance, Minimum, Scripts

FAR = 10**9


@dataclass
class Attempt:
    """How the deployment went on one instance; `event` is where it failed."""

    event: str | None
    told: str
    installed: bool
    ignored: str | None = None


@dataclass
class Fleet:
    """The instances of a deployment and what has become of them."""

    given: Given
    trace: Tracer
    how: Any
    instances: list[Instance]
    events: list[str]
    minimum: int
    scripts: Scripts
    owners: dict[str, str]
    healthy: set[str] = field(default_factory=set)
    untried: dict[str, Instance] = field(default_factory=dict)
    installed: set[str] = field(default_factory=set)
    waves: int = 0
    possible: int = 0
    """Instances that are healthy, or may become so because they have not been tried."""

    def __post_init__(self) -> None:
        self.healthy = {instance.id for instance in self.instances if instance.healthy}
        self.untried = {instance.id: instance for instance in self.instances}
        self.possible = len(self.instances)
        self.faults: dict[tuple[str | None, str], int] = {}
        for fault in self.given.faults:
            self.faults[fault.instance, fault.event] = fault.exit or int(fault.error)

    def run(self) -> str:
        """Wave after wave; returns `tried`, `limit`, `alarm` or `request`."""
        for number, zone in enumerate(self._zones()):
            ended = self._zone(zone)
            if ended != "tried":
                return ended
            self._watch(number)
        return "tried"

    def _zones(self) -> list[list[Instance]]:
        if self.given.zonal_config is None:
            return [self.instances]
        zones: dict[str | None, list[Instance]] = {}
        for instance in self.instances:
            zones.setdefault(instance.zone, []).append(instance)
        return list(zones.values())

    def _zone(self, zone: list[Instance]) -> str:
        floor = self._floor(zone)
        most, pool = len(self.instances) - self.minimum, self._pool(zone)
        while pool:
            # A healthy instance may only be taken from those that are healthy now, wherever others may become so
            possible = len(self.healthy) if pool[0].healthy else self.possible
            room = self.how.room(possible, self.minimum, len(self.instances))
            if floor is not None:
                room = min(room, self._possible(zone) - floor)
            size = max(0, min(room, most))
            if not size:
                return self._limit()
            # Unhealthy and healthy instances never share a wave: the pool is made of one kind
            self._wave(pool[:size], room)
            pool = pool[size:] or self._pool(zone)
            if self.given.alarm:
                return "alarm"
            if self.given.stop is not None and self.waves >= self.given.stop.after_wave:
                return "request"
        return "tried"

    def _pool(self, zone: list[Instance]) -> list[Instance]:
        left = [instance for instance in zone if instance.id in self.untried]
        return list(self.how.pool(left, self.given.last_successful))

    def _floor(self, zone: list[Instance]) -> int | None:
        """The zone's own minimum, told; None without a zonal configuration."""
        zonal = self.given.zonal_config
        if zonal is None:
            return None
        per_zone = zonal.minimum_healthy_hosts_per_zone or Minimum(type="FLEET_PERCENT", value=0)
        floor = self.how.minimum(per_zone, len(zone))
        name = zone[0].zone or "without a zone"
        title = f"Zone {name}: {len(zone)} instances, at least {floor} stay healthy"
        self.trace.step(rules.ZONE, title, rules.ZONE.says, at=self.waves)
        return int(floor)

    def _watch(self, number: int) -> None:
        """The bake time after a zone."""
        zonal = self.given.zonal_config
        if zonal is None:
            return
        first = zonal.first_zone_monitor_duration_in_seconds
        seconds = first if number == 0 and first is not None else zonal.monitor_duration_in_seconds
        if seconds and self.untried:
            self.trace.step(rules.WAIT, f"CodeDeploy watches for {seconds} s", rules.WAIT.says, at=self.waves)

    def _possible(self, among: list[Instance]) -> int:
        """As `possible`, for the instances of a zone."""
        return sum(instance.id in self.healthy or instance.id in self.untried for instance in among)

    def rest(self) -> list[str]:
        """Those that have not been tried, in the order in which they would have been."""
        order: list[str] = []
        for zone in self._zones():
            left = [instance for instance in zone if instance.id in self.untried]
            while left:
                pool = {instance.id: instance for instance in self.how.pool(left, self.given.last_successful)}
                order += pool
                left = [instance for instance in left if instance.id not in pool]
        return order

    def _limit(self) -> str:
        rest = self.rest()
        why = (
            f"{len(self.healthy)} are healthy, {self.minimum} must stay so: another attempt could go below. "
            f"Not attempted: {_some(rest)}."
        )
        self.trace.step(rules.LIMIT, "No further instance may be taken", why, at=self.waves)
        return "limit"

    def _wave(self, wave: list[Instance], room: int) -> None:
        ids = [instance.id for instance in wave]
        self.waves += 1
        at = self.waves
        hopeful = self.possible - len(self.healthy)
        why = (
            f"At least {self.minimum} of {len(self.instances)} stay healthy; {len(self.healthy)} are"
            f"{f', {hopeful} more may become so' if hopeful else ''}: room for {room if room < FAR else 'all'}. "
            f"Order: {', '.join(_ranked(instance, self.given.last_successful) for instance in wave[:6])}; among equal "
            "ones that of the file (dva's convention: AWS does not say which)."
        )
        changes = {"/outcome/waves/-": ids}
        self.trace.step(rules.WAVE, f"Wave {self.waves}: {_some(ids)}", why, at=at, changes=changes)
        for instance in wave:
            del self.untried[instance.id]
            self._attempt(instance, at)

    def _attempt(self, instance: Instance, at: int) -> None:
        attempt = self._events(instance)
        if attempt.ignored:
            title = f"{instance.id}: {attempt.ignored} fails and is ignored"
            self.trace.step(rules.IGNORED, title, rules.IGNORED.says, at=at)
        if attempt.installed:
            self.installed.add(instance.id)
        good = attempt.event is None
        (self.healthy.add if good else self.healthy.discard)(instance.id)
        self.possible -= not good
        first = instance.revision is None and good
        rule = (rules.NO_STOP if first else rules.DONE) if good else self._why_failed(instance)
        title = f"{instance.id} succeeds" if good else f"{instance.id} fails in {attempt.event}"
        changes: dict[str, Any] = {f"/outcome/{'succeeded' if good else 'failed'}/-": instance.id}
        if attempt.installed and self.given.deploy.revision is not None:
            changes[pointer("outcome", "last_successful", instance.id)] = self.given.deploy.revision
        if self.trace.recording:
            label = f"{self.given.deploy.revision or 'new'}: {'ok' if good else attempt.event}"
            changes[pointer("state", "lanes", instance.id) + "/-"] = [at, at + 1, label]
        self.trace.step(rule, title, f"{attempt.told} {rule.says}".strip(), at=at, changes=changes)

    def _why_failed(self, instance: Instance) -> Rule:
        return rules.STOPPED_INSTANCE if instance.state == "stopped" else rules.FAILED

    def _events(self, instance: Instance) -> Attempt:
        """All events of one instance, up to the first that fails."""
        if instance.state == "stopped":
            return Attempt(self.events[0], "Its agent does not answer.", False)
        ran, ignored, installed = [], None, False
        for event in self.events:
            problem, whose = self._event(instance, event)
            if whose:
                ran.append(f"{event} ({whose}'s script)")
            if problem and event in FROM_THE_REVISION_BEFORE and self.given.deploy.ignore_application_stop_failures:
                ignored = event
                continue
            if problem:
                return Attempt(event, f"{problem} {self._told(ran)}", installed, ignored)
            installed = installed or event == "Install"
        return Attempt(None, self._told(ran), installed, ignored)

    def _told(self, ran: list[str]) -> str:
        """The scripts that ran, where the revisions' AppSpecs are known."""
        return f"Scripts run: {', '.join(ran) or 'none'}." if self.scripts.known else ""

    def _event(self, instance: Instance, event: str) -> tuple[str | None, str | None]:
        """(what goes wrong, whose script runs) in one event."""
        fault = self.faults.get((instance.id, event), self.faults.get((None, event), 0))
        revision = self.given.deploy.revision
        strange = self.scripts.strange(revision) if event == "Install" else []
        if strange:
            return f"The AppSpec of {revision} names events that are none: {', '.join(strange)}.", None
        if event in RESERVED:
            return (f"{event} itself fails." if fault else None), None
        bad = self.scripts.problem(revision) if event == "BeforeInstall" else None
        if bad:
            return f"The AppSpec of {revision} is not accepted ({bad}).", None
        whose = revision if self.owners.get(event) == "current" else instance.revision
        if self.owners.get(event) != "current" and whose is None:
            return None, None
        if not self.scripts.has(whose, event):
            return None, None
        told = whose or "the revision"
        known = told in self.scripts.known
        return (f"The script exits with {fault}." if fault else None), told if known or fault else None


def _ranked(instance: Instance, last_successful: str | None) -> str:
    return f"{instance.id} ({RANKS[rank(instance, last_successful)]})"


RANKS = ("unhealthy", "unknown", "old", "current")


def rank(instance: Instance, last_successful: str | None) -> int:
    """Unhealthy, unknown, old, current: the order of CodeDeploy."""
    if not instance.healthy:
        return 1 if instance.health == "Unknown" else 0
    if instance.revision is None:
        return 1
    return 2 if last_successful is not None and instance.revision != last_successful else 3


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:8]) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")
