"""ttk widgets in the look of the theme: fields and tables stay real widgets, which people and tools know."""

from __future__ import annotations

import tkinter
from tkinter import ttk
from typing import Any

from genesis.shell.kit.kit import Kit


def apply(kit: Kit) -> None:
    """Style every ttk class that the shell uses; call again after a change of theme or scale."""
    kit.root.event_delete("<<LineStart>>", "<Control-Key-a>")  # of X11; everybody else knows it by what follows
    kit.root.event_add("<<SelectAll>>", "<Control-Key-a>", "<Control-Lock-Key-A>")
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
    behind, faint = kit.theme.veiled(c.surface), kit.theme.veiled(c.text)
    edges = {name: [("disabled", behind), ("focus", c.surface)] for name in flat}
    style.map("Genesis.TEntry", None, fieldbackground=[("disabled", behind)], background=[("disabled", behind)],
              foreground=[("disabled", faint)], **edges)  # fmt: skip


def entry(parent: tkinter.Misc, kit: Kit, *, secret: bool = False) -> ttk.Entry:
    """Make a flat field; the pane around it draws border, ring and hint."""
    return ttk.Entry(parent, style="Genesis.TEntry", font=str(kit.fonts["input"]), show="•" if secret else "")
