"""A text field: a real ttk entry inside a drawn border with icon, hint, key cap and focus ring."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from tkinter import ttk

from genesis.shell.kit import styles
from genesis.shell.kit.controls import keycap
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.safe import drawable, runs_left, safe_text


class _Text(tkinter.StringVar):
    """A variable that goes with its field, and says nothing to Tk when it is collected: that may be anywhere."""

    def end(self, told: str) -> None:
        """Stop telling of changes, or Tk would keep the field and all it knows of; and go."""
        self.trace_remove("write", told)
        super().__del__()

    def __del__(self) -> None:
        """Nothing: see `end`."""


class Field:
    """An entry on a pane. on_write: called with the text after each change by a person."""

    def __init__(self, pane: Pane, key: str, on_write: Callable[[str], object], *, secret: bool = False) -> None:
        self._pane, self._key, self._on_write = pane, key, on_write
        self._text = _Text(pane)
        self._silent = False
        self.entry = styles.entry(pane, pane.kit, secret=secret)
        self.entry.configure(textvariable=self._text)
        pane.turned_over(self.entry)
        self._hint = tkinter.Label(self.entry, borderwidth=0, padx=0, pady=0, cursor="xterm")
        self._hint.bind("<ButtonPress-1>", lambda _e: self.entry.focus_set())
        self._shaped = None if secret else Shaped(pane, self.entry)
        for sequence in ("<FocusIn>", "<FocusOut>"):
            self.entry.bind(sequence, lambda _e: pane.refresh(), add="+")
        told = self._text.trace_add("write", self._written)
        self.entry.bind("<Destroy>", lambda _e: self._text.end(told), add="+")

    def _written(self, *_names: str) -> None:
        """Told by Tk within each change, so that the view-model never lags behind the field."""
        self._show_hint()
        if self._shaped is not None:
            self._shaped.show()
        if not self._silent:
            self._on_write(self._text.get())

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self._text.get()

    def write(self, text: str) -> None:
        """Put a text into the field without telling; it is kept as it is typed."""
        before = self._text.get()
        if text == before:
            return
        place = self.entry.index("insert") if text.casefold() == before.casefold() else "end"  # what became capitals
        self._silent = True
        self._text.set(drawable(text))
        self._silent = False
        self.entry.icursor(place)

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
        if self._shaped is not None:
            self._shaped.dress(ground, seen(c.text), seen(c.focus))

    def _show_hint(self) -> None:
        if self._text.get():
            self._hint.place_forget()
        elif self._pane.kit.mirrored:
            self._hint.place(relx=1.0, x=-self._pane.kit.px(6), rely=0.5, anchor="e")
        else:
            self._hint.place(relx=0.0, x=self._pane.kit.px(6), rely=0.5, anchor="w")


class Shaped:
    """Shows writing that runs from right to left joined and in its order, as Tk's entry does not.

    It lies on the entry while there is nothing but typing at the end; where the cursor goes back into the text or some
    of it is chosen, the entry itself is seen, letter by letter in the order they were typed.
    """

    def __init__(self, pane: Pane, entry: ttk.Entry) -> None:
        self._pane, self._entry = pane, entry
        self._label = tkinter.Label(entry, borderwidth=0, padx=0, pady=0, cursor="xterm")
        self._caret = tkinter.Frame(self._label, borderwidth=0, width=2)
        self._label.bind("<ButtonPress-1>", self._pressed)
        for sequence in ("<KeyRelease>", "<ButtonRelease-1>", "<FocusIn>", "<FocusOut>", "<Configure>"):
            entry.bind(sequence, lambda _e: self.show(), add="+")

    def _pressed(self, _event: object) -> None:
        self._entry.focus_set()
        self._entry.icursor("end")

    def dress(self, ground: str, ink: str, caret: str) -> None:
        """Take the colours and the font of the moment."""
        self._label.configure(background=ground, foreground=ink, font=str(self._pane.kit.fonts["input"]))
        self._caret.configure(background=caret)
        self.show()

    def show(self) -> None:
        """Show the text as it reads, or let the entry be seen."""
        entry, kit, text = self._entry, self._pane.kit, self._entry.get()
        focused = self._pane.focus_displayof() == entry
        going_back = focused and (entry.index("insert") < len(text) or entry.selection_present())
        if not runs_left(text) or going_back:
            self._label.place_forget()
            return
        pad, high = kit.px(4), kit.px(22)
        wide = kit.fonts.width("input", drawable(text)) + pad
        right = kit.mirrored and wide < entry.winfo_width()  # of a longer one its end is seen, which is at the left
        self._label.configure(text=safe_text(text, mirrored=kit.mirrored), anchor="e" if right else "w", padx=pad)
        self._label.place(x=0, y=0, relwidth=1, relheight=1)
        if focused:
            x = entry.winfo_width() - wide - pad if right else pad - 2
            self._caret.place(x=x, rely=0.5, anchor="w", height=high)
        else:
            self._caret.place_forget()


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
