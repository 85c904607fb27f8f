"""What kits mean for a sale and for the stock: their parts, how many can be sold, assembling and taking apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import select

from genesis import (
    Arrival,
    Arrived,
    Availability,
    Change,
    Companion,
    Item,
    Panel,
    Pos,
    Price,
    UserError,
    Veto,
    available,
    item_of,
    quantity_text,
)
from genesis.hooks import cart as specs
from genesis_catalog.lookup import PREFIX
from genesis_catalog.models import PRODUCTS, product, product_keys, sku_key
from genesis_catalog.more import kept
from genesis_kits.recipe import MADE_OF, ME, PARTS, SOLD, Recipe, recipe_of
from genesis_stock.models import StockRow
from genesis_stock.service import change, on_hand, places, policy_of, today

DEEPEST = 5  # kits within kits


class Leaf(NamedTuple):
    """What is really handed over or taken for one kit; qty: thousandths of its unit."""

    item: Item
    qty: int


def part_items(pos: Pos, name: str, recipe: Recipe) -> list[tuple[Item, int, int]]:
    """Return (item, thousandths of its unit, price) of each part; UserError for a label, and where nobody knows one."""
    found = []
    for part in recipe.parts:
        item = item_of(pos, part.code, f"it is a part of {name[:60]}: correct that, or add the part")
        if item.quantity is not None or item.amount is not None:
            raise UserError(f"{part.code} is the label of one piece", f"name the product in {name[:60]}", "code")
        found.append((item, part.qty * item.pack // 1_000, part.price))
    return found


def parts_below(pos: Pos, item: Item) -> list[Companion] | None:
    """Return the parts of a kit that is sold as its parts, at the price its recipe says."""
    recipe = recipe_of(item.sections)
    if recipe is None or recipe.sold != PARTS:
        return None
    return [Companion(item=part, qty=qty, price=Price(e4=price, source="kit"))
            for part, qty, price in part_items(pos, item.name, recipe)]  # fmt: skip


def leaves(pos: Pos, name: str, recipe: Recipe, depth: int = 1) -> dict[str, Leaf]:
    """Return what a kit takes from the stock, by ref: parts that are themselves sold as parts are followed down."""
    if depth > DEEPEST:
        raise UserError(f"{name[:60]} is made of itself", "correct what it is made of", f"{ME}.{MADE_OF}")
    found: dict[str, Leaf] = {}
    for item, qty, _ in part_items(pos, name, recipe):
        own = recipe_of(item.sections)
        below = leaves(pos, item.name, own, depth + 1) if own is not None and own.sold == PARTS else {}
        for leaf in below.values() if below else (Leaf(item, 1_000),):
            before = found[leaf.item.ref].qty if leaf.item.ref in found else 0
            found[leaf.item.ref] = Leaf(leaf.item, before + leaf.qty * qty // 1_000)
    return found


def recipes(pos: Pos, refs: Collection[str]) -> dict[str, tuple[str, Recipe]]:
    """Return (name, recipe) of those of these items that are kits; one that cannot be read is left out."""
    ids = [ref.removeprefix(PREFIX) for ref in refs if ref.startswith(PREFIX)]
    found = {}
    for row in pos.db.all(select(product.c.id, product.c.name, product.c.more).where(product.c.id.in_(ids))):
        with suppress(UserError):
            recipe = recipe_of(kept(row.more))
            if recipe is not None:
                found[f"{PREFIX}{row.id}"] = (row.name, recipe)
    return found


# -- before a product is kept ------------------------------------------------------------------------------


def check_product(pos: Pos, asked: Change) -> None:
    """Refuse a recipe that cannot be read or contains its own product, and a kit of parts that is still in stock."""
    row = asked.after
    recipe = recipe_of(kept(row["more"])) if row is not None and f'"{ME}"' in (row.get("more") or "") else None
    if row is None or recipe is None:
        return
    ref = f"{PREFIX}{asked.id}"
    if recipe.sold == PARTS and any(on_hand(pos, ref, at) for at in places(pos)):
        raise Veto(f"there still is some of {row['name'][:60]} in stock",
                   "sell it or write it off before it is sold as its parts", f"{ME}.{SOLD}")  # fmt: skip
    own = {key for _, key in product_keys(row)}
    todo, seen = [part.code for part in recipe.parts], set[str]()
    while todo:
        code = todo.pop()
        item = _known(pos, code)
        if sku_key(code) in own or (item is not None and item.ref == ref):
            raise Veto(f"{row['name'][:60]} would be made of itself", f"take {code} out of it, or out of its parts",
                       f"{ME}.{MADE_OF}")  # fmt: skip
        if item is not None and item.ref not in seen:
            seen.add(item.ref)
            with suppress(UserError):  # that of another product is refused where that is kept, and at the till
                below = recipe_of(item.sections)
                todo += [part.code for part in below.parts] if below is not None else ()


def _known(pos: Pos, code: str) -> Item | None:
    """Return the item behind a code, None where nobody knows it (yet: a list may name a kit before its parts)."""
    with suppress(UserError):
        found = pos.hooks.first(specs.resolve_code)(cart=None, code=code)
        return found if isinstance(found, Item) else None
    return None


# -- how many there are ------------------------------------------------------------------------------------


def availability(pos: Pos, items: Iterable[str]) -> dict[str, Availability]:
    """Return how many kits that are sold as parts could be sold: as many as the least of their parts allows."""
    wanted = {}
    for ref, (name, recipe) in recipes(pos, tuple(items)).items():
        if recipe.sold == PARTS:
            with suppress(UserError):  # the till says what is wrong with it
                wanted[ref] = leaves(pos, name, recipe)
    have = available(pos, {leaf for many in wanted.values() for leaf in many}) if wanted else {}
    found = {}
    for ref, many in wanted.items():
        counted = [(have[leaf], one.qty) for leaf, one in many.items() if leaf in have and one.qty]
        if counted:
            found[ref] = _least(counted)
    return found


def _least(counted: list[tuple[Availability, int]]) -> Availability:
    """Return what whole kits there are of parts: (what is left of one, how much of it a kit takes)."""
    count = max(0, min(have.available // qty for have, qty in counted))
    on = max(0, min(have.on_hand // qty for have, qty in counted))
    tones = {have.tone for have, qty in counted if max(0, have.available // qty) == count}
    text = str(count)
    if not count:
        over = "off" in tones
        return Availability(on_hand=on * 1_000, available=0, note="Sold out" if over else text,
                            tone="off" if over else "bad")  # fmt: skip
    low = "warn" in tones
    return Availability(on_hand=on * 1_000, available=count * 1_000, note=f"{text} left" if low else text,
                        tone="warn" if low else "")  # fmt: skip


def told(pos: Pos, ref: str) -> list[Panel] | None:
    """Return what a product's page says of its parts; those that nobody knows stand out."""
    kit = recipes(pos, [ref]).get(ref)
    if kit is None:
        return None
    rows = []
    items = [(part, _known(pos, part.code)) for part in kit[1].parts]
    have = available(pos, {item.ref for _, item in items if item is not None})
    for part, item in items:
        count = quantity_text(part.qty)
        if item is None:
            rows.append(Panel(text=f"{count} × {part.code}", detail="not known, or not sold", tone="bad"))
        else:
            left = have.get(item.ref)
            detail = f"{quantity_text(left.available)} on hand" if left is not None else ""
            rows.append(Panel(text=f"{count} × {item.name}", detail=detail, tone=left.tone if left else ""))
    return rows


