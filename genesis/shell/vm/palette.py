"""The palette: everything that can be done, every screen, product and customer behind one key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from genesis.kernel.errors import UserError
from genesis.shell.vm.base import Command
from genesis.shell.vm.cashier import CashierVM
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.picks import Choice, PickDialog, matching
from genesis.shell.vm.till import Tile
from genesis.shell.words import _

T = TypeVar("T")
LEAST = 2  # characters before goods and customers are searched
GOODS, PEOPLE = 6, 4  # of each are shown
HIDDEN = ("scan.", "select.", "tiles.", "page.", "row.", "rows.", "form.", "actions.", "amount.", "undo")


class Goal(NamedTuple):
    """A screen to go to."""

    id: str
    title: str
    icon: str
    go: Callable[[], object]


class Palette:
    """Finds what was typed about and does it: commands of the screen in sight first, then screens, goods, people."""

    def __init__(self, desk: Desk, cashier: CashierVM, goals: Callable[[], Sequence[Goal]]) -> None:
        self.desk, self.cashier, self._goals = desk, cashier, goals
        self._does: dict[str, Callable[[], object]] = {}

    def open(self) -> None:
        """Show it; a dialog that is open is left alone."""
        if not self.desk.dialogs:
            self._does = {}
            hint = _("Type what to do, a screen, a product or a customer")
            title = _("Find anything")
            self.desk.open(PickDialog(self.desk, title, self.find, self.take, hint=hint, more=self.find_stored))

    def find(self, text: str) -> list[Choice]:
        """Return the commands and screens that match, with nothing typed all of them; first what is possible now."""
        return [*matching(self._commands(), text), *matching(self._screens(), text)]

    def find_stored(self, text: str) -> list[Choice]:
        """Return the goods and customers that match (in a worker; reads the database)."""
        text = text.strip()
        return [*self._found_goods(text), *self._found_people(text)] if len(text) >= LEAST else []

    def take(self, choice: str) -> None:
        """Do what was chosen."""
        self._does[choice]()

    def _commands(self) -> list[Choice]:
        screen = self.desk.screens[self.desk.screen]
        known = [c for c in (*screen.commands.values(), *self.desk.commands.values()) if not c.id.startswith(HIDDEN)]
        return sorted((self._command(command) for command in known), key=lambda choice: bool(choice.detail))

    def _command(self, command: Command) -> Choice:
        screen, key = self.desk.screens[self.desk.screen], f"do {command.id}"
        self._does[key] = lambda: self.desk.dispatch(command.id, screen)
        cap = self.desk.cap(command.id, screen.context) or self.desk.cap(command.id, "any")
        return Choice(key, command.title, command.blocked(), icon=command.icon or "play", cap=cap)

    def _screens(self) -> list[Choice]:
        found = []
        for goal in self._goals():
            self._does[f"go {goal.id}"] = goal.go
            found.append(Choice(f"go {goal.id}", goal.title, _("Go to"), icon=goal.icon))
        return found

    def _found_goods(self, text: str) -> list[Choice]:
        found = []
        for tile in self._read(lambda: self.desk.till.search(text, GOODS)):
            key = f"add {tile.item}"
            self._does[key] = partial(self._add, tile)
            price = "" if tile.price is None else self.desk.formats.price(tile.price, tile.per)
            found.append(Choice(key, tile.name, _("Add to the sale"), price, tile.icon or "package"))
        return found

    def _found_people(self, text: str) -> list[Choice]:
        if "customer.attach" not in self.cashier.commands:
            return []
        found = []
        for customer in self._read(lambda: self.desk.till.customers(text, PEOPLE)):
            key = f"attach {customer.ref}"
            self._does[key] = partial(self._attach, customer.ref)
            found.append(Choice(key, customer.name, customer.detail or _("Customer"), icon="user"))
        return found

    def _add(self, tile: Tile) -> None:
        self._sell()
        self.cashier.touch(tile)

    def _attach(self, customer: str) -> None:
        self._sell()
        self.cashier.change(lambda _ok: self.desk.till.attach(customer))

    def _sell(self) -> None:
        if self.desk.screen != "sell":
            self.desk.go("sell")

    def _read(self, ask: Callable[[], Sequence[T]]) -> Sequence[T]:
        """Return what was found; what cannot be searched now is left out."""
        try:
            return ask()
        except UserError:
            return ()
