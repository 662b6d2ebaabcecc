"""What the files in `.ebextensions` do: which commands run on which instance, in which order, and what is refused?

In Elastic Beanstalk's order: the files are read by name; option settings are merged and checked; on each instance
come commands, the prebuild hooks, container_commands (those for the leader first), the predeploy hooks and, when the
application runs, the postdeploy hooks. (AWS Elastic Beanstalk Developer Guide, "Customizing software on Linux servers"
and "Extending Elastic Beanstalk Linux platforms".) Nothing is executed: exit codes are given.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from dva.aws.document import Keys, StrictStruct
from dva.simulations.beanstalk import _ebextensions as ebextensions
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._ebextensions import ConfigFile
from dva.simulations.beanstalk._sources import guide
from dva.simulations.frame import Append, FolderReader, Mechanism, Outcome, Phrases, Refused, Run
from dva.trace import Rule

mechanism = Mechanism("beanstalk-ebextensions", rules="beanstalk.ebextensions", notes="elastic-beanstalk-extensions")
rule, belief = mechanism.rule, mechanism.belief

# Rules, in the order in which Elastic Beanstalk applies them

FILES = guide("Advanced environment customization with configuration files", "ebextensions.html")
LINUX = guide("Customizing software on Linux servers", "customize-containers-ec2.html")
HOOKS = guide("Extending Elastic Beanstalk Linux platforms", "platforms-linux-extend.html")
PRECEDENCE = guide("Configuration options, precedence", "command-options.html")
ISSUES = "event logs in issues of aws-elastic-beanstalk-developer-guide (126) and parse-server-example (262)"

OVERLOOKED = rule("overlooked", "Other names and other places than .ebextensions/*.config are not read.", FILES, "02")
READ = rule("read", "Files are processed in the order of their names.", PRECEDENCE, "file-order")
TWICE = rule("twice", "A key that stands twice in a file counts once.", FILES, "one-key-once")
MALFORMED = rule("malformed",
                 "A file that is neither YAML nor JSON fails the launch or the deployment before anything runs.",
                 f"{FILES}; {ISSUES}", "malformed", "03")  # fmt: skip
SKIPPED = rule("skipped", "A file with a key that is not valid is skipped as a whole, with a warning.", LINUX,
               "invalid-key")  # fmt: skip
OPTIONS = rule("options", "option_settings are merged; a later file wins.", PRECEDENCE, "01", "file-order")
BAD_OPTION = rule("badOption", "An option value that is not allowed fails the launch or the deployment.", ISSUES,
                  "bad-option")  # fmt: skip
RESOURCES = rule("resources", "Resources become part of the environment's CloudFormation stack.", FILES, "04")
PREPARE = rule("prepare", "Keys are processed in this order: packages, groups, users, sources, files, commands, "
               "services, container_commands.", LINUX, "keys-order")  # fmt: skip
MODE = rule("mode", "The mode of a file is text of octal digits, six as the guide writes it.", LINUX, "files-mode")
COMMANDS = rule("commands", "commands run as root before the application is extracted, in the order of their names.",
                LINUX, "commands")  # fmt: skip
EACH_FILE = rule("eachFile", "Each file's commands run together, file after file.",
                 f"the guide orders files and the commands of one file, but not the commands of several: {LINUX}",
                 "commands", "container-commands", assumption=True)  # fmt: skip
HOOK = rule("hook", "Platform hooks run between the keys: prebuild, predeploy, postdeploy, by the names of the files.",
            HOOKS, "platform-hooks")  # fmt: skip
CONFIG_HOOKS = rule("confighooks", "confighooks run only where a configuration change keeps the instances.", HOOKS,
                    "platform-hooks")  # fmt: skip
CONTAINER = rule("containerCommands", "container_commands run in the staging directory after the application is "
                 "extracted and before it is deployed.", LINUX, "container-commands")  # fmt: skip
LEADER = rule("leaderOnly", "leader_only commands come first and run on one instance only.", LINUX, "leader-only")
NOT_LEADER = rule("notLeader", "The other instances do not run leader_only commands.", LINUX, "leader-only")
POLICIES = guide("Deployment policies and settings", "using-features.rolling-version-deploy.html")
IMMUTABLE_PAGE = guide("Immutable environment updates", "environmentmgmt-updates-immutable.html")
ALL_AT_ONCE = rule("allAtOnce", "All at once, every instance processes the files at the same time.", POLICIES,
                   "container-commands")  # fmt: skip
ROLLING = rule("rolling", "A rolling deployment takes the instances batch by batch.", POLICIES, "container-commands")
ADDITIONAL = rule("additionalBatch", "With an additional batch, new instances come first; they are terminated when the "
                  "deployment completes.", POLICIES, "container-commands")  # fmt: skip
IMMUTABLE = rule("immutable", "An immutable deployment leaves the old instances alone: one new instance comes first, "
                 "then others, until there are as many as old ones.", IMMUTABLE_PAGE, "container-commands")  # fmt: skip
SPLITTING = rule("trafficSplitting", "Traffic splitting launches a full set of new instances at once and leaves the "
                 "old ones alone.", POLICIES, "container-commands")  # fmt: skip
FIRST_LEADS = rule("firstBatchLeads", "The leader is an instance of the first batch.",
                   f"the guide does not say which instance Elastic Beanstalk chooses: {LINUX}", "leader-only",
                   assumption=True)  # fmt: skip
SPLIT_LEADER = rule("noLeaderToSplit", "Under traffic splitting no instance leads, so leader_only commands stay out.",
                    "users report it, the guide has no exception: "
                    "https://github.com/aws/elastic-beanstalk-roadmap/issues/65", "leader-only",
                    assumption=True)  # fmt: skip
NEXT_BATCH = rule("laterBatches", "Where a batch fails, no later one begins.", POLICIES, "ignore-errors")
NO_LEADER = rule("noLeader", "When a launch configuration change brings up instances, leader_only commands stay out.",
                 LINUX, "launch-config", "leader-only")  # fmt: skip
TEST = rule("test", "A command runs only where its test returns 0.", LINUX, "test")
TEST_IGNORED = rule("testIgnored", "leader_only takes precedence over test.", LINUX, "test", "leader-only")
IGNORE = rule("ignoreErrors", "With ignoreErrors a failing command does not stop the others.", LINUX, "ignore-errors")
FAILED = rule("failed", "A command that returns anything but 0 stops the instance, and the deployment fails.", LINUX,
              "ignore-errors")  # fmt: skip
DONE = rule("done", "When every instance is through, the application is deployed.", LINUX, "container-commands")

VALIDATION = "ConfigurationValidationException"

# Documented order and places (HOOKS)

WORKFLOW = ("commands", "prebuild", "container_commands", "predeploy", "postdeploy")
"""The stages of bringing up an instance: keys of the files, and folders of hooks."""
HOOK_FOLDER = ".platform/hooks/"
CONFIG_HOOK_FOLDER = ".platform/confighooks/"
MODE_DIGITS = r"[0-7]{3,6}"
"""A mode of the `files` key (LINUX): six octal digits; the shorter modes of chmod are taken too."""


Policy = Literal["AllAtOnce", "Rolling", "RollingWithAdditionalBatch", "Immutable", "TrafficSplitting"]


class Given(StrictStruct, rename=None):
    """A source bundle, and the environment that it goes to."""

    bundle: dict[str, Any]
    """The source bundle: the text or the parsed content of each file by its path."""
    instances: Annotated[list[str], Meta(min_length=1)] = msgspec.field(default_factory=lambda: ["leader", "other"])
    """Ids of the instances; leader_only commands run on the one called `leader`, else on the first."""
    operation: Literal["deployment", "launch-config-change", "create"] = "deployment"
    """Why the files are processed: `launch-config-change` is a change that brings up new instances."""
    exit_codes: dict[str, int] = {}
    """Exit codes by command name, by the path of a hook, or by `NAME.test` for a command's test; 0 where absent."""
    deployment_policy: Policy | None = None
    """Policy of a deployment; left out: all instances at once, as for the other operations."""
    batch_size: Annotated[int, Meta(ge=1)] = 1
    """Instances in a batch of a rolling deployment."""

    @property
    def policy(self) -> Policy:
        """The policy by which the instances are reached."""
        return self.deployment_policy if self.deployment_policy and self.operation == "deployment" else "AllAtOnce"


