"""What is to be run, in order: the commands of the files and the platform hooks between them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dva.simulations._before import Rule
from dva.simulations.beanstalk._ebextensions import ConfigFile
from dva.simulations.beanstalk.beanstalk_ebextensions import _rules as rules

HOOK_FOLDER = ".platform/hooks/"
CONFIG_HOOKS = ".platform/confighooks/"
WORKFLOW = ("commands", "prebuild", "container_commands", "predeploy", "postdeploy")


def by_name(names: list[str]) -> list[str]:
    """Commands of a key are processed in alphabetical order."""
    return sorted(names)


def leader_first(entries: list["Command"]) -> list["Command"]:
    """leader_only commands come before the other container_commands."""
    return sorted(entries, key=lambda command: not command.leader_only)


def runs_here(leader_only: bool, leader: bool) -> bool:
    """Whether an instance runs a container command."""
    return leader or not leader_only


def test_counts(leader_only: bool) -> bool:
    """Whether a command's test is asked."""
    return not leader_only


def stops(code: int, ignore_errors: bool) -> bool:
    """Whether a result ends the run of an instance."""
    return code != 0 and not ignore_errors


def has_leader(operation: str) -> bool:
    """Whether an instance is chosen for leader_only commands."""
    return operation != "launch-config-change"


def workflow(operation: str) -> tuple[str, ...]:
    """The stages of bringing up an instance."""
    return WORKFLOW


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    by_name: Callable[[list[str]], list[str]] = by_name
    leader_first: Callable[[list["Command"]], list["Command"]] = leader_first
    runs_here: Callable[[bool, bool], bool] = runs_here
    test_counts: Callable[[bool], bool] = test_counts
    stops: Callable[[int, bool], bool] = stops
    has_leader: Callable[[str], bool] = has_leader
    workflow: Callable[[str], tuple[str, ...]] = workflow


@dataclass(frozen=True)
class Command:
    """One thing to run: a command of a file, or a hook."""

    name: str
    stage: str
    source: str
    entry: Mapping[str, Any] = field(default_factory=dict)

    @property
    def leader_only(self) -> bool:
        """Whether one instance runs it for all; there is no such thing among `commands`."""
        return self.stage == "container_commands" and _true(self.entry.get("leader_only"))

    @property
    def ignores_errors(self) -> bool:
        """Whether the others run although it fails."""
        return _true(self.entry.get("ignoreErrors"))

    @property
    def rule(self) -> Rule:
        """The rule by which it runs."""
        if self.leader_only:
            return rules.LEADER
        return {"commands": rules.COMMANDS, "container_commands": rules.CONTAINER}.get(self.stage, rules.HOOK)


def planned(files: list[ConfigFile], bundle: Mapping[str, Any], operation: str, how: How) -> list[Command]:
    """Everything that may run on an instance, in order."""
    return [command for stage in how.workflow(operation) for command in _stage(stage, files, bundle, how)]


def _stage(stage: str, files: list[ConfigFile], bundle: Mapping[str, Any], how: How) -> Iterator[Command]:
    if stage not in ("commands", "container_commands"):
        folder = f"{HOOK_FOLDER}{stage}/"
        hooks = sorted(path for path in bundle if path.startswith(folder) and "/" not in path[len(folder) :])
        yield from (Command(path, stage, path) for path in hooks)
        return
    for file in files:
        section = file.section(stage)
        commands = [Command(name, stage, file.path, section[name]) for name in how.by_name(list(section))]
        yield from how.leader_first(commands) if stage == "container_commands" else commands


def exit_code(text: Any) -> int:
    """What a command that needs no shell to know returns: `false` 1, `exit n` n, anything else is taken as 0."""
    word = str(text).strip().lower()
    found = re.fullmatch(r"exit (\d{1,3})", word)
    return int(found[1]) if found else int(word == "false")


def modes(file: ConfigFile) -> Iterator[str]:
    """What is wrong with the modes of a file's `files`."""
    for path, entry in sorted(file.section("files").items()):
        mode = entry.get("mode") if isinstance(entry, dict) else None
        if isinstance(mode, int):
            yield f"{file.path}: the mode of {path} was read as the number {mode}; quote it"
        elif isinstance(mode, str) and not re.fullmatch(r"[0-7]{3,6}", mode):
            yield f"{file.path}: the mode of {path}, `{mode}`, is not made of octal digits"


def _true(value: Any) -> bool:
    return value is True or str(value).lower() == "true"
