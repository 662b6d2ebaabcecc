"""Executions on their way through the stages: what starts, waits, succeeds and fails, minute by minute."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dva.simulations._before import Rule, Tracer, pointer
from dva.simulations.codepipeline.codepipeline import _rules as rules
from dva.simulations.codepipeline.codepipeline._access import missing
from dva.simulations.codepipeline.codepipeline._documents import Action, Given, Pipeline, Stage, durations_of, full_name
from dva.simulations.codepipeline.codepipeline._how import How
from dva.simulations.codepipeline.codepipeline._telling import Changes, Teller, lasting

END, TRANSITION, STOP, RETRY, ROLLBACK, START = range(6)
"""What counts first at one minute."""

MONTH = 30 * 24 * 60


@dataclass
class StageRun:
    """A stage as one execution sees it."""

    status: str = "InProgress"
    actions: dict[str, str] = field(default_factory=dict)
    retried: bool = False

    @property
    def running(self) -> bool:
        return "InProgress" in self.actions.values()


@dataclass
class Execution:
    """One execution: where it is, and what it has done there. A rollback has a target."""

    id: str
    target: "Execution | None" = None
    status: str = "InProgress"
    at_stage: int = 0
    began: float = 0
    waiting_since: float | None = None
    waited: float = 0
    runs: dict[str, StageRun] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)

    def passed(self, stage: str) -> bool:
        return stage in self.runs and self.runs[stage].status == "Succeeded"

    def artifacts(self) -> set[str]:
        """What lies in the bucket for this execution; a rollback also finds what its target made."""
        return self.made | (self.target.made if self.target else set())


class Running:
    """The pipeline at work. Everything that will happen lies in `agenda` as (minute, what counts first, number)."""

    def __init__(self, given: Given, pipeline: Pipeline, trace: Tracer, how: How) -> None:
        self.given, self.pipeline, self.trace, self.how = given, pipeline, trace, how
        self.mode = pipeline.execution_mode
        self.tell = Teller(trace, pipeline.name)
        self.durations = durations_of(given, pipeline)
        self.faults = [(full_name(pipeline, f.action, f"/faults/{i}/action"), f) for i, f in enumerate(given.faults)]
        self.approvals = [
            (full_name(pipeline, a.action, f"/approvals/{i}/action"), a) for i, a in enumerate(given.approvals)
        ]
        self.executions: dict[str, Execution] = {}
        self.held: dict[str, set[str]] = {stage.name: set() for stage in pipeline.stages}
        self.waiting: dict[str, list[str]] = {stage.name: [] for stage in pipeline.stages}
        self.disabled: set[str] = set()
        self.agenda: list[tuple[float, int, int, Callable[[], None]]] = []
        self.numbered, self.kind, self.tied = 0, START, False

    @property
    def now(self) -> float:
        return self.tell.now

    def plan(self, at: float, kind: int, do: Callable[[], None]) -> None:
        """Put something on the agenda."""
        self.numbered += 1
        heapq.heappush(self.agenda, (max(at, self.now), kind, self.numbered, do))

    def drain(self) -> None:
        """Let everything on the agenda happen."""
        while self.agenda:
            before = self.now, self.kind
            self.tell.now, self.kind, _, do = heapq.heappop(self.agenda)
            if not self.tied and before[0] == self.now and before[1] < self.kind:
                self.tied = True
                self.tell.say(rules.TIES, f"Several things happen at minute {self.now:g}")
            do()

    # An execution comes, waits and enters.

    def start(self, name: str) -> None:
        """A new execution comes to the first stage."""
        execution = self.executions[name] = Execution(name, began=self.now)
        changes = self.tell.execution(name, "InProgress", "STARTED", {}, finished=False)
        self.tell.say(rules.START, f"{name} starts", changes=changes)
        self.arrive(execution, self.pipeline.stages[0])

    def arrive(self, execution: Execution, stage: Stage) -> None:
        """The execution stands before a stage: it enters, or waits in its way."""
        execution.at_stage = self.pipeline.stages.index(stage)
        if self.is_free(stage.name) and not self.waiting[stage.name]:
            self.enter(execution, stage)
        else:
            self.wait(execution, stage.name)

    def is_free(self, stage: str) -> bool:
        return stage not in self.disabled and not (self.how.locks(self.mode) and self.held[stage])

    def wait(self, execution: Execution, stage: str) -> None:
        """Before a stage that is locked or whose transition is disabled."""
        execution.waiting_since = self.now
        before = self.waiting[stage]
        self.waiting[stage], superseded = self.how.line_up(self.mode, before, execution.id)
        shut = stage in self.disabled
        rule = rules.DISABLE if shut else rules.WAIT
        why = "the transition is disabled" if shut else f"{', '.join(sorted(self.held[stage]))} holds the stage"
        opening = self.tell.lane_opens(f"> {stage}", execution.id)
        self.tell.say(rule, f"{execution.id} waits before {stage}", f"{rule.says} Here {why}.", opening)
        if self.mode == "QUEUED" and before:
            self.tell.say(rules.QUEUE, f"{execution.id} is number {len(before) + 1} in the line before {stage}")
        for name in superseded:
            self.supersede(self.executions[name], stage, self.waiting[stage][-1])

    def supersede(self, old: Execution, stage: str, newer: str) -> None:
        """Another execution takes the place of the one that waited."""
        old.status, old.waiting_since = "Superseded", None
        closing = self.tell.lane_closes(f"> {stage}", old.id, "superseded")
        changes = self.tell.execution(old.id, "Superseded", "SUPERSEDED", closing, finished=True)
        why = f"{rules.SUPERSEDE.says} {old.id} does not go on; {newer} carries the newer source."
        self.tell.say(rules.SUPERSEDE, f"{newer} supersedes {old.id} before {stage}", why, changes)

    def admit(self, stage: Stage) -> None:
        """Let in what waits before a stage, as long as it is free."""
        while self.waiting[stage.name] and self.is_free(stage.name):
            execution = self.executions[self.waiting[stage.name].pop(0)]
            closing = self.tell.lane_closes(f"> {stage.name}", execution.id)
            self.enter(execution, stage, closing)

    def enter(self, execution: Execution, stage: Stage, more: Changes | None = None) -> None:
        """Lock the stage and start its first actions."""
        if execution.waiting_since is not None:
            execution.waited += self.now - execution.waiting_since
        execution.waiting_since = None
        execution.runs[stage.name] = StageRun()
        self.held[stage.name].add(execution.id)
        parallel = self.mode == "PARALLEL"
        rule = rules.PARALLEL if parallel else rules.ENTER
        changes = {pointer("outcome", "entered", stage.name, "-"): execution.id} | (more or {})
        changes |= self.tell.lane_opens(stage.name, execution.id)
        self.tell.stage(execution.id, stage.name, "InProgress", "STARTED", changes)
        title = f"{execution.id} enters {stage.name}" + ("" if parallel else " and locks it")
        self.tell.say(rule, title, changes=changes)
        self.go_on(execution, stage)

    # Actions.

    def go_on(self, execution: Execution, stage: Stage) -> None:
        """Start what may start now, or end the stage."""
        run = execution.runs[stage.name]
        group = self.how.next_group(stage.actions, run.actions)
        run.actions |= {action.name: "InProgress" for action in group}
        for action in group:
            self.start_action(execution, stage, action)
        if not group:
            self.settle(execution, stage)

    def start_action(self, execution: Execution, stage: Stage, action: Action) -> None:
        """An action starts, or fails before it can."""
        name = f"{stage.name}.{action.name}"
        lacking = [a.name for a in action.input_artifacts if a.name not in execution.artifacts()]
        if lacking:
            why = f"{rules.MISSING.says} Here it is {', '.join(lacking)}."
            tried = execution.attempts.get(name, 0)
            self.end_later(self.now, execution, stage, action, tried, "Failed", rules.MISSING, why)
            return
        execution.attempts[name] = attempt = execution.attempts.get(name, 0) + 1
        changes = {"/outcome/order/-": f"{execution.id}:{name}"}
        self.tell.action(execution.id, name, "InProgress", "STARTED", changes)
        again = f" again, for the {attempt}. time" if attempt > 1 else ""
        self.tell.say(rules.ACTION, f"{execution.id}: {name} starts{again}", _company(stage, action), changes)
        if action.approval:
            self.ask(execution, stage, action)
        elif not self.is_denied(execution, stage, action):
            self.work(execution, stage, action, attempt)

    def is_denied(self, execution: Execution, stage: Stage, action: Action) -> bool:
        """Whether the role lacks a permission; the action then fails at once."""
        if self.given.service_role_allows is None:
            return False
        name = f"{stage.name}.{action.name}"
        if action.role_arn:
            self.tell.say(rules.OWN_ROLE, f"{name} uses its own role", f"{rules.OWN_ROLE.says} {action.role_arn}")
            return False
        lacking = missing(action, self.given.service_role_allows)
        why = f"AccessDenied: the service role lacks {', '.join(lacking)}."
        cause = {"/outcome/cause": {"action": name, "missing": lacking}}
        if lacking:
            attempt = execution.attempts[name]
            self.end_later(self.now, execution, stage, action, attempt, "Failed", rules.DENIED, why, cause)
        return bool(lacking)

    def work(self, execution: Execution, stage: Stage, action: Action, attempt: int) -> None:
        """How an action that is no approval will end, and when."""
        name = f"{stage.name}.{action.name}"
        failing = any(
            name == fault_name and attempt <= fault.attempts and execution.id in (fault.executions or [execution.id])
            for fault_name, fault in self.faults
        )
        result, rule = ("Failed", rules.FAILED) if failing else ("Succeeded", rules.SUCCEEDED)
        minutes = self.durations[name]
        why = f"It took {lasting(minutes)}. {rule.says}"
        self.end_later(self.now + minutes, execution, stage, action, attempt, result, rule, why)

    def ask(self, execution: Execution, stage: Stage, action: Action) -> None:
        """A manual approval: answered in time, or timed out."""
        name = f"{stage.name}.{action.name}"
        minutes = self.how.approval_minutes(action)
        expires = self.now + minutes
        why = f"{rules.ASK.says} It is open for {lasting(minutes)}."
        self.tell.say(rules.ASK, f"{execution.id}: {name} waits for an answer", why)
        found = next((a for n, a in self.approvals if n == name and a.execution in (None, execution.id)), None)
        if found is None or max(found.at, self.now) >= expires:
            rule, result, at = rules.EXPIRE, self.how.approval_end(), expires
        else:
            approved = found.status == "Approved"
            rule, result = (rules.APPROVE, "Succeeded") if approved else (rules.REJECT, "Failed")
            at = found.at
            if found.execution:
                self.approvals.remove((name, found))
        self.end_later(at, execution, stage, action, execution.attempts[name], result, rule, rule.says)

    def end_later(self, at: float, *how: Any) -> None:
        """An action will end at this minute; the arguments are those of `end_action`."""
        self.plan(at, END, lambda: self.end_action(*how))

    def end_action(
        self, execution: Execution, stage: Stage, action: Action, attempt: int, result: str, rule: Rule, why: str,
        more: Changes | None = None,
    ) -> None:  # fmt: skip
        """An action has ended; one that was abandoned is no longer followed."""
        run = execution.runs[stage.name]
        name = f"{stage.name}.{action.name}"
        if run.actions.get(action.name) != "InProgress" or execution.attempts.get(name, 0) != attempt:
            return
        run.actions[action.name] = result
        if result == "Succeeded":
            execution.made |= {artifact.name for artifact in action.output_artifacts}
        changes = self.tell.action(execution.id, name, result, result.upper(), dict(more or {}))
        title = f"{execution.id}: {name} {'succeeds' if result == 'Succeeded' else 'fails'}"
        self.tell.say(rule, title, why, changes)
        if not run.running:
            self.settle(execution, stage)

    # The end of a stage.

    def settle(self, execution: Execution, stage: Stage) -> None:
        """All that ran in the stage has ended: go on, or end the stage."""
        run = execution.runs[stage.name]
        if execution.status == "Stopping":
            self.stopped(execution, stage)
        elif set(run.actions.values()) - {"Succeeded"}:
            self.fail(execution, stage)
        elif len(run.actions) < len(stage.actions):
            self.go_on(execution, stage)
        else:
            self.succeed(execution, stage)

    def leave(self, execution: Execution, stage: Stage, status: str, ending: str) -> Changes:
        """The stage ends for the execution and is unlocked; the changes that close its lane."""
        execution.runs[stage.name].status = status
        if status != "Failed" or self.how.after_failure():
            self.held[stage.name].discard(execution.id)
        return self.tell.lane_closes(stage.name, execution.id, ending)

    def succeed(self, execution: Execution, stage: Stage) -> None:
        """The stage is done: on to the next, then whoever waits may enter here."""
        changes = self.leave(execution, stage, "Succeeded", "")
        self.tell.stage(execution.id, stage.name, "Succeeded", "SUCCEEDED", changes)
        self.tell.say(rules.STAGE_OK, f"{stage.name} succeeds for {execution.id}", changes=changes)
        self.move_on(execution, stage)

    def move_on(self, execution: Execution, stage: Stage) -> None:
        """After a stage that succeeded or was skipped."""
        if execution.target is not None:
            self.tell.say(rules.ONLY_STAGE, f"The rollback ends with {stage.name}")
        following = self.pipeline.stages[execution.at_stage + 1 :]
        if execution.target is None and following:
            self.arrive(execution, following[0])
        else:
            execution.status = "Succeeded"
            changes = self.tell.execution(execution.id, "Succeeded", "SUCCEEDED", {}, finished=True)
            waited = f"waited {lasting(execution.waited)} before stages" if execution.waited else "waited nowhere"
            why = f"{rules.DONE.says} It began at minute {execution.began:g}, {waited} and ended at {self.now:g}."
            self.tell.say(rules.DONE, f"{execution.id} has succeeded", why, changes)
        self.unlocked(stage)

    def unlocked(self, stage: Stage) -> None:
        """The stage is free again."""
        if self.waiting[stage.name] and self.is_free(stage.name):
            self.tell.say(rules.FREE, f"{stage.name} is free for {self.waiting[stage.name][0]}")
        self.admit(stage)

    def fail(self, execution: Execution, stage: Stage) -> None:
        """A failed stage: what onFailure says, else the execution has failed."""
        run, wanted = execution.runs[stage.name], stage.on_failure
        if wanted.result == "RETRY" and not run.retried:
            run.retried = True
            self.tell.say(rules.AGAIN, f"{stage.name} is retried for {execution.id}")
            again = self.how.run_again(wanted.retry_configuration.retry_mode, run.actions)
            self.repeat(execution, stage, again, {})
        elif wanted.result == "SKIP":
            changes = self.leave(execution, stage, "Skipped", "skipped")
            self.tell.stage(execution.id, stage.name, "Skipped", "", changes)
            self.tell.say(rules.SKIP, f"{stage.name} is skipped for {execution.id}", changes=changes)
            self.move_on(execution, stage)
        else:
            self.end_in_stage(execution, stage, "Failed", "Failed", rules.STAGE_BAD)
            if wanted.result == "ROLLBACK" and execution.target is None:
                self.roll_back_by_itself(stage)
            self.unlocked(stage)

    def stopped(self, execution: Execution, stage: Stage) -> None:
        """A stop request has taken effect."""
        run = execution.runs[stage.name]
        complete = len(run.actions) == len(stage.actions) and set(run.actions.values()) == {"Succeeded"}
        status = "Succeeded" if complete else "Failed" if "Failed" in run.actions.values() else "Stopped"
        self.end_in_stage(execution, stage, status, "Stopped", rules.STOPPED)
        self.unlocked(stage)

    def end_in_stage(self, execution: Execution, stage: Stage, of_stage: str, status: str, rule: Rule) -> None:
        """The execution goes no further than this stage."""
        execution.status = status
        changes = self.leave(execution, stage, of_stage, status.lower())
        self.tell.stage(execution.id, stage.name, of_stage, of_stage.upper(), changes)
        self.tell.execution(execution.id, status, status.upper(), changes, finished=True)
        actions = execution.runs[stage.name].actions
        told = ", ".join(f"{name} {result}" for name, result in actions.items() if result != "Succeeded")
        why = f"{rule.says} Here: {told}." if told else rule.says
        self.tell.say(rule, f"{execution.id} ends as {status} in {stage.name}", why, changes)

    # Once more.

    def repeat(self, execution: Execution, stage: Stage, names: list[str], changes: Changes) -> None:
        """Run actions of a stage again."""
        for number, name in enumerate(names, len(self.trace.outcome["rerun"])):
            del execution.runs[stage.name].actions[name]
            changes[f"/outcome/rerun/{number}"] = f"{stage.name}.{name}"
        again = f"Again: {', '.join(names)}" if names else "Actions that never ran start now"
        self.tell.say(rules.RETRY, again, changes=changes)
        self.go_on(execution, stage)

    def roll_back_by_itself(self, stage: Stage) -> None:
        """onFailure ROLLBACK: to the most recent execution that succeeded in the stage."""
        entered = [self.executions[name] for name in self.trace.outcome["entered"][stage.name]]
        good = [one for one in entered if one.target is None and one.passed(stage.name)]
        if good:
            self.tell.say(rules.BACK, f"{stage.name} returns to {good[-1].id}")
            self.roll_back(stage, good[-1])
        else:
            self.tell.say(rules.BACK, f"{stage.name} has no successful execution to return to", "It stays failed.")

    def roll_back(self, stage: Stage, target: Execution) -> None:
        """Start a rollback execution."""
        name = f"{target.id}-rollback"
        while name in self.executions:
            name += "-again"
        new = self.executions[name] = Execution(name, target=target, began=self.now)
        about = {"execution": name, "type": "ROLLBACK", "stage": stage.name, "target": target.id}
        changes = self.tell.execution(name, "InProgress", "STARTED", {"/outcome/rollback": about}, finished=False)
        self.tell.say(rules.ROLLBACK, f"{name} starts in {stage.name}", changes=changes)
        self.arrive(new, stage)


def _company(stage: Stage, action: Action) -> str:
    """Why an action starts now, what runs beside it and what it takes."""
    beside = [other.name for other in stage.actions if other.run_order == action.run_order and other is not action]
    taken = ", ".join(artifact.name for artifact in action.input_artifacts)
    parts = [
        f"{rules.ACTION.says} Here runOrder {action.run_order}",
        f", together with {', '.join(beside)}" if beside else "",
        f". It takes {taken} from the artifact bucket." if taken else ".",
    ]
    return "".join(parts)
