"""Progress in and out: export, import, backup, restore, sync, and databases that were copied."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from store_times import DAY, START

from dva import store as room
from dva.errors import ExitCode, StoreError, UsageError
from dva.store import Store, SyncResult, cloud_sync_service, jsonl, log
from dva.study.events import Answer, Setting

Make = Callable[..., Answer]


@pytest.fixture
def filled(store: Store, answer: Make) -> Store:
    for n in range(6):
        store.append("answer", answer(f"ecs.0{n % 3}", correct=n != 4), START + n * DAY, 60)
    store.undo(START + 6 * DAY, 60)
    store.append("setting", Setting("minutes", 20), START + 7 * DAY, 60)
    store.append("podcast", {"heard": True}, START, 0)
    return store


def test_an_export_is_private_sorted_and_readable(filled: Store, tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    assert filled.export(file) == 9
    assert file.stat().st_mode & 0o777 == 0o600
    lines = file.read_text().splitlines()
    assert len(lines) == 9
    first = json.loads(lines[0])
    assert list(first) == sorted(first) == ["at", "body", "id", "kind", "machine", "offset", "seq"]
    assert first["at"] == "2026-11-24T12:00:00.000Z"


def test_an_import_of_an_export_gives_the_same_state(
    filled: Store, another: Callable[[], Store], tmp_path: Path
) -> None:
    filled.export(tmp_path / "progress.jsonl")
    other = another()
    assert other.import_file(tmp_path / "progress.jsonl") == 9
    assert other.import_file(tmp_path / "progress.jsonl") == 0
    assert (other.events(), other.cards(), other.reviews()) == (filled.events(), filled.cards(), filled.reviews())
    assert list(other.export_lines()) == list(filled.export_lines())


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda line: line[:40], "not a line of json"),
        (lambda line: "null", "expected `object`"),
        (lambda line: line.replace('"kind":"answer"', '"kind":7'), "kind"),
        (lambda line: line.replace('"seq":', '"sequel":'), "seq"),
        (lambda line: line.replace('"correct":true', '"correct":"yes"'), "answer: expected `bool`"),
        (lambda line: line.replace('"id":"', '"id":"x'), "32 hexadecimal digits"),
        (lambda line: line.replace("2026-11", "2026-13"), "at"),
        (lambda line: line.replace('.000Z"', '.000"'), "offset from utc"),
        (lambda line: line.replace('"offset":60', '"offset":6000'), "time is out of range"),
        (lambda line: line.replace('"ms":9000', '"ms":8000'), "known with another content"),
        (lambda line: line.replace('"topic":"ecs"', '"topic":"\\ud800"'), ""),
        (lambda line: line.replace('"rev":1', '"rev":' + "[" * 3000 + "]" * 3000), ""),
        (lambda line: line.replace('"rev":1', '"x":' + "[" * 3000 + "]" * 3000 + ',"rev":1'), ""),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_changed(
    filled: Store, another: Callable[[], Store], tmp_path: Path, spoil: Callable[[str], str], words: str
) -> None:
    lines = list(filled.export_lines())
    other = another()
    other.import_lines(lines[3:4], "before")
    file = tmp_path / "spoilt.jsonl"
    file.write_text("\n".join([*lines[:3], "", spoil(lines[3]), *lines[4:]]) + "\n")
    with pytest.raises(StoreError) as error:
        other.import_file(file)
    assert error.value.where == f"{file}:5"
    assert words in error.value.message.lower()
    assert "nothing was changed" in (error.value.hint or "")
    assert len(other.events()) == 1


def test_a_missing_file_and_one_that_cannot_be_written(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        filled.import_file(tmp_path / "none.jsonl")
    for failing in (tmp_path / "none" / "x.jsonl", Path("/dev/full"), tmp_path):
        with pytest.raises(UsageError, match="cannot write") as error:
            filled.export(failing)
        assert error.value.exit_code is ExitCode.USAGE
    for failing in (tmp_path / "none" / "x.db", tmp_path):
        with pytest.raises(UsageError, match="cannot write"):
            filled.backup(failing)
    assert list(tmp_path.glob(".*")) == []


def test_a_failed_export_leaves_the_old_file(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "progress.jsonl"
    file.write_text("old")

    def fails(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(UsageError, match="no space left"):
        filled.export(file)
    assert file.read_text() == "old"
    assert list(tmp_path.glob(".*")) == []


def test_a_backup_is_a_complete_private_database(filled: Store, tmp_path: Path) -> None:
    copy = tmp_path / "backup.db"
    filled.backup(copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.glob("*backup*")] == ["backup.db"]
    with room.open(copy) as store:
        assert store.events() == filled.events()
        assert store.verify() == []


def test_restoring_merges_and_never_loses(path: Path, filled: Store, tmp_path: Path, answer: Make) -> None:
    filled.backup(tmp_path / "backup.db")
    later = filled.append("answer", answer("ecs.09"), START + 9 * DAY, 0)
    assert room.restore(path, tmp_path / "backup.db").added == 0
    assert filled.events()[-1] == later
    fresh = tmp_path / "new" / "dva.db"
    assert room.restore(fresh, tmp_path / "backup.db").added == 9
    assert list((tmp_path / "new").glob("*.damaged")) == []


def test_restoring_from_json_lines(filled: Store, tmp_path: Path) -> None:
    filled.export(tmp_path / "progress.jsonl")
    assert room.restore(tmp_path / "new" / "dva.db", tmp_path / "progress.jsonl").added == 9


def test_what_is_no_backup_changes_nothing(path: Path, filled: Store, tmp_path: Path) -> None:
    before = filled.events()
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.executescript("create table t (a); insert into t values (1)")
    (tmp_path / "text").write_text("hello")
    for name in ("other.db", "text", "none"):
        with pytest.raises((StoreError, UsageError)):
            room.restore(path, tmp_path / name)
    assert filled.events() == before


def test_two_laptops_and_a_folder(another: Callable[[], Store], tmp_path: Path, answer: Make) -> None:
    one, two, share = another(), another(), tmp_path / "share"
    one.append("answer", answer("ecs.01"), START, 0)
    two.append("answer", answer("ecs.02"), START + 1, 0)
    assert one.sync(share) == SyncResult(received=0, sent=1)
    assert two.sync(share) == SyncResult(received=1, sent=1)
    assert one.sync(share) == SyncResult(received=1, sent=0)
    assert one.sync(share) == two.sync(share) == SyncResult(0, 0)
    assert one.events() == two.events() and one.cards() == two.cards()
    assert sorted(file.name for file in share.iterdir()) == sorted(f"{s.machine}.jsonl" for s in (one, two))


def test_no_machine_writes_into_anothers_file(another: Callable[[], Store], tmp_path: Path, answer: Make) -> None:
    one, two, share = another(), another(), tmp_path / "share"
    one.append("answer", answer("ecs.01"), START, 0)
    one.sync(share)
    before = (share / f"{one.machine}.jsonl").read_bytes()
    two.append("answer", answer("ecs.02"), START + 1, 0)
    two.sync(share)
    assert (share / f"{one.machine}.jsonl").read_bytes() == before


@pytest.mark.parametrize("cut", [2, 40, 200])
def test_a_line_still_on_its_way_waits(another: Callable[[], Store], tmp_path: Path, answer: Make, cut: int) -> None:
    one, two, share = another(), another(), tmp_path / "share"
    for n in range(2):
        one.append("answer", answer(f"ecs.0{n}"), START + n, 0)
    one.sync(share)
    file = share / f"{one.machine}.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    assert two.sync(share) == SyncResult(received=1, sent=0)
    file.write_bytes(whole)
    assert two.sync(share) == SyncResult(received=1, sent=0)


@pytest.mark.parametrize("cut", [1, 2, 40, 120])
def test_a_line_of_our_own_that_broke_off_is_written_anew(filled: Store, tmp_path: Path, cut: int) -> None:
    """As a full disk or a lost connection leaves it."""
    filled.sync(tmp_path)
    file = tmp_path / f"{filled.machine}.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    assert filled.sync(tmp_path) == SyncResult(received=0, sent=1)
    assert file.read_bytes() == whole


def test_a_broken_line_of_another_is_named_and_nothing_is_changed(
    another: Callable[[], Store], tmp_path: Path, answer: Make
) -> None:
    one, two, share = another(), another(), tmp_path / "share"
    for n in range(2):
        one.append("answer", answer(f"ecs.0{n}"), START + n, 0)
    one.sync(share)
    file = share / f"{one.machine}.jsonl"
    first, second = file.read_text().splitlines()
    file.write_text(f"{first[:-5]}\n{second}\n")
    with pytest.raises(StoreError) as error:
        two.sync(share)
    assert error.value.where == f"{file}:1"
    assert two.events() == []


def test_what_was_imported_is_shared_too(another: Callable[[], Store], tmp_path: Path, answer: Make) -> None:
    one, two, three = another(), another(), another()
    three.append("answer", answer(), START, 0)
    one.import_lines(list(three.export_lines()), "usb stick")
    one.sync(tmp_path / "share")
    assert two.sync(tmp_path / "share").received == 1


def test_a_share_that_is_not_mounted_is_not_made_up(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        filled.sync(tmp_path / "mnt" / "share" / "dva")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError):
        filled.sync(tmp_path / "file")


def test_a_copied_database_writes_under_another_id(path: Path, filled: Store, tmp_path: Path, answer: Make) -> None:
    shutil.copytree(path.parent, tmp_path / "laptop")
    with room.open(tmp_path / "laptop" / "dva.db") as copy:
        assert copy.machine != filled.machine
        here = filled.append("answer", answer("ecs.07"), START + 9 * DAY, 0)
        there = copy.append("answer", answer("ecs.08"), START + 9 * DAY, 0)
        filled.sync(tmp_path / "share")
        copy.sync(tmp_path / "share")
        filled.sync(tmp_path / "share")
        assert filled.events() == copy.events()
        assert {here.id, there.id} <= {event.id for event in copy.events()}


def test_two_that_write_under_one_id_lose_nothing(path: Path, filled: Store, tmp_path: Path, answer: Make) -> None:
    """A cloned disk, or an older copy put back over the file: the id says nothing, the events do."""
    shutil.copytree(path.parent, tmp_path / "clone")
    with room.open(tmp_path / "clone" / "dva.db") as clone:
        clone._db.execute("update machine set id = ?", (filled.machine,))
        written = [
            store.append("answer", answer(f"ecs.1{n}"), START + 9 * DAY, 0).id
            for n in range(4)
            for store in (filled, clone)
        ]
        for _ in range(2):
            for store in (filled, clone):
                store.sync(tmp_path / "share")
        assert filled.events() == clone.events() and filled.cards() == clone.cards()
        assert set(written) <= {event.id for event in filled.events()}
        assert filled.verify() == clone.verify() == []
        assert filled.machine != clone.machine
        places = [(event.machine, event.seq) for event in filled.events()]
        assert len(set(places)) == len(places)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_restored_machine_writes_on_under_a_new_id(
    path: Path, filled: Store, tmp_path: Path, answer: Make, damaged: bool
) -> None:
    filled.backup(tmp_path / "backup.db")
    lost, writer = filled.append("answer", answer("ecs.07"), START + 9 * DAY, 0), filled.machine
    filled.close()
    if damaged:
        path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])
    room.restore(path, tmp_path / "backup.db")
    with room.open(path) as store:
        written = store.append("answer", answer("ecs.08"), START + 10 * DAY, 0)
        assert written.machine == store.machine != writer
        assert (written.machine, written.seq) != (lost.machine, lost.seq)


def test_an_older_copy_put_back_gets_its_events_again(path: Path, filled: Store, tmp_path: Path, answer: Make) -> None:
    filled.backup(tmp_path / "old.db")
    filled.append("answer", answer("ecs.07"), START + 9 * DAY, 0)
    filled.sync(tmp_path / "share")
    count, writer = len(filled.events()), filled.machine
    filled.close()
    for file in path.parent.iterdir():
        file.unlink()
    shutil.copy(tmp_path / "old.db", path)
    with room.open(path) as store:
        assert store.machine != writer, "a backup belongs to no place"
        store.append("answer", answer("ecs.08"), START + 10 * DAY, 0)
        store.sync(tmp_path / "share")
        assert len(store.events()) == count + 1
        places = [(event.machine, event.seq) for event in store.events()]
        assert len(set(places)) == len(places) and "." not in "".join(machine for machine, _ in places)
        assert store.verify() == []


def test_which_event_moves_depends_on_the_ids_alone() -> None:
    assert log.conflict_machine("m", "abcdef0123") == "m.abcdef01"
    assert log.conflict_machine("m.abcdef01", "abcdef0123") == "m.abcdef01"
    assert log.original_machine("m.abcdef01", "abcdef0123") == "m"
    assert log.original_machine("m.abcdef01", "99999999") == "m.abcdef01"


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/home/me/Dropbox/dva/dva.db", "Dropbox"),
        ("/Users/me/Dropbox (Personal)/dva.db", "Dropbox"),
        ("/Users/me/OneDrive - Example Corp/dva.db", "OneDrive"),
        ("/Users/me/Library/CloudStorage/GoogleDrive-me@example.com/My Drive/dva.db", "Google Drive"),
        ("/Users/me/Library/Mobile Documents/com~apple~CloudDocs/dva.db", "iCloud Drive"),
        ("/home/me/.local/share/dva/dva.db", None),
        ("/home/me/dropboxes/dva.db", None),
    ],
)
def test_folders_of_sync_services_are_known(path: str, service: str | None) -> None:
    assert cloud_sync_service(Path(path)) == service


@pytest.mark.parametrize("name", ["dva.db", "dva.db-wal", "link.db", "hard.db"])
def test_an_export_or_a_backup_never_replaces_the_database(tmp_path: Path, name: str) -> None:
    path = tmp_path / "dva.db"
    with room.open(path) as opened:
        opened.append("setting", Setting("minutes", 20), 1_700_000_000_000, 0)
        (tmp_path / "link.db").symlink_to(path)
        (tmp_path / "hard.db").hardlink_to(path)
        for write in (opened.export, opened.backup):
            with pytest.raises(UsageError, match="is the database itself"):
                write(tmp_path / name)
        assert opened.settings()["minutes"] == 20
    assert path.read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("machine", ["m" * 200, "m" * 200 + "." + "b" * 8])
def test_the_longest_machine_that_is_imported_travels_on(
    another: Callable[[], Store], tmp_path: Path, answer: Make, machine: str
) -> None:
    """Two events claim one place, so that one of them is kept under a longer name."""
    source, one, two = another(), another(), another()
    line = json.loads(jsonl.encode(source.append("answer", answer(), START, 0)))
    lines = [json.dumps({**line, "machine": machine, "seq": 1, "id": digit * 32}) for digit in "ab"]
    assert one.import_lines(lines[1:] if "." in machine else lines, "file") == len(lines) - ("." in machine)
    one.sync(tmp_path / "share")
    two.sync(tmp_path / "share")
    one.export(tmp_path / "log.jsonl")
    assert two.import_file(tmp_path / "log.jsonl") == 0
    assert one.events() == two.events() and one.verify() == two.verify() == one.damage() == []
    with pytest.raises(StoreError) as error:
        one.import_lines([json.dumps({**line, "machine": "m" * 201})], "file")
    assert error.value.where == "file:1"


OWN = ("dva.db.damaged", "dva.db.damaged-2", "dva.db.damaged-wal", "dva.db.before-m002_derived", "dva.db-wal.stale",
       "backup-20261124-080000.db", "before-reset-20261124-080000.db")  # fmt: skip


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("link", ["itself", "symbolic", "hard", "through a folder"])
def test_what_a_rescue_needs_is_never_replaced(tmp_path: Path, name: str, link: str) -> None:
    """Also where it is no database any more, and by any name that leads to it."""
    home = tmp_path / "home"
    with room.open(home / "dva.db") as opened:
        own = home / name
        own.write_bytes(b"the only copy of it")
        target = own if link == "itself" else tmp_path / "file"
        if link == "symbolic":
            target.symlink_to(own)
        elif link == "hard":
            target.hardlink_to(own)
        elif link == "through a folder":
            (tmp_path / "folder").symlink_to(home)
            target = tmp_path / "folder" / name
        for write in (opened.export, opened.backup):
            with pytest.raises(UsageError, match="is a copy of the database") as error:
                write(target)
            assert error.value.hint == "name another file"
    assert own.read_bytes() == b"the only copy of it"


@pytest.mark.parametrize("link", [False, True])
def test_a_backup_elsewhere_is_never_replaced(filled: Store, tmp_path: Path, link: bool) -> None:
    kept = tmp_path / "stick" / "progress.db"
    kept.parent.mkdir()
    filled.backup(kept)
    before, target = kept.read_bytes(), tmp_path / "link"
    if link:
        target.symlink_to(kept)
    for write in (filled.export, filled.backup):
        with pytest.raises(UsageError, match="is a database"):
            write(target if link else kept)
    assert kept.read_bytes() == before
    (tmp_path / "log.jsonl").write_text("old")
    assert filled.export(tmp_path / "log.jsonl") == filled.export(tmp_path / "log.jsonl") == 9


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("machine", "a/b", "the machine id may hold letters, digits, `.`, `_` and `-` only"),
        ("machine", "../../etc/passwd", "the machine id may hold letters"),
        ("machine", "a\nb", "the machine id may hold letters"),
        ("machine", "a\n", "the machine id may hold letters"),
        ("machine", "\x1b[2Ja", "the machine id may hold letters"),
        ("machine", "a b", "the machine id may hold letters"),
        ("machine", "a\u202eb", "the machine id may hold letters"),
        ("machine", "m" * 500, "the machine id is longer than 200 characters"),
        ("machine", "", "the machine id is missing"),
        ("seq", 0, "seq is not a number from 1 to 4611686018427387903"),
        ("seq", 2**62, "seq is not a number from 1"),
        ("seq", -1, "seq is not a number from 1"),
    ],
)
@pytest.mark.parametrize("by", ["import", "sync", "restore"])
def test_a_machine_that_is_none_is_refused_with_its_line(
    filled: Store, path: Path, tmp_path: Path, key: str, value: object, words: str, by: str
) -> None:
    (tmp_path / "share").mkdir()
    file = tmp_path / "share" / "other.jsonl"
    line = json.loads(next(filled.export_lines()))
    good, bad = ({**line, "id": digit * 32, "machine": "other"} for digit in "ab")
    file.write_text(json.dumps(good) + "\n" + json.dumps({**bad, key: value}) + "\n")
    before = filled.events()
    with pytest.raises(StoreError) as error:
        if by == "import":
            filled.import_file(file)
        elif by == "sync":
            filled.sync(file.parent)
        else:
            room.restore(path, file)
    assert error.value.where == f"{file}:2"
    assert error.value.message.startswith(words)
    assert filled.events() == before


def test_a_machine_that_an_older_dva_let_in_is_still_read(filled: Store) -> None:
    """It was accepted by import then: the event stays, and only this name is refused elsewhere."""
    event = filled.events()[0]
    log.insert(filled._db, msgspec.structs.replace(event, id="e" * 32, machine="a/b"), log.encode_body(event.body))
    assert "e" * 32 in {one.id for one in filled.events()} and filled.damage() == []


@pytest.mark.parametrize("machine", ["../outside", "a/b", "", "a\nb"])
def test_a_forged_machine_id_does_not_lead_out_of_the_shared_folder(path: Path, tmp_path: Path, machine: str) -> None:
    with room.open(path) as store:
        store.append("setting", Setting("minutes", 20), START, 0)
        store._db.execute("update machine set id = ?", (machine,))
    with room.open(path) as store:
        store.sync(tmp_path / "share")
        assert [file.name for file in (tmp_path / "share").iterdir()] == [f"{store.machine}.jsonl"]
    assert not (tmp_path / "outside.jsonl").exists()
