"""Who is it? Asked once a password is set, before anything else is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from genesis.kernel.errors import UserError
from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.desk import Desk, sentences
from genesis.shell.words import _


class Door(NamedTuple):
    """How somebody gets in. enter: takes name and password, raises UserError where they do not fit.

    people: (account, name) of those who may; last: who was here before. card: takes what a reader gives of a card, lets
    in where that is enough, and returns whose it is, "" where nobody's.
    """

    enter: Callable[[str, str], object]
    people: tuple[tuple[str, str], ...] = ()
    last: str = ""
    card: Callable[[str], str] = lambda _code: ""


class SignInVM(ViewModel):
    """Name and password; the name is chosen where there are few people."""

    context = "sign_in"

    def __init__(self, desk: Desk, door: Door) -> None:
        super().__init__()
        self.desk, self.door = desk, door
        self.name, self.secret, self.error = door.last, "", ""
        self.define(Command("sign_in.enter", _("Sign in"), self.enter, "log-in"))

    def write_name(self, text: str) -> None:
        """Take what is typed as the name."""
        self.name, self.error = text, ""

    def choose(self, name: str) -> None:
        """Take a name that was touched."""
        self.name, self.secret, self.error = name, "", ""
        self.changed()

    def write_secret(self, text: str) -> None:
        """Take what is typed as the password."""
        self.secret, self.error = text, ""

    def enter(self) -> None:
        """Try to sign in; the password is forgotten either way."""
        secret, self.secret = self.secret, ""
        try:
            self.door.enter(self.name.strip(), secret)
        except UserError as refusal:
            self.error = sentences(refusal)
        self.changed()

    def scanned(self, code: str) -> bool:
        """A staff card names its person, or lets them in; what else is scanned here is not used."""
        try:
            name = self.door.card(code)
        except UserError as refusal:
            self.error = sentences(refusal)
            self.changed()
            return True
        if name:
            self.choose(name)
        return bool(name)
