"""Whether AWS CodePipeline accepts a pipeline: its structure rules, in the order in which they are checked."""

import re
from collections.abc import Callable, Iterable, Iterator

from dva.simulations.codepipeline.codepipeline.documents import Action, Pipeline, Stage, Trigger

# Documented numbers and names (CodePipeline pipeline structure reference)

STAGES, ACTIONS, RUN_ORDERS, APPROVAL_TIMEOUTS = (2, 50), (1, 50), (1, 999), (5, 86400)
"""At least and at most: stages of a pipeline, actions of a stage, a runOrder, minutes of an approval."""
TRIGGERS, GIT_FILTERS, GIT_PATTERNS, GIT_PATTERN = (0, 50), (1, 3), (1, 8), (1, 255)
"""At least and at most: triggers of a pipeline, filters of a trigger, patterns of a list, characters of a pattern."""
CONNECTION = "CodeStarSourceConnection"
NAME = re.compile(r"[A-Za-z0-9.@_-]{1,100}")
NAMESPACE = re.compile(r"[A-Za-z0-9@_-]{1,100}")
ARTIFACT = re.compile(r"[A-Za-z0-9_-]{1,100}")
CATEGORIES = ("Source", "Build", "Test", "Deploy", "Invoke", "Approval", "Compute")

Range = tuple[int, int]
COUNTS: dict[tuple[str, str], tuple[Range, Range]] = {
    **{("Source", name): ((0, 0), (1, 1)) for name in ("S3", "CodeCommit", "ECR", "CodeStarSourceConnection")},
    **{(category, "CodeBuild"): ((1, 5), (0, 5)) for category in ("Build", "Test")},
    ("Approval", "Manual"): ((0, 0), (0, 0)),
    **{("Deploy", name): ((1, 1), (0, 0)) for name in ("CodeDeploy", "ECS", "ElasticBeanstalk", "S3")},
    ("Deploy", "CloudFormation"): ((0, 10), (0, 1)),
    ("Invoke", "Lambda"): ((0, 5), (0, 5)),
}
"""Input and output artifacts by category and provider; providers that are not listed are not counted."""

Problems = Iterator[str]


def broken_rule(pipeline: Pipeline) -> tuple[str, str] | None:
    """Return the first rule that is broken, by its name, and how; None for a valid pipeline."""
    return next(((name, problem) for name, check in CHECKS.items() for problem in check(pipeline)), None)


def _actions(stages: list[Stage]) -> Iterator[tuple[Stage, Action]]:
    return ((stage, action) for stage in stages for action in stage.actions)


def _mismatches(names: Iterable[str], pattern: re.Pattern[str]) -> Problems:
    return (f"`{name}` is not a valid name" for name in names if not pattern.fullmatch(name))


def _duplicates(names: list[str], what: str) -> Problems:
    return (f"duplicate {what} `{name}`" for i, name in enumerate(names) if name in names[:i])


def _check_range(number: int, least: int, most: int, what: str) -> Problems:
    if not least <= number <= most:
        yield f"{what}: {number}, not {least} to {most}"


def _store(pipeline: Pipeline) -> Problems:
    given = [store is not None for store in (pipeline.artifact_store, pipeline.artifact_stores)]
    if sum(given) != 1:
        yield "both artifactStore and artifactStores are given" if all(given) else "no artifact store is given"


def _mode(pipeline: Pipeline) -> Problems:
    # Without a pipelineType the API makes a V1 pipeline.
    if pipeline.execution_mode != "SUPERSEDED" and pipeline.pipeline_type != "V2":
        yield f"executionMode {pipeline.execution_mode} in a pipeline of type {pipeline.pipeline_type or 'V1'}"
    for stage in pipeline.stages:
        if pipeline.execution_mode == "PARALLEL" and stage.on_failure.result == "ROLLBACK":
            yield f"stage {stage.name} rolls back on failure in a PARALLEL pipeline"


