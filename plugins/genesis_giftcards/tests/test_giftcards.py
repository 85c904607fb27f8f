"""Gift cards: sold, topped up, spent, never twice, whatever is off or restarted in between."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import Confirm, Item, Money, Price, Query, UserError, hookimpl, receipt_text
from genesis.testkit.stores import as_plugin
from genesis_giftcards import pages, service
from tests.probes.slow_card.plugin import CardPlugin


class Goods:
    """A code is its price in cents."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        return Item(ref=f"goods:{code}", name=f"Thing {code}") if code.isdigit() else None

    @hookimpl
    def base_price(self, item: Item) -> Price | None:
        return Price(e4=int(item.ref.partition(":")[2]) * 100) if item.ref.startswith("goods:") else None


GOODS = as_plugin(Goods(), "goods")
ON = ("giftcards", "cash")


@pytest.fixture
def app(store: Any) -> Any:
    return store(*ON, extra=GOODS)


def sold(app: Any, cents: int, ref: str = service.NEW) -> Any:
    app.register.add(app.register.resolve(ref), unit_price=cents * 100)
    return app.register.pay("cash").sale


def card(app: Any, cents: int) -> str:
    code: str = sold(app, cents).lines[0].sections["giftcards"]["code"]
    return code


def spend(app: Any, code: str, cents: int | None = None) -> Any:
    with app.hooks.confirming(True, {"giftcard": code}):
        return app.register.pay("giftcard", cents)


def holds(app: Any, code: str) -> int:
    return int(app.raw_journal.balance(service.SPACE, code))


def test_a_card_holds_what_was_paid_for_it_whatever_is_discounted(store: Any) -> None:
    app = store(*ON, "discounts", extra=GOODS)
    app.register.scan("1000")
    app.register.add(app.register.resolve(service.NEW), unit_price=20_00_00)
    app.register.discount(None, amount=250)
    sale = app.register.pay("cash").sale
    assert [line.gross for line in sale.lines] == [750, 2000]
    assert sale.lines[1].sections["giftcards"]["amount"] == 2000
    app.register.add(app.register.resolve(service.NEW), unit_price=20_00_00)
    with pytest.raises(UserError, match="no discount"):
        app.register.discount(app.register.cart.lines[0].id, percent=Decimal(10))


def test_a_card_is_activated_by_its_sale_and_its_code_is_on_the_receipt(app: Any) -> None:
    sale = sold(app, 5000)
    code = sale.lines[0].sections["giftcards"]["code"]
    assert service.is_code(code)
    assert holds(app, code) == 5000
    rows = app.register.document(app.register.find_sale(sale.number))
    assert ("barcode", code, "") in rows
    assert code in receipt_text(rows)  # where it is text alone, and for who types "what stands under its bars"
    assert sale.tax == 0


def test_codes_are_long_and_differ() -> None:
    codes = {service.new_code() for _ in range(2_000)}
    assert len(codes) == 2_000
    assert all(service.is_code(code) for code in codes)
    assert len(service.LETTERS) ** service.LENGTH >= 2**80


def test_a_card_pays_in_part_and_the_rest_is_paid_another_way(app: Any) -> None:
    code = card(app, 2000)
    app.register.scan("3000")
    with pytest.raises(Confirm) as asked:
        app.register.pay("giftcard")
    assert [field.name for field in asked.value.fields] == ["giftcard"]
    with pytest.raises(UserError, match=r"holds 20\.00"):
        spend(app, code)
    assert spend(app, code, 2000).priced.due == 1000
    assert holds(app, code) == 2000  # taken only with the sale
    sale = app.register.pay("cash").sale
    assert [(t.method, t.amount) for t in sale.tenders] == [("giftcard", 2000), ("cash", 1000)]
    assert holds(app, code) == 0


def test_the_same_card_cannot_pay_twice_in_one_sale(app: Any) -> None:
    code = card(app, 2000)
    app.register.scan("3000")
    spend(app, code, 1500)
    with pytest.raises(UserError, match=r"holds 5\.00"):
        spend(app, code, 1000)


def test_a_top_up_adds_and_a_return_goes_back_onto_the_card(app: Any) -> None:
    code = card(app, 1000)
    sold(app, 500, code)
    assert holds(app, code) == 1500
    app.register.scan("1200")
    number = spend(app, code).sale.number
    assert holds(app, code) == 300
    app.register.return_lines(number)
    spend(app, code)
    assert holds(app, code) == 1500
    row = pages.find(app.pos, Query(text=code.lower())).rows[0]
    assert row.cells[3].text == Money(1_500, "EUR")  # type: ignore[union-attr]


def test_a_card_that_is_taken_back_loses_its_balance_and_one_that_was_spent_stays_sold(app: Any) -> None:
    sale = sold(app, 1000)
    code = sale.lines[0].sections["giftcards"]["code"]
    app.register.return_lines(sale.number)
    app.register.pay("cash")
    assert (holds(app, code), pages.liability(app.pos).value) == (0, Money(0, "EUR"))
    again = sold(app, 1000)
    app.register.scan("300")
    spend(app, again.lines[0].sections["giftcards"]["code"])
    app.register.return_lines(again.number)
    with pytest.raises(UserError, match=r"the card holds 7\.00: the rest of it was spent: void this return line"):
        app.register.pay("cash")


def test_of_a_top_up_of_several_each_that_comes_back_takes_its_own_part_off_the_card(app: Any) -> None:
    code = card(app, 5000)
    app.register.add(app.register.resolve(code), 3_000, unit_price=3_333_00)
    number = app.register.pay("cash").sale.number
    for left in (11_666, 8_333, 5_000):
        app.register.return_lines(number, {"1": 1_000})
        app.register.pay("cash")
        assert holds(app, code) == left


