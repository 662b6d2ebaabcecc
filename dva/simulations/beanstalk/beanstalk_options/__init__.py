"""Which value does an Elastic Beanstalk option have, and who else wanted to set it?

In Elastic Beanstalk's order of precedence: settings applied directly to the environment (with the recommended values
that the EB CLI and the console apply), a saved configuration, the files in `.ebextensions`, the default. What was
removed no longer counts; files cannot be removed, only redeployed without the setting.
(Developer Guide, "Configuration options".) The rules stand in `_rules.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import field

from dva.aws.document import StrictStruct
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.beanstalk import _ebextensions as ebextensions
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._environment import Client, Environment, read_settings, single
from dva.simulations.beanstalk._options import Key, Settings
from dva.simulations.beanstalk.beanstalk_options import _rules as rules

INSTANCE_TYPE = (beanstalk.LAUNCH, "InstanceType")
INSTANCE_TYPES = (beanstalk.INSTANCES, "InstanceTypes")
LIMITS = ((beanstalk.ROLLING, "MaxBatchSize"), (beanstalk.ROLLING, "MinInstancesInService"))
MISPLACED = (beanstalk.COMMAND, "HealthCheckSuccessThreshold")

Layer = tuple[str, Settings]
"""A source and what it sets."""


class Given(StrictStruct, rename=None):
    client: Client = "API"
    direct: Any = None
    saved_configuration: Any = None
    bundle: dict[str, Any] = {}
    environment: Environment = field(default_factory=Environment)
    remove: list[tuple[str, str]] = []
    ask: list[tuple[str, str]] | None = None


def given_from(files: Mapping[str, str]) -> dict[str, Any]:
    """The input for a folder of one's own: {relative path: text}, of the project or of `.ebextensions` itself."""
    return {"client": "API", "bundle": ebextensions.bundled(files)}


# The rule functions that beliefs replace.


def strongest_first(direct: Layer, recommended: Layer, saved: Layer, files: list[Layer]) -> list[Layer]:
    """The sources by precedence; `files` come with the strongest first."""
    return [direct, recommended, saved, *files]


def stronger_files(files: list[Layer]) -> list[Layer]:
    """Files with the strongest first: a later one wins over an earlier one."""
    return files[::-1]


def counts_after_removal(key: Key, removed: list[Key], layer: str) -> bool:
    """Whether a file's setting counts although the option was removed from the environment."""
    return True


def instance_type(own: str | None, types: str) -> str | None:
    """InstanceType where InstanceTypes is set too."""
    return types.split(",")[0].strip()


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    strongest_first: Callable[[Layer, Layer, Layer, list[Layer]], list[Layer]] = strongest_first
    stronger_files: Callable[[list[Layer]], list[Layer]] = stronger_files
    counts_after_removal: Callable[[Key, list[Key], str], bool] = counts_after_removal
    instance_type: Callable[[str | None, str], str | None] = instance_type


def recommended(given: Given, direct: Settings) -> Settings:
    """What the client sets when it creates the environment, as far as AWS says with which value."""
    if given.client == "API":
        return {}
    web = not given.environment.worker
    scalable = web and not single(direct)
    values = {(beanstalk.HEALTH, "SystemType"): "enhanced"}
    if scalable:
        values[beanstalk.ENVIRONMENT, "LoadBalancerType"] = "application"
    if given.client == "console":
        return values
    if given.saved_configuration:
        return {}
    values |= {(beanstalk.COMMAND, "BatchSize"): "30", (beanstalk.COMMAND, "BatchSizeType"): "Percentage"}
    if web:
        values |= {(beanstalk.ELB_POLICIES, "ConnectionDrainingEnabled"): "true", (beanstalk.ELB, "CrossZone"): "true"}
    if scalable:
        rolling = {"RollingUpdateEnabled": "true", "RollingUpdateType": "Health"}
        values |= {(beanstalk.ROLLING, name): value for name, value in rolling.items()}
    if any(namespace == beanstalk.RDS for namespace, _ in direct):
        values[beanstalk.RDS, "DBDeletionPolicy"] = "Snapshot"
    return values


def start(given: Given) -> dict[str, Any]:
    return {"texts": {}}


def play(given: Given, trace: Tracer, how: How) -> None:
    """Read every source, take away what was removed, then look at each option asked for."""
    resolving = Resolving(given, trace, how)
    resolving.read()
    resolving.remove()
    keys = given.ask
    if keys is None:
        keys = sorted({key for _, settings in resolving.layers for key in settings})
    for key in keys:
        resolving.resolve(key)
    if trace.outcome["status"] is None:
        trace.step(rules.DEFAULT, "Nothing is set, so every option has its default", rules.DEFAULT.says,
                   changes={"/outcome/status": "resolved"})  # fmt: skip


