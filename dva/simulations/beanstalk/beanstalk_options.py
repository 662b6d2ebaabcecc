"""Which value does an Elastic Beanstalk option have, and which other sources set it?

In Elastic Beanstalk's order of precedence: settings applied directly to the environment (with the recommended values
that the EB CLI and the console apply), a saved configuration, the files in `.ebextensions`, the default. What was
removed no longer counts; files cannot be removed, only redeployed without the setting.
(AWS Elastic Beanstalk Developer Guide, "Configuration options".)
"""

from typing import Annotated, Any, Literal, TypedDict

from msgspec import field

from dva.aws.document import StrictStruct
from dva.simulations.beanstalk import _ebextensions as ebextensions
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._environment import Client, Environment, read_settings, single
from dva.simulations.beanstalk._options import Key, Settings
from dva.simulations.beanstalk._sources import guide
from dva.simulations.frame import Append, Draw, FolderReader, Mechanism, Outcome, Phrases, Run
from dva.trace import Rule

mechanism = Mechanism("beanstalk-options", rules="beanstalk.options", notes="elastic-beanstalk-extensions")
rule, belief = mechanism.rule, mechanism.belief

# Rules, from the strongest source to the weakest

GUIDE = "AWS Elastic Beanstalk Developer Guide, "
URL = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/"
PRECEDENCE = guide("Configuration options, precedence", "command-options.html")
FILES = guide("Advanced environment customization with configuration files", "ebextensions.html")
LINUX = guide("Customizing software on Linux servers", "customize-containers-ec2.html")
OPTIONS = guide("General options for all environments", "command-options-general.html")
AFTER = f"{GUIDE}Setting configuration options after your environment is created: "
REMOVING = f"{AFTER}{URL}environment-configuration-methods-after.html"
CLI = "EB CLI, ebcli/objects/requests.py: https://github.com/aws/aws-elastic-beanstalk-cli"
ISSUE = "an event log: https://github.com/awsdocs/aws-elastic-beanstalk-developer-guide/issues/126"

RECOMMENDED = rule("recommended", "The EB CLI and the console set recommended values directly when they create an "
                   "environment.", f"{PRECEDENCE}; {CLI}", "recommended")  # fmt: skip
CONSOLE = rule("console", "The console sets more options than these two; AWS names them but not their values.",
               PRECEDENCE, "recommended", assumption=True)  # fmt: skip
NO_DEFAULTS = rule("savedConfiguration", "Created from a saved configuration, the EB CLI adds none of its values.", CLI,
                   "recommended")  # fmt: skip
READ = rule("read", "Files named *.config in .ebextensions are read in the order of their names.", PRECEDENCE,
            "file-order", "02")  # fmt: skip
OVERLOOKED = rule("overlooked", "Other names and other places are not read.", FILES, "02")
TWICE = rule("twice", "A key that stands twice in a file counts once.", FILES, "one-key-once")
SKIPPED = rule("skipped", "A file with a key that is not valid is skipped as a whole, with a warning.", LINUX,
               "invalid-key")  # fmt: skip
MALFORMED = rule("malformed", "A file that is neither YAML nor JSON fails the launch or the deployment.",
                 f"{FILES}; {ISSUE}", "malformed")  # fmt: skip
MISPLACED = rule(
    "misplaced", "HealthCheckSuccessThreshold is an option of aws:elasticbeanstalk:healthreporting:system; under "
    "aws:elasticbeanstalk:command it is ignored.",
    f"two pages of the guide show it under :command, the table of options does not have it there: {OPTIONS}",
    "health-threshold", assumption=True,
)  # fmt: skip
INVALID = rule("invalid", "A value that an option does not take fails the update.", OPTIONS, "bad-option")
REMOVE = rule("remove", "What was set directly or by a saved configuration is stored and can be removed; then files "
              "count again.", f"{PRECEDENCE}; {REMOVING}", "stored")  # fmt: skip
