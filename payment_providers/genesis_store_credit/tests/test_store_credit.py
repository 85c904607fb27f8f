"""Credit is given by a return and never spent twice; an account is never above its limit; the statement adds up."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select

from genesis import Act, Actor, Balance, Item, Price, Query, Refused, UserError, Veto, hookimpl
from genesis.kernel.facts import DrawerOpened
from genesis.testkit.stores import as_plugin
from genesis_store_credit import pages, service
from genesis_store_credit.command import CREDIT as CREDIT_COMMAND
from genesis_store_credit.models import ACCOUNT, CREDIT, SETTLE, account

ADA = "customers:ada"
ON = ("store_credit", "customers", "cash")


class Goods:
    """A code is its price in cents."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        return Item(ref=f"goods:{code}", name=f"Thing {code}") if code.isdigit() else None

    @hookimpl
    def base_price(self, item: Item) -> Price | None:
        return Price(e4=int(item.ref.partition(":")[2]) * 100) if item.ref.startswith("goods:") else None


GOODS = as_plugin(Goods(), "goods")


@pytest.fixture
def app(store: Any) -> Any:
    app = store(*ON, extra=GOODS)
    app.pos.records("customers_customer").save({"name": "Ada Lovelace", "phone": "+44 20 7946 0000"}, record_id="ada")
    return app


def ring(app: Any, cents: int, customer: str = ADA) -> None:
    app.register.scan(str(cents))
    app.register.scan(customer)


def give_credit(app: Any, cents: int) -> None:
    ring(app, cents)
    number = app.register.pay("cash").sale.number
    app.register.return_lines(number)
    app.register.scan(ADA)
    app.register.pay(CREDIT)


def holds(app: Any, space: str = CREDIT) -> int:
    return int(app.raw_journal.balance(space, ADA))


def may_owe(app: Any, amount: str) -> str:
    return service.set_limit(app.pos, "Ada", amount)


def test_a_return_gives_credit_and_a_later_sale_spends_it_in_part(app: Any) -> None:
    give_credit(app, 2000)
    assert holds(app) == 2000
    ring(app, 2500)
    with pytest.raises(UserError, match=r"has 20\.00 of credit") as wrong:
        app.register.pay(CREDIT)
    assert wrong.value.field == "amount"
    assert app.register.pay(CREDIT, 2000).priced.due == 500
    assert holds(app) == 2000  # taken only with the sale
    sale = app.register.pay("cash").sale
    assert [(t.method, t.amount, t.reference) for t in sale.tenders] == [(CREDIT, 2000, ADA), ("cash", 500, "")]
    assert holds(app) == 0


def test_one_credit_cannot_pay_twice_in_one_sale(app: Any) -> None:
    give_credit(app, 2000)
    ring(app, 3000)
    app.register.pay(CREDIT, 1500)
    with pytest.raises(UserError, match=r"has 5\.00 of credit"):
        app.register.pay(CREDIT, 1000)


@pytest.mark.parametrize(("method", "title"), [(CREDIT, "Store credit"), (ACCOUNT, "On account")])
def test_without_a_customer_it_is_refused_and_says_what_to_do(app: Any, method: str, title: str) -> None:
    app.register.scan("100")
    with pytest.raises(UserError, match=f"{title} needs a customer: scan") as wrong:
        app.register.pay(method)
    assert wrong.value.field == "customer"
    assert app.register.cart.tenders == ()


def test_credit_spent_elsewhere_meanwhile_is_refused_and_the_cart_can_be_paid_otherwise(app: Any, stores: Any) -> None:
    give_credit(app, 1000)
    ring(app, 1000)
    app.register.pay(CREDIT, 600)
    other = stores.open(app, plugins=ON, extra=GOODS, register=False)
    other.journal.append(DrawerOpened(register="R2"), guards=[Balance(CREDIT, ADA, -500)])
    with pytest.raises(UserError, match=r"only 5\.00 of it is left"):
        app.register.pay("cash")
    assert holds(app) == 500
    app.register.take_back(app.register.cart.tenders[0].id)
    assert app.register.pay("cash").sale.total == 1000


def test_giving_credit_for_cash_needs_the_permission_and_getting_credit_back_does_not(app: Any) -> None:
    give_credit(app, 1000)
    app.pos.permissions.save_role("till", ("register.sell", "register.return"))
    app.actor = Actor(id="kim", name="Kim", roles=("till",))
    ring(app, 1000)
    number = app.register.pay(CREDIT).sale.number
    app.register.return_lines(number)
    app.register.scan(ADA)
    app.register.pay(CREDIT)
    assert holds(app) == 1000
    ring(app, 300)
    number = app.register.pay("cash").sale.number
    app.register.return_lines(number)
    app.register.scan(ADA)
    with pytest.raises(Refused, match=r"paid otherwise \(3\.00 by Cash\)"):
        app.register.pay(CREDIT)


