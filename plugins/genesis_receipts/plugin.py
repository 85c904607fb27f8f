"""Answers `receipt_blocks`, `exporters` and the `genesis receipt` command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from genesis import Block, CliCommand, Exporter, Pos, Row, SaleCompleted, StoreSettings, exponent, hookimpl, plain
from genesis_receipts import command
from genesis_receipts.direction import unseen
from genesis_receipts.labels import labels, tax_label

Text = Annotated[str, Meta(max_length=600)]


class ReceiptSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around the sale, and how printers are spoken to."""

    header: Annotated[Text, Meta(title="Lines under the address", description="One line per row")] = ""
    footer: Annotated[Text, Meta(title="Last lines", description="One line per row")] = ""
    logo: Annotated[str, Meta(title="Logo", description="SHA-256 of a kept picture", pattern="^([0-9a-f]{64})?$")] = ""
    barcode: Annotated[bool, Meta(title="Receipt number as a barcode")] = True
    code_page: Annotated[
        Literal["CP437", "CP850", "CP858", "CP1252", "CP866"],
        Meta(title="Printer code page", description="Pinned: printers differ when it is left to chance"),
    ] = "CP858"


class ReceiptsPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Header, footer, logo, code page."""
        return ReceiptSettings

    @hookimpl
    def receipt_blocks(self, pos: Pos, sale: SaleCompleted) -> list[Block]:
        """Store and legal lines above, tax per rate under the total, thanks and barcode below."""
        texts = pos.settings(ReceiptSettings)
        store = pos.settings(StoreSettings)
        head: list[Row] = [("image", texts.logo, "")] if texts.logo else []
        head.append(("title", store.name, ""))
        head += [("centre", line, "") for line in _lines(store.address) + _lines(texts.header)]
        if store.tax_number:
            head.append(("centre", store.tax_number, ""))
        foot: list[Row] = [("centre", line, "") for line in _lines(texts.footer)]
        if texts.barcode:
            foot.append(("barcode", "{number}", ""))
        return [
            Block(slot="header", rows=tuple(head)),
            Block(slot="totals", rows=tuple(tax_rows(sale, store.language)), order=10, words=labels(store.language)),
            Block(slot="footer", rows=tuple(foot)),
        ]

    @hookimpl
    def exporters(self, pos: Pos) -> list[Exporter]:
        """PDF and ESC/POS; the libraries behind them are loaded at the first use."""
        return [
            Exporter(id="receipts.pdf", title="PDF", medium="pdf", suffix=".pdf", write=lambda rows: _pdf(pos, rows)),
            Exporter(
                id="receipts.escpos", title="Receipt printer", medium="escpos", suffix=".bin",
                write=lambda rows: _escpos(pos, rows),
            ),
        ]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis receipt`."""
        return [command.RECEIPT]


def tax_rows(sale: SaleCompleted, language: str) -> list[Row]:
    """One row per tax: rate, base and amount; figures as stored."""
    digits = exponent(sale.currency)
    rows: list[Row] = []
    for tax in sale.taxes:
        rate = f" {tax.rate} %" if tax.type != "fixed" and tax.rate not in tax.title else ""
        base = plain(tax.base, digits)
        label = tax_label(language, f"{tax.title}{rate}", base, included=tax.included)
        rows.append(("small", label, plain(tax.amount, digits)))
    return rows


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pdf(pos: Pos, rows: Sequence[Row]) -> bytes:
    from genesis_receipts.pdf import write

    return write(rows, pos.blobs.get)


def _escpos(pos: Pos, rows: Sequence[Row]) -> bytes:
    from genesis_receipts.escpos import write

    if missing := unseen(rows):
        pos.log.warning("no font has the letters %s: they are printed as ?", missing)
    return write(rows, pos.settings(ReceiptSettings).code_page, pos.blobs.get)


plugin = ReceiptsPlugin()
