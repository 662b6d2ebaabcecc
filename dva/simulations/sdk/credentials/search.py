"""One search: the machine that it looks at, what it knows and has asked, and the calls that it makes."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from dva.aws import ini
from dva.aws.jsontext import duplicate_key
from dva.simulations.frame import Append, Run
from dva.simulations.sdk._keys import temporary_key_id
from dva.simulations.sdk.credentials import rules
from dva.simulations.sdk.credentials.documents import Content, Given
from dva.trace import Place, Rule

REGION_NAME = re.compile(r"(?![0-9]+$)(?!-)[a-zA-Z0-9-]{,63}(?<!-)$")
"""botocore.utils.validate_region_name: a host label."""


@dataclass(frozen=True)
class Keys:
    """Keys and the METHOD of the provider that found them."""

    access_key: str
    token: str | None
    method: str


DeferredKeys = Callable[[], Keys]
"""Deferred credentials; calling it performs the STS or SSO request."""
Provider = Callable[["Search", str], DeferredKeys | None]
"""Asks one place for the keys of a profile; None where it has nothing to say."""


def ready(keys: Keys) -> DeferredKeys:
    """Return keys that need no request."""
    return lambda: keys


class ProviderError(Exception):
    """The search ends with an error of botocore; `code` is the name of its exception class."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class CallNeeded(Exception):
    """Offline, and the search needs a process or a call; its text says what it would do."""


@dataclass
class Machine:
    """The environment variables and the files that exist, as a process sees them."""

    given: Given

    @cached_property
    def env(self) -> dict[str, str]:
        """Variables as text; one that is null is not set."""
        return {name: _text(value) for name, value in self.given.env.items() if value is not None}

    @cached_property
    def files(self) -> dict[str, Content]:
        """Contents by path; a folder that was handed over as a home has `.aws/config` in it."""
        named = {f"~/{name}" if name.startswith(".aws/") else name: text for name, text in self.given.files.items()}
        return {self.path(name): content for name, content in named.items() if content is not None}

    def path(self, name: str) -> str:
        """Return a path with the home folder written as ~."""
        home = self.env.get("HOME", "").rstrip("/")
        for prefix in filter(None, ("$HOME", "${HOME}", home)):
            if name == prefix or name.startswith(prefix + "/"):
                return "~" + name[len(prefix) :]
        return name

    def expanded(self, name: str) -> str:
        """Expand $VARS and ~, as botocore does for the two files and BOTO_CONFIG."""
        if not name.startswith(("$HOME", "${HOME}")):
            # Behind the last brace no `${` is closed: to look for its end from each would take quadratic time.
            head, brace, tail = name.rpartition("}")
            filled = re.sub(r"\$(\w+|\{[^}]*\})", lambda m: self.env.get(m[1].strip("{}"), m[0]), head + brace)
            name = filled + re.sub(r"\$(\w+)", lambda m: self.env.get(m[1], m[0]), tail)
        return self.path(name)

    def open_text(self, name: str) -> str | None:
        """Return the text at a path that is opened as it is: ~ is not expanded. None where there is no such file."""
        content = None if name.startswith(("~", "$")) else self.files.get(self.path(name))
        return content if isinstance(content, str) else None

    def sections(self, name: str) -> ini.Sections | None:
        """Return the sections of an INI file; None where there is no such file, IniError where it cannot be read."""
        content = self.files.get(self.expanded(name)) if name else None
        if content is None:
            return None
        return ini.parse(content) if isinstance(content, str) else _sections(content)


