"""One instance and a series of deployments: what the CodeDeploy agent runs, copies, removes and leaves behind.

For each deployment, in the agent's order: the stop events with scripts of the revision that was installed last,
DownloadBundle, BeforeInstall, Install (check of the AppSpec, cleanup, working out, copying), and the
events after it. The first thing that fails ends the deployment on this instance. (The agent is public:
github.com/aws/aws-codedeploy-agent.) Rules in `_rules.py`, the files in `_disk.py`, Install in `_install.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from dva.aws.document import StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.codedeploy import _appspec_file as appspec
from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy._appspec_file import AppSpec, Script
from dva.simulations.codedeploy.codedeploy_agent import _rules as rules
from dva.simulations.codedeploy.codedeploy_agent._disk import Disk, DiskError, expand
from dva.simulations.codedeploy.codedeploy_agent._install import CannotInstall, Command, Plan, plan

INSTANCE, LIST, LAST = "The instance", "Removed by the next Install", "Last installed"
MOST_STEPS = 40
"""Copies of one Install that are told one by one; beyond it they are told together."""
CODES = {1: "ScriptMissing", 3: "ScriptTimedOut", 4: "ScriptFailed", 5: "UnknownError"}


class Behaving(StrictStruct, rename=None):
    """What a script would do: its exit code, how long it takes, the files that it makes."""

    exit: int = 0
    seconds: float = 0
    creates: dict[str, str] = {}


class Deployment(StrictStruct, rename=None):
    """A revision and the deployment's own option; `scripts` says what the revision's scripts would do."""

    revision: str
    files: dict[str, str] = {}
    file_exists_behavior: str | None = None
    not_executable: list[str] = []
    scripts: dict[str, Behaving] = {}

    @property
    def behavior(self) -> str:
        """The option as the agent takes it: in upper case, DISALLOW where none is given."""
        return (self.file_exists_behavior or "DISALLOW").upper()


class Given(StrictStruct, rename=None):
    """What is on the instance before, the deployments, and which lifecycle events take place."""

    deployments: Annotated[list[Deployment], Meta(min_length=1, max_length=200)]
    pre_existing_files: dict[str, str] = {}
    events: list[str] | msgspec.UnsetType = msgspec.UNSET


# The rule functions that beliefs replace.


def conflict(behavior: str, path: str) -> str:
    """What happens to a file that is there: `fail`, `replace` or `keep`."""
    return {"DISALLOW": "fail", "OVERWRITE": "replace", "RETAIN": "keep"}.get(behavior, "fail")


def owner(event: str) -> str:
    """Whose script runs: the one installed last, or the one being deployed."""
    return lifecycle.owner(event)


def looks_for_conflicts_first() -> bool:
    """Conflicts are found after the cleanup."""
    return False


def counts_as_last(succeeded: bool) -> bool:
    """Install has ended: the revision is the last successful one, even if the deployment fails later."""
    return True


def cleaned(copied: list[str], made_by_scripts: list[str]) -> list[str]:
    """What the next Install removes."""
    return copied


def runs_without_permission() -> bool:
    """A script that is not executable is made so."""
    return True


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    conflict: Callable[[str, str], str] = conflict
    owner: Callable[[str], str] = owner
    looks_for_conflicts_first: Callable[[], bool] = looks_for_conflicts_first
    counts_as_last: Callable[[bool], bool] = counts_as_last
    cleaned: Callable[[list[str], list[str]], list[str]] = cleaned
    runs_without_permission: Callable[[], bool] = runs_without_permission


class Failed(Exception):
    """The deployment fails on this instance; `code` is the agent's number."""

    def __init__(self, rule: Rule, code: int, message: str, title: str = "") -> None:
        super().__init__(message)
        self.rule, self.code, self.message, self.title = rule, code, message, title or message


