"""The dashboard: the figures of the kernel and of every plugin, above today's receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from genesis.hooks import reporting as specs
from genesis.hooks.pages import ListPage, Query, Rows
from genesis.hooks.values import Figure
from genesis.kernel.settings import business_today
from genesis.shell.failing import asked
from genesis.shell.pages import sales
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.plugin.house import House


def page(pos: House) -> ListPage:
    """Return the page."""
    own = sales.page(pos)
    return msgspec.structs.replace(own, cards=cards, rows=today, filters=(), hint="", empty=_("Nothing was sold today"))


def cards(pos: House) -> list[Figure]:
    """Return the kernel's figures, then those that plugins bring, and who failed to bring one."""
    told, failed = asked(pos.app.hooks, lambda: pos.hooks.each(specs.figures)(day=business_today(pos)))
    brought = [figure for figures in told for figure in figures]
    faults = [Figure(id=f"{plugin}.failed", title=plugin, value="–", note=_("It failed: see Plugins"), tone="bad",
                     go="plugins") for plugin in failed]  # fmt: skip
    return [*sales.cards(pos), *brought, *faults]


def today(pos: House, query: Query) -> Rows:
    """Return today's receipts, newest first."""
    return sales.find(pos, msgspec.structs.replace(query, filters={"days": "1"}))
