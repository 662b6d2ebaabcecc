"""The four pictures: golden files of small samples, and what no state may do to a screen."""

from typing import Any

import drawn_samples as samples
import pytest
from golden_files import check, drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.render import views
from dva.render.text import cell_len
from dva.simulations import load
from dva.simulations.frame import Simulation
from dva.trace import Change, Trace

Run = tuple[Simulation, Trace]


def placement() -> Run:
    return load("ecs-placement"), load("ecs-placement").run(samples.PLACEMENT)


def query() -> Run:
    return load("ecs-query"), load("ecs-query").run(samples.QUERY)


def picture(run: Run, width: int, **display: bool) -> str:
    """The moment of the last step that changed the picture, its changes marked."""
    simulation, trace = run
    step = [s for s in trace.steps if any(c.path.startswith("/state") for c in s.changes)][-1]
    state = trace.state_at(step.n)["state"]
    return drawn(
        lambda at: views.draw(simulation.view, state, at, unit=simulation.unit, changes=step.changes), width, **display
    )


RUNS = {
    "grid": placement,
    "grid-notes": query,
    "timeline": samples.timeline,
    "lanes": samples.lanes,
    "texts": samples.texts,
}


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("width", [80, 40])
def test_a_picture_looks_as_before(name: str, width: int) -> None:
    check(f"pictures/{name}.{width}.txt", picture(RUNS[name](), width))


@pytest.mark.parametrize("name", RUNS)
def test_a_picture_in_ascii_looks_as_before(name: str) -> None:
    check(f"pictures/{name}.80.ascii.txt", picture(RUNS[name](), 80, ascii=True))


@pytest.mark.parametrize("name", ["grid", "timeline", "lanes"])
def test_a_picture_in_colour_looks_as_before(name: str) -> None:
    text = picture(RUNS[name](), 80, color=True)
    check(f"pictures/{name}.80.color.txt", text)
    assert all(f"\x1b[{code}m" not in text for code in (31, 32, 91, 92)), "neither red nor green"


def cells(count: int) -> dict[str, Any]:
    return {
        f"i-{n:03}": {
            "group": f"zone-{n % 3}", "items": [f"t-{n}"] * (n % 5), "meters": {"CPU": [n, 1024]}, "note": "",
        }
        for n in range(count)
    }  # fmt: skip


@pytest.mark.parametrize(("count", "most"), [(6, 20), (20, 30), (61, 25), (1000, 25)])
def test_many_cells_take_few_lines_and_the_changed_one_is_always_shown(count: int, most: int) -> None:
    changes = [Change("/state/cells/i-005/items/0", None, "t-5")]
    text = drawn(lambda display: views.draw("grid", {"cells": cells(count)}, display, changes=changes), 80)
    assert "*i-005" in text
    assert len(text.splitlines()) <= most


@pytest.mark.parametrize("width", [80, 40])
def test_many_lanes_take_few_lines_and_the_changed_one_is_always_shown(width: int) -> None:
    lanes = {f"client {n}": [[t, t + 1, "waits"] for t in range(30)] for n in range(300)}
    changes = [Change("/state/lanes/client 250/29", None, [29, 30, "waits"])]
    text = drawn(lambda display: views.draw("lanes", {"lanes": lanes}, display, unit="s", changes=changes), width)
    assert "client 250" in text and "279 more lanes" in text
    assert len(text.splitlines()) <= (30 if width == 80 else 220)


def test_an_item_that_came_and_one_that_went_are_marked() -> None:
    state = {"cells": {"i-1": {"group": "", "items": ["a", "c"], "meters": {}, "note": ""}}}
    changes = [Change("/state/cells/i-1/items", ["a", "b"], ["a", "c"])]
    text = drawn(lambda display: views.draw("grid", state, display, changes=changes), 40)
    assert "a *c -b" in text


# What no state may do


WORDS = st.text(st.characters(max_codepoint=0x24F), max_size=30) | st.sampled_from(
    ["us-east-1a", "\x1b[2J", "漢字" * 20]
)
NUMBERS = st.integers(0, 10**6) | st.floats(0, 1e6, allow_nan=False)
CELL = st.fixed_dictionaries({
    "group": WORDS, "items": st.lists(WORDS, max_size=9), "note": WORDS,
    "meters": st.dictionaries(WORDS, st.tuples(NUMBERS, NUMBERS).map(list), max_size=3),
})  # fmt: skip
SPANS = st.tuples(NUMBERS, NUMBERS | st.none(), WORDS).map(
    lambda s: [s[0], s[1] if s[1] is None else s[0] + s[1], s[2]]
)
STATES = st.one_of(
    st.tuples(st.just("grid"), st.fixed_dictionaries({"cells": st.dictionaries(WORDS, CELL, max_size=15)})),
    st.tuples(st.just("timeline"), st.fixed_dictionaries({
        "series": st.dictionaries(
            WORDS, st.lists(st.tuples(NUMBERS, NUMBERS | WORDS | st.none()).map(list), max_size=9), max_size=4
        ),
        "events": st.lists(st.tuples(NUMBERS, WORDS).map(list), max_size=5),
    })),
    st.tuples(st.just("lanes"), st.fixed_dictionaries({
        "lanes": st.dictionaries(WORDS, st.lists(SPANS, max_size=5), max_size=4)
    })),
    st.tuples(st.just("texts"), st.fixed_dictionaries({"texts": st.dictionaries(WORDS, WORDS, max_size=4)})),
)  # fmt: skip


@given(STATES, st.sampled_from([20, 40, 60, 80, 110]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_state_leaves_the_width_or_reaches_the_terminal(
    drawing: tuple[str, dict[str, Any]], width: int, ascii: bool
) -> None:
    view, state = drawing
    text = drawn(lambda display: views.draw(view, state, display, unit="s"), width, ascii=ascii)
    assert all(cell_len(row) <= width for row in text.split("\n"))
    assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 for c in text)
    assert text.isascii() or not ascii
