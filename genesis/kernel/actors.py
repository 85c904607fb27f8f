"""Actors and permissions as values: who may be asking, and for what."""

from __future__ import annotations

import msgspec


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """Something that may be allowed: `<id>.<verb>`, and what it means in plain words.

    approvable: somebody who has it can approve that somebody else does it once.
    """

    id: str
    title: str
    approvable: bool = False


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody (or a part of the system) that acts. `owner` may do everything that no plugin restricts."""

    id: str
    name: str
    roles: tuple[str, ...] = ()
    owner: bool = False


OWNER = Actor(id="owner", name="Owner", owner=True)
NOBODY = Actor(id="", name="Nobody")

KERNEL_PERMISSIONS: tuple[Permission, ...] = tuple(
    Permission(id=key, title=title, approvable=key.startswith(("register.", "till.")) and key != "register.sell")
    for key, title in (
        ("register.sell", "Ring up and complete sales"),
        ("register.override_price", "Set another price on a line"),
        ("register.discount", "Give a discount"),
        ("register.void_line", "Take a line off a cart"),
        ("register.cancel", "Give up a whole cart"),
        ("register.hold", "Hold and recall carts"),
        ("register.return", "Take goods back with a receipt"),
        ("register.return_without_receipt", "Take goods back without a receipt"),
        ("register.refund_other", "Give money back another way than it was paid"),
        ("register.decide_payment", "Say what became of a payment whose end nobody knows"),
        ("register.reprint", "Print a copy of a receipt"),
        ("register.open_drawer", "Open the drawer without a sale"),
        ("register.training", "Ring up in training mode"),
        ("till.open", "Open a shift"),
        ("till.close", "Close a shift"),
        ("till.move_cash", "Put cash in or take it out"),
        ("till.read", "See the X report"),
        ("payment.resolve", "Decide an unknown payment by hand"),
        ("plugins.toggle", "Switch plugins on and off"),
        ("settings.change", "Change settings"),
        ("accounts.change", "Change accounts and roles"),
        ("journal.read", "Read the journal"),
        ("records.read", "See master data"),
        ("records.change", "Change master data"),
        ("records.import", "Import master data"),
        ("persons.read", "See personal data"),
        ("persons.erase", "Erase a person"),
        ("reports.read", "See reports"),
        ("support.maintain", "Repair, back up and restore"),
    )
)
