"""What a command does to its shell, as far as it can be said without running it: `cd`, assignments, exit codes."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
ASSIGNMENT = re.compile(rf"({NAME})=(.*)", re.DOTALL)
REFERENCE = re.compile(rf"\$(?:\{{({NAME})\}}|({NAME}))")
IN_QUOTES = re.compile(rf"""\\(["\\$`])|{REFERENCE.pattern}""")
"""What double quotes leave special: a backslash before one of these, and variables."""
WORDS = re.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""", re.DOTALL)
PIECES = re.compile(r"""\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\\'"]+)""", re.DOTALL)
OPERATORS = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.|\$\([^)]{0,200}\)|(&&|\|\||;|\n)""", re.DOTALL)


SOURCE = "/codebuild/output/src"
"""The source root, as $CODEBUILD_SRC_DIR would name it; paths inside it are told relative to it."""


LONGEST = 4096
"""Characters of a value: `A=$A$A`, often enough, would fill any memory."""


@dataclass
class Shell:
    """A directory relative to the source root (`` is the root) and the variables.

    `touched` holds what the command at work has changed, with the values of before.
    """

    variables: dict[str, str] = field(default_factory=dict)
    pwd: str = ""
    before: str = ""
    own: dict[str, str] = field(default_factory=lambda: {"CODEBUILD_SRC_DIR": SOURCE, "HOME": "/root"})
    """CodeBuild's own variables, which are not told."""

    touched: dict[str, str | None] = field(default_factory=dict)

    def expand(self, word: str) -> str:
        """The word as the shell would hand it on, cut where it grows too long."""
        names = [found[1] or found[2] for found in REFERENCE.finditer(word)]
        known = {name: self.variables.get(name, self.own.get(name, "")) for name in names}
        if sum(len(known[name]) for name in names) > LONGEST:
            return ""
        return expand(word, known)[:LONGEST]

    def put(self, name: str, value: str | None) -> None:
        """Set a variable, or unset it with None."""
        self.touched.setdefault(name, self.variables.get(name))
        if value is None:
            self.variables.pop(name, None)
        else:
            self.variables[name] = value

    def copy(self) -> "Shell":
        return Shell(dict(self.variables), self.pwd, self.before, dict(self.own))


def parts(command: str) -> Iterator[tuple[str, str]]:
    """(operator before it, command) for what stands between `;`, newline, `&&` and `||`."""
    operator, begin = ";", 0
    for found in OPERATORS.finditer(command):
        if found[1]:
            yield operator, command[begin : found.start()].strip()
            operator, begin = found[1], found.end()
    yield operator, command[begin:].strip()


def simple_parts(command: str) -> list[tuple[str, str]]:
    """The parts that do something."""
    return [(operator, part) for operator, part in parts(command) if part and not part.startswith("#")]


def expand(word: str, variables: dict[str, str]) -> str:
    """Quotes removed and variables put in, not inside single quotes."""

    def put(text: str) -> str:
        return REFERENCE.sub(lambda found: variables.get(found[1] or found[2], ""), text)

    def put_quoted(text: str) -> str:
        return IN_QUOTES.sub(lambda found: found[1] or variables.get(found[2] or found[3], ""), text)

    made = []
    for found in PIECES.finditer(word):
        escaped, single, double, bare = found.groups()
        made.append(escaped or single or (put_quoted(double) if double else "") or (put(bare) if bare else ""))
    return "".join(made)


def exit_code(part: str) -> int:
    """The exit code of `exit N` and `false`; any other command succeeds unless a fault says otherwise."""
    words = part.split()
    if words[0] == "exit" and len(words) <= 2 and (len(words) == 1 or words[1].isdigit()):
        return int(words[1]) % 256 if len(words) == 2 else 0
    return int(words == ["false"])


def stops_at_failures(part: str) -> bool:
    """Whether the part is `set -e`, alone or with other options: the first command that fails then ends the entry."""
    words = part.split()
    options = [word for word in words[1:] if word.startswith("-") and not word.startswith("--")]
    return words[0] == "set" and (any("e" in option for option in options) or "errexit" in words)


def is_unknown(part: str) -> bool:
    """Whether the part sets something to what a program would print."""
    return "$(" in part or "`" in part


def apply(part: str, shell: Shell) -> bool:
    """Let `cd`, `export`, `unset` and plain assignments change the shell; whether the part was one of them."""
    words = WORDS.findall(part)
    if not words or is_unknown(part):
        return False
    if words[0] == "cd" and len(words) <= 2:
        _change_directory(shell.expand(words[1]) if len(words) == 2 else "~", shell)
        return True
    names = words[1:] if words[0] in ("export", "unset") else words
    if words[0] == "unset":
        for name in names:
            shell.put(name, None)
        return True
    found = [ASSIGNMENT.fullmatch(word) for word in names]
    if words[0] != "export" and not all(found):
        return False  # `A=1 make` sets A for make only
    # `export` gets its words expanded at once, plain assignments are made one after the other.
    at_once = {one: shell.expand(one[2]) for one in found if one} if words[0] == "export" else {}
    for one in found:
        if one:
            shell.put(one[1], at_once[one] if one in at_once else shell.expand(one[2]))
    return bool(found)


def _change_directory(where: str, shell: Shell) -> None:
    if where == "-":
        shell.pwd, shell.before = shell.before, shell.pwd
        return
    joined = posixpath.normpath(posixpath.join(shell.pwd, "/root" if where == "~" else where) or ".")
    if joined == SOURCE or joined.startswith(SOURCE + "/"):
        joined = joined[len(SOURCE) + 1 :]
    shell.pwd, shell.before = ("" if joined == "." else joined), shell.pwd
