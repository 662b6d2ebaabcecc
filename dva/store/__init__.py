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
from dva.store import backups, connection, derived, lines, log, machine, sync
from dva.store.log import Event
from dva.store.sync import Synced, synchronised
from dva.study.days import day_of
from dva.study.events import Answer
from dva.study.memory import Card, Review
from dva.study.scheduler import Model

__all__ = ["Asked", "Event", "Restored", "Store", "Synced", "open", "restore", "synchronised"]

FOREIGN = "pragma foreign_key_check"
WAIT_MS = 5000
"""How long to wait for another dva that is writing."""


class Asked(Struct, frozen=True):
    """How often a question was answered, and when last; undone answers do not count."""

    times: int
    last_at: int


class Restored(Struct, frozen=True):
    """`added` events came back; `aside` is where a database that could not be read was put."""

    added: int
    aside: Path | None


def open(path: Path, wait_ms: int = WAIT_MS) -> "Store":
    """The store in this file: made where there is none, brought up to date where it is older."""
    db = connection.connect(path, wait_ms, derived.rebuild)
    try:
        with connection.refusals(path):
            if not machine.is_at_home(db, path):
                with connection.transaction(db):
                    if not machine.is_at_home(db, path):
                        machine.renew(db, path)
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
        with connection.refusals(self.path):
            return machine.current(self._db)

    # writing

    def append(self, kind: str, body: Struct | Mapping[str, Any], at: int, offset: int) -> Event:
        """Add one event; it and what follows from it are on the disk when this returns."""
        with self._writing():
            return self._append(kind, body, log.not_before(self._db, kind, body, at), offset)

    def _append(self, kind: str, body: Struct | Mapping[str, Any], at: int, offset: int) -> Event:
        text = log.written(body)
        writer = machine.current(self._db)
        seq = log.next_seq(self._db, writer)
        event = Event(log.new_id(), writer, seq, at, offset, kind, msgspec.json.decode(text))
        wrong = log.complaint(event)
        if wrong:
            hint = "is the clock of this machine right?" if wrong == log.OUT_OF_TIME else None
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
            row = self._db.execute(sql, (machine.current(self._db) if session is None else session,)).fetchone()
            if row is None:
                return None
            self._append("undo", {"answer": row[0]}, at, offset)
            return log.event_of(row)

    def reset(self, card: str | None, at: int, offset: int) -> Event:
        """Set aside what was learned about a card, or about all: an event as any other, so the log keeps all.

        Answers dated later, by a clock that was wrong, are undone: no reset of today would reach them.
        """
        mine, values = ("1", ()) if card is None else ("card = ?", (card,))
        with self._writing():
            for look in derived.looks(self._db, f"at > ? and {mine}", (at, *values)):
                self._append("undo", {"answer": look.event}, at, offset)
            return self._append("reset", {} if card is None else {"card": card}, at, offset)

    def keep(self, name: str, text: str | None) -> None:
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
        with connection.refusals(self.path), connection.transaction(self._db):
            yield

    # reading

    def events(self, kind: str | None = None, since: int = 0) -> list[Event]:
        """The log in the order of replay, from the moment `since` on; also answers that were undone."""
        with connection.refusals(self.path):
            where = "at >= ?" if kind is None else "at >= ? and kind = ?"
            return list(log.read(self._db, where, (since,) if kind is None else (since, kind)))

    def answers(self, session: str) -> list[Answer]:
        """The raw answers of a session that stand, in the order in which they were given here."""
        sql = """select body from events where kind = 'answer' and json_extract(body, '$.session') = ?
          and exists (select 1 from answers where event = events.id) order by rowid"""
        with connection.refusals(self.path):
            return [msgspec.json.decode(body, type=Answer) for (body,) in self._db.execute(sql, (session,))]

    def cards(self) -> list[Card]:
        """All cards that were ever answered or suspended, by id."""
        with connection.refusals(self.path):
            return derived.cards(self._db)

    def card(self, id: str) -> Card | None:
        """One card; None where nothing has happened to it."""
        with connection.refusals(self.path):
            return next(iter(derived.cards(self._db, "card = ?", (id,))), None)

    def looks(self, since: int = 0, card: str | None = None) -> list[Review]:
        """The answers that stand, oldest first, from the local day `since` on."""
        with connection.refusals(self.path):
            where = "day >= ?" if card is None else "day >= ? and card = ?"
            return derived.looks(self._db, where, (since,) if card is None else (since, card))

    def recent(self, count: int = 200) -> list[Review]:
        """The last answers that stand, oldest first: what the pace of this learner is told from."""
        with connection.refusals(self.path):
            return derived.latest(self._db, count)

    def asked(self, questions: Iterable[str]) -> dict[str, Asked]:
        """Those questions that were answered: which probe was seen longest ago, which variant comes next."""
        sql = "select count(*), max(at) from answers where question = ?"
        with connection.refusals(self.path):
            found = {question: self._db.execute(sql, (question,)).fetchone() for question in questions}
        return {question: Asked(*row) for question, row in found.items() if row[0]}

    def outdated(self, revs: Mapping[str, int]) -> dict[str, Answer]:
        """The last answers to questions that have a higher revision by now: a key may have been mended since."""
        sql = "select question, event, rev, max(at) from answers group by question"
        with connection.refusals(self.path):
            rows = self._db.execute(sql).fetchall()
            return {question: self._answer(id) for question, id, rev, _ in rows if rev < revs.get(question, 0)}

    def _answer(self, id: str) -> Answer:
        (body,) = self._db.execute("select body from events where id = ?", (id,)).fetchone()
        return msgspec.json.decode(body, type=Answer)

    def settings(self) -> dict[str, Any]:
        """What each setting says now."""
        with connection.refusals(self.path):
            return derived.settings(self._db)

    def setting_day(self, name: str) -> int | None:
        """The local day on which a setting got the value that it has."""
        with connection.refusals(self.path):
            where = "kind = 'setting' and json_extract(body, '$.name') = ?"
            days = [
                (event.body["value"], day_of(event.at, event.offset)) for event in log.read(self._db, where, (name,))
            ]
        return next((day for n, (value, day) in enumerate(days) if all(v == value for v, _ in days[n:])), None)

    def model(self) -> Model:
        """The memory model by the learner's settings."""
        with connection.refusals(self.path):
            return derived.learner_model(self._db)

    def kept(self, name: str) -> str | None:
        """A text that `keep` kept."""
        with connection.refusals(self.path):
            row = self._db.execute("select text from kept where name = ?", (name,)).fetchone()
            return None if row is None else str(row[0])

    def verify(self) -> list[str]:
        """What is wrong with the file, the log or what follows from it; nothing where all is well."""
        with connection.refusals(self.path):
            found = [f"database: {text}" for (text,) in self._db.execute("pragma integrity_check") if text != "ok"]
            found += [f"{table}: a row without its {other}" for table, _, other, _ in self._db.execute(FOREIGN)]
            wrong = ((event.id, log.complaint(event)) for event in log.read(self._db))
            found += [f"event {id}: {text}" for id, text in wrong if text]
            return found or derived.differences(self._db)

    # carrying

    def lines(self) -> Iterator[str]:
        """The log as JSON lines."""
        return (lines.encode(event) for event in self.events())

    def export(self, file: Path) -> int:
        """Write the log to a file as JSON lines, all or nothing; how many events it holds."""
        return lines.write(file, self.lines())

    def import_lines(self, texts: Iterable[str | bytes], name: str) -> int:
        """Add the events of JSON lines; how many were new. One bad line, named `name:number`, and nothing is."""
        return self.add((name, number, event) for number, event in lines.numbered(texts, name))

    def import_file(self, file: Path) -> int:
        """Add the events of a file that `export` wrote; how many were new."""
        return self.import_lines(lines.read_bytes(file).split(b"\n"), str(file))

    def backup(self, file: Path) -> None:
        """A complete copy of the database, readable by its owner alone."""
        with lines.writing(file):
            connection.copy(self.path, file)

    def add(self, told: Iterable[tuple[str, int, Event]]) -> int:
        """Unite the log with events and the places (file, line) where they were told; how many were new."""
        listed = list(told)
        with self._writing():
            return self._add(listed)

    def _add(self, told: list[tuple[str, int, Event]]) -> int:
        added, touched = list[Event](), list[Event]()
        for name, number, event in told:
            try:
                new, places = log.unite(self._db, event)
            except log.Clash as error:
                raise lines.refused(name, number, "the event is known with another content") from error
            except (sqlite3.IntegrityError, UnicodeError) as error:
                raise lines.refused(name, number, f"the event cannot be kept: {error}") from error
            added += [event] if new else []
            touched += places
        derived.update(self._db, touched)
        writer = machine.current(self._db)
        if any(log.origin(event.machine, event.id) == writer for event in added):
            machine.renew(self._db, self.path)
        return len(added)

    def sync(self, folder: Path) -> Synced:
        """Read all files of a shared folder, and add to this machine's own what none of them holds."""
        sync.shared(folder)
        with self._writing():
            own = folder / f"{machine.current(self._db)}.jsonl"
            sync.repair(own)
            told = list(sync.read(folder))
            received = self._add(told)
            known = {event.id for _, _, event in told}
            missing = [lines.encode(event) for event in log.read(self._db) if event.id not in known]
            own = folder / f"{machine.current(self._db)}.jsonl"
            with lines.writing(own):
                return Synced(received, lines.append(own, missing) if missing else 0)


def restore(path: Path, backup: Path, wait_ms: int = WAIT_MS) -> Restored:
    """Merge a backup (a database or JSON lines) into the database; what is there stays.

    A database that cannot be read is put aside first, and what can still be read of it is merged too.
    """
    told = list(backups.events_of(backup))
    aside = backups.put_aside_if_damaged(path)
    with open(path, wait_ms) as store:
        added = store.add(told)
        if aside:
            known = {event.id for _, _, event in told}
            added += store.add(place for place in backups.salvaged(aside) if place[2].id not in known)
    return Restored(added, aside)
