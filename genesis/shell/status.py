"""How the devices of this register are, as pills: what is wrong while selling, the printer beside a payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis.kernel.devicedesk import ROLES
from genesis.shell.vm.till import Label
from genesis.shell.words import _, told

if TYPE_CHECKING:
    from genesis.plugin.house import House

SELLING, PAYING = "status.pill", "payment.status"  # the slots, in which plugins show theirs too


def device_pills(pos: House, slot: str) -> tuple[Label, ...]:
    """Return a pill for each device that does something here and is not there; asks none of them."""
    if slot not in {SELLING, PAYING}:
        return ()
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
