"""The journal as plugins get it: what they append has the stream and the person of this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from genesis.kernel.entries import Appended, FactRef
from genesis.kernel.errors import GenesisError
from genesis.kernel.facts import Fact, PermissionApproved
from genesis.kernel.guards import Guard
from genesis.kernel.journal import Journal

if TYPE_CHECKING:
    from genesis.kernel.actors import Actor
    from genesis.kernel.cart import Cart


class BoundJournal:
    """The journal as `pos` gives it: the stream and the actor are those of this process."""

    def __init__(self, journal: Journal, stream: str, actor: Callable[[], Actor]) -> None:
        self.raw, self.stream, self._actor = journal, stream, actor
        self.read, self.entry, self.state, self.space = journal.read, journal.entry, journal.state, journal.space
        self.holder, self.balance, self.held = journal.holder, journal.balance, journal.held
        self.forbidden: Callable[[], str] = lambda: ""
        self.approved: Callable[[], dict[str, PermissionApproved]] = dict
        self.wait: Callable[..., None] = lambda *_a, **_k: None

    def append(
        self,
        *facts: Fact,
        guards: Sequence[Guard] = (),
        cause: FactRef | None = None,
        **kernel: Any,
    ) -> Appended:
        """Append facts, durable on return; refused inside a hook, which may only read and answer.

        What somebody approved of it is recorded with them.
        """
        if where := self.forbidden():
            raise GenesisError(f"{where} tried to append inside a hook; use a reaction or a screen")
        approved, actor = self.approved(), self._actor().id
        facts = (*facts, *approved.values())
        done = self.raw.append(*facts, stream=self.stream, actor=actor, guards=guards, cause=cause, **kernel)
        approved.clear()
        return done

    def save_carts(self, *carts: tuple[str, str, Cart | None], durable: bool = False) -> None:
        """Save open or held carts, with what somebody approved of it; durable waits for the disk."""
        if self.approved():
            self.append(carts=carts)
        else:
            self.raw.save_carts(*carts, durable=durable)
