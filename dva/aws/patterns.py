"""Regular expressions that a document brings: matched in time that grows with pattern times text, never faster.

Python's `re` goes back and tries again, so that `(a+)+b` can take years. Here a pattern becomes an automaton, whose
possible next positions are the bits of one number (V. M. Glushkov's construction); every character is looked at once.
The syntax and the meaning are those of `re`, whose parser reads the pattern; what no automaton can match
(backreferences, atomic groups, possessive quantifiers) is refused, and so is what would be too large.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

# The parser of `re` has no public name; `sre_parse` is the deprecated one.
from re import _constants as ops  # type: ignore[attr-defined]  # isort: skip
from re import _parser as parser  # type: ignore[attr-defined]  # isort: skip

MAX_LENGTH = 2000
"""Characters of a pattern."""
MAX_TEXT = 256
"""Characters of a text to be matched; counts of repetitions above it mean the same as this."""
MAX_PARTS = 2000
"""Characters, places and groups of a pattern, with every counted repetition written out."""
MAX_LOOKS = 4
"""Look-aheads and look-behinds of a pattern: each may be asked at every character."""
MAX_CACHED = 1024
"""Characters and states that an automaton remembers."""

_FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL | re.ASCII | re.UNICODE
_ALPHABETS = re.ASCII | re.UNICODE
_PLACES = {
    ops.AT_BEGINNING: "^", ops.AT_BEGINNING_STRING: r"\A", ops.AT_END: "$", ops.AT_END_STRING: r"\Z",
    ops.AT_BOUNDARY: r"\b", ops.AT_NON_BOUNDARY: r"\B",
}  # fmt: skip
_CATEGORIES = {
    ops.CATEGORY_DIGIT: r"\d", ops.CATEGORY_NOT_DIGIT: r"\D", ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S", ops.CATEGORY_WORD: r"\w", ops.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
_UNSUPPORTED = {
    ops.GROUPREF: "backreferences", ops.GROUPREF_EXISTS: "conditional groups",
    ops.ATOMIC_GROUP: "atomic groups", ops.POSSESSIVE_REPEAT: "possessive quantifiers",
}  # fmt: skip


class InvalidPattern(ValueError):
    """The text is not a regular expression."""


class UnsupportedPattern(ValueError):
    """The text is a regular expression that is not matched here: too large, or more than an automaton can do."""


_Answers = dict[tuple[int, int], bool]
"""What look-arounds have answered, by their number and the place in the text."""
_Condition = Callable[[str, int, _Answers], bool]


@dataclass
class _Automaton:
    """Positions are bits: 0 is the end of the pattern, `characters` and `conditions` say what the others wait for."""

    first: int = 0
    follow: list[int] = field(default_factory=lambda: [0])
    characters: dict[re.Pattern[str], int] = field(default_factory=dict)
    conditions: list[tuple[int, _Condition]] = field(default_factory=list)
    _masks: dict[str, int] = field(default_factory=dict)
    _steps: dict[int, int] = field(default_factory=dict)

    def accepts(
        self, text: str, start: int, stop: int, answers: _Answers, *, anywhere: bool = False, whole: bool = False
    ) -> bool:
        """Return whether a match begins at `start`, or anywhere after it, and (if `whole`) ends at `stop`."""
        waiting = self.first
        for place in range(start, stop + 1):
            waiting = self._through_conditions(waiting, text, place, answers)
            if waiting & 1 and (place == stop or not whole):
                return True
            if place == stop or not waiting:
                return False
            waiting = self._after(waiting & self._mask(text[place])) | (self.first if anywhere else 0)
        return False

    def _through_conditions(self, waiting: int, text: str, place: int, answers: _Answers) -> int:
        """Add what follows the conditions that hold at a place, until nothing new is reached."""
        reached = True
        passed = 0
        while reached:
            reached = False
            for bit, holds in self.conditions:
                if waiting & bit and not passed & bit and holds(text, place, answers):
                    passed |= bit
                    waiting |= self._after(bit)
                    reached = True
        return waiting

    def _after(self, matched: int) -> int:
        """Return the positions that follow any of the matched ones."""
        known = self._steps.get(matched)
        if known is None:
            known = 0
            for position in _bits(matched):
                known |= self.follow[position]
            if len(self._steps) < MAX_CACHED:
                self._steps[matched] = known
        return known

    def _mask(self, character: str) -> int:
        """Return the positions at which the character may stand."""
        known = self._masks.get(character)
        if known is None:
            known = 0
            for test, positions in self.characters.items():
                known |= positions if test.match(character) else 0
            if len(self._masks) < MAX_CACHED:
                self._masks[character] = known
        return known


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern; texts have at most `MAX_TEXT` characters."""

    _automaton: _Automaton

    def fullmatch(self, text: str) -> bool:
        """Return whether the whole text matches."""
        return self._automaton.accepts(_checked(text), 0, len(text), {}, whole=True)

    def search(self, text: str) -> bool:
        """Return whether some part of the text matches."""
        return self._automaton.accepts(_checked(text), 0, len(text), {}, anywhere=True)


