"""Asking for a tip before a card is charged."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from genesis.kernel.money import Money, decimal, exponent, round_div
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.numbers import NumberDialog, Preset, Unit
from genesis.shell.words import _


def ask_tip(desk: Desk, amount: Money, take: Callable[[int], object]) -> None:
    """Ask for a tip on an amount, as a percentage or an amount; take gets it in minor units, 0 for none."""

    def answered(dialog: NumberDialog, number: str, unit: str) -> None:
        dialog.close()
        if unit == "percent":
            take(round_div(Fraction(decimal(number, "tip", 2)) * amount.minor / 100))
        else:
            take(Money.parse(number, amount.currency, "tip").minor)

    presets = (Preset(_("No tip"), "0"), *(Preset(f"{rate} %", rate) for rate in desk.tips))
    units = (Unit("percent", "%", 2, presets), Unit("amount", desk.formats.symbol, exponent(amount.currency)))
    desk.open(NumberDialog(desk, _("Tip"), desk.formats.money(amount), units, answered))
