"""A buildspec as CodeBuild reads it: YAML 1.1 text in; phases, variables, artifacts and all problems out."""

import re
from dataclasses import dataclass, field
from typing import Any

from dva.aws import patterns, yaml11
from dva.aws.document import Keys, keys_not_read
from dva.errors import GivenError
from dva.jsonpointer import join
from dva.simulations.codebuild.codebuild.documents import Problem

# Build specification reference

VERSIONS = ("0.1", "0.2")
PHASES = ("install", "pre_build", "build", "post_build")
WITHOUT_COMMANDS = ("install",)
"""Phases that need no commands: install may have runtime versions alone."""
ON_FAILURE = re.compile(r"ABORT|CONTINUE|RETRY(?:-(?P<times>\d{1,3})(?![^-]))?(?:-(?P<pattern>.+))?", re.DOTALL)
MAX_FALLBACK_KEYS, MAX_RETRIES = 5, 100
ARTIFACT: Keys = {"files": None, "base-directory": None, "exclude-paths": None, "discard-paths": None}
READ: Keys = {
    "version": None,
    "phases": {"*": {"commands": None, "finally": None, "on-failure": None}},
    "artifacts": {**ARTIFACT, "secondary-artifacts": {"*": ARTIFACT}},
    "cache": {"paths": None, "fallback-keys": None},
}
"""What is read of a buildspec, beside its variables."""
VARIABLES: Keys = {"parameter-store": None, "secrets-manager": None, "exported-variables": None}
YES = (True, "yes", "true", "on")


@dataclass(frozen=True)
class Phase:
    """One phase of the buildspec."""

    commands: tuple[str, ...] = ()
    final: tuple[str, ...] = ()
    on_failure: str = ""


@dataclass(frozen=True)
class Artifact:
    """One artifacts section, the primary or a secondary one."""

    files: tuple[str, ...]
    base: str = ""
    exclude: tuple[str, ...] = ()
    flat: bool = False


@dataclass
class Buildspec:
    """A buildspec that has been read; `problems` says what CodeBuild would refuse."""

    version: str = "0.2"
    phases: dict[str, Phase] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    exported: tuple[str, ...] = ()
    artifact: Artifact | None = None
    secondary: dict[str, Artifact] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)
    """Pointers, from the buildspec, of what is not looked at."""

    def problem(self, code: str, message: str, *path: str | int) -> None:
        """Add a problem at a path of the buildspec."""
        self.problems.append({"code": code, "path": join(*path), "message": message})


