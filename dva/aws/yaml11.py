"""YAML 1.1 as Ruby's Psych reads it (the CodeDeploy agent does): text in, plain values and their lines out.

Psych and PyYAML share the parser, libyaml, and differ in what a plain word means. In Psych `1:30` is 5400
(hours and minutes), `1,000` is 1000, `:os` is a symbol and `1e3` is text; in both `0755` is 493 and `on` is true.
The rules are those of psych/scalar_scanner.rb, of Ruby 3.1 (Psych 4) and later, where `YAML.load` is the safe one:
dates and aliases are refused. Other AWS readers take both, and numbers as YAML 1.1 itself has them; for them there
is `strict=False`.

    read(text).value        the first document; nothing at all is None
    read(text).line(path)   where it stands, 1-based: read(text).line(("hooks", "BeforeInstall", 0, "timeout"))
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

MOST_BYTES = 1024 * 1024
MOST_NODES = 10_000
"""After aliases are expanded: a few lines can stand for billions of values."""
DEEPEST = 100
LONGEST_NUMBER = 400
"""Digits; a longer one stays text."""

Path = tuple[Any, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {"": None, "~": None, "null": None} | dict.fromkeys(("yes", "true", "on"), True)
_WORDS |= dict.fromkeys(("no", "false", "off"), False)
_TEXT = re.compile(r"[^\d.:-]?[^\W\d]|[^\d.:-]?[\s!@#$%^&*(){}<>|/\\~;=]")
_DATE = re.compile(
    r"-?\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|\s+)\d{1,2}:\d\d:\d\d(?:\.\d*)?(?:\s*(?:Z|[-+]\d{1,2}:?(?:\d\d)?))?"
    r"|\d{4}-(?:1[012]|0\d|\d)-(?:[12]\d|3[01]|0\d|\d)"
)
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}(?:\.[0-9_]*)?")
# YAML 1.1's decimal numbers: a point, and a sign in the exponent; 1e3 and -.5 are text.
_DECIMAL = re.compile(
    r"[-+]?\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\.\d[\d_]*(?:[eE][-+]\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_WHOLE = re.compile(r"([-+]?)(?:0b([01_]+)|0x([\da-fA-F_]+)|0([0-7_]+)|(0|[1-9][\d_]*))")
_BASES = ((2, 2), (3, 16), (4, 8), (5, 10))
_SEXAGESIMAL = re.compile(r"[-+]?[1-9][0-9_]{0,300}(?::[0-5]?[0-9]){1,20}")
"""Of YAML 1.1 itself; Ruby reads it otherwise."""
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_,]*)?\.[0-9]*(?:[eE][+-][0-9]+)?")
_INTEGERS = (
    (2, re.compile(r"([-+]?)0b([01_,]+)")),
    (8, re.compile(r"([-+]?)0([0-7_,]+)")),
    (16, re.compile(r"([-+]?)0x([0-9a-fA-F_,]+)")),
    (10, re.compile(r"([-+]?)(0|[1-9](?:[0-9]|,[0-9]|_[0-9])*)")),
)
_SPECIAL = {".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}
_CORE = "tag:yaml.org,2002:"


class YamlError(Exception):
    """The text is not YAML, or holds what the reader refuses; `line` is 1-based."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


class Symbol(str):
    """A Ruby symbol, `:os` written with its colon; never equal to the text `os`."""


