"""The options of a quiz, and the session that is saved so that it can be resumed."""

import msgspec
from msgspec import Struct, field

from dva.store import Store
from dva.study.queue import Slot


class QuizOptions(Struct, frozen=True):
    """What the learner asked for; any of the last five is practice. Stored: fields keep their names."""

    topics: tuple[str, ...] = ()
    limit: int | None = None
    minutes: int | None = None
    seed: int | None = None
    cram: bool = False
    missed_days: int | None = None
    domain: str | None = None
    confident_errors: bool = False
    legacy: bool = False

    @property
    def practice(self) -> bool:
        """Whether answers leave the schedule alone."""
        return bool(self.cram or self.missed_days or self.domain or self.confident_errors or self.legacy)

    @property
    def command(self) -> str:
        """Return the command line that starts or resumes a session with these options."""
        values = {"limit": self.limit, "minutes": self.minutes, "seed": self.seed, "domain": self.domain}
        flags = ["--cram"] * self.cram + ["--confident-errors"] * self.confident_errors
        flags += ["--legacy"] * self.legacy
        flags += [f"--missed {self.missed_days}d"] if self.missed_days else []
        flags += [f"--{name} {value}" for name, value in values.items() if value is not None]
        return " ".join(["dva quiz", *self.topics, *flags])


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
    text = store.kept(_stored_name(practice))
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=SavedSession)
    except msgspec.MsgspecError:
        return None


def save_session(store: Store, session: SavedSession) -> None:
    """Save a session in place of the one before."""
    store.keep(_stored_name(session.options.practice), msgspec.json.encode(session).decode())


def discard_session(store: Store, session: SavedSession) -> None:
    """Forget a finished session, unless another one was saved since."""
    practice = session.options.practice
    saved = load_session(store, practice=practice)
    if saved and saved.id == session.id:
        store.keep(_stored_name(practice), None)


def _stored_name(practice: bool) -> str:
    """Return the stored name: practice has its own, so that it does not end the day's session."""
    return "practice" if practice else "session"
