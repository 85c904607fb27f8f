"""The back office of batches: short dates and their markdowns, recalls, traces, waste, and the command."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from genesis import Act, Actor, Approval, Cell, Confirm, PageRow, Query, Refused, UserError
from genesis.kernel.permissions import Account
from genesis_batches import lists, pages, rules_page, service, till
from genesis_batches.command import EXAMPLES, run
from genesis_batches.models import sale as sales
from genesis_batches.service import Delivered
from genesis_stock import service as stock
from genesis_stock.models import item as stock_item, level

ON = ("barcodes", "catalog", "stock", "batches", "cash")
MILK, TEA = "catalog:milk", "catalog:tea"
MILK_EAN, TEA_EAN = "9520000000011", "9520000000028"


@pytest.fixture
def app(store: Any) -> Any:
    """Milk at 2.00 in Food / Dairy, tea at 5.00 in Food."""
    app = store(*ON)
    categories, products = app.pos.records("catalog_category"), app.pos.records("catalog_product")
    categories.save({"name": "Food"}, record_id="food")
    categories.save({"name": "Dairy", "parent": "food"}, record_id="dairy")
    products.save(
        {"name": "Milk", "price_e4": 20_000, "category": "dairy", "sku": "1001", "codes": [{"code": MILK_EAN}]},
        record_id="milk",
    )
    products.save(
        {"name": "Tea", "price_e4": 50_000, "category": "food", "codes": [{"code": TEA_EAN}]}, record_id="tea"
    )
    return app


def take_in(app: Any, code: str, qty: int, expiry: str = "", item: str = MILK, **more: Any) -> None:
    row = Delivered(
        item=item, name=item.removeprefix("catalog:").title(), batch=code, qty=qty, expiry=expiry, cost=10_000
    )
    service.receive(app.pos, [row], "Alpine Dairy", **more)


def sell(app: Any, code: str = MILK_EAN, qty: int = 1000) -> Any:
    app.register.scan(code, qty)
    return app.register.pay("cash").sale


def as_cashier(app: Any) -> None:
    """Somebody who sells and nothing else."""
    app.pos.permissions.save_role("till", ("register.sell", "register.void_line"))
    app.actor = Actor(id="kim", name="Kim", roles=("till",))


def rule(app: Any, category: str, days: int, percent: str) -> str:
    saved: str = app.pos.records("batches_markdown").save({"category": category, "days": days, "percent": percent})
    return saved


def shown(app: Any, show: str = "") -> list[str]:
    return [
        row.id.rpartition(" ")[2] for row in pages.find(app.pos, Query(filters={"show": show} if show else {})).rows
    ]


def state(row: PageRow) -> str:
    cell = row.cells[3]
    assert isinstance(cell, Cell)
    return str(cell.text)


def test_the_list_has_the_next_to_expire_first_and_says_what_stands_against_it(app: Any) -> None:
    take_in(app, "LATER", 1000, "2026-09-01")
    take_in(app, "SOON", 2000, "2026-03-10")
    take_in(app, "GONE-OFF", 3000, "2026-03-01")
    take_in(app, "NO-DATE", 4000)
    take_in(app, "PULLED", 5000, "2026-08-01")
    service.mark(app.pos, MILK, "PULLED", "recalled", "glass")
    assert shown(app) == ["GONE-OFF", "SOON", "PULLED", "LATER", "NO-DATE"]
    assert [state(row) for row in pages.find(app.pos, Query()).rows] == [
        "Expired on 2026-03-01", "8 days left", "Recalled", "On sale", "On sale",
    ]  # fmt: skip
    found = {kind: shown(app, kind) for kind, _ in lists.KINDS}
    assert found == {
        "near": ["SOON"], "expired": ["GONE-OFF"], "blocked": ["PULLED"], "undated": ["NO-DATE"],
        "all": ["GONE-OFF", "SOON", "PULLED", "LATER", "NO-DATE"],
    }  # fmt: skip
    assert [(card.value, card.note) for card in lists.cards(app.pos)] == [
        ("1", "batches"),
        ("1", "1 recalled or in quarantine"),
    ]
    sell(app, qty=2000)
    assert shown(app, "near") == []
    assert [row.id for row in pages.find(app.pos, Query(text="gone milk")).rows] == [f"{MILK} GONE-OFF"]
    app.settings.change("batches", {"safety_days": 200})
    assert shown(app, "expired") == ["GONE-OFF", "PULLED", "LATER"]


def test_a_markdown_is_on_the_receipt_with_its_author_and_depends_on_days_and_category(app: Any) -> None:
    take_in(app, "SOON", 3000, "2026-03-04")  # two days left
    take_in(app, "LATER", 9000, "2026-09-01")
    take_in(app, "T1", 9000, "2026-03-04", item=TEA)
    rule(app, "dairy", 1, "75")
    rule(app, "Dairy", 3, "30")
    rule(app, "", 5, "10")
    assert [state(row) for row in pages.find(app.pos, Query()).rows] == [
        "2 days, -30 %", "2 days, -10 %", "On sale",
    ]  # fmt: skip
    app.register.scan(MILK_EAN, 5000)
    app.register.scan(TEA_EAN)
    entry = app.register.pay("cash")
    milk, tea = entry.sale.lines
    # Three of the five come from the batch with two days left: 30 % of 6.00; tea has the rule for everything.
    assert [(a.amount, a.author, a.stage) for a in milk.adjustments] == [(-180, "batches", "line")]
    assert [(a.amount, a.author) for a in tea.adjustments] == [(-50, "batches")]
    assert entry.sale.total == 1000 - 180 + 500 - 50
    paper = app.register.document(app.register.last_sale())
    assert ("small", "  Best before 2026-03-04: 30 % off", "-1.80") in paper
    app.clock.forward(days=1)
    assert sell(app, TEA_EAN).total == 450
    app.clock.forward(days=-9)  # eleven days left
    assert sell(app, TEA_EAN).total == 500


def test_a_label_has_its_own_date_and_only_labels_are_marked_down_where_the_store_says_so(app: Any) -> None:
    take_in(app, "SOON", 3000, "2026-03-04")
    rule(app, "", 3, "50")
    app.settings.change("batches", {"markdown_labelled_only": True})
    assert sell(app).total == 200
    assert sell(app, f"(01)0{MILK_EAN}(10)SOON").total == 100
    assert sell(app, f"(01)0{TEA_EAN}(15)260305").total == 250  # of tea no batch is known
    assert sell(app, f"(01)0{MILK_EAN}(10)SOON(17)260303").total == 100


def test_a_refund_gives_back_what_was_paid_though_the_markdown_is_gone(app: Any) -> None:
    take_in(app, "SOON", 3000, "2026-03-04")
    saved = rule(app, "", 3, "33.33")
    sale = sell(app, qty=3000)
    assert sale.total == 600 - 200  # 33.33 % of 6.00 is 199.98 cents
    rules_page.delete(app.pos, Act(rows=(saved,)))
    back = 0
    for _ in range(3):
        app.register.return_lines(sale.number, {"1": 1000})
        back += app.register.pay("cash").sale.total
    assert back == -sale.total


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"days": "-1", "percent": "10"}, "days"),
        ({"days": "366", "percent": "10"}, "days"),
        ({"days": "x", "percent": "10"}, "days"),
        ({"days": "3", "percent": "0"}, "percent"),
        ({"days": "3", "percent": "100.5"}, "percent"),
        ({"days": "3", "percent": ""}, "percent"),
    ],
)
def test_a_markdown_that_cannot_be_is_refused_by_field(app: Any, values: dict[str, str], field: str) -> None:
    save = rules_page.drawer(app.pos, "new").save
    assert save is not None
    with pytest.raises(UserError) as wrong:
        save(app.pos, {"category": "Dairy"} | values)
    assert wrong.value.field == field


def test_two_rules_for_the_same_days_cannot_be(app: Any) -> None:
    rule(app, "Dairy", 3, "30")
    with pytest.raises(Refused, match="already taken"):
        rule(app, "DAIRY", 3, "40")
    assert [row.cells for row in rules_page.find(app.pos, Query()).rows] == [("Dairy", "3", "30")]


def test_the_page_receives_from_a_label_corrects_wastes_and_traces(app: Any) -> None:
    label = f"(01)0{MILK_EAN}(17)260401(10)L7"
    done = pages.receive(app.pos, Act(values={"code": label, "qty": "24", "cost": "0.80", "supplier": "Alpine Dairy"}))
    assert done.open == f"{MILK} L7"
    assert pages.scan(app.pos, label).open == f"{MILK} L7"
    pages.receive(app.pos, Act(values={"code": label, "batch": "L8", "expiry": "2026-05-01", "qty": "6", "cost": ""}))
    number = sell(app, label, 3000).number
    pages.waste(app.pos, Act(rows=(f"{MILK} L7",), values={"qty": "2", "reason": "leaks"}))
    row = lists.one(app.pos, MILK, "L7")
    assert row is not None
    assert (row.qty, row.expiry, row.supplier) == (19_000, "2026-04-01", "Alpine Dairy")
    paper = pages.trace(app.pos, Act(rows=(f"{MILK} L7",))).document
    assert ("text", "2026-03-02 from Alpine Dairy", "24") in paper
    assert ("text", f"2026-03-02 {number}", "3") in paper
    drawer = pages.drawer(app.pos, f"{MILK} L7")
    assert drawer.save is not None
    drawer.save(app.pos, {"expiry": "2026-03-01"})
    assert pages.drawer(app.pos, f"{MILK} L7").sections[0].notice == "Expired on 2026-03-01"
    assert lists.wasted(app.pos, {}) == [("Milk", "L7", "leaks", "2", "1.60")]
    assert lists.wasted(app.pos, {"until": "2026-03-01"}) == []
    app.actor = Actor(id="kim", name="Kim")
    assert lists.wasted(app.pos, {})[0][4] == ""


def test_recall_and_release_from_the_page(app: Any) -> None:
    take_in(app, "L7", 3000)
    ref = f"{MILK} L7"
    offered = {action.id: action for action in pages.page(app.pos).actions}

    def choice() -> list[str]:
        return [name for name in ("recall", "quarantine", "release") if offered[name].shown(app.pos, ref)]  # type: ignore[misc]

    assert choice() == ["recall", "quarantine"]
    pages.quarantine(app.pos, Act(rows=(ref,), values={"reason": "smells"}))
    assert choice() == ["recall", "release"]
    pages.recall(app.pos, Act(rows=(ref,), values={"reason": "supplier says so"}))
    assert choice() == ["release"]
    with pytest.raises(UserError, match="batch L7 is recalled"):
        app.register.scan(MILK_EAN)
    pages.release(app.pos, Act(rows=(ref,), values={"reason": "tested"}))
    assert sell(app).total == 200


def test_whoever_may_override_is_asked_about_a_recall_since_the_scan_and_others_never_sell_it(app: Any) -> None:
    take_in(app, "A", 2000, "2026-05-01")
    app.register.scan(MILK_EAN)
    service.mark(app.pos, MILK, "A", "recalled", "glass")
    with pytest.raises(Confirm, match="batch A is recalled"):
        app.register.pay("cash")
    as_cashier(app)
    cart = app.register.cart
    with pytest.raises(Refused, match="batch A is recalled"):  # as when a card was charged before the recall
        till.allocate(app.pos, cart, cart.lines[0])
    app.register.void("1")
    row = lists.one(app.pos, MILK, "A")
    assert row is not None
    assert row.qty == 2000


def scanned_with_approval(app: Any) -> None:
    """Milk of a batch that expired is in the cart of Kim, the cashier; the owner approved it."""
    take_in(app, "OLD", 3000, "2026-03-01")
    app.pos.permissions.save_account(Account(id="owner", name="Olga"), "correct horse")
    as_cashier(app)
    with pytest.raises(Approval, match="Milk: batch OLD is expired on 2026-03-01") as asked:
        app.register.scan(MILK_EAN)
    with app.pos.hooks.confirming(False, asked.value.answered({"password": "correct horse"})):
        app.register.scan(MILK_EAN)


def test_somebody_who_may_approves_it_at_the_till_once_for_the_line_and_not_for_more_of_it(app: Any) -> None:
    scanned_with_approval(app)
    with pytest.raises(Approval, match="batch OLD is expired"):
        app.register.quantity("1", 2000)
    sale = app.register.pay("cash").sale  # nobody is asked again
    section = sale.lines[0].sections["batches"]
    assert (section["blocked"], section["by"]) == ({"OLD": "expired on 2026-03-01"}, "owner")
    assert (sale.actor, app.pos.db.one(select(sales)).actor) == (app.actor.id, "owner")
    [fact] = [entry.fact for entry in app.raw_journal.scan() if entry.kind == "permission.approved"]
    assert (fact.permission, fact.resource, fact.approver) == ("batches.override", "OLD", "owner")


def test_what_was_approved_is_not_what_was_recalled_since(app: Any) -> None:
    scanned_with_approval(app)
    cashier, app.actor = app.actor, Actor(id="owner", name="Owner", owner=True)
    service.mark(app.pos, MILK, "OLD", "recalled", "glass in it")
    app.actor = cashier
    with pytest.raises(Refused, match="batch OLD is recalled"):
        app.register.pay("cash")


def test_only_who_may_recalls_and_a_reason_is_needed(app: Any) -> None:
    take_in(app, "A", 1000)
    with pytest.raises(UserError, match="say why"):
        service.mark(app.pos, MILK, "A", "recalled", " ")
    service.mark(app.pos, MILK, "A", "recalled", "mould")
    service.mark(app.pos, MILK, "A", "ok", "other batch after all")
    assert sell(app).lines[0].sections["batches"]["taken"] == [["A", 1000]]
    as_cashier(app)
    with pytest.raises(Refused, match="may not"):
        service.mark(app.pos, MILK, "A", "recalled", "mould")


def test_what_was_sold_while_it_was_off_is_allocated_and_no_value_changes(app: Any) -> None:
    take_in(app, "A", 2000, "2026-05-01")
    take_in(app, "B", 2000, "2026-06-01")
    app.switch("batches", enabled=False)
    sell(app, qty=3000)
    app.switch("batches", enabled=True)
    before = app.pos.db.one(select(stock_item).where(stock_item.c.item == MILK))
    assert pages.settle(app.pos, Act()).text == "1 item is allocated"
    rows = app.pos.db.all(select(level.c.batch, level.c.qty).where(level.c.item == MILK, level.c.qty != 0))
    assert [tuple(row) for row in rows] == [("B", 1000)]
    assert app.pos.journal.balance("stock batch", f"/{MILK} B") == 1000
    assert app.pos.db.one(select(stock_item).where(stock_item.c.item == MILK)) == before
    assert pages.settle(app.pos, Act()).text == "Nothing could be allocated"
    assert stock.reconcile(app.pos) == 0


def test_a_recall_in_another_process_stops_this_register_at_once(app: Any, stores: Any) -> None:
    take_in(app, "L7", 3000)
    app.close()
    app = stores.open(app, plugins=ON, projector="thread")
    app.register.scan(MILK_EAN)
    done = subprocess.run(
        [Path(sys.executable).with_name("genesis"), "--home", str(app.home.folder), "batches", "recall", MILK_EAN,
         "--batch", "L7", "--reason", "glass found", "--json"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"item": MILK, "batch": "L7", "state": "recalled", "with": []}
    as_cashier(app)
    with pytest.raises(Refused, match="Milk: batch L7 is recalled"):
        app.register.pay("cash")
    assert len(app.register.cart.lines) == 1


def test_every_command_of_the_readme_and_of_the_help_runs(app: Any, capsys: Any) -> None:
    text = (Path(lists.__file__).parent / "README.md").read_text(encoding="utf-8")
    block = text.partition("```sh\n")[2].partition("```")[0].splitlines()
    assert len(block) == 6
    for line in (*block, *EXAMPLES):
        assert run(app.pos, shlex.split(line)[2:]) == 0
    assert capsys.readouterr().err == ""
    assert sum(r.qty for r in lists.receipts(app.pos, MILK, "L7")) == 48_000


def test_the_command_receives_lists_and_traces(app: Any, capsys: Any) -> None:
    def said(*arguments: str) -> list[Any]:
        assert run(app.pos, [*arguments, "--json"]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    label = f"(01)0{MILK_EAN}(17)260401(10)L7"
    assert said("receive", label, "--qty", "12", "--supplier", "Alpine Dairy", "--document", "DN-5") == [
        {"item": MILK, "batch": "L7", "expiry": "2026-04-01", "qty": "12.000"}
    ]
    said("receive", TEA_EAN, "--batch", "T1", "--qty", "1.5")
    number = sell(app, label).number
    assert [(row["batch"], row["qty"], row["expiry"]) for row in said("list")] == [
        ("L7", "11.000", "2026-04-01"), ("T1", "1.500", None),
    ]  # fmt: skip
    assert said("list", "--show", "near") == []
    [traced] = said("trace", label)
    assert traced["receipts"] == [
        {"day": "2026-03-02", "qty": "12.000", "supplier": "Alpine Dairy", "document": "DN-5"}
    ]
    assert traced["sales"] == [{"day": "2026-03-02", "receipt": number, "qty": "1.000", "customer": ""}]
    run(app.pos, ["trace", label])
    assert capsys.readouterr().out.splitlines()[1] == "  came 2026-03-02      12.000  Alpine Dairy DN-5"
    with pytest.raises(UserError, match="nothing is known of L9"):
        run(app.pos, ["trace", MILK_EAN, "--batch", "L9"])
    with pytest.raises(UserError, match="is not known"):
        run(app.pos, ["recall", "nothing", "--batch", "L9", "--reason", "r"])