def text_of(value: Any) -> str:
    """Return a value as an environment variable has it: true and false in lower case, null empty."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def fits_retry(pattern: str | None, message: str) -> bool:
    """Return whether a message fits the pattern of RETRY; none fits all, and one that is not valid fits nothing."""
    try:
        return patterns.compile(pattern or "").search(message)
    except patterns.InvalidPattern:
        return False


def read_buildspec(document: str | dict[str, Any]) -> Buildspec:
    """Return the buildspec with everything that is wrong with it."""
    spec = Buildspec()
    if isinstance(document, str):
        try:
            document = yaml11.read(document, strict=False).value
        except yaml11.YamlError as problem:
            spec.problem("YAML_SYNTAX", f"line {problem.line}: {problem.message}")
            return spec
    if not isinstance(document, dict):
        spec.problem("YAML_SYNTAX", "a buildspec is a mapping")
        return spec
    _version(document, spec)
    _phases(document.get("phases"), spec)
    _env(document, spec)
    _artifacts(document.get("artifacts"), spec)
    _cache(document.get("cache"), spec)
    section, variables = _env_keys(spec)
    spec.not_read += keys_not_read(document, {**READ, section: {**VARIABLES, variables: None}}, "")
    return spec


def _env_keys(spec: Buildspec) -> tuple[str, str]:
    """Return the keys under which the version of the buildspec has its variables."""
    return ("environment_variables", "plaintext") if spec.version == "0.1" else ("env", "variables")


def _version(document: dict[Any, Any], spec: Buildspec) -> None:
    version = document.get("version")
    if isinstance(version, bool) or str(version) not in VERSIONS:
        spec.problem("VERSION", f"version is 0.1 or 0.2, not {text_of(version) or 'absent'}", "version")
    else:
        spec.version = str(version)


def _phases(phases: Any, spec: Buildspec) -> None:
    if not isinstance(phases, dict) or not phases:
        spec.problem("PHASES", "phases is required, a mapping of phases", "phases")
        return
    for name, phase in phases.items():
        if name not in PHASES:
            spec.problem("PHASE_UNKNOWN", f"there is no phase `{name}`", "phases", str(name))
        else:
            spec.phases[name] = _phase(name, _mapping(phase), spec)


def _phase(name: str, phase: dict[Any, Any], spec: Buildspec) -> Phase:
    commands = _commands(phase.get("commands"), spec, "phases", name, "commands")
    final = _commands(phase.get("finally"), spec, "phases", name, "finally")
    if not (phase.get("commands") or phase.get("finally")) and name not in WITHOUT_COMMANDS:
        spec.problem("COMMANDS_REQUIRED", f"{name} needs commands or finally", "phases", name, "commands")
    on_failure = text_of(phase.get("on-failure"))
    found = ON_FAILURE.fullmatch(on_failure)
    try:
        fits_retry(found["pattern"] if found else None, "")
    except patterns.UnsupportedPattern as problem:
        raise GivenError(f"this pattern of RETRY is not simulated: {problem}", pointer="/buildspec") from None
    if on_failure and (found is None or int(found["times"] or 0) > MAX_RETRIES):
        spec.problem("ON_FAILURE", f"on-failure cannot be `{on_failure}`", "phases", name, "on-failure")
    return Phase(commands, final, on_failure)


def _commands(value: Any, spec: Buildspec, *path: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        spec.problem("COMMANDS_NOT_A_LIST", "commands are a list", *path)
        return ()
    for index, command in enumerate(value):
        if not isinstance(command, str):
            kind = "a mapping: quote the command" if isinstance(command, dict) else "not text"
            spec.problem("COMMAND_NOT_TEXT", f"the command is {kind}", *path, index)
    return tuple(command.strip() for command in value if isinstance(command, str))


def _env(document: dict[Any, Any], spec: Buildspec) -> None:
    """Read environment_variables/plaintext (0.1) or env/variables (0.2); the key of the other version is ignored."""
    section, variables = _env_keys(spec)
    env = _mapping(document.get(section))
    spec.variables = _texts(env.get(variables))
    spec.parameters = _texts(env.get("parameter-store"))
    spec.secrets = _texts(env.get("secrets-manager"))
    spec.exported = _list(env.get("exported-variables"))
    for name, reference in spec.secrets.items():
        if all(secret_parts(reference)[2:]):
            message = f"{name} names a version stage and a version id"
            spec.problem("SECRET_REFERENCE", message, "env", "secrets-manager", name)


def secret_parts(reference: str) -> tuple[str, str, str, str]:
    """Split `id:json-key:version-stage:version-id`; an ARN has six colons of its own."""
    begin = 7 if reference.startswith("arn:") else 1
    words = reference.split(":")
    key, stage, version = [*words[begin:], "", "", ""][:3]
    return ":".join(words[:begin]), key, stage, version


def _artifacts(section: Any, spec: Buildspec) -> None:
    if section is None:
        return
    secondary = _mapping(_mapping(section).get("secondary-artifacts"))
    if not secondary or _list(_mapping(section).get("files")):
        spec.artifact = _artifact(section, spec, "artifacts")
    for name, one in secondary.items():
        spec.secondary[str(name)] = _artifact(one, spec, "artifacts", "secondary-artifacts", str(name))


def _artifact(section: Any, spec: Buildspec, *path: str) -> Artifact:
    section = _mapping(section)
    files, exclude = _list(section.get("files")), _list(section.get("exclude-paths"))
    if not files:
        spec.problem("FILES_REQUIRED", "artifacts need files", *path, "files")
    return Artifact(files, text_of(section.get("base-directory")), exclude, section.get("discard-paths") in YES)


def _cache(section: Any, spec: Buildspec) -> None:
    if not isinstance(section, dict):
        return
    if not _list(section.get("paths")):
        spec.problem("PATHS_REQUIRED", "cache needs paths", "cache", "paths")
    if len(_list(section.get("fallback-keys"))) > MAX_FALLBACK_KEYS:
        spec.problem("FALLBACK_KEYS", f"at most {MAX_FALLBACK_KEYS} fallback-keys", "cache", "fallback-keys")


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> dict[str, str]:
    return {text_of(name): text_of(item) for name, item in _mapping(value).items()}


def _list(value: Any) -> tuple[str, ...]:
    if value is None or isinstance(value, dict):
        return ()
    return tuple(text_of(item) for item in value) if isinstance(value, list) else (text_of(value),)