def _checked(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"a text of more than {MAX_TEXT} characters")
    return text


@lru_cache(maxsize=64)
def compile(text: str, flags: re.RegexFlag = re.NOFLAG) -> Pattern:
    """Return the compiled pattern; raises InvalidPattern or UnsupportedPattern, whose text says why."""
    if len(text) > MAX_LENGTH:
        raise UnsupportedPattern(f"more than {MAX_LENGTH} characters")
    try:
        parsed = parser.parse(text, flags)
        return Pattern(_Builder().automaton(parsed, re.RegexFlag(parsed.state.flags)))
    except (re.error, OverflowError) as problem:
        raise InvalidPattern(str(problem)) from None
    except RecursionError:
        raise UnsupportedPattern("it is nested too deeply") from None


def _bits(number: int) -> Iterator[int]:
    """Yield the positions of the bits that are set."""
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


@lru_cache(maxsize=1024)
def _test(source: str, flags: re.RegexFlag) -> re.Pattern[str]:
    """Return the test of one character or one place, as `re` itself makes it."""
    return re.compile(source, flags & _FLAGS)


@dataclass(frozen=True)
class _Part:
    """A part of a pattern: the positions that can be its first and its last, and whether it can be empty."""

    first: int = 0
    last: int = 0
    nullable: bool = True


@dataclass
class _Size:
    """What a pattern and its look-arounds have in common: their size."""

    parts: int = 0
    looks: int = 0


