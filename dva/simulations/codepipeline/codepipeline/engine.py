"""From the structure of the pipeline to the last thing that happens in it."""

from functools import partial

from dva.simulations.codepipeline.codepipeline import pipeline_run as order
from dva.simulations.codepipeline.codepipeline import requests, rules
from dva.simulations.codepipeline.codepipeline.documents import Given, action_names, check_names, pipeline_of
from dva.simulations.codepipeline.codepipeline.pipeline_run import PipelineRun
from dva.simulations.codepipeline.codepipeline.structure import broken_rule
from dva.simulations.frame import Run, State


def initial_state(given: Given) -> State:
    """Return a lane for each stage, and one for what waits before it (`> Stage`)."""
    names = [stage.name for stage in pipeline_of(given).stages]
    return {"lanes": {lane: [] for name in names for lane in (f"> {name}", name)}}


def run_pipeline(given: Given, run: Run) -> None:
    """Check the structure, then let the executions run until nothing is left to happen."""
    document = pipeline_of(given)
    broken = broken_rule(document)
    if broken:
        name, problem = broken
        error = {"code": "InvalidStructureException", "message": problem}
        title = f"The structure is invalid: {problem}"
        run.step(rules.BROKEN[name], title, status="invalid", rule=name, error=error)
        return
    check_names(given, document)
    stages = [stage.name for stage in document.stages]
    run.step(
        rules.VALID, f"{document.name} is valid: {' -> '.join(stages)}, mode {document.execution_mode}",
        valid=True, stages=dict.fromkeys(stages), entered={name: [] for name in stages},
        actions={name: {} for name in action_names(document)},
    )  # fmt: skip
    pipeline = PipelineRun(given, document, run)
    schedule(given, pipeline)
    pipeline.drain()
    # What has no time comes when nothing is left to happen.
    if given.retry and given.retry.at is None:
        requests.retry(pipeline, given.retry)
        pipeline.drain()
    if given.rollback and given.rollback.at is None:
        requests.roll_back(pipeline, given.rollback)
        pipeline.drain()


def schedule(given: Given, pipeline: PipelineRun) -> None:
    """Schedule everything that comes from outside."""
    for at, change, stage in given.transitions:
        pipeline.schedule(at, order.TRANSITION, partial(requests.switch_transition, pipeline, change, stage))
    if given.stop:
        pipeline.schedule(given.stop.at, order.STOP, partial(requests.stop, pipeline, given.stop))
    if given.retry and given.retry.at is not None:
        pipeline.schedule(given.retry.at, order.RETRY, partial(requests.retry, pipeline, given.retry))
    if given.rollback and given.rollback.at is not None:
        pipeline.schedule(given.rollback.at, order.ROLLBACK, partial(requests.roll_back, pipeline, given.rollback))
    for execution in given.executions:
        pipeline.schedule(execution.at, order.START, partial(pipeline.start, execution.id))
