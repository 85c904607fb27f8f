"""Which choices go with an item, what is asked, and what each answer is as a line of the sale."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select

from genesis import (
    Cart,
    Change,
    Companion,
    Confirm,
    FieldSpec,
    Item,
    Line,
    Pos,
    Price,
    UserError,
    Veto,
    exponent,
    item_of,
    many,
    price_text,
    taken,
)
from genesis_catalog.groups import groups as categories
from genesis_catalog.models import product
from genesis_catalog.more import kept
from genesis_modifiers.models import Option, group, options_of

ME, NAMED = "modifiers", "groups"
_ALL = select(group).order_by(group.c.position, group.c.name)


class Group(NamedTuple):
    """A group as the till asks for it."""

    id: str
    name: str
    least: int
    most: int
    options: tuple[Option, ...]


def names(pos: Pos) -> tuple[str, ...]:
    """Return the names of all groups, in their order."""
    return tuple(row.name for row in pos.db.all(_ALL))


def groups_of(pos: Pos, item: Item) -> list[Group]:
    """Return the groups of an item: those its product names, and those of its categories. UserError for a lost name."""
    wanted = {one for one in str(item.sections.get(ME, {}).get(NAMED) or "").split(",") if one}
    rows = pos.db.fast(_ALL, {})
    if not rows:
        if wanted:
            raise UserError(f"{item.name[:60]}: there is no group {min(wanted)}", "correct its choices", "item")
        return []
    path = " / ".join(item.category)
    above = _paths(pos) if path and any(row[6] for row in rows) else {}
    found = []
    for record, _, name, least, most, options, kinds, _ in rows:
        own = any(f"{path} / ".startswith(f"{above[one]} / ") for one in kinds.splitlines() if one in above)
        if own or name in wanted:
            wanted.discard(name)
            found.append(Group(record, name, least, most, options_of(options)))
    if wanted:
        raise UserError(f"{item.name[:60]}: there is no group {min(wanted)}", "correct its choices", "item")
    return found


def _paths(pos: Pos) -> dict[str, str]:
    return {key: one.path for key, one in categories(pos).items()}


def chosen(pos: Pos, cart: Cart, item: Item, line: Line | None) -> list[Companion] | None:
    """Return what was chosen with an item; raises Confirm to ask. line: what stands below it now is proposed."""
    if item.ref.startswith(f"{ME}:"):
        return None
    asked = groups_of(pos, item)
    if not asked:
        return None
    fields = {one.id: _field(pos, item, one) for one in asked}
    answers = pos.hooks.answers
    if any(field.name not in answers for field in fields.values()):
        now = [x for x in cart.lines if line is not None and x.under == line.id]
        proposed = {fields[one.id].name: _proposed(pos, item, one, now if line is not None else None) for one in asked}
        raise Confirm(f"{item.name[:60]}: what with it?", fields=tuple(fields.values()), values=proposed)
    found = []
    for one in asked:
        values = taken(fields[one.id], answers[fields[one.id].name])
        found += [each for option in one.options if option.name in values for each in _lines(pos, item, one, option)]
    return found


def _field(pos: Pos, item: Item, one: Group) -> FieldSpec:
    digits = exponent(pos.currency)
    labels = tuple((o.name, f"{o.name}  +{price_text(o.price, digits)}" if o.price else o.name) for o in one.options)
    return FieldSpec(name=f"{item.ref}/{one.id}", label=one.name, kind="options", choices=labels, least=one.least,
                     most=one.most, help=_rule(one))  # fmt: skip


def _rule(one: Group) -> str:
    if one.least == one.most:
        return f"Choose {one.least}"
    return f"Choose {one.least} to {one.most}" if one.least else f"Choose up to {one.most}"


def _proposed(pos: Pos, item: Item, one: Group, now: list[Line] | None) -> str:
    if now is None:
        return ",".join(option.name for option in one.options if option.first)
    refs = {line.item.ref for line in now}
    return ",".join(o.name for o in one.options if _lines(pos, item, one, o)[0].item.ref in refs)


def _lines(pos: Pos, item: Item, one: Group, option: Option) -> list[Companion]:
    """Return an option as what comes with the item: itself at its price, taxed as the item, and what it uses up.

    An option without a price is its product, at the product's own price.
    """
    found = []
    if option.price is not None:
        own = Item(ref=f"{ME}:{one.id}:{option.name}", name=option.name, category=item.category, tax=item.tax)
        found.append(Companion(item=own, price=Price(e4=option.price, source="option")))
    if option.code:
        used = item_of(pos, option.code, f"it is {option.name} in {one.name}: correct that, or add the product")
        price = None if option.price is None else Price(e4=0, source="option")
        found.append(Companion(item=used, qty=option.qty * used.pack // 1_000, price=price))
    return found


# -- before something is kept ------------------------------------------------------------------------------


def check_group(pos: Pos, change: Change) -> None:
    """Refuse a group whose options name products nobody knows, and taking away one that products name."""
    before, after = change.before, change.after
    for option in options_of(after["options"]) if after is not None else ():
        if option.code:
            try:
                item_of(pos, option.code)
            except UserError as wrong:
                raise Veto(wrong.what, "add the product first, or correct the code", "options") from wrong
    if before is not None and (after is None or after["name"] != before["name"]):
        users = [name for name, named in _users(pos) if before["name"] in named]
        if users:
            raise Veto(many("{count} product names this group: {name}",
                            "{count} products name this group, {name} among them", len(users), name=users[0][:60]),
                       "take it off them first", "name")  # fmt: skip


def _users(pos: Pos) -> list[tuple[str, list[str]]]:
    wanted = select(product.c.name, product.c.more).where(product.c.more.contains(f'"{ME}"'))
    rows = pos.db.all(wanted.order_by(product.c.name))
    return [(row.name, kept(row.more).get(ME, {}).get(NAMED, "").split(",")) for row in rows]


def category_ids(pos: Pos, text: str) -> str:
    """Return the ids of categories that are written as paths, one a line; UserError by field."""
    known = {path.casefold().replace(" / ", "/"): key for key, path in _paths(pos).items()}
    found = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        key = known.get(line.casefold().replace(" / ", "/"))
        if key is None:
            raise UserError(f"categories: there is no category {line[:60]!r}", "write it as Drinks/Coffee",
                            "categories")  # fmt: skip
        found.append(key)
    return "\n".join(found)


def category_paths(pos: Pos, ids: str) -> str:
    """Return the paths of categories by their ids, one a line; what is gone is left out."""
    known = _paths(pos)
    return "\n".join(known[key] for key in ids.splitlines() if key in known)


def row_of(values: dict[str, Any]) -> dict[str, Any]:
    """Return what a form says of a group, its numbers as numbers."""
    told = dict(values)
    for field in ("least", "most", "position"):
        text = str(told.get(field) or "").strip()
        if text and not (text.isascii() and text.isdigit()):
            raise UserError(f"{field}: it is a whole number", "write it without point and sign", field)
        told[field] = int(text) if text else None
    return told
