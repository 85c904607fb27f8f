"""A terminal asks for a signature: it is printed, the cashier says whether it is right, and a wrong one goes back."""

from __future__ import annotations

import pytest

from genesis import Confirm
from genesis_terminals.signing import slip


@pytest.fixture(autouse=True)
def _signs(fake):
    fake.signs = True


@pytest.fixture
def way():
    return "cloud"


def answered(till, **answers):
    with till.app.hooks.confirming(False, answers):
        return till.app.register.complete()


def test_the_sale_waits_until_the_signature_is_right(till, fake):
    till.app.register.scan("2")
    answer = till.card()
    assert answer.sale is None
    assert answer.priced.due == 0
    with pytest.raises(Confirm, match=r"signs the slip of 3\.33") as asked:
        till.app.register.complete()
    assert [value for value, _ in asked.value.fields[0].choices] == ["right", "wrong"]
    sale = answered(till, signature="right").sale
    assert sale.tenders[0].details["signature"] == "checked"
    till.check()


def test_a_wrong_signature_gives_the_money_back_and_the_sale_is_paid_another_way(till, fake):
    till.app.register.scan("2")
    till.card()
    assert answered(till, signature="wrong").priced.due == 333
    [out] = till.facts("payment.taken_out")
    assert (out.amount, out.reason) == (333, "the signature was refused")
    till.restart()  # nothing of it is only in memory
    till.work()
    assert (fake.total("charged"), fake.total("voided")) == (333, 333)
    assert till.app.register.pay("cash").sale.total == 333
    till.check()


def test_a_crash_before_the_signature_was_checked_still_asks_for_it(till, fake):
    till.app.register.scan("2")
    till.card()
    till.restart()
    till.work()
    with pytest.raises(Confirm, match="signs the slip"):
        till.app.register.complete()
    assert answered(till, signature="right").sale.total == 333


def test_the_slip_names_the_card_and_has_a_line_to_sign(till):
    till.app.register.scan("2")
    till.card()
    rows = slip(till.app.pos, till.facts("payment.approved")[0])
    assert ("total", "EUR", "3.33") in rows
    assert ("small", "Number", "0010") in rows
    assert [row[0] for row in rows[-2:]] == ["rule", "small"]


def test_what_was_paid_by_card_is_taken_out_again_after_a_yes(till, fake):
    fake.signs = False
    till.app.register.scan("2")
    [tender] = till.card(200).cart.tenders
    with pytest.raises(Confirm, match=r"2\.00 was paid by Card"):
        till.app.register.take_back(tender.id)
    with till.app.hooks.confirming(True):
        assert till.app.register.take_back(tender.id).priced.due == 333
    till.work()
    assert fake.total("voided") == 200
    assert till.app.register.pay("cash").sale.total == 333
    till.check()
