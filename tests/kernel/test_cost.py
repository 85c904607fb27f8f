"""What a sale may cost: a cap on its SQL statements, so that a slow habit is noticed when it is born."""

from __future__ import annotations

from genesis.bench.selling import MOST_STATEMENTS, statements_of_a_sale
from genesis.bench.store import Bench, products
from genesis.kernel import projector


def test_a_sale_of_ten_lines_stays_under_its_cap_of_statements(tmp_path, monkeypatch):
    monkeypatch.setattr(projector, "LONG", 60.0)  # on a busy machine a slow table would go by itself, in more of them
    bench = Bench(tmp_path, 0, lambda _: None)
    app = bench.open(bench.new_home("small"), register=True)
    app.pos.records("catalog_product").load(products(200), source="test")
    count = statements_of_a_sale(app, 1, spread=200)
    bench.close()
    assert 0 < count <= MOST_STATEMENTS