class _Builder:
    """Builds the automaton of a parsed pattern."""

    def __init__(self, size: _Size | None = None) -> None:
        self.made = _Automaton()
        self.size = size or _Size()

    def automaton(self, parsed: Any, flags: re.RegexFlag) -> _Automaton:
        """Return the automaton."""
        self.made.first = self._joined([self._sequence(parsed, flags), _Part(1, 1, False)]).first
        return self.made

    def _sequence(self, parsed: Iterable[tuple[Any, Any]], flags: re.RegexFlag) -> _Part:
        return self._joined(self._part(op, value, flags) for op, value in parsed)

    def _joined(self, parts: Iterable[_Part]) -> _Part:
        """Return the parts one after the other."""
        whole = _Part()
        for part in parts:
            self._link(whole.last, part.first)
            whole = _Part(
                whole.first | (part.first if whole.nullable else 0),
                part.last | (whole.last if part.nullable else 0),
                whole.nullable and part.nullable,
            )
        return whole

    def _link(self, last: int, first: int) -> None:
        for position in _bits(last):
            self.made.follow[position] |= first

    def _part(self, op: Any, value: Any, flags: re.RegexFlag) -> _Part:
        self.size.parts += 1
        if self.size.parts > MAX_PARTS:
            raise UnsupportedPattern(f"more than {MAX_PARTS} parts, repetitions written out")
        if op in _UNSUPPORTED:
            raise UnsupportedPattern(f"{_UNSUPPORTED[op]} are not supported")
        if op is ops.AT:
            return self._condition(_at(_test(_PLACES[value], flags)))
        if op in (ops.ASSERT, ops.ASSERT_NOT):
            direction, inside = value
            return self._look(direction, inside, flags, wanted=op is ops.ASSERT)
        if op is ops.BRANCH:
            return _either([self._sequence(branch, flags) for branch in value[1]])
        if op is ops.SUBPATTERN:
            _, added, removed, inside = value
            return self._sequence(inside, _changed(flags, added, removed))
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            least, most, inside = value
            return self._repeated(least, most, inside, flags)
        return self._character(_test(_source(op, value), flags))

    def _repeated(self, least: int, most: Any, inside: Any, flags: re.RegexFlag) -> _Part:
        """Return the copies that are needed, and then those that may follow: the last one as often as it likes."""
        endless = most is ops.MAXREPEAT or most > MAX_TEXT
        # Beyond the longest text a count can no longer be told from one more than that.
        least = min(least, MAX_TEXT + 1)
        copies = [self._sequence(inside, flags) for _ in range(least)]
        if endless:
            last = copies.pop() if copies else self._sequence(inside, flags)
            self._link(last.last, last.first)
            copies.append(_Part(last.first, last.last, last.nullable or not least))
        else:
            optional = (self._sequence(inside, flags) for _ in range(most - least))
            copies += [_Part(part.first, part.last) for part in optional]
        return self._joined(copies)

    def _position(self) -> int:
        self.made.follow.append(0)
        return 1 << (len(self.made.follow) - 1)

    def _character(self, test: re.Pattern[str]) -> _Part:
        bit = self._position()
        self.made.characters[test] = self.made.characters.get(test, 0) | bit
        return _Part(bit, bit, False)

    def _condition(self, holds: _Condition) -> _Part:
        bit = self._position()
        self.made.conditions.append((bit, holds))
        return _Part(bit, bit, False)

    def _look(self, direction: int, inside: Any, flags: re.RegexFlag, *, wanted: bool) -> _Part:
        self.size.looks += 1
        if self.size.looks > MAX_LOOKS:
            raise UnsupportedPattern(f"more than {MAX_LOOKS} look-arounds")
        width, widest = inside.getwidth()
        if direction < 0 and width != widest:
            raise InvalidPattern("look-behind requires fixed-width pattern")
        number = self.size.looks
        automaton = _Builder(self.size).automaton(inside, flags)

        def found(text: str, place: int, answers: _Answers) -> bool:
            if direction >= 0:
                return automaton.accepts(text, place, len(text), answers)
            return place >= width and automaton.accepts(text, place - width, place, answers, whole=True)

        def holds(text: str, place: int, answers: _Answers) -> bool:
            # Asked once for each place: one look-around inside another must not be asked once for each of its places.
            if (number, place) not in answers:
                answers[number, place] = found(text, place, answers)
            return answers[number, place] is wanted

        return self._condition(holds)


def _at(test: re.Pattern[str]) -> _Condition:
    """Return the condition that a place is the beginning, the end or the boundary of a word."""
    return lambda text, place, answers: test.match(text, place) is not None


def _either(parts: list[_Part]) -> _Part:
    first = last = 0
    for part in parts:
        first, last = first | part.first, last | part.last
    return _Part(first, last, any(part.nullable for part in parts))


def _changed(flags: re.RegexFlag, added: int, removed: int) -> re.RegexFlag:
    """Return the flags inside a group such as `(?i-s:...)`."""
    if added & _ALPHABETS:
        flags &= ~_ALPHABETS
    return (flags | added) & ~re.RegexFlag(removed)


def _source(op: Any, value: Any) -> str:
    """Return the pattern of one character, as it would be written."""
    if op is ops.ANY:
        return "."
    if op is ops.IN:
        return f"[{''.join(_member(*member) for member in value)}]"
    if op in (ops.LITERAL, ops.NOT_LITERAL):
        return f"[{'^' * (op is ops.NOT_LITERAL)}{_escaped(value)}]"
    raise UnsupportedPattern(f"{str(op).lower()} is not supported")


def _member(op: Any, value: Any) -> str:
    """Return one member of a set."""
    if op is ops.NEGATE:
        return "^"
    if op is ops.RANGE:
        return f"{_escaped(value[0])}-{_escaped(value[1])}"
    return _CATEGORIES[value] if op is ops.CATEGORY else _escaped(value)


def _escaped(code: int) -> str:
    return f"\\U{code:08x}"
