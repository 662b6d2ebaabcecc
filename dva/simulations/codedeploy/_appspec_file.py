"""An AppSpec file for EC2/on-premises as the CodeDeploy agent reads it: text in, what the agent understands out.

Order and strictness are those of aws/aws-codedeploy-agent 1.8.1, application_specification/*.rb: version, os, hooks,
files, permissions, file_exists_behavior, and the first thing that is wrong ends it. The agent raises one kind
of exception; the categories are dva's. MALFORMED is everything that is no valid YAML or of a wrong type.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dva.aws.ruby import inspect, to_i, to_s
from dva.aws.yaml11 import Document, Symbol, YamlError, read

DEFAULT_TIMEOUT = 3600
BEHAVIORS = ("DISALLOW", "OVERWRITE", "RETAIN")
TYPES = ("file", "directory")


class Invalid(Exception):
    """The agent does not take the file: dva's category, a message, the 1-based line."""

    def __init__(self, category: str, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.category, self.message, self.line = category, message, line


@dataclass(frozen=True)
class Script:
    location: str
    timeout: int
    runas: str | None = None
    sudo: Any = None


@dataclass(frozen=True)
class Permission:
    """One entry of `permissions`; `mode` has at least three digits, `acls` are entries as `default:user:bob:rw-`."""

    object: str
    pattern: Any = "**"
    excepted: tuple[Any, ...] = ()
    type: tuple[str, ...] = TYPES
    owner: Any = None
    group: Any = None
    mode: str | None = None
    acls: tuple[str, ...] | None = None
    context: dict[str, Any] | None = None

    def plain(self) -> dict[str, Any]:
        """As a mapping that JSON can say."""
        return {
            "object": self.object, "pattern": self.pattern, "except": list(self.excepted), "type": list(self.type),
            "owner": self.owner, "group": self.group, "mode": self.mode,
            "acls": None if self.acls is None else list(self.acls), "context": self.context,
        }  # fmt: skip


@dataclass(frozen=True)
class AppSpec:
    version: Any
    os: str
    hooks: dict[str, tuple[Script, ...]] = field(default_factory=dict)
    files: tuple[tuple[Any, Any], ...] = ()
    """(source, destination) as written."""
    permissions: tuple[Permission, ...] = ()
    file_exists_behavior: str | None = None


# What beliefs replace: each answers one question that the agent asks of a value.


def version_fits(value: Any) -> bool:
    """The number 0.0; the text "0.0" is not it."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def os_fits(value: Any, host: str) -> bool:
    """Exactly the word of the instance's own system."""
    return isinstance(value, str) and not isinstance(value, Symbol) and value == host


def timeout_seconds(value: Any) -> int | None:
    """3600 where none is given, otherwise Ruby's to_i; there is no upper limit."""
    return to_i(_given(value, DEFAULT_TIMEOUT))


def mode_text(value: Any) -> str:
    """The digits as the agent sees them: an unquoted 0755 has become 493."""
    return to_s(value).rjust(3, "0")


def event_fits(event: str) -> bool:
    """The parser takes any name; unknown ones fail at Install."""
    return True


@dataclass(frozen=True)
class How:
    """The questions, one function each."""

    version_fits: Callable[[Any], bool] = version_fits
    os_fits: Callable[[Any, str], bool] = os_fits
    timeout_seconds: Callable[[Any], int | None] = timeout_seconds
    mode_text: Callable[[Any], str] = mode_text
    event_fits: Callable[[str], bool] = event_fits


class Reader:
    """Reads one file section by section, in the agent's order; each method raises Invalid where the agent would."""

    def __init__(self, text: str | dict[Any, Any], host: str, how: How | None = None) -> None:
        self.host, self.how = host, how or How()
        self.text = text if isinstance(text, str) else ""
        self.document = _document(text)
        self.value = self.document.value

    def top(self) -> None:
        """There must be something, and it must be a mapping."""
        if self.value is None or self.value is False:
            raise Invalid("EMPTY_APPSPEC", "the file is empty: it needs at least `version` and `os`")
        if not isinstance(self.value, dict):
            raise Invalid("MALFORMED", f"the file is no mapping of sections but {_kind(self.value)}")

    def version(self) -> Any:
        """The value of `version`."""
        value = self.value.get("version")
        if not self.how.version_fits(value):
            raise self._invalid("INVALID_VERSION", f"version is {_shown(value)}; it must be the number 0.0", "version")
        return value

    def os(self) -> str:
        """The value of `os`."""
        value = self.value.get("os")
        if not self.how.os_fits(value, self.host):
            message = f"os is {_shown(value)}; an agent on {self.host} takes exactly `{self.host}`"
            raise self._invalid("UNSUPPORTED_OS", message, "os")
        return str(value)

    def hooks(self) -> dict[str, tuple[Script, ...]]:
        """The scripts of each event; an event with nothing under it is dropped."""
        hooks = _given(self.value.get("hooks"), {})
        if not isinstance(hooks, dict):
            raise self._malformed("hooks is no mapping of events", "hooks")
        found = {}
        for event, scripts in hooks.items():
            if scripts is None or scripts is False:
                continue
            if not self.how.event_fits(to_s(event)):
                raise self._invalid("UNKNOWN_EVENT", f"there is no event {to_s(event)}", "hooks", event)
            if not isinstance(scripts, list) and scripts != {}:
                raise self._malformed(f"{to_s(event)} is no list of scripts", "hooks", event)
            found[to_s(event)] = tuple(
                self._script(script, "hooks", event, index) for index, script in enumerate(scripts)
            )
        return found

    def _script(self, script: Any, *path: Any) -> Script:
        if not isinstance(script, dict):
            raise self._malformed("a script is a mapping with a `location`", *path)
        location = to_s(script.get("location")).strip()
        if script.get("location") is None or not location:
            raise self._invalid("HOOK_NO_LOCATION", "a script has no location", *path)
        timeout = self.how.timeout_seconds(script.get("timeout"))
        if timeout is None:
            raise self._malformed(f"timeout {_shown(script['timeout'])} is no number of seconds", *path, "timeout")
        if timeout <= 0:
            message = f"timeout {_shown(script['timeout'])} counts as {timeout}; it must be above 0"
            raise self._invalid("HOOK_INVALID_TIMEOUT", message, *path, "timeout")
        runas = script.get("runas")
        return Script(location, timeout, None if runas is None else to_s(runas).strip(), script.get("sudo"))

    def files(self) -> tuple[tuple[Any, Any], ...]:
        """What is copied where."""
        files = _given(self.value.get("files"), [])
        if not isinstance(files, list) and files != {}:
            raise self._malformed("files is no list", "files")
        return tuple(self._file(entry, "files", index) for index, entry in enumerate(files))

    def _file(self, entry: Any, *path: Any) -> tuple[Any, Any]:
        if isinstance(entry, str):
            # Ruby looks for the word inside the text
            entry = {name: name for name in ("source", "destination") if name in entry}
        if not isinstance(entry, dict):
            raise self._malformed("an entry of files is a mapping with `source` and `destination`", *path)
        for name, category in (("source", "FILE_NO_SOURCE"), ("destination", "FILE_NO_DESTINATION")):
            if entry.get(name) is None:
                raise self._invalid(category, f"an entry of files has no {name}", *path)
        return entry["source"], entry["destination"]

    def permissions(self) -> tuple[Permission, ...]:
        """What is set on copied files and made directories; Linux only."""
        permissions = _given(self.value.get("permissions"), [])
        if not isinstance(permissions, list) and permissions != {}:
            raise self._malformed("permissions is no list", "permissions")
        return tuple(self._permission(entry, "permissions", index) for index, entry in enumerate(permissions))

    def _permission(self, entry: Any, *path: Any) -> Permission:
        if not isinstance(entry, dict):
            raise self._malformed("an entry of permissions is a mapping with an `object`", *path)
        if entry.get("object") is None:
            raise self._invalid("PERMISSION_NO_OBJECT", "an entry of permissions has no object", *path)
        if self.host != "linux":
            raise self._invalid("PERMISSIONS_ON_WINDOWS", "permissions are for Linux instances only", *path)
        pattern, excepted = entry.get("pattern"), _given(entry.get("except"), [])
        if not isinstance(excepted, list | dict):
            raise self._malformed("except is no list", *path, "except")
        permission = Permission(
            to_s(entry["object"]).strip(),
            _given(pattern, "**"),
            tuple(excepted),
            self._types(entry.get("type"), *path, "type"),
            entry.get("owner"),
            entry.get("group"),
            self._mode(entry.get("mode"), *path, "mode"),
            self._acls(entry.get("acls"), *path, "acls"),
            self._context(entry.get("context"), *path, "context"),
        )
        if not permission.object:
            raise self._invalid("PERMISSION_NO_OBJECT", "the object of a permission is empty", *path, "object")
        return permission

    def _types(self, types: Any, *path: Any) -> tuple[str, ...]:
        if types is None or types is False:
            return TYPES
        if not isinstance(types, list | dict):
            raise self._malformed("type is no list", *path)
        for index, kind in enumerate(types):
            if kind not in TYPES:
                message = f"type {_shown(kind)} is neither file nor directory"
                raise self._invalid("PERMISSION_INVALID_TYPE", message, *path, index)
        return tuple(types)

    def _mode(self, value: Any, *path: Any) -> str | None:
        if value is None:
            return None
        mode = self.how.mode_text(value)
        if len(mode) > 4:
            raise self._invalid("MODE_INVALID_LENGTH", f"mode {mode} has more than four digits", *path)
        wrong = next((char for char in mode if char not in "01234567"), None)
        if wrong:
            raise self._invalid("MODE_INVALID_CHARACTER", f"mode {mode} has the digit {wrong}, above 7", *path)
        return mode

    def _acls(self, acls: Any, *path: Any) -> tuple[str, ...] | None:
        if acls is None:
            return None
        if acls != {} and (not isinstance(acls, list) or not all(isinstance(entry, str) for entry in acls)):
            raise self._malformed("acls is no list of texts", *path)
        return tuple(self._acl(entry, *path, index) for index, entry in enumerate(acls))

    def _acl(self, entry: str, *path: Any) -> str:
        try:
            return acl_entry(entry)
        except Invalid as problem:
            raise self._invalid(problem.category, problem.message, *path) from None

    def _context(self, context: Any, *path: Any) -> dict[str, Any] | None:
        if context is None:
            return None
        if not isinstance(context, dict):
            raise self._malformed("context is no mapping", *path)
        if context.get("type") is None:
            raise self._invalid("CONTEXT_NO_TYPE", "a context has no type", *path)
        span = context.get("range")
        if span is not None and not isinstance(span, str):
            raise self._malformed(f"range {_shown(span)} is no text", *path, "range")
        if span is not None and not range_fits(span):
            message = f"range {span} is not s#[-s#][:c#[.c#],...] with categories from 0 to 1023"
            raise self._invalid("CONTEXT_INVALID_RANGE", message, *path, "range")
        return {"user": context.get("name"), "type": context["type"], "range": span}

    def file_exists_behavior(self) -> str | None:
        """What happens to files that are there already; None leaves it to the deployment's option."""
        value = self.value.get("file_exists_behavior")
        if value is None:
            return None
        if value not in BEHAVIORS:
            message = f"file_exists_behavior is {_shown(value)}; it must be one of {', '.join(BEHAVIORS)}"
            raise self._invalid("INVALID_FILE_EXISTS_BEHAVIOR", message, "file_exists_behavior")
        return str(value)

    def _invalid(self, category: str, message: str, *path: Any) -> Invalid:
        return Invalid(category, message, self.document.line(path))

    def _malformed(self, message: str, *path: Any) -> Invalid:
        return self._invalid("MALFORMED", message, *path)


def parse(text: str | dict[Any, Any], host: str = "linux") -> AppSpec:
    """The whole file; raises Invalid at the first thing that the agent does not take."""
    reader = Reader(text, host)
    reader.top()
    return AppSpec(
        reader.version(), reader.os(), reader.hooks(), reader.files(), reader.permissions(),
        reader.file_exists_behavior(),
    )  # fmt: skip


def _given(value: Any, otherwise: Any) -> Any:
    """`value || otherwise` in Ruby, where only nil and false give way."""
    return otherwise if value is None or value is False else value


def _document(text: str | dict[Any, Any]) -> Document:
    if not isinstance(text, str):
        return Document(text)
    try:
        return read(text)
    except YamlError as problem:
        raise Invalid("MALFORMED", problem.message, problem.line) from None


_KINDS = {"m": "mask", "mask": "mask", "o": "other", "other": "other"}
_TYPES = _KINDS | {"g": "group", "group": "group", "u": "user", "user": "user"}
_DEFAULT = ("d", "default")


def acl_entry(entry: str) -> str:
    """An entry in full, `[default:]type:name:rwx`; raises Invalid. Short forms are d, u, g, m, o."""
    *head, permission = entry.split(":")
    if not 1 <= len(head) <= 3:
        raise _bad_acl(entry)
    default = len(head) == 3
    if default and head[0] not in _DEFAULT:
        raise _bad_acl(entry)
    kind, name = _acl_subject(entry, head, default)
    default = default or (len(head) == 2 and head[0] in _DEFAULT)
    if kind in ("mask", "other") and name:
        raise _bad_acl(entry)
    if not (default or kind == "mask" or name):
        raise Invalid("ACL_BASE_ENTRY", f"acl entry {entry} sets the owner, the group or others: use mode for that")
    return f"{'default:' if default else ''}{kind}:{name}:{_acl_bits(entry, permission)}"


def _acl_subject(entry: str, head: list[str], default: bool) -> tuple[str, str]:
    """Type and name, by the agent's way of reading the parts from the right."""
    kind: str | None = None
    if len(head) >= 2 and not (head[-2] in _DEFAULT and not default):
        kind = _TYPES.get(head[-2])
        if kind is None:
            raise _bad_acl(entry)
    last = head[-1]
    if last in _KINDS:
        return (kind, _KINDS[last]) if kind else (_KINDS[last], "")
    return kind or "user", last


def _acl_bits(entry: str, permission: str) -> str:
    if len(permission) == 1 and permission in "01234567":
        digit = int(permission)
        return "".join(letter if digit & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1)))
    wrong = next((char for char in permission if char not in "rwx-"), None)
    if wrong:
        raise Invalid("ACL_INVALID_CHARACTER", f"acl entry {entry} has the character {wrong}")
    return "".join(letter if letter in permission else "-" for letter in "rwx")


