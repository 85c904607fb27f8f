"""What a cashier may not is approved by somebody who may: for that one command, on record, under the cashier's name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from genesis import Actor, Confirm, Refused, UserError
from genesis.kernel.actors import KERNEL_PERMISSIONS, OWNER
from genesis.kernel.approvals import APPROVED, Approval
from genesis.kernel.permissions import Account
from genesis.testkit.stores import as_plugin
from tests.probes.price_list.plugin import PriceList

KIM = Actor(id="kim", name="Kim", roles=("cashier",))
PIN = {"mia": "4711", "lea": "0815", "owner": "correct horse"}
LEADS = ("register.override_price", "register.discount", "register.void_line", "register.return_without_receipt")


def peopled(app: Any) -> Any:
    """Kim sells; Mia leads, Lea only voids, the owner may everything, Ron's account is off, Sue has no password."""
    permissions = app.pos.permissions
    permissions.save_role("cashier", ("register.sell",))
    permissions.save_role("lead", ("register.sell", *LEADS))
    permissions.save_role("voids", ("register.void_line",))
    permissions.save_account(Account(id="owner", name="Olga"), PIN["owner"])
    permissions.save_account(Account(id="kim", name="Kim", roles=("cashier",)), "1234")
    permissions.save_account(Account(id="mia", name="Mia", roles=("lead",)), PIN["mia"])
    permissions.save_account(Account(id="lea", name="Lea", roles=("voids",)), PIN["lea"])
    permissions.save_account(Account(id="ron", name="Ron", roles=("lead",), active=False), "9999")
    permissions.save_account(Account(id="sue", name="Sue", roles=("lead",)))
    app.actor = KIM
    return app


@pytest.fixture
def app(stores: Any) -> Any:
    return peopled(stores.new("cash", "signin", "discounts", extra=as_plugin(PriceList(), "price_list")))


def asked(run: Any) -> Approval:
    """Return the question that a command raises."""
    with pytest.raises(Approval) as question:
        run()
    return question.value


def approved(app: Any, run: Any, who: str = "mia") -> Any:
    """Do a command that has to be approved, with the approval of somebody."""
    given = asked(run).answered({"person": who, "password": PIN[who]})
    with app.hooks.confirming(False, given):
        return run()


def facts(app: Any, kind: str) -> list[Any]:
    return [entry for entry in app.raw_journal.scan() if entry.kind == kind]


def approvals(app: Any) -> list[tuple[str, str, str]]:
    """Return (who asked, what for, who approved) of every approval on record."""
    return [(e.actor, e.fact.permission, e.fact.approver) for e in facts(app, "permission.approved")]


def test_who_may_is_asked_and_who_did_it_and_who_approved_are_both_on_record(both: Any) -> None:
    app = peopled(both.new("cash", extra=as_plugin(PriceList(), "price_list")))
    register = app.register
    line = register.scan("1").line
    question = asked(lambda: register.override_price(line, 5_000))
    assert isinstance(question, Confirm)
    assert isinstance(question, Refused)
    assert (
        str(question)
        == "Kim may not: Set another price on a line: somebody who may do it can approve it, for this once"
    )
    person, password = question.fields
    assert person.choices == (("mia", "Mia"), ("owner", "Olga"))  # not Lea, Ron, Sue or Kim
    assert (password.kind, password.required) == ("secret", True)
    answer = approved(app, lambda: register.override_price(line, 5_000))
    assert answer.priced.total == 50
    [override], [approval] = facts(app, "price.overridden"), facts(app, "permission.approved")
    assert (override.actor, override.fact.approver) == ("kim", "mia")
    assert (approval.actor, approval.fact.approver, approval.fact.sale) == ("kim", "mia", register.cart.id)
    assert (approval.stream, approval.seq) == (override.stream, override.seq + 1)  # one append
    sale = register.pay("cash").sale
    assert (sale.actor, sale.lines[0].approver) == ("kim", "mia")
    bodies = b"".join(entry.body for entry in app.raw_journal.scan())
    assert PIN["mia"].encode() not in bodies


def test_a_command_without_a_fact_of_its_own_is_on_record_too_and_survives_a_restart(both: Any) -> None:
    app = peopled(both.new("cash", "discounts", extra=as_plugin(PriceList(), "price_list")))
    register = app.register
    line = register.scan("1").line
    approved(app, lambda: register.discount(line, percent=Decimal(10)))
    approved(app, lambda: register.quantity(line, -1_000))
    assert approvals(app) == [
        ("kim", "register.discount", "mia"), ("kim", "register.return_without_receipt", "mia"),
    ]  # fmt: skip
    [discount] = register.cart.discounts
    assert (discount.actor, discount.approver) == ("kim", "mia")
    app.close()
    again = both.open(app, plugins=("cash", "discounts"), extra=as_plugin(PriceList(), "price_list"))
    assert again.register.cart.lines[0].qty == -1_000
    assert len(approvals(again)) == 2


