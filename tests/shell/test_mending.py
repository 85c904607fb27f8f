"""A plugin that fails on the screen is named where its answer would stand, told of, and can be switched off there."""

from __future__ import annotations

from typing import Any

import pytest

from genesis import Action, Figure, ListPage, PageAction, Panel, Query, Rows, Screen, hookimpl
from genesis.shell.pages import dashboard
from genesis.shell.vm.desk import Question
from genesis.shell.vm.document import Document
from genesis.shell.vm.mending import Failure
from genesis.testkit.stores import as_plugin
from tests.shell.goods import Goods


class Faulty:
    """Fails at whatever is named in `at`, and otherwise says something there."""

    at: str = ""
    error: BaseException = ZeroDivisionError("three and four make nothing")

    def _fail(self, here: str) -> None:
        if Faulty.at == here:
            raise Faulty.error

    @hookimpl
    def panels(self, slot: str) -> list[Panel] | None:
        if slot not in {"cart.footer", "payment.summary"}:
            return None
        self._fail("panel")
        return [Panel(text="All is well")]

    @hookimpl
    def figures(self) -> list[Figure]:
        self._fail("figure")
        return [Figure(id="faulty.sum", title="Sum", value="7")]

    @hookimpl
    def actions(self) -> list[Action]:
        return [
            Action(id="faulty.do", title="Do it", run=lambda _pos: self._fail("action"), permission="register.sell")
        ]

    @hookimpl
    def screens(self) -> list[Screen]:
        return [Screen(id="list", title="Odd list", icon="list", page=f"{__name__}:page", permission="register.sell")]


def page(_pos: Any) -> ListPage:
    faulty = Faulty()
    faulty._fail("page")
    act = PageAction(
        id="act", title="Act", permission="register.sell", run=lambda _pos, _act: faulty._fail("page action")
    )
    return ListPage(columns=(), rows=_rows, actions=(act,))


def _rows(_pos: Any, _query: Query) -> Rows:
    return Rows(rows=(), total=0)


@pytest.fixture
def faulty(shell: Any, store: Any) -> Any:
    Faulty.at = ""
    extra = as_plugin(Goods(), "goods") | as_plugin(Faulty(), "faulty")
    house = store("cash", "daylight", extra=extra, strict=False)
    driver, house = shell(house)
    driver.ready()
    yield driver, house
    Faulty.at = ""


def state(house: Any) -> str:
    return str(next(info.status for info in house.plugins() if info.id == "faulty"))


def switched_off(driver: Any, house: Any) -> None:
    """Say yes to what is asked, and sell on."""
    driver.settle(lambda: driver.desk.dialogs and isinstance(driver.desk.dialogs[-1], Question))
    driver.press("Return")
    driver.settle(lambda: state(house) == "disabled" and not driver.desk.dialogs)
    driver.window.go("sell")
    driver.desk.scan("101")
    driver.desk.key("F12")
    driver.desk.key("Return")
    driver.settle(lambda: driver.desk.screen == "receipt")


def test_a_page_that_fails_tells_of_it_and_is_switched_off_from_its_card(faulty: Any) -> None:
    driver, house = faulty
    Faulty.at = "page"
    driver.tap("rail.faulty.list")
    driver.settle(lambda: "details" in driver.window.views["faulty.list"].main.hots)
    driver.tap("details")
    driver.settle(lambda: isinstance(driver.desk.top, Document))
    told = [part for row in driver.desk.top.rows for part in row]
    assert {"faulty", "ZeroDivisionError: three and four make nothing"} <= set(told)
    assert any("test_mending.py" in part for part in told)
    driver.press("Escape")
    driver.tap("off")
    switched_off(driver, house)


def test_an_action_that_fails_names_its_plugin_and_leads_to_its_switch(faulty: Any) -> None:
    driver, house = faulty
    Faulty.at = "action"
    driver.desk.dispatch("faulty.do", driver.window.cashier)
    driver.settle(lambda: isinstance(driver.desk.top, Failure))
    assert "Plugin faulty failed at faulty.do" in driver.desk.top.texts[0]
    driver.tap("other")
    switched_off(driver, house)


@pytest.mark.parametrize("at", ["action", "page"])
def test_what_leaves_the_program_leaves_the_till_open(at: str, faulty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    driver, house = faulty
    monkeypatch.setattr(Faulty, "error", SystemExit(3))
    driver.desk.scan("101")
    Faulty.at = at
    if at == "action":
        driver.desk.dispatch("faulty.do", driver.window.cashier)
        driver.settle(lambda: isinstance(driver.desk.top, Failure))
        assert "Plugin faulty failed at faulty.do" in driver.desk.top.texts[0]
        driver.tap("other")
    else:
        driver.tap("rail.faulty.list")
        driver.settle(lambda: "off" in driver.window.views["faulty.list"].main.hots)
        driver.tap("off")
    switched_off(driver, house)


def test_an_action_of_a_page_that_fails_names_its_plugin(faulty: Any) -> None:
    driver, _house = faulty
    driver.tap("rail.faulty.list")
    driver.settle(lambda: "action.act" in driver.window.views["faulty.list"].main.hots)
    Faulty.at = "page action"
    driver.tap("action.act")
    driver.settle(lambda: isinstance(driver.desk.top, Failure))
    assert "Plugin faulty failed at act" in driver.desk.top.texts[0]


def test_a_panel_that_fails_is_a_card_with_its_name_and_the_sale_goes_on(faulty: Any) -> None:
    driver, _house = faulty
    driver.desk.scan("101")
    assert [label.text for label in driver.window.cashier.footer] == ["All is well"]
    Faulty.at = "panel"
    driver.desk.scan("102")
    assert [(label.text, label.tone, label.author) for label in driver.window.cashier.footer] == [
        ("faulty failed", "bad", "faulty")
    ]
    driver.press("F12", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")


def test_a_plugin_that_failed_too_often_is_said_while_selling(faulty: Any) -> None:
    driver, _house = faulty
    Faulty.at = "panel"
    for _ in range(6):
        driver.desk.scan("101")
    assert ("faulty is suspended", "bad") in [(pill.text, pill.tone) for pill in driver.window.cashier.pills]


def test_a_figure_that_fails_is_a_card_that_leads_to_the_plugins(faulty: Any) -> None:
    _driver, house = faulty
    assert "faulty.sum" in [card.id for card in dashboard.cards(house.pos)]
    Faulty.at = "figure"
    (card,) = [card for card in dashboard.cards(house.pos) if card.id.startswith("faulty")]
    assert (card.title, card.tone, card.go) == ("faulty", "bad", "plugins")


def test_who_may_not_switch_plugins_gets_the_details_alone(desk: Any) -> None:
    desk.screens.pop("plugins", None)
    desk.fault(ZeroDivisionError("odd"))
    assert isinstance(desk.top, Failure)
    assert desk.top.other is not None
    assert desk.top.other[0] == "Details"
    desk.top.other[1]()
    assert isinstance(desk.top, Document)
