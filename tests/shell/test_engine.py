"""The shell on the real register: what is sold by keys and taps is in the journal."""

from __future__ import annotations

import tkinter
from decimal import Decimal
from typing import Any

import pytest

from genesis import Refused, UserError, hookimpl
from genesis.plugin.app import App
from genesis.shell.app import run
from genesis.shell.preferences import PreferencesFile
from genesis.shell.window import Window
from genesis.testkit.stores import as_plugin
from tests.shell.goods import Goods
from tests.shell.office import show


def sales(house: App) -> list[Any]:
    return [e.fact for e in house.raw_journal.read(0) if e.kind == "sale.completed"]


def test_three_scans_and_two_keys_are_a_durable_sale(shell):
    driver, house = shell()
    driver.ready()
    for code in ("101", "102", "101"):
        driver.desk.scan(code)
    assert [(line.name, line.qty, line.amount.minor) for line in driver.desk.till.sale().lines] == [
        ("Flat white", 2000, 680),
        ("Croissant", 1000, 180),
    ]
    driver.press("F12", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert driver.keys == 2
    (sale,) = sales(house)
    assert (sale.number, sale.total, len(sale.lines)) == ("R1-00000001", 860, 2)


def test_a_line_discount_is_named_and_a_cart_discount_stands_below_the_lines(shell):
    driver, _house = shell()
    driver.ready()
    driver.desk.scan("101")
    driver.press("F6", "1", "0", "Return")
    driver.settle(lambda: driver.desk.till.sale().total.minor == 306)
    assert driver.keys == 4
    driver.press("shift+F6", "Tab", "1", "Return")
    driver.settle(lambda: driver.desk.till.sale().total.minor == 206)
    sale = driver.desk.till.sale()
    assert sale.lines[0].amount.minor == 306
    assert sale.lines[0].adjustments[0].amount.minor == -34
    assert [row.amount.minor for row in sale.discounts] == [-100]
    assert sale.subtotal.minor + sum(row.amount.minor for row in sale.discounts) == sale.total.minor


def test_a_scan_after_a_discount_starts_a_line_of_its_own(shell):
    driver, _house = shell()
    till = driver.desk.till
    line = till.scan("101")
    till.discount(line, "10", "", "")
    till.scan("101")
    assert [ln.qty for ln in till.sale().lines] == [1000, 1000]


def test_weighed_goods_never_count_up_a_line(shell):
    driver, _house = shell()
    till = driver.desk.till
    till.scan("103", 500)
    till.scan("103", 250)
    assert [ln.amount.minor for ln in till.sale().lines] == [617, 309]


@pytest.fixture
def shop(store):
    """A store with every plugin of this house, three products and one customer."""
    plugins = ("barcodes", "catalog", "tax", "discounts", "customers", "cash", "receipts", "daylight", "contrast")
    house = store(*plugins, currency="USD")
    records = house.pos.records
    eight = {"tax": "sales", "title": "Tax 8%", "type": "percent", "rate": "8", "included": "no"}
    records("tax_class").save({"title": "Standard", "taxes": [eight]}, record_id="standard")
    records("catalog_category").save({"name": "Drinks", "tint": "drinks", "icon": "coffee"}, record_id="drinks")
    for name, price, code, unit in (
        ("Flat white", 34_000, "9521234000013", "pcs"), ("Orange juice", 29_500, "9521234000020", "pcs"),
        ("Loose tea", 400_000, "", "kg"),
    ):  # fmt: skip
        codes = [{"code": code, "pack": 1000}] if code else []
        values = {"name": name, "category": "drinks", "price_e4": price, "tax": "standard", "codes": codes}
        records("catalog_product").save(values | {"unit": unit, "weighed": unit == "kg"})
    ada = {"name": "Ada Byron", "phone": "+44 20 7946 0000", "email": "", "cards": [{"code": "C-1001"}]}
    records("customers_customer").save(ada)
    return house


def test_a_shop_with_every_plugin_sells_takes_back_and_prints(shell, shop):
    driver, house = shell(shop)
    driver.ready()
    assert [chip.name for chip in driver.window.cashier.categories] == ["Drinks"]
    tile = driver.window.cashier.tiles.tiles[0]
    assert (tile.name, tile.tint, tile.icon) == ("Flat white", "drinks", "coffee")
    driver.scan("9521234000013")
    driver.scan("9521234000020")
    driver.press("F3")
    driver.type("ada")
    driver.press("Return")
    driver.settle(lambda: driver.desk.till.sale().customer is not None)
    assert driver.desk.till.sale().customer.name == "Ada Byron"
    driver.tap("tile.0")
    driver.type("tea")
    driver.press("Return")
    driver.press("0", "period", "1", "Return")
    driver.settle(lambda: len(driver.desk.till.sale().lines) == 3)
    sale = driver.desk.till.sale()
    assert [(ln.name, ln.qty, ln.amount.minor) for ln in sale.lines] == [
        ("Flat white", 2000, 680), ("Orange juice", 1000, 295), ("Loose tea", 100, 400),
    ]  # fmt: skip
    assert [(row.text, row.amount.minor) for row in sale.taxes] == [("Tax 8%", 110)]
    driver.press("F12", "2", "0", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    paper = driver.window.receipt.receipt
    assert paper is not None
    assert (paper.total.minor, paper.change.minor) == (1485, 515)
    assert ("barcode", "R1-00000001", "") in paper.rows
    driver.press("Return", "F9")
    driver.scan("R1-00000001")
    driver.settle(lambda: driver.desk.top.sale is not None)
    driver.press("Return", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert [sale.total for sale in sales(house)] == [1485, -1485]


def test_hold_recall_and_return_by_short_number_work_on_the_engine(shell):
    driver, house = shell()
    driver.ready()
    driver.desk.scan("101")
    driver.press("F7")
    driver.settle(lambda: house.register.held_carts)
    assert driver.desk.till.held()[0].total.minor == 340
    driver.press("F8", "Return")
    driver.settle(lambda: house.register.cart is not None)
    driver.press("F12", "5", "Return", "Return")
    driver.settle(lambda: driver.desk.screen == "sell")
    driver.press("F9", "1", "Return", "Return", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert [sale.total for sale in sales(house)] == [340, -340]
    assert sales(house)[0].tenders[0].change == 160


def test_what_cannot_be_done_here_is_absent(shell, store):
    house = store("cash", extra=as_plugin(Goods(), "goods"))
    driver, _house = shell(house)
    commands = driver.window.cashier.commands
    assert "line.discount" not in commands  # no plugin applies discounts
    assert "customer.attach" not in commands
    assert "drawer.open" not in commands
    assert "line.price" in commands
    driver.ready()
    driver.desk.scan("101")
    driver.settle()
    _pane, _box = driver.where("pay")
    with pytest.raises(AssertionError):
        driver.where("cart.discount")


def test_a_broken_page_is_a_card_and_selling_goes_on(shell, caplog):
    driver, house = shell()
    driver.ready()
    driver.tap("rail.goods.broken")
    view = driver.window.views["goods.broken"]
    assert len(view.error_id) == 6
    assert view.error_id in caplog.text
    assert not any(isinstance(child, tkinter.Label) for child in view.winfo_children())
    driver.tap("rail.goods.fine")
    assert [child["text"] for child in driver.window.views["goods.fine"].winfo_children()] == [house.pos.currency]
    driver.tap("rail.sell")
    driver.desk.scan("101")
    assert driver.desk.till.sale().lines
    assert "goods.secret" not in driver.desk.screens


def test_a_page_that_fails_later_becomes_a_card_too(shell):
    driver, _house = shell()
    driver.ready()
    driver.tap("rail.goods.later")
    view = driver.window.views["goods.later"]
    (button,) = view.winfo_children()
    driver.window.root.after_idle(button.invoke)
    driver.settle(lambda: view.error_id)
    assert not driver.desk.dialogs
    assert not driver.window.faults
    driver.tap("again")
    assert [type(child) for child in view.winfo_children()] == [tkinter.Button]


def test_actions_of_plugins_have_their_key_where_it_is_free_and_a_fault_is_shown_with_its_id(shell):
    driver, _house = shell()
    driver.ready()
    before = Goods.ran
    driver.press("ctrl+g")
    assert Goods.ran == before + 1
    driver.desk.scan("101")
    driver.press("F12")
    assert driver.desk.screen == "payment"  # a taken key keeps its meaning
    driver.press("Escape")
    driver.desk.dispatch("goods.fail", driver.window.cashier)
    driver.settle()
    assert "Error id" in driver.desk.top.note


def test_panels_are_shown_where_plugins_put_them(shell):
    driver, _house = shell()
    driver.ready()
    assert [pill.text for pill in driver.window.cashier.pills] == ["Goods are here"]
    assert driver.window.cashier.pills[0].author == "goods"


def test_a_switch_on_the_plugin_page_says_what_it_means_restarts_softly_and_keeps_cart_and_page(shell):
    driver, house = shell()
    driver.ready()
    driver.desk.scan("101")
    page = show(driver, "plugins")
    page.search("discount")
    driver.settle(lambda: page.fetched.total == 1)
    driver.press("Return")
    driver.settle(lambda: page.drawer is not None)
    driver.tap("do.off")
    driver.settle(lambda: driver.desk.dialogs)
    assert "discounts" in house.enabled
    assert driver.desk.top.texts == ("Nothing else depends on it.",)
    driver.press("Return")
    driver.settle(lambda: driver.desk.screens["plugins"] is not page and not driver.desk.dialogs)
    assert "discounts" not in house.enabled
    assert driver.desk.screen == "plugins"
    assert driver.desk.toast.text == "Discounts is off"
    assert "line.discount" not in driver.window.cashier.commands
    assert [ln.name for ln in driver.desk.till.sale().lines] == ["Flat white"]


def test_a_switch_that_is_refused_is_said_and_nothing_changes(shell, monkeypatch):
    driver, house = shell()
    driver.ready()
    page = show(driver, "plugins", row=True)

    def refuse(*_args, **_more):
        raise Refused("a payment is under way", "switch when it is finished")

    monkeypatch.setattr(house, "switch", refuse)
    driver.desk.dispatch("do.off", page)
    driver.desk.key("Return")
    assert driver.desk.toast.text == "A payment is under way. Switch when it is finished."
    assert driver.desk.screens["plugins"] is page


def test_a_switch_made_elsewhere_is_followed(shell):
    from genesis.plugin.state import record

    driver, house = shell()
    driver.ready()
    record(house, "discounts", enabled=False, why="elsewhere", since={})
    driver.settle(lambda: "line.discount" not in driver.window.cashier.commands)


def test_a_theme_that_is_not_there_is_refused_by_name_and_not_kept(display, store):
    house = store("cash", "daylight", "contrast", extra=as_plugin(Goods(), "goods"))
    with pytest.raises(UserError) as refused:
        run(house, theme="neon")
    assert "contrast, daylight, daylight_dark" in refused.value.remedy
    assert PreferencesFile(house.home.folder / "shell.json").value.theme == "daylight"


def test_the_shell_runs_until_its_window_is_closed_and_says_that_a_sale_was_resumed(display, store, monkeypatch):
    house = store("cash", "daylight", "contrast", extra=as_plugin(Goods(), "goods"))
    house.register.scan("101")
    said: list[str] = []

    def look_and_close(window: Window) -> None:
        said.append(window.desk.toast.text if window.desk.toast else "")
        said.append(window.kit.theme.name)
        window.root.after(1, window.close)
        window.root.mainloop()

    monkeypatch.setattr(Window, "run", look_and_close)
    assert run(house, theme="contrast") == 0
    assert said == ["The open sale was resumed: 1 item", "High contrast"]
    assert PreferencesFile(house.home.folder / "shell.json").value.theme == "contrast"


def test_without_a_display_the_text_register_is_named(store, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(UserError) as refused:
        run(store("cash", extra=as_plugin(Goods(), "goods")))
    assert refused.value.remedy == "use the text register: genesis till"


def test_a_line_tells_why_it_costs_what_it_costs_bears_a_note_and_comes_back_after_a_void(shell):
    driver, house = shell()
    driver.ready()
    driver.desk.scan("101")
    house.register.quantity("1", 3_000)
    house.register.discount("1", percent=Decimal(10), reason="day old")
    driver.window.cashier.refresh()
    driver.press("ctrl+i")
    driver.settle(lambda: driver.desk.dialogs)
    assert driver.desk.top.rows == (
        ("title", "Flat white", ""), ("text", "3 × €3.40", "€10.20"), ("small", "price by goods (list)", ""),
        ("text", "day old 10 %", "−€1.02"), ("small", "by discounts, line", ""), ("rule", "", ""),
        ("bold", "Amount", "€9.18"),
    )  # fmt: skip
    driver.press("Escape", "ctrl+e")
    driver.settle(lambda: driver.desk.dialogs)
    driver.type("oat")
    driver.press("Return")
    driver.settle(lambda: driver.window.cashier.sale.lines[0].notes == ("oat",))
    driver.press("Delete")
    driver.settle(lambda: not driver.window.cashier.sale.lines)
    driver.press("ctrl+z")
    driver.settle(lambda: driver.window.cashier.sale.lines)
    sale = house.register.pay("cash").sale
    assert (sale.total, sale.lines[0].note) == (918, "oat")
    assert ("small", "  oat", "") in sale.document


class Till:
    """A drawer that nothing is connected to."""

    id, title, kind = "drawer", "Drawer", "drawer"

    def open(self): ...
    def close(self): ...
    def status(self): ...

    @hookimpl
    def device_drivers(self):
        return [self]


def test_the_drawer_is_opened_by_hand_only_with_a_reason(shell, store):
    driver, house = shell(store("cash", extra=as_plugin(Goods(), "goods") | as_plugin(Till(), "till_drawer")))
    driver.ready()
    driver.press("F10")
    driver.settle(lambda: driver.desk.dialogs)
    driver.press("Return")
    assert driver.desk.dialogs  # a reason is needed
    driver.type("change")
    driver.press("Return")
    driver.settle(lambda: not driver.desk.dialogs)
    assert [e.fact.reason for e in house.raw_journal.read(0) if e.kind == "drawer.opened"] == ["change"]