WANTS = rule("wants", "Each source is looked at, from the weakest to the strongest.", PRECEDENCE, "precedence")
LATER = rule("later", "Of two files the later one wins.",
             f"the guide gives the order of files but not which of two wins: {PRECEDENCE}", "file-order",
             assumption=True)  # fmt: skip
WINS = rule("wins", "Direct settings beat saved configurations, these beat files, and files beat defaults.", PRECEDENCE,
            "precedence")  # fmt: skip
DEFAULT = rule("default", "The default counts where nothing else is set.", PRECEDENCE, "precedence")
INSTANCE_TYPES = rule("instanceTypes", "InstanceTypes replaces InstanceType; without Spot its first one is used.",
                      OPTIONS, "instance-types")  # fmt: skip

# Documented values: those that a client sets by itself (PRECEDENCE; CLI)

ENHANCED_HEALTH: Settings = {(options.HEALTH, "SystemType"): "enhanced"}
"""Of the EB CLI and the console, for every environment."""
APPLICATION_BALANCER: Settings = {(options.ENVIRONMENT, "LoadBalancerType"): "application"}
"""Of the EB CLI and the console, where there is a load balancer."""
BATCHES: Settings = {(options.COMMAND, "BatchSize"): "30", (options.COMMAND, "BatchSizeType"): "Percentage"}
"""Of the EB CLI, for every environment."""
WEB_TIER: Settings = {(options.ELB_POLICIES, "ConnectionDrainingEnabled"): "true", (options.ELB, "CrossZone"): "true"}
"""Of the EB CLI, for a web server environment."""
ROLLING_UPDATES: Settings = {(options.ROLLING, "RollingUpdateEnabled"): "true",
                             (options.ROLLING, "RollingUpdateType"): "Health"}  # fmt: skip
"""Of the EB CLI, for a web server environment with a load balancer."""
DATABASE: Settings = {(options.RDS, "DBDeletionPolicy"): "Snapshot"}
"""Of the EB CLI, where the environment has a database."""

INSTANCE_TYPE = (options.LAUNCH, "InstanceType")
TYPES = (options.INSTANCES, "InstanceTypes")
ENGINE, STORAGE = (options.RDS, "DBEngine"), (options.RDS, "DBAllocatedStorage")
UPDATE_LIMITS = ((options.ROLLING, "MaxBatchSize"), (options.ROLLING, "MinInstancesInService"))
THRESHOLD = (options.COMMAND, "HealthCheckSuccessThreshold")
STORED = ("direct", "recommended", "saved")
"""Sources that are stored in the environment, so that an option can be removed from them."""


NAMED = {
    "direct": "the direct setting", "recommended": "the recommended value", "saved": "the saved configuration",
}  # fmt: skip
"""The sources that have no path, as steps name them."""


class Given(StrictStruct, rename=None):
    """The sources of one environment's options."""

    client: Client = "API"
    """What created the environment; the console and the EB CLI set recommended values of their own."""
    direct: Any = None
    """Options set directly on the environment, in any form that Elastic Beanstalk writes them."""
    saved_configuration: Any = None
    """The saved configuration that the environment was created from, as its file or its options."""
    bundle: dict[str, Any] = {}
    """The source bundle: the text or the parsed content of each file by its path."""
    environment: Environment = field(default_factory=Environment)
    """The environment; only its tier is read."""
    remove: list[tuple[str, str]] = []
    """Options removed from the environment, each as [namespace, option name]."""
    ask: list[tuple[str, str]] | None = None
    """Options to resolve, each as [namespace, option name]; null for every option that a source sets."""


class SourceValue(TypedDict):
    """A source that sets an option."""

    source: str
    """`direct`, `recommended`, `saved` or the path of a file."""
    value: str
    """The value that it sets."""


