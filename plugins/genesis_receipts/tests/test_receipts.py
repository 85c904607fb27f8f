"""Receipts as text, PDF and printer bytes: what is on them, and that they never change."""

from __future__ import annotations

import io
import re
import zlib

import pytest
from PIL import Image

from genesis import UserError, copy_of_receipt, exporter_of, receipt_lines, receipt_text
from genesis.testkit.stores import as_plugin
from genesis_receipts import fonts, texts
from genesis_receipts.escpos import write as escpos
from genesis_receipts.fonts import runs
from genesis_receipts.pdf import write as pdf
from tests.probes.price_list.plugin import PriceList


@pytest.fixture
def app(store):
    app = store("cash", "receipts", extra=as_plugin(PriceList(), "price_list"))
    app.settings.change("store", {"name": "Café Ñandú", "address": "1 High Street\nTown", "tax_number": "VAT 123"})
    return app


def sell(app):
    app.register.scan("2", 3_000)
    app.register.scan("1")
    return app.register.pay("cash", 2_000)


def test_what_is_on_a_receipt(app):
    done = sell(app)
    lines = receipt_text(app.register.document(done.entry)).splitlines()
    assert [line.strip() for line in lines[:4]] == ["Café Ñandú", "1 High Street", "Town", "VAT 123"]
    assert lines[4].split() == [done.sale.number, "2026-03-02", "09:00"]
    assert "Bread" + "9.99".rjust(37) in lines
    assert "  3 x 3.33" in lines
    # 9.99 with 20 % inside: 1.67 (1.665 rounded away from zero), base 8.32
    assert "incl. Tax 20 % of 8.32" + "1.67".rjust(20) in lines
    assert "Total EUR" + "11.24".rjust(33) in lines
    assert "Change" + "8.76".rjust(36) in lines
    assert lines[-1].split() == ["R1", "owner", done.entry.hash.hex()[:12]]


def test_labels_are_in_the_language_of_the_store_as_it_was_at_the_sale(app):
    app.settings.change("store", {"language": "de"})
    done = sell(app)
    app.settings.change("store", {"language": "fr"})
    lines = receipt_text(app.register.document(done.entry)).splitlines()
    assert "inkl. Tax 20 % von 8.32" + "1.67".rjust(19) in lines
    assert "Summe EUR" + "11.24".rjust(33) in lines
    assert "Bar" + "20.00".rjust(39) in lines
    assert "Rückgeld" + "8.76".rjust(34) in lines
    assert receipt_text(copy_of_receipt(app.pos, done.sale.number)).splitlines().pop(5) == "KOPIE 1"
    app.register.return_lines(done.sale.number)
    back = receipt_text(app.register.document(app.register.pay("cash").entry))
    assert f"  retour de {done.sale.number}" in back.splitlines()
    assert escpos(app.register.document(done.entry), "CP858").count("Rückgeld".encode("cp858")) == 1


