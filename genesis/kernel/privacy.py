"""What a person may ask for: everything that is known about them, and to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from genesis.db import tables as t
from genesis.db.statements import Compiled
from genesis.hooks import platform as specs
from genesis.kernel.cart import Cart
from genesis.kernel.errors import Refused, UserError
from genesis.kernel.facts import PersonErased
from genesis.kernel.guards import Guard, Once
from genesis.kernel.persons import ERASED

if TYPE_CHECKING:
    from genesis.kernel.persons import Keys
    from genesis.kernel.pos import Pos
    from genesis.kernel.recordset import RecordSet


class Privacy:
    """Answers for the persons whose data the records of plugins hold. A person is the id of such a record."""

    def __init__(self, pos: Pos, keys: Keys, records: Mapping[str, RecordSet]) -> None:
        self._pos, self._keys, self._records = pos, keys, records

    def export(self, person: str) -> dict[str, Any]:
        """Return plugin -> what it knows about the person; UserError where nobody knows any."""
        self._pos.permissions.require("persons.read", person)
        found = dict(self._pos.hooks.authored(specs.personal_data)(person=person))
        if not found:
            raise UserError(f"nothing is known about a person {person!r}", "look for the person first", "person")
        return found

    def erase(self, person: str, why: str = "") -> dict[str, str]:
        """Forget a person for good; returns plugin -> what it forgot outside the journal.

        What was encrypted for the person reads None from then on, here and after every restore, and the views
        go blank. Refused while the person is on an open or held cart.
        """
        self._pos.permissions.require("persons.erase", person)
        known = [records for records in self._records.values() if records.records.private and records.rev(person)]
        if not known or self._pos.journal.state(ERASED, person):
            raise UserError(f"there is no person {person!r} to erase", "look for the person first", "person")
        self._on_no_cart(person)
        said = dict(self._pos.hooks.authored(specs.erase_personal_data)(person=person))
        guards: list[Guard] = [Once(ERASED, person)]
        for records in known:
            guards += records.freed(person)
        fact = PersonErased(person=person, why=why)
        done = self._pos.journal.append(fact, guards=guards, state=[(ERASED, person, True)])
        self._keys.erase(person)
        self._pos.journal.wait(done.pos, *(records.records.name for records in known))
        return said

    def _on_no_cart(self, person: str) -> None:
        journal = self._pos.journal.raw
        for row in journal.rows(Compiled(select(t.carts), journal.database.engine.dialect), {}):
            cart = msgspec.json.decode(row[2], type=Cart)
            if cart.customer is not None and cart.customer.person == person:
                raise Refused(
                    f"the person is on {cart.name} of register {row[0]}", "complete or cancel it first", "person"
                )