class Resolving:
    """The sources of one environment, strongest first."""

    def __init__(self, given: Given, trace: Tracer, how: How) -> None:
        self.given, self.trace, self.how = given, trace, how
        self.removed: list[Key] = list(given.remove)
        self.layers: list[Layer] = []

    def read(self) -> None:
        """Every source, with warnings about what is not read."""
        direct = self.clean("direct", read_settings(self.given.direct, "/direct"))
        saved = self.clean("saved", read_settings(self.given.saved_configuration, "/saved_configuration"))
        applied = recommended(self.given, direct)
        self.tell_recommended(applied)
        files = [(file.path, self.file(file)) for file in ebextensions.config_files(self.given.bundle)]
        for path, why in ebextensions.overlooked(self.given.bundle):
            self.warn(rules.OVERLOOKED, f"{path} is not read", f"{path}: {why}")
        ordered = self.how.stronger_files(files)
        self.layers = self.how.strongest_first(("direct", direct), ("recommended", applied), ("saved", saved), ordered)

    def clean(self, source: str, settings: Settings) -> Settings:
        """The settings without those that Elastic Beanstalk ignores; what it refuses is told."""
        for key, wrong in beanstalk.problems(settings):
            message = beanstalk.invalid(key, settings[key], wrong)
            self.warn(rules.INVALID, f"{source}: {key[1]} does not take `{settings[key]}`", f"{source}: {message}")
        if MISPLACED in settings:
            self.warn(rules.MISPLACED, f"{source}: {MISPLACED[1]} is ignored", f"{source}: {rules.MISPLACED.says}")
        return {key: value for key, value in settings.items() if key != MISPLACED}

    def tell_recommended(self, applied: Settings) -> None:
        """The values that the client sets by itself."""
        client = self.given.client
        if client == "EB CLI" and not applied:
            self.trace.step(rules.NO_DEFAULTS, "The EB CLI adds no values of its own", rules.NO_DEFAULTS.says)
        elif applied:
            told = ", ".join(f"{name} {value}" for (_, name), value in applied.items())
            rule = rules.CONSOLE if client == "console" else rules.RECOMMENDED
            self.trace.step(rule, f"{client} sets {len(applied)} recommended values", f"{told}. {rule.says}")

    def file(self, file: ebextensions.ConfigFile) -> Settings:
        """What one file sets, or why nothing of it counts."""
        for text in file.warnings:
            self.warn(rules.TWICE, f"{file.path} has a key twice", text)
        if file.malformed:
            told = f"{file.path} contains invalid YAML or JSON: {file.malformed}"
            self.warn(rules.MALFORMED, f"{file.path} cannot be read", told)
            return {}
        if file.skipped:
            told = f"Error processing file (Skipping): '{file.path}' - {file.skipped}"
            self.warn(rules.SKIPPED, f"{file.path} is skipped", told)
            return {}
        count = len(file.settings)
        title = f"{file.path} sets {count} option{'' if count == 1 else 's'}"
        self.trace.step(rules.READ, title, ", ".join(f"{name} {value}" for (_, name), value in file.settings.items()))
        return self.clean(file.path, file.settings)

    def warn(self, rule: Rule, title: str, text: str) -> None:
        """A warning in the outcome."""
        self.trace.step(rule, title, text, changes={"/outcome/warnings/-": text})

    def remove(self) -> None:
        """Take away what was stored in the environment."""
        stored = [layer for layer in self.layers if layer[0] in ("direct", "recommended", "saved")]
        for key in self.removed:
            held = [source for source, settings in stored if settings.pop(key, None) is not None]
            where = " and ".join(held) or "no stored setting"
            self.trace.step(rules.REMOVE, f"{key[1]} is removed from {where}", rules.REMOVE.says)

    def resolve(self, key: Key) -> None:
        """One option: everything that wants it, and who gets it."""
        wanted = [
            {"source": source, "value": settings[key]}
            for source, settings in self.layers
            if key in settings and self.counts(key, source)
        ]
        for weaker in wanted[:0:-1]:
            self.tell(rules.WANTS, key, f"{weaker['source']} wants {key[1]} {weaker['value']}", weaker)
        files = [want["source"] for want in wanted[:2]]
        if len(files) == 2 and all(source.startswith(ebextensions.FOLDER) for source in files):
            self.trace.step(rules.LATER, f"{files[0]} comes after {files[1]}", rules.LATER.says)
        if key == INSTANCE_TYPE and self.types():
            return self.instance_type(key, wanted)
        if not wanted:
            value = self.default(key)
            told = f"{key[1]} has its default, {value}" if value is not None else f"{key[1]} has no default"
            return self.settle(rules.DEFAULT, key, value, "default", [], told)
        best, *rest = wanted
        told = f"{key[1]} is {best['value']}, set by {best['source']}"
        return self.settle(rules.WINS, key, best["value"], best["source"], rest, told)

    def default(self, key: Key) -> str | None:
        """The service's default; those of a rolling update's limits follow from the size of the group."""
        if key not in LIMITS:
            return beanstalk.default(key)
        merged: Settings = {}
        for _, settings in reversed(self.layers):
            merged |= settings
        sizes = {key: value for key, value in merged.items() if key[0] == beanstalk.ASG}
        invalid = dict(beanstalk.problems(sizes))
        limits = beanstalk.update_limits({key: value for key, value in sizes.items() if key not in invalid})
        return str(limits[LIMITS.index(key)])

    def counts(self, key: Key, source: str) -> bool:
        """Whether a source still counts for an option."""
        return key not in self.removed or self.how.counts_after_removal(key, self.removed, source)

    def types(self) -> tuple[str, str] | None:
        """(source, value) of InstanceTypes, the strongest."""
        return next(
            ((source, settings[INSTANCE_TYPES]) for source, settings in self.layers if INSTANCE_TYPES in settings), None
        )

    def instance_type(self, key: Key, wanted: list[dict[str, str]]) -> None:
        """InstanceType where InstanceTypes is set."""
        source, types = self.types() or ("default", "")
        own = wanted[0]["value"] if wanted else None
        value = self.how.instance_type(own, types)
        if value == own and wanted:
            return self.settle(rules.WINS, key, own, wanted[0]["source"], wanted[1:], f"InstanceType is {own}")
        told = f"InstanceTypes of {source} decides: {value}"
        return self.settle(rules.INSTANCE_TYPES, key, value, source, wanted, told)

    def tell(self, rule: Rule, key: Key, title: str, want: dict[str, str]) -> None:
        """A source that does not get its way."""
        line = f"{want['source']} wants {want['value']}"
        self.trace.step(rule, title, f"{rule.says} This one is beaten.", changes=self.draw(key, line))

    def settle(
        self, rule: Rule, key: Key, value: str | None, source: str, rest: list[dict[str, str]], title: str
    ) -> None:
        """The option has its value."""
        entry = {
            "namespace": key[0], "option_name": key[1], "value": value, "source": source, "overridden": rest,
        }  # fmt: skip
        changes = {"/outcome/values/-": entry, "/outcome/status": "resolved"}
        beaten = f" {len(rest)} other source{'' if len(rest) == 1 else 's'} wanted it too." if rest else ""
        shown = self.draw(key, f"= {'no value' if value is None else value} ({source})")
        self.trace.step(rule, title, rule.says + beaten, changes=changes | shown)

    def draw(self, key: Key, line: str) -> dict[str, Any]:
        """The growing text of an option."""
        if not self.trace.recording:
            return {}
        title = f"{key[0]} {key[1]}"
        before = self.trace.document["state"]["texts"].get(title)
        return {pointer("state", "texts", title): line if before is None else f"{before}\n{line}"}