def dots(data):
    """Return the pictures that GS v 0 prints, as rows of dots; True is black."""
    found = []
    for at in [match.start() for match in re.finditer(rb"\x1dv0\x00", data)]:
        wide, high = int.from_bytes(data[at + 4 : at + 6], "little"), int.from_bytes(data[at + 6 : at + 8], "little")
        body = data[at + 8 : at + 8 + wide * high]
        found.append([[bool(body[y * wide + x // 8] >> (7 - x % 8) & 1) for x in range(wide * 8)] for y in range(high)])
    return found


def black(picture):
    """Return the first and last column with a black dot."""
    columns = [x for x in range(len(picture[0])) if any(row[x] for row in picture)]
    return columns[0], columns[-1]


def test_an_arabic_receipt_has_arabic_labels_reads_from_the_right_and_is_printed_as_dots(app):
    app.settings.change("store", {"language": "ar"})
    rows = app.register.document(sell(app).entry)
    assert ("total", "المجموع EUR", "11.24") in rows
    data = escpos(rows, "CP858")
    assert b"11.24" not in data  # no row is left to the printer's own letters
    texts = [row for row in rows if row[0] not in {"barcode", "rule"}]
    total = dots(escpos([("total", "المجموع EUR", "11.24")], "CP858"))[0]
    assert len(dots(data)) == len(texts) + sum(row[0] == "rule" for row in rows)
    assert total in dots(data)
    first, last = black(total)
    assert (len(total[0]), first < 12, last > 490) == (504, True, True)
    name = dots(escpos([("text", "شاي", "")], "CP858"))[0]
    assert black(name)[0] > 400  # the name alone stands right
    price = dots(escpos([("text", "шай", "")], "CP858"))[0]
    assert black(price)[1] < 104


def test_only_rows_that_the_code_page_has_no_letters_for_become_dots(app):
    rows = [("text", "Grüner\u00a0Tee", "3.50"), ("text", "Ёлка", "1.00")]
    assert (len(dots(escpos(rows, "CP858"))), len(dots(escpos(rows, "CP866")))) == (1, 1)
    assert "Grüner Tee".encode("cp858") in escpos(rows, "CP858")
    assert "Ёлка".encode("cp866") in escpos(rows, "CP866")
    assert len(dots(escpos([("text", "word " * 30, "Ж")], "CP858"))) > 1  # wrapped, in more than one band


def test_a_logo_is_printed_in_the_middle_and_letters_that_no_font_has_are_said(app, tmp_path, capsys):
    from genesis_receipts.command import run

    picture = io.BytesIO()
    Image.new("RGB", (100, 150), "black").save(picture, "PNG")
    digest = app.pos.blobs.put(picture.getvalue())
    top, rest = dots(escpos([("image", digest, "")], "CP858", app.pos.blobs.get))
    assert (black(top), len(top), len(rest)) == ((202, 301), 96, 54)
    assert dots(escpos([("image", "0" * 64, "")], "CP858", app.pos.blobs.get)) == []
    app.settings.change("receipts", {"footer": "謝謝 Ёлка"})
    number = sell(app).sale.number
    assert run(app.pos, [number, "--format", "escpos", "--out", str(tmp_path / "r.bin")]) == 0
    assert "letters 謝:" in capsys.readouterr().out


def test_a_copy_is_identical_but_for_its_counted_copy_line_whatever_changed_since(app, stores):
    done = sell(app)
    first = receipt_text(app.register.document(done.entry))
    app.settings.change("store", {"name": "Another Name"})
    app.settings.change("receipts", {"footer": "New footer", "barcode": False})
    app.switch("receipts", enabled=False)
    for count in (1, 2):
        copy = receipt_text(copy_of_receipt(app.pos, done.sale.number)).splitlines()
        assert copy.pop(5) == f"COPY {count}"
        assert copy == first.splitlines()


def test_the_pdf_is_the_same_for_the_same_rows_and_embeds_its_fonts(app):
    rows = app.register.document(sell(app).entry)
    one, two = pdf(rows, app.pos.blobs.get), pdf(rows, app.pos.blobs.get)
    assert one == two
    assert one.startswith(b"%PDF-")
    assert one.count(b"/FontFile2") >= 2
    streams = [zlib.decompress(s) for s in re.findall(rb"stream\r?\n(.*?)endstream", one, re.DOTALL) if s[:1] == b"x"]
    assert streams


def test_long_and_strange_names_stay_on_the_paper(app):
    rows = [("text", "A very long name " * 20, "1,234,567.89"), ("text", "شاي بالنعناع", "2.00"),
            ("text", "Ёлка 漢字 \U0001f600 \x07", "3.00"), ("text", "W" * 300, "4.00"), ("qr", "https://example.org", ""),
            ("image", "0" * 64, "")]  # fmt: skip
    assert pdf(rows, app.pos.blobs.get).startswith(b"%PDF-")
    assert {face for face, _ in runs("شاي", bold=False)} == {"receipt-arabic"}
    strange = "".join(part for _, part in runs("ش\ufefd", bold=False))  # a letter that was not given out
    assert {"\u25a1", "?"} & set(strange)
    for line in receipt_text(rows).splitlines():
        assert len(line) <= 42
    assert escpos(rows, "CP858").endswith(b"\x1dV\x00")


@pytest.mark.parametrize("paper", [24, 32, 42, 48])
@pytest.mark.parametrize("right", ["9" * 16, "S/N " + "AB12" * 12])
def test_what_has_no_room_beside_goes_below_and_nothing_leaves_the_paper(paper, right):
    for left in ("", "Bread", "A name that is longer than the paper is wide"):
        lines = receipt_lines(("text", left, right), paper)
        assert max(map(len, lines)) <= paper
        assert "".join("".join(lines).split()) == "".join((left + right).split())
        assert lines[-1].endswith(right[-1])
        fonts.register()
        pieces = texts.laid(("text", left, right), paper * 4.5, 9.5, 5, bold=False, mirror=False)
        assert all(x >= 0 and x + texts.width(text, 9.5) <= paper * 4.5 for x, _, text in pieces)
        assert pieces[-1][1] == len({line for _, line, _ in pieces}) - 1  # lines one below the other


def test_a_logo_is_kept_by_its_hash_and_a_broken_one_is_left_out(app):
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "black").save(picture, "PNG")
    digest = app.pos.blobs.put(picture.getvalue())
    broken = app.pos.blobs.put(b"no picture")
    with_logo = pdf([("image", digest, "")], app.pos.blobs.get)
    without = pdf([("image", broken, "")], app.pos.blobs.get)
    assert b"/Image" in with_logo
    assert b"/Subtype /Image" not in without
    app.pos.blobs.path(digest).write_bytes(b"changed")
    assert app.pos.blobs.get(digest) is None


def test_printer_bytes_pin_the_code_page_and_show_euro_and_accents(app):
    data = escpos([("title", "Café", ""), ("text", "10 € ñ", "1.00"), ("barcode", "R1-00000001", "")], "CP858")
    assert data.startswith(b"\x1b@")
    assert b"\x1bt\x13" in data  # ESC t 19: code page 858
    assert "Café".encode("cp858") in data
    assert "10 € ñ".encode("cp858") in data
    assert b"R1-00000001" in data


def test_exporters_and_command(app, tmp_path, capsys):
    from genesis_receipts.command import run

    number = sell(app).sale.number
    assert [exporter_of(app.pos, medium, "format").suffix for medium in ("pdf", "escpos")] == [".pdf", ".bin"]
    with pytest.raises(UserError, match="no enabled plugin writes receipts as braille: enable Receipts") as nobody:
        exporter_of(app.pos, "braille", "medium")
    assert nobody.value.field == "medium"
    assert run(app.pos, [number]) == 0
    assert "COPY 1" in capsys.readouterr().out
    assert run(app.pos, [number, "--format", "pdf", "--out", str(tmp_path / "r.pdf")]) == 0
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-")
    with pytest.raises(UserError, match="needs a file"):
        run(app.pos, [number, "--format", "pdf"])
    with pytest.raises(UserError, match="no receipt"):
        run(app.pos, ["R1-00009999"])


def test_without_the_plugin_a_receipt_is_plain_but_complete(store):
    app = store("cash", extra=as_plugin(PriceList(), "price_list"))
    rows = app.register.document(sell(app).entry)
    assert rows[0] == ("title", "Test Store", "")
    assert ("total", "Total EUR", "11.24") in rows
