"""Somebody who touches, types and scans whatever there is, in no order: a real window must bear it."""

from __future__ import annotations

import tkinter
from collections import deque
from collections.abc import Sequence
from random import Random

from genesis.shell.kit.pane import Pane
from genesis.shell.vm.keys import DEFAULT
from tests.shell.driver import Driver

SIZES = ("1280x800", "1024x600", "800x600", "640x400", "1920x1080")
JUNK = (
    "",
    "0",
    "999999999999999999999",
    "]C1" + "\x1d" * 3,
    "R1-00000001",
    "R9-99999999",
    "é😀",
    "95200000",
    "' OR 1",
    "*",
)
TYPED = "0123456789.,-+*%abcXYZé /'\"\\{}$[]"
KEYS = sorted({
    key
    for commands in DEFAULT.values()
    for keys in commands.values()
    for key in keys
    if key != "F11"
} | {"Tab", "BackSpace", "space", "Menu"})  # fmt: skip


def x_name(key: str) -> str:
    """Return a key of the key map as Tk writes its event."""
    *held, sym = key.split("+")
    parts = [{"Ctrl": "Control"}.get(one, one) for one in held]
    return f"<{'-'.join([*parts, 'Key', sym.lower() if held and len(sym) == 1 else sym])}>"


class Monkey:
    """One who does not know what he does; `deeds` are the last things he did."""

    def __init__(self, driver: Driver, random: Random, codes: Sequence[str]) -> None:
        self.driver, self._random, self._codes = driver, random, codes
        self.deeds: deque[str] = deque(maxlen=25)

    def play(self, deeds: int) -> None:
        """Do so many things; what is unexpected ends it, with what led there."""
        for _ in range(deeds):
            self._once()
            self.driver.window.root.update()
            if self.driver.window.faults:
                fault = self.driver.window.faults.pop()
                raise AssertionError("\n".join(self.deeds)) from fault

    def _once(self) -> None:
        pick = self._random
        kind = pick.choices(("touch", "key", "scan", "type", "size", "go", "pay"), (46, 22, 12, 14, 1, 3, 2))[0]
        getattr(self, f"_{kind}")()

    def _touch(self) -> None:
        panes = [
            (name, pane)
            for name, pane in self.driver.panes()
            if pane.hots and not pane.veiled and pane.winfo_ismapped()
        ]
        if not panes:
            return
        name, pane = self._random.choice(panes)
        key = self._random.choice(sorted(pane.hots))
        self.deeds.append(f"touch {key} of {name} ({pane.hots[key].name})")
        self._click(pane, key)

    def _click(self, pane: Pane, key: str) -> None:
        box, px = pane.hots[key].box, pane.kit.px
        x, y = px(box.cx), px(box.cy)
        pane.event_generate("<ButtonPress-1>", x=x, y=y)
        if pane.winfo_exists():
            pane.event_generate("<ButtonRelease-1>", x=x, y=y)

    def _press(self, event: str) -> None:
        root = self.driver.window.root
        try:
            (root.focus_get() or root).event_generate(event)
        except (tkinter.TclError, KeyError):  # what had the keys is gone
            root.focus_force()

    def _key(self) -> None:
        key = self._random.choice(KEYS)
        self.deeds.append(f"key {key}")
        self._press(x_name(key))

    def _type(self) -> None:
        char = self._random.choice(TYPED)
        self.deeds.append(f"type {char!r}")
        self.driver.desk.top.typed(char) if self._random.random() < 0.3 else self._press(f"<Key-{_sym(char)}>")

    def _scan(self) -> None:
        code = self._random.choice(self._codes if self._random.random() < 0.8 else JUNK)
        self.deeds.append(f"scan {code!r}")
        self.driver.window.root.after(0, lambda: self.driver.desk.scan(code))  # as the ear of the shell does

    def _pay(self) -> None:
        """Without this a monkey rarely comes to the end of a sale."""
        keys = ("Escape", "Escape", "F12", self._random.choice(("Alt+1", "Alt+2", "Alt+3", "5")), "Return")
        self.deeds.append(" ".join(keys))
        for key in keys:
            self._press(x_name(key))
            self.driver.window.root.update()

    def _size(self) -> None:
        size = self._random.choice(SIZES)
        self.deeds.append(f"size {size}")
        self.driver.window.root.geometry(size)

    def _go(self) -> None:
        screen = self._random.choice(sorted(self.driver.desk.screens))
        if screen in {"payment", "receipt", "sign_in"}:
            screen = "sell"
        self.deeds.append(f"go {screen}")
        self.driver.window.root.after(0, lambda: self.driver.window.go(screen))


def _sym(char: str) -> str:
    names = {" ": "space", ".": "period", ",": "comma", "-": "minus", "+": "plus", "*": "asterisk", "%": "percent",
             "/": "slash", "'": "apostrophe", '"': "quotedbl", "\\": "backslash", "{": "braceleft", "}": "braceright",
             "$": "dollar", "[": "bracketleft", "]": "bracketright", "é": "eacute"}  # fmt: skip
    return names.get(char, char)
