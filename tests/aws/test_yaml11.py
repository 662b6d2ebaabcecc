"""The reader against Ruby's Psych: a table recorded from Psych 4.0.3, Ruby itself where there is one, and limits."""

import json
import math
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dva.aws import yaml11

TRUTH = {
    "0755": 493, "0644": 420, "755": 755, "08": "08", "0o14": "0o14", "0b11": 3, "0x1F": 31, "-0755": -493,
    "1_000": 1000, "1,000": 1000, "1__0": "1__0", "1:30": 5400, "1:30:15": 5415, "12:30:45": 45045, "0:0": 0,
    "1:60": "1:60", "1:2:3:4": "1:2:3:4", "1:30.5": 5430.0, "1e3": "1e3", "1.5e3": "1.5e3", "1.5e+3": 1500.0,
    "1.": 1.0, ".5": 0.5, ".": ".", "0.0": 0.0, "'0.0'": "0.0", "+1": 1, "--1": "--1", "30s": "30s",
    "on": True, "On": True, "yes": True, "off": False, "NO": False, "y": "y", "n": "n", "~": None, "Null": None,
    "'yes'": "yes", "!!str 1": "1", "!foo bar": "bar", "!!float 1": 1.0, "2020-13-01": "2020-13-01",
    "{a: 1, a: 2}": {"a": 2}, "{<<: {a: 1}, b: 2}": {"a": 1, "b": 2}, "a: b\n---\nc: d": {"a": "b"},
    "": None, "# nothing": None, "---": None, "a: |\n  on\n": {"a": "on\n"}, "0,": 0, "[1, [on]]": [1, [True]],
}  # fmt: skip
REFUSED = ["a: b: c", "\ta: b", "[a", "- &a 1\n- *a", "2020-01-01", "!!float x", "a: {", "!ruby/object:Object {}"]
RUBY = """
require "yaml"; require "json"
plain = lambda { |v|
  case v
  when Hash then v.map { |k, x| [plain.(k), plain.(x)] }
  when Array then v.map { |x| plain.(x) }
  when Symbol then ":" + v.to_s
  when Float then v.finite? ? v : v.to_s
  else v end }
$stdin.each_line { |line|
  begin puts JSON.generate([plain.(YAML.load(JSON.parse(line)[0]))])
  rescue Exception then puts "null" end }
"""
needs_ruby = pytest.mark.skipif(shutil.which("ruby") is None, reason="no Ruby here")


@pytest.mark.parametrize("text", TRUTH)
def test_a_word_means_what_psych_takes_it_for(text: str) -> None:
    found = yaml11.read(text).value
    assert (found, type(found)) == (TRUTH[text], type(TRUTH[text]))


@pytest.mark.parametrize("text", REFUSED)
def test_what_psych_refuses_is_refused(text: str) -> None:
    with pytest.raises(yaml11.YamlError):
        yaml11.read(text)


def test_a_symbol_is_not_the_text_without_its_colon() -> None:
    value = yaml11.read(":os: linux").value
    assert list(value) == [":os"]
    assert isinstance(next(iter(value)), yaml11.Symbol)


def test_lines_are_found_by_path_and_fall_back_to_what_is_around() -> None:
    document = yaml11.read("version: 0.0\nhooks:\n  A:\n    - location: x\n      timeout: 5\n    - location: y\n")
    assert document.line(("hooks", "A", 0, "timeout")) == 5
    assert document.line(("hooks", "A", 1)) == 6
    assert document.line(("hooks", "A", 1, "timeout")) == 6
    assert document.line(("nothing",)) == 1


def test_keys_that_stand_twice_are_told_with_the_line_that_counts() -> None:
    document = yaml11.read("a: {b: 1}\nc: 2\na: {b: 3, b: 4}")
    assert document.value == {"a": {"b": 4}, "c": 2}
    assert document.repeated == {("a",): 3, ("a", "b"): 3}


