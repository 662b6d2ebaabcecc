"""An AppSpec file for EC2/on-premises as the CodeDeploy agent reads it: text in, what the agent understands out.

Order and strictness are those of aws/aws-codedeploy-agent 1.8.1, application_specification/*.rb: version, os, hooks,
files, permissions, file_exists_behavior, and the first thing that is wrong ends it. The agent raises one kind
of exception; the categories are dva's. MALFORMED is everything that is not valid YAML or of a wrong type.
"""

import math
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

from msgspec import Struct, field

from dva.aws.document import Keys, keys_not_read
from dva.aws.ruby import inspect, to_i, to_s
from dva.aws.yaml11 import Document, Symbol, YamlError, read

F = TypeVar("F", bound=Callable[..., object])

# Documented numbers and words (the agent's source, application_specification/*.rb)

DEFAULT_TIMEOUT = 3600
"""Seconds that a script may take where the file does not say (script_info.rb)."""
BEHAVIORS = ("DISALLOW", "OVERWRITE", "RETAIN")
"""What `file_exists_behavior` may be (application_specification.rb)."""
TYPES = ("file", "directory")
"""What an entry of `permissions` may apply to (linux_permission_info.rb)."""
DEFAULT_PATTERN = "**"
MIN_MODE, MAX_MODE = 3, 4
"""Digits of a mode: padded to, and at most (mode_info.rb)."""
MAX_CATEGORY = 1023
"""The highest category of an SELinux range (range_info.rb)."""


