"""The learner's progress: an append-only event log in SQLite, and tables derived from it.

`open` returns a `Store`. An append is durable when the call returns; everything but the log can be rebuilt by replay.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from msgspec import Struct

from dva.errors import StoreError
from dva.store import ahead, backups, connection, derived, jsonl, log, machine, merging, sync, targets
from dva.store.ahead import SetAside
from dva.store.log import Event, SourcedEvent
from dva.store.sync import SyncResult, cloud_sync_service
from dva.study.days import day_of
from dva.study.events import Answer
from dva.study.memory import Card, Review
from dva.study.scheduler import Model

__all__ = [
    "Event", "QuestionStats", "RestoreResult", "SetAside", "Store", "SyncResult", "cloud_sync_service", "open",
    "restore",
]  # fmt: skip

BUSY_TIMEOUT_MS = 5000
"""How long a write waits for another process that holds the lock."""


class QuestionStats(Struct, frozen=True):
    """How often a question was answered, and when last (UTC ms). Undone answers do not count."""

    times: int
    last_at: int


class RestoreResult(Struct, frozen=True):
    """Number of events that a restore added, and where a damaged database was moved (None: it was sound).

    `lost` has one line for each row that could not be read, and each event that is here with another content. `resets`
    are those made after the backup: what came back does not count while they hold.
    """

    added: int
    quarantined: Path | None
    lost: list[str] = []
    resets: list[Event] = []


def open(path: Path, timeout_ms: int = BUSY_TIMEOUT_MS, now: int | None = None) -> "Store":
    """Open the store in `path`, creating the file or applying pending migrations where needed.

    `now` (UTC ms) is the time of whoever reads: events more than a day ahead of it are set aside; None sets none aside
    and brings none back. What an interrupted restore or merge left to do is done. Raises StoreError where the file
    cannot be opened, is damaged, empty, another program's, or comes from a newer dva; it is left untouched then.
    """
    store = _open(path, timeout_ms, now)
    try:
        with connection.translate_errors(path):
            backups.salvage(store._db, path)
            store._reconcile()
    except BaseException:
        store.close()
        raise
    return store


@contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Keep other processes from doing `what` on the same database meanwhile; StoreError where one does it already.

    The lock ends with the process, however that ends.
    """
    lock = sqlite3.connect(path.with_name(f"{what}.lock"), timeout=0, isolation_level=None)
    try:
        with suppress(sqlite3.DatabaseError):
            lock.execute("begin exclusive")
        if not lock.in_transaction:
            raise StoreError(f"another terminal has an open {what}", hint="go on there, or leave it with q first")
        yield
    finally:
        lock.close()


def _open(path: Path, timeout_ms: int, now: int | None) -> "Store":
    db = connection.connect(path, timeout_ms, derived.rebuild)
    try:
        with connection.translate_errors(path):
            if not machine.is_at_original_location(db, path):
                with connection.transaction(db):
                    if not machine.is_at_original_location(db, path):
                        machine.rotate_id(db, path)
            merging.resume(db)
    except BaseException:
        db.close()
        raise
    return Store(db, path, now)


