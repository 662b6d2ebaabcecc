"""AWS's documented limits, held against the engines: one file of rows a simulation, in `limits/`.

    - limit: a sentence                       # what AWS documents
      value: 2880                             # the documented number or word, as AWS prints it
      source: https://docs.aws.amazon.com/…   # or the document
      case: name-of-a-bundled-case            # what is run; or `given: {…}` instead
      checks:
      - {set: {/given/some/place: value}, remove: [/given/other], expect: {part of: the outcome}}
      - {set: {/given/list/-: item}, refused: part of the error's text}

`set` makes the mappings that are missing on the way, and a last part `-` appends; then `remove` takes places away.
A check holds one value to the engine, best the last that is allowed and the first that is not. The files are plain
YAML 1.1: dates, account ids and words like `on` need quotes.
"""

import copy
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
import yaml

from dva import paths
from dva.catalog import scenarios
from dva.errors import GivenError
from dva.items.expectation import differences
from dva.jsonpointer import split
from dva.simulations import load, names

FOLDER = Path(__file__).parent / "limits"
FILES = sorted(FOLDER.glob("*.yaml"))


class Check(msgspec.Struct, forbid_unknown_fields=True):
    """A run with some places of `given` changed, and how it ends: `expect` or `refused`."""

    set: dict[str, Any] = {}
    remove: list[str] = []
    expect: dict[str, Any] = {}
    refused: str = ""

    def __post_init__(self) -> None:
        if bool(self.expect) == bool(self.refused):
            raise ValueError("a check says either what it expects or how it is refused")


class Row(msgspec.Struct, forbid_unknown_fields=True):
    """A documented limit and the runs that show it."""

    limit: Annotated[str, msgspec.Meta(min_length=1)]
    value: Any
    source: Annotated[str, msgspec.Meta(min_length=1)]
    checks: Annotated[list[Check], msgspec.Meta(min_length=1)]
    case: str = ""
    given: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if bool(self.case) == (self.given is not None):
            raise ValueError("a row names either a case or what is given")
        if self.value is None:
            raise ValueError("a row has the documented value")


def rows(path: Path) -> list[Row]:
    """Return the rows of a file."""
    try:
        return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), list[Row])
    except (msgspec.ValidationError, yaml.YAMLError) as problem:
        raise AssertionError(f"{path.name}: {problem}") from problem


CHECKS = [
    (f"{path.stem}: {row.limit} [{number}]", path.stem, row, check)
    for path in FILES
    for row in rows(path)
    for number, check in enumerate(row.checks, 1)
]


def input_of(simulation: str, row: Row) -> dict[str, Any]:
    """Return a copy of the `given` that a row begins with."""
    if row.given is not None:
        return copy.deepcopy(row.given)
    return copy.deepcopy(dict(scenarios.find_case([paths.bundled()], simulation, row.case).scenario.given))


def step_into(inside: Any, name: str) -> Any:
    """Return what is at `name` in a mapping or a list."""
    return inside[int(name)] if isinstance(inside, list) else inside[name]


def set_place(document: dict[str, Any], place: str, value: Any) -> None:
    """Set a place; what is missing on the way becomes a mapping, or a list where the last part is `-`."""
    *way, last = split(place)
    inside: Any = document
    for name, following in zip(way, [*way[1:], last], strict=True):
        if isinstance(inside, dict) and inside.get(name) is None:
            inside[name] = [] if following == "-" else {}
        inside = step_into(inside, name)
    if isinstance(inside, list) and last == "-":
        inside.append(value)
    else:
        inside[int(last) if isinstance(inside, list) else last] = value


def remove_place(document: dict[str, Any], place: str) -> None:
    """Remove a place that is there."""
    *way, last = split(place)
    inside: Any = document
    for name in way:
        inside = step_into(inside, name)
    del inside[int(last) if isinstance(inside, list) else last]


def test_places_are_made_appended_to_and_removed() -> None:
    document: dict[str, Any] = {"given": {"kept": [1, {"a": 2}], "empty": None}}
    set_place(document, "/given/new/deep~1er", 3)
    set_place(document, "/given/list/-", 4)
    set_place(document, "/given/kept/1/b", 5)
    set_place(document, "/given/kept/-", 6)
    set_place(document, "/given/empty/x", 7)
    remove_place(document, "/given/kept/0")
    assert document["given"] == {
        "kept": [{"a": 2, "b": 5}, 6], "empty": {"x": 7}, "new": {"deep/er": 3}, "list": [4]
    }  # fmt: skip
    with pytest.raises(KeyError):
        remove_place(document, "/given/gone")


@pytest.mark.parametrize(
    "text",
    ["- {limit: a, value: 1, source: s, case: c, checks: []}",
     "- {limit: a, source: s, case: c, checks: [{expect: {a: 1}}]}",
     "- {limit: a, value: 1, source: s, case: c, checks: [{expect: {}}]}",
     "- {limit: a, value: 1, source: s, checks: [{expect: {a: 1}}]}",
     "- {limit: a, value: null, source: s, case: c, checks: [{expect: {a: 1}}]}", "- {limit: [}"],
)  # fmt: skip
def test_a_row_that_shows_nothing_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "made-up.yaml").write_text(text)
    with pytest.raises(AssertionError, match="made-up"):
        rows(tmp_path / "made-up.yaml")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_of_limits_is_named_after_a_simulation(path: Path) -> None:
    assert path.stem in names()


def test_every_simulation_has_a_table_of_limits() -> None:
    assert {path.stem for path in FILES} == set(names())


@pytest.mark.parametrize(("simulation", "row", "check"), [one[1:] for one in CHECKS], ids=[one[0] for one in CHECKS])
def test_documented_limit(simulation: str, row: Row, check: Check) -> None:
    document = {"given": input_of(simulation, row)}
    for place, value in check.set.items():
        set_place(document, place, copy.deepcopy(value))
    for place in check.remove:
        remove_place(document, place)
    if check.refused:
        with pytest.raises(GivenError) as problem:
            load(simulation).run(document["given"], steps=False)
        assert check.refused in str(problem.value)
        return
    outcome = load(simulation).run(document["given"], steps=False).outcome
    assert differences(check.expect, outcome) == [], f"{row.limit} ({row.value}, {row.source})"