class Invalid(Exception):
    """The agent does not take the file: dva's category, a message, the 1-based line."""

    def __init__(self, category: str, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.category, self.message, self.line = category, message, line


class Script(Struct, frozen=True):
    """A script of a lifecycle event."""

    location: str
    """Path of the script inside the revision."""
    timeout: int
    """Seconds that the script may take."""
    runas: str | None
    """User that runs the script; null for the agent's own."""
    sudo: Any
    """Value of `sudo`, which the agent reads and no page of AWS names."""


class File(Struct, frozen=True):
    """An entry of `files`, as written."""

    source: Any = None
    """Path inside the revision."""
    destination: Any = None
    """Folder on the instance."""


class Context(Struct, frozen=True):
    """The SELinux context of an entry of `permissions`."""

    user: Any = None
    """SELinux user, which the agent reads from the key `name`."""
    type: Any = None
    """SELinux type."""
    range: str | None = None
    """SELinux range, such as `s0-s1:c0.c3`."""


class Permission(Struct, frozen=True, kw_only=True):
    """An entry of `permissions`."""

    object: str = ""
    """File or folder on the instance that the entry is for."""
    pattern: Any = DEFAULT_PATTERN
    """Names in the folder that the entry is for; `**` for all."""
    excepted: list[Any] = field(name="except", default_factory=list)
    """Names in the folder that the entry is not for."""
    type: list[str] = field(default_factory=lambda: list(TYPES))
    """Whether the entry is for files, directories or both."""
    owner: Any = None
    """Owner to set."""
    group: Any = None
    """Group to set."""
    mode: str | None = None
    """Mode to set, at least three octal digits."""
    acls: list[str] | None = None
    """Access control entries in full, such as `default:user:bob:rw-`."""
    context: Context | None = None
    """SELinux context to set."""


class AppSpec(Struct, frozen=True, kw_only=True):
    """What the agent understands of a file."""

    version: Any
    os: str
    file_exists_behavior: str | None
    files: list[File]
    hooks: dict[str, list[Script]]
    permissions: list[Permission]


SCRIPT: Keys = dict.fromkeys(("location", "timeout", "runas", "sudo"))
PERMISSION: Keys = {**dict.fromkeys(("object", "pattern", "except", "type", "owner", "group", "mode", "acls")),
                    "context": dict.fromkeys(("name", "type", "range"))}  # fmt: skip
READ: Keys = {"version": None, "os": None, "file_exists_behavior": None, "hooks": {"*": SCRIPT},
              "files": dict.fromkeys(("source", "destination")), "permissions": PERMISSION}  # fmt: skip
"""What the agent reads of a file."""


# The rule functions that beliefs replace: each answers one question that the agent asks of a value


def version_fits(value: Any) -> bool:
    """Whether `version` is the number 0.0; the text "0.0" is not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def os_fits(value: Any, host: str) -> bool:
    """Whether `os` is exactly the word of the instance's own system."""
    return isinstance(value, str) and not isinstance(value, Symbol) and value == host


def timeout_seconds(value: Any) -> int | None:
    """Return the seconds that a timeout counts as, by Ruby's to_i; None where Ruby has no number for it."""
    return to_i(_or(value, DEFAULT_TIMEOUT))


def mode_text(value: Any) -> str:
    """Return the digits as the agent sees them: an unquoted 0755 has become 493."""
    return to_s(value).rjust(MIN_MODE, "0")


def event_fits(event: str) -> bool:
    """Whether the reader takes the name of an event: any; unknown ones fail at Install."""
    return True


class Using(Protocol):
    """Returns a rule function, or what stands in its place: `Run.using`."""

    def __call__(self, function: F, /) -> F: ...


def true_rule(function: F) -> F:
    """Return the rule function itself."""
    return function


class Reader:
    """Reads one file section by section, in the agent's order; each method raises Invalid where the agent would."""

    def __init__(self, text: str | dict[Any, Any], host: str, using: Using = true_rule) -> None:
        self.host, self.using = host, using
        self.text = text if isinstance(text, str) else ""
        try:
            self.document = read(text) if isinstance(text, str) else Document(text)
        except YamlError as problem:
            raise Invalid("MALFORMED", problem.message, problem.line) from None
        self.value = self.document.value

    def top(self) -> None:
        """Check that there is something, and that it is a mapping."""
        if self.value is None or self.value is False:
            raise Invalid("EMPTY_APPSPEC", "the file is empty: it needs at least `version` and `os`")
        if not isinstance(self.value, dict):
            kind = "a list" if isinstance(self.value, list) else f"the value {_shown(self.value)}"
            raise Invalid("MALFORMED", f"the file is not a mapping of sections but {kind}")

    def version(self) -> Any:
        """Return the value of `version`."""
        value = self.value.get("version")
        if not self.using(version_fits)(value):
            raise self._invalid("INVALID_VERSION", f"version is {_shown(value)}; it must be the number 0.0", "version")
        return value

    def os(self) -> str:
        """Return the value of `os`."""
        value = self.value.get("os")
        if not self.using(os_fits)(value, self.host):
            message = f"os is {_shown(value)}; an agent on {self.host} takes exactly `{self.host}`"
            if value is None and any(to_s(name).lower() == "resources" for name in self.value):
                message = "os is missing, and there are resources: a file for Lambda or Amazon ECS, not for an agent"
            raise self._invalid("UNSUPPORTED_OS", message, "os")
        return str(value)

    def hooks(self) -> dict[str, list[Script]]:
        """Return the scripts of each event; an event with nothing under it is dropped."""
        hooks = _or(self.value.get("hooks"), {})
        if not isinstance(hooks, dict):
            raise self._malformed("hooks is not a mapping of events", "hooks")
        found = {}
        for event, scripts in hooks.items():
            if scripts is None or scripts is False:
                continue
            if not self.using(event_fits)(to_s(event)):
                raise self._invalid("UNKNOWN_EVENT", f"there is no event {to_s(event)}", "hooks", event)
            if not isinstance(scripts, list) and scripts != {}:
                raise self._malformed(f"{to_s(event)} is not a list of scripts", "hooks", event)
            found[to_s(event)] = [self._script(script, "hooks", event, index) for index, script in enumerate(scripts)]
        return found

    def _script(self, script: Any, *path: Any) -> Script:
        if not isinstance(script, dict):
            raise self._malformed("a script is a mapping with a `location`", *path)
        location = to_s(script.get("location")).strip()
        if not location:
            raise self._invalid("HOOK_NO_LOCATION", "a script has no location", *path)
        timeout = self.using(timeout_seconds)(script.get("timeout"))
        if timeout is None:
            raise self._malformed(f"timeout {_shown(script['timeout'])} is not a number of seconds", *path, "timeout")
        if timeout <= 0:
            message = f"timeout {_shown(script['timeout'])} counts as {timeout}; it must be above 0"
            raise self._invalid("HOOK_INVALID_TIMEOUT", message, *path, "timeout")
        runas = script.get("runas")
        return Script(location, timeout, None if runas is None else to_s(runas).strip(), script.get("sudo"))

    def files(self) -> list[File]:
        """Return what is copied where."""
        return [self._file(entry, "files", index) for index, entry in enumerate(self._list("files"))]

    def _list(self, section: str) -> Any:
        entries = _or(self.value.get(section), [])
        if not isinstance(entries, list) and entries != {}:
            raise self._malformed(f"{section} is not a list", section)
        return entries

    def _file(self, entry: Any, *path: Any) -> File:
        if isinstance(entry, str):
            # Ruby looks for the word inside the text
            entry = {name: name for name in ("source", "destination") if name in entry}
        if not isinstance(entry, dict):
            raise self._malformed("an entry of files is a mapping with `source` and `destination`", *path)
        for name, category in (("source", "FILE_NO_SOURCE"), ("destination", "FILE_NO_DESTINATION")):
            if entry.get(name) is None:
                raise self._invalid(category, f"an entry of files has no {name}", *path)
        return File(entry["source"], entry["destination"])

    def permissions(self) -> list[Permission]:
        """Return what is set on copied files and made directories; Linux only."""
        return [self._permission(entry, "permissions", index) for index, entry in enumerate(self._list("permissions"))]

    def _permission(self, entry: Any, *path: Any) -> Permission:
        if not isinstance(entry, dict):
            raise self._malformed("an entry of permissions is a mapping with an `object`", *path)
        if entry.get("object") is None:
            raise self._invalid("PERMISSION_NO_OBJECT", "an entry of permissions has no object", *path)
        if self.host != "linux":
            raise self._invalid("PERMISSIONS_ON_WINDOWS", "permissions are for Linux instances only", *path)
        excepted = _or(entry.get("except"), [])
        if not isinstance(excepted, list | dict):
            raise self._malformed("except is not a list", *path, "except")
        permission = Permission(
            object=to_s(entry["object"]).strip(), pattern=_or(entry.get("pattern"), DEFAULT_PATTERN),
            excepted=list(excepted), type=self._types(entry.get("type"), *path, "type"),
            owner=entry.get("owner"), group=entry.get("group"), mode=self._mode(entry.get("mode"), *path, "mode"),
            acls=self._acls(entry.get("acls"), *path, "acls"),
            context=self._context(entry.get("context"), *path, "context"),
        )  # fmt: skip
        if not permission.object:
            raise self._invalid("PERMISSION_NO_OBJECT", "the object of a permission is empty", *path, "object")
        return permission

    def _types(self, types: Any, *path: Any) -> list[str]:
        types = _or(types, TYPES)
        if not isinstance(types, list | dict | tuple):
            raise self._malformed("type is not a list", *path)
        for index, kind in enumerate(types):
            if kind not in TYPES:
                message = f"type {_shown(kind)} is neither file nor directory"
                raise self._invalid("PERMISSION_INVALID_TYPE", message, *path, index)
        return list(types)

    def _mode(self, value: Any, *path: Any) -> str | None:
        if value is None:
            return None
        mode = self.using(mode_text)(value)
        if len(mode) > MAX_MODE:
            raise self._invalid("MODE_INVALID_LENGTH", f"mode {mode} has more than four digits", *path)
        wrong = next((char for char in mode if char not in "01234567"), None)
        if wrong:
            raise self._invalid("MODE_INVALID_CHARACTER", f"mode {mode} has the digit {wrong}, above 7", *path)
        return mode

    def _acls(self, acls: Any, *path: Any) -> list[str] | None:
        if acls is None:
            return None
        if acls != {} and (not isinstance(acls, list) or not all(isinstance(entry, str) for entry in acls)):
            raise self._malformed("acls is not a list of texts", *path)
        found = []
        for index, entry in enumerate(acls):
            try:
                found.append(acl_entry(entry))
            except Invalid as problem:
                raise self._invalid(problem.category, problem.message, *path, index) from None
        return found

    def _context(self, context: Any, *path: Any) -> Context | None:
        if context is None:
            return None
        if not isinstance(context, dict):
            raise self._malformed("context is not a mapping", *path)
        if context.get("type") is None:
            raise self._invalid("CONTEXT_NO_TYPE", "a context has no type", *path)
        span = context.get("range")
        if span is not None and not isinstance(span, str):
            raise self._malformed(f"range {_shown(span)} is not text", *path, "range")
        if span is not None and not range_fits(span):
            message = f"range {span} is not s#[-s#][:c#[.c#],...] with categories from 0 to {MAX_CATEGORY}"
            raise self._invalid("CONTEXT_INVALID_RANGE", message, *path, "range")
        return Context(context.get("name"), context["type"], span)

    def file_exists_behavior(self) -> str | None:
        """Return what happens to files that are there already; None leaves it to the deployment's option."""
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
    """Return what the agent understands of a whole file; Invalid at the first thing that it does not take."""
    reader = Reader(text, host)
    reader.top()
    return AppSpec(  # in the agent's order
        version=reader.version(), os=reader.os(), hooks=reader.hooks(), files=reader.files(),
        permissions=reader.permissions(), file_exists_behavior=reader.file_exists_behavior(),
    )  # fmt: skip


def not_read(text: str | dict[Any, Any], where: str) -> Iterator[str]:
    """List the pointers of what the agent does not read in a file at `where`; of one that is malformed none."""
    try:
        return keys_not_read(Reader(text, "linux").value, READ, where)
    except Invalid:
        return iter(())


def _or(value: Any, otherwise: Any) -> Any:
    """Return what `value || otherwise` is in Ruby, where only nil and false give way."""
    return otherwise if value is None or value is False else value


# Access control entries (ace_info.rb)

_UNNAMED = {"m": "mask", "mask": "mask", "o": "other", "other": "other"}
_KINDS = _UNNAMED | {"g": "group", "group": "group", "u": "user", "user": "user"}


def acl_entry(entry: str) -> str:
    """Return an entry in full, `[default:]type:name:rwx`; Invalid where it is none. Short forms are d, u, g, m, o."""
    *head, permission = entry.split(":")
    default = len(head) > 1 and head[0] in ("d", "default")
    kinds, name = head[default:-1], "".join(head[-1:])
    kind = _KINDS.get(kinds[0]) if kinds else None
    if name in _UNNAMED:  # a word for a type where a name may stand
        kind, name = (kind, _UNNAMED[name]) if kind else (_UNNAMED[name], "")
    kind = kind or "user"
    if not head or len(kinds) > 1 or not _KINDS.keys() >= set(kinds) or (kind in ("mask", "other") and name):
        raise Invalid("ACL_INVALID_ENTRY", f"acl entry `{entry}` is not [default:][user|group|mask|other:][name]:perm")
    if not (default or kind == "mask" or name):
        raise Invalid("ACL_BASE_ENTRY", f"acl entry {entry} sets the owner, the group or others: use mode for that")
    return f"{'default:' if default else ''}{kind}:{name}:{_acl_bits(entry, permission)}"


def _acl_bits(entry: str, permission: str) -> str:
    if len(permission) == 1 and permission in "01234567":
        digit = int(permission)
        return "".join(letter if digit & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1)))
    wrong = next((char for char in permission if char not in "rwx-"), None)
    if wrong:
        raise Invalid("ACL_INVALID_CHARACTER", f"acl entry {entry} has the character {wrong}")
    return "".join(letter if letter in permission else "-" for letter in "rwx")


