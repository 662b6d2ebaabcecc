"""What the CodeDeploy agent does on an instance, in its order."""

from dva.simulations._before import Rule

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


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    return Rule(f"codedeploy.agent.{name}", says, source, tuple(f"codedeploy.{note}" for note in notes), convention)


POLL = _rule("poll", "The agent asks CodeDeploy for work; each lifecycle event is a command that it fetches.",
             f"CodeDeploy agent 1.8.1, command_poller.rb: {CODE}", "04")  # fmt: skip
NO_OWNER = _rule("nothing-installed", "Before the first installation the three stop events have no script to run.",
                 HOOKS, "14")  # fmt: skip
NO_SCRIPT = _rule("no-script", "An event without scripts in the AppSpec does nothing.", HOOKS, "13")
OLD_SCRIPT = _rule("old-script", "Scripts of ApplicationStop, BeforeBlockTraffic and AfterBlockTraffic come from the "
                   "revision whose Install ended last.", HOOK_EXECUTOR, "14", "last-successful")  # fmt: skip
NEW_SCRIPT = _rule("new-script", "Scripts of all other events come from the new revision.", HOOK_EXECUTOR, "13")
CHMOD = _rule("not-executable", "A script that is not executable is made executable and run.", HOOK_EXECUTOR,
              "script-results")  # fmt: skip
CREATES = _rule("script-creates", "What a script makes belongs to nobody: no cleanup removes it.", REDEPLOY, "cleanup")
MISSING = _rule("script-missing", "A script that is not in the revision fails the event (ScriptMissing).",
                HOOK_EXECUTOR, "script-results")  # fmt: skip
TIMED_OUT = _rule("script-timed-out", "A script that runs longer than its timeout is ended (ScriptTimedOut).",
                  HOOK_EXECUTOR, "script-results")  # fmt: skip
FAILED = _rule("script-failed", "A script that exits with another code than 0 fails the event (ScriptFailed); no later "
               "event runs.", HOOK_EXECUTOR, "script-results")  # fmt: skip
DOWNLOAD = _rule("download", "DownloadBundle unpacks the revision into the agent's own folder; the AppSpec is not read "
                 "yet.", EXECUTOR, "15")  # fmt: skip
STRIPPED = _rule("leading-folder", "A bundle that is one folder with an AppSpec in it is unpacked without that folder.",
                 EXECUTOR, "09")  # fmt: skip
BAD_APPSPEC = _rule("bad-appspec", "The new AppSpec is read after DownloadBundle: the old revision's stop scripts have "
                    "run by then.", HOOK_EXECUTOR, "bad-appspec")  # fmt: skip
UNKNOWN_EVENT = _rule("unknown-event", "Install begins by refusing names of events that are none; no file is touched.",
                      EXECUTOR, "unknown-event")  # fmt: skip
CLEANUP = _rule("cleanup", "Install removes what the last installation copied and made; folders only where they are "
                "empty.", INSTALLER, "cleanup")  # fmt: skip
NO_CLEANUP = _rule("nothing-to-clean", "Without a list of an earlier installation nothing is removed.", INSTALLER,
                   "cleanup")  # fmt: skip
CONFLICT = _rule("disallow", "DISALLOW: a file that is there, and not the last installation's, fails the deployment, "
                 "after the cleanup.", INSTALLER, "file-exists", "conflict-after-cleanup")  # fmt: skip
OVERWRITE = _rule("overwrite", "OVERWRITE: the file that is there is replaced, and the next cleanup removes it.",
                  INSTALLER, "file-exists")  # fmt: skip
RETAIN = _rule("retain", "RETAIN: the file that is there stays, and the revision's is not copied.", INSTALLER,
               "file-exists")  # fmt: skip
IMPOSSIBLE = _rule("instructions", "Two sources for one destination, or a file and a folder of one name, fail before "
                   "anything is copied.", INSTRUCTION, "12")  # fmt: skip
OUTSIDE = _rule("outside", "A source that leads out of the revision fails before anything is copied.",
                "The agent would read its own folders there; AWS does not say what is in them", "12",
                convention=True)  # fmt: skip
PERMISSION = _rule("permission", "Permissions are set on what is copied and made: on a file by name, in a folder by "
                   "pattern.", INSTALLER, "permissions")  # fmt: skip
BAD_PERMISSION = _rule("bad-permission", "A pattern, an exception or a default acl on a file, and two entries for one "
                       "object, fail before anything is copied.", INSTALLER, "permissions")  # fmt: skip
MKDIR = _rule("mkdir", "Missing folders are made and noted for the next cleanup.", INSTRUCTION, "12")
COPY = _rule("copy", "A file goes into the destination folder, a folder gives its contents; each is noted "
             "for the next cleanup.", FILES, "12")  # fmt: skip
COPY_FAILED = _rule("copy-failed", "What cannot be copied fails there and then: what was copied before stays, and is "
                    "noted.", INSTRUCTION, "12")  # fmt: skip
INSTALLED = _rule("installed", "When Install has ended, this revision counts as the last successful one, whatever "
                  "comes after.", EXECUTOR, "last-successful")  # fmt: skip
SUCCEEDED = _rule("succeeded", "A deployment to an instance succeeds when its last event has.", HOOKS, "29")

RULES = (
    POLL, NO_OWNER, NO_SCRIPT, OLD_SCRIPT, NEW_SCRIPT, CHMOD, CREATES, MISSING, TIMED_OUT, FAILED, DOWNLOAD, STRIPPED,
    BAD_APPSPEC, UNKNOWN_EVENT, CLEANUP, NO_CLEANUP, CONFLICT, OVERWRITE, RETAIN, IMPOSSIBLE, OUTSIDE, PERMISSION,
    BAD_PERMISSION, MKDIR, COPY, COPY_FAILED, INSTALLED, SUCCEEDED,
)  # fmt: skip
