"""The Install event: first what is to be done is worked out, then it is done, command by command.

Working out happens on the disk as the cleanup left it and changes nothing; whatever is wrong there ends
the deployment before a single file is copied.
"""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dva.aws.ruby import to_s
from dva.simulations.codedeploy._appspec_file import AppSpec, Permission
from dva.simulations.codedeploy.codedeploy_agent import rules
from dva.simulations.codedeploy.codedeploy_agent.disk import Disk, expand
from dva.trace import Rule

CODES = {"ScriptMissing": 1, "ScriptNotExecutable": 2, "ScriptTimedOut": 3, "ScriptFailed": 4, "UnknownError": 5}
"""The agent's numbers for script errors (hook_executor.rb), by the API's words (LifecycleErrorCode)."""


class Failed(Exception):
    """The deployment fails on the instance; `code` is the API's word for it, one of CODES."""

    def __init__(self, rule: Rule, message: str, code: str = "UnknownError", title: str = "") -> None:
        super().__init__(message)
        self.rule, self.message, self.code, self.title = rule, message, code, title or message


def impossible(rule: Rule, message: str) -> Failed:
    """Return how a deployment fails where Install cannot be worked out."""
    return Failed(rule, message, title=f"Install fails: {message}")


@dataclass(frozen=True)
class Command:
    """Something to do with a path of the instance."""

    kind: Literal["mkdir", "copy", "permission"]
    path: str
    source: str = ""
    """What is copied: a path of the revision."""
    permission: str = ""
    """What is set, in words."""


class Plan:
    """What Install will do. The AppSpec's behavior beats the deployment's option; raises Failed.

    `bundle` is the revision: relative paths to text. `conflict` is the rule function, or what stands in its place.
    """

    def __init__(self, disk: Disk, bundle: Mapping[str, str], appspec: AppSpec, option: str,
                 conflict: Callable[[str, str], str]) -> None:  # fmt: skip
        self.disk, self.bundle, self.inside = disk, bundle, _tree(bundle)
        self.behavior, self.conflict = appspec.file_exists_behavior or option, conflict
        self.commands: list[Command] = []
        self.copies: dict[str, str] = {}
        self.folders: dict[str, None] = {}
        """Folders to make, in order."""
        self.permissions: set[str] = set()
        self.retained: list[str] = []
        self.overwritten: list[str] = []
        for file in appspec.files:
            self._entry(file.source, file.destination)
        for permission in appspec.permissions:
            self._permission(permission)

    def _entry(self, source: Any, destination: Any) -> None:
        """Add one entry of `files`."""
        if not isinstance(source, str) or not isinstance(destination, str):
            raise impossible(rules.IMPOSSIBLE, f"{to_s(source)} to {to_s(destination)}: a path must be text")
        inside, target = self._inside(source), expand(destination)
        if inside == "" or inside in self.inside:
            self._ancestors(target)
            self._folder(inside, target)
        else:
            target = target.rstrip("/") + "/" + posixpath.basename(inside)
            self._ancestors(target)
            self._file(inside, target)

    def _inside(self, source: str) -> str:
        depth = 0
        for part in source.split("/"):
            depth += -1 if part == ".." else part not in ("", ".")
            if depth < 0:
                raise impossible(rules.OUTSIDE, f"the source {source} leads out of the revision")
        return expand(source)[1:]

    def _ancestors(self, target: str) -> None:
        missing, folder = [], posixpath.dirname(target)
        while folder != "/" and not self.disk.exists(folder):
            missing.append(folder)
            folder = posixpath.dirname(folder)
        for path in reversed(missing):
            self._mkdir(path)

    def _folder(self, inside: str, target: str) -> None:
        """Add the contents of a folder, name by name."""
        if target not in self.disk.folders:
            self._mkdir(target)
        start = inside + "/" if inside else ""
        for each in sorted(self.inside.get(inside, ())):
            path, goal = start + each, target.rstrip("/") + "/" + each
            if path in self.bundle:
                self._file(path, goal)
            else:
                self._folder(path, goal)

    def _file(self, source: str, target: str) -> None:
        if self.disk.exists(target):
            decision = self.conflict(self.behavior, target)
            if decision == "fail":
                raise impossible(rules.CONFLICT, f"a file exists already at {target}")
            if decision == "keep":
                self.retained.append(target)
                return
            self.overwritten.append(target)
        if target in self.copies:
            raise impossible(rules.IMPOSSIBLE, f"{self.copies[target]} and {source} both go to {target}")
        if target in self.folders:
            raise impossible(rules.IMPOSSIBLE, f"{target} is to be a file and a folder")
        self.commands.append(Command("copy", target, source))
        self.copies[target] = source

    def _mkdir(self, path: str) -> None:
        if path in self.copies:
            raise impossible(rules.IMPOSSIBLE, f"{path} is to be a file and a folder")
        if path not in self.folders:
            self.commands.append(Command("mkdir", path))
            self.folders[path] = None

    def _permission(self, permission: Permission) -> None:
        """Add one entry of `permissions`."""
        target = expand(permission.object)
        if target in self.copies:
            if "file" in permission.type:
                if permission.pattern != "**" or permission.excepted:
                    what = "an exception" if permission.pattern == "**" else f"the pattern {to_s(permission.pattern)}"
                    raise impossible(rules.BAD_PERMISSION, f"{permission.object} is a file and cannot have {what}")
                self._check_acls(permission)
                self._set(target, permission)
        elif target in self.folders or target in self.disk.folders:
            for match in self._matches(target, permission):
                self._set(match, permission)

    def _check_acls(self, permission: Permission) -> None:
        if any(entry.startswith("default:") for entry in permission.acls or ()):
            raise impossible(rules.BAD_PERMISSION, f"{permission.object}: a default acl is for folders only")

    def _matches(self, folder: str, permission: Permission) -> list[str]:
        start, kinds = folder.rstrip("/") + "/", permission.type
        files = [path for path in self.copies if "file" in kinds and _matches(path, start, permission)]
        if files:
            self._check_acls(permission)
        return files + [path for path in self.folders if "directory" in kinds and _matches(path, start, permission)]

    def _set(self, path: str, permission: Permission) -> None:
        if path in self.permissions:
            raise impossible(rules.BAD_PERMISSION, f"permissions of {path} are given twice")
        self.permissions.add(path)
        what = {"mode": permission.mode, "owner": permission.owner, "group": permission.group}
        what["acls"] = ",".join(permission.acls or ())
        words = ", ".join(f"{word} {to_s(value)}" for word, value in what.items() if value)
        self.commands.append(Command("permission", path, permission=words or "nothing"))


def _tree(bundle: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the names in each folder of the bundle; the empty name is its top."""
    tree: dict[str, set[str]] = {}
    for path in bundle:
        while path:
            folder, _, leaf = path.rpartition("/")
            tree.setdefault(folder, set()).add(leaf)
            path = folder
    return tree


def _matches(path: str, start: str, permission: Permission) -> bool:
    if not path.startswith(start):
        return False
    rest = path[len(start) :]
    fits = permission.pattern == "**" or _glob(rest, permission.pattern)
    return fits and not any(_glob(rest, pattern) for pattern in permission.excepted)


def _glob(rest: str, pattern: Any) -> bool:
    """Whether a name fits a pattern, in which a star stands for any letters but `/`."""
    if "/" in rest or not isinstance(pattern, str):
        return False
    return re.fullmatch(re.sub(r"(?:\\\*)+", ".*", re.escape(pattern)), rest, re.DOTALL) is not None
