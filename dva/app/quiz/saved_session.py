"""The session that is saved on this machine, so that it can be resumed."""

import msgspec
from msgspec import Struct, field

from dva.app.quiz.options import QuizOptions
from dva.store import Store
from dva.study.queue import Slot


class SavedSession(Struct, frozen=True):
    """The plan of a session, as it is stored on this machine; the answers are in the log."""

    id: str
    options: QuizOptions = field(name="wish")
    slots: tuple[Slot, ...] = field(name="places")
    began: int
    """Milliseconds since 1970."""
    day: int
    """The local day on which it began; it is resumed on that day only."""


def load_session(store: Store, *, practice: bool) -> SavedSession | None:
    """Return the saved session; None where there is none that can be read."""
    text = store.get_local(_stored_name(practice))
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=SavedSession)
    except msgspec.MsgspecError:
        return None


def save_session(store: Store, session: SavedSession) -> None:
    """Save a session in place of the one before."""
    store.set_local(_stored_name(session.options.practice), msgspec.json.encode(session).decode())


def discard_session(store: Store, session: SavedSession) -> None:
    """Forget a finished session, unless another one was saved since."""
    practice = session.options.practice
    saved = load_session(store, practice=practice)
    if saved and saved.id == session.id:
        store.set_local(_stored_name(practice), None)


def _stored_name(practice: bool) -> str:
    """Return the stored name: practice has its own, so that it does not end the day's session."""
    return "practice" if practice else "session"
