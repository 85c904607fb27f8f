"""Product lists of other systems and spreadsheets are read as if they were our own."""

from __future__ import annotations

import zipfile
from typing import Any

import openpyxl
import pytest

from genesis import UserError
from genesis_catalog import sheetfile
from genesis_catalog.importer import run
from genesis_catalog.lookup import search
from genesis_catalog.sheetfile import text

LISTS = {
    "square": (
        ("Token,Item Name,Variation Name,SKU,Description,Category,Reporting Category,GTIN,Price,Tax - VAT (20%)\n"
        "A1,Mug,Regular,MUG,,Kitchen,,4006381333931,9.50,Y\n"
        "A2,T-shirt,Small,TS-S,,Clothes,,,15,Y\n"
        "A3,T-shirt,Large,TS-L,,Clothes,,,16.5,Y\n"
        "A4,Donation,Regular,DON,,,,,variable,N\n"),
        [("Donation", "DON", "", None), ("Mug", "MUG", "Kitchen", 95_000), ("T-shirt Large", "TS-L", "Clothes", 165_000),
         ("T-shirt Small", "TS-S", "Clothes", 150_000)],
    ),
    "shopify": (
        ("Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,"
        "Variant Price,Variant Barcode\n"
        "mug,Mug,<p>x</p>,Potter,Kitchen,Title,Default Title,,,MUG,9.50,4006381333931\n"
        "shirt,T-shirt,,Weaver,Clothes,Size,S,Colour,Red,TS-S,15.00,\n"
        "shirt,,,,,,L,,Blue,TS-L,16.50,\n"),
        [("Mug", "MUG", "Kitchen", 95_000), ("T-shirt L Blue", "TS-L", "Clothes", 165_000),
         ("T-shirt S Red", "TS-S", "Clothes", 150_000)],
    ),
    "loyverse": (
        ("Handle,SKU,Name,Category,Sold by weight,Option 1 name,Option 1 value,Cost,Barcode,Price [Main],"
        "In stock [Main]\n"
        "apples,10001,Apples,Fruit,Y,,,1.2,,2.99,40\n"
        "shirt,10002,T-shirt,Clothes,N,Size,S,5,,15,3\n"
        "shirt,10003,,,,,L,5,,variable,2\n"),
        [("Apples", "10001", "Fruit", 29_900), ("T-shirt L", "10003", "Clothes", None),
         ("T-shirt S", "10002", "Clothes", 150_000)],
    ),
    "odoo": (
        ("Name,Internal Reference,Barcode,Sales Price,Cost,Product Category,Unit of Measure\n"
        "Mug,MUG,4006381333931,9.5,2,All / Saleable / Kitchen,Units\n"
        "Rope,ROPE,,1.25,0.4,All / Saleable,m\n"),
        [("Mug", "MUG", "Kitchen", 95_000), ("Rope", "ROPE", "Saleable", 12_500)],
    ),
    "ospos": (
        ("Barcode,Item Name,Category,Supplier ID,Cost Price,Unit Price,Tax 1 Name,Tax 1 Percent,Reorder Level\n"
        "4006381333931,Mug,Kitchen,1,2.00,9.50,VAT,20,5\n"),
        [("Mug", "", "Kitchen", 95_000)],
    ),
}  # fmt: skip


@pytest.fixture
def app(store: Any) -> Any:
    return store("cash", "barcodes", "catalog")


def kept(app: Any) -> list[tuple[str, str, str, int | None]]:
    app.projector.catch_up()
    names = {row["id"]: row["name"] for row in app.pos.records("catalog_category").search("", limit=50)}
    rows = app.pos.records("catalog_product").search("", limit=50)
    return sorted((row["name"], row["sku"], names.get(row["category"], ""), row["price_e4"]) for row in rows)


@pytest.mark.parametrize("system", LISTS)
def test_the_list_of_another_system_is_known_by_its_columns(app, tmp_path, system):
    written, expected = LISTS[system]
    path = tmp_path / "export.csv"
    path.write_text(written, encoding="utf-8")
    result = run(app.pos, path)
    assert (result.system, result.refused, result.created) == (system, 0, len(expected)), result.problems
    assert kept(app) == expected
    again = run(app.pos, path)
    assert (again.unchanged, again.changed, again.created) == (len(expected), 0, 0)


