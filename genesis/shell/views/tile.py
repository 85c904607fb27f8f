"""How a tile of the grid and a found item look."""

from __future__ import annotations

from functools import partial

from genesis.kernel.money import QTY_SCALE
from genesis.shell.kit.controls import count, pill, pill_width
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.theme import mix
from genesis.shell.vm.cashier import CashierVM
from genesis.shell.vm.till import Tile
from genesis.shell.words import _


def draw_tile(p: Pane, key: str, box: Box, tile: Tile, vm: CashierVM, in_cart: int) -> None:
    """A card with a tinted head, name and price; a count where it is in the cart, a badge where a plugin says so."""
    c = p.kit.theme.color
    back, front = p.kit.theme.tints(tile.tint) if tile.enabled else (c.disabled_soft, c.disabled)
    band = min(max(box.h - 76, box.h * 0.3), 64)
    fill = mix(c.surface, c.text, 0.05) if p.pressed == key else c.surface
    border, stroke = (c.primary, 2) if in_cart else (c.border, 1)
    p.surface(key, box, p.kit.theme.radius.card, fill, border, stroke=stroke, raised=True, band=(band, back))
    if in_cart:
        shown = in_cart if in_cart % QTY_SCALE == 0 else QTY_SCALE if in_cart > 0 else -QTY_SCALE
        text = vm.desk.formats.quantity(shown)
        count(p, f"{key}.count", box.right - 22, box.y + 22, text, back, fill=c.mark, front=c.on_mark)
    name_y, price_y = box.y + band + (box.h - band) * 0.34, box.bottom - 21
    if box.h - band < 60:
        name_y, price_y = box.y + band + 15, box.bottom - 14
    ink = c.text if tile.enabled else c.disabled
    p.text(f"{key}.name", box.x + 14, name_y, tile.name, "name", ink, "w", box.w - 28)
    price = price_of(tile, vm)
    style = "price" if tile.price is not None else "strong"
    right, size, free = box.right - 14, min(34, band - 8), box.x
    if tile.badge is not None:
        width = pill_width(p, tile.badge.text, height=24)
        beside = box.w - 34 - width >= p.measure(style, price)
        free = free if beside else box.x + 8 + width
        place = (box.right - 10, price_y) if beside else (box.x + 8 + width, box.y + 18)
        pill(p, f"{key}.badge", *place, tile.badge.text, tile.badge.tone, height=24, under=fill if beside else back)
        right -= width if beside else 0
    elif tile.note and box.w - 40 >= p.measure(style, price) + p.measure("num_small", tile.note):
        right -= p.text(f"{key}.note", right, price_y, tile.note, "num_small", c.text2, "e")
    if box.cx - size / 2 >= free:  # a badge over the icon leaves it out
        p.icon(f"{key}.icon", tile.icon or "package", box.cx, box.y + band / 2, size, front, back)
    ink = c.text2 if tile.enabled else c.disabled
    p.text(f"{key}.price", box.x + 14, price_y, price, style, ink, "w", right - box.x - 20)
    p.hot(key, box, partial(vm.touch, tile), tile.name, enabled=tile.enabled)


def draw_hit(p: Pane, key: str, box: Box, tile: Tile, vm: CashierVM, *, marked: bool) -> None:
    """A row of the search results."""
    c = p.kit.theme.color
    fill = c.primary_soft if marked else mix(c.surface, c.text, 0.05) if p.pressed == key else c.surface
    p.surface(key, box, p.kit.theme.radius.button, fill, c.primary if marked else c.border, stroke=2 if marked else 1)
    back, front = p.kit.theme.tints(tile.tint)
    head = Box(box.x + 8, box.y + 8, box.h - 16, box.h - 16)
    p.surface(f"{key}.head", head, 10, back, None, fill)
    p.icon(f"{key}.icon", tile.icon or "package", head.cx, head.cy, 22, front, back)
    price = price_of(tile, vm)
    right = box.right - 16 - p.text(f"{key}.price", box.right - 16, box.cy, price, "price", c.text, "e")
    left = head.right + 12
    if tile.detail:
        p.text(f"{key}.name", left, box.cy - 9, tile.name, "name", c.text, "w", right - left - 12)
        p.text(f"{key}.detail", left, box.cy + 11, tile.detail, "small", c.text2, "w", right - left - 12)
    else:
        p.text(f"{key}.name", left, box.cy, tile.name, "name", c.text, "w", right - left - 12)
    p.hot(key, box, partial(vm.touch, tile), tile.name, enabled=tile.enabled)


def price_of(tile: Tile, vm: CashierVM) -> str:
    """Return the price of a tile in words, from what to what for variants."""
    if tile.price is None:
        return _("Any amount")
    price = vm.desk.formats.price(tile.price, tile.per)
    more = tile.price_to is not None and tile.price_to != tile.price
    return f"{price}–{vm.desk.formats.price(tile.price_to or 0, tile.per)}" if more else price
