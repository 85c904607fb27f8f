"""The window of the first start: one card that asks what a store must have, before there is any."""

from __future__ import annotations

import logging
import tkinter
from collections.abc import Callable
from functools import partial
from types import TracebackType

from genesis.kernel.errors import GenesisError
from genesis.plugin.discovery import discover, load
from genesis.shell.kit import controls, fonts, styles, theme
from genesis.shell.kit.field import Field
from genesis.shell.kit.geometry import Box, columns
from genesis.shell.kit.kit import Kit, fitting_scale
from genesis.shell.kit.pane import Pane
from genesis.shell.preferences import Preferences
from genesis.shell.tasks import Tasks
from genesis.shell.vm.first import FIELDS, FirstStart, Wish
from genesis.shell.words import _, mirrored, of_this_computer, speak

log = logging.getLogger("genesis.shell")
SIZE = (960, 720)
CARD = Box(0, 0, 560, 596)


def first_start(make: Callable[[Wish], object]) -> bool:
    """Ask and make the store; returns False where the window was closed before there was one.

    Where no window can be opened nothing is asked, and whoever needs the store will say that there is none.
    """
    speak(of_this_computer())
    try:
        window = FirstWindow(make)
    except tkinter.TclError as none:
        log.info("the first start has no window: %s", none)
        return True
    window.root.mainloop()
    return window.vm.made


def usual_look() -> theme.Theme:
    """Return the look that a till has at first, the plain one where its plugin is not there."""
    try:
        wanted = {i for i, found in discover().items() if not found.fault and found.manifest.category == "theme"}
        for plugin in load(wanted)[0].values():
            for look in plugin.themes():
                if look.id == Preferences().theme:
                    return theme.load(look.folder / "theme.json")
    except (GenesisError, AttributeError, TypeError) as wrong:
        log.warning("the first start is plain: %s", wrong)
    return theme.load(theme.BASE)


