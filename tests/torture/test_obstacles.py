"""A disk that is full or read-only, a locked database, a clock set back: a clear error, nothing lost, then it goes on."""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from random import Random
from types import SimpleNamespace

import psycopg
import pytest
import sqlcipher3.dbapi2 as sqlite

from genesis.testkit.stores import as_plugin
from genesis.upkeep.doctor import examine, sale_faults
from tests.probes.price_list.plugin import PriceList
from tests.torture.cashier import Register, Shop, any_deed, hold, pay, scan
from tests.torture.conftest import copy
from tests.torture.kills import APPLE, BREAD
from tests.torture.nursery import Child

NOBODY = 65534


@pytest.fixture
def open_till(nursery):
    """`open_till(home, shop, ...)`: a till on a store, and the cashier at it."""

    def start(home, shop, **order):
        return Register(Child(nursery, {"role": "till", "home": str(home)} | order), shop)

    return start


@pytest.fixture
def check(nursery):
    """`check(home, register)`: a restart finds what was answered, and all of it adds up."""

    def look(home, register, *, full=False):
        register.refused.clear()
        seen = nursery.ask({"role": "look", "home": str(home), "full": full})
        assert seen["faults"] + register.settle(seen) == []

    return look


def ends_well(register):
    """Leave a till at which nothing was refused."""
    code = register.leave()
    assert (code, register.refused, register.wrong, register.child.errors) == (0, [], [], "")


def starts_or_says_why(register):
    """Start a till and leave it; returns whether it started. If not, it says why in one line."""
    code = register.leave()
    if code:
        lines = register.child.errors.splitlines()
        assert (code, len(lines), lines[0][:9], register.child.said) == (1, 1, "genesis: ", 0)
    else:
        assert register.child.errors == ""
    return code == 0


# -- a full disk ---------------------------------------------------------------------------------------------


@pytest.fixture(params=["limit", "small disk"])
def disk(request, tmp_path):
    """A place for a store, and how to let a disk be full and empty again under the process that sells there."""
    if request.param == "limit":
        no = resource.RLIM_INFINITY
        yield SimpleNamespace(
            small=False,
            place=tmp_path / "store",
            fill=lambda pid: resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, no)),
            free=lambda pid: resource.prlimit(pid, resource.RLIMIT_FSIZE, (no, no)),
        )
        return
    place, filler = tmp_path / "disk", tmp_path / "disk" / "filler"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("NO SMALL DISK: mounting one takes the rights of root; the limit on file sizes is tested")

    def fill(_pid):
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                return

    yield SimpleNamespace(small=True, place=place / "store", fill=fill, free=lambda _pid: filler.unlink())
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def sell(register, random, deeds):
    """Do what needs no figures of earlier sales, as the tables that have them may be behind."""
    for _ in range(deeds):
        deed = any_deed(register.shop, random)
        while deed.text.startswith(("return", "reprint", "x\n")):
            deed = any_deed(register.shop, random)
        assert register.do(deed)


@pytest.mark.parametrize("killed", [False, True], ids=["goes on", "killed meanwhile"])
def test_a_full_disk_is_named_and_selling_goes_on_when_there_is_room(
    killed, disk, new_shop, open_till, check, seed, covered
):
    random, home = Random(seed), copy(new_shop(), disk.place)
    register = open_till(home, Shop())
    sell(register, random, 5)
    assert register.refused == []
    disk.fill(register.child.pid)
    sell(register, random, 25)
    refused = list(register.refused)
    assert refused
    assert [text for text in refused if "Refused: the disk " not in text] == []
    if killed:
        register.child.kill()
        register.leave()
        if disk.small:
            starts_or_says_why(open_till(home, register.shop))
            disk.free(0)
        register = open_till(home, register.shop)
    else:
        disk.free(register.child.pid)
    register.refused.clear()
    sell(register, random, 10)
    assert register.refused == []
    assert (register.leave(), register.child.errors) == (0 if killed else 1, "")
    check(home, register, full=True)
    covered(f"full disk: {len(refused)} commands refused, seed {seed}")


# -- read-only -----------------------------------------------------------------------------------------------


@pytest.fixture
def owned(new_shop):
    """A store that belongs to somebody who is not root, and who that is: rights mean nothing to root."""
    root = Path(tempfile.mkdtemp(prefix="genesis-read-only-"))
    root.chmod(0o755)
    home = copy(new_shop(), root / "store")
    user = NOBODY if os.geteuid() == 0 else os.geteuid()
    if user == NOBODY:
        for path in root.rglob("*"):
            os.chown(path, user, user)
    yield home, {"user": user} if user == NOBODY else {}
    shutil.rmtree(root)