def test_an_account_has_a_limit_that_is_never_passed(app: Any) -> None:
    ring(app, 1000)
    with pytest.raises(Refused, match="does not buy on account"):
        app.register.pay(ACCOUNT)
    assert may_owe(app, "15") == "Ada Lovelace may owe 15.00"
    app.register.pay(ACCOUNT)
    ring(app, 600)
    with pytest.raises(UserError, match=r"of a limit of 15\.00 the customer may use 5\.00 more"):
        app.register.pay(ACCOUNT)
    app.register.pay(ACCOUNT, 500)
    app.register.pay("cash")
    assert holds(app, ACCOUNT) == 1500


def test_a_limit_lowered_while_a_sale_is_paid_refuses_the_sale(app: Any) -> None:
    may_owe(app, "10")
    ring(app, 1000)
    app.register.pay(ACCOUNT, 800)
    may_owe(app, "5")
    with pytest.raises(UserError, match="cannot move by 800"):
        app.register.pay("cash")
    assert holds(app, ACCOUNT) == 0
    app.register.take_back(app.register.cart.tenders[0].id)
    app.register.pay("cash")


def test_an_account_is_paid_at_the_till_never_more_than_is_owed_and_a_return_owes_it_again(app: Any) -> None:
    may_owe(app, "20")
    ring(app, 2000)
    app.register.pay(ACCOUNT)
    app.register.add(app.register.resolve(SETTLE), unit_price=20_01_00)
    app.register.scan(ADA)
    with pytest.raises(UserError, match=r"owes 20\.00"):
        app.register.pay("cash")
    app.register.cancel()
    app.register.add(app.register.resolve(SETTLE), unit_price=12_00_00)
    app.register.scan(ADA)
    sale = app.register.pay("cash").sale
    assert (sale.total, holds(app, ACCOUNT)) == (1200, 800)
    app.register.return_lines(sale.number)
    app.register.pay("cash")
    assert holds(app, ACCOUNT) == 2000


def test_what_is_paid_on_account_lowers_the_debt_by_the_money_taken_whatever_is_discounted(store: Any) -> None:
    app = store(*ON, "discounts", extra=GOODS)
    app.pos.records("customers_customer").save({"name": "Ada Lovelace"}, record_id="ada")
    may_owe(app, "20")
    ring(app, 2000)
    app.register.pay(ACCOUNT)
    ring(app, 1000)
    app.register.add(app.register.resolve(SETTLE), unit_price=12_00_00)
    with pytest.raises(Refused, match="no discount"):
        app.register.discount(app.register.cart.lines[1].id, percent=Decimal(50))
    app.register.discount(None, percent=Decimal(50))
    with pytest.raises(Refused, match="not itself owed"):
        app.register.pay(ACCOUNT, 100)
    sale = app.register.pay("cash").sale
    assert [line.gross for line in sale.lines] == [500, 1200]
    assert holds(app, ACCOUNT) == 800


def test_a_return_on_account_lowers_what_is_owed(app: Any) -> None:
    may_owe(app, "20")
    ring(app, 2000)
    number = app.register.pay(ACCOUNT).sale.number
    app.register.return_lines(number)
    app.register.scan(ADA)
    app.register.pay(ACCOUNT)
    assert holds(app, ACCOUNT) == 0


def test_limits_are_set_by_who_may_for_one_customer_and_not_below_zero(app: Any) -> None:
    app.pos.records("customers_customer").save({"name": "Ada Byron"})
    for who, amount, words in (("Ada", "5", "several"), ("Zoe", "5", "nobody"), ("Lovelace", "-5", "negative")):
        with pytest.raises(UserError, match=words):
            service.set_limit(app.pos, who, amount)
    app.actor = Actor(id="kim", name="Kim")
    with pytest.raises(Refused, match="may not"):
        service.set_limit(app.pos, "Lovelace", "5")


