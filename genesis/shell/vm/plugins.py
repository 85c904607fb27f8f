"""The plugin page: what is there, how it is, and what switching it would mean."""

from __future__ import annotations

from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.desk import Ask, Desk
from genesis.shell.vm.till import Plan, PluginRow, Tone
from genesis.shell.words import _

TONES: dict[str, Tone] = {
    "enabled": "good", "disabled": "off", "discovered": "off", "error": "bad", "blocked": "warn", "missing": "warn",
    "suspended": "bad",
}  # fmt: skip


def state_label(state: str) -> str:
    """Return the state in the words of the screen."""
    words = {
        "enabled": _("On"), "disabled": _("Off"), "discovered": _("Off"), "error": _("Error"),
        "blocked": _("Blocked"), "missing": _("Missing"), "suspended": _("Suspended"),
    }  # fmt: skip
    return words.get(state, state)


class PlanDialog(Ask):
    """What switching a plugin would mean, before it is done."""

    def __init__(self, desk: Desk, page: PluginsVM, row: PluginRow, plan: Plan, *, enable: bool) -> None:
        super().__init__(desk, plan.title, plan.effects, _("Switch on") if enable else _("Switch off"))
        self.severe, self.enable, self._row, self._page = plan.severe, enable, row, page

    def accept(self) -> None:
        """Do it."""
        self.desk.attempt(
            lambda _ok: self.desk.house.toggle(self._row.id, enable=self.enable), self._switched, within=self
        )

    def _switched(self, _nothing: object) -> None:
        self.close()
        self.desk.say(
            (_("{title} is on") if self.enable else _("{title} is off")).format(title=self._row.title), "good"
        )
        self._page.opened()


class PluginsVM(ViewModel):
    """The list of plugins; index marks the row that the keys act on."""

    context = "plugins"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.rows: tuple[PluginRow, ...] = ()
        self.text = ""
        self.index = 0
        self.define(
            Command("page.back", _("Back"), desk.back, "undo-2"),
            Command("select.up", _("Up"), lambda: self.move(-1)),
            Command("select.down", _("Down"), lambda: self.move(1)),
            Command("plugin.toggle", _("Switch on or off"), self.ask_toggle, "power"),
        )

    def opened(self) -> None:
        """Read the plugins afresh."""
        self.rows = self.desk.house.plugins()
        self.index = min(self.index, max(len(self.shown) - 1, 0))
        self.changed()

    @property
    def shown(self) -> list[PluginRow]:
        """The rows that match the typed text."""
        words = self.text.casefold().split()
        return [r for r in self.rows if all(w in f"{r.id} {r.title} {r.category}".casefold() for w in words)]

    @property
    def row(self) -> PluginRow | None:
        """The marked row."""
        rows = self.shown
        return rows[self.index] if 0 <= self.index < len(rows) else None

    def search(self, text: str) -> None:
        """Show what matches."""
        self.text, self.index = text, 0
        self.changed()

    def mark(self, index: int) -> None:
        """Mark a row."""
        self.index = index
        self.changed()

    def move(self, step: int) -> None:
        """Go up or down."""
        self.mark(min(max(self.index + step, 0), max(len(self.shown) - 1, 0)))

    def ask_toggle(self) -> None:
        """Show what switching the marked plugin would mean."""
        row = self.row
        if row is None:
            return
        enable = row.state in {"disabled", "discovered"}
        self.desk.attempt(
            lambda _ok: self.desk.house.plan(row.id, enable=enable),
            lambda plan: self.desk.open(PlanDialog(self.desk, self, row, plan, enable=enable)),
        )
