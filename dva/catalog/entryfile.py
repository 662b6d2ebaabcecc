"""Notes and question banks: YAML files to typed entries. Every entry's first error is told, the others are kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from dva.aws.document import explain
from dva.catalog.yamlfile import Document, read_yaml
from dva.errors import ContentError
from dva.items.entries import Note, Question, problems


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, and where: `file:line`."""

    where: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {'warning: ' if self.warning else ''}{self.message}"


@dataclass(frozen=True)
class EntryFile:
    """What one file holds: the entries that can be used with their pointers, and the findings about the rest.

    `order` is the place of a topic among the topics.
    """

    title: str
    order: int
    entries: tuple[tuple[str, Any], ...]
    findings: tuple[Finding, ...]


DEFAULT_ORDER = 1000


class TopicHeader(msgspec.Struct, forbid_unknown_fields=True):
    """What may stand above the notes of a topic: its title, and its place among the topics."""

    title: str
    order: int = DEFAULT_ORDER


ENTRY_TYPES: dict[str, Any] = {"notes": Note, "questions": Question}


def load(path: Path, kind: str) -> EntryFile:
    """The `notes` or `questions` of a file. The topic's title is the file's `title`, else its name in words."""
    header = TopicHeader(path.stem.replace("-", " ").capitalize())
    try:
        document = read_yaml(path)
        header, place, rows = _split_header(document, kind, header)
    except ContentError as problem:
        return EntryFile(header.title, header.order, (), (Finding(problem.where or str(path), problem.message),))
    entries, findings = [], []
    for index, row in enumerate(rows):
        at = f"{place}/{index}"
        entry, finding = _decode_entry(document, at, row, ENTRY_TYPES[kind])
        if finding:
            findings.append(finding)
        else:
            entries.append((at, entry))
    return EntryFile(header.title, header.order, tuple(entries), tuple(findings))


def _split_header(document: Document, kind: str, header: TopicHeader) -> tuple[TopicHeader, str, list[Any]]:
    """A file is a list of entries, or a mapping of the list and what stands above it."""
    value = document.value
    if isinstance(value, list):
        return header, "", value
    if isinstance(value, dict) and isinstance(value.get(kind), list):
        told = {key: inner for key, inner in value.items() if key != kind}
        try:
            return msgspec.convert({"title": header.title} | told, TopicHeader), f"/{kind}", value[kind]
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
    """The YAML files of a kind in a content folder and in its chapters, sorted."""
    if not root.is_dir():
        return
    for parent in (root, *sorted(path for path in root.iterdir() if path.is_dir())):
        yield from sorted((parent / kind).glob("*.yaml"))
