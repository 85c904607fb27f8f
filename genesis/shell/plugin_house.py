"""The plugins of the open house behind the plugin page."""

from __future__ import annotations

from collections.abc import Callable

from genesis.kernel.errors import Refused
from genesis.plugin.app import App
from genesis.plugin.state import NEEDED
from genesis.shell.vm.till import Plan, PluginRow
from genesis.shell.words import _


class PluginHouse:
    """A House on an open house. on_switch: called after a soft restart, so that the shell is drawn anew."""

    def __init__(self, app: App, on_switch: Callable[[], object]) -> None:
        self._app, self._on_switch = app, on_switch

    def plugins(self) -> tuple[PluginRow, ...]:
        """Return every plugin with its state and reason."""
        return tuple(
            PluginRow(
                id=info.id,
                title=info.title,
                version=info.release,
                category=info.category,
                state=info.status,
                reason=info.reason or info.last_fault,
                summary=info.summary,
            )
            for info in self._app.plugins()
        )

    def plan(self, plugin: str, *, enable: bool) -> Plan:
        """Tell what switching would mean; what stands against it is Refused."""
        plan = self._app.plan(plugin, "enable" if enable else "disable")
        if plan.refusals:
            raise Refused("; ".join(plan.refusals), "", "plugin")
        title = next((info.title for info in self._app.plugins() if info.id == plugin), plugin)
        asked = _("Switch {title} on?") if enable else _("Switch {title} off?")
        severe = {meaning for _spec, meaning in NEEDED.values()}
        effects = tuple(f"{effect[0].upper()}{effect[1:]}." for effect in plan.effects)
        return Plan(
            title=asked.format(title=title),
            effects=effects or (_("It takes effect at once. The open cart is kept."),),
            severe=any(effect in severe or "no sale can be completed" in effect for effect in plan.effects),
        )

    def toggle(self, plugin: str, *, enable: bool) -> None:
        """Switch a plugin; the house restarts softly and keeps the open cart."""
        self._app.switch(plugin, enabled=enable)
        self._on_switch()