class Customization(Outcome):
    """What the files set, and what runs on each instance."""

    status: Annotated[
        Literal["ok", "failed"] | None, Phrases({"ok": "The deployment succeeds", "failed": "The deployment fails"})
    ] = None
    """`failed` where a file or an option value is refused, or a command fails without ignoreErrors."""
    instances: dict[str, list[str]] = {}
    """What runs on each instance, in order: names of commands and paths of hooks."""
    options: dict[str, dict[str, str]] = {}
    """The options that the files set: values by namespace and name."""
    warnings: list[str] = []
    """Files that are not read or are skipped, and what in them is probably not meant."""
    batches: list[list[str]] = []
    """Instances that the deployment policy reaches, batch by batch; empty where no policy is given."""
    failed_command: str | None = None
    """The first command or hook whose failure stops an instance; null where none does."""


# The commands that run


@dataclass(frozen=True)
class Command:
    """A command of a file, or a platform hook."""

    name: str
    stage: str
    source: str
    entry: Mapping[str, Any] = field(default_factory=dict)

    @property
    def leader_only(self) -> bool:
        """Return whether one instance runs it for all; the key counts among container_commands only."""
        return self.stage == "container_commands" and str(self.entry.get("leader_only")).lower() == "true"

    @property
    def ignores_errors(self) -> bool:
        """Return whether the others run although it fails."""
        return str(self.entry.get("ignoreErrors")).lower() == "true"

    @property
    def rule(self) -> Rule:
        """Return the rule by which it runs."""
        if self.leader_only:
            return LEADER
        return {"commands": COMMANDS, "container_commands": CONTAINER}.get(self.stage, HOOK)


