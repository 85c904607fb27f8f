"""ttk widgets in the look of the theme: fields and tables stay real widgets, which people and tools know."""

from __future__ import annotations

import tkinter
from tkinter import ttk

from genesis.shell.kit.kit import Kit


def apply(kit: Kit) -> None:
    """Style every ttk class that the shell uses; call again after a change of theme or scale."""
    style = ttk.Style(kit.root)
    if style.theme_use() != "clam":
        style.theme_use("clam")
    c, px = kit.theme.color, kit.px
    kit.root.option_add("*TCombobox*Listbox.font", str(kit.fonts["name"]))
    plain = {"bordercolor": c.surface, "lightcolor": c.surface, "darkcolor": c.surface, "borderwidth": 0}
    style.configure(
        "Genesis.TEntry",
        fieldbackground=c.surface, background=c.surface, foreground=c.text, insertcolor=c.text,
        insertwidth=max(px(2), 1), selectbackground=c.primary, selectforeground=c.on_primary, padding=0, **plain,
    )  # fmt: skip
    style.map("Genesis.TEntry", **{key: [("focus", c.surface)] for key in ("bordercolor", "lightcolor", "darkcolor")})
    style.configure(
        "Genesis.Treeview",
        background=c.surface, fieldbackground=c.surface, foreground=c.text, font=str(kit.fonts["name"]),
        rowheight=px(48), **plain,
    )  # fmt: skip
    style.map(
        "Genesis.Treeview",
        background=[("selected", c.primary_soft)], foreground=[("selected", c.primary_text)],
    )  # fmt: skip
    style.configure(
        "Genesis.Treeview.Heading",
        background=c.subtle, foreground=c.text2, font=str(kit.fonts["label"]), relief="flat",
        padding=(px(8), px(11)), bordercolor=c.subtle, lightcolor=c.subtle, darkcolor=c.subtle,
    )  # fmt: skip
    style.map("Genesis.Treeview.Heading", background=[("active", c.cap)])
    style.layout("Genesis.Treeview", [("Treeview.treearea", {"sticky": "nswe"})])
    style.configure("Genesis.Treeview.Cell", padding=(px(6), 0))
    style.layout(  # no arrow before the icon: nothing here opens
        "Genesis.Treeview.Item",
        [("Treeitem.padding", {"sticky": "nswe", "children": [("Treeitem.image", {"sticky": ""})]})],
    )


def entry(parent: tkinter.Misc, kit: Kit, *, secret: bool = False) -> ttk.Entry:
    """Make a flat field; the pane around it draws border, ring and hint."""
    return ttk.Entry(parent, style="Genesis.TEntry", font=str(kit.fonts["input"]), show="•" if secret else "")
