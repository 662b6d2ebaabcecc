"""The library: all topics, notes, questions and exams of all content folders."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from dva import files
from dva.catalog import entryfile, exams
from dva.catalog.entryfile import Finding
from dva.catalog.exams import Exam
from dva.catalog.yamlfile import line_of, read_yaml
from dva.errors import ContentError
from dva.items.entries import Note, Question

FACTS_FILE = "facts.yaml"
"""Name of the file with the numbered facts of a chapter."""


class Topic(msgspec.Struct, frozen=True):
    """A file of notes; `id` is the file name, `notes` are the ids of its notes in file order.

    `demand` is its share of the exam's questions by domain, relative to the other topics of the domain.
    """

    id: str
    title: str
    chapter: str
    notes: tuple[str, ...]
    order: int = entryfile.DEFAULT_ORDER
    demand: dict[str, float] = {}


class Library(msgspec.Struct):
    """All valid entries by id.

    `places` maps `note:<id>` and `question:<id>` to file and JSON Pointer; `findings` say what was left out and why.
    """

    topics: dict[str, Topic] = {}
    notes: dict[str, Note] = {}
    questions: dict[str, Question] = {}
    places: dict[str, tuple[str, str]] = {}
    exams: dict[str, Exam] = {}
    findings: list[Finding] = []

    def where(self, kind: str, entry_id: str, place: str = "") -> str:
        """Return `file:line` of a note or question (`kind`), or of the JSON Pointer `place` inside it."""
        path, at = self.places[f"{kind}:{entry_id}"]
        return line_of(Path(path), at + place)

    def topic_of(self, note_id: str) -> Topic | None:
        """Return the topic that a note belongs to, or None."""
        return next((topic for topic in self.topics.values() if note_id in topic.notes), None)

    def probes(self) -> dict[str, list[Question]]:
        """Return the questions that rate each note, by note id; a question rates the first of its notes."""
        by_note: dict[str, list[Question]] = {note: [] for note in self.notes}
        for question in self.questions.values():
            if question.notes[0] in by_note:
                by_note[question.notes[0]].append(question)
        return by_note


def load(roots: Sequence[Path]) -> Library:
    """Load all content folders; invalid entries are left out and reported in `findings`."""
    library = Library(exams=exams.load(roots))
    for root in roots:
        for path in entryfile.content_files(root, "notes"):
            add_notes(library, path)
    library.topics = dict(sorted(library.topics.items(), key=lambda pair: (pair[1].order, pair[1].chapter)))
    for root in roots:
        for path in entryfile.content_files(root, "questions"):
            add_questions(library, path)
    return library


def add_notes(library: Library, path: Path) -> None:
    """Add the notes of a file to the library; files with the same name in several folders are one topic."""
    loaded = entryfile.load(path, "notes")
    library.findings += loaded.findings
    ids = [note.id for at, note in loaded.entries if _add(library, library.notes, "note", path, at, note)]
    if ids:
        topic = library.topics.get(path.stem) or Topic(
            path.stem, loaded.title, path.parent.parent.name, (), loaded.order, loaded.demand
        )
        notes = tuple(dict.fromkeys((*topic.notes, *ids)))
        library.topics[path.stem] = structs.replace(topic, notes=notes)


def add_questions(library: Library, path: Path) -> None:
    """Add the questions of a file to the library, except those that name a missing note: they have no card."""
    loaded = entryfile.load(path, "questions")
    library.findings += loaded.findings
    for at, question in loaded.entries:
        missing = next((note for note in question.notes if note not in library.notes), None)
        if missing is not None:
            where = line_of(path, f"{at}/notes")
            library.findings.append(Finding(where, f"`{question.id}` names the note `{missing}`, which is not there"))
        else:
            _add(library, library.questions, "question", path, at, question)


def _add(library: Library, entries: dict[str, Any], kind: str, path: Path, at: str, entry: Any) -> bool:
    """Add an entry to `entries` and return True, or report why not: an id in use needs `replaces`."""
    if entry.replaces and entry.replaces not in entries:
        where = line_of(path, f"{at}/replaces")
        library.findings.append(
            Finding(where, f"`{entry.id}` replaces the {kind} `{entry.replaces}`, which is not there")
        )
        return False
    if entry.id in entries and entry.id != entry.replaces:
        other = library.where(kind, entry.id)
        message = f"the {kind} id `{entry.id}` is taken by {other}; `replaces: {entry.id}` would override it"
        library.findings.append(Finding(line_of(path, f"{at}/id"), message))
        return False
    entries.pop(entry.replaces or entry.id, None)
    entries[entry.id] = entry
    library.places[f"{kind}:{entry.id}"] = (str(path), at)
    return True


def facts(roots: Sequence[Path]) -> Iterator[tuple[str, str, bool]]:
    """Yield (source, id, is_heading) of the numbered facts of all chapters, which notes must cover.

    Raises ContentError for an invalid entry.
    """
    for path in (path for root in roots for path in entryfile.chapters(root)[1:]):
        if not files.is_there(path / FACTS_FILE):
            continue
        document = read_yaml(path / FACTS_FILE)
        rows = document.value if isinstance(document.value, list) else []
        for index, row in enumerate(rows):
            if not isinstance(row, dict) or not isinstance(row.get("id"), str) or set(row) - {"id", "heading"}:
                raise ContentError("a fact is `{id, heading}`", where=document.where(f"/{index}"))
            yield f"{path / FACTS_FILE}:{index}", row["id"], row.get("heading") is True
