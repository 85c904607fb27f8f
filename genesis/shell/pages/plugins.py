"""Plugins: what is there, how it is, and the switch, which says first what it would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from genesis.hooks.pages import (
    Act,
    Cell,
    Column,
    Done,
    Drawer,
    Filter,
    ListPage,
    PageAction,
    PageRow,
    Query,
    Rows,
    Section,
    Tone,
)
from genesis.kernel.errors import Refused, UserError
from genesis.plugin.state import PluginInfo
from genesis.shell.words import _, known, told

if TYPE_CHECKING:
    from genesis.plugin.house import House

TONES: dict[str, Tone] = {"enabled": "good", "disabled": "off", "discovered": "off", "error": "bad", "blocked": "warn",
                          "missing": "warn", "suspended": "bad"}  # fmt: skip
OFF = {"disabled", "discovered"}


def page(_pos: House) -> ListPage:
    """Return the page."""
    states = (("on", _("On")), ("off", _("Off")), ("wrong", _("Needs attention")))
    need = "plugins.toggle"
    return ListPage(
        columns=(
            Column(id="name", title=_("Plugin"), wide=True),
            Column(id="category", title=_("Kind")),
            Column(id="release", title=_("Version")),
            Column(id="state", title=_("State"), kind="badge"),
        ),
        rows=find,
        hint=_("Name or kind"),
        filters=(Filter(id="state", title=_("State"), choices=states),),
        drawer=drawer,
        actions=(
            PageAction(id="on", title=_("Switch on"), icon="power", permission=need, on="row", run=switch_on,
                       sure=lambda pos, plugin: meaning(pos, plugin, "enable")),
            PageAction(id="off", title=_("Switch off"), icon="power", permission=need, on="row", run=switch_off,
                       sure=lambda pos, plugin: meaning(pos, plugin, "disable")),
        ),
    )  # fmt: skip


def find(pos: House, query: Query) -> Rows:
    """Return the plugins that match."""
    kind = query.filters.get("state", "")
    words = query.text.casefold().split()
    found = [
        info
        for info in pos.app.plugins()
        if kind in {"", _kind(info)}
        and all(w in f"{info.id} {known(info.title)} {known(info.category)}".casefold() for w in words)
    ]
    rows = found[query.offset : query.offset + query.limit]
    return Rows(rows=tuple(_row(info) for info in rows), total=len(found))


def _kind(info: PluginInfo) -> str:
    return "on" if info.status == "enabled" else "off" if info.status in OFF else "wrong"


def _row(info: PluginInfo) -> PageRow:
    name = Cell(text=info.title, small=told(info.reason or info.last_fault or info.summary))
    return PageRow(id=info.id, cells=(name, info.category, info.release, _state(info)), icon="puzzle")


def _state(info: PluginInfo) -> Cell:
    words = {"enabled": _("On"), "disabled": _("Off"), "discovered": _("Off"), "error": _("Error"),
             "blocked": _("Blocked"), "missing": _("Missing"), "suspended": _("Suspended")}  # fmt: skip
    return Cell(text=words[info.status], tone=TONES[info.status])


def _of(pos: House, plugin: str) -> PluginInfo:
    found = next((info for info in pos.app.plugins() if info.id == plugin), None)
    if found is None:
        raise UserError(_("This plugin is gone"), _("Look at the list again"), "plugin")
    return found


def drawer(pos: House, plugin: str) -> Drawer:
    """Return a plugin: what it does, how it is, and what it answers."""
    info = _of(pos, plugin)
    why = info.reason or info.last_fault
    facts: tuple[tuple[str, str | Cell], ...] = (
        (_("State"), _state(info)),
        (_("Kind"), info.category),
        (_("Needs"), ", ".join(info.requires) or _("Nothing")),
        (_("Faults"), str(info.faults)),
        (_("Slow answers"), str(info.slow)),
    )
    hooks = tuple((hook, "") for hook in info.hooks)
    return Drawer(
        title=info.title,
        small=f"{info.id} {info.release}",
        sections=(
            *((Section(notice=why, tone=TONES[info.status]),) if why else ()),
            Section(notice=info.summary, tone="off"),
            Section(rows=facts),
            *((Section(title=_("Takes part in"), icon="plug", rows=hooks),) if hooks else ()),
        ),
        actions=("on",) if info.status in OFF else ("off",),
    )


def meaning(pos: House, plugin: str, action: Literal["enable", "disable"]) -> str:
    """Say what switching would mean; what stands against it is Refused."""
    plan = pos.app.plan(plugin, action)
    if plan.refusals:
        raise Refused("; ".join(told(refusal) for refusal in plan.refusals), "", "plugin")
    effects = [f"{effect[0].upper()}{effect[1:]}." for effect in map(told, plan.effects)]
    return " ".join(effects) or _("It takes effect at once. The open cart is kept.")


def switch_on(pos: House, act: Act) -> Done:
    """Switch a plugin on; the house restarts softly and keeps the open cart."""
    return _switch(pos, act.rows[0], on=True)


def switch_off(pos: House, act: Act) -> Done:
    """Switch a plugin off; it keeps what it knows."""
    return _switch(pos, act.rows[0], on=False)


def _switch(pos: House, plugin: str, *, on: bool) -> Done:
    title = known(_of(pos, plugin).title)
    pos.app.switch(plugin, enabled=on)
    return Done(text=(_("{title} is on") if on else _("{title} is off")).format(title=title))
