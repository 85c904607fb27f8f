"""Who may do what: default deny, roles grant, plugins only restrict, refusals are facts, passwords are argon2id."""

from __future__ import annotations

import pytest

from genesis import Actor, Refused, UserError, Veto
from genesis.hooks import platform
from genesis.kernel.actors import KERNEL_PERMISSIONS, NOBODY, OWNER
from genesis.kernel.permissions import Account
from genesis.testkit.stores import as_plugin
from tests.plugins_life.trouble import fail, trouble
from tests.probes.price_list.plugin import PriceList

KIM = Actor(id="kim", name="Kim", roles=("cashier",))
EVERY = [permission.id for permission in KERNEL_PERMISSIONS]


def goods():
    return as_plugin(PriceList(), "price_list")


@pytest.fixture
def app(stores):
    return stores.new("cash", extra=goods())


def refusals(app):
    return [
        (e.actor, e.fact.permission, e.fact.resource) for e in app.raw_journal.scan() if e.kind == "permission.refused"
    ]


@pytest.mark.parametrize("who", [NOBODY, KIM, Actor(id="owner", name="Not the owner")], ids=["nobody", "Kim", "name"])
def test_nobody_may_anything_until_a_role_grants_it(store, who):
    app = store("cash")
    permissions = app.pos.permissions
    assert all(permissions.reason(who, p) == "no role grants it" for p in EVERY)
    assert all(permissions.reason(OWNER, p) == "" for p in EVERY)
    assert "not a declared permission" in permissions.reason(OWNER, "register.fly")


def test_every_act_of_a_register_asks_and_a_refusal_changes_nothing(app):
    register = app.register
    line = register.scan("1").line
    number = register.pay("cash").sale.number
    line = register.scan("1").line
    cart, facts = register.cart, app.raw_journal.pos()
    app.actor = Actor(id="kim", name="Kim")
    acts = {
        "register.sell": [lambda: register.scan("1"), lambda: register.quantity(line, 2_000), register.pay,
                          lambda: register.note(line, "x"), register.complete, lambda: register.customer(None)],
        "register.override_price": [lambda: register.override_price(line, 1)],
        "register.discount": [lambda: register.discount(line, amount=1)],
        "register.void_line": [lambda: register.void(line)],
        "register.cancel": [register.cancel],
        "register.hold": [register.hold, register.recall],
        "register.return": [lambda: register.return_lines(number)],
        "register.reprint": [lambda: register.reprint(number)],
        "register.open_drawer": [lambda: register.open_drawer("")],
        "till.open": [lambda: register.shifts.open(0)],
        "till.close": [register.shifts.close],
        "till.move_cash": [lambda: register.shifts.move_cash("drop", 1, "")],
        "till.read": [register.shifts.x_report],
    }  # fmt: skip
    asked = 0
    for permission, calls in acts.items():
        for call in calls:
            with pytest.raises(Refused, match="Kim may not") as refused:
                call("cash") if call == register.pay else call()
            assert refused.value.field == permission
            asked += 1
    assert register.cart == cart
    assert app.raw_journal.pos() == facts + asked == facts + len(refusals(app))
    assert {p for _, p, _ in refusals(app)} == set(acts)


def test_a_role_grants_exactly_what_it_names_and_takes_it_back(stores, app):
    permissions = app.pos.permissions
    permissions.save_role("cashier", ("register.sell", "register.hold"))
    app.actor = KIM
    app.register.scan("1")
    app.register.hold()
    with pytest.raises(Refused, match="Take a line off a cart"):
        app.register.recall()
        app.register.void("1")
    app.actor = OWNER
    app.close()
    app = stores.open(app, plugins=("cash",), extra=goods())
    assert app.pos.permissions.reason(KIM, "register.sell") == ""
    app.pos.permissions.save_role("cashier", ())
    assert app.pos.permissions.reason(KIM, "register.sell") == "no role grants it"
    with pytest.raises(UserError, match=r"unknown permissions: register\.fly"):
        app.pos.permissions.save_role("cashier", ("register.fly",))


def test_plugins_can_take_away_and_cannot_give(stores):
    code, extra = trouble()
    app = stores.new("cash", extra=extra)
    permissions = app.pos.permissions
    code.at("authorise", lambda: None)
    assert permissions.reason(KIM, "register.sell") == "no role grants it"
    code.at("authorise", lambda: True)
    with pytest.raises(UserError, match="plugin trouble failed at authorise"):
        permissions.reason(OWNER, "register.sell")
    code.at("authorise", fail(Veto("not after midnight")))
    assert permissions.reason(OWNER, "register.sell") == "not after midnight"
    with pytest.raises(Refused, match="Owner may not: Ring up and complete sales \\(not after midnight\\)"):
        app.register.scan("1")


