"""Devices and ways to pay: how each is, what it does at this register, and whether it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from genesis.kernel.devicedesk import ROLES, DeviceState
from genesis.kernel.errors import UserError
from genesis.kernel.fields import FieldSpec
from genesis.shell.vm.formats import joined
from genesis.shell.words import _
from genesis.upkeep import attached

if TYPE_CHECKING:
    from genesis.plugin.house import House

DEVICE, METHOD, PLUGGED = "device:", "method:", "plugged:"  # what the ids of rows begin with
HERE, THERE = "here", "plugged"  # what the filter chooses
ICONS = {"scanner": "scan-barcode", "printer": "printer", "drawer": "archive", "display": "monitor", "scale": "scale",
         "card_reader": "credit-card", "label_printer": "tags"}  # fmt: skip
TONES: dict[str, Tone] = {"ready": "good", "opening": "info", "down": "bad", "closed": "off"}


def page(_pos: House) -> ListPage:
    """Return the page."""
    return ListPage(
        columns=(
            Column(id="name", title=_("Name"), wide=True),
            Column(id="kind", title=_("Kind"), wide=True),
            Column(id="does", title=_("Does here")),
            Column(id="state", title=_("State"), kind="badge"),
        ),
        rows=find,
        filters=(
            Filter(id="show", title=_("Show"), choices=((HERE, _("Set up here")), (THERE, _("Plugged in")))),
        ),
        start={"show": HERE},
        drawer=drawer,
        actions=(
            PageAction(id="look", title=_("Find a printer"), icon="search", permission="settings.change", run=look,
                       ask=(FieldSpec(name="address", label=_("Address"), required=True, help="192.0.2.10:9100"),),
                       long=True),
            PageAction(id="test", title=_("Test"), icon="activity", permission="settings.change", on="row", run=test,
                       long=True, shown=lambda _pos, row: row.startswith(DEVICE)),
        ),
        empty=_("No device is set up: give its plugin an address under Settings"),
    )  # fmt: skip


def find(pos: House, query: Query) -> Rows:
    """Return the devices of this register, its ways to pay, and what is plugged in, as the filter says."""
    wanted = query.filters.get("show", "")
    rows = [] if wanted == THERE else [_device(pos, state) for state in pos.devices.all()]
    for plugin, method in pos.app.payment_methods if wanted != THERE else ():
        cells = (Cell(text=method.title, small=plugin), _("Way to pay"), "", Cell(text=_("Offered"), tone="good"))
        rows.append(PageRow(id=f"{METHOD}{method.id}", cells=cells, icon=method.icon or "wallet"))
    if wanted != HERE:
        rows += [_plugged(one) for one in attached.find()]
    return Rows(rows=tuple(rows[query.offset : query.offset + query.limit]), total=len(rows))


def _plugged(one: attached.Attached) -> PageRow:
    state = Cell(text=_("Cannot be used"), tone="bad") if one.trouble else Cell(text=_("Plugged in"), tone="info")
    kind, icon = {"serial": (_("Serial port"), "plug"), "usb_printer": (_("Printer"), "printer"),
                  "card_reader": (_("Card reader"), "credit-card"), "nfc": (_("NFC reader"), "credit-card"),
                  "network_printer": (_("Printer"), "printer"),
                  "print_queue": (_("Printer"), "printer")}[one.kind]  # fmt: skip
    cells = (Cell(text=one.name, small=one.text), kind, "", state)
    return PageRow(id=f"{PLUGGED}{one.kind}:{one.name}", cells=cells, icon=icon)


def _device(pos: House, state: DeviceState) -> PageRow:
    does = ", ".join(_role(role) for role in ROLES if pos.devices.of(role) == state.id)
    cells = (Cell(text=state.title, small=state.text), _kind(state.kind), does, _said(state))
    return PageRow(id=f"{DEVICE}{state.id}", cells=cells, icon=ICONS[state.kind])


def _said(state: DeviceState) -> Cell:
    words = {"ready": _("Ready"), "opening": _("Connecting"), "down": _("Not there"), "closed": _("Off")}
    return Cell(text=words[state.state], tone=TONES[state.state])


def _kind(kind: str) -> str:
    words = {"scanner": _("Scanner"), "printer": _("Printer"), "drawer": _("Cash drawer"), "scale": _("Scale"),
             "display": _("Customer display"), "card_reader": _("Card reader"),
             "label_printer": _("Label printer")}  # fmt: skip
    return words[kind]


def _role(role: str) -> str:
    words = {"receipt_printer": _("Receipts"), "drawer": _("Cash drawer"), "display": _("Customer display"),
             "scale": _("Scale"), "label_printer": _("Labels")}  # fmt: skip
    return words[role]


def drawer(pos: House, row: str) -> Drawer:
    """Return a device with what it may do at this register, or a way to pay."""
    if row.startswith(METHOD):
        plugin, method = next(found for found in pos.app.payment_methods if f"{METHOD}{found[1].id}" == row)
        cash = _("Yes") if method.cash else _("No")
        rows = ((_("Plugin"), plugin), (_("Lies in the drawer, gives change"), cash))
        return Drawer(title=method.title, small=method.id, sections=(Section(rows=rows),), actions=())
    if row.startswith(PLUGGED):
        return _plugged_drawer(row)
    state = next((one for one in pos.devices.all() if f"{DEVICE}{one.id}" == row), None)
    if state is None:
        raise UserError(_("This device is gone"), _("Look at the list again"), "device")
    fitting: list[str] = [role for role, kind in ROLES.items() if kind == state.kind]
    doing = [role for role in ROLES if pos.devices.of(role) == state.id]
    fields = tuple(FieldSpec(name=role, label=_role(role), kind="yesno") for role in fitting)
    values = {role: "1" if role in doing else "" for role in fitting}
    facts = ((_("State"), _said(state)), (_("Faults"), str(state.faults)), (_("Left out"), str(state.dropped)))
    return Drawer(
        title=state.title,
        small=joined(_kind(state.kind), state.id),
        sections=(
            *((Section(notice=state.text, tone="bad"),) if state.text else ()),
            Section(rows=facts),
            *((Section(title=_("Does at this register"), icon="store", fields=fields),) if fields else ()),
        ),
        values=values,
        save=(lambda pos, changes: _assign(pos, state.id, changes)) if fields else None,
        permission="settings.change",
    )


def _plugged_drawer(row: str) -> Drawer:
    one = next((one for one in attached.find() if row == f"{PLUGGED}{one.kind}:{one.name}"), None)
    if one is None:
        raise UserError(_("This device is gone"), _("Look at the list again"), "device")
    uses = "\n".join(f"    {use}" for use in one.use)
    wrong = (Section(notice=_("It cannot be used yet"), text=one.trouble, tone="bad"),) if one.trouble else ()
    how = Section(title=_("Where to write it"), icon="settings", text=uses)
    return Drawer(title=one.name, small=one.text, sections=(*wrong, how), actions=())


def look(_pos: House, act: Act) -> Done:
    """Ask whether a receipt printer answers at an address, in a worker."""
    found = attached.network_printer(act.values.get("address", ""))
    if found.trouble:
        return Done(text=found.trouble, tone="bad")
    return Done(text=_("A receipt printer answers at {address}").format(address=found.name))


def _assign(pos: House, device: str, changes: dict[str, str]) -> Done:
    for role in ROLES:
        if role in changes:
            pos.devices.assign(role, device if changes[role] else "")
    return Done(text=_("Kept for this register"), open=f"{DEVICE}{device}")


def test(pos: House, act: Act) -> Done:
    """Ask a device how it is, in a worker."""
    if not act.rows[0].startswith(DEVICE):
        raise UserError(_("A way to pay is tried by paying"), _("Choose a device"), "device")
    answer = pos.devices.test(act.rows[0].removeprefix(DEVICE))
    return Done(text=answer.text or _("It answers"), tone="good" if answer.ok else "bad")
