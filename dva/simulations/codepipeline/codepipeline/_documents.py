"""What `given` holds: the pipeline as `aws codepipeline get-pipeline` prints it, and what happens to it over time.

Times are minutes. Actions are named `Stage.Action`; an action's name alone is enough where no other has it.
"""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from dva.aws.document import AwsDocument, StrictStruct, decode
from dva.errors import GivenError

Mode = Literal["SUPERSEDED", "QUEUED", "PARALLEL"]
Result = Literal["ROLLBACK", "FAIL", "RETRY", "SKIP"]
RetryMode = Literal["FAILED_ACTIONS", "ALL_ACTIONS"]

MOST_MINUTES = 100 * 365 * 24 * 60
WEEK = 7 * 24 * 60
"""Minutes that a manual approval waits."""


class ActionType(AwsDocument):
    category: str = ""
    owner: str = "AWS"
    provider: str = ""


class Artifact(AwsDocument):
    name: str


class Action(AwsDocument):
    known = frozenset({"environmentVariables", "outputVariables", "commands"})
    name: str
    action_type_id: ActionType
    run_order: int = 1
    input_artifacts: list[Artifact] = []
    output_artifacts: list[Artifact] = []
    role_arn: str | None = None
    timeout_in_minutes: int | None = None

    @property
    def approval(self) -> bool:
        return self.action_type_id.category == "Approval"


class RetryConfiguration(AwsDocument):
    retry_mode: RetryMode = "FAILED_ACTIONS"


class OnFailure(AwsDocument):
    result: Result = "FAIL"
    retry_configuration: RetryConfiguration = msgspec.field(default_factory=RetryConfiguration)
    conditions: list[Any] = []


class Stage(AwsDocument):
    known = frozenset({"blockers"})
    name: str
    actions: list[Action] = []
    on_failure: OnFailure = msgspec.field(default_factory=OnFailure)
    on_success: dict[str, Any] | None = None
    before_entry: dict[str, Any] | None = None


class Pipeline(AwsDocument):
    wrappers = ("pipeline",)
    known = frozenset({"triggers", "variables", "version"})
    name: str
    artifact_store: dict[str, Any] | None = None
    artifact_stores: dict[str, Any] | None = None
    stages: list[Stage] = []
    execution_mode: Mode = "SUPERSEDED"
    pipeline_type: Literal["V1", "V2"] | None = None


class Execution(StrictStruct):
    id: str
    at: float = 0


class Fault(StrictStruct):
    """An action that fails: for these executions (all), in its first `attempts` runs."""

    action: str
    executions: list[str] | None = None
    attempts: int = 1


class Approval(StrictStruct):
    action: str
    status: Literal["Approved", "Rejected"]
    execution: str | None = None
    at: float = 0


class Retry(StrictStruct):
    stage: str
    execution: str | None = None
    mode: RetryMode = "FAILED_ACTIONS"
    at: float | None = None


class Stop(StrictStruct):
    execution: str
    at: float
    abandon: bool = False


class Rollback(StrictStruct):
    stage: str
    target: str
    at: float | None = None


class Given(StrictStruct, rename=None):
    """The contract's keys; `service_role_allows` lists the actions (wildcards too) that the service role may call."""

    pipeline: str | dict[str, Any]
    executions: list[Execution]
    durations: dict[str, float] = {}
    faults: list[Fault] = []
    transitions: list[tuple[float, Literal["disable", "enable"], str]] = []
    approvals: list[Approval] = []
    retry: Retry | None = None
    stop: Stop | None = None
    rollback: Rollback | None = None
    service_role_allows: list[str] | None = None


