"""The rule functions of the agent (`owner` is in _lifecycle.py), and what people believe instead."""

from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy.codedeploy_agent.rules import belief


def looks_for_conflicts_first() -> bool:
    """Whether conflicts are found before the cleanup."""
    return False


def counts_as_last(succeeded: bool) -> bool:
    """Whether the revision is the one installed last: once Install has ended, even if the deployment fails later."""
    return True


def cleaned(copied: list[str], made_by_scripts: list[str]) -> list[str]:
    """Return what the next Install removes."""
    return copied


def runs_without_permission() -> bool:
    """Whether a script that is not executable runs all the same."""
    return True


def conflict(behavior: str, path: str) -> str:
    """Return what happens to a file that is there: `fail`, `replace` or `keep`."""
    return {"DISALLOW": "fail", "OVERWRITE": "replace", "RETAIN": "keep"}.get(behavior, "fail")


# What people believe instead

belief(looks_for_conflicts_first, "conflict-found-before-cleanup",
       "DISALLOW fails before anything is removed, so the old files stay",
       "The cleanup comes first: the old files are gone when the conflict is found, the new ones not copied.",
       "conflict-after-cleanup")(lambda: True)  # fmt: skip

belief(lifecycle.owner, "stop-script-is-the-new-one", "ApplicationStop runs the script of the revision being deployed",
       "The new revision is not downloaded yet; the script is that of the revision installed last.",
       "14")(lambda event, *, blue_green_rollback=False: "current")  # fmt: skip

belief(counts_as_last, "last-successful-is-a-successful-deployment",
       "only a deployment that succeeded as a whole supplies the next ApplicationStop",
       "The agent notes the revision when Install ends, even if a later event fails.",
       "last-successful")(lambda succeeded: succeeded)  # fmt: skip

belief(
    conflict, "overwrite-is-the-default", "a file that is there already is overwritten unless one says otherwise",
    "The default is DISALLOW: the deployment fails.", "file-exists",
)(lambda behavior, path: "replace" if behavior == "DISALLOW" else conflict(behavior, path))  # fmt: skip

belief(
    conflict, "retain-replaces-older-files", "RETAIN still brings the revision's version of a file that is there",
    "RETAIN keeps the file of the instance; the revision's one is not copied.", "file-exists",
)(lambda behavior, path: "replace" if behavior == "RETAIN" else conflict(behavior, path))  # fmt: skip

belief(cleaned, "cleanup-removes-what-scripts-made", "the next deployment also removes what scripts had created",
       "The list holds what the agent copied and made; files of scripts are never on it.",
       "cleanup")(lambda copied, made_by_scripts: [*copied, *made_by_scripts])  # fmt: skip

belief(runs_without_permission, "scripts-must-be-executable",
       "a script without the execute permission fails the deployment", "The agent makes it executable and runs it.",
       "script-results")(lambda: False)  # fmt: skip
