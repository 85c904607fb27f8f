"""A card terminal that loses its answer, at the real register in a real window."""

from __future__ import annotations

from typing import Any

import pytest

from genesis.testkit.stores import as_plugin
from tests.probes.slow_card.plugin import CardPlugin
from tests.shell.driver import Driver
from tests.shell.goods import Goods


@pytest.fixture
def lost(shell: Any, store: Any) -> tuple[Driver, Any, CardPlugin]:
    """A sale of one flat white whose card payment was charged, though the terminal never said so."""
    card = CardPlugin()
    house = store("cash", extra=as_plugin(Goods(), "goods") | as_plugin(card, "slow_card"))
    driver, _house = shell(house)
    driver.ready()
    driver.desk.scan("101")
    driver.press("F12")
    card.books.script = ["lost after charge"]
    place = [method.id for method in driver.window.payment.methods].index("slow_card") + 1
    driver.press(f"alt+{place}")
    driver.settle(lambda: driver.desk.dialogs)
    return driver, house, card


def test_the_cashier_asks_again_and_the_sale_is_complete(lost: tuple[Driver, Any, CardPlugin]) -> None:
    driver, house, card = lost
    assert driver.desk.dialogs[-1].title == "Was €3.40 taken by Card?"
    driver.press("Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert house.register.last_sale().fact.tenders[0].method == "slow_card"
    assert sum(card.books.charged.values()) == 340
    assert not house.raw_journal.open_attempts()


def test_the_screen_says_that_a_payment_is_unclear_until_it_is_decided(lost: tuple[Driver, Any, CardPlugin]) -> None:
    driver, house, _card = lost
    driver.press("Escape")
    driver.settle(lambda: not driver.desk.dialogs)
    driver.press("Return")  # cash is not taken while nobody knows
    assert house.register.cart.tenders == ()
    driver.tap("unclear")
    driver.settle(lambda: driver.desk.dialogs)
    driver.press("Down", "Return")
    driver.type("the slip")
    driver.press("Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    fact = [e.fact for e in house.raw_journal.read(0) if e.kind == "payment.approved"][-1]
    assert fact.reason == "decided by owner: the slip"
