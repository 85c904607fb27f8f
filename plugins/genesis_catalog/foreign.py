"""Product lists as other systems write them: known by their columns, and read as if they were our own.

The columns are those that the systems publish for their exports: Square's item library, Shopify's products, Loyverse's
items, Odoo's products, Open Source Point of Sale's items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

VARIANTS = ("variant1", "variant2", "variant3")
AXES = ("axis1", "axis2", "axis3")  # how the values of variants are called: Size, Colour ...
EXTRA = (*VARIANTS, *AXES, "group")  # fields that only these lists have: they become a style and its options
UNSAID = "Variation"  # the axis of values that nobody named
MOST_STYLE = 120  # characters
UNNAMED = frozenset(("regular", "default title", "default", "variable"))  # what stands where nothing was said
QUOTED = frozenset(("codes", "sku"))  # an apostrophe in front keeps a spreadsheet from taking these for numbers
STATUSES = {"draft": "inactive", "archived": "retired", "y": "retired", "n": ""}  # Shopify's, and archived of Square
UNITS = {"units": "pcs", "unit": "pcs", "unit(s)": "pcs", "each": "pcs", "pc": "pcs", "piece": "pcs"}


class System(NamedTuple):
    """How one system writes its list. marks: columns that only it has together; names: column -> field of ours.

    carried: fields that stand only in the first row of a group; stock: how the columns of quantities begin, one for
    each location.
    """

    title: str
    marks: frozenset[str]
    names: Mapping[str, str]
    carried: tuple[str, ...] = ()
    stock: str = ""


SYSTEMS: Mapping[str, System] = {
    "square": System(
        "Square", frozenset(("token", "item name", "variation name")),
        {"item name": "name", "variation name": "variant1", "option name 1": "axis1", "sku": "sku",
         "gtin": "codes", "categories": "category",
         "category": "category", "reporting category": "", "price": "price", "default unit cost": "cost",
         "archived": "status"},
        stock="current quantity",
    ),
    "shopify": System(
        "Shopify", frozenset(("handle", "title", "variant sku", "variant price")),
        {"handle": "group", "title": "name", "vendor": "brand", "type": "category", "variant sku": "sku",
         "variant barcode": "codes", "variant price": "price", "cost per item": "cost",
         "variant inventory qty": "quantity", "option1 value": "variant1",
         "option2 value": "variant2", "option3 value": "variant3", "option1 name": "axis1", "option2 name": "axis2",
         "option3 name": "axis3", "status": "status"},
        ("name", "brand", "category", "status", *AXES),
    ),
    "loyverse": System(
        "Loyverse", frozenset(("handle", "sku", "name", "sold by weight")),
        {"handle": "group", "name": "name", "sku": "sku", "category": "category", "barcode": "codes",
         "sold by weight": "weighed", "default price": "price", "price": "price", "option 1 value": "variant1",
         "option 2 value": "variant2", "option 3 value": "variant3", "option 1 name": "axis1", "option 2 name": "axis2",
         "option 3 name": "axis3", "cost": "cost"},
        ("name", "category", "weighed", *AXES),
        stock="in stock [",
    ),
    "odoo": System(
        "Odoo", frozenset(("internal reference", "sales price")),
        {"name": "name", "internal reference": "sku", "barcode": "codes", "sales price": "price",
         "product category": "category", "pos category": "", "unit of measure": "unit", "unit": "unit", "cost": "cost",
         "quantity on hand": "quantity"},
    ),
    "ospos": System(
        "Open Source Point of Sale", frozenset(("item name", "unit price", "cost price")),
        {"barcode": "codes", "item name": "name", "category": "category", "unit price": "price",
         "cost price": "cost"},
        stock="location ",
    ),
}  # fmt: skip


def recognised(titles: Sequence[str]) -> str:
    """Return which system wrote a list with these columns (as they are compared), "" where nobody knows."""
    found = set(titles)
    return next((name for name, system in SYSTEMS.items() if system.marks <= found), "")


def names_of(system: str, titles: Sequence[str]) -> dict[str, str]:
    """Return column -> field for the columns that are there; of two for the same field the first one counts."""
    wanted = SYSTEMS[system].names
    found: dict[str, str] = {}
    for title in titles:
        field = wanted.get(title, "price" if system == "loyverse" and title.startswith("price [") else "")
        if field and field not in found.values():
            found[title] = field
    beginning = SYSTEMS[system].stock
    stocks = [title for title in titles if beginning and title.startswith(beginning)]
    if len(stocks) == 1:  # of several places a person says which one this store is
        found[stocks[0]] = "quantity"
    return found


class Reader:
    """Turns the rows of such a list into rows of ours."""

    def __init__(self, system: str) -> None:
        self._system = SYSTEMS[system]
        self._group = ""
        self._first: dict[str, str] = {}

    def row(self, cells: dict[str, str]) -> dict[str, str]:
        """Return a row as our own lists have it: a variant as one of a style, units and empty prices as ours.

        One that says nothing more of its group is empty: it names another picture.
        """
        found = {field: cell.strip() for field, cell in cells.items()}
        for field in QUOTED & found.keys():
            found[field] = found[field].removeprefix("'")
        group = found.pop("group", "")
        if group and group == self._group:
            if not any(found.values()):
                return {}
            found = {**found, **{f: self._first.get(f, "") for f in self._system.carried if not found.get(f)}}
        elif group:
            self._group, self._first = group, {f: found.get(f, "") for f in self._system.carried}
        _become_variant(found)
        if found.get("price", "").casefold() in UNNAMED:
            found["price"] = ""
        if "status" in found:
            found["status"] = STATUSES.get(found["status"].casefold(), found["status"].casefold())
        if "unit" in found:
            found["unit"] = UNITS.get(found["unit"].casefold(), found["unit"])
        if "category" in found:
            found["category"] = _path(found["category"])
        return found


def _become_variant(found: dict[str, str]) -> None:
    """Say what a variant is of its style; what cannot be written as options stands in its name."""
    named = [(found.pop(axis, ""), found.pop(field, "")) for axis, field in zip(AXES, VARIANTS, strict=True)]
    said = [(axis or UNSAID, value) for axis, value in named if value and value.casefold() not in UNNAMED]
    style = found.get("name", "")
    if not style or not said:
        return
    fits = len({axis for axis, _ in said}) == len(said) and len(style) <= MOST_STYLE
    if fits and not any(set("|,=\n") & set(axis + value) or len(axis + value) > 70 for axis, value in said):
        found["style"] = style
        found["options"] = "|".join(f"{axis}={value}" for axis, value in said)
    found["name"] = " ".join((style, *(value for _, value in said)))


def _path(text: str) -> str:
    """Return one category as a path: the first of several, outermost first, without the root that holds all."""
    parts = [part.strip() for part in text.split(",", maxsplit=1)[0].replace(">", "/").split("/")]
    return "/".join(part for part in parts if part and part.casefold() != "all")
