"""Each piece is sold once, comes back as itself, and can be traced; after toggles, races, restarts and a rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from genesis import Act, Confirm, GuardRefused, Query, Refused, UserError, Veto
from genesis.kernel.facts import DrawerOpened
from genesis_purchasing import receiving, service as orders
from genesis_purchasing.suppliers import offer_id
from genesis_serials import lists, pages, service, till
from genesis_serials.command import run
from genesis_serials.models import serial as serials
from genesis_stock import pages as stock_pages, service as stock
from genesis_stock.models import StockRow

ON = ("barcodes", "catalog", "stock", "serials", "cash")
DRILL, LAMP = "catalog:drill", "catalog:lamp"
DRILL_EAN, LAMP_EAN = "9520000000011", "9520000000028"


def fill(app: Any) -> Any:
    """A drill followed from its receipt on, a lamp whose number is asked at the sale."""
    products = app.pos.records("catalog_product")
    for ref, ean, how in (("drill", DRILL_EAN, "receipt"), ("lamp", LAMP_EAN, "sale")):
        row = {"name": ref.title(), "sku": ref.upper(), "price_e4": 500_000, "codes": [{"code": ean}],
               "more": {"serials": {"followed": how}}}  # fmt: skip
        products.save(row, record_id=ref)
    return app


@pytest.fixture
def app(both: Any) -> Any:
    return fill(both.new(*ON))


@contextmanager
def answering(app: Any, *values: str) -> Iterator[None]:
    """Fill the fields of whatever is asked with these values, in order."""

    class Filled(dict[str, str]):
        def __init__(self) -> None:
            super().__init__()
            self.left = list(values)

        def __contains__(self, name: object) -> bool:
            return True

        def __missing__(self, name: str) -> str:
            self[name] = self.left.pop(0)
            return self[name]

    with app.pos.hooks.confirming(True, Filled()):
        yield


def take_in(app: Any, *named: str, why: str = "received") -> None:
    qty = len(named) * (1_000 if why == "received" else -1_000)
    with answering(app, "\n".join(named)):
        stock.change(app.pos, why, [StockRow(item=DRILL, name="Drill", qty=qty)], reason="broken")


def sell(app: Any, *named: str, code: str = DRILL_EAN) -> Any:
    with answering(app, *named):
        app.register.scan(code, 1_000 * len(named))
    return app.register.pay("cash").sale


def states(app: Any, item: str = DRILL) -> dict[str, str]:
    """What the tables say and what the guards promise, which must be the same."""
    rows = app.pos.db.all(select(serials).where(serials.c.item == item).order_by(serials.c.serial))
    found = {row.serial: row.state for row in rows}
    assert service.states_of(app.pos, item, found) == found
    return found


def told(app: Any, number: str, item: str = DRILL) -> list[tuple[str, str]]:
    return [(one.why, one.told or one.document) for one in lists.trace(app.pos, item, number)]


def test_a_delivery_names_each_piece_and_nothing_comes_in_without(app: Any) -> None:
    row = [StockRow(item=DRILL, name="Drill", qty=2_000)]
    with pytest.raises(Confirm, match="Which serial numbers") as asked:
        stock.change(app.pos, "received", row)
    assert [(field.label, field.kind) for field in asked.value.fields] == [("2 × Drill", "lines")]
    for typed, what in (("A1", "1 serial number for a quantity of 2"), ("A1 A1", "A1 stands there twice"),
                        ("A1 A2 A3", "3 serial numbers"), ("A1\n" + "x" * 41, "1 to 40 characters")):  # fmt: skip
        with answering(app, typed), pytest.raises(UserError, match=what) as wrong:
            stock.change(app.pos, "received", row)
        assert wrong.value.field == f"serials.0.{DRILL}"
    assert stock.on_hand(app.pos, DRILL) == 0
    take_in(app, "A1", "A2")
    with pytest.raises(Refused, match="A2 of Drill is here"):
        take_in(app, "A2")
    assert (states(app), stock.on_hand(app.pos, DRILL)) == ({"A1": "here", "A2": "here"}, 2_000)
    stock.change(app.pos, "received", [StockRow(item=LAMP, name="Lamp", qty=5_000)])  # asked at its sale alone


def test_the_till_asks_for_the_piece_and_sells_it_once(app: Any) -> None:
    take_in(app, "A1", "A2", "A3")
    with pytest.raises(Confirm, match="Drill: which serial number") as asked:
        app.register.scan(DRILL_EAN)
    assert [(field.label, field.required) for field in asked.value.fields] == [("Serial number", True)]
    with answering(app, "B9"), pytest.raises(Refused, match="B9 of Drill is not known here"):
        app.register.scan(DRILL_EAN)
    sale = sell(app, "A1", "A3")
    assert sale.lines[0].sections["serials"] == {"serials": ["A1", "A3"]}
    assert [row for row in sale.document if row[2].startswith("S/N")] == [
        ("small", "  Drill", "S/N A1"), ("small", "  Drill", "S/N A3"),
    ]  # fmt: skip
    with answering(app, "A1"), pytest.raises(Refused, match="A1 of Drill was sold"):
        app.register.scan(DRILL_EAN)
    assert states(app) == {"A1": "sold", "A2": "here", "A3": "sold"}
    with pytest.raises(Veto, match="each piece has a serial number"):
        app.register.scan(DRILL_EAN, 500)


def test_a_gs1_label_brings_the_number_and_only_for_its_own_product(app: Any) -> None:
    take_in(app, f"(01)0{DRILL_EAN}(21)A1")
    assert app.register.scan(f"(01)0{DRILL_EAN}(21)A1").cart.lines[0].sections["serials"] == {"serials": ["A1"]}
    with pytest.raises(UserError, match="A1 is on this sale already"):
        app.register.scan(f"(01)0{DRILL_EAN}(21)A1")
    with answering(app, f"(01)0{LAMP_EAN}(21)A1"), pytest.raises(UserError, match="this label is of Lamp"):
        app.register.scan(DRILL_EAN)
    with pytest.raises(Veto, match="this label is of one piece"):
        app.register.quantity("1", 2_000)
    app.register.pay("cash")
    assert states(app) == {"A1": "sold"}


def test_more_and_fewer_of_a_line_ask_which(app: Any) -> None:
    take_in(app, "A1", "A2", "A3")
    with answering(app, "A1"):
        app.register.scan(DRILL_EAN)
    with answering(app, "A2", "A3"):
        app.register.quantity("1", 3_000)
    with pytest.raises(Confirm) as asked:
        app.register.quantity("1", 2_000)
    assert (asked.value.fields[0].choices, asked.value.fields[0].least) == (("A1", "A2", "A3"), 2)
    with answering(app, "A1,A3"):
        app.register.quantity("1", 2_000)
    assert app.register.pay("cash").sale.lines[0].sections["serials"] == {"serials": ["A1", "A3"]}


def test_a_return_needs_the_same_piece_and_puts_it_back(app: Any) -> None:
    take_in(app, "A1", "A2", "A3")
    number = sell(app, "A1", "A2").number
    with pytest.raises(Confirm, match="which serial number"):
        app.register.return_lines(number, {"1": 1_000})
    with answering(app, "A3"), pytest.raises(Refused, match=f"A3 is not on {number}"):
        app.register.return_lines(number, {"1": 1_000})
    assert app.register.cart is None
    with answering(app, "A2"):
        app.register.return_lines(number, {"1": 1_000})
    back = app.register.pay("cash").sale
    assert back.lines[0].sections["serials"] == {"serials": ["A2"]}
    with answering(app, "A2"), pytest.raises(Refused, match="A2 of Drill is here"):
        app.register.return_lines(number, {"1": 1_000})
    assert (states(app), stock.on_hand(app.pos, DRILL)) == ({"A1": "sold", "A2": "here", "A3": "here"}, 2_000)
    again = sell(app, "A2").number
    assert told(app, "A2") == [("received", "broken"), ("sold", number), ("returned", back.number), ("sold", again)]


def test_without_a_receipt_a_piece_comes_back_that_is_not_here(app: Any) -> None:
    take_in(app, "A1")
    with answering(app, "A1"), pytest.raises(Refused, match="A1 of Drill is here"):
        app.register.scan(DRILL_EAN, -1_000)
    sell(app, "A1")
    with answering(app, "A1"):
        app.register.scan(DRILL_EAN, -1_000)
    app.register.pay("cash")
    assert states(app) == {"A1": "here"}


def test_asked_at_the_sale_alone_any_number_is_sold_but_once(app: Any) -> None:
    number = sell(app, "L1", code=LAMP_EAN).number
    with answering(app, "L1"), pytest.raises(Refused, match="L1 of Lamp was sold"):
        app.register.scan(LAMP_EAN)
    with answering(app, "L1"):
        app.register.return_lines(number)
    app.register.pay("cash")
    sell(app, "L1", code=LAMP_EAN)
    assert states(app, LAMP) == {"L1": "sold"}


def test_two_registers_cannot_sell_the_same_piece(app: Any, both: Any) -> None:
    """Both rang it up while it was here: the append of the second is refused, and asked again it says why."""
    take_in(app, "A1")
    other = both.open(app, plugins=ON, register=False, projector="none")
    with answering(app, "A1"):
        app.register.scan(DRILL_EAN)
    cart = app.register.cart
    plan = till.allocate(other.pos, cart, cart.lines[0])
    assert plan is not None
    app.register.pay("cash")
    with pytest.raises(GuardRefused, match="changed meanwhile"):
        other.journal.append(DrawerOpened(register="R2"), guards=plan.guards)
    with pytest.raises(Refused, match="A1 of Drill was sold"):
        till.allocate(other.pos, cart, cart.lines[0])
    assert states(app) == {"A1": "sold"}


def test_training_sells_no_piece(app: Any) -> None:
    take_in(app, "A1")
    app.register.train(on=True)
    sell(app, "A1")
    app.register.train(on=False)
    assert states(app) == {"A1": "here"}


def test_goods_that_go_back_to_the_supplier_or_are_wasted_take_their_pieces_out(store: Any) -> None:
    app = fill(store(*ON, "receipts", "purchasing"))
    app.pos.records("purchasing_supplier").save({"name": "Tool Works"}, record_id="tw")
    offer = {"supplier": "tw", "item": DRILL, "name": "Drill", "price_e4": 200_000}
    app.pos.records("purchasing_offer").save(offer, record_id=offer_id("tw", DRILL))
    order = orders.send(app.pos, orders.draft(app.pos, "tw", [orders.Wanted(DRILL, 3_000)]))
    with pytest.raises(Confirm, match="Which serial numbers"):
        receiving.receive(app.pos, order, [receiving.Coming(1, 3_000)])
    with answering(app, "A1 A2 A3"):
        receiving.receive(app.pos, order, [receiving.Coming(1, 3_000)], document="DN-1")
    with answering(app, "A9"), pytest.raises(Refused, match="A9 of Drill is not known here"):
        receiving.give_back(app.pos, order, [receiving.Going(1, 1_000)], "dented")
    with answering(app, "A1"):
        receiving.give_back(app.pos, order, [receiving.Going(1, 1_000)], "dented")
    with answering(app, "A2"):
        stock_pages.waste(app.pos, Act(rows=(DRILL,), values={"qty": "1", "reason": "fell"}))
    assert states(app) == {"A1": "gone", "A2": "gone", "A3": "here"}
    assert told(app, "A1") == [("received", "Tool Works"), ("supplier", "Tool Works")]
    assert told(app, "A2") == [("received", "Tool Works"), ("wasted", "fell")]
    with answering(app, "A1"), pytest.raises(Refused, match="A1 of Drill is not here any more"):
        app.register.scan(DRILL_EAN)


def test_what_was_sold_while_it_was_off_is_asked_of_nobody_and_set_right_afterwards(app: Any) -> None:
    take_in(app, "A1", "A2", "A3")
    number = sell(app, "A1").number
    app.switch("serials", enabled=False)
    app.register.scan(f"(01)0{DRILL_EAN}(21)A2")
    app.register.pay("cash")
    app.register.scan(DRILL_EAN)
    app.register.pay("cash")
    app.register.return_lines(number)
    app.register.pay("cash")
    app.switch("serials", enabled=True)
    app.projector.catch_up()
    service.reconcile(app.pos)
    # a label said A2, nobody knows which the other one was
    assert states(app) == {"A1": "here", "A2": "sold", "A3": "here"}
    assert service.reconcile(app.pos) == 0
    service.take_out(app.pos, DRILL, "Drill", "A3", "sold without its number")
    assert states(app)["A3"] == "gone"
    assert app.rebuild("serials_serial", swap=False).different == ()


def test_a_line_added_while_it_was_off_is_not_paid_without_its_number(app: Any) -> None:
    take_in(app, "A1")
    app.switch("serials", enabled=False)
    app.register.scan(DRILL_EAN)
    app.switch("serials", enabled=True)
    with pytest.raises(Refused, match="Drill: its serial number is missing"):
        app.register.pay("cash")


def test_a_held_cart_and_a_restart_keep_the_numbers(app: Any, both: Any) -> None:
    take_in(app, "A1")
    with answering(app, "A1"):
        app.register.scan(DRILL_EAN)
    app.register.hold("kim")
    app.close()
    app = both.open(app, plugins=ON)
    app.register.recall("kim")
    assert app.register.pay("cash").sale.lines[0].sections["serials"] == {"serials": ["A1"]}


def test_the_page_and_the_command_name_find_trace_and_take_out(app: Any, capsys: Any) -> None:
    assert run(app.pos, ["receive", DRILL_EAN, "A1", "A2", "--supplier", "Tool Works", "--document", "DN-9"]) == 0
    number = sell(app, "A1").number
    pages.name(app.pos, Act(values={"code": "LAMP", "serials": "L1\nL2"}))
    with pytest.raises(UserError, match="L1 of Lamp is here"):
        service.name(app.pos, "LAMP", "L1")
    assert [row.cells[1] for row in pages.find(app.pos, Query(filters={"state": "here"})).rows] == ["A2", "L1", "L2"]
    assert pages.scan(app.pos, "A1").open == pages.scan(app.pos, f"(01)0{DRILL_EAN}(21)A1").open == f"{DRILL} A1"
    drawer = pages.drawer(app.pos, f"{DRILL} A1")
    assert [row[1:] for row in drawer.sections[0].rows] == [("Received", "Tool Works DN-9"), ("Sold", number)]
    assert [row[2] for row in pages.trace(app.pos, Act(rows=(f"{DRILL} A1",))).document[-2:]] == [
        "Tool Works DN-9",
        number,
    ]
    capsys.readouterr()
    assert run(app.pos, ["trace", "A1"]) == 0
    shown = capsys.readouterr().out
    assert "sold since" in shown
    assert number in shown
    pages.take_out(app.pos, Act(rows=(f"{LAMP} L2",), values={"reason": "not there"}))
    assert states(app, LAMP) == {"L1": "here", "L2": "gone"}
    assert run(app.pos, ["list", "--json"]) == 0
    assert capsys.readouterr().out.count("\n") == 2
