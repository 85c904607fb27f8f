"""What an import keeps, what it refuses and why, and that running it again changes nothing."""

from __future__ import annotations

import gzip
import io
import json
import signal

import pytest
from PIL import Image

from genesis import Actor, Refused, UserError, Veto, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_catalog import importer
from genesis_catalog.command import import_products
from genesis_catalog.importer import run
from genesis_catalog.models import product_checked


def ean(number):
    body = f"952{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


@pytest.fixture
def app(store):
    return store("barcodes", "catalog")


@pytest.fixture
def file(tmp_path):
    def write(*lines, name="list.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def kept(app):
    """Every product by name, without what an import makes up."""
    products = app.pos.records("catalog_product")
    return {row["name"]: products.get(row["id"]) for row in products.search("", limit=10_000)}


def problems(result):
    return [(problem.row, problem.field, problem.reason.partition(": ")[2] or problem.reason)
            for problem in result.problems]  # fmt: skip


def test_a_whole_row_becomes_a_product(app, file):
    case = f"1{ean(1)[:-1]}"
    case += str(-sum(int(d) * (3 if p % 2 == 0 else 1) for p, d in enumerate(reversed(case))) % 10)
    result = run(app.pos, file(
        "name;sku;codes;category;unit;price;tax;weighed;icon;brand;status",
        f"Whole milk 1 l;M-1;{ean(1)}|{case}*6|milk;Food / Dairy;;1.2950;food;no;milk;Farm;",
        f"Apples;;{ean(2)};food/Fruit;kg;2.19;;YES;;;inactive",
    ))  # fmt: skip
    assert (result.rows, result.created, result.refused, result.categories, result.chunks) == (2, 2, 0, 3, 1)
    milk, apples = kept(app)["Whole milk 1 l"], kept(app)["Apples"]
    assert {k: milk[k] for k in ("sku", "unit", "price_e4", "tax", "weighed", "icon", "brand", "status")} == {
        "sku": "M-1", "unit": "pcs", "price_e4": 12_950, "tax": "food", "weighed": 0, "icon": "milk", "brand": "Farm",
        "status": "active",
    }  # fmt: skip
    assert [(c["code"], c["pack"]) for c in milk["codes"]] == [(f"0{ean(1)}", 1_000), (case, 6_000), ("milk", 1_000)]
    assert (apples["unit"], apples["price_e4"], apples["weighed"], apples["status"]) == ("kg", 21_900, 1, "inactive")
    assert app.register.resolve("milk").category == ("Food", "Dairy")
    groups = {row["name"]: row for row in app.pos.records("catalog_category").search("")}
    assert groups["Fruit"]["parent"] == groups["Dairy"]["parent"] == groups["Food"]["id"]


def test_department_and_category_are_one_path_and_a_repeated_name_is_one_level(app, file):
    run(app.pos, file("name,gtin,department,category", f"Soap,{ean(1)},Care,Soap", f"Cream,{ean(2)},Care,Care"))
    assert app.register.resolve(ean(1)).category == ("Care", "Soap")
    assert app.register.resolve(ean(2)).category == ("Care",)


BAD_ROWS = [
    (f",{ean(9)},1.00,,", "name", "it is missing"),
    ("Tea,,1.00,,", "codes", "the row has neither a code nor an SKU"),
    ("Tea,9520000000099,1.00,,", "codes", "9520000000099 is no code (the check digit is 9, not 7)"),
    (f'Tea,{ean(9)},"1,50",,', "price", "'1,50' is not a decimal number"),
    (f"Tea,{ean(9)},1.23456,,", "price", "1.23456 has more than 4 decimals"),
    (f"Tea,{ean(9)},-1,,", "price", "a price cannot be negative"),
    (f"Tea,{ean(9)},1e3,,", "price", "'1e3' is not a decimal number"),
    (f"Tea,{ean(9)},٣,,", "price", "'٣' is not a decimal number"),
    (f"Tea,{ean(9)},999999999,,", "price", "999999999 is out of range"),
    (f"Tea,{ean(9)}*0,1,,", "codes", "0 is out of range"),
    (f"Tea,{ean(9)}*-6,1,,", "codes", f"the pack of {ean(9)} is out of range"),
    (f"Tea,{ean(9)}*six,1,,", "codes", "'six' is not a decimal number"),
    (f"Tea,{ean(9)}*2|0{ean(9)}*3,1,,", "codes", f"0{ean(9)} stands there twice with different packs"),
    (f"Tea,{ean(9)},1,crate,", "unit", "there is no unit 'crate'"),
    (f"Tea,{ean(9)},1,,a/b/c/d/e/f/g", "category", "it has more than 6 levels"),
    (f"{'x' * 201},{ean(9)},1,,", "name", "it has 201 characters"),
    (f"Tea,{ean(9)},1", "", "correct the row"),
]


def test_amounts_of_another_currency_are_refused_and_those_of_the_store_kept(app, file):
    text = file("name,sku,price,Currency", "Tea,A,1,USD", "Milk,B,2,eur", "Salt,C,3,", "Rice,D,4,$", "Soap,E,,EUR")
    result = run(app.pos, text)
    assert (result.created, result.ignored) == (3, ())
    assert problems(result) == [
        (2, "currency", "'USD' is not the store's EUR: give the amounts in EUR"),
        (5, "currency", "'$' is not the store's EUR: give the amounts in EUR"),
    ]


def test_a_row_is_refused_by_row_and_field_and_the_rest_are_kept(app, file):
    rows = [line for n, (bad, _, _) in enumerate(BAD_ROWS, 100) for line in (bad, f"Good {n},{ean(n)},,,")]
    text = file("name,codes,price,unit,category", *rows)
    for dry_run in (True, False):
        result = run(app.pos, text, dry_run=dry_run)
        assert (result.created, result.refused, result.categories) == (len(BAD_ROWS), len(BAD_ROWS), 0)
        found = [
            (row, field, why[: len(reason)])
            for (row, field, why), (_, _, reason) in zip(problems(result), BAD_ROWS, strict=True)
        ]
        assert found == [(2 * n, field, reason) for n, (_, field, reason) in enumerate(BAD_ROWS, 1)]
    assert set(kept(app)) == {f"Good {n}" for n in range(100, 100 + len(BAD_ROWS))}


def test_what_cannot_be_seen_in_a_name_is_left_out_and_said_with_its_row(app, file, capsys):
    rows = (f"Bou\x9cillon de b\x9cuf,{ean(1)},,", f"Mi\u200blk\ufeff,{ean(2)},Fa\xadrm,", f'"Two\r\nlines",{ean(3)},,',
            f"می\u200cخواهم,{ean(4)},,", f"\x8d,{ean(5)},,", f"Tea,{ean(6)},,Hot\x8d", f"Cake\x8d,{ean(7)[:-1]}\x8d,,")  # fmt: skip
    text = file("name,codes,brand,category", *rows)
    for dry_run in (True, False):
        result = run(app.pos, text, dry_run=dry_run)
        assert (result.created, result.mended, result.refused) == (4, 3, 3)
        assert [(note.row, note.field, note.reason) for note in result.notes] == [
            (2, "name", "name: 'Bouillon de buf' without U+009C, which cannot be printed"),
            (3, "name", "name: 'Milk' without U+200B, U+FEFF, which cannot be printed"),
            (3, "brand", "brand: 'Farm' without U+00AD, which cannot be printed"),
            (4, "name", "name: 'Two lines' without U+000D, U+000A, which cannot be printed"),
        ]
        assert [(row, field) for row, field, _ in problems(result)] == [(7, "name"), (8, "category"), (9, "codes")]
    assert set(kept(app)) == {
        "Bouillon de buf",
        "Milk",
        "Two lines",
        "می\u200cخواهم",
    }  # letters are joined as they were
    again = run(app.pos, text)
    assert (again.unchanged, again.mended, again.changed) == (4, 3, 0)
    assert import_products(app.pos, [str(text), "--dry-run"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert "Rows would be kept without characters that cannot be printed: 3" in said
    assert "Mended: row 3: brand: 'Farm' without U+00AD, which cannot be printed" in said


def test_a_dry_run_says_what_would_happen_and_changes_nothing(app, file):
    text = file("name,codes,category", f"Milk,{ean(1)},Dairy", f"Tea,{ean(1)},Drinks", f"Bread,{ean(2)},Dairy")
    before = app.raw_journal.pos()
    dry = run(app.pos, text, dry_run=True)
    assert app.raw_journal.pos() == before
    wet = run(app.pos, text)
    assert (dry.rows, dry.created, dry.refused, problems(dry)) == (wet.rows, wet.created, wet.refused, problems(wet))
    assert (dry.dry_run, wet.dry_run, wet.created, wet.categories) == (True, False, 2, 1)


def test_one_code_on_two_items_is_refused_and_both_are_named(app, file):
    run(app.pos, file("name,sku,codes", f"Milk,M1,{ean(1)}", f"Tea,T1,{ean(2)}", f"Sugar,,{ean(3)}"))
    result = run(app.pos, file(
        "name,sku,codes",
        f"Milk,M1,{ean(1)}|{ean(2)}",  # the second is the tea's
        f"Coffee,C1,{ean(2)}",  # an SKU of its own, a code of the tea
        f"Jam,,{ean(1)}|{ean(3)}",  # two products
        f"Cocoa,C2,{ean(4)}",
        f"Cacao,C3,0{ean(4)}",  # the row above has it
        f"Cake,C2,{ean(5)}",
    ))  # fmt: skip
    assert [(row, field) for row, field, _ in problems(result)] == [
        (2, "codes"), (3, "codes"), (4, "codes"), (6, "codes"), (7, "sku"),
    ]  # fmt: skip
    reasons = [problem.reason for problem in result.problems]
    assert reasons[0].startswith(f"M1 belongs to Milk, {ean(2)} belongs to Tea")
    assert reasons[1].startswith(f"code {ean(2)} belongs to Tea (SKU T1)")
    assert reasons[2].startswith(f"{ean(1)} belongs to Milk, {ean(3)} belongs to Sugar")
    assert reasons[3].startswith(f"0{ean(4)} stands in row 5 already")
    assert reasons[4].startswith("C2 stands in row 5 already")
    assert set(kept(app)) == {"Milk", "Tea", "Sugar", "Cocoa"}


def test_a_row_changes_the_product_with_its_sku_or_code_and_only_what_it_gives(app, file):
    run(app.pos, file("name,sku,codes,price,brand", f"Milk,M1,{ean(1)},1.00,Farm", f"Tea,,{ean(2)},3.00,"))
    prices = run(app.pos, file("gtin,price", f"{ean(1)},1.10", f"{ean(2)},3.00"))
    assert (prices.created, prices.changed, prices.unchanged) == (0, 1, 1)
    assert kept(app)["Milk"]["price_e4"] == 11_000
    again = run(app.pos, file("sku,codes,name", f"M1,{ean(7)},Fresh milk", f"T9,{ean(2)},"))
    assert (again.created, again.changed) == (0, 2)
    milk, tea = kept(app)["Fresh milk"], kept(app)["Tea"]
    assert ([c["as_typed"] for c in milk["codes"]], milk["brand"], milk["rev"]) == ([ean(1), ean(7)], "Farm", 3)
    assert tea["sku"] == "T9"


def test_the_same_file_again_changes_nothing(app, file):
    text = file("name,sku,codes,category,price,weighed", *(f"P{n},S{n},{ean(n)},A/B,{n}.5,{n % 2}" for n in range(50)))
    assert run(app.pos, text).created == 50
    before = app.raw_journal.pos()
    again = run(app.pos, text)
    assert (again.unchanged, again.created, again.changed, again.categories) == (50, 0, 0, 0)
    assert app.raw_journal.pos() == before


def test_progress_moves_and_a_stop_leaves_whole_chunks(app, file):
    text = file("name,codes", *(f"P{n},{ean(n)}" for n in range(100)))
    seen = []

    def note(*now):
        seen.append(now)
        return True

    assert run(app.pos, text, chunk=10, progress=note).chunks == 10
    assert [rows for rows, _, _ in seen] == [*range(10, 101, 10), 100]
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert len({done for _, done, _ in seen}) == 10
    assert seen[-1][1] == seen[-1][2] == text.stat().st_size

    other = file("name,codes", *(f"Q{n},{ean(1_000 + n)}" for n in range(100)), name="other.csv")
    result = run(app.pos, other, chunk=10, progress=lambda rows, *_: rows < 30)
    assert (result.cancelled, result.chunks, result.rows, result.created, result.last_row) == (True, 3, 30, 30, 31)
    assert {name for name in kept(app) if name.startswith("Q")} == {f"Q{n}" for n in range(30)}
    assert run(app.pos, other, chunk=10).unchanged == 30


class Meanwhile:
    """Lets another process save a product at the worst moment: between the look at the codes and the append."""

    def __init__(self):
        self.others = []

    @hookimpl
    def check_change(self, change):
        if self.others and change.after["name"] == "P407":
            row = product_checked({"name": "Theirs", "codes": change.after["codes"]}) | {"id": "theirs"}
            self.others[0].pos.records("catalog_product").load([row])


def test_another_process_that_is_faster_takes_that_row_alone(store, stores, file):
    code = Meanwhile()
    app = store("barcodes", "catalog", extra=as_plugin(code, "meanwhile"))
    other = stores.open(app, register=False, plugins=("barcodes", "catalog"))
    other.pos.journal.wait = lambda *_a, **_k: None  # the first process holds the projections
    code.others.append(other)
    result = run(app.pos, file("name,codes", *(f"P{n},{ean(n)}" for n in range(600))))
    assert [(problem.row, "already taken" in problem.reason) for problem in result.problems] == [(409, True)]
    assert (result.created, result.refused) == (599, 1)
    products = app.pos.records("catalog_product").search("", limit=1_000)
    assert {row["name"] for row in products} == {"Theirs", *(f"P{n}" for n in range(600) if n != 407)}
    assert {row["rev"] for row in products} == {1}


class Fussy:
    """A plugin with rules of its own for products."""

    def __init__(self):
        self.asked = []

    @hookimpl
    def check_change(self, change):
        self.asked.append((change.action, change.after and change.after["name"]))
        if change.record == "catalog_product" and change.after and change.after["name"] == "Absinthe":
            raise Veto("no spirits here", "leave it out", "name")


def test_the_rules_of_other_plugins_hold_for_an_import_too(store, file):
    fussy = Fussy()
    app = store("barcodes", "catalog", extra=as_plugin(fussy, "fussy"))
    text = file("name,codes,category", f"Milk,{ean(1)},Dairy", f"Absinthe,{ean(2)},Spirits", f"Kefir,{ean(3)},Dairy")
    for dry_run in (True, False):
        result = run(app.pos, text, dry_run=dry_run)
        assert (result.created, problems(result)) == (2, [(3, "name", "leave it out")])
    assert fussy.asked == [("create", name) for name in ("Milk", "Absinthe", "Kefir")] * 2
    assert result.categories == 1


def test_pictures_beside_the_file_are_kept_by_their_hash(app, file, tmp_path):
    data = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(data, "PNG")
    (tmp_path / "red.png").write_bytes(data.getvalue())
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "none.png").write_bytes(b"")
    result = run(app.pos, file(
        "name,codes,image", f"A,{ean(1)},red.png", f"B,{ean(2)},text.png", f"C,{ean(3)},../x.png",
        f"D,{ean(4)},gone.png", f"E,{ean(5)},none.png", f"F,{ean(6)},.",
    ))  # fmt: skip
    assert [(row, field) for row, field, _ in problems(result)] == [(n, "image") for n in range(3, 8)]
    digest = kept(app)["A"]["image"]
    assert app.pos.blobs.get(digest) == data.getvalue()


def test_importing_needs_its_permission(app, file):
    app.actor = Actor(id="ana", name="Ana")
    with pytest.raises(Refused, match="Ana may not: Import"):
        run(app.pos, file("name,codes", f"Milk,{ean(1)}"), dry_run=True)


def test_what_was_imported_and_changed_is_rebuilt_alike(app, file):
    run(app.pos, file("name,sku,codes,category", *(f"P{n} tea,S{n},{ean(n)},A/B" for n in range(30))), chunk=7)
    products = app.pos.records("catalog_product")
    ids = [row["id"] for row in products.search("")]
    products.delete(ids[3])
    products.save({"name": "New", "codes": [{"code": ean(99)}]}, record_id=ids[5])
    run(app.pos, file("name,codes", f"Again,{ean(3)}", f"P4 coffee,{ean(4)}"))
    for name in ("catalog_product", "catalog_category", "catalog_unit"):
        assert app.rebuild(name, swap=False).different == ()


def test_the_command_prints_a_result_that_can_be_read(app, file, capsys):
    text = file("name,codes,shelf", f"Milk,{ean(1)},A", f"Tea,{ean(1)},B")
    assert import_products(app.pos, [str(text), "--dry-run", "--json"]) == 1
    out, err = capsys.readouterr()
    said = json.loads(out)
    assert said.pop("source").startswith("list.csv #")
    reason = f"{ean(1)} stands in row 2 already: keep one of the rows"
    assert said == {
        "file": "list.csv", "dry_run": True, "rows": 2, "created": 1, "changed": 0, "unchanged": 0, "refused": 1,
        "categories": 0, "chunks": 1, "last_row": 3, "cancelled": False, "ignored": ["shelf"], "system": "",
        "codes": 1, "units": None, "value": None, "begun": 0, "mended": 0, "remembered": {},
        "differing": [], "problems": [{"row": 3, "field": "codes", "reason": reason}], "notes": [],
    }  # fmt: skip
    assert err == "refused rows: 1 of 2\n"
    assert import_products(app.pos, [str(text), "--yes"]) == 1
    out, _ = capsys.readouterr()
    assert out.splitlines() == [
        "2 rows: 1 created, 0 changed, 0 as they are, 1 refused",
        "Totals: codes 1",
        "Columns left out: shelf",
        f"Refused: row 3: {reason}",
    ]
    zipped = text.with_name("more.csv.gz")
    zipped.write_bytes(gzip.compress(f"Artikel,EAN\nBread,{ean(2)}\n".encode()))
    assert import_products(app.pos, [str(zipped), "--map", "Artikel=name", "--yes"]) == 0
    with pytest.raises(UserError, match="cannot be read"):
        import_products(app.pos, ["none.csv"])
    with pytest.raises(SystemExit) as usage:
        import_products(app.pos, ["x.csv", "--map", "name"])
    assert usage.value.code == 2


def test_ctrl_c_stops_after_the_chunk_under_way(app, file, capsys, monkeypatch):
    text = file("name,codes", *(f"P{n},{ean(n)}" for n in range(2_500)))
    load = importer._Importer._load

    def interrupted(self, ready):
        signal.raise_signal(signal.SIGINT)
        return load(self, ready)

    monkeypatch.setattr(importer._Importer, "_load", interrupted)
    assert import_products(app.pos, [str(text), "--yes"]) == 1
    assert capsys.readouterr().err == "stopped: what came up to row 1001 was kept, nothing after it\n"
    assert app.pos.records("catalog_product").count() == 1_000


def test_figures_of_goods_are_no_card_number(app, file):
    own = ean(1)
    names = (
        f"Tea {own}",
        "LED smd3528-120-54-12-96-3200 120led/m",
        "Cable 4-16-25-35-50-70-95-120-150",
        f"Case {own}*12",
    )
    result = run(app.pos, file("name,codes", *(f"{name},{ean(n)}" for n, name in enumerate(names, 1))))
    assert (result.created, result.refused) == (4, 0)
    assert set(kept(app)) == set(names)
    assert [entry.fact.rows[1]["name"] for entry in app.raw_journal.scan() if entry.kind == "records.loaded"] == [
        names[1]
    ]


def test_a_row_with_what_looks_like_a_card_number_is_refused_in_the_dry_run_too(app, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("name,codes\nTea,9520000000011\nGift 4111 1111 1111 1111,9520000000028\n", encoding="utf-8")
    for dry_run in (True, False):
        result = run(app.pos, path, dry_run=dry_run)
        assert (result.created, result.refused) == (1, 1)
        assert [(problem.row, problem.field) for problem in result.problems] == [(3, "name")]
        assert "looks like a card number" in result.problems[0].reason
