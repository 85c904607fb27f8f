"""Who is it? Asked once a password is set, before anything else is shown."""

from __future__ import annotations

from collections.abc import Callable

from genesis.kernel.errors import UserError
from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.desk import Desk, sentences
from genesis.shell.words import _


class SignInVM(ViewModel):
    """Name and password. enter: signs in, and raises UserError where they do not fit."""

    context = "sign_in"

    def __init__(self, desk: Desk, enter: Callable[[str, str], object], name: str = "") -> None:
        super().__init__()
        self.desk, self._enter = desk, enter
        self.name, self.secret, self.error = name, "", ""
        self.define(Command("sign_in.enter", _("Sign in"), self.enter, "log-in"))

    def write_name(self, text: str) -> None:
        """Take what is typed as the name."""
        self.name, self.error = text, ""

    def write_secret(self, text: str) -> None:
        """Take what is typed as the password."""
        self.secret, self.error = text, ""

    def enter(self) -> None:
        """Try to sign in; the password is forgotten either way."""
        secret, self.secret = self.secret, ""
        try:
            self._enter(self.name.strip(), secret)
        except UserError as refusal:
            self.error = sentences(refusal)
        self.changed()
