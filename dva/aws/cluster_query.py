"""The Amazon ECS cluster query language: parse an expression, and evaluate it for a container instance.

Grammar and operators: Amazon ECS Developer Guide, "Cluster query language". What the page leaves open
(precedence, whole-string regular expressions, text order of attributes) is marked [assumption].

AWS matches with Java's regular expressions, dva with Python's, in ASCII and by an automaton (`dva.aws.patterns`), so
that no pattern can run forever; what only Java supports (`\\p{Alpha}`, sets inside sets) is an error rather than a
wrong result, and so is what no automaton can match.

    expression := and { ("or" | "||") and }
    and        := unary { ("and" | "&&") unary }
    unary      := ("not" | "!") unary | "(" expression ")" | simple
    simple     := subject operator [argument]
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from msgspec import Struct

from dva.aws import patterns
from dva.errors import GivenError

MAX_LENGTH = 2000
"""Characters of an expression (Amazon ECS API, ListContainerInstances: filter)."""
MAX_NESTING = 64
"""Parentheses and negations inside each other [assumption]; AWS names no limit but the length."""
MAX_VALUE = patterns.MAX_TEXT
"""AWS allows 128 characters; a longer text matches no pattern [assumption]."""

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
ATTRIBUTE = re.compile(r"attribute:([A-Za-z0-9_/\\.-]{1,128})\Z")
SUBJECT = re.compile(r"[^\s()=!~<>&|\[\],]+")
WORD = re.compile(r"[a-z_]+")
SETS = re.compile(r"\\.|\[\^?\]?((?:\\.|[^\]\\])*)\]", re.DOTALL)
"""The sets of a pattern, escaped characters passed over."""
SYMBOLS = ("!exists", "==", "!=", ">=", "<=", "=~", "!~", "!in", ">", "<")


class QueryError(Exception):
    """The text is not a valid expression; `position` is the 0-based index of what cannot be accepted."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, position)
        self.message, self.position = message, position


class Instance(Struct, frozen=True):
    """What an expression can compare of a container instance. A value None is absent."""

    attributes: Mapping[str, str | None] = {}
    agent_connected: bool = True
    agent_version: str | None = None
    ec2_instance_id: str | None = None
    registered_at: str | None = None
    running_tasks_count: int | None = None
    groups: tuple[str, ...] = ()


class Comparison(Struct, frozen=True):
    """One comparison, `subject operator argument`."""

    subject: str
    operator: str
    argument: str | tuple[str, ...] | None = None


class Not(Struct, frozen=True):
    """True where the inner expression is not."""

    inner: "Expression"


class And(Struct, frozen=True):
    """`and`."""

    left: "Expression"
    right: "Expression"


class Or(Struct, frozen=True):
    """`or`."""

    left: "Expression"
    right: "Expression"


Expression = Comparison | Not | And | Or


