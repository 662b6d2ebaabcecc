"""A run on the screen or in sentences, whole, paged or step by step."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dva.cli._context import echo, prompt_continue, show, write
from dva.cli._display import display_mode, on_terminal

if TYPE_CHECKING:
    from dva.app.simulate import Run
    from dva.items.scenario import Scenario
    from dva.render.screen import Line

KEY_ROWS = 2
"""Rows that the line of keys takes."""


def is_paged(plain: bool) -> bool:
    """Whether a run is shown a screen at a time: to a person who reads drawings and has keys."""
    return on_terminal() and display_mode(plain=plain).reader == "keys"


def show_run(run: "Run", plain: bool) -> None:
    """Show the whole run, and where it is not what the scenario expects."""
    if display_mode(plain=plain).plain:
        from dva.render.messages import not_as_expected
        from dva.render.sentences import sentences

        for text in sentences(run.simulation, run.trace, run.scenario.title):
            echo(text)
        for one in run.differences:
            echo(not_as_expected(one))
        return None
    from dva.render import trace as drawn

    show(lambda display: drawn.run(run.simulation, run.trace, display, run.scenario.title))
    return _show_differences(run)


def explore(run: "Run", source: Callable[[], str], following: Callable[[], "Run | None"]) -> "Run":
    """Show a run a screen at a time, and what its keys ask for, until the learner leaves; return the run shown last.

    `source` returns the YAML of the run's case, `following` the run of the next case, None after the last.
    """
    from dva.render import messages
    from dva.terminal.keys import press

    _page_run(run)
    while (key := press(lambda: f" {messages.RUN_KEYS}", None, None, "rsynq")) not in ("q", "enter"):
        if key == "s":
            step_by_step(run, plain=False)
        elif key == "r":
            _page_rules(run)
        elif key == "y":
            write(source())
        elif (found := following()) is None:
            echo(messages.NO_MORE_CASES)
        else:
            run = found
            _page_run(run)
    return run


def _page_run(run: "Run") -> None:
    from dva.render import trace as drawn
    from dva.render.screen import console

    page(drawn.paged_run(run.simulation, run.trace, console().display, run.scenario.title))
    _show_differences(run)


def _page_rules(run: "Run") -> None:
    from dva.render import trace as drawn
    from dva.render.screen import console

    page(drawn.rules(run.simulation, run.trace, console().display))


def page(lines: Sequence["Line"]) -> None:
    """Show lines with the learner's pager, or a screen at a time."""
    from dva.render import messages
    from dva.render.screen import console, rendered
    from dva.render.text import terminal_rows
    from dva.terminal import pager
    from dva.terminal.keys import wait_for_enter

    command = pager.learners_pager()
    if command and pager.pipe_to(command, rendered(lines)):
        return
    screen = console()
    rows = terminal_rows(os.environ) - KEY_ROWS
    pager.show_paged(lines, rows, lambda part: screen.print(*part, sep="\n"),
                     lambda so_far: wait_for_enter(messages.more(so_far)))  # fmt: skip


def _show_differences(run: "Run") -> None:
    from dva.render import trace as drawn

    if run.differences:
        show(lambda display: drawn.findings(run.differences, display))


def step_by_step(run: "Run", plain: bool) -> None:
    """Show one step a screen; Enter goes on, q leaves. Without a terminal all steps follow each other."""
    from dva.render import sentences
    from dva.render import trace as drawn
    from dva.render.text import terminal_rows

    plain, terminal = display_mode(plain=plain).plain, on_terminal()
    rows = terminal_rows(os.environ) - KEY_ROWS if sys.stdout.isatty() else None
    for n, step in enumerate(run.trace.steps, 1):
        if plain:
            echo(sentences.step(run.simulation, run.trace, step))
        else:
            show(partial(drawn.step, run.simulation, run.trace, n, rows=rows))
        if n < len(run.trace.steps) and terminal and not prompt_continue("Enter: next step, q: back", plain):
            return
    if not plain:
        show(lambda display: drawn.outcome(run.trace.outcome, display))


def play(scenario: "Scenario", plain: bool) -> None:
    """Show the simulation behind a question, step by step."""
    from dva.app.simulate import run_scenario

    run = run_scenario(scenario)
    if plain:
        return show_run(run, plain)
    return step_by_step(run, plain)
