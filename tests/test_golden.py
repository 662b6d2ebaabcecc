"""Every simulation's first bundled case looks as it did when somebody looked at it, and fits 80 and 40 columns."""

import functools

import pytest
from golden_files import check, drawn

from dva import paths
from dva.catalog import scenarios
from dva.render import trace as screens
from dva.render.text import cell_len
from dva.simulations import load, names
from dva.trace import Trace

FIRST = {name: next(iter(found.values())) for name in names() if (found := scenarios.cases([paths.bundled()], name))}


@functools.cache
def first_run(name: str) -> tuple[str, Trace]:
    """The title and the run of a simulation's first case."""
    scenario = scenarios.load(FIRST[name]).scenario
    return scenario.title, load(name).run(scenario.given)


def first_screen(name: str, width: int) -> str:
    """What the first case of a simulation draws at a width."""
    title, trace = first_run(name)
    return drawn(lambda display: screens.run(load(name), trace, display, title), width)


@pytest.mark.parametrize("name", FIRST)
def test_the_first_case_is_drawn_as_before(name: str) -> None:
    check(f"{name}.80.txt", first_screen(name, 80))


@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("name", FIRST)
def test_the_first_case_fits_the_width(name: str, width: int) -> None:
    assert max(map(cell_len, first_screen(name, width).splitlines())) <= width


@pytest.mark.parametrize("name", FIRST)
def test_every_step_of_the_first_case_can_be_shown_in_ascii(name: str) -> None:
    simulation, (_, trace) = load(name), first_run(name)
    for step in trace.steps[:: max(1, len(trace.steps) // 20)]:
        text = drawn(functools.partial(screens.step, simulation, trace, step.n), 80, ascii=True)
        assert text.isascii() and step.rule in text
