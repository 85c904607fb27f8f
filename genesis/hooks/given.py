"""Asked by many pages and commands: which item a code stands for, what is left of items, a new file to write."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from genesis.hooks import cart, inventory
from genesis.hooks.values import Availability
from genesis.kernel.cart import Item
from genesis.kernel.errors import UserError

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


def item_of(pos: Pos, code: str, fix: str = "add it to the catalogue first") -> Item:
    """Return what a code stands for; UserError where nobody knows it, with what to do then."""
    found = pos.hooks.first(cart.resolve_code)(cart=None, code=code.strip()) if code.strip() else None
    if not isinstance(found, Item):
        raise UserError(f"code: {code[:60]!r} is not known", fix, "code")
    return found


def available(pos: Pos, items: Iterable[str]) -> dict[str, Availability]:
    """Return what can be sold now of items (refs); those of which nobody keeps count are left out."""
    found: dict[str, Availability] = {}
    for answer in pos.hooks.each(inventory.availability)(items=tuple(items)):
        found = answer | found  # who builds on others answers first
    return found


def new_file(path: Path, data: bytes) -> Path:
    """Write a file that is not there yet and return it; UserError where there is one, or it cannot be written."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise UserError(f"file: {path} is there already", "give another name", "file") from error
    except OSError as error:
        raise UserError(f"file: {path} cannot be written ({error.strerror})", "give another place", "file") from error
    return path
