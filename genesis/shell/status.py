"""Pills: what is wrong with devices and the store while selling, the printer beside a payment, what plugins say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from genesis.kernel.devicedesk import ROLES
from genesis.shell.failing import suspended
from genesis.shell.vm.till import Label, Tone
from genesis.shell.words import _, told

if TYPE_CHECKING:
    from genesis.plugin.house import House

SELLING, PAYING = "status.pill", "payment.status"  # the slots, in which plugins show theirs too

URGENT: tuple[Tone, ...] = ("bad", "warn", "info", "", "good", "off")  # what there is no room for is the least urgent


def pills(pos: House, slot: str, plugins: Callable[[], Iterable[Label]], *, lost: bool) -> tuple[Label, ...]:
    """Return what stands in a slot: what plugins show, and where pills stand what is wrong, first.

    lost: the store's database does not answer; nobody else is asked then, as everybody reads it.
    """
    if slot not in {SELLING, PAYING}:
        return () if lost else tuple(plugins())
    if lost:
        return (Label(text=_("Database offline"), tone="bad", icon="cloud-off"),)
    found = (*device_pills(pos, slot), *plugins(), *_suspended(pos))
    return tuple(sorted(found, key=lambda pill: URGENT.index(pill.tone)))


def _suspended(pos: House) -> tuple[Label, ...]:
    """Return a pill for each plugin that failed too often: what it does is missing until it is mended."""
    return tuple(
        Label(text=_("{plugin} is suspended").format(plugin=plugin), tone="bad", icon="unplug", author=plugin)
        for plugin in suspended(pos.app.hooks)
    )


def device_pills(pos: House, slot: str) -> tuple[Label, ...]:
    """Return a pill for each device that does something here and is not there; asks none of them."""
    known = {state.id: state for state in pos.devices.all()}
    doing = {pos.devices.of(role): role for role in reversed(ROLES)}
    out = []
    for device, role in reversed(doing.items()):
        state = known.get(device)
        if state is not None and state.state == "down":
            text = _("{device} is not there").format(device=told(state.title))
            out.append(Label(text=text, tone="bad", icon="triangle-alert", detail=state.text))
        elif state is not None and state.state == "ready" and role == "receipt_printer" and slot == PAYING:
            out.append(Label(text=_("Printer ready"), tone="good", icon="printer"))
    return tuple(out)
