"""What is asked of the counts, and what of it may be seen: a blind count hides what is expected until it is closed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from genesis import Pos
from genesis_stocktake.models import count


def open_counts(pos: Pos) -> list[Any]:
    """Return the counts that are open, the newest first."""
    return pos.db.all(select(count).where(count.c.state == "open").order_by(count.c.count.desc()))


def hidden(pos: Pos, found: Any) -> bool:
    """Return whether what is expected is kept from who looks: the count is blind, open, and not theirs to sign off."""
    return bool(found.blind and found.state == "open" and pos.permissions.reason(pos.actor, "stocktake.post"))
