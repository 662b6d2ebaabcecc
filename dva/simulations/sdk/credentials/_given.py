"""What the credentials engine is given, and the machine that it describes."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

import msgspec

from dva.aws import ini
from dva.aws.document import StrictStruct

Sdk = Literal["botocore", "cli-v1", "cli-v2", "java-v1", "java-v2"]
ImdsMode = Literal["v2", "v1-only", "both", "token-403", "no-role", "error-body", "unreachable"]
Content = str | dict[str, dict[str, Any]]


class Code(StrictStruct, rename=None):
    """What the program or the command line says itself; `profile` is --profile or Session(profile_name=...)."""

    profile: str | None = None
    region: str | None = None
    aws_access_key_id: str | None = None
    aws_secret_access_key: str | None = None
    aws_session_token: str | None = None


class Container(StrictStruct, rename=None):
    """The container's credentials endpoint; status 0 = it cannot be reached."""

    status: int = 200
    body: str | dict[str, Any] | list[Any] = ""
    requires_token: bool | str = False


class Imds(StrictStruct, rename=None):
    """The instance metadata service; `token` is the session token of the role's keys."""

    mode: ImdsMode = "v2"
    role: str | None = None
    access_key: str | None = None
    token: str | None = None
    region: str | None = None


class Process(StrictStruct, rename=None):
    """What a credential process would do."""

    rc: int = 0
    stdout: str | dict[str, Any] | list[Any] = ""


class SsoToken(StrictStruct, rename=None):
    """A cached token; `key` is the start URL or the session's name, its SHA-1, or the file's name.

    `refreshable`: it came with a refresh token, which an sso-session can use when the token has expired.
    """

    key: str | None = None
    start_url: str | None = None
    token: str | None = None
    expired: bool = False
    refreshable: bool = False


class Options(StrictStruct):
    """`offline`: start no process and call nothing; say what would be needed instead."""

    offline: bool = False


class Given(StrictStruct, rename=None):
    sdk: Sdk = "botocore"
    code: Code = msgspec.field(default_factory=Code)
    env: dict[str, str | int | float | bool | None] = {}
    files: dict[str, Content | None] = {}
    system_properties: dict[str, str] = {}
    container: Container | None = None
    imds: Imds | None = None
    processes: dict[str, Process] = {}
    sso_cache: list[SsoToken] = []
    mfa_code: str | None = None
    now: str | None = None
    options: Options = msgspec.field(default_factory=Options)


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
        """By path; a folder that was handed over as a home has `.aws/config` in it."""
        named = {f"~/{name}" if name.startswith(".aws/") else name: text for name, text in self.given.files.items()}
        return {self.path(name): content for name, content in named.items() if content is not None}

    def path(self, name: str) -> str:
        """A path with the home folder written as ~."""
        home = self.env.get("HOME", "").rstrip("/")
        for prefix in filter(None, ("$HOME", "${HOME}", home)):
            if name == prefix or name.startswith(prefix + "/"):
                return "~" + name[len(prefix) :]
        return name

    def expanded(self, name: str) -> str:
        """$VARS and ~ expanded, as botocore does for the two files and BOTO_CONFIG."""
        name = name if name.startswith(("$HOME", "${HOME}")) else self._variables(name)
        return self.path(name)

    def _variables(self, name: str) -> str:
        return re.sub(r"\$(\w+|\{[^}]*\})", lambda m: self.env.get(m[1].strip("{}"), m[0]), name)

    def opened(self, name: str) -> str | None:
        """The text at a path that is opened as it stands: ~ is not expanded. None where there is no such file."""
        content = None if name.startswith(("~", "$")) else self.files.get(self.path(name))
        return content if isinstance(content, str) else None

    def sections(self, name: str) -> ini.Sections | None:
        """The sections of an INI file, None where there is no such file; raises IniError."""
        content = self.files.get(self.expanded(name)) if name else None
        if content is None:
            return None
        return ini.parse(content) if isinstance(content, str) else _sections(content)

    @property
    def config_path(self) -> str:
        return self.env.get("AWS_CONFIG_FILE", "~/.aws/config")

    @property
    def credentials_path(self) -> str:
        """The SDK for Java 1.x has a variable of its own for it."""
        name = "AWS_CREDENTIAL_PROFILES_FILE" if self.given.sdk == "java-v1" else "AWS_SHARED_CREDENTIALS_FILE"
        return self.env.get(name, "~/.aws/credentials")

    @cached_property
    def now(self) -> datetime | None:
        return moment(self.given.now) if self.given.now else None


def _text(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sections(content: dict[str, dict[str, Any]]) -> ini.Sections:
    """A mapping is a file that was read already."""
    return {
        name: {
            key.lower(): {k: _text(v) for k, v in value.items()} if isinstance(value, dict) else _text(value)
            for key, value in section.items()
        }
        for name, section in content.items()
    }


def moment(text: str) -> datetime | None:
    """An ISO 8601 time, in UTC where it names no zone; None where it is not one."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
