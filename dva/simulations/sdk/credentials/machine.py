"""The machine that a scenario describes: its environment variables and files, as a process sees them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from dva.aws import ini
from dva.simulations.sdk.credentials.documents import Content, Given


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
        name = name if name.startswith(("$HOME", "${HOME}")) else self._variables(name)
        return self.path(name)

    def _variables(self, name: str) -> str:
        # Behind the last brace no `${` is closed: to look for its end from each would take quadratic time.
        head, brace, tail = name.rpartition("}")
        filled = re.sub(r"\$(\w+|\{[^}]*\})", lambda m: self.env.get(m[1].strip("{}"), m[0]), head + brace)
        return filled + re.sub(r"\$(\w+)", lambda m: self.env.get(m[1], m[0]), tail)

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

    @property
    def config_path(self) -> str:
        """Path of the config file."""
        return self.env.get("AWS_CONFIG_FILE", "~/.aws/config")

    @property
    def credentials_path(self) -> str:
        """Path of the credentials file; the SDK for Java 1.x has a variable of its own for it."""
        name = "AWS_CREDENTIAL_PROFILES_FILE" if self.given.sdk == "java-v1" else "AWS_SHARED_CREDENTIALS_FILE"
        return self.env.get(name, "~/.aws/credentials")

    @cached_property
    def now(self) -> datetime | None:
        """The time of the run; None where none is given."""
        return parse_time(self.given.now) if self.given.now else None


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


def parse_time(text: str) -> datetime | None:
    """Return an ISO 8601 time, in UTC where it names no zone; None where it is not one."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
