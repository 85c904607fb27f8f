"""Which projections are built again: those that a start finds stale, and those that somebody asks for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from genesis.db.migrate import KERNEL_VIEWS
from genesis.kernel.errors import GenesisError, UserError
from genesis.kernel.rebuild import Beside, beside

if TYPE_CHECKING:
    from genesis.plugin.app import App


def rebuilding(app: App, *names: str) -> AbstractContextManager[Beside]:
    """Build projections (all, if none are named) again from the journal, which is read once for all of them."""
    known = app.projector.projections
    for name in names:
        if name not in known:
            raise UserError(f"there is no projection {name!r}", "see `genesis projection status`", "projection")
    wanted = [known[name] for name in names or known]
    plugins = {KERNEL_VIEWS.name, *(projection.plugin for projection in wanted)}
    trees = [tree for tree in app.views_trees if tree.name in plugins]
    return beside(app.projector, wanted, trees, app.home.folder)


def replace_stale(app: App) -> None:
    """Put rebuilt tables in place of those of another version or another journal; one that cannot be says so."""
    left = app.projector.stale()
    while left:
        try:
            with rebuilding(app, *left) as built:
                while left:
                    built.swap(left[0])
                    left.pop(0)
        except GenesisError as error:  # the others are tried without it
            app.projector.note(left.pop(0), f"it could not be rebuilt: {error}")
