"""Customers are found by card and phone, kept encrypted, exported whole, and gone for good when they ask."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import given, strategies as st

from genesis import Actor, CustomerRef, Item, Price, Refused, UnknownCode, UserError, Veto, hookimpl
from genesis.kernel.verify import verify
from genesis.testkit.stores import Stores, as_plugin
from genesis_customers.command import run
from genesis_customers.models import customer_checked, phone_key

ADA = {"name": "Ada Byron-Lovelace", "phone": "+44 20 7946 0000", "email": "ada@analytical.example", "group": "gold",
       "since": "2024-02-29", "cards": [{"code": "vip-1815"}]}  # fmt: skip
SECRETS = (b"Lovelace", b"lovelace", b"79460000", b"analytical", b"VIP-1815", b"vip-1815")


class Goods:
    """Sells apples, and knows one code that looks like a phone number."""

    @hookimpl
    def resolve_code(self, code):
        return Item(ref="goods:1", name="Apple") if code in {"apple", "600123456"} else None

    @hookimpl
    def base_price(self):
        return Price(e4=10_000)


@pytest.fixture
def app(store):
    return store("customers", "cash", extra=as_plugin(Goods(), "goods"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A register that is only asked, never changed."""
    stores = Stores(tmp_path_factory.mktemp("desk"))
    app = stores.new("customers")
    app.pos.records("customers_customer").save(ADA, record_id="ada")
    app.pos.records("customers_customer").save({"name": "Grace Hopper"})
    yield app.register
    stores.close()


@pytest.fixture
def customers(app):
    return app.pos.records("customers_customer")


@pytest.mark.parametrize(
    "typed",
    ["vip-1815", "VIP-1815", " vip-1815\r\n", "]C0VIP-1815", "+442079460000", "+44 (20) 7946-0000", "0044 20 7946 0000",
     "020 7946 0000", "2079460000", "customers:ada"],
)  # fmt: skip
def test_a_card_or_a_phone_number_is_the_customer(desk, typed):
    assert desk.resolve(typed) == CustomerRef(
        ref="customers:ada", person="ada", group="gold", name="Ada Byron-Lovelace", detail="gold"
    )


@pytest.mark.parametrize("typed", ["vip", "460000", "vip-18", "79460001", "44 20 7946 00001", "customers:eve", "0"])
def test_part_of_a_number_is_nobody(desk, typed):
    with pytest.raises(UnknownCode):
        desk.resolve(typed)


def test_a_card_attaches_the_customer_to_the_cart_and_the_sale(app, customers):
    customers.save(ADA, record_id="ada")
    app.register.scan("apple")
    assert app.register.scan("vip-1815").cart.customer.name == "Ada Byron-Lovelace"
    sale = app.register.pay("cash").sale
    assert (sale.customer, sale.person) == ("customers:ada", "ada")


def test_goods_come_first_and_two_with_one_phone_are_asked_by_name(app, customers):
    customers.save({"name": "Bo", "phone": "600 123 456"})
    assert app.register.scan("600123456").line == "1"
    customers.save({"name": "Cy", "phone": "+34 911 222 333"})
    assert app.register.scan("911222333").cart.customer.name == "Cy"
    customers.save({"name": "Di", "phone": "911 222 333"})
    with pytest.raises(Veto, match="2 customers have this phone number"):
        app.register.scan("911222333")


