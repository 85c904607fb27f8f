"""What many ask: which item a code is, what is left, which options are taken, who writes a receipt, who it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from genesis.hooks import cart, inventory, reporting
from genesis.hooks.values import Availability, Exporter, FieldSpec
from genesis.kernel.actors import OWNER
from genesis.kernel.cart import Item
from genesis.kernel.errors import UserError, blaming
from genesis.kernel.facts import Row

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


def taken(field: FieldSpec, text: str) -> list[str]:
    """Return the values that are taken of options; UserError where one is unknown, or they are too few or too many."""
    found = [value for value in dict.fromkeys(part.strip() for part in text.split(",")) if value]
    known = [one if isinstance(one, str) else one[0] for one in field.choices]
    for value in found:
        if value not in known:
            raise UserError(f"{field.label}: {value[:40]!r} is no choice", f"use {', '.join(known)}", field.name)
    if len(found) < field.least:
        raise UserError(f"{field.label}: too few are chosen", f"choose at least {field.least}", field.name)
    if len(found) > field.most:
        raise UserError(f"{field.label}: too many are chosen", f"choose at most {field.most}", field.name)
    return found


def exporter_of(pos: Pos, medium: str, field: str) -> Exporter:
    """Return what writes receipts for a medium (pdf, escpos ...); UserError, at a field, where nothing enabled does."""
    for plugin, found in pos.hooks.authored(reporting.exporters)():
        for exporter in found:
            if exporter.medium == medium:
                return structs.replace(exporter, write=partial(_written, plugin, exporter))
    raise UserError(f"no enabled plugin writes receipts as {medium}", "enable Receipts", field)


def _written(plugin: str, exporter: Exporter, rows: Sequence[Row]) -> bytes:
    """Return what an exporter writes; what fails in it names its plugin."""
    with blaming(plugin, "exporters"):
        data: object = exporter.write(rows)
        if not isinstance(data, bytes):
            raise TypeError(f"{exporter.id} wrote {type(data).__name__}, not bytes")
    return data


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