def commands_of(stage: str, files: list[ConfigFile], bundle: Mapping[str, Any], run: Run) -> Iterator[Command]:
    """Yield what may run on an instance in a stage, in order."""
    if stage not in ebextensions.ORDER:
        folder = f"{HOOK_FOLDER}{stage}/"
        hooks = sorted(path for path in bundle if path.startswith(folder) and "/" not in path[len(folder) :])
        yield from (Command(path, stage, path) for path in hooks)
        return
    for file in files:
        section = file.section(stage)
        commands = [Command(name, stage, file.path, section[name]) for name in run.using(by_name)(list(section))]
        yield from run.using(leader_first)(commands) if stage == "container_commands" else commands


def exit_code(text: object) -> int:
    """Return the code of a command as far as it shows: `false` 1, `exit n` n, anything else is taken to return 0."""
    word = str(text).strip().lower()
    found = re.fullmatch(r"exit (\d{1,3})", word)
    return int(found[1]) if found else int(word == "false")


def wrong_modes(file: ConfigFile) -> Iterator[str]:
    """Yield what is wrong with the modes of a file's `files`."""
    for path, entry in sorted(file.section("files").items()):
        mode = entry.get("mode") if isinstance(entry, dict) else None
        if isinstance(mode, int):
            yield f"{file.path}: the mode of {path} was read as the number {mode}; quote it"
        elif isinstance(mode, str) and not re.fullmatch(MODE_DIGITS, mode):
            yield f"{file.path}: the mode of {path}, `{mode}`, is not made of octal digits"


# The run


def customize(given: Given, run: Run) -> None:
    """Read, merge and prepare, then go through each instance."""
    run.step(READ, f"Files in the bundle: {len(given.bundle)}", instances={name: [] for name in everything(given)})
    files = read(given, run)
    merge(files, run)
    prepare(files, given, run)
    stages = run.using(workflow)()
    plan = [command for stage in stages for command in commands_of(stage, files, given.bundle, run)]
    waves = batches(given)
    if given.deployment_policy:
        show_policy(waves, given, run)
    for number, wave in enumerate(waves, 1):
        for name in wave:
            run_commands(name, waves[0][0], plan, given, run)
        if run.outcome["failed_command"] is not None:
            if number < len(waves):
                left = ", ".join(name for later in waves[number:] for name in later)
                run.step(NEXT_BATCH, f"Batch {number} of {len(waves)} fails: nothing runs on {left}")
            return
    run.step(DONE, f"Every instance is through: {', '.join(name for wave in waves for name in wave)}", status="ok")


def batches(given: Given) -> list[list[str]]:
    """Return the instances that process the files, batch by batch; the first one leads, where one does."""
    old = sorted(given.instances, key=lambda name: name != "leader")
    size = min(given.batch_size, len(old))
    rolling = [old[start : start + size] for start in range(0, len(old), size)]
    fresh = [name for name in (f"new-{number}" for number in range(1, 2 * len(old) + 1)) if name not in old]
    return {
        "AllAtOnce": [old],
        "Rolling": rolling,
        "RollingWithAdditionalBatch": [fresh[:size], *rolling],
        "Immutable": [each for each in (fresh[:1], fresh[1 : len(old)]) if each],
        "TrafficSplitting": [fresh[: len(old)]],
    }[given.policy]


def everything(given: Given) -> list[str]:
    """Return all instances, those that a deployment launches after the others."""
    return list(dict.fromkeys([*given.instances, *(name for wave in batches(given) for name in wave)]))


