"""Where an accepted file means something else than it says, or something that AWS's pages do not say."""

import re
from collections.abc import Iterator
from typing import Any

from dva.aws.ruby import inspect, to_s
from dva.simulations._before import Rule
from dva.simulations.codedeploy._appspec_file import AppSpec, Reader
from dva.simulations.codedeploy._lifecycle import AGENT, RESERVED
from dva.simulations.codedeploy.appspec import _rules as rules

Surprise = tuple[Rule, str]

SECTIONS = ("version", "os", "hooks", "files", "permissions", "file_exists_behavior")
HOUR = 3600


def in_version(reader: Reader) -> Iterator[Surprise]:
    """A quoted version, which is refused."""
    if isinstance(reader.value.get("version"), str):
        yield (
            rules.VERSION_TEXT,
            "version is in quotes: the User Guide calls it a string, yet the agent takes the number 0.0 only",
        )


def in_keys(reader: Reader) -> Iterator[Surprise]:
    """Keys that stand twice."""
    for path, line in reader.document.repeated.items():
        yield rules.REPEATED, f"line {line}: {to_s(path[-1])} stands there a second time; what stood before is lost"


def in_hooks(reader: Reader, read: AppSpec) -> Iterator[Surprise]:
    """Timeouts that count otherwise, events that are too long or no events."""
    for event, scripts in read.hooks.items():
        yield from _event(event)
        written = _entries(reader.value["hooks"], event)
        for index, (script, entry) in enumerate(zip(scripts, written, strict=False)):
            yield from _timeout(reader, event, index, entry.get("timeout"), script.timeout)
            if script.sudo is not None:
                yield rules.SUDO, f"{script.location}: `sudo` is obeyed although no page of AWS names it"
        total = sum(script.timeout for script in scripts)
        if total > HOUR:
            yield (
                rules.LONG_EVENT,
                f"{event}: its scripts are granted {total} s together, but the service ends an event after {HOUR} s",
            )


def _event(event: str) -> Iterator[Surprise]:
    if event in RESERVED:
        yield rules.RESERVED_EVENT, f"{event} is CodeDeploy's own event: its scripts never run"
    elif event not in AGENT:
        yield rules.STRANGE_EVENT, f"{event} is no event of an instance: accepted here, Install fails on it"


def _entries(hooks: dict[Any, Any], event: str) -> list[dict[str, Any]]:
    return next((scripts for name, scripts in hooks.items() if to_s(name) == event), [])


def _timeout(reader: Reader, event: str, index: int, value: Any, seconds: int) -> Iterator[Surprise]:
    """A timeout whose written form is not the number that it counts as."""
    line = reader.document.line(("hooks", event, index, "timeout"))
    found = re.search(r"\btimeout['\"]?\s*:\s*([^,}#\n]+)", line_of(reader, line))
    written = found[1].strip().strip("'\"") if found else to_s(value)
    if value not in (None, False) and written != str(seconds):
        yield rules.ODD_TIMEOUT, f"{event}: timeout {written} counts as {seconds} seconds"


def in_files(read: AppSpec) -> Iterator[Surprise]:
    """A file that copies nothing."""
    if not read.files:
        yield rules.NO_FILES, "no files are copied: the agent accepts that, AWS's appspec assistant does not"


def in_modes(reader: Reader) -> Iterator[Surprise]:
    """Modes that are octal numbers, whether they are refused or not."""
    entries = reader.value.get("permissions")
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        value = entry.get("mode") if isinstance(entry, dict) else None
        written = octal(reader, index) if isinstance(value, int) and not isinstance(value, bool) else None
        if written:
            yield (
                rules.OCTAL,
                f"{to_s(entry.get('object'))}: mode {written} without quotes is an octal number for YAML 1.1, so the "
                f"agent sees {value}; quote it or drop the zero",
            )


def in_permissions(reader: Reader, read: AppSpec) -> Iterator[Surprise]:
    """Users that are not read, patterns that only Install refuses."""
    entries = reader.value.get("permissions") or []
    for permission, entry in zip(read.permissions, entries, strict=False):
        context = entry.get("context")
        if isinstance(context, dict) and "user" in context:
            yield rules.CONTEXT_USER, f"{permission.object}: the context's `user` is not read, the agent wants `name`"
        if "file" in permission.type and (permission.pattern != "**" or permission.excepted):
            yield (
                rules.PATTERN,
                f"{permission.object}: if this is a copied file, its pattern or exception makes Install fail",
            )


def octal(reader: Reader, index: int) -> str | None:
    """The mode as written, where it is an unquoted number with a leading zero."""
    line = reader.document.line(("permissions", index, "mode"))
    found = re.search(r"\bmode['\"]?\s*:\s*(0[0-7_]+)\s*(?:[,}#].*)?$", line_of(reader, line))
    return found[1] if found else None


def in_the_rest(reader: Reader, read: AppSpec) -> Iterator[Surprise]:
    """Unknown sections, and a behavior that beats the option."""
    for name in reader.value:
        if name not in SECTIONS:
            yield rules.UNREAD, f"the section {inspect(name)} is not read"
    if read.file_exists_behavior:
        yield (
            rules.BEATS_OPTION,
            f"file_exists_behavior {read.file_exists_behavior} beats the option given to create-deployment",
        )


def line_of(reader: Reader, number: int) -> str:
    """A line of the file, 1-based; empty where the file was given as a mapping."""
    lines = reader.text.splitlines()
    return lines[number - 1] if 0 < number <= len(lines) else ""
