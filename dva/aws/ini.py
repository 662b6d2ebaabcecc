"""INI as botocore reads ~/.aws/config and ~/.aws/credentials: text in, mappings out.

The reader is Python's RawConfigParser, strict, as in botocore/configloader.py: a duplicate section or key and
a key before any section are errors; keys are lower-cased; a comment is a whole line, never the end of one;
`[DEFAULT]` is inherited by every section. A value that begins on the line below its key is a nested block.
"""

import configparser
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

Section = dict[str, "str | dict[str, str]"]
Sections = dict[str, Section]


class IniError(Exception):
    """The text is not INI; `line` is 1-based, None where the parser does not say."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


@dataclass(frozen=True)
class ConfigFile:
    """A config file by the kinds of its sections; what is none of the three is left out."""

    profiles: Sections = field(default_factory=dict)
    sso_sessions: Sections = field(default_factory=dict)
    services: Sections = field(default_factory=dict)


class _Parser(configparser.RawConfigParser):
    """Python's parser, whose own pattern goes back over every run of spaces: quadratic in a line without `=`."""

    OPTCRE = re.compile(r"(?P<option>[^=:]*)(?P<vi>[=:])\s*(?P<value>.*)$")


def parse(text: str) -> Sections:
    """Return the sections by name, their keys in lower case."""
    parser = _Parser()
    try:
        parser.read_string(text.replace("\r\n", "\n").replace("\r", "\n"))
    except configparser.Error as problem:
        raise IniError(_words(problem), _line(problem)) from None
    return {
        section: {key: _value(parser.get(section, key)) for key in parser.options(section)}
        for section in parser.sections()
    }


def _words(problem: configparser.Error) -> str:
    match problem:
        case configparser.DuplicateSectionError():
            return f"section [{problem.section}] stands twice"
        case configparser.DuplicateOptionError():
            return f"`{problem.option}` stands twice in section [{problem.section}]"
        case configparser.MissingSectionHeaderError():
            return "a key stands before any [section]"
    return "a line is neither a [section] nor `key = value`"


def _line(problem: configparser.Error) -> int | None:
    """Return the line: a parsing error lists its lines, the others name one."""
    listed = getattr(problem, "errors", None)
    line: int | None = listed[0][0] if listed else getattr(problem, "lineno", None)
    return line


def _value(text: str) -> "str | dict[str, str]":
    return nested(text) if text.startswith("\n") else text


def nested(block: str) -> dict[str, str]:
    """Return the `key = value` lines indented below a key."""
    found = {}
    for line in filter(None, (line.strip() for line in block.splitlines())):
        key, equals, value = line.partition("=")
        if not equals:
            raise IniError(f"`{key}` in an indented block has no `=`")
        found[key.strip()] = value.strip()
    return found


def config_file(sections: Mapping[str, Section]) -> ConfigFile:
    """Sort sections by kind: [profile x] and [default] are profiles, [x] is not; sso-session and services are apart."""
    found = ConfigFile()
    for name, section in sections.items():
        if name.startswith("profile"):
            found.profiles.update(_second_word(name, section))
        elif name.startswith("sso-session"):
            found.sso_sessions.update(_second_word(name, section))
        elif name.startswith("services"):
            found.services.update(_second_word(name, section))
        elif name == "default":
            found.profiles[name] = section
    return found


def _second_word(name: str, section: Section) -> Sections:
    """Return the name in `profile "x"`; any other number of words names nothing."""
    try:
        words = shlex.split(name)
    except ValueError:
        return {}
    return {words[1]: section} if len(words) == 2 else {}


def merged(config: ConfigFile, credentials: Mapping[str, Section]) -> Sections:
    """Return the profiles of both files: the keys of the credentials file go over those of the config file."""
    profiles = {name: dict(section) for name, section in config.profiles.items()}
    for name, section in credentials.items():
        profiles[name] = profiles.get(name, {}) | section
    return profiles