@pytest.mark.parametrize("what", ["journal.db", "folder", "everything"])
def test_a_read_only_store_is_named_and_sells_when_it_can_be_written_again(what, owned, open_till, check):
    home, user = owned
    register = open_till(home, Shop(), **user)
    for code in (APPLE, BREAD):
        register.do(scan(register.shop, code))
        register.do(pay(register.shop))
    register.do(scan(register.shop, APPLE))
    ends_well(register)
    paths = {"journal.db": [home / "journal.db"], "folder": [home], "everything": [*home.rglob("*"), home]}[what]
    rights = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(rights[path] & ~0o222)
    assert not starts_or_says_why(open_till(home, register.shop, **user))
    for path in paths:
        path.chmod(rights[path])
    register = open_till(home, register.shop, **user)
    register.do(pay(register.shop))
    ends_well(register)
    check(home, register)


def test_tables_that_cannot_be_written_do_not_stop_a_sale(owned, open_till, check):
    home, user = owned
    (home / "views.db").chmod(0o444)
    register = open_till(home, Shop(), **user)
    register.do(scan(register.shop, APPLE))
    register.do(pay(register.shop))
    ends_well(register)
    (home / "views.db").chmod(0o644)
    check(home, register)


# -- a locked database ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("holder", ["a stranger", "a hanging genesis"])
def test_a_locked_database_is_named_and_selling_goes_on_when_it_is_free(holder, new_shop, open_till, check):
    home = new_shop()
    register = open_till(home, Shop(), busy_ms=100)
    register.do(scan(register.shop, APPLE))
    with closing(sqlite.connect(str(home / "journal.db"), isolation_level=None)) as other:
        with (home / "journal.turn").open("rb") as turn:
            if holder == "a hanging genesis":
                fcntl.flock(turn, fcntl.LOCK_EX)
            other.execute("BEGIN IMMEDIATE")
            for deed in (scan(register.shop, BREAD), hold(register.shop, "lunch"), pay(register.shop)):
                assert register.do(deed)
            other.execute("ROLLBACK")
            said = [text.partition(": Refused: ")[2] for text in register.refused]
            assert (
                said == ["the database is busy; nothing was recorded: another program holds it; repeat in a moment"] * 3
            )
            register.refused.clear()
            register.do(scan(register.shop, BREAD))  # the turn alone holds nobody up for ever
        register.do(pay(register.shop))
    assert (register.leave(), register.refused, register.child.errors) == (1, [], "")
    check(home, register)


def test_a_database_server_that_was_restarted_is_found_again(postgres, _postgres_stores):
    goods = as_plugin(PriceList(), "price_list")
    app = _postgres_stores.new("cash", extra=goods, projector="thread")
    app.register.scan("1")
    with psycopg.connect(postgres.url(), autocommit=True) as server:
        name = app.home.config.database.rpartition("/")[2]
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
    app.register.scan("2")
    sale = app.register.pay("cash").sale
    assert [section.rows[0] for section in app.register.shifts.x_report()][0] == ("Receipts", "1")
    app.close()
    again = _postgres_stores.open(app, plugins=("cash",), extra=as_plugin(PriceList(), "price_list"))
    assert again.register.find_sale(sale.number).fact == sale
    assert [finding for finding in examine(again) if not finding.ok] == []
    _postgres_stores.close()


# -- a clock set back ----------------------------------------------------------------------------------------


def test_a_clock_set_back_turns_nothing_round(both, clock):
    goods = as_plugin(PriceList(), "price_list")
    app = both.new("cash", extra=goods, clock=clock)
    sales = []
    for days in (0, -400, 400):
        clock.forward(days=days)
        app.register.scan("2")
        sales.append(app.register.pay("cash").sale)
        app.close()
        app = both.open(app, plugins=("cash",), extra=as_plugin(PriceList(), "price_list"), clock=clock)
    kept = [entry for entry in app.raw_journal.scan() if entry.kind == "sale.completed"]
    assert [entry.fact for entry in kept] == sales
    assert [sale.number for sale in sales] == ["R1-00000001", "R1-00000002", "R1-00000003"]
    assert [sale.business_day for sale in sales] == ["2026-03-02", "2025-01-26", "2026-03-02"]  # what the clock showed
    times = [entry.at for entry in app.raw_journal.scan()]
    assert times == sorted(times)
    assert len({sale.shift for sale in sales}) == 1
    assert [fault for sale in sales for fault in sale_faults(sale)] == []
    assert [finding for finding in examine(app) if not finding.ok] == []
