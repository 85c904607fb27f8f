"""Drawers add up: floats, cash in and out, counts, differences, gapless Z reports, several cashiers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import (
    Action,
    Actor,
    Approval,
    Confirm,
    Item,
    Pos,
    Price,
    Query,
    Refused,
    ReportSection,
    UserError,
    hookimpl,
)
from genesis.hooks.tables import report_table
from genesis.kernel.permissions import Account
from genesis.testkit.stores import as_plugin
from genesis_till import reports, service
from genesis_till.approvals import REPORT

KIM = Actor(id="kim", name="Kim", roles=("cashier",))


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
    return store("till", "cash", extra=as_plugin(Goods(), "goods"))


def told(app: Any, run: Any, **answers: str) -> Any:
    with app.hooks.confirming(True, answers):
        return run(app.pos)


def sell(app: Any, cents: int, qty: int = 1) -> None:
    app.register.scan(str(cents), qty * 1000)
    app.register.pay("cash")


def close(app: Any, counted: str, left: str = "") -> Any:
    return told(app, service.close_shift, counted=counted, left=left)


def test_what_is_expected_is_float_plus_cash_plus_in_less_out_and_drops(app: Any) -> None:
    told(app, service.open_shift, float="100.00")
    sell(app, 1250)
    sell(app, 300, -1)
    for kind, amount in (("paid_in", "20.00"), ("paid_out", "7.50"), ("drop", "50.00")):
        told(app, lambda pos, kind=kind: service.move(pos, kind, ""), amount=amount, reason="because")
    assert service.expected(app.pos) == 10_000 + 1250 - 300 + 2000 - 750 - 5000
    fact = close(app, "72.10", "50.00")
    assert (fact.expected, fact.counted, fact.over_short, fact.left) == (7200, 7210, 10, 5000)
    assert fact.figures["paid_out"] == [1, -750]


def test_each_command_asks_what_it_needs_first(app: Any) -> None:
    for run, names in (
        (service.open_shift, ["float"]),
        (lambda pos: service.move(pos, "drop", "q"), ["amount", "reason"]),
    ):
        with pytest.raises(Confirm) as asked:
            run(app.pos)
        assert [field.name for field in asked.value.fields] == names
    sell(app, 100)
    with pytest.raises(Confirm) as asked:
        service.close_shift(app.pos)
    assert [field.name for field in asked.value.fields] == ["counted", "left", "reason"]
    assert "100" not in f"{asked.value}"  # a blind count says nothing of what is expected


def test_an_open_count_says_what_is_expected(app: Any) -> None:
    app.settings.change("till", {"blind": False})
    sell(app, 100)
    with pytest.raises(Confirm, match=r"Expected 1\.00"):
        service.close_shift(app.pos)


def test_a_count_by_denomination_is_added_up_exactly(app: Any) -> None:
    app.settings.change("till", {"denominations": ["20", "0.50", "0.01"]})
    sell(app, 4151)
    fact = told(app, service.close_shift, **{"piece 20": "2", "piece 0.50": "3", "piece 0.01": "1", "left": ""})
    assert (fact.counted, fact.over_short) == (4151, 0)
    assert fact.count == {"EUR 20": 2, "EUR 0.50": 3, "EUR 0.01": 1}


@pytest.mark.parametrize(
    ("name", "text"), [("piece 20", "-1"), ("piece 20", "1.5"), ("left", "1e9"), ("piece 20", "x")]
)
def test_a_count_that_cannot_be_is_refused_by_field_and_the_shift_stays_open(app: Any, name: str, text: str) -> None:
    app.settings.change("till", {"denominations": ["20"]})
    sell(app, 100)
    with pytest.raises(UserError) as wrong:
        told(app, service.close_shift, **({"piece 20": "1", "left": ""} | {name: text}))
    assert wrong.value.field == name
    assert app.pos.shifts.current()


def test_an_amount_that_no_drawer_holds_is_refused_and_reports_and_the_close_go_on(app: Any) -> None:
    scanned = "400638133393199"  # a code read into the field of an amount
    with pytest.raises(UserError, match="amount: it is out of range"):
        told(app, service.open_shift, float=scanned)
    sell(app, 1000)
    for kind in ("paid_in", "paid_out", "drop"):
        with pytest.raises(UserError, match="amount: it is out of range"):
            told(app, lambda pos, kind=kind: service.move(pos, kind, ""), amount=scanned, reason="change")
    for counts in ({"counted": scanned}, {"counted": ""}, {}):
        with pytest.raises(UserError) as refused:
            told(app, service.close_shift, left="", **counts)
        assert refused.value.field == "counted"
    assert app.register.shifts.x_report()[-1].rows[-1] == ("Expected", "10.00")
    assert close(app, "10").over_short == 0


def test_more_cannot_stay_in_the_drawer_than_was_counted(app: Any) -> None:
    sell(app, 100)
    with pytest.raises(UserError, match="cannot be more than was counted"):
        close(app, "1.00", "1.01")


def test_a_difference_is_booked_and_only_a_large_one_needs_somebody_who_may(app: Any) -> None:
    app.settings.change("till", {"most_difference": "5"})
    app.pos.permissions.save_role("cashier", ("register.sell", "till.close"))
    sell(app, 1000)
    app.actor = KIM
    with pytest.raises(Refused, match="more than you may"):
        close(app, "4.99")
    assert close(app, "5.00").over_short == -500
    app.actor = Actor(id="owner", name="Owner", owner=True)
    sell(app, 1000)
    assert close(app, "0.00").over_short == -1000


def test_a_large_difference_is_approved_by_somebody_who_may_and_the_count_stands(app: Any) -> None:
    app.settings.change("till", {"most_difference": "5"})
    app.pos.permissions.save_role("cashier", ("register.sell", "till.close"))
    app.pos.permissions.save_account(Account(id="owner", name="Olga"), "correct horse")
    sell(app, 1000)
    app.actor = KIM
    counted = {"counted": "4.99", "left": "0.00"}
    with app.hooks.confirming(False, counted), pytest.raises(Approval, match="more than you may close with") as asked:
        service.close_shift(app.pos)
    with app.hooks.confirming(False, {**counted, **asked.value.answered({"password": "correct horse"})}):
        fact = service.close_shift(app.pos)
    assert (fact.counted, fact.over_short) == (499, -501)
    entries = [e for e in app.raw_journal.scan() if e.kind in {"shift.closed", "permission.approved"}]
    assert [(e.kind, e.actor) for e in entries] == [("shift.closed", "kim"), ("permission.approved", "kim")]
    assert (entries[1].fact.permission, entries[1].fact.approver) == ("till.exceed", "owner")
    [row] = report_table(app.pos, REPORT)
    assert row[2:] == ("kim", "Olga", "Close a shift with a larger difference", "")
    day = row[0][:10]
    assert len(report_table(app.pos, REPORT, day, day)) == 1
    assert report_table(app.pos, REPORT, "", "2000-01-01") == []
    assert report_table(app.pos, REPORT, "2099-01-01") == []


def test_z_numbers_are_gapless_the_total_is_never_reset_and_each_names_the_one_before(app: Any) -> None:
    facts = []
    for cents in (100, 250, 399):
        sell(app, cents)
        facts.append(close(app, "0.00"))
    assert [f.z for f in facts] == [1, 2, 3]
    assert [f.total for f in facts] == [100, 350, 749]
    hashes = [e.hash.hex() for e in app.raw_journal.scan() if e.kind == "shift.closed"]
    assert [f.previous for f in facts] == ["", *hashes[:2]]
    with pytest.raises(UserError, match="no shift is open"):
        close(app, "0.00")
    assert [row.cells[0] for row in reports.find(app.pos, Query()).rows] == ["3", "2", "1"]


def test_an_x_report_changes_nothing_and_says_what_each_cashier_sold(app: Any) -> None:
    app.pos.permissions.save_role("cashier", ("register.sell",))
    sell(app, 100)
    app.actor = KIM
    sell(app, 250)
    app.actor = Actor(id="owner", name="Owner", owner=True)
    before = app.raw_journal.pos()
    rows = reports.x_rows(app.pos)
    assert reports.x_rows(app.pos) == rows
    assert app.raw_journal.pos() == before
    assert ("text", "kim", "(1) 2.50") in rows
    assert ("text", "Owner", "(1) 1.00") in rows


def test_what_did_not_become_a_sale_is_on_the_report(app: Any) -> None:
    sell(app, 100)
    app.register.scan("500")
    app.register.void("1")
    app.register.scan("700")
    app.register.override_price("2", 65_000)
    app.register.cancel("changed mind")
    app.register.open_drawer("change")
    app.register.reprint()
    figures = close(app, "1.00").figures
    assert {key: figures[key][0] for key in ("voids", "overrides", "cancelled", "no_sale", "reprints")} == {
        "voids": 1, "overrides": 1, "cancelled": 1, "no_sale": 1, "reprints": 1,
    }  # fmt: skip


def test_a_z_report_reads_the_same_for_ever(app: Any, stores: Any) -> None:
    sell(app, 100)
    close(app, "1.00")
    shift = reports.find(app.pos, Query()).rows[0].id
    before = reports.z_rows(app.pos, *reports.closed(app.pos, shift))
    app.settings.change("till", {"blind": False})
    app.close()
    again = stores.open(app, plugins=("till", "cash"), extra=as_plugin(Goods(), "goods"))
    assert reports.z_rows(again.pos, *reports.closed(again.pos, shift)) == before
    assert ("text", "Over or short", "0.00") in before


def test_the_list_comes_back_from_the_journal_after_the_plugin_was_off(app: Any) -> None:
    sell(app, 100)
    close(app, "1.00")
    app.switch("till", enabled=False)
    sell(app, 250)
    app.pos.shifts.close(250)
    app.switch("till", enabled=True)
    assert [row.cells[0] for row in reports.find(app.pos, Query()).rows] == ["2", "1"]
    assert app.rebuild("till_close", swap=False).different == ()


def test_an_unknown_payment_stands_first_and_does_not_hold_the_close_up(app: Any) -> None:
    sell(app, 100)
    body = {"id": "attempt-123456", "sale": "s", "register": "R1", "method": "card", "amount": 999, "currency": "EUR"}
    app.raw_journal.append(
        *[_note()],
        stream=app.journal.stream,
        actor="",
        attempts=[("attempt-123456", "R1", "unknown", {"attempt": body})],
    )
    rows = reports.x_rows(app.pos)
    assert rows[2][1] == "Not known to be paid or not"
    assert rows[3] == ("text", "card 123456", "9.99")
    assert close(app, "1.00").z == 1


def _note() -> Any:
    from genesis.kernel.facts import DrawerOpened

    return DrawerOpened(register="R1", reason="note", sale="s")


Move = st.tuples(st.sampled_from(["sale", "return", "paid_in", "paid_out", "drop"]), st.integers(1, 5000))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(start=st.integers(0, 50_000), moves=st.lists(Move, max_size=12), off=st.integers(-500, 500))
def test_any_day_adds_up_to_the_cent(app: Any, start: int, moves: list[tuple[str, int]], off: int) -> None:
    told(app, service.open_shift, float=f"{start / 100:.2f}")
    signs = {"sale": 1, "return": -1, "paid_in": 1, "paid_out": -1, "drop": -1}
    for kind, cents in moves:
        if kind in {"sale", "return"}:
            sell(app, cents, signs[kind])
        else:
            told(app, lambda pos, k=kind: service.move(pos, k, ""), amount=f"{cents / 100:.2f}", reason="r")
    due = start + sum(signs[kind] * cents for kind, cents in moves)
    counted = max(due + off, 0)
    fact = close(app, f"{counted / 100:.2f}")
    assert (fact.expected, fact.over_short) == (due, counted - due)


def test_the_commands_are_offered_where_they_make_sense(app: Any) -> None:
    pos: Pos = app.pos
    offered = {
        action.id: action.enabled is None or action.enabled(pos)
        for _, action in app.actions
        if isinstance(action, Action)
    }
    assert (offered["till.open"], offered["till.close"], offered["till.in"]) == (True, False, True)
    sell(app, 100)
    offered = {
        action.id: action.enabled is None or action.enabled(pos)
        for _, action in app.actions
        if isinstance(action, Action)
    }
    assert (offered["till.open"], offered["till.close"]) == (False, True)


class Terminals:
    """Something of another plugin that is to be done first."""

    @hookimpl
    def closing_sections(self) -> list[ReportSection]:
        return [ReportSection(title="Card terminals to close", rows=(("Left", "2.50"),), todo=True),
                ReportSection(title="Vouchers", rows=(("Spent", "1.00"),))]  # fmt: skip


def test_what_is_to_be_done_before_a_close_is_said_beside_the_count(store: Any) -> None:
    app = store("till", "cash", extra=as_plugin(Goods(), "goods") | as_plugin(Terminals(), "terminals_by_hand"))
    sell(app, 250)
    with pytest.raises(Confirm) as asked:
        service.close_shift(app.pos)
    assert asked.value.remedy == "Card terminals to close: Left 2.50"
