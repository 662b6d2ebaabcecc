"""The Amazon ECS cluster query language: text to expression, and an expression asked of one instance.

Grammar and operators: Amazon ECS Developer Guide, "Cluster query language". What the page leaves open
(precedence, whole-string regular expressions, text order of attributes) is marked [conv].

    expression := and { ("or" | "||") and }
    and        := unary { ("and" | "&&") unary }
    unary      := ("not" | "!") unary | "(" expression ")" | simple
    simple     := subject operator [argument]
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LIMIT = 2000

WORDS = {
    "equals": "==", "not_equals": "!=",
    "greater_than": ">", "greater_than_equal": ">=", "less_than": "<", "less_than_equal": "<=",
    "exists": "exists", "not_exists": "!exists",
    "in": "in", "not_in": "!in",
    "matches": "=~", "not_matches": "!~",
}  # fmt: skip
EQUALITY = {"==", "!="}
ORDER = {">", ">=", "<", "<="}
LISTS = {"in", "!in"}
PATTERNS = {"=~", "!~"}
PRESENCE = {"exists", "!exists"}
ALL = EQUALITY | ORDER | LISTS | PATTERNS | PRESENCE

SUBJECTS: dict[str, set[str]] = {
    "agentConnected": EQUALITY | LISTS | PATTERNS,
    "agentVersion": EQUALITY | ORDER,
    "ec2InstanceId": EQUALITY | LISTS | PATTERNS,
    "registeredAt": EQUALITY | ORDER,
    "runningTasksCount": EQUALITY | ORDER,
    "task:group": ALL,
}
ATTRIBUTE = re.compile(r"attribute:([A-Za-z0-9_/\\.-]{1,128})$")
SYMBOLS = ("!exists", "==", "!=", ">=", "<=", "=~", "!~", "!in", ">", "<")


@dataclass(frozen=True)
class QueryError(Exception):
    """The text is no expression; `position` is the 0-based index of what cannot be accepted."""

    message: str
    position: int


@dataclass(frozen=True)
class Instance:
    """What an expression can ask of a container instance. A value None is absent."""

    attributes: Mapping[str, str | None] = field(default_factory=dict)
    agent_connected: bool = True
    agent_version: str | None = None
    ec2_instance_id: str | None = None
    registered_at: str | None = None
    running_tasks_count: int | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Simple:
    """One comparison, `subject operator argument`."""

    subject: str
    operator: str
    argument: str | tuple[str, ...] | None = None


@dataclass(frozen=True)
class Not:
    """True where the inner expression is not."""

    inner: "Expression"


@dataclass(frozen=True)
class Both:
    """`and`."""

    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Either:
    """`or`."""

    left: "Expression"
    right: "Expression"


Expression = Simple | Not | Both | Either


def parse(text: str) -> Expression:
    """The expression that `text` says; QueryError where it says none."""
    if len(text) > LIMIT:
        raise QueryError(f"the expression is longer than {LIMIT} characters", LIMIT)
    reader = _Reader(text)
    expression = reader.expression()
    reader.space()
    if reader.at < len(text):
        raise QueryError(f"`{text[reader.at :]}` was not expected here", reader.at)
    return expression


def holds(expression: Expression, instance: Instance) -> bool:
    """Whether the instance satisfies the expression."""
    match expression:
        case Not(inner):
            return not holds(inner, instance)
        case Both(left, right):
            return holds(left, instance) and holds(right, instance)
        case Either(left, right):
            return holds(left, instance) or holds(right, instance)
        case Simple():
            return _holds(expression, instance)


def text_of(expression: Expression) -> str:
    """The expression printed back; parsing that gives the same expression."""
    match expression:
        case Not(inner):
            return f"not({text_of(inner)})"
        case Both(left, right):
            return f"{_grouped(left, Either)} and {_grouped(right, Either | Both)}"
        case Either(left, right):
            return f"{text_of(left)} or {_grouped(right, Either)}"
        case Simple(subject, operator, None):
            return f"{subject} {operator}"
        case Simple(subject, operator, str() as argument):
            return f"{subject} {operator} {_quoted(argument)}"
        case Simple(subject, operator, argument):
            return f"{subject} {operator} [{', '.join(_quoted(item) for item in argument or ())}]"


def _grouped(inner: Expression, kinds: Any) -> str:
    return f"({text_of(inner)})" if isinstance(inner, kinds) else text_of(inner)


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


class _Reader:
    """Reads tokens from the left; `at` is the place of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def take(self, token: str) -> bool:
        """Consume `token` if it stands here; a word must end where it ends."""
        self.space()
        end = self.at + len(token)
        if not self.text.startswith(token, self.at):
            return False
        if token[-1].isalpha() and end < len(self.text) and (self.text[end].isalnum() or self.text[end] in "_:"):
            return False
        self.at = end
        return True

    def expression(self) -> Expression:
        left = self.conjunction()
        while self.take("or") or self.take("||"):
            left = Either(left, self.conjunction())
        return left

    def conjunction(self) -> Expression:
        left = self.unary()
        while self.take("and") or self.take("&&"):
            left = Both(left, self.unary())
        return left

    def unary(self) -> Expression:
        negations = 0
        while self.take("not") or self.take("!"):
            negations += 1
        inner = self.parenthesised() if self.take("(") else self.simple()
        for _ in range(negations):
            inner = Not(inner)
        return inner

    def parenthesised(self) -> Expression:
        inner = self.expression()
        if not self.take(")"):
            raise QueryError("a `)` is missing", self.at)
        return inner

    def simple(self) -> Expression:
        subject = self.subject()
        operator = self.operator(subject)
        if operator in PRESENCE:
            return Simple(subject, operator)
        self.space()
        start = self.at
        if operator in LISTS:
            return Simple(subject, operator, self.items())
        argument = self.literal(stops="")
        _check(subject, operator, argument, start)
        return Simple(subject, operator, argument)

    def subject(self) -> str:
        self.space()
        start = self.at
        found = re.compile(r"[^\s()=!<>&|\[\],]+").match(self.text, start)
        if not found:
            rest = self.text[start:]
            raise QueryError(f"a subject was expected, not `{rest}`" if rest else "a subject is missing", start)
        name = found[0].removesuffix("~")
        if name in SUBJECTS or ATTRIBUTE.match(name):
            self.at = start + len(name)
            return name
        if name.startswith("attribute:"):
            raise QueryError(f"`{name[10:]}` is not an attribute name", start + len("attribute:"))
        raise QueryError(f"`{name}` is not a subject of the query language", start)

    def operator(self, subject: str) -> str:
        self.space()
        start = self.at
        found = next((symbol for symbol in SYMBOLS if self.take(symbol)), None)
        if found is None:
            word = re.compile(r"[a-z_]+").match(self.text, start)
            found = WORDS.get(word[0]) if word else None
            if word is None or found is None:
                raise QueryError("an operator is missing", start)
            self.at = start + len(word[0])
        allowed = SUBJECTS.get(subject, ALL)
        if found not in allowed:
            raise QueryError(f"`{subject}` cannot be asked with `{found}`", start)
        return found

    def items(self) -> tuple[str, ...]:
        if not self.take("["):
            raise QueryError("a list in square brackets is missing", self.at)
        items = [self.literal(stops=",]")]
        while self.take(","):
            items.append(self.literal(stops=",]"))
        if not self.take("]"):
            raise QueryError("a `]` is missing", self.at)
        return tuple(items)

    def literal(self, stops: str) -> str:
        self.space()
        start = self.at
        quote = self.text[start : start + 1]
        if quote in ("'", '"'):
            end = self.text.find(quote, start + 1)
            if end < 0:
                raise QueryError("a quotation mark is not closed", start)
            self.at = end + 1
            return self.text[start + 1 : end]
        while self.at < len(self.text) and not self._ends(stops):
            self.at += 1
        if self.at == start:
            raise QueryError("a value is missing", start)
        return self.text[start : self.at]

    def _ends(self, stops: str) -> bool:
        here = self.text[self.at]
        return here.isspace() or here in "()" or here in stops or self.text.startswith(("&&", "||"), self.at)


