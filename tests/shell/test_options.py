"""A question with options in a real window: big buttons, digits, and what is taken stands below its item."""

from __future__ import annotations

from typing import Any

import pytest

from genesis.shell.vm.form import FormDialog

PLUGINS = ("cash", "barcodes", "catalog", "stock", "modifiers", "daylight")


@pytest.fixture
def cafe(store: Any) -> Any:
    app = store(*PLUGINS)
    products, groups = app.pos.records("catalog_product"), app.pos.records("modifiers_group")
    where = app.pos.records("catalog_category").save({"name": "Coffee"})
    products.save({"name": "Latte", "sku": "12", "price_e4": 35_000, "category": where})
    products.save({"name": "Tea", "sku": "13", "price_e4": 20_000})
    groups.save({"name": "Milk", "least": 1, "options": "* Whole\nOat = 0.50\nSoy = 0.40", "categories": where})
    groups.save({"name": "Extras", "most": 2, "options": "Double shot = 0.80\nSyrup = 0.30\nCream", "categories": where,
                 "position": 200})  # fmt: skip
    app.projector.catch_up()
    return app


def lines(app: Any) -> list[tuple[str, int, int]]:
    return [(p.line.item.name, p.line.qty // 1_000, p.figures.gross) for p in app.register.priced.lines]


def test_options_are_taken_by_tap_and_by_digit_and_changed_later(shell: Any, cafe: Any) -> None:
    driver, app = shell(cafe)
    driver.ready()
    driver.scan("12")
    driver.settle(lambda: driver.desk.dialogs)
    form = driver.desk.dialogs[-1]
    assert isinstance(form, FormDialog)
    assert list(form.form.values.values()) == ["Whole", ""]
    name = form.form.fields[1].name
    driver.tap(f"field.{name}.Syrup")
    driver.press("3", "2", "2", "Return")  # Cream too, Syrup away and back
    driver.settle(lambda: not driver.desk.dialogs)
    assert lines(app) == [("Latte", 1, 350), ("Whole", 1, 0), ("Syrup", 1, 30), ("Cream", 1, 0)]
    driver.press("ctrl+o", "2", "Return")
    driver.settle(lambda: not driver.desk.dialogs)
    assert lines(app)[1:3] == [("Oat", 1, 50), ("Syrup", 1, 30)]


def test_one_more_with_the_same_counts_up_and_with_others_is_a_line_of_its_own(shell: Any, cafe: Any) -> None:
    driver, app = shell(cafe)
    driver.ready()
    for keys in (("Return",), ("Return",), ("2", "Return")):
        driver.scan("12")
        driver.settle(lambda: driver.desk.dialogs)
        driver.press(*keys)
        driver.settle(lambda: not driver.desk.dialogs)
    assert lines(app) == [("Latte", 2, 700), ("Whole", 2, 0), ("Latte", 1, 350), ("Oat", 1, 50)]
    driver.scan("13")
    driver.settle(lambda: len(app.register.cart.lines) == 5)
    assert lines(app)[4] == ("Tea", 1, 200)


def test_too_many_are_said_beside_the_group(shell: Any, cafe: Any) -> None:
    driver, app = shell(cafe)
    driver.ready()
    driver.scan("12")
    driver.settle(lambda: driver.desk.dialogs)
    driver.press("Tab", "1", "2", "3", "Return")
    form: Any = driver.desk.dialogs[-1]
    assert list(form.form.faults.values()) == ["Choose at most 2"]
    assert app.register.cart is None
