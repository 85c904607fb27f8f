"""The register: everything a cashier can do with a cart, each a method with a command id and a clear error."""

from __future__ import annotations

from genesis.kernel import reporting
from genesis.kernel.copies import copy_of_receipt, sale_of
from genesis.kernel.desk import Answer
from genesis.kernel.entries import Entry, FactRef
from genesis.kernel.errors import UserError
from genesis.kernel.facts import DrawerOpened, Row
from genesis.kernel.parking import Parking, Returning
from genesis.kernel.paying import Paying
from genesis.kernel.receipt import fill
from genesis.kernel.ringing import Ringing


class Register(Ringing, Parking, Returning, Paying):
    """One register's cart, its commands and its shifts; used by one thread.

    Every command takes `command`, an id of the caller's choosing: the same id twice is answered, not done
    twice. Every change of the cart is saved before the method returns. Raises UserError and its kinds.
    A Confirm is a question of a plugin: ask the person and repeat inside `pos.hooks.confirming(True)`.
    """

    def last_sale(self) -> Entry | None:
        """Return this register's last completed sale."""
        if self.last is None:
            place = reporting.latest_sale(self.pos, self.name)
            self.last = self.pos.journal.entry(FactRef(*place)) if place else None
        return self.last

    def document(self, entry: Entry, copy: int = 0) -> list[Row]:
        """Return the rows of a sale's receipt as they were rendered then."""
        return fill(sale_of(entry), entry, copy)

    def reprint(self, number: str = "") -> list[Row]:
        """Return a copy of a receipt (the last one's, if no number is given); recorded and counted."""
        last = None if number else self.last_sale()
        if not number and last is None:
            raise UserError("nothing was sold here yet", "", "receipt")
        return copy_of_receipt(self.pos, sale_of(last).number if last else number, self.shifts.current())

    def open_drawer(self, reason: str) -> None:
        """Record an opening of the drawer without a sale; the driver of the drawer reacts to the fact."""
        self.pos.permissions.require("register.open_drawer")
        if not reason.strip():
            raise UserError("reason: it is missing", "say why the drawer is opened", "reason")
        self.pos.journal.append(DrawerOpened(register=self.name, reason=reason, shift=self.shifts.current()))


__all__ = ["Answer", "Register"]
