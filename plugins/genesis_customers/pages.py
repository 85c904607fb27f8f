"""The page of customers: find and change them, write out what is known, or forget it for good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Select

from genesis import Act, Column, Done, FieldSpec, PageAction, Pos, RecordPage, new_file
from genesis_customers.models import CUSTOMERS, Row, customer

MOST_FOUND = 500
FILE = FieldSpec(name="file", label="File", kind="file", required=True)
WHY = FieldSpec(name="why", label="Reason", required=True)


def page(_pos: Pos) -> Any:
    """Return the page."""
    for_good = "Name, phone, e-mail and cards are forgotten everywhere, for good. The receipts stay, without a name."
    return RecordPage(
        records=CUSTOMERS,
        columns=(
            Column(id="name", title="Customer", sort=True, wide=True),
            Column(id="phone", title="Phone"),
            Column(id="email", title="E-mail", wide=True),
            Column(id="group", title="Group", sort=True),
            Column(id="since", title="Since", kind="date", sort=True),
        ),
        cells=lambda _pos, row: (row.name or "erased", row.phone or "", row.email or "", row.group, row.since),
        fields=lambda _pos: FIELDS,
        order=customer.c.name,
        sorts={"name": customer.c.name, "group": customer.c.group, "since": customer.c.since},
        read=_read,
        write=_written,
        found=_found,
        actions=(
            PageAction(id="known", title="Export data", icon="download", permission="persons.read", on="row",
                       run=write_out, ask=(FILE,)),
            PageAction(id="erase", title="Erase", icon="user-x", permission="persons.erase", on="row", run=erase,
                       ask=(WHY,), sure=for_good, danger=True),
        ),
        deletable=False,  # a customer is erased, so that no copy keeps what was known
        icon="user",
        hint="Name, phone, e-mail or card",
        empty="No customer yet",
    ).page()  # fmt: skip


FIELDS = (
    FieldSpec(name="name", label="Name", required=True),
    FieldSpec(name="phone", label="Phone"),
    FieldSpec(name="group", label="Group"),
    FieldSpec(name="email", label="E-mail"),
    FieldSpec(name="cards", label="Cards", kind="lines", help="One code a line"),
)


def _read(row: Row) -> dict[str, str]:
    cards = "\n".join(entry["code"] for entry in row.get("cards") or ())
    return {name: row.get(name) or "" for name in ("name", "phone", "email", "group")} | {"cards": cards}


def _written(values: dict[str, str], before: Row) -> Row:
    cards = [{"code": line.strip()} for line in values["cards"].splitlines() if line.strip()]
    return before | values | {"cards": cards}


def _found(pos: Pos, base: Select[Any], text: str) -> Select[Any]:
    ids = [row["id"] for row in pos.records(CUSTOMERS.name).search(text, MOST_FOUND)]
    return base.where(customer.c.id.in_(ids))


def write_out(pos: Pos, act: Act) -> Done:
    """Write everything that is known about a customer as JSON."""
    path = Path(act.values["file"]).expanduser()
    known = json.dumps(pos.privacy.export(act.rows[0]), ensure_ascii=False, indent=2)
    return Done(text="Everything that is known was written to", file=new_file(path, f"{known}\n".encode()))


def erase(pos: Pos, act: Act) -> Done:
    """Forget a customer for good."""
    pos.privacy.erase(act.rows[0], act.values["why"])
    return Done(text="The customer is forgotten")
