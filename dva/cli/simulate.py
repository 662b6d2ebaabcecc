"""`dva simulate`: run a mechanism and explain every step."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dva.cli._context import Content, Json, envelope, roots, write
from dva.errors import ExitCode, UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="The simulation; without it they are listed.")]
Case = Annotated[str | None, typer.Argument(metavar="[CASE|FILE|-]", help="A bundled case, a file, or standard input.")]
List = Annotated[bool, typer.Option("--list", help="List the cases.")]
Step = Annotated[bool, typer.Option("--step", help="One step a screen.")]
Predict = Annotated[bool, typer.Option("--predict", help="Answer its questions before it runs.")]
NoSteps = Annotated[bool, typer.Option("--no-steps", help="Only the outcome; faster.")]


@app.command()
def simulate(
    name: Name = None,
    case: Case = None,
    list_cases: List = False,
    json: Json = False,
    step: Step = False,
    predict: Predict = False,
    no_steps: NoSteps = False,
    content: Content = None,
) -> None:
    """Run a simulation on a scenario and explain each step."""
    folders = roots(content)
    if name is None:
        return _simulations(folders, json)
    if list_cases:
        return _cases(folders, name, json)
    from dva.app import simulate as use

    found = use.find(folders, name, case, sys.stdin.buffer.read() if case == "-" else None)
    if (step or predict) and json:
        raise UsageError("--json goes with neither --step nor --predict")
    run = use.run(found, steps=not no_steps)
    if json:
        write(_json(run))
    raise typer.Exit(ExitCode.FINDINGS if run.expected is False else ExitCode.OK)


def _simulations(folders: list[Path], json: bool) -> None:
    from dva import simulations
    from dva.catalog import scenarios

    rows = [
        {"name": name, "title": simulations.load(name).title, "cases": len(scenarios.cases(folders, name))}
        for name in simulations.names()
    ]
    if json:
        return write(envelope("simulations", simulations=rows))


def _cases(folders: list[Path], name: str, json: bool) -> None:
    from dva import simulations
    from dva.catalog import scenarios

    simulations.load(name)
    rows = scenarios.summaries(folders, name)
    if json:
        return write(envelope("cases", cases=rows))


def _json(run: Any) -> str:
    trace = run.trace
    return envelope(
        "simulate", simulation=run.simulation.name, scenario=run.scenario.name, outcome=trace.outcome,
        steps=trace.steps, expected=run.expected,
    )  # fmt: skip
