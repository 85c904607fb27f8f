"""Why a line costs what it costs: every figure with who gave it, as rows of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis.kernel.cart import PricedLine
from genesis.kernel.money import Money
from genesis.shell.words import _, known, told

if TYPE_CHECKING:
    from genesis.kernel.facts import Row
    from genesis.shell.vm.formats import Formats


def reasons(priced: PricedLine, formats: Formats) -> tuple[Row, ...]:
    """Return the base price with its source, each adjustment with its author, each tax, and the amount."""
    line, figures = priced.line, priced.figures

    def money(minor: int) -> str:
        return formats.money(Money(minor, formats.currency))

    rows: list[Row] = [("title", line.item.name, "")]
    if line.returns is not None:
        rows.append(("small", _("As on receipt {number}").format(number=line.returns.number), ""))
    each = "" if line.price is None else f" × {formats.price(line.price)}"
    rows += [("text", f"{formats.measured(line.qty, line.item.unit)}{each}", money(figures.base)),
             ("small", _source(line.source), "")]  # fmt: skip
    for change in figures.adjustments:
        author = _("by {author}, {stage}").format(author=change.author, stage=known(change.stage))
        rows += [("text", told(change.reason), money(change.amount)), ("small", author, "")]
    for tax in figures.taxes:
        kind = _("included") if tax.included else _("added")
        rows += [("text", f"{known(tax.title)}, {kind}", money(tax.amount)),
                 ("small", _("on {base}").format(base=money(tax.base)), "")]  # fmt: skip
    return (*rows, ("rule", "", ""), ("bold", _("Amount"), money(figures.gross)))


def _source(source: str) -> str:
    words = {"override": _("price changed by hand"), "entered": _("amount entered by hand"),
             "code": _("amount read from the code")}  # fmt: skip
    author, _colon, name = source.partition(":")
    told = f"{author} ({name})" if name else author
    return words.get(source) or _("price by {author}").format(author=told)
