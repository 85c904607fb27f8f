"""A plugin with three goods, some screens that work and some that do not, an action and a panel."""

from __future__ import annotations

import tkinter
from typing import Any

from genesis import Action, Item, Panel, Price, Screen, SearchHit, hookimpl

NAMES = {"101": ("Flat white", 34_000), "102": ("Croissant", 18_000), "103": ("Loose nuts", 123_456)}


class Goods:
    """Untaxed goods with codes 101 to 103; also a screen, an action and panels."""

    ran = 0

    def _item(self, code: str) -> Item:
        weighed = code == "103"
        return Item(ref=f"goods:{code}", name=NAMES[code][0], unit="kg" if weighed else "pcs", weighed=weighed)

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        known = code.removeprefix("goods:")
        return self._item(known) if known in NAMES else None

    @hookimpl
    def base_price(self, item: Item) -> Price | None:
        return Price(e4=NAMES[item.ref.removeprefix("goods:")][1]) if item.ref.startswith("goods:") else None

    @hookimpl
    def search_items(self, text: str, limit: int) -> list[SearchHit]:
        found = [code for code, (name, _) in NAMES.items() if text.casefold() in name.casefold()]
        return [SearchHit(item=self._item(code), price=NAMES[code][1]) for code in found][:limit]

    @hookimpl
    def screens(self) -> list[Screen]:
        return [
            Screen(id="fine", title="Fine", icon="star", build=f"{__name__}:fine", permission="register.sell"),
            Screen(id="later", title="Later", icon="bug", build=f"{__name__}:later", permission="register.sell"),
            Screen(id="broken", title="Broken", icon="bug", build=f"{__name__}:broken", permission="register.sell"),
            Screen(id="secret", title="Secret", icon="lock", build=f"{__name__}:fine", permission="not.declared"),
        ]

    @hookimpl
    def actions(self) -> list[Action]:
        def run(_pos: Any) -> None:
            Goods.ran += 1

        def fail(_pos: Any) -> None:
            raise ZeroDivisionError

        return [
            Action(id="goods.count", title="Count", run=run, permission="register.sell", keys="Ctrl+G"),
            Action(id="goods.fail", title="Fail", run=fail, permission="register.sell", keys="F12"),
        ]

    @hookimpl
    def panels(self, slot: str) -> list[Panel] | None:
        return [Panel(text="Goods are here", tone="good")] if slot == "status.pill" else None


def fine(parent: tkinter.Misc, pos: Any) -> tkinter.Widget:
    return tkinter.Label(parent, text=pos.currency)


def later(parent: tkinter.Misc, _pos: Any) -> tkinter.Widget:
    def fail() -> None:
        raise RuntimeError("this button does not work")

    return tkinter.Button(parent, text="Press", command=fail)


def broken(parent: tkinter.Misc, _pos: Any) -> tkinter.Widget:
    tkinter.Label(parent, text="half built")
    raise RuntimeError("this page does not work")
