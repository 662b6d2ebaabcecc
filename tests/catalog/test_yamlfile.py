"""The strict YAML: text stays text, errors name their line."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dva.catalog.yamlfile import MAX_DEPTH, parse_yaml, read_yaml
from dva.errors import ContentError


@pytest.mark.parametrize("text", ["on", "1:30", "2012-10-17", "0o7", "0x1f", "1_000", "007", "True", "~", "1e3", ".5"])
def test_text_stays_text(text: str) -> None:
    assert parse_yaml(f"a: {text}", "f").value == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("false", False), ("null", None), ("", None), ("12", 12), ("-3", -3), ("0", 0), ("1.50", 1.5)],
)
def test_words_and_decimal_numbers_convert(text: str, value: object) -> None:
    assert parse_yaml(f"a: {text}", "f").value == {"a": value}


def test_an_account_id_stays_text() -> None:
    assert parse_yaml("[123456789012, 12345678901, 012345678901]", "f").value == [
        "123456789012",
        12345678901,
        "012345678901",
    ]


def test_quoted_words_are_text() -> None:
    assert parse_yaml('["true", \'12\', "null"]', "f").value == ["true", "12", "null"]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: 1\nb: 2\na: 3", "duplicate key `a`", 3),
        ("a: &x 1\nb: *x", "anchors", 1),
        ("a: !!str 1", "tags", 1),
        ("a:\n- [1, 2", "not YAML", 2),
        ("a: 1\n---\nb: 2", "one document", None),
        ("? [a]\n: b", "a key must be text", 1),
        ("a: 1\nb: \x01", "control characters", 2),
        ("- " * (MAX_DEPTH + 2) + "x", "nested deeper", 1),
        ("[" * 100_000, "nest", 1),
        ('{"a": 1, "a": 2}', "duplicate key `a`", 1),
    ],
)
def test_mistakes_are_told_with_their_line(text: str, message: str, line: int | None) -> None:
    with pytest.raises(ContentError) as problem:
        parse_yaml(text, "f.yaml")
    assert message in problem.value.message
    assert problem.value.where == ("f.yaml" if line is None else f"f.yaml:{line}")


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(ContentError, match=r"f\.yaml:2: this is not UTF-8"):
        read_yaml(tmp_path / "f.yaml")


def test_where_finds_the_line_of_a_pointer_and_of_what_is_nearest() -> None:
    document = parse_yaml("a: 1\nlist:\n- x: 1\n- y: 2\n  z: [1,\n    2]\n", "f")
    places = {"/list/1/z/1": 6, "/list/1/y": 4, "/list/0/nothing": 3, "/nothing": 1, "": 1}
    assert {place: document.where(place) for place in places} == {place: f"f:{line}" for place, line in places.items()}


def test_json_with_tabs_is_read() -> None:
    assert parse_yaml('{\n\t"a": [1, "on"]\n}', "f").value == {"a": [1, "on"]}


VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text("ab :-#'\"\n{}[],&*!|>%@`é", max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_what_yaml_writes_is_read_back(value: object) -> None:
    text = yaml.dump(value, Dumper=yaml.SafeDumper, allow_unicode=True, default_flow_style=None)
    if "&id" not in text and "!!" not in text and "~" not in text:
        assert parse_yaml(text, "f").value == value
