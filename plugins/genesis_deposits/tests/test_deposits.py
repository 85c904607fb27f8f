"""A deposit stands below its drink, is never discounted, and goes where the drink goes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from genesis import UserError
from genesis_catalog.importer import run

LIST = "name,sku,price,deposits.item\nCola,CO,1.20,D25\nWater,WA,0.60,D25\nBread,BR,2.00,\nWine,WI,7.00,LOST\n"
DEPOSIT = "name,sku,price\nBottle deposit,D25,0.25\n"


@pytest.fixture
def app(store: Any, tmp_path: Any) -> Any:
    app = store("cash", "barcodes", "catalog", "discounts", "deposits")
    for text in (LIST, DEPOSIT):
        path = tmp_path / "goods.csv"
        path.write_text(text, encoding="utf-8")
        run(app.pos, path)
    app.projector.catch_up()
    return app


def rows(app: Any) -> list[tuple[str, int, int]]:
    return [(p.line.item.name, p.line.qty, p.figures.gross) for p in app.register.priced.lines]


def test_it_follows_the_quantity_of_its_drink_and_goes_with_it(app):
    line = app.register.scan("CO", 2_000).line
    app.register.scan("BR")
    assert rows(app) == [("Cola", 2_000, 240), ("Bottle deposit", 2_000, 50), ("Bread", 1_000, 200)]
    app.register.quantity(line, 6_000)
    assert rows(app)[:2] == [("Cola", 6_000, 720), ("Bottle deposit", 6_000, 150)]
    app.register.void(line)
    assert rows(app) == [("Bread", 1_000, 200)]


def test_a_discount_on_the_cart_leaves_it_alone(app):
    app.register.scan("CO", 4_000)
    app.register.discount(None, percent=Decimal(50))
    assert rows(app) == [("Cola", 4_000, 240), ("Bottle deposit", 4_000, 100)]


def test_it_goes_back_with_its_drink(app):
    app.register.scan("CO", 3_000)
    sale = app.register.pay("cash").sale
    app.register.return_lines(sale.number, {sale.lines[0].line: 1_000})
    assert rows(app) == [("Cola", -1_000, -120), ("Bottle deposit", -1_000, -25)]


def test_empties_come_back_without_a_receipt(app):
    app.register.scan("D25", -5_000)
    assert app.register.priced.total == -125


def test_a_drink_whose_deposit_nobody_knows_is_refused_and_the_cart_stays(app):
    app.register.scan("BR")
    with pytest.raises(UserError, match=r"'LOST' is not known: it is the deposit of Wine"):
        app.register.scan("WI")
    assert rows(app) == [("Bread", 1_000, 200)]


def test_while_it_is_off_drinks_are_sold_without_and_old_ones_still_bring_theirs_back(app):
    app.register.scan("WA")
    sold = app.register.pay("cash").sale
    app.switch("deposits", enabled=False)
    app.register.scan("WA")
    assert rows(app) == [("Water", 1_000, 60)]
    app.register.cancel("")
    app.register.return_lines(sold.number)
    assert rows(app) == [("Water", -1_000, -60), ("Bottle deposit", -1_000, -25)]
