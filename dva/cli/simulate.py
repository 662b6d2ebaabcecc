"""`dva simulate`: run a mechanism and explain every step."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dva.cli import _completion
from dva.cli import _playback as playback
from dva.cli._context import Content, Json, echo, envelope, now, open_store, prompt_continue, roots, show, write
from dva.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dva.app.simulate import Run
    from dva.items.building import Item
    from dva.items.scenario import Scenario

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]", help="The simulation; without it they are listed.", autocompletion=_completion.simulations
    ),
]
Case = Annotated[
    str | None,
    typer.Argument(
        metavar="[CASE|FILE|-]", help="A bundled case, a file, or standard input.", autocompletion=_completion.cases
    ),
]
List = Annotated[bool, typer.Option("--list", help="List the cases.")]
Step = Annotated[bool, typer.Option("--step", help="One step a screen.")]
Predict = Annotated[bool, typer.Option("--predict", help="Answer its questions before it runs.")]
NoSteps = Annotated[bool, typer.Option("--no-steps", help="Only the outcome; faster.")]
From = Annotated[
    Path | None, typer.Option("--from", metavar="DIR", help="Your own files: ~ for credentials, a folder.")
]
Vary = Annotated[str | None, typer.Option("--vary", metavar="FIELD", help="All values of one field, side by side.")]
Fields = Annotated[bool, typer.Option("--fields", help="What may be written in a scenario, and what results.")]
Schema = Annotated[bool, typer.Option("--schema", help="The JSON Schema of a scenario, for an editor.")]
Source = Annotated[bool, typer.Option("--source", help="The YAML of a case.")]
New = Annotated[Path | None, typer.Option("--new", metavar="FILE", help="Write a commented scenario to begin with.")]
PlainMode = Annotated[bool, typer.Option("--plain", help="Sentences instead of drawings.")]


@app.command()
def simulate(
    name: Name = None,
    case: Case = None,
    list_cases: List = False,
    json: Json = False,
    step: Step = False,
    predict: Predict = False,
    no_steps: NoSteps = False,
    plain: PlainMode = False,
    own: From = None,
    vary: Vary = None,
    fields: Fields = False,
    schema: Schema = False,
    source: Source = False,
    new: New = None,
    content: Content = None,
) -> None:
    """Run a simulation on a scenario and explain each step. Without a case the first one runs."""
    folders = roots(content)
    if name is None:
        if any((list_cases, fields, schema, source, new, vary, predict, step, own)):
            raise UsageError("which simulation?", hint="`dva simulate` lists them")
        return _simulations(folders, json)
    from dva.simulations import matching

    meant = matching(name)
    if len(meant) > 1 and case is None and not any((fields, schema, source, new, vary, predict, step, own)):
        return _simulations(folders, json, meant)
    name = meant[0] if len(meant) == 1 else name
    if list_cases:
        return _cases(folders, name, json)
    if fields:
        return _fields(name, json)
    if schema or source or new is not None:
        return _text(folders, name, case, new, schema=schema)
    if json and (step or predict):
        raise UsageError("--json goes with neither --step nor --predict")
    run = _own_run(name, own, steps=not no_steps) if own else None
    if run is None:
        from dva.app import simulate as use

        found = use.find(folders, name, case, _standard_input() if case == "-" else None)
        if vary is not None:
            return _vary(found.scenario, vary, json)
        if predict:
            _predict(found.scenario, plain)
        run = use.run(found, steps=not no_steps)
    if json:
        write(_json(run))
    else:
        run = _show(folders, run, None if own else case or run.scenario.name, step=step and not no_steps, plain=plain)
    raise typer.Exit(ExitCode.FINDINGS if run.expected is False else ExitCode.OK)


def _show(folders: list[Path], run: "Run", case: str | None, *, step: bool, plain: bool) -> "Run":
    """Show a run in the way that fits; return the run that was shown last. `case` is None for the learner's folder."""
    if step:
        playback.step_by_step(run, plain)
    elif playback.is_paged(plain) and case is not None:
        return _explore(folders, run, case)
    else:
        playback.show_run(run, plain)
    return run


def _own_run(name: str, folder: Path, *, steps: bool) -> "Run":
    """Return the run on a learner's own folder."""
    from dva.app.from_folder import scenario
    from dva.app.simulate import run_scenario
    from dva.paths import expand

    return run_scenario(scenario(name, expand(str(folder)), os.environ, now()), steps=steps)


def _explore(folders: list[Path], run: "Run", case: str) -> "Run":
    """Page through a run, and the cases after it."""
    from dva.app import describe
    from dva.app import simulate as use

    name, now_shown = run.simulation.name, case

    def source() -> str:
        return describe.source(folders, name, now_shown)

    def following() -> "Run | None":
        nonlocal now_shown
        found = use.next_case(folders, name, now_shown)
        if found is None:
            return None
        now_shown = found
        return use.run(use.find(folders, name, found))

    return playback.explore(run, source, following)


