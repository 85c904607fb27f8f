"""Taxes a document by the classes of its lines, the rates of its day and the exemptions of its customer."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import and_, bindparam, or_, select

from genesis import (
    CustomerRef,
    LineTax,
    Pos,
    TaxAnswer,
    TaxDocument,
    TaxedLine,
    UserError,
    exponent,
)
from genesis_tax.engine import LineFigures, line_figures
from genesis_tax.formula import Line, Mode, Tax, solve
from genesis_tax.models import CLASS_TAXES, CLASSES, EXEMPTION_TAXES, EXEMPTIONS, in_force, tax_of


class TaxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How this store taxes and rounds: the law of its country, so nothing is taken for granted (None: not said)."""

    scope: Annotated[
        Literal["line", "document", "total_first"] | None,
        Meta(title="Rounding", description="Each line, the sum of each tax, or the total before each tax"),
    ] = None
    mode: Annotated[
        Literal["half_up", "half_even", "up", "down"],
        Meta(title="Rounding of halves", description="half_up rounds them away from zero"),
    ] = "half_up"
    prices_include_tax: Annotated[
        bool | None, Meta(title="Prices include tax", description="For the taxes that do not say it themselves")
    ] = None


class Levy(msgspec.Struct, frozen=True, cache_hash=True):
    """A tax as it is computed, and its name on the receipt."""

    tax: Tax
    title: str


class Exemption(msgspec.Struct, frozen=True):
    """Why a customer does not pay some taxes (ids; all of them where none is named)."""

    reason: str
    taxes: frozenset[str]


class _Taxed(msgspec.Struct, frozen=True):
    """A line of the document with the taxes it carries and those it is exempt from."""

    line: Line
    levies: tuple[Levy, ...]
    exempt: tuple[tuple[Levy, str], ...]


Told = tuple[int, int, int, tuple[LineTax, ...]]  # net, tax, gross and the taxes of a line
_TAX_COLUMNS = tuple(column for column in CLASS_TAXES.columns if column.name != "id")
_CLASS = (
    select(*_TAX_COLUMNS)
    .select_from(CLASSES.outerjoin(CLASS_TAXES, CLASSES.c.id == CLASS_TAXES.c.id))
    .where(CLASSES.c.id == bindparam("class"))
    .order_by(CLASS_TAXES.c.n)
)
_EXEMPTIONS = (
    select(EXEMPTIONS.c.title, EXEMPTIONS.c.valid_from, EXEMPTIONS.c.valid_to, EXEMPTION_TAXES.c.tax, EXEMPTIONS.c.id)
    .select_from(EXEMPTIONS.outerjoin(EXEMPTION_TAXES, EXEMPTIONS.c.id == EXEMPTION_TAXES.c.id))
    .where(
        or_(
            EXEMPTIONS.c.customer == bindparam("customer"),
            and_(EXEMPTIONS.c.customer_group == bindparam("group"), EXEMPTIONS.c.customer_group != ""),
        )
    )
    .order_by(EXEMPTIONS.c.id, EXEMPTION_TAXES.c.tax)
)


def levies(pos: Pos, tax_class: str, day: str) -> tuple[Levy, ...]:
    """Return the taxes of a class on an ISO day, in order.

    Raises UserError where the class does not exist, or lists taxes of which none is in force that day.
    """
    rows = pos.db.fast(_CLASS, {"class": tax_class})
    if not rows:
        raise UserError(f"the tax class {tax_class!r} does not exist", "make it, or give the item another one", "tax")
    included = pos.settings(TaxSettings).prices_include_tax
    return _levies(tuple(rows), tax_class, day, included)


@lru_cache(maxsize=256)
def _levies(rows: tuple[tuple[Any, ...], ...], tax_class: str, day: str, included: bool | None) -> tuple[Levy, ...]:
    names = [column.name for column in _TAX_COLUMNS]
    entries = [dict(zip(names, row, strict=True)) for row in rows]
    listed = [entry for entry in entries if entry["tax"] is not None]  # a class without taxes is one empty row
    today = [entry for entry in listed if in_force(entry, day)]
    if listed and not today:
        raise UserError(f"the tax class {tax_class!r} has no rate for {day}", "add the rate of that day", "tax")
    if included is None and any(entry["included"] == "store" for entry in today):
        raise unsaid("whether prices include tax", "prices_include_tax=true")
    return tuple(Levy(tax_of(entry, included=bool(included)), entry["title"]) for entry in today)


