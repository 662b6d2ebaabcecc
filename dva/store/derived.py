"""What follows from the log: the state of each card and the answers that stand.

A card is the fold of its own events, so whatever is added to the log, at any place in its order, the cards that it
touches are folded anew and written over. `days` is a view over the answers.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from dva.store import log
from dva.study import scheduler
from dva.study.events import KINDS
from dva.study.memory import Card, CardEvent, Review, replay_card
from dva.study.scheduler import Model

CARD = "card, topic, reps, lapses, stability, difficulty, last, due, seen_at, suspended"
LOOK = """event, card, question, at, day, topic, type, ms, rev, correct, sure, aided, practice, first,
  rating, before, after, tasks"""
ABOUT_CARDS = ("answer", "reset", "suspend", "unsuspend")
MODEL_SETTINGS = ("parameters", "retention")

_DECODERS = {kind: msgspec.json.Decoder(KINDS[kind]) for kind in ABOUT_CARDS}

STANDING = """
(kind in ('reset', 'suspend', 'unsuspend') or kind = 'answer' and not exists (
  select 1 from events undo where undo.kind = 'undo' and json_extract(undo.body, '$.answer') = events.id))
"""
OF_CARD = f"""
select id, at, offset, kind, body from (
  select * from events where card = ? union all select * from events where kind = 'reset' and card is null
) as events where {STANDING} order by at, machine, seq
"""  # noqa: S608 (fixed texts)
OF_ALL = f"select id, at, offset, kind, body, card from events where {STANDING} order by at, machine, seq"  # noqa: S608


def learner_model(db: sqlite3.Connection) -> Model:
    """The memory model by the latest settings of the log; it holds for all answers, the old ones too."""
    said = settings(db, MODEL_SETTINGS)
    return scheduler.model(*(said.get(name) for name in MODEL_SETTINGS))


def settings(db: sqlite3.Connection, names: Iterable[str] | None = None) -> dict[str, object]:
    """What each setting says now."""
    wanted = None if names is None else set(names)
    said = {event.body["name"]: event.body["value"] for event in log.read(db, "kind = 'setting'")}
    return {name: value for name, value in said.items() if wanted is None or name in wanted}


def update(db: sqlite3.Connection, added: Iterable[log.Event]) -> None:
    """Write what the added events change. To be called in the transaction that added them."""
    touched = set[str]()
    for event in added:
        cards = _touches(db, event)
        if cards is None:
            rebuild(db)
            return
        touched |= cards
    if touched:
        model = learner_model(db)
        for card in sorted(touched):
            _write(db, *replay_card(card, _moments(db.execute(OF_CARD, (card,))), model))


def _touches(db: sqlite3.Connection, event: log.Event) -> set[str] | None:
    """The cards that an event is about; None = all of them."""
    match event.kind:
        case "answer":
            return {event.body["notes"][0]}
        case "undo":
            rows = db.execute("select card from events where id = ? and kind = 'answer'", (event.body["answer"],))
            return {card for (card,) in rows}
        case "suspend" | "unsuspend":
            return {event.body["card"]}
        case "reset":
            card = event.body.get("card")
            return None if card is None else {card}
        case "setting" if event.body["name"] in MODEL_SETTINGS:
            return None
    return set()


def rebuild(db: sqlite3.Connection) -> None:
    """Replay the whole log."""
    db.execute("delete from answers")
    db.execute("delete from cards")
    for card, looks in replay(db):
        _insert(db, card, looks)


def replay(db: sqlite3.Connection) -> Iterator[tuple[Card, list[Review]]]:
    """Every card of the log, folded; cards by their ids."""
    model = learner_model(db)
    by_card: dict[str, list[CardEvent]] = {}
    resets: list[CardEvent] = []
    for *row, card in db.execute(OF_ALL):
        moment = _moment(*row)
        if card is not None:
            by_card.setdefault(card, list(resets)).append(moment)
            continue
        resets.append(moment)
        for moments in by_card.values():
            moments.append(moment)
    for card in sorted(by_card):
        yield replay_card(card, by_card[card], model)


def _moments(rows: Iterable[tuple[str, int, int, str, str]]) -> Iterator[CardEvent]:
    return (_moment(*row) for row in rows)


def _moment(id: str, at: int, offset: int, kind: str, body: str) -> CardEvent:
    return CardEvent(id, at, offset, _DECODERS[kind].decode(body))


def _write(db: sqlite3.Connection, card: Card, looks: list[Review]) -> None:
    db.execute("delete from answers where card = ?", (card.id,))
    db.execute("delete from cards where card = ?", (card.id,))
    _insert(db, card, looks)


def _insert(db: sqlite3.Connection, card: Card, looks: list[Review]) -> None:
    if card != Card(card.id):
        _put(db, "cards", CARD, [card])
        _put(db, "answers", LOOK, looks)


def _put(db: sqlite3.Connection, table: str, columns: str, values: Sequence[Struct]) -> None:
    places = ", ".join("?" for _ in columns.split(","))
    sql = f"insert into {table} ({columns}) values ({places})"  # noqa: S608 (fixed names)
    db.executemany(sql, map(msgspec.structs.astuple, values))


def cards(db: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()) -> list[Card]:
    """Cards as the tables hold them, by their ids."""
    rows = db.execute(f"select {CARD} from cards where {where} order by card", values)  # noqa: S608 (fixed texts)
    return [_card(row) for row in rows]


def _card(row: tuple[Any, ...]) -> Card:
    values = (*row[:-1], bool(row[-1]))
    return Card(*values)


def looks(db: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()) -> list[Review]:
    """Answers that stand, in the order of time."""
    sql = f"select {LOOK} from answers where {where} order by at, event"  # noqa: S608 (fixed texts)
    return [_look(row) for row in db.execute(sql, values)]


def latest(db: sqlite3.Connection, count: int) -> list[Review]:
    """The last answers that stand, oldest first."""
    sql = f"select {LOOK} from answers order by at desc, event desc limit ?"  # noqa: S608 (fixed names)
    return [_look(row) for row in db.execute(sql, (count,))][::-1]


def _look(row: tuple[Any, ...]) -> Review:
    values = (*row[:9], *map(bool, row[9:14]), *row[14:])
    return Review(*values)


def differences(db: sqlite3.Connection) -> list[str]:
    """Where the tables differ from what the log says, one line a card."""
    told = dict[str, tuple[Card, list[Review]]]()
    for card, seen in replay(db):
        if card != Card(card.id):
            told[card.id] = card, sorted(seen, key=lambda look: (look.at, look.event))
    held = {card.id: (card, looks(db, "card = ?", (card.id,))) for card in cards(db)}
    return [
        f"card {name}: the tables do not hold what the log says"
        for name in sorted(told.keys() | held.keys())
        if told.get(name) != held.get(name)
    ]
