"""Names the plugin whose absence is felt at the till: the kernel knows it only from how it was switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos

GAVE = "gave"  # in the state of a plugin: the hooks it answered when it was switched off


def absent(pos: Pos, hook: str) -> str:
    """Return what to do where nobody answers a hook any more, naming the plugins that used to."""
    rows = pos.journal.space("plugin").items()
    gone = sorted(plugin for plugin, row in rows if not row["enabled"] and hook in row.get(GAVE, ()))
    if not gone:
        return "see `genesis plugin list` for one that does"
    return f"switched off: {', '.join(gone)}; run `genesis plugin enable {gone[0]}`"