@dataclass
class Search:
    """The state of one search."""

    given: Given
    run: Run
    ask_profile: Provider
    """Asks the profile's own providers, for a source_profile."""
    config: ini.ConfigFile = field(default_factory=ini.ConfigFile)
    credentials: ini.Sections = field(default_factory=dict)
    profiles: ini.Sections = field(default_factory=dict)
    profile: str = "default"
    region: str | None = None
    visited: list[str] = field(default_factory=list)
    within: str = ""
    """The source profile whose providers are being asked."""
    counts: bool = True
    """Whether what is asked goes to `tried`: Java's profile provider counts as one."""

    @cached_property
    def machine(self) -> Machine:
        """The machine that it looks at."""
        return Machine(self.given)

    @property
    def env(self) -> dict[str, str]:
        """The environment variables."""
        return self.machine.env

    @property
    def offline(self) -> bool:
        """Whether no process and no call may be made."""
        return self.given.options.offline

    @property
    def is_java(self) -> bool:
        """Whether an SDK for Java searches."""
        return self.given.sdk.startswith("java")

    def section(self, profile: str) -> dict[str, Any]:
        """Return the merged settings of a profile."""
        return self.profiles.get(profile, {})

    def record(self, name: str, answer: str, rule: Rule | None = None) -> None:
        """Record that a provider was asked: it `passes: ...`, `has ...` or `fails: ...`."""
        place = f"{self.within} / {name}" if self.within else name
        tried: dict[Place, object] = {("tried", "-"): name} if self.counts else {}
        self.run.step(rule or rules.PROVIDERS[name], f"{place} {answer}", draw={("texts", place): answer}, inside=tried)

    def skip(self, name: str, why: str, rule: Rule | None = None) -> DeferredKeys | None:
        """Record that a provider has nothing to say, and return no keys."""
        self.record(name, f"passes: {why}", rule)
        return None

    def fail(self, name: str, code: str, message: str, rule: Rule | None = None) -> ProviderError:
        """Return the error with which a provider ends the search, to be raised."""
        self.record(name, f"fails: {message}", rule)
        return ProviderError(code, message)

    def tell_duplicate(self, what: str, text: object) -> None:
        """Record the first key that JSON text, which was read, has twice."""
        twice = duplicate_key(text) if isinstance(text, str) else None
        if twice is not None:
            self.run.step(rules.JSON_TWICE, f"{what} has a duplicate key `{twice.key}`, line {twice.line}")

    def check_client(self, region: str | None) -> None:
        """Check what botocore checks when it makes a client: the region's name, and the profile's sso-session."""
        if region is not None and not REGION_NAME.match(region):
            raise ProviderError("InvalidRegionError", f"the region `{region}` is not a valid host label")
        if region == "":
            raise ProviderError("ValueError", "an empty region makes an invalid endpoint")
        self.check_sso_session(self.profile)

    def check_sso_session(self, profile: str) -> None:
        """Check that the [sso-session] that a profile names is complete, as the token provider needs it."""
        name = self.section(profile).get("sso_session")
        if name is None:
            return
        session = self.config.sso_sessions.get(name) if isinstance(name, str) else None
        if not session:
            raise ProviderError("InvalidConfigError", f"the sso-session `{name}` does not exist")
        missing = [key for key in ("sso_start_url", "sso_region") if key not in session]
        if missing:
            raise ProviderError("InvalidConfigError", f"the sso-session `{name}` lacks {', '.join(missing)}")

    def call(self, operation: str, role: str, signed_with: str | None, seed: str, method: str) -> Keys:
        """Return the keys that a call issues for a role; role names that start with Denied are refused."""
        name = seed.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        by = f"signed with {signed_with}" if signed_with is not None else "not signed"
        if self.offline:
            raise CallNeeded(f"call {operation} for {role}, {by}")
        entry = {"call": operation, "role": role, "signed_with": signed_with}
        self.run.step(rules.STS, f"{operation} {role}, {by}", chain=Append(entry))
        if name.startswith("Denied"):
            raise ProviderError("ClientError", f"AccessDenied: not authorized to perform {operation} on {role}")
        key = temporary_key_id(seed)
        self.run.step(rules.MADE_UP, f"The answer holds the temporary key {key}")
        return Keys(key, f"TOK-{name}", method)

    def expiring(self, keys: Keys, expiration: object) -> DeferredKeys:
        """Return keys that may expire: past that time they are fetched once more, in vain."""

        def use() -> Keys:
            if is_past(expiration, self.given.now):
                self.run.step(rules.EXPIRED, f"The keys expired at {expiration}")
                message = "credentials were refreshed, but the refreshed ones are still expired"
                raise ProviderError("RuntimeError", message)
            return keys

        return use


def _text(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sections(content: dict[str, dict[str, Any]]) -> ini.Sections:
    """Return the sections of a mapping, which is a file that was read already."""
    return {
        name: {
            key.lower(): {k: _text(v) for k, v in value.items()} if isinstance(value, dict) else _text(value)
            for key, value in section.items()
        }
        for name, section in content.items()
    }


def is_past(time: object, now: str | None) -> bool:
    """Return whether a time has come; where one of the two is not an ISO 8601 time, it never does."""
    at, today = _time(str(time)), _time(now or "")
    return bool(at and today and at <= today)


def _time(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
