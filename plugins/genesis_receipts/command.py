"""`genesis receipt`: a copy of a receipt as text, PDF or printer bytes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from genesis import CliCommand, Pos, Row, UserError, copy_of_receipt, receipt_text
from genesis.hooks.reporting import exporters
from genesis_receipts.direction import unseen


def run(pos: Pos, arguments: list[str]) -> int:
    """Record a copy and write it out."""
    parser = argparse.ArgumentParser(prog="genesis receipt", add_help=False)
    parser.add_argument("number")
    parser.add_argument("--format", choices=("text", "pdf", "escpos"), default="text")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    if options.format != "text" and options.out is None:
        raise UserError(f"out: a {options.format} receipt needs a file", "add --out FILE", "out")
    rows = copy_of_receipt(pos, options.number)
    data = receipt_text(rows).encode() if options.format == "text" else _export(pos, options.format, rows)
    if options.out is None:
        sys.stdout.write(data.decode())
    else:
        options.out.write_bytes(data)
        sys.stdout.write(f"{len(data)} bytes written to {options.out}\n")
        if missing := unseen(rows):
            sys.stdout.write(f"no font here has the letters {missing}: they are printed as ?\n")
    return 0


def _export(pos: Pos, medium: str, rows: Sequence[Row]) -> bytes:
    for found in pos.hooks.each(exporters)():
        for exporter in found:
            if exporter.medium == medium:
                return exporter.write(rows)
    raise UserError(f"no enabled plugin writes {medium}", "enable genesis_receipts", "format")


RECEIPT = CliCommand(
    name="receipt",
    summary="Write a copy of a receipt",
    usage="NUMBER [--format text|pdf|escpos] [--out FILE]",
    examples=("genesis receipt R1-00000001", "genesis receipt R1-00000001 --format pdf --out copy.pdf"),
    run=run,
)
