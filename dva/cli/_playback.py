"""A run on the screen or in sentences, whole or step by step."""

import os
import sys
from functools import partial
from typing import Any

from dva.cli._context import goes_on, plain_screen, say, show


def show_run(run: Any, plain: bool) -> None:
    """Show the whole run, and where it is not what the scenario expects."""
    unmet = run.differences
    if plain_screen(plain):
        from dva.render.sentences import sentences

        for text in sentences(run.simulation, run.trace, run.scenario.title):
            say(text)
        for one in unmet:
            say(f"Not as expected at {one.pointer}: expected {one.expected}, found {one.found}.")
        return None
    from dva.render import trace as drawn

    show(lambda look: drawn.run(run.simulation, run.trace, look, run.scenario.title))
    return show(lambda look: drawn.findings(unmet, look)) if unmet else None


def step_by_step(run: Any, plain: bool) -> None:
    """Show one step a screen; Enter goes on, q leaves. Without a terminal all steps follow each other."""
    from dva.render import sentences
    from dva.render import trace as drawn
    from dva.render.signs import rows_of

    plain, terminal = plain_screen(plain), sys.stdin.isatty() and sys.stdout.isatty()
    rows = rows_of(os.environ) - 2 if sys.stdout.isatty() else None
    for n, step in enumerate(run.trace.steps, 1):
        if plain:
            say(sentences.step(run.simulation, run.trace, step))
        else:
            show(partial(drawn.step, run.simulation, run.trace, n, rows=rows))
        if n < len(run.trace.steps) and terminal and not goes_on("Enter: next step, q: back", plain):
            return
    if not plain:
        show(lambda look: drawn.outcome(run.trace.outcome, look))


def play(scenario: Any, plain: bool) -> None:
    """Show the simulation behind a question, step by step."""
    from dva.app.simulate import run_scenario

    run = run_scenario(scenario)
    if plain:
        return show_run(run, plain)
    return step_by_step(run, plain)
