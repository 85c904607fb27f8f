"""The journal as plugins get it: what they append has the stream and the person of this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from genesis.kernel.entries import Appended, FactRef
from genesis.kernel.errors import GenesisError
from genesis.kernel.facts import Fact
from genesis.kernel.guards import Guard
from genesis.kernel.journal import Journal

if TYPE_CHECKING:
    from genesis.kernel.actors import Actor


class BoundJournal:
    """The journal as `pos` gives it: the stream and the actor are those of this process."""

    def __init__(self, journal: Journal, stream: str, actor: Callable[[], Actor]) -> None:
        self.raw, self.stream, self._actor = journal, stream, actor
        self.read, self.entry, self.state, self.space = journal.read, journal.entry, journal.state, journal.space
        self.holder, self.balance, self.held = journal.holder, journal.balance, journal.held
        self.forbidden: Callable[[], str] = lambda: ""
        self.wait: Callable[..., None] = lambda *_a, **_k: None

    def append(
        self,
        *facts: Fact,
        guards: Sequence[Guard] = (),
        cause: FactRef | None = None,
        **kernel: Any,
    ) -> Appended:
        """Append facts, durable on return; refused inside a hook, which may only read and answer."""
        if where := self.forbidden():
            raise GenesisError(f"{where} tried to append inside a hook; use a reaction or a screen")
        return self.raw.append(*facts, stream=self.stream, actor=self._actor().id, guards=guards, cause=cause, **kernel)
