"""Scanners that type and the keyboards they meet, on the real window: nothing is lost, doubled or taken for another."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from genesis.shell.wedge import Wedge, digits_meant
from tests.shell.driver import Driver
from tests.shell.memory import MemoryTill, code


@pytest.fixture
def layout(display: str) -> Iterator[Callable[[str], None]]:
    """`layout("fr")`: the keyboard of another country."""

    def change(name: str) -> None:
        subprocess.run(["setxkbmap", "-display", display, name], check=True)

    yield change
    change("us")


def rung(till: MemoryTill) -> list[tuple[int, int]]:
    return [(line.item, line.qty) for line in till.cart.lines]


def strike(driver: Driver, digits: str) -> None:
    """Strike the keys of the number row without Shift, as a scanner does that knows American keyboards alone."""
    driver._x("key", "--delay", 3, *(str(10 + "1234567890".index(digit)) for digit in digits), "Return")


def test_codes_as_fast_as_the_display_takes_them_are_all_rung_up(
    window: Callable[..., Driver], till: MemoryTill
) -> None:
    driver = window()
    keys = [key for number in (0, 2, 4, 0, 2) * 8 for key in (*code(number), "Return")]
    driver._x("key", "--delay", 1, *keys)
    driver.settle(lambda: sum(qty for _item, qty in rung(till)) == 40_000)
    assert dict(rung(till)) == {0: 16_000, 2: 16_000, 4: 8_000}
    assert driver.sell.scan.text == ""


@pytest.mark.parametrize("country", ["fr", "be", "cz"])
def test_a_scanner_that_types_as_in_america_is_understood_at_another_keyboard(
    window: Callable[..., Driver], till: MemoryTill, layout: Callable[[str], None], country: str
) -> None:
    layout(country)
    driver = window()
    strike(driver, code(2))
    driver.settle(lambda: rung(till) == [(2, 1000)])
    assert driver.sell.scan.text == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("à_è&é", "08712"), ("&§!", "168"), ("+ěščřžýáíé", "1234567890"), ("-(01)", "-(01)"), ("ABC-&", "ABC-&"),
        ("4006381333931", "4006381333931"), ("", ""),
    ],
)  # fmt: skip
def test_only_a_code_of_that_row_alone_is_turned_into_digits(typed: str, meant: str) -> None:
    assert digits_meant(typed) == meant
    heard: list[str] = []
    wedge = Wedge(heard.append, least=1)
    for at, char in enumerate(f"{typed}\r"):
        wedge.feed(char, at * 5)
    assert heard == ([meant] if typed else [])


def test_caps_lock_changes_neither_codes_nor_commands(window: Callable[..., Driver], till: MemoryTill) -> None:
    driver = window()
    driver._x("key", "Caps_Lock")
    try:
        driver.scan(code(0))
        driver.settle(lambda: rung(till) == [(0, 1000)])
        driver.press("ctrl+k")
        driver.settle(lambda: driver.desk.dialogs)
        driver.press("Escape", "F12")
        driver.settle(lambda: driver.desk.screen == "payment")
    finally:
        driver._x("key", "Caps_Lock")


def test_what_stands_behind_altgr_is_typed_and_is_no_command(
    window: Callable[..., Driver], layout: Callable[[str], None]
) -> None:
    layout("de")
    driver = window()
    driver.press("F3")
    sheet: Any = driver.window.sheets[driver.desk.dialogs[-1]]
    field = sheet.field
    driver._x("keydown", "ISO_Level3_Shift", "key", "24", "keyup", "ISO_Level3_Shift")
    driver.settle(lambda: field.text == "@")
    assert len(driver.desk.dialogs) == 1


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_code_from_the_clipboard_waits_for_enter(window: Callable[..., Driver], till: MemoryTill, end: str) -> None:
    driver = window()
    driver.window.root.clipboard_clear()
    driver.window.root.clipboard_append(f"{code(4)}{end}")
    driver.press("ctrl+v")
    driver.settle(lambda: driver.sell.scan.text.strip() == code(4))
    assert rung(till) == []
    driver.press("Return")
    driver.settle(lambda: rung(till) == [(4, 1000)])


def test_a_key_that_is_held_down_does_a_thing_once_and_walks_through_a_list(
    window: Callable[..., Driver], till: MemoryTill
) -> None:
    driver = window()
    for number in (0, 2, 4, 6, 8):
        driver.scan(code(number))
    widget = driver.window.root.focus_get()
    assert widget is not None

    def hold(key: str) -> None:
        """Send what X sends for a key that is held down: it is released and pressed again in the same instant."""
        widget.event_generate(f"<KeyPress-{key}>", time=1_000)
        for ms in range(1_500, 1_700, 40):
            widget.event_generate(f"<KeyRelease-{key}>", time=ms)
            widget.event_generate(f"<KeyPress-{key}>", time=ms)
        widget.event_generate(f"<KeyRelease-{key}>", time=1_720)
        driver.settle()

    hold("Delete")
    assert len(till.cart.lines) == 4
    hold("Up")
    assert driver.window.cashier.selected == till.cart.lines[0].id
    hold("Delete")
    assert len(till.cart.lines) == 3
