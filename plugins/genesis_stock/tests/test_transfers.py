"""Transfers as a person sends and takes them in: from the page, from the command line, by batch, and after a rebuild."""

from __future__ import annotations

from typing import Any

import pytest

from genesis import Act, Cell, Query, Refused, UserError
from genesis_batches.service import Delivered, receive
from genesis_stock import pages, service, transfers, transfers_page
from genesis_stock.figures import levels, was_on_hand
from genesis_stock.plugin import _on_the_way
from genesis_stock.tests.goods import GOODS, NUTS, ON, TEA, row
from genesis_stock.transfers_command import run


@pytest.fixture
def app(both: Any) -> Any:
    made = both.new(*ON, "batches", extra=GOODS)
    made.settings.change("stock", {"locations": ["depot"]})
    service.change(made.pos, "received", [row(TEA, 10_000, 20_000), row(NUTS, 5_000, 10_000)])
    return made


def send(app: Any, goods: str, origin: str = "", target: str = "depot") -> str:
    return str(transfers_page.send(app.pos, Act(values={"goods": goods, "origin": origin, "target": target})).open)


def there(app: Any, item: str = TEA) -> dict[tuple[str, str], int]:
    return {(at, batch): qty for at, batch, qty in levels(app.pos, item)}


def test_goods_are_sent_and_arrive_in_parts_on_the_page(app: Any) -> None:
    key = send(app, "4*tea\nnuts\n\n tea ")
    assert there(app) == {("", ""): 5_000, (f"transit:{key}", ""): 5_000}
    found = transfers_page.find(app.pos, Query(text="depot"))
    assert [row.cells for row in found.rows] == [
        ("Store → depot", "2026-03-02", "2", Cell(text="On its way", tone="info"))]  # fmt: skip
    assert _on_the_way(app.pos) == "1"
    transfers_page.arrive_some(app.pos, Act(rows=(key,), values={"goods": "3*tea"}))
    with pytest.raises(Refused):
        transfers_page.arrive_some(app.pos, Act(rows=(key,), values={"goods": "3*tea"}))
    transfers_page.arrive_all(app.pos, Act(rows=(key,)))
    assert there(app) == {("", ""): 5_000, ("depot", ""): 5_000}
    assert there(app, NUTS) == {("", ""): 4_000, ("depot", ""): 1_000}
    assert transfers_page.drawer(app.pos, key).sections[0].notice == "All of it arrived."
    assert [transfers_page.find(app.pos, Query(filters={"state": s})).total for s in ("open", "arrived")] == [0, 1]
    assert _on_the_way(app.pos) == ""
    assert [app.rebuild(name, swap=False).different for name in ("stock_ledger", "stock_transfer")] == [(), ()]


def test_the_batches_that_expire_first_are_sent_and_arrive_as_they_were_sent(app: Any) -> None:
    for batch, expiry in (("L2", "2026-09-01"), ("L1", "2026-06-01")):
        receive(app.pos, [Delivered(item=TEA, name="Tea", batch=batch, qty=3_000, expiry=expiry)])
    key = send(app, "4*tea")
    assert there(app)[f"transit:{key}", "L1"] == 3_000
    assert there(app)[f"transit:{key}", "L2"] == 1_000
    transfers_page.arrive_some(app.pos, Act(rows=(key,), values={"goods": "2*tea"}))
    transfers_page.arrive_some(app.pos, Act(rows=(key,), values={"goods": "tea@L2"}))
    assert [transfers.expected(app.pos, key)[0][2:], there(app)["depot", "L1"]] == [("L1", 1_000), 2_000]
    assert app.pos.journal.balance("stock batch", f"depot/{TEA} L2") == 1_000


def test_no_more_arrives_without_a_batch_than_was_sent_without_one(app: Any) -> None:
    receive(app.pos, [Delivered(item=TEA, name="Tea", batch="L1", qty=5_000, expiry="2026-09-01")])
    key = send(app, "8*tea")
    way, at = transfers.one(app.pos, key), f"transit:{key}"
    assert (there(app)[at, "L1"], there(app)[at, ""]) == (5_000, 3_000)
    with pytest.raises(Refused, match="of Tea 3 are on their way, not 4"):
        transfers.arrive(app.pos, way, [row(TEA, 4_000)])
    with pytest.raises(Refused, match="of Tea L9 0 are on their way, not 1"):
        transfers.arrive(app.pos, way, [row(TEA, 1_000, batch="L9")])
    # two of L1 as it says, then three of L1 and two of none
    transfers_page.arrive_some(app.pos, Act(rows=(key,), values={"goods": "5*tea\n2*tea@L1"}))
    assert there(app)["depot", "L1"] == 5_000
    assert there(app)["depot", ""] == 2_000
    assert there(app)[at, ""] == 1_000


def test_the_command_sends_lists_and_takes_in(app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app.pos, ["send", "depot", "2*tea", "nuts"]) == 0
    assert run(app.pos, ["list"]) == 0
    assert "Store -> depot" in capsys.readouterr().out
    assert run(app.pos, ["arrive", "last", "tea"]) == 0
    assert run(app.pos, ["arrive", "last", "--json"]) == 0
    assert capsys.readouterr().out.endswith('"on_its_way":0}\n')
    assert run(app.pos, ["send", "", "tea", "--from", "depot"]) == 0  # and back
    assert run(app.pos, ["list", "--all", "--json"]) == 0
    assert capsys.readouterr().out.count('"to":"depot"') == 1
    assert there(app)["depot", ""] == 1_000


@pytest.mark.parametrize(
    ("goods", "target", "what", "field"),
    [
        ("", "depot", "nothing moves", "goods"),
        ("2 tea", "depot", "line 1: '2 tea' names no goods", "goods"),
        ("milk", "depot", "code: 'milk' is not known", "code"),
        ("-1*tea", "depot", "is not known", "code"),
        ("tea", "attic", "there is no location 'attic'", "location"),
        ("tea", "", "goods are there already", "location"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_field(app: Any, goods: str, target: str, what: str, field: str) -> None:
    with pytest.raises(UserError) as told:
        send(app, goods, target=target)
    assert what in told.value.what
    assert told.value.field == field
    assert there(app) == {("", ""): 10_000}


def test_a_movement_by_hand_may_count_on_an_earlier_day(app: Any) -> None:
    pages.receive(app.pos, Act(rows=(TEA,), values={"qty": "2", "day": "2026-02-20"}))
    pages.waste(app.pos, Act(rows=(TEA,), values={"qty": "1", "reason": "wet", "day": "2026-02-21"}))
    assert [was_on_hand(app.pos, TEA, day) for day in ("2026-02-19", "2026-02-20", "2026-03-01")] == [0, 2_000, 1_000]
    for day, what in (("2026-03-03", "lies in the future"), ("soon", "is no day")):
        with pytest.raises(UserError, match=what) as told:
            pages.adjust(app.pos, Act(rows=(TEA,), values={"qty": "1", "reason": "found", "day": day}))
        assert told.value.field == "day"
