"""One instance over a series of deployments: its disk, and what the agent keeps about the past."""

from collections.abc import Mapping, Sized
from dataclasses import dataclass, field

from dva import jsonpointer
from dva.errors import GivenError
from dva.simulations.codedeploy import _appspec_file as appspec
from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy._appspec_file import AppSpec, Script
from dva.simulations.codedeploy.codedeploy_agent import decisions, rules
from dva.simulations.codedeploy.codedeploy_agent.disk import Disk, DiskError, expand
from dva.simulations.codedeploy.codedeploy_agent.documents import Behavior, Deployment, Given, Result
from dva.simulations.codedeploy.codedeploy_agent.install import CODES, Command, Failed, Plan
from dva.simulations.frame import Draw, Run, State
from dva.trace import Place, Rule

INSTANCE, LIST, LAST = "The instance", "Removed by the next Install", "Last installed"
MAX_STEPS, MAX_TITLE = 40, 110
"""Commands of one Install that are steps of their own (more are one step together); characters of a title."""

APPSPECS = ("appspec.yml", "appspec.yaml")
"""Names of the AppSpec in a revision."""


def initial_state(given: Given) -> State:
    return {"texts": {INSTANCE: _listing(_disk(given)), LIST: "", LAST: ""}}


def deploy_series(given: Given, run: Run) -> None:
    """Deploy one revision after the other to the same instance."""
    for number, deployment in enumerate(given.deployments):
        if deployment.behavior not in appspec.BEHAVIORS:
            place = f"/deployments/{number}/file_exists_behavior"
            raise GivenError(f"file_exists_behavior is one of {', '.join(appspec.BEHAVIORS)}", pointer=place)
    instance = Instance(run, _disk(given), _events(given), given.max_revisions)
    for number, deployment in enumerate(given.deployments):
        instance.deploy(number, Revision(deployment))
        for name in (name for name in APPSPECS if name in deployment.files):
            place = jsonpointer.join("deployments", number, "files", name)
            run.not_read(appspec.not_read(deployment.files[name], place))


def _disk(given: Given) -> Disk:
    disk = Disk()
    for path, text in given.pre_existing_files.items():
        if not path.startswith("/") or expand(path) == "/":
            raise GivenError("a path on the instance is absolute", pointer=jsonpointer.join("pre_existing_files", path))
        disk.put(expand(path), text)
    return disk


def _events(given: Given) -> tuple[str, ...]:
    """Return the events that take place; DownloadBundle and Install always do, in their place."""
    wanted = {"DownloadBundle", "Install", *given.events}
    known = tuple(event for event in lifecycle.AGENT if event in wanted)
    return known + tuple(event for event in given.events if event not in known)


class Revision:
    """A revision as unpacked by one deployment."""

    def __init__(self, given: Deployment) -> None:
        self.given, self.name = given, given.revision
        self.files = _unpacked(given.files)
        self.spec: AppSpec | None = None

    def read(self, *names: str) -> AppSpec:
        """Return its AppSpec, under the first of these names; raises Failed."""
        if self.spec is None:
            found = next((self.files[name] for name in names if name in self.files), None)
            if found is None:
                raise Failed(rules.BAD_APPSPEC, f"the revision {self.name} has no {names[0]} at its top")
            try:
                self.spec = appspec.parse(found)
            except appspec.Invalid as problem:
                message = f"{problem.category}: {problem.message} (line {problem.line})"
                title = f"The AppSpec of {self.name} is not accepted"
                raise Failed(rules.BAD_APPSPEC, message, title=title) from None
        return self.spec


@dataclass
class Group:
    """What the agent keeps about the past of one deployment group."""

    noted: list[str] = field(default_factory=list)
    """The cleanup list, in the order of copying."""
    made_by_scripts: list[str] = field(default_factory=list)
    installed: Revision | None = None
    archives: list[Revision] = field(default_factory=list)
    """Revisions with a folder on the instance, oldest first: the last one is the most recent."""