def show_policy(waves: list[list[str]], given: Given, run: Run) -> None:
    """Record which instances the policy reaches, and which of them leads."""
    by = {"AllAtOnce": ALL_AT_ONCE, "Rolling": ROLLING, "RollingWithAdditionalBatch": ADDITIONAL,
          "Immutable": IMMUTABLE, "TrafficSplitting": SPLITTING}[given.policy]  # fmt: skip
    said = "; ".join(f"{number}. {', '.join(wave)}" for number, wave in enumerate(waves, 1))
    run.step(by, f"{given.policy}: {said}", batches=waves)
    if given.policy in ("Rolling", "RollingWithAdditionalBatch"):
        run.step(FIRST_LEADS, f"{waves[0][0]} leads")


COMMAND: Keys = dict.fromkeys(("command", "test", "ignoreErrors", "leader_only"))
LOOKED_AT: Keys = {
    "option_settings": None, "commands": {"*": COMMAND}, "container_commands": {"*": COMMAND},
    "files": {"*": {"mode": None}}, "Resources": {"*": {}},
    **{key: {"*": {}} for key in ("packages", "groups", "users", "sources", "services")},
}  # fmt: skip
"""What is simulated of a configuration file; of the rest only that it is there."""


def read(given: Given, run: Run) -> list[ConfigFile]:
    """Return the files that count, in order; Refused where one is neither YAML nor JSON."""
    for path, why in ebextensions.overlooked(given.bundle):
        run.step(OVERLOOKED, f"{path} is not read", warnings=Append(f"{path}: {why}"))
    files = ebextensions.config_files(given.bundle)
    for file in files:
        for text in file.warnings:
            run.step(TWICE, f"{file.path} has a duplicate key", text, warnings=Append(text))
        if file.malformed:
            message = f"The configuration file {file.path} contains invalid YAML or JSON. {file.malformed}"
            run.step(MALFORMED, f"{file.path} cannot be read", message, warnings=Append(message))
            raise Refused(MALFORMED, VALIDATION, message, status="failed")
        if file.skipped:
            run.step(SKIPPED, f"{file.path} is skipped", file.skipped, warnings=Append(file.skipped))
        else:
            run.not_read(file.not_read(LOOKED_AT))
            run.step(READ, f"{file.path} is read", f"It has {', '.join(file.sections) or 'nothing'}.")
    return [file for file in files if not file.skipped]


def merge(files: list[ConfigFile], run: Run) -> None:
    """Merge the option settings of all files; Refused where a value is not allowed."""
    merged: options.Settings = {}
    for file in files:
        merged |= file.settings
    for key, wrong in options.problems(merged):
        message = '"option_settings" in one of the configuration files failed validation. '
        raise Refused(BAD_OPTION, VALIDATION, message + options.invalid(key, merged[key], wrong), status="failed")
    if not merged:
        return
    nested: dict[str, dict[str, str]] = {}
    for (namespace, name), value in merged.items():
        nested.setdefault(namespace, {})[name] = value
    run.step(OPTIONS, f"{len(merged)} option{'' if len(merged) == 1 else 's'} set by files", options=nested)


def prepare(files: list[ConfigFile], given: Given, run: Run) -> None:
    """Show what happens beside commands: resources, packages, users, files."""
    for file in files:
        for text in wrong_modes(file):
            run.step(MODE, f"A mode in {file.path} is not what it seems", text, warnings=Append(text))
        if resources := file.section("Resources"):
            run.step(RESOURCES, f"{file.path} adds {', '.join(sorted(resources))}")
        keys = [key for key in ebextensions.ORDER if file.section(key)]
        if any(key not in WORKFLOW for key in keys):
            run.step(PREPARE, f"{file.path}: {', '.join(keys)}, in this order")
    busy = [file.path for file in files if file.section("commands") or file.section("container_commands")]
    if len(busy) > 1:
        run.step(EACH_FILE, f"Commands stand in {', '.join(busy)}")
    if any(path.startswith(CONFIG_HOOK_FOLDER) for path in given.bundle):
        run.step(CONFIG_HOOKS, "The confighooks do not run")


def run_commands(name: str, leader: str, plan: list[Command], given: Given, run: Run) -> None:
    """Run the commands of the plan on one instance until one fails; `leader` is the one that leads where one does."""
    leads = run.using(has_leader)(given.operation, given.policy) and name == leader
    ran: list[str] = []
    for command in plan:
        if skips(name, command, leads, given, run):
            continue
        code = given.exit_codes.get(command.name, exit_code(command.entry.get("command")))
        ran.append(command.name)
        where = f" ({command.source})" if command.stage in ebextensions.ORDER else ""
        lines = "\n".join(f"{number}. {each}" for number, each in enumerate(ran, 1))
        run.step(command.rule, f"{name}: {command.name}{where}", f"It returned {code}.", draw={("texts", name): lines},
                 inside={("instances", name, "-"): command.name})  # fmt: skip
        if run.using(stops)(code, command.ignores_errors):
            title = f"{name} stops: {command.name} returned {code}"
            first = run.outcome["failed_command"] is None
            run.step(FAILED, title, status="failed", inside={("failed_command",): command.name} if first else {})
            return
        if code:
            run.step(IGNORE, f"{name}: {command.name} returned {code}, which is ignored")