def parse(text: str) -> Expression:
    """Return the parsed expression; QueryError where the text is not a valid one."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the expression is longer than {MAX_LENGTH} characters", MAX_LENGTH)
    reader = _Reader(text)
    expression = reader.expression()
    reader.space()
    if reader.at < len(text):
        raise QueryError(f"`{_cut(text[reader.at :])}` was not expected here", reader.at)
    return expression


def holds(expression: Expression, instance: Instance) -> bool:
    """Return whether the instance satisfies the expression."""
    return evaluate(expression, lambda comparison: _holds(comparison, instance))


def text_of(expression: Expression) -> str:
    """Return the expression as text; parsing that gives the same expression."""
    match expression:
        case Not(inner):
            return f"not{_grouped(inner, And | Or)}" if isinstance(inner, And | Or) else f"not {text_of(inner)}"
        case And(left, right):
            return f"{_grouped(left, Or)} and {_grouped(right, Or | And)}"
        case Or(left, right):
            return f"{text_of(left)} or {_grouped(right, Or)}"
        case Comparison(subject, operator, None):
            return f"{subject} {operator}"
        case Comparison(subject, operator, str() as argument):
            return f"{subject} {operator} {_quoted(argument)}"
        case Comparison(subject, operator, argument):
            return f"{subject} {operator} [{', '.join(_quoted(item) for item in argument or ())}]"


def comparisons(expression: Expression) -> list[Comparison]:
    """Return the comparisons of an expression, from left to right."""
    match expression:
        case Not(inner):
            return comparisons(inner)
        case And(left, right) | Or(left, right):
            return comparisons(left) + comparisons(right)
        case Comparison():
            return [expression]


def evaluate(expression: Expression, compare: Callable[[Comparison], bool]) -> bool:
    """Return the truth of an expression whose comparisons `compare` decides."""
    match expression:
        case Not(inner):
            return not evaluate(inner, compare)
        case And(left, right):
            return evaluate(left, compare) and evaluate(right, compare)
        case Or(left, right):
            return evaluate(left, compare) or evaluate(right, compare)
        case Comparison():
            return compare(expression)


def mixes(expression: Expression) -> bool:
    """Return whether `and` and `or` are mixed, so that precedence, or parentheses, decide."""
    match expression:
        case Or(left, right):
            return isinstance(left, And) or isinstance(right, And) or mixes(left) or mixes(right)
        case And(left, right):
            return any(isinstance(side, Or) or mixes(side) for side in (left, right))
        case Not(inner):
            return mixes(inner)
    return False


def iso(moment: str | float) -> str:
    """Return a time as ISO 8601 text: text as it is, seconds since 1970 in UTC; GivenError where it is not valid."""
    if isinstance(moment, str):
        return moment
    try:
        return datetime.fromtimestamp(moment, UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        raise GivenError(f"`{moment}` is not a time") from None


def explain(expression: Expression, instance: Instance) -> str:
    """Return each comparison with what the instance holds: `attribute:stack != "prod" does not hold: no stack`."""
    reasons = []
    for comparison in dict.fromkeys(comparisons(expression)):
        if comparison.subject == "task:group":
            found = ", ".join(instance.groups) or "no task"
        else:
            present, value = value_of(comparison.subject, instance)
            found = (value or "no value") if present else f"no {comparison.subject.removeprefix('attribute:')}"
        verb = "holds" if holds(comparison, instance) else "does not hold"
        reasons.append(f"{text_of(comparison)} {verb}: {found}")
    return "; ".join(reasons)


def _grouped(inner: Expression, kinds: Any) -> str:
    return f"({text_of(inner)})" if isinstance(inner, kinds) else text_of(inner)


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


class _Reader:
    """Reads tokens from the left; `at` is the place of the next character, `taken` that of the last token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.taken = 0
        self.depth = 0

    def space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def take(self, token: str) -> bool:
        """Consume `token` if it is next; a word must end where it ends."""
        self.space()
        end = self.at + len(token)
        if not self.text.startswith(token, self.at):
            return False
        if token[-1].isalpha() and end < len(self.text) and (self.text[end].isalnum() or self.text[end] in "_:"):
            return False
        self.taken, self.at = self.at, end
        return True

    def expression(self) -> Expression:
        left = self.conjunction()
        while self.take("or") or self.take("||"):
            left = Or(left, self.conjunction())
        return left

    def conjunction(self) -> Expression:
        left = self.unary()
        while self.take("and") or self.take("&&"):
            left = And(left, self.unary())
        return left

    def unary(self) -> Expression:
        outside = self.depth
        negations = 0
        while self.take("not") or self.take("!"):
            negations += 1
            self.deeper()
        inner = self.parenthesised() if self.take("(") else self.simple()
        for _ in range(negations):
            inner = Not(inner)
        self.depth = outside
        return inner

    def parenthesised(self) -> Expression:
        self.deeper()
        inner = self.expression()
        if not self.take(")"):
            raise QueryError("a `)` is missing", self.at)
        return inner

    def deeper(self) -> None:
        """Go one level further in, by the token that was just taken."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise QueryError(f"more than {MAX_NESTING} parentheses and negations inside each other", self.taken)

    def simple(self) -> Expression:
        subject = self.subject()
        operator = self.operator(subject)
        if operator in PRESENCE:
            return Comparison(subject, operator)
        if operator in LISTS:
            return Comparison(subject, operator, self.items(subject))
        return Comparison(subject, operator, self.argument(subject, operator, stops=""))

    def subject(self) -> str:
        self.space()
        start = self.at
        found = SUBJECT.match(self.text, start)
        if not found:
            rest = _cut(self.text[start:])
            raise QueryError(f"a subject was expected, not `{rest}`" if rest else "a subject is missing", start)
        name = found[0]
        if name in SUBJECTS or ATTRIBUTE.match(name):
            self.at = start + len(name)
            return name
        if name.startswith("attribute:"):
            raise QueryError(f"`{_cut(name[10:])}` is not an attribute name", start + len("attribute:"))
        raise QueryError(f"`{_cut(name)}` is not a subject of the query language", start)

    def operator(self, subject: str) -> str:
        self.space()
        start = self.at
        found = next((symbol for symbol in SYMBOLS if self.take(symbol)), None)
        if found is None:
            word = WORD.match(self.text, start)
            found = WORDS.get(word[0]) if word else None
            if word is None or found is None:
                raise QueryError("an operator is missing", start)
            self.at = start + len(word[0])
        if found not in SUBJECTS.get(subject, ALL):
            raise QueryError(f"`{subject}` cannot be asked with `{found}`", start)
        return found

    def items(self, subject: str) -> tuple[str, ...]:
        if not self.take("["):
            raise QueryError("a list in square brackets is missing", self.at)
        items = [self.argument(subject, "in", stops=",]")]
        while self.take(","):
            items.append(self.argument(subject, "in", stops=",]"))
        if not self.take("]"):
            raise QueryError("a `]` is missing", self.at)
        return tuple(items)

    def argument(self, subject: str, operator: str, stops: str) -> str:
        """Read a literal of the kind that the subject and the operator need."""
        self.space()
        start = self.at
        argument = self.literal(stops)
        _check(subject, operator, argument, start)
        return argument

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


def _cut(text: str) -> str:
    """Return as much of a text as a message needs."""
    return text if len(text) <= 40 else f"{text[:40]}..."


def _check(subject: str, operator: str, argument: str, position: int) -> None:
    """Raise QueryError for an argument of the wrong kind [assumption]."""
    try:
        if operator in PATTERNS:
            _pattern(argument)
        elif subject in KINDS:
            KINDS[subject](argument)
    except ValueError as problem:
        if operator in PATTERNS:
            raise QueryError(
                f"`{_cut(argument)}` cannot be used as a regular expression: {problem}", position
            ) from None
        raise QueryError(f"`{_cut(argument)}` is not a value for {subject}", position) from None


@lru_cache(maxsize=64)
def _pattern(text: str) -> patterns.Pattern:
    """Return the compiled pattern; ValueError where it is not valid, or not supported."""
    if any(re.search(r"\[|&&|--|~~|\|\|", found[1] or "") for found in SETS.finditer(text)):
        raise ValueError("sets inside sets are Java's alone")
    return patterns.compile(text, re.ASCII)


def _version(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", text):
        raise ValueError(text)
    numbers = [int(part) for part in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _moment(text: str) -> datetime:
    """Parse a date, or a date and time; without a zone it is UTC, a date alone is its midnight [assumption]."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?)?", text, re.ASCII):
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]+", text):
        raise ValueError(text)
    return int(text)