def test_the_page_the_statement_and_what_is_owed_add_up_and_survive_a_rebuild(app: Any) -> None:
    give_credit(app, 700)
    pages.limit(app.pos, Act(values={"customer": "Lovelace", "limit": "9.50"}))
    ring(app, 400)
    app.register.pay(ACCOUNT)
    app.switch("store_credit", enabled=False)
    ring(app, 100)
    with pytest.raises(UserError, match="no payment method"):
        app.register.pay(CREDIT)
    app.register.pay("cash")
    app.switch("store_credit", enabled=True)
    assert [str(figure.value) for figure in pages.figures(app.pos)] == ["7.00", "4.00"]
    [row] = pages.find(app.pos, Query()).rows
    assert row.cells[0] == "Ada Lovelace"
    assert [(m.what, m.credit, m.owed) for m in pages.statement(app.pos, ADA)] == [
        ("Credit", 700, 0), ("On account", 0, 400)]  # fmt: skip
    drawer = pages.drawer(app.pos, ADA)
    assert [[str(row[2]) for row in section.rows] for section in drawer.sections[1:]] == [["7.00"], ["4.00"]]
    pages.change(app.pos, Act(rows=(ADA,), values={"limit": "3"}))
    assert drawer.title == "Ada Lovelace"
    assert str(pages.drawer(app.pos, ADA).sections[0].rows[2][1]) == "3.00"
    [liability, statements] = [report.run(app.pos, {}) for report in pages.REPORTS]
    assert liability == [("Ada Lovelace", "2026-03-02", "7.00", "4.00", "EUR")]
    assert len(statements) == 2
    assert app.rebuild("store_credit", swap=False).different == ()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from([CREDIT, ACCOUNT]), st.integers(1, 900)), min_size=1, max_size=8))
def test_after_any_history_the_guards_are_the_sums_of_what_was_recorded(app: Any, steps: list[Any]) -> None:
    if not app.raw_journal.balance("on_account limit", ADA):
        may_owe(app, "15")
    give_credit(app, 500)
    for method, cents in steps:
        ring(app, cents)
        try:
            app.register.pay(method)
        except UserError:
            app.register.pay("cash")
    sales = [e.fact for e in app.raw_journal.scan() if e.kind == "sale.completed"]
    spent = {m: sum(t.amount for s in sales for t in s.tenders if t.method == m) for m in (CREDIT, ACCOUNT)}
    assert (holds(app), holds(app, ACCOUNT)) == (-spent[CREDIT], spent[ACCOUNT])
    assert holds(app) >= 0
    assert 0 <= holds(app, ACCOUNT) <= 1500
    [row] = app.db.all(select(account))
    assert (row.credit, row.owed) == (holds(app), holds(app, ACCOUNT))


def test_nobody_is_erased_before_both_sides_are_settled(app: Any) -> None:
    give_credit(app, 2000)
    with pytest.raises(Veto, match=r"has 20\.00 of credit"):
        app.pos.privacy.erase("ada")
    ring(app, 2000)
    app.register.pay(CREDIT)
    may_owe(app, "50")
    ring(app, 1250)
    app.register.pay(ACCOUNT)
    with pytest.raises(Veto, match=r"owes 12\.50"):
        app.pos.privacy.erase("ada")
    assert app.pos.records("customers_customer").get("ada")["name"] == "Ada Lovelace"
    app.register.scan(ADA)
    app.register.add(service.item(SETTLE), extended_amount=1250)
    app.register.pay("cash")
    assert (holds(app), holds(app, ACCOUNT)) == (0, 0)
    app.pos.privacy.erase("ada")
    assert app.pos.records("customers_customer").get("ada")["name"] is None


def told(app: Any, capsys: Any, *arguments: str) -> list[dict[str, str]]:
    assert CREDIT_COMMAND.run(app.pos, [*arguments, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_command_says_balance_statement_and_liability(app: Any, capsys: Any) -> None:
    give_credit(app, 2000)
    may_owe(app, "50.00")
    ring(app, 700)
    app.register.pay(ACCOUNT)
    known = {"customer": "Ada Lovelace", "credit": "20.00", "owed": "7.00", "currency": "EUR"}
    assert told(app, capsys, "balance", "Ada") == [known | {"limit": "50.00"}]
    moved = told(app, capsys, "statement", "Ada")
    assert [(row["what"], row["credit"], row["owed"]) for row in moved] == [
        ("Credit", "20.00", "0.00"), ("On account", "0.00", "7.00")]  # fmt: skip
    assert told(app, capsys, "liability") == [known, known | {"customer": "all"}]
    with pytest.raises(UserError, match="nobody is found"):
        told(app, capsys, "balance", "Grace")
    app.pos.permissions.save_role("cashier", ("register.sell",))
    app.actor = Actor(id="kim", name="Kim", roles=("cashier",))
    with pytest.raises(Refused):
        told(app, capsys, "liability")
