"""The first start: what a store must be told before it can sell, asked step by step."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

from babel.numbers import get_currency_name

from genesis.kernel.errors import UserError
from genesis.kernel.money import exponent, rate
from genesis.shell.vm.base import ViewModel
from genesis.shell.vm.desk import Runner, sentences
from genesis.shell.words import _, locale, many

log = logging.getLogger("genesis.shell")
LEAST_SECRET = 4
RATES = 3  # more of them later, on the page Taxes
STORE = ("name", "currency", "register", "secret", "again")
TAXES = ("how", "scope", *(f"{part}.{n}" for n in range(RATES) for part in ("tax", "rate")))
PRINTER = ("address",)
STEPS = {"store": STORE, "taxes": TAXES, "printer": PRINTER}
FIELDS = (*STORE, *TAXES, *PRINTER)


class Taxes(NamedTuple):
    """What was said of taxes. how: "inside" the prices, "added" to them, "none", "" for later; rates: name, percent."""

    how: str = ""
    scope: str = ""
    rates: tuple[tuple[str, str], ...] = ()


class Wish(NamedTuple):
    """The store that is wanted. secret: the owner's password, "" for none; demo: the demo store and nothing else."""

    name: str = ""
    currency: str = ""
    register: str = "R1"
    secret: str = ""
    taxes: Taxes = Taxes()
    demo: bool = False


class Maker(Protocol):
    """Makes the store. asks_taxes, tries_printers: whether there are plugins for it."""

    asks_taxes: bool
    tries_printers: bool

    def make(self, wish: Wish) -> None:
        """Make the store, or leave nothing behind."""
        ...

    def print_test(self, address: str) -> None:
        """Print a test in the store that was made, and keep the printer; raises UserError where it did not print."""
        ...