def test_what_a_spent_card_was_paid_with_is_not_given_back_for_it(store: Any) -> None:
    charged = CardPlugin()
    app = store(*ON, extra=GOODS | as_plugin(charged, "slow_card"))
    app.register.add(app.register.resolve(service.NEW), unit_price=50_00_00)
    app.register.pay("slow_card").payment.outcome(5)
    sale = app.register.settle(1).sale
    app.register.scan("3000")
    spend(app, sale.lines[0].sections["giftcards"]["code"])
    app.register.return_lines(sale.number)
    with pytest.raises(UserError, match=r"the card holds 20\.00"):
        app.register.pay("slow_card")
    assert sum(charged.books.charged.values()) == 5000
    app.register.void(app.register.cart.lines[0].id)  # nothing went back, so the cart is free


@pytest.mark.parametrize("code", ["", "GC", "GC0000000000000000", "X" * 40, "4111111111111112", "GCIIIIIIIIIIIIIIII"])
def test_what_is_no_card_of_this_store_is_refused(app: Any, code: str) -> None:
    app.register.scan("100")
    with pytest.raises(UserError, match="no gift card") as wrong:
        spend(app, code)
    assert wrong.value.field == "giftcard"


def test_a_card_that_was_never_sold_cannot_be_topped_up(app: Any) -> None:
    with pytest.raises(UserError, match="never sold here"):
        app.register.scan(service.new_code())


@pytest.mark.parametrize("qty", [2000, 500, -1000])
def test_a_card_is_sold_whole_and_alone(app: Any, qty: int) -> None:
    app.register.add(app.register.resolve(service.NEW), qty, unit_price=1_000_000)
    with pytest.raises(UserError, match="gift card"):
        app.register.pay("cash")


def test_no_more_than_the_store_allows_is_on_a_card(app: Any) -> None:
    app.settings.change("giftcards", {"most": "50"})
    code = card(app, 4000)
    with pytest.raises(UserError, match="at most 50"):
        sold(app, 1001, code)
    app.register.cancel()
    sold(app, 1000, code)
    assert holds(app, code) == 5000


def test_a_card_past_its_last_day_is_refused(app: Any) -> None:
    app.settings.change("giftcards", {"months_valid": 12})
    code = card(app, 1000)
    assert str(service.expiry(app.pos, code)) == "2027-03-02"
    app.clock.forward(days=366)
    app.register.scan("100")
    with pytest.raises(UserError, match="valid until 2027-03-02"):
        spend(app, code)


def test_two_processes_never_spend_a_card_twice(stores: Any, app: Any) -> None:
    """Both looked at the balance before either sale was recorded; the guard lets one through."""
    code = card(app, 1000)
    app.register.scan("1000")
    spend(app, code, 600)
    other = stores.open(app, plugins=ON, extra=GOODS, register=False)
    from genesis import Balance
    from genesis.kernel.facts import DrawerOpened

    other.journal.append(DrawerOpened(register="R2"), guards=[Balance(service.SPACE, code, -500)])
    with pytest.raises(UserError, match=r"only 5\.00 of it is left"):
        app.register.pay("cash")
    assert holds(app, code) == 500
    app.register.take_back(app.register.cart.tenders[0].id)
    assert app.register.pay("cash").sale.total == 1000


def test_eight_threads_spend_exactly_what_is_on_a_card(app: Any) -> None:
    from genesis import Balance, Refused
    from genesis.kernel.facts import DrawerOpened

    code = card(app, 9800)
    done: list[bool] = []

    def work() -> None:
        for _ in range(20):
            try:
                app.raw_journal.append(
                    DrawerOpened(register="R"), stream="office", actor="", guards=[Balance(service.SPACE, code, -100)]
                )
                done.append(True)
            except Refused:
                done.append(False)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (done.count(True), holds(app, code)) == (98, 0)


def test_what_is_owed_adds_up_and_survives_the_plugin_being_off(app: Any) -> None:
    first, second = card(app, 1000), card(app, 2500)
    app.register.scan("700")
    spend(app, first)
    assert pages.liability(app.pos).value == Money(2_800, "EUR")
    app.switch("giftcards", enabled=False)
    app.register.scan("100")
    with pytest.raises(UserError, match="no payment method"):
        app.register.pay("giftcard")
    app.register.pay("cash")
    app.switch("giftcards", enabled=True)
    assert pages.liability(app.pos).value == Money(2_800, "EUR")
    assert (holds(app, first), holds(app, second)) == (300, 2500)
    assert app.rebuild("giftcards_card", swap=False).different == ()
    assert sorted(row[3] for row in pages.REPORT.run(app.pos, {})) == ["25.00", "3.00"]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(amounts=st.lists(st.integers(1, 5000), min_size=1, max_size=6), part=st.integers(1, 100))
def test_balance_is_what_was_loaded_less_what_was_spent(app: Any, amounts: list[int], part: int) -> None:
    code = card(app, amounts[0])
    for cents in amounts[1:]:
        sold(app, cents, code)
    spent = max(sum(amounts) * part // 100, 1)
    app.register.scan(str(spent))
    spend(app, code)
    assert holds(app, code) == sum(amounts) - spent
    row = next(r for r in pages.find(app.pos, Query(text=code)).rows)
    assert row.cells[3].text == Money(sum(amounts) - spent, "EUR")  # type: ignore[union-attr]
