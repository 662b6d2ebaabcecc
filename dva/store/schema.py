"""SQL of the tables. Migrations are append-only: what a published name does never changes.

`NAMES` needs no sqlite-utils, so that a database without pending migrations is opened with sqlite3 alone.
"""

import re

NAMES = ("m001_event_log", "m002_derived", "m003_sessions")
"""All migrations in order; `migrations.py` has a function for each."""
REPLAYED = {"m002_derived"}
"""Migrations after which the log is replayed, as they change derived tables."""

EVENT_LOG = """
create table events (
  id text primary key check (length(id) = 32 and id not glob '*[^0-9a-f]*'),
  machine text not null check (machine <> ''),
  seq integer not null check (seq > 0),
  at integer not null check (at between 0 and 253402214400000),      -- milliseconds of UTC since 1970
  offset integer not null check (offset between -1439 and 1439),     -- minutes that local time was ahead of UTC
  kind text not null check (kind <> ''),
  body text not null check (json_valid(body) and json_type(body) = 'object'),
  card text generated always as (coalesce(json_extract(body, '$.card'), json_extract(body, '$.notes[0]'))) virtual,
  unique (machine, seq)
) strict;
create index events_in_order on events (at, machine, seq);
create index events_by_card on events (card, at, machine, seq) where card is not null;
create index events_by_kind on events (kind, at, machine, seq);
create index events_undone on events (json_extract(body, '$.answer')) where kind = 'undo';
create table machine (
  one integer primary key check (one = 1),
  id text not null,                                                  -- writes the events that are added here
  home text not null                                                 -- where the database lay when it got this id
) strict;
create table kept (name text primary key, text text not null) strict
"""

DERIVED = """
create table cards (
  card text primary key,
  topic text not null,
  reps integer not null check (reps >= 0),
  lapses integer not null check (lapses between 0 and reps),
  stability real check (stability > 0),
  difficulty real check (difficulty between 1 and 10),
  last integer,                                                      -- local days, counted from 1 January of year 1
  due integer check (due >= last),
  seen_at integer,
  suspended integer not null check (suspended in (0, 1)),
  check ((reps = 0) = (stability is null)),
  check ((stability is null) = (difficulty is null) and (stability is null) = (last is null)),
  check ((last is null) = (due is null))
) strict;
create index cards_due on cards (due) where due is not null;
create table answers (                                               -- the answers that stand, one row each
  event text primary key references events (id),
  card text not null references cards (card) deferrable initially deferred,
  question text not null,
  at integer not null,
  day integer not null,
  topic text not null,
  type text not null,
  ms integer not null check (ms >= 0),
  rev integer not null,
  correct integer not null check (correct in (0, 1)),
  sure integer not null check (sure in (0, 1)),
  aided integer not null check (aided in (0, 1)),
  practice integer not null check (practice in (0, 1)),
  first integer not null check (first in (0, 1)),
  rating integer check (rating between 1 and 4),
  before real,
  after real,
  tasks text not null,                                               -- {"dva-c03": "3.3"}
  check ((rating is null) = (after is null))
) strict;
create index answers_by_card on answers (card);
create index answers_by_day on answers (day, topic);
create index answers_by_question on answers (question, at);
create index answers_in_order on answers (at, event);
create view days as
  select day, topic, tasks,
    count(*) as answers, sum(correct) as correct,
    sum(first) as first_sights, sum(first and correct and not aided) as first_right,
    sum(before is not null) as recalls, sum(before is not null and rating > 1) as recalled,
    sum(not correct and sure) as confident_errors,
    sum(min(ms, 180000)) as ms
  from answers group by day, topic, tasks
"""

SESSIONS = """
create index events_by_session on events (json_extract(body, '$.session')) where kind = 'answer'
"""


def statements() -> dict[str, str]:
    """Return the statement that creates each table, index and view, by its name, in the order of creation."""
    found = [text.strip() for sql in (EVENT_LOG, DERIVED, SESSIONS) for text in sql.split(";\n")]
    return {re.split(r"\W+", text, maxsplit=3)[2]: text for text in found}
