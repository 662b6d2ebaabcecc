"""Files of notes or questions: YAML to typed entries, with a finding for each invalid entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from dva import files
from dva.aws.document import explain
from dva.catalog.yamlfile import Document, read_yaml
from dva.errors import ContentError
from dva.items.entries import Note, Question, problems


@dataclass(frozen=True)
class Finding:
    """An error or a warning about content; `where` is `file:line`."""

    where: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {'warning: ' if self.warning else ''}{self.message}"


@dataclass(frozen=True)
class EntryFile:
    """The content of one file.

    `title`, `order` and `demand` are those of the topic, `entries` pairs of JSON Pointer and valid entry, `findings`
    say why the other entries are left out.
    """

    title: str
    order: int
    demand: dict[str, float]
    entries: tuple[tuple[str, Any], ...]
    findings: tuple[Finding, ...]


DEFAULT_ORDER = 1000
"""Order of a topic that declares none: after all that do."""


class TopicHeader(msgspec.Struct, forbid_unknown_fields=True):
    """The keys that a file may have beside its list of entries; topics are sorted by `order`.

    `demand` is the topic's share of the exam's questions by domain, relative to the other topics of the domain.
    """

    title: str
    order: int = DEFAULT_ORDER
    demand: dict[str, float] = {}


ENTRY_TYPES: dict[str, Any] = {"notes": Note, "questions": Question}


def load(path: Path, kind: str) -> EntryFile:
    """Load the entries of a file; `kind` is `notes` or `questions`.

    Errors become findings, of each entry the first. The title defaults to the file name in words.
    """
    header = TopicHeader(path.stem.replace("-", " ").capitalize())
    try:
        document = read_yaml(path)
        header, place, rows = _split_header(document, kind, header)
    except ContentError as problem:
        return EntryFile(
            header.title, header.order, header.demand, (), (Finding(problem.where or str(path), problem.message),)
        )
    entries: list[tuple[str, Any]] = []
    findings: list[Finding] = []
    for index, row in enumerate(rows):
        at = f"{place}/{index}"
        entry, finding = _decode_entry(document, at, row, ENTRY_TYPES[kind])
        if finding:
            findings.append(finding)
        else:
            entries.append((at, entry))
    return EntryFile(header.title, header.order, header.demand, tuple(entries), tuple(findings))


def _split_header(document: Document, kind: str, header: TopicHeader) -> tuple[TopicHeader, str, list[Any]]:
    """Return the header of a file, the JSON Pointer of its list of entries, and that list.

    A file is either the list itself or a mapping of header keys and the list.
    """
    value = document.value
    if isinstance(value, list):
        return header, "", value
    if isinstance(value, dict) and isinstance(value.get(kind), list):
        keys = {key: inner for key, inner in value.items() if key != kind}
        try:
            return msgspec.convert({"title": header.title} | keys, TopicHeader), f"/{kind}", value[kind]
        except msgspec.ValidationError as problem:
            message, place = explain(str(problem))
            raise ContentError(message, where=document.where(place)) from None
    if value is None:
        return header, "", []
    raise ContentError(f"a list of {kind} was expected", where=document.where())


def _decode_entry(document: Document, at: str, row: Any, kind: Any) -> tuple[Any, Finding | None]:
    try:
        entry = msgspec.convert(row, kind)
    except msgspec.ValidationError as problem:
        message, place = explain(str(problem))
        where = document.where(at + place)
        return None, Finding(where, f"{_quoted_id(row)}{place.lstrip('/') + ': ' if place else ''}{message}")
    for place, message in problems(entry) if isinstance(entry, Question) else ():
        return None, Finding(document.where(at + place), f"{_quoted_id(row)}{message}")
    return entry, None


def _quoted_id(row: Any) -> str:
    return f"`{row['id']}`: " if isinstance(row, dict) and isinstance(row.get("id"), str) else ""


def content_files(root: Path, kind: str) -> Iterator[Path]:
    """Yield the YAML files of a kind in a content folder and its chapters, sorted; `kind` is the folder name."""
    for parent in chapters(root):
        yield from (path for path in files.children(parent / kind) if path.name.endswith(".yaml"))


def chapters(root: Path) -> list[Path]:
    """Return a content folder and the folders in it, sorted; ContentError where it cannot be read."""
    return [root, *(path for path in files.children(root) if files.is_folder(path))]
