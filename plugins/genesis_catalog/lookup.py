"""Finds products by code, SKU, reference and words; the first of these is the hot path of every scan."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, exists, func, literal, or_, select, tuple_

from genesis import Item, Pos, SearchHit, Veto
from genesis_barcodes.gtin import is_digits
from genesis_catalog.models import WORDS, category, code, product
from genesis_catalog.more import kept

PREFIX = "catalog:"
STYLE = "style:"  # what stands before the name of a style in a ref
LEVELS = 6  # of categories: each is a join of the one query that a scan costs
CANDIDATES = 200
CANDIDATES_OF_CATEGORY = 1_000
PLACES = tuple(f"num{n}" for n in range(CANDIDATES))  # of one select: compiled once
_LEVELS = tuple(category.alias(f"level{n}") for n in range(LEVELS))
_PRODUCT = (product.c.id, product.c.name, product.c.sku, product.c.unit, product.c.price_e4, product.c.tax,
            product.c.weighed, product.c.icon, product.c.status, product.c.more,
            product.c.style, product.c.options)  # fmt: skip
_PATH = tuple(level.c.name for level in _LEVELS)
_GTIN = (
    select(func.min(code.c.code))
    .where(code.c.id == product.c.id, code.c.pack == 1_000, func.length(code.c.code) == 14)
    .correlate(product)
    .scalar_subquery()
)


class Found(NamedTuple):
    """A product as a scan needs it.

    more: what other plugins keep of it; style, options: what it is a variant of. code, pack: what was scanned; where
    nothing was, its first GTIN of one piece.
    path: names of its categories, the outermost first.
    """

    id: str
    name: str
    sku: str
    unit: str
    price_e4: int | None
    tax: str | None
    weighed: bool
    icon: str
    status: str
    more: str | None
    style: str | None
    options: str | None
    code: str
    pack: int
    path: tuple[str, ...]


def _joined(start: FromClause) -> FromClause:
    """Join the categories above a product, level by level."""
    inner: ColumnElement[Any] = product.c.category
    for level in _LEVELS:
        start = start.outerjoin(level, level.c.id == inner)
        inner = level.c.parent
    return start


_PLAIN: Select[Any] = select(*_PRODUCT, _GTIN, literal(1_000), *_PATH).select_from(_joined(product))
_BY_CODE: Select[Any] = (
    select(*_PRODUCT, code.c.code, code.c.pack, *_PATH)
    .select_from(_joined(code.join(product, product.c.id == code.c.id)))
    .where(code.c.code == bindparam("code"))
    .order_by(code.c.id)
    .limit(1)
)
_BY_SKU = _PLAIN.where(product.c.sku == bindparam("sku")).order_by(product.c.id).limit(1)
_BY_ID = _PLAIN.where(product.c.id == bindparam("id"))
_AMONG = product.c.num.in_([bindparam(name) for name in PLACES])
_OF_CANDIDATE = (product.c.id, product.c.name, product.c.sku, product.c.style, product.c.status, product.c.num)
_SHORT = select(*_OF_CANDIDATE).where(_AMONG)
_WHOLE = select(product.c.num, *_PLAIN.selected_columns).select_from(_joined(product)).where(_AMONG)
_PRICE = select(product.c.price_e4).where(product.c.id == bindparam("id"))
_BY_NUM = select(product.c.num, product.c.category)  # a WHERE on status would lead SQLite to the wrong index
_EARLIER = product.alias("earlier")
_FIRST = or_(  # of a style only its first variant stands for it
    product.c.style.is_(None),
    ~exists().where(_EARLIER.c.style == product.c.style, _EARLIER.c.status == "active",
                    tuple_(_EARLIER.c.name, _EARLIER.c.num) < tuple_(product.c.name, product.c.num)),
)  # fmt: skip
_TILES = (
    select(product.c.name, product.c.num)
    .where(product.c.status == "active", _FIRST)
    .order_by(product.c.name, product.c.num)
    .limit(bindparam("most"))
)
_TILES_OF = _TILES.where(product.c.category == bindparam("category"))
_CATEGORIES = select(category.c.id, category.c.parent)


_SPANS = (
    select(product.c.style, func.count(), func.min(product.c.price_e4), func.max(product.c.price_e4))
    .where(product.c.status == "active")
    .group_by(product.c.style)
)


class Span(NamedTuple):
    """How many variants of a style are sold, and the lowest and highest of their prices (ten-thousandths)."""

    variants: int
    lowest: int | None
    highest: int | None


def _found(row: Any) -> Found:
    names = tuple(reversed([name for name in row[14:] if name is not None]))
    return Found._make((*row[:12], row[12] or "", row[13], names))


def by_code(pos: Pos, key: str) -> Found | None:
    """Return the product that has this code (14 digits, or in-house as it is)."""
    rows = pos.db.fast(_BY_CODE, {"code": key})
    return _found(rows[0]) if rows else None


def by_sku(pos: Pos, sku: str) -> Found | None:
    """Return the product with this SKU."""
    rows = pos.db.fast(_BY_SKU, {"sku": sku})
    return _found(rows[0]) if rows else None


def by_id(pos: Pos, product_id: str) -> Found | None:
    """Return a product by its id."""
    rows = pos.db.fast(_BY_ID, {"id": product_id})
    return _found(rows[0]) if rows else None


def price_of(pos: Pos, ref: str) -> int | None:
    """Return the unit price (ten-thousandths) behind an item's ref; None without one, or for another plugin's ref."""
    rows = pos.db.fast(_PRICE, {"id": ref.removeprefix(PREFIX)}) if ref.startswith(PREFIX) else []
    return rows[0][0] if rows else None


def item_of(
    found: Found, quantity: int | None = None, amount: int | None = None, sections: dict[str, Any] | None = None
) -> Item:
    """Return the snapshot that a sale keeps; Veto where the product is not sold any more."""
    if found.status != "active":
        if found.status == "retired":
            raise Veto(f"{found.name} is retired", "sell another product in its place", "code")
        raise Veto(f"{found.name} is not sold any more", "set its status to active to sell it", "code")
    return Item(
        ref=PREFIX + found.id, name=found.name, sku=found.sku, category=found.path, unit=found.unit, tax=found.tax,
        gtin=found.code if len(found.code) == 14 and is_digits(found.code) else "", pack=found.pack,
        weighed=bool(found.weighed), quantity=quantity, amount=amount,
        sections={**kept(found.more), **(sections or {})},
    )  # fmt: skip


# -- search as you type ------------------------------------------------------------------------------------


def search(pos: Pos, typed: str, within: str, limit: int) -> list[SearchHit]:
    """Return the active products that have every typed word, best first, or all by name where nothing is typed."""
    limit = max(0, min(limit, CANDIDATES))
    group = with_children(pos, within) if within else None
    typed = typed.strip()
    numbers = _matching(pos, typed, group) if typed else _tiles(pos, group, limit)
    rows = pos.db.fast(_SHORT, _places(numbers)) if numbers else []
    best = sorted((_rank(name, sku, typed), name, one, style or "", num)
                  for one, name, sku, style, status, num in rows if status == "active")  # fmt: skip
    styles = spans(pos, {style for *_, style, _ in best if style})
    once: dict[str, tuple[int, int]] = {}
    for rank, _, product_id, style, num in best:
        once.setdefault(f"{STYLE}{style}" if style in styles else product_id, (num, rank))
    chosen = dict(list(once.values())[:limit])
    rows = pos.db.fast(_WHOLE, _places([*chosen])) if chosen else []
    shown = {row[0]: _found(row[1:]) for row in rows}
    whole = ((shown.get(num), rank) for num, rank in chosen.items())
    return [_hit(one, rank, styles.get(one.style or "")) for one, rank in whole if one and one.status == "active"]


def _places(numbers: list[int]) -> dict[str, int]:
    """Return the numbers as values of PLACES, the last one repeated."""
    return {name: numbers[min(n, len(numbers) - 1)] for n, name in enumerate(PLACES)}


def _hit(found: Found, rank: int, span: Span | None) -> SearchHit:
    """Return a product as it is found; of a style with several variants the style."""
    item = item_of(found)
    if span is None:
        return SearchHit(item=item, price=found.price_e4, rank=rank, icon=found.icon)
    ref = f"{PREFIX}{STYLE}{found.style}"
    style = Item(ref=ref, name=found.style or "", category=item.category, unit=item.unit, tax=item.tax)
    return SearchHit(item=style, price=span.lowest, price_to=span.highest, variants=span.variants, rank=rank,
                     icon=found.icon)  # fmt: skip


def spans(pos: Pos, styles: Collection[str]) -> dict[str, Span]:
    """Return how many variants are sold of each style that has more than one, and from what to what they cost."""
    rows = pos.db.all(_SPANS.where(product.c.style.in_(sorted(styles)))) if styles else []
    return {row[0]: Span(*row[1:]) for row in rows if row[1] > 1}


def _rank(name: str, sku: str, typed: str) -> int:
    """Return 0 for the SKU itself, 1 where the name begins with what was typed, else 2."""
    wanted = typed.casefold()
    if wanted and sku.casefold() == wanted:
        return 0
    return 1 if name.casefold().startswith(wanted) else 2


def _matching(pos: Pos, typed: str, group: list[str] | None) -> list[int]:
    """Return the numbers of products that have every typed word; of a category among the first that match."""
    if group is None:
        return WORDS.find(pos.db.connection, typed, CANDIDATES)
    numbers = WORDS.find(pos.db.connection, typed, CANDIDATES_OF_CATEGORY)
    rows = pos.db.all(_BY_NUM.where(product.c.num.in_(numbers))) if numbers else []
    return [row[0] for row in rows if row[1] in group][:CANDIDATES]


def _tiles(pos: Pos, group: list[str] | None, limit: int) -> list[int]:
    """Return the numbers of the first products by name."""
    if group is None:
        return [row[1] for row in pos.db.fast(_TILES, {"most": limit})]
    parts = [map(tuple, pos.db.fast(_TILES_OF, {"category": one, "most": limit})) for one in group]
    return [number for _, number in itertools.islice(heapq.merge(*parts), limit)]


def with_children(pos: Pos, within: str) -> list[str]:
    """Return a category with everything below it."""
    below: dict[str, list[str]] = {}
    for one, parent in pos.db.fast(_CATEGORIES, {}):
        below.setdefault(parent, []).append(one)
    found = [within]
    for one in found:
        found += [child for child in below.get(one, ()) if child not in found]
    return found
