"""Journeys on a real window with real keys; the counts are those that the screens promise."""

from __future__ import annotations

from functools import partial

import pytest

from tests.shell.memory import code


@pytest.fixture(params=["daylight", "bistro"])
def window(window, request):
    """The built-in screens, and those that a theme draws in its own way: every key and tap is the same."""
    return partial(window, theme=request.param)


def ring_three(driver) -> None:
    for number in (0, 2, 4):
        driver.scan(code(number))
    driver.settle(lambda: len(driver.desk.till.cart.lines) == 3)


def test_three_items_paid_exactly_in_cash_take_two_keys(window, till):
    driver = window()
    ring_three(driver)
    driver.press("F12", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert driver.keys == 2
    assert till.last_receipt().total.minor == 788  # 7.30 and 8 %
    assert till.last_receipt().change.minor == 0


def test_a_customer_who_gives_25_takes_four_keys(window, till):
    driver = window()
    ring_three(driver)
    driver.press("F12", "2", "5", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert driver.keys == 4
    assert (till.last_receipt().tendered.minor, till.last_receipt().change.minor) == (2500, 2500 - 788)


def test_by_touch_it_takes_five_taps_and_the_first_tap_is_a_tile(window, till):
    driver = window()
    for key in ("tile.0", "tile.2", "tile.4", "pay", "preset.exact"):
        driver.tap(key)
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert (driver.taps, driver.keys) == (5, 0)
    assert till.last_receipt().total.minor == 788


def test_a_quantity_before_a_scan_is_two_keys(window, till):
    driver = window()
    driver.type("3*")
    driver.scan(code(0))
    driver.settle(lambda: till.cart.lines)
    assert driver.keys == 2
    assert [(line.item, line.qty) for line in till.cart.lines] == [(0, 3000)]
    assert driver.window.views["sell"].scan.text == ""


def test_a_quantity_after_a_scan_is_three_keys_and_by_touch_two_taps(window, till):
    driver = window()
    driver.scan(code(0))
    driver.press("F4", "3", "Return")
    driver.settle(lambda: till.cart.lines[0].qty == 3000)
    assert driver.keys == 3
    line = till.cart.lines[0].id
    driver.tap(f"line.{line}.plus")
    driver.tap(f"line.{line}.plus")
    assert till.cart.lines[0].qty == 5000


def test_ten_percent_off_a_line_is_four_keys(window, till):
    driver = window()
    driver.scan(code(0))
    driver.press("F6", "1", "0", "Return")
    driver.settle(lambda: till.cart.lines[0].off == 34)
    assert driver.keys == 4
    assert till.sale().lines[0].amount.minor == 306


def test_a_price_of_four_digits_is_six_keys(window, till):
    driver = window()
    driver.scan(code(0))
    driver.press("F5", "2", "period", "9", "9", "Return")
    driver.settle(lambda: till.cart.lines[0].price == 29900)
    assert driver.keys == 6


def test_hold_is_one_key_and_recall_two(window, till):
    driver = window()
    ring_three(driver)
    driver.press("F7")
    driver.settle(lambda: till.aside and not till.cart.lines)
    assert driver.keys == 1
    driver.press("F8", "Return")
    driver.settle(lambda: len(till.cart.lines) == 3 and not till.aside)
    assert driver.keys == 3


def test_void_is_one_key_and_takes_the_chosen_line(window, till):
    driver = window()
    ring_three(driver)
    driver.press("Up", "Delete")
    driver.settle(lambda: len(till.cart.lines) == 2)
    assert [line.item for line in till.cart.lines] == [0, 4]


def test_find_by_name_is_three_letters_and_enter(window, till):
    driver = window()
    driver.type("oat")
    driver.press("Return")
    driver.settle(lambda: till.cart.lines)
    assert driver.keys == 4
    assert till.cart.lines[0].item == 12


def test_a_return_with_receipt_is_three_keys_and_a_scan(window, till):
    driver = window()
    ring_three(driver)
    driver.press("F12", "Return", "Return")
    driver.keys = 0
    driver.press("F9")
    driver.scan("R1-00000001")
    driver.settle(lambda: driver.desk.top.sale is not None)
    driver.press("Return", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert driver.keys == 3
    assert till.last_receipt().total.minor == -788


def test_a_split_of_ten_in_cash_and_the_rest_by_another_method_is_five_keys(window, till):
    driver = window()
    for _ in range(5):
        driver.scan(code(9))
    driver.press("F12", "1", "0", "Return", "alt+2")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert driver.keys == 5
    assert [call for call in till.calls if call.startswith("tender")] == ["tender cash 10.00", "tender card 20.24"]


def test_a_scan_leaves_the_field_that_has_the_focus_untouched(window, till):
    driver = window()
    driver.press("F3")
    driver.type("le")
    field = driver.window.sheets[driver.desk.top].field
    assert field.text == "le"
    driver.scan("96385074")
    driver.settle()
    assert field.text == "96385074"  # a scan is the whole question there, not a tail of what was typed
    driver.press("Escape", "F9")
    driver.type("R1-7 +")
    assert driver.window.sheets[driver.desk.top].field.text == "R1-7 +"  # what is typed is text, not a command
    driver.press("Escape")
    driver.type("no")
    driver.scan(code(1))
    driver.settle(lambda: till.cart.lines)
    assert [line.item for line in till.cart.lines] == [1]


def test_a_field_that_goes_while_a_scan_comes_is_not_missed(window, till):
    driver = window()
    driver.press("F3")
    root = driver.window.root
    for number, key in enumerate([*code(1), "Return"]):
        if number == 4:
            driver.desk.key("Escape")
            driver.settle(lambda: not driver.window.sheets and root.focus_get() is driver.sell.scan.entry)
        (root.focus_get() or root).event_generate(f"<Key-{key}>", time=5_000 + 3 * number)
    driver.settle(lambda: till.cart.lines)
    assert [line.item for line in till.cart.lines] == [1]
    assert driver.window.faults == []


def test_digits_typed_at_the_payment_screen_survive_a_scan_that_is_refused(window, till):
    driver = window()
    driver.scan(code(0))
    driver.press("F12", "1", "Return")
    driver.settle(lambda: till.cart.paid)
    driver.press("2")
    driver.scan(code(1))
    driver.settle(lambda: driver.desk.toast is not None)
    assert driver.window.payment.number.text == "2"
    assert len(till.cart.lines) == 1


def test_a_scan_at_the_receipt_starts_the_next_sale(window, till):
    driver = window()
    driver.scan(code(0))
    driver.press("F12", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    driver.scan(code(1))
    driver.settle(lambda: driver.desk.screen == "sell" and till.cart.lines)
    assert [line.item for line in till.cart.lines] == [1]


def test_an_unknown_code_is_said_and_the_next_scan_goes_on(window, till):
    driver = window()
    driver.scan("40170725")
    driver.settle(lambda: driver.desk.toast is not None)
    assert driver.desk.toast.tone == "warn"
    assert "40170725" in driver.desk.toast.text
    driver.scan(code(3))
    driver.settle(lambda: till.cart.lines)
    assert driver.desk.toast is None


def test_a_finger_that_slides_off_a_tile_sells_nothing(window, till):
    driver = window()
    pane, box = driver.where("tile.0")
    x, y = pane.winfo_rootx() + int(box.cx), pane.winfo_rooty() + int(box.cy)
    driver._x("mousemove", x, y, "mousedown", 1, "mousemove", x + 400, y + 100, "mouseup", 1)
    assert not till.cart.lines
    driver._x("mousemove", x, y, "mousedown", 1, "mousemove", x + 4, y + 4, "mouseup", 1)
    assert [line.item for line in till.cart.lines] == [0]
