"""What is assembled remembers the batches of its parts: traced both ways, recalled with them, taken apart into them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from genesis import Act, Confirm, GuardRefused, UserError, Veto
from genesis_batches import command, lineage, pages, service
from genesis_batches.service import Delivered
from genesis_catalog.importer import run
from genesis_kits.service import assemble
from genesis_stock import service as stock
from genesis_stock.models import StockRow, level

PLUGINS = ("cash", "barcodes", "catalog", "stock", "batches", "kits")
GOODS = """\
name,sku,price,kits.made_of,kits.sold
Breakfast,BOX,20,BAG|JAM,assembled
Lunch bag,BAG,6,2*TEA|NUTS,assembled
Tea,TEA,4,,
Nuts,NUTS,9,,
Jam,JAM,3,,
"""
DAY = "2026-03-02"  # of the clock that tests turn


@pytest.fixture
def app(both: Any, tmp_path: Any) -> Any:
    app = both.new(*PLUGINS)
    path = tmp_path / "goods.csv"
    path.write_text(GOODS, encoding="utf-8")
    assert run(app.pos, path).refused == 0
    app.projector.catch_up()
    return app


def ref(app: Any, sku: str) -> str:
    return str(app.register.resolve(sku).ref)


def come(app: Any, sku: str, batch: str, qty: int, expiry: str = "") -> None:
    if batch:
        row = Delivered(item=ref(app, sku), name=sku.title(), batch=batch, qty=qty, expiry=expiry)
        service.receive(app.pos, [row], "Leaf & Co", document=f"DN-{batch}")
    else:
        stock.change(app.pos, "received", [StockRow(item=ref(app, sku), name=sku.title(), qty=qty)])


def left(app: Any, sku: str) -> dict[str, int]:
    found = select(level.c.batch, level.c.qty).where(level.c.item == ref(app, sku), level.c.qty != 0)
    return dict(app.pos.db.all(found))


def names(links: list[lineage.Link]) -> list[tuple[str, str, int]]:
    return [(one.name, one.batch, one.qty) for one in links]


def sell(app: Any, sku: str) -> str:
    app.register.scan(sku)
    return str(app.register.pay("cash").sale.number)


def packed(app: Any) -> None:
    """Three bags of two batches of tea and loose nuts; two of them in breakfasts."""
    come(app, "TEA", "T1", 4_000, "2026-05-01")
    come(app, "TEA", "T2", 4_000, "2026-08-01")
    come(app, "NUTS", "", 5_000)
    come(app, "JAM", "J1", 5_000, "2026-04-01")
    assemble(app.pos, "BAG", 3)
    assemble(app.pos, "BOX", 2)


def test_parts_go_by_their_dates_and_what_is_made_is_a_batch_that_expires_with_the_first_of_them(app: Any) -> None:
    packed(app)
    assert left(app, "TEA") == {"T2": 2_000}
    assert left(app, "BAG") == {f"{DAY}-1": 1_000}
    assert left(app, "BOX") == {f"{DAY}-1": 2_000}
    bag, box = ref(app, "BAG"), ref(app, "BOX")
    assert names(lineage.parts_of(app.pos, bag, f"{DAY}-1")) == [("Tea", "T1", 4_000), ("Tea", "T2", 2_000)]
    assert names(lineage.all_made_of(app.pos, ref(app, "TEA"), "T1")) == [
        ("Lunch bag", f"{DAY}-1", 4_000), ("Breakfast", f"{DAY}-1", 2_000)]  # fmt: skip
    expiry = {
        sku: app.pos.journal.holder("expiry of batch", f"{item} {DAY}-1") for sku, item in (("BAG", bag), ("BOX", box))
    }
    assert expiry == {"BAG": "2026-05-01", "BOX": "2026-04-01"}
    assert app.pos.journal.balance("stock batch", f"/{bag} {DAY}-1") == 1_000


def test_a_recall_of_a_part_stops_what_was_made_of_it_at_the_till_and_a_trace_reaches_its_sales(
    app: Any, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    packed(app)
    number = sell(app, "BOX")
    stopped = service.mark(app.pos, ref(app, "TEA"), "T1", "recalled", "glass found")
    assert [(one.name, one.batch) for one in stopped] == [("Lunch bag", f"{DAY}-1"), ("Breakfast", f"{DAY}-1")]
    for sku in ("BOX", "BAG"):
        with pytest.raises((Veto, Confirm), match=f"batch {DAY}-1 is recalled"):
            app.register.scan(sku)
    found = pages.trace(app.pos, _act(app, "TEA", "T1")).document
    assert [row[1:] for row in found if row[0] == "bold"] == [
        (f"Made into Lunch bag {DAY}-1", "4"), (f"Made into Breakfast {DAY}-1", "2")]  # fmt: skip
    assert ("text", f"{DAY} {number}", "1") in found
    back = pages.trace(app.pos, _act(app, "BOX", f"{DAY}-1")).document
    assert [row[1] for row in back if row[0] == "bold"] == [
        "Made of Jam J1", f"Made of Lunch bag {DAY}-1", "Made of Tea T1", "Made of Tea T2"]  # fmt: skip
    assert ("text", f"{DAY} from Leaf & Co", "4") in back
    assert command.run(app.pos, ["trace", "TEA", "--batch", "T1", "--json"]) == 0
    assert f'"receipt":"{number}"' in capsys.readouterr().out
    assert command.run(app.pos, ["release", "TEA", "--batch", "T1", "--reason", "it was another batch"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"  still stopped, release it where it is good: batch {DAY}-1 of {name}, which is made of it"
        for name in ("Lunch bag", "Breakfast")
    ]  # fmt: skip
    with pytest.raises((Veto, Confirm), match="is recalled"):  # its other parts may be why
        app.register.scan("BOX")
    told = pages.release(app.pos, _act(app, "BAG", f"{DAY}-1", reason="looked at")).text
    assert told == f"Batch {DAY}-1 can be sold again; what is made of it stays stopped (1): release what is good"
    assert service.mark(app.pos, ref(app, "BOX"), f"{DAY}-1", "ok", "looked at") == []
    assert app.register.scan("BOX").cart.lines


def _act(app: Any, sku: str, batch: str, **values: str) -> Any:
    return Act(rows=(pages.ref_of(ref(app, sku), batch),), values=values)


def test_what_may_not_be_sold_is_not_assembled_and_nothing_moves(app: Any) -> None:
    come(app, "TEA", "T1", 4_000)
    come(app, "NUTS", "N1", 4_000)
    service.mark(app.pos, ref(app, "TEA"), "T1", "quarantined", "wet")
    with pytest.raises(UserError, match="Tea: batch T1 is in quarantine"):
        assemble(app.pos, "BAG", 1)
    assert (left(app, "TEA"), left(app, "NUTS"), left(app, "BAG")) == ({"T1": 4_000}, {"N1": 4_000}, {})


def test_what_is_taken_apart_goes_back_to_the_batches_it_was_made_of(app: Any) -> None:
    packed(app)
    assemble(app.pos, "BOX", 2, apart=True)
    assert left(app, "BOX") == {}
    assert left(app, "BAG") == {f"{DAY}-1": 3_000}
    assert left(app, "JAM") == {"J1": 5_000}
    assemble(app.pos, "BAG", 3, apart=True)
    assert left(app, "TEA") == {"T1": 4_000, "T2": 4_000}
    assert left(app, "NUTS") == {"": 5_000}


def test_what_is_assembled_while_a_part_is_recalled_is_not_missed(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    come(app, "TEA", "T1", 4_000)
    come(app, "NUTS", "", 4_000)
    real = lineage.stopped_with

    def slow(*given: Any) -> Any:
        answer = real(*given)
        monkeypatch.undo()
        assemble(app.pos, "BAG", 1)
        return answer

    monkeypatch.setattr(service, "stopped_with", slow)
    with pytest.raises(GuardRefused):
        service.mark(app.pos, ref(app, "TEA"), "T1", "recalled", "glass found")
    assert [one.name for one in service.mark(app.pos, ref(app, "TEA"), "T1", "recalled", "glass")] == ["Lunch bag"]


def test_with_batches_off_it_is_assembled_without_and_the_books_are_the_same_after_a_rebuild(app: Any) -> None:
    packed(app)
    app.switch("batches", enabled=False)
    assemble(app.pos, "BAG", 1)
    assert left(app, "BAG") == {f"{DAY}-1": 1_000, "": 1_000}
    app.switch("batches", enabled=True)
    assemble(app.pos, "BOX", 1)
    for name in ("stock_ledger", "batches_batch"):
        assert app.rebuild(name, swap=False).different == ()


def test_goods_without_batches_are_assembled_into_goods_without_one(app: Any) -> None:
    come(app, "TEA", "", 4_000)
    come(app, "NUTS", "", 4_000)
    assemble(app.pos, "BAG", 2)
    assert left(app, "BAG") == {"": 2_000}
