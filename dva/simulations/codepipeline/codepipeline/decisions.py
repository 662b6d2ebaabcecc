"""The rule functions: who waits, what starts, what a retry runs, and how an approval ends."""

from collections.abc import Sequence

from dva.simulations.codepipeline.codepipeline.documents import Action, Mode, RetryMode

Statuses = dict[str, str]
"""The status of each action of a stage that has run, by name."""
FAILED = ("Failed", "Abandoned")
APPROVAL_MINUTES = 7 * 24 * 60
"""How long a manual approval waits without timeoutInMinutes. (User Guide, "Add a manual approval action".)"""


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
