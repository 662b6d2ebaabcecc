"""What people ask of a running pipeline: disable and enable transitions, stop, retry, roll back."""

from dva.simulations.codepipeline.codepipeline import rules
from dva.simulations.codepipeline.codepipeline.decisions import FAILED, actions_to_rerun
from dva.simulations.codepipeline.codepipeline.documents import Retry, Rollback, Stage, Stop
from dva.simulations.codepipeline.codepipeline.journal import format_duration
from dva.simulations.codepipeline.codepipeline.pipeline_run import Execution, PipelineRun
from dva.trace import Rule

MAX_WAIT = 30 * 24 * 60
"""Minutes before a disabled transition after which an execution is not resumed. (User Guide, "Disable transitions".)"""


def refuse(pipeline: PipelineRun, rule: Rule, code: str, message: str) -> None:
    """Refuse the request, as AWS would; the executions go on."""
    pipeline.journal.step(rule, message, f"{code}.", error={"code": code, "message": message})


def switch_transition(pipeline: PipelineRun, change: str, name: str) -> None:
    """Disable or enable the transition into a stage."""
    step = pipeline.journal.step
    if change == "disable":
        pipeline.disabled.add(name)
        step(rules.DISABLE, f"The transition into {name} is disabled")
        return
    pipeline.disabled.discard(name)
    step(rules.ENABLE, f"The transition into {name} is enabled")
    for waiting in list(pipeline.waiting[name]):
        since = pipeline.executions[waiting].waiting_since
        if since is not None and pipeline.now - since > MAX_WAIT:
            pipeline.waiting[name].remove(waiting)
            step(rules.TOO_LATE, f"{waiting} has waited {format_duration(pipeline.now - since)} and is not resumed")
    pipeline.admit(pipeline.stages[name])


def stop(pipeline: PipelineRun, request: Stop) -> None:
    """Stop an execution: at once where it waits, else when its running actions have ended or are abandoned."""
    journal, execution = pipeline.journal, pipeline.executions.get(request.execution)
    if execution is None or execution.status != "InProgress":
        state = "has not started" if execution is None else f"is {execution.status}"
        refuse(pipeline, rules.NO_STOP, "PipelineExecutionNotStoppableException", f"{request.execution} {state}")
        return
    stage = pipeline.document.stages[execution.at_stage]
    if execution.waiting_since is not None:
        _stop_waiting(pipeline, execution, stage)
        return
    execution.status = "Stopping"
    journal.execution(execution.id, "Stopping", "STOPPING")
    rule = rules.STOP_ABANDON if request.abandon else rules.STOP_WAIT
    journal.step(rule, f"{execution.id} is told to stop in {stage.name}")
    if request.abandon:
        _abandon(pipeline, execution, stage)


def _stop_waiting(pipeline: PipelineRun, execution: Execution, stage: Stage) -> None:
    if execution.id in pipeline.waiting[stage.name]:
        pipeline.waiting[stage.name].remove(execution.id)
    execution.status, execution.waiting_since = "Stopped", None
    pipeline.journal.close_lane(f"> {stage.name}", execution.id, "stopped")
    pipeline.journal.execution(execution.id, "Stopped", "STOPPED", finished=True)
    title = f"{execution.id} is stopped before {stage.name}"
    pipeline.journal.step(rules.STOPPED, title, "It waited, so nothing has to end first.")


def _abandon(pipeline: PipelineRun, execution: Execution, stage: Stage) -> None:
    actions = execution.runs[stage.name].actions
    for name in [name for name, status in actions.items() if status == "InProgress"]:
        actions[name] = "Abandoned"
        full = f"{stage.name}.{name}"
        pipeline.journal.action(execution.id, full, "Abandoned", "ABANDONED")
        pipeline.journal.step(rules.STOP_ABANDON, f"{execution.id}: {full} is abandoned")
    pipeline.stopped(execution, stage)


def retry(pipeline: PipelineRun, request: Retry) -> None:
    """Run failed actions, or the whole stage, again."""
    stage, journal = pipeline.stages[request.stage], pipeline.journal
    entered: list[str] = pipeline.run.outcome["entered"][stage.name]
    name = request.execution or (entered[-1] if entered else "")
    refusal = _retry_refusal(pipeline, stage, name, entered, request.mode)
    if refusal:
        refuse(pipeline, rules.NO_RETRY, *refusal)
        return
    execution = pipeline.executions[name]
    run = execution.runs[stage.name]
    if run.status != "InProgress":
        run.status = execution.status = "InProgress"
        pipeline.held[stage.name].add(name)
        journal.open_lane(stage.name, name)
        journal.stage(name, stage.name, "InProgress", "RESUMED")
        journal.execution(name, "InProgress", "RESUMED")
    pipeline.rerun(execution, stage, pipeline.run.using(actions_to_rerun)(request.mode, run.actions))


def _retry_refusal(
    pipeline: PipelineRun, stage: Stage, name: str, entered: list[str], mode: str
) -> tuple[str, str] | None:
    """Return AWS's code and the reason why a stage cannot be retried; None where it can."""
    if name not in entered:
        return "StageNotRetryableException", f"{name or 'no execution'} never entered {stage.name}"
    if pipeline.mode != "PARALLEL" and entered[-1] != name:
        return "NotLatestPipelineExecutionException", f"{entered[-1]} has entered {stage.name} after {name}"
    run = pipeline.executions[name].runs[stage.name]
    if run.is_running and mode == "ALL_ACTIONS":
        return "StageNotRetryableException", f"actions of {stage.name} are still in progress"
    if run.status != "Stopped" and not any(status in FAILED for status in run.actions.values()):
        return "StageNotRetryableException", f"{stage.name} has no failed action"
    return None


def roll_back(pipeline: PipelineRun, request: Rollback) -> None:
    """Return a stage to what an earlier execution left there."""
    stage, target = pipeline.stages[request.stage], pipeline.executions.get(request.target)
    if target is None:
        message = f"there is no execution {request.target}"
        refuse(pipeline, rules.NO_ROLLBACK, "PipelineExecutionNotFoundException", message)
        return
    reasons = (
        (pipeline.mode == "PARALLEL", "a PARALLEL pipeline has no rollback"),
        (pipeline.document.pipeline_type == "V1", "a pipeline of type V1 has no rollback"),
        (pipeline.document.stages.index(stage) == 0, f"{stage.name} is the source stage"),
        (target.target is not None, f"{target.id} is a rollback itself"),
        (not target.passed(stage.name), f"{target.id} has not succeeded in {stage.name}"),
        (bool(pipeline.held[stage.name]), f"{stage.name} is running"),
    )
    why = next((reason for holds, reason in reasons if holds), None)
    if why:
        refuse(pipeline, rules.NO_ROLLBACK, "UnableToRollbackStageException", why)
    else:
        pipeline.start_rollback(stage, target)