def unsaid(what: str, example: str) -> UserError:
    """Return the refusal for a setting that nobody made; the sale waits for it."""
    name = example.partition("=")[0]
    return UserError(
        f"the store has not said {what}", f"an admin sets it, such as: genesis settings tax {example}", f"tax.{name}"
    )


def answer(pos: Pos, document: TaxDocument) -> TaxAnswer:
    """Return net, tax and gross of every line, by the store's settings."""
    rules = pos.settings(TaxSettings)
    if rules.scope is None:
        raise unsaid("how tax is rounded", "scope=line")
    step = Decimal(1).scaleb(-exponent(document.currency))
    names = {line.tax for line in document.lines}
    classes = {name: () if name is None else levies(pos, name, document.day) for name in names}
    exemptions = _exemptions(pos, document.customer, document.day) if document.customer else ()
    asked = [(line.amount, line.qty, classes[line.tax]) for line in document.lines]
    if rules.scope == "line":
        told = [_alone(*each, exemptions, rules.mode, step) for each in asked]
    else:
        exact = [(line.amount + line.rest, line.qty, classes[line.tax]) for line in document.lines]
        taxed = [_taxed(*each, exemptions, step) for each in exact]
        told = list(map(_told, taxed, line_figures([each.line for each in taxed], rules.scope, rules.mode, step)))
    return TaxAnswer(
        lines=tuple(
            TaxedLine(id=line.id, net=net, tax=tax, gross=gross, taxes=taxes)
            for line, (net, tax, gross, taxes) in zip(document.lines, told, strict=True)
        )
    )


@lru_cache(maxsize=4096)  # the lines of an open cart come back at every scan
def _alone(
    amount: int, qty: int, found: tuple[Levy, ...], exemptions: tuple[Exemption, ...], mode: Mode, step: Decimal
) -> Told:
    """Return the figures of a line that is rounded by itself."""
    taxed = _taxed(amount, qty, found, exemptions, step)
    return _told(taxed, line_figures([taxed.line], "line", mode, step)[0])


def _exemptions(pos: Pos, customer: CustomerRef, day: str) -> tuple[Exemption, ...]:
    rows = pos.db.fast(_EXEMPTIONS, {"customer": customer.ref, "group": customer.group})
    found: dict[str, tuple[str, set[str]]] = {}
    for title, valid_from, valid_to, tax, record in rows:
        if in_force({"valid_from": valid_from, "valid_to": valid_to}, day):
            found.setdefault(record, (title, set()))[1].update([tax] if tax else [])
    return tuple(Exemption(title, frozenset(taxes)) for title, taxes in found.values())


def _taxed(
    amount: int | Fraction, qty: int, found: tuple[Levy, ...], exemptions: tuple[Exemption, ...], step: Decimal
) -> _Taxed:
    """Take the taxes off that the customer does not pay; a price that held one is then only what is before it."""
    reasons = [next((e.reason for e in exemptions if not e.taxes or levy.tax.name in e.taxes), None) for levy in found]
    taxes = tuple(levy.tax for levy in found)
    if not any(reasons):
        return _Taxed(Line(amount, qty, taxes), found, ())
    pairs = list(zip(found, reasons, strict=True))
    kept = tuple(levy for levy, reason in pairs if reason is None)
    net = solve(taxes, "price", step).net(amount, qty)
    return _Taxed(
        line=Line(net, qty, tuple(levy.tax for levy in kept), "net"),
        levies=kept,
        exempt=tuple((levy, reason) for levy, reason in pairs if reason is not None),
    )


def _told(taxed: _Taxed, figures: LineFigures) -> Told:
    paid = [
        _line_tax(levy, format(levy.tax.value, "f"), levy.title, figure.base, figure.amount)
        for levy, figure in zip(taxed.levies, figures.taxes, strict=True)
    ]
    exempt = [_line_tax(levy, "0", f"{levy.title} ({reason})", figures.net, 0) for levy, reason in taxed.exempt]
    return figures.net, figures.tax, figures.gross, (*paid, *exempt)


def _line_tax(levy: Levy, value: str, title: str, base: int, amount: int) -> LineTax:
    tax = levy.tax
    return LineTax(id=tax.name, title=title, type=tax.type, rate=value, included=tax.included, base=base, amount=amount)