def test_signing_in_by_the_owners_password_survives_a_restart_and_never_tells_which_part_was_wrong(both):
    app = both.new("cash", extra=goods())
    permissions = app.pos.permissions
    assert not permissions.sign_in_needed()
    permissions.save_account(Account(id="owner", name="Owner"), "correct horse")
    permissions.save_account(Account(id="kim", name="Kim", roles=("cashier",)), "staple")
    app.close()
    app = both.open(app, plugins=("cash",), extra=goods())
    permissions = app.pos.permissions
    assert permissions.sign_in_needed()
    assert permissions.sign_in("owner", "correct horse").owner
    assert permissions.sign_in("kim", "staple") == KIM
    told = set()
    for claim, secret in (
        ("owner", "wrong"),
        ("nobody", "correct horse"),
        ("kim", ""),
        ("", ""),
        ("owner", "x" * 10**6),
    ):
        with pytest.raises(Refused) as refused:
            permissions.sign_in(claim, secret)
        told.add(str(refused.value))
    assert len(told) == 1
    signed = [(e.fact.account, e.fact.ok) for e in app.raw_journal.scan() if e.kind == "account.signed_in"]
    assert signed == [("owner", True), ("kim", True), ("owner", False), ("nobody", False), ("kim", False), ("", False),
                      ("owner", False)]  # fmt: skip
    permissions.save_account(Account(id="kim", name="Kim", active=False))
    with pytest.raises(Refused):
        permissions.sign_in("kim", "staple")


def test_a_password_is_kept_as_argon2id_and_stands_in_no_fact(store):
    app = store("cash")
    app.pos.permissions.save_account(Account(id="owner", name="Owner"), "correct horse")
    stored = app.journal.state("account", "owner")
    assert stored["secret"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    bodies = b"".join(e.body for e in app.raw_journal.scan())
    assert b"correct horse" not in bodies
    assert b"argon2" not in bodies
    for bad in ("", "abc", "x" * 1_025):
        with pytest.raises(UserError, match="password must have 4 to 1024 characters"):
            app.pos.permissions.save_account(Account(id="owner", name="Owner"), bad)
    assert app.journal.state("account", "owner") == stored
    app.pos.permissions.save_account(Account(id="owner", name="Boss"))
    assert app.journal.state("account", "owner")["secret"] == stored["secret"]


def test_a_plugin_may_know_who_it_is_and_the_kernel_still_decides(app):
    badge = app.pos.permissions.sign_in("badge", "ok")
    assert badge == Actor(id="badge", name="Badge", roles=("cashier",))
    assert app.pos.permissions.reason(badge, "register.sell") == "no role grants it"
    app.pos.permissions.save_role("cashier", ("register.sell", "register.void_line"))
    assert app.pos.permissions.reason(badge, "register.sell") == ""
    assert app.pos.permissions.reason(badge, "register.void_line") == "badges may not void"
    assert app.hooks.implemented(platform.authenticate) == ["price_list"]


def test_a_plugin_cannot_make_an_owner(stores):
    code, extra = trouble()
    app = stores.new("cash", extra=extra)
    app.pos.permissions.save_account(Account(id="owner", name="Owner"), "correct horse")
    code.at("authenticate", lambda: Actor(id="eve", name="Eve", owner=True))
    eve = app.pos.permissions.sign_in("eve", "x")
    assert app.pos.permissions.reason(eve, "register.sell") == "no role grants it"


def test_a_card_stands_for_one_account_with_its_password_or_alone_and_never_for_one_that_is_off(both):
    app = both.new()
    permissions = app.pos.permissions
    permissions.save_account(Account(id="owner", name="Olga"), "1234")
    permissions.save_account(Account(id="kim", name="Kim"), "5678")
    signed = "UID:04A1B2C3D4E5F6+T2.000000000042.000001.00112233445566778899AABBCCDDEEFF"
    permissions.give_card("owner", signed)  # what changes on a tag is not kept
    permissions.give_card("kim", "CARD:STAFF-17")
    with pytest.raises(UserError, match="somebody else's"):
        permissions.give_card("kim", "UID:04A1B2C3D4E5F6")
    for none in ("4111111111111111", "A0000000031010", "UID:04A1", "kim"):
        with pytest.raises(UserError, match="no card of a card reader"):
            permissions.give_card("kim", none)
    for wrong in ("", "5678"):
        with pytest.raises(Refused, match="not right"):
            permissions.sign_in("UID:04A1B2C3D4E5F6", wrong)
    assert permissions.sign_in(signed.replace("000001", "000002"), "1234").owner
    app.settings.change("store", {"card_alone": True})
    assert permissions.sign_in("CARD:STAFF-17", "").id == "kim"
    with pytest.raises(Refused, match="not right"):
        permissions.sign_in("kim", "")  # a name alone is never enough
    permissions.give_card("kim", "UID:DEADBEEF")
    with pytest.raises(Refused, match="not right"):
        permissions.sign_in("CARD:STAFF-17", "")
    permissions.save_account(Account(id="kim", name="Kim", active=False))
    with pytest.raises(Refused, match="not right"):
        permissions.sign_in("UID:DEADBEEF", "")
    app.close()
    again = both.open(app)
    assert again.pos.permissions.of_card(signed) == "owner"
    assert not any("04A1B2C3D4E5F6" in str(entry.fact) for entry in again.raw_journal.scan())
