"""Every line of the console register's grammar, and what it says to what is not in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import Item, Price, hookimpl
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from genesis.testkit.stores import as_plugin
from genesis.upkeep.doctor import sale_faults
from tests.console.terminal import CARD, COFFEE, ESPRESSO, Console, copy_home
from tests.probes.slow_card.plugin import CardPlugin

RECEIPT = re.compile(r"Receipt: (R1-[0-9]{8})")


@pytest.fixture(scope="module")
def one_console(demo_home, tmp_path_factory):
    """A console for many refusals; each leaves it as it found it, but for one sale."""
    with App(open_home(copy_home(demo_home, tmp_path_factory.mktemp("till") / "shop")), register=True) as app:
        yield Console(app)


def numbers(lines):
    """Return the receipt numbers that stand alone on their line."""
    return [found[1] for line in lines if (found := RECEIPT.fullmatch(line))]


def sales(app):
    return [e.fact for e in app.raw_journal.scan() if e.kind == "sale.completed"]


def test_codes_and_quantities_answer_with_the_line_and_the_total(console):
    assert console.ask(COFFEE) == "1: Flat white 1 x 3.40 = 3.40  Total: 3.40"
    assert console.ask(f"2*{COFFEE}") == "2: Flat white 2 x 3.40 = 6.80  Total: 10.20"
    assert console.ask(f"0.5*{ESPRESSO}") == "3: Espresso 0.5 x 2.20 = 1.10  Total: 11.30"
    assert console.ask(f"0.125*{ESPRESSO}") == "4: Espresso 0.125 x 2.20 = 0.28  Total: 11.58"  # 0.275
    assert console.ask(f"3*{'0' + COFFEE}") == "5: Flat white 3 x 3.40 = 10.20  Total: 21.78"
    assert console.till.refused == 0


def test_a_label_of_the_scales_brings_its_own_price_or_weight(console):
    assert console.ask("2101701005238") == "1: Gouda mild 0.439 kg = 5.23  Total: 5.23"  # at 11.90 a kg
    assert console.ask("2301801012505").startswith("2: Bananas 1.25 kg x 1.49 = 1.86")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (f"0.1234*{COFFEE}", "quantity: 0.1234 has more than 3 decimals"),
        (f"0*{COFFEE}", "quantity: 0 is out of range"),
        (f"1000001*{COFFEE}", "quantity: 1000001 is out of range"),
        (f"1,5*{COFFEE}", "quantity: '1,5' cannot stand before a code"),
        (f"-1*{COFFEE}", "quantity: '-1' cannot stand before a code"),
        (f"1e99*{COFFEE}", "quantity: '1e99' cannot stand before a code"),
        ("1e99*1", "quantity: '1e99' cannot stand before a code"),
        (f".5*{COFFEE}", "quantity: '.5' cannot stand before a code"),
        (f"3 * {COFFEE}", "quantity: '3 ' cannot stand before a code"),
        (f"３*{COFFEE}", "quantity: '３' cannot stand before a code"),
        (f"2*2*{COFFEE}", f"unknown code '2*{COFFEE}'"),
        (f"*{COFFEE}", "unknown code"),
        ("3*", "unknown code"),
        ("E*12", "unknown code 'E*12'"),
        (f"{'9' * 400}*{COFFEE}", f"quantity: '{'9' * 40}' has too many digits"),
        ("cancel 1", "cancel: '1' does not belong here"),
        ("x y", "x: 'y' does not belong here"),
        ("help me", "help: 'me' does not belong here"),
        ("unpay all", "unpay: 'all' does not belong here"),
        ("9999999999999", "unknown code"),
        ("qty -", "quantity: '-' is not a decimal number"),
        ("qty", "quantity: '' is not a decimal number"),
        ("qty 1,5", "quantity: '1,5' is not a decimal number"),
        ("qty 1e2", "quantity: '1e2' is not a decimal number"),
        ("qty 0", "quantity: 0 is out of range"),
        ("qty ٣", "quantity"),
        ("qty nan", "quantity"),
        ("price -1", "price: a price cannot be negative"),
        ("price 1,50", "price: '1,50' is not a decimal number"),
        ("price 1.23456", "price: 1.23456 has more than 4 decimals"),
        ("price 99999999999", "price: it is out of range"),
        ("price", "price: '' is not a decimal number"),
        ("discount -5%", "discount: it is out of range"),
        ("discount 101%", "discount: it is out of range"),
        ("discount 0", "discount: it is out of range"),
        ("discount 1.234", "discount: 1.234 has more than 2 decimals"),
        ("discount %", "discount: '' is not a decimal number"),
        ("discount", "discount: '' is not a decimal number"),
        ("void 99", "there is no line '99' in this cart"),
        ("void 😀", "there is no line '😀' in this cart"),
        ("customer 9520000010010", "'9520000010010' is not a customer"),
        ("customer", "a code has 1 to 4096 characters"),
        ("customer G-9999", "unknown code"),
        ("recall", "there is an open cart"),
        ("cash", "cash: an amount is missing"),
        ("cash 1.234", "amount: 1.234 has more than 2 decimals"),
        ("cash 1e99", "amount: '1e99' is not a decimal number"),
        ("cash -5", "amount: it must be more than zero"),
        ("cash 0", "amount: it must be more than zero"),
        ("cash 99999999999999", "amount: it is out of range"),
        ("cash exactly", "amount: 'exactly' is not a decimal number"),
        ("pay", "pay: a method is missing"),
        ("pay gold", "there is no payment method 'gold'"),
        ("pay gold 5", "there is no payment method 'gold'"),
        ("pay cash x", "amount: 'x' is not a decimal number"),
        ("return", "there is no receipt ''"),
        ("cash 1111111111111111", "amount: '1111111111111111' has too many digits"),
        ("return R1-99999999", "there is no receipt 'R1-99999999'"),
        ("return R1-99999999 1*2", "there is no receipt 'R1-99999999'"),
        ("reprint R1-99999999", "there is no receipt 'R1-99999999'"),
        ("QTY 2", "unknown code"),
        ("; DROP TABLE journal", "unknown code"),
        ("\x00", "unknown code"),
        ("x" * 5_000, "a code has 1 to 4096 characters, not 5000"),
        ("hold " + "n" * 61, "name"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_nothing_changes(line, what, one_console):
    console = one_console
    console.ask(COFFEE)
    cart, facts, before = console.app.register.cart, console.app.raw_journal.pos(), console.till.refused
    answer = console.ask(line)
    assert answer.startswith(f"Refused: {what}")
    assert ": " in answer.removeprefix("Refused: ")
    assert console.app.register.cart == cart
    assert console.app.raw_journal.pos() == facts
    assert console.till.refused == before + 1
    assert len(numbers(console.type(COFFEE, "cash exact"))) == 1
    assert sales(console.app)[-1].total == 680


def test_what_needs_a_sale_says_so_before_the_first(console):
    assert console.ask("reprint") == "Refused: reprint: nothing was sold here yet"
    assert console.ask("x") == "Refused: no shift is open: the first sale opens one"
    assert console.ask("recall") == "Refused: recall: no cart is held"


def test_line_commands_change_the_last_line(console):
    console.ask(COFFEE)
    console.ask(ESPRESSO)
    assert console.ask("qty 3") == "2: Espresso 3 x 2.20 = 6.60  Total: 10.00"
    assert console.ask("price 1.9999") == "2: Espresso 3 x 1.9999 = 6.00  Total: 9.40"
    assert console.ask("discount 10%") == "2: Espresso 3 x 1.9999 = 5.40  Total: 8.80"
    assert console.ask("discount 0.40") == "2: Espresso 3 x 1.9999 = 5.00  Total: 8.40"
    assert console.ask("void") == "Void: Espresso  Total: 3.40"
    console.ask(ESPRESSO)
    assert console.ask("void 1") == "Void: Flat white  Total: 2.20"
    assert console.ask("qty 2") == "3: Espresso 2 x 2.20 = 4.40  Total: 4.40"
    assert console.ask("cancel") == "Cancelled: Cart 1"
    for line in ("qty 1", "price 1", "discount 1%", "void", "hold", "cancel", "cash exact", "pay cash"):
        assert console.ask(line) == "Refused: the cart is empty: scan something first"
    assert console.app.register.cart is None


def test_a_customer_by_card_phone_or_scan_and_no_goods_by_mistake(console):
    facts = console.app.raw_journal.pos()
    assert console.ask(f"customer {CARD}") == "Customer: María González"
    assert console.ask("customer +44 7700 900102") == "Customer: Arthur Okafor"
    assert console.ask(CARD) == "Attached: María González"
    assert console.ask(f"customer {COFFEE}").startswith(f"Refused: '{COFFEE}' is not a customer")
    assert console.app.raw_journal.pos() == facts
    console.type(COFFEE, "cash exact")
    [sale] = sales(console.app)
    assert sale.customer == "customers:demo-maria"


def test_hold_and_recall_by_name_or_the_oldest(console):
    console.ask(COFFEE)
    assert console.ask("hold") == "Held: Cart 1"
    console.type(ESPRESSO, ESPRESSO)
    assert console.ask("hold lunch for two") == "Held: lunch for two"
    assert console.ask("recall supper") == "Refused: recall: no cart is held as 'supper'"
    assert console.ask("recall lunch for two") == "Recalled: lunch for two (2 lines)  Total: 4.40"
    assert console.ask("recall").startswith("Refused: there is an open cart")
    console.type("cash exact")
    assert console.ask("recall") == "Recalled: Cart 1 (1 lines)  Total: 3.40"
    console.type("cash exact")
    assert console.ask("recall") == "Refused: recall: no cart is held"


def test_cash_in_parts_says_what_is_due_and_gives_change_at_the_end(console):
    console.type(COFFEE, ESPRESSO)
    assert console.ask("cash 1") == "Due: 4.60"
    assert console.ask("pay cash 0.60") == "Due: 4.00"
    assert console.ask(COFFEE).startswith("Refused: part of this sale is paid already")
    lines = console.type("cash 5.00")
    assert numbers(lines) == ["R1-00000001"]
    assert lines[-1] == "Receipt: R1-00000001"
    [sale] = sales(console.app)
    assert [(t.tendered, t.change, t.amount) for t in sale.tenders] == [(100, 0, 100), (60, 0, 60), (500, 100, 400)]
    assert any(re.fullmatch(r"Change +1\.00", line) for line in lines)
    assert any(re.fullmatch(r"Total EUR +5\.60", line) for line in lines)


def test_returns_by_receipt_line_and_quantity(console):
    number = numbers(console.type(f"3*{COFFEE}", ESPRESSO, "cash exact"))[0]
    assert console.ask(f"return {number} 1*2").startswith("1: Flat white -2 x 3.40 = -6.80")
    assert numbers(console.type("cash exact")) == ["R1-00000002"]
    assert console.ask(f"return {number} 1*2").startswith(f"Refused: of line 1 on {number} only 1.000 can come back")
    assert console.ask(f"return {number} 1*0").startswith("Refused: quantity: 0 is out of range")
    assert console.ask(f"return {number} 1*-1").startswith("Refused: of line 1")
    assert console.ask(f"return {number} 9").startswith(f"Refused: return: {number} has no line '9' that can come back")
    assert console.ask(f"return {number} 1").startswith("1: Flat white -1 x 3.40 = -3.40")
    assert console.ask("cash 5").startswith("Refused: amount: exactly -3.40 goes back in cash")
    assert console.ask(ESPRESSO).endswith("Total: -1.20")
    assert numbers(console.type("cash exact")) == ["R1-00000003"]
    assert console.ask(f"return {number}").endswith("Total: -2.20")
    assert numbers(console.type("cash exact")) == ["R1-00000004"]
    assert console.ask(f"return {number}").startswith(f"Refused: return: everything on {number} was returned before")
    for which in ("1", "1*2", "2*1"):
        told = f"Refused: return: line {which[0]} of {number} was returned before"
        assert console.ask(f"return {number} {which}").startswith(told)
    for which in ("", " 1"):
        told = "Refused: nothing was sold on R1-00000002: use the receipt of the sale"
        assert console.ask(f"return R1-00000002{which}") == told
    assert sum(s.total for s in sales(console.app)) == 220
    assert not [fault for sale in sales(console.app) for fault in sale_faults(sale)]


def test_a_reprint_is_the_receipt_with_its_copy_line_and_no_receipt_line(console):
    first = console.type(COFFEE, "cash 5")[1:]
    copy = console.type("reprint")
    assert numbers(copy) == []
    assert [line for line in copy if line != "COPY 1"] == first[:-1]
    assert "COPY 2" in console.type("reprint R1-00000001")


def test_the_x_report_and_help_are_one_line_each(console):
    console.type(f"2*{COFFEE}", "cash 10")
    report = console.ask("x")
    assert report.startswith("X: ")
    assert "Receipts 1" in report
    assert "Expected 6.80" in report
    told = console.ask("help")
    for word in ("qty", "price", "discount", "void", "customer", "hold", "recall", "cash", "pay", "return", "cancel",
                 "reprint", "quit"):  # fmt: skip
        assert word in told


def test_an_empty_line_is_answered_and_refuses_nothing(console):
    assert console.run(b"\n \t\r\n") == (0, ["Total: 0.00", "Total: 0.00"])
    assert console.run(f"{COFFEE}\n\ncancel\n".encode())[1][1] == "Total: 3.40"


def test_quit_and_the_end_of_input_keep_the_cart_and_a_start_resumes_it(console):
    assert console.run(f"{COFFEE}\r\n{ESPRESSO}\nquit\n{COFFEE}\n".encode()) == (
        0,
        ["1: Flat white 1 x 3.40 = 3.40  Total: 3.40", "2: Espresso 1 x 2.20 = 2.20  Total: 5.60", "Kept: 2 lines"],
    )
    again = Console(console.app)
    assert again.run(b"cash exact") == (0, again.out.getvalue().splitlines())
    assert again.out.getvalue().startswith("Resumed: 2 lines\n")
    assert again.out.getvalue().endswith("Receipt: R1-00000001\n")
    assert Console(console.app).run(b"") == (0, [])


def test_the_exit_code_tells_whether_anything_was_refused(console):
    assert console.run(f"{COFFEE}\ncash exact\n".encode())[0] == 0
    assert console.run(f"nonsense\n{COFFEE}\ncash exact\n".encode())[0] == 1
    assert len(sales(console.app)) == 2


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe\x00",
        b"\xc3(",
        b"\xed\xa0\x80",
        b"a" * 65_536,
        b"9" * 10_000_000,
        b"\x00" * 70_000,
        b"\xef\xbb\xbf\xff",
    ],
    ids=["UTF-16", "cut", "surrogate", "at the limit", "10 MB", "NULs", "BOM"],
)
def test_bytes_that_are_no_line_are_refused_and_the_next_line_counts(line, console):
    code, answers = console.run(line + b"\n" + COFFEE.encode() + b"\ncash exact\n")
    assert code == 1
    assert answers[0].startswith("Refused: ")
    assert len(answers[0]) < 400
    assert answers[1] == "1: Flat white 1 x 3.40 = 3.40  Total: 3.40"
    assert numbers(answers) == ["R1-00000001"]


def test_a_separator_that_a_scanner_sends_in_front_belongs_to_the_code(stores):
    seen = []

    class Watcher:
        @hookimpl
        def resolve_code(self, code):
            seen.append(code)

    console = Console(stores.new("cash", extra=as_plugin(Watcher(), "watcher")))
    console.run(b"\x1d0109520000010010\x1d\n")
    assert seen == ["\x1d0109520000010010\x1d"]


class Rogue:
    """A product whose name tries to look like an answer of the till."""

    @hookimpl
    def resolve_code(self, code):
        return Item(ref="rogue:1", name="Soap\nReceipt: R1-00000099\r\x1b[2J\u2028Refused") if code == "rogue" else None

    @hookimpl
    def base_price(self, item):
        return Price(e4=10_000) if item.ref == "rogue:1" else None


def test_no_name_can_break_out_of_its_line(stores):
    console = Console(stores.new("cash", extra=as_plugin(Rogue(), "rogue")))
    answer = console.ask("rogue")
    assert answer.startswith("1: Soap Receipt: R1-00000099")
    assert "\x1b" not in answer
    lines = console.type("cash exact")
    assert numbers(lines) == ["R1-00000001"]
    assert not any("\x1b" in line for line in lines)
    assert numbers(console.type("reprint")) == []


def test_paying_by_a_provider_answers_when_it_is_known(stores):
    card = CardPlugin()
    extra = as_plugin(Rogue(), "rogue") | as_plugin(card, "slow_card")
    console = Console(stores.new("cash", extra=extra))
    card.books.script = ["declined", "ok", "lost after charge"]
    console.type("2*rogue")
    assert console.ask("pay slow_card 1.50").startswith("Refused: the payment was declined (insufficient funds)")
    assert console.ask("pay slow_card 1.50") == "Due: 0.50"
    assert console.ask("pay slow_card 0.60").startswith("Refused: amount: Card takes at most 0.50")
    assert numbers(console.type("cash 1")) == ["R1-00000001"]
    console.type("2*rogue")
    assert console.ask("pay slow_card").startswith("Refused: the payment has an unknown outcome")
    assert console.ask("pay slow_card").startswith("Refused: an earlier payment of this sale")


def test_a_switch_from_elsewhere_is_followed_at_the_next_line(console):
    other = type(console.app)(console.app.home, projector="none", clock=console.app.clock)
    console.ask(COFFEE)
    other.switch("discounts", enabled=False)
    other.close()
    assert "discounts" in console.ask("discount 10%")
    assert "discounts" not in console.app.enabled
    assert console.ask("qty 2") == "1: Flat white 2 x 3.40 = 6.80  Total: 6.80"


WORDS = st.one_of(
    st.sampled_from([COFFEE, ESPRESSO, f"2*{COFFEE}", "qty 2", "price 1.5", "discount 10%", "discount 1", "void",
                     "void 1", f"customer {CARD}", "hold", "hold a", "recall", "recall a", "cash exact", "cash 1",
                     "cash 20", "pay cash", "return R1-00000001", "return R1-00000001 1*1", "cancel", "reprint", "x",
                     "help", "", "discount cart 5%"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12),
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(WORDS, min_size=5, max_size=30))
def test_any_input_is_answered_line_by_line_and_every_receipt_is_in_the_journal(lines, console):
    before = len(sales(console.app))
    told = []
    for line in lines:
        answers = console.type(line)
        made = numbers(answers)
        assert answers
        assert made or line.startswith("reprint") or len(answers) == 1, (line, answers)
        assert not made or (len(made) == 1 and answers[-1] == f"Receipt: {made[0]}")
        told += made
    assert told == [sale.number for sale in sales(console.app)][before:]
    assert not [fault for sale in sales(console.app)[before:] for fault in sale_faults(sale)]


def test_bytes_that_a_database_cannot_keep_are_refused_by_name_on_both(both):
    console = Console(both.new("cash", "barcodes", "catalog", "customers", extra=as_plugin(Rogue(), "rogue")))
    console.ask("rogue")
    for line, what in (
        ("\x00", "unknown code"), ("a\x00b", "unknown code"), ("customer \x00", "unknown code"), ("hold \x00", "name"),
        ("recall \x00", "there is an open cart"), ("reprint \x00", "there is no receipt"),
        ("return \x00", "there is no receipt"), ("void \x00", "there is no line"), ("pay \x00", "there is no payment method"),
        ("\U0001f600" * 3_000, "unknown code"),
    ):  # fmt: skip
        answer = console.ask(line)
        assert answer.startswith(f"Refused: {what}"), answer
        assert "\x00" not in answer
    assert numbers(console.type("cash exact")) == ["R1-00000001"]


def test_a_currency_without_decimals_takes_none(stores):
    console = Console(stores.new("cash", "discounts", currency="JPY", extra=as_plugin(Rogue(), "rogue")))
    assert console.ask("rogue").endswith("= 1  Total: 1")
    assert console.ask("qty 250").endswith("Total: 250")
    for line, what in (("cash 1.5", "amount: 1.5 has more than 0 decimals"), ("discount 0.5", "discount: 0.5 has more"),
                       ("pay cash 250.1", "amount: 250.1 has more")):  # fmt: skip
        assert console.ask(line).startswith(f"Refused: {what}")
    assert console.ask("cash 50.0") == "Due: 200"
    assert numbers(console.type("cash 1000")) == ["R1-00000001"]
