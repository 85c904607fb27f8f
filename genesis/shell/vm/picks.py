"""Choosing from a list: held sales, customers, all actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from genesis.kernel.errors import UserError
from genesis.shell.vm.base import Command
from genesis.shell.vm.desk import Desk, Dialog
from genesis.shell.vm.latest import Latest
from genesis.shell.words import _


class Choice(NamedTuple):
    """A row of the list. cap: its key, shown at the end."""

    id: str
    title: str
    detail: str = ""
    right: str = ""
    icon: str = ""
    cap: str = ""


class PickDialog(Dialog):
    """A list to choose from. find: answers the typed text ("" at first); take: gets the id of the choice.

    more: answers it too, in a worker; its rows come after those of `find`. waiting: they are not here yet.
    """

    context = "pick"

    def __init__(
        self,
        desk: Desk,
        title: str,
        find: Callable[[str], list[Choice]],
        take: Callable[[str], object],
        *,
        hint: str = "",
        empty: str = "",
        more: Callable[[str], list[Choice]] | None = None,
    ) -> None:
        super().__init__(desk, title)
        self._find, self._more, self._take, self.hint = find, more, take, hint
        self._empty = empty or _("Nothing found")
        self.text, self.index = "", 0
        self._stored = Latest(desk.runner, self._failed)
        self._then: Callable[[], object] | None = None  # what was pressed before the rows of this text were here
        self.choices = find("")
        self.define(
            Command("select.up", _("Up"), lambda: self.move(-1)),
            Command("select.down", _("Down"), lambda: self.move(1)),
        )

    @property
    def waiting(self) -> bool:
        """Whether rows of this text are still to come."""
        return self._stored.waiting

    @property
    def empty(self) -> str:
        """What is said where no row is."""
        return _("Searching …") if self.waiting else self._empty

    def search(self, text: str) -> None:
        """Show what matches the typed text."""
        if text != self.text:
            self.text, self.index, self.error = text, 0, ""
            try:
                self.choices = self._find(text)
            except UserError as refusal:
                self.choices = []
                self.refuse(refusal)
            self._ask()
            self.changed()

    def _ask(self) -> None:
        """Ask for more rows; what was pressed for an earlier text is dropped with its answer."""
        self._then = None
        if self._more is not None:
            self._stored.ask(partial(self._more, self.text), self._came)

    def _came(self, rows: list[Choice]) -> None:
        if self not in self.desk.dialogs:
            return
        self.choices = [*self.choices, *rows]
        then, self._then = self._then, None
        self.changed()
        if then is not None and self.desk.top is self:
            then()

    def _failed(self, error: BaseException) -> None:
        if self in self.desk.dialogs:
            self._then = None
            self.changed()
            if isinstance(error, UserError):
                self.refuse(error)
            else:
                self.desk.fault(error)

    def move(self, step: int) -> None:
        """Go up or down the list."""
        if self.choices:
            self.index = min(max(self.index + step, 0), len(self.choices) - 1)
            self.changed()

    def accept(self) -> None:
        """Take the marked row; where none is here yet, the first that comes for this text."""
        if self.choices:
            self.pick(self.choices[self.index])
        elif self.waiting:
            self._then = self.accept

    def pick(self, choice: Choice) -> None:
        """Take a row."""
        self.close()
        self._take(choice.id)

    def scanned(self, code: str) -> bool:
        """A scanned code is looked for; a single match is taken."""
        if not self.hint:
            return False
        self.search(code)
        if self.waiting:
            self._then = self._take_single
        else:
            self._take_single()
        return True

    def _take_single(self) -> None:
        if len(self.choices) == 1:
            self.pick(self.choices[0])


def matching(choices: list[Choice], text: str) -> list[Choice]:
    """Return the choices that have all typed words in their title or detail."""
    words = text.casefold().split()
    return [c for c in choices if all(word in f"{c.title} {c.detail}".casefold() for word in words)]