# -- assembling --------------------------------------------------------------------------------------------


def assemble(pos: Pos, code: str, count: int, *, apart: bool = False) -> str:
    """Make so many kits of their parts, or take them apart again, in one movement; returns the kit's name.

    What comes in is worth what went out. UserError where it is no such kit or a part is not kept in stock, Refused
    where a part that is never sold below zero does not suffice: nothing moves then.
    """
    item = item_of(pos, code)
    recipe = recipe_of(item.sections)
    if recipe is None:
        raise UserError(f"{item.name[:60]} is no kit", "say in its form what it is made of", "code")
    if recipe.sold == PARTS:
        raise UserError(f"{item.name[:60]} is sold as its parts", "there is nothing to assemble", "code")
    if not 0 < count <= 100_000:
        raise UserError("count: it is out of range", "use 1 to 100000", "count")
    sign = -1 if apart else 1
    rows = [StockRow(item=item.ref, name=item.name, qty=sign * count * 1_000)]
    for leaf in leaves(pos, item.name, recipe).values():
        if policy_of(pos, leaf.item.ref) == "off":
            raise UserError(f"{leaf.item.name[:60]} is not kept in stock", "receive it first", "code")
        rows.append(StockRow(item=leaf.item.ref, name=leaf.item.name, qty=-sign * count * leaf.qty))
    goods = tuple(Arrived(item=row.item, name=row.name, qty=row.qty) for row in rows)
    arrival = Arrival(day=today(pos), location=places(pos)[0], rows=goods, why="apart" if apart else "assembled")
    change(pos, "assembled", rows, also=(arrival,))
    return item.name


def check_arriving(pos: Pos, refs: Collection[str]) -> None:
    """Refuse to take in what only exists as its parts."""
    for name, recipe in recipes(pos, refs).values():
        if recipe.sold == PARTS:
            raise UserError(f"{name[:60]} is sold as its parts", "take in the parts", "item")


def all_kits(pos: Pos) -> list[tuple[str, str, str | None]]:
    """Return (ref, name, what plugins keep) of every product with a recipe, by name."""
    wanted = select(product.c.id, product.c.name, product.c.more).where(product.c.more.contains(f'"{ME}"'))
    return [(f"{PREFIX}{row.id}", row.name, row.more) for row in pos.db.all(wanted.order_by(product.c.name))]


def is_assembled(pos: Pos, product_id: str) -> bool:
    """Return whether a product is a kit that is assembled beforehand."""
    row = pos.records(PRODUCTS.name).get(product_id)
    with suppress(UserError):
        recipe = recipe_of(kept(row["more"])) if row is not None else None
        return recipe is not None and recipe.sold != PARTS
    return False
