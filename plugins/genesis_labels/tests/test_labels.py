"""Labels are read back as a scanner and a person would: pages are drawn, bars decoded, and each finds its item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pypdfium2
import pytest
import zxingcpp

from genesis import Act, UserError
from genesis_catalog.importer import run
from genesis_labels import command
from genesis_labels.layouts import chosen
from genesis_labels.plugin import plugin
from genesis_labels.roll import print_labels
from genesis_printer_escpos.tests.paper import NetworkPaper
from genesis_stock.models import StockRow
from genesis_stock.service import change

PLUGINS = ("cash", "barcodes", "catalog", "stock", "receipts", "labels")
GOODS = """\
name,sku,codes,price,unit,labels.content
Espresso beans,,4006381333931,7.90,pcs,750 g
Chewing gum,,96385074,0.99,pcs,
Root beer,,036000291452,2.50,pcs,6 x 0.33 l
Case of wine,,14006381333938,60,pcs,
Bread roll,ROLL-7,,0.35,pcs,
House blend,,inhouse 12,4,pcs,
Gouda,,2000011,14.9,kg,
Kaffee mit einem sehr langen Namen der nicht auf zwei Zeilen eines kleinen Etiketts passt,LONG,,1234567.89,pcs,
"""


@pytest.fixture
def app(store: Any, tmp_path: Any) -> Any:
    app = store(*PLUGINS)
    path = tmp_path / "goods.csv"
    path.write_text(GOODS, encoding="utf-8")
    result = run(app.pos, path)
    assert result.refused == 0, result.problems
    return app


def written(app: Any, tmp_path: Any, *arguments: str) -> list[Any]:
    """Return the pages of what the command wrote, as pictures at 300 dpi with their text."""
    path = tmp_path / "labels.pdf"
    assert command.run(app.pos, [*arguments, "--to", str(path)]) == 0
    with pypdfium2.PdfDocument(path) as document:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append((page.get_size(), page.render(scale=300 / 72).to_pil().convert("L"), text.get_text_range()))
            text.close()
            page.close()
        return pages


def decoded(picture: Any) -> Counter[str]:
    return Counter(found.text for found in zxingcpp.read_barcodes(picture))


@pytest.mark.parametrize(
    ("code", "bars", "kind"),
    [
        ("4006381333931", "4006381333931", "EAN13"),
        ("96385074", "96385074", "EAN8"),
        ("036000291452", "0036000291452", "EAN13"),  # the same bars as UPC-A, which it is printed as
        ("14006381333938", "14006381333938", "Code128"),
        ("ROLL-7", "ROLL-7", "Code128"),
        ("inhouse 12", "inhouse 12", "Code128"),
    ],
)
@pytest.mark.parametrize("layout", ["A4 3x8", "A4 4x10", "Roll 62x29"])
def test_every_code_of_a_label_is_read_and_finds_its_item(app, tmp_path, layout, code, bars, kind):
    ((_, picture, _),) = written(app, tmp_path, code, "--copies", "1", "--layout", layout)
    (found,) = zxingcpp.read_barcodes(picture)
    assert (found.text, found.format.name) == (bars, kind)
    app.register.scan(code)
    app.register.scan(found.text)
    typed, read = app.register.cart.lines
    assert read.item.ref == typed.item.ref


def test_sheets_are_filled_row_by_row_and_every_label_stands_where_the_sheet_has_it(app, tmp_path):
    pages = written(app, tmp_path, "4006381333931", "ROLL-7", "--copies", "13", "--first", "3")
    assert [size for size, _, _ in pages] == [pytest.approx((595.28, 841.89), abs=0.1)] * 2
    assert [sum(decoded(picture).values()) for _, picture, _ in pages] == [22, 4]  # 24 places, two were used
    assert sum((decoded(picture) for _, picture, _ in pages), Counter()) == {"4006381333931": 13, "ROLL-7": 13}
    dots = 300 / 25.4
    first = pages[0][1]
    cells = [[first.crop((round(column * 70 * dots), round((0.5 + row * 37) * dots), round((column + 1) * 70 * dots),
                          round((37.5 + row * 37) * dots))) for column in range(3)] for row in range(8)]  # fmt: skip
    alone = [sum(decoded(cell).values()) for row in cells for cell in row]
    assert alone == [0, 0] + [1] * 22


def test_prices_are_said_with_what_a_kilogram_or_litre_costs(app, tmp_path):
    codes = ("4006381333931", "036000291452", "2000011", "96385074")
    ((_, _, text),) = written(app, tmp_path, *codes, "--copies", "1")
    shown = text.replace("\r\n", "\n")
    for wanted in ("€7.90", "€10.53 / kg", "€2.50", "€1.26 / l", "€14.90 / kg", "€0.99"):
        assert wanted in shown, wanted
    app.settings.change("store", {"language": "de"})
    (tmp_path / "labels.pdf").unlink()
    assert "10,53 € / kg" in written(app, tmp_path, *codes, "--copies", "1")[0][2].replace("\xa0", " ")


def test_as_many_as_are_on_hand_and_one_where_nobody_counts(app, tmp_path):
    app.register.scan("4006381333931")
    ref = app.register.cart.lines[0].item.ref
    change(app.pos, "received", [StockRow(item=ref, name="Espresso beans", qty=5_000, cost=1)])
    pages = written(app, tmp_path, "4006381333931", "ROLL-7")
    assert decoded(pages[0][1]) == {"4006381333931": 5, "ROLL-7": 1}


def test_the_page_of_products_offers_it_for_the_chosen_ones(app, tmp_path):
    action = next(action for owner, action in app.actions if owner == "labels")
    assert (action.page, action.on) == ("catalog.products", "rows")
    rows = tuple(row["id"] for row in app.pos.records("catalog_product").search("e", limit=50))[:2]
    path = tmp_path / "chosen.pdf"
    done = action.run(app.pos, Act(rows=rows, values={"file": str(path), "copies": "2", "layout": "Roll 62x29"}))
    assert (done.file, done.text.partition(";")[0]) == (path, "4 labels")
    with pypdfium2.PdfDocument(path) as document:
        assert len(document) == 4
    with pytest.raises(UserError, match="there already") as refused:
        action.run(app.pos, Act(rows=rows, values={"file": str(path)}))
    assert refused.value.field == "file"


def test_a_name_that_is_too_long_is_cut_and_a_code_that_is_too_long_is_said(app, tmp_path, capsys):
    (tmp_path / "more.csv").write_text(f"name,sku,price\nScrew,{'S' * 60},1\nÖse,ÖSE,1\n", encoding="utf-8")
    assert run(app.pos, tmp_path / "more.csv").created == 2
    pages = written(app, tmp_path, "S" * 60, "ÖSE", "LONG", "--copies", "1", "--layout", "A4 4x10")
    assert "for want of room or of a code: Screw, Öse" in capsys.readouterr().out
    assert decoded(pages[0][1]) == {"LONG": 1}
    assert "..." in pages[0][2]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("nothing",), "code"),
        (("ROLL-7", "--layout", "A5"), "layout"),
        (("ROLL-7", "--copies", "0"), "copies"),
        (("ROLL-7", "--copies", "5001"), "copies"),
        (("ROLL-7", "--first", "25"), "first"),
        (("ROLL-7", "--first", "0"), "first"),
    ],
)
def test_what_cannot_be_printed_is_refused_by_field_and_no_file_is_left(app, tmp_path, arguments, field):
    with pytest.raises(UserError) as refused:
        command.run(app.pos, [*arguments, "--to", str(tmp_path / "no.pdf")])
    assert refused.value.field == field
    assert not (tmp_path / "no.pdf").exists()


@pytest.mark.parametrize(
    "line",
    ["A4", "A4: 210x297 3x8", "A4: 210x297 3x9 70x37 0x0.5", "Roll: 62x29 1x1 63x29", "Dots: 210x297 9x9 10x10",
     "None: 210x297 0x8 70x37"],
)  # fmt: skip
def test_a_layout_that_cannot_be_is_refused_with_its_line(app, tmp_path, line):
    app.settings.change("labels", {"layouts": line})
    with pytest.raises(UserError) as refused:
        chosen(app.pos, "")
    assert refused.value.field == "layouts"
    assert line.partition(":")[0] in str(refused.value)
    assert plugin.actions(app.pos)[0].ask[1].choices == ()


def test_a_content_nobody_can_read_is_refused_at_the_label(app, tmp_path):
    records = app.pos.records("catalog_product")
    (row,) = records.search("Espresso", limit=5)
    kept = {name: value for name, value in records.get(row["id"]).items() if name not in {"id", "rev"}}
    records.save(kept | {"more": msgspec.json.encode({"labels": {"content": "a lot"}}).decode()}, record_id=row["id"])
    app.projector.catch_up()
    with pytest.raises(UserError, match="750 g") as refused:
        command.run(app.pos, ["4006381333931", "--to", str(tmp_path / "no.pdf")])
    assert refused.value.field == "labels.content"


@pytest.fixture
def printing(store: Any, tmp_path: Any) -> Iterator[Any]:
    paper = NetworkPaper()
    app = store(*PLUGINS, "printer_escpos")
    path = tmp_path / "goods.csv"
    path.write_text(GOODS, encoding="utf-8")
    run(app.pos, path)
    app.settings.change("printer_escpos", {"address": paper.address, "seconds": 1})
    app.restart()
    yield app, paper
    paper.unplug()


@pytest.mark.parametrize(
    ("code", "bars"),
    [("4006381333931", (67, "4006381333931")), ("96385074", (68, "96385074")), ("036000291452", (65, "036000291452")),
     ("14006381333938", (73, "{B14006381333938")), ("ROLL-7", (73, "{BROLL-7")), ("2000011", (73, "{B2000011"))],
)  # fmt: skip
def test_on_a_receipt_printer_the_bars_are_those_of_the_sheet(printing: Any, code: str, bars: tuple[int, str]) -> None:
    app, paper = printing
    assert print_labels(app.pos, [code], "2").text == "2 labels"
    assert (paper.bars, paper.cuts) == ([bars, bars], 2)


def test_a_label_of_a_roll_has_name_price_and_base_price_and_is_fed_not_cut(printing: Any, capsys: Any) -> None:
    app, paper = printing
    app.settings.change("labels", {"ends": "gap"})
    assert command.run(app.pos, ["4006381333931", "--copies", "1", "--print"]) == 0
    assert "1 label\n" in capsys.readouterr().out
    assert paper.lines[:3] == ["Espresso beans", "€7.90", "€10.53 / kg"]
    assert (paper.cuts, paper.gaps) == (0, 1)


def test_where_the_printer_stops_it_is_said_how_many_are_sure_and_a_person_may_stop_it(printing: Any) -> None:
    app, paper = printing
    done = print_labels(app.pos, ["96385074"], "9", lambda done, _all: done < 4)
    assert (done.text, paper.cuts) == ("stopped: 4 of 9 labels were printed", 4)
    paper.stop_at = paper.bytes + 10
    with pytest.raises(UserError, match="0 of 3 labels are sure"):
        print_labels(app.pos, ["96385074"], "3")
    app.settings.change("printer_escpos", {"address": ""})
    app.restart()
    with pytest.raises(UserError, match="choose one under Devices"):
        print_labels(app.pos, ["96385074"], "3")