@dataclass
class Revision:
    """A revision as unpacked by one deployment."""

    given: Deployment
    files: dict[str, str]
    spec: AppSpec | None = None

    @property
    def name(self) -> str:
        """Its name, as given."""
        return self.given.revision

    def read(self, *names: str) -> AppSpec:
        """Its AppSpec under the first of these names; raises Failed."""
        if self.spec is None:
            found = next((self.files[name] for name in names if name in self.files), None)
            if found is None:
                raise Failed(rules.BAD_APPSPEC, 5, f"the revision {self.name} has no {names[0]} at its top")
            try:
                self.spec = appspec.parse(found)
            except appspec.Invalid as problem:
                message = f"{problem.category}: {problem.message} (line {problem.line})"
                raise Failed(rules.BAD_APPSPEC, 5, message, f"The AppSpec of {self.name} is not accepted") from None
        return self.spec


@dataclass
class Instance:
    """The instance over the series: its disk, and what the agent keeps about the past."""

    trace: Tracer
    how: How
    disk: Disk
    events: tuple[str, ...]
    number: int = 0
    noted: list[str] = field(default_factory=list)
    """The cleanup list of the agent, in the order of copying."""
    made_by_scripts: list[str] = field(default_factory=list)
    installed: Revision | None = None
    before: Revision | None = None
    current: Revision | None = None
    idle: tuple[Rule, str, list[str]] | None = None

    def deploy(self, number: int, given: Deployment) -> None:
        """All events of one deployment, up to the first that fails."""
        self.number, self.before = number, self.installed
        self.current = Revision(given, _unpacked(given.files))
        empty: dict[str, Any] = {"status": None, "error": None, "script_error_code": None, "hooks_run": [], "files": {}}
        title = f"Deployment {number + 1} brings {given.revision}"
        self._step(rules.POLL, title, rules.POLL.says, {"/outcome/results/-": empty})
        try:
            for event in self.events:
                self._event(event)
        except Failed as failed:
            if not self.how.counts_as_last(False):
                self.installed = self.before
            self._end(failed.rule, "Failed", failed)
        else:
            self._end(rules.SUCCEEDED, "Succeeded", None)

    def _event(self, event: str) -> None:
        if event == "DownloadBundle":
            self._download()
        elif event == "Install":
            self._install()
        else:
            self._hooks(event)

    def _download(self) -> None:
        revision = self._revision()
        stripped = len(revision.files) and set(revision.files) != {expand(path)[1:] for path in revision.given.files}
        rule = rules.STRIPPED if stripped else rules.DOWNLOAD
        title = f"{revision.name}: DownloadBundle unpacks {_count(revision.files, 'file')}"
        self._step(rule, title, rule.says)

    def _revision(self) -> Revision:
        assert self.current is not None  # deploy() sets it
        return self.current

    def _hooks(self, event: str) -> None:
        """The scripts of one event, one after the other."""
        current = self._revision()
        whose = self.installed if self.how.owner(event) == "last_successful" else current
        if whose is None:
            return self._idle(rules.NO_OWNER, event, "nothing was installed before")
        scripts = whose.read("appspec.yml").hooks.get(event, ())
        if not scripts:
            return self._idle(rules.NO_SCRIPT, event, f"no script in {whose.name}")
        for script in scripts:
            self._script(event, whose, script)
        return None

    def _idle(self, rule: Rule, event: str, why: str) -> None:
        """An event in which nothing happens; several in a row are told together."""
        if self.idle and self.idle[:2] != (rule, why):
            self._tell_idle()
        self.idle = (rule, why, [*(self.idle[2] if self.idle else []), event])

    def _tell_idle(self) -> None:
        if self.idle:
            rule, why, events = self.idle
            self.idle = None
            self._step(rule, f"{why[:1].upper()}{why[1:]}: {', '.join(events)}", rule.says)

    def _script(self, event: str, whose: Revision, script: Script) -> None:
        location = expand(script.location)[1:]
        told = f"{whose.name}'s {script.location}"
        if location not in whose.files:
            raise Failed(rules.MISSING, 1, f"{script.location} is not in the revision {whose.name}")
        behaving = _named(whose.given.scripts, location) or Behaving()
        if location in {expand(path)[1:] for path in whose.given.not_executable}:
            self._step(rules.CHMOD, f"{told} is not executable", rules.CHMOD.says)
            if not self.how.runs_without_permission():
                raise Failed(rules.CHMOD, 2, f"{script.location} is not executable")
        rule = rules.OLD_SCRIPT if whose is not self.current else rules.NEW_SCRIPT
        changes = {f"/outcome/results/{self.number}/hooks_run/-": f"{whose.name}:{event}"}
        why = f"{rule.says} It may take {script.timeout} s."
        self._step(rule, f"{event} runs {told}", why, changes)
        if behaving.seconds > script.timeout:
            message = f"{script.location} did not end within {script.timeout} seconds"
            raise Failed(rules.TIMED_OUT, 3, message)
        self._created(told, behaving)
        if behaving.exit:
            raise Failed(rules.FAILED, 4, f"{script.location} ended with exit code {behaving.exit}")

    def _created(self, told: str, behaving: Behaving) -> None:
        for path, text in behaving.creates.items():
            self.disk.put(expand(path), text)
            self.made_by_scripts.append(expand(path))
        if behaving.creates:
            made = ", ".join(behaving.creates)
            self._step(rules.CREATES, f"{told} makes {made}", rules.CREATES.says, self._files())

    def _install(self) -> None:
        """Check, cleanup, working out, commands."""
        current = self._revision()
        spec = current.read("appspec.yml", "appspec.yaml")
        strange = [event for event in spec.hooks if event not in (*lifecycle.AGENT, *self.events)]
        if strange:
            message = f"the AppSpec has unknown lifecycle events: {', '.join(strange)}"
            raise Failed(rules.UNKNOWN_EVENT, 5, message)
        known = (*lifecycle.AGENT, *lifecycle.RESERVED, *spec.hooks)
        absent = [event for event in self.events if event not in known]
        if absent:
            message = f"the AppSpec has no hook for the event {', '.join(absent)}, which is not one of CodeDeploy's own"
            raise Failed(rules.UNKNOWN_EVENT, 5, message)
        if self.how.looks_for_conflicts_first():
            after = Disk(dict(self.disk.files), set(self.disk.folders))
            for path in reversed(self.noted):
                after.remove(path)
            self._plan(spec, after)
        self._cleanup()
        self._run(self._plan(spec, self.disk))
        self.installed = current
        title = f"{current.name} is the revision installed last"
        self._step(rules.INSTALLED, title, rules.INSTALLED.says, self._files() | self._drawn())

    def _cleanup(self) -> None:
        noted = self.how.cleaned(self.noted, self.made_by_scripts)
        self.noted = []
        if not noted:
            return self._step(rules.NO_CLEANUP, "Install has nothing to clean up", rules.NO_CLEANUP.says)
        gone = [path for path in reversed(noted) if self.disk.remove(path)]
        left = [path for path in noted if path in self.disk.folders]
        why = f"In reverse order: {_some(gone)}. " + (f"Not empty, so left: {_some(left)}. " if left else "")
        title = f"Install removes {_count(gone, 'path')} of the last installation"
        return self._step(rules.CLEANUP, title, why + rules.CLEANUP.says, self._files() | self._drawn())

    def _plan(self, spec: AppSpec, disk: Disk) -> Plan:
        current = self._revision()
        try:
            made = plan(disk, current.files, spec, current.given.behavior, self.how.conflict)
        except CannotInstall as problem:
            raise Failed(problem.rule, 5, problem.message, f"Install fails: {problem.message}") from None
        return made

    def _run(self, made: Plan) -> None:
        for path in made.retained:
            self._step(rules.RETAIN, f"{path} stays as it is", rules.RETAIN.says)
        told = len(made.commands) <= MOST_STEPS
        for command in made.commands:
            try:
                self._command(command, told, command.path in made.overwritten)
            except DiskError as problem:
                raise Failed(rules.COPY_FAILED, 5, str(problem), f"Install stops: {problem}") from None
        if not told:
            title = f"Install carries out {len(made.commands)} commands"
            self._step(rules.COPY, title, rules.COPY.says, self._drawn())

    def _command(self, command: Command, told: bool, overwrites: bool) -> None:
        if command.kind == "permission":
            rule, title = rules.PERMISSION, f"{command.path} gets {command.told}"
        elif command.kind == "mkdir":
            rule, title = rules.MKDIR, f"Folder {command.path} is made"
            self.disk.mkdir(command.path)
            self.noted.append(command.path)
        else:
            rule = rules.OVERWRITE if overwrites else rules.COPY
            title = f"{command.source} is copied to {command.path}"
            # The agent notes the path before it copies
            self.noted.append(command.path)
            self._copy(command)
        if told:
            self._step(rule, title, rule.says, self._drawn())

    def _copy(self, command: Command) -> None:
        text = self._revision().files.get(command.source)
        if text is None:
            raise DiskError(f"there is no {command.source} in the revision")
        self.disk.copy(command.source, text, command.path)

    def _end(self, rule: Rule, status: str, failed: Failed | None) -> None:
        place = f"/outcome/results/{self.number}"
        error = {"code": CODES.get(failed.code, "ScriptNotExecutable"), "message": failed.message} if failed else None
        changes = {
            f"{place}/status": status, f"{place}/error": error,
            f"{place}/script_error_code": failed.code if failed else 0,
            f"{place}/files": dict(self.disk.files), "/outcome/status": status, "/outcome/error": error,
        }  # fmt: skip
        name_ = self._revision().name
        title = f"{name_}: the deployment fails: {failed.title}" if failed else f"{name_}: the deployment succeeds"
        why = f"{rule.says} Installed last: {self.installed.name if self.installed else 'nothing'}."
        self._step(rule, title, why, changes | self._drawn())

    def _step(self, rule: Rule, title: str, why: str, changes: dict[str, Any] | None = None) -> None:
        self._tell_idle()
        if not self.trace.recording:
            self.trace.step(rule, "", changes=changes)
            return
        short = title if len(title) <= 110 else title[:107] + "..."
        self.trace.step(rule, short, why, at=self.number + 1, changes=changes)

    def _files(self) -> dict[str, Any]:
        return {f"/outcome/results/{self.number}/files": dict(self.disk.files)}

    def _drawn(self) -> dict[str, Any]:
        """The three texts as they are now."""
        if not self.trace.recording:
            return {}
        return {
            pointer("state", "texts", INSTANCE): _listing(self.disk),
            pointer("state", "texts", LIST): "\n".join(self.noted),
            pointer("state", "texts", LAST): self.installed.name if self.installed else "",
        }


