"""The page of codes: the store's table of price and weight labels, and what a code says by it."""

from __future__ import annotations

import re

from genesis import Act, Column, Done, FieldSpec, ListPage, PageAction, PageRow, Pos, Query, Row, Rows
from genesis_barcodes.catalogue import item_of
from genesis_barcodes.service import BarcodeSettings, read

CODE = FieldSpec(name="code", label="Code", required=True, help="Scan it, or type what stands below the bars")
_RULE = re.compile(r"(\([0-9]+\)) (.+) (\[\w+\])", re.ASCII)  # how the reader says which rule of GS1 is broken


def page(_pos: Pos) -> ListPage:
    """Return the page."""
    return ListPage(
        columns=(
            Column(id="prefix", title="Begins with", wide=True),
            Column(id="kind", title="Carries"),
            Column(id="item", title="Digits of the item", kind="number"),
            Column(id="value", title="Digits of the value", kind="number"),
            Column(id="decimals", title="Decimals", kind="number"),
            Column(id="check", title="Value is checked"),
        ),
        rows=find,
        actions=(
            PageAction(id="try", title="Try a code", icon="scan-barcode", permission="records.read", run=tried,
                       main=True, ask=(CODE,)),
        ),
        scan=shown,
        empty="No labels of scales are set up: their codes are plain numbers",
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Return the table; it is changed in the settings of this plugin."""
    rules = pos.settings(BarcodeSettings).rules
    rows = tuple(
        PageRow(id=str(n), icon="tag", cells=(
            rule.prefix, "Price" if rule.kind == "price" else "Weight", str(rule.item_digits), str(rule.value_digits),
            str(rule.decimals), "Checked" if rule.value_check else "–",
        )) for n, rule in enumerate(rules)
    )  # fmt: skip
    return Rows(rows=rows[query.offset : query.offset + query.limit], total=len(rows))


def tried(pos: Pos, act: Act) -> Done:
    """Say what a code is that was typed."""
    return shown(pos, act.values["code"])


def shown(pos: Pos, code: str) -> Done:
    """Say what a code is, by the table of the store, and what is sold under it."""
    scan, no = read(pos, code), "Not valid"
    item = item_of(pos, scan) if scan.valid else None
    rows: list[Row] = [("title", code[:60], ""), ("bold", "Valid" if scan.valid else no, scan.symbology or "")]
    if scan.reason:
        broken = _RULE.fullmatch(scan.reason)
        rows.append(("text", broken[2], f"{broken[1]} {broken[3]}") if broken else ("text", scan.reason, ""))
    said = (("GTIN", scan.gtin), ("Weight or count", scan.quantity), ("Price", scan.price), ("Batch", scan.batch),
            ("Expiry", scan.expiry))  # fmt: skip
    rows += [("text", what, value) for what, value in said if value]
    rows += [("small", f"({ai})", value) for ai, value in scan.ais or ()]
    rows.append(("rule", "", ""))
    rows.append(("bold", item["name"], item["sku"]) if item else ("text", "Nothing is sold under it", ""))
    return Done(document=tuple(rows))