class OptionValue(TypedDict):
    """The value of an option and where it comes from."""

    namespace: str
    """The option's namespace, such as `aws:autoscaling:asg`."""
    option_name: str
    """The option's name inside the namespace."""
    value: str | None
    """The value that applies; null where nothing sets the option and it has no default."""
    source: Annotated[
        str,
        Phrases(
            {
                "direct": "The direct setting",
                "recommended": "The recommended value of the EB CLI or console",
                "saved": "The saved configuration",
                "default": "The default value",
            }
        ),
    ]
    """`direct`, `recommended`, `saved`, the path of a file, or `default`."""
    overridden: list[SourceValue]
    """The other sources that set the option, strongest first."""


class Resolution(Outcome):
    """The value of each option, and what is wrong with the sources."""

    status: Annotated[Literal["resolved"] | None, Phrases({"resolved": "The options are resolved"})] = None
    """Always `resolved`."""
    values: list[OptionValue] = []
    """The options asked for, in the order asked; else all that are set, by namespace and name."""
    warnings: list[str] = []
    """Files that are not read or are skipped, and values that are refused or ignored."""


# The run

Layer = tuple[str, Settings]
"""A source and what it sets."""


def resolve(given: Given, run: Run) -> None:
    """Read every source, take away what was removed, then look at each option asked for."""
    sources = Sources(given, run)
    sources.read()
    sources.remove()
    keys = given.ask
    if keys is None:
        keys = sorted({key for _, settings in sources.layers for key in settings})
    for key in keys:
        sources.resolve(key)
    if run.outcome["status"] is None:
        run.step(DEFAULT, "Nothing is set, so every option has its default", status="resolved")