@dataclass(frozen=True)
class Document:
    """The first document of a text, and the 1-based line of each value by its path."""

    value: Any
    lines: dict[Path, int] = field(default_factory=dict, repr=False)
    repeated: dict[Path, int] = field(default_factory=dict, repr=False)
    """Keys that stand twice, with the line of the last one, which counts."""

    def line(self, path: Path = ()) -> int:
        """The line of what stands at the path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str, *, strict: bool = True) -> Document:
    """The first document; YamlError where Psych would raise. `strict=False` takes aliases, and dates as text."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise YamlError(f"larger than {MOST_BYTES // 1024} KiB", 1)
    try:
        loader = _LOADER(text)
    except (yaml.YAMLError, UnicodeError) as problem:
        raise _fault(problem) from None
    try:
        return _Builder(loader, strict).document()
    except yaml.YAMLError as problem:
        raise _fault(problem) from None
    finally:
        loader.dispose()


def plain(word: str) -> Any:
    """What a word without quotes means: null, true, false, a number, a Symbol or text. Dates are text here."""
    if _TEXT.match(word) or "\n" in word or not word:
        return _WORDS.get(word.lower(), word) if len(word) <= 5 else word
    if word.lower() in _SPECIAL:
        return _SPECIAL[word.lower()]
    if len(word) > 1 and word[0] == ":":
        return Symbol(word)
    if _BASE_60.fullmatch(word):
        return _base_60(word)
    if _FLOAT.fullmatch(word):
        return word if word in (".", "-.", "+.") else _float(word)
    return _integer(word)


def elsewhere(word: str) -> Any:
    """What the word means for readers that are not Ruby's: `80,443` and `:name` are text, 1:30 is 90."""
    if _SEXAGESIMAL.fullmatch(word):
        sign = -1 if word[0] == "-" else 1
        parts = [int(part) for part in word.lstrip("+-").replace("_", "").split(":")]
        return sign * sum(part * 60**place for place, part in enumerate(reversed(parts)))
    whole = _WHOLE.fullmatch(word)
    if whole:
        digits, base = next((whole[n].replace("_", ""), base) for n, base in _BASES if whole[n] is not None)
        if len(digits) > LONGEST_NUMBER or not (digits or base == 8):
            return word
        return int(f"{whole[1]}{digits or 0}", base)
    value = plain(word)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return word if isinstance(value, Symbol) or (number and not _DECIMAL.fullmatch(word)) else value


def is_date(word: str) -> bool:
    """Whether Psych takes the word for a date or a time, which safe loading refuses."""
    return _DATE.fullmatch(word) is not None


def _base_60(word: str) -> int | float:
    """`h:m` and `h:m:s`; the first part always counts 3600, so that 1:30 is an hour and a half."""
    parts = word.replace("_", "").split(":")
    if "." in word:
        return sum(float(part) * 60.0 ** abs(place - 2) for place, part in enumerate(parts))
    return sum(int(part) * int(60 ** abs(place - 2)) for place, part in enumerate(parts))


def _float(word: str) -> Any:
    digits = re.sub(r"[,_]", "", word)
    try:
        return float(digits)
    except ValueError:
        return word


def _integer(word: str) -> Any:
    for base, pattern in _INTEGERS:
        found = pattern.fullmatch(word)
        if found:
            digits = re.sub(r"[,_]", "", found[2]) or ("0" if base == 8 else "")
            return int(found[1] + digits, base) if 0 < len(digits) <= LONGEST_NUMBER else word
    return word


def _fault(problem: Exception) -> YamlError:
    mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
    said = getattr(problem, "problem", None) or getattr(problem, "reason", None) or "it cannot be read"
    return YamlError(f"this is not YAML: {said}", mark.line + 1 if mark else 1)


@dataclass
class _Node:
    """A value as read: how many nodes it stands for, and how deep it is."""

    value: Any
    kind: Any
    line: int
    tag: str | None = None
    size: int = 1
    height: int = 0


@dataclass
class _Open(_Node):
    """A list or mapping that is being filled."""

    path: Path = ()
    anchor: str | None = None
    key: _Node | None = None


class _Builder:
    """Turns events into values with a stack, so that no depth can exhaust Python's."""

    def __init__(self, loader: Any, strict: bool) -> None:
        self.loader, self.strict = loader, strict
        self.stack: list[_Open] = []
        self.lines: dict[Path, int] = {}
        self.repeated: dict[Path, int] = {}
        self.anchors: dict[str, _Node] = {}
        self.nodes = 0

    def document(self) -> Document:
        """The value of the first document; what follows it is not even looked at."""
        while self.loader.check_event():
            event = self.loader.get_event()
            node = self._node(event)
            if node is not None and not self.stack:
                self.lines.setdefault((), node.line)
                return Document(node.value, self.lines, self.repeated)
            if node is not None:
                self._add(node)
        return Document(None)

    def _node(self, event: Any) -> _Node | None:
        """The finished node that the event makes, None where it only opens one or marks a place."""
        kind = type(event)
        if kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
            self._open(event, {} if kind is yaml.MappingStartEvent else [])
            return None
        if kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            done = self.stack.pop()
            return self._anchored(done, done.anchor)
        if kind is yaml.ScalarEvent:
            self._count(1, 0, event)
            return self._anchored(_Node(self._scalar(event), kind, _line(event), event.tag), event.anchor)
        return self._alias(event) if kind is yaml.AliasEvent else None

    def _open(self, event: Any, value: Any) -> None:
        tag = event.tag or ""
        if tag.startswith("!ruby/") or (self.strict and tag in (_CORE + "set", "!set")):
            raise YamlError(f"the tag `{tag}` is not allowed", _line(event))
        self._count(1, 1, event)
        path = self._path() if self.stack else ()
        self.lines.setdefault(path, _line(event))
        self.stack.append(_Open(value, type(event), _line(event), event.tag, path=path, anchor=event.anchor))

    def _path(self) -> Path:
        """Where the next value goes; the line of a mapping's value is that of its key."""
        top = self.stack[-1]
        if isinstance(top.value, list):
            return (*top.path, len(top.value))
        return top.path if top.key is None else (*top.path, _key(top.key.value))

    def _anchored(self, node: _Node, anchor: str | None) -> _Node:
        if anchor:
            self.anchors[anchor] = node
        return node

    def _alias(self, event: Any) -> _Node:
        if self.strict:
            raise YamlError("aliases are not allowed", _line(event))
        if event.anchor not in self.anchors:
            raise YamlError(f"there is no anchor `{event.anchor}` before this", _line(event))
        node = self.anchors[event.anchor]
        self._count(node.size, node.height, event)
        return _Node(node.value, yaml.AliasEvent, _line(event), None, node.size, node.height)

    def _count(self, size: int, height: int, event: Any) -> None:
        self.nodes += size
        if self.nodes > MOST_NODES:
            raise YamlError(f"more than {MOST_NODES} values", _line(event))
        if len(self.stack) + height > DEEPEST:
            raise YamlError(f"nested deeper than {DEEPEST} levels", _line(event))

    def _scalar(self, event: Any) -> Any:
        tag, word = event.tag, event.value
        if event.implicit[1] or tag in (_CORE + "str", "!str", "!ruby/string", "!"):
            return word
        if tag and tag.startswith("!ruby/sym"):
            return Symbol(":" + word)
        if tag and tag.startswith("!ruby/"):
            raise YamlError(f"the tag `{tag}` is not allowed", _line(event))
        if tag in (_CORE + "float", "!float"):
            return self._tagged_float(event)
        if is_date(word):
            if self.strict:
                raise YamlError(f"`{word}` is a date, which is not allowed here: quote it", _line(event))
            return word
        return plain(word) if self.strict else elsewhere(word)

    def _tagged_float(self, event: Any) -> float:
        try:
            return float(plain(event.value))
        except (TypeError, ValueError, OverflowError):
            raise YamlError(f"`{event.value}` is not a number", _line(event)) from None

    def _add(self, node: _Node) -> None:
        top = self.stack[-1]
        top.size += node.size
        top.height = max(top.height, node.height + 1)
        if isinstance(top.value, list):
            self.lines.setdefault((*top.path, len(top.value)), node.line)
            top.value.append(node.value)
        elif top.key is None:
            top.key = node
            path = (*top.path, _key(node.value))
            if path[-1] in top.value and node.value != "<<":
                self.repeated[path] = node.line
            self.lines[path] = node.line
        else:
            _put(top.value, top.key, node)
            top.key = None


def _put(mapping: dict[Any, Any], key: _Node, node: _Node) -> None:
    """A later key wins; `<<` takes over the entries of a mapping, or of several with the first one winning."""
    several = node.kind is yaml.SequenceStartEvent
    sources = node.value if several else [node.value]
    merges = key.value == "<<" and key.tag != _CORE + "str" and node.kind is not yaml.ScalarEvent
    if merges and all(isinstance(source, dict) for source in sources):
        for source in reversed(sources):
            mapping.update(source)
    else:
        mapping[_key(key.value)] = node.value


def _key(value: Any) -> Any:
    """A list or mapping as a key is kept as its text."""
    return str(value) if isinstance(value, list | dict) else value


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1