class Instance:
    """An instance: its disk, and what the agent keeps about each deployment group."""

    current: Revision

    def __init__(self, run: Run, disk: Disk, events: tuple[str, ...], max_revisions: int) -> None:
        self.run, self.disk, self.events, self.max_revisions = run, disk, events, max_revisions
        self.number = 0
        self.groups: dict[str, Group] = {}
        self.group = Group()
        self.idle: tuple[Rule, str, list[str]] | None = None
        """Events in a row in which nothing happens, by the same rule and for the same reason."""

    def deploy(self, number: int, revision: Revision) -> None:
        """Carry out all events of one deployment, up to the first that fails."""
        self.number, self.current = number, revision
        empty = Result(status=None, error=None, script_error_code=None, hooks_run=[], files={})
        self.advance(rules.POLL, f"Deployment {number + 1} brings {revision.name}", inside={("results", "-"): empty})
        self._enter_group(revision)
        before = self.group.installed
        try:
            for event in self.events:
                if event == "DownloadBundle":
                    self._download()
                elif event == "Install":
                    self._install()
                else:
                    self._run_hooks(event)
        except Failed as failed:
            if not self.run.using(decisions.counts_as_last)(False):
                self.group.installed = before
            self._end(failed.rule, "Failed", failed)
        else:
            self._end(rules.SUCCEEDED, "Succeeded", None)

    def _enter_group(self, revision: Revision) -> None:
        """Take up what the agent keeps about the deployment group; every deployment gets a folder there."""
        name = revision.given.deployment_group
        before, self.group = self.group, self.groups.setdefault(name, Group())
        if self.number and self.group is not before:
            last = self.group.installed.name if self.group.installed else "nothing"
            title = f"The deployment group is {name}"
            self.advance(rules.GROUP, title, f"Installed last for it: {last}.", drawn=True)
        self.group.archives.append(revision)

    def advance(self, rule: Rule, title: str, why: str = "", *, inside: Mapping[Place, object] | None = None,
                drawn: bool = False, **outcome: object) -> None:  # fmt: skip
        """Record a step of this deployment, after the events in which nothing happened."""
        self._flush_idle()
        short = title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 3] + "..."
        draw = self._drawing if drawn else None
        self.run.step(rule, short, why, at=self.number + 1, inside=inside, draw=draw, **outcome)

    def _drawing(self) -> Draw:
        return {
            ("texts", INSTANCE): _listing(self.disk),
            ("texts", LIST): "\n".join(self.group.noted),
            ("texts", LAST): self.group.installed.name if self.group.installed else "",
        }

    def _files(self) -> dict[Place, object]:
        return {("results", self.number, "files"): dict(self.disk.files)}

    def _download(self) -> None:
        self._remove_archives()
        revision = self.current
        stripped = revision.files and set(revision.files) != {expand(path)[1:] for path in revision.given.files}
        title = f"{revision.name}: DownloadBundle unpacks {_count(revision.files, 'file')}"
        self.advance(rules.STRIPPED if stripped else rules.DOWNLOAD, title)

    def _remove_archives(self) -> None:
        """Remove the oldest archives of the group; never that of this deployment or of the last successful one."""
        group = self.group
        spare = [each for each in group.archives[:-1] if each is not group.installed]
        gone = spare[: max(len(group.archives) - self.max_revisions, 0)]
        if gone:
            group.archives = [each for each in group.archives if all(each is not one for one in gone)]
            names = ", ".join(each.name for each in gone)
            self.advance(rules.ARCHIVES, f"DownloadBundle removes {_count(gone, 'old archive')}: {names}",
                         f"The agent keeps {_count(range(self.max_revisions), 'archive')} of a group.")  # fmt: skip

    def _run_hooks(self, event: str) -> None:
        """Run the scripts of one event, one after the other."""
        last = self.run.using(lifecycle.owner)(event) == "last_successful"
        owner = self.group.installed if last else self.current
        if owner is None:
            return self._pass_over(rules.NO_OWNER, event, "Nothing was installed before")
        scripts = owner.read("appspec.yml").hooks.get(event, ())
        if not scripts:
            return self._pass_over(rules.NO_SCRIPT, event, f"No script in {owner.name}")
        for script in scripts:
            self._run_script(event, owner, script)
        return None

    def _pass_over(self, rule: Rule, event: str, why: str) -> None:
        """Note an event in which nothing happens; several in a row are one step."""
        if self.idle is None or self.idle[:2] != (rule, why):
            self._flush_idle()
            self.idle = rule, why, []
        self.idle[2].append(event)

    def _flush_idle(self) -> None:
        if self.idle:
            (rule, why, events), self.idle = self.idle, None
            self.advance(rule, f"{why}: {', '.join(events)}")

    def _run_script(self, event: str, owner: Revision, script: Script) -> None:
        location, name = expand(script.location)[1:], f"{owner.name}'s {script.location}"
        if location not in owner.files:
            raise Failed(rules.MISSING, f"{script.location} is not in the revision {owner.name}", "ScriptMissing")
        scripts = {expand(path)[1:]: behavior for path, behavior in reversed(owner.given.scripts.items())}
        behavior = scripts.get(location, Behavior())
        if location in {expand(path)[1:] for path in owner.given.not_executable}:
            self.advance(rules.CHMOD, f"{name} is not executable")
            if not self.run.using(decisions.runs_without_permission)():
                raise Failed(rules.CHMOD, f"{script.location} is not executable", "ScriptNotExecutable")
        rule = rules.OLD_SCRIPT if owner is not self.current else rules.NEW_SCRIPT
        started: dict[Place, object] = {("results", self.number, "hooks_run", "-"): f"{owner.name}:{event}"}
        self.advance(rule, f"{event} runs {name}", f"It may take {script.timeout} s.", inside=started)
        if behavior.seconds > script.timeout:
            message = f"{script.location} did not end within {script.timeout} seconds"
            raise Failed(rules.TIMED_OUT, message, "ScriptTimedOut")
        for path, text in behavior.creates.items():
            self.disk.put(expand(path), text)
            self.group.made_by_scripts.append(expand(path))
        if behavior.creates:
            self.advance(rules.CREATES, f"{name} makes {', '.join(behavior.creates)}", inside=self._files())
        if behavior.exit:
            message = f"{script.location} ended with exit code {behavior.exit}"
            raise Failed(rules.FAILED, message, "ScriptFailed")

    def _install(self) -> None:
        """Check the names of events, clean up, work out what is to be done, do it."""
        spec = self.current.read(*APPSPECS)
        unknown = [event for event in spec.hooks if event not in (*lifecycle.AGENT, *self.events)]
        if unknown:
            raise Failed(rules.UNKNOWN_EVENT, f"the AppSpec has unknown lifecycle events: {', '.join(unknown)}")
        known = (*lifecycle.AGENT, *lifecycle.RESERVED, *spec.hooks)
        absent = [event for event in self.events if event not in known]
        if absent:
            message = f"the AppSpec has no hook for the event {', '.join(absent)}, which is not one of CodeDeploy's own"
            raise Failed(rules.UNKNOWN_EVENT, message)
        if self.run.using(decisions.looks_for_conflicts_first)():
            after = Disk(dict(self.disk.files), set(self.disk.folders))
            for path in reversed(self.group.noted):
                after.remove(path)
            self._plan(spec, after)
        self._clean_up()
        self._carry_out(self._plan(spec, self.disk))
        self.group.installed = self.current
        title = f"{self.current.name} is the revision installed last"
        self.advance(rules.INSTALLED, title, inside=self._files(), drawn=True)

    def _plan(self, spec: AppSpec, disk: Disk) -> Plan:
        return Plan(disk, self.current.files, spec, self.current.given.behavior, self.run.using(decisions.conflict))

    def _clean_up(self) -> None:
        group = self.group
        noted, group.noted = self.run.using(decisions.cleaned)(group.noted, group.made_by_scripts), []
        if not noted:
            return self.advance(rules.NO_CLEANUP, "Install has nothing to clean up")
        gone = [path for path in reversed(noted) if self.disk.remove(path)]
        left = [path for path in noted if path in self.disk.folders]
        why = f"In reverse order: {_some(gone)}." + (f" Not empty, so left: {_some(left)}." if left else "")
        title = f"Install removes {_count(gone, 'path')} of the last installation"
        return self.advance(rules.CLEANUP, title, why, inside=self._files(), drawn=True)

    def _carry_out(self, made: Plan) -> None:
        for path in made.retained:
            self.advance(rules.RETAIN, f"{path} stays as it is")
        few = len(made.commands) <= MAX_STEPS
        for command in made.commands:
            try:
                rule, title = self._do(command, command.path in made.overwritten)
            except DiskError as problem:
                raise Failed(rules.COPY_FAILED, str(problem), title=f"Install stops: {problem}") from None
            if few:
                self.advance(rule, title, drawn=True)
        if not few:
            self.advance(rules.COPY, f"Install carries out {len(made.commands)} commands", drawn=True)

    def _do(self, command: Command, overwrites: bool) -> tuple[Rule, str]:
        """Carry out a command; return by which rule, and what was done."""
        if command.kind == "permission":
            return rules.PERMISSION, f"{command.path} gets {command.permission}"
        if command.kind == "mkdir":
            self.disk.mkdir(command.path)
            self.group.noted.append(command.path)
            return rules.MKDIR, f"Folder {command.path} is made"
        # The agent notes the path before it copies
        self.group.noted.append(command.path)
        text = self.current.files.get(command.source)
        if text is None:
            raise DiskError(f"there is no {command.source} in the revision")
        self.disk.copy(command.source, text, command.path)
        return rules.OVERWRITE if overwrites else rules.COPY, f"{command.source} is copied to {command.path}"

    def _end(self, rule: Rule, status: str, failed: Failed | None) -> None:
        error = {"code": failed.code, "message": failed.message} if failed else None
        place = ("results", self.number)
        result: dict[Place, object] = {
            (*place, "status"): status, (*place, "error"): error,
            (*place, "script_error_code"): CODES[failed.code] if failed else 0,
        }  # fmt: skip
        name = self.current.name
        title = f"{name}: the deployment fails: {failed.title}" if failed else f"{name}: the deployment succeeds"
        last, group = self.group.installed, self.current.given.deployment_group
        why = f"Installed last: {last.name if last else 'nothing'}."
        kept: dict[Place, object] = {("archives", group): [each.name for each in self.group.archives]}
        self.advance(rule, title, why, inside={**result, **self._files(), **kept}, drawn=True, status=status,
                     error=error)  # fmt: skip


def _unpacked(files: dict[str, str]) -> dict[str, str]:
    """Return the bundle's files by relative path, without a single leading folder that holds the AppSpec."""
    relative = {expand(path)[1:]: text for path, text in files.items()}
    tops = {path.partition("/")[0] for path in relative}
    if len(tops) == 1 and all("/" in path for path in relative):
        inner = {path.partition("/")[2]: text for path, text in relative.items()}
        if any("appspec" in path.partition("/")[0].lower() for path in inner):
            return inner
    return relative


def _listing(disk: Disk) -> str:
    lines = [f"{path}: {text[:60].splitlines()[0] if text.strip() else ''}"
             for path, text in sorted(disk.files.items())]  # fmt: skip
    more = len(lines) - 30
    return "\n".join(lines[:30] + ([f"... and {more} more"] if more > 0 else []))


def _some(paths: list[str]) -> str:
    shown = ", ".join(paths[:6])
    return shown + (f" and {len(paths) - 6} more" if len(paths) > 6 else "") if paths else "nothing was there"


def _count(things: Sized, word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"
