"""What goods cost is shown to who may see it: on pages, in drawers, cards, reports, commands and lists, nowhere else."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from genesis import Act, Query, item_of
from genesis.hooks import platform, reporting
from genesis.kernel.actors import OWNER, Actor
from genesis_catalog.importer import run
from genesis_catalog.lists import write_out
from genesis_catalog.pages import page as products_page
from genesis_purchasing.receiving import Coming, receive
from genesis_purchasing.service import Wanted, draft, send
from genesis_purchasing.suppliers_page import article
from genesis_stock.models import StockRow
from genesis_stock.service import change

PLUGINS = ("cash", "barcodes", "catalog", "stock", "batches", "stocktake", "receipts", "purchasing", "kits", "modifiers",
           "duplicates", "labels", "deposits", "agecheck", "pricelists")  # fmt: skip
# Digits, whatever stands between: 7.3719 each, 7,371.90 for a thousand; 11,050.48 for all 1,499 that are there.
COSTS = ("73719", "1105048")
CLERK = Actor(id="kim", name="Kim", roles=("clerk",))
COMMANDS = {
    "stock": ([], ["--json"]),
    "kits": ([],),
    "orders": (["list"], ["show", "PO-000001", "--json"]),
    "batches": (["list"],),
}


@pytest.fixture
def app(store: Callable[..., Any], tmp_path: Path) -> Any:
    app = store(*PLUGINS)
    path = tmp_path / "goods.csv"
    path.write_text("name,sku,price\nTea,TEA,20\nMug,MUG,9\n", encoding="utf-8")
    run(app.pos, path)
    app.projector.catch_up()
    tea = item_of(app.pos, "TEA")
    change(app.pos, "received", [StockRow(item=tea.ref, name=tea.name, qty=1_000_000, cost=73_719)])
    supplier = app.pos.records("purchasing_supplier").save({"name": "Quay"})
    article(app.pos, Act(rows=(supplier,), values={"code": "MUG", "price": "7.3719"}))
    app.projector.catch_up()
    number = send(app.pos, draft(app.pos, "Quay", [Wanted(item_of(app.pos, "MUG").ref, 1_000_000)]))
    receive(app.pos, number, [Coming(1, 500_000, "L7", "2030-05-01")], document="DN-1")
    change(
        app.pos, "wasted", [StockRow(item=item_of(app.pos, "MUG").ref, name="Mug", qty=-1_000, batch="L7")], reason="x"
    )
    draft(app.pos, "Quay", [Wanted(item_of(app.pos, "MUG").ref, 1_000_000)])
    app.projector.catch_up()
    app.pos.permissions.save_role("clerk", tuple(sorted(set(app.pos.permissions.known) - {"stock.costs"})))
    return app


def shown(app: Any, folder: Path, capsys: Any) -> Iterator[tuple[str, str]]:
    """Yield (where, what) of all that is shown to who acts."""
    pos = app.pos
    for plugin, screen in app.screens:
        if screen.page and not pos.permissions.reason(app.actor, screen.permission):
            module, _, name = screen.page.partition(":")
            page = getattr(importlib.import_module(module), name)(pos)
            rows = page.rows(pos, Query(limit=100)).rows
            yield f"list {plugin}.{screen.id}", repr(rows)
            yield f"cards {plugin}.{screen.id}", repr(page.cards(pos) if page.cards else "")
            for row in rows if page.drawer else ():
                yield f"drawer {plugin}.{screen.id}", repr(page.drawer(pos, row.id))
    yield "dashboard", repr(pos.hooks.each(reporting.figures)(day="2026-01-02"))
    for report in [one for many in pos.hooks.each(reporting.reports)() for one in many]:
        yield f"report {report.id}", repr(report.run(pos, {}))
    path = folder / f"{app.actor.id}.csv"
    write_out(pos, Act(values={"file": str(path)}))
    yield "list of products", path.read_text(encoding="utf-8")
    for command in [one for many in pos.hooks.each(platform.cli_commands)() for one in many]:
        for arguments in COMMANDS.get(command.name, ()):
            capsys.readouterr()
            command.run(pos, arguments)
            yield f"genesis {command.name} {arguments}", capsys.readouterr().out


def costs(app: Any, folder: Path, capsys: Any) -> set[str]:
    """Return where the cost is shown; a number is compared by its digits."""
    told = [(where, re.sub(r"[.,_]", "", what)) for where, what in shown(app, folder, capsys)]
    return {where for where, digits in told if any(cost in digits for cost in COSTS)}


def test_what_goods_cost_is_seen_by_who_may_alone(app, tmp_path, capsys):
    app.actor = OWNER
    seen = costs(app, tmp_path, capsys)
    assert {
        "list stock.items",
        "cards stock.items",
        "dashboard",
        "drawer purchasing.orders",
        "genesis stock []",
    } <= seen
    assert len(seen) >= 9
    app.actor = CLERK
    assert costs(app, tmp_path, capsys) == set()


def test_products_are_narrowed_by_what_other_plugins_know_of_them(app):
    pos = app.pos
    page = products_page(pos)
    choices = {one.id: dict(one.choices) for one in page.filters}
    quay = next(key for key, name in choices["purchasing.supplier"].items() if name == "Quay")
    change(pos, "wasted", [StockRow(item=item_of(pos, "TEA").ref, name="Tea", qty=-1_000_000)], reason="x")
    app.projector.catch_up()
    for filters, names in (
        ({}, ["Mug", "Tea"]), ({"purchasing.supplier": quay}, ["Mug"]), ({"stock.alert": "out"}, ["Tea"]),
        ({"stock.alert": "out", "purchasing.supplier": quay}, []), ({"price": "5-20"}, ["Mug"]), ({"price": "20-100"}, ["Tea"]),
        ({"price": "none"}, []), ({"batches.dates": "expired"}, []),
    ):  # fmt: skip
        found = page.rows(pos, Query(filters=filters))
        assert [row.cells[0].text for row in found.rows] == names, filters
        assert found.total == len(names)
    app.clock.forward(days=3_000)
    assert [row.cells[0].text for row in page.rows(pos, Query(filters={"batches.dates": "expired"})).rows] == ["Mug"]
    app.switch("purchasing", enabled=False)
    assert "purchasing.supplier" not in {one.id for one in products_page(app.pos).filters}
