"""Files as shops have them are read row by row, and each fault is named by its byte, its row or its column."""

from __future__ import annotations

import csv
import gzip
import io

import pytest
from hypothesis import given, strategies as st

from genesis import UserError
from genesis_catalog.csvfile import rows, survey


@pytest.fixture
def file(tmp_path):
    def write(data, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


def read(path, names=None):
    return [(row.number, row.cells, row.fault) for row in rows(survey(path, names))]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_separators_marks_line_ends_and_zip(file, separator, mark, end, pack):
    text = end.join([f"name{separator}price", f'"Tea{separator} black"{separator}1.50', "", f"Café{separator}"]) + end
    path = file(pack(mark + text.encode()))
    assert read(path) == [
        (2, {"name": f"Tea{separator} black", "price": "1.50"}, ""),
        (4, {"name": "Café", "price": ""}, ""),
    ]
    assert survey(path).size == len(mark + text.encode())
    assert [row.done for row in rows(survey(path))][-1] == survey(path).size


def test_a_title_in_quotation_marks_may_have_lines_of_its_own(file):
    plan = survey(file('name,"sales\nprice",sku\nTea,1.50,T\n'))
    assert plan.columns == ("name", "price", "sku")
    assert [row.number for row in rows(plan)] == [3]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"name,price\nCaf\xe9,1\n", "is not UTF-8: byte 14 is 0xE9"),
        (b"\xef\xbb\xbfname\n" + b"x" * 3_000_000 + b"\n\xff", "is not UTF-8: byte 3000009 is 0xFF"),
        (b"name\nab\xc3", "is not UTF-8: byte 7 is 0xC3"),
        (b"name\nab\x00c", "is no text: byte 7 is 0x00"),
        (b"name\n" + "ä".encode() * 600_000 + b"\x00", "is no text: byte 1200005 is 0x00"),
        ("name\nTea".encode("utf-16"), "is written in UTF-16"),
        (b"", "has no header"),
        (b'name,"sku\nTea,1\n', "the header of list.csv cannot be read as CSV"),
        (b"\n\n", "has no header"),
        (b"name\rTea\r", "end with CR alone"),
        (b"name\n" + b"x" * 17_000_000, "has a line of more than 16777216 bytes"),
        (gzip.compress(b"name\nTea", mtime=0)[:-6], "cannot be read"),
        (b"\x1f\x8bname", "cannot be read"),
        (b"brand,price\nx,1\n", r"no column is a name, an SKU or a code \(found: brand, price\)"),
        (b"name,ean,gtin\nx,1,2\n", "the columns ean and gtin both are the codes"),
        (b"name,Name\nx,1\n", "the columns name and Name both are the name"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_before_its_first_row(file, data, what):
    with pytest.raises(UserError, match=what):
        survey(file(data))


def test_a_folder_or_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(UserError, match="cannot be read"):
            survey(path)


@pytest.mark.parametrize(
    ("header", "names", "columns", "ignored"),
    [
        ("name,sku,codes", {}, ("name", "sku", "codes"), ()),
        ("Product_Name,Barcode,Unit Price,Shelf", {}, ("name", "codes", "price", ""), ("Shelf",)),
        ("title,GTIN,department,category", {}, ("name", "codes", "department", "category"), ()),
        ("name,title,ean", {}, ("name", "", "codes"), ("title",)),
        ("Artikel,EAN", {"artikel": "name"}, ("name", "codes"), ()),
        ("name,price,EK", {"EK": "price", "Price": "brand"}, ("name", "brand", "price"), ()),
    ],
)
def test_columns_are_known_by_the_names_shops_give_them(file, header, names, columns, ignored):
    plan = survey(file(f"{header}\n"), names)
    assert (plan.columns, plan.ignored) == (columns, ignored)


@pytest.mark.parametrize(("names", "what"), [({"name": "title"}, "no field 'title'"), ({"x": "name"}, "no column 'x'")])
def test_a_map_that_does_not_fit_is_refused(file, names, what):
    with pytest.raises(UserError, match=what):
        survey(file("name\nTea\n"), names)


def test_a_row_that_is_none_is_refused_alone(file):
    text = 'name,price\nTea,1\nMilk\nA,b,c\n"Open,2\nBread,3\n"Half"way,4\nLast,5\n'
    got = read(file(text))
    assert [(number, cells.get("name")) for number, cells, fault in got if not fault] == [
        (2, "Tea"), (6, "Bread"), (8, "Last"),
    ]  # fmt: skip
    faults = {number: fault for number, _, fault in got if fault}
    assert faults[3] == "it has 1 cell, the header 2"
    assert faults[4] == "it has 3 cells, the header 2"
    assert faults[5].startswith("it cannot be read as CSV")
    assert faults[7].startswith("it cannot be read as CSV")


def test_an_open_quotation_mark_swallows_nothing(file):
    text = "name,price\n" + '"Open,1\n' + "".join(f"Tea {n},1\n" for n in range(5_000))
    got = read(file(text))
    assert [number for number, _, fault in got if fault] == [2]
    assert [cells["name"] for _, cells, fault in got if not fault] == [f"Tea {n}" for n in range(5_000)]
    assert [number for number, _, fault in got if not fault] == list(range(3, 5_003))


def test_a_cell_may_hold_line_ends(file):
    got = read(file('name,shelf\n"Tea","a\nb"\nMilk,c\n'))
    assert [(number, cells["name"], fault) for number, cells, fault in got] == [(2, "Tea", ""), (4, "Milk", "")]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.tuples(cells, cells), max_size=8), st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_what_is_read(tmp_path_factory, table, separator):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerows([("name", "brand"), *table])
    path = tmp_path_factory.mktemp("csv") / "list.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    assert [row.cells for row in rows(survey(path))] == [{"name": a, "brand": b} for a, b in table if a or b]
