"""One search: what it knows, what it has asked, and the calls that it makes."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dva.aws import ini
from dva.simulations.frame import Append, Run
from dva.simulations.sdk._keys import temporary_key_id
from dva.simulations.sdk.credentials import rules
from dva.simulations.sdk.credentials.documents import Given
from dva.simulations.sdk.credentials.machine import Machine, is_past
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
class Search:
    """The state of one search."""

    given: Given
    run: Run
    machine: Machine
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