def _inputs(pipeline: Pipeline) -> Problems:
    """List inputs that come neither from an earlier stage nor from a smaller runOrder of the same stage."""
    made: set[str] = set()
    for stage in pipeline.stages:
        for action in stage.actions:
            here = {a.name for o in stage.actions if o.run_order < action.run_order for a in o.output_artifacts}
            for artifact in action.input_artifacts:
                if artifact.name not in made | here:
                    yield f"{stage.name}.{action.name} takes {artifact.name}, which nothing before it makes"
        made |= {artifact.name for action in stage.actions for artifact in action.output_artifacts}


def _artifact_counts(pipeline: Pipeline) -> Problems:
    for stage, action in _actions(pipeline.stages):
        kind = action.action_type_id
        ranges = COUNTS.get((kind.category, kind.provider)) if kind.owner == "AWS" else None
        sides = zip(ranges or (), (action.input_artifacts, action.output_artifacts), ("input", "output"), strict=False)
        for (least, most), artifacts, side in sides:
            what = f"{side} artifacts of {stage.name}.{action.name} ({kind.provider})"
            yield from _check_range(len(artifacts), least, most, what)


def _repeated_namespaces(pipeline: Pipeline) -> Problems:
    """List the actions whose namespace an earlier action has."""
    named = [(stage, action) for stage, action in _actions(pipeline.stages) if action.namespace is not None]
    repeated = [
        f"StageName=[{stage.name}], ActionName=[{action.name}], Namespace=[{action.namespace}]"
        for i, (stage, action) in enumerate(named)
        if any(other.namespace == action.namespace for _, other in named[:i])
    ]
    if repeated:
        yield ("Namespaces must be unique across the pipeline definition. The following occur more than once in the "
               f"pipeline. {'; '.join(repeated)}")  # fmt: skip


def _trigger_shape(pipeline: Pipeline) -> Problems:
    """List what the API's model does not take in triggers."""
    yield from _check_range(len(pipeline.triggers), *TRIGGERS, "triggers")
    for index, trigger in enumerate(pipeline.triggers):
        git = trigger.git_configuration
        if trigger.provider_type != CONNECTION:
            yield f"providerType of triggers[{index}] is `{trigger.provider_type}`, not {CONNECTION}"
        if not git.source_action_name:
            yield f"gitConfiguration of triggers[{index}] has no sourceActionName"
        for name, filters in (("push", git.push), ("pullRequest", git.pull_request)):
            if filters is not None:
                yield from _check_range(len(filters), *GIT_FILTERS, f"{name} of triggers[{index}]")
        yield from _git_patterns(trigger, f"of triggers[{index}]")


def _git_patterns(trigger: Trigger, where: str) -> Problems:
    git = trigger.git_configuration
    criteria = [kind for one in (git.push or []) + (git.pull_request or [])
                for kind in (one.tags, one.branches, one.file_paths) if kind]  # fmt: skip
    for patterns in (listed for kind in criteria for listed in (kind.includes, kind.excludes) if listed is not None):
        yield from _check_range(len(patterns), *GIT_PATTERNS, f"patterns {where}")
        for pattern in patterns:
            yield from _check_range(len(pattern), *GIT_PATTERN, f"characters of a pattern {where}")


def _trigger_sources(pipeline: Pipeline) -> Problems:
    """List triggers of a source action that is no connection, or that has a trigger already."""
    connections = [action.name for _, action in _actions(pipeline.stages[:1])
                   if action.action_type_id.provider == CONNECTION]  # fmt: skip
    named = [trigger.git_configuration.source_action_name for trigger in pipeline.triggers]
    if any(name not in connections or named.count(name) > 1 for name in named):
        yield (f"Triggers for connection must reference a {CONNECTION} action. Note that when you specify a trigger, "
               "you cant specify more than one trigger per source action.")  # fmt: skip


def _trigger_filters(pipeline: Pipeline) -> Problems:
    for trigger in pipeline.triggers:
        if any(one.tags and (one.branches or one.file_paths) for one in trigger.git_configuration.push or []):
            yield ("The trigger configuration for the source action is not valid. Make sure to choose valid filter "
                   "combinations.")  # fmt: skip


