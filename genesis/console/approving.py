"""Approvals at the console register: asked at a terminal, refused in a pipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from getpass import getpass
from typing import BinaryIO, TextIO, TypeVar

from genesis.kernel.approvals import Approval
from genesis.kernel.errors import Refused
from genesis.kernel.pos import Pos
from genesis.kernel.receipt import printable

T = TypeVar("T")
Ask = Callable[[Approval], Mapping[str, str]]  # what is filled in for the fields of an approval


def approving(pos: Pos, ask: Ask | None, run: Callable[[], T]) -> T:
    """Do something; what somebody else has to approve is asked about. Raises UserError where it is not approved."""
    try:
        return run()
    except Approval as question:
        if ask is None:
            raise Refused(
                question.what, "ask somebody who may, at a terminal or at the window", question.field
            ) from None
        given = question.answered(ask(question))
    with pos.hooks.confirming(pos.hooks.confirmed, given):
        return run()


def at_terminal(source: BinaryIO, out: TextIO) -> Ask:
    """Return what asks whoever sits at a terminal; the password is typed unseen."""

    def ask(question: Approval) -> Mapping[str, str]:
        people = [account for account, _name in question.people]
        out.write(f"{printable(question.what)}\nWho approves ({', '.join(people)}) [{question.chosen}]: ")
        out.flush()
        person = source.readline().decode(errors="replace").strip()
        return {"person": person or question.chosen, "password": getpass("Password: ")}

    return ask
