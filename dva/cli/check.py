"""`dva check`: prove notes, questions and scenarios."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dva import files
from dva.cli._context import Content, Json, envelope, roots, write
from dva.cli._display import display_mode
from dva.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from dva.app.bank import BankReport
    from dva.app.check import Work

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Paths = Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Tell only what lies here.")]
Schema = Annotated[
    str | None, typer.Option("--schema", metavar="KIND", help="Print a JSON Schema: note, question, scenario.")
]


@app.command()
def check(paths: Paths = None, json: Json = False, content: Content = None, schema: Schema = None) -> None:
    """Prove content: entries, references, and every computed answer. Exit code 1 where something is found."""
    if schema is not None:
        return write(_schema(schema))
    for path in paths or ():
        if not files.is_there(path):
            raise UsageError(f"there is no `{path}`")
    from dva.app.check import check as prove

    folders = roots(content)
    proof = prove(folders, paths or (), _with_progress_bar)
    bank = None if paths else _bank(folders)
    if json:
        from msgspec import to_builtins

        rows = [{"where": f.where, "message": f.message, "warning": f.warning} for f in proof.findings]
        counts = {"notes": proof.notes, "questions": proof.questions, "scenarios": proof.scenarios}
        write(envelope("check", findings=rows, checked=counts, bank=bank and to_builtins(bank)))
    else:
        for finding in proof.findings:
            write(str(finding))
        if bank is not None:
            from dva.render.bank import lines

            for text in lines(bank):
                write(text)
        result = f"{len(proof.errors)} found" if proof.errors else "nothing wrong"
        write(f"{proof.notes} notes, {proof.questions} questions, {proof.scenarios} scenarios: {result}")
    raise typer.Exit(ExitCode.FINDINGS if proof.errors else ExitCode.OK)


def _bank(folders: list[Path]) -> "BankReport":
    from dva.app import bank
    from dva.catalog import library

    return bank.report(library.load(folders), folders)


def _with_progress_bar(work: Sequence["Work"]) -> Iterable["Work"]:
    """Iterate over the work, with a progress bar on a terminal's stderr."""
    if not sys.stderr.isatty() or display_mode().plain:
        return work
    from dva.render.progress import progress_bar

    return progress_bar(work, "proving")


def _schema(kind: str) -> str:
    import json

    import msgspec

    from dva.catalog.scenarios import Envelope
    from dva.items.entries import Note, Question

    kinds = {"note": Note, "question": Question, "scenario": Envelope}
    if kind not in kinds:
        raise UsageError(f"there is no schema `{kind}`", hint="one of note, question, scenario")
    return json.dumps(msgspec.json.schema(kinds[kind]), indent=2, sort_keys=True)
