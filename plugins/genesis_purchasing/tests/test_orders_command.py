"""`genesis orders`, run as a shop runs it, and the order as its supplier gets it."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from genesis import Confirm, UserError
from genesis_purchasing import document, service
from genesis_purchasing.command import EXAMPLES, run
from genesis_purchasing.service import Wanted
from genesis_purchasing.suppliers import offer_id
from genesis_stock import service as stock

ON = ("barcodes", "catalog", "stock", "receipts", "purchasing", "batches", "cash")
MILK, TEA = "catalog:milk", "catalog:tea"


@pytest.fixture
def app(both: Any) -> Any:
    """Alpine Dairy sells milk by the dozen at 0.80 and a tea whose name begins like a formula."""
    app = both.new(*ON)
    for ref, name, sku in (("milk", "Milk", "1001"), ("tea", "=Tea", "1002")):
        app.pos.records("catalog_product").save({"name": name, "price_e4": 20_000, "sku": sku}, record_id=ref)
    app.pos.records("purchasing_supplier").save({"name": "Alpine Dairy", "lead_days": 2}, record_id="alpine")
    for item, name, price, pack in ((MILK, "Milk", 8_000, 12_000), (TEA, "=Tea", 33_333, 1_000)):
        values = {"supplier": "alpine", "item": item, "name": name, "price_e4": price, "pack": pack, "code": "A-1"}
        app.pos.records("purchasing_offer").save(values, record_id=offer_id("alpine", item))
    return app


def test_every_command_of_the_readme_runs_and_what_it_did_is_there_after_a_restart(
    app: Any, both: Any, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    text = (Path(document.__file__).parent / "README.md").read_text(encoding="utf-8")
    block = text.partition("```sh\n")[2].partition("```")[0].splitlines()
    assert len(block) == 7
    monkeypatch.chdir(tmp_path)
    for line in block:
        assert run(app.pos, shlex.split(line)[2:]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "12 of 24 Milk came, 12 outstanding" in said.out
    assert (tmp_path / "order.pdf").read_bytes()[:5] == b"%PDF-"
    app.close()
    app = both.open(app, plugins=ON)
    found = service.current(app.pos, "PO-000001")
    assert (found.state, [(row.qty, row.received) for row in found.lines]) == ("closed", [(24_000, 24_000)])
    assert stock.on_hand(app.pos, MILK) == 24_000


def test_an_order_is_written_by_one_process_and_seen_by_another(app: Any, both: Any) -> None:
    app.close()
    done = subprocess.run(
        [Path(sys.executable).with_name("genesis"), "--home", str(app.home.folder), "orders", "draft", "alpine dairy",
         "1001=24", "--send", "--json"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["number"] == "PO-000001"
    app = both.open(app, plugins=ON)
    assert service.current(app.pos, "PO-000001").lines[0].qty == 24_000


def test_the_examples_of_the_help_run_and_differences_are_asked_about(app: Any, capsys: Any) -> None:
    ref = service.draft(app.pos, "alpine", [Wanted(MILK, 24_000)])
    service.send(app.pos, ref)
    for line in EXAMPLES:
        assert run(app.pos, shlex.split(line)[2:]) == 0
    assert capsys.readouterr().err == ""

    def said(*arguments: str) -> list[Any]:
        assert run(app.pos, [*arguments, "--json"]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    drafts = said("list", "--state", "draft")
    assert [(row["number"], row["total"], row["supplier"]) for row in drafts] == [(None, "19.20", "Alpine Dairy")]
    assert said("send", drafts[0]["order"])[0]["number"] == "PO-000002"
    with pytest.raises(Confirm, match="36 of 24 Milk came, 12 too many"):
        run(app.pos, ["receive", "PO-000002", "1001=36"])
    with pytest.raises(UserError, match="is not on PO-000002"):
        run(app.pos, ["receive", "PO-000002", "1002=36"])
    [row] = said("receive", "PO-000002", "1001=36", "--yes")
    assert (row["state"], row["differences"]) == ("closed", ["36 of 24 Milk came, 12 too many"])
    [shown] = said("show", "PO-000002")
    assert shown["lines"][0]["received"] == "36.000"
    with pytest.raises(UserError, match="reason"):
        service.send(app.pos, service.draft(app.pos, "alpine", [Wanted(MILK, 12_000)]))
        run(app.pos, ["end", "PO-000003"])
    assert said("end", "PO-000003", "--reason", "closed today")[0]["state"] == "cancelled"


def test_the_pdf_is_the_same_for_the_same_order_and_the_csv_holds_every_line(app: Any, tmp_path: Path) -> None:
    ref = service.draft(app.pos, "alpine", [Wanted(MILK, 24_000), Wanted(TEA, 6_000)])
    found = service.current(app.pos, service.send(app.pos, ref))
    assert document.as_pdf(app.pos, found) == document.as_pdf(app.pos, found)
    rows = list(csv.reader(io.StringIO(document.as_csv(app.pos, found).decode())))
    assert rows == [
        ["order", "line", "code", "item", "name", "quantity", "pack", "price", "amount"],
        ["PO-000001", "1", "A-1", MILK, "Milk", "24", "12", "0.80", "19.20"],
        ["PO-000001", "2", "A-1", TEA, "'=Tea", "6", "1", "3.3333", "20.00"],
    ]
    path = document.write(app.pos, ref, tmp_path / "a.csv")
    with pytest.raises(UserError, match="is there already"):
        document.write(app.pos, ref, path)
    with pytest.raises(UserError, match=r"neither \.pdf nor \.csv"):
        document.write(app.pos, ref, tmp_path / "a.doc")
    with pytest.raises(UserError, match="cannot be written"):
        document.write(app.pos, ref, tmp_path / "nowhere" / "a.pdf")


def test_a_long_order_has_the_pages_it_needs(app: Any) -> None:
    refs = [f"goods:{n}" for n in range(100)]
    for ref in refs:
        values = {"supplier": "alpine", "item": ref, "name": f"Article {ref} {'x' * 80}", "price_e4": 10_000}
        app.pos.records("purchasing_offer").save(values, record_id=offer_id("alpine", ref))
    made = service.draft(app.pos, "alpine", [Wanted(ref, 1_000) for ref in refs])
    data = document.as_pdf(app.pos, service.current(app.pos, made))
    # 297 mm less two margins of 18 mm hold about 42 lines of 6 mm: three pages for a hundred lines and their heads.
    assert data.count(b"/Type /Page\n") == 3
