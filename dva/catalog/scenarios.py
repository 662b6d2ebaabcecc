"""Scenario files: found by folder, read strictly, with the AWS files that they name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from dva import jsonpointer
from dva.aws.document import explain, hint_for
from dva.catalog.yamlfile import MOST_BYTES, Document, parse, read
from dva.errors import ContentError, UsageError
from dva.items.scenario import Ask, Scenario

ENVELOPE = "scenario.yaml"


class _Ask(msgspec.Struct, forbid_unknown_fields=True):
    prompt: str
    outcome: str


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """The keys of a scenario document."""

    simulation: str
    given: dict[str, Any]
    title: str = ""
    notes: list[str] = []
    files: dict[str, str] = {}
    expect: dict[str, Any] | None = None
    ask: list[_Ask] = []


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario and the document that it was read from."""

    scenario: Scenario
    document: Document
    names_files: bool = False


def cases(roots: Sequence[Path], simulation: str) -> dict[str, Path]:
    """The bundled and the learner's cases of a simulation, by name; a later folder adds, it does not hide."""
    found: dict[str, Path] = {}
    for folder in (folder for root in roots for folder in folders(root, simulation)):
        for path in sorted(folder.iterdir()):
            inside = path / ENVELOPE
            if inside.is_file():
                found.setdefault(path.name, inside)
            elif path.suffix in (".yaml", ".json") and path.is_file():
                found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def folders(root: Path, simulation: str) -> Iterator[Path]:
    """`scenarios/<simulation>` in a content folder or in one of its chapters."""
    for parent in (root, *sorted(path for path in root.iterdir() if path.is_dir())) if root.is_dir() else ():
        folder = parent / "scenarios" / simulation
        if folder.is_dir():
            yield folder


def find(roots: Sequence[Path], simulation: str, case: str) -> ScenarioFile:
    """A case by its name; UsageError with the nearest names where there is none."""
    known = cases(roots, simulation)
    if case in known:
        return load(known[case])
    from difflib import get_close_matches

    near = get_close_matches(case, known, 3)
    hint = f"did you mean {', '.join(near)}?" if near else f"`dva simulate {simulation} --list` lists the cases"
    raise UsageError(f"{simulation} has no case `{case}`", hint=hint)


def load(path: Path) -> ScenarioFile:
    """The scenario in a file."""
    if path.is_dir():
        path = path / ENVELOPE
    return interpret(read(path), path.parent.name if path.name == ENVELOPE else path.stem, path.parent)


def from_text(data: bytes | str) -> ScenarioFile:
    """A scenario from standard input, which names no files."""
    return interpret(parse(data, "standard input"), "stdin", None)


def interpret(document: Document, name: str, folder: Path | None) -> ScenarioFile:
    """The document as a scenario; ContentError with its line where it is none."""
    try:
        envelope = msgspec.convert(document.value, Envelope)
    except msgspec.ValidationError as problem:
        message, place = explain(str(problem))
        at = place or "the scenario"
        hint = hint_for(Envelope, message, place)
        raise ContentError(f"{at}: {message}", where=document.where(place), hint=hint) from None
    for place, relative in envelope.files.items():
        _put_file(envelope, document, place, relative, folder)
    scenario = Scenario(
        simulation=envelope.simulation,
        name=name,
        title=envelope.title or name.replace("-", " "),
        given=envelope.given,
        notes=tuple(envelope.notes),
        expect=envelope.expect,
        ask=tuple(Ask(ask.prompt, ask.outcome) for ask in envelope.ask),
    )
    return ScenarioFile(scenario, document, bool(envelope.files))


def _put_file(envelope: Envelope, document: Document, place: str, relative: str, folder: Path | None) -> None:
    """Set a place inside `given` to the text of a file, or to the texts of a folder."""
    where = document.where("/files")
    if folder is None:
        raise ContentError("a scenario from standard input cannot name files", where=where)
    if jsonpointer.split(place)[:1] != ["given"]:
        raise ContentError(f"`{place}` is no place inside /given", where=where)
    target = (folder / relative).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ContentError(f"`{relative}` lies outside the scenario's folder", where=where)
    content = _texts(target, where) if target.is_dir() else _text(target, where)
    _make_room(envelope.given, jsonpointer.split(place)[1:-1])
    try:
        jsonpointer.set_value({"given": envelope.given}, jsonpointer.split(place), content)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise ContentError(f"there is no `{place}` in the scenario", where=where) from None


def _make_room(given: dict[str, Any], names: Sequence[str]) -> None:
    """The mappings on the way to a place; one that nothing but files fill need not be written."""
    inside: Any = given
    for name in names:
        if not isinstance(inside, dict):
            return
        if inside.get(name) is None:
            inside[name] = {}
        inside = inside[name]


def _texts(folder: Path, where: str) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _text(path, where) for path in paths}


def _text(path: Path, where: str) -> str:
    try:
        data = path.read_bytes()
        if len(data) > MOST_BYTES:
            raise ContentError(f"`{path.name}` is too large", where=where)
        return data.decode("utf-8")
    except OSError:
        raise ContentError(f"there is no file `{path.name}`", where=where) from None
    except UnicodeDecodeError:
        raise ContentError(f"`{path.name}` is not UTF-8 text", where=where) from None


def summaries(roots: Sequence[Path], simulation: str) -> list[Mapping[str, Any]]:
    """`{name, title, notes}` of every case."""
    loaded = (load(path).scenario for path in cases(roots, simulation).values())
    return [{"name": s.name, "title": s.title, "notes": list(s.notes)} for s in loaded]
