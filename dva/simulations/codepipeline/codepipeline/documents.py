"""The pipeline as `aws codepipeline get-pipeline` prints it, what happens to it over time, and the outcome.

Times are minutes. Actions are named `Stage.Action`; an action's name alone is enough where no other has it.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypedDict

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct, decode, json_value, members_not_read
from dva.errors import GivenError
from dva.simulations import frame

Mode = Literal["SUPERSEDED", "QUEUED", "PARALLEL"]
Result = Literal["ROLLBACK", "FAIL", "RETRY", "SKIP"]
RetryMode = Literal["FAILED_ACTIONS", "ALL_ACTIONS"]

StageStatus = Literal["InProgress", "Succeeded", "Failed", "Stopped", "Skipped"]
Event = dict[str, float | str | dict[str, str]]
"""An event as EventBridge delivers it."""

MAX_MINUTES = 100 * 365 * 24 * 60
"""(A limit of dva.)"""


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
    namespace: str | None = None
    timeout_in_minutes: int | None = None

    @property
    def category(self) -> str:
        return self.action_type_id.category


class RetryConfiguration(AwsDocument):
    retry_mode: RetryMode = "FAILED_ACTIONS"


class OnFailure(AwsDocument):
    result: Result = "FAIL"
    retry_configuration: RetryConfiguration = field(default_factory=RetryConfiguration)
    conditions: list[Any] = []


class Stage(AwsDocument):
    known = frozenset({"blockers"})
    name: str
    actions: list[Action] = []
    on_failure: OnFailure = field(default_factory=OnFailure)
    on_success: dict[str, Any] | None = None
    before_entry: dict[str, Any] | None = None


class GitPatterns(AwsDocument):
    includes: list[str] | None = None
    excludes: list[str] | None = None


class GitFilter(AwsDocument):
    known = frozenset({"events"})
    tags: GitPatterns | None = None
    branches: GitPatterns | None = None
    file_paths: GitPatterns | None = None


class GitConfiguration(AwsDocument):
    source_action_name: str = ""
    push: list[GitFilter] | None = None
    pull_request: list[GitFilter] | None = None


class Trigger(AwsDocument):
    provider_type: str = ""
    git_configuration: GitConfiguration = field(default_factory=GitConfiguration)


class Pipeline(AwsDocument):
    wrappers = ("pipeline",)
    known = frozenset({"variables", "version"})
    name: str
    artifact_store: dict[str, Any] | None = None
    artifact_stores: dict[str, Any] | None = None
    stages: list[Stage] = []
    execution_mode: Mode = "SUPERSEDED"
    pipeline_type: Literal["V1", "V2"] | None = None
    triggers: list[Trigger] = []


class Execution(StrictStruct):
    """An execution that something starts."""

    id: str
    """Its id, any word."""
    at: float = 0
    """Minute at which it starts."""


class Fault(StrictStruct):
    """An action that fails."""

    action: str
    """The action, as Stage.Action."""
    executions: list[str] | None = None
    """Ids of the executions in which it fails; left out: in all."""
    attempts: int = 1
    """How many runs of the action fail, from the first on."""


class Approval(StrictStruct):
    """An answer to a manual approval."""

    action: str
    """The approval action, as Stage.Action."""
    status: Literal["Approved", "Rejected"]
    """The answer."""
    execution: str | None = None
    """Id of the execution that is answered; left out: every one."""
    at: float = 0
    """Minute of the answer; one that waits for no approval yet is given as soon as one is open."""


class Retry(StrictStruct):
    """A request to retry a stage."""

    stage: str
    """The stage that is retried."""
    execution: str | None = None
    """Id of the execution; left out: the one that entered the stage last."""
    mode: RetryMode = "FAILED_ACTIONS"
    """Whether failed actions run again, or the whole stage."""
    at: float | None = None
    """Minute of the request; left out: when nothing else is left to happen."""


class Stop(StrictStruct):
    """A request to stop an execution."""

    execution: str
    """Id of the execution."""
    at: float
    """Minute of the request."""
    abandon: bool = False
    """Whether running actions are abandoned; else they finish first."""


class Rollback(StrictStruct):
    """A request to roll a stage back."""

    stage: str
    """The stage that is rolled back."""
    target: str
    """Id of the execution to return to."""
    at: float | None = None
    """Minute of the request; left out: when nothing else is left to happen."""


class Given(StrictStruct, rename=None):
    """A pipeline, its executions, and what people ask of it."""

    pipeline: str | dict[str, Any]
    """The pipeline as get-pipeline prints it: a mapping, or the text of a JSON file."""
    executions: list[Execution]
    """The executions that are started."""
    durations: dict[str, float] = {}
    """Minutes that an action takes, by Stage.Action or for all actions of a stage; left out: 1."""
    faults: list[Fault] = []
    """Actions that fail; all others succeed."""
    transitions: list[tuple[float, Literal["disable", "enable"], str]] = []
    """Changes of transitions: [minute, disable or enable, stage that the transition leads into]."""
    approvals: list[Approval] = []
    """Answers to manual approvals; one without an answer times out."""
    retry: Retry | None = None
    """A request to retry a stage."""
    stop: Stop | None = None
    """A request to stop an execution."""
    rollback: Rollback | None = None
    """A request to roll a stage back."""
    service_role_allows: list[str] | None = None
    """IAM actions, wildcards too, that the service role may call; left out: all."""


class RollbackExecution(TypedDict):
    """An execution that a rollback has started."""

    execution: str
    """Its id."""
    type: Literal["ROLLBACK"]
    """The execution type, always ROLLBACK."""
    stage: str
    """The stage that is rolled back."""
    target: str
    """Id of the execution whose revisions it runs."""


class Cause(TypedDict):
    """Permissions that were missing."""

    action: str
    """The action that was denied, as Stage.Action."""
    missing: list[str]
    """The calls that the service role may not make."""


RULES = {
    "pipeline-name": "A pipeline's name has 1 to 100 valid characters",
    "stage-count": "A pipeline has 2 to 50 stages",
    "artifact-store": "A pipeline has artifactStore or artifactStores, not both",
    "execution-mode": "QUEUED and PARALLEL need type V2, and PARALLEL has no rollback",
    "stage-name": "A stage's name has 1 to 100 valid characters",
    "unique-stage-names": "Stage names are unique in a pipeline",
    "action-count": "A stage has 1 to 50 actions",
    "action-name": "An action's name has 1 to 100 valid characters",
    "unique-action-names": "Action names are unique in a stage",
    "category": "An action has one of seven categories",
    "first-stage-source-only": "The first stage has only source actions",
    "source-only-in-first-stage": "Source actions are only in the first stage",
    "run-order": "A runOrder is a whole number from 1 to 999",
    "artifact-name": "An artifact's name has 1 to 100 valid characters",
    "unique-output-artifacts": "Output artifacts have unique names in a pipeline",
    "input-artifact": "An input artifact is the output of an earlier action",
    "artifact-count": "Each provider takes a fixed number of artifacts",
    "source-rollback": "A source stage cannot be rolled back",
    "approval-timeout": "Only manual approvals have a timeout, of 5 to 86400 minutes",
    "namespace": "A namespace has 1 to 100 valid characters",
    "unique-namespaces": "Namespaces are unique in a pipeline",
    "trigger-shape": "A trigger has 1 to 3 filters of each kind",
    "trigger-type": "Triggers need a pipeline of type V2",
    "trigger-source": "A trigger belongs to a source action with a connection",
    "trigger-filters": "A push filter has tags or branches, not both",
}
"""The structure rules as learners read them."""


class Outcome(frame.Outcome):
    """Whether the pipeline is valid, and how its executions passed through the stages."""

    status: Annotated[
        Literal["Succeeded", "Failed", "Stopped", "InProgress", "invalid", "Superseded"] | None,
        frame.Phrases(
            {
                "Succeeded": "Succeeded",
                "Failed": "Failed",
                "Stopped": "Stopped",
                "InProgress": "InProgress",
                "Superseded": "Superseded",
            },
            {"invalid": "The pipeline is not created"},
        ),
    ] = None
    """The status of the last execution, or `invalid` where AWS refuses the pipeline."""
    valid: bool = False
    """Whether the pipeline can be created."""
    rule: Annotated[str | None, frame.Phrases(RULES)] = None
    """The first structure rule that the pipeline breaks."""
    executions: dict[str, Literal["InProgress", "Succeeded", "Failed", "Stopping", "Stopped", "Superseded"]] = {}
    """Status by execution."""
    stages: dict[str, StageStatus | None] = {}
    """Status by stage, for the last execution that entered it; null where none did."""
    actions: dict[str, dict[str, Literal["InProgress", "Succeeded", "Failed", "Abandoned"]]] = {}
    """Status by action (Stage.Action) and execution."""
    entered: dict[str, list[str]] = {}
    """Ids of the executions that entered each stage, in order."""
    order: list[str] = []
    """Starts of actions in order, as execution:Stage.Action."""
    finished_at: dict[str, float | None] = {}
    """Minute at which each execution ended; null where it did not."""
    rerun: list[str] = []
    """Actions that a retry ran again, as Stage.Action."""
    rollback: RollbackExecution | None = None
    """The execution that the last rollback started."""
    events: list[Event] = []
    """State changes in order, as EventBridge delivers them; `at` is the minute."""
    cause: Cause | None = None
    """The permissions whose lack failed an action."""


def pipeline_of(given: Given) -> Pipeline:
    """Return the pipeline, read from a mapping or from the text of a JSON file."""
    document = given.pipeline
    try:
        pipeline: Pipeline = decode(json_value(document) if isinstance(document, str) else document, Pipeline)
    except GivenError as problem:
        raise GivenError(problem.message, pointer="/pipeline" + problem.pointer, hint=problem.hint) from None
    for index, stage in enumerate(pipeline.stages):
        _refuse_conditions(stage, f"/pipeline/stages/{index}")
    return pipeline


def not_read(given: Given) -> list[str]:
    """Return the places of the pipeline that are not looked at."""
    return members_not_read(given.pipeline, Pipeline, "/pipeline")


def _refuse_conditions(stage: Stage, place: str) -> None:
    for name, value in (
        ("beforeEntry", stage.before_entry), ("onSuccess", stage.on_success),
        ("onFailure/conditions", stage.on_failure.conditions),
    ):  # fmt: skip
        if value:
            raise GivenError("conditions of stages are not simulated", pointer=f"{place}/{name}")


def action_names(pipeline: Pipeline) -> list[str]:
    """List the actions of a pipeline as `Stage.Action`."""
    return [f"{stage.name}.{action.name}" for stage in pipeline.stages for action in stage.actions]


def full_name(pipeline: Pipeline, name: str, place: str) -> str:
    """Return `Stage.Action` for a name that may be an action's alone."""
    if name in action_names(pipeline):
        return name
    found = [f"{stage.name}.{name}" for stage in pipeline.stages for one in stage.actions if one.name == name]
    if len(found) == 1:
        return found[0]
    raise GivenError(f"there is no action `{name}`", pointer=place, hint="name it as Stage.Action")


