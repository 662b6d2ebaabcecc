"""A bad row costs itself and nothing else: everything goes on with the rest, and what is lost is named and counted."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from store_damage import SPOILT, filled, flush, spoil
from store_times import DAY, START

from dva import store as room
from dva.errors import StoreError
from dva.store import log
from dva.study.events import Answer, Setting

Make = Callable[..., Answer]


@pytest.mark.parametrize("kind", SPOILT)
def test_a_bad_row_costs_itself_alone(path: Path, tmp_path: Path, answer: Make, kind: str) -> None:
    filled(path, answer)
    with room.open(path) as store:
        store.export(tmp_path / "whole.jsonl")
        ids = {event.id for event in store.events()}
    flush(path)
    spoil(path, kind)
    with room.open(path) as store:
        (damage,) = store.damage()
        assert [damage] == [str(one) for one in log.read_log(store._db)[1]]
        lost = {id for id in ids if id in damage}
        assert damage.startswith("row 8 (") and len(lost) == 1
        assert {event.id for event in store.events()} == ids - lost
        assert len(list(store.export_lines())) == store.export(tmp_path / "rest.jsonl") == 32
        assert store.sync(tmp_path / "share").sent == 32
        assert any("row 8" in line for line in store.verify())
        store.backup(tmp_path / "copy.db")
        # The quiz: reads, answers, takes back, sets, suspends.
        assert len(store.cards()) == 9 and store.settings() == {"minutes": 20}
        store.append("answer", answer("ecs.7"), START + DAY, 0)
        assert store.undo(START + DAY, 0) is not None
        store.append("setting", Setting("retention", 0.85), START + DAY, 0)
        store.append("setting", Setting("minutes", 25), START + DAY, 0)
        store.append("unsuspend", {"card": "ecs.3"}, START + DAY, 0)
        store.reset("ecs.7", START + 2 * DAY, 0)
        assert store.setting_day("minutes") is not None
        store.outdated_answers({f"q{n}": 9 for n in range(30)})
        # The lost event comes along with an import: its row can neither be compared nor replaced.
        assert store.import_file(tmp_path / "whole.jsonl") == 0
        assert len(store.damage()) == 1
    done = room.restore(path, tmp_path / "whole.jsonl")
    assert done.quarantined is not None and done.lost == []
    with room.open(path) as store:
        assert {event.id for event in store.events()} >= ids
        assert store.verify() == store.damage() == []
    with room.open(tmp_path / "copy.db") as copied:
        assert len(copied.damage()) == 1


@pytest.mark.parametrize("kind", SPOILT)
def test_restoring_a_backup_that_has_a_bad_row(path: Path, tmp_path: Path, answer: Make, kind: str) -> None:
    filled(path, answer)
    spoil(path, kind)
    done = room.restore(tmp_path / "new" / "dva.db", path)
    assert (done.added, done.quarantined, len(done.lost)) == (32, None, 1)
    assert "row 8" in done.lost[0]


@pytest.mark.parametrize("table", ["cards", "answers", "kept", "machine", "days", "events_by_card"])
def test_a_table_that_is_missing_is_made_anew(path: Path, answer: Make, table: str) -> None:
    filled(path, answer)
    with room.open(path) as store:
        before = store.cards(), store.reviews(), store.events()
    with closing(sqlite3.connect(path)) as db:
        kind = {"days": "view", "events_by_card": "index"}.get(table, "table")
        db.execute(f"drop {kind} {table}")
    with room.open(path) as store:
        assert (store.cards(), store.reviews(), store.events()) == before
        assert store.append("answer", answer(), START + DAY, 0).seq > 0
        assert store.verify() == []


@pytest.mark.parametrize("table", ["events", "_sqlite_migrations"])
def test_without_the_log_nothing_is_adopted_and_restore_works(
    path: Path, tmp_path: Path, answer: Make, table: str
) -> None:
    filled(path, answer)
    with room.open(path) as store:
        store.backup(tmp_path / "backup.db")
        before = store.events()
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma foreign_keys = off")
        db.execute(f"drop table {table}")
    with pytest.raises(StoreError, match="damaged"):
        room.open(path)
    assert room.restore(path, tmp_path / "backup.db").quarantined
    with room.open(path) as store:
        assert store.events() == before and store.verify() == []


def test_pages_that_cannot_be_read_cost_their_rows_alone(path: Path, tmp_path: Path, answer: Make) -> None:
    """Four pages of the log in the middle of the file; everything in front of them and behind is exported."""
    with room.open(path) as store:
        for n in range(400):
            store.append("answer", answer(f"ecs.{n}", session="s" * 200), START + n, 0)
    flush(path)
    data = bytearray(path.read_bytes())
    of_log = [at for at in range(0, len(data), 4096) if data[at] == 13 and data[at : at + 4096].count(b"sssss") > 100]
    for at in of_log[10:14]:
        data[at : at + 4096] = b"\xa5" * 4096
    path.write_bytes(data)
    with room.open(path) as store:
        rest = len(list(store.export_lines()))
        print(f"400 rows, 4 pages of about 9 rows damaged: {rest} exported, {len(store.damage())} gaps named")
        assert 350 <= rest < 400
        assert 1 <= len(store.damage()) <= 8
        assert store.verify()
        assert store.sync(tmp_path / "share").sent == rest
    done = room.restore(path, tmp_path / "share" / next((tmp_path / "share").iterdir()).name)
    assert done.quarantined and done.lost
    with room.open(path) as store:
        assert len(store.events()) == rest
        assert store.verify() == []


def test_damaged_tables_that_are_derived_are_made_anew(path: Path, answer: Make) -> None:
    """An index of the answers lacks its entries: the answer is kept all the same."""
    filled(path, answer)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("pragma writable_schema = on")
        (root,) = db.execute("select rootpage from sqlite_master where name = 'answers_by_day'").fetchone()
        (size,) = db.execute("pragma page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\x0a" + b"\0" * 4 + size.to_bytes(2, "big") + b"\0")
    with room.open(path) as store:
        store.append("answer", answer("ecs.1"), START + DAY, 0)
        assert len(store.events()) == 34
        assert store.verify() == []
