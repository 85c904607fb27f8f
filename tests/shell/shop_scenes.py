"""The till of the demo store with every plugin, as a cashier goes through it: what plugins say comes up here."""

from __future__ import annotations

from collections.abc import Iterator

from tests.shell.driver import Driver
from tests.shell.office import CODES
from tests.shell.scenes import answer


def shop_scenes(driver: Driver) -> Iterator[str]:
    """Bring up selling, why, every way to pay, the receipt, every action of a plugin, and what is refused."""
    desk = driver.desk
    yield "shop"
    for code in (*CODES, "123"):
        desk.scan(code)
    yield "shop_unknown"
    desk.hush()
    for key in ("Ctrl+I", "Ctrl+E", "F4", "F5", "F6", "Ctrl+K", "F3", "F10"):
        if desk.key(key):
            yield f"shop_{key}"
            _leave(driver)
    yield from _refusals(driver)
    yield from _paying(driver)
    for command in [command.id for command, _key in driver.window.session.actions]:
        driver.settle()
        driver.desk.dispatch(command, driver.window.cashier)
        yield f"shop_{command}"
        if driver.desk.dialogs:
            driver.desk.dispatch("dialog.accept")
            yield f"shop_{command}_answered"
        _leave(driver)


def _refusals(driver: Driver) -> Iterator[str]:
    desk = driver.desk
    answer(desk, "F6", "99")
    yield "shop_discount_refused"
    _leave(driver)
    answer(desk, "F4", "9999999")
    yield "shop_quantity_refused"
    _leave(driver)
    desk.key("F7")
    yield "shop_held"
    desk.key("F8")
    yield "shop_recall"
    desk.key("Return")


def _paying(driver: Driver) -> Iterator[str]:
    desk, payment = driver.desk, driver.window.payment
    desk.key("F12")
    yield "shop_payment"
    for method in payment.methods:
        if not method.cash and desk.screen == "payment":
            payment.choose(method)
            yield f"shop_payment_{method.id}"
            _leave(driver)
    if desk.screen == "payment":
        payment.choose(next(method for method in payment.methods if method.cash))
        desk.key("Return")
    driver.settle()
    yield "shop_receipt"
    desk.key("Ctrl+P")
    yield "shop_copy"
    desk.key("Return")


def _leave(driver: Driver) -> None:
    while driver.desk.dialogs:
        driver.desk.close(driver.desk.dialogs[-1])
    driver.desk.hush()
    if driver.desk.screen not in {"sell", "payment", "receipt"}:
        driver.window.go("sell")
