"""What there is to sell, as tiles: the catalogue's answers with stock, badges and tints beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from genesis.hooks import cart as cart_specs, platform as specs
from genesis.hooks.given import available
from genesis.hooks.values import Availability, Panel, SearchHit
from genesis.kernel.cart import Item
from genesis.plugin.app import App
from genesis.shell.failing import asked
from genesis.shell.vm.formats import PIECES, joined
from genesis.shell.vm.till import Category, Label, Tile, Tiles, Tone
from genesis.shell.words import _, many, told

CATEGORIES = "catalog_category"  # the records that name the groups of tiles
BADGE = "tile.badge"
SHOWN = 200  # tiles of one group: more are found by typing


class Showcase:
    """Answers the tile grid and the search field. items: what was shown, by ref, for a touch."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.items: dict[str, Item] = {}
        self._groups: dict[str, dict[str, Any]] = {}

    def categories(self) -> tuple[Category, ...]:
        """Return the outermost categories in their order."""
        if CATEGORIES not in self._app.records:
            return ()
        rows = self._app.pos.records(CATEGORIES).search("", limit=SHOWN)
        self._groups = {row["id"]: row for row in rows}
        tops = sorted((r for r in rows if not r["parent"]), key=lambda r: (r["position"], r["name"]))
        return tuple(Category(id=row["id"], name=row["name"], tint=row["tint"]) for row in tops)

    def tiles(self, category: str, offset: int, limit: int) -> Tiles:
        """Return a page of the items of a category."""
        hits = self._hits("", category, SHOWN)
        return Tiles(tiles=self._tiles(hits[offset : offset + limit]), total=len(hits))

    def search(self, text: str, limit: int) -> tuple[Tile, ...]:
        """Return what matches typed text, best first."""
        return self._tiles(self._hits(text, "", limit), detailed=True)

    def _hits(self, text: str, category: str, limit: int) -> list[SearchHit]:
        answers = self._app.pos.hooks.each(cart_specs.search_items)(text=text, category=category, limit=limit)
        hits = [hit for answer in answers for hit in answer]
        return sorted(hits, key=lambda hit: hit.rank)[:limit]

    def _tiles(self, hits: Iterable[SearchHit], *, detailed: bool = False) -> tuple[Tile, ...]:
        hits = list(hits)
        stock = available(self._app.pos, (hit.item.ref for hit in hits))
        return tuple(self._tile(hit, stock.get(hit.item.ref), detailed=detailed) for hit in hits)

    def _tile(self, hit: SearchHit, stock: Availability | None, *, detailed: bool) -> Tile:
        item = hit.item
        self.items[item.ref] = item
        group = self._group(item)
        badges = self.panels(BADGE, {"item": item.ref})
        badge = badges[0] if badges else None
        if stock is not None and stock.note and stock.tone:
            badge = Label(text=told(stock.note), tone=stock.tone)
        if hit.variants:
            badge = Label(text=f"×{hit.variants}")
        per = item.unit if item.weighed or item.unit not in PIECES else ""
        return Tile(
            item=item.ref,
            name=item.name,
            price=hit.price,
            per=per,
            icon=hit.icon or str(group.get("icon", "")),
            tint=str(group.get("tint", "")),
            badge=badge,
            note=told(stock.note) if stock is not None and not stock.tone else "",
            price_to=hit.price_to,
            detail=joined(_variants(hit), item.sku, item.gtin.lstrip("0"), *item.category[-1:]) if detailed else "",
            enabled=stock is None or stock.tone != "off",
        )

    def _group(self, item: Item) -> dict[str, Any]:
        """Return the category record of an item by the outermost name of its path."""
        if not item.category:
            return {}
        tops = (row for row in self._groups.values() if not row["parent"] and row["name"] == item.category[0])
        return next(tops, {})

    def around(self, slot: str) -> tuple[Label, ...]:
        """Return what plugins show in a slot around the open cart."""
        register = self._app.register
        if register is None:
            return ()
        return self.panels(slot, {"cart": register.cart, "priced": register.priced})

    def panels(self, slot: str, context: dict[str, Any]) -> tuple[Label, ...]:
        """Return what plugins show in a slot, in their order."""
        hooks = self._app.pos.hooks
        if not hooks.implemented(specs.panels):
            return ()
        answers, failed = asked(self._app.hooks, lambda: hooks.authored(specs.panels)(slot=slot, context=context))
        found: list[tuple[str, Panel]] = [(author, panel) for author, panels in answers for panel in panels]
        found.sort(key=lambda pair: pair[1].order)
        faults = (_failed(plugin) for plugin in failed if slot != BADGE)  # a tile has no room for it
        return (*(label(panel, author) for author, panel in found), *faults)


def _variants(hit: SearchHit) -> str:
    return many("{count} variant", "{count} variants", hit.variants) if hit.variants else ""


def _failed(plugin: str) -> Label:
    """Return the card in place of what a plugin would have shown."""
    text, what = _("{plugin} failed").format(plugin=plugin), _("Selling goes on without it; see Plugins")
    return Label(text=text, tone="bad", icon="unplug", detail=what, author=plugin)


def label(panel: Panel, author: str) -> Label:
    """Return a panel as the screens show it."""
    tone: Tone = panel.tone
    return Label(text=told(panel.text), tone=tone, icon=panel.icon, detail=told(panel.detail), author=author)