def check_names(given: Given, pipeline: Pipeline) -> None:
    """Check that ids of executions are unique, times in range, and named stages and executions known."""
    ids = [execution.id for execution in given.executions]
    stages = {stage.name for stage in pipeline.stages}
    for index, name in enumerate(ids):
        if name in ids[:index]:
            raise GivenError(f"duplicate execution `{name}`", pointer=f"/executions/{index}/id")
    for place, at in _times(given):
        if not -MAX_MINUTES < at < MAX_MINUTES:
            raise GivenError("a time is a number of minutes within a century", pointer=place)
    if not ids:
        raise GivenError("name at least one execution", pointer="/executions")
    asked = [(f"/transitions/{i}/2", stage) for i, (_, _, stage) in enumerate(given.transitions)]
    asked += [("/retry/stage", given.retry.stage)] if given.retry else []
    asked += [("/rollback/stage", given.rollback.stage)] if given.rollback else []
    for place, stage in asked:
        if stage not in stages:
            raise GivenError(f"there is no stage `{stage}`", pointer=place)
    named = [(f"/faults/{i}/executions", name) for i, one in enumerate(given.faults) for name in one.executions or []]
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
    """Return the minutes of each action: its own, else its stage's, else 1."""
    known = {stage.name for stage in pipeline.stages}
    own = {}
    for name, minutes in given.durations.items():
        if not 0 <= minutes < MAX_MINUTES:
            raise GivenError("a duration is a number of minutes from 0", pointer=f"/durations/{name}")
        own[name if name in known else full_name(pipeline, name, f"/durations/{name}")] = minutes
    stages = {f"{stage.name}.{action.name}": stage.name for stage in pipeline.stages for action in stage.actions}
    return {name: own.get(name, own.get(stage, 1)) for name, stage in stages.items()}
