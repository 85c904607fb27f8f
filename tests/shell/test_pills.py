"""Pills of plugins and of the store on the real window: offline, in step, and what to do while the database is gone."""

from __future__ import annotations

from typing import Any

import pytest

from genesis import Panel, hookimpl
from genesis.shell import app as shell_app
from genesis.testkit.stores import Stores, as_plugin
from tests.shell.goods import Goods
from tests.shell.relay import Relay


class Lines:
    """A plugin that says how its lines are. said: (text, tone) of each."""

    said: tuple[tuple[str, str], ...] = ()

    @hookimpl
    def panels(self, slot: str) -> list[Panel] | None:
        if slot not in {"status.pill", "payment.status"}:
            return None
        return [Panel(text=text, tone=tone, icon="cloud") for text, tone in Lines.said]  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _watching(monkeypatch: pytest.MonkeyPatch) -> None:
    """The till looks more often than a shop needs, and every test begins without a word."""
    monkeypatch.setattr(shell_app, "WATCH", 40)
    Lines.said = ()


def drawn(driver: Any) -> list[str]:
    """Return the pills in sight, from the edge inwards, by what a touch says of them."""
    hots = driver.window.views[driver.desk.screen].main.hots
    return [hots[key].name for key in sorted(hots) if key.startswith("pill.")]


def test_a_plugin_says_offline_and_in_step_while_selling_and_paying_and_the_till_follows(
    shell: Any, store: Any
) -> None:
    house = store("cash", "daylight", extra=as_plugin(Goods(), "goods") | as_plugin(Lines(), "lines"))
    driver, _house = shell(house)
    driver.ready()
    assert "Synced" not in drawn(driver)  # what nobody says is not shown
    Lines.said = (("Synced", "good"),)
    driver.settle(lambda: "Synced" in drawn(driver))
    Lines.said = (("Synced", "good"), ("Offline", "bad"))
    driver.settle(lambda: drawn(driver)[:1] == ["Offline"])  # what is wrong stands first
    driver.desk.scan("101")
    driver.press("F12")
    driver.settle(lambda: driver.desk.screen == "payment" and drawn(driver) == ["Offline", "Synced"])
    Lines.said = (("Synced", "good"),)
    driver.settle(lambda: drawn(driver) == ["Synced"])
    assert driver.desk.screen == "payment"


@pytest.mark.parametrize("size", ["1024x600", "800x480"])
def test_what_is_wrong_is_in_sight_in_a_small_window_whatever_else_is_said(shell: Any, store: Any, size: str) -> None:
    Lines.said = (("Everything is in step", "good"), ("Card terminal offline", "bad"), ("Printer low on paper", "warn"))
    house = store("cash", "daylight", extra=as_plugin(Goods(), "goods") | as_plugin(Lines(), "lines"))
    driver, _house = shell(house)
    driver.ready()
    driver.window.root.geometry(size)
    driver.settle(lambda: driver.window.root.winfo_width() == int(size.partition("x")[0]))
    driver.settle(lambda: drawn(driver)[:1] == ["Card terminal offline"])
    driver.window.root.focus_force()  # a window that shrinks from under the pointer can lose the keys
    driver.settle(lambda: driver.window.root.focus_get() is not None)
    driver.desk.scan("101")
    driver.press("F12")
    driver.settle(lambda: driver.desk.screen == "payment" and drawn(driver)[:1] == ["Card terminal offline"])
    driver.tap("pill.0")  # which may be its icon alone
    driver.settle(lambda: driver.desk.toast is not None)
    assert driver.desk.toast.text == "Card terminal offline"


def toast(driver: Any) -> str:
    return "" if driver.desk.toast is None else str(driver.desk.toast.text)


@pytest.fixture
def remote(postgres: Any, tmp_path: Any) -> Any:
    """A shop whose database stands elsewhere, and the line to it."""
    line = Relay(postgres.port)
    stores = Stores(tmp_path, lambda url: postgres.fresh(url).replace(f":{postgres.port}/", f":{line.port}/"))
    extra = as_plugin(Goods(), "goods") | as_plugin(Lines(), "lines")
    yield stores.new("cash", "daylight", extra=extra, projector="thread"), line
    stores.close()
    line.cut()


def test_a_register_whose_database_is_gone_says_so_loses_nothing_and_goes_on_when_it_is_back(
    shell: Any, remote: Any
) -> None:
    house, line = remote
    Lines.said = (("Synced", "good"),)
    driver, _house = shell(house)
    driver.ready()
    driver.desk.scan("101")
    driver.settle(lambda: "Synced" in drawn(driver))
    line.cut()
    driver.settle(lambda: drawn(driver) == ["Database offline"])  # nobody else is asked
    assert toast(driver) == ""
    driver.desk.scan("102")
    assert toast(driver) == (
        "The database server does not answer; nothing was recorded. Check the server, then repeat."
    )
    driver.press("F12")
    assert toast(driver).startswith("The database server")
    assert (driver.desk.screen, driver.desk.dialogs) == ("sell", [])
    assert [line.name for line in driver.window.cashier.sale.lines] == ["Flat white"]
    line.mend()
    driver.settle(lambda: drawn(driver)[:1] == ["Synced"])
    assert toast(driver) == "The database answers again"
    driver.desk.scan("102")
    driver.settle(lambda: len(driver.desk.till.sale().lines) == 2)
    driver.press("F12", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert driver.desk.till.last_receipt().total.minor == 520
