"""Card numbers are refused where they are typed, masked before anything is written, and looked for by the doctor."""

from __future__ import annotations

import json
import logging
import uuid
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, update

from genesis import CustomerRef, UserError
from genesis.cli.accounts import set_password
from genesis.cli.context import log_file
from genesis.db import tables as t
from genesis.kernel.cards import masked, refuse, suspected
from genesis.kernel.entries import packed
from genesis.upkeep.pci import examine_pci

# Numbers that the card schemes and services publish for tests.
PUBLISHED = (
    "4111111111111111", "4242424242424242", "4222222222222", "5555555555554444", "2223003122003222",
    "378282246310005", "36227206271667", "6011111111111117", "3566002020360505", "6205500000000000004",
)  # fmt: skip
CANARY = "4012888888881881"


def grouped(number: str, sign: str) -> str:
    return sign.join(number[i : i + 4] for i in range(0, len(number), 4))


@pytest.mark.parametrize("number", PUBLISHED)
@pytest.mark.parametrize("sign", ["", " ", "-", "\u00a0"])
@pytest.mark.parametrize(
    "around", ["{}", "card {} please", "%B{}^DOE/J^2512", "visa{}", "card-{}", '{{"a":"{}"}}', "1,{},2"]
)
def test_of_a_card_number_at_most_the_last_four_digits_are_left(number, sign, around):
    text = around.format(grouped(number, sign))
    found = masked(text)
    left = sum(char.isdigit() for char in found) - sum(char.isdigit() for char in text) + len(number)
    assert left in {3, 4}  # a sign that stands among the last four counts as one of them
    assert number[-3:] in found.replace(sign, "")
    assert suspected(text.encode(), 13)
    assert masked({"a": [text]}) == {"a": [found]}


