"""The catalogue's tables, and what a product, a category and a unit must look like before they are kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

from genesis import Records, SearchIndex, UserError, many
from genesis_barcodes.gtin import gtin14
from genesis_barcodes.reader import interpret
from genesis_catalog import more

METADATA = MetaData()
VARIANT = "catalog_variant"  # guard space: of a style, one product for each combination of options
CODE = "catalog_code"  # guard space: a code or SKU belongs to one product alone
STATES = ("active", "inactive", "retired")  # retired: it will not come back
MOST_CODES = 50
MOST_AXES = 4
MOST_PACK = 1_000_000 * 1_000
MOST_PRICE = 10**12  # ten-thousandths: a hundred million
STANDARD_UNITS = dict(zip(
    ("pcs", "kg", "g", "lb", "oz", "l", "ml", "m", "m2", "h"),
    ("Piece", "Kilogram", "Gram", "Pound", "Ounce", "Litre", "Millilitre", "Metre", "Square metre", "Hour"),
    strict=True,
))  # fmt: skip
Row = dict[str, Any]

product = Table(
    "catalog_product", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("num", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("price_e4", BigInteger),
    Column("tax", Text),
    Column("weighed", Boolean, nullable=False),
    Column("image", Text, nullable=False),
    Column("icon", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("more", Text),
    Column("style", Text),
    Column("options", Text),
    Index("catalog_product_num", "num"),
    Index("catalog_product_sku", "sku"),
    Index("catalog_product_name", "status", "name", "num"),
    Index("catalog_product_style", "style", "status", "name", "num"),
    Index("catalog_product_category", "category", "status", "name", "num"),
)  # fmt: skip

# code: 14 digits for a GTIN, else the in-house code as it is. pack: thousandths of the unit that one scan adds.
code = Table(
    "catalog_code", METADATA,
    Column("code", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("pack", BigInteger, nullable=False),
    Column("as_typed", Text, nullable=False),
    Index("catalog_code_product", "id"),
    sqlite_with_rowid=False,
)  # fmt: skip

category = Table(
    "catalog_category", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("tint", Text, nullable=False),
    Column("icon", Text, nullable=False),
    Column("position", Integer, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

unit = Table(
    "catalog_unit", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("name", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

WORDS = SearchIndex("catalog_words")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # Cc, Zl, Zp and Cs


def text(value: object, field: str, most: int, *, needed: bool = False) -> str:
    """Return a line of text without outer blanks, composed (NFC); UserError names the field."""
    if value is None or value == "":
        if needed:
            raise UserError(f"{field}: it is missing", f"give a {field}", field)
        return ""
    if not isinstance(value, str):
        raise UserError(f"{field}: it must be text", "write it as text", field)
    line = value.strip() if len(value) <= 4 * most else value
    if len(line) > most:
        raise UserError(
            many("{field}: it has {count} character", "{field}: it has {count} characters", len(line), field=field),
            f"use at most {most}",
            field,
        )
    if not line.isascii() or not line.isprintable():
        line = unicodedata.normalize("NFC", line)
        if bad := _CONTROL.search(line):
            raise UserError(f"{field}: the character U+{ord(bad[0]):04X} cannot be printed", "take it out", field)
    return line or text("", field, most, needed=needed)


def code_key(typed: str, field: str = "codes") -> str:
    """Return the form in which codes are compared: 14 digits for a GTIN, an in-house code as it is.

    Digits that are as long as an EAN or UPC must have its check digit; UserError names the field.
    """
    gtin = gtin14(typed)
    if gtin is not None:
        return gtin
    line = text(typed, field, 80, needed=True)
    scan = interpret(line)
    if not scan.valid:
        raise UserError(f"{field}: {line} is no code ({scan.reason})", "read the code again", field)
    if scan.symbology != "code":
        raise UserError(f"{field}: {line} is what a scanner sends", "give the number that stands under the bars", field)
    return line


def sku_key(sku: str) -> str:
    """Return what an SKU is compared as; it may look like a GTIN and then is one."""
    return gtin14(sku) or sku


def codes_checked(value: object) -> list[Row]:
    """Return the codes of a product as they are kept, in order; UserError names them."""
    if value is None:
        return []
    if not isinstance(value, (list, tuple)) or len(value) > MOST_CODES:
        raise UserError("codes: it must be a list", f"give at most {MOST_CODES} codes", "codes")
    found: dict[str, Row] = {}
    for entry in value:
        if not isinstance(entry, dict):
            raise UserError("codes: each must have a code and a pack", "give them as code and pack", "codes")
        typed = text(entry.get("as_typed") or entry.get("code"), "codes", 80, needed=True)
        key, pack = code_key(typed), entry.get("pack", 1_000)
        if type(pack) is not int or not 0 < pack <= MOST_PACK:
            raise UserError(f"codes: the pack of {typed} is out of range", "use 0.001 to 1000000", "codes")
        if key in found and found[key]["pack"] != pack:
            raise UserError(f"codes: {typed} stands there twice with different packs", "keep one", "codes")
        found.setdefault(key, {"code": key, "pack": pack, "as_typed": typed})
    return [found[key] for key in sorted(found)]


def _price(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= MOST_PRICE:
        raise UserError("price_e4: it is out of range", f"use ten-thousandths from 0 to {MOST_PRICE}", "price_e4")
    return value


def _matching(value: object, field: str, pattern: re.Pattern[str], meaning: str) -> str:
    line = text(value, field, 64)
    if line and not pattern.fullmatch(line):
        raise UserError(f"{field}: {line!r} is not {meaning}", f"give {meaning}, or nothing", field)
    return line


def product_checked(row: Row) -> Row:
    """Return a product as it is kept; UserError names the field at fault."""
    return facts_checked(row) | {"codes": codes_checked(row.get("codes"))}


def facts_checked(row: Row) -> Row:
    """Return what is kept of a product besides its codes; UserError names the field at fault."""
    weighed, status = row.get("weighed"), row.get("status")
    if weighed is not None and not isinstance(weighed, bool) and weighed not in {0, 1}:
        raise UserError("weighed: it must be true or false", "use true or false", "weighed")
    if status not in (None, *STATES):
        raise UserError(f"status: {status!r} is not known", f"use {', '.join(STATES)}", "status")
    return {
        "name": text(row.get("name"), "name", 200, needed=True),
        "sku": text(row.get("sku"), "sku", 64),
        "brand": text(row.get("brand"), "brand", 120),
        "category": text(row.get("category"), "category", 80),
        "unit": text(row.get("unit"), "unit", 12) or "pcs",
        "price_e4": _price(row.get("price_e4")),
        "tax": text(row.get("tax"), "tax", 80) or None,
        "weighed": bool(weighed),
        "image": _matching(row.get("image"), "image", _SHA256, "the SHA-256 of a stored picture"),
        "icon": _matching(row.get("icon"), "icon", _NAME, "the name of an icon"),
        "status": status or "active",
        "more": more.checked(row.get("more")),
    } | _variant(row)


def _variant(row: Row) -> Row:
    """Return the style of a product and what it is of it, both or none; UserError names the field at fault."""
    style, options = text(row.get("style"), "style", 120), options_text(options_of(row.get("options")))
    if style and not options:
        raise UserError("options: a variant of a style has some", "write them as Size=M|Colour=Red", "options")
    if options and not style:
        raise UserError("style: options are those of a style", "name the style, or leave them out", "style")
    return {"style": style or None, "options": options or None}


def options_of(value: object) -> dict[str, str]:
    """Read the options of a variant ("Size=M|Colour=Red", or one a line) as axis -> value; UserError by field."""
    found: dict[str, str] = {}
    for part in re.split(r"[|\n]", text_lines(value)) if value else ():
        axis, sign, chosen = (piece.strip() for piece in part.partition("="))
        if not part.strip():
            continue
        if not sign or not axis or not chosen or set(",=") & set(chosen) or axis in found or len(part) > 80:
            raise UserError(
                f"options: {part.strip()[:60]!r} is no option", "write them as Size=M|Colour=Red", "options"
            )
        found[axis] = chosen
    if len(found) > MOST_AXES:
        raise UserError("options: they are too many", f"use at most {MOST_AXES}", "options")
    return found


def options_text(options: dict[str, str]) -> str:
    """Write the options of a variant as they are kept."""
    return "|".join(f"{axis}={value}" for axis, value in options.items())


def text_lines(value: object) -> str:
    """Return text of several lines, each as `text` returns it."""
    if not isinstance(value, str):
        return text(value, "options", 400)
    return "\n".join(text(line, "options", 400) for line in value.splitlines())


def category_checked(row: Row) -> Row:
    """Return a category as it is kept; UserError names the field at fault."""
    name = text(row.get("name"), "name", 80, needed=True)
    if "/" in name:
        raise UserError("name: a category cannot have / in its name", "/ stands between categories; use &", "name")
    position = row.get("position")
    if position is not None and (type(position) is not int or not 0 <= position <= 1_000_000):
        raise UserError("position: it is out of range", "use 0 to 1000000", "position")
    return {
        "name": name,
        "parent": text(row.get("parent"), "parent", 80),
        "tint": _matching(row.get("tint"), "tint", _NAME, "the name of a tint"),
        "icon": _matching(row.get("icon"), "icon", _NAME, "the name of an icon"),
        "position": position if position is not None else 1_000,
    }


def unit_checked(row: Row) -> Row:
    """Return a unit as it is kept (its id is its symbol)."""
    return {"name": text(row.get("name"), "name", 80, needed=True)}


def product_keys(row: Row) -> list[tuple[str, str]]:
    """Return what belongs to this product alone: its codes, its SKU (typed where codes are), its place in a style."""
    keys = dict.fromkeys(entry["code"] for entry in row["codes"])
    if row["sku"]:
        keys[sku_key(row["sku"])] = None
    found = [(CODE, key) for key in keys]
    if row.get("style"):
        found.append((VARIANT, place_of(row["style"], row["options"])))
    return found


def place_of(style: str, options: object) -> str:
    """Return the place of a variant in its style: the same for the same options in any order and spelling."""
    return f"{style}|{options_text(dict(sorted(options_of(options).items())))}".casefold()


def category_keys(row: Row) -> list[tuple[str, str]]:
    """Return the name that no other category under the same parent may have."""
    return [("catalog_category", f"{row['parent']}/{row['name'].casefold()}")]


def words(row: Row) -> str:
    """Return what a product is found by: name, brand, SKU, and its codes with and without leading zeros."""
    codes = {form for entry in row["codes"] for form in (entry["as_typed"], entry["code"].lstrip("0"))}
    return " ".join((row["name"], row["brand"], row["sku"], row.get("style") or "", *sorted(codes)))


PRODUCTS = Records(
    name="catalog_product", title="Product", table=product, children={"codes": code}, unique=product_keys,
    check=product_checked, index=WORDS, text=words, rank=20, permission="catalog.edit",
)  # fmt: skip
CATEGORIES = Records(
    name="catalog_category", title="Category", table=category, unique=category_keys, check=category_checked,
    rank=10, permission="catalog.edit",
)  # fmt: skip
UNITS = Records(name="catalog_unit", title="Unit", table=unit, check=unit_checked, rank=10, permission="catalog.edit")
