"""Answers `actions` on the page of products, `product_fields` with the content of a pack, and `genesis labels`."""

from __future__ import annotations

import msgspec

from genesis import CliCommand, FieldSpec, PageAction, Pos, UserError, hookimpl
from genesis_labels import command, layouts, roll
from genesis_labels.service import CONTENT, print_chosen


class LabelsPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Sheets and rolls."""
        return layouts.LabelSettings

    @hookimpl
    def product_fields(self) -> list[FieldSpec]:
        """How much is in a piece, for its price per kilogram or litre."""
        return [FieldSpec(name=CONTENT, label="Content", half=True, help="750 g or 6 x 0.33 l")]

    @hookimpl
    def actions(self, pos: Pos) -> list[PageAction]:
        """Labels of the chosen products."""
        try:
            known = tuple(layouts.layouts(pos))
        except UserError:  # the settings are at fault: printing says so
            known = ()
        ask = (
            FieldSpec(name="file", label="File", kind="file", required=True),
            FieldSpec(name="layout", label="Sheet or roll", kind="choice", choices=known),
            FieldSpec(name="copies", label="Copies", kind="number", half=True, help="Empty: as many as are on hand"),
            FieldSpec(name="first", label="First label", kind="number", half=True, help="Of a sheet that is in use"),
        )
        page, copies = "catalog.products", (ask[2],)
        return [
            PageAction(id="labels.print", page=page, title="Labels", icon="tags", on="rows", ask=ask, run=print_chosen,
                       permission="records.read"),
            PageAction(id="labels.roll", page=page, title="Labels on the receipt printer", icon="printer", on="rows",
                       ask=copies, run=roll.print_chosen, permission="records.read", long=True),
        ]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis labels`."""
        return [command.LABELS]


plugin = LabelsPlugin()