def _unpacked(files: dict[str, str]) -> dict[str, str]:
    """The bundle's files by relative path, without a single leading folder that holds the AppSpec."""
    relative = {expand(path)[1:]: text for path, text in files.items()}
    tops = {path.partition("/")[0] for path in relative}
    if len(tops) == 1 and all("/" in path for path in relative):
        top = tops.pop()
        inner = {path[len(top) + 1 :]: text for path, text in relative.items()}
        if any("appspec" in path.partition("/")[0].lower() for path in inner):
            return inner
    return relative


def _named(scripts: dict[str, Behaving], location: str) -> Behaving | None:
    return next((behaving for path, behaving in scripts.items() if expand(path)[1:] == location), None)


def _listing(disk: Disk) -> str:
    lines = [
        f"{path}: {text[:60].splitlines()[0] if text.strip() else ''}" for path, text in sorted(disk.files.items())
    ]
    more = len(lines) - 30
    return "\n".join(lines[:30] + ([f"... and {more} more"] if more > 0 else []))


def _some(paths: list[str]) -> str:
    shown = ", ".join(paths[:6])
    return shown + (f" and {len(paths) - 6} more" if len(paths) > 6 else "") if paths else "nothing was there"


def _count(things: Any, word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def start(given: Given) -> dict[str, Any]:
    return {"texts": {INSTANCE: _listing(_disk(given)), LIST: "", LAST: ""}}


def _disk(given: Given) -> Disk:
    disk = Disk()
    for path, text in given.pre_existing_files.items():
        if not path.startswith("/") or expand(path) == "/":
            raise GivenError("a path on the instance is absolute", pointer="/pre_existing_files" + pointer(path))
        disk.put(expand(path), text)
    return disk


def _events(given: Given) -> tuple[str, ...]:
    """The events that take place; DownloadBundle and Install always do, in their place."""
    if given.events is msgspec.UNSET:
        return lifecycle.AGENT
    wanted = {"DownloadBundle", "Install", *given.events}
    known = tuple(event for event in lifecycle.AGENT if event in wanted)
    return known + tuple(event for event in given.events if event not in known)


def play(given: Given, trace: Tracer, how: How) -> None:
    """One deployment after the other on the same instance."""
    for number, deployment in enumerate(given.deployments):
        if deployment.behavior not in appspec.BEHAVIORS:
            raise GivenError(
                f"file_exists_behavior is one of {', '.join(appspec.BEHAVIORS)}",
                pointer=f"/deployments/{number}/file_exists_behavior",
            )
    instance = Instance(trace, how, _disk(given), _events(given))
    for number, deployment in enumerate(given.deployments):
        instance.deploy(number, deployment)


BELIEFS = (
    Belief(
        "conflict-found-before-cleanup", "DISALLOW fails before anything is removed, so the old files stay",
        "The cleanup comes first: the old files are gone when the conflict is found, the new ones not copied.",
        "looks_for_conflicts_first", lambda: True, ("codedeploy.conflict-after-cleanup",),
    ),
    Belief(
        "stop-script-is-the-new-one", "ApplicationStop runs the script of the revision being deployed",
        "The new revision is not downloaded yet; the script is that of the revision installed last.",
        "owner", lambda event: "current", ("codedeploy.14",),
    ),
    Belief(
        "last-successful-is-a-successful-deployment",
        "only a deployment that succeeded as a whole supplies the next ApplicationStop",
        "The agent notes the revision when Install ends, even if a later event fails.",
        "counts_as_last", lambda succeeded: succeeded, ("codedeploy.last-successful",),
    ),
    Belief(
        "overwrite-is-the-default", "a file that is there already is overwritten unless one says otherwise",
        "The default is DISALLOW: the deployment fails.",
        "conflict", lambda behavior, path: "replace" if behavior == "DISALLOW" else conflict(behavior, path),
        ("codedeploy.file-exists",),
    ),
    Belief(
        "retain-replaces-older-files", "RETAIN still brings the revision's version of a file that is there",
        "RETAIN keeps the file of the instance; the revision's one is not copied.",
        "conflict", lambda behavior, path: "replace" if behavior == "RETAIN" else conflict(behavior, path),
        ("codedeploy.file-exists",),
    ),
    Belief(
        "cleanup-removes-what-scripts-made", "the next deployment also removes what scripts had created",
        "The list holds what the agent copied and made; files of scripts are never on it.",
        "cleaned", lambda copied, made: [*copied, *made], ("codedeploy.cleanup",),
    ),
    Belief(
        "scripts-must-be-executable", "a script without the execute permission fails the deployment",
        "The agent makes it executable and runs it.",
        "runs_without_permission", lambda: False, ("codedeploy.script-results",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="codedeploy-agent",
    title="The CodeDeploy agent on one instance",
    view="texts",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={"results": []},
    statuses=("Succeeded", "Failed"),
    play=play,
    how=How(),
    start=start,
    unit="deployment",
)
