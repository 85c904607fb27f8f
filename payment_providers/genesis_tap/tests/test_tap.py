"""Tags: topped up, spent, given back, blocked, moved; forged and copied ones are refused, no cent is spent twice."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select

from genesis import Act, Actor, Confirm, Money, Query, Refused, UserError
from genesis_tap import office, pages, service, tags
from genesis_tap.command import TAP
from genesis_tap.models import tag_table
from genesis_tap.tests.deeds import GOODS, KEY, ON, OTHER, UID, holds, prepared, tag_of, tap, top_up


def test_a_tag_is_topped_up_pays_in_part_and_gets_back_what_it_paid(app: Any) -> None:
    code = prepared(app)
    top_up(app, code, 2000)
    app.register.scan("3000")
    with pytest.raises(Confirm) as asked:
        app.register.pay("tap")
    assert [field.name for field in asked.value.fields] == ["tap"]
    with pytest.raises(UserError, match=r"holds 20\.00"):
        tap(app, code)
    assert tap(app, code, 1500).priced.due == 1500
    with pytest.raises(UserError, match=r"holds 5\.00"):
        tap(app, code, 1000)
    assert holds(app, code) == 2000  # taken only with the sale
    sale = app.register.pay("cash").sale
    assert (holds(app, code), [t.amount for t in sale.tenders]) == (500, [1500, 1500])
    printed = app.register.document(app.register.find_sale(sale.number))
    assert ("small", f"Tag … {tag_of(code)[-4:]}: left", "5.00") in printed
    assert sale.tenders[0].details == {"brand": "Tag", "last4": tag_of(code)[-4:], "entry": "contactless", "count": "0"}
    other = prepared(app, OTHER)
    app.register.return_lines(sale.number)
    with pytest.raises(Refused, match="not paid with this tag"):
        tap(app, other, -1500)
    tap(app, code, -1500)
    app.register.pay("cash")
    assert (holds(app, code), holds(app, other)) == (2000, 0)


def test_the_signature_is_the_hmac_that_the_readme_says() -> None:
    digest = hmac.new(KEY.encode(), f"+T2.{UID}.000000000042.000007".encode(), hashlib.sha256).hexdigest().upper()
    assert tags.text(KEY, UID, "000000000042", 7) == f"+T2.000000000042.000007.{digest[:32]}"
    held = tags.read(KEY, f"UID:{UID}+T2.000000000042.000007.{digest[:32]}")
    assert held == tags.Held(UID, "000000000042", 7, True)
    assert [tags.uid_of(typed) for typed in ("uid:04a1b2c3d4e5f6", "04:A1:B2:C3:D4:E5:F6", "04A1", "x" * 14)] == [
        UID, UID, "", ""]  # fmt: skip


def test_two_tags_that_paid_one_receipt_get_back_their_own_share_also_in_parts_and_after_a_move(app: Any) -> None:
    one, two = prepared(app), prepared(app, OTHER)
    for code in (one, two):
        top_up(app, code, 2000)
    app.register.scan("1000")
    app.register.scan("500")
    tap(app, one, 400)
    number = tap(app, two).sale.number
    app.register.return_lines(number, {app.register.find_sale(number).fact.lines[0].line: 1_000})
    with pytest.raises(UserError, match=r"4\.00 of this can go back"):
        tap(app, one, -1000)
    tap(app, one, -300)
    tap(app, two, -700)
    office.block(app.pos, tag_of(one), "lost")
    heir = prepared(app, "DEADBEEF")
    office.replace(app.pos, tag_of(one), tag_of(heir), "lost")
    app.register.return_lines(number)
    with pytest.raises(UserError, match=r"1\.00 of this can go back"):
        tap(app, heir, -400)
    tap(app, heir, -100)
    tap(app, two)
    assert (holds(app, heir), holds(app, two)) == (2000, 2000)


def test_a_top_up_can_be_returned_after_its_tag_was_replaced(app: Any) -> None:
    code, heir = prepared(app), prepared(app, OTHER)
    sale = top_up(app, code, 2000)
    office.replace(app.pos, tag_of(code), tag_of(heir), "worn")
    app.register.return_lines(sale.number)
    app.register.pay("cash")
    assert (holds(app, code), holds(app, heir)) == (0, 0)


def test_a_day_ends_when_the_stores_business_day_does(app: Any) -> None:
    app.settings.change("tap", {"daily": "10"})
    app.settings.change("store", {"cut_off_hour": 4})
    code = prepared(app)
    top_up(app, code, 5000)
    hours = (26 - app.clock.now().hour) % 24
    app.clock.forward(hours=hours)  # two in the night: still yesterday's
    app.register.scan("1000")
    tap(app, code)
    app.clock.forward(hours=1)
    app.register.scan("1")
    with pytest.raises(UserError, match=r"may pay 0\.00 more"):
        tap(app, code)
    app.clock.forward(hours=2)
    tap(app, code)


def test_forged_copied_changed_and_unknown_tags_are_refused_for_paying_and_for_topping_up(app: Any) -> None:
    code, text = prepared(app), ""
    top_up(app, code, 1000)
    text = code.partition("+")[2]
    stranger = tags.text(KEY, OTHER, "000000000042", 0)  # signed, but never prepared here
    forged = tags.text("another key that is long enough for it", UID, tag_of(code), 0)
    changed = code[:-1] + ("0" if code[-1] != "0" else "1")
    app.register.scan("100")
    for bad in (f"UID:{OTHER}+{text}", f"UID:{OTHER}{stranger}", f"UID:{UID}{forged}", changed):
        with pytest.raises(UserError, match="no tag of this store"):
            tap(app, bad)
        with pytest.raises(UserError, match="no tag of this store"):
            app.register.resolve(bad)
    for bad in ("", f"UID:{UID}", f"CARD:+{text}", tag_of(code)):
        with pytest.raises(UserError, match="no tag of this store") as wrong:
            tap(app, bad)
        assert wrong.value.field == "tap"
    assert (app.register.cart.tenders, holds(app, code)) == ((), 1000)


def test_without_a_key_that_is_long_enough_no_tag_is_taken(app: Any, monkeypatch: Any) -> None:
    code = prepared(app)
    monkeypatch.setenv("GENESIS_TAP_SHORT", "short")
    app.settings.change("tap", {"key": {"env": "GENESIS_TAP_SHORT"}})
    with pytest.raises(Refused, match="key of the tags is not set"):
        app.register.resolve(code)
    assert all(secret not in str(e.fact) for e in app.raw_journal.scan() for secret in (KEY, code.split(".")[3]))


def test_a_lost_tag_is_blocked_moved_and_never_taken_again(app: Any) -> None:
    lost, heir = prepared(app), prepared(app, OTHER)
    top_up(app, lost, 2000)
    app.register.scan("700")
    number = tap(app, lost).sale.number
    office.block(app.pos, tag_of(lost), "lost")
    app.register.scan("100")
    with pytest.raises(Refused, match="blocked"):
        tap(app, lost)
    office.reopen(app.pos, tag_of(lost))
    tap(app, lost)
    office.block(app.pos, tag_of(lost), "lost again")
    assert office.replace(app.pos, tag_of(lost), tag_of(heir), "lost") == (
        f"12.00 moved from tag {tag_of(lost)} to tag {tag_of(heir)}")  # fmt: skip
    assert (holds(app, lost), holds(app, heir)) == (0, 1200)
    for again in (office.reopen, lambda pos, tag: office.replace(pos, tag, tag_of(heir), "again"),
                  lambda pos, tag: office.replace(pos, tag_of(heir), tag, "back")):  # fmt: skip
        with pytest.raises(Refused):
            again(app.pos, tag_of(lost))
    app.register.return_lines(number)
    tap(app, heir)  # it replaced the one that paid
    assert holds(app, heir) == 1900
    app.actor = Actor(id="kim", name="Kim")
    for act in (lambda: office.prepare(app.pos, "DEADBEEF"), lambda: office.written(app.pos, tag_of(heir)),
                lambda: office.block(app.pos, tag_of(heir), "x"), lambda: office.reopen(app.pos, tag_of(heir)),
                lambda: office.replace(app.pos, tag_of(heir), tag_of(lost), "x")):  # fmt: skip
        with pytest.raises(Refused, match="may not"):
            act()


def test_two_registers_spend_the_last_euro_once_and_one_that_was_blocked_meanwhile_not_at_all(
    app: Any, both: Any
) -> None:
    """Both looked at the tag before either sale was recorded; a restart lies between looking and recording."""
    code = prepared(app)
    top_up(app, code, 100)
    app.register.scan("150")
    tap(app, code, 100)
    app.close()
    first = both.open(app, plugins=ON, extra=GOODS)
    assert [t.amount for t in first.register.cart.tenders] == [100]  # the open cart came back
    rival = next(m for m in first.register.methods() if m.id == "tap")
    second = both.open(app, plugins=ON, extra=GOODS, register=False)
    from genesis.kernel.facts import DrawerOpened

    theirs = msgspec.structs.replace(first.register.cart.tenders[0], id="another")
    second.journal.append(DrawerOpened(register="R2"), guards=rival.guards(second.pos, theirs))
    with pytest.raises(Refused, match=r"only 0\.00 of it is left, the rest was spent meanwhile"):
        first.register.pay("cash")
    assert holds(first, code) == 0
    first.register.take_back(first.register.cart.tenders[0].id)
    first.register.pay("cash")
    top_up(first, code, 100)
    first.register.scan("150")
    tap(first, code, 100)
    office.block(second.pos, tag_of(code), "lost")
    with pytest.raises(Refused, match="this tag was blocked since it was read"):
        first.register.pay("cash")
    assert holds(first, code) == 100


def test_limits_of_a_tag_and_of_a_day_hold(app: Any) -> None:
    app.settings.change("tap", {"most": "50", "daily": "10"})
    code = prepared(app)
    with pytest.raises(Refused, match=r"at most 50\.00"):
        top_up(app, code, 5001)
    app.register.cancel()
    top_up(app, code, 5000)
    app.register.scan("700")
    number = tap(app, code).sale.number
    app.register.scan("400")
    with pytest.raises(UserError, match=r"today the tag may pay 3\.00 more"):
        tap(app, code)
    tap(app, code, 300)
    app.register.pay("cash")
    app.register.return_lines(number)
    tap(app, code)  # gives the money back, not the day's room
    app.register.scan("1")
    with pytest.raises(UserError, match=r"may pay 0\.00 more"):
        tap(app, code)
    app.clock.forward(days=1)
    tap(app, code)
    assert holds(app, code) == 5000 - 300 - 1


def test_training_uses_nothing_up(app: Any) -> None:
    code = prepared(app)
    top_up(app, code, 1000)

    def train() -> None:
        app.register.cart = msgspec.structs.replace(app.register.cart, mode="training")

    app.register.scan("600")
    train()
    assert tap(app, code).sale.mode == "training"
    app.register.add(app.register.resolve(code), unit_price=50_000)
    train()
    app.register.pay("cash")
    assert (holds(app, code), app.raw_journal.balance(service.DAY, service.today(app.pos, tag_of(code)))) == (1000, 0)
    assert [m.amount for m in pages.statement(app.pos, tag_of(code))] == [1000]


def prepared_on_the_page(app: Any) -> tuple[str, str]:
    """Return the code of a tag that was prepared on the page, and the text that was to be written on it."""
    done = pages.page(app.pos).actions[0].run(app.pos, Act(values={"uid": "04:a1:b2:c3:d4:e5:f6"}))
    assert done is not None
    text = done.document[2][1]
    assert done.document[3] == ("qr", text, "")
    with pytest.raises(UserError, match="prepared already"):
        office.prepare(app.pos, UID)
    return f"UID:{UID}{text}", text


def test_page_reports_and_command_say_the_same_and_survive_off_and_a_rebuild(app: Any, capsys: Any) -> None:
    code, text = prepared_on_the_page(app)
    sale = top_up(app, code, 2500)
    app.register.scan("700")
    tap(app, code)
    app.switch("tap", enabled=False)
    app.register.scan("100")
    with pytest.raises(UserError, match="no payment method"):
        app.register.pay("tap")
    app.register.pay("cash")
    app.switch("tap", enabled=True)
    assert pages.liability(app.pos).value == Money(1800, "EUR")
    [row] = pages.find(app.pos, Query(text=tag_of(code)[:6])).rows
    assert (row.cells[0].text, row.cells[3].text, str(row.cells[4].text)) == (tag_of(code), "Open", "18.00")  # type: ignore[union-attr]
    assert [str(r[2]) for r in pages.drawer(app.pos, tag_of(code)).sections[1].rows] == ["25.00", "-7.00"]
    [liability, movements, _] = [report.run(app.pos, {}) for report in pages.REPORTS]
    assert liability == [(tag_of(code), "2026-03-02", "18.00", "EUR")]
    assert [(row[3], row[4]) for row in movements] == [("Topped up", "25.00"), ("Paid", "-7.00")]
    app.register.return_lines(sale.number)
    with pytest.raises(UserError, match=r"the tag holds 18\.00: the rest of it was spent"):
        app.register.pay("cash")

    def said(*words: str) -> Any:
        assert TAP.run(app.pos, [*words, "--json"]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert [row["balance"] for row in said("liability")] == ["18.00", "18.00"]
    assert [row["amount"] for row in said("statement", tag_of(code))] == ["25.00", "-7.00"]
    assert said("text", tag_of(code))[0]["text"] == text
    heir = said("prepare", "DEADBEEF")[0]["tag"]
    said("block", heir, "lost")
    said("reopen", heir)
    said("move", tag_of(code), heir, "worn")
    assert [row["tag"] for row in said("liability")] == [heir, "all"]
    assert pages.find(app.pos, Query(text=tag_of(code))).rows[0].cells[3].text == "Replaced"  # type: ignore[union-attr]
    assert app.rebuild("tap", swap=False).different == ()


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from(["load", "pay", "back"]), st.integers(1, 900)), min_size=1, max_size=8))
def test_after_any_history_a_tag_holds_what_went_on_less_what_went_off(app: Any, steps: list[Any]) -> None:
    known = app.db.all(select(tag_table.c.uid))
    code = prepared(app, f"{len(known):014X}")
    expected, paid = 0, []
    for what, cents in steps:
        if what == "load":
            top_up(app, code, cents)
            expected += cents
        elif what == "pay":
            app.register.scan(str(cents))
            part = min(cents, expected)
            if part:
                done = tap(app, code, part)
                paid.append((done.sale or app.register.pay("cash").sale, part))
                expected -= part
            else:
                app.register.pay("cash")
        elif paid:
            sale, part = paid.pop()
            app.register.return_lines(sale.number)
            if tap(app, code, -part).sale is None:
                app.register.pay("cash")
            expected += part
    assert holds(app, code) == expected == sum(m.amount for m in pages.statement(app.pos, tag_of(code)))


def test_the_commands_of_the_readme_run(app: Any, capsys: Any) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = [line.split()[2:] for line in readme.splitlines() if line.startswith("genesis tap ")]
    assert shown == [["liability"], ["liability", "--json"]]
    for words in shown:
        assert TAP.run(app.pos, words) == 0
    assert "0.00 EUR  all" in capsys.readouterr().out
