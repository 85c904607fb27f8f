"""ttk widgets in the look of the theme: fields and tables stay real widgets, which people and tools know."""

from __future__ import annotations

import tkinter
from tkinter import ttk
from typing import Any

from genesis.shell.kit.kit import Kit


def apply(kit: Kit) -> None:
    """Style every ttk class that the shell uses; call again after a change of theme or scale."""
    style = ttk.Style(kit.root)
    if style.theme_use() != "clam":
        style.theme_use("clam")
    c, px = kit.theme.color, kit.px
    flat: dict[str, Any] = dict.fromkeys(("bordercolor", "lightcolor", "darkcolor"), c.surface)
    field: dict[str, Any] = {
        **flat,
        "fieldbackground": c.surface,
        "background": c.surface,
        "foreground": c.text,
        "insertcolor": c.text,
        "insertwidth": max(px(2), 1),
        "selectbackground": c.primary,
        "selectforeground": c.on_primary,
        "borderwidth": 0,
        "padding": 0,
    }
    style.configure("Genesis.TEntry", None, **field)
    style.map("Genesis.TEntry", None, **{name: [("focus", c.surface)] for name in flat})
    _style_tables(style, kit, flat)


def _style_tables(style: ttk.Style, kit: Kit, flat: dict[str, Any]) -> None:
    c, px = kit.theme.color, kit.px
    table: dict[str, Any] = {"background": c.surface, "fieldbackground": c.surface, "foreground": c.text}
    style.configure("Genesis.Treeview", None, **flat, **table, borderwidth=0)
    style.configure("Genesis.Treeview", None, font=str(kit.fonts["name"]), rowheight=px(48))
    style.configure("Genesis.Treeview.Cell", None, padding=(px(6), 0))
    head: dict[str, Any] = dict.fromkeys(("background", "bordercolor", "lightcolor", "darkcolor"), c.subtle)
    head |= {"foreground": c.text2, "font": str(kit.fonts["label"]), "relief": "flat", "padding": (px(8), px(11))}
    style.configure("Genesis.Treeview.Heading", None, **head)
    style.map("Genesis.Treeview.Heading", None, background=[("active", c.cap)])
    style.layout("Genesis.Treeview", [("Treeview.treearea", {"sticky": "nswe"})])
    icon: Any = [("Treeitem.image", {"sticky": ""})]  # no arrow before the icon: nothing here opens
    style.layout("Genesis.Treeview.Item", [("Treeitem.padding", {"sticky": "nswe", "children": icon})])


def entry(parent: tkinter.Misc, kit: Kit, *, secret: bool = False) -> ttk.Entry:
    """Make a flat field; the pane around it draws border, ring and hint."""
    return ttk.Entry(parent, style="Genesis.TEntry", font=str(kit.fonts["input"]), show="•" if secret else "")