class Sources:
    """The sources of one environment, strongest first."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run = given, run
        self.layers: list[Layer] = []
        self.lines: dict[str, list[str]] = {}
        """What is drawn of each option."""

    def read(self) -> None:
        """Read every source, with warnings about what is not read."""
        for source, value in (("direct", self.given.direct), ("saved", self.given.saved_configuration)):
            for key in options.duplicates(value):
                text = f"{source}: duplicate {key}; only the last one counts"
                self.run.step(TWICE, f"{source} has a duplicate key", text, warnings=Append(text))
        self.run.not_read(options.not_read(self.given.direct, "/direct"))
        self.run.not_read(options.not_read(self.given.saved_configuration, "/saved_configuration"))
        direct = self.accepted("direct", read_settings(self.given.direct, "/direct"))
        saved = self.accepted("saved", read_settings(self.given.saved_configuration, "/saved_configuration"))
        recommended = recommended_values(self.given, direct)
        client = self.given.client
        if recommended:
            self.run.step(CONSOLE if client == "console" else RECOMMENDED,
                          f"{client} sets {len(recommended)} recommended values", _listed(recommended))  # fmt: skip
        elif client == "EB CLI":
            self.run.step(NO_DEFAULTS, "The EB CLI adds no values of its own")
        files = [(file.path, self.read_file(file)) for file in ebextensions.config_files(self.given.bundle)]
        for path, why in ebextensions.overlooked(self.given.bundle):
            self.run.step(OVERLOOKED, f"{path} is not read", f"{path}: {why}", warnings=Append(f"{path}: {why}"))
        ordered = self.run.using(stronger_files)(files)
        by_precedence = self.run.using(strongest_first)
        self.layers = by_precedence(("direct", direct), ("recommended", recommended), ("saved", saved), ordered)

    def read_file(self, file: ebextensions.ConfigFile) -> Settings:
        """Return what one file sets; a warning says why nothing of it counts."""
        for text in file.warnings:
            self.run.step(TWICE, f"{file.path} has a duplicate key", text, warnings=Append(text))
        if file.malformed:
            problem = f"{file.path} contains invalid YAML or JSON: {file.malformed}"
            self.run.step(MALFORMED, f"{file.path} cannot be read", problem, warnings=Append(problem))
            return {}
        if file.skipped:
            self.run.step(SKIPPED, f"{file.path} is skipped", file.skipped, warnings=Append(file.skipped))
            return {}
        self.run.not_read(file.not_read({"option_settings": None}))
        count = len(file.settings)
        self.run.step(READ, f"{file.path} sets {count} option{'' if count == 1 else 's'}", _listed(file.settings))
        return self.accepted(file.path, file.settings)

    def accepted(self, source: str, settings: Settings) -> Settings:
        """Return the settings without those that Elastic Beanstalk ignores; it warns of what is refused."""
        for key, wrong in options.problems(settings):
            message = options.invalid(key, settings[key], wrong)
            title = f"{source}: {key[1]} does not take `{settings[key]}`"
            self.run.step(INVALID, title, f"{source}: {message}", warnings=Append(f"{source}: {message}"))
        if THRESHOLD in settings:
            warning = Append(f"{source}: {MISPLACED.statement}")
            self.run.step(MISPLACED, f"{source}: {THRESHOLD[1]} is ignored", warnings=warning)
        return {key: value for key, value in settings.items() if key != THRESHOLD}

    def remove(self) -> None:
        """Take the removed options out of what is stored in the environment."""
        for key in self.given.remove:
            held = [
                source for source, settings in self.layers if source in STORED and settings.pop(key, None) is not None
            ]
            self.run.step(REMOVE, f"{key[1]} is removed from {' and '.join(held) or 'no stored setting'}")

    def resolve(self, key: Key) -> None:
        """Settle one option: every source that sets it, and which of them applies."""
        counts = key not in self.given.remove or self.run.using(files_surface)()
        setting: list[SourceValue] = [
            {"source": source, "value": settings[key]} for source, settings in self.layers if counts and key in settings
        ]
        for weaker in setting[:0:-1]:
            title = f"{weaker['source']} wants {key[1]} {weaker['value']}"
            drawn = self.drawn(key, f"{weaker['source']} wants {weaker['value']}")
            self.run.step(WANTS, title, "Another source beats this one.", draw=drawn)
        strongest = [entry["source"] for entry in setting[:2]]
        if len(strongest) == 2 and all(source.startswith(ebextensions.FOLDER) for source in strongest):
            self.run.step(LATER, f"{strongest[0]} comes after {strongest[1]}")
        types = next(((source, settings[TYPES]) for source, settings in self.layers if TYPES in settings), None)
        if key == INSTANCE_TYPE and types:
            own = setting[0]["value"] if setting else None
            value = self.run.using(instance_type)(own, types[1])
            if value != own or not setting:
                title = f"InstanceTypes of {types[0]} decides: {value}"
                return self.settle(INSTANCE_TYPES, key, value, types[0], setting, title)
        if not setting:
            value = self.default(key)
            title = f"{key[1]} has its default, {value}" if value is not None else f"{key[1]} has no default"
            return self.settle(DEFAULT, key, value, "default", [], title)
        best, *rest = setting
        title = f"{key[1]} is {best['value']}, set by {NAMED.get(best['source'], best['source'])}"
        return self.settle(WINS, key, best["value"], best["source"], rest, title)

    def default(self, key: Key) -> str | None:
        """Return the default; a rolling update's limits follow from the group's size, storage from the engine."""
        if key == STORAGE:
            engine = next((settings[ENGINE] for _, settings in self.layers if ENGINE in settings), "mysql")
            return options.STORAGE.get(engine, (None,))[0]
        if key not in UPDATE_LIMITS:
            return options.default(key)
        weakest_first = (item for _, settings in reversed(self.layers) for item in settings.items())
        sizes = {key: value for key, value in weakest_first if key[0] == options.ASG}
        invalid = dict(options.problems(sizes))
        limits = options.update_limits({key: value for key, value in sizes.items() if key not in invalid})
        return str(limits[UPDATE_LIMITS.index(key)])

    def settle(
        self, by: Rule, key: Key, value: str | None, source: str, overridden: list[SourceValue], title: str
    ) -> None:
        """Give the option its value."""
        entry: OptionValue = {"namespace": key[0], "option_name": key[1], "value": value, "source": source,
                              "overridden": overridden}  # fmt: skip
        count = len(overridden)
        others = ", ".join(f"{NAMED.get(one['source'], one['source'])} ({one['value']})" for one in overridden)
        why = f"Overridden: {others}." if count else ""
        drawn = self.drawn(key, f"= {'no value' if value is None else value} ({source})")
        self.run.step(by, title, why, draw=drawn, values=Append(entry), status="resolved")

    def drawn(self, key: Key, line: str) -> Draw:
        """Return the picture with one more line of an option."""
        title = " ".join(key)
        self.lines.setdefault(title, []).append(line)
        return {("texts", title): "\n".join(self.lines[title])}


def recommended_values(given: Given, direct: Settings) -> Settings:
    """Return what the client sets when it creates the environment, as far as AWS says with which value."""
    if given.client == "API":
        return {}
    web = not given.environment.worker
    scalable = web and not single(direct)
    values = ENHANCED_HEALTH | (APPLICATION_BALANCER if scalable else {})
    if given.client == "console":
        return values
    if given.saved_configuration:
        return {}
    values |= BATCHES | (WEB_TIER if web else {}) | (ROLLING_UPDATES if scalable else {})
    return values | DATABASE if any(namespace == options.RDS for namespace, _ in direct) else values


def _listed(settings: Settings) -> str:
    return ", ".join(f"{name} {value}" for (_, name), value in settings.items())


# The rule functions that beliefs replace


def strongest_first(direct: Layer, recommended: Layer, saved: Layer, files: list[Layer]) -> list[Layer]:
    """Return the sources by precedence; `files` come with the strongest first."""
    return [direct, recommended, saved, *files]


def stronger_files(files: list[Layer]) -> list[Layer]:
    """Return the files with the strongest first: a later one wins over an earlier one."""
    return files[::-1]


def files_surface() -> bool:
    """Return whether a file's setting counts after the option was removed from the environment."""
    return True


