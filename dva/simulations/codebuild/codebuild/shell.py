"""What a command does to its shell, as far as it is known without running it: `cd`, assignments, exit codes."""

import posixpath
import re
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
"""The source root, as $CODEBUILD_SRC_DIR would name it; paths inside it are relative to it."""
MAX_VALUE = 4096
"""Characters of a value (a limit of dva): `A=$A$A`, often enough, would fill any memory."""


@dataclass
class Shell:
    """A directory relative to the source root (`` is the root) and the variables.

    `previous` is the directory before the last `cd`. `builtin` holds CodeBuild's own variables, which the outcome
    does not list. `touched` maps the variables that the current command has changed to their values before.
    """

    variables: dict[str, str] = field(default_factory=dict)
    pwd: str = ""
    previous: str = ""
    builtin: dict[str, str] = field(default_factory=lambda: {"CODEBUILD_SRC_DIR": SOURCE, "HOME": "/root"})
    touched: dict[str, str | None] = field(default_factory=dict)

    def expand(self, word: str) -> str:
        """Return the word without quotes and with the values of variables, except inside single quotes.

        It is cut where it grows too long.
        """
        names = [found[1] or found[2] for found in REFERENCE.finditer(word)]
        known = self.builtin | self.variables
        if sum(len(known.get(name, "")) for name in names) > MAX_VALUE:
            return ""
        words = []
        for escaped, single, double, bare in PIECES.findall(word):
            quoted = IN_QUOTES.sub(lambda found: found[1] or known.get(found[2] or found[3], ""), double)
            unquoted = REFERENCE.sub(lambda found: known.get(found[1] or found[2], ""), bare)
            words.append(escaped or single or quoted or unquoted)
        return "".join(words)[:MAX_VALUE]

    def put(self, name: str, value: str | None) -> None:
        """Set a variable, or unset it with None."""
        self.touched.setdefault(name, self.variables.get(name))
        if value is None:
            self.variables.pop(name, None)
        else:
            self.variables[name] = value

    def copy(self) -> "Shell":
        """Return a shell of its own in the same state."""
        return Shell(dict(self.variables), self.pwd, self.previous, dict(self.builtin))


def split_command(command: str) -> list[tuple[str, str]]:
    """Return (operator before it, simple command) for what is between `;`, newline, `&&` and `||`, without comments."""
    cuts = [found for found in OPERATORS.finditer(command) if found[1]]
    begins, ends = [0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(command)]
    parts = [command[begin:end].strip() for begin, end in zip(begins, ends, strict=True)]
    operators = [";", *(cut[1] for cut in cuts)]
    return [(before, part) for before, part in zip(operators, parts, strict=True) if part and not part.startswith("#")]


def exit_code(part: str) -> int:
    """Return the exit code of `exit N` and `false`; any other command succeeds unless a fault says otherwise."""
    words = part.split()
    if words[0] == "exit" and len(words) <= 2 and (len(words) == 1 or words[1].isdigit()):
        return int(words[1]) % 256 if len(words) == 2 else 0
    return int(words == ["false"])


def stops_at_failures(part: str) -> bool:
    """Return whether this is `set -e`, alone or with other options: the first failing command then ends the entry."""
    words = part.split()
    options = [word for word in words[1:] if word.startswith("-") and not word.startswith("--")]
    return words[0] == "set" and (any("e" in option for option in options) or "errexit" in words)


def is_unknown(part: str) -> bool:
    """Return whether the part uses what a program would print."""
    return "$(" in part or "`" in part


def apply(part: str, shell: Shell) -> None:
    """Let `cd`, `export`, `unset` and plain assignments change the shell."""
    words = WORDS.findall(part)
    if not words or is_unknown(part):
        return
    command, *names = words
    if command == "cd":
        if len(names) <= 1:
            _change_directory(shell.expand(names[0]) if names else "~", shell)
    elif command == "unset":
        for name in names:
            shell.put(name, None)
    elif command == "export":  # expands all its words before it sets any
        found = [one for word in names if (one := ASSIGNMENT.fullmatch(word))]
        for name, value in [(one[1], shell.expand(one[2])) for one in found]:
            shell.put(name, value)
    else:
        found = [one for word in words if (one := ASSIGNMENT.fullmatch(word))]
        if len(found) == len(words):  # `A=1 make` sets A for make only
            for one in found:
                shell.put(one[1], shell.expand(one[2]))


def _change_directory(where: str, shell: Shell) -> None:
    if where == "-":
        shell.pwd, shell.previous = shell.previous, shell.pwd
        return
    joined = posixpath.normpath(posixpath.join(shell.pwd, "/root" if where == "~" else where) or ".")
    if joined == SOURCE or joined.startswith(SOURCE + "/"):
        joined = joined[len(SOURCE) + 1 :]
    shell.pwd, shell.previous = ("" if joined == "." else joined), shell.pwd
