"""Choosing from a list: held sales, customers, all actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from genesis.kernel.errors import UserError
from genesis.shell.vm.base import Command
from genesis.shell.vm.desk import Desk, Dialog
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
    """A list to choose from. find: answers the typed text ("" at first); take: gets the id of the choice."""

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
    ) -> None:
        super().__init__(desk, title)
        self._find, self._take, self.hint = find, take, hint
        self.empty = empty or _("Nothing found")
        self.text, self.index = "", 0
        self.choices = find("")
        self.define(
            Command("select.up", _("Up"), lambda: self.move(-1)),
            Command("select.down", _("Down"), lambda: self.move(1)),
        )

    def search(self, text: str) -> None:
        """Show what matches the typed text."""
        if text != self.text:
            self.text, self.index, self.error = text, 0, ""
            try:
                self.choices = self._find(text)
            except UserError as refusal:
                self.choices = []
                self.refuse(refusal)
            self.changed()

    def move(self, step: int) -> None:
        """Go up or down the list."""
        if self.choices:
            self.index = min(max(self.index + step, 0), len(self.choices) - 1)
            self.changed()

    def accept(self) -> None:
        """Take the marked row."""
        if self.choices:
            self.pick(self.choices[self.index])

    def pick(self, choice: Choice) -> None:
        """Take a row."""
        self.close()
        self._take(choice.id)

    def scanned(self, code: str) -> bool:
        """A scanned code is looked for; a single match is taken."""
        if not self.hint:
            return False
        self.search(code)
        if len(self.choices) == 1:
            self.pick(self.choices[0])
        return True


def matching(choices: list[Choice], text: str) -> list[Choice]:
    """Return the choices that have all typed words in their title or detail."""
    words = text.casefold().split()
    return [c for c in choices if all(word in f"{c.title} {c.detail}".casefold() for word in words)]