def instance_type(single_type: str | None, types: str) -> str | None:
    """Return the InstanceType that is used where InstanceTypes is set too."""
    return types.split(",")[0].strip()


# What people believe instead

belief(strongest_first, "files-win", "files in .ebextensions overrule what was set in the console or by the CLI",
       "They are weaker than direct settings and saved configurations; only defaults are weaker still.",
       "precedence")(lambda direct, recommended, saved, files: [*files, direct, recommended, saved])  # fmt: skip
belief(strongest_first, "saved-beats-direct", "a saved configuration overrules direct settings",
       "Direct settings are the strongest source.",
       "precedence")(lambda direct, recommended, saved, files: [saved, direct, recommended, *files])  # fmt: skip
belief(strongest_first, "recommended-are-only-defaults", "recommended values give way to files, as defaults do",
       "They are set directly when the environment is created, so they beat saved configurations and files.",
       "recommended")(lambda direct, recommended, saved, files: [direct, saved, *files, recommended])  # fmt: skip
belief(stronger_files, "first-file-wins", "the first file that sets an option wins",
       "Files are processed in the order of their names, and the later one wins.",
       "file-order")(lambda files: files)  # fmt: skip
belief(files_surface, "removing-gives-the-default", "an option that is removed has its default",
       "What a file sets counts again; the default comes only when the file no longer sets it.",
       "stored")(lambda: False)  # fmt: skip
belief(instance_type, "instance-type-wins", "InstanceType beats InstanceTypes where both are set",
       "InstanceTypes replaces it; without Spot the first of its types is used.",
       "instance-types")(lambda single_type, types: single_type)  # fmt: skip

SIMULATION = mechanism.simulation(
    title="Precedence of configuration options", view="texts", given=Given, outcome=Resolution, run=resolve,
    initial_state=lambda given: {"texts": {}},
    from_folder=FolderReader(lambda own: {"client": "API", "bundle": ebextensions.bundle_of(own.files)}),
)  # fmt: skip
