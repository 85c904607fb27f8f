"""Backup, restore, and damage: a copy that was proved, nothing overwritten that is not its own, numbers never twice."""

from __future__ import annotations

import json
import re
import shutil
import threading

import pytest
import sqlcipher3.dbapi2 as sqlite

from genesis.kernel.entries import packed, unpacked
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from genesis.upkeep.doctor import Finding, examine
from tests.console.terminal import COFFEE, copy_home


def sell(folder, count=1):
    """Sell at a register that is opened for it; returns the receipt numbers."""
    with App(open_home(folder), register=True) as app:
        numbers = []
        for _ in range(count):
            app.register.scan(COFFEE)
            numbers.append(app.register.pay("cash").sale.number)
        return numbers


@pytest.fixture(scope="module")
def _sold(demo_home, tmp_path_factory):
    folder = copy_home(demo_home, tmp_path_factory.mktemp("sold") / "shop")
    sell(folder)
    return folder


@pytest.fixture
def home(_sold, tmp_path):
    """The demo store in which one coffee was sold: R1-00000001."""
    return copy_home(_sold, tmp_path / "shop")


def spoil(folder, statement, *values):
    """Change the journal's file behind everybody's back."""
    connection = sqlite.connect(folder / "journal.db", isolation_level=None)
    connection.create_function("respell", 4, _respelled)
    connection.execute(statement, values)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _respelled(codec, body, old, new):
    """Return a stored body with another text in it."""
    changed = unpacked(codec, body).replace(old.encode(), new.encode())
    return packed(changed)[1] if codec else changed


def everything(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_receipts_go_on_in_a_new_epoch_after_every_restore(tmp_path, home, genesis):
    backup, keys = tmp_path / "usb" / "backup", tmp_path / "vault"
    assert sell(home) == ["R1-00000002"]
    told = genesis("db", "backup", backup, "--keys", keys)
    assert (told.code, told.err) == (0, "")
    assert re.fullmatch(rf"\d+ facts are safe in {backup}\n", told.out)
    assert sell(home) == ["R1-00000003"]
    for place, epoch in (("one", "R1b"), ("two", "R1c")):
        folder = tmp_path / place
        told = genesis("db", "restore", backup, "--keys", keys, at=folder)
        assert (told.code, told.out) == (0, f"Restored to {folder}; receipts go on as {epoch}-00000001\n")
        assert sell(folder) == [f"{epoch}-00000001"]
        rows = [
            json.loads(r)
            for r in genesis("journal", "show", "--kind", "sale.completed", "--json", at=folder).out.splitlines()
        ]
        assert [row["receipt"] for row in rows] == ["R1-00000001", "R1-00000002", f"{epoch}-00000001"]
        assert genesis("doctor", "--quick", at=folder).code == 0
    with App(open_home(tmp_path / "one"), register=True) as app:
        app.register.return_lines("R1-00000001")
        assert app.register.pay("cash").sale.number == "R1b-00000002"
        assert app.pos.records("customers_customer").get("demo-maria")["name"] == "María González"


def test_a_backup_replaces_an_earlier_one_of_the_same_store_and_nothing_else(tmp_path, home, genesis):
    backup = tmp_path / "backup"
    assert genesis("db", "backup", backup).code == 0
    sell(home)
    assert genesis("db", "backup", backup).code == 0
    kept = everything(backup)
    other = copy_home(home, tmp_path / "other")
    (other / "genesis.toml").write_text((other / "genesis.toml").read_text().replace('store = "', 'store = "x'))
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "photo").write_text("grandmother")
    (tmp_path / "file").write_text("")
    shop = everything(home)
    for folder, store, what in (
        (backup, other, "there is something else in"), (precious, home, "there is something else in"),
        (home, home, "not apart from the data folder"), (home / "blobs", home, "not apart from the data folder"),
        (tmp_path, home, "not apart from the data folder"), (tmp_path / "file", home, "is a file"),
        ("/proc/nothing", home, "could not be written"),
    ):  # fmt: skip
        told = genesis("db", "backup", folder, at=store)
        assert (told.code, what in told.err) == (1, True), told.err
    told = genesis("db", "backup", backup, "--keys", backup / "keys")
    assert "the keys must not lie in the backup" in told.err
    assert everything(backup) == kept
    assert (precious / "photo").read_text() == "grandmother"
    assert {k for k in shop if not k.startswith(("genesis.log", "locks"))} <= set(everything(home))
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (
            lambda b: spoil(
                b, "UPDATE journal SET body = respell(codec, body, '340', '341') WHERE kind = 'sale.completed'"
            ),
            "R1 ",
        ),
        (lambda b: spoil(b, "DELETE FROM journal WHERE pos = 3"), "missing"),
        (lambda b: spoil(b, "UPDATE journal SET actor = 'eve' WHERE pos = 2"), "its content was changed"),
        (lambda b: (b / "journal.db").write_bytes(b"nonsense" * 4096), "database"),
        (lambda b: (b / "journal.db").write_bytes((b / "journal.db").read_bytes()[:40_000]), "database"),
        (lambda b: (b / "genesis.toml").write_text("nonsense"), "does not fit"),
        (lambda b: (b / "journal.db").unlink(), "there is no backup in"),
    ],
    ids=["figure", "fact gone", "actor", "nonsense", "cut", "config", "no journal"],
)
def test_a_damaged_backup_is_refused_and_leaves_nothing(damage, what, tmp_path, home, genesis):
    backup = tmp_path / "backup"
    assert genesis("db", "backup", backup).code == 0
    damage(backup)
    told = genesis("db", "restore", backup, at=tmp_path / "new")
    assert (told.code, told.out) == (1, "")
    assert what in told.err
    assert "something went wrong" not in told.err
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "new.keys").exists()


