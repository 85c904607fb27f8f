"""A sale that is paid and waits: for a signature that the cashier checks, for a tip on what is authorised."""

from __future__ import annotations

from typing import Any

import pytest

from genesis.testkit.stores import as_plugin
from tests.probes.slow_card.plugin import CardPlugin
from tests.shell.driver import Driver
from tests.shell.goods import Goods


@pytest.fixture
def paid(shell: Any, store: Any) -> Any:
    """`paid(plan, tips)`: one flat white, paid by a card that goes by this plan."""

    def pay(plan: str, tips: str = "") -> tuple[Driver, Any, CardPlugin]:
        card = CardPlugin()
        house = store("cash", extra=as_plugin(Goods(), "goods") | as_plugin(card, "slow_card"))
        card.books.script, card.books.tips = [plan], tips
        driver, _house = shell(house)
        driver.ready()
        driver.desk.scan("101")
        driver.press("F12")
        place = [method.id for method in driver.window.payment.methods].index("slow_card") + 1
        driver.press(f"alt+{place}")
        return driver, house, card

    return pay


def test_the_cashier_says_that_the_signature_is_right(paid: Any) -> None:
    driver, house, _card = paid("signed")
    driver.settle(lambda: driver.desk.dialogs)
    assert driver.desk.dialogs[-1].title == "The customer signs the slip of 3.40"
    driver.press("1")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert house.register.last_sale().fact.tenders[0].details["signature"] == "checked"


def test_a_wrong_signature_brings_back_what_is_due(paid: Any) -> None:
    driver, house, card = paid("signed")
    driver.settle(lambda: driver.desk.dialogs)
    driver.press("2")
    driver.settle(lambda: not driver.desk.dialogs)
    assert driver.window.payment.sale.due.minor == 340
    house.register.payments.reconcile()
    assert sum(card.books.charged.values()) == 0
    assert house.raw_journal.open_attempts() == []


def test_a_tip_is_put_on_what_is_authorised(paid: Any) -> None:
    driver, house, _card = paid("ok", "after")
    driver.settle(lambda: driver.window.payment.sale.late)
    for percent in ("21", "20"):  # a fifth more can be captured
        assert driver.window.payment.sale.late.tip.minor == 0
        driver.press("F9")
        driver.settle(lambda: driver.desk.dialogs)
        driver.type(percent)
        driver.press("Return")
        driver.settle(lambda: not driver.desk.dialogs)
    assert driver.window.payment.sale.late.tip.minor == 68
    driver.press("Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    tender = house.register.last_sale().fact.tenders[0]
    assert (tender.amount, tender.tip, tender.tendered) == (340, 68, 408)
