"""Read notes: all topics, one topic, a search, the myths."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

from dva import paths
from dva.catalog import index
from dva.catalog.library import Library, Topic
from dva.errors import UsageError, did_you_mean
from dva.items.entries import Note

SHORTEST_NAME = 4
"""Words of fewer letters are not searched as names in another spelling: they would match across two words."""


def library(roots: Sequence[Path]) -> Library:
    """Load everything that can be studied, from the compiled index where that is up to date."""
    return index.load(roots, paths.data_dir())


class TopicRow(TypedDict):
    """One topic with the numbers of its notes and of the questions that rate one of them."""

    id: str
    title: str
    chapter: str
    notes: int
    questions: int


def topics(found: Library, only: Iterable[Topic] | None = None) -> list[TopicRow]:
    """Return every topic, or some, by chapter."""
    probes = found.probes()
    return [
        TopicRow(
            id=topic.id, title=topic.title, chapter=topic.chapter, notes=len(topic.notes),
            questions=sum(len(probes.get(note, ())) for note in topic.notes),
        )
        for topic in sorted(found.topics.values() if only is None else only, key=lambda topic: topic.chapter)
    ]  # fmt: skip


def named(found: Library, name: str) -> list[Topic]:
    """Return the topics that a name means: one by its id, those of a chapter, or those with it in id or title.

    UsageError with the nearest names where there is none.
    """
    wanted = name.lower().replace(" ", "-")
    if wanted in found.topics:
        return [found.topics[wanted]]
    every = found.topics.values()
    near = [t for t in every if t.chapter == wanted] or [
        t for t in every if wanted in t.id or name.lower() in t.title.lower()
    ]
    if not near:
        known = [*found.topics, *{t.chapter for t in every}]
        raise UsageError(f"there is no topic `{name}`", hint=did_you_mean(wanted, known, "`dva topics` lists them"))
    return near


def of_topic(found: Library, chosen: Topic) -> list[Note]:
    """Return the notes of a topic in their order."""
    return [found.notes[note] for note in chosen.notes]


def search(found: Library, words: str) -> list[Note]:
    """Return the notes that have every word (in id, text, myth, title or source), best first.

    A name is matched in any of its spellings: `--force-new-deployment`, `forceNewDeployment`, force new deployment.
    """
    wanted = words.lower().split()
    scored = []
    for note in found.notes.values():
        topic = found.topic_of(note.id)
        text = " ".join((note.id, topic.title if topic else "", note.text, note.myth or "", note.source)).lower()
        joined = _alphanumeric(text)
        if all(
            word in text or (len(_alphanumeric(word)) >= SHORTEST_NAME and _alphanumeric(word) in joined)
            for word in wanted
        ):
            scored.append((sum(note.text.lower().count(word) for word in wanted), note))
    return [note for _, note in sorted(scored, key=lambda pair: -pair[0])]


def _alphanumeric(text: str) -> str:
    """Return the letters and digits alone, in lower case."""
    return "".join(filter(str.isalnum, text.lower()))


def myths(found: Library, only: Iterable[str] | None = None) -> list[Note]:
    """Return the notes that name a myth."""
    wanted = set(only) if only is not None else None
    return [note for note in found.notes.values() if note.myth and (wanted is None or note.id in wanted)]
