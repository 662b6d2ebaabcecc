"""The rules of the CodeDeploy agent on an instance, in the order in which it applies them."""

from dva.simulations.frame import Mechanism

GUIDE = "AWS CodeDeploy User Guide, "
URL = "https://docs.aws.amazon.com/codedeploy/latest/userguide/"
CODE = "https://github.com/aws/aws-codedeploy-agent"
HOOK_EXECUTOR = f"CodeDeploy agent 1.8.1, hook_executor.rb: {CODE}"
EXECUTOR = f"CodeDeploy agent 1.8.1, command_executor.rb: {CODE}"
INSTALLER = f"CodeDeploy agent 1.8.1, installer.rb: {CODE}"
INSTRUCTION = f"CodeDeploy agent 1.8.1, install_instruction.rb: {CODE}"
HOOKS = f"{GUIDE}AppSpec 'hooks' section: {URL}reference-appspec-file-structure-hooks.html"
FILES = f"{GUIDE}AppSpec 'files' section: {URL}reference-appspec-file-structure-files.html"
REDEPLOY = f"{GUIDE}Redeploy and roll back a deployment: {URL}deployments-rollback-and-redeploy.html"

mechanism = Mechanism("codedeploy-agent", rules="codedeploy.agent", notes="codedeploy")
rule, belief = mechanism.rule, mechanism.belief

POLL = rule("poll", "The agent asks CodeDeploy for work; each lifecycle event is a command that it fetches.",
            f"CodeDeploy agent 1.8.1, command_poller.rb: {CODE}", "04")  # fmt: skip
GROUP = rule("deployment-group", "The agent keeps the last successful and the most recent revision, the cleanup list "
             "and the archives of each deployment group apart; the disk is one.", EXECUTOR, "last-successful",
             "cleanup")  # fmt: skip
ARCHIVES = rule("archives", "DownloadBundle first removes the oldest archives of its deployment group, so that "
                "`:max_revisions:` (5) stay with the new one; never the last successful one.",
                f"{EXECUTOR}; {GUIDE}agent configuration reference: {URL}reference-agent-configuration.html",
                "last-successful")  # fmt: skip
NO_OWNER = rule("nothing-installed", "Before the first installation the three stop events have no script to run.",
                HOOKS, "14")  # fmt: skip
NO_SCRIPT = rule("no-script", "An event without scripts in the AppSpec does nothing.", HOOKS, "13")
OLD_SCRIPT = rule("old-script", "Scripts of ApplicationStop, BeforeBlockTraffic and AfterBlockTraffic come from the "
                  "revision whose Install ended last.", HOOK_EXECUTOR, "14", "last-successful")  # fmt: skip
NEW_SCRIPT = rule("new-script", "Scripts of all other events come from the new revision.", HOOK_EXECUTOR, "13")
CHMOD = rule("not-executable", "A script that is not executable is made executable and run.", HOOK_EXECUTOR,
             "script-results")  # fmt: skip
CREATES = rule("script-creates", "What a script makes belongs to nobody: no cleanup removes it.", REDEPLOY, "cleanup")
MISSING = rule("script-missing", "A script that is not in the revision fails the event (ScriptMissing).",
               HOOK_EXECUTOR, "script-results")  # fmt: skip
TIMED_OUT = rule("script-timed-out", "A script that runs longer than its timeout is ended (ScriptTimedOut).",
                 HOOK_EXECUTOR, "script-results")  # fmt: skip
FAILED = rule("script-failed", "A script that exits with another code than 0 fails the event (ScriptFailed); no later "
              "event runs.", HOOK_EXECUTOR, "script-results")  # fmt: skip
DOWNLOAD = rule("download", "DownloadBundle unpacks the revision into the agent's own folder; the AppSpec is not read "
                "yet.", EXECUTOR, "15")  # fmt: skip
STRIPPED = rule("leading-folder", "A bundle that is one folder with an AppSpec in it is unpacked without that folder.",
                EXECUTOR, "09")  # fmt: skip
BAD_APPSPEC = rule("bad-appspec", "The new AppSpec is read after DownloadBundle: the old revision's stop scripts have "
                   "run by then.", HOOK_EXECUTOR, "bad-appspec")  # fmt: skip
UNKNOWN_EVENT = rule("unknown-event", "Install begins by refusing names of events that are none; no file is touched.",
                     EXECUTOR, "unknown-event")  # fmt: skip
CLEANUP = rule("cleanup", "Install removes what the last installation copied and made; folders only where they are "
               "empty.", INSTALLER, "cleanup")  # fmt: skip
NO_CLEANUP = rule("nothing-to-clean", "Without a list of an earlier installation nothing is removed.", INSTALLER,
                  "cleanup")  # fmt: skip
CONFLICT = rule("disallow", "DISALLOW: a file that is there, and not the last installation's, fails the deployment, "
                "after the cleanup.", INSTALLER, "file-exists", "conflict-after-cleanup")  # fmt: skip
OVERWRITE = rule("overwrite", "OVERWRITE: the file that is there is replaced, and the next cleanup removes it.",
                 INSTALLER, "file-exists")  # fmt: skip
RETAIN = rule("retain", "RETAIN: the file that is there stays, and the revision's is not copied.", INSTALLER,
              "file-exists")  # fmt: skip
IMPOSSIBLE = rule("instructions", "Two sources for one destination, or a file and a folder of one name, fail before "
                  "anything is copied.", INSTRUCTION, "12")  # fmt: skip
OUTSIDE = rule("outside", "A source that leads out of the revision fails before anything is copied.",
               "The agent would read its own folders there; AWS does not say what is in them", "12",
               assumption=True)  # fmt: skip
PERMISSION = rule("permission", "Permissions are set on what is copied and made: on a file by name, in a folder by "
                  "pattern.", INSTALLER, "permissions")  # fmt: skip
BAD_PERMISSION = rule("bad-permission", "A pattern, an exception or a default acl on a file, and two entries for one "
                      "object, fail before anything is copied.", INSTALLER, "permissions")  # fmt: skip
MKDIR = rule("mkdir", "Missing folders are made and noted for the next cleanup.", INSTRUCTION, "12")
COPY = rule("copy", "A file goes into the destination folder, a folder gives its contents; each is noted "
            "for the next cleanup.", FILES, "12")  # fmt: skip
COPY_FAILED = rule("copy-failed", "What cannot be copied fails there and then: what was copied before stays, and is "
                   "noted.", INSTRUCTION, "12")  # fmt: skip
INSTALLED = rule("installed", "When Install has ended, this revision counts as the last successful one, whatever "
                 "comes after.", EXECUTOR, "last-successful")  # fmt: skip
SUCCEEDED = rule("succeeded", "A deployment to an instance succeeds when its last event has.", HOOKS, "29")
