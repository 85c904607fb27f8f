"""Paying by a tag at the real register in a real window."""

from __future__ import annotations

from typing import Any

import pytest

from genesis.testkit.stores import as_plugin
from genesis_tap import office
from tests.shell.goods import Goods


def test_a_tag_held_to_the_reader_answers_the_question_without_showing_its_text(
    shell: Any, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESIS_TAP_KEY", "a key of this test, which is long enough")
    house = store("cash", "tap", extra=as_plugin(Goods(), "goods"))
    house.settings.change("tap", {"key": {"env": "GENESIS_TAP_KEY"}})
    code = "UID:04A1B2C3D4E5F6" + office.prepare(house.pos, "04A1B2C3D4E5F6")[1]
    house.register.add(house.register.resolve(code), unit_price=200_000)
    house.register.pay("cash")
    driver, _house = shell(house)
    driver.ready()
    driver.desk.scan("101")
    driver.press("F12")
    place = [method.id for method in driver.window.payment.methods].index("tap") + 1
    driver.press(f"alt+{place}")
    driver.settle(lambda: driver.desk.dialogs)
    dialog = driver.desk.dialogs[-1]
    assert [field.kind for field in dialog.form.fields] == ["secret"]
    driver.desk.scan(code)  # it is the answer
    assert dialog.form.values["tap"] == code
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert house.register.last_sale().fact.tenders[0].method == "tap"
