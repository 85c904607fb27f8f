"""Computes the taxes of one document exactly, so that its figures add up in every rounding scope.

Amounts are integers in *steps* (with a step of 0.01, 12.34 is 1234). `formula.py` says what a tax is; here is when
it is rounded. The rules are those that Odoo's published tax tests fix; their numbers stand in our tests.
  line         the amount of each line is rounded, then each of its taxes; the document is the sum of its lines.
  document     lines stay exact; the sum of the amounts is rounded once, and each tax of the summary once.
  total_first  lines stay exact; the total to pay is rounded once, each tax of the summary once, net is the rest.
Taxes that are equal in every field are one tax of the summary; but one that stands twice on a line (5 % state, 5 %
county) is two, or its base would count twice.

On every line and document net = gross - taxes. An included price is what the customer pays and net gives way: 52.50
at 12 % is tax 5.63 and net 46.87. What a document scope rounded is spread over the lines by largest remainder, so
lines add up to the document. The base shown with a tax is net plus the shown amounts of the earlier taxes in its
base; it is not rounded by itself, or bases would not add up. Signs mirror: a document with all amounts and
quantities negated has all its figures negated.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import compress
from typing import Literal

import msgspec

from genesis import UserError, round_div
from genesis_tax.formula import Formula, Line, Mode, Tax, TaxType, solve

Scope = Literal["line", "document", "total_first"]


class TaxFigure(msgspec.Struct, frozen=True):
    """What one tax of a line came to, in steps."""

    base: int
    amount: int


class LineFigures(msgspec.Struct, frozen=True):
    """The figures of a line in steps; net + tax = gross, `taxes` stand in the order of the line's taxes."""

    net: int
    tax: int
    gross: int
    taxes: tuple[TaxFigure, ...]


class TaxRow(msgspec.Struct, frozen=True):
    """One row of the tax summary; where the type is fixed, `rate` is the amount per unit."""

    type: TaxType
    rate: Decimal
    included: bool
    base: int
    amount: int


class Document(msgspec.Struct, frozen=True):
    """All figures of a document in steps; net + tax = total, and the lines add up to them."""

    lines: tuple[LineFigures, ...]
    net: int
    tax: int
    total: int
    taxes: tuple[TaxRow, ...]


def compute(lines: Sequence[Line], scope: Scope, mode: Mode, step: Decimal) -> Document:
    """Return every figure of the document, in steps.

    Raises UserError with field `lines[N].taxes` where the taxes of a line have no answer.
    """
    formulas = [_formula(number, line, step) for number, line in enumerate(lines)]
    figures = _figures_of(lines, formulas, scope, mode)
    return Document(
        lines=tuple(figures),
        net=sum(line.net for line in figures),
        tax=sum(line.tax for line in figures),
        total=sum(line.gross for line in figures),
        taxes=_summary(formulas, figures),
    )


def line_figures(lines: Sequence[Line], scope: Scope, mode: Mode, step: Decimal) -> list[LineFigures]:
    """Return what `compute` says of the lines alone: what a till asks at every scan."""
    formulas = [_formula(number, line, step) for number, line in enumerate(lines)]
    return _figures_of(lines, formulas, scope, mode)


def _figures_of(lines: Sequence[Line], formulas: Sequence[Formula], scope: Scope, mode: Mode) -> list[LineFigures]:
    if scope == "line":
        return [_line_scope(line, formula, mode) for line, formula in zip(lines, formulas, strict=True)]
    return _document_scope(lines, formulas, scope, mode)


def spread(total: int, shares: Sequence[int | Fraction]) -> list[int]:
    """Turn exact shares into integers that sum to `total`, by largest remainder; ties go to the earlier share.

    total: the sum of the shares, rounded in any mode. Negated shares give the negated result, also where signs mix.
    """
    leading = [share for share in (sum(shares), *shares) if share]
    sign = -1 if leading and leading[0] < 0 else 1
    parts, rests = [], []
    for share in shares:
        floor, rest = divmod(sign * share, 1)
        parts.append(int(floor))
        rests.append(rest)
    left = sign * total - sum(parts)
    for index in sorted(range(len(parts)), key=lambda i: (-rests[i], i))[:left]:
        parts[index] += 1
    return [sign * part for part in parts]


