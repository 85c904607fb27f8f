"""The card of the first start: its fields, and each of its steps drawn."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from functools import partial

from genesis.shell.kit import controls
from genesis.shell.kit.field import Field
from genesis.shell.kit.geometry import Box, columns, grid
from genesis.shell.kit.kit import Kit
from genesis.shell.kit.pane import Pane
from genesis.shell.vm.first import FIELDS, RATES, STEPS, FirstStart
from genesis.shell.words import _

CARD = Box(0, 0, 560, 596)
HOWS = ("inside", "added", "none", "later")
SCOPES = ("line", "document", "total_first")
CHOSEN = frozenset({"how", "scope"})  # fields that are chosen, not typed
GAP = 8


class FirstCard(Pane):
    """The whole window: a card on the colour of the app. fields: those that are typed into."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, vm: FirstStart) -> None:
        super().__init__(parent, kit, self._draw)
        self.vm = vm
        self.fields = {
            name: Field(self, name, partial(vm.write, name), secret=name in {"secret", "again"})
            for name in FIELDS if name not in CHOSEN
        }  # fmt: skip
        self._step, self._taxed = "", False
        self.show()

    def show(self) -> None:
        """Show what the view-model says; a step begins in its first field, what is wrong gets the keys."""
        for name, field in self.fields.items():
            field.write(self.vm.values[name])
        here = [name for name in STEPS[self.vm.step] if name in self.fields]
        began = (self._step, self._taxed) != (self.vm.step, self.vm.taxed)
        self._step, self._taxed = self.vm.step, self.vm.taxed
        if self.vm.faults and not self.vm.busy:
            typing = self.focus_get() in [self.fields[name].entry for name in here]
            wrong = next((name for name in here if name in self.vm.faults), "")
            if wrong and not typing:
                self.fields[wrong].focus()
        elif began and (self._step != "taxes" or self._taxed):
            self.fields[here[0]].focus()
        elif began:
            self.focus_set()
        self.refresh()

    def choose(self, number: int) -> None:
        """Choose an answer about taxes by its number on the screen."""
        options = [*(("how", how) for how in HOWS), *(("scope", scope) for scope in SCOPES if self.vm.taxed)]
        if self.vm.step == "taxes" and not self.vm.busy and number < len(options):
            self.vm.write(*options[number])

    # Drawing -----------------------------------------------------------------------------------------------

    def _draw(self, p: Pane) -> None:
        c, area = self.kit.theme.color, p.area
        p.clear(c.app)
        card = Box(area.cx - CARD.w / 2, max(area.cy - CARD.h / 2, 8), CARD.w, CARD.h)
        p.surface("card", card, self.kit.theme.radius.card, c.surface, c.border, raised=True)
        p.under = c.surface
        inner = card.inset(32, 28)
        p.surface("logo", Box(inner.x, inner.y, 48, 48), 12, c.mark, None)
        p.text("logo.text", inner.x + 24, inner.y + 24, "G", "logo", c.on_mark, "center")
        title, said, draw = self._steps()[self.vm.step]
        p.text("title", inner.x + 64, inner.y + 13, title, "title", c.text, "w", inner.w - 64)
        p.text("said", inner.x + 64, inner.y + 37, said, "small", c.text2, "w", inner.w - 64)
        draw(p, Box(inner.x, inner.y + 68, inner.w, inner.h - 68))

    def _steps(self) -> dict[str, tuple[str, str, Callable[[Pane, Box], None]]]:
        return {
            "store": (_("A new store"), _("What cannot be guessed, and what stands on every receipt"), self._store),
            "taxes": (_("Taxes"), _("The law of your country says how: nothing is taken for granted"), self._taxes),
            "printer": (_("The store is ready"), _("A receipt printer can be tried now"), self._printer),
        }

    def _store(self, p: Pane, box: Box) -> None:
        rows = [Box(box.x, box.y + i * 104, box.w, 104) for i in range(3)]
        self._field(p, "name", rows[0], _("Name of the store"), "store")
        pair = columns(rows[1], 2, 16)
        self._field(p, "currency", pair[0], _("Currency"), "coins", self.vm.currency)
        self._field(p, "register", pair[1], _("This register is called"), "hash")
        pair = columns(rows[2], 2, 16)
        self._field(p, "secret", pair[0], _("Password of the owner"), "lock", _("Empty: nobody is asked"))
        self._field(p, "again", pair[1], _("The same again"), "lock")
        c, busy, enter = self.kit.theme.color, self.vm.busy, _("Enter")
        below = Box(box.x, rows[2].bottom + 4, box.w, box.bottom - rows[2].bottom - 4)
        p.text("fault", box.x, below.y + 10, self.vm.faults.get("", ""), "small_medium", c.bad, "w", box.w)
        untouched = self.vm.untouched and not busy
        self._main(p, Box(box.x, below.y + 26, box.w, 56), self.vm.go_on, self._onward(), enter=not untouched)
        controls.button(p, "demo", Box(box.x, below.y + 92, box.w, 48), self.vm.demo, icon="store",
                        text=_("Look around in the demo store"), cap=enter if untouched else "",
                        enabled=not busy)  # fmt: skip
        note = _("Products come next: Help (F1), The first day")
        p.text("next", box.cx, below.y + 158, note, "small", c.text3, "center", box.w)

    def _onward(self) -> str:
        if self.vm.busy:
            return _("The store is being made")
        return _("Make the store") if self.vm.last_question else _("Go on to taxes")

    def _main(self, p: Pane, box: Box, run: Callable[[], object], text: str, *, enter: bool = True) -> None:
        """The main button of a step."""
        cap = _("Enter") if enter and not self.vm.busy else ""
        controls.button(p, "main", box, run, text=text, kind="primary", style="heading", cap=cap,
                        enabled=not self.vm.busy)  # fmt: skip

    def _field(self, p: Pane, name: str, box: Box, label: str, icon: str, help_text: str = "") -> None:
        """A field with its name above it and, below it, what is wrong with it or what it means."""
        c, fault = self.kit.theme.color, self.vm.faults.get(name, "")
        p.text(f"{name}.label", box.x, box.y + 8, label, "small_medium", c.text2, "w", box.w)
        self.fields[name].draw(Box(box.x, box.y + 20, box.w, 48), "", icon=icon, bad=bool(fault))
        ink = c.bad if fault else c.text3
        for n, line in enumerate(p.kit.fonts.wrap("small", fault or help_text, p.kit.px(box.w), 2)):
            p.text(f"{name}.fault.{n}", box.x, box.y + 78 + n * 15, line, "small", ink, "w", box.w)

    # Taxes -------------------------------------------------------------------------------------------------

    def _taxes(self, p: Pane, box: Box) -> None:
        c, vm = self.kit.theme.color, self.vm
        hows = (_("Prices include tax"), _("Tax is added to prices"), _("No taxes"), _("Later"))
        self._offers(p, "how", grid(Box(box.x, box.y, box.w, 104), 2, 2, GAP), HOWS, hows, 1)
        meaning = {
            "none": _("Taxes are switched off; they can be switched on under Plugins"),
            "later": _("Goods with a tax cannot be sold until it is said, under Taxes and Settings"),
        }
        fault = vm.faults.get("how", "")
        text = fault or meaning.get(vm.values["how"], "")
        p.text("how.said", box.x, box.y + 118, text, "small", c.bad if fault else c.text2, "w", box.w)
        if vm.taxed:
            self._rates(p, Box(box.x, box.y + 132, box.w, 270))
        said = ("", *STEPS["taxes"][2:]) if vm.taxed else ("",)
        wrong = next((vm.faults[name] for name in said if name in vm.faults), "")
        p.text("fault", box.x, box.y + 398, wrong, "small_medium", c.bad, "w", box.w)
        foot = Box(box.x, box.bottom - 56, box.w, 56)
        controls.button(p, "back", Box(foot.x, foot.y, 128, 56), vm.back, text=_("Back"), cap=_("Esc"),
                        enabled=not vm.busy)  # fmt: skip
        self._main(p, Box(foot.x + 136, foot.y, foot.w - 136, 56), vm.go_on, self._onward())

    def _rates(self, p: Pane, box: Box) -> None:
        """How tax is rounded, and what taxes there are."""
        c, fault = self.kit.theme.color, self.vm.faults.get("scope", "")
        label = fault or _("What is rounded to whole cents")
        p.text("scope.label", box.x, box.y + 8, label, "small_medium", c.bad if fault else c.text2, "w", box.w)
        scopes = (_("Each line"), _("Each tax"), _("The total"))
        self._offers(p, "scope", columns(Box(box.x, box.y + 20, box.w, 48), 3, GAP), SCOPES, scopes, 5)
        y, wide = box.y + 80, box.w - 140 - GAP
        labels = (("tax", box.x, _("Name on the receipt, such as VAT")), ("rate", box.x + wide + GAP, _("Rate")))
        for part, x, text in labels:
            p.text(f"{part}.label", x, y + 8, text, "small_medium", c.text2, "w", wide if part == "tax" else 140)
        for n in range(RATES):
            row = Box(box.x, y + 20 + n * 54, box.w, 48)
            for part, x, width, suffix in (("tax", row.x, wide, ""), ("rate", row.x + wide + GAP, 140, "%")):
                name = f"{part}.{n}"
                place, bad = Box(x, row.y, width, row.h), name in self.vm.faults
                self.fields[name].draw(place, "", icon="percent" if part == "tax" else "", suffix=suffix, bad=bad)

    def _offers(
        self, p: Pane, name: str, cells: list[Box], values: tuple[str, ...], texts: tuple[str, ...], first: int
    ) -> None:
        """Buttons of which one is chosen, each with its key."""
        for n, (cell, value, text) in enumerate(zip(cells, values, texts, strict=True)):
            kind: controls.Kind = "chosen" if self.vm.values[name] == value else "plain"
            controls.button(p, f"{name}.{value}", cell, partial(self.vm.write, name, value), text=text, kind=kind,
                            style="body_medium", cap=f"{_('Alt')} {first + n}", enabled=not self.vm.busy)  # fmt: skip

    # Printer -----------------------------------------------------------------------------------------------

    def _printer(self, p: Pane, box: Box) -> None:
        c, vm = self.kit.theme.color, self.vm
        said = _("Empty: no printer. It can be set up later, under Settings")
        self._field(p, "address", Box(box.x, box.y, box.w, 96), _("Address of the printer"), "printer", said)
        y = box.y + 100
        if vm.printed:
            p.surface("outcome", Box(box.x, y, box.w, 44), 10, c.good_soft, None)
            p.icon("outcome.icon", "check", box.x + 22, y + 22, 20, c.good, c.good_soft)
            text = _("The printer answered: look at the paper")
            p.text("outcome.text", box.x + 42, y + 22, text, "small_medium", c.good, "w", box.w - 56)
        else:
            p.text("fault", box.x, y + 20, vm.faults.get("", ""), "small_medium", c.bad, "w", box.w)
        tried = bool(vm.values["address"].strip()) and not vm.printed
        rest = Box(box.x, y + 136, box.w, 48)
        test = _("The test is being printed") if vm.busy else _("Print a test")
        if tried:
            self._main(p, Box(box.x, y + 64, box.w, 56), vm.test, test)
            controls.button(p, "finish", rest, vm.finish, text=_("Open the till without a printer"),
                            enabled=not vm.busy)  # fmt: skip
        else:
            self._main(p, Box(box.x, y + 64, box.w, 56), vm.finish, _("Open the till"))
            controls.button(p, "test", rest, vm.test, text=test, icon="printer", enabled=not vm.busy)
