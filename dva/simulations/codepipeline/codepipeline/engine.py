"""From the structure of a pipeline to the last thing that happens in it, with what people ask of it meanwhile."""

from functools import partial

from dva.simulations.codepipeline.codepipeline import documents, rules
from dva.simulations.codepipeline.codepipeline import pipeline_run as order
from dva.simulations.codepipeline.codepipeline.decisions import FAILED, actions_to_rerun
from dva.simulations.codepipeline.codepipeline.documents import Given, Retry, Rollback, Stage, Stop
from dva.simulations.codepipeline.codepipeline.journal import format_duration
from dva.simulations.codepipeline.codepipeline.pipeline_run import Execution, PipelineRun
from dva.simulations.codepipeline.codepipeline.structure import CODES, broken_rule
from dva.simulations.frame import Run, State
from dva.trace import Rule

MAX_WAIT = 30 * 24 * 60
"""Minutes before a disabled transition after which an execution is not resumed. (User Guide, "Disable transitions".)"""


def initial_state(given: Given) -> State:
    """Return a lane for each stage, and one for what waits before it (`> Stage`)."""
    names = [stage.name for stage in documents.pipeline_of(given).stages]
    return {"lanes": {lane: [] for name in names for lane in (f"> {name}", name)}}


def run_pipeline(given: Given, run: Run) -> None:
    """Check the structure, then let the executions run until nothing is left to happen."""
    document = documents.pipeline_of(given)
    run.not_read(documents.not_read(given))
    if broken := broken_rule(document):
        name, problem = broken
        error = {"code": CODES.get(name, "InvalidStructureException"), "message": problem}
        run.step(rules.BROKEN[name], f"The structure is invalid: {problem}", status="invalid", rule=name, error=error)
        return
    documents.check_names(given, document)
    stages = [stage.name for stage in document.stages]
    run.step(rules.VALID, f"{document.name} is valid: {' -> '.join(stages)}, mode {document.execution_mode}",
             valid=True, stages=dict.fromkeys(stages), entered={name: [] for name in stages},
             actions={name: {} for name in documents.action_names(document)})  # fmt: skip
    pipeline = PipelineRun(given, document, run)
    for at, change, stage in given.transitions:
        pipeline.schedule(at, order.TRANSITION, partial(switch_transition, pipeline, change, stage))
    if given.stop:
        pipeline.schedule(given.stop.at, order.STOP, partial(stop, pipeline, given.stop))
    for execution in given.executions:
        pipeline.schedule(execution.at, order.START, partial(pipeline.start, execution.id))
    asked = [(given.retry.at, order.RETRY, partial(retry, pipeline, given.retry))] if given.retry else []
    if given.rollback:
        asked.append((given.rollback.at, order.ROLLBACK, partial(roll_back, pipeline, given.rollback)))
    for minute, kind, ask in asked:
        if minute is not None:
            pipeline.schedule(minute, kind, ask)
    pipeline.drain()
    for minute, _, ask in asked:
        if minute is None:  # it comes when nothing else is left to happen
            ask()
            pipeline.drain()


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
        if since is not None and pipeline.journal.now - since > MAX_WAIT:
            pipeline.waiting[name].remove(waiting)
            step(
                rules.TOO_LATE,
                f"{waiting} has waited {format_duration(pipeline.journal.now - since)} and is not resumed",
            )
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
        if execution.id in pipeline.waiting[stage.name]:
            pipeline.waiting[stage.name].remove(execution.id)
        execution.status, execution.waiting_since = "Stopped", None
        journal.close_lane(f"> {stage.name}", execution.id, "stopped")
        journal.execution(execution.id, "Stopped")
        title = f"{execution.id} is stopped before {stage.name}"
        journal.step(rules.STOPPED, title, "It waited, so nothing has to end first.")
        return
    execution.status = "Stopping"
    journal.execution(execution.id, "Stopping")
    rule = rules.STOP_ABANDON if request.abandon else rules.STOP_WAIT
    journal.step(rule, f"{execution.id} is told to stop in {stage.name}")
    if request.abandon:
        _abandon(pipeline, execution, stage)


def _abandon(pipeline: PipelineRun, execution: Execution, stage: Stage) -> None:
    actions = execution.runs[stage.name].actions
    for name in [name for name, status in actions.items() if status == "InProgress"]:
        actions[name] = "Abandoned"
        full = f"{stage.name}.{name}"
        pipeline.journal.action(execution.id, stage.name, name, "Abandoned")
        pipeline.journal.step(rules.STOP_ABANDON, f"{execution.id}: {full} is abandoned")
    pipeline.stopped(execution, stage)


def retry(pipeline: PipelineRun, request: Retry) -> None:
    """Run failed actions, or the whole stage, again."""
    stage, journal = pipeline.stages[request.stage], pipeline.journal
    entered: list[str] = pipeline.run.outcome["entered"][stage.name]
    name = request.execution or (entered[-1] if entered else "")
    if refusal := _retry_refusal(pipeline, stage, name, entered, request.mode):
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


def _retry_refusal(pipeline: PipelineRun, stage: Stage, name: str, entered: list[str],
                   mode: str) -> tuple[str, str] | None:  # fmt: skip
    """Return AWS's code and the reason why a stage cannot be retried; None where it can."""
    if name not in entered:
        return "StageNotRetryableException", f"{name or 'no execution'} never entered {stage.name}"
    if pipeline.mode != "PARALLEL" and entered[-1] != name:
        return "NotLatestPipelineExecutionException", f"{entered[-1]} has entered {stage.name} after {name}"
    run = pipeline.executions[name].runs[stage.name]
    if "InProgress" in run.actions.values() and mode == "ALL_ACTIONS":
        return "StageNotRetryableException", f"actions of {stage.name} are still in progress"
    if run.status != "Stopped" and not any(status in FAILED for status in run.actions.values()):
        return "StageNotRetryableException", f"{stage.name} has no failed action"
    return None


def roll_back(pipeline: PipelineRun, request: Rollback) -> None:
    """Return a stage to what an earlier execution left there."""
    stage, target = pipeline.stages[request.stage], pipeline.executions.get(request.target)
    if target is None:
        code, message = "PipelineExecutionNotFoundException", f"there is no execution {request.target}"
        return refuse(pipeline, rules.NO_ROLLBACK, code, message)
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
        return refuse(pipeline, rules.NO_ROLLBACK, "UnableToRollbackStageException", why)
    return pipeline.start_rollback(stage, target)
