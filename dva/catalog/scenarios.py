"""Scenario files: found by simulation, parsed strictly, with the AWS files that they name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from dva import files, jsonpointer
from dva.aws.document import explain, hint_for
from dva.catalog.entryfile import chapters
from dva.catalog.yamlfile import MAX_BYTES, Document, parse_yaml, read_yaml
from dva.errors import ContentError, UsageError, did_you_mean
from dva.items.scenario import Ask, Scenario

SCENARIO_FILE = "scenario.yaml"
"""Name of the scenario in a case that is a folder."""
_ORDER, LAST = re.compile(rb"^order: *([0-9]{1,6})[ \r]*$", re.MULTILINE), 1_000_000
MAX_FILES = 2000
"""Of a folder whose texts a scenario takes in; all of them have at most `MAX_BYTES`."""


class _Ask(msgspec.Struct, forbid_unknown_fields=True):
    prompt: str
    outcome: str
    id: str | None = None


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """The keys of a scenario document. `files` maps places in it to files or folders whose text belongs there."""

    simulation: str
    given: dict[str, Any]
    title: str = ""
    order: int | None = None
    notes: list[str] = []
    files: dict[str, str] = {}
    expect: dict[str, Any] | None = None
    ask: list[_Ask] = []


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario, and the document that it was parsed from, which knows the lines."""

    scenario: Scenario
    document: Document
    names_files: bool = False
    """Whether texts of other files were inserted, so that the document is not the whole scenario."""


def cases(roots: Sequence[Path], simulation: str) -> dict[str, Path]:
    """Return the scenario files of a simulation by case name, in the order of their authors, the plainest first.

    Cases without an `order` come last, by name. Of two with one name the first folder's is used.
    """
    paths: dict[str, Path] = {}
    for folder in (folder for root in roots for folder in _folders(root, simulation)):
        for path in files.children(folder):
            inside = path / SCENARIO_FILE
            if files.is_file(inside):
                paths.setdefault(path.name, inside)
            elif path.suffix in (".yaml", ".json") and files.is_file(path):
                paths.setdefault(path.stem, path)
    return dict(sorted(paths.items(), key=lambda case: (_order(case[1]), case[0])))


def _order(path: Path) -> int:
    """Return the `order` of a case without parsing it: a key of the whole document begins its line."""
    try:
        found = _ORDER.search(files.read(path, MAX_BYTES))
    except ContentError:  # loading it says why
        return LAST
    return int(found[1]) if found else LAST


def _folders(root: Path, simulation: str) -> Iterator[Path]:
    """Yield the folders `scenarios/<simulation>` of a content folder and its chapters."""
    yield from (parent / "scenarios" / simulation for parent in chapters(root))


def find_case(roots: Sequence[Path], simulation: str, case: str) -> ScenarioFile:
    """Load a case by its name or the only one that begins so; UsageError with the nearest names where there is none."""
    known = cases(roots, simulation)
    meant = [case] if case in known else [name for name in known if name.startswith(case)]
    if len(meant) == 1:
        return load(known[meant[0]])
    hint = did_you_mean(case, meant or known, f"`dva simulate {simulation} --list` lists the cases")
    raise UsageError(f"{simulation} has no case `{case}`", hint=hint)


def load(path: Path) -> ScenarioFile:
    """Load the scenario of a file, or of `scenario.yaml` in a folder."""
    if files.is_folder(path):
        path = path / SCENARIO_FILE
    return parse_scenario(read_yaml(path), path.parent.name if path.name == SCENARIO_FILE else path.stem, path.parent)


def from_text(data: bytes | str) -> ScenarioFile:
    """Parse a scenario from standard input; it cannot name files."""
    return parse_scenario(parse_yaml(data, "standard input"), "stdin", None)


def parse_scenario(document: Document, name: str, folder: Path | None) -> ScenarioFile:
    """Return the scenario in a document, with the texts of the files that it names.

    `name` is the case name, `folder` the one that file names are relative to (None: no files allowed). Raises
    ContentError with `file:line`.
    """
    try:
        envelope = msgspec.convert(document.value, Envelope)
    except msgspec.ValidationError as problem:
        message, place = explain(str(problem))
        at = place or "the scenario"
        hint = hint_for(Envelope, message, place)
        raise ContentError(f"{at}: {message}", where=document.where(place), hint=hint) from None
    for place, relative in envelope.files.items():
        _insert_file(envelope, document, place, relative, folder)
    scenario = Scenario(
        simulation=envelope.simulation,
        name=name,
        title=envelope.title or name.replace("-", " "),
        given=envelope.given,
        notes=tuple(envelope.notes),
        expect=envelope.expect,
        ask=tuple(Ask(ask.prompt, ask.outcome, ask.id) for ask in envelope.ask),
    )
    return ScenarioFile(scenario, document, bool(envelope.files))


def _insert_file(envelope: Envelope, document: Document, place: str, relative: str, folder: Path | None) -> None:
    """Set `place` inside `given` to the text of a file, or to the texts of a folder by relative path."""
    where = document.where("/files")
    if folder is None:
        raise ContentError("a scenario from standard input cannot name files", where=where)
    if jsonpointer.split(place)[:1] != ["given"]:
        raise ContentError(f"`{place}` is not a valid place inside /given", where=where)
    target = files.resolved(folder / relative)
    if not target.is_relative_to(files.resolved(folder)):
        raise ContentError(f"`{relative}` lies outside the scenario's folder", where=where)
    content = _read_folder(target, where) if files.is_folder(target) else _read_text(target, where)
    _create_parents(envelope.given, jsonpointer.split(place)[1:-1])
    try:
        jsonpointer.set_value({"given": envelope.given}, jsonpointer.split(place), content)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise ContentError(f"there is no `{place}` in the scenario", where=where) from None


def _create_parents(given: dict[str, Any], names: Sequence[str]) -> None:
    """Create missing mappings on the way to a place, so that a mapping filled by files only need not be written."""
    inside: Any = given
    for name in names:
        if not isinstance(inside, dict):
            return
        if inside.get(name) is None:
            inside[name] = {}
        inside = inside[name]


def _read_folder(folder: Path, where: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    left = MAX_BYTES
    try:
        paths = sorted(files.walk(folder, MAX_FILES))
    except ContentError as problem:
        raise ContentError(f"`{problem.where}` {problem.message}", where=where) from None
    for path in paths:
        text = texts[path.relative_to(folder).as_posix()] = _read_text(path, where)
        left -= len(text)
        if left < 0:
            raise ContentError(f"`{folder.name}` is larger than {files.size(MAX_BYTES)}", where=where)
    return texts


def _read_text(path: Path, where: str) -> str:
    try:
        return files.read(path, MAX_BYTES).decode("utf-8")
    except ContentError as problem:
        raise ContentError(f"`{path.name}`: {problem.message}", where=where) from None
    except UnicodeDecodeError:
        raise ContentError(f"`{path.name}` is not UTF-8 text", where=where) from None


def case_summaries(roots: Sequence[Path], simulation: str) -> list[Mapping[str, Any]]:
    """Return `{name, title, notes}` of every case of a simulation."""
    loaded = (load(path).scenario for path in cases(roots, simulation).values())
    return [{"name": s.name, "title": s.title, "notes": list(s.notes)} for s in loaded]