def _flag(text: str) -> str:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text


KINDS: dict[str, Callable[[str], Any]] = {
    "agentConnected": _flag,
    "agentVersion": _version,
    "registeredAt": _moment,
    "runningTasksCount": _count,
}


def _holds(comparison: Comparison, instance: Instance) -> bool:
    subject, operator = comparison.subject, comparison.operator
    if subject == "task:group":
        return _some_group(operator, comparison.argument, instance.groups)
    present, value = value_of(subject, instance)
    if operator in PRESENCE:
        return present == (operator == "exists")
    # A missing attribute satisfies no comparison, `!=` included (containers-roadmap issue 486).
    return present and _compare(operator, value, comparison.argument, KINDS.get(subject, str))


def _some_group(operator: str, argument: Any, groups: tuple[str, ...]) -> bool:
    """Return whether a task of the group is there; for the negative operators whether none is [assumption]."""
    if operator == "exists":
        return bool(groups)
    if operator.startswith("!"):
        positive = {"!exists": "exists", "!=": "==", "!in": "in", "!~": "=~"}[operator]
        return not _some_group(positive, argument, groups)
    return any(_compare(operator, group, argument, str) for group in groups)


def value_of(subject: str, instance: Instance) -> tuple[bool, str]:
    """Return whether the instance has what a subject (other than task:group) names, and its value as text."""
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


COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": eq, "!=": ne, ">": gt, ">=": ge, "<": lt, "<=": le,
}  # fmt: skip


def _compare(operator: str, value: str, argument: Any, kind: Callable[[str], Any]) -> bool:
    if operator in LISTS:
        return (value in argument) == (operator == "in")
    if operator in PATTERNS:
        found = len(value) <= MAX_VALUE and _pattern(argument).fullmatch(value)
        return found == (operator == "=~")
    try:
        left, right = kind(value), kind(argument)
    except ValueError:
        return False
    return bool(COMPARE[operator](left, right))
