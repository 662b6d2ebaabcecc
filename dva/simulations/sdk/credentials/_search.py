"""One search: what it knows, what it has asked, and the calls that it makes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any

from dva.aws import ini
from dva.simulations._before import Rule, Tracer, pointer
from dva.simulations.sdk.credentials import _rules as rules
from dva.simulations.sdk.credentials._given import Given, Machine, moment

REGION_NAME = re.compile(r"(?![0-9]+$)(?!-)[a-zA-Z0-9-]{,63}(?<!-)$")
"""botocore.utils.validate_region_name: a host label."""


@dataclass(frozen=True)
class Keys:
    """Keys and the METHOD of the provider that found them."""

    access_key: str
    token: str | None
    method: str


Found = Callable[[], Keys]
"""Keys at first use: assumed roles and SSO call nothing before."""


class Raised(Exception):
    """The search ends with an error of botocore; `code` is the name of its exception class."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Needs(Exception):
    """Offline, and the answer needs a process or a call."""

    def __init__(self, would: str) -> None:
        super().__init__(would)
        self.would = would


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    asks_env: Callable[[str | None, Mapping[str, str]], bool]
    takes_role: Callable[[Mapping[str, Any]], bool]
    order: Callable[[tuple[str, ...]], tuple[str, ...]]
    half_pair_ends: Callable[[], bool]
    container_failure_ends: Callable[[], bool]
    disables_imds: Callable[[str], bool]
    region_variables: Callable[[str], tuple[str, ...]]
    default_region: Callable[[], str | None]


@dataclass
class Search:
    """The state of one search."""

    given: Given
    trace: Tracer
    how: How
    machine: Machine
    ask_profile: "Callable[[Search, str], Found | None]"
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

    @property
    def env(self) -> dict[str, str]:
        return self.machine.env

    @property
    def offline(self) -> bool:
        return self.given.options.offline

    def section(self, profile: str) -> dict[str, Any]:
        """The merged settings of a profile."""
        return self.profiles.get(profile, {})

    def told(self, rule: Rule, title: str, detail: str = "", **outcome: Any) -> None:
        """A step that is no provider's answer; `key=value` sets the outcome, `add_key=value` appends."""
        changes = {
            f"/outcome/{key.removeprefix('add_')}" + ("/-" if key.startswith("add_") else ""): value
            for key, value in outcome.items()
        }
        self.trace.step(rule, title, detail, changes=changes)

    def asked(self, name: str, rule: Rule, answer: str) -> None:
        """A provider was asked and answered: `passes: ...`, `has ...` or `fails: ...`."""
        place = f"{self.within} / {name}" if self.within else name
        changes: dict[str, Any] = {"/outcome/tried/-": name} if self.counts else {}
        if self.trace.recording:
            changes[pointer("state", "texts", place)] = answer
        self.trace.step(rule, f"{place} {answer}", rule.says, changes=changes)

    def passes(self, name: str, rule: Rule, why: str) -> None:
        """The provider has nothing to say."""
        self.asked(name, rule, f"passes: {why}")

    def failing(self, name: str, rule: Rule, code: str, message: str) -> Raised:
        """The error with which a provider ends the search, to be raised."""
        self.asked(name, rule, f"fails: {message}")
        return Raised(code, message)

    # Calls

    def client(self, region: str | None) -> None:
        """What botocore checks when it makes a client: the region's name, and the profile's sso-session."""
        if region is not None and not REGION_NAME.match(region):
            raise Raised("InvalidRegionError", f"the region `{region}` is not a valid host label")
        if region == "":
            raise Raised("ValueError", "an empty region makes an invalid endpoint")
        self.sso_session(self.profile)

    def sso_session(self, profile: str) -> None:
        """The token provider wants a complete [sso-session] where a profile names one."""
        name = self.section(profile).get("sso_session")
        session = self.config.sso_sessions.get(name) if isinstance(name, str) else None
        if name is None:
            return
        if not session:
            raise Raised("InvalidConfigError", f"the sso-session `{name}` does not exist")
        missing = [key for key in ("sso_start_url", "sso_region") if key not in session]
        if missing:
            raise Raised("InvalidConfigError", f"the sso-session `{name}` lacks {', '.join(missing)}")

    def call(self, operation: str, role: str, signed_with: str | None, seed: str) -> Keys:
        """A call that hands out keys for a role; role names that start with Denied are refused."""
        name = seed.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        by = f"signed with {signed_with}" if signed_with is not None else "not signed"
        if self.offline:
            raise Needs(f"call {operation} for {role}, {by}")
        entry = {"call": operation, "role": role, "signed_with": signed_with}
        self.told(rules.STS, f"{operation} {role}, {by}", rules.STS.says, add_chain=entry)
        if name.startswith("Denied"):
            raise Raised("ClientError", f"AccessDenied: not authorized to perform {operation} on {role}")
        key = "ASIA" + sha1(seed.encode(), usedforsecurity=False).hexdigest()[:16].upper()
        self.told(rules.MADE_UP, f"The answer holds the temporary key {key}")
        return Keys(key, f"TOK-{name}", "")

    def fresh(self, keys: Keys, expiration: object) -> Found:
        """Keys that say when they expire: past that moment they are fetched once more, in vain."""

        def use() -> Keys:
            at = self._moment(expiration)
            if at is not None and self.machine.now is not None and at <= self.machine.now:
                self.told(rules.EXPIRED, f"The keys expired at {expiration}", rules.EXPIRED.says)
                raise Raised("RuntimeError", "credentials were refreshed, but the refreshed ones are still expired")
            return keys

        return use

    def _moment(self, expiration: object) -> Any:
        return None if expiration is None else moment(str(expiration))
