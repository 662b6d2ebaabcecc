"""The learner's progress: one append-only log of events in SQLite, and what follows from it.

`open` gives a `Store`; what it appends is on the disk when the call returns. Everything but the log can be replayed.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from msgspec import Struct

from dva.errors import StoreError
from dva.store import backups, connection, derived, jsonl, log, machine, sync
from dva.store.log import Event
from dva.store.sync import SyncResult, cloud_sync_service
from dva.study.days import day_of
from dva.study.events import Answer
from dva.study.memory import Card, Look
from dva.study.scheduler import Model

__all__ = ["Event", "QuestionStats", "RestoreResult", "Store", "SyncResult", "cloud_sync_service", "open", "restore"]

FOREIGN_KEY_CHECK = "pragma foreign_key_check"
BUSY_TIMEOUT_MS = 5000
"""How long to wait for another dva that is writing."""


class QuestionStats(Struct, frozen=True):
    """How often a question was answered, and when last; undone answers do not count."""

    times: int
    last_at: int


class RestoreResult(Struct, frozen=True):
    """`added` events came back; `aside` is where a database that could not be read was put."""

    added: int
    quarantined: Path | None


def open(path: Path, timeout_ms: int = BUSY_TIMEOUT_MS) -> "Store":
    """The store in this file: made where there is none, brought up to date where it is older."""
    db = connection.connect(path, timeout_ms, derived.rebuild)
    try:
        with connection.translate_errors(path):
            if not machine.is_at_original_location(db, path):
                with connection.transaction(db):
                    if not machine.is_at_original_location(db, path):
                        machine.rotate_id(db, path)
    except BaseException:
        db.close()
        raise
    return Store(db, path)


class Store:
    """An open database. Times are UTC milliseconds since 1970, offsets minutes, days ordinals of local days."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @property
    def machine(self) -> str:
        """The id under which this database writes."""
        with connection.translate_errors(self.path):
            return machine.current_id(self._db)

    # writing

    def append(self, kind: str, body: Struct | Mapping[str, Any], at: int, offset: int) -> Event:
        """Add one event; it and what follows from it are on the disk when this returns."""
        with self._writing():
            return self._append(kind, body, log.monotonic_time(self._db, kind, body, at), offset)

    def _append(self, kind: str, body: Struct | Mapping[str, Any], at: int, offset: int) -> Event:
        text = log.encode_body(body)
        writer = machine.current_id(self._db)
        seq = log.next_seq(self._db, writer)
        event = Event(log.new_id(), writer, seq, at, offset, kind, msgspec.json.decode(text))
        wrong = log.validation_error(event)
        if wrong:
            hint = "is the clock of this machine right?" if wrong == log.TIME_OUT_OF_RANGE else None
            raise StoreError(f"this cannot be kept: {wrong}", hint=hint)
        log.insert(self._db, event, text)
        derived.update(self._db, [event])
        return event

    def undo(self, at: int, offset: int, session: str | None = None) -> Event | None:
        """Void the last answer that stands, of this machine or of the session named; gives that answer."""
        mine = "machine = ?" if session is None else "json_extract(body, '$.session') = ?"
        sql = f"""select {log.COLUMNS} from events where kind = 'answer' and {mine}
          and exists (select 1 from answers where event = events.id) order by rowid desc limit 1"""  # noqa: S608
        with self._writing():
            row = self._db.execute(sql, (machine.current_id(self._db) if session is None else session,)).fetchone()
            if row is None:
                return None
            self._append("undo", {"answer": row[0]}, at, offset)
            return log.event_from_row(row)

    def reset(self, card: str | None, at: int, offset: int) -> Event:
        """Set aside what was learned about a card, or about all: an event as any other, so the log keeps all.

        Answers dated later, by a clock that was wrong, are undone: no reset of today would reach them.
        """
        mine, values = ("1", ()) if card is None else ("card = ?", (card,))
        with self._writing():
            for review in derived.reviews(self._db, f"at > ? and {mine}", (at, *values)):
                self._append("undo", {"answer": review.event}, at, offset)
            return self._append("reset", {} if card is None else {"card": card}, at, offset)

    def set_local(self, name: str, text: str | None) -> None:
        """Keep a text on this machine alone (a session that is under way), or forget it; never exported."""
        with self._writing():
            self._db.execute("delete from kept where name = ?", (name,))
            if text is not None:
                self._db.execute("insert into kept (name, text) values (?, ?)", (name, text))

    def rebuild(self) -> None:
        """Replay the log over everything that follows from it."""
        with self._writing():
            derived.rebuild(self._db)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with connection.translate_errors(self.path), connection.transaction(self._db):
            yield

    # reading

    def events(self, kind: str | None = None, since: int = 0) -> list[Event]:
        """The log in the order of replay, from the moment `since` on; also answers that were undone."""
        with connection.translate_errors(self.path):
            where = "at >= ?" if kind is None else "at >= ? and kind = ?"
            return list(log.read_events(self._db, where, (since,) if kind is None else (since, kind)))

    def answers(self, session: str) -> list[Answer]:
        """The raw answers of a session that stand, in the order in which they were given here."""
        sql = """select body from events where kind = 'answer' and json_extract(body, '$.session') = ?
          and exists (select 1 from answers where event = events.id) order by rowid"""
        with connection.translate_errors(self.path):
            return [msgspec.json.decode(body, type=Answer) for (body,) in self._db.execute(sql, (session,))]

    def cards(self) -> list[Card]:
        """All cards that were ever answered or suspended, by id."""
        with connection.translate_errors(self.path):
            return derived.cards(self._db)

    def card(self, id: str) -> Card | None:
        """One card; None where nothing has happened to it."""
        with connection.translate_errors(self.path):
            return next(iter(derived.cards(self._db, "card = ?", (id,))), None)

    def reviews(self, since: int = 0, card: str | None = None) -> list[Look]:
        """The answers that stand, oldest first, from the local day `since` on."""
        with connection.translate_errors(self.path):
            where = "day >= ?" if card is None else "day >= ? and card = ?"
            return derived.reviews(self._db, where, (since,) if card is None else (since, card))

    def recent_reviews(self, count: int = 200) -> list[Look]:
        """The last answers that stand, oldest first: what the pace of this learner is events from."""
        with connection.translate_errors(self.path):
            return derived.latest_reviews(self._db, count)

    def question_stats(self, questions: Iterable[str]) -> dict[str, QuestionStats]:
        """Those questions that were answered: which probe was seen longest ago, which variant comes next."""
        sql = "select count(*), max(at) from answers where question = ?"
        with connection.translate_errors(self.path):
            found = {question: self._db.execute(sql, (question,)).fetchone() for question in questions}
        return {question: QuestionStats(*row) for question, row in found.items() if row[0]}

    def outdated_answers(self, revs: Mapping[str, int]) -> dict[str, Answer]:
        """The last answers to questions that have a higher revision by now: a key may have been mended since."""
        sql = "select question, event, rev, max(at) from answers group by question"
        with connection.translate_errors(self.path):
            rows = self._db.execute(sql).fetchall()
            return {question: self._answer(id) for question, id, rev, _ in rows if rev < revs.get(question, 0)}

    def _answer(self, id: str) -> Answer:
        (body,) = self._db.execute("select body from events where id = ?", (id,)).fetchone()
        return msgspec.json.decode(body, type=Answer)

    def settings(self) -> dict[str, Any]:
        """What each setting says now."""
        with connection.translate_errors(self.path):
            return derived.settings(self._db)

    def setting_day(self, name: str) -> int | None:
        """The local day on which a setting got the value that it has."""
        with connection.translate_errors(self.path):
            where = "kind = 'setting' and json_extract(body, '$.name') = ?"
            days = [
                (event.body["value"], day_of(event.at, event.offset))
                for event in log.read_events(self._db, where, (name,))
            ]
        return next((day for n, (value, day) in enumerate(days) if all(v == value for v, _ in days[n:])), None)

    def model(self) -> Model:
        """The memory model by the learner's settings."""
        with connection.translate_errors(self.path):
            return derived.learner_model(self._db)

    def get_local(self, name: str) -> str | None:
        """A text that `keep` kept."""
        with connection.translate_errors(self.path):
            row = self._db.execute("select text from kept where name = ?", (name,)).fetchone()
            return None if row is None else str(row[0])

    def verify(self) -> list[str]:
        """What is wrong with the file, the log or what follows from it; nothing where all is well."""
        with connection.translate_errors(self.path):
            found = [f"database: {text}" for (text,) in self._db.execute("pragma integrity_check") if text != "ok"]
            found += [
                f"{table}: a row without its {other}" for table, _, other, _ in self._db.execute(FOREIGN_KEY_CHECK)
            ]
            wrong = ((event.id, log.validation_error(event)) for event in log.read_events(self._db))
            found += [f"event {id}: {text}" for id, text in wrong if text]
            return found or derived.differences(self._db)

    # import, export, backup and sync

    def export_lines(self) -> Iterator[str]:
        """The log as JSON lines."""
        return (jsonl.encode(event) for event in self.events())

    def export(self, file: Path) -> int:
        """Write the log to a file as JSON lines, all or nothing; how many events it holds."""
        return jsonl.write(file, self.export_lines())

    def import_lines(self, texts: Iterable[str | bytes], name: str) -> int:
        """Add the events of JSON lines; how many were new. One bad line, named `name:number`, and nothing is."""
        return self.merge((name, number, event) for number, event in jsonl.decode_lines(texts, name))

    def import_file(self, file: Path) -> int:
        """Add the events of a file that `export` wrote; how many were new."""
        return self.import_lines(jsonl.read_bytes(file).split(b"\n"), str(file))

    def backup(self, file: Path) -> None:
        """A complete copy of the database, readable by its owner alone."""
        with jsonl.translate_write_errors(file):
            connection.copy(self.path, file)

    def merge(self, events: Iterable[tuple[str, int, Event]]) -> int:
        """Unite the log with events and the places (file, line) where they were events; how many were new."""
        listed = list(events)
        with self._writing():
            return self._merge(listed)

    def _merge(self, events: list[tuple[str, int, Event]]) -> int:
        added, touched = list[Event](), list[Event]()
        for name, number, event in events:
            try:
                new, places = log.merge_event(self._db, event)
            except log.ConflictError as error:
                raise jsonl.line_error(name, number, "the event is known with another content") from error
            except (sqlite3.IntegrityError, UnicodeError) as error:
                raise jsonl.line_error(name, number, f"the event cannot be kept: {error}") from error
            added += [event] if new else []
            touched += places
        derived.update(self._db, touched)
        writer = machine.current_id(self._db)
        if any(log.original_machine(event.machine, event.id) == writer for event in added):
            machine.rotate_id(self._db, self.path)
        return len(added)

    def sync(self, folder: Path) -> SyncResult:
        """Read all files of a shared folder, and add to this machine's own what none of them holds."""
        sync.ensure_folder(folder)
        with self._writing():
            own = folder / f"{machine.current_id(self._db)}.jsonl"
            sync.truncate_partial_line(own)
            events = list(sync.read_folder(folder))
            received = self._merge(events)
            known = {event.id for _, _, event in events}
            missing = [jsonl.encode(event) for event in log.read_events(self._db) if event.id not in known]
            own = folder / f"{machine.current_id(self._db)}.jsonl"
            with jsonl.translate_write_errors(own):
                return SyncResult(received, jsonl.append(own, missing) if missing else 0)


def restore(path: Path, backup: Path, timeout_ms: int = BUSY_TIMEOUT_MS) -> RestoreResult:
    """Merge a backup (a database or JSON lines) into the database; what is there stays.

    A database that cannot be read is put aside first, and what can still be read of it is merged too.
    """
    events = list(backups.read_backup(backup))
    quarantined = backups.quarantine_if_damaged(path)
    with open(path, timeout_ms) as store:
        added = store.merge(events)
        if quarantined:
            known = {event.id for _, _, event in events}
            added += store.merge(place for place in backups.recoverable_events(quarantined) if place[2].id not in known)
    return RestoreResult(added, quarantined)
