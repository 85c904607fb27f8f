"""`pos`: the narrow facade that plugins and hosts are given; there is no other way in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import msgspec

    from genesis.kernel.actors import Actor
    from genesis.kernel.blobs import Blobs
    from genesis.kernel.boundjournal import BoundJournal
    from genesis.kernel.cart import Cart, Priced
    from genesis.kernel.clock import Clock
    from genesis.kernel.devicedesk import DeviceDesk
    from genesis.kernel.permissions import Permissions
    from genesis.kernel.privacy import Privacy
    from genesis.kernel.projections import ReadDb
    from genesis.kernel.recordset import RecordSet
    from genesis.kernel.shifts import Shifts

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="msgspec.Struct")


class Hooks(Protocol):
    """Typed calls of the specs: the spec function itself is the name of the hook."""

    def each(self, spec: Callable[Concatenate[Pos, P], R | None]) -> Callable[P, list[R]]:
        """Ask every plugin; answers that are not None."""
        ...

    def first(self, spec: Callable[Concatenate[Pos, P], R | None]) -> Callable[P, R | None]:
        """Ask until somebody answers."""
        ...

    def authored(self, spec: Callable[Concatenate[Pos, P], R | None]) -> Callable[P, list[tuple[str, R]]]:
        """Ask every plugin (a first-spec: until somebody answers); answers with the id of their author."""
        ...

    def vetoes(self, spec: Callable[Concatenate[Pos, P], None]) -> Callable[P, list[tuple[str, str]]]:
        """Ask every plugin; the reasons of those that raised Veto."""
        ...

    @property
    def confirmed(self) -> bool:
        """Whether a person said yes to what is being done."""
        ...

    @property
    def answers(self) -> Mapping[str, str]:
        """What a person filled in for the fields of a Confirm, by field name."""
        ...

    def confirming(self, yes: bool, answers: Mapping[str, str] | None = None) -> AbstractContextManager[None]:
        """Take every Confirm as answered with yes while this lasts; a Veto stands.

        answers: what was filled in for fields; None keeps those of whoever is around this.
        """
        ...

    def implemented(self, spec: Callable[..., Any], *, always: bool = False) -> list[str]:
        """Return the ids of the plugins that answer this hook; always: without those for special cases (tryfirst)."""
        ...


class Pos(Protocol):
    """What a hook implementation, a screen or a service sees of the house.

    db: the views, read-only. journal: read and (outside hooks) append. settings(Model): the typed
    settings of a plugin. records(name): a RecordSet. actor: who acts now. blobs: files named by their SHA-256.
    privacy: exporting and erasing what is known about a person. devices: those of this register.
    """

    db: ReadDb
    journal: BoundJournal
    hooks: Hooks
    clock: Clock
    permissions: Permissions
    privacy: Privacy
    devices: DeviceDesk
    log: logging.Logger
    blobs: Blobs

    @property
    def actor(self) -> Actor:
        """Who acts now."""
        ...

    @property
    def currency(self) -> str:
        """The store's currency."""
        ...

    @property
    def shifts(self) -> Shifts:
        """The shifts of the register that this process is; refused where it is none."""
        ...

    def open_cart(self) -> tuple[Cart | None, Priced | None]:
        """Return the open cart of the register that this process is, and what it comes to; None where there is none."""
        ...

    def ask_payments(self) -> None:
        """Ask the providers soon (in a worker) about the payments of which nobody knows the end; returns at once."""
        ...

    def settings(self, model: type[S]) -> S:
        """Return the current settings of the plugin that owns this model."""
        ...

    def records(self, name: str) -> RecordSet:
        """Return the master data kept under this name."""
        ...
