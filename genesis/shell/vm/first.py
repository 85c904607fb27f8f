"""The first start: what a store must be told before it can sell, asked in one place."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import NamedTuple

from babel.numbers import get_currency_name

from genesis.kernel.errors import UserError
from genesis.kernel.money import exponent
from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.desk import Runner, sentences
from genesis.shell.words import _, locale

log = logging.getLogger("genesis.shell")
LEAST_SECRET = 4
FIELDS = ("name", "currency", "register", "secret", "again")


class Wish(NamedTuple):
    """The store that is wanted. secret: the owner's password, "" for none; demo: the demo store and nothing else."""

    name: str = ""
    currency: str = ""
    register: str = "R1"
    secret: str = ""
    demo: bool = False


class FirstStart(ViewModel):
    """The form. faults: by field, "" for what concerns none; busy: the store is being made; made: it is there."""

    context = "first"

    def __init__(self, runner: Runner, make: Callable[[Wish], object]) -> None:
        super().__init__()
        self._runner, self._make = runner, make
        self.values = dict.fromkeys(FIELDS, "") | {"register": "R1"}
        self.faults: dict[str, str] = {}
        self.busy = self.made = False
        self.define(
            Command("first.make", _("Make the store"), self.make, "check", self._busy),
            Command("first.demo", _("Look around in the demo store"), self.demo, "store", self._busy),
        )

    def _busy(self) -> str:
        return _("The store is being made") if self.busy else ""

    def write(self, field: str, text: str) -> None:
        """Take what is typed; a code is written in capitals."""
        self.values[field] = text.upper() if field in {"currency", "register"} else text
        self.faults.pop(field, None)
        self.faults.pop("", None)
        self.changed()

    @property
    def currency(self) -> str:
        """The name of the typed currency, "" while it is none."""
        code = self.values["currency"].strip()
        try:
            exponent(code)
        except UserError:
            return ""
        name = str(get_currency_name(code, locale=locale().replace("-", "_")))
        return name if name != code else ""

    def check(self) -> bool:
        """Say beside each field what is wrong with it; returns whether nothing is."""
        values, faults = self.values, dict[str, str]()
        if not values["name"].strip():
            faults["name"] = _("It stands on every receipt")
        elif len(values["name"]) > 200:
            faults["name"] = _("At most 200 characters")
        try:
            exponent(values["currency"].strip())
        except UserError:
            faults["currency"] = _("Three letters, such as EUR; it cannot change later")
        if not re.fullmatch("[A-Z][A-Z0-9]{0,7}", values["register"].strip()):
            faults["register"] = _("A letter, then letters and digits, such as R1")
        if values["secret"] and len(values["secret"]) < LEAST_SECRET:
            faults["secret"] = _("At least {count} characters").format(count=LEAST_SECRET)
        elif values["secret"] != values["again"]:
            faults["again"] = _("The two are not the same")
        self.faults = faults
        self.changed()
        return not faults

    def make(self) -> None:
        """Make the store of one's own."""
        if not self.busy and self.check():
            v = self.values
            self._start(Wish(v["name"].strip(), v["currency"].strip(), v["register"].strip(), v["secret"]))

    def demo(self) -> None:
        """Make the demo store."""
        if not self.busy:
            self.faults = {}
            self._start(Wish(demo=True))

    def _start(self, wish: Wish) -> None:
        self.busy = True
        self.changed()
        self._runner.submit(lambda: self._make(wish), self._done, self._failed)

    def _done(self, _nothing: object) -> None:
        self.busy, self.made = False, True
        self.changed()

    def _failed(self, error: BaseException) -> None:
        """Nothing is left of a store that could not be made; what is wrong stands beside its field."""
        self.busy = False
        if isinstance(error, UserError):
            self.faults = {error.field if error.field in FIELDS else "": sentences(error)}
        else:
            log.error("the store could not be made", exc_info=error)
            self.faults = {"": _("The store could not be made ({why})").format(why=f"{type(error).__name__}: {error}")}
        self.changed()
