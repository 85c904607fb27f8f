"""Starts that fail: the kernel alone, the offer after two of them, and the last switch taken back."""

from __future__ import annotations

import os
import subprocess

import pytest

from genesis import UserError
from genesis.cli.main import main
from genesis.plugin.starts import Starts
from genesis.plugin.state import record
from genesis.testkit.stores import as_plugin
from tests.console.terminal import GENESIS, Console
from tests.probes.price_list.plugin import PriceList


@pytest.fixture
def folder(stores):
    app = stores.new("cash", "discounts")
    app.close()
    return app.home.folder


def run(folder, *words, capsys):
    code = main([*words, "--home", str(folder)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_third_start_after_two_that_did_not_come_up_makes_an_offer(tmp_path):
    starts = Starts(tmp_path)
    assert starts.begin() == ""
    assert starts.begin() == ""
    offer = starts.begin()
    assert "the last 2 starts did not come up" in offer
    assert "--safe" in offer
    assert "genesis plugin undo" in offer
    starts.done()
    assert starts.begin() == ""


@pytest.mark.parametrize("content", ["", "{", "[]", '{"unfinished": "x"}', '{"unfinished": null}', "\x00"])
def test_a_damaged_count_counts_as_none(tmp_path, content):
    (tmp_path / "starts.json").write_text(content)
    assert Starts(tmp_path).begin() == ""


def test_safe_starts_the_kernel_alone_and_it_sells(stores, folder):
    app = stores.open(folder, safe=True)
    assert app.enabled == []
    assert {row.id: (row.status) for row in app.plugins()} == {"cash": "missing", "discounts": "missing"}
    assert not app.outdated()
    app.close()
    app = stores.open(folder)
    assert set(app.enabled) == {"cash", "discounts"}


def test_undo_takes_the_last_switch_back(stores, folder, capsys):
    assert run(folder, "plugin", "disable", "discounts", capsys=capsys)[0] == 0
    assert run(folder, "plugin", "undo", capsys=capsys)[:2] == (0, "discounts is enabled again\n")
    app = stores.open(folder, plugins=("cash", "discounts"))
    assert "discounts" in app.enabled
    last = app.raw_journal.read(app.raw_journal.pos() - 1)[0].fact
    assert (last.kind, last.plugin, last.why) == ("plugin.enabled", "discounts", "the last switch taken back")


def test_a_broken_plugin_can_be_switched_off_without_starting_it(stores, folder, site, capsys):
    site.install("worse", "raise SystemExit('no')\n")
    assert run(folder, "plugin", "enable", "worse", capsys=capsys)[0] == 1
    assert run(folder, "plugin", "info", "worse", capsys=capsys)[0] == 0
    assert run(folder, "plugin", "undo", capsys=capsys)[:2] == (0, "worse is disabled again\n")
    app = stores.open(folder)
    assert next(r for r in app.plugins() if r.id == "worse").status == "disabled"


def test_a_plugin_that_kills_the_start_is_offered_away_and_can_be_switched_off_unseen(stores, folder, site):
    app = stores.open(folder, safe=True)
    site.install("deadly", "import os\nos._exit(7)\n")
    record(app, "deadly", enabled=True, why="", since={})
    app.close()

    def genesis(*words):
        done = subprocess.run([GENESIS, *words, "--home", folder], input="", capture_output=True, text=True, check=False,
                              env=os.environ | {"PYTHONPATH": str(site.folder)})  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    assert [genesis("till") for _ in range(2)] == [(7, "", "")] * 2
    code, _, told = genesis("till")
    assert code == 7
    assert "the last 2 starts did not come up" in told
    assert genesis("plugin", "disable", "deadly")[0] == 7
    code, said, _ = genesis("plugin", "disable", "deadly", "--safe", "--why", "it kills")
    assert (code, said.splitlines()[-1]) == (0, "deadly is disabled")
    code, _, told = genesis("till")
    assert code == 0
    assert "the last 3 starts did not come up" in told
    assert genesis("till") == (0, "", "")


def test_a_restart_that_fails_is_tried_again_at_the_next_line(stores):
    console = Console(stores.new("cash", "discounts", extra=as_plugin(PriceList(), "price_list")))
    app = console.app
    assert console.ask("1").endswith("Total: 1.25")
    other = stores.open(app, plugins=("cash", "discounts"), extra=app._extra, register=False, projector="none")
    other.switch("discounts", enabled=False)
    other.close()
    real = app.home.database

    def gone(name):
        raise UserError("the disk is away", "put it back")

    app.home.database = gone
    assert console.ask("2") == "Refused: the disk is away: put it back"
    assert console.ask("2") == "Refused: the disk is away: put it back"
    app.home.database = real
    assert console.ask("2").endswith("Total: 4.58")
    assert console.type("cash exact")[-1] == "Receipt: R1-00000001"


def test_starts_that_are_refused_for_a_plain_reason_do_not_count(stores, folder, capsys, monkeypatch, tmp_path):
    holder = stores.open(folder)
    for _ in range(4):
        code, _, told = run(folder, "till", capsys=capsys)
        assert code == 1
        assert "is open already in process" in told
        assert "did not come up" not in told
    holder.close()
    for _ in range(4):
        code, _, told = run(tmp_path / "none", "till", capsys=capsys)
        assert code == 1
        assert "there is no store in" in told
        assert "did not come up" not in told
    assert not (tmp_path / "none").exists()
