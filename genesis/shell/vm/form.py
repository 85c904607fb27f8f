"""Filling in fields: what a question at the till, an action of a page and a drawer have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from genesis.hooks.given import taken
from genesis.kernel.errors import SettingsError, UserError
from genesis.kernel.fields import FieldSpec
from genesis.kernel.money import Money, decimal, exponent
from genesis.shell.vm.base import Command
from genesis.shell.vm.desk import Desk, Dialog, begun
from genesis.shell.vm.files import choose_file
from genesis.shell.vm.numbers import Typing
from genesis.shell.vm.picks import Choice, PickDialog, matching
from genesis.shell.words import _


class Form:
    """The fields, what stands in them as text, and what is wrong with it by field.

    fields: in the language of the screens already; counts: those that a keypad fills in. values: as filled in now;
    before: as it was, so that only what changed is given on. focus: the field with the keys; secret: the one
    that takes a password, if any.
    """

    def __init__(self, fields: Sequence[FieldSpec], values: Mapping[str, str], currency: str) -> None:
        self.fields = tuple(fields)
        self.before = {field.name: values.get(field.name, "") for field in self.fields}
        self.values = dict(self.before)
        self.faults: dict[str, str] = {}
        self.focus = next((field.name for field in self.fields if not field.fixed), "")
        self.secret = next((field.name for field in self.fields if field.kind == "secret" and not field.fixed), "")
        self.counts = tuple(f.name for f in self.fields if f.kind in {"number", "money", "secret"} and not f.fixed)
        self._currency = currency

    @property
    def changes(self) -> dict[str, str]:
        """What differs from how it was."""
        return {name: text for name, text in self.values.items() if text != self.before[name]}

    def field(self, name: str) -> FieldSpec:
        """Return a field by its name."""
        return next(field for field in self.fields if field.name == name)

    def set(self, name: str, text: str) -> None:
        """Fill a field in."""
        self.values[name] = text
        self.faults.pop(name, None)

    def next(self, step: int = 1) -> None:
        """Give the keys to the next field, or with -1 to the one before."""
        names = [field.name for field in self.fields if not field.fixed]
        if names:
            self.focus = names[(names.index(self.focus) + step) % len(names)] if self.focus in names else names[0]

    def press(self, symbol: str) -> None:
        """Take a key of a keypad into the number that has the keys, else into the first."""
        self.focus = self.focus if self.focus in self.counts else self.counts[0]
        kind = self.field(self.focus).kind
        if kind == "secret":
            self._press_secret(symbol)
            return
        number = Typing(self.values[self.focus], exponent(self._currency) if kind == "money" else 3)
        number.fresh = False
        if number.press(symbol):
            self.set(self.focus, number.text)

    def _press_secret(self, symbol: str) -> None:
        before = self.values[self.focus]
        kept = {"back": before[:-1], "clear": ""}.get(symbol, before + symbol if symbol.isdigit() else before)
        self.set(self.focus, kept)

    def next_count(self) -> str:
        """Return the number below the one that has the keys, "" for none."""
        at = self.counts.index(self.focus) + 1 if self.focus in self.counts else 0
        return self.counts[at] if at < len(self.counts) else ""

    def takes(self, field: FieldSpec, value: str) -> bool:
        """Return whether an option is taken."""
        return value in self.values[field.name].split(",")

    def take(self, name: str, value: str) -> None:
        """Take an option or leave it; of one alone another takes the place."""
        field, now = self.field(name), [one for one in self.values[name].split(",") if one]
        if value in now and field.least == field.most == 1:
            pass  # one of them is needed: it stays
        elif value in now:
            now.remove(value)
        else:
            now = [value] if field.most == 1 else [*now, value]
        self.focus = name
        self.set(name, ",".join(now))

    def label(self, field: FieldSpec) -> str:
        """Return what a choice shows for its value."""
        value = self.values[field.name]
        return next((label for known, label in choices(field) if known == value), value)

    def check(self) -> bool:
        """Find what cannot be right whatever the fields are for; returns whether all is well."""
        self.faults = {field.name: fault for field in self.fields if (fault := self._fault(field))}
        return not self.faults

    def _fault(self, field: FieldSpec) -> str:
        text = self.values[field.name].strip()
        if field.kind == "options":
            return _counted(field, text)
        if not text:
            return _("This is needed") if field.required else ""
        try:
            if field.kind == "number":
                decimal(text, field.label)
            elif field.kind == "money":
                Money.parse(text, self._currency, field.label)
            elif field.kind == "date":
                date.fromisoformat(text)
        except UserError as wrong:
            return begun(wrong.remedy or wrong.what)
        except ValueError:
            return _("Write a date as 2026-11-25")
        return ""

    def blame(self, error: UserError) -> bool:
        """Put a refusal beside the field that it names; returns whether there is one."""
        if isinstance(error, SettingsError):
            known = {f.name for f in self.fields}
            named = {path.rpartition(".")[2]: fault for path, fault in error.problems.items()}
            self.faults |= {name: begun(fault) for name, fault in named.items() if name in known}
            return bool(self.faults)
        name = next((f.name for f in self.fields if error.field in {f.name, f.label}), "") if error.field else ""
        if name:
            self.faults[name] = begun(error.what)
        return bool(name)


def _counted(field: FieldSpec, text: str) -> str:
    """Return what is wrong with how many options are taken."""
    try:
        taken(field, text)
    except UserError as wrong:
        return begun(wrong.remedy)
    return ""


def choices(field: FieldSpec) -> list[tuple[str, str]]:
    """Return (value, label) of each choice."""
    return [(choice, choice) if isinstance(choice, str) else choice for choice in field.choices]


def choose(desk: Desk, form: Form, name: str, then: Callable[[], object]) -> None:
    """Open the list of a choice or of files, or turn a yes and no over."""
    field = form.field(name)
    if field.kind == "yesno":
        form.set(name, "" if form.values[name] else "1")
        then()
        return
    if field.kind == "file":

        def found(path: str) -> None:
            form.set(field.name, path)
            then()

        choose_file(desk, form.values[name], found)
        return
    rows = [Choice(value, label) for value, label in choices(field)]
    if not field.required:
        rows.insert(0, Choice("", _("None"), icon="x"))

    def take(value: str) -> None:
        form.set(field.name, value)
        then()

    desk.open(PickDialog(desk, field.label, lambda text: matching(rows, text), take, hint=_("Type to find one")))


class FormDialog(Dialog):
    """Asks for fields. take: gets the values by name, and may refuse with UserError naming a field."""

    context = "form"

    def __init__(
        self,
        desk: Desk,
        title: str,
        detail: str,
        fields: Sequence[FieldSpec],
        take: Callable[[FormDialog, dict[str, str]], object],
        *,
        values: Mapping[str, str] | None = None,
        yes: str = "",
        severe: bool = False,
    ) -> None:
        super().__init__(desk, title)
        self.detail, self.yes, self.severe, self._take = detail, yes or _("OK"), severe, take
        self.form = Form(fields, values or {}, desk.formats.currency)
        self.form.focus = self.form.secret or self.form.focus
        self.define(
            Command("form.next", _("Next field"), self.next),
            Command("form.previous", _("Field before"), partial(self.next, -1)),
        )

    def write(self, name: str, text: str) -> None:
        """Take what was typed into a field."""
        self.form.set(name, text)
        self.error = ""

    def choose(self, name: str) -> None:
        """Choose the value of a field that is not typed."""
        choose(self.desk, self.form, name, self._chosen)

    def _chosen(self) -> None:
        self.form.focus = self.form.secret or self.form.focus  # it is a password that is waited for
        self.changed()

    def next(self, step: int = 1) -> None:
        """Go to the next field, or with -1 to the one before."""
        self.form.next(step)
        self.changed()

    def press(self, symbol: str) -> None:
        """Take a key of the keypad."""
        self.form.press(symbol)
        self.error = ""
        self.changed()

    def step(self) -> None:
        """The large key of the keypad: go to the next number; after the last one that was the answer."""
        if below := self.form.next_count():
            self.form.focus = below
            self.changed()
        else:
            self.accept()

    def quick(self) -> None:
        """Where one of some options is all that is asked, taking it is the answer."""
        asked = self.form.fields
        if len(asked) == 1 and asked[0].kind == "options" and asked[0].least == asked[0].most == 1:
            self.accept()

    def typed(self, char: str) -> bool:
        """A space opens the list of a choice; a digit takes an option of the field that has the keys."""
        name = self.form.focus
        if name and self.form.field(name).kind == "options":
            known = choices(self.form.field(name))
            if char in "123456789" and int(char) <= len(known):
                self.form.take(name, known[int(char) - 1][0])
                self.changed()
                self.quick()
        elif char == " " and name:
            self.choose(name)
        return True

    def accept(self) -> None:
        """Give the answers to who asked, if they can be right."""
        if self.form.check():
            self._take(self, {name: text.strip() for name, text in self.form.values.items()})
        self.changed()

    def refuse(self, error: UserError) -> None:
        """Show what was wrong beside its field, or above all of them; a password is typed anew."""
        if self.form.secret:
            self.form.values[self.form.secret] = ""
        if self.form.blame(error):
            self.changed()
        else:
            super().refuse(error)

    def scanned(self, code: str) -> bool:
        """A scanned code fills in the field that has the keys, else the password; that is the answer then."""
        name = self.form.focus
        if not name or self.form.field(name).kind not in {"text", "number"}:
            name = self.form.secret
        if name:
            self.form.set(name, code)
            self.changed()
        if name and name == self.form.secret:
            self.accept()
        return bool(name)
