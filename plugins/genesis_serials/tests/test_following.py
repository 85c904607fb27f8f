"""Pieces are followed wherever goods are opened, sent, counted and assembled, not only at the till."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genesis import Act, Confirm, Query, Refused, UserError
from genesis_kits.service import assemble
from genesis_purchasing import service as orders
from genesis_purchasing.command import run as orders_command
from genesis_purchasing.suppliers import offer_id
from genesis_serials import lists, service
from genesis_serials.tests.test_serials import DRILL, DRILL_EAN, LAMP, ON, answering, fill, sell, states, take_in, told
from genesis_stock import opening, pages as stock_pages, service as stock, transfers, transfers_page
from genesis_stock.models import StockRow
from genesis_stock.transfers_command import run as transfers_command
from genesis_stocktake import posting, service as counts, sheet


@pytest.fixture
def app(both: Any) -> Any:
    app = fill(both.new(*ON, "stocktake"))
    app.settings.change("stock", {"locations": ["depot"]})
    return app


def opened(app: Any, tmp_path: Path, text: str, *more: str) -> int:
    path = tmp_path / "opening.csv"
    path.write_text(text, encoding="utf-8")
    return opening.run(app.pos, ["--open", str(path), *more])


def test_an_opening_stock_lists_the_pieces_and_is_recorded_once(app: Any, tmp_path: Path, capsys: Any) -> None:
    wrong = f"code,qty,cost,serials\n{DRILL},2,10,A1\nLAMP,3,5,\n"
    assert opened(app, tmp_path, wrong, "--yes") == 1
    assert "line 2: Drill: 1 serial number for a quantity of 2" in capsys.readouterr().err
    assert opened(app, tmp_path, f"code,qty\n{DRILL},2\n", "--yes") == 1
    assert "line 2: Which serial numbers? (2 × Drill; column serials)" in capsys.readouterr().err
    assert opened(app, tmp_path, f"code,qty,serials\n{DRILL},1,A1\n{DRILL},1,A1\n", "--yes") == 1
    assert "line 3: serials: A1 stands in the file twice" in capsys.readouterr().err
    right = f"code,qty,cost,serials\n{DRILL},2,10,A1 A2\nLAMP,3,5,\n"
    assert opened(app, tmp_path, right) == 1  # nobody agreed
    said = capsys.readouterr()
    assert "2 rows, items: 2, stock: 5, worth 35.00" in said.out
    assert "--yes" in said.err
    assert states(app) == {}
    assert opened(app, tmp_path, right, "--yes") == 0
    assert opened(app, tmp_path, right, "--yes") == 1  # the pieces are here
    assert "A1 of Drill is here" in capsys.readouterr().err
    assert (states(app), stock.on_hand(app.pos, DRILL)) == ({"A1": "here", "A2": "here"}, 2_000)
    assert told(app, "A1") == [("opened", "opening.csv")]


def test_the_same_file_opens_the_stock_once_and_the_rest_of_one_that_was_stopped(
    app: Any, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(opening, "CHUNK", 1)
    text, real, calls = "code,qty\nLAMP,3\nLAMP,4\n", stock.change, list[int]()

    def failing(*given: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("the power went")
        return real(*given, **more)

    with monkeypatch.context() as power, pytest.raises(OSError, match="power"):
        power.setattr(stock, "change", failing)
        opened(app, tmp_path, text, "--yes")
    assert stock.on_hand(app.pos, LAMP) == 3_000
    for told_of in ("1 row recorded\n1 row of this file was recorded before", "0 rows recorded"):
        assert opened(app, tmp_path, text, "--yes") == 0
        assert told_of in capsys.readouterr().out
        assert stock.on_hand(app.pos, LAMP) == 7_000


def test_a_transfer_names_its_pieces_and_they_are_sold_nowhere_on_the_way(app: Any) -> None:
    take_in(app, "A1", "A2", "A3")
    with pytest.raises(Confirm, match="Which serial numbers"):
        transfers.send(app.pos, "depot", [StockRow(item=DRILL, name="Drill", qty=2_000)])
    with answering(app, "A1 A9"), pytest.raises(Refused, match="A9 of Drill is not known here"):
        transfers.send(app.pos, "depot", [StockRow(item=DRILL, name="Drill", qty=2_000)])
    assert transfers_command(app.pos, ["send", "depot", "2*DRILL", "--serial", "DRILL=A1", "--serial", "DRILL=A2"]) == 0
    assert states(app) == {"A1": "moving", "A2": "moving", "A3": "here"}
    with answering(app, "A1"), pytest.raises(Refused, match="A1 of Drill is on its way"):
        app.register.scan(DRILL_EAN)
    key = transfers_page.find(app.pos, _query()).rows[0].id
    with answering(app, "A3"), pytest.raises(Refused, match="A3 of Drill is here"):
        transfers_page.arrive_some(app.pos, Act(rows=(key,), values={"goods": "DRILL"}))
    with answering(app, "A2"):
        transfers_page.arrive_some(app.pos, Act(rows=(key,), values={"goods": "DRILL"}))
    assert [row[1] for row in transfers_page.drawer(app.pos, key).sections[0].rows] == ["1"]
    with answering(app, "A1"):
        transfers_page.arrive_all(app.pos, Act(rows=(key,)))
    assert states(app) == {"A1": "here", "A2": "here", "A3": "here"}
    assert lists.one(app.pos, DRILL, "A1").location == "depot"
    assert told(app, "A2")[1:] == [("sent", "Store → depot"), ("arrived", "Store → depot")]
    with answering(app, "A2"), pytest.raises(Refused, match="A2 of Drill is at depot"):  # it is not here to be wasted
        stock_pages.waste(app.pos, Act(rows=(DRILL,), values={"qty": "1", "reason": "fell"}))
    with answering(app, "A2"), pytest.raises(Refused, match="A2 of Drill is at depot"):
        app.register.scan(DRILL_EAN)
    with pytest.raises(UserError, match="all of it arrived already"):
        transfers_page.arrive_all(app.pos, Act(rows=(key,)))
    assert app.rebuild("serials_serial", swap=False).different == ()


def _query() -> Any:
    return Query(filters={"state": "open"})


def test_a_count_names_the_pieces_and_puts_right_which_are_here(app: Any) -> None:
    take_in(app, "A1", "A2", "A3")
    key = counts.start(app.pos, "Year end")
    with pytest.raises(Confirm, match="Which serial numbers"):
        counts.enter(app.pos, key, "DRILL", 2_000)
    with answering(app, "A1"), pytest.raises(UserError, match="1 serial number for a quantity of 2"):
        counts.enter(app.pos, key, "DRILL", 2_000)
    counts.enter(app.pos, key, f"(01)0{DRILL_EAN}(21)A1", 1_000)
    with pytest.raises(Refused, match="A1 of Drill was counted already"):
        counts.enter(app.pos, key, f"(01)0{DRILL_EAN}(21)A1", 1_000)
    with answering(app, "A3 A7"):  # A2 is missing, A7 was never heard of: the quantity is right all the same
        counts.enter(app.pos, key, "DRILL", 2_000)
    take_in(app, "A8")  # comes after its item was counted
    sell(app, "A3")  # and goes
    posting.post(app.pos, key)
    assert states(app) == {"A1": "here", "A2": "gone", "A3": "sold", "A7": "here", "A8": "here"}
    assert (told(app, "A2")[-1], told(app, "A7")) == (("missing", "counted"), [("found", "counted")])
    assert stock.on_hand(app.pos, DRILL) == 3_000
    assert app.rebuild("serials_serial", swap=False).different == ()


def test_a_recount_takes_the_place_of_the_pieces_seen_before(app: Any) -> None:
    take_in(app, "A1", "A2")
    key = counts.start(app.pos, "Year end")
    with answering(app, "A1 A2"):
        counts.enter(app.pos, key, "DRILL", 2_000)
    with answering(app, "A2"):
        counts.enter(app.pos, key, "DRILL", 1_000, again=True)
    counts.enter(app.pos, key, f"(01)0{DRILL_EAN}(21)A1", 1_000)  # it was not seen any more, so it counts
    counts.enter(app.pos, key, "DRILL", 0, again=True)
    posting.post(app.pos, key)
    assert (states(app), stock.on_hand(app.pos, DRILL)) == ({"A1": "gone", "A2": "gone"}, 0)


def test_a_sheet_lists_the_pieces_or_nothing_is_counted(app: Any, tmp_path: Path) -> None:
    take_in(app, "A1", "A2")
    stock.change(app.pos, "received", [StockRow(item=LAMP, name="Lamp", qty=5_000)])
    key, path = counts.start(app.pos, "Year end"), tmp_path / "sheet.csv"
    path.write_text(f"item,counted,serials\n{LAMP},4,\n{DRILL},2,\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"Which serial numbers. .2 × Drill") as wrong:
        sheet.read(app.pos, key, path)
    assert wrong.value.field == "serials"
    path.write_text(f"item,counted,serials\n{LAMP},4,\n{DRILL},1,A2\n", encoding="utf-8")
    for _ in range(2):
        assert sheet.read(app.pos, key, path) == 2
    posting.post(app.pos, key)
    assert states(app) == {"A1": "gone", "A2": "here"}


def test_adjusting_by_hand_asks_for_the_pieces(app: Any) -> None:
    take_in(app, "A1", "A2")
    with answering(app, "A1"):
        stock_pages.adjust(app.pos, Act(rows=(DRILL,), values={"qty": "-1", "reason": "lent"}))
    with answering(app, "A1"):
        stock_pages.adjust(app.pos, Act(rows=(DRILL,), values={"qty": "1", "reason": "came back"}))
    assert states(app) == {"A1": "here", "A2": "here"}
    assert [why for why, _ in told(app, "A1")] == ["received", "adjusted", "found"]


def test_pieces_go_into_a_kit_and_come_out_of_it(store: Any) -> None:
    app = fill(store(*ON, "kits"))
    more = {"kits": {"made_of": "DRILL", "sold": "assembled"}, "serials": {"followed": "receipt"}}
    box = {"name": "Box", "sku": "BOX", "price_e4": 900_000, "codes": [], "more": more}
    app.pos.records("catalog_product").save(box, record_id="box")
    take_in(app, "A1", "A2")
    with answering(app, "B1", "A1"):
        assemble(app.pos, "BOX", 1)
    assert (states(app), states(app, "catalog:box")) == ({"A1": "gone", "A2": "here"}, {"B1": "here"})
    with answering(app, "B1", "A1"):
        assemble(app.pos, "BOX", 1, apart=True)
    assert (states(app), states(app, "catalog:box")) == ({"A1": "here", "A2": "here"}, {"B1": "gone"})
    assert [why for why, _ in told(app, "A1")] == ["received", "used", "apart"]


def test_an_order_is_received_with_its_pieces_from_the_command_line(store: Any, capsys: Any) -> None:
    app = fill(store(*ON, "receipts", "purchasing"))
    app.pos.records("purchasing_supplier").save({"name": "Tool Works"}, record_id="tw")
    offer = {"supplier": "tw", "item": DRILL, "name": "Drill", "price_e4": 200_000}
    app.pos.records("purchasing_offer").save(offer, record_id=offer_id("tw", DRILL))
    order = orders.send(app.pos, orders.draft(app.pos, "tw", [orders.Wanted(DRILL, 2_000)]))
    with pytest.raises(UserError, match="is not received"):
        orders_command(app.pos, ["receive", order, "DRILL=2", "--serial", "LAMP=A1"])
    assert orders_command(app.pos, ["receive", order, "--serial", "DRILL=A1", "--serial", "DRILL=A2", "--json"]) == 0
    assert '"state":"closed"' in capsys.readouterr().out
    assert states(app) == {"A1": "here", "A2": "here"}
    assert service.states_of(app.pos, DRILL, ["A1"]) == {"A1": "here"}
