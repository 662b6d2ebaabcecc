"""Tables derived from the log: the state of each card, and the answers that were not undone.

A card is computed by replaying its own events. So whatever is added to the log, at any place in its order, only the
cards that it affects are replayed and replaced. `days` is a view over the answers.
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

CARD_COLUMNS = "card, topic, reps, lapses, stability, difficulty, last, due, seen_at, suspended"
REVIEW_COLUMNS = """event, card, question, at, day, topic, type, ms, rev, correct, sure, aided, practice, first,
  rating, before, after, tasks"""
CARD_KINDS = ("answer", "reset", "suspend", "unsuspend")
MODEL_SETTINGS = ("parameters", "retention")

_DECODERS = {kind: msgspec.json.Decoder(KINDS[kind]) for kind in CARD_KINDS}

NOT_UNDONE = """
(kind in ('reset', 'suspend', 'unsuspend') or kind = 'answer' and not exists (
  select 1 from events undo where undo.kind = 'undo' and json_extract(undo.body, '$.answer') = events.id))
"""
EVENTS_OF_CARD = f"""
select id, at, offset, kind, body from (
  select * from events where card = ? union all select * from events where kind = 'reset' and card is null
) as events where {NOT_UNDONE} order by at, machine, seq
"""  # noqa: S608 (fixed texts)
EVENTS_OF_ALL_CARDS = (
    f"select id, at, offset, kind, body, card from events where {NOT_UNDONE} order by at, machine, seq"  # noqa: S608
)


def learner_model(db: sqlite3.Connection) -> Model:
    """Return the memory model for the current settings; it applies to all answers, old ones too."""
    values = settings(db, MODEL_SETTINGS)
    return scheduler.model(*(values.get(name) for name in MODEL_SETTINGS))


def settings(db: sqlite3.Connection, names: Iterable[str] | None = None) -> dict[str, object]:
    """Return the current value of each setting, or of those in `names`."""
    wanted = None if names is None else set(names)
    values = {event.body["name"]: event.body["value"] for event in log.read_events(db, "kind = 'setting'")}
    return {name: value for name, value in values.items() if wanted is None or name in wanted}


def update(db: sqlite3.Connection, added: Iterable[log.Event]) -> None:
    """Replay the cards that the added events affect. Must be called in the transaction that added them."""
    affected = set[str]()
    for event in added:
        cards = _affected_cards(db, event)
        if cards is None:
            rebuild(db)
            return
        affected |= cards
    if affected:
        model = learner_model(db)
        for card in sorted(affected):
            _replace_card(db, *replay_card(card, _card_events(db.execute(EVENTS_OF_CARD, (card,))), model))


def _affected_cards(db: sqlite3.Connection, event: log.Event) -> set[str] | None:
    """Return the cards whose state an event changes; None means all."""
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
    """Replay the whole log into empty tables."""
    db.execute("delete from answers")
    db.execute("delete from cards")
    for card, reviews in replay(db):
        _insert_card(db, card, reviews)


def replay(db: sqlite3.Connection) -> Iterator[tuple[Card, list[Review]]]:
    """Yield every card of the log with its answers, ordered by card id."""
    model = learner_model(db)
    by_card: dict[str, list[CardEvent]] = {}
    resets: list[CardEvent] = []
    for *row, card in db.execute(EVENTS_OF_ALL_CARDS):
        event = _card_event(*row)
        if card is not None:
            by_card.setdefault(card, list(resets)).append(event)
            continue
        resets.append(event)
        for events in by_card.values():
            events.append(event)
    for card in sorted(by_card):
        yield replay_card(card, by_card[card], model)


def _card_events(rows: Iterable[tuple[str, int, int, str, str]]) -> Iterator[CardEvent]:
    return (_card_event(*row) for row in rows)


def _card_event(id: str, at: int, offset: int, kind: str, body: str) -> CardEvent:
    return CardEvent(id, at, offset, _DECODERS[kind].decode(body))


def _replace_card(db: sqlite3.Connection, card: Card, reviews: list[Review]) -> None:
    db.execute("delete from answers where card = ?", (card.id,))
    db.execute("delete from cards where card = ?", (card.id,))
    _insert_card(db, card, reviews)


def _insert_card(db: sqlite3.Connection, card: Card, reviews: list[Review]) -> None:
    if card != Card(card.id):
        _insert_rows(db, "cards", CARD_COLUMNS, [card])
        _insert_rows(db, "answers", REVIEW_COLUMNS, reviews)


def _insert_rows(db: sqlite3.Connection, table: str, columns: str, values: Sequence[Struct]) -> None:
    places = ", ".join("?" for _ in columns.split(","))
    sql = f"insert into {table} ({columns}) values ({places})"  # noqa: S608 (fixed names)
    db.executemany(sql, map(msgspec.structs.astuple, values))


def cards(db: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()) -> list[Card]:
    """Return the cards that match an SQL condition, ordered by id."""
    rows = db.execute(f"select {CARD_COLUMNS} from cards where {where} order by card", values)  # noqa: S608 (fixed texts)
    return [_card_from_row(row) for row in rows]


def _card_from_row(row: tuple[Any, ...]) -> Card:
    values = (*row[:-1], bool(row[-1]))
    return Card(*values)


def reviews(db: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()) -> list[Review]:
    """Return the answers that match an SQL condition and were not undone, oldest first."""
    sql = f"select {REVIEW_COLUMNS} from answers where {where} order by at, event"  # noqa: S608 (fixed texts)
    return [_review_from_row(row) for row in db.execute(sql, values)]


def latest_reviews(db: sqlite3.Connection, count: int) -> list[Review]:
    """Return the last `count` answers that were not undone, oldest first."""
    sql = f"select {REVIEW_COLUMNS} from answers order by at desc, event desc limit ?"  # noqa: S608 (fixed names)
    return [_review_from_row(row) for row in db.execute(sql, (count,))][::-1]


def _review_from_row(row: tuple[Any, ...]) -> Review:
    values = (*row[:9], *map(bool, row[9:14]), *row[14:])
    return Review(*values)


def differences(db: sqlite3.Connection) -> list[str]:
    """Compare the tables with a replay of the log; return one line for each card that differs."""
    replayed = dict[str, tuple[Card, list[Review]]]()
    for card, answers in replay(db):
        if card != Card(card.id):
            replayed[card.id] = card, sorted(answers, key=lambda review: (review.at, review.event))
    stored = {card.id: (card, reviews(db, "card = ?", (card.id,))) for card in cards(db)}
    return [
        f"card {name}: the tables do not hold what the log says"
        for name in sorted(replayed.keys() | stored.keys())
        if replayed.get(name) != stored.get(name)
    ]
