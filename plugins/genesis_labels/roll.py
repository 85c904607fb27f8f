"""Labels on the receipt printer of this register, one job each, so that receipts find their way in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from genesis import Act, Done, Pos, UserError, receipt_lines
from genesis_labels.layouts import LabelSettings
from genesis_labels.service import CATALOGUE, PREFIX, Label, retail, wanted
from genesis_receipts.plugin import ReceiptSettings

SECONDS = 20.0  # for one label
GAP = b"\x1d\x0c"  # GS FF: feed to the next label


def job(one: Label, code_page: str, ends: str) -> tuple[bytes, bool]:
    """Return what prints one label, and whether it has bars."""
    from genesis_receipts.escpos import WIDTH, Job  # a register that prints no labels does without

    made = Job(code_page)
    for line in receipt_lines(("text", one.name, ""), WIDTH)[:2]:
        made.text(("bold", line, ""))
    made.large(one.price)
    if one.base:
        made.text(("small", one.base, ""))
    code = retail(one.code)
    barred = bool(code) and code.isascii() and code.isprintable() and made.bars(code, said=True)
    return made.done(GAP if ends == "gap" else None), barred


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
            return Done(text=f"stopped: {done} of {len(labels)} labels were printed", tone="warn")
        data, barred = jobs[one]
        printed = pos.devices.ask("receipt_printer", lambda printer, data=data: printer.write(data), SECONDS).wait()
        if not printed.ok:
            raise UserError(f"the printer stopped, {done} of {len(labels)} labels are sure: {printed.error}",
                            "look which is the last on paper, then print the rest", "printer")  # fmt: skip
        if not barred:
            bare[one.name] = None
    if bare:
        return Done(text=f"{len(labels)} labels; without bars, for want of room or of a code: {', '.join(bare)}",
                    tone="warn")  # fmt: skip
    return Done(text=f"{len(labels)} labels")


def print_chosen(pos: Pos, act: Act) -> Done:
    """Print the labels of the chosen products."""
    return print_labels(pos, [f"{PREFIX}{row}" for row in act.rows], act.values.get("copies", ""), act.progress)
