"""The dashboard: the figures of the kernel and of every plugin, above today's receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from genesis.hooks import reporting as specs
from genesis.hooks.pages import ListPage, Query, Rows
from genesis.hooks.values import Figure
from genesis.kernel.clock import business_day
from genesis.kernel.settings import StoreSettings
from genesis.shell.pages import sales
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.plugin.house import House


def page(pos: House) -> ListPage:
    """Return the page."""
    own = sales.page(pos)
    return msgspec.structs.replace(own, cards=cards, rows=today, filters=(), hint="", empty=_("Nothing was sold today"))


def cards(pos: House) -> list[Figure]:
    """Return the kernel's figures, then those that plugins bring."""
    day = business_day(pos.clock.now(), pos.settings(StoreSettings).cut_off_hour)
    brought = [figure for figures in pos.hooks.each(specs.figures)(day=day) for figure in figures]
    return [*sales.cards(pos), *brought]


def today(pos: House, query: Query) -> Rows:
    """Return today's receipts, newest first."""
    return sales.find(pos, msgspec.structs.replace(query, filters={"days": "1"}))
