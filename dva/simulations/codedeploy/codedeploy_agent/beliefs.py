"""What people believe of the agent instead."""

from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy.codedeploy_agent import engine
from dva.simulations.codedeploy.codedeploy_agent.install import conflict
from dva.simulations.codedeploy.codedeploy_agent.rules import belief

belief(engine.looks_for_conflicts_first, "conflict-found-before-cleanup",
       "DISALLOW fails before anything is removed, so the old files stay",
       "The cleanup comes first: the old files are gone when the conflict is found, the new ones not copied.",
       "conflict-after-cleanup")(lambda: True)  # fmt: skip

belief(lifecycle.owner, "stop-script-is-the-new-one", "ApplicationStop runs the script of the revision being deployed",
       "The new revision is not downloaded yet; the script is that of the revision installed last.",
       "14")(lambda event, *, blue_green_rollback=False: "current")  # fmt: skip

belief(engine.counts_as_last, "last-successful-is-a-successful-deployment",
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

belief(engine.cleaned, "cleanup-removes-what-scripts-made", "the next deployment also removes what scripts had created",
       "The list holds what the agent copied and made; files of scripts are never on it.",
       "cleanup")(lambda copied, made_by_scripts: [*copied, *made_by_scripts])  # fmt: skip

belief(engine.runs_without_permission, "scripts-must-be-executable",
       "a script without the execute permission fails the deployment", "The agent makes it executable and runs it.",
       "script-results")(lambda: False)  # fmt: skip
