"""Eight registers sell the last pieces of strict goods at once: what was there is sold, each piece once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest
from sqlalchemy import select

from genesis import SaleCompleted
from genesis.upkeep.doctor import examine
from genesis_batches.service import Delivered, receive
from genesis_serials.models import serial
from genesis_serials.service import name
from genesis_stock.models import StockRow, level
from genesis_stock.service import change, on_hand

ON = ("barcodes", "catalog", "stock", "batches", "serials", "cash")
TEA, MILK, DRILL = "9520000000011", "9520000000028", "9520000000035"
REGISTERS = 8


def fill(app, tea, milk, drills):
    """Tea, milk in batches, and drills whose serial numbers are known; none is ever sold below zero."""
    for ref, code, how in (("tea", TEA, ""), ("milk", MILK, ""), ("drill", DRILL, "sale")):
        row = {"name": ref.title(), "sku": ref.upper(), "price_e4": 50_000, "codes": [{"code": code}]}
        app.pos.records("catalog_product").save(row | {"more": {"serials": {"followed": how}}}, record_id=ref)
        app.pos.records("stock_rule").save({"policy": "strict"}, record_id=f"catalog:{ref}")
    change(app.pos, "received", [StockRow(item="catalog:tea", name="Tea", qty=tea * 1_000)])
    for n, count in enumerate(milk):
        one = Delivered(item="catalog:milk", name="Milk", batch=f"M{n}", qty=count * 1_000, expiry=f"2099-0{n + 1}-01")
        receive(app.pos, [one])
    change(app.pos, "received", [StockRow(item="catalog:drill", name="Drill", qty=drills * 1_000)])
    name(app.pos, DRILL, "\n".join(f"D{n}" for n in range(drills)))


def race(app, *codes):
    """Sell in eight processes, each a register of its own; returns what each says it sold."""
    command = [sys.executable, "-m", "tests.plugins_life.race", str(app.home.folder), str(REGISTERS), *codes]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert not done.returncode, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("tea", "milk", "drills"),
    [(11, (3, 4), 4), pytest.param(600, (100, 7, 1, 60), 40, marks=[pytest.mark.stress, pytest.mark.timeout(900)])],
)
def test_eight_registers_sell_exactly_what_is_there(both, tea, milk, drills):
    app = both.new(*ON)
    fill(app, tea, milk, drills)
    app.close()
    labels = [f"(01)0{DRILL}(21)D{n}" for n in range(drills)]
    told = race(app, TEA, MILK, *labels)
    app = both.open(app, plugins=ON)
    app.projector.catch_up()

    sold = Counter(line.item for sale in sales(app) for line in sale.lines for _ in range(line.qty // 1_000))
    assert sold == {"catalog:tea": tea, "catalog:milk": sum(milk), "catalog:drill": drills}
    assert sum(sum(one.values()) - one["refused"] for one in told) == sold.total()
    pieces = [number for sale in sales(app) for line in sale.lines
              for number in line.sections.get("serials", {}).get("serials", ())]  # fmt: skip
    assert sorted(pieces) == sorted(f"D{n}" for n in range(drills))
    taken = Counter[str]()
    for sale in sales(app):
        for line in sale.lines:
            taken.update(dict(line.sections.get("batches", {}).get("taken", ())))
    assert taken == {f"M{n}": count * 1_000 for n, count in enumerate(milk)}

    assert {on_hand(app.pos, f"catalog:{ref}") for ref in ("tea", "milk", "drill")} == {0}
    assert {row.qty for row in app.pos.db.all(select(level.c.qty))} == {0}
    assert {row.state for row in app.pos.db.all(select(serial.c.state))} == {"sold"}
    assert [finding.text for finding in examine(app) if not finding.ok] == []


def sales(app):
    return [entry.fact for entry in app.raw_journal.scan() if isinstance(entry.fact, SaleCompleted)]