def test_a_card_belongs_to_one_customer(customers, app, stores):
    customers.save(ADA, record_id="ada")
    with pytest.raises(Veto, match="cards: VIP-1815 belongs to another customer"):
        customers.save({"name": "Eve", "cards": [{"code": "Vip-1815"}]})
    other = stores.open(app, register=False, extra=as_plugin(Goods(), "goods"))
    other.pos.journal.wait = lambda *_a, **_k: None
    with pytest.raises(Refused, match="already taken"):
        other.pos.records("customers_customer").load([customer_checked(ADA) | {"id": "eve"}])
    customers.save(ADA | {"cards": []}, record_id="ada")
    customers.save({"name": "Eve", "cards": [{"code": "VIP-1815"}]})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", None), ("name", "x" * 121), ("name", "x" * 10_000_000), ("name", "a\x00b"), ("name", 7),
        ("phone", "call me"), ("phone", "12345"), ("phone", "1" * 16), ("phone", "٦٠٠١٢٣٤٥٦"), ("email", "ada"),
        ("email", "a b@c.de"), ("email", "a@b"), ("since", "yesterday"), ("since", "2023-02-29"), ("cards", "vip"),
        ("cards", ["vip"]), ("cards", [{"code": ""}]), ("cards", [{"code": str(n)} for n in range(21)]),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named(field, value):
    with pytest.raises(UserError) as refused:
        customer_checked(ADA | {field: value})
    assert refused.value.field == field


def test_what_is_kept_is_kept_again_the_same():
    kept = customer_checked(ADA)
    assert kept == ADA | {"phone": "+442079460000", "cards": [{"code": "VIP-1815"}]}
    assert customer_checked(kept) == kept


@given(st.text("+0123456789 ()-./", max_size=30))
def test_a_phone_is_the_same_however_it_is_spaced(typed):
    plain = phone_key(typed)
    assert phone_key(plain) == plain
    assert plain == "" or (len(plain.lstrip("+")) >= 6 and plain.lstrip("+").isdigit())


@pytest.mark.parametrize("typed", ["ada", "LOVE", "byron ada", "ada@ana", "4420", "2079", "vip 18"])
def test_search_finds_by_the_beginnings_of_words(desk, typed):
    customers = desk.pos.records("customers_customer")
    assert [row["id"] for row in customers.search(typed)] == ["ada"]
    assert customers.search(f"{typed}x") == []


