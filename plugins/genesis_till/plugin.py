"""Brings the cashier's commands for the drawer, the page of closed shifts, and `genesis shifts`."""

from __future__ import annotations

import msgspec

from genesis import Action, CliCommand, Done, Permission, Pos, Projection, Report, Screen, hookimpl
from genesis_till import reports, service
from genesis_till.approvals import APPROVALS, REPORT
from genesis_till.command import SHIFTS
from genesis_till.models import CLOSES


def _open(pos: Pos) -> Done:
    return Done(text=service.open_shift(pos))


def _x(pos: Pos) -> Done:
    return Done(text="X report", document=reports.x_rows(pos))


def _close(pos: Pos) -> Done:
    fact = service.close_shift(pos)
    return Done(text=f"Z report {fact.z}", document=reports.z_rows(pos, fact, pos.clock.now().isoformat()))


def _paid_in(pos: Pos) -> Done:
    return Done(text=service.move(pos, "paid_in", "Cash put into the drawer"))


def _paid_out(pos: Pos) -> Done:
    return Done(text=service.move(pos, "paid_out", "Cash taken out of the drawer"))


def _tips(pos: Pos) -> Done:
    return Done(text=service.pay_out_tips(pos))


def _drop(pos: Pos) -> Done:
    return Done(text=service.move(pos, "drop", "Cash taken to the safe"))


def _is_open(pos: Pos) -> bool:
    return bool(pos.shifts.current())


def _is_closed(pos: Pos) -> bool:
    return not pos.shifts.current()


class TillPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Blind count, denominations, limit, reasons."""
        return service.TillSettings

    @hookimpl
    def permissions(self) -> list[Permission]:
        """One: to close with a larger difference; the rest are the kernel's."""
        return [Permission(id="till.exceed", title="Close a shift with a larger difference", approvable=True)]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The closed shifts, and what was approved."""
        return [CLOSES, APPROVALS]

    @hookimpl
    def reports(self) -> list[Report]:
        """Who approved what."""
        return [REPORT]

    @hookimpl
    def actions(self) -> list[Action]:
        """What is done with the drawer, for the palette and the list of all actions."""
        rows = (
            ("till.open", "Open shift", _open, "till.open", "lock-open", _is_closed),
            ("till.close", "Close shift (Z)", _close, "till.close", "lock", _is_open),
            ("till.x", "X report", _x, "till.read", "file-text", _is_open),
            ("till.in", "Cash in", _paid_in, "till.move_cash", "circle-plus", None),
            ("till.out", "Cash out", _paid_out, "till.move_cash", "circle-minus", None),
            ("till.tips", "Pay tips out", _tips, "till.move_cash", "hand-coins", _is_open),
            ("till.drop", "Cash to the safe", _drop, "till.move_cash", "vault", None),
        )
        return [
            Action(id=key, title=title, run=run, permission=permission, icon=icon, enabled=enabled)
            for key, title, run, permission, icon, enabled in rows
        ]

    @hookimpl
    def screens(self) -> list[Screen]:
        """One: the closed shifts."""
        return [Screen(id="shifts", title="Shifts", icon="archive", page="genesis_till.reports:page", place="admin",
                       group="sales", permission="till.read", order=60)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis shifts`."""
        return [SHIFTS]


plugin = TillPlugin()
