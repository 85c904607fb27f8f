"""Asking for a number: quantity, price, discount, and the amount at the payment screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from genesis.kernel.errors import UserError
from genesis.kernel.money import quantity
from genesis.shell.vm.base import Command
from genesis.shell.vm.desk import Desk, Dialog
from genesis.shell.words import _

_DIGITS = frozenset("0123456789")
_TIMES = re.compile(r"([0-9]{1,6}(?:[.,][0-9]{1,3})?)\s*[*\u00d7]\s*(.*)", re.ASCII | re.DOTALL)


def times(text: str) -> tuple[int | None, str]:
    """Split `N*rest` into thousandths and the rest; None where no quantity stands there."""
    found = _TIMES.fullmatch(text)
    return (quantity(found[1].replace(",", ".")), found[2].strip()) if found else (None, text)


class Typing:
    """Digits as they are typed on a keypad. The first one replaces what was proposed."""

    def __init__(self, proposed: str = "", decimals: int = 2, longest: int = 9) -> None:
        self.text, self.fresh = proposed, True
        self.decimals, self._longest = decimals, longest

    def press(self, symbol: str) -> bool:
        """Take "0" to "9", "00", a point or comma, "back" or "clear"; returns whether it was one of them."""
        if symbol in {"back", "clear"}:
            self.text = "" if symbol == "clear" or self.fresh else self.text[:-1]
        elif symbol in {".", ","}:
            start = "" if self.fresh else self.text
            if not self.decimals or "." in start:
                return True
            self.text = (start or "0") + "."
        elif symbol and _DIGITS.issuperset(symbol):
            self._append(symbol)
        else:
            return False
        self.fresh = False
        return True

    def _append(self, digits: str) -> None:
        start = "" if self.fresh else self.text
        for digit in digits:
            whole, point, part = start.partition(".")
            full = len(part) >= self.decimals if point else len(whole) >= self._longest
            if not full:
                start = digit if start == "0" else start + digit
        self.text = start

    @property
    def value(self) -> str:
        """The number as decimal text, "" where nothing was typed."""
        return self.text.rstrip(".")


class Preset(NamedTuple):
    """An answer that one touch gives."""

    label: str
    value: str


class Unit(NamedTuple):
    """What the number is (%, currency), with its decimals and presets."""

    id: str
    label: str
    decimals: int
    presets: tuple[Preset, ...] = ()


class NumberDialog(Dialog):
    """Asks for a number. take: gets (number as decimal text, unit id) and may refuse with UserError."""

    context = "number"

    def __init__(
        self,
        desk: Desk,
        title: str,
        detail: str,
        units: tuple[Unit, ...],
        take: Callable[[NumberDialog, str, str], object],
        proposed: str = "",
    ) -> None:
        super().__init__(desk, title)
        self.detail, self.units, self._take = detail, units, take
        self.unit = units[0]
        self.number = Typing(proposed, self.unit.decimals)
        self.define(
            Command("amount.back", _("Erase"), lambda: self.press("back")),
            Command("amount.clear", _("Clear"), lambda: self.press("clear")),
            Command("amount.unit", _("Unit"), self.next_unit),
        )

    def press(self, symbol: str) -> None:
        """Take a key of the keypad."""
        if self.number.press(symbol):
            self.error = ""
            self.changed()

    def typed(self, char: str) -> bool:
        """Take a typed digit or point; every other character is swallowed, as nothing else is asked."""
        self.press(char)
        return True

    def choose_unit(self, unit: Unit) -> None:
        """Ask for the number in another unit."""
        self.unit = unit
        self.number = Typing("", unit.decimals)
        self.error = ""
        self.changed()

    def next_unit(self) -> None:
        """Go to the next unit."""
        self.choose_unit(self.units[(self.units.index(self.unit) + 1) % len(self.units)])

    def preset(self, preset: Preset) -> None:
        """Answer with a preset."""
        self.number = Typing(preset.value, self.unit.decimals)
        self.accept()

    def accept(self) -> None:
        """Give the number to who asked."""
        if not self.number.value:
            self.refuse(UserError(_("No number was typed"), _("Type one, or leave with Esc")))
        else:
            self._take(self, self.number.value, self.unit.id)

    def snapshot(self) -> object:
        """Return the digits."""
        return self.number.text, self.number.fresh

    def restore(self, state: object) -> None:
        """Put the digits back."""
        if isinstance(state, tuple):
            self.number.text, self.number.fresh = state
            self.changed()
