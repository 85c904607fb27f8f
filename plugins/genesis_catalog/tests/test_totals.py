"""What an import comes to is agreed to before it is written; what was said of columns holds for the next list."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from genesis import Act, Actor, Confirm, Refused, UserError
from genesis_catalog.command import import_products
from genesis_catalog.importer import run
from genesis_catalog.lists import bring_in
from genesis_catalog.totals import Totals
from genesis_catalog.undo import undo
from genesis_stock.models import item as stocked
from genesis_stock.service import on_hand

LIST = (
    "name,sku,codes,price,quantity,cost\nTea,T,4006381333931,3,5,1.25\nMilk,M,,1,2.5,0.4\nSalt,S,,2,,\nOil,O,,9,0,7\n"
)


@pytest.fixture
def app(store: Any) -> Any:
    return store("cash", "barcodes", "catalog", "stock")


@pytest.fixture
def file(tmp_path: Any) -> Any:
    def write(text: str, name: str = "list.csv") -> Any:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def levels(app: Any) -> dict[str, tuple[int, int]]:
    app.projector.catch_up()
    return {row.name: (row.qty, row.value) for row in app.pos.db.all(select(stocked)) if row.qty}


def test_a_list_with_quantities_opens_the_stock_once(app, file):
    path = file(LIST)
    dry = run(app.pos, path, dry_run=True)
    assert dry.totals == Totals(4, 0, 1, 7_500, 5 * 12_500_000 + 2_500 * 4_000)
    assert levels(app) == {}
    done = run(app.pos, path, agreed=dry.totals)
    assert (done.totals, done.differing) == (dry.totals, [])
    assert levels(app) == {"Tea": (5_000, 62_500_000), "Milk": (2_500, 10_000_000)}
    app.register.scan("T")
    app.register.pay("cash")
    again = run(app.pos, path)
    assert (again.unchanged, again.begun, again.units, again.differing) == (4, 2, 0, [])
    assert levels(app)["Tea"][0] == 4_000
    later = run(app.pos, file(LIST.replace("2,,", "2,8,1"), "later.csv"))
    assert (later.totals, later.begun) == (Totals(0, 0, 0, 8_000, 8 * 10_000_000), 2)


def test_an_import_taken_back_takes_its_stock_along_but_not_what_was_sold_from(app, file):
    app.pos.records("catalog_product").save({"name": "Salt", "sku": "S"}, record_id="salt")
    run(app.pos, file(LIST.replace("2,,", "2,8,1")))
    app.register.scan("T")
    app.register.pay("cash")
    done = undo(app.pos)
    assert (done.deleted, done.restored, list(done.left)) == (2, 1, ["Tea"])
    assert "in stock" in done.left["Tea"]
    assert set(levels(app)) == {"Tea"}
    assert on_hand(app.pos, "catalog:salt") == 0
    run(app.pos, file(LIST.replace("2,,", "2,8,1"), "again.csv"))
    assert on_hand(app.pos, "catalog:salt") == 8_000


def test_what_differs_from_what_was_agreed_is_said_loudly(app, file, capsys):
    path = file(LIST)
    agreed = run(app.pos, path, dry_run=True).totals
    path = file(LIST + "Rice,R,,1,1,1\n")
    said = run(app.pos, path, agreed=agreed).differing
    assert said[0] == "New: agreed 4, written 5"
    assert [line.partition(":")[0] for line in said] == ["New", "Units", "Stock value"]


def test_a_quantity_that_cannot_be_is_refused_by_its_field(app, file):
    result = run(app.pos, file("name,sku,quantity,cost\nA,A,-1,\nB,B,x,\nC,C,1.0001,\nD,D,1,-2\nE,E,1,1\n"))
    assert [(p.row, p.field) for p in result.problems] == [
        (2, "quantity"),
        (3, "quantity"),
        (4, "quantity"),
        (5, "cost"),
    ]
    assert levels(app) == {"E": (1_000, 10_000_000)}


def test_without_stock_the_columns_are_left_out_and_said(store, file):
    app = store("cash", "barcodes", "catalog")
    result = run(app.pos, file(LIST))
    assert (result.created, result.units, result.ignored) == (4, None, ("quantity", "cost"))


def test_who_may_not_open_stock_is_refused_before_anything_is_written(app, file):
    app.pos.permissions.save_role("lists", ("records.import", "records.read"))
    app.actor = Actor(id="ana", name="Ana", roles=("lists",))
    with pytest.raises(Refused, match="Ana may not"):
        run(app.pos, file(LIST))
    assert app.pos.records("catalog_product").count() == 0


def test_the_command_writes_nothing_before_somebody_agrees(app, file, capsys, monkeypatch):
    path = str(file(LIST))
    before = app.raw_journal.pos()
    assert import_products(app.pos, [path]) == 1
    out, err = capsys.readouterr()
    assert "4 would be created" in out
    assert "Totals: codes 1, units 7.5, stock value 7.25" in out
    assert "Nothing was written" in err
    assert app.raw_journal.pos() == before
    for answer, code in (("n\n", 1), ("y\n", 0)):
        monkeypatch.setattr("sys.stdin", Terminal(answer))
        assert import_products(app.pos, [path]) == code
    assert set(levels(app)) == {"Tea", "Milk"}


class Terminal:
    """Somebody who types one answer."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._answer