def _check(subject: str, operator: str, argument: str, position: int) -> None:
    """An argument of the wrong kind is an error [conv]."""
    try:
        if operator in PATTERNS:
            re.compile(argument)
        elif subject in KINDS:
            KINDS[subject](argument)
    except (ValueError, re.error) as problem:
        kind = "a regular expression" if operator in PATTERNS else f"a value for {subject}"
        raise QueryError(f"`{argument}` is not {kind}", position) from problem


def _version(text: str) -> tuple[int, ...]:
    numbers = [int(part) for part in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


KINDS: dict[str, Callable[[str], Any]] = {
    "agentVersion": _version,
    "registeredAt": _moment,
    "runningTasksCount": int,
}


def _holds(simple: Simple, instance: Instance) -> bool:
    subject, operator = simple.subject, simple.operator
    if subject == "task:group":
        return _some_group(operator, simple.argument, instance.groups)
    present, value = _value(subject, instance)
    if operator in PRESENCE:
        return present == (operator == "exists")
    # A missing attribute satisfies no comparison, `!=` included (containers-roadmap issue 486).
    return present and _compare(operator, value, simple.argument, KINDS.get(subject, str))


def _some_group(operator: str, argument: Any, groups: tuple[str, ...]) -> bool:
    """`==` asks for at least one task of the group; the negative operators for none [conv]."""
    if operator == "exists":
        return bool(groups)
    if operator.startswith("!"):
        positive = {"!exists": "exists", "!=": "==", "!in": "in", "!~": "=~"}[operator]
        return not _some_group(positive, argument, groups)
    return any(_compare(operator, group, argument, str) for group in groups)


def _value(subject: str, instance: Instance) -> tuple[bool, str]:
    found = ATTRIBUTE.match(subject)
    if found:
        # An attribute without a value is there, with the empty text as its value.
        return found[1] in instance.attributes, instance.attributes.get(found[1]) or ""
    value = {
        "agentConnected": "true" if instance.agent_connected else "false",
        "agentVersion": instance.agent_version,
        "ec2InstanceId": instance.ec2_instance_id,
        "registeredAt": instance.registered_at,
        "runningTasksCount": None if instance.running_tasks_count is None else str(instance.running_tasks_count),
    }[subject]
    return value is not None, value or ""


def _compare(operator: str, value: str, argument: Any, kind: Callable[[str], Any]) -> bool:
    if operator in LISTS:
        return (value in argument) == (operator == "in")
    if operator in PATTERNS:
        return bool(re.fullmatch(argument, value)) == (operator == "=~")
    try:
        left, right = kind(value), kind(argument)
    except ValueError:
        return False
    return bool(
        {
            "==": left == right, "!=": left != right,
            ">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right,
        }[operator]
    )  # fmt: skip
