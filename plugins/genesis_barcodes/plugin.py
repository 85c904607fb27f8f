"""Brings the table of the store's scales and the command `scan`."""

from __future__ import annotations

import sys
from functools import partial

import msgspec

from genesis import CliCommand, Pos, Screen, UserError, hookimpl
from genesis_barcodes.service import BarcodeSettings


class BarcodesPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """The table of price and weight labels."""
        return BarcodeSettings

    @hookimpl
    def screens(self) -> list[Screen]:
        """The table of labels, where a code can be tried."""
        return [Screen(id="codes", title="Codes", icon="barcode", page="genesis_barcodes.pages:page", place="admin",
                       group="catalog", permission="records.read", order=19)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """One: scan."""
        return [
            CliCommand(
                name="scan",
                summary="Say what codes are, one JSON object a line",
                usage="CODE... | --lines | --image FILE | --demo-codes [--json]",
                details="Codes are answered in JSON with and without --json; those of the demo store are listed alone.",
                examples=(
                    "genesis scan 4006381333931 '(01)09506000134352(17)261231(10)LOT7'",
                    "genesis scan --lines < codes.jsonl",
                    "genesis scan --image label.png",
                    "genesis scan --demo-codes",
                ),
                run=_scan,
                store="used",
            )
        ]


def _scan(pos: Pos | None, arguments: list[str]) -> int:
    options = [argument for argument in arguments if argument.startswith("--") and argument != "--json"]
    codes = [argument for argument in arguments if not argument.startswith("--")]
    from genesis_barcodes.catalogue import item_of, sellable_codes
    from genesis_barcodes.scan import run_scan, run_scan_lines

    lookup = None if pos is None else partial(item_of, pos)
    rules = () if pos is None else pos.settings(BarcodeSettings).rules
    if options == ["--demo-codes"] and not codes:
        if pos is None:
            raise UserError("there is no store here", "make the demo store with `genesis init --demo`", "home")
        sys.stdout.writelines(f"{code}\n" for code in sellable_codes(pos))
        return 0
    if options == ["--lines"] and not codes:
        return run_scan_lines(sys.stdin.buffer, sys.stdout, rules, lookup)
    if options == ["--image"] and len(codes) == 1:
        from genesis_barcodes.pictures import codes_in

        return run_scan(codes_in(codes[0]), sys.stdout, rules, lookup)
    if codes and not options:
        return run_scan(codes, sys.stdout, rules, lookup)
    sys.stderr.write("usage: genesis scan CODE... | --lines | --image FILE | --demo-codes [--json]\n")
    return 2


plugin = BarcodesPlugin()
