"""What the files in `.ebextensions` do: which commands run on which instance, in which order, and what is refused?

In Elastic Beanstalk's order: the files are read by name; option settings are merged and checked; on each instance
come commands, the prebuild hooks, container_commands (those for the leader first), the predeploy hooks and, when the
application runs, the postdeploy hooks. (Developer Guide, "Customizing software on Linux servers" and "Extending
Elastic Beanstalk Linux platforms".) Nothing is executed: exit codes are given. The rules stand in `_rules.py`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from dva.aws.document import StrictStruct
from dva.simulations._before import Belief, Refused, Rule, Simulation, Tracer, pointer
from dva.simulations.beanstalk import _ebextensions as ebextensions
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._ebextensions import ConfigFile
from dva.simulations.beanstalk.beanstalk_ebextensions import _rules as rules
from dva.simulations.beanstalk.beanstalk_ebextensions._plan import CONFIG_HOOKS, Command, How, exit_code, modes, planned

Operation = Literal["deployment", "launch-config-change", "create"]


class Given(StrictStruct, rename=None):
    """`exit_codes`: by the name of a command, the path of a hook, or `NAME.test` for a command's test."""

    bundle: dict[str, Any]
    instances: Annotated[list[str], Meta(min_length=1)] = field(default_factory=lambda: ["leader", "other"])
    operation: Operation = "deployment"
    exit_codes: dict[str, int] = {}

    @property
    def leader(self) -> str:
        """The instance that leader_only commands run on: the one named so, or the first."""
        return "leader" if "leader" in self.instances else self.instances[0]


def given_from(files: Mapping[str, str]) -> dict[str, Any]:
    """The input for a folder of one's own: {relative path: text}, of the project or of `.ebextensions` itself."""
    return {"bundle": ebextensions.bundle_of(files), "instances": ["leader", "other"], "operation": "deployment"}


def start(given: Given) -> dict[str, Any]:
    return {"texts": dict.fromkeys(given.instances, "")}


def play(given: Given, trace: Tracer, how: How) -> None:
    """Read, merge, prepare, and go through each instance."""
    trace.step(
        rules.READ, f"Files in the bundle: {len(given.bundle)}", rules.READ.says,
        changes={"/outcome/instances": {name: [] for name in given.instances}},
    )  # fmt: skip
    files = read(given, trace)
    merge(files, trace)
    prepare(files, given, trace)
    plan = planned(files, given.bundle, given.operation, how)
    order = sorted(given.instances, key=lambda name: name != given.leader)
    for name in order:
        Instance(name, given, trace, how).run(plan)
    if trace.outcome["failed_command"] is None:
        title = f"Every instance is through: {', '.join(order)}"
        trace.step(rules.DONE, title, rules.DONE.says, changes={"/outcome/status": "ok"})


def read(given: Given, trace: Tracer) -> list[ConfigFile]:
    """The files that count, in order; Refused where one is neither YAML nor JSON."""
    for path, why in ebextensions.overlooked(given.bundle):
        warn(trace, rules.OVERLOOKED, f"{path} is not read", f"{path}: {why}")
    files = ebextensions.config_files(given.bundle)
    for file in files:
        for text in file.warnings:
            warn(trace, rules.TWICE, f"{file.path} has a key twice", text)
        if file.malformed:
            message = f"The configuration file {file.path} contains invalid YAML or JSON. {file.malformed}"
            warn(trace, rules.MALFORMED, f"{file.path} cannot be read", message)
            raise Refused(rules.MALFORMED, "ConfigurationValidationException", message, status="failed")
        if file.skipped:
            warn(trace, rules.SKIPPED, f"{file.path} is skipped", file.skipped)
        else:
            trace.step(rules.READ, f"{file.path} is read", f"It has {', '.join(file.sections) or 'nothing'}.")
    return [file for file in files if not file.skipped]


def merge(files: list[ConfigFile], trace: Tracer) -> None:
    """The option settings of all files; Refused where a value is not allowed."""
    merged: beanstalk.Settings = {}
    for file in files:
        merged |= file.settings
    for key, wrong in beanstalk.problems(merged):
        message = '"option_settings" in one of the configuration files failed validation. '
        message += beanstalk.invalid(key, merged[key], wrong)
        raise Refused(rules.BAD_OPTION, "ConfigurationValidationException", message, status="failed")
    if not merged:
        return
    nested: dict[str, dict[str, str]] = {}
    for (namespace, name), value in merged.items():
        nested.setdefault(namespace, {})[name] = value
    title = f"{len(merged)} option{'' if len(merged) == 1 else 's'} set by files"
    trace.step(rules.OPTIONS, title, rules.OPTIONS.says, changes={"/outcome/options": nested})


def prepare(files: list[ConfigFile], given: Given, trace: Tracer) -> None:
    """What happens beside commands: resources, packages, users, files."""
    for file in files:
        for text in modes(file):
            warn(trace, rules.MODE, f"A mode in {file.path} is not what it seems", text)
        if file.section("Resources"):
            title = f"{file.path} adds {', '.join(sorted(file.section('Resources')))}"
            trace.step(rules.RESOURCES, title, rules.RESOURCES.says)
        keys = [key for key in ebextensions.ORDER if file.section(key)]
        if any(key not in ("commands", "container_commands") for key in keys):
            trace.step(rules.PREPARE, f"{file.path}: {', '.join(keys)}, in this order", rules.PREPARE.says)
    busy = [file.path for file in files if file.section("commands") or file.section("container_commands")]
    if len(busy) > 1:
        trace.step(rules.EACH_FILE, f"Commands stand in {', '.join(busy)}", rules.EACH_FILE.says)
    if any(path.startswith(CONFIG_HOOKS) for path in given.bundle):
        trace.step(rules.CONFIG_HOOKS, "The confighooks do not run", rules.CONFIG_HOOKS.says)