STYLES = {
    "square": ["Variation=Large", "Variation=Small"], "shopify": ["Size=L|Colour=Blue", "Size=S|Colour=Red"],
    "loyverse": ["Size=L", "Size=S"],
}  # fmt: skip


@pytest.mark.parametrize("system", STYLES)
def test_variants_become_one_style_with_options_as_axes(app, tmp_path, system):
    path = tmp_path / "export.csv"
    path.write_text(LISTS[system][0], encoding="utf-8")
    run(app.pos, path)
    app.projector.catch_up()
    rows = app.pos.records("catalog_product").search("", limit=50)
    assert sorted(row["options"] for row in rows if row["style"] == "T-shirt") == STYLES[system]
    assert [row["name"] for row in rows if row["style"] not in {None, "T-shirt"}] == []
    (hit,) = search(app.pos, "t-shirt", "", 10)
    assert (hit.item.name, hit.variants) == ("T-shirt", 2)


def test_a_value_that_is_no_option_stays_in_the_name(app, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text('Token,Item Name,Variation Name,SKU,Price\nA,Juice,"0,5 l",J,2\n', encoding="utf-8")
    assert run(app.pos, path).created == 1
    assert kept(app) == [("Juice 0,5 l", "J", "", 20_000)]


def test_what_a_person_says_of_a_column_goes_before_what_is_known(app, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(LISTS["ospos"][0], encoding="utf-8")
    result = run(app.pos, path, names={"Cost Price": "price"})
    assert result.refused == 0
    assert kept(app)[0][3] == 20_000


def sheet(path: Any, rows: list[list[Any]]) -> Any:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.create_sheet("More").append(["not", "read"])
    book.save(path)
    return path


def test_a_spreadsheet_is_a_list_too_whatever_it_is_called(app, tmp_path):
    path = sheet(tmp_path / "goods.bin", [
        ["Name", "SKU", "Barcode", "Price", "Weighed", None],
        ["Mug", 17, 4006381333931, 9.5, False],
        ["Apples", "AP", None, 0.1 + 0.2, True],
        [None, None, None, None, None],
        ["Spoiled", "SP", 4006381333932, 1, None],
    ])  # fmt: skip
    said = []
    result = run(app.pos, path, progress=lambda _rows, done, size: said.append((done, size)) or True)
    assert (result.created, result.refused) == (2, 1)
    assert [(problem.row, problem.field) for problem in result.problems] == [(5, "codes")]
    assert kept(app) == [("Apples", "AP", "", 3_000), ("Mug", "17", "", 95_000)]
    assert said[-1] == (5, 5)
    assert app.register.scan("4006381333931").priced.total == 950


def test_a_dry_run_of_a_spreadsheet_of_another_system_changes_nothing(app, tmp_path):
    rows = [line.split(",") for line in LISTS["square"][0].splitlines()]
    result = run(app.pos, sheet(tmp_path / "square.xlsx", rows), dry_run=True)
    assert (result.system, result.created, result.refused) == ("square", 4, 0)
    assert kept(app) == []


@pytest.mark.parametrize(
    ("cell", "shown"),
    [(None, ""), (True, "yes"), (1.0, "1"), (4006381333931.0, "4006381333931"), (0.1 + 0.2, "0.3"), (-2.5, "-2.5"),
     (" x ", " x "), (123456789012345.0, "123456789012345")],
)  # fmt: skip
def test_a_cell_is_read_as_a_person_sees_it(cell, shown):
    assert text(cell) == shown


def test_what_is_no_spreadsheet_is_refused_as_a_whole(app, tmp_path):
    path = tmp_path / "pictures.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.txt", "nothing")
    with pytest.raises(UserError, match="no spreadsheet that can be read"):
        run(app.pos, path)
    empty = sheet(tmp_path / "empty.xlsx", [])
    with pytest.raises(UserError, match="has no header"):
        run(app.pos, empty)
    assert kept(app) == []


def test_the_apostrophe_before_a_code_of_an_export_is_no_part_of_it(app, tmp_path):
    path = tmp_path / "shopify.csv"
    path.write_text("Handle,Title,Variant SKU,Variant Price,Variant Barcode\nmug,Mug,'007,9.50,'4006381333931\n")
    assert run(app.pos, path).created == 1
    assert app.register.resolve("4006381333931").name == app.register.resolve("007").name == "Mug"


def test_what_is_not_sold_there_is_not_sold_here_and_a_row_of_a_picture_is_none(app, tmp_path):
    path = tmp_path / "shopify.csv"
    path.write_text(
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Status\n"
        "tee,Tee,Size,S,T-S,9,1.png,draft\ntee,,,L,T-L,9,2.png,\ntee,,,,,,3.png,\n"
        "pot,Pot,,,POT,3,,archived\nmug,Mug,,,MUG,3,,Active\n"
    )
    result = run(app.pos, path)
    assert (result.rows, result.created, result.refused) == (4, 4, 0), result.problems
    path.write_text("Token,Item Name,Variation Name,SKU,Price,Archived\nA,Cup,Regular,CUP,3,Y\nB,Pan,Regular,PAN,3,N\n")
    assert run(app.pos, path).created == 2
    rows = app.pos.records("catalog_product").search("", limit=50)
    assert {row["sku"]: row["status"] for row in rows} == {
        "T-S": "inactive", "T-L": "inactive", "POT": "retired", "MUG": "active", "CUP": "retired", "PAN": "active",
    }  # fmt: skip


def test_a_formula_without_its_result_and_an_error_of_a_sheet_are_no_values(app, tmp_path):
    path = sheet(tmp_path / "goods.xlsx", [
        ["Name", "SKU", "Price", "Ours alone"], ["Tea", "T", "=1+1", 1], ["=B3", "M", 2, 1], ["#REF!", "N", 3, 1],
        ["Rice", "#N/A", 3, 1], ["Salt", "S", 1, "=1+1"],
    ])  # fmt: skip
    result = run(app.pos, path)
    assert [(problem.row, problem.reason) for problem in result.problems] == [
        (2, "price: it is a formula that was saved without its result: correct the row"),
        (3, "name: it is a formula that was saved without its result: correct the row"),
        (4, "name: the sheet could not work it out (#REF!): correct the row"),
        (5, "sku: the sheet could not work it out (#N/A): correct the row"),
    ]
    assert (result.rows, result.created) == (5, 1)  # a column that is left out may hold anything


def test_a_formula_with_its_result_is_read_as_that(app, tmp_path):
    path = sheet(tmp_path / "goods.xlsx", [["Name", "SKU", "Price"], ["Tea", "T", "=1+1"], ["Milk", "M", '=""&""']])
    rewritten(path, b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    rewritten(path, b'<c r="C3"><f>', b'<c r="C3" t="str"><f>')  # its result is a text, and empty
    assert run(app.pos, path).created == 2
    assert app.register.resolve("T").name == "Tea"
    app.register.scan("T")
    assert app.register.priced.total == 200


def test_a_sheet_that_is_damaged_further_down_is_refused_before_anything_is_kept(app, tmp_path):
    path = sheet(tmp_path / "goods.xlsx", [["Name", "SKU"], *([f"Item {n}", f"S{n}"] for n in range(2_000))])
    rewritten(path, b'<row r="1900"', b'<row r="1900" <')
    before = app.raw_journal.pos()
    with pytest.raises(UserError, match="no spreadsheet that can be read"):
        run(app.pos, path)
    assert app.raw_journal.pos() == before


def test_a_sheet_that_unzips_without_end_is_not_unzipped(app, tmp_path, monkeypatch):
    path = sheet(tmp_path / "goods.xlsx", [["Name", "SKU"], ["Tea", "T"]])
    monkeypatch.setattr(sheetfile, "MOST_UNZIPPED", 1_000)
    with pytest.raises(UserError, match="unzips to more than 0 MiB"):
        run(app.pos, path)


def rewritten(path: Any, old: bytes, new: bytes) -> None:
    """Change the text of the first sheet of a spreadsheet."""
    with zipfile.ZipFile(path) as parts:
        held = {name: parts.read(name) for name in parts.namelist()}
    name = "xl/worksheets/sheet1.xml"
    assert old in held[name], held[name][:2_000]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for one, data in (held | {name: held[name].replace(old, new)}).items():
            parts.writestr(one, data)
