"""Whether AWS CodePipeline accepts a pipeline: its structure rules, in the order in which they are asked."""

import re
from collections.abc import Callable, Iterator

from dva.simulations.codepipeline.codepipeline._documents import Action, Pipeline, Stage

NAME = re.compile(r"[A-Za-z0-9.@_-]{1,100}")
ARTIFACT = re.compile(r"[A-Za-z0-9_-]{1,100}")
APPROVAL_MINUTES = (5, 86400)
CATEGORIES = ("Source", "Build", "Test", "Deploy", "Invoke", "Approval", "Compute")

Range = tuple[int, int]
COUNTS: dict[tuple[str, str], tuple[Range, Range]] = {
    ("Source", "S3"): ((0, 0), (1, 1)),
    ("Source", "CodeCommit"): ((0, 0), (1, 1)),
    ("Source", "ECR"): ((0, 0), (1, 1)),
    ("Source", "CodeStarSourceConnection"): ((0, 0), (1, 1)),
    ("Build", "CodeBuild"): ((1, 5), (0, 5)),
    ("Test", "CodeBuild"): ((1, 5), (0, 5)),
    ("Approval", "Manual"): ((0, 0), (0, 0)),
    ("Deploy", "CodeDeploy"): ((1, 1), (0, 0)),
    ("Deploy", "ECS"): ((1, 1), (0, 0)),
    ("Deploy", "ElasticBeanstalk"): ((1, 1), (0, 0)),
    ("Deploy", "S3"): ((1, 1), (0, 0)),
    ("Deploy", "CloudFormation"): ((0, 10), (0, 1)),
    ("Invoke", "Lambda"): ((0, 5), (0, 5)),
}
"""Input and output artifacts by category and provider; providers that are not listed are not counted."""

Found = Iterator[str]


def broken_rule(pipeline: Pipeline) -> tuple[str, str] | None:
    """The first rule that is broken, by its name, and where; None for a valid pipeline."""
    for name, look in CHECKS.items():
        found = next(look(pipeline), None)
        if found is not None:
            return name, found
    return None


def _actions(pipeline: Pipeline) -> Iterator[tuple[Stage, Action]]:
    return ((stage, action) for stage in pipeline.stages for action in stage.actions)


def _bad(names: Iterator[str], pattern: re.Pattern[str]) -> Found:
    return (f"`{name}` is no such name" for name in names if not pattern.fullmatch(name))


def _twice(names: list[str], what: str) -> Found:
    return (f"{what} `{name}` is there twice" for i, name in enumerate(names) if name in names[:i])


def _counted(number: int, least: int, most: int, what: str) -> Found:
    if not least <= number <= most:
        yield f"{what}: {number}, not {least} to {most}"


def _store(pipeline: Pipeline) -> Found:
    given = [store is not None for store in (pipeline.artifact_store, pipeline.artifact_stores)]
    if sum(given) != 1:
        yield "both artifactStore and artifactStores are given" if all(given) else "no artifact store is given"


def _mode(pipeline: Pipeline) -> Found:
    # Without a pipelineType the API makes a V1 pipeline.
    if pipeline.execution_mode != "SUPERSEDED" and pipeline.pipeline_type != "V2":
        yield f"executionMode {pipeline.execution_mode} in a pipeline of type {pipeline.pipeline_type or 'V1'}"
    for stage in pipeline.stages:
        if pipeline.execution_mode == "PARALLEL" and stage.on_failure.result == "ROLLBACK":
            yield f"stage {stage.name} rolls back on failure in a PARALLEL pipeline"


def _first_stage(pipeline: Pipeline) -> Found:
    for action in pipeline.stages[0].actions:
        if action.action_type_id.category != "Source":
            yield f"{action.name} in the first stage is a {action.action_type_id.category} action"


def _late_source(pipeline: Pipeline) -> Found:
    for stage in pipeline.stages[1:]:
        for action in stage.actions:
            if action.action_type_id.category == "Source":
                yield f"{stage.name}.{action.name} is a source action after the first stage"


def _inputs(pipeline: Pipeline) -> Found:
    """An artifact must come from an earlier stage, or from a smaller runOrder of the same stage."""
    made: set[str] = set()
    for stage in pipeline.stages:
        for action in stage.actions:
            here = {a.name for o in stage.actions if o.run_order < action.run_order for a in o.output_artifacts}
            for artifact in action.input_artifacts:
                if artifact.name not in made | here:
                    yield f"{stage.name}.{action.name} takes {artifact.name}, which nothing before it makes"
        made |= {artifact.name for action in stage.actions for artifact in action.output_artifacts}


def _artifact_counts(pipeline: Pipeline) -> Found:
    for stage, action in _actions(pipeline):
        kind = action.action_type_id
        ranges = COUNTS.get((kind.category, kind.provider)) if kind.owner == "AWS" else None
        sides = zip(ranges or (), (action.input_artifacts, action.output_artifacts), ("input", "output"), strict=False)
        for (least, most), artifacts, side in sides:
            what = f"{side} artifacts of {stage.name}.{action.name} ({kind.provider})"
            yield from _counted(len(artifacts), least, most, what)


def _source_rollback(pipeline: Pipeline) -> Found:
    if pipeline.stages[0].on_failure.result == "ROLLBACK":
        yield f"the source stage {pipeline.stages[0].name} rolls back on failure"


def _approval_timeout(pipeline: Pipeline) -> Found:
    for stage, action in _actions(pipeline):
        minutes = action.timeout_in_minutes
        if minutes is not None and not action.approval:
            yield f"{stage.name}.{action.name} is no approval and has timeoutInMinutes"
        elif minutes is not None:
            yield from _counted(minutes, *APPROVAL_MINUTES, f"timeoutInMinutes of {stage.name}.{action.name}")


CHECKS: dict[str, Callable[[Pipeline], Found]] = {
    "pipeline-name": lambda p: _bad(iter([p.name]), NAME),
    "stage-count": lambda p: _counted(len(p.stages), 2, 50, "stages"),
    "artifact-store": _store,
    "execution-mode": _mode,
    "stage-name": lambda p: _bad((stage.name for stage in p.stages), NAME),
    "unique-stage-names": lambda p: _twice([stage.name for stage in p.stages], "stage"),
    "action-count": lambda p: (
        found for stage in p.stages for found in _counted(len(stage.actions), 1, 50, f"actions of {stage.name}")
    ),
    "action-name": lambda p: _bad((action.name for _, action in _actions(p)), NAME),
    "unique-action-names": lambda p: (
        found for stage in p.stages for found in _twice([a.name for a in stage.actions], f"{stage.name}: action")
    ),
    "category": lambda p: (
        f"{stage.name}.{action.name}: `{action.action_type_id.category}`"
        for stage, action in _actions(p)
        if action.action_type_id.category not in CATEGORIES
    ),
    "first-stage-source-only": _first_stage,
    "source-only-in-first-stage": _late_source,
    "run-order": lambda p: (
        found for _, a in _actions(p) for found in _counted(a.run_order, 1, 999, f"runOrder of {a.name}")
    ),
    "artifact-name": lambda p: _bad(
        (x.name for _, a in _actions(p) for x in (*a.input_artifacts, *a.output_artifacts)), ARTIFACT
    ),
    "unique-output-artifacts": lambda p: _twice(
        [artifact.name for _, action in _actions(p) for artifact in action.output_artifacts], "output artifact"
    ),
    "input-artifact": _inputs,
    "artifact-count": _artifact_counts,
    "source-rollback": _source_rollback,
    "approval-timeout": _approval_timeout,
}
"""By name, in the order in which they are asked."""