# SELinux ranges (range_info.rb)


def range_fits(span: str) -> bool:
    """Whether this is an SELinux range: `s#[-s#][:c#[.c#],...]`, nothing reversed, no category twice."""
    levels, colon, categories = span.partition(":")
    if _interval(levels, "s", "-") is None or (colon and not categories):
        return False
    seen: set[int] = set()
    # Ruby's split drops empty parts at the end
    for part in re.sub(r",+\Z", "", categories).split(",") if categories.strip(",") else []:
        interval = _interval(part, "c", ".")
        if interval is None or interval[1] > MAX_CATEGORY:
            return False
        numbers = set(range(interval[0], interval[1] + 1))
        if seen & numbers:
            return False
        seen |= numbers
    return True


def _interval(text: str, letter: str, between: str) -> tuple[int, int] | None:
    """Return first and last number of `c1` or `c1.c3`; None where it is none or is reversed."""
    names = text.split(between, 1)
    if not all(re.fullmatch(rf"{letter}[0-9]+", name) for name in names):
        return None
    first, last = int(names[0][1:300]), int(names[-1][1:300])
    return None if last < first else (first, last)


def _shown(value: Any) -> str:
    """Return a value for a message: short, text in quotes, nothing as `missing`."""
    if value is None:
        return "missing"
    if isinstance(value, float) and not math.isfinite(value):
        return to_s(value)
    shown = inspect(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