def test_a_restore_goes_where_nothing_is(tmp_path, home, genesis):
    backup = tmp_path / "backup"
    assert genesis("db", "backup", backup, "--keys", tmp_path / "vault").code == 0
    assert "there is a store in" in genesis("db", "restore", backup).err
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "photo").write_text("grandmother")
    assert "there is something in" in genesis("db", "restore", backup, at=tmp_path / "used").err
    (tmp_path / "new.keys").mkdir()
    (tmp_path / "new.keys" / "keys.db").write_text("newer keys")
    told = genesis("db", "restore", backup, "--keys", tmp_path / "vault", at=tmp_path / "new")
    assert "leave --keys out, or move them away first" in told.err
    assert (tmp_path / "new.keys" / "keys.db").read_text() == "newer keys"
    assert "there are no keys in" in genesis("db", "restore", backup, "--keys", tmp_path / "x", at=tmp_path / "n").err
    assert "there is no backup in" in genesis("db", "restore", tmp_path / "vault", at=tmp_path / "n").err
    (tmp_path / "empty").mkdir()
    assert genesis("db", "restore", backup, at=tmp_path / "empty").code == 0


# -- damage in the store itself --------------------------------------------------------------------------------

PLANTED = {
    "a figure": (
        "UPDATE journal SET body = respell(codec, body, '340', '341') WHERE kind = 'sale.completed'",
        "journal",
    ),
    "not JSON": ("UPDATE journal SET body = 'x' WHERE kind = 'sale.completed'", "journal"),
    "a guard gone": ("DELETE FROM guards WHERE space = 'sale'", "guards"),
    "a guard moved": ("UPDATE guards SET amount = amount + 1 WHERE space LIKE 'rev:%'", "guards"),
    "the head": ("UPDATE heads SET seq = seq + 1 WHERE stream = 'R1'", "journal"),
    "a fact gone": ("DELETE FROM journal WHERE pos = (SELECT max(pos) FROM journal)", "journal"),
    "reordered": ("UPDATE journal SET at = '2000-01-01T00:00:00.000000Z' WHERE pos = 4", "journal"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_the_doctor_finds_planted_damage(what, home, genesis):
    statement, check = PLANTED[what]
    spoil(home, statement)
    told = genesis("doctor", "--quick")
    assert told.code == 1
    assert re.search(rf"^FAIL +{check}: ", told.out, re.MULTILINE), told
    assert told.err == "genesis: something that must be true is not; see the lines marked FAIL\n"


def test_the_doctor_finds_rows_that_are_not_what_the_journal_says(home, genesis):
    connection = sqlite.connect(home / "views.db", isolation_level=None)
    connection.execute("UPDATE catalog_product SET price_e4 = 1 WHERE sku = '1001'")
    connection.close()
    told = genesis("doctor")
    assert told.code == 1
    assert "FAIL  projection catalog_product: plugin catalog: catalog_product is not what the journal says" in told.out
    assert "`genesis projection rebuild catalog_product`" in told.out
    assert genesis("projection", "rebuild", "catalog_product").code == 0
    assert genesis("doctor").code == 0


def test_verify_names_stream_and_number_of_the_first_damage(home, genesis):
    sell(home, 2)
    told = genesis("journal", "verify")
    assert (told.code, re.fullmatch(r"\d+ facts: intact\n", told.out) is not None) == (0, True)
    assert genesis("doctor", "--quick").code == 0
    rows = [json.loads(r) for r in genesis("journal", "show", "--kind", "sale.completed", "--json").out.splitlines()]
    place = f"{rows[1]['stream']} {rows[1]['seq']}"
    spoil(home, "UPDATE journal SET body = respell(codec, body, 'Flat white', 'Flat whine') WHERE stream = ? AND seq >= ?",
          rows[1]["stream"], rows[1]["seq"])  # fmt: skip
    told = genesis("journal", "verify")
    assert (told.code, told.out) == (1, f"{place}: its content was changed\n")
    assert place in told.err
    told = genesis("journal", "verify", "--json")
    assert json.loads(told.out) == {"ok": False, "place": place, "what": "its content was changed"}


def test_a_body_that_cannot_be_read_is_named_and_stops_no_command(home, genesis):
    spoil(home, "UPDATE journal SET body = 'x' WHERE kind = 'sale.completed'")
    told = genesis("journal", "show", "--json")
    assert told.code == 1
    assert re.search(r"R1 \d+", told.err)
    assert "something went wrong" not in told.err
    assert genesis("plugin", "list").code == 0
    assert genesis("projection", "status").code in {0, 1}


def test_the_doctor_is_not_misled_by_a_till_that_sells_meanwhile(home):
    with (
        App(open_home(home), register=True, projector="thread") as till,
        App(open_home(home), projector="none") as office,
    ):
        stop = threading.Event()

        def look():
            found.extend(f for f in examine(office) if not f.ok)
            stop.set()

        found: list[Finding] = []
        looking = threading.Thread(target=look)
        looking.start()
        sold = 0
        while not stop.is_set():
            till.register.scan(COFFEE)
            sold += till.register.pay("cash").sale.total
        looking.join()
        assert sold > 340
        assert found == []


def test_views_that_were_deleted_are_built_again(home, genesis):
    for file in home.glob("views.db*"):
        file.unlink()
    assert genesis("doctor").code == 0
    shutil.rmtree(home / "locks")
    assert sell(home) == ["R1-00000002"]