def skips(name: str, command: Command, leads: bool, given: Given, run: Run) -> bool:
    """Return whether the instance leaves a command out, because of its leader_only or its test."""
    if command.stage == "container_commands" and not run.using(runs_here)(command.leader_only, leads):
        by = SPLIT_LEADER if given.policy == "TrafficSplitting" else NO_LEADER
        if run.using(has_leader)(given.operation, given.policy):
            by = NOT_LEADER
        run.step(by, f"{name} does not run {command.name}")
        return True
    test = command.entry.get("test")
    if test is None:
        return False
    if not run.using(test_counts)(command.leader_only):
        run.step(TEST_IGNORED, f"{name}: the test of {command.name} is not asked")
        return False
    code = given.exit_codes.get(f"{command.name}.test", exit_code(test))
    if code:
        run.step(TEST, f"{name} does not run {command.name}: its test returned {code}")
    return code != 0


# The rule functions that beliefs replace


def by_name(names: list[str]) -> list[str]:
    """Return the commands of a key in the order in which they are processed: alphabetically."""
    return sorted(names)


def leader_first(commands: list[Command]) -> list[Command]:
    """Return container_commands in the order in which they run: leader_only ones before the others."""
    return sorted(commands, key=lambda command: not command.leader_only)


def runs_here(leader_only: bool, leads: bool) -> bool:
    """Return whether an instance runs a container command."""
    return leads or not leader_only


def has_leader(operation: str, policy: str) -> bool:
    """Return whether an instance is chosen for leader_only commands."""
    return operation != "launch-config-change" and policy != "TrafficSplitting"


def test_counts(leader_only: bool) -> bool:
    """Return whether a command's test decides if it runs."""
    return not leader_only


def stops(code: int, ignores_errors: bool) -> bool:
    """Return whether a result ends the run of an instance."""
    return code != 0 and not ignores_errors


def workflow() -> tuple[str, ...]:
    """Return the stages of bringing up an instance."""
    return WORKFLOW


# What people believe instead

belief(by_name, "as-written", "commands run in the order in which the file writes them",
       "They run in alphabetical order, which is why names begin with 01, 02, …", "commands",
       "container-commands")(lambda names: names)  # fmt: skip
belief(leader_first, "leader-in-the-alphabet", "leader_only commands take their place in the alphabet",
       "They run before the other container_commands.", "leader-only")(lambda commands: commands)  # fmt: skip
belief(runs_here, "leader-only-runs-everywhere", "leader_only commands run on every instance",
       "They run on one instance, chosen by Elastic Beanstalk.",
       "leader-only")(lambda leader_only, leads: True)  # fmt: skip
belief(has_leader, "leader-at-every-launch", "leader_only commands run whenever instances come up",
       "Only at the creation of the environment and at deployments; not when a launch configuration change replaces "
       "instances.", "launch-config")(lambda operation, policy: True)  # fmt: skip
belief(test_counts, "test-and-leader", "a test decides about leader_only commands too",
       "leader_only takes precedence; the test is not asked.", "test")(lambda leader_only: True)  # fmt: skip
belief(stops, "failures-are-skipped", "a command that fails is passed over",
       "It stops the instance unless ignoreErrors is true.",
       "ignore-errors")(lambda code, ignores_errors: False)  # fmt: skip
belief(
    workflow, "container-commands-come-first", "container_commands run before commands",
    "commands run before the application is extracted, container_commands after it.", "commands", "container-commands",
)(lambda: ("container_commands", "commands", "prebuild", "predeploy", "postdeploy"))  # fmt: skip

SIMULATION = mechanism.simulation(
    title="What .ebextensions files do, and in which order", view="texts", given=Given, outcome=Customization,
    run=customize, initial_state=lambda given: {"texts": dict.fromkeys(everything(given), "")},
    from_folder=FolderReader(lambda own: {"bundle": ebextensions.bundle_of(own.files),
                                          "instances": ["leader", "other"], "operation": "deployment"}),
)  # fmt: skip
