"""Who waits, what starts, which calls it needs, what a retry runs, how an approval ends; and what people believe."""

from collections.abc import Sequence

from dva.aws import glob
from dva.simulations.codepipeline.codepipeline.documents import Action, Mode, RetryMode
from dva.simulations.codepipeline.codepipeline.rules import belief

Statuses = dict[str, str]
"""The status of each action of a stage that has run, by name."""
FAILED = ("Failed", "Abandoned")
APPROVAL_MINUTES = 7 * 24 * 60
"""How long a manual approval waits without timeoutInMinutes. (User Guide, "Add a manual approval action".)"""

NEEDED: dict[tuple[str, str], tuple[str, ...]] = {
    ("Source", "CodeCommit"): (
        "codecommit:GetBranch", "codecommit:GetCommit", "codecommit:UploadArchive",
        "codecommit:GetUploadArchiveStatus",
    ),
    ("Source", "S3"): ("s3:GetObject", "s3:GetObjectVersion", "s3:GetBucketVersioning"),
    ("Source", "ECR"): ("ecr:DescribeImages",),
    ("Source", "CodeStarSourceConnection"): ("codestar-connections:UseConnection",),
    ("Build", "CodeBuild"): ("codebuild:StartBuild", "codebuild:BatchGetBuilds"),
    ("Test", "CodeBuild"): ("codebuild:StartBuild", "codebuild:BatchGetBuilds"),
    ("Deploy", "CodeDeploy"): ("codedeploy:CreateDeployment", "codedeploy:GetDeployment"),
    ("Deploy", "ECS"): ("ecs:RegisterTaskDefinition", "ecs:UpdateService", "iam:PassRole"),
    ("Deploy", "ElasticBeanstalk"): ("elasticbeanstalk:CreateApplicationVersion", "elasticbeanstalk:UpdateEnvironment"),
    ("Deploy", "CloudFormation"): ("cloudformation:CreateStack", "cloudformation:UpdateStack", "iam:PassRole"),
    ("Deploy", "S3"): ("s3:PutObject",),
    ("Invoke", "Lambda"): ("lambda:InvokeFunction",),
}  # fmt: skip
"""The calls that decide, by category and provider; AWS's page lists more for some. (User Guide, service role.)"""


def line_up(mode: Mode, waiting: Sequence[str], newcomer: str) -> tuple[list[str], list[str]]:
    """Return who waits before a stage once `newcomer` has come, and who is superseded by it."""
    if mode == "SUPERSEDED":
        return [newcomer], list(waiting)
    return [*waiting, newcomer], []


def locks_stages(mode: Mode) -> bool:
    """Return whether a stage takes one execution at a time."""
    return mode != "PARALLEL"


def next_group(actions: Sequence[Action], statuses: Statuses) -> list[Action]:
    """Return the actions that start now: those of the lowest runOrder that has not wholly succeeded."""
    for order in sorted({action.run_order for action in actions}):
        group = [action for action in actions if action.run_order == order]
        if any(statuses.get(action.name) != "Succeeded" for action in group):
            return [action for action in group if action.name not in statuses]
    return []


def failure_unlocks() -> bool:
    """Return whether a failed stage is free for the next execution."""
    return True


def actions_to_rerun(mode: RetryMode, statuses: Statuses) -> list[str]:
    """Return the actions that a retry runs again."""
    return [name for name, status in statuses.items() if mode == "ALL_ACTIONS" or status in FAILED]


def approval_minutes(action: Action) -> float:
    """Return how long an approval stays open."""
    return APPROVAL_MINUTES if action.timeout_in_minutes is None else action.timeout_in_minutes


def unanswered_approval() -> str:
    """Return how an approval that nobody answered ends."""
    return "Failed"


def missing_permissions(action: Action, allowed: list[str]) -> list[str]:
    """Return the calls of an action that none of the allowed ones (`codebuild:*` too) covers."""
    kind = action.action_type_id
    needed = NEEDED.get((kind.category, kind.provider), ())
    return [call for call in needed if not any(glob.matches(one, call, ignore_case=True) for one in allowed)]


# What people believe instead

belief(line_up, "every-execution-runs", "every change runs through the whole pipeline, none is skipped",
       "In SUPERSEDED mode, the default, a waiting execution is replaced by a newer one.",
       "superseded")(lambda mode, waiting, newcomer: ([*waiting, newcomer], []))  # fmt: skip


@belief(line_up, "first-come-stays", "an execution that waits keeps its place, and a newer one is dropped",
        "It is the other way round: the newer execution replaces the one that waits.", "superseded")  # fmt: skip
def newcomer_dropped(mode: Mode, waiting: Sequence[str], newcomer: str) -> tuple[list[str], list[str]]:
    return (list(waiting), [newcomer]) if waiting and mode == "SUPERSEDED" else ([*waiting, newcomer], [])


belief(locks_stages, "stages-hold-several", "a stage works on several executions at once",
       "A stage is locked by one execution, except in PARALLEL mode.", "locks")(lambda mode: False)  # fmt: skip


@belief(next_group, "actions-one-by-one", "the actions of a stage run one after the other, in the order of the file",
        "Actions with the same runOrder run side by side; only a higher runOrder waits.", "run-order")  # fmt: skip
def one_after_the_other(actions: Sequence[Action], statuses: Statuses) -> list[Action]:
    left = [action for action in actions if action.name not in statuses]
    return left[:1] if all(status == "Succeeded" for status in statuses.values()) else []


belief(failure_unlocks, "failure-blocks-the-pipeline", "a failed stage blocks the pipeline for every later execution",
       "Only the failed execution ends; its stage is unlocked and later executions go through.",
       "08")(lambda: False)  # fmt: skip

belief(actions_to_rerun, "retry-runs-the-stage", "a retry of failed actions runs the whole stage again",
       "FAILED_ACTIONS runs only what failed; ALL_ACTIONS runs the stage from its first action.",
       "retry")(lambda mode, statuses: list(statuses))  # fmt: skip

belief(unanswered_approval, "approval-expires-as-yes",
       "an approval that nobody answers lets the execution pass in the end",
       "An approval that times out is a failed action.", "approval")(lambda: "Succeeded")  # fmt: skip

belief(approval_minutes, "approval-for-a-day", "a manual approval times out after one day",
       "It waits 7 days, or the timeoutInMinutes of the action.", "approval")(lambda action: 24 * 60)  # fmt: skip