def _standard_input() -> bytes:
    """Return standard input, as much of it as shows that it is too large."""
    from dva.catalog.yamlfile import MAX_BYTES

    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _simulations(folders: list[Path], json: bool, only: "Sequence[str] | None" = None) -> None:
    from dva import simulations
    from dva.catalog import scenarios

    predicted = _cases_predicted_right()
    rows = []
    for name in only or simulations.names():
        known = scenarios.cases(folders, name)
        right = len(predicted.get(name, frozenset()) & known.keys())
        title = simulations.load(name).title
        rows.append({"name": name, "title": title, "cases": len(known), "predicted_right": right})
    if json:
        return write(envelope("simulations", simulations=rows))
    from dva.render.lists import simulations as drawn

    return show(lambda display: drawn(rows, display))


def _cases(folders: list[Path], name: str, json: bool) -> None:
    from dva import simulations
    from dva.catalog import scenarios

    simulations.load(name)
    right = _cases_predicted_right().get(name, frozenset())
    rows = [{**row, "predicted_right": row["name"] in right} for row in scenarios.case_summaries(folders, name)]
    if json:
        return write(envelope("cases", cases=rows))
    from dva.render.lists import cases as drawn

    return show(lambda display: drawn(name, rows, display))


def _cases_predicted_right() -> "dict[str, frozenset[str]]":
    """Return by simulation the cases that the learner predicted right; none where there is no readable database."""
    from dva import files, paths
    from dva.errors import StoreError

    if not files.is_file(paths.database()):
        return {}
    from dva import store
    from dva.app.predict import cases_predicted_right

    try:
        with store.open(paths.database()) as opened:
            return cases_predicted_right(opened)
    except StoreError:
        return {}


def _fields(name: str, json: bool) -> None:
    from dva.app.describe import declared_fields

    declared = declared_fields(name)
    if json:
        from msgspec import to_builtins

        given, outcome = to_builtins(declared.given), to_builtins(declared.outcome)
        return write(envelope("fields", simulation=name, given=given, outcome=outcome))
    from dva.render.fields import tables

    return show(lambda display: tables(declared.given, declared.outcome, display))


def _text(folders: list[Path], name: str, case: str | None, new: Path | None, *, schema: bool) -> None:
    """Write what an engine declares or a case holds, as text for a file."""
    from dva.app import describe

    if new is not None:
        describe.write_skeleton(folders, name, new)
        echo(f"{new} is written. `dva simulate {name} {new}` runs it.")
    elif schema:
        import json

        write(json.dumps(describe.schema(name), indent=2, sort_keys=True))
    else:
        write(describe.source(folders, name, case))


def _vary(scenario: "Scenario", named: str, json: bool) -> None:
    from dva.app.vary import find_place, vary

    place = find_place(scenario, named)
    variants = vary(scenario, place)
    if json:
        rows = [{"value": v.value, "outcome": v.outcome, "refused": v.refused or None} for v in variants]
        return write(envelope("vary", simulation=scenario.simulation, pointer=place, variants=rows))
    from dva.render.vary import table

    return show(partial(table, place, variants))


def _json(run: "Run") -> str:
    from dva.render.jsontext import steps

    return envelope(
        "simulate", simulation=run.simulation.name, scenario=run.scenario.name, outcome=run.trace.outcome,
        steps=steps(run.trace.steps), expected=run.expected,
    )  # fmt: skip


def _predict(scenario: "Scenario", plain: bool) -> None:
    """Ask, commit each prediction, and say whether it was right."""
    from dva.app import predict
    from dva.errors import Interrupted
    from dva.render.messages import AFTER_PREDICTION, predicted
    from dva.simulations import load

    with open_store() as progress:
        asked = list(predict.items(scenario))
        if not asked:
            echo(f"{scenario.name} asks for no prediction; `dva simulate {scenario.simulation} --list` lists others.")
        for n, (ask, item) in enumerate(asked, 1):
            chosen = _choose(item, scenario.title, n, len(asked), plain)
            result = predict.commit(progress, scenario, ask, item, chosen, now())
            for text in predicted(result, load(scenario.simulation)):
                echo(text)
            if playback.is_paged(plain) and not prompt_continue(AFTER_PREDICTION, plain):
                raise Interrupted("stopped; the predictions are kept")


def _choose(item: "Item", title: str, number: int, total: int, plain: bool) -> str:
    """Return the option chosen, by the reader that fits; leaving the prompt interrupts."""
    from dva.app.quiz.ports import PresentedQuestion
    from dva.app.quiz.session import shuffle_choices
    from dva.cli._display import display_mode
    from dva.cli._interfaces import quiz_interface
    from dva.errors import Interrupted
    from dva.study.effort import Effort

    left = Effort().minutes(0, total - number + 1)
    shown = PresentedQuestion(number, total, left, title, item, shuffle_choices(item.choices, 0), 0, False)
    interface = quiz_interface(display_mode(plain=plain), predicting=True)
    try:
        while (reply := interface.ask(shown)).command != "quit":
            if reply.command == "answer" and reply.chosen:
                return str(reply.chosen[0])
            interface.show_message("Choose one option, or q to stop.")
    except (KeyboardInterrupt, EOFError):
        pass
    raise Interrupted("stopped before the prediction; those before it are kept")