def bytes_of(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_no_personal_value_stands_in_clear_in_the_journal(app, customers):
    customers.save(ADA, record_id="ada")
    customers.save(ADA | {"name": "Ada Lovelace", "group": "silver"}, record_id="ada")
    app.register.scan("vip-1815")
    app.register.scan("apple")
    app.register.pay("cash")
    customers.delete("ada")
    facts = list(app.raw_journal.scan())
    written = b"".join(entry.body + entry.guards.encode() for entry in facts)
    assert [secret for secret in SECRETS if secret in written] == []
    assert b"gold" in written
    assert len({entry.guards for entry in facts if '"customers_card"' in entry.guards}) == 2  # taken, and free again


def test_an_export_holds_everything_and_needs_its_permission(app, customers):
    customers.save(ADA, record_id="ada")
    app.register.scan("vip-1815")
    app.register.scan("apple", 2_000)
    sale = app.register.pay("cash").sale
    app.register.scan("apple")
    app.register.pay("cash")
    known = app.pos.privacy.export("ada")["customers"]
    assert known | {"sales": []} == {
        "id": "ada", "name": "Ada Byron-Lovelace", "phone": "+442079460000", "email": "ada@analytical.example",
        "group": "gold", "since": "2024-02-29", "cards": ["VIP-1815"], "sales": [],
    }  # fmt: skip
    assert [(s["number"], s["total"], s["items"]) for s in known["sales"]] == [
        (sale.number, "2.00", [{"name": "Apple", "quantity": "2.000"}])
    ]
    with pytest.raises(UserError, match="nothing is known about a person 'eve'"):
        app.pos.privacy.export("eve")
    app.actor = Actor(id="ana", name="Ana")
    for forbidden in (lambda: app.pos.privacy.export("ada"), lambda: app.pos.privacy.erase("ada")):
        with pytest.raises(Refused, match="Ana may not"):
            forbidden()


def test_an_erased_person_is_gone_from_every_file_and_the_chain_still_holds(app, customers, stores):
    customers.save(ADA, record_id="ada")
    customers.save({"name": "Grace Hopper", "cards": [{"code": "g-1"}]}, record_id="grace")
    app.register.scan("vip-1815")
    app.register.scan("apple")
    number = app.register.pay("cash").sale.number
    assert app.pos.privacy.erase("ada", "asked") == {"customers": "name, phone, e-mail and cards (1)"}

    row = customers.get("ada")
    assert (row["name"], row["phone"], row["email"], row["cards"], row["group"]) == (None, None, None, [], "gold")
    assert customers.search("ada") == customers.search("79460000") == []
    assert app.register.find_sale(number).fact.person == "ada"
    assert app.rebuild("customers_customer", swap=False).different == ()
    with pytest.raises(Veto, match="was erased"):
        app.register.scan("customers:ada")
    with pytest.raises(UserError, match="there is no person 'ada' to erase"):
        app.pos.privacy.erase("ada")
    with pytest.raises(Refused, match="was erased"):
        customers.save(ADA, record_id="ada")
    customers.save({"name": "Eve", "cards": [{"code": "vip-1815"}]})  # the card can be given again
    app.close()
    kept = bytes_of(app.home.folder)
    assert [secret for secret in SECRETS if secret in kept and b"1815" not in secret] == []

    again = stores.open(app.home.folder, extra=as_plugin(Goods(), "goods"))
    assert again.pos.records("customers_customer").get("ada")["name"] is None
    assert again.pos.records("customers_customer").get("grace")["name"] == "Grace Hopper"
    assert again.rebuild("customers_customer", swap=False).different == ()
    verify(again.raw_journal)


def test_keys_brought_back_by_an_old_backup_are_erased_again(app, customers, stores, tmp_path):
    customers.save(ADA, record_id="ada")
    shutil.copytree(app.home.keys, tmp_path / "keys")
    app.pos.privacy.erase("ada")
    app.close()
    shutil.rmtree(app.home.keys)
    shutil.copytree(tmp_path / "keys", app.home.keys)
    for view in app.home.folder.glob("views.db*"):
        view.unlink()
    again = stores.open(app.home.folder, extra=as_plugin(Goods(), "goods"))
    assert again.pos.records("customers_customer").get("ada")["name"] is None


def test_nobody_is_erased_who_stands_on_a_cart(app, customers):
    customers.save(ADA, record_id="ada")
    app.register.scan("vip-1815")
    app.register.scan("apple")
    app.register.hold("Ada's")
    with pytest.raises(Refused, match="the person is on Ada's of register R1"):
        app.pos.privacy.erase("ada")
    app.register.recall("Ada's")
    app.register.cancel()
    app.pos.privacy.erase("ada")


def test_customers_are_there_again_after_a_week_off(app, customers):
    customers.save(ADA, record_id="ada")
    app.switch("customers", enabled=False)
    with pytest.raises(UnknownCode):
        app.register.scan("vip-1815")
    app.switch("customers", enabled=True)
    assert app.register.scan("vip-1815").cart.customer.name == "Ada Byron-Lovelace"


def test_the_command_adds_finds_exports_and_erases(app, capsys):
    def said(*arguments):
        assert run(app.pos, list(arguments)) == 0
        return capsys.readouterr().out

    ada = said("add", "--name", "Ada", "--phone", "600 123 457", "--card", "c-1", "--group", "gold").strip()
    assert json.loads(said("find", "ada", "--json")) == [
        {"id": ada, "name": "Ada", "phone": "600123457", "email": "", "group": "gold", "since": "2026-03-02"}
    ]
    assert said("find", "600123457") == f"{ada}  Ada  600123457  gold  2026-03-02\n"
    assert json.loads(said("export", "C-1"))["customers"]["name"] == "Ada"
    with pytest.raises(UserError, match="cannot be undone"):
        run(app.pos, ["erase", "c-1"])
    assert said("erase", "600123457", "--yes", "--why", "asked").startswith(f"Erased: {ada}\n  customers: ")
    assert said("find", "ada") == ""
    for command in ("export", "erase"):
        with pytest.raises(UserError):
            run(app.pos, [command, ada])
    with pytest.raises(UserError, match="there is no customer 'c-1'"):
        run(app.pos, ["export", "c-1"])
    with pytest.raises(SystemExit) as usage:
        run(app.pos, ["add"])
    assert usage.value.code == 2
