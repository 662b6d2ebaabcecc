"""Reading notes: topics, one topic, a search, the myths."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dva import paths
from dva.catalog import index
from dva.catalog.library import Library, Topic
from dva.errors import UsageError
from dva.items.entries import Note

NAME = 4
"""A word of so many letters can be a name in another spelling; a shorter one would be found between two words."""


def library(roots: Sequence[Path]) -> Library:
    """Everything that can be studied, from the compiled index where it holds."""
    return index.load(roots, paths.data_dir())


def skipped(found: Library) -> str | None:
    """One line about entries that could not be used."""
    if not found.findings:
        return None
    count = len(found.findings)
    said = "1 entry was skipped" if count == 1 else f"{count} entries were skipped, the first"
    return f"{said}: {found.findings[0]} (`dva check` tells all)"


def topics(found: Library) -> list[dict[str, Any]]:
    """`{id, title, chapter, notes, questions}` of every topic; a question counts where its card lies."""
    probes = found.probes()
    return [
        {
            "id": topic.id, "title": topic.title, "chapter": topic.chapter, "notes": len(topic.notes),
            "questions": sum(len(probes.get(note, ())) for note in topic.notes),
        }
        for topic in sorted(found.topics.values(), key=lambda topic: topic.chapter)
    ]  # fmt: skip


def topic(found: Library, name: str) -> Topic:
    """A topic by its id, its title or the beginning of one of them; UsageError with the nearest otherwise."""
    wanted = name.lower().replace(" ", "-")
    if wanted in found.topics:
        return found.topics[wanted]
    near = [t for t in found.topics.values() if wanted in t.id or name.lower() in t.title.lower()]
    if len(near) == 1:
        return near[0]
    from difflib import get_close_matches

    ids = [t.id for t in near] or get_close_matches(wanted, found.topics, 3)
    hint = f"did you mean {', '.join(ids[:5])}?" if ids else "`dva topics` lists them"
    raise UsageError(f"{'several topics are' if near else 'there is no topic'} called `{name}`", hint=hint)


def of_topic(found: Library, chosen: Topic) -> list[Note]:
    """The notes of a topic in their order."""
    return [found.notes[note] for note in chosen.notes]


def search(found: Library, words: str) -> list[Note]:
    """The notes that have every word (in id, text, myth, title or source), best first.

    A name is found in any of its spellings: `--force-new-deployment`, `forceNewDeployment`, force new deployment.
    """
    wanted = words.lower().split()
    scored = []
    for note in found.notes.values():
        topic = found.topic_of(note.id)
        text = " ".join((note.id, topic.title if topic else "", note.text, note.myth or "", note.source)).lower()
        squeezed = _squeezed(text)
        if all(word in text or (len(_squeezed(word)) >= NAME and _squeezed(word) in squeezed) for word in wanted):
            scored.append((sum(note.text.lower().count(word) for word in wanted), note))
    return [note for _, note in sorted(scored, key=lambda pair: -pair[0])]


def _squeezed(text: str) -> str:
    """Letters and digits alone."""
    return "".join(filter(str.isalnum, text.lower()))


def myths(found: Library, only: Iterable[str] | None = None) -> list[Note]:
    """The notes that name a myth."""
    wanted = set(only) if only is not None else None
    return [note for note in found.notes.values() if note.myth and (wanted is None or note.id in wanted)]
