"""A slip is noted on the sale and its receipt; a card number never is."""

from __future__ import annotations

from typing import Any

import pytest

from genesis import Confirm, Item, Price, UserError, hookimpl
from genesis.hooks.platform import actions
from genesis.hooks.tables import report_of
from genesis.testkit.stores import as_plugin


class Goods:
    """A code is its price in cents."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        return Item(ref=f"goods:{code}", name=f"Thing {code}") if code.isdigit() else None

    @hookimpl
    def base_price(self, item: Item) -> Price:
        return Price(e4=int(item.ref.partition(":")[2]) * 100)


@pytest.fixture
def app(store: Any) -> Any:
    return store("external_card", "cash", "receipts", extra=as_plugin(Goods(), "goods"))


def pay(app: Any, amount: int | None = None, **answers: str) -> Any:
    with app.hooks.confirming(True, answers):
        return app.register.pay("external_card", amount)


def test_the_amount_is_said_and_the_reference_asked_before_anything_is_taken(app: Any) -> None:
    app.register.scan("1250")
    with pytest.raises(Confirm, match=r"Key 12\.50 EUR into the terminal") as asked:
        pay(app)
    assert [field.name for field in asked.value.fields] == ["reference"]
    assert app.register.cart.tenders == ()
    sale = pay(app, reference="T-0042").sale
    assert (sale.tenders[0].reference, sale.tenders[0].amount) == ("T-0042", 1250)
    rows = app.register.document(app.register.find_sale(sale.number))
    assert ("small", "Card slip T-0042", "12.50") in rows


def test_details_are_asked_where_the_store_wants_them_and_stand_on_every_copy(app: Any) -> None:
    app.settings.change("external_card", {"ask_details": True, "brands": ["Visa", "Girocard"], "signature": True})
    app.register.scan("1000")
    with pytest.raises(Confirm) as asked:
        pay(app)
    assert [f.name for f in asked.value.fields] == ["reference", "brand", "last4", "auth", "entry"]
    sale = pay(app, reference="77", brand="Visa", last4="4242", auth="A1B2C3", entry="chip").sale
    assert sale.tenders[0].details == {"brand": "Visa", "last4": "4242", "auth": "A1B2C3", "entry": "chip"}
    app.switch("external_card", enabled=False)
    copy = app.register.reprint(sale.number)
    assert ("small", "  Number", "4242") in copy
    assert ("small", "Signature", "") in copy


@pytest.mark.parametrize(
    ("name", "text"),
    [("reference", ""), ("reference", "4111 1111 1111 1111"), ("reference", "a\nb"), ("last4", "42424"), ("auth", "!")],
)
def test_what_is_no_slip_is_refused_by_field_and_nothing_is_taken(app: Any, name: str, text: str) -> None:
    app.register.scan("1000")
    answers: Any = {"reference": "1"} | {name: text}
    with pytest.raises(UserError) as wrong:
        pay(app, **answers)
    assert wrong.value.field == name
    assert app.register.cart.tenders == ()


def test_part_by_card_the_rest_in_cash_and_back_the_same_way(app: Any) -> None:
    app.register.scan("1000")
    pay(app, 600, reference="1")
    number = app.register.pay("cash").sale.number
    assert app.pos.shifts.x_report()
    app.register.return_lines(number)
    with pytest.raises(Confirm, match=r"Give 6\.00 EUR back"):
        pay(app, -600)
    pay(app, -600, reference="2")
    back = app.register.pay("cash").sale
    assert [(t.method, t.amount) for t in back.tenders] == [("external_card", -600), ("cash", -400)]


def test_a_tender_whose_plugin_went_off_holds_the_sale_until_it_is_taken_back(app: Any) -> None:
    app.register.scan("1000")
    pay(app, 600, reference="1")
    app.switch("external_card", enabled=False)
    with pytest.raises(UserError, match="not available any more"):
        app.register.pay("cash")
    app.register.take_back(app.register.cart.tenders[0].id)
    assert app.register.pay("cash").sale.tenders[0].amount == 1000


# -- signed slips ----------------------------------------------------------------------------------------------


def test_a_signed_slip_waits_for_the_cashier_and_a_wrong_one_is_taken_out_on_record(app: Any) -> None:
    app.settings.change("external_card", {"check_signature": True})
    app.register.scan("1000")
    answer = pay(app, reference="1", signed="1")
    assert (answer.sale, answer.priced.due) == (None, 0)
    with app.hooks.confirming(False, {"signature": "wrong"}):
        assert app.register.complete().priced.due == 1000
    [out] = [e.fact for e in app.raw_journal.scan() if e.kind == "payment.taken_out"]
    assert (out.reference, out.amount, out.reason) == ("1", 1000, "the signature was refused")
    pay(app, reference="2", signed="1")
    with app.hooks.confirming(False, {"signature": "right"}):
        assert app.register.complete().sale.tenders[0].details["signature"] == "checked"
    app.register.scan("1000")
    assert pay(app, reference="3").sale.total == 1000  # by PIN: nothing to sign


# -- the batch -------------------------------------------------------------------------------------------------


@pytest.fixture
def closing(app: Any) -> Any:
    app.settings.change("external_card", {"batches": True, "terminals": ["Left", "Right"]})
    for amount, terminal in (("1000", "Left"), ("250", "Right"), ("30", "Left")):
        app.register.scan(amount)
        pay(app, reference=amount, terminal=terminal)
    return app


def batch(app: Any, **answers: str) -> Any:
    action = next(one for found in app.hooks.each(actions)() for one in found if one.id == "external_card.batch")
    with app.hooks.confirming(False, answers):
        return action.run(app.pos)


def unclosed(app: Any) -> list[Any]:
    return [row for section in app.register.shifts.x_report() if section.todo for row in section.rows]


def test_a_terminal_is_closed_with_the_totals_of_both_sides_and_begins_anew(closing: Any) -> None:
    assert unclosed(closing) == [("Left (2)", "10.30"), ("Right (1)", "2.50")]
    done = batch(closing, terminal="Left", number="0042", total="10.30")
    assert ("bold", "Difference", "0.00") in done.document
    assert unclosed(closing) == [("Right (1)", "2.50")]
    closing.register.scan("500")
    pay(closing, reference="5", terminal="Left")
    sale = closing.register.last_sale().fact
    closing.register.return_lines(sale.number)
    pay(closing, reference="6", terminal="Left")
    assert unclosed(closing) == [("Left (2)", "0.00"), ("Right (1)", "2.50")]
    [fact] = [e.fact for e in closing.raw_journal.scan() if e.kind == "external_card.batch_closed"]
    assert (fact.register, fact.payments, fact.amount, fact.told) == ("R1", 2, 1030, 1030)


def test_what_the_terminal_tells_otherwise_needs_a_reason(closing: Any) -> None:
    with pytest.raises(Confirm, match=r"differs by -0\.30") as asked:
        batch(closing, terminal="Left", number="1", total="10.00")
    assert [field.name for field in asked.value.fields] == ["reason"]
    batch(closing, terminal="Left", number="1", total="10.00", reason="a slip is missing")
    found = report_of(closing.pos, "card_batches")
    assert [row[2:] for row in found.run(closing.pos, {})] == [
        ("Left", "1", "2", "10.30", "10.00", "-0.30", "a slip is missing")]  # fmt: skip
