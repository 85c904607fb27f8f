"""The pages of purchasing, used as the shell uses them: fields come back as text, by name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from genesis import Act, Actor, Cell, Money, Query, Refused, UserError, Veto
from genesis_batches.models import batch as batches
from genesis_purchasing import lists, pages, proposals_page, service, suppliers_page
from genesis_purchasing.suppliers import offer_id
from genesis_stock import service as stock
from genesis_stock.models import StockRow

ON = ("barcodes", "catalog", "stock", "receipts", "purchasing", "cash")
MILK, TEA = "catalog:milk", "catalog:tea"


def furnish(app: Any) -> Any:
    """Milk 1001 and tea 1002; a supplier with both, made on its page."""
    for ref, name, sku in (("milk", "Milk", "1001"), ("tea", "Tea", "1002")):
        app.pos.records("catalog_product").save({"name": name, "price_e4": 20_000, "sku": sku}, record_id=ref)
    new = suppliers_page.page(app.pos).new
    assert new is not None
    save = new(app.pos).save
    assert save is not None
    done = save(app.pos, {"name": "Alpine Dairy", "lead_days": "4", "lead_spread": "1.5", "minimum": "10.00"})
    assert done is not None
    for code, price, pack in (("1001", "0.80", "12"), ("1002", "3.3333", "")):
        values = {"code": code, "price": price, "pack": pack, "theirs": f"A-{code}"}
        suppliers_page.article(app.pos, Act(rows=(done.open,), values=values))
    return done.open


@pytest.fixture
def app(both: Any) -> Any:
    return both.new(*ON)


def filled(drawer: Any) -> list[str]:
    return [field.name for section in drawer.sections for field in section.fields]


def test_an_order_from_the_page_to_the_shelf_and_back(app: Any) -> None:
    who = furnish(app)
    done = pages.new(app.pos, Act(values={"supplier": who, "code": "1001", "qty": "12"}))
    pages.add(app.pos, Act(rows=(done.open,), values={"code": "1002", "qty": "6"}))
    drawer = pages.drawer(app.pos, done.open)
    assert (filled(drawer), drawer.values["qty2"]) == (["qty1", "qty2", "note"], "6")
    assert drawer.save is not None
    drawer.save(app.pos, {"qty1": "24", "qty2": "0", "note": "by noon"})
    assert "Alpine Dairy takes orders" not in pages.sending(app.pos, done.open)
    pages.send(app.pos, Act(rows=(done.open,)))
    found = service.current(app.pos, "PO-000001")
    assert ([(row.item, row.qty) for row in found.lines], found.note) == ([(MILK, 24_000)], "by noon")
    drawer = pages.drawer(app.pos, done.open)
    assert filled(drawer) == ["came1", "document", "freight", "accept"]
    assert drawer.save is not None
    told = drawer.save(app.pos, {"came1": "10", "document": "DN-1", "freight": "1.00"})
    assert told is not None
    assert (told.text, told.tone) == ("10 of 24 Milk came, 14 outstanding", "warn")
    with pytest.raises(Refused, match="somebody else changed this order meanwhile"):
        drawer.save(app.pos, {"came1": "14"})  # the drawer was opened before the first delivery
    drawer = pages.drawer(app.pos, done.open)
    assert drawer.save is not None
    with pytest.raises(UserError, match="25 of 24 Milk came, 1 too many") as wrong:
        drawer.save(app.pos, {"came1": "15"})
    assert wrong.value.field == "accept"
    drawer.save(app.pos, {"came1": "15", "accept": "1"})
    assert service.current(app.pos, done.open).state == "closed"
    values = {"code": "1001", "qty": "2", "reason": "leaks"}
    assert pages.back(app.pos, Act(rows=(done.open,), values=values)).text == "Given back; 1.60 EUR to be credited"
    assert stock.on_hand(app.pos, MILK) == 23_000
    assert [row[2] for row in pages.drawer(app.pos, done.open).sections[1].rows] == ["10", "15", "-2"]


def test_batch_and_expiry_are_asked_for_where_somebody_keeps_them(both: Any) -> None:
    app = both.new(*ON, "batches")
    who = furnish(app)
    ref = pages.new(app.pos, Act(values={"supplier": who, "code": "1001", "qty": "24"})).open
    pages.send(app.pos, Act(rows=(ref,)))
    drawer = pages.drawer(app.pos, ref)
    assert filled(drawer)[:3] == ["came1", "batch1", "expiry1"]
    assert drawer.save is not None
    drawer.save(app.pos, {"came1": "24", "batch1": "L7", "expiry1": "2026-05-01"})
    [row] = app.pos.db.all(select(batches))
    assert (row.batch, row.expiry, row.supplier) == ("L7", "2026-05-01", "Alpine Dairy")


def test_the_list_shows_what_is_open_late_and_its_total_only_to_who_may_see_costs(app: Any, tmp_path: Path) -> None:
    who = furnish(app)
    first, second = (
        pages.new(app.pos, Act(values={"supplier": who, "code": "1001", "qty": qty})).open for qty in ("24", "12")
    )
    assert "takes orders from 10.00 on" in pages.sending(app.pos, second)
    pages.send(app.pos, Act(rows=(first,)))
    pages.end(app.pos, Act(rows=(second,), values={"reason": "too small"}))

    def shown(show: str) -> list[tuple[str, Any, Any]]:
        rows = pages.find(app.pos, Query(filters={"show": show})).rows
        return [(row.id, row.cells[3], Cell.of(row.cells[4]).text) for row in rows]

    assert shown("open") == [(first, Money(1920, "EUR"), "Sent")]
    assert shown("cancelled") == [(second, Money(960, "EUR"), "Cancelled")]
    app.clock.forward(days=5)
    assert lists.late(app.pos) == 1
    assert shown("open")[0][2] == "Late"
    assert [row.id for row in pages.find(app.pos, Query(text="alpine po-000001")).rows] == [first]
    actions = {action.id: action for action in pages.page(app.pos).actions}
    offered = {name for name, one in actions.items() if one.shown is not None and one.shown(app.pos, first)}
    assert offered == {"all", "end"}
    path = tmp_path / "order.pdf"
    assert pages.to_file(app.pos, Act(rows=(first,), values={"file": str(path)})).file == path
    app.pos.permissions.save_role("store", ("stock.change", "records.read"))
    app.actor = Actor(id="kim", name="Kim", roles=("store",))
    assert shown("open")[0][1] == ""
    assert pages.drawer(app.pos, first).sections[0].rows[0][3] == ""
    pages.all_came(app.pos, Act(rows=(first,), values={"document": "", "freight": ""}))
    with pytest.raises(Refused, match="may not"):
        pages.new(app.pos, Act(values={"supplier": who, "code": "1001", "qty": "12"}))


def test_proposals_say_why_and_become_a_draft(app: Any) -> None:
    who = furnish(app)
    app.settings.change("purchasing", {"history_days": 10})
    day = (app.clock.now().date() - timedelta(days=30)).isoformat()
    stock.change(app.pos, "opened", [StockRow(item=TEA, name="Tea", qty=20_000, cost=1)], day=day)
    for _ in range(10):
        app.register.scan("1002", 2_000)
        app.register.pay("cash")
        app.clock.forward(days=1)
    # d 2, L 4, sL 1.5: order at 8 + 1.6449 x 3 = 12.935, up to 26.935; nothing is left: 27 pieces.
    [row] = proposals_page.find(app.pos, Query(filters={"supplier": who}, text="te")).rows
    assert [Cell.of(cell).text for cell in row.cells] == ["Tea", "0", "12.935", "27", Money(9000, "EUR")]
    assert [(card.title, card.value) for card in proposals_page.cards(app.pos)] == [
        ("Alpine Dairy", Money(9000, "EUR"))
    ]
    assert proposals_page.drawer(app.pos, TEA).sections[0].text.splitlines()[-1] == "Order 27"
    done = proposals_page.draft(app.pos, Act(rows=(TEA,)))
    assert (done.text, done.go) == ("1 draft written", "purchasing.orders")
    assert [line.qty for line in service.current(app.pos, done.open).lines] == [27_000]
    assert proposals_page.draft(app.pos, Act()).text == "There is nothing to order"
    with pytest.raises(UserError, match="not proposed any more"):
        proposals_page.drawer(app.pos, TEA)


def test_a_supplier_its_articles_and_their_prices(app: Any) -> None:
    who = furnish(app)
    page = suppliers_page.page(app.pos)
    assert page.drawer is not None
    drawer = page.drawer(app.pos, who)
    assert (drawer.values["lead_spread"], drawer.values["minimum"]) == ("1.5", "10.00")
    assert [Cell.of(row[0]).text for row in drawer.sections[1].rows] == ["Milk", "Tea"]
    suppliers_page.article(app.pos, Act(rows=(who,), values={"code": "1001", "price": "0.85", "pack": "12"}))
    paper = suppliers_page.prices(app.pos, Act(rows=(who,), values={"code": "1001"})).document
    assert [row[2] for row in paper] == ["", "0.80", "0.85"]
    assert drawer.save is not None
    for changes, field in (
        ({"lead_days": "x"}, "lead_days"), ({"minimum": "1.234"}, "minimum"), ({"email": "nobody"}, "email"),
        ({"name": " "}, "name"), ({"lead_days": "900"}, "lead_days"),
    ):  # fmt: skip
        with pytest.raises(UserError) as wrong:
            drawer.save(app.pos, changes)
        assert wrong.value.field == field
    drawer.save(app.pos, {"contact": "Heidi"})
    with pytest.raises(Refused):
        drawer.save(app.pos, {"contact": "Peter"})  # somebody else changed it meanwhile
    suppliers_page.drop(app.pos, Act(rows=(who,), values={"code": "1002"}))
    assert app.pos.records("purchasing_offer").get(offer_id(who, TEA)) is None
    ref = pages.new(app.pos, Act(values={"supplier": who, "code": "1001", "qty": "12"})).open
    [delete] = [action for action in page.actions if action.id == "delete"]
    with pytest.raises(Veto, match="1 order to this supplier is open"):
        delete.run(app.pos, Act(rows=(who,)))
    service.end(app.pos, ref)
    done = delete.run(app.pos, Act(rows=(who,)))
    assert page.rows(app.pos, Query()).total == 0
    assert done is not None
    assert done.undo is not None
    done.undo(app.pos)
    assert [Cell.of(row.cells[0]).text for row in page.rows(app.pos, Query(text="alp")).rows] == ["Alpine Dairy"]
    assert [Cell.of(row[0]).text for row in page.drawer(app.pos, who).sections[1].rows] == ["Milk"]