def test_an_approval_is_for_one_command(app: Any) -> None:
    register = app.register
    lines = [register.scan(code).line for code in ("1", "2")]
    approved(app, lambda: register.void(lines[0]))
    assert asked(lambda: register.void(lines[1])).fields[0].choices[0] == ("mia", "Mia")  # who approved last is first
    assert [line.id for line in register.cart.lines] == [lines[1]]
    assert len(approvals(app)) == 1


def test_undoing_needs_one_password_for_all_that_it_takes_and_somebody_who_may_all_of_it(app: Any) -> None:
    register = app.register
    register.scan("1")
    register.scan("2")
    question = asked(register.undo)  # takes a line off
    assert question.fields[0].choices == (("lea", "Lea"), ("mia", "Mia"), ("owner", "Olga"))
    approved(app, register.undo, "lea")
    assert len(register.cart.lines) == 1
    assert approvals(app) == [("kim", "register.void_line", "lea")]


@pytest.mark.parametrize("password", ["", "1234", "4712"])
def test_a_wrong_password_is_refused_and_changes_nothing(app: Any, password: str) -> None:
    register = app.register
    line = register.scan("1").line
    question, cart = asked(lambda: register.override_price(line, 5_000)), register.cart
    with pytest.raises(Refused, match="not right") as refused:
        question.answered({"person": "mia", "password": password})
    assert refused.value.field == "password"
    assert (register.cart, approvals(app)) == (cart, [])
    tries = [(entry.fact.account, entry.fact.ok) for entry in facts(app, "account.signed_in")]
    assert tries == [("mia", False)]


def test_wrong_passwords_make_the_next_try_wait_as_at_the_lock_screen(app: Any) -> None:
    question = asked(lambda: app.register.open_drawer("change"))
    for _ in range(3):
        with pytest.raises(Refused, match="not right"):
            question.answered({"person": "owner", "password": "no"})
    with pytest.raises(Refused, match="3 wrong passwords in a row: wait 2 s"):
        question.answered({"person": "owner", "password": PIN["owner"]})
    app.clock.forward(seconds=2)
    assert question.answered({"person": "owner", "password": PIN["owner"]})[APPROVED] == "owner"


def test_who_may_not_cannot_approve_whatever_they_type(app: Any) -> None:
    register = app.register
    line = register.scan("1").line
    question = asked(lambda: register.override_price(line, 5_000))
    for person, password in (("lea", PIN["lea"]), ("kim", "1234"), ("ron", "9999")):
        with pytest.raises(Refused, match=r"(Lea|Kim) may not: Set another price|not right"):
            question.answered({"person": person, "password": password})
    with app.hooks.confirming(True, {APPROVED: "mia"}):  # typed, not given
        asked(lambda: register.override_price(line, 5_000))
    given = asked(lambda: register.void(line)).answered({"person": "lea", "password": PIN["lea"]})
    with app.hooks.confirming(False, given), pytest.raises(Refused, match="Lea may not: Set another price") as refused:
        register.override_price(line, 5_000)
    assert not isinstance(refused.value, Approval)
    assert (register.cart.lines[0].source, approvals(app)) == ("price_list:list", [])


def test_rights_are_those_of_the_moment_the_command_runs(app: Any) -> None:
    register = app.register
    line = register.scan("1").line
    given = asked(lambda: register.void(line)).answered({"person": "mia", "password": PIN["mia"]})
    app.actor = OWNER
    app.pos.permissions.save_role("lead", ("register.sell",))
    app.actor = KIM
    with app.hooks.confirming(False, given), pytest.raises(Refused, match="Mia may not: Take a line off"):
        register.void(line)
    assert len(register.cart.lines) == 1


def test_where_nobody_may_it_is_a_plain_refusal_and_every_refusal_is_on_record(stores: Any) -> None:
    app = stores.new("cash", extra=as_plugin(PriceList(), "price_list"))
    app.pos.permissions.save_role("cashier", ("register.sell",))
    app.actor = KIM
    line = app.register.scan("1").line
    with pytest.raises(Refused, match=r"\(no role grants it\): ask somebody who may") as refused:
        app.register.void(line)
    assert not isinstance(refused.value, Approval)
    app = peopled_later(app)
    asked(lambda: app.register.void(line))
    assert [entry.fact.permission for entry in facts(app, "permission.refused")] == ["register.void_line"] * 2


def peopled_later(app: Any) -> Any:
    app.actor = OWNER
    return peopled(app)


