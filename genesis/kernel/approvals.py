"""Approvals: what somebody may not is asked of somebody who may, there and then, for this one time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Self

from genesis.kernel.actors import Actor
from genesis.kernel.errors import Confirm, Refused
from genesis.kernel.facts import PermissionApproved
from genesis.kernel.fields import FieldSpec

APPROVED = "approved"  # the answer that holds an approval


class Approved(str):
    """An answer that nobody can type: `by` approved. facts: what of it the next append records, by permission."""

    __slots__ = ("by", "facts")
    by: Actor
    facts: dict[str, PermissionApproved]

    def __new__(cls, by: Actor) -> Self:
        """Make it for one command."""
        made = super().__new__(cls, by.id)
        made.by, made.facts = by, {}
        return made


class Approval(Confirm, Refused):
    """Asks for the password (or staff card) of somebody who may; a refusal where nobody is there to be asked.

    people: (account, name) of those who may; chosen: one of them. check: takes account and password, returns who it
    is. Raises UserError.
    """

    def __init__(
        self, what: str, permission: str, people: Sequence[tuple[str, str]], check: Callable[[str, str], Actor],
        chosen: str = "",
    ) -> None:  # fmt: skip
        fields = (
            FieldSpec(name="person", label="Who approves", kind="choice", choices=tuple(people), required=True,
                      fixed=len(people) == 1),
            FieldSpec(name="password", label="Password", kind="secret", required=True,
                      help="Or hold a staff card to the reader"),
        )  # fmt: skip
        self.people, self.chosen = people, chosen or people[0][0]
        super().__init__(
            what, "somebody who may do it can approve it, for this once", permission, fields, {"person": self.chosen}
        )
        self._check = check

    def answered(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return the approval; the password is not in it."""
        return {APPROVED: Approved(self._check(values.get("person") or self.chosen, values.get("password", "")))}