def test_an_error_names_its_line() -> None:
    with pytest.raises(yaml11.YamlError) as caught:
        yaml11.read("a: 1\nb: [\nc: 2")
    assert caught.value.line >= 2


PLAIN = st.one_of(
    st.text("0123456789:,.-+eExb", max_size=8), st.sampled_from(["80,443", ":name", "22:22", "0755", "yes", "~", "y"])
)


@given(PLAIN)
@example("-.0")
@example("1e3")
@example("875_")
@example("0_")
def test_numbers_of_other_readers_are_those_of_pyyaml(word: str) -> None:
    try:
        theirs = yaml.safe_load(f"a: {word}")["a"]
    except (yaml.YAMLError, ValueError, TypeError):
        return
    if isinstance(theirs, int) and not isinstance(theirs, bool):
        assert yaml11.read(f"a: {word}", strict=False).value["a"] == theirs
    if isinstance(theirs, str):
        assert isinstance(yaml11.read(f"a: {word}", strict=False).value["a"], str)


def test_other_readers_take_aliases_and_dates() -> None:
    value = yaml11.read("base: &b {when: 2012-10-17}\nrow: {<<: *b, x: 1}\nall: [*b, *b]", strict=False).value
    assert value["row"] == {"when": "2012-10-17", "x": 1}
    assert value["all"] == [{"when": "2012-10-17"}] * 2


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20)
)
DEEP_BY_ALIAS = "- &a0 [" * 1 + "[" * 50 + "]" * 50 + "]\n" + "- &a1 " + "[" * 60 + "*a0" + "]" * 60 + "\n"


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{a: " * 5000, "- " * 5000, BOMB, DEEP_BY_ALIAS, "x" * 2_000_000, "[x," * 90 + "y", "- *nothing"],
)
@pytest.mark.parametrize("strict", [True, False])
def test_a_hostile_document_ends_in_an_error_at_once(text: str, strict: bool) -> None:
    with pytest.raises(yaml11.YamlError) as caught:
        yaml11.read(text, strict=strict)
    assert len(caught.value.message) < 200


@given(st.text(alphabet="0123456789:.,_-+exobn~tyesnofu {}[]&*!|>#'\"\n", max_size=40), st.booleans())
def test_any_text_is_a_value_that_json_can_say_or_an_error(text: str, strict: bool) -> None:
    try:
        value = yaml11.read(text, strict=strict).value
    except yaml11.YamlError as problem:
        assert problem.line >= 1
    else:
        assert json.loads(json.dumps({"value": value}, skipkeys=True)) is not None


def plain(value: Any) -> Any:
    """As the Ruby program prints it."""
    if isinstance(value, dict):
        return [[plain(key), plain(item)] for key, item in value.items()]
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return str(value) if isinstance(value, yaml11.Symbol) else value


def read_or_none(text: str) -> Any:
    try:
        return [plain(yaml11.read(text).value)]
    except yaml11.YamlError:
        return None


@needs_ruby
@settings(max_examples=5, deadline=None)
@given(
    st.lists(st.text(alphabet="0123456789:.,_-+exobn~tyesnofulTr ", min_size=1, max_size=9), min_size=50, max_size=200)
)
def test_words_agree_with_ruby(words: list[str]) -> None:
    texts = [*words, *(f"a: {word}\nb: [1, {word.replace(',', '')}]" for word in words)]
    lines = "".join(json.dumps([text]) + "\n" for text in texts)
    said = subprocess.run(["ruby", "-e", RUBY], input=lines, capture_output=True, text=True, check=True).stdout
    theirs = [json.loads(line) for line in said.splitlines()]
    ours = [read_or_none(text) for text in texts]
    unlike = {text: pair for text, *pair in zip(texts, theirs, ours, strict=True) if pair[0] != pair[1]}
    # `0b_` is an error of Ruby's own number reader, text here
    assert {text for text in unlike if "0b" not in text and "0x" not in text} == set()
