"""Tables derived from the log: the state of each card, and the answers that were not undone.

A card is computed by replaying its own events. So whatever is added to the log, at any place in its order, only the
cards that it affects are replayed and replaced. `days` is a view over the answers.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from dva.store import connection, log, schema
from dva.study import scheduler
from dva.study.events import KINDS
from dva.study.memory import Card, CardEvent, Review, replay_card
from dva.study.scheduler import Model

CARD_COLUMNS = "card, topic, reps, lapses, stability, difficulty, last, due, seen_at, suspended"
REVIEW_COLUMNS = """event, card, question, at, day, topic, type, ms, rev, correct, sure, aided, practice, first,
  rating, before, after, tasks"""
MODEL_SETTINGS = ("parameters", "retention")

_UNDO = "select 1 from events {0} where {0}.kind = 'undo' and json_extract({0}.body, '$.answer') = {1}"
_RESET_OF_UNDO = "case when json_valid(undo.body) then json_extract(undo.body, '$.reset') end"
UNDO_IN_FORCE = f"""
{_UNDO.format("undo", "events.id")} and undo.at <= {log.HORIZON_VALUE}
  and not exists ({_UNDO.format("back", _RESET_OF_UNDO)} and back.at <= {log.HORIZON_VALUE})
"""
"""An answer that a reset voids counts again where the reset is undone."""
UNDONE = f"exists ({UNDO_IN_FORCE})"
NOT_UNDONE = f"""
{log.APPLIED} and (kind in ('suspend', 'unsuspend') or kind in ('answer', 'reset') and not {UNDONE})
"""
UNDOABLE = "id = ? and kind in ('answer', 'reset')"
RESETS_OF_ALL = "kind = 'reset' and case when json_valid(body) then card is null end"
"""Guarded, as a row that is not JSON would end the statement."""
EVENTS_OF_CARD = f"""
select {log.COLUMNS} from (
  select {log.COLUMNS} from events where card = ? union all select {log.COLUMNS} from events where {RESETS_OF_ALL}
) as events where {NOT_UNDONE} order by {log.ORDER}
"""  # noqa: S608 (fixed texts)


def learner_model(db: sqlite3.Connection) -> Model:
    """Return the memory model for the current settings; it applies to all answers, old ones too."""
    values = settings(db, MODEL_SETTINGS)
    return scheduler.model(*(values.get(name) for name in MODEL_SETTINGS))


def settings(db: sqlite3.Connection, names: Iterable[str] | None = None) -> dict[str, object]:
    """Return the current value of each setting, or of those in `names`."""
    wanted = None if names is None else set(names)
    values = {
        event.body["name"]: event.body["value"] for event in log.read_events(db, f"kind = 'setting' and {log.APPLIED}")
    }
    return {name: value for name, value in values.items() if wanted is None or name in wanted}


def update(db: sqlite3.Connection, added: Iterable[log.Event]) -> None:
    """Replay the cards that the added events affect. Must be called in the transaction that added them."""
    cards = affected_cards(db, added)
    if cards is None:
        rebuild(db)
    else:
        replace_cards(db, sorted(cards))


def affected_cards(db: sqlite3.Connection, added: Iterable[log.Event]) -> set[str] | None:
    """Return the cards whose state the events change; None means all."""
    affected = set[str]()
    for event in added:
        cards = _affected_cards(db, event)
        if cards is None:
            return None
        affected |= cards
    return affected


def replace_cards(db: sqlite3.Connection, cards: Sequence[str]) -> None:
    """Replay these cards from the log; all of them where the tables cannot be written."""
    model = learner_model(db) if cards else None
    try:
        for card in cards:
            assert model is not None
            _replace_card(db, *replay_card(card, _events_of_card(db, card), model))
    except sqlite3.DatabaseError as error:
        if not connection.is_about_damage(error):
            raise
        rebuild(db)


def all_cards(db: sqlite3.Connection) -> list[str]:
    """Return the cards of the log and of the tables."""
    logged = {_card_of(event) for event in log.read_events(db, NOT_UNDONE)}
    return sorted({card.id for card in cards(db)} | {card for card in logged if card is not None})


def _affected_cards(db: sqlite3.Connection, event: log.Event) -> set[str] | None:
    """Return the cards whose state an event changes; None means all."""
    match event.kind:
        case "answer":
            return {event.body["notes"][0]}
        case "undo":
            undone = next(log.read_events(db, UNDOABLE, (event.body["answer"],)), None)
            return set() if undone is None else _affected_cards(db, undone)
        case "suspend" | "unsuspend":
            return {event.body["card"]}
        case "reset":
            card = event.body.get("card")
            return None if card is None else {card}
        case "setting" if event.body["name"] in MODEL_SETTINGS:
            return None
    return set()


def rebuild(db: sqlite3.Connection) -> None:
    """Replay the whole log into empty tables, new ones where the old cannot be emptied."""
    try:
        db.execute("delete from answers")
        db.execute("delete from cards")
    except sqlite3.DatabaseError as error:
        if not connection.is_about_damage(error):
            raise
        _create_anew(db)
    for card, reviews in replay(db):
        _insert_card(db, card, reviews)


def _create_anew(db: sqlite3.Connection) -> None:
    statements = schema.statements()
    for sql in ("drop view if exists days", "drop table if exists answers", "drop table if exists cards"):
        db.execute(sql)
    have = {name for (name,) in db.execute("select name from sqlite_master")}
    for name, sql in statements.items():
        if name not in have:
            db.execute(sql)


def replay(db: sqlite3.Connection) -> Iterator[tuple[Card, list[Review]]]:
    """Yield every card of the log with its answers, ordered by card id."""
    model = learner_model(db)
    by_card: dict[str, list[CardEvent]] = {}
    resets: list[CardEvent] = []
    for logged in log.read_events(db, NOT_UNDONE):
        event, card = _card_event(logged), _card_of(logged)
        if card is not None:
            by_card.setdefault(card, list(resets)).append(event)
            continue
        resets.append(event)
        for events in by_card.values():
            events.append(event)
    for card in sorted(by_card):
        yield replay_card(card, by_card[card], model)


def _events_of_card(db: sqlite3.Connection, card: str) -> Iterator[CardEvent]:
    for row in db.execute(EVENTS_OF_CARD, (card,)):
        try:
            event = log.event_from_row(row)
        except ValueError:  # a damaged row
            continue
        if _card_of(event) in (card, None):
            yield _card_event(event)


def _card_of(event: log.Event) -> str | None:
    """Return the card that an event is about; None for a reset of all cards."""
    if event.kind == "answer":
        return str(event.body["notes"][0])
    card = event.body.get("card")
    return None if card is None else str(card)


def _card_event(event: log.Event) -> CardEvent:
    return CardEvent(event.id, event.at, event.offset, msgspec.convert(event.body, KINDS[event.kind]))


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
