"""Reads one row of a product list into what it says of a product; a cell that is wrong is refused by its field."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from genesis import UserError, decimal, quantity, unit_price
from genesis_catalog.csvfile import OPTION
from genesis_catalog.models import MOST_PRICE, Row, codes_checked, options_of, options_text, text

YES, NO = frozenset(("1", "true", "yes", "y")), frozenset(("0", "false", "no", "n"))
MOST_IMAGE = 5 * 1024 * 1024
SHOWN = ("name", "brand")  # what people read; what goods are known or grouped by is never mended
TEXTS = ("name", "sku", "unit", "tax", "icon", "brand", "status", "style")
IMAGE_KINDS = frozenset(("PNG", "JPEG", "WEBP", "GIF"))
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\xad\u200b\u2028\u2029\u2060\ufeff]+")  # not what joins or turns letters
_BREAKS = frozenset("\t\n\r\v\f\u2028\u2029")


class Draft(NamedTuple):
    """What a row says: the values it gives (an empty cell gives none), its codes, and the names of its categories.

    more: "<plugin>.<field>" -> text of what other plugins keep. qty: how many there are (thousandths); cost: what
    one cost (ten-thousandths); None where nothing is said. mended: (field, what was done) where a text is not kept as
    it stands.
    """

    number: int
    values: Row
    codes: list[Row]
    path: tuple[str, ...]
    image: bytes | None
    more: dict[str, str]
    qty: int | None = None
    cost: int | None = None
    mended: tuple[tuple[str, str], ...] = ()


def read(number: int, cells: dict[str, str], folder: Path) -> Draft:
    """Read the cells of a row; folder: where the file is, and its pictures. Raises UserError naming the field."""
    cells = {name: cell for name, text in cells.items() if (cell := text.strip())}
    values: Row = {field: cells[field] for field in TEXTS if field in cells}
    mended = _mended(values)
    if "sku" in values:
        values["sku"] = text(values["sku"], "sku", 64)
    price, cost = _price(cells, "price"), _price(cells, "cost")
    if price is not None:
        values["price_e4"] = price
    if cell := cells.get("weighed", "").casefold():
        if cell not in YES | NO:
            raise UserError(f"weighed: {cell[:40]!r} is neither yes nor no", "write yes or no", "weighed")
        values["weighed"] = cell in YES
    image = _image(folder, cells.get("image", ""))
    if image is not None:
        values["image"] = hashlib.sha256(image).hexdigest()
    if options := _options(cells):
        values["options"] = options
    told = {name: cell for name, cell in cells.items() if "." in name and not name.startswith(OPTION)}
    codes, qty = _codes(cells.get("codes", "")), _quantity(cells)
    return Draft(number, values, codes, _path(cells), image, told, qty, cost, mended)


def _mended(values: Row) -> tuple[tuple[str, str], ...]:
    """Leave out of texts that people read what cannot be seen, and say so; a line break becomes a blank."""
    told = []
    for field in SHOWN:
        text = values.get(field, "")
        if text.isprintable() or not (unseen := "".join(_UNSEEN.findall(text))):
            continue
        seen = _UNSEEN.sub(lambda found: " " if _BREAKS & set(found[0]) else "", values.pop(field)).strip()
        signs = ", ".join(f"U+{ord(sign):04X}" for sign in dict.fromkeys(unseen))
        told.append((field, f"{field}: {seen[:80]!r} without {signs}, which cannot be printed"))
        if seen:
            values[field] = seen
    return tuple(told)


def _price(cells: dict[str, str], field: str) -> int | None:
    cell = cells.get(field, "")
    found = unit_price(cell, field) if cell else None
    if found is not None and found > MOST_PRICE:
        raise UserError(f"{field}: {cell} is out of range", f"use at most {MOST_PRICE // 10_000}", field)
    return found


def _quantity(cells: dict[str, str]) -> int | None:
    """Return how many there are, None where nothing is said; UserError below zero."""
    cell = cells.get("quantity", "")
    if not cell:
        return None
    found = decimal(cell, "quantity", 3) * 1_000
    if not 0 <= found <= MOST_PRICE:
        raise UserError(f"quantity: {cell} is out of range", "use zero or more, or leave it empty", "quantity")
    return int(found)


def _options(cells: dict[str, str]) -> str:
    """Return what a variant is of its style: from one column for all, or one for each axis."""
    found = options_of(cells.get("options", ""))
    for name, cell in cells.items():
        if name.startswith(OPTION):
            found |= options_of(f"{name.removeprefix(OPTION)}={cell}")
    return options_text(found) if "style" in cells or "options" in cells else ""


def _codes(cell: str) -> list[Row]:
    """Read codes separated by |, each with its pack: 4006381333931|14006381333938*12."""
    found = []
    for part in filter(None, (part.strip() for part in cell.split("|"))):
        typed, star, pack = (piece.strip() for piece in part.rpartition("*"))
        found.append({"as_typed": typed, "pack": quantity(pack, "codes")} if star else {"as_typed": part})
    return codes_checked(found)


def _path(cells: dict[str, str]) -> tuple[str, ...]:
    """Return the names of the categories, the outermost first; a name repeated at once counts once."""
    names: list[str] = []
    for cell in (cells.get("department", ""), cells.get("category", "")):
        for part in filter(None, (part.strip() for part in cell.split("/"))):
            name = text(part, "category", 80)
            if not names or names[-1].casefold() != name.casefold():
                names.append(name)
    return tuple(names)


def _image(folder: Path, name: str) -> bytes | None:
    """Return a picture that lies beside the file or below; UserError where it is none."""
    if not name:
        return None
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise UserError(f"image: {name[:80]} lies outside the folder of the file", "put it beside the file", "image")
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_IMAGE else b""
    except OSError as error:
        raise UserError(f"image: {name[:80]} cannot be read ({error.strerror})", "check the name", "image") from error
    if not data:
        raise UserError(f"image: {name[:80]} is empty or larger than 5 MiB", "use a smaller picture", "image")
    _prove(name, data)
    return data


def _prove(name: str, data: bytes) -> None:
    from PIL import Image, UnidentifiedImageError

    problem: Any = ""
    try:
        with Image.open(BytesIO(data)) as picture:
            kind = picture.format
            picture.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        kind, problem = "", error
    if kind not in IMAGE_KINDS:
        raise UserError(f"image: {name[:80]} is no picture ({problem or kind})", "use PNG, JPEG, WebP or GIF", "image")
