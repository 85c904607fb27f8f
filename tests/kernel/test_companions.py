"""What comes with an item is rung up, changed, sold and brought back with it, to the cent and to the thousandth."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import Companion, Item, Price, UserError, hookimpl
from genesis.testkit.stores import as_plugin
from genesis.upkeep.doctor import sale_faults

PRICES = {"box": 50_000, "tea": 12_345, "cup": 33_300, "lid": 1_700, "snake": 10_000, "crumb": 10_000}
BRINGS = {  # a box holds 3 teas and a cup, a cup has a lid; 0.333 of a lid would come with a crumb
    "box": [("tea", 3_000, None), ("cup", 1_000, 0)],
    "cup": [("lid", 1_000, None)],
    "crumb": [("lid", 333, None)],
    "snake": [("snake", 1_000, None)],
}


def item(code):
    return Item(ref=f"nest:{code}", name=code, unit="kg" if code == "crumb" else "pcs")


class Nest:
    @hookimpl
    def resolve_code(self, pos, cart, code):
        return item(code) if code in PRICES else None

    @hookimpl
    def base_price(self, pos, cart, item, qty):
        return Price(e4=PRICES[item.name])

    @hookimpl
    def comes_with(self, pos, cart, item):
        return [Companion(item=Item(ref=f"nest:{code}", name=code), qty=qty,
                          price=None if e4 is None else Price(e4=e4, source="part"))
                for code, qty, e4 in BRINGS.get(item.name, [])]  # fmt: skip


def new(both):
    return both.new("cash", "discounts", extra=as_plugin(Nest(), "nest"))


def rows(priced):
    return [(p.line.item.name, p.line.qty, p.figures.gross, p.line.under) for p in priced.lines]


def test_all_that_comes_with_it_stands_below_and_has_its_own_price_or_the_one_it_comes_at(both):
    app = new(both)
    priced = app.register.scan("box", 2_000).priced
    assert rows(priced) == [
        ("box", 2_000, 1_000, ""), ("tea", 6_000, 741, "1"), ("cup", 2_000, 0, "1"), ("lid", 2_000, 34, "1")
    ]  # fmt: skip
    assert [p.line.source for p in priced.lines] == ["nest:list", "nest:list", "part", "nest:list"]
    assert [p.line.id for p in app.register.scan("tea").priced.lines] == ["1", "2", "3", "4", "5"]


def test_what_came_with_a_line_is_neither_changed_nor_voided_nor_returned_alone(both):
    app = new(both)
    register = app.register
    register.scan("box")
    for act in (lambda: register.quantity("2", 1_000), lambda: register.void("2"), lambda: register.reprice("2")):
        with pytest.raises(UserError, match="comes with the line above it") as refused:
            act()
        assert refused.value.field == "line"
    sale = register.pay("cash").sale
    with pytest.raises(UserError, match="cup came with box and goes back with it"):
        register.return_lines(sale.number, {"3": 1_000})
    assert register.cart is None


def test_a_void_tells_of_every_line_and_can_be_undone(both):
    app = new(both)
    register = app.register
    register.scan("tea")
    register.scan("box")
    before = rows(register.priced)
    register.void("2")
    told = [e.fact for e in app.raw_journal.read(0) if e.kind == "line.voided"]
    assert [(f.name, f.amount) for f in told] == [("box", 500), ("tea", 370), ("cup", 0), ("lid", 17)]
    assert rows(register.priced) == [("tea", 1_000, 123, "")]
    register.undo()
    assert rows(register.priced) == before


def test_asking_the_price_again_asks_what_comes_with_it(both, monkeypatch):
    app = new(both)
    register = app.register
    register.scan("cup", 4_000)
    register.scan("tea")
    monkeypatch.setitem(BRINGS, "cup", [("lid", 2_000, 0), ("tea", 500, None)])
    priced = register.reprice("1").priced
    assert rows(priced) == [
        ("cup", 4_000, 1_332, ""), ("lid", 8_000, 0, "1"), ("tea", 2_000, 247, "1"), ("tea", 1_000, 123, "")
    ]  # fmt: skip
    assert len({p.line.id for p in priced.lines}) == 4


def test_what_comes_with_itself_or_comes_to_nothing_is_refused(both):
    app = new(both)
    with pytest.raises(UserError, match="snake comes with itself"):
        app.register.scan("snake")
    with pytest.raises(UserError, match="too little for what comes with it"):
        app.register.scan("crumb", 1)
    assert app.register.cart is None


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    boxes=st.integers(1, 9),
    crumbs=st.integers(2, 5_000),
    cuts=st.lists(st.integers(1, 999), max_size=4),
    data=st.data(),
)
def test_any_partial_returns_bring_back_exactly_what_was_sold(both, boxes, crumbs, cuts, data):
    app = new(both)
    register = app.register
    register.scan("box", boxes * 1_000)
    register.scan("crumb", crumbs)
    sale = register.pay("cash").sale
    mains = {line.line: line.qty for line in sale.lines if not line.under}
    edges = {line: [0, *sorted({qty * cut // 1_000 for cut in cuts} - {0}), qty] for line, qty in mains.items()}
    parts = [(line, high - low) for line, edge in edges.items() for low, high in itertools.pairwise(edge)]
    back = dict.fromkeys((line.line for line in sale.lines), (0, 0))
    for line, qty in data.draw(st.permutations(parts)):
        register.return_lines(sale.number, {line: qty})
        part = (register.pay("cash") if register.priced.due else register.complete()).sale
        assert not list(sale_faults(part))
        known = {row.line for row in part.lines}
        assert all(row.under in known for row in part.lines if row.under)
        for row in part.lines:
            before = back[row.returns.line]
            back[row.returns.line] = (before[0] - row.qty, before[1] - row.gross)
    assert back == {line.line: (line.qty, line.gross) for line in sale.lines}
    app.close()


def test_the_receipt_and_a_restart_keep_them_together(both):
    app = new(both)
    app.register.scan("box")
    app.close()
    again = both.open(app, plugins=("cash", "discounts"), extra=as_plugin(Nest(), "nest"))
    done = again.register.pay("cash")
    shown = [row[:3] for row in again.register.document(done.entry) if row[1].strip() in PRICES]
    assert shown == [
        ("text", "box", "5.00"),
        ("text", "  tea", "3.70"),
        ("small", "  cup", ""),
        ("text", "  lid", "0.17"),
    ]
    assert [line.under for line in done.sale.lines] == ["", "1", "1", "1"]
    assert msgspec.json.decode(again.raw_journal.entry(done.entry.ref).body)["lines"][1]["under"] == "1"
