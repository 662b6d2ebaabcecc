"""AWS CodePipeline: is a pipeline valid, and how do its executions pass through the stages?

In CodePipeline's order: the structure is checked; an execution starts, enters the first stage and locks it; its
actions run by runOrder; the stage succeeds or fails and is unlocked; the next stage is entered, or the execution
waits before it, where a newer one may take its place. (AWS CodePipeline User Guide, "How pipeline executions work",
"CodePipeline pipeline structure reference".) Nothing is executed: `durations`, `faults` and `approvals` say what each
action would do. The rules stand in `_rules.py`, what beliefs replace in `_how.py`.
"""

from functools import partial
from typing import Any

from dva.simulations._before import Simulation, Tracer
from dva.simulations.codepipeline.codepipeline import _requests as requests
from dva.simulations.codepipeline.codepipeline import _rules as rules
from dva.simulations.codepipeline.codepipeline import _running as order
from dva.simulations.codepipeline.codepipeline._documents import Given, Pipeline, check_names, pipeline_of
from dva.simulations.codepipeline.codepipeline._how import BELIEFS, How
from dva.simulations.codepipeline.codepipeline._running import Running
from dva.simulations.codepipeline.codepipeline._structure import broken_rule

OUTCOME: dict[str, Any] = {
    "valid": False, "rule": None, "executions": {}, "stages": {}, "actions": {}, "entered": {}, "order": [],
    "finished_at": {}, "rerun": [], "rollback": None, "events": [], "cause": None,
}  # fmt: skip


def start(given: Given) -> dict[str, Any]:
    """A lane for each stage, and one for what waits before it (`> Stage`)."""
    names = [stage.name for stage in pipeline_of(given).stages]
    return {"lanes": {lane: [] for name in names for lane in (f"> {name}", name)}}


def play(given: Given, trace: Tracer, how: How) -> None:
    """Check the structure, then let the executions run until nothing is left to happen."""
    pipeline = pipeline_of(given)
    broken = broken_rule(pipeline)
    if broken:
        tell_invalid(*broken, trace)
        return
    check_names(given, pipeline)
    tell_valid(pipeline, trace)
    running = Running(given, pipeline, trace, how)
    plan(given, running)
    running.drain()
    # What has no time comes when nothing is left to happen.
    if given.retry and given.retry.at is None:
        requests.retry(running, given.retry)
        running.drain()
    if given.rollback and given.rollback.at is None:
        requests.rollback(running, given.rollback)
        running.drain()


def tell_invalid(name: str, found: str, trace: Tracer) -> None:
    """AWS refuses to create the pipeline."""
    error = {"code": "InvalidStructureException", "message": found}
    changes = {"/outcome/status": "invalid", "/outcome/rule": name, "/outcome/error": error}
    trace.step(rules.BROKEN[name], f"The structure is invalid: {found}", rules.BROKEN[name].says, changes=changes)


def tell_valid(pipeline: Pipeline, trace: Tracer) -> None:
    """The pipeline can be created; what is kept of it is empty so far."""
    stages = [stage.name for stage in pipeline.stages]
    actions = [f"{stage.name}.{action.name}" for stage in pipeline.stages for action in stage.actions]
    changes = {
        "/outcome/valid": True,
        "/outcome/stages": dict.fromkeys(stages),
        "/outcome/entered": {name: [] for name in stages},
        "/outcome/actions": {name: {} for name in actions},
    }
    title = f"{pipeline.name} is valid: {' -> '.join(stages)}, mode {pipeline.execution_mode}"
    trace.step(rules.VALID, title, rules.VALID.says, changes=changes)


def plan(given: Given, running: Running) -> None:
    """Everything that comes from outside, on the agenda."""
    for at, way, stage in given.transitions:
        running.plan(at, order.TRANSITION, partial(requests.switch, running, way, stage))
    if given.stop:
        running.plan(given.stop.at, order.STOP, partial(requests.stop, running, given.stop))
    if given.retry and given.retry.at is not None:
        running.plan(given.retry.at, order.RETRY, partial(requests.retry, running, given.retry))
    if given.rollback and given.rollback.at is not None:
        running.plan(given.rollback.at, order.ROLLBACK, partial(requests.rollback, running, given.rollback))
    for execution in given.executions:
        running.plan(execution.at, order.START, partial(running.start, execution.id))


SIMULATION = Simulation(
    name="codepipeline",
    title="AWS CodePipeline executions",
    view="lanes",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome=OUTCOME,
    statuses=("Succeeded", "Failed", "Stopped", "InProgress", "invalid"),
    play=play,
    how=How(),
    start=start,
    unit="min",
)