BELIEFS = (
    Belief(
        "files-win", "files in .ebextensions overrule what was set in the console or by the CLI",
        "They are weaker than direct settings and saved configurations; only defaults are weaker still.",
        "strongest_first", lambda direct, recommended, saved, files: [*files, direct, recommended, saved],
        ("elastic-beanstalk-extensions.precedence",),
    ),
    Belief(
        "saved-beats-direct", "a saved configuration overrules direct settings",
        "Direct settings are the strongest source.",
        "strongest_first", lambda direct, recommended, saved, files: [saved, direct, recommended, *files],
        ("elastic-beanstalk-extensions.precedence",),
    ),
    Belief(
        "recommended-are-only-defaults", "recommended values give way to files, as defaults do",
        "They are set directly when the environment is created, so they beat saved configurations and files.",
        "strongest_first", lambda direct, recommended, saved, files: [direct, saved, *files, recommended],
        ("elastic-beanstalk-extensions.recommended",),
    ),
    Belief(
        "first-file-wins", "the first file that sets an option wins",
        "Files are processed in the order of their names, and the later one wins.",
        "stronger_files", lambda files: files, ("elastic-beanstalk-extensions.file-order",),
    ),
    Belief(
        "removing-gives-the-default", "an option that is removed has its default",
        "What a file sets counts again; the default comes only when the file no longer sets it.",
        "counts_after_removal", lambda key, removed, layer: False, ("elastic-beanstalk-extensions.stored",),
    ),
    Belief(
        "instance-type-wins", "InstanceType beats InstanceTypes where both are set",
        "InstanceTypes replaces it; without Spot the first of its types is used.",
        "instance_type", lambda own, types: own, ("elastic-beanstalk-extensions.instance-types",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="beanstalk-options",
    title="Precedence of configuration options",
    view="texts",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={"values": [], "warnings": []},
    statuses=("resolved",),
    play=play,
    how=How(),
    start=start,
)