def _bad_acl(entry: str) -> Invalid:
    return Invalid("ACL_INVALID_ENTRY", f"acl entry `{entry}` is not [default:][user|group|mask|other:][name]:perm")


def range_fits(span: str) -> bool:
    """Whether this is an SELinux range: `s#[-s#][:c#[.c#],...]`, nothing reversed, no category twice."""
    levels, colon, categories = span.partition(":")
    low, dash, high = levels.partition("-")
    if not re.fullmatch(r"s[0-9]+", low) or (dash and not re.fullmatch(r"s[0-9]+", high)):
        return False
    if dash and _number(high) < _number(low):
        return False
    return not colon or (categories != "" and _categories_fit(categories))


def _categories_fit(categories: str) -> bool:
    seen: set[int] = set()
    # Ruby's split drops empty parts at the end
    for part in re.sub(r",+\Z", "", categories).split(",") if categories.strip(",") else []:
        low, dot, high = part.partition(".")
        if not re.fullmatch(r"c[0-9]+", low) or (dot and not re.fullmatch(r"c[0-9]+", high)):
            return False
        first, last = _number(low), _number(high if dot else low)
        if max(first, last) > 1023 or last < first or seen & set(range(first, last + 1)):
            return False
        seen |= set(range(first, last + 1))
    return True


def _number(name: str) -> int:
    return int(name[1:300])


def _kind(value: Any) -> str:
    return "a list" if isinstance(value, list) else f"the value {_shown(value)}"


def _shown(value: Any) -> str:
    """A value in a message: short, text in quotes, nothing as `missing`."""
    if value is None:
        return "missing"
    if isinstance(value, float) and not math.isfinite(value):
        return to_s(value)
    shown = inspect(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
