"""The selling screen's logic, without a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from genesis import Refused, UserError
from genesis.shell.vm.cashier import CashierVM, times
from genesis.shell.vm.desk import Desk, Failure, Question
from genesis.shell.vm.keys import KeyMap, shown
from genesis.shell.vm.numbers import NumberDialog
from genesis.shell.vm.payment import PaymentVM
from genesis.shell.vm.picks import PickDialog
from genesis.shell.vm.plugins import PluginsVM
from genesis.shell.vm.receipt import ReceiptVM
from genesis.shell.vm.returns import ReturnDialog
from tests.shell.memory import ALL, MemoryHouse, MemoryTill, code


class Now:
    """A runner for tests: work at once, timers when asked for."""

    def __init__(self) -> None:
        self.timers: list[Callable[[], Any]] = []

    def submit(self, work: Any, done: Any, failed: Any) -> None:
        try:
            done(work())
        except Exception as error:  # noqa: BLE001 - as the real one does
            failed(error)

    def later(self, ms: int, run: Any) -> None:
        self.timers.append(run)

    def tick(self) -> None:
        timers, self.timers = self.timers, []
        for run in timers:
            run()


@pytest.fixture
def desk(till: MemoryTill, house: MemoryHouse) -> Desk:
    made = Desk(till, house, Now())
    made.screens = {
        "sell": CashierVM(made),
        "payment": PaymentVM(made),
        "receipt": ReceiptVM(made),
        "plugins": PluginsVM(made),
    }
    made.go("sell")
    return made


@pytest.fixture
def cashier(desk: Desk) -> CashierVM:
    vm = desk.screens["sell"]
    assert isinstance(vm, CashierVM)
    return vm


def type_keys(desk: Desk, *keys: str) -> None:
    """Press keys: one character is typed where no command takes it."""
    for key in keys:
        if not desk.key(key):
            desk.top.typed(key)


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("3*", (3000, "")),
        ("3*952", (3000, "952")),
        ("0,250*952", (250, "952")),
        ("1.5 × tea", (1500, "tea")),
        ("952", (None, "952")),
        ("3*4*5", (3000, "4*5")),
        ("-3*952", (None, "-3*952")),
        ("٣*952", (None, "٣*952")),
        ("1e9*952", (None, "1e9*952")),
    ],
)
def test_a_quantity_before_a_code(text, split):
    assert times(text) == split


@pytest.mark.parametrize("text", ["0*", "0.000*952"])
def test_no_quantity_is_refused(text):
    with pytest.raises(UserError):
        times(text)


def test_a_scan_adds_a_line_chooses_it_and_empties_the_field(cashier, desk, till):
    cashier.write("3*")
    desk.scan(code(0))
    assert [line.qty for line in cashier.sale.lines] == [3000]
    assert cashier.selected == cashier.sale.lines[0].id
    assert cashier.text == ""
    desk.scan(f"2*{code(1)}")
    assert [line.qty for line in cashier.sale.lines] == [3000, 2000]


def test_an_impossible_quantity_is_said_and_nothing_is_added(cashier, desk, till):
    cashier.write("0*")
    desk.scan(code(0))
    assert not till.cart.lines
    assert desk.toast.tone == "bad"
    assert desk.toast.stay


def test_an_unknown_code_keeps_the_lines_and_what_was_typed_may_be_a_name(cashier, desk, till):
    desk.scan(code(0))
    desk.scan("77")
    assert "77" in desk.toast.text
    assert len(cashier.sale.lines) == 1
    cashier.write("croissant")
    cashier.submit()
    assert [line.item for line in till.cart.lines] == [0, 2]


def test_a_marked_result_is_added_rather_than_the_best(cashier, till):
    cashier.write("tea")
    cashier.look()
    cashier.move(1)
    cashier.move(1)
    cashier.submit()
    assert [line.item for line in till.cart.lines] == [18]
    assert cashier.hits == ()


def test_what_is_sold_by_weight_is_weighed_first_unless_the_weight_was_typed(cashier, desk, till):
    bananas = cashier.tiles.tiles[6]
    cashier.touch(bananas)
    assert not till.cart.lines
    type_keys(desk, "0", ".", "7", "5", "0", "Return")
    assert [(line.item, line.qty) for line in till.cart.lines] == [(6, 750)]
    cashier.write("0.5*")
    cashier.touch(bananas)
    assert till.cart.lines[0].qty == 1250
    assert cashier.text == ""


def test_an_item_without_a_price_asks_for_one(cashier, desk, till):
    cashier.touch(cashier.tiles.tiles[15])
    type_keys(desk, "2", "5", "Return")
    assert [(line.item, line.price) for line in till.cart.lines] == [(15, 250_000)]
    assert cashier.selected == till.cart.lines[0].id


def test_one_letter_or_a_quantity_is_not_searched(cashier, till):
    for text in ("t", "3*", " "):
        cashier.write(text)
        cashier.look()
    assert not [call for call in till.calls if call.startswith("search")]


def test_a_confirmed_question_repeats_the_command_once(cashier, desk, till):
    till.age_check = 0
    desk.scan(code(0))
    assert isinstance(desk.top, Question)
    assert not till.cart.lines
    desk.key("Return")
    assert [line.item for line in till.cart.lines] == [0]
    desk.scan(code(0))
    desk.key("Escape")
    assert till.cart.lines[0].qty == 1000


def test_a_question_that_is_asked_again_after_yes_is_a_refusal(desk, till):
    from genesis import Confirm

    def always(_confirmed: bool) -> None:
        raise Confirm("Sure?", "Really")

    desk.attempt(always)
    desk.key("Return")
    assert not desk.dialogs
    assert desk.toast.tone == "bad"


def test_the_stepper_changes_by_one_and_never_to_zero(cashier, desk, till):
    desk.scan(code(0))
    cashier.step_quantity(1)
    assert till.cart.lines[0].qty == 2000
    cashier.step_quantity(-1)
    cashier.step_quantity(-1)
    assert till.cart.lines[0].qty == 1000


def test_after_a_void_the_last_line_is_chosen(cashier, desk):
    for number in (0, 1, 2):
        desk.scan(code(number))
    desk.key("Delete")
    assert [line.id for line in cashier.sale.lines][-1] == cashier.selected
    assert "Butter croissant" in desk.toast.text


@pytest.mark.parametrize("key", ["F4", "F5", "F6", "F7", "F12", "Delete", "Shift+Delete", "Ctrl+P"])
def test_a_key_that_makes_no_sense_now_says_why(desk, key):
    assert desk.key(key)
    assert desk.toast.tone == "warn"
    assert desk.screen == "sell"
    assert not desk.dialogs


def test_what_the_store_does_not_offer_is_absent(till, house):
    till.offered = ALL - {"line.discount", "customer.attach", "drawer.open"}
    desk = Desk(till, house, Now())
    desk.screens = {"sell": CashierVM(desk)}
    desk.go("sell")
    assert not {"line.discount", "customer.attach", "drawer.open"} & set(desk.screens["sell"].commands)
    assert not desk.key("F6")
    assert desk.key("F9")


def test_a_refused_discount_stays_in_its_dialog_with_the_reason(cashier, desk, till):
    desk.scan(code(0))
    type_keys(desk, "F6", "9", "9", "Return")
    dialog = desk.top
    assert isinstance(dialog, NumberDialog)
    assert dialog.error == "50 % is the most that may be taken off. Ask a manager."
    type_keys(desk, "Delete", "5", "0", "Return")
    assert not desk.dialogs
    assert till.cart.lines[0].off == 170


def test_a_discount_as_an_amount_on_the_whole_sale(cashier, desk, till):
    desk.scan(code(0))
    type_keys(desk, "Shift+F6", "Tab", "1", ".", "5", "Return")
    assert till.cart.off == 150
    assert [row.text for row in cashier.sale.discounts] == ["Discount on all"]


def test_a_store_that_wants_reasons_asks_for_one(cashier, desk, till):
    till.reasons = ("damaged", "staff")
    desk.scan(code(0))
    type_keys(desk, "F6", "1", "0", "Return")
    assert till.cart.lines[0].off == 0
    assert "damaged, staff" in desk.top.empty
    desk.top.search("mood")
    desk.key("Return")
    assert till.cart.lines[0].off == 0
    assert "damaged, staff" in desk.toast.text
    type_keys(desk, "F6", "1", "0", "Return")
    desk.top.search("staff")
    desk.key("Return")
    assert till.cart.lines[0].off == 34
    assert not desk.dialogs


def test_an_empty_answer_is_refused(desk):
    desk.scan(code(0))
    type_keys(desk, "F5", "Delete", "Return")
    assert "No number" in desk.top.error


def test_letters_do_nothing_in_a_number(desk):
    desk.scan(code(0))
    type_keys(desk, "F4", "x", "-", "2", "Return")
    assert desk.till.cart.lines[0].qty == 2000


def test_a_preset_is_one_touch(desk, till):
    desk.scan(code(0))
    desk.key("F6")
    desk.top.preset(desk.top.unit.presets[1])
    assert till.cart.lines[0].off == 34


def test_held_sales_are_listed_and_a_cart_with_lines_takes_the_place(cashier, desk, till):
    desk.scan(code(0))
    desk.key("F7")
    desk.scan(code(1))
    assert cashier.held == 1
    desk.key("F8")
    assert isinstance(desk.top, PickDialog)
    assert desk.top.choices[0].title == "Sale A"
    desk.key("Return")
    assert [line.item for line in till.cart.lines] == [0]
    assert [held.name for held in till.held()] == ["Sale B"]


def test_cancelling_asks_first(desk, till):
    desk.scan(code(0))
    desk.key("Shift+Delete")
    assert till.cart.lines
    assert "$3.67" in desk.top.texts[0]
    desk.key("Return")
    assert not till.cart.lines


def test_customers_are_found_by_typing_and_attached_by_a_scan(cashier, desk):
    desk.key("F3")
    desk.top.search("kov")
    assert [choice.title for choice in desk.top.choices] == ["Lena Kovač"]
    desk.key("Return")
    assert cashier.sale.customer.name == "Lena Kovač"
    desk.scan("CARD1")
    assert cashier.sale.customer.name == "María González"
    desk.key("F3")
    desk.top.pick(desk.top.choices[-1])
    assert cashier.sale.customer is None


def test_what_lies_below_a_dialog_does_nothing(cashier, desk):
    desk.scan(code(0))
    desk.key("F4")
    assert not desk.dispatch("sale.pay", cashier)
    assert desk.screen == "sell"


def test_tiles_that_are_not_ready_are_asked_for_again(till, house):
    from genesis import NotReady

    real = till.tiles

    def behind(*_a: Any) -> Any:
        raise NotReady("catalogue 40 %", "try again shortly")

    till.tiles = behind
    runner = Now()
    desk = Desk(till, house, runner)
    cashier = CashierVM(desk)
    desk.screens = {"sell": cashier}
    desk.go("sell")
    assert cashier.tiles.total == 0
    assert desk.toast is not None
    assert "40 %" in desk.toast.text
    till.tiles = real
    runner.tick()
    assert cashier.tiles.total == 40


def test_pages_of_tiles(cashier):
    cashier.resize(16)
    assert (cashier.pages, len(cashier.tiles.tiles)) == (3, 16)
    cashier.turn(1)
    first = cashier.tiles.tiles[0].name
    cashier.resize(8)
    assert cashier.page == 2
    assert cashier.tiles.tiles[0].name == first
    cashier.turn(99)
    assert cashier.page == cashier.pages - 1
    cashier.show("bakery")
    assert {tile.tint for tile in cashier.tiles.tiles} == {"bakery"}
    assert cashier.page == 0


def test_return_without_receipt_makes_every_item_negative_until_esc(cashier, desk, till):
    type_keys(desk, "F9", "F9")
    assert cashier.loose
    cashier.add("m:0")
    desk.scan(f"2*{code(1)}")
    assert [line.qty for line in till.cart.lines] == [-1000, -2000]
    desk.key("Escape")
    desk.scan(code(2))
    assert till.cart.lines[-1].qty == 1000


def sell(desk: Desk, *numbers: int) -> str:
    for number in numbers:
        desk.scan(code(number))
    type_keys(desk, "F12", "Return", "Return")
    receipt = desk.till.last_receipt()
    assert receipt is not None
    return receipt.number


def test_a_return_takes_only_what_is_left_and_goes_on_to_pay_back(desk, till):
    number = sell(desk, 0, 0, 2)
    desk.key("F9")
    dialog = desk.top
    assert isinstance(dialog, ReturnDialog)
    dialog.write(f" {number} ")
    desk.key("Return")
    assert dialog.picked == {"L1-0": 2000, "L2-0": 1000}
    type_keys(desk, "Left", "Down", "Left", "Left", "Up")
    assert dialog.picked == {"L1-0": 1000, "L2-0": 0}
    desk.key("Right")
    desk.key("Right")
    desk.key("Right")
    assert dialog.picked["L1-0"] == 2000
    desk.key("Return")
    assert desk.screen == "payment"
    assert [(line.item, line.qty) for line in till.cart.lines] == [(0, -2000)]
    desk.key("Return")
    assert till.last_receipt().total.minor == -734


def test_an_exchange_stays_at_the_cart(desk, till):
    number = sell(desk, 0)
    desk.scan(code(2))
    desk.key("F9")
    desk.scan(number)
    desk.key("Return")
    assert desk.screen == "sell"
    assert [line.qty for line in till.cart.lines] == [1000, -1000]


def test_an_unknown_receipt_is_said_in_the_dialog(desk):
    desk.key("F9")
    desk.key("Return")
    assert "No receipt number" in desk.top.error
    desk.scan("R9-1")
    assert "R9-1 is not known" in desk.top.error
    assert desk.top.sale is None


def test_nothing_picked_is_refused(desk):
    number = sell(desk, 0)
    desk.key("F9")
    desk.scan(number)
    type_keys(desk, "Left", "Return")
    assert "Nothing is picked" in desk.top.error


def test_exact_cash_partial_cash_and_change(desk, till):
    desk.scan(code(0))
    desk.key("F12")
    payment = desk.screens["payment"]
    assert payment.amount.minor == payment.due.minor == 367
    type_keys(desk, "2")
    assert payment.change.minor == 200 - 367
    desk.key("Return")
    assert payment.sale.due.minor == 167
    assert payment.amount.minor == 167
    assert desk.screen == "payment"
    type_keys(desk, "5", "Return")
    assert till.last_receipt().change.minor == 333
    assert desk.screen == "receipt"


def test_a_typed_amount_is_charged_by_the_method_that_is_chosen_next(desk, till):
    desk.scan(code(0))
    type_keys(desk, "F12", "1", "Alt+3")
    assert till.cart.paid[0].text == "Voucher"
    assert till.cart.paid[0].amount.minor == 100
    type_keys(desk, "9", "9", "Alt+3")
    assert till.calls[-1] == "tender voucher 2.67"  # never more than is due where there is no change
    assert desk.screen == "receipt"


def test_choosing_cash_keeps_what_was_typed(desk):
    desk.scan(code(0))
    type_keys(desk, "F12", "5", "Alt+1")
    assert desk.screens["payment"].number.text == "5"


def test_a_provider_is_polled_until_it_answers(desk, till):
    till.polls = 3
    desk.scan(code(0))
    type_keys(desk, "F12", "Alt+2")
    payment, runner = desk.screens["payment"], desk.runner
    assert payment.waiting.id == "card"
    type_keys(desk, "9", "Escape", "Return", "Alt+1")
    assert desk.screen == "payment"
    assert payment.number.text == "3.67"
    runner.tick()
    runner.tick()
    assert desk.screen == "payment"
    runner.tick()
    assert desk.screen == "receipt"
    assert till.calls.count("tender card 3.67") == 1


def test_a_decline_is_said_and_another_method_is_free(desk, till):
    till.polls, till.declines = 1, True
    desk.scan(code(0))
    type_keys(desk, "F12", "Alt+2")
    desk.runner.tick()
    payment = desk.screens["payment"]
    assert payment.waiting is None
    assert "declined" in desk.toast.text
    till.polls = 0
    type_keys(desk, "Alt+1", "Return")
    assert desk.screen == "receipt"


def test_waiting_can_be_stopped(desk, till):
    till.polls = 9
    desk.scan(code(0))
    type_keys(desk, "F12", "Alt+2", "F10")
    assert "stop" in till.calls
    desk.runner.tick()
    assert desk.screens["payment"].waiting is None


def test_no_way_to_pay_is_said(desk, till):
    desk.scan(code(0))
    till.methods = tuple
    type_keys(desk, "F12", "Return")
    assert "No plugin offers a way to pay" in desk.toast.text
    assert desk.screen == "payment"


def test_a_scan_at_the_payment_screen_goes_back_to_the_cart_unless_money_moved(desk, till):
    desk.scan(code(0))
    desk.key("F12")
    desk.scan(code(1))
    assert desk.screen == "sell"
    assert len(till.cart.lines) == 2
    type_keys(desk, "F12", "1", "Return")
    desk.scan(code(1))
    assert desk.screen == "payment"
    assert len(till.cart.lines) == 2
    assert "not used" in desk.toast.text


def test_a_copy_is_shown_and_said(desk, till):
    sell(desk, 0)
    desk.key("Ctrl+P")
    receipt = desk.screens["receipt"]
    desk.key("Ctrl+P")
    assert receipt.receipt.rows[0] == ("centre", "COPY 1", "")
    assert till.calls.count("reprint") == 1
    receipt.scroll(99, 3)
    assert receipt.top == len(receipt.receipt.rows) - 3
    receipt.scroll(-99, 3)
    assert receipt.top == 0


def test_an_unexpected_error_is_shown_with_the_id_it_has_in_the_log(desk, till, caplog):
    def broken(*_a: Any, **_k: Any) -> str:
        raise ZeroDivisionError("division by zero")

    till.scan = broken
    desk.scan(code(0))
    assert isinstance(desk.top, Failure)
    assert desk.top.error_id in caplog.text
    assert "ZeroDivisionError" in desk.top.texts[0]
    desk.scan(code(0))  # a second fault puts no second dialog over the first
    assert len(desk.dialogs) == 1
    desk.key("Return")
    assert not desk.dialogs


def test_a_plugin_fault_names_the_plugin(desk, till):
    from genesis import PluginFault

    def faulty(*_a: Any, **_k: Any) -> str:
        raise PluginFault("loyalty", "adjustments", "KeyError: 7")

    till.add = faulty
    desk.screens["sell"].add("m:0")
    assert "loyalty" in desk.top.texts[0]


def test_a_dialog_takes_those_above_it_down(desk):
    first, second = Question(desk, "a", "b", "c", list), Question(desk, "d", "e", "f", list)
    desk.open(first)
    desk.open(second)
    desk.close(first)
    assert desk.dialogs == []


def test_going_to_a_screen_below_comes_back_to_it(desk):
    desk.go("plugins")
    desk.go("payment")
    desk.go("plugins")
    assert desk.stack == ["sell", "plugins"]
    desk.back()
    desk.back()
    assert desk.stack == ["sell"]


def test_all_actions_are_found_by_typing_and_run(desk):
    desk.scan(code(0))
    desk.key("Ctrl+K")
    desk.top.search("hol")
    assert [choice.id for choice in desk.top.choices] == ["cart.hold"]
    assert desk.top.choices[0].cap == "F7"
    desk.key("Return")
    assert not desk.till.cart.lines


def test_plugins_are_switched_after_their_plan(desk, house):
    desk.go("plugins")
    page = desk.screens["plugins"]
    assert [row.state for row in page.rows] == ["enabled", "enabled", "disabled", "missing"]
    page.search("tax")
    desk.key("space")
    assert desk.top.severe
    assert desk.top.texts == ("Items with a tax class cannot be sold.",)
    desk.key("Escape")
    assert house.toggled == []
    desk.key("Return")
    desk.key("Return")
    assert house.toggled == [("genesis_tax", False)]
    assert page.rows[0].state == "disabled"


def test_a_switch_that_is_refused_stays_in_the_dialog(desk, house):
    def refuse(_plugin: str, *, enable: bool) -> None:
        raise Refused("a payment is under way", "switch when it is finished")

    house.toggle = refuse
    desk.go("plugins")
    type_keys(desk, "space", "Return")
    assert desk.top.error == "A payment is under way. Switch when it is finished."


def test_keys_can_be_changed_and_caps_follow():
    keys = KeyMap({"sale.pay": ("F9",), "sale.return": ("F12",)})
    assert keys.command("sell", "F9") == "sale.pay"
    assert keys.command("sell", "F12") == "sale.return"
    assert keys.cap("sell", "sale.pay") == "F9"
    assert keys.cap("sell", "nothing") == ""
    assert keys.command("payment", "F11") == "window.fullscreen"
    assert shown("Shift+Delete") == "Shift Del"


def test_a_plugin_gets_a_free_key_and_never_a_taken_one():
    keys = KeyMap()
    assert keys.add("sell", "loyalty.points", "Ctrl+G")
    assert not keys.add("sell", "loyalty.steal", "F12")
    assert keys.command("sell", "F12") == "sale.pay"
    assert keys.command("sell", "Ctrl+G") == "loyalty.points"


def test_every_key_of_a_screen_leads_to_one_of_its_commands(desk):
    desk.scan(code(0))
    for screen in ("sell", "payment", "receipt", "plugins"):
        vm = desk.screens[screen]
        commands = set(desk.keys._keys[vm.context])
        assert commands <= set(vm.commands), screen
    for key, context in (("F4", "number"), ("F8", "pick"), ("F9", "return"), ("Shift+Delete", "ask")):
        desk.key(key)
        assert desk.top.context == context
        assert set(desk.keys._keys[context]) <= set(desk.top.commands), context
        desk.key("Escape")


def test_listeners_are_told_and_can_leave(cashier, desk):
    told: list[int] = []
    leave = cashier.subscribe(lambda: told.append(1))
    desk.scan(code(0))
    count = len(told)
    assert count
    leave()
    leave()
    desk.scan(code(0))
    assert len(told) == count