def test_selling_itself_and_the_back_office_are_never_approved(app: Any) -> None:
    app.actor = Actor(id="zoe", name="Zoe")
    for run in (
        lambda: app.register.scan("1"),
        lambda: app.pos.permissions.save_role("lead", ()),
        lambda: app.pos.permissions.require("settings.change", "store"),
    ):
        with pytest.raises(Refused) as refused:
            run()
        assert not isinstance(refused.value, Approval)
    approvable = {one.id for one in KERNEL_PERMISSIONS if one.approvable}
    assert all(key.startswith(("register.", "till.")) for key in approvable)


def test_a_repeated_command_is_answered_and_asks_nobody_again(app: Any) -> None:
    register = app.register
    line = register.scan("1").line
    approved(app, lambda: register.override_price(line, 5_000, command="c1"))
    answer = register.override_price(line, 5_000, command="c1")
    assert answer.text == "done before"
    assert len(facts(app, "price.overridden")) == len(approvals(app)) == 1


def test_what_fails_after_its_approval_leaves_none_behind(app: Any) -> None:
    register = app.register
    line = register.scan("1").line
    given = asked(lambda: register.override_price(line, 5_000)).answered({"person": "mia", "password": PIN["mia"]})
    with app.hooks.confirming(False, given), pytest.raises(UserError, match="out of range"):
        register.override_price(line, -1)
    register.scan("2")
    assert approvals(app) == []


def test_the_drawer_the_shift_and_a_copy_can_be_approved_too(app: Any) -> None:
    register = app.register
    register.scan("1")
    number = register.pay("cash").sale.number
    approved(app, lambda: register.open_drawer("change"), "owner")
    approved(app, lambda: register.reprint(number), "owner")
    approved(app, lambda: register.shifts.move_cash("drop", 10, "safe"), "owner")
    fact = approved(app, lambda: register.shifts.close(), "owner")
    assert fact.z == 1
    assert [permission for _who, permission, _by in approvals(app)] == [
        "register.open_drawer", "register.reprint", "till.move_cash", "till.close",
    ]  # fmt: skip


def test_more_discount_than_allowed_is_approved_and_the_sale_goes_on(app: Any) -> None:
    app.actor = OWNER
    app.settings.change("discounts", {"most_percent": "20"})
    app.pos.permissions.save_role("cashier", ("register.sell", "register.discount"))
    app.actor = KIM
    register = app.register
    line = register.scan("1").line
    before = register.priced.total
    question = asked(lambda: register.discount(line, percent=Decimal(50)))
    assert question.what.startswith("discount: at most 20 % (")
    assert question.fields[0].choices == (("owner", "Olga"),)
    approved(app, lambda: register.discount(line, percent=Decimal(50)), "owner")
    assert (before, register.priced.total) == (125, 63)
    [approval] = facts(app, "permission.approved")
    assert (approval.fact.permission, approval.fact.resource) == ("discounts.exceed", "50 %")
    register.scan("2")  # nobody is asked about that discount again
    register.pay("cash")
    register.scan("1")
    asked(lambda: register.discount(register.cart.lines[0].id, percent=Decimal(50)))


def test_a_staff_card_approves_with_its_password_or_alone_as_the_store_wants(app: Any) -> None:
    app.actor = OWNER
    app.pos.permissions.give_card("mia", "UID:DEADBEEF")
    app.pos.permissions.give_card("lea", "UID:04A1B2C3D4E5F6")
    app.actor = KIM
    register = app.register
    line = register.scan("1").line
    question = asked(lambda: register.override_price(line, 5_000))
    with pytest.raises(Approval, match="this card needs its password as well") as again:
        question.answered({"person": "owner", "password": "UID:DEADBEEF"})
    assert (again.value.chosen, again.value.fields) == ("mia", question.fields)
    app.actor = OWNER
    app.settings.change("store", {"card_alone": True})
    app.actor = KIM
    with pytest.raises(Refused, match="Lea may not"):
        question.answered({"password": "UID:04A1B2C3D4E5F6"})
    with app.hooks.confirming(False, question.answered({"password": "UID:DEADBEEF"})):
        register.override_price(line, 5_000)
    assert approvals(app) == [("kim", "register.override_price", "mia")]
    assert b"DEADBEEF" not in b"".join(entry.body for entry in app.raw_journal.scan())


def test_no_open_cart_holds_a_password(app: Any) -> None:
    register = app.register
    line = register.scan("1").line
    approved(app, lambda: register.override_price(line, 5_000))
    assert PIN["mia"] not in msgspec.json.encode(register.cart).decode()
    assert all(PIN["mia"].encode() not in body for body in app.raw_journal.open_carts(register.name).values())
