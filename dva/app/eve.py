"""The page for the evening before the exam: what fades first, and the myths of weak topics, in ten minutes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from dva.app import notes, today
from dva.app.snapshot import StudySnapshot
from dva.items.entries import Note
from dva.store import Store
from dva.study import plan

WORDS = 2_000
"""Words that are read in ten minutes, at 200 a minute."""
FADING = WORDS // 2
"""Words for the notes that fade; the myths get the rest."""


@dataclass(frozen=True)
class EvePage:
    """Notes that fade first, the most valuable at the head, and notes with a myth of the weakest topics."""

    fading: tuple[Note, ...]
    myths: tuple[Note, ...]


def eve_page(store: Store, snapshot: StudySnapshot) -> EvePage:
    """Return the page, no longer than can be read in ten minutes. Each note is on it once."""
    fading = tuple(_within(_fading(snapshot), FADING, _words))
    left, told = WORDS - sum(map(_words, fading)), {note.id for note in fading}
    return EvePage(fading, tuple(_within(_myths(store, snapshot, told), left, _words_with_myth)))


def _fading(snapshot: StudySnapshot) -> Iterator[Note]:
    """Yield seen notes by what they lose for the exam until tomorrow."""
    cards = plan.by_value(snapshot.active_cards, snapshot.weights, snapshot.day + 1, snapshot.model.decay)
    yield from (snapshot.library.notes[card.id] for card in cards)


def _myths(store: Store, snapshot: StudySnapshot, told: set[str]) -> Iterator[Note]:
    """Yield notes with a myth of the weakest topics, those most asked of a topic first."""
    for topic in today.weak_topics(store, snapshot):
        ids = [
            note for note in snapshot.library.topics[topic.id].notes if note in snapshot.weights and note not in told
        ]
        found = notes.myths(snapshot.library, ids)
        yield from sorted(found, key=lambda note: -snapshot.weights[note.id])


def _within(found: Iterable[Note], words: int, count: Callable[[Note], int]) -> Iterator[Note]:
    """Yield notes until the next does not fit."""
    for note in found:
        words -= count(note)
        if words < 0:
            return
        yield note


def _words(note: Note) -> int:
    return len(note.text.split())


def _words_with_myth(note: Note) -> int:
    return _words(note) + len((note.myth or "").split())
