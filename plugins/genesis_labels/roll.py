"""Labels on the receipt printer of this register, one job each, so that receipts find their way in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from genesis import Act, Done, Pos, UserError, many, receipt_lines
from genesis_labels.layouts import LabelSettings
from genesis_labels.service import CATALOGUE, PREFIX, Label, made, retail, wanted
from genesis_receipts.plugin import ReceiptSettings

SECONDS = 20.0  # for one label
GAP = b"\x1d\x0c"  # GS FF: feed to the next label


def job(one: Label, code_page: str, ends: str) -> tuple[bytes, bool]:
    """Return what prints one label, and whether it has bars."""
    from genesis_receipts.escpos import WIDTH, Job  # a register that prints no labels does without

    paper = Job(code_page)
    for line in receipt_lines(("text", one.name, ""), WIDTH)[:2]:
        paper.text(("bold", line, ""))
    paper.large(one.price)
    if one.base:
        paper.text(("small", one.base, ""))
    code = retail(one.code)
    barred = bool(code) and code.isascii() and code.isprintable() and paper.bars(code, said=True)
    return paper.done(GAP if ends == "gap" else None), barred


def _write(data: bytes, printer: Any) -> None:
    printer.write(data)


def print_labels(
    pos: Pos, codes: Sequence[str], copies: str, progress: Callable[[int, int], bool] = lambda _done, _all: True
) -> Done:
    """Print labels one after the other; UserError says how many there are where the printer stops."""
    pos.permissions.require("records.read", CATALOGUE)
    labels, page = wanted(pos, codes, copies), pos.settings(ReceiptSettings).code_page
    ends, bare = pos.settings(LabelSettings).ends, dict[str, None]()
    jobs = {one: job(one, page, ends) for one in set(labels)}
    for done, one in enumerate(labels):
        if not progress(done, len(labels)):
            return Done(
                text=many(
                    "stopped: {done} of {count} label was printed",
                    "stopped: {done} of {count} labels were printed",
                    len(labels),
                    done=done,
                ),
                tone="warn",
            )
        data, barred = jobs[one]
        printed = pos.devices.ask("receipt_printer", partial(_write, data), SECONDS).wait()
        if not printed.ok:
            raise UserError(many("the printer stopped, {done} of {count} label is sure: {error}",
                                 "the printer stopped, {done} of {count} labels are sure: {error}",
                                 len(labels), done=done, error=printed.error),
                            "look which is the last on paper, then print the rest", "printer")  # fmt: skip
        if not barred:
            bare[one.name] = None
    return made(len(labels), list(bare))


def print_chosen(pos: Pos, act: Act) -> Done:
    """Print the labels of the chosen products."""
    return print_labels(pos, [f"{PREFIX}{row}" for row in act.rows], act.values.get("copies", ""), act.progress)
