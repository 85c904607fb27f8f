"""Answers `tax` for the whole document, keeps tax classes and exemptions, and brings the command `quote`."""

from __future__ import annotations

import sys
from functools import partial

import msgspec

from genesis import CliCommand, Permission, Pos, Records, Screen, TaxAnswer, TaxDocument, hookimpl
from genesis_tax.models import RECORDS
from genesis_tax.service import TaxSettings, answer


class TaxPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Scope, mode, and whether prices include tax."""
        return TaxSettings

    @hookimpl
    def records(self) -> list[Records]:
        """Tax classes and exemptions."""
        return RECORDS

    @hookimpl
    def permissions(self) -> list[Permission]:
        """One: to change classes and exemptions."""
        return [Permission(id="tax.edit", title="Change tax classes and exemptions")]

    @hookimpl
    def tax(self, pos: Pos, document: TaxDocument) -> TaxAnswer:
        """Tax every line by its class, the rates of the day and the customer's exemptions."""
        return answer(pos, document)

    @hookimpl
    def screens(self) -> list[Screen]:
        """The tax classes."""
        return [Screen(id="classes", title="Taxes", icon="percent", page="genesis_tax.pages:page", place="admin",
                       group="catalog", permission="tax.edit", order=40)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """One: quote."""
        return [
            CliCommand(
                name="quote",
                summary="Price a basket without selling it: JSON on stdin and stdout",
                usage="[--lines] [--json]",
                details="The answer is JSON with and without --json.",
                examples=(
                    """echo '{"currency":"EUR","lines":[{"qty":"2","unit_price":"1.09"}]}' | genesis quote""",
                    "genesis quote --lines < baskets.jsonl",
                ),
                run=_quote,
                store="used",
            )
        ]


def _quote(pos: Pos | None, arguments: list[str]) -> int:
    if any(argument not in {"--lines", "--json"} for argument in arguments):
        sys.stderr.write("usage: genesis quote [--lines] [--json] < BASKET\n")
        return 2
    from genesis_tax.catalogue import find
    from genesis_tax.quote import run_quote

    resolve = None if pos is None else partial(find, pos)
    return run_quote(sys.stdin.buffer, sys.stdout, sys.stderr, lines="--lines" in arguments, resolve=resolve)


plugin = TaxPlugin()
