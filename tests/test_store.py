"""The journal on a disk: killed writers, two writers, altered bytes, old schemas, full disks."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from negotiation.desk import LocalDesk, Saved, StoreError, backup, restore
from negotiation.store import Store
from negotiation.values import FieldError
from tests.toy import ToyDeal, toy_deal
from widgets.state import DealState

ROOT = Path(__file__).resolve().parent.parent
PRICE = "terms.unit_price"
VOLUME = "scenarios.drivers.volume.value"

# Saves one number after the other, and says so only after the store has said so.
WRITER = """
import sys
from negotiation.desk import LocalDesk, Store
from tests.toy import ToyDeal
from negotiation.deal import difference
desk = LocalDesk(Store(sys.argv[1]), kind=ToyDeal).at("toy")
path, first, last = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
loaded = desk.load()
deal, version = loaded.draft, loaded.version
for number in range(first, last):
    new = deal.set(path, number)
    answer = desk.save(difference(deal, new), version)
    print(number, flush=True)
    deal, version = new, answer.version
"""


@pytest.fixture
def place(tmp_path):
    return tmp_path / "deals.sqlite"


@pytest.fixture
def desk(place):
    return LocalDesk(Store(place), kind=ToyDeal).create(toy_deal())


def writer(place, path, first, last):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(place), path, str(first), str(last)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )


def saved_numbers(desk, path):
    return [
        int(change.new)
        for event in desk.history(path)
        for change in event.changes
        if event.kind == "saved" and change.path == path
    ]


def test_a_thousand_saves_survive_a_process_that_is_killed_at_random_moments(desk, place):
    kills, number = random.Random(2026), 1
    while number <= 1_000:
        process = writer(place, VOLUME, number, 1_001)
        enough = kills.randint(40, 160)
        heard = []
        for line in process.stdout:
            heard.append(int(line))
            if len(heard) == enough:
                # Somewhere within the next save, not always at the same step of it.
                threading.Timer(kills.random() * 0.01, process.kill).start()
        process.wait()
        process.stdout.close()
        found = saved_numbers(desk, VOLUME)
        assert set(heard) <= set(found)
        number = max(found) + 1
    assert found == list(range(1, 1_001))
    assert desk.verify() == []
    assert desk.load().draft.get(VOLUME) == 1_000


def test_two_processes_that_write_different_fields_lose_nothing(desk, place):
    one = writer(place, VOLUME, 1, 41)
    two = writer(place, "scenarios.drivers.attrition.value", 1, 41)
    for process in (one, two):
        process.communicate()
        assert process.returncode == 0
    assert saved_numbers(desk, VOLUME) == list(range(1, 41))
    assert saved_numbers(desk, "scenarios.drivers.attrition.value") == list(range(1, 41))
    draft = desk.load().draft
    assert (draft.get(VOLUME), draft.get("scenarios.drivers.attrition.value")) == (40, 40)


def test_two_states_on_one_file_that_write_the_same_field_get_a_choice(desk, place):
    mine = DealState(desk=desk)
    theirs = DealState(desk=LocalDesk(Store(place), kind=ToyDeal).at("toy"))
    theirs.edit(PRICE, 1.6)
    mine.edit(PRICE, 1.7)
    (row,) = mine.conflicts
    assert (row.mine, row.theirs, row.who) == (1.7, 1.6, "buyer")
    assert row.when == desk.history(PRICE)[-1].at


def alter(place, sql, *values):
    with closing(sqlite3.connect(place)) as connection, connection:
        assert connection.execute(sql, values).rowcount > 0


def edit_price(desk, *prices):
    state = DealState(desk=desk)
    for price in prices:
        state.edit(PRICE, price)


def test_altered_bytes_are_reported_at_their_entry(desk, place):
    edit_price(desk, 1.7, 1.8, 1.9)
    forged = zlib.compress(
        json.dumps({"schema": 2, "kind": "edit", "draft": [{"path": PRICE, "new": 9.9}]}).encode()
    )
    alter(place, "UPDATE entries SET body = ? WHERE space = 'buyer' AND seq = 3", forged)
    (problem,) = desk.verify()
    assert (problem.space, problem.seq) == ("buyer", 3)
    assert "what it says was altered" in problem.sentence
    with pytest.raises(StoreError, match="Entry 3 of buyer"):
        desk.load()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE entries SET author = 'supplier' WHERE space = 'buyer' AND seq = 3", "author"),
        ("UPDATE entries SET at = '2020-01-01' WHERE space = 'buyer' AND seq = 3", "author, time"),
        ("DELETE FROM entries WHERE space = 'buyer' AND seq = 3", "Entry 3 of buyer is missing"),
        (
            "UPDATE entries SET body = NULL, nonce = NULL WHERE space = 'buyer' AND seq = 3",
            "nobody retracted it",
        ),
    ],
)
def test_other_tampering_is_reported_as_well(desk, place, sql, words):
    edit_price(desk, 1.7, 1.8, 1.9)
    alter(place, sql)
    problems = desk.verify()
    assert problems[0].seq == 3 and words in problems[0].sentence


def test_a_retracted_body_is_gone_from_every_byte_on_the_disk(place):
    class Plain:
        """A codec that leaves text readable, so that a test can look for it."""

        def encode(self, deal, space, body):
            return json.dumps({"schema": 2, **body}).encode()

        def decode(self, deal, space, data):
            return json.loads(data)

    desk = LocalDesk(Store(place, codec=Plain()), kind=ToyDeal).create(toy_deal())
    state = DealState(desk=desk)
    # Long enough to fill pages of its own, which a plain delete would leave as they are.
    state.edit("scenarios.drivers.volume.source", "SECRET-91c7 " * 2_000)
    state.edit("scenarios.drivers.volume.source", "public")
    assert any(b"SECRET-91c7" in file.read_bytes() for file in place.parent.iterdir())
    desk.retract(2, "typed by mistake", space="buyer")
    assert all(b"SECRET-91c7" not in file.read_bytes() for file in place.parent.iterdir())
    assert desk.load().draft.get("scenarios.drivers.volume.source") == "public"
    assert desk.verify() == []


VERSION_1 = """
CREATE TABLE migrations (version INTEGER PRIMARY KEY, at VARCHAR(40) NOT NULL);
CREATE TABLE deals (id VARCHAR(63) PRIMARY KEY, created_at VARCHAR(40) NOT NULL);
CREATE TABLE entries (
    deal VARCHAR(63) NOT NULL, space VARCHAR(16) NOT NULL, seq INTEGER NOT NULL,
    author VARCHAR(16) NOT NULL, at VARCHAR(40) NOT NULL,
    body BLOB NOT NULL, nonce BLOB NOT NULL, content BLOB NOT NULL, link BLOB NOT NULL,
    PRIMARY KEY (deal, space, seq));
