"""The pricing pipeline: base amounts, adjustments by stage, tax; every cent has an author and a place."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from genesis.hooks import pricing as specs
from genesis.kernel.absent import absent
from genesis.kernel.cart import (
    STAGES,
    Adjustment,
    Basket,
    Cart,
    Line,
    LineFigures,
    LineTax,
    Priced,
    PricedLine,
    TaxDocument,
    TaxedLine,
    TaxLine,
    TaxSum,
)
from genesis.kernel.errors import PluginFault, UserError
from genesis.kernel.limits import MAX_MINOR
from genesis.kernel.money import exponent, extended, round_ratio, split

if TYPE_CHECKING:
    from genesis.kernel.facts import SaleLine
    from genesis.kernel.pos import Pos

NOTHING = Fraction(0)  # of nearly every line: whole pieces at prices of whole cents


def base_amount(line: Line, digits: int) -> int:
    """Return quantity x unit price rounded once, or the amount entered whole."""
    if line.extended is not None:
        return line.extended
    return extended(line.qty, line.price or 0, digits)


def _rest(line: Line, base: int, digits: int) -> Fraction:
    """Return the part of a minor unit that rounding the amount of a line left out."""
    per = 10 ** (7 - digits)
    left = 0 if line.extended is not None else line.qty * (line.price or 0) - base * per
    return Fraction(left, per) if left else NOTHING


def price(pos: Pos, cart: Cart, day: str) -> Priced:
    """Return a cart with all its money. Return lines keep their stored figures.

    `unanswered` lists in plain words what makes the cart impossible to complete: a discount or a tax class
    that no enabled plugin answers. Raises PluginFault when a plugin's figures do not add up.
    """
    digits = exponent(cart.currency)
    fresh = [line for line in cart.lines if line.fixed is None]
    amounts = {line.id: base_amount(line, digits) for line in fresh}
    if wild := next((i for i, amount in amounts.items() if abs(amount) > MAX_MINOR), ""):
        raise UserError(f"the amount of line {wild} is out of range", "check its quantity and its price", "amount")
    bases = dict(amounts)
    goods = {line.id: amounts[line.id] for line in fresh if not line.item.face_value}
    applied, answered = _adjust(pos, cart, goods)
    amounts |= goods
    unanswered = _forgotten_discounts(cart, answered)
    rests = {line.id: _rest(line, bases[line.id], digits) for line in fresh if not applied.get(line.id)}
    taxed, author = _tax(pos, cart, fresh, amounts, rests, day)
    if taxed is None:
        unanswered.append(f"no enabled plugin computes tax: {absent(pos, 'tax')}")
        taxed = {i: TaxedLine(id=i, net=a, tax=0, gross=a) for i, a in amounts.items()}
    lines = tuple(
        PricedLine(line=line, figures=line.fixed or _figures(bases[line.id], applied.get(line.id, []), taxed[line.id]))
        for line in cart.lines
    )
    return _sum(cart, lines, tuple(unanswered), author)


def repaid(priced: Priced, cart: Cart) -> Priced:
    """Return a priced cart after its tenders changed; nothing that was priced is asked again."""
    return msgspec.structs.replace(
        priced,
        paid=sum(tender.amount for tender in cart.tenders),
        rounding=sum(tender.rounding for tender in cart.tenders),
    )


def _figures(base: int, adjustments: list[Adjustment], taxed: TaxedLine) -> LineFigures:
    return LineFigures(base=base, net=taxed.net, tax=taxed.tax, gross=taxed.gross,
                       adjustments=tuple(adjustments), taxes=taxed.taxes)  # fmt: skip


def _sum(cart: Cart, lines: tuple[PricedLine, ...], unanswered: tuple[str, ...], author: str) -> Priced:
    taxes: dict[tuple[str, str, str, str, bool], list[int]] = defaultdict(lambda: [0, 0])
    discounts: dict[str, int] = defaultdict(int)
    for priced in lines:
        for tax in priced.figures.taxes:
            row = taxes[(tax.id, tax.title, tax.type, tax.rate, tax.included)]
            row[0] += tax.base
            row[1] += tax.amount
        for adjustment in priced.figures.adjustments:
            discounts[adjustment.reason] += adjustment.amount
    return Priced(
        lines=lines,
        taxes=tuple(TaxSum(id=k[0], title=k[1], type=k[2], rate=k[3], included=k[4], base=v[0], amount=v[1])
                    for k, v in taxes.items()),
        discounts=tuple(discounts.items()),
        base=sum(p.figures.base for p in lines),
        net=sum(p.figures.net for p in lines),
        tax=sum(p.figures.tax for p in lines),
        total=sum(p.figures.gross for p in lines),
        paid=sum(tender.amount for tender in cart.tenders),
        rounding=sum(tender.rounding for tender in cart.tenders),
        unanswered=unanswered,
        author=author,
    )  # fmt: skip


def _adjust(pos: Pos, cart: Cart, amounts: dict[str, int]) -> tuple[dict[str, list[Adjustment]], set[str]]:
    """Ask every stage and apply the answers to `amounts`; no line crosses zero. Also: which discounts were answered."""
    applied: dict[str, list[Adjustment]] = {line_id: [] for line_id in amounts}
    answered: set[str] = set()
    if not amounts or not pos.hooks.implemented(specs.adjustments):
        return applied, answered
    for stage in STAGES:
        basket = Basket(cart=cart, amounts=dict(amounts), stage=stage)
        answers = sorted(pos.hooks.authored(specs.adjustments)(basket=basket), key=lambda answer: answer[0])
        for author, adjustments in answers:
            for wanted in adjustments:
                answered.add(wanted.ref)
                line = cart.line(wanted.line) if wanted.line is not None else None
                if line is not None and line.item.face_value:
                    continue
                if wanted.line is not None and wanted.line not in amounts:
                    raise PluginFault(author, "adjustments", f"there is no line {wanted.line!r} to adjust")
                if abs(wanted.amount) > MAX_MINOR:
                    raise PluginFault(author, "adjustments", f"{wanted.amount} is no change of an amount")
                for line_id, amount in _targets(wanted, amounts):
                    moved = _clamp(amounts[line_id], amount)
                    if moved:
                        amounts[line_id] += moved
                        applied[line_id].append(
                            msgspec.structs.replace(wanted, line=line_id, amount=moved, author=author, stage=stage)
                        )
    return applied, answered


def _targets(wanted: Adjustment, amounts: dict[str, int]) -> list[tuple[str, int]]:
    if wanted.line is not None:
        return [(wanted.line, wanted.amount)]
    sign = 1 if sum(amounts.values()) >= 0 else -1
    ids = [i for i, a in amounts.items() if a * sign > 0]
    return list(zip(ids, split(wanted.amount, [amounts[i] for i in ids]), strict=True)) if ids else []


def _clamp(now: int, change: int) -> int:
    after = now + change
    return -now if now * after < 0 or (now == 0 and change < 0) else change


def _forgotten_discounts(cart: Cart, answered: set[str]) -> list[str]:
    return [
        f"the discount {d.percent or d.amount}{' %' if d.percent else ''} has no author: "
        "enable genesis_discounts or take the discount off"
        for d in cart.discounts
        if d.id not in answered
    ]


def _tax(
    pos: Pos, cart: Cart, lines: list[Line], amounts: dict[str, int], rests: dict[str, Fraction], day: str
) -> tuple[dict[str, TaxedLine] | None, str]:
    """Ask for the taxes of the document; None where lines are taxable and nobody answers."""
    if not any(line.item.tax is not None for line in lines):
        return {i: TaxedLine(id=i, net=a, tax=0, gross=a) for i, a in amounts.items()}, ""
    document = TaxDocument(
        currency=cart.currency,
        day=day,
        lines=tuple(TaxLine(id=line.id, amount=amounts[line.id], qty=line.qty, tax=line.item.tax,
                            item=line.item.ref, rest=rests.get(line.id, NOTHING)) for line in lines),
        customer=cart.customer,
    )  # fmt: skip
    answers = pos.hooks.authored(specs.tax)(document=document)
    if not answers:
        return None, ""
    author, answer = answers[0]
    taxed = {line.id: line for line in answer.lines}
    if set(taxed) != set(amounts) or len(answer.lines) != len(amounts):
        raise PluginFault(author, "tax", "it did not answer every line once")
    for line in answer.lines:
        if line.net + line.tax != line.gross or sum(t.amount for t in line.taxes) != line.tax:
            raise PluginFault(author, "tax", f"the figures of line {line.id} do not add up")
        if abs(line.gross) > MAX_MINOR or abs(line.tax) > MAX_MINOR:
            raise PluginFault(author, "tax", f"the figures of line {line.id} are out of range")
    return taxed, author


# -- returns -----------------------------------------------------------------------------------------------


def returned_figures(sold: SaleLine, before: int, now: int) -> LineFigures:
    """Return the (negative) figures of giving back `now` thousandths after `before` were given back.

    Exact inverse from stored figures: each is round(stored x returned so far / sold) less what went before,
    so any sequence of partial returns adds up to what was paid, with no plugin asked.
    """
    qty = sold.qty

    def part(figure: int) -> int:
        return round_ratio(figure * before, qty) - round_ratio(figure * (before + now), qty)

    taxes = tuple(
        LineTax(id=x.id, title=x.title, type=x.type, rate=x.rate, included=x.included, base=part(x.base),
                amount=part(x.amount))
        for x in sold.taxes
    )  # fmt: skip
    adjustments = tuple(msgspec.structs.replace(a, amount=part(a.amount)) for a in sold.adjustments)
    gross, tax = part(sold.gross), sum(x.amount for x in taxes)
    net = gross - tax
    taxed_amount = sold.base + sum(a.amount for a in sold.adjustments)
    amount = gross if taxed_amount == sold.gross else net if taxed_amount == sold.net else part(taxed_amount)
    return LineFigures(base=amount - sum(a.amount for a in adjustments), net=net, tax=tax, gross=gross,
                       adjustments=adjustments, taxes=taxes)  # fmt: skip