@pytest.mark.parametrize(
    "text",
    [
        "4006381333931", "04006381333931", "9520000010010", "4111111111111112", "DE89370400440532013000",
        "2026-11-26T16:30:00.123456Z", "0" * 16, "1234 5678 9012", "+49 30 901820 555", "R1-00000042",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)  # fmt: skip
def test_what_is_no_card_number_stays(text):
    assert masked(text) == text


def check(digits: str, weights: tuple[int, int]) -> str:
    """Return digits with the check digit of goods (weights 3 and 1)."""
    total = sum(int(d) * weights[n % 2] for n, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def luhn(text: str) -> bool:
    doubled = [int(d) * (2 if n % 2 else 1) for n, d in enumerate(reversed(text))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def test_numbers_of_pallets_and_phones_that_check_like_cards_stay():
    pick = Random(3)
    pallets = [check(f"{pick.choice('356')}{pick.randrange(10**16):016}", (3, 1)) for _ in range(4_000)]
    alike = [text for text in pallets if luhn(text) and not text.startswith(("62", "63", "67"))]
    assert len(alike) > 200
    for text in (*alike, "356938035643809", "353456789012348", "490154203237518"):
        assert luhn(text)
        assert masked(f"(00){text} or IMEI {text}") == f"(00){text} or IMEI {text}"


def test_long_cards_stay_hidden_though_they_check_like_a_pallet():
    for start in ("6304", "6759", "6200"):
        text = next(t for t in (check(f"{start}{n:013}", (3, 1)) for n in range(1_000)) if luhn(t))
        assert masked(text) == "*" * 14 + text[-4:]


def test_arabic_digits_are_digits():
    arabic = CANARY.translate({ord(str(n)): chr(0x660 + n) for n in range(10)})
    assert masked(f"بطاقة {arabic}") == f"بطاقة {'*' * 12}{arabic[-4:]}"


def test_ids_are_never_touched_however_many_digits_they_have():
    pick = Random(7)
    for _ in range(20_000):
        digits = "".join(pick.choice("01234567890123456789ab") for _ in range(32))
        text = str(uuid.UUID(digits))
        assert masked(f'"sale":"{text}"') == f'"sale":"{text}"'


def test_a_whole_body_is_masked_as_each_of_its_texts_alone():
    pick = Random(11)
    goods = ("4006381333931", "04006381333931", "356938035643809", "DE89370400440532013000", "GB", "x", " ", "-")

    def piece() -> str:
        digits = "".join(pick.choice("01234567890123456789ab") for _ in range(32))
        card = grouped(pick.choice(PUBLISHED), pick.choice(" -"))
        return (pick.choice(goods), str(uuid.UUID(digits)), card)[pick.randrange(3)]

    hidden = 0
    for _ in range(3_000):
        values = {name: "".join(piece() for _ in range(3)) for name in "abcd"}
        body = json.dumps(values)
        assert json.loads(masked(body)) == masked(values)
        hidden += masked(body) != body
    assert hidden > 1_000


def test_what_is_grouped_otherwise_than_cards_are_printed_is_no_card_number():
    for text in ("smd3528-120-54-12-96-3200", "4111-11-11-1111-1111", "3528 120 54 12 96 3200"):
        assert masked(text) == text
        assert luhn("".join(char for char in text.removeprefix("smd") if char.isdigit()))
    assert masked("3782 822463 10005") == "**** ****** *0005"
    assert masked("4222-2222-2222-2") == "****-****-**22-2"


@pytest.fixture
def app(store: Any) -> Any:
    app = store("cash", "barcodes", "catalog", "customers", "till")
    app.pos.records("catalog_product").save({"name": "Tea", "sku": "T", "price_e4": 10_000}, record_id="tea")
    app.projector.catch_up()
    return app


def typed(app: Any) -> dict[str, Any]:
    """Return everything that takes a text from a person, by what it is."""
    register, number = app.register, grouped(CANARY, " ")
    register.scan("T")
    line = register.cart.lines[0].id
    return {
        "scan": lambda: register.scan(CANARY),
        "note": lambda: register.note(None, f"paid by {number}"),
        "line note": lambda: register.note(line, number),
        "reason": lambda: register.override_price(line, 5_000, number),
        "hold": lambda: register.hold(number),
        "product": lambda: app.pos.records("catalog_product").save({"name": number, "sku": "X"}),
        "customer": lambda: app.pos.records("customers_customer").save({"name": "Ada", "phone": CANARY}),
        "setting": lambda: app.settings.change("store", {"address": number}),
        "import": lambda: app.pos.records("catalog_product").load([{"id": "x", "name": number, "sku": "X"}]),
    }


def test_it_is_refused_wherever_a_person_types_it_and_the_field_is_named(app):
    for what, act in typed(app).items():
        with pytest.raises(UserError, match="looks like a card number") as refused:
            act()
        assert refused.value.field, what
        assert app.register.cart.lines[0].item.name == "Tea"
    assert app.register.pay("cash", 10_000).sale.total == 100


@pytest.fixture
def own_log(monkeypatch):
    """A log of this test, whoever logged in this process before."""
    handlers: list[logging.Handler] = []
    monkeypatch.setattr(logging.getLogger("genesis"), "handlers", handlers)
    monkeypatch.setattr(logging.getLogger("genesis"), "propagate", True)  # pytest adds a handler where it is not
    yield
    for handler in handlers:
        handler.close()


@pytest.mark.usefixtures("own_log")
def test_nothing_of_it_is_written_whoever_brought_it(app, tmp_path):
    log_file(app.home.folder)
    for act in typed(app).values():
        with pytest.raises(UserError):
            act()
    app.register.customer(CustomerRef(ref="customers:1", name="Ada"))
    app.register.shifts.ensure()
    app.pos.log.error("the reader said %s", CANARY)
    logging.getLogger("genesis").error("trouble", exc_info=ValueError(f"track %B{CANARY}^"))
    app.register.pay("cash", 10_000)
    app.projector.catch_up()
    digits = CANARY.encode()
    forms = {digits, grouped(CANARY, " ").encode(), grouped(CANARY, "-").encode()}
    assert not [entry.ref for entry in app.raw_journal.scan() for form in forms if form in entry.body]
    app.close()
    files = [path for path in Path(app.home.folder).rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not [path.name for path in files for form in forms if form in path.read_bytes()]
    assert b"************1881" in (app.home.folder / "genesis.log").read_bytes()


def test_a_fact_that_holds_one_all_the_same_is_masked_before_it_is_written(app):
    entry = app.register.scan("T")
    assert entry.cart.lines
    fact = app.register.cancel(reason="x").cart
    assert fact is None
    from genesis.kernel.facts import PaymentDeclined

    done = app.journal.append(PaymentDeclined(attempt="a", sale="s", method="m", amount=1, currency="EUR",
                                              reason=f"card {CANARY} declined"))  # fmt: skip
    kept = app.journal.entry(done.refs[0])
    assert kept.fact.reason == "card ************1881 declined"
    assert done.facts[0].reason == kept.fact.reason
    assert [finding for finding in app.pos.journal.raw.scan() if CANARY.encode() in finding.body] == []


def findings(app: Any) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for finding in examine_pci(app):
        found[finding.check] = found.get(finding.check, True) and finding.ok
    return found


def test_the_doctor_for_card_data_finds_what_is_planted(app):
    clean = findings(app)
    assert clean["3.3.1 databases"]
    assert clean["3.3.1 files"]
    assert not clean["2.2.2 password"]
    set_password(app, "a long password 1")
    app.settings.change("store", {"lock_minutes": 15})
    (app.home.folder / "notes.txt").write_text(f"call back, {grouped(CANARY, '-')}", encoding="utf-8")
    app.home.folder.chmod(0o755)
    with app.database.connect() as connection:
        connection.exec_driver_sql(f"INSERT INTO state VALUES ('x', 'y', '\"{CANARY}\"')")
    planted = findings(app)
    with app.database.connect() as connection:  # and one among what the journal stores compressed
        connection.exec_driver_sql("DELETE FROM state WHERE space = 'x'")
        assert findings(app)["3.3.1 databases"]
        codec, body = packed(f'{{"reason":"{CANARY}","more":"{"of the same " * 60}"}}'.encode())
        assert codec
        last = select(func.max(t.journal.c.pos)).scalar_subquery()
        connection.execute(update(t.journal).where(t.journal.c.pos == last).values(codec=codec, body=body))
    assert not findings(app)["3.3.1 databases"]
    assert planted["2.2.2 password"]
    assert planted["8.2.8 idle"]
    assert not planted["3.3.1 files"]
    assert not planted["3.3.1 databases"]
    assert not planted["7.2.5 folders"]


def test_the_field_is_the_one_that_holds_it():
    with pytest.raises(UserError) as refused:
        refuse({"name": "Ada", "note": f"x {CANARY}"})
    assert refused.value.field == "note"