class Store:
    """An open progress database.

    Times (`at`) are UTC milliseconds since 1970, offsets are minutes that local time is ahead of UTC, days are
    ordinals of local study days. Every method raises StoreError where SQLite fails.
    """

    def __init__(self, db: sqlite3.Connection, path: Path, now: int | None = None) -> None:
        self._db = db
        self.path = path
        self._now = now

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @property
    def machine(self) -> str:
        """Id of the machine that this database writes events for."""
        with connection.translate_errors(self.path):
            return machine.current_id(self._db)

    # writing

    def append(self, kind: str, body: Struct | Mapping[str, Any], at: int, offset: int) -> Event:
        """Append one event and update the derived tables in one durable transaction; return the event.

        Raises StoreError where the body does not fit its kind or the time is out of range. The event gets a time
        later than `at` where an older command would otherwise win (see `log.monotonic_time`).
        """
        with self._writing():
            return self._append(kind, body, log.monotonic_time(self._db, kind, body, at), offset)

    def _append(self, kind: str, body: Struct | Mapping[str, Any], at: int, offset: int) -> Event:
        text = log.encode_body(body)
        writer = machine.current_id(self._db)
        seq = log.next_seq(self._db, writer)
        if self._now is not None:
            self._now = max(self._now, at)
            ahead.include(self._db, at)
        event = Event(log.new_id(), writer, seq, at, offset, kind, msgspec.json.decode(text))
        problem = log.validation_error(event)
        if problem:
            hint = "is the clock of this machine right?" if problem == log.TIME_OUT_OF_RANGE else None
            raise StoreError(f"this cannot be kept: {problem}", hint=hint)
        log.insert(self._db, event, text)
        derived.update(self._db, [event])
        return event

    def undo(self, at: int, offset: int, session: str | None = None) -> Event | None:
        """Undo the latest answer of `session` (None: of this machine) and return it; None where there is none."""
        scope = "machine = ?" if session is None else "json_extract(body, '$.session') = ?"
        sql = f"""select {log.COLUMNS} from events where kind = 'answer' and {scope}
          and exists (select 1 from answers where event = events.id) order by rowid desc"""  # noqa: S608
        with self._writing():
            latest = next(log.in_found_order(self._db, sql, (self._writer() if session is None else session,)), None)
            if latest is not None:
                self._append("undo", {"answer": latest.id}, at, offset)
            return latest

    def reset(self, card: str | None, at: int, offset: int) -> Event:
        """Append an event that makes a card, or all cards (None), new again; the log keeps the history.

        Answers dated after `at` by a wrong clock, set aside or not, are undone, as replay would apply them after it.
        """
        scope, values = ("1", ()) if card is None else ("card = ?", (card,))
        with self._writing():
            done = self._append("reset", {} if card is None else {"card": card}, at, offset)
            later = f"kind = 'answer' and at > ? and {scope} and not {derived.UNDONE}"
            for event in list(log.read_events(self._db, later, (at, *values))):
                self._append("undo", {"answer": event.id, "reset": done.id}, at, offset)
            return done

    def resets(self) -> list[Event]:
        """Return the resets that were not undone, in replay order."""
        with connection.translate_errors(self.path):
            return list(log.read_events(self._db, f"kind = 'reset' and {log.APPLIED} and not {derived.UNDONE}"))

    def undo_reset(self, reset: Event, at: int, offset: int) -> Event:
        """Append an event that makes what was learned before a reset count again; what came after it counts too."""
        return self.append("undo", {"answer": reset.id}, at, offset)

    def set_local(self, name: str, text: str | None) -> None:
        """Save a text on this machine only, such as the session in progress; None deletes it. Never exported."""
        with self._writing():
            self._db.execute("delete from kept where name = ?", (name,))
            if text is not None:
                self._db.execute("insert into kept (name, text) values (?, ?)", (name, text))

    def _writer(self) -> str:
        return machine.current_id(self._db)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with connection.translate_errors(self.path), connection.transaction(self._db):
            yield

    # reading

    def events(self, kind: str | None = None, since: int = 0) -> list[Event]:
        """Return the log in replay order from the time `since`, undone answers included, without what is set aside.

        `kind` filters.
        """
        with connection.translate_errors(self.path):
            where = f"at >= ? and {log.APPLIED}" + ("" if kind is None else " and kind = ?")
            return list(log.read_events(self._db, where, (since,) if kind is None else (since, kind)))

    def answers(self, session: str) -> list[Answer]:
        """Return the answers of a session that were not undone, in the order in which they were recorded here."""
        sql = f"""select {log.COLUMNS} from events where kind = 'answer' and json_extract(body, '$.session') = ?
          and exists (select 1 from answers where event = events.id) order by rowid"""  # noqa: S608 (fixed texts)
        with connection.translate_errors(self.path):
            return [msgspec.convert(event.body, Answer) for event in log.in_found_order(self._db, sql, (session,))]

    def cards(self) -> list[Card]:
        """Return all cards that were ever answered or suspended, ordered by id."""
        with connection.translate_errors(self.path):
            return derived.cards(self._db)

    def card(self, id: str) -> Card | None:
        """Return a card by its id; None where it was never answered or suspended."""
        with connection.translate_errors(self.path):
            return next(iter(derived.cards(self._db, "card = ?", (id,))), None)

    def reviews(self, since: int = 0, card: str | None = None) -> list[Review]:
        """Return the answers that were not undone, oldest first, from the local day `since`; `card` filters."""
        with connection.translate_errors(self.path):
            where = "day >= ?" if card is None else "day >= ? and card = ?"
            return derived.reviews(self._db, where, (since,) if card is None else (since, card))

    def recent_reviews(self, count: int = 200) -> list[Review]:
        """Return the last `count` answers that were not undone, oldest first."""
        with connection.translate_errors(self.path):
            return derived.latest_reviews(self._db, count)

    def missed_cards(self, before: int) -> dict[str, int]:
        """Return the cards that were wrong on the day of their last rating, before the local day `before`, with it."""
        sql = """select distinct cards.card, cards.last from cards join answers
          on answers.card = cards.card and answers.day = cards.last
          where not answers.correct and not answers.practice and cards.last < ?"""
        with connection.translate_errors(self.path):
            return dict(self._db.execute(sql, (before,)))

    def study_days(self) -> int:
        """Return the number of local days with answers."""
        with connection.translate_errors(self.path):
            return int(self._db.execute("select count(distinct day) from answers").fetchone()[0])

    def question_stats(self, questions: Iterable[str]) -> dict[str, QuestionStats]:
        """Return the statistics of those of the questions that were answered."""
        sql = "select count(*), max(at) from answers where question = ?"
        with connection.translate_errors(self.path):
            found = {question: self._db.execute(sql, (question,)).fetchone() for question in questions}
        return {question: QuestionStats(*row) for question, row in found.items() if row[0]}

    def outdated_answers(self, revs: Mapping[str, int]) -> dict[str, Answer]:
        """Return the last answer to each question whose current revision (`revs`) is higher than the one answered.

        The key of such a question may have been corrected since.
        """
        sql = "select question, event, rev, max(at) from answers group by question"
        with connection.translate_errors(self.path):
            rows = self._db.execute(sql).fetchall()
            outdated = [(question, id) for question, id, rev, _ in rows if rev < revs.get(question, 0)]
            return {
                question: msgspec.convert(event.body, Answer)
                for question, id in outdated
                for event in log.read_events(self._db, "id = ?", (id,))
            }

    def settings(self) -> dict[str, Any]:
        """Return the current value of each setting that was ever set."""
        with connection.translate_errors(self.path):
            return derived.settings(self._db)

    def setting_day(self, name: str) -> int | None:
        """Return the local day since which a setting has had its current value; None where it was never set."""
        with connection.translate_errors(self.path):
            days = [
                (event.body["value"], day_of(event.at, event.offset))
                for event in log.read_events(self._db, f"kind = 'setting' and {log.APPLIED}")
                if event.body["name"] == name
            ]
        return next((day for n, (value, day) in enumerate(days) if all(v == value for v, _ in days[n:])), None)

    def model(self) -> Model:
        """Return the memory model for the learner's settings."""
        with connection.translate_errors(self.path):
            return derived.learner_model(self._db)

    def get_local(self, name: str) -> str | None:
        """Return a text saved by `set_local`, or None."""
        with connection.translate_errors(self.path):
            row = self._db.execute("select text from kept where name = ?", (name,)).fetchone()
            return None if row is None else str(row[0])

    def verify(self) -> list[str]:
        """Return one line for each fault in the file, the log or the derived tables; none where all is sound."""
        with connection.translate_errors(self.path):
            problems = connection.faults(self._db)
            problems += [f"event damaged: {damage}" for damage in log.read_log(self._db)[1]]
            return problems or derived.differences(self._db)

    def damage(self) -> list[str]:
        """Return one line for each row of the log that cannot be read; everything else goes on without it."""
        with connection.translate_errors(self.path):
            return [str(damage) for damage in log.find_damage(self._db)]

    def set_aside(self) -> list[SetAside]:
        """Return what is dated more than a day ahead of the clock and therefore not applied, by machine."""
        with connection.translate_errors(self.path):
            return ahead.listing(self._db)

    def apply_ahead(self) -> None:
        """Apply what is set aside now, here and from now on."""
        with connection.translate_errors(self.path):
            ahead.accept(self._db, True)
            self._reconcile()

    def set_ahead_aside(self) -> None:
        """Set aside again what `apply_ahead` applied."""
        with connection.translate_errors(self.path):
            ahead.accept(self._db, False)
            self._reconcile()

    def _reconcile(self, arriving: int = 0) -> None:
        if self._now is not None:
            ahead.reconcile(self._db, self._now, arriving)

    # import, export, backup and sync

    def export_lines(self) -> Iterator[str]:
        """Return the log as JSON lines, in replay order."""
        with connection.translate_errors(self.path):
            events, _ = log.read_log(self._db)
        return map(jsonl.encode, events)

    def export(self, file: Path) -> int:
        """Write the log to a file as JSON lines, completely or not at all; return the number of events.

        UsageError where the file is the database, one of its copies, or a backup.
        """
        targets.refuse_own_files(self.path, file)
        return jsonl.write(file, self.export_lines())

    def import_lines(self, texts: Iterable[str | bytes], name: str) -> int:
        """Merge the events of JSON lines and return how many were new; `name` stands for the file in messages.

        Raises StoreError with `name:line` for the first invalid line; nothing is added then.
        """
        return self.merge((name, number, event) for number, event in jsonl.decode_lines(texts, name))

    def import_file(self, file: Path) -> int:
        """Merge the events of a file that `export` wrote and return how many were new."""
        return self.import_lines(jsonl.read_bytes(file).split(b"\n"), str(file))

    def backup(self, file: Path) -> None:
        """Copy the whole database to a new file that only its owner can read; UsageError where it cannot be written."""
        targets.backup(self.path, file)

    def merge(self, events: Iterable[SourcedEvent]) -> int:
        """Merge events into the log and return how many were new.

        Raises StoreError for the first that cannot be kept; nothing is added then. The lock is held for moments only.
        """
        read = list(events)  # before the lock is taken: the iterable may read files
        with connection.translate_errors(self.path):
            self._reconcile(max((event.at for _, _, event in read), default=0))
            added = merging.merge(self._db, self.path, read, strict=True).added
            self._reconcile()
            return added

    def sync(self, folder: Path) -> SyncResult:
        """Merge all files of a shared folder, and append to this machine's file the events that none of them has."""
        sync.ensure_folder(folder)
        sync.truncate_partial_line(folder / f"{self.machine}.jsonl")
        events = list(sync.read_folder(folder))
        received = self.merge(events)
        known = {event.id for _, _, event in events}
        with connection.translate_errors(self.path):
            missing = [jsonl.encode(event) for event in log.read_log(self._db)[0] if event.id not in known]
        own = folder / f"{self.machine}.jsonl"  # merging may have rotated the id
        with jsonl.translate_write_errors(own):
            return SyncResult(received, jsonl.append(own, missing) if missing else 0)


