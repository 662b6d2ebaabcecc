"""Executions in the stages: what starts, waits, succeeds and fails, minute by minute."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from dva.simulations.codepipeline.codepipeline import decisions, rules
from dva.simulations.codepipeline.codepipeline.documents import Action, Given, Pipeline, Stage, durations_of, full_name
from dva.simulations.codepipeline.codepipeline.journal import Journal, format_duration
from dva.simulations.frame import Append, Run
from dva.trace import Rule

END, TRANSITION, STOP, RETRY, ROLLBACK, START = range(6)
"""What counts first at one minute."""


@dataclass
class StageRun:
    """A stage as one execution sees it."""

    status: str = "InProgress"
    actions: dict[str, str] = field(default_factory=dict)
    retried: bool = False


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
    ended: dict[str, float] = field(default_factory=dict)
    runs: dict[str, StageRun] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)

    def passed(self, stage: str) -> bool:
        """Return whether it has succeeded in a stage."""
        return stage in self.runs and self.runs[stage].status == "Succeeded"


class PipelineRun:
    """A pipeline with its executions. `queue` holds what will happen, as (minute, what counts first, number)."""

    def __init__(self, given: Given, document: Pipeline, run: Run) -> None:
        self.given, self.document, self.run, self.mode = given, document, run, document.execution_mode
        self.journal = Journal(run, document.name)
        self.durations = durations_of(given, document)
        self.faults = [(full_name(document, f.action, f"/faults/{i}/action"), f) for i, f in enumerate(given.faults)]
        self.approvals = [(full_name(document, one.action, f"/approvals/{number}/action"), one)
                          for number, one in enumerate(given.approvals)]  # fmt: skip
        self.executions: dict[str, Execution] = {}
        self.stages = {stage.name: stage for stage in document.stages}
        self.held: dict[str, set[str]] = {name: set() for name in self.stages}
        self.waiting: dict[str, list[str]] = {name: [] for name in self.stages}
        self.disabled: set[str] = set()
        self.queue: list[tuple[float, int, int, Callable[[], None]]] = []
        self.numbered, self.kind, self.tied = 0, START, False

    def schedule(self, at: float, kind: int, do: Callable[[], None]) -> None:
        """Let something happen at a minute, now at the earliest."""
        self.numbered += 1
        heapq.heappush(self.queue, (max(at, self.journal.now), kind, self.numbered, do))

    def drain(self) -> None:
        """Let everything scheduled happen."""
        while self.queue:
            at, kind = self.journal.now, self.kind
            self.journal.now, self.kind, _, do = heapq.heappop(self.queue)
            if not self.tied and at == self.journal.now and kind < self.kind:
                self.tied = True
                self.journal.step(rules.TIES, f"Several things happen at minute {self.journal.now:g}")
            do()

    # An execution comes, waits and enters

    def start(self, name: str) -> None:
        """Start an execution, which comes to the first stage."""
        execution = self.executions[name] = Execution(name, began=self.journal.now)
        self.journal.execution(name, "InProgress")
        self.journal.step(rules.START, f"{name} starts")
        self.arrive(execution, self.document.stages[0])

    def arrive(self, execution: Execution, stage: Stage) -> None:
        """Let an execution enter a stage, or wait before it."""
        execution.at_stage = self.document.stages.index(stage)
        if self.is_free(stage.name) and not self.waiting[stage.name]:
            self.enter(execution, stage)
        else:
            self.wait(execution, stage.name)

    def is_free(self, stage: str) -> bool:
        """Return whether an execution may enter a stage."""
        locked = self.held[stage] and self.run.using(decisions.locks_stages)(self.mode)
        return stage not in self.disabled and not locked

    def wait(self, execution: Execution, stage: str) -> None:
        """Let an execution wait before a stage that is locked or whose transition is disabled."""
        execution.waiting_since, before = self.journal.now, self.waiting[stage]
        self.waiting[stage], superseded = self.run.using(decisions.line_up)(self.mode, before, execution.id)
        if stage in self.disabled:
            rule, why = rules.DISABLE, "Here the transition is disabled."
        else:
            rule, why = rules.WAIT, f"Here {', '.join(sorted(self.held[stage]))} holds the stage."
        self.journal.open_lane(f"> {stage}", execution.id)
        self.journal.step(rule, f"{execution.id} waits before {stage}", why)
        if self.mode == "QUEUED" and before:
            self.journal.step(rules.QUEUE, f"{execution.id} is number {len(before) + 1} in the line before {stage}")
        for name in superseded:
            self.supersede(self.executions[name], stage, self.waiting[stage][-1])

    def supersede(self, old: Execution, stage: str, newer: str) -> None:
        """Let another execution take the place of the one that waited."""
        old.status, old.waiting_since = "Superseded", None
        self.journal.close_lane(f"> {stage}", old.id, "superseded")
        self.journal.execution(old.id, "Superseded")
        why = f"{old.id} does not go on; {newer} carries the newer source."
        self.journal.step(rules.SUPERSEDE, f"{newer} supersedes {old.id} before {stage}", why)

    def admit(self, stage: Stage) -> None:
        """Let in what waits before a stage, as long as it is free."""
        while self.waiting[stage.name] and self.is_free(stage.name):
            execution = self.executions[self.waiting[stage.name].pop(0)]
            self.journal.close_lane(f"> {stage.name}", execution.id)
            self.enter(execution, stage)

    def enter(self, execution: Execution, stage: Stage) -> None:
        """Lock the stage and start its first actions."""
        if execution.waiting_since is not None:
            execution.waited += self.journal.now - execution.waiting_since
        execution.waiting_since = None
        execution.runs[stage.name] = StageRun()
        self.held[stage.name].add(execution.id)
        self.journal.changes["entered", stage.name, "-"] = execution.id
        self.journal.open_lane(stage.name, execution.id)
        self.journal.stage(execution.id, stage.name, "InProgress")
        title = f"{execution.id} enters {stage.name}"
        if self.mode == "PARALLEL":
            self.journal.step(rules.PARALLEL, title)
        else:
            self.journal.step(rules.ENTER, f"{title} and locks it")
        self.start_next_group(execution, stage)

    # Actions

    def start_next_group(self, execution: Execution, stage: Stage) -> None:
        """Start what may start now, or end the stage."""
        run = execution.runs[stage.name]
        group = self.run.using(decisions.next_group)(stage.actions, run.actions)
        run.actions |= {action.name: "InProgress" for action in group}
        for action in group:
            self.start_action(execution, stage, action)
        if not group:
            self.settle(execution, stage)

    def start_action(self, execution: Execution, stage: Stage, action: Action) -> None:
        """Start an action, or let it fail before it can start."""
        name = f"{stage.name}.{action.name}"
        # A rollback also finds the artifacts of its target in the bucket
        made = execution.made | (execution.target.made if execution.target else set())
        if absent := [artifact.name for artifact in action.input_artifacts if artifact.name not in made]:
            why = f"Here it is {', '.join(absent)}."
            self.end_later(self.journal.now, execution, stage, action, "Failed", rules.MISSING, why)
            return
        execution.attempts[name] = attempt = execution.attempts.get(name, 0) + 1
        self.journal.action(execution.id, stage.name, action.name, "InProgress")
        again = f" again, for the {attempt}. time" if attempt > 1 else ""
        title = f"{execution.id}: {name} starts{again}"
        self.journal.step(rules.ACTION, title, _reason(stage, action), order=Append(f"{execution.id}:{name}"))
        if action.category == "Approval":
            self.ask(execution, stage, action)
        elif not self.is_denied(execution, stage, action):
            self.work(execution, stage, action, attempt)

    def is_denied(self, execution: Execution, stage: Stage, action: Action) -> bool:
        """Return whether the role lacks a permission; the action then fails at once."""
        if self.given.service_role_allows is None:
            return False
        name = f"{stage.name}.{action.name}"
        if action.role_arn:
            self.journal.step(rules.OWN_ROLE, f"{name} uses its own role", action.role_arn)
            return False
        if missing := decisions.missing_permissions(action, self.given.service_role_allows):
            why = f"AccessDenied: the service role lacks {', '.join(missing)}."
            cause = {"action": name, "missing": missing}
            self.end_later(self.journal.now, execution, stage, action, "Failed", rules.DENIED, why, cause=cause)
        return bool(missing)

    def work(self, execution: Execution, stage: Stage, action: Action, attempt: int) -> None:
        """Schedule the end of an action that is not an approval."""
        name = f"{stage.name}.{action.name}"
        failing = any(
            name == fault_name and attempt <= fault.attempts and execution.id in (fault.executions or [execution.id])
            for fault_name, fault in self.faults
        )
        result, rule = ("Failed", rules.FAILED) if failing else ("Succeeded", rules.SUCCEEDED)
        end, why = self.journal.now + self.durations[name], f"It took {format_duration(self.durations[name])}."
        self.end_later(end, execution, stage, action, result, rule, why)

    def ask(self, execution: Execution, stage: Stage, action: Action) -> None:
        """Open a manual approval, and schedule its end: answered in time, or timed out."""
        name = f"{stage.name}.{action.name}"
        minutes = self.run.using(decisions.approval_minutes)(action)
        expires = self.journal.now + minutes
        title = f"{execution.id}: {name} waits for an answer"
        self.journal.step(rules.ASK, title, f"It is open for {format_duration(minutes)}.")
        answer = next((a for n, a in self.approvals if n == name and a.execution in (None, execution.id)), None)
        if answer is None or max(answer.at, self.journal.now) >= expires:
            rule, result, at = rules.EXPIRE, self.run.using(decisions.unanswered_approval)(), expires
        else:
            approved, at = answer.status == "Approved", answer.at
            rule, result = (rules.APPROVE, "Succeeded") if approved else (rules.REJECT, "Failed")
            if answer.execution:
                self.approvals.remove((name, answer))
        self.end_later(at, execution, stage, action, result, rule)

    def end_later(
        self, at: float, execution: Execution, stage: Stage, action: Action, result: str, rule: Rule, why: str = "",
        **outcome: object,
    ) -> None:  # fmt: skip
        """Schedule the end of an action; one that was abandoned by then is no longer followed."""
        name = f"{stage.name}.{action.name}"
        attempt = execution.attempts.get(name, 0)

        def end() -> None:
            run = execution.runs[stage.name]
            if run.actions.get(action.name) != "InProgress" or execution.attempts.get(name, 0) != attempt:
                return
            run.actions[action.name] = result
            if result == "Succeeded":
                execution.made |= {artifact.name for artifact in action.output_artifacts}
            self.journal.action(execution.id, stage.name, action.name, result)
            title = f"{execution.id}: {name} {'succeeds' if result == 'Succeeded' else 'fails'}"
            self.journal.step(rule, title, why, **outcome)
            if "InProgress" not in run.actions.values():
                self.settle(execution, stage)

        self.schedule(at, END, end)

    # The end of a stage

    def settle(self, execution: Execution, stage: Stage) -> None:
        """Go on in a stage where nothing runs any more, or end it."""
        run = execution.runs[stage.name]
        if execution.status == "Stopping":
            self.stopped(execution, stage)
        elif set(run.actions.values()) - {"Succeeded"}:
            self.fail(execution, stage)
        elif len(run.actions) < len(stage.actions):
            self.start_next_group(execution, stage)
        else:
            self.succeed(execution, stage)

    def leave(self, execution: Execution, stage: Stage, status: str, ending: str) -> None:
        """End the stage for the execution, and unlock it."""
        execution.runs[stage.name].status = status
        if status != "Failed" or self.run.using(decisions.failure_unlocks)():
            self.held[stage.name].discard(execution.id)
        self.journal.close_lane(stage.name, execution.id, ending)

    def succeed(self, execution: Execution, stage: Stage) -> None:
        """End the stage: the execution goes on to the next, and whoever waits may enter here."""
        self.leave(execution, stage, "Succeeded", "")
        self.journal.stage(execution.id, stage.name, "Succeeded")
        self.journal.step(rules.STAGE_OK, f"{stage.name} succeeds for {execution.id}")
        self.move_on(execution, stage)

    def move_on(self, execution: Execution, stage: Stage) -> None:
        """Go on after a stage that succeeded or was skipped."""
        execution.ended[stage.name] = self.journal.now
        following = self.document.stages[execution.at_stage + 1 :]
        if execution.target is not None:
            self.journal.step(rules.ONLY_STAGE, f"The rollback ends with {stage.name}")
        if execution.target is None and following:
            self.arrive(execution, following[0])
        else:
            execution.status = "Succeeded"
            self.journal.execution(execution.id, "Succeeded")
            where = f"{format_duration(execution.waited)} before stages" if execution.waited else "nowhere"
            ended = ", ".join(f"{name} {minute:g}" for name, minute in execution.ended.items())
            why = f"It began at minute {execution.began:g} and waited {where}. Its stages ended at minutes: {ended}."
            self.journal.step(rules.DONE, f"{execution.id} has succeeded", why)
        self.unlocked(stage)

    def unlocked(self, stage: Stage) -> None:
        """Let in what waits before a stage that is free again."""
        if self.waiting[stage.name] and self.is_free(stage.name):
            self.journal.step(rules.FREE, f"{stage.name} is free for {self.waiting[stage.name][0]}")
        self.admit(stage)

    def fail(self, execution: Execution, stage: Stage) -> None:
        """Do what onFailure says about a failed stage; by default the execution has failed."""
        run, wanted = execution.runs[stage.name], stage.on_failure
        if wanted.result == "RETRY" and not run.retried:
            run.retried = True
            self.journal.step(rules.AGAIN, f"{stage.name} is retried for {execution.id}")
            again = self.run.using(decisions.actions_to_rerun)(wanted.retry_configuration.retry_mode, run.actions)
            self.rerun(execution, stage, again)
        elif wanted.result == "SKIP":
            self.leave(execution, stage, "Skipped", "skipped")
            self.journal.stage(execution.id, stage.name, "Skipped")
            self.journal.step(rules.SKIP, f"{stage.name} is skipped for {execution.id}")
            self.move_on(execution, stage)
        else:
            self.end_in_stage(execution, stage, "Failed", "Failed", rules.STAGE_BAD)
            if wanted.result == "ROLLBACK" and execution.target is None:
                self.roll_back_on_failure(stage)
            self.unlocked(stage)

    def stopped(self, execution: Execution, stage: Stage) -> None:
        """End an execution for which a stop request has taken effect."""
        run = execution.runs[stage.name]
        complete = len(run.actions) == len(stage.actions) and set(run.actions.values()) == {"Succeeded"}
        status = "Succeeded" if complete else "Failed" if "Failed" in run.actions.values() else "Stopped"
        self.end_in_stage(execution, stage, status, "Stopped", rules.STOPPED)
        self.unlocked(stage)

    def end_in_stage(self, execution: Execution, stage: Stage, of_stage: str, status: str, rule: Rule) -> None:
        """End an execution, which goes no further than this stage."""
        execution.status = status
        self.leave(execution, stage, of_stage, status.lower())
        self.journal.stage(execution.id, stage.name, of_stage)
        self.journal.execution(execution.id, status)
        actions = execution.runs[stage.name].actions
        others = ", ".join(f"{name} {result}" for name, result in actions.items() if result != "Succeeded")
        title = f"{execution.id} ends as {status} in {stage.name}"
        self.journal.step(rule, title, f"Here: {others}." if others else "")

    # Once more

    def rerun(self, execution: Execution, stage: Stage, names: list[str]) -> None:
        """Run actions of a stage again."""
        for number, name in enumerate(names, len(self.run.outcome["rerun"])):
            del execution.runs[stage.name].actions[name]
            self.journal.changes["rerun", number] = f"{stage.name}.{name}"
        self.journal.step(rules.RETRY, f"Again: {', '.join(names)}" if names else "Actions that never ran start now")
        self.start_next_group(execution, stage)

    def roll_back_on_failure(self, stage: Stage) -> None:
        """Roll the stage back to the most recent execution that succeeded in it, as onFailure says."""
        entered = [self.executions[name] for name in self.run.outcome["entered"][stage.name]]
        good = [one for one in entered if one.target is None and one.passed(stage.name)]
        if good:
            self.journal.step(rules.BACK, f"{stage.name} returns to {good[-1].id}")
            return self.start_rollback(stage, good[-1])
        title = f"{stage.name} has no successful execution to return to"
        return self.journal.step(rules.BACK, title, "It stays failed.")

    def start_rollback(self, stage: Stage, target: Execution) -> None:
        """Start a rollback execution."""
        name = f"{target.id}-rollback"
        while name in self.executions:
            name += "-again"
        execution = self.executions[name] = Execution(name, target=target, began=self.journal.now)
        rollback = {"execution": name, "type": "ROLLBACK", "stage": stage.name, "target": target.id}
        self.journal.execution(name, "InProgress")
        self.journal.step(rules.ROLLBACK, f"{name} starts in {stage.name}", rollback=rollback)
        self.arrive(execution, stage)


def _reason(stage: Stage, action: Action) -> str:
    """Return why an action starts now, what runs beside it and what it takes."""
    beside = [other.name for other in stage.actions if other.run_order == action.run_order and other is not action]
    together = f", together with {', '.join(beside)}" if beside else ""
    inputs = ", ".join(artifact.name for artifact in action.input_artifacts)
    taken = f" It takes {inputs} from the artifact bucket." if inputs else ""
    return f"Here runOrder {action.run_order}{together}.{taken}"
