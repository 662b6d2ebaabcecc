"""The clock of a run, and what the next step changes: statuses, the events that EventBridge gets, and lanes."""

from dva.simulations.codepipeline.codepipeline.documents import Event
from dva.simulations.frame import Run
from dva.trace import Place, Rule


def to_int(minutes: float) -> float:
    """Return a time without a needless fraction."""
    return int(minutes) if minutes == int(minutes) else minutes


def format_duration(minutes: float) -> str:
    """Return a duration in words: `7 days`, `90 minutes`."""
    days, rest = divmod(minutes, 24 * 60)
    if days and not rest:
        return f"{days:g} day{'' if days == 1 else 's'}"
    return f"{minutes:g} minute{'' if minutes == 1 else 's'}"


class Journal:
    """Collects changes, which the next step records at the minute `now`; knows the open entry of each lane."""

    def __init__(self, run: Run, pipeline: str) -> None:
        self.run, self.pipeline, self.now = run, pipeline, 0.0
        self.changes: dict[Place, object] = {}
        self.drawn: dict[Place, object] = {}
        self.new_events = 0
        self.open: dict[tuple[str, str], tuple[int, float]] = {}
        self.lengths: dict[str, int] = {}

    def step(self, rule: Rule, title: str, why: str = "", **outcome: object) -> None:
        """Record a step at this minute, with everything that was collected since the last one."""
        self.run.step(rule, title, why, at=to_int(self.now), inside=self.changes, draw=self.drawn, **outcome)
        self.changes, self.drawn, self.new_events = {}, {}, 0

    def execution(self, name: str, status: str, state: str | None = None) -> None:
        """Set the status of an execution, with its event; that of the last one is the status of the outcome."""
        known = list(self.run.outcome["executions"])
        self.changes["executions", name] = status
        self.changes["finished_at", name] = None if status in ("InProgress", "Stopping") else to_int(self.now)
        if name not in known or known[-1] == name:
            self.changes["status",] = status
        self._event("Pipeline", status, state, {"execution-id": name})

    def stage(self, execution: str, stage: str, status: str, state: str | None = None) -> None:
        """Set the status of a stage, if no later execution has entered it, with its event; a skipped one has none."""
        if status == "InProgress" or self.run.outcome["entered"][stage][-1] == execution:
            self.changes["stages", stage] = status
        if status != "Skipped":
            self._event("Stage", status, state, {"execution-id": execution, "stage": stage})

    def action(self, execution: str, stage: str, action: str, status: str) -> None:
        """Set the status of an action for the execution, with its event."""
        self.changes["actions", f"{stage}.{action}", execution] = status
        self._event("Action", status, None, {"execution-id": execution, "stage": stage, "action": action})

    def _event(self, level: str, status: str, state: str | None, detail: dict[str, str]) -> None:
        state = state or ("STARTED" if status == "InProgress" else status.upper())
        event: Event = {
            "at": to_int(self.now), "source": "aws.codepipeline",
            "detail-type": f"CodePipeline {level} Execution State Change",
            "detail": {"pipeline": self.pipeline, **detail, "state": state},
        }  # fmt: skip
        self.changes["events", len(self.run.outcome["events"]) + self.new_events] = event
        self.new_events += 1

    def open_lane(self, lane: str, label: str) -> None:
        """Draw the begin of an execution's time in a lane."""
        number = self.lengths.get(lane, 0)
        self.lengths[lane] = number + 1
        self.open[lane, label] = number, to_int(self.now)
        self.drawn["lanes", lane, "-"] = [to_int(self.now), None, label]

    def close_lane(self, lane: str, label: str, ending: str = "") -> None:
        """Draw the end of an execution's time in a lane, if it is there."""
        if (lane, label) in self.open:
            number, begin = self.open.pop((lane, label))
            self.drawn["lanes", lane, number] = [begin, to_int(self.now), f"{label} {ending}".strip()]
