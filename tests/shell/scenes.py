"""The screens and dialogs as a shop has them in the middle of its day, one after another."""

from __future__ import annotations

from collections.abc import Iterator

from genesis.kernel.actors import Actor
from genesis.kernel.approvals import Approval
from genesis.kernel.errors import Refused
from genesis.shell.vm import till as t
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.first import FirstStart
from tests.shell.driver import Driver
from tests.shell.memory import MemoryTill


def fill(driver: Driver, till: MemoryTill) -> None:
    """Ring up the cart of the pictures."""
    for item, qty in ((0, 2000), (2, 3000), (4, 1000), (7, 1240), (3, 1000)):
        till.add(f"m:{item}", qty)
    till.cart.lines[1].off, till.cart.off = 40, 104
    till.attach("p:1")
    till.slots["status.pill"] = (t.Label(text="Online · synced", tone="good", icon="cloud"),)
    till.slots["payment.summary"] = (
        t.Label(text="Earns 21 points", detail="59 more to the next $1 voucher", icon="star", author="loyalty"),
    )
    till.slots["cart.footer"] = (t.Label(text="Buy 1 more for 3 for 2", tone="info", icon="tag", author="offers"),)
    window = driver.window
    window.cashier.selected = till.cart.lines[1].id
    window.cashier.opened()


def scenes(driver: Driver, till: MemoryTill) -> Iterator[str]:
    """Bring every screen and dialog up in turn and yield its name."""
    desk, window = driver.desk, driver.window
    yield from _selling(driver, till)
    for name, key in (
        ("quantity", "F4"),
        ("price", "F5"),
        ("discount", "F6"),
        ("actions", "Ctrl+K"),
        ("customer", "F3"),
    ):
        desk.key(key)
        yield name
        desk.key("Escape")
    desk.key("Shift+F7")
    yield "split"
    desk.key("Escape")
    yield from _refused(driver)
    desk.key("Shift+Delete")
    yield "cancel"
    desk.key("Escape")
    desk.key("F12")
    yield "payment_exact"
    for char in "25":
        window.payment.typed(char)
    yield "payment"
    yield from _foreign_and_tips(driver, till)
    for char in "25":
        window.payment.typed(char)
    desk.key("Return")
    yield "receipt"
    yield from _afterwards(driver, till)


def answer(desk: Desk, key: str, typed: str) -> None:
    """Bring up a question by its key and answer it."""
    desk.key(key)
    for char in typed:
        desk.top.typed(char)
    desk.key("Return")


def _refused(driver: Driver) -> Iterator[str]:
    desk = driver.desk
    answer(desk, "F6", "99")
    yield "discount_refused"
    desk.key("Escape")
    desk.attempt(_not_kims)
    yield "approval"
    desk.scan("CARD:0815")
    yield "approval_refused"
    desk.key("Escape")


def _foreign_and_tips(driver: Driver, till: MemoryTill) -> Iterator[str]:
    desk, window = driver.desk, driver.window
    till.foreign = True
    window.payment.refresh()
    window.payment.choose(window.payment.methods[1])
    window.payment.typed("5")
    window.payment.typed("0")
    yield "payment_foreign"
    till.foreign, desk.tips = False, ("5", "10", "15")
    window.payment.refresh()
    window.payment.typed("2")
    window.payment.typed("5")
    yield "payment_change_as_tip"
    window.payment.choose(window.payment.methods[1])
    yield "payment_tip"
    desk.key("Escape")
    desk.tips = ()
    window.payment.persons = 3
    window.payment.refresh()
    yield "payment_share"
    window.payment.persons = 1
    window.payment.refresh()


def _selling(driver: Driver, till: MemoryTill) -> Iterator[str]:
    desk, window = driver.desk, driver.window
    yield "empty"
    fill(driver, till)
    yield "sell"
    window.cashier.write("tea")
    window.cashier.look()
    driver.settle(lambda: window.cashier.hits)
    yield "search"
    window.cashier.escape()
    desk.scan("40170725")
    yield "unknown"
    desk.hush()
    desk.key("F7")
    desk.key("F8")
    yield "recall"
    desk.key("Return")
    window.cashier.select(till.cart.lines[1].id)


def _afterwards(driver: Driver, till: MemoryTill) -> Iterator[str]:
    desk = driver.desk
    number = next(reversed(till.sold))
    desk.key("Return")
    desk.key("F9")
    yield "return"
    desk.scan(number)
    yield "return_lines"
    desk.key("Return")
    till.tip_back = 250
    driver.window.payment.refresh()
    driver.window.payment.choose(driver.window.payment.methods[0])
    yield "refund"
    till.tip_back = 0
    desk.key("Escape")
    till.cancel()
    desk.key("Return")
    yield "plan"
    desk.key("Escape")
    desk.key("Escape")
    desk.fault(RuntimeError("a fault of the test"))
    yield "failure"
    desk.key("Escape")


def _not_kims(_confirmed: bool) -> None:
    """Ask for what the kernel asks where Kim may not and two others may."""

    def check(_person: str, _secret: str) -> Actor:
        raise Refused("the name or the password is not right", "try again", "password")

    people = (("mia", "Mia"), ("olga", "Olga"))
    raise Approval("Kim may not: Set another price on a line", "register.override_price", people, check)


def first_scenes(vm: FirstStart) -> Iterator[str]:
    """Go through the steps of the first start, with what is wrong on each."""
    yield "empty"
    vm.write("register", "1")
    vm.go_on()
    yield "wrong"
    for field, text in (("name", "Corner Shop"), ("currency", "eur"), ("register", "R1")):
        vm.write(field, text)
    vm.go_on()
    yield "taxes"
    vm.write("how", "inside")
    vm.write("tax.0", "VAT")
    vm.write("rate.1", "many")
    vm.go_on()
    yield "taxes_wrong"
    vm.write("how", "none")
    yield "taxes_none"
    vm.enter()
    yield "printer"
    vm.write("address", "192.0.2.10")
    yield "printer_named"