INSERT INTO migrations VALUES (1, '2025-11-03T09:00:00+00:00');
INSERT INTO deals VALUES ('toy', '2025-11-03T09:00:00+00:00');
"""


def a_database_of_version_1(place, desk):
    """The tables as they were, filled with the bodies as they were, digests made as they were."""
    from negotiation.store.journal import _content, _link

    shared = {"schema": 1, "document": desk.load().tabled.document()}
    shared["document"]["scenarios"]["drivers"] = []
    batna = {"id": "batna_price", "value": 2.1, "space": "buyer", "source": "", "notes": []}
    own = {"schema": 1, "document": {"scenarios.drivers": [batna]}}
    change = {"schema": 1, "patch": [["scenarios.drivers.batna_price.value", 1.95]]}
    place.unlink()
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.executescript(VERSION_1)
        for space, bodies in (("shared", [shared]), ("buyer", [own, change])):
            link = b""
            for seq, body in enumerate(bodies, start=1):
                data, nonce = zlib.compress(json.dumps(body).encode()), bytes(16)
                row = {
                    "deal": "toy",
                    "space": space,
                    "seq": seq,
                    "author": "buyer",
                    "at": "2025-11-03T09:00:00+00:00",
                }
                link = _link(link, row, _content(nonce, data))
                connection.execute(
                    "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row.values(), data, nonce, _content(nonce, data), link),
                )


def test_an_older_database_opens_with_its_deals_and_can_be_written_to(desk, place):
    a_database_of_version_1(place, desk)
    desk = LocalDesk(Store(place), kind=ToyDeal).at("toy")
    assert desk.load().draft.get("scenarios.drivers.batna_price.value") == 1.95
    edit_price(desk, 1.7)
    assert desk.load().draft.get(PRICE) == 1.7
    desk.retract(2, space="buyer")
    assert desk.load().draft.get("scenarios.drivers.batna_price.value") == 2.1
    assert desk.verify() == []
    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute("SELECT version FROM migrations").fetchall() == [(1,), (2,)]


def test_a_newer_database_is_left_alone(desk, place):
    desk.store.close()
    alter(place, "INSERT INTO migrations VALUES (99, '2030-01-01')")
    with pytest.raises(StoreError, match="newer playbook"):
        LocalDesk(Store(place), kind=ToyDeal).deals()


def test_a_full_disk_is_a_sentence_and_what_was_typed_is_kept_until_there_is_room(desk):
    state = DealState(desk=desk)
    state.edit(PRICE, 1.7)
    with desk.store._opened().connect() as connection:
        raw = connection.connection
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages}")
    text = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=60_000))
    state.edit("scenarios.drivers.volume.source", text)
    assert (state.saved, state.deal.get("scenarios.drivers.volume.source")) == ("failed", text)
    assert "disk is full" in state.message
    with desk.store._opened().connect() as connection:
        connection.connection.execute("PRAGMA max_page_count = 1000000")
    state.retry()
    assert state.saved == "saved"
    assert desk.load().draft.get("scenarios.drivers.volume.source") == text
    assert desk.verify() == []


def test_a_read_only_folder_is_a_sentence_and_what_was_typed_is_kept(desk, place):
    state = DealState(desk=desk)
    desk.store.close()
    everything = [place.parent, *place.parent.iterdir()]
    me = os.geteuid()
    try:
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        if me == 0:
            # The rights of a file do not bind root; a user without any is bound.
            temporary = Path(tempfile.gettempdir())
            for path in place.parents:
                if temporary in path.parents:
                    path.chmod(path.stat().st_mode | 0o055)
            os.seteuid(65534)
        state.edit(PRICE, 1.7)
        assert (state.saved, state.deal.get(PRICE)) == ("failed", 1.7)
        assert "deals.sqlite" in state.message
    finally:
        os.seteuid(me)
        for path in everything:
            path.chmod(0o700 if path.is_dir() else 0o600)
    state.retry()
    assert state.saved == "saved" and desk.load().draft.get(PRICE) == 1.7


def test_a_file_that_is_no_database_is_a_sentence(place):
    place.write_bytes(b"not a database " * 500)
    with pytest.raises(StoreError, match=r"damaged|not a file of deals"):
        LocalDesk(Store(place)).deals()


def test_the_file_of_deals_is_its_owners_alone(desk, place):
    edit_price(desk, 1.7)
    assert {path.stat().st_mode & 0o777 for path in place.parent.glob("deals*")} == {0o600}


def test_a_backup_is_restored_and_what_it_replaces_is_kept(desk, place, tmp_path):
    edit_price(desk, 1.7)
    assert "1 deal" in backup(tmp_path / "copy.sqlite", desk.store)
    edit_price(desk, 1.8)
    assert "before-restore" in restore(tmp_path / "copy.sqlite", desk.store)
    assert desk.load().draft.get(PRICE) == 1.7
    kept = LocalDesk(Store(place.with_suffix(".before-restore.sqlite")), kind=ToyDeal).at("toy")
    assert kept.load().draft.get(PRICE) == 1.8


def test_a_backup_overwrites_nothing(desk, tmp_path):
    (tmp_path / "copy.sqlite").write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        backup(tmp_path / "copy.sqlite", desk.store)


def test_an_altered_backup_is_refused_and_nothing_changes(desk, tmp_path):
    edit_price(desk, 1.7)
    backup(tmp_path / "copy.sqlite", desk.store)
    alter(tmp_path / "copy.sqlite", "UPDATE entries SET author = 'supplier' WHERE seq = 2")
    edit_price(desk, 1.8)
    with pytest.raises(StoreError, match="author, time or order was altered"):
        restore(tmp_path / "copy.sqlite", desk.store)
    assert desk.load().draft.get(PRICE) == 1.8


def test_what_is_no_backup_is_refused_by_its_own_name(desk, tmp_path):
    (tmp_path / "notes.txt").write_text("no deals here " * 100)
    with pytest.raises(StoreError, match=r"notes\.txt is not a file of deals"):
        restore(tmp_path / "notes.txt", desk.store)
    with pytest.raises(StoreError, match="There is no file"):
        restore(tmp_path / "nothing.sqlite", desk.store)


def test_the_same_clock_and_nonces_give_the_same_bytes():
    def bytes_of():
        store = Store(
            ":memory:", clock=lambda: datetime(2026, 1, 5, tzinfo=UTC), nonce=lambda: bytes(16)
        )
        desk = LocalDesk(store, kind=ToyDeal).create(toy_deal())
        edit_price(desk, 1.7)
        with store.reading() as journal:
            return [entry.link for entry in journal.entries("toy", "buyer")]

    assert bytes_of() == bytes_of()


def test_equal_bodies_have_different_digests_so_nobody_can_guess_them(desk):
    edit_price(desk, 1.7)
    other = LocalDesk(Store(":memory:"), kind=ToyDeal).create(toy_deal())
    links = []
    for one in (desk, other):
        with one.store.reading() as journal:
            links.append(journal.entries("toy", "shared")[0].link)
    assert links[0] != links[1]


def test_a_second_deal_of_the_same_name_is_refused(desk):
    with pytest.raises(StoreError, match="a deal 'toy' already"):
        desk.create(toy_deal())


def test_a_seat_that_does_not_exist_is_refused():
    with pytest.raises(FieldError, match="is no seat"):
        LocalDesk(Store(":memory:"), seat="thief")


def test_a_save_is_answered_with_the_version_that_holds_it(desk):
    loaded = desk.load()
    answer = desk.save({}, loaded.version)
    assert isinstance(answer, Saved)
    assert answer.version["buyer"] == loaded.version["buyer"] + 1