class FirstStart(ViewModel):
    """The form, one step after another: "store", "taxes", and "printer" once the store is there.

    faults: by field, "" for what concerns none; busy: work is under way; made: the store is there; done: nothing is
    left to ask; printed: the test was.
    """

    context = "first"

    def __init__(self, runner: Runner, maker: Maker) -> None:
        super().__init__()
        self._runner, self._maker = runner, maker
        self.values = dict.fromkeys(FIELDS, "") | {"register": "R1"}
        self.faults: dict[str, str] = {}
        self.step = "store"
        self.busy = self.made = self.done = self.printed = False

    def write(self, field: str, text: str) -> None:
        """Take what is typed or chosen; a code is written in capitals."""
        self.values[field] = text.upper() if field in {"currency", "register"} else text
        self.faults.pop(field, None)
        self.faults.pop("", None)
        self.changed()

    @property
    def untouched(self) -> bool:
        """Whether nothing was said yet: then Enter shows the demo store."""
        return self.step == "store" and not any(self.values[name].strip() for name in STORE if name != "register")

    @property
    def last_question(self) -> bool:
        """Whether the store is made once this step is answered."""
        return self.step == "taxes" or not self._maker.asks_taxes

    @property
    def taxed(self) -> bool:
        """Whether there are taxes to tell about."""
        return self.values["how"] in {"inside", "added"}

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

    # Answers -----------------------------------------------------------------------------------------------

    def check(self) -> bool:
        """Say beside each field of this step what is wrong with it; returns whether nothing is."""
        self.faults = self._store_faults() if self.step == "store" else self._tax_faults()
        self.changed()
        return not self.faults

    def _store_faults(self) -> dict[str, str]:
        values, faults = self.values, dict[str, str]()
        if not values["name"].strip():
            faults["name"] = _("It stands on every receipt")
        elif len(values["name"]) > 200:
            faults["name"] = _("At most 200 characters")
        try:
            exponent(values["currency"].strip())
        except UserError:
            faults["currency"] = _("The code of a currency, such as EUR; it cannot change later")
        if not re.fullmatch("[A-Z][A-Z0-9]{0,7}", values["register"].strip()):
            faults["register"] = _("A letter, then letters and digits, such as R1")
        if values["secret"] and len(values["secret"]) < LEAST_SECRET:
            faults["secret"] = many("At least {count} character", "At least {count} characters", LEAST_SECRET)
        elif values["secret"] != values["again"]:
            faults["again"] = _("The two are not the same")
        return faults

    def _tax_faults(self) -> dict[str, str]:
        values, faults = self.values, dict[str, str]()
        if not values["how"]:
            faults["how"] = _("Choose one: nothing is taken for granted")
        if not self.taxed:
            return faults
        if not values["scope"]:
            faults["scope"] = _("Choose one: the law of your country says which")
        seen: set[tuple[str, str]] = set()
        for n in range(RATES):
            name, percent = values[f"tax.{n}"].strip(), values[f"rate.{n}"].strip()
            if not name and not percent and (n or seen):
                continue
            if not name or len(name) > 60 or not name.isprintable():
                faults[f"tax.{n}"] = _("A name of 1 to 60 characters")
            if not (read := percent_of(percent)):
                faults[f"rate.{n}"] = _("0 to 100 %")
            elif (name, read) in seen:
                faults[f"tax.{n}"] = _("This tax is there already")
            seen.add((name, read))
        return faults

    def _taxes(self) -> Taxes:
        values = self.values
        if not self.taxed:
            return Taxes("none" if values["how"] == "none" else "")
        rates = [(values[f"tax.{n}"].strip(), percent_of(values[f"rate.{n}"])) for n in range(RATES)]
        return Taxes(values["how"], values["scope"], tuple((name, percent) for name, percent in rates if name))

    # Steps -------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Enter: what the main button of this step does; the demo store while nothing was said."""
        if self.untouched:
            self.demo()
        elif self.step == "printer":
            self.test() if self.values["address"].strip() and not self.printed else self.finish()
        else:
            self.go_on()

    def go_on(self) -> None:
        """Go to the next question, or make the store."""
        if self.busy or not self.check():
            return
        if not self.last_question:
            self._show("taxes")
            return
        v = self.values
        taxes = self._taxes() if self._maker.asks_taxes else Taxes()
        self._make(Wish(v["name"].strip(), v["currency"].strip(), v["register"].strip(), v["secret"], taxes))

    def back(self) -> None:
        """Go back to the step before; what was said stays."""
        if self.step == "taxes" and not self.busy:
            self._show("store")

    def demo(self) -> None:
        """Make the demo store."""
        if not self.busy and self.step == "store":
            self.faults = {}
            self._make(Wish(demo=True))

    def test(self) -> None:
        """Print a test."""
        if self.busy or self.step != "printer":
            return
        address = self.values["address"].strip()
        if not address:
            self.faults = {"address": _("The address of the printer, such as 192.0.2.10")}
            self.changed()
            return
        self.faults, self.printed = {}, False
        self._start(lambda: self._maker.print_test(address), self._was_printed)

    def finish(self) -> None:
        """Open the till."""
        if self.made and not self.busy:
            self.done = True
            self.changed()

    def _show(self, step: str) -> None:
        self.step, self.faults = step, {}
        self.changed()

    # Work --------------------------------------------------------------------------------------------------

    def _make(self, wish: Wish) -> None:
        def made(_nothing: object) -> None:
            self.made = True
            self.done = wish.demo or not self._maker.tries_printers
            self._show("printer")

        self._start(lambda: self._maker.make(wish), made)

    def _was_printed(self, _nothing: object) -> None:
        self.printed = True
        self.changed()

    def _start(self, work: Callable[[], None], then: Callable[[object], None]) -> None:
        def ended(answer: object) -> None:
            self.busy = False
            then(answer)

        self.busy = True
        self.changed()
        self._runner.submit(work, ended, self._failed)

    def _failed(self, error: BaseException) -> None:
        """Nothing is left of what could not be done; what is wrong stands beside its field."""
        self.busy = False
        if isinstance(error, UserError):
            self._blame(error)
        else:
            log.error("the first start failed", exc_info=error)
            text = f"{type(error).__name__}: {error}"
            lost = (
                _("The printer could not be tried ({why})") if self.made else _("The store could not be made ({why})")
            )
            self.faults = {"": lost.format(why=text)}
        self.changed()

    def _blame(self, error: UserError) -> None:
        """Put a refusal beside its field, on the step where that stands."""
        step = next((step for step, fields in STEPS.items() if error.field in fields), self.step)
        if not self.made:
            self.step = step
        known = error.field in STEPS[self.step]
        self.faults = {error.field if known else "": sentences(error)}


def percent_of(text: str) -> str:
    """Return a rate from 0 to 100 as it is kept, read with a point or a comma; "" where it is none."""
    try:
        value = rate(text.strip().removesuffix("%").strip().replace(",", "."))
    except UserError:
        return ""
    return format(value.normalize(), "f") if 0 <= value <= 100 else ""
