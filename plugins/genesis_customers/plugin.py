"""Answers whose card or phone number a code is, and what is known about a person."""

from __future__ import annotations

from typing import Any

from genesis import Change, CliCommand, CustomerRef, Permission, Pos, Records, Screen, Veto, hookimpl
from genesis_customers.command import customer_command
from genesis_customers.models import CARD, CUSTOMERS
from genesis_customers.service import known_about, resolve


class CustomersPlugin:
    """The hook implementations."""

    @hookimpl
    def records(self) -> list[Records]:
        """Return the customers."""
        return [CUSTOMERS]

    @hookimpl
    def permissions(self) -> list[Permission]:
        """One: to change customers (seeing and erasing are `persons.read` and `persons.erase` of the kernel)."""
        return [Permission(id="customers.edit", title="Add and change customers")]

    @hookimpl
    def check_change(self, pos: Pos, change: Change) -> None:
        """Refuse a card that another customer has."""
        if change.record != CUSTOMERS.name or change.after is None:
            return
        cards = [entry["code"] for entry in change.after["cards"]]
        for code, owner in pos.records(CUSTOMERS.name).owners(CARD, cards).items():
            if owner != change.id:
                raise Veto(f"cards: {code} belongs to another customer", "use another card", "cards")

    @hookimpl(trylast=True)
    def resolve_code(self, pos: Pos, code: str) -> CustomerRef | None:
        """Look for a card, a phone number or the ref of a customer; after goods, which are scanned far more often."""
        return resolve(pos, code)

    @hookimpl
    def personal_data(self, pos: Pos, person: str) -> dict[str, Any] | None:
        """Return the customer with all receipts."""
        return known_about(pos, person)

    @hookimpl
    def erase_personal_data(self, pos: Pos, person: str) -> str | None:
        """Tell what goes; it all stands in the journal and in the views that follow it, so nothing else is to do."""
        row = pos.records(CUSTOMERS.name).get(person)
        return None if row is None else f"name, phone, e-mail and cards ({len(row['cards'])})"

    @hookimpl
    def screens(self) -> list[Screen]:
        """The customers."""
        return [Screen(id="people", title="Customers", icon="users", page="genesis_customers.pages:page", place="admin",
                       group="sales", permission="persons.read", order=30)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """One: `genesis customer`."""
        return [customer_command()]


plugin = CustomersPlugin()