def pipeline_of(given: Given) -> Pipeline:
    """The pipeline, from a mapping or from the text of a JSON file."""
    document = given.pipeline
    if isinstance(document, str):
        try:
            document = msgspec.json.decode(document)
        except msgspec.DecodeError as problem:
            raise GivenError(f"this is not JSON: {problem}", pointer="/pipeline") from None
        except RecursionError:
            raise GivenError("this is nested too deeply", pointer="/pipeline") from None
    try:
        pipeline: Pipeline = decode(document, Pipeline)
    except GivenError as problem:
        raise GivenError(problem.message, pointer="/pipeline" + problem.pointer, hint=problem.hint) from None
    for index, stage in enumerate(pipeline.stages):
        _refuse_conditions(stage, f"/pipeline/stages/{index}")
    return pipeline


def _refuse_conditions(stage: Stage, place: str) -> None:
    conditions = {
        "beforeEntry": stage.before_entry,
        "onSuccess": stage.on_success,
        "onFailure/conditions": stage.on_failure.conditions,
    }
    for name, value in conditions.items():
        if value:
            raise GivenError("conditions of stages are not simulated", pointer=f"{place}/{name}")


def full_name(pipeline: Pipeline, name: str, place: str) -> str:
    """`Stage.Action` for a name that may be an action's alone."""
    every = [f"{stage.name}.{action.name}" for stage in pipeline.stages for action in stage.actions]
    if name in every:
        return name
    found = [one for one in every if one.split(".", 1)[1] == name]
    if len(found) == 1:
        return found[0]
    raise GivenError(f"there is no action `{name}`", pointer=place, hint="name it as Stage.Action")


def check_names(given: Given, pipeline: Pipeline) -> None:
    """Names of executions are there once; names of stages and executions are known."""
    ids = [execution.id for execution in given.executions]
    stages = {stage.name for stage in pipeline.stages}
    for index, name in enumerate(ids):
        if name in ids[:index]:
            raise GivenError(f"`{name}` is there twice", pointer=f"/executions/{index}/id")
    for place, at in _times(given):
        if not -MOST_MINUTES < at < MOST_MINUTES:
            raise GivenError("a time is a number of minutes within a century", pointer=place)
    if not ids:
        raise GivenError("name at least one execution", pointer="/executions")
    asked = [(f"/transitions/{i}/2", stage) for i, (_, _, stage) in enumerate(given.transitions)]
    asked += [("/retry/stage", given.retry.stage)] if given.retry else []
    asked += [("/rollback/stage", given.rollback.stage)] if given.rollback else []
    for place, stage in asked:
        if stage not in stages:
            raise GivenError(f"there is no stage `{stage}`", pointer=place)
    named = [
        (f"/faults/{i}/executions", name) for i, fault in enumerate(given.faults) for name in fault.executions or []
    ]
    named += [("/stop/execution", given.stop.execution)] if given.stop else []
    for place, name in named:
        if name not in ids and not name.endswith("-rollback"):
            raise GivenError(f"there is no execution `{name}`", pointer=place)


def _times(given: Given) -> Iterator[tuple[str, float]]:
    yield from ((f"/executions/{i}/at", one.at) for i, one in enumerate(given.executions))
    yield from ((f"/transitions/{i}/0", at) for i, (at, _, _) in enumerate(given.transitions))
    yield from ((f"/approvals/{i}/at", one.at) for i, one in enumerate(given.approvals))
    for name, one in (("stop", given.stop), ("retry", given.retry), ("rollback", given.rollback)):
        if one is not None and one.at is not None:
            yield f"/{name}/at", one.at


def durations_of(given: Given, pipeline: Pipeline) -> dict[str, float]:
    """Minutes of each action: its own, else its stage's, else 1."""
    known = {stage.name for stage in pipeline.stages}
    own = {}
    for name, minutes in given.durations.items():
        if not 0 <= minutes < MOST_MINUTES:
            raise GivenError("a duration is a number of minutes from 0", pointer=f"/durations/{name}")
        own[name if name in known else full_name(pipeline, name, f"/durations/{name}")] = minutes
    return {
        f"{stage.name}.{action.name}": own.get(f"{stage.name}.{action.name}", own.get(stage.name, 1))
        for stage in pipeline.stages
        for action in stage.actions
    }
