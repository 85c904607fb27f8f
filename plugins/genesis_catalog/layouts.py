"""What a person said of the columns of a list, kept for the next list with the same columns."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy import Column, Integer, Table, Text

from genesis import Pos, Records, UserError
from genesis_catalog.csvfile import OPTION, folded
from genesis_catalog.models import METADATA, Row, text

Names = dict[str, str]  # a column's title, as it is compared -> field
_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Names).decode

# id: the SHA-256 of all titles in their order; titles: as a person reads them; names: JSON of what was said.
layout = Table(
    "catalog_layout", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("titles", Text, nullable=False),
    Column("names", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip


def checked(row: Row) -> Row:
    """Return a layout as it is kept."""
    try:
        names = _decode(row.get("names") or "{}")
    except msgspec.MsgspecError as error:
        raise UserError("names: they are no columns with their fields", "import the list again", "names") from error
    return {"titles": text(row.get("titles"), "titles", 400), "names": _encode(names).decode()}


LAYOUTS = Records(name="catalog_layout", title="Layout of a list", table=layout, check=checked, rank=10,
                  permission="records.import")  # fmt: skip


def key_of(titles: Sequence[str]) -> str:
    """Return the id of a layout: the same for the same titles in the same order, however they are spelled."""
    return hashlib.sha256("\x1f".join(map(folded, titles)).encode()).hexdigest()


def remembered(pos: Pos, titles: Sequence[str], known: Collection[str]) -> Names:
    """Return what was said of these columns before, as far as its fields are there now."""
    kept = pos.records(LAYOUTS.name).get(key_of(titles))
    names = _decode(kept["names"]) if kept is not None else {}
    return {title: field for title, field in names.items() if field in known or field.startswith(OPTION)}


def merged(before: Names, said: Names) -> Names:
    """Return what holds after something new was said: a field is one column."""
    return {title: field for title, field in before.items() if field not in said.values()} | said


def remember(pos: Pos, titles: Sequence[str], names: Mapping[str, str]) -> None:
    """Keep what was said of these columns; nothing is written where that is known."""
    key, said = key_of(titles), {folded(title): field for title, field in names.items()}
    records = pos.records(LAYOUTS.name)
    kept = records.get(key)
    before = _decode(kept["names"]) if kept is not None else {}
    if said and merged(before, said) != before:
        shown = ", ".join(filter(str.isprintable, titles))[:400]
        records.save({"titles": shown, "names": _encode(merged(before, said)).decode()}, record_id=key)


def forget(pos: Pos, titles: Sequence[str]) -> bool:
    """Forget what was said of these columns; returns whether anything was."""
    records = pos.records(LAYOUTS.name)
    there = records.rev(key_of(titles)) > 0 and records.get(key_of(titles)) is not None
    if there:
        records.delete(key_of(titles))
    return there
