"""Keys and scans of the whole window, caught before any widget sees them."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from functools import partial

from genesis.shell.vm.desk import Desk
from genesis.shell.wedge import Wedge

TAG = "GenesisKeys"
_SHIFT, _CONTROL, _ALT = 0x1, 0x4, 0x8
_MODIFIERS = frozenset({
    "Shift_L", "Shift_R", "Control_L", "Control_R", "Alt_L", "Alt_R", "Meta_L", "Meta_R", "ISO_Level3_Shift",
    "Mode_switch", "Caps_Lock", "Num_Lock", "Super_L", "Super_R",
})  # fmt: skip
_SUFFIX = {"Return": "\r", "KP_Enter": "\r", "Tab": "\t"}
_TABS = frozenset({"Tab", "ISO_Left_Tab"})  # they would lead to what lies behind a dialog
_SAME = {"ISO_Left_Tab": "Tab"}  # X's name of it with Shift
_REPEATING = ("select.", "tiles.", "page.", "amount.back", "return.more", "return.less", "form.")  # while a key is held
_EDITING = frozenset({"Delete", "BackSpace", "Left", "Right", "Home", "End"})


def key_name(event: tkinter.Event[tkinter.Misc]) -> str:
    """Return the key of an event as the key map writes it ("F4", "Ctrl+K", "Alt+1", "Shift+F6")."""
    state = int(event.state)
    parts = [name for bit, name in ((_CONTROL, "Ctrl"), (_ALT, "Alt")) if state & bit]
    shifted = bool(state & _SHIFT) and not (event.char and event.char.isprintable())
    sym = event.keysym.upper() if parts and len(event.keysym) == 1 else _SAME.get(event.keysym, event.keysym)
    return "+".join([*parts, *(["Shift"] if shifted else []), sym])


class Keyboard:
    """Gives key events to the wedge and the desk; only what neither wants reaches the focused widget."""

    def __init__(
        self, root: tkinter.Misc, desk: Callable[[], Desk], wedge: Callable[[Callable[[str], object]], Wedge]
    ) -> None:
        self._root, self._desk = root, desk
        self._scanned: list[str] = []
        self._make = wedge
        self.renew()
        self._put_back: Callable[[], object] = lambda: None
        self._x11 = root.tk.call("tk", "windowingsystem") == "x11"
        self._released, self._down = (0, 0), 0
        root.bind_class(TAG, "<KeyRelease>", self._on_release)
        root.bind_class(TAG, "<KeyPress>", self._on_key)
        root.bind_all("<FocusIn>", self._adopt, add="+")

    def renew(self) -> None:
        """Know the scanner as it is set now."""
        self._wedge = self._make(self._scanned.append)

    def _adopt(self, event: tkinter.Event[tkinter.Misc]) -> None:
        """Put our tag before the class of whatever gets the focus; the release of a key may have gone elsewhere."""
        self._down = 0
        widget = event.widget
        tags = widget.bindtags()
        if TAG not in tags:
            widget.bindtags((TAG, *tags))

    def _on_release(self, event: tkinter.Event[tkinter.Misc]) -> None:
        self._released, self._down = (event.keycode, event.time), 0

    def _is_held(self, event: tkinter.Event[tkinter.Misc]) -> bool:
        """Tell whether a press repeats one: X releases the key in the same instant, others not at all."""
        held = self._released == (event.keycode, event.time) if self._x11 else self._down == event.keycode
        self._down = event.keycode
        return held

    def _on_key(self, event: tkinter.Event[tkinter.Misc]) -> str | None:
        if event.keysym in _MODIFIERS:
            return None
        widget, held = event.widget, self._is_held(event)
        chorded = int(event.state) & (_CONTROL | _ALT)
        shown = event.char if event.char.isprintable() else ""
        if shown and chorded == _CONTROL | _ALT:
            chorded = 0  # AltGr, as some systems tell it
        char = "" if chorded else _SUFFIX.get(event.keysym, shown)
        if not char:
            self._wedge.reset()
        elif self._is_scan(char, event.time, widget):
            return "break"
        field = widget if isinstance(widget, tkinter.Entry) else None
        if field is not None and ((event.keysym in _EDITING and field.get()) or (char and char not in "\r\t")):
            return None  # it belongs to the text
        desk, name = self._desk(), key_name(event)
        if name == "Ctrl+A" and isinstance(widget, tkinter.Entry | tkinter.Text) and not desk.means(name):
            return None  # the whole text
        command = desk.keys.command(desk.top.context, name)
        if held and command and not command.startswith(_REPEATING):
            return "break"  # nobody voids every line by leaning on a key
        if desk.key(name):
            return "break"
        if char and char not in "\r\t" and self._desk().top.typed(char):
            return "break"
        behind = bool(self._desk().dialogs) and not isinstance(widget, tkinter.Entry | tkinter.Text)
        return "break" if behind or (event.keysym in _TABS and self._desk().dialogs) else None

    def _is_scan(self, char: str, ms: int, widget: tkinter.Misc) -> bool:
        """Feed the wedge; a finished scan puts the field back as it was and goes to the desk."""
        verdict = self._wedge.feed(char, ms)
        if verdict == "start":
            self._put_back = self._snapshot(widget)
        elif verdict == "scan":
            self._put_back()
            while self._scanned:
                self._desk().scan(self._scanned.pop(0))
            return True
        return False

    def _snapshot(self, widget: tkinter.Misc) -> Callable[[], object]:
        """Return what puts back what is typed so far; a field or a dialog that is gone by then stays gone."""
        if isinstance(widget, tkinter.Entry):
            return partial(_fill, widget, widget.get(), widget.index("insert"))
        top = self._desk().top
        state = top.snapshot()
        return lambda: top.restore(state) if self._desk().top is top else None


def _fill(entry: tkinter.Entry, text: str, cursor: int) -> None:
    if entry.winfo_exists():
        entry.delete(0, "end")
        entry.insert(0, text)
        entry.icursor(cursor)
