"""The rule functions of a pipeline that beliefs replace, and the beliefs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dva.simulations._before import Belief
from dva.simulations.codepipeline.codepipeline._documents import WEEK, Action, Mode, RetryMode

Statuses = dict[str, str]
"""The status of each action of a stage that has run, by name."""
FAILED = ("Failed", "Abandoned")


def line_up(mode: Mode, waiting: Sequence[str], newcomer: str) -> tuple[list[str], list[str]]:
    """Who waits before a stage once `newcomer` has come, and who is superseded by it."""
    if mode == "SUPERSEDED":
        return [newcomer], list(waiting)
    return [*waiting, newcomer], []


def locks(mode: Mode) -> bool:
    """Whether a stage takes one execution at a time."""
    return mode != "PARALLEL"


def next_group(actions: Sequence[Action], statuses: Statuses) -> list[Action]:
    """The actions that start now: the lowest runOrder that has not wholly succeeded."""
    for order in sorted({action.run_order for action in actions}):
        group = [action for action in actions if action.run_order == order]
        if any(statuses.get(action.name) != "Succeeded" for action in group):
            return [action for action in group if action.name not in statuses]
    return []


def after_failure() -> bool:
    """Whether a failed stage is free for the next execution."""
    return True


def run_again(mode: RetryMode, statuses: Statuses) -> list[str]:
    """The actions that a retry runs again."""
    return [name for name, status in statuses.items() if mode == "ALL_ACTIONS" or status in FAILED]


def approval_minutes(action: Action) -> float:
    """How long an approval stays open."""
    return WEEK if action.timeout_in_minutes is None else action.timeout_in_minutes


def approval_end() -> str:
    """How an approval that nobody answered ends."""
    return "Failed"


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    line_up: Callable[[Mode, Sequence[str], str], tuple[list[str], list[str]]] = line_up
    locks: Callable[[Mode], bool] = locks
    next_group: Callable[[Sequence[Action], Statuses], list[Action]] = next_group
    after_failure: Callable[[], bool] = after_failure
    run_again: Callable[[RetryMode, Statuses], list[str]] = run_again
    approval_minutes: Callable[[Action], float] = approval_minutes
    approval_end: Callable[[], str] = approval_end


def nobody_replaced(mode: Mode, waiting: Sequence[str], newcomer: str) -> tuple[list[str], list[str]]:
    """Believed: every execution runs to the end, one after the other."""
    return [*waiting, newcomer], []


def newcomer_dropped(mode: Mode, waiting: Sequence[str], newcomer: str) -> tuple[list[str], list[str]]:
    """Believed: the one that waits keeps its place, and the newer one is dropped."""
    return (list(waiting), [newcomer]) if waiting and mode == "SUPERSEDED" else ([*waiting, newcomer], [])


def one_after_the_other(actions: Sequence[Action], statuses: Statuses) -> list[Action]:
    """Believed: actions of a stage run one by one in the order of the file."""
    left = [action for action in actions if action.name not in statuses]
    finished = all(status == "Succeeded" for status in statuses.values())
    return left[:1] if finished else []


BELIEFS = (
    Belief(
        "every-execution-runs", "every change runs through the whole pipeline, none is skipped",
        "In SUPERSEDED mode, the default, a waiting execution is replaced by a newer one.",
        "line_up", nobody_replaced, ("codepipeline.superseded",),
    ),
    Belief(
        "first-come-stays", "an execution that waits keeps its place, and a newer one is dropped",
        "It is the other way round: the newer execution replaces the one that waits.",
        "line_up", newcomer_dropped, ("codepipeline.superseded",),
    ),
    Belief(
        "stages-hold-several", "a stage works on several executions at once",
        "A stage is locked by one execution, except in PARALLEL mode.",
        "locks", lambda mode: False, ("codepipeline.locks",),
    ),
    Belief(
        "actions-one-by-one", "the actions of a stage run one after the other, in the order of the file",
        "Actions with the same runOrder run side by side; only a higher runOrder waits.",
        "next_group", one_after_the_other, ("codepipeline.run-order",),
    ),
    Belief(
        "failure-blocks-the-pipeline", "a failed stage blocks the pipeline for every later execution",
        "Only the failed execution ends; its stage is unlocked and later executions go through.",
        "after_failure", lambda: False, ("codepipeline.08",),
    ),
    Belief(
        "retry-runs-the-stage", "a retry of failed actions runs the whole stage again",
        "FAILED_ACTIONS runs only what failed; ALL_ACTIONS runs the stage from its first action.",
        "run_again", lambda mode, statuses: list(statuses), ("codepipeline.retry",),
    ),
    Belief(
        "approval-expires-as-yes", "an approval that nobody answers lets the execution pass in the end",
        "An approval that times out is a failed action.",
        "approval_end", lambda: "Succeeded", ("codepipeline.approval",),
    ),
    Belief(
        "approval-for-a-day", "a manual approval times out after one day",
        "It waits 7 days, or the timeoutInMinutes of the action.",
        "approval_minutes", lambda action: 24 * 60, ("codepipeline.approval",),
    ),
)  # fmt: skip
