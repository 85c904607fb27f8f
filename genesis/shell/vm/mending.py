"""What a person can do about a plugin that failed: look at what happened, and switch it off."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from genesis.kernel.errors import PluginFault, UserError, blaming
from genesis.kernel.facts import Row
from genesis.shell.vm.desk import Ask
from genesis.shell.vm.document import Document
from genesis.shell.words import _, told

if TYPE_CHECKING:
    from genesis.shell.vm.desk import Desk

T = TypeVar("T")
PAGE = "plugins"  # the screen whose action switches plugins off
LAST = 12  # lines of where it happened


class Failure(Ask):
    """Something went wrong that the person cannot mend; the id finds it in the log."""

    def __init__(self, desk: Desk, error: BaseException, error_id: str) -> None:
        if isinstance(error, UserError):
            text, remedy = (f"{part[:1].upper()}{part[1:]}" for part in (told(error.what), told(error.remedy)))
        else:
            text, remedy = type(error).__name__, _("The sale is kept. Try again; if it comes back, report the id.")
        super().__init__(desk, _("Something went wrong"), (text, remedy), _("Go on"))
        self.note, self.error_id = _("Error id {id}").format(id=error_id), error_id
        self.other = (_("Details"), partial(details, desk, getattr(error, "plugin", ""), error, error_id))
        if isinstance(error, PluginFault) and can_switch_off(desk):
            self.other = (_("Switch off"), partial(switch_off, desk, error.plugin))


def behind(plugin: str, what: str, run: Callable[[], T]) -> T:
    """Run what a plugin brought; what fails in it names the plugin ("": one of Genesis' own, which fails as it is)."""
    with blaming(plugin, what, passing=UserError) if plugin else nullcontext():
        return run()


def details(desk: Desk, plugin: str, error: BaseException, error_id: str) -> None:
    """Show what happened and where, for whoever mends it."""
    cause = error.__cause__ or error
    rows: list[Row] = [("text", _("Error id"), error_id)]
    if plugin:
        rows.append(("text", _("Plugin"), plugin))
    rows += [("text", line, "") for line in f"{type(cause).__name__}: {cause}"[:400].splitlines()]
    places = traceback.extract_tb(cause.__traceback__)[-LAST:]
    rows += [("small", f"{place.filename.rpartition('/')[2]}:{place.lineno} {place.name}", "") for place in places]
    desk.open(Document(desk, _("Details"), tuple(rows)))


def can_switch_off(desk: Desk) -> bool:
    """Tell whether the person here may switch plugins."""
    return PAGE in desk.screens


def switch_off(desk: Desk, plugin: str) -> None:
    """Go to the page of plugins and ask there whether this one shall be off, with what that means."""
    from genesis.shell.vm.listpage import ListPageVM  # it shows what is made here

    while desk.dialogs:
        desk.close(desk.dialogs[0])
    desk.go(PAGE)
    page = desk.screens[PAGE]
    if isinstance(page, ListPageVM):
        off = next((action for action in page.actions("row", plugin) if action.id == "off"), None)
        if off is not None:
            page.act(off, plugin)
