"""What plugins and screens are given of the house: the object behind `pos`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from genesis.kernel.actors import Actor
from genesis.kernel.blobs import Blobs
from genesis.kernel.cart import Cart, Priced
from genesis.kernel.clock import Clock
from genesis.kernel.devicedesk import DeviceDesk
from genesis.kernel.errors import UserError
from genesis.kernel.permissions import Permissions
from genesis.kernel.pos import Hooks
from genesis.kernel.privacy import Privacy
from genesis.kernel.recordset import RecordSet
from genesis.kernel.settings import StoreSettings
from genesis.kernel.shifts import Shifts

if TYPE_CHECKING:
    from genesis.plugin.app import App

S = TypeVar("S", bound=msgspec.Struct)


class House:
    """`pos` itself: see genesis.kernel.pos.Pos for what each part is."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.db = app.db
        self.journal = app.journal
        self.hooks: Hooks = app.hooks
        self.clock: Clock = app.clock
        self.log = app.log
        self.blobs = Blobs(app.home.blobs)
        self.permissions: Permissions
        self.privacy: Privacy
        self.devices: DeviceDesk

    @property
    def actor(self) -> Actor:
        """Who acts now."""
        return self.app.actor

    @property
    def currency(self) -> str:
        """The store's currency; refused where `genesis init` was not told one."""
        currency = self.settings(StoreSettings).currency
        if not currency:
            raise UserError("the store has no currency", "set it: genesis init --currency CODE", "currency")
        return currency

    @property
    def shifts(self) -> Shifts:
        """The shifts of this register."""
        if self.app.register is None:
            raise UserError("this is not a register", "do it at the till", "register")
        return self.app.register.shifts

    def open_cart(self) -> tuple[Cart | None, Priced | None]:
        """The open cart of this process's register."""
        register = self.app.register
        return (None, None) if register is None else (register.cart, register.priced)

    def ask_payments(self) -> None:
        """Ask the providers soon what became of unclear payments."""
        self.app.jobs.soon("payments")

    def settings(self, model: type[S]) -> S:
        """Return the current settings of the plugin that owns this model."""
        return self.app.settings.get(model)

    def records(self, name: str) -> RecordSet:
        """Return the master data kept under this name."""
        found = self.app.records.get(name)
        if found is None:
            raise UserError(f"no enabled plugin keeps {name}", "enable its plugin", "record")
        return found
