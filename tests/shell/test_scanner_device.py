"""Codes of a scanner on the device desk reach the window like those of one that types."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

from genesis import DeviceStatus, hookimpl
from genesis.plugin.app import App
from genesis.testkit.stores import as_plugin
from tests.shell.goods import Goods

LONG = 20


class Scanner:
    """A scanner that reads what is put into it."""

    id, title, kind = "gun", "Gun", "scanner"

    def __init__(self) -> None:
        self.codes: queue.Queue[str] = queue.Queue()

    def open(self) -> None:
        """Nothing to connect."""

    def close(self) -> None:
        """Nothing to let go of."""

    def status(self) -> DeviceStatus:
        return DeviceStatus(ok=True, text="here")

    def listen(self, on_code: Callable[[str], None], stop: Any) -> None:
        while not stop.is_set():
            try:
                on_code(self.codes.get(timeout=0.05))
            except queue.Empty:
                continue


class Guns:
    def __init__(self) -> None:
        self.made: list[Scanner] = []

    @hookimpl
    def device_drivers(self) -> list[Any]:
        self.made.append(Scanner())
        return [self.made[-1]]


def test_a_code_is_rung_up_once_also_after_a_soft_restart(shell: Any, store: Callable[..., App]) -> None:
    guns = Guns()
    extra = as_plugin(Goods(), "goods") | as_plugin(guns, "guns")
    house = store("cash", "daylight", extra=extra, projector="thread")
    driver, house = shell(house)
    guns.made[-1].codes.put("101")
    driver.settle(lambda: house.register.cart and len(house.register.cart.lines) == 1, LONG)
    house.restart()
    driver.settle(lambda: driver.window.session.pos is house.pos, LONG)
    guns.made[-1].codes.put("102")
    driver.settle(lambda: len(house.register.cart.lines) == 2, LONG)
    assert [line.qty for line in house.register.cart.lines] == [1000, 1000]
