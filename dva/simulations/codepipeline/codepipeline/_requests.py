"""What people ask of a running pipeline: disable and enable transitions, stop, retry, roll back."""

from dva.simulations._before import Rule
from dva.simulations.codepipeline.codepipeline import _rules as rules
from dva.simulations.codepipeline.codepipeline._documents import Retry, Rollback, Stage, Stop
from dva.simulations.codepipeline.codepipeline._how import FAILED
from dva.simulations.codepipeline.codepipeline._running import MONTH, Execution, Running
from dva.simulations.codepipeline.codepipeline._telling import lasting


def stage_named(running: Running, name: str) -> Stage:
    """The stage with this name."""
    return next(stage for stage in running.pipeline.stages if stage.name == name)


def refuse(running: Running, rule: Rule, code: str, message: str) -> None:
    """AWS refuses the request; the executions go on."""
    running.tell.say(rule, message, f"{code}. {rule.says}", {"/outcome/error": {"code": code, "message": message}})


def switch(running: Running, way: str, name: str) -> None:
    """Disable or enable the transition into a stage."""
    if way == "disable":
        running.disabled.add(name)
        running.tell.say(rules.DISABLE, f"The transition into {name} is disabled")
        return
    running.disabled.discard(name)
    running.tell.say(rules.ENABLE, f"The transition into {name} is enabled")
    for waiting in list(running.waiting[name]):
        since = running.executions[waiting].waiting_since
        if since is not None and running.now - since > MONTH:
            running.waiting[name].remove(waiting)
            title = f"{waiting} has waited {lasting(running.now - since)} and is not resumed"
            running.tell.say(rules.TOO_LATE, title)
    running.admit(stage_named(running, name))


def stop(running: Running, asked: Stop) -> None:
    """Stop an execution: at once where it waits, else when its running actions have ended or are abandoned."""
    execution = running.executions.get(asked.execution)
    if execution is None or execution.status != "InProgress":
        state = "has not started" if execution is None else f"is {execution.status}"
        refuse(running, rules.NO_STOP, "PipelineExecutionNotStoppableException", f"{asked.execution} {state}")
        return
    stage = running.pipeline.stages[execution.at_stage]
    if execution.waiting_since is not None:
        _stop_waiting(running, execution, stage)
        return
    execution.status = "Stopping"
    rule = rules.STOP_ABANDON if asked.abandon else rules.STOP_WAIT
    changes = running.tell.execution(execution.id, "Stopping", "STOPPING", {}, finished=False)
    running.tell.say(rule, f"{execution.id} is told to stop in {stage.name}", changes=changes)
    if asked.abandon:
        _abandon(running, execution, stage)


def _stop_waiting(running: Running, execution: Execution, stage: Stage) -> None:
    if execution.id in running.waiting[stage.name]:
        running.waiting[stage.name].remove(execution.id)
    execution.status, execution.waiting_since = "Stopped", None
    changes = running.tell.lane_closes(f"> {stage.name}", execution.id, "stopped")
    running.tell.execution(execution.id, "Stopped", "STOPPED", changes, finished=True)
    title = f"{execution.id} is stopped before {stage.name}"
    running.tell.say(rules.STOPPED, title, "It waited, so nothing has to end first.", changes)


def _abandon(running: Running, execution: Execution, stage: Stage) -> None:
    actions = execution.runs[stage.name].actions
    for name in [name for name, status in actions.items() if status == "InProgress"]:
        actions[name] = "Abandoned"
        full = f"{stage.name}.{name}"
        changes = running.tell.action(execution.id, full, "Abandoned", "ABANDONED", {})
        running.tell.say(rules.STOP_ABANDON, f"{execution.id}: {full} is abandoned", changes=changes)
    running.stopped(execution, stage)


def retry(running: Running, asked: Retry) -> None:
    """Run failed actions, or the whole stage, again."""
    stage = stage_named(running, asked.stage)
    entered: list[str] = running.trace.outcome["entered"][stage.name]
    name = asked.execution or (entered[-1] if entered else "")
    no = _why_not(running, stage, name, entered, asked.mode)
    if no:
        refuse(running, rules.NO_RETRY, *no)
        return
    execution = running.executions[name]
    run = execution.runs[stage.name]
    changes: dict[str, object] = {}
    if run.status != "InProgress":
        run.status = execution.status = "InProgress"
        running.held[stage.name].add(name)
        changes = running.tell.lane_opens(stage.name, name)
        running.tell.stage(name, stage.name, "InProgress", "RESUMED", changes)
        running.tell.execution(name, "InProgress", "RESUMED", changes, finished=False)
    running.repeat(execution, stage, running.how.run_again(asked.mode, run.actions), changes)


def _why_not(running: Running, stage: Stage, name: str, entered: list[str], mode: str) -> tuple[str, str] | None:
    """AWS's code and why, where a stage cannot be retried."""
    if name not in entered:
        return "StageNotRetryableException", f"{name or 'no execution'} never entered {stage.name}"
    if running.mode != "PARALLEL" and entered[-1] != name:
        return "NotLatestPipelineExecutionException", f"{entered[-1]} has entered {stage.name} after {name}"
    run = running.executions[name].runs[stage.name]
    if run.running and mode == "ALL_ACTIONS":
        return "StageNotRetryableException", f"actions of {stage.name} are still in progress"
    failed = any(status in FAILED for status in run.actions.values())
    if not failed and run.status != "Stopped":
        return "StageNotRetryableException", f"{stage.name} has no failed action"
    return None


def rollback(running: Running, asked: Rollback) -> None:
    """Return a stage to what an earlier execution left there."""
    stage = stage_named(running, asked.stage)
    target = running.executions.get(asked.target)
    if target is None:
        message = f"there is no execution {asked.target}"
        refuse(running, rules.NO_ROLLBACK, "PipelineExecutionNotFoundException", message)
        return
    reasons: tuple[tuple[bool, str], ...] = (
        (running.mode == "PARALLEL", "a PARALLEL pipeline has no rollback"),
        (running.pipeline.pipeline_type == "V1", "a pipeline of type V1 has no rollback"),
        (running.pipeline.stages.index(stage) == 0, f"{stage.name} is the source stage"),
        (target.target is not None, f"{target.id} is a rollback itself"),
        (not target.passed(stage.name), f"{target.id} has not succeeded in {stage.name}"),
        (bool(running.held[stage.name]), f"{stage.name} is running"),
    )
    why = next((text for holds, text in reasons if holds), None)
    if why:
        refuse(running, rules.NO_ROLLBACK, "UnableToRollbackStageException", why)
    else:
        running.roll_back(stage, target)
