"""How the pages write money and times: in the language of the screens, in the store's currency."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from genesis.hooks.given import person_of
from genesis.kernel.money import Money
from genesis.shell.vm.formats import Formats
from genesis.shell.words import known, locale

if TYPE_CHECKING:
    from genesis.plugin.house import House


def formats(pos: House) -> Formats:
    """Return the formats of this store."""
    return Formats(locale(), pos.currency)


def money(pos: House, minor: int, currency: str = "") -> str:
    """Write minor units."""
    return formats(pos).money(Money(minor, currency or pos.currency))


def moment(pos: House, at: str, offset: int | None = None) -> str:
    """Write a fact's time (UTC) as the clock of the store showed it."""
    now = pos.clock.now().utcoffset() or timedelta()
    shift = now if offset is None else timedelta(minutes=offset)
    return formats(pos).moment(datetime.fromisoformat(at).replace(tzinfo=None) + shift)


def person(pos: House, account: str) -> str:
    """Return who stands behind an account, in the language of the screens."""
    return known(person_of(pos, account))
