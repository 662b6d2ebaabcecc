"""Where an accepted file means something else than it says, or something that AWS's pages do not say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dva.aws.ruby import inspect, to_s
from dva.simulations.codedeploy._appspec_file import DEFAULT_PATTERN, File, Permission, Reader, Script
from dva.simulations.codedeploy._lifecycle import AGENT, RESERVED
from dva.simulations.codedeploy.appspec import rules
from dva.trace import Rule

Warning = tuple[Rule, str]

SECTIONS = ("version", "os", "hooks", "files", "permissions", "file_exists_behavior")
"""Sections that the agent reads (application_specification.rb)."""
MAX_EVENT_SECONDS = 3600
"""What the service grants all scripts of a lifecycle event together (User Guide, AppSpec 'hooks' section)."""


def in_version(reader: Reader) -> Iterator[Warning]:
    """Warn of a quoted version, which is refused."""
    if isinstance(reader.value.get("version"), str):
        yield (
            rules.VERSION_TEXT,
            "version is in quotes: the User Guide calls it a string, yet the agent takes the number 0.0 only",
        )


def in_keys(reader: Reader) -> Iterator[Warning]:
    """Warn of repeated keys."""
    for path, line in reader.document.repeated.items():
        yield rules.REPEATED, f"line {line}: {to_s(path[-1])} stands there a second time; what stood before is lost"


def in_hooks(reader: Reader, hooks: Mapping[str, Sequence[Script]]) -> Iterator[Warning]:
    """Warn of timeouts that count otherwise, of events that take too long, and of names that are not events."""
    for event, scripts in hooks.items():
        if event in RESERVED:
            yield rules.RESERVED_EVENT, f"{event} is CodeDeploy's own event: its scripts never run"
        elif event not in AGENT:
            yield rules.UNKNOWN_EVENT, f"{event} is no event of an instance: accepted here, Install fails on it"
        written: Any = next((entries for name, entries in reader.value["hooks"].items() if to_s(name) == event), [])
        for index, (script, entry) in enumerate(zip(scripts, written, strict=False)):
            yield from _in_timeout(reader, event, index, entry.get("timeout"), script.timeout)
            if script.sudo is not None:
                yield rules.SUDO, f"{script.location}: `sudo` is obeyed although no page of AWS names it"
        total = sum(script.timeout for script in scripts)
        if total > MAX_EVENT_SECONDS:
            yield (
                rules.LONG_EVENT,
                f"{event}: its scripts are granted {total} s together, but the service ends an event after "
                f"{MAX_EVENT_SECONDS} s",
            )


def _in_timeout(reader: Reader, event: str, index: int, value: Any, seconds: int) -> Iterator[Warning]:
    """Warn of a timeout whose written form is not the number that it counts as."""
    found = re.search(r"\btimeout['\"]?\s*:\s*([^,}#\n]+)", _line(reader, "hooks", event, index, "timeout"))
    written = found[1].strip().strip("'\"") if found else to_s(value)
    if value not in (None, False) and written != str(seconds):
        yield rules.ODD_TIMEOUT, f"{event}: timeout {written} counts as {seconds} seconds"


def in_files(files: Sequence[File]) -> Iterator[Warning]:
    """Warn of a file that copies nothing."""
    if not files:
        yield rules.NO_FILES, "no files are copied: the agent accepts that, AWS's appspec assistant does not"


def in_modes(reader: Reader) -> Iterator[Warning]:
    """Warn of modes that are octal numbers, whether they are refused or not."""
    entries = reader.value.get("permissions")
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        value = entry.get("mode") if isinstance(entry, dict) else None
        if not isinstance(value, int) or isinstance(value, bool):
            continue
        line = _line(reader, "permissions", index, "mode")
        written = re.search(r"\bmode['\"]?\s*:\s*(0[0-7_]+)\s*(?:[,}#].*)?$", line)
        if written:
            yield (
                rules.OCTAL,
                f"{to_s(entry.get('object'))}: mode {written[1]} without quotes is an octal number for YAML 1.1, so "
                f"the agent sees {value}; quote it or drop the zero",
            )


def in_permissions(reader: Reader, permissions: Sequence[Permission]) -> Iterator[Warning]:
    """Warn of users that are not read, and of patterns that only Install refuses."""
    entries = reader.value.get("permissions") or []
    for permission, entry in zip(permissions, entries, strict=False):
        context = entry.get("context")
        if isinstance(context, dict) and "user" in context:
            yield rules.CONTEXT_USER, f"{permission.object}: the context's `user` is not read, the agent wants `name`"
        if "file" in permission.type and (permission.pattern != DEFAULT_PATTERN or permission.excepted):
            yield (
                rules.PATTERN,
                f"{permission.object}: if this is a copied file, its pattern or exception makes Install fail",
            )


def in_sections(reader: Reader) -> Iterator[Warning]:
    """Warn of unknown sections, and of a behavior that beats the deployment's option."""
    for name in reader.value:
        if name not in SECTIONS:
            yield rules.UNREAD, f"the section {inspect(name)} is not read"
    behavior = reader.file_exists_behavior()
    if behavior:
        yield rules.BEATS_OPTION, f"file_exists_behavior {behavior} beats the option given to create-deployment"


def _line(reader: Reader, *path: Any) -> str:
    """Return the line of the file where a value stands; empty where the file was given as a mapping."""
    number, lines = reader.document.line(path), reader.text.splitlines()
    return lines[number - 1] if 0 < number <= len(lines) else ""
