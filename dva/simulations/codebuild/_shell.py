"""What a command does to its shell, as far as it can be said without running it: `cd`, assignments, exit codes."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
ASSIGNMENT = re.compile(rf"({NAME})=(.*)", re.DOTALL)
REFERENCE = re.compile(rf"\$(?:\{{({NAME})\}}|({NAME}))")
WORDS = re.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""", re.DOTALL)
PIECES = re.compile(r"""\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\\'"]+)""", re.DOTALL)
OPERATORS = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.|\$\([^)]*\)|(&&|\|\||;|\n)""", re.DOTALL)


SOURCE = "/codebuild/output/src"
"""The source root, as $CODEBUILD_SRC_DIR would name it; paths inside it are told relative to it."""


@dataclass
class Shell:
    """A directory relative to the source root (`` is the root) and the variables."""

    variables: dict[str, str] = field(default_factory=dict)
    pwd: str = ""
    before: str = ""
    own: dict[str, str] = field(default_factory=lambda: {"CODEBUILD_SRC_DIR": SOURCE, "HOME": "/root"})
    """CodeBuild's own variables, which are not told."""

    def expand(self, word: str) -> str:
        return expand(word, self.own | self.variables)

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

    made = []
    for found in PIECES.finditer(word):
        escaped, single, double, bare = found.groups()
        made.append(escaped or single or (put(double) if double else "") or (put(bare) if bare else ""))
    return "".join(made)


def exit_code(part: str) -> int:
    """The exit code of `exit N` and `false`; any other command succeeds unless a fault says otherwise."""
    words = part.split()
    if words[0] == "exit" and len(words) <= 2 and (len(words) == 1 or words[1].isdigit()):
        return int(words[1]) % 256 if len(words) == 2 else 0
    return int(words == ["false"])


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
            shell.variables.pop(name, None)
        return True
    found = [ASSIGNMENT.fullmatch(word) for word in names]
    if words[0] != "export" and not all(found):
        return False  # `A=1 make` sets A for make only
    # `export` gets its words expanded at once, plain assignments are made one after the other.
    view = shell.copy() if words[0] == "export" else shell
    for one in found:
        if one:
            shell.variables[one[1]] = view.expand(one[2])
    return bool(found)


def _change_directory(where: str, shell: Shell) -> None:
    if where == "-":
        shell.pwd, shell.before = shell.before, shell.pwd
        return
    joined = posixpath.normpath(posixpath.join(shell.pwd, "/root" if where == "~" else where) or ".")
    if joined == SOURCE or joined.startswith(SOURCE + "/"):
        joined = joined[len(SOURCE) + 1 :]
    shell.pwd, shell.before = ("" if joined == "." else joined), shell.pwd