def test_the_dialog_asks_with_the_totals_and_asks_anew_where_they_changed(app, file):
    path = file(LIST)
    values = {"file": str(path)}
    with pytest.raises(
        Confirm, match=r"4 new, 0 changed, 0 as they are, 0 refused; codes: 1; stock: 7\.5, worth 7\.25"
    ) as first:
        bring_in(app.pos, Act(values=values))
    file(LIST + "Rice,R,,1,1,1\n")
    with pytest.raises(Confirm, match="5 new") as second:
        bring_in(app.pos, Act(values=values, agreed=str(first.value)))
    assert levels(app) == {}
    done = bring_in(app.pos, Act(values=values, agreed=str(second.value)))
    assert set(levels(app)) == {"Tea", "Milk", "Rice"}
    assert ("text", "Stock value", "8.25") in done.document
    done.undo(app.pos)
    assert levels(app) == {}


def test_what_was_said_of_columns_is_taken_for_the_next_list_until_it_is_forgotten(app, file, capsys):
    first = file("Artikel;EAN;EK-Preis\nTea;4006381333931;2\n")
    mapped = ["--map", "Artikel=name", "--map", "EK-Preis=price"]
    assert import_products(app.pos, [str(first), *mapped, "--dry-run"]) == 0
    with pytest.raises(UserError, match="name: it is missing"):
        raise_first(run(app.pos, first))
    assert import_products(app.pos, [str(first), *mapped, "--yes"]) == 0
    second = file("ARTIKEL;ean;EK_Preis\nMilk;4006381333948;1\n", "next.csv")
    result = run(app.pos, second, dry_run=True)
    assert (result.created, result.remembered) == (1, {"artikel": "name", "ek preis": "price"})
    capsys.readouterr()
    assert import_products(app.pos, [str(second), "--yes"]) == 0
    assert "Columns as they were named before: artikel = name, ek preis = price" in capsys.readouterr().out
    other = file("EAN;Artikel;EK-Preis\n4006381333955;Oil;1\n", "other.csv")
    assert run(app.pos, other, dry_run=True).remembered == {}
    changed = run(app.pos, second, names={"EK Preis": "cost"})
    assert changed.remembered == {"artikel": "name"}
    assert run(app.pos, second, dry_run=True).remembered == {"artikel": "name", "ek preis": "cost"}
    assert import_products(app.pos, [str(first), "--forget"]) == 0
    assert run(app.pos, second, dry_run=True).remembered == {}
    assert app.rebuild("catalog_layout", swap=False).different == ()


def raise_first(result: Any) -> None:
    raise UserError(result.problems[0].reason)


def test_the_dialog_takes_columns_too_and_can_forget_them(app, file):
    path = file("Artikel,EAN\nTea,4006381333931\n")
    values = {"file": str(path), "columns": "Artikel=name\n"}
    with pytest.raises(Confirm) as question:
        bring_in(app.pos, Act(values=values))
    bring_in(app.pos, Act(values=values, agreed=str(question.value)))
    said = bring_in(app.pos, Act(values={"file": str(path), "dry": "1"})).document
    assert ("small", "artikel = name, as it was named before", "") in said
    bring_in(app.pos, Act(values={"file": str(path), "forget": "1", "dry": "1"}))
    assert run(app.pos, path, dry_run=True).remembered == {}
    with pytest.raises(UserError, match="says nothing"):
        bring_in(app.pos, Act(values={"file": str(path), "columns": "Artikel"}))
