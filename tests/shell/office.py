"""The back office of the demo store after some days of selling: every page, with a row open where it has rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from genesis import Act, item_of
from genesis.demo.store import fill
from genesis.plugin.discovery import discover
from genesis.shell.vm.listpage import ListPageVM
from genesis_purchasing.receiving import Coming, receive
from genesis_purchasing.service import Wanted, draft, send
from genesis_purchasing.suppliers_page import article
from genesis_stocktake.service import enter, start
from genesis_store_credit.service import set_limit
from tests.shell.driver import Driver

CODES = ("9520000010010", "9520000010027", "9520000010034", "9520000010041")


def busy_store(store: Callable[..., Any]) -> Any:
    """Return the demo store with every plugin that is on by default, after three days of selling."""
    plugins = [i for i, found in sorted(discover().items()) if found.manifest.default == "on" and not found.fault]
    app = store(*plugins)
    fill(app)
    for day in range(3):
        for number in range(4 + 2 * day):
            for code in CODES[: 1 + number % len(CODES)]:
                app.register.scan(code)
            app.register.pay("cash")
        app.clock.forward(days=1)
    _accounts(app)
    _goods(app)
    return app


def _accounts(app: Any) -> None:
    """Somebody buys on account and is given credit for what came back."""
    ada = app.pos.records("customers_customer").search("", 1)[0]
    set_limit(app.pos, ada["name"], "50")
    for method in ("on_account", "cash"):
        app.register.scan(CODES[1])
        app.register.scan(f"customers:{ada['id']}")
        last = app.register.pay(method).sale.number
    app.register.return_lines(last)
    app.register.scan(f"customers:{ada['id']}")
    app.register.pay("store_credit")


def _goods(app: Any) -> None:
    """A supplier sells what runs out; one order came in part, another is a draft; a count is open."""
    names = ("Meadow Dairy", "Quay Roasters")
    suppliers = [app.pos.records("purchasing_supplier").save({"name": name, "lead_days": 4}) for name in names]
    for supplier in suppliers:
        for code in CODES[:3]:
            values = {"code": code, "price": "0.80", "pack": "6"}
            article(app.pos, Act(rows=(supplier,), values=values))
    wanted = [Wanted(item_of(app.pos, code).ref, 24_000) for code in CODES[:3]]
    number = send(app.pos, draft(app.pos, names[0], wanted))
    receive(app.pos, number, [Coming(1, 24_000, "L7", "2026-05-01"), Coming(2, 12_000)], freight=490, document="DN-5")
    draft(app.pos, names[1], wanted[:1])
    count = start(app.pos, "Drinks, spring")
    for code, qty in zip(CODES, (3_000, 40_000, 7_000, 0), strict=True):
        enter(app.pos, count, code, qty)


def pages(driver: Driver) -> list[str]:
    """Return the ids of all list pages that the person may see."""
    return [name for name, vm in driver.desk.screens.items() if isinstance(vm, ListPageVM)]


def show(driver: Driver, screen: str, *, row: bool = False) -> ListPageVM:
    """Go to a page and wait until its rows are there; row: open the first one."""
    driver.window.go(screen)
    vm = driver.desk.screens[screen]
    assert isinstance(vm, ListPageVM)
    driver.settle(lambda: vm.fetched.known and (not vm.total or vm.row(0) is not None))
    if row and vm.total:
        vm.mark(0)
        driver.settle(lambda: vm.drawer is not None)
    return vm


def office_scenes(driver: Driver) -> Iterator[str]:
    """Bring up every page, with and without its drawer, and the question of its first action that asks something."""
    for screen in pages(driver):
        name = screen.replace(".", "_")
        vm = show(driver, screen)
        yield name
        asking = next((a for a in vm.actions("page") if a.ask), None)
        if asking is not None:
            vm.act(asking)
            driver.settle(lambda: driver.desk.dialogs)
            yield f"{name}_{asking.id}"
            driver.desk.key("Escape")
        if vm.total and vm.page is not None and vm.page.drawer is not None:
            show(driver, screen, row=True)
            yield f"{name}_open"
            vm.close_drawer()
