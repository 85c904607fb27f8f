"""Which amounts a customer is likely to hand over."""

from __future__ import annotations

from genesis.kernel.money import Money, exponent

_SCALE = {
    "JPY": 100,
    "KRW": 1000,
    "VND": 10_000,
    "IDR": 1000,
    "CLP": 100,
    "COP": 1000,
    "HUF": 100,
    "RUB": 10,
    "INR": 10,
}
_ROUND = (1, 5, 10)
_NOTES = (5, 10, 20, 50, 100, 200, 500, 1000)


def presets(due: Money, count: int = 4) -> list[Money]:
    """Return round amounts and banknotes above what is due, lowest first.

    Round amounts are the next 1, 5 and 10; single notes follow (times 100 for yen and so on). 21.34 gives
    22, 25, 30, 50.
    """
    unit = 10 ** exponent(due.currency) * _SCALE.get(due.currency, 1)
    if due.minor <= 0:
        return []
    amounts = {-(-due.minor // (step * unit)) * step * unit for step in _ROUND}
    amounts |= {note * unit for note in _NOTES if note * unit > due.minor}
    return [Money(minor, due.currency) for minor in sorted(a for a in amounts if a > due.minor)[:count]]
