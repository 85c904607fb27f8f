"""Paying, receipts and returns, without a window."""

from __future__ import annotations

from genesis.shell.vm.returns import ReturnDialog
from tests.shell.desks import sell, type_keys
from tests.shell.memory import code


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


def test_more_than_is_due_is_not_shown_as_change_where_there_is_none(desk, till):
    till.polls = 3
    desk.scan(code(0))
    type_keys(desk, "F12", "9", "Alt+2")
    payment = desk.screens["payment"]
    assert till.calls[-1] == "tender card 3.67"
    assert (payment.amount.minor, payment.change.minor) == (367, 0)
    desk.key("F10")
    desk.runner.tick()
    desk.runner.tick()
    type_keys(desk, "9", "9")
    assert payment.change.minor == 0


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
    till.methods = lambda _share=0: ()
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


def test_how_the_receipt_is_handed_over_is_chosen_by_touch_or_key(desk, till):
    desk.scan(code(0))
    desk.key("F12")
    payment = desk.screens["payment"]
    assert [(m.id, m.chosen) for m in payment.media] == [("print", True), ("email", False), ("none", False)]
    payment.choose_medium("none")
    assert (till.medium, [m.chosen for m in payment.media]) == ("none", [False, False, True])
    desk.key("Ctrl+P")
    assert till.medium == "print"
    till.media = tuple
    payment.refresh()
    desk.key("Ctrl+P")
    assert desk.toast.text == "There is nothing to choose: no receipt printer is set up"


def lose_a_card_payment(desk, till):
    """Pay by card and lose the answer."""
    desk.scan(code(0))
    desk.key("F12")
    till.polls, till.loses = 1, True
    desk.key("Alt+2")
    desk.runner.tick()


def test_an_unclear_payment_is_asked_about_until_the_provider_knows(desk, till):
    lose_a_card_payment(desk, till)
    assert desk.top.title == "Was $3.67 taken by Card?"
    desk.key("Return")
    assert "does not know either" in desk.toast.text
    assert desk.screen == "payment"
    till.answers_next = "approved"
    desk.dispatch("payment.resolve")
    desk.key("Return")
    assert desk.screen == "receipt"
    assert till.last_receipt().total.minor == 367


def test_somebody_who_knows_says_what_became_of_it_and_how_they_know(desk, till):
    lose_a_card_payment(desk, till)
    type_keys(desk, "Down", "Down", "Return")
    assert desk.top.severe
    desk.key("Return")
    assert desk.dialogs  # a reason is needed
    desk.top.write("reason", "the terminal says declined")
    desk.key("Return")
    assert till.calls[-1] == "decide a1 False the terminal says declined"
    assert (desk.screen, desk.dialogs, desk.screens["payment"].unclear) == ("payment", [], ())
    desk.dispatch("payment.resolve")
    assert desk.toast.text == "Every payment of this sale is clear"


def test_foreign_cash_is_typed_in_its_own_money_and_change_is_said_in_the_stores(desk, till):
    desk.scan(code(0))  # 3.67
    till.foreign = True
    desk.key("F12")
    payment = desk.screens["payment"]
    type_keys(desk, "2", "0")
    payment.choose(next(m for m in payment.methods if m.id == "cash_cad"))
    assert (payment.number.fresh, str(payment.asked), payment.asked.currency) == (True, "3.99", "CAD")
    type_keys(desk, "5")
    assert (str(payment.worth), payment.worth.currency) == ("4.60", "USD")
    assert (str(payment.change), payment.change.currency, payment.owed.currency) == ("0.93", "USD", "USD")


def test_a_tip_is_asked_for_before_a_card_is_charged_where_this_till_asks(desk, till):
    desk.scan(code(0))  # 3.67
    desk.tips = ("5", "10")
    desk.key("F12")
    payment = desk.screens["payment"]
    payment.choose(payment.methods[1])
    assert not [c for c in till.calls if c.startswith("tender")]
    desk.key("Escape")
    assert not [*desk.dialogs, *(c for c in till.calls if c.startswith("tender"))]  # neither tip nor charge
    payment.choose(payment.methods[1])
    desk.top.preset(desk.top.unit.presets[2])
    assert till.calls[-1] == "tender card 3.67 tip 37"


def test_change_is_left_as_a_tip_only_where_this_till_asks(desk, till):
    desk.scan(code(0))
    desk.key("F12")
    payment = desk.screens["payment"]
    type_keys(desk, "5")
    assert not payment.tip_of_change
    desk.tips = ("5",)
    assert payment.tip_of_change
    payment.keep_change()
    assert till.calls[-1] == "tender cash 5.00 tip 133"


def test_the_tip_goes_back_with_the_goods_where_the_cashier_says_so(desk, till):
    number = sell(desk, 0)
    till.tip_back = 50
    desk.key("F9")
    desk.top.write(number)
    desk.key("Return")
    desk.key("Return")
    payment = desk.screens["payment"]
    payment.toggle_tip()
    assert (str(payment.asked), str(payment.gives_back)) == ("3.67", "4.17")
    desk.key("Return")
    assert till.calls[-1] == "tender cash -3.67 tip -50"


def test_what_is_due_is_paid_in_shares_one_after_another(desk, till):
    desk.scan(code(0))  # 3.67
    desk.key("F12")
    payment = desk.screens["payment"]
    desk.key("F6")
    type_keys(desk, "3")
    desk.key("Return")
    said = []
    for given in ("2", "5", "5"):
        said.append(str(payment.owed))
        type_keys(desk, given)
        desk.key("Return")
    assert said == ["1.23", "1.22", "1.22"]
    assert desk.screen == "receipt"


def test_lines_are_put_into_a_cart_of_their_own(desk, till):
    desk.scan(code(0))
    desk.scan(code(0))
    desk.scan(code(2))
    desk.key("Shift+F7")
    desk.key("Return")
    assert "paid apart" in desk.top.error
    desk.key("Right")
    desk.key("Return")
    assert [(line.item, line.qty) for line in till.cart.lines] == [(0, 1000), (2, 1000)]
    assert [(line.item, line.qty) for line in till.aside[0].lines] == [(0, 1000)]
