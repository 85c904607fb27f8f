"""How many taps and keys the tasks of a cashier take, counted on the real window."""

from __future__ import annotations

from tests.shell.memory import code


def tap(driver, *keys):
    """Touch one after another; returns how many touches that were."""
    before = driver.taps
    for key in keys:
        driver.tap(key)
    return driver.taps - before


def next_sale(driver) -> None:
    driver.desk.key("Return")
    driver.settle(lambda: driver.desk.screen == "sell" and driver.sell.winfo_ismapped())


def test_paying_three_items_takes_five_taps_or_six_and_two_keys_by_card(window, till):
    driver = window()
    assert tap(driver, "tile.0", "tile.2", "tile.4", "pay", "preset.exact") == 5
    driver.settle(lambda: driver.desk.screen == "receipt")
    next_sale(driver)
    assert tap(driver, "tile.0", "tile.2", "tile.4", "pay", "preset.10.00") == 5  # a note is one of the presets
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert till.last_receipt().change.minor == 1000 - 788
    next_sale(driver)
    assert tap(driver, "tile.0", "tile.2", "tile.4", "pay", "method.card") == 5
    driver.settle(lambda: driver.desk.screen == "receipt")
    next_sale(driver)
    for number in (0, 2, 4):
        driver.scan(code(number))
    driver.press("F12", "alt+2")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert driver.keys == 2
    assert [call for call in till.calls if call.startswith("tender")] == [
        "tender cash 7.88", "tender cash 10.00", "tender card 7.88", "tender card 7.88",
    ]  # fmt: skip


def test_changing_and_voiding_a_line_take_few_taps(window, till):
    driver = window()
    driver.scan(code(0))
    line = till.cart.lines[0].id
    assert tap(driver, f"line.{line}.line.discount", "preset.10") == 2
    driver.settle(lambda: till.cart.lines[0].off == 34)
    driver.press("F5")
    assert tap(driver, "pad.2", "pad..", "pad.9", "pad.9", "pad.enter") == 5
    driver.settle(lambda: till.cart.lines[0].price == 29900)
    assert tap(driver, f"line.{line}.line.void") == 1
    driver.settle(lambda: not till.cart.lines)
    assert tap(driver, "toast.undo") == 1
    driver.settle(lambda: till.cart.lines)
    assert driver.keys == 1


def test_a_price_of_four_digits_is_seven_taps_and_25_given_is_six(window, till):
    driver = window()
    driver.scan(code(0))
    assert tap(driver, "more", "row.do line.price", "pad.2", "pad..", "pad.9", "pad.9", "pad.enter") == 7
    driver.settle(lambda: till.cart.lines[0].price == 29900)
    till.cart.lines.clear()
    driver.window.cashier.opened()
    driver.settle()
    taken = tap(driver, "tile.0", "tile.2", "tile.4", "pay", "preset.20.00")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert (taken, driver.keys) == (5, 0)  # a note in one touch; the promise is six


def test_finding_holding_and_giving_up_take_one_or_two_taps_each(window, till):
    driver = window()
    assert tap(driver, "chip.bakery", "tile.0") == 2
    driver.settle(lambda: len(till.cart.lines) == 1)
    assert tap(driver, "cart.hold") == 1
    driver.settle(lambda: till.aside)
    assert tap(driver, "rail.held", f"row.{till.aside[0].name}") == 2
    driver.settle(lambda: till.cart.lines)
    assert tap(driver, "cancel", "yes", "toast.undo") == 3
    driver.settle(lambda: till.cart.lines)
    assert driver.keys == 0


def test_a_return_takes_four_taps_and_a_scan(window, till):
    driver = window()
    tap(driver, "tile.0", "pay", "preset.exact")
    driver.settle(lambda: driver.desk.screen == "receipt")
    next_sale(driver)
    took = tap(driver, "sale.return")
    driver.scan("R1-00000001")
    driver.settle(lambda: driver.desk.top.sale)
    took += tap(driver, "accept")
    driver.settle(lambda: driver.desk.screen == "payment")
    took += tap(driver, "pad.enter")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert took <= 4
    assert till.last_receipt().total.minor == -till.sold["R1-00000001"][0].total.minor


def test_a_split_takes_five_taps(window, till):
    driver = window()
    for _ in range(5):
        driver.scan(code(9))
    assert tap(driver, "pay", "pad.1", "pad.0", "pad.enter", "method.card") == 5
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert [call for call in till.calls if call.startswith("tender")] == ["tender cash 10.00", "tender card 20.24"]


def test_an_age_check_is_one_key_or_one_tap_and_a_customer_one_scan_or_six_keys(window, till):
    driver = window()
    till.age_check = 0
    driver.scan(code(0))
    driver.settle(lambda: driver.desk.dialogs)
    driver.press("Return")
    driver.settle(lambda: till.cart.lines)
    driver.scan(code(0))
    driver.settle(lambda: driver.desk.dialogs)
    assert (driver.keys, tap(driver, "yes")) == (1, 1)
    driver.settle(lambda: till.cart.lines[0].qty == 2000)
    driver.keys = 0
    driver.press("F3")
    driver.type("lena")
    driver.press("Return")
    driver.settle(lambda: till.cart.customer)
    assert (driver.keys, till.cart.customer.name) == (6, "Lena Kovač")


def test_a_tip_that_can_go_back_is_touched_beside_the_button_that_gives_back(window, till):
    driver = window()
    driver.scan(code(0))
    driver.press("F12")
    driver.tap("preset.exact")
    driver.settle(lambda: driver.desk.screen == "receipt")
    number = next(reversed(till.sold))
    next_sale(driver)
    till.tip_back = 50
    driver.press("F9")
    driver.desk.top.write(number)
    driver.press("Return", "Return")
    driver.settle(lambda: driver.desk.screen == "payment" and driver.window.payment.refund)
    assert tap(driver, "tip.back", "pad.enter") == 2
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert till.calls[-1] == "tender cash -3.67 tip -50"


def test_the_keys_stay_where_they_are_whatever_is_offered_above_them(window, till):
    driver = window()
    driver.scan(code(0))
    driver.press("F12")
    pane, seven = driver.where("pad.7")
    assert "preset.exact" in pane.hots
    driver.window.payment.chosen = "voucher"
    driver.window.payment.changed()
    driver.settle(lambda: "hint" in pane._items)
    assert "preset.exact" not in pane.hots
    assert pane.hots["pad.7"].box == seven