def warn(trace: Tracer, rule: Rule, title: str, text: str) -> None:
    """A warning event."""
    trace.step(rule, title, text, changes={"/outcome/warnings/-": text})


class Instance:
    """One instance, on which commands run until one fails."""

    def __init__(self, name: str, given: Given, trace: Tracer, how: How) -> None:
        self.name, self.given, self.trace, self.how = name, given, trace, how
        self.leader = how.has_leader(given.operation) and name == given.leader
        self.ran: list[str] = []

    def run(self, plan: list[Command]) -> None:
        """Each command in turn."""
        for command in plan:
            if self.skips(command):
                continue
            code = self.given.exit_codes.get(command.name, exit_code(command.entry.get("command")))
            self.tell(command, code)
            if self.how.stops(code, command.ignores_errors):
                return self.fail(command, code)
            if code:
                title = f"{self.name}: {command.name} returned {code}, which is ignored"
                self.trace.step(rules.IGNORE, title, rules.IGNORE.says)
        return None

    def skips(self, command: Command) -> bool:
        """Whether the instance leaves a command out."""
        if command.stage == "container_commands" and not self.how.runs_here(command.leader_only, self.leader):
            rule = rules.NOT_LEADER if self.how.has_leader(self.given.operation) else rules.NO_LEADER
            self.trace.step(rule, f"{self.name} does not run {command.name}", rule.says)
            return True
        test = command.entry.get("test")
        if test is None:
            return False
        if not self.how.test_counts(command.leader_only):
            title = f"{self.name}: the test of {command.name} is not asked"
            self.trace.step(rules.TEST_IGNORED, title, rules.TEST_IGNORED.says)
            return False
        shown = "false" if test is False else test
        code = self.given.exit_codes.get(f"{command.name}.test", exit_code(shown))
        if code:
            title = f"{self.name} does not run {command.name}: its test returned {code}"
            self.trace.step(rules.TEST, title, rules.TEST.says)
        return code != 0

    def tell(self, command: Command, code: int) -> None:
        """A command runs."""
        self.ran.append(command.name)
        changes: dict[str, Any] = {pointer("outcome", "instances", self.name, "-"): command.name}
        if self.trace.recording:
            lines = "\n".join(f"{number}. {name}" for number, name in enumerate(self.ran, 1))
            changes[pointer("state", "texts", self.name)] = lines
        where = "" if command.stage in ("prebuild", "predeploy", "postdeploy") else f" ({command.source})"
        self.trace.step(
            command.rule, f"{self.name}: {command.name}{where}", f"{command.rule.says} It returned {code}.",
            changes=changes,
        )  # fmt: skip

    def fail(self, command: Command, code: int) -> None:
        """A command ends the run of this instance, and the deployment with it."""
        changes = {"/outcome/status": "failed"}
        if self.trace.outcome["failed_command"] is None:
            changes["/outcome/failed_command"] = command.name
        title = f"{self.name} stops: {command.name} returned {code}"
        self.trace.step(rules.FAILED, title, rules.FAILED.says, changes=changes)


def _notes(*notes: str) -> tuple[str, ...]:
    return tuple(f"elastic-beanstalk-extensions.{note}" for note in notes)


BELIEFS = (
    Belief(
        "as-written", "commands run in the order in which the file writes them",
        "They run in alphabetical order, which is why names begin with 01, 02, …",
        "by_name", list, _notes("commands", "container-commands"),
    ),
    Belief(
        "leader-in-the-alphabet", "leader_only commands take their place in the alphabet",
        "They run before the other container_commands.",
        "leader_first", list, _notes("leader-only"),
    ),
    Belief(
        "leader-only-runs-everywhere", "leader_only commands run on every instance",
        "They run on one instance, chosen by Elastic Beanstalk.",
        "runs_here", lambda leader_only, leader: True, _notes("leader-only"),
    ),
    Belief(
        "leader-at-every-launch", "leader_only commands run whenever instances come up",
        "Only at the creation of the environment and at deployments; not when a launch configuration change replaces "
        "instances.",
        "has_leader", lambda operation: True, _notes("launch-config"),
    ),
    Belief(
        "test-and-leader", "a test decides about leader_only commands too",
        "leader_only takes precedence; the test is not asked.",
        "test_counts", lambda leader_only: True, _notes("test"),
    ),
    Belief(
        "failures-are-skipped", "a command that fails is passed over",
        "It stops the instance unless ignoreErrors is true.",
        "stops", lambda code, ignore_errors: False, _notes("ignore-errors"),
    ),
    Belief(
        "container-commands-come-first", "container_commands run before commands",
        "commands run before the application is extracted, container_commands after it.",
        "workflow",
        lambda operation: ("container_commands", "commands", "prebuild", "predeploy", "postdeploy"),
        _notes("commands", "container-commands"),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="beanstalk-ebextensions",
    title="What .ebextensions files do, and in which order",
    view="texts",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={"instances": {}, "options": {}, "warnings": [], "failed_command": None},
    statuses=("ok", "failed"),
    play=play,
    how=How(),
    start=start,
)
