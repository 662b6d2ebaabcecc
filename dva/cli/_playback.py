"""A run on the screen or in sentences, whole or step by step."""

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from dva.cli._context import echo, prompt_continue, show
from dva.cli._display import display_mode

if TYPE_CHECKING:
    from dva.app.simulate import Run
    from dva.items.scenario import Scenario


def show_run(run: "Run", plain: bool) -> None:
    """Show the whole run, and where it is not what the scenario expects."""
    unmet = run.differences
    if display_mode(plain=plain).plain:
        from dva.render.sentences import sentences

        for text in sentences(run.simulation, run.trace, run.scenario.title):
            echo(text)
        for one in unmet:
            echo(f"Not as expected at {one.pointer}: expected {one.expected}, found {one.found}.")
        return None
    from dva.render import trace as drawn

    show(lambda display: drawn.run(run.simulation, run.trace, display, run.scenario.title))
    return show(lambda display: drawn.findings(unmet, display)) if unmet else None


def step_by_step(run: "Run", plain: bool) -> None:
    """Show one step a screen; Enter goes on, q leaves. Without a terminal all steps follow each other."""
    from dva.render import sentences
    from dva.render import trace as drawn
    from dva.render.text import terminal_rows

    plain, terminal = display_mode(plain=plain).plain, sys.stdin.isatty() and sys.stdout.isatty()
    rows = terminal_rows(os.environ) - 2 if sys.stdout.isatty() else None
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