def restore(path: Path, backup: Path, timeout_ms: int = BUSY_TIMEOUT_MS, now: int | None = None) -> RestoreResult:
    """Merge a backup (a database or JSON lines) into the database at `path`; existing events stay.

    A damaged database is moved away first, and the events that can still be read from it are merged too. Killed at any
    moment, nothing is lost: what was moved away is merged by the next start. The database goes on under a new machine
    id: the numbers that follow in the backup may have been given to other events since.
    """
    events, damage = backups.read_backup(backup)
    quarantined = backups.quarantine_if_damaged(path)
    with _open(path, timeout_ms, now) as store, connection.translate_errors(path):
        db = store._db
        done = merging.merge(db, path, events, strict=False)
        salvaged = backups.salvage(db, path)
        store._reconcile()
        with connection.transaction(db):
            if not quarantined and derived.differences(db):
                derived.rebuild(db)
            machine.rotate_id(db, path)
        known = {event.id for event in log.read_events(db)}
        winning = backups.winning_resets(store.resets(), [event for _, _, event in events])
    lost = [str(row) for row in (*damage, *salvaged.damage) if row.id not in known]
    lost += [*done.passed_over, *salvaged.passed_over]
    return RestoreResult(done.added + salvaged.added, quarantined, lost, winning)
