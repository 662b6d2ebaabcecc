"""Patterns of documents: the same answers as Python's `re`, in a number of steps that grows with the input alone."""

import re
import subprocess
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dva.aws import glob, patterns

ATOMS = [
    "a", "b", "A", ".", r"\d", r"\w", r"\W", r"\s", "[ab]", "[^a]", "[a-c]", r"[^\d_]", "^", "$", r"\b", r"\A", r"\Z",
    "é", "ſ", "(?i:a)", "(?s:.)", "(?m:^)", "(?m:$)", r"(?a:\w)", "(?-i:a)", "", "(?#[)",
]  # fmt: skip
REPEATS = ["*", "+", "?", "*?", "{2}", "{1,2}", "{,2}", "{2,}", "{0}"]
LOOKS = ["(?=", "(?!"]


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(REPEATS)).map(lambda two: f"(?:{two[0]}){two[1]}"),
        st.tuples(st.sampled_from(LOOKS), inner).map(lambda two: f"{two[0]}{two[1]})"),
    )


pattern_texts = st.recursive(st.sampled_from(ATOMS), larger, max_leaves=6)


@given(
    st.sampled_from(["", "(?i)", "(?m)", "(?s)"]),
    pattern_texts,
    st.text("abA1_\né ſ", max_size=6),
    st.sampled_from([re.NOFLAG, re.ASCII]),
)
@settings(deadline=None)
def test_answers_are_those_of_re(start: str, rest: str, text: str, flags: re.RegexFlag) -> None:
    try:
        wanted = re.compile(start + rest, flags)
    except re.error:
        with pytest.raises(patterns.InvalidPattern):
            patterns.compile(start + rest, flags)
        return
    try:
        pattern = patterns.compile(start + rest, flags)
    except patterns.UnsupportedPattern:
        assume(False)
    assert pattern.fullmatch(text) == bool(wanted.fullmatch(text))
    assert pattern.search(text) == bool(wanted.search(text))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("(?<=a)b", "ab", True),
        ("(?<!a)b", "ab", False),
        ("(?<=^)a", "a", True),
        (r"(?<=\bab)c", "x abc", True),
        (r"a{65535}", "a" * 256, False),
        (r"(a?){65535}", "a" * 256, True),
        (r"a{3,65535}", "a" * 256, True),
    ],
)
def test_looking_back_and_large_counts(pattern: str, text: str, found: bool) -> None:
    assert patterns.compile(pattern).search(text) is found


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|aa)+b", "(a*)*b", ".*.*.*.*.*b", "(?x) ( a + ) + b", "(?=(?=(?=(?=a*b)a*b)a*b)a*b)", "(.?){257}b"],
)
def test_the_steps_grow_with_the_text_alone(pattern: str) -> None:
    """A process that ends is the test: going back would take longer than the universe has."""
    code = f"from dva.aws import patterns; print(patterns.compile({pattern!r}).search('a' * 256))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    "pattern",
    [r"(a)\1", "a*+", "(?>a)", "(a)?(?(1)b|c)", "((a{99}){99}){99}", "((){255}){255}", "a" * 2001, "(?=a)" * 5],
)
def test_what_no_automaton_matches_is_refused(pattern: str) -> None:
    with pytest.raises(patterns.UnsupportedPattern):
        patterns.compile(pattern)


def test_a_longer_text_is_refused() -> None:
    with pytest.raises(ValueError, match="256"):
        patterns.compile("a").search("a" * 257)


def test_many_stars_of_a_glob_end() -> None:
    code = (
        "from dva.aws import glob; print(glob.matches('*a' * 2000 + 'b', 'a' * 2000)); "
        "print(glob.path_matches('**/' * 1000 + 'x', 'a/' * 1000 + 'y'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "False\nFalse\n"


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [("**", "", False), ("**", "a/b", True), ("a/**", "a", False), ("**/a", "a", True), ("**/**", "a", True)],
)
def test_double_stars(pattern: str, path: str, fits: bool) -> None:
    assert glob.path_matches(pattern, path) is fits