class FirstWindow:
    """The window; closing it leaves nothing behind, but not while the store is being made."""

    def __init__(self, make: Callable[[Wish], object]) -> None:
        fonts.load_private(fonts.prepare())
        self.root = tkinter.Tk(className="Genesis")
        self.root.title(_("Genesis: first start"))
        self.root.geometry(f"{SIZE[0]}x{SIZE[1]}")
        self.root.minsize(640, 520)
        self.root.report_callback_exception = self._fault
        self.kit = Kit(self.root, usual_look(), self._scale(*SIZE))
        self.kit.mirrored = mirrored()
        styles.apply(self.kit)
        self.tasks = Tasks(self.root)
        self.vm = FirstStart(self.tasks, make)
        self.pane = Pane(self.root, self.kit, self._draw)
        self.pane.place(relwidth=1, relheight=1)
        self.fields = {
            name: Field(self.pane, name, partial(self.vm.write, name), secret=name in {"secret", "again"})
            for name in FIELDS
        }
        for name, field in self.fields.items():
            field.write(self.vm.values[name])
            field.entry.bind("<Return>", lambda _event: self.vm.make())
        self.vm.subscribe(self._changed)
        self.root.bind("<Configure>", self._on_size, add="+")
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self._begun = self.root.bind("<Visibility>", self._begin, add="+")

    def _begin(self, event: tkinter.Event[tkinter.Misc]) -> None:
        """The window is in sight: type the name."""
        if event.widget is self.root:
            self.root.unbind("<Visibility>", self._begun)
            self.root.focus_force()
            self.fields["name"].focus()

    def _scale(self, width: int, height: int) -> float:
        return min(fitting_scale(self.root.winfo_fpixels("1i") / 96, 1.0, width, height), height / (CARD.h + 24))

    def _on_size(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if event.widget is self.root and (scale := self._scale(event.width, event.height)) != self.kit.scale:
            self.kit.change(self.kit.theme, scale)
            styles.apply(self.kit)
        self.pane.refresh()

    def _changed(self) -> None:
        if self.vm.made:
            self.close()
            return
        for name, field in self.fields.items():
            field.write(self.vm.values[name])
        if self.vm.faults and not self.vm.busy:
            wrong = next((name for name in FIELDS if name in self.vm.faults), "")
            typing = self.root.focus_get() in [field.entry for field in self.fields.values()]
            if wrong and not typing:
                self.fields[wrong].focus()
        self.pane.refresh()

    def _fault(self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        """An error of ours: it is said where it can be read."""
        log.error("the first start failed", exc_info=error)
        self.vm.faults[""] = f"{type(error).__name__}: {error}"
        self.pane.refresh()

    def close(self) -> None:
        """Close the window."""
        if not self.vm.busy:
            self.tasks.close()
            self.root.update_idletasks()
            self.root.destroy()

    # Drawing -----------------------------------------------------------------------------------------------

    def _draw(self, p: Pane) -> None:
        c, area = self.kit.theme.color, p.area
        p.clear(c.app)
        card = Box(area.cx - CARD.w / 2, max(area.cy - CARD.h / 2, 8), CARD.w, CARD.h)
        p.surface("card", card, self.kit.theme.radius.card, c.surface, c.border, raised=True)
        p.under = c.surface
        inner = card.inset(32, 28)
        p.surface("logo", Box(inner.x, inner.y, 48, 48), 12, c.mark, None)
        p.text("logo.text", inner.x + 24, inner.y + 24, "G", "logo", c.on_mark, "center")
        p.text("title", inner.x + 64, inner.y + 13, _("A new store"), "title", c.text, "w", inner.w - 64)
        said = _("What cannot be guessed, and what stands on every receipt")
        p.text("said", inner.x + 64, inner.y + 37, said, "small", c.text2, "w", inner.w - 64)
        rows = [Box(inner.x, inner.y + 68 + i * 96, inner.w, 96) for i in range(3)]
        self._draw_field(p, "name", rows[0], _("Name of the store"), "store")
        pair = columns(rows[1], 2, 16)
        self._draw_field(p, "currency", pair[0], _("Currency"), "coins", self.vm.currency)
        self._draw_field(p, "register", pair[1], _("This register is called"), "hash")
        pair = columns(rows[2], 2, 16)
        self._draw_field(p, "secret", pair[0], _("Password of the owner"), "lock", _("Empty: nobody is asked"))
        self._draw_field(p, "again", pair[1], _("The same again"), "lock")
        self._draw_buttons(p, Box(inner.x, rows[2].bottom + 4, inner.w, inner.bottom - rows[2].bottom - 4))

    def _draw_field(self, p: Pane, name: str, box: Box, label: str, icon: str, help_text: str = "") -> None:
        """A field with its name above it and, below it, what is wrong with it or what it means."""
        c, fault = self.kit.theme.color, self.vm.faults.get(name, "")
        p.text(f"{name}.label", box.x, box.y + 8, label, "small_medium", c.text2, "w", box.w)
        self.fields[name].draw(Box(box.x, box.y + 20, box.w, 48), "", icon=icon, bad=bool(fault))
        ink = c.bad if fault else c.text3
        p.text(f"{name}.fault", box.x, box.y + 79, fault or help_text, "small", ink, "w", box.w)

    def _draw_buttons(self, p: Pane, box: Box) -> None:
        c, busy = self.kit.theme.color, self.vm.busy
        p.text("fault", box.x, box.y + 10, self.vm.faults.get("", ""), "small_medium", c.bad, "w", box.w)
        text = _("The store is being made") if busy else _("Make the store")
        controls.button(p, "make", Box(box.x, box.y + 26, box.w, 56), self.vm.make, text=text, kind="primary",
                        style="heading", cap="" if busy else _("Enter"), enabled=not busy)  # fmt: skip
        text = _("Look around in the demo store")
        controls.button(p, "demo", Box(box.x, box.y + 92, box.w, 48), self.vm.demo, text=text, icon="store",
                        enabled=not busy)  # fmt: skip
        note = _("Taxes, products and printers come next: Help (F1), The first day")
        p.text("next", box.cx, box.y + 158, note, "small", c.text3, "center", box.w)
