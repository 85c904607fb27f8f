"""A text field: a real ttk entry inside a drawn border with icon, hint, key cap and focus ring."""

from __future__ import annotations

import tkinter
from collections.abc import Callable

from genesis.shell.kit import styles
from genesis.shell.kit.controls import keycap
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.safe import drawable, safe_text


class Field:
    """An entry on a pane. on_write: called with the text after each change by a person."""

    def __init__(self, pane: Pane, key: str, on_write: Callable[[str], object], *, secret: bool = False) -> None:
        self._pane, self._key, self._on_write = pane, key, on_write
        self._text = tkinter.StringVar(pane)
        self._silent = False
        self.entry = styles.entry(pane, pane.kit, secret=secret)
        self.entry.configure(textvariable=self._text)
        pane.turned_over(self.entry)
        self._hint = tkinter.Label(self.entry, borderwidth=0, padx=0, pady=0, cursor="xterm")
        self._hint.bind("<ButtonPress-1>", lambda _e: self.entry.focus_set())
        for sequence in ("<FocusIn>", "<FocusOut>"):
            self.entry.bind(sequence, lambda _e: pane.refresh(), add="+")
        self._text.trace_add("write", self._written)

    def _written(self, *_names: str) -> None:
        """Told by Tk within each change, so that the view-model never lags behind the field."""
        self._show_hint()
        if not self._silent:
            self._on_write(self._text.get())

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self._text.get()

    def write(self, text: str) -> None:
        """Put a text into the field without telling; it is not shaped, as people go on typing in it."""
        if text == self._text.get():
            return
        self._silent = True
        self._text.set(drawable(text))
        self._silent = False
        self.entry.icursor("end")

    def focus(self) -> None:
        """Give the field the keys."""
        self.entry.focus_set()

    def draw(self, box: Box, hint: str, *, icon: str = "", cap: str = "", suffix: str = "", bad: bool = False) -> None:
        """Draw border, icon and cap (or a unit), and place the entry between them."""
        p, c = self._pane, self._pane.kit.theme.color
        focus = p.focus_displayof() == self.entry
        edge = c.focus if focus else c.bad if bad else c.input_border
        p.surface(self._key, box, p.kit.theme.radius.field, c.surface, edge, stroke=2 if focus else 1)
        left, right = box.x + 16, box.right - 14
        if icon:
            p.icon(f"{self._key}.icon", icon, left + 12, box.cy, 24, c.text2, c.surface)
            left += 34
        if cap:
            right -= keycap(p, f"{self._key}.cap", box.right - 12, box.cy, cap, c.surface) + 8
        if suffix:
            right -= p.text(f"{self._key}.suffix", box.right - 16, box.cy, suffix, "body", c.text2, "e", box.w / 2) + 8
        self.entry.configure(font=str(p.kit.fonts["input"]))
        p.widget(f"{self._key}.entry", Box(left, box.y + 6, right - left, box.h - 12), self.entry)
        text = p.kit.fonts.fit("input", drawable(hint), p.kit.px(right - left - 6))
        text = safe_text(text, mirrored=p.kit.mirrored)
        self.entry.configure(justify="right" if p.kit.mirrored else "left")
        seen = p.kit.theme.veiled if p.veiled else str
        ground, ink = seen(c.surface), seen(c.text3)
        self._hint.configure(text=text, font=str(p.kit.fonts["input"]), background=ground, foreground=ink)
        self._show_hint()

    def _show_hint(self) -> None:
        if self._text.get():
            self._hint.place_forget()
        elif self._pane.kit.mirrored:
            self._hint.place(relx=1.0, x=-self._pane.kit.px(6), rely=0.5, anchor="e")
        else:
            self._hint.place(relx=0.0, x=self._pane.kit.px(6), rely=0.5, anchor="w")


class Lines:
    """Several lines of text: a real text widget inside a drawn border."""

    def __init__(self, pane: Pane, key: str, on_write: Callable[[str], object]) -> None:
        self._pane, self._key, self._on_write = pane, key, on_write
        self.entry = tkinter.Text(pane, borderwidth=0, highlightthickness=0, wrap="word", height=3, undo=True)
        self.entry.bind("<KeyRelease>", lambda _e: on_write(self.text))
        for sequence in ("<FocusIn>", "<FocusOut>"):
            self.entry.bind(sequence, lambda _e: pane.refresh(), add="+")

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.entry.get("1.0", "end-1c")

    def write(self, text: str) -> None:
        """Put a text into the field without telling."""
        if text != self.text:
            self.entry.delete("1.0", "end")
            self.entry.insert("1.0", drawable(text))

    def focus(self) -> None:
        """Give the field the keys."""
        self.entry.focus_set()

    def draw(self, box: Box, *, bad: bool = False) -> None:
        """Draw the border and place the text in it."""
        p, c = self._pane, self._pane.kit.theme.color
        focus = p.focus_displayof() == self.entry
        edge = c.focus if focus else c.bad if bad else c.input_border
        p.surface(self._key, box, p.kit.theme.radius.field, c.surface, edge, stroke=2 if focus else 1)
        seen = p.kit.theme.veiled if p.veiled else str
        ground, ink = seen(c.surface), seen(c.text)
        self.entry.configure(font=str(p.kit.fonts["body"]), background=ground, foreground=ink, insertbackground=ink)
        p.widget(f"{self._key}.entry", box.inset(14, 8), self.entry)
