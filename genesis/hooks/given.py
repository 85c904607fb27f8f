"""What pages and commands are given and give: a code for an item, a file to write, the name behind an account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from genesis.hooks import cart
from genesis.kernel.actors import OWNER
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


def people(pos: Pos) -> dict[str, str]:
    """Return account -> the person's name, as far as it is known: the owner has one before an account is made."""
    named = {account: str(kept["name"]) for account, kept in pos.journal.space("account").items() if kept.get("name")}
    return {OWNER.id: OWNER.name, **named}


def person_of(pos: Pos, account: str) -> str:
    """Return who stands behind an account, the account itself where nobody knows."""
    return people(pos).get(account, account)
