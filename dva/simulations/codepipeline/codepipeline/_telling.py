"""Steps of a pipeline: each changes the outcome, the drawn lanes, and emits the event that EventBridge would get."""

from typing import Any

from dva.simulations._before import Rule, Tracer, pointer

Changes = dict[str, Any]


def whole(minutes: float) -> float:
    """A time without a needless fraction."""
    return int(minutes) if minutes == int(minutes) else minutes


def lasting(minutes: float) -> str:
    """`7 days`, `90 minutes`."""
    days, rest = divmod(minutes, 24 * 60)
    if days and not rest:
        return f"{days:g} day{'' if days == 1 else 's'}"
    return f"{minutes:g} minute{'' if minutes == 1 else 's'}"


class Teller:
    """Writes the steps at the minute `now`; knows where the open entry of each lane is."""

    def __init__(self, trace: Tracer, pipeline: str) -> None:
        self.trace, self.pipeline = trace, pipeline
        self.now = 0.0
        self.open: dict[tuple[str, str], tuple[int, float]] = {}
        self.lengths: dict[str, int] = {}

    def say(self, rule: Rule, title: str, why: str = "", changes: Changes | None = None) -> None:
        """A step at this minute."""
        self.trace.step(rule, title, why or rule.says, at=whole(self.now), changes=changes)

    def execution(self, name: str, status: str, state: str, changes: Changes, *, finished: bool) -> Changes:
        """Add to `changes`: the execution has this status, and emits this event."""
        known = list(self.trace.outcome["executions"])
        changes[pointer("outcome", "executions", name)] = status
        changes[pointer("outcome", "finished_at", name)] = whole(self.now) if finished else None
        if name not in known or known[-1] == name:
            changes["/outcome/status"] = status
        return self.event("Pipeline", state, {"execution-id": name}, changes)

    def stage(self, execution: str, stage: str, status: str, state: str, changes: Changes) -> Changes:
        """Add to `changes`: the stage has this status, if no later execution has entered it."""
        entered = self.trace.outcome["entered"][stage]
        if status == "InProgress" or entered[-1] == execution:
            changes[pointer("outcome", "stages", stage)] = status
        return self.event("Stage", state, {"execution-id": execution, "stage": stage}, changes)

    def action(self, execution: str, name: str, status: str, state: str, changes: Changes) -> Changes:
        """Add to `changes`: the action has this status for the execution."""
        changes[pointer("outcome", "actions", name, execution)] = status
        stage, action = name.split(".", 1)
        return self.event("Action", state, {"execution-id": execution, "stage": stage, "action": action}, changes)

    def event(self, level: str, state: str, detail: dict[str, str], changes: Changes) -> Changes:
        """Add an event to `changes`; a status without a state emits none."""
        if state:
            number = len(self.trace.outcome["events"]) + sum(path.startswith("/outcome/events/") for path in changes)
            changes[f"/outcome/events/{number}"] = {
                "at": whole(self.now),
                "source": "aws.codepipeline",
                "detail-type": f"CodePipeline {level} Execution State Change",
                "detail": {"pipeline": self.pipeline, **detail, "state": state},
            }
        return changes

    def lane_opens(self, lane: str, label: str) -> Changes:
        """The change that draws the begin of an execution's time in a lane."""
        if not self.trace.recording:
            return {}
        number = self.lengths.get(lane, 0)
        self.lengths[lane] = number + 1
        self.open[lane, label] = number, whole(self.now)
        return {pointer("state", "lanes", lane, "-"): [whole(self.now), None, label]}

    def lane_closes(self, lane: str, label: str, ending: str = "") -> Changes:
        """The change that draws the end of it."""
        if not self.trace.recording or (lane, label) not in self.open:
            return {}
        number, begin = self.open.pop((lane, label))
        return {pointer("state", "lanes", lane, number): [begin, whole(self.now), f"{label} {ending}".strip()]}
