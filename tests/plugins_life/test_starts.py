"""Starts that fail: the kernel alone, the offer after two of them, and the last switch taken back."""

from __future__ import annotations

import pytest

from genesis.cli.main import main
from genesis.plugin.starts import Starts


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