def _formula(number: int, line: Line, step: Decimal) -> Formula:
    try:
        return solve(line.taxes, line.holds, step)
    except UserError as error:
        field = f"lines[{number}].taxes"
        raise UserError(f"{field}: {error.what}", error.remedy, field) from None


def _line_scope(line: Line, formula: Formula, mode: Mode) -> LineFigures:
    amount = round_div(Fraction(line.amount), mode)
    taxes = [round_div(share, mode) for share in formula.shares(amount, line.qty)]
    return _figures(line.taxes, amount - sum(compress(taxes, formula.held)), taxes)


def _document_scope(lines: Sequence[Line], formulas: Sequence[Formula], scope: Scope, mode: Mode) -> list[LineFigures]:
    shares = [formula.shares(line.amount, line.qty) for line, formula in zip(lines, formulas, strict=True)]
    taxes = _round_taxes(formulas, shares, mode)
    if scope == "document":
        amounts = _round_sum([line.amount for line in lines], mode)
        held = [sum(compress(parts, formula.held)) for parts, formula in zip(taxes, formulas, strict=True)]
    else:
        amounts = _round_sum([_gross(*of) for of in zip(lines, formulas, shares, strict=True)], mode)
        held = [sum(parts) for parts in taxes]
    return [
        _figures(line.taxes, amount - inside, parts)
        for line, amount, inside, parts in zip(lines, amounts, held, taxes, strict=True)
    ]


def _gross(line: Line, formula: Formula, shares: Sequence[Fraction]) -> int | Fraction:
    return line.amount + sum(share for share, held in zip(shares, formula.held, strict=True) if not held)


def _round_sum(exact: Sequence[int | Fraction], mode: Mode) -> list[int]:
    return spread(round_div(Fraction(sum(exact)), mode), exact)


def _round_taxes(formulas: Sequence[Formula], shares: Sequence[list[Fraction]], mode: Mode) -> list[list[int]]:
    """Round the sum of each tax of the summary once and spread it over the lines that carry it."""
    places: dict[tuple[Tax, int], list[tuple[int, int]]] = {}
    for row, formula in enumerate(formulas):
        for column, key in enumerate(formula.keys):
            places.setdefault(key, []).append((row, column))
    amounts = [[0] * len(parts) for parts in shares]
    for spots in places.values():
        parts = _round_sum([shares[row][column] for row, column in spots], mode)
        for (row, column), part in zip(spots, parts, strict=True):
            amounts[row][column] = part
    return amounts


def _figures(taxes: Sequence[Tax], net: int, amounts: Sequence[int]) -> LineFigures:
    shown, raised = [], net
    for tax, amount in zip(taxes, amounts, strict=True):
        shown.append(TaxFigure(raised if tax.affected_by_previous else net, amount))
        if tax.affects_next:
            raised += amount
    total = sum(amounts)
    return LineFigures(net, total, net + total, tuple(shown))


def _summary(formulas: Sequence[Formula], figures: Sequence[LineFigures]) -> tuple[TaxRow, ...]:
    sums: dict[tuple[Tax, int], list[TaxFigure]] = {}
    for formula, line in zip(formulas, figures, strict=True):
        for key, figure in zip(formula.keys, line.taxes, strict=True):
            sums.setdefault(key, []).append(figure)
    return tuple(
        TaxRow(
            type=tax.type,
            rate=tax.value,
            included=tax.included,
            base=sum(figure.base for figure in rows),
            amount=sum(figure.amount for figure in rows),
        )
        for (tax, _), rows in sums.items()
    )
