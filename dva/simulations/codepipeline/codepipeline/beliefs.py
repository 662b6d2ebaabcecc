"""What people believe about pipelines instead."""

from collections.abc import Sequence

from dva.simulations.codepipeline.codepipeline import decisions
from dva.simulations.codepipeline.codepipeline.decisions import Statuses
from dva.simulations.codepipeline.codepipeline.documents import Action, Mode
from dva.simulations.codepipeline.codepipeline.rules import codepipeline

belief = codepipeline.belief

belief(decisions.line_up, "every-execution-runs", "every change runs through the whole pipeline, none is skipped",
       "In SUPERSEDED mode, the default, a waiting execution is replaced by a newer one.",
       "superseded")(lambda mode, waiting, newcomer: ([*waiting, newcomer], []))  # fmt: skip


@belief(decisions.line_up, "first-come-stays", "an execution that waits keeps its place, and a newer one is dropped",
        "It is the other way round: the newer execution replaces the one that waits.", "superseded")  # fmt: skip
def newcomer_dropped(mode: Mode, waiting: Sequence[str], newcomer: str) -> tuple[list[str], list[str]]:
    return (list(waiting), [newcomer]) if waiting and mode == "SUPERSEDED" else ([*waiting, newcomer], [])


belief(decisions.locks_stages, "stages-hold-several", "a stage works on several executions at once",
       "A stage is locked by one execution, except in PARALLEL mode.", "locks")(lambda mode: False)  # fmt: skip


@belief(decisions.next_group, "actions-one-by-one",
        "the actions of a stage run one after the other, in the order of the file",
        "Actions with the same runOrder run side by side; only a higher runOrder waits.", "run-order")  # fmt: skip
def one_after_the_other(actions: Sequence[Action], statuses: Statuses) -> list[Action]:
    left = [action for action in actions if action.name not in statuses]
    return left[:1] if all(status == "Succeeded" for status in statuses.values()) else []


belief(
    decisions.failure_unlocks, "failure-blocks-the-pipeline",
    "a failed stage blocks the pipeline for every later execution",
    "Only the failed execution ends; its stage is unlocked and later executions go through.", "08",
)(lambda: False)  # fmt: skip

belief(decisions.actions_to_rerun, "retry-runs-the-stage", "a retry of failed actions runs the whole stage again",
       "FAILED_ACTIONS runs only what failed; ALL_ACTIONS runs the stage from its first action.",
       "retry")(lambda mode, statuses: list(statuses))  # fmt: skip

belief(decisions.unanswered_approval, "approval-expires-as-yes",
       "an approval that nobody answers lets the execution pass in the end",
       "An approval that times out is a failed action.", "approval")(lambda: "Succeeded")  # fmt: skip

belief(decisions.approval_minutes, "approval-for-a-day", "a manual approval times out after one day",
       "It waits 7 days, or the timeoutInMinutes of the action.", "approval")(lambda action: 24 * 60)  # fmt: skip