def _approval_timeout(pipeline: Pipeline) -> Problems:
    for stage, action in _actions(pipeline.stages):
        minutes = action.timeout_in_minutes
        if minutes is not None and action.category != "Approval":
            yield f"{stage.name}.{action.name} is not an approval and has timeoutInMinutes"
        elif minutes is not None:
            yield from _check_range(minutes, *APPROVAL_TIMEOUTS, f"timeoutInMinutes of {stage.name}.{action.name}")


CHECKS: dict[str, Callable[[Pipeline], Problems]] = {
    "pipeline-name": lambda p: _mismatches([p.name], NAME),
    "stage-count": lambda p: _check_range(len(p.stages), *STAGES, "stages"),
    "artifact-store": _store,
    "execution-mode": _mode,
    "stage-name": lambda p: _mismatches((stage.name for stage in p.stages), NAME),
    "unique-stage-names": lambda p: _duplicates([stage.name for stage in p.stages], "stage"),
    "action-count": lambda p: (
        found for s in p.stages for found in _check_range(len(s.actions), *ACTIONS, f"actions of {s.name}")),
    "action-name": lambda p: _mismatches((action.name for _, action in _actions(p.stages)), NAME),
    "unique-action-names": lambda p: (
        found for s in p.stages for found in _duplicates([a.name for a in s.actions], f"action in {s.name}:")),
    "category": lambda p: (
        f"{stage.name}.{action.name}: `{action.category}`"
        for stage, action in _actions(p.stages) if action.category not in CATEGORIES),
    "first-stage-source-only": lambda p: (
        f"{action.name} in the first stage is a {action.category} action"
        for _, action in _actions(p.stages[:1]) if action.category != "Source"),
    "source-only-in-first-stage": lambda p: (
        f"{stage.name}.{action.name} is a source action after the first stage"
        for stage, action in _actions(p.stages[1:]) if action.category == "Source"),
    "run-order": lambda p: (
        found for _, a in _actions(p.stages)
        for found in _check_range(a.run_order, *RUN_ORDERS, f"runOrder of {a.name}")),
    "artifact-name": lambda p: _mismatches(
        (x.name for _, a in _actions(p.stages) for x in (*a.input_artifacts, *a.output_artifacts)), ARTIFACT),
    "unique-output-artifacts": lambda p: _duplicates(
        [artifact.name for _, a in _actions(p.stages) for artifact in a.output_artifacts], "output artifact"),
    "input-artifact": _inputs,
    "artifact-count": _artifact_counts,
    "source-rollback": lambda p: (
        f"the source stage {stage.name} rolls back on failure"
        for stage in p.stages[:1] if stage.on_failure.result == "ROLLBACK"),
    "approval-timeout": _approval_timeout,
    "namespace": lambda p: _mismatches(
        (a.namespace for _, a in _actions(p.stages) if a.namespace is not None), NAMESPACE),
    "unique-namespaces": _repeated_namespaces,
    "trigger-shape": _trigger_shape,
    "trigger-type": lambda p: (
        f"Triggers can only be used with V2 pipelines, not {p.pipeline_type or 'V1'}"
        for _ in p.triggers[:1] if p.pipeline_type != "V2"),
    "trigger-source": _trigger_sources,
    "trigger-filters": _trigger_filters,
}  # fmt: skip
"""By name, in the order in which they are checked."""
MODEL = ("pipeline-name", "stage-name", "action-name", "category", "run-order", "artifact-name", "namespace",
         "trigger-shape")  # fmt: skip
"""Patterns, enums and ranges of the API's service model, which every AWS API checks first."""
CODES = dict.fromkeys(MODEL, "ValidationException") | dict.fromkeys(
    ("artifact-count", "unique-namespaces"), "InvalidActionDeclarationException"
)
"""AWS's code by rule, where it is not InvalidStructureException.

The one for artifact-count is reported in awsdocs/aws-cloudformation-user-guide#941.
"""
