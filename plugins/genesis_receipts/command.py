"""`genesis receipt`: a copy of a receipt as text, PDF or printer bytes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from genesis import CliCommand, Pos, UserError, copy_of_receipt, exporter_of, receipt_text
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
    writer = None if options.format == "text" else exporter_of(pos, options.format, "format")
    rows = copy_of_receipt(pos, options.number)
    data = writer.write(rows) if writer else receipt_text(rows).encode()
    if options.out is None:
        sys.stdout.write(data.decode())
    else:
        options.out.write_bytes(data)
        sys.stdout.write(f"{options.out} is written\n")
        if missing := unseen(rows):
            sys.stdout.write(f"no font here has the letters {missing}: they are printed as ?\n")
    return 0


RECEIPT = CliCommand(
    name="receipt",
    summary="Write a copy of a receipt",
    usage="NUMBER [--format text|pdf|escpos] [--out FILE]",
    examples=("genesis receipt R1-00000001", "genesis receipt R1-00000001 --format pdf --out copy.pdf"),
    run=run,
)
