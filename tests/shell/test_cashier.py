"""The selling screen's logic, without a window."""

from __future__ import annotations

from typing import Any

import pytest

from genesis import UserError
from genesis.shell.vm.base import Command
from genesis.shell.vm.cashier import CashierVM
from genesis.shell.vm.desk import Desk, Question
from genesis.shell.vm.document import Document
from genesis.shell.vm.numbers import NumberDialog, times
from genesis.shell.vm.palette import Goal, Palette
from genesis.shell.vm.picks import PickDialog
from tests.shell.desks import Now, sell, type_keys
from tests.shell.memory import ALL, code


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


def test_what_the_store_does_not_offer_is_absent(till):
    till.offered = ALL - {"line.discount", "customer.attach", "drawer.open"}
    desk = Desk(till, Now())
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


def test_tiles_that_are_not_ready_are_asked_for_again(till):
    from genesis import NotReady

    real = till.tiles

    def behind(*_a: Any) -> Any:
        raise NotReady("catalogue 40 %", "try again shortly")

    till.tiles = behind
    runner = Now()
    desk = Desk(till, runner)
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


def test_a_void_is_taken_back_by_its_message_and_by_key_and_a_second_time_is_refused(desk, cashier, till):
    desk.scan(code(0))
    desk.scan(code(2))
    desk.key("Delete")
    assert desk.toast.text == "Butter croissant was taken off"
    desk.key("Ctrl+Z")
    assert [line.name for line in cashier.sale.lines] == ["Flat white", "Butter croissant"]
    desk.key("Ctrl+Z")
    assert desk.toast.text == "There is nothing to undo. Change the line by hand."


def test_a_receipt_scanned_while_selling_opens_the_pick_of_its_lines(desk, till):
    number = sell(desk, 0, 0, 4)
    type_keys(desk, "Return")
    desk.scan(number)
    type_keys(desk, "Left", "Down", "Left", "Return")
    assert [(line.item, line.qty) for line in till.cart.lines] == [(0, -1000)]
    assert desk.screen == "payment"
    type_keys(desk, "Escape")
    till.offered.discard("sale.return")
    desk.screens["sell"].commands.pop("sale.return")
    desk.scan(number)
    assert "is not known" in desk.toast.text
    assert not desk.dialogs


def test_a_cancelled_sale_is_had_back_by_its_message_or_by_key(desk, cashier, till):
    for back in (desk.undo, lambda: desk.key("Ctrl+Z")):
        desk.scan(code(0))
        desk.scan(code(2))
        type_keys(desk, "Shift+Delete", "Return")
        assert (desk.toast.text, cashier.sale.lines) == ("Sale A is cancelled", ())
        back()
        assert [line.name for line in cashier.sale.lines] == ["Flat white", "Butter croissant"]
        till.cart.name = "Sale A"
        till.cart.lines.clear()


def test_a_note_is_written_on_the_chosen_line_and_taken_off_again(desk, cashier):
    desk.scan(code(0))
    desk.key("Ctrl+E")
    desk.top.search("oat milk")
    desk.key("Return")
    assert cashier.sale.lines[0].notes == ("oat milk",)
    desk.key("Ctrl+E")
    desk.key("Return")
    assert cashier.sale.lines[0].notes == ()


def test_why_a_line_costs_what_it_costs_is_a_document(desk):
    desk.scan(code(0))
    desk.key("Ctrl+I")
    assert isinstance(desk.top, Document)
    assert desk.top.rows[0] == ("title", "Flat white", "")


@pytest.fixture
def palette(desk, cashier):
    """The palette with one screen to go to; `went` tells where it led."""
    went = []
    made = Palette(desk, cashier, lambda: [Goal("stock", "Inventory", "boxes", lambda: went.append("stock"))])
    desk.define(Command("actions.open", "All", made.open, "ellipsis"))
    made.went = went
    return made


def test_the_palette_finds_actions_screens_goods_and_customers(desk, palette, till):
    desk.key("Ctrl+K")
    desk.top.search("inven")
    assert [choice.title for choice in desk.top.choices] == ["Inventory"]
    desk.key("Return")
    assert palette.went == ["stock"]
    desk.key("Ctrl+K")
    desk.top.search("croissant")
    assert [(choice.title, choice.right) for choice in desk.top.choices] == [("Butter croissant", "$1.80")]
    desk.key("Return")
    assert [line.name for line in desk.screens["sell"].sale.lines] == ["Butter croissant"]
    desk.go("receipt")
    desk.key("Ctrl+K")
    desk.top.search("gonz")
    assert [choice.title for choice in desk.top.choices] == ["María González"]
    desk.key("Return")
    assert (desk.screen, desk.screens["sell"].sale.customer.name) == ("sell", "María González")
    desk.key("Ctrl+K")
    desk.top.search("xyzzy")
    assert desk.top.choices == []


def test_all_actions_are_found_by_typing_and_run(desk, palette):
    desk.scan(code(0))
    desk.key("Ctrl+K")
    desk.top.search("hol")
    assert [choice.title for choice in desk.top.choices] == ["Hold", "Whole milk 2 L"]
    assert desk.top.choices[0].cap == "F7"
    desk.key("Return")
    assert not desk.till.cart.lines
