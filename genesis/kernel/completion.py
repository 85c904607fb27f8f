"""Turns a paid cart into the one fact that is the sale: sections, guards, receipt, append."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from genesis.db.engine import StorageError
from genesis.hooks import cart as cart_specs, inventory as inventory_specs
from genesis.kernel.cart import Cart, Line, Priced, PricedLine, Sections
from genesis.kernel.clock import business_day, offset_minutes
from genesis.kernel.entries import Entry, FactRef
from genesis.kernel.errors import Confirm, PluginFault, Refused, Unknown
from genesis.kernel.facts import DrawerOpened, Fact, SaleCompleted, SaleLine
from genesis.kernel.givenback import REFUNDED
from genesis.kernel.guardbook import GuardRefused, foresee
from genesis.kernel.guards import Balance, Guard, Once
from genesis.kernel.limits import fits
from genesis.kernel.receipt import compose
from genesis.kernel.settings import StoreSettings

if TYPE_CHECKING:
    from genesis.hooks.values import Block
    from genesis.kernel.pos import Pos
    from genesis.kernel.shifts import Shifts

OPEN = "open"
RETURNED = "returned"  # guard space: "<sale>/<line>" -> thousandths given back


class Completion:
    """Completes carts of one register."""

    def __init__(self, pos: Pos, register: str, store: str, shifts: Shifts) -> None:
        self._pos, self._register, self._store, self._shifts = pos, register, store, shifts

    def check(self, cart: Cart, priced: Priced) -> None:
        """Refuse what must not be paid or completed: no tax author, a discount without one, a plugin's problem."""
        if priced.unanswered:
            raise Refused(f"this sale cannot be paid: {priced.unanswered[0]}", "", "cart")
        for problems in self._pos.hooks.each(cart_specs.check_checkout)(cart=cart, priced=priced):
            for problem in problems:
                if problem.blocking:
                    raise Refused(problem.text, problem.remedy, "cart")
                if not self._pos.hooks.confirmed:
                    raise Confirm(problem.text, problem.remedy, "cart")

    def foresee(self, cart: Cart, priced: Priced, more: Sequence[Guard]) -> None:
        """Refuse what could not be recorded as things stand: asked before a provider moves money for it."""
        try:
            foresee(self._pos.journal.held, [Once("sale", cart.id), *self._lines(cart, priced)[1], *more])
        except GuardRefused as refused:
            _explain(refused)

    def complete(self, cart: Cart, priced: Priced, command: str, more: Sequence[Guard] = ()) -> Entry:
        """Record the sale and return it as stored; the same sale id twice is answered, not recorded twice.

        more: guards of its tenders.
        """
        shift = self._shifts.ensure()
        lines, guards = self._lines(cart, priced)
        sale = self._sale(cart, priced, lines, shift)
        blocks = self._blocks(sale)
        sale = msgspec.structs.replace(
            sale, document=compose(sale, self._pos.settings(StoreSettings).name or self._store, blocks)
        )
        facts: list[Fact] = [sale]
        if cart.mode == "normal" and any(tender.cash for tender in cart.tenders):
            facts.append(DrawerOpened(register=self._register, sale=cart.id, shift=shift))
        promises: list[Guard] = [Once("sale", cart.id), *guards, *more]
        if command:
            promises.append(Once("command", command))
        attempts = [(t.attempt, self._register, "", None) for t in cart.tenders if t.attempt]
        try:
            done = self._pos.journal.append(
                *facts,
                guards=promises,
                carts=[(self._register, OPEN, None)],
                attempts=attempts,
                checked=True,  # answers of hooks, outcomes of payments and arguments of commands
            )
        except GuardRefused as refused:
            known = self._pos.journal.holder("sale", cart.id)
            if not known:
                _explain(refused)
            return self._recorded(FactRef.parse(known), refused)
        return self._recorded(done.refs[0], None)

    def _blocks(self, sale: SaleCompleted) -> list[Block]:
        """Return what plugins add to the receipt; one that would fill the sale is left out, the sale goes on."""
        blocks = []
        for author, found in self._pos.hooks.authored(cart_specs.receipt_blocks)(sale=sale):
            if fits(found):
                blocks += found
            else:
                self._pos.log.error("plugin %s adds too much to a receipt: it is left out", author)
        return blocks

    def _recorded(self, ref: FactRef, cause: Exception | None) -> Entry:
        try:
            entry = self._pos.journal.entry(ref)
        except StorageError as error:
            entry, cause = None, error
        if entry is None:
            raise Unknown(
                f"the sale {ref} was recorded but cannot be read back", "repeat the payment: it is not taken twice"
            ) from cause
        return entry

    def _lines(self, cart: Cart, priced: Priced) -> tuple[list[SaleLine], list[Guard]]:
        guards: list[Guard] = []
        lines = []
        for row in priced.lines:
            sections = self._sections(cart, priced, row.line)
            if row.line.returns is not None:
                back = row.line.returns
                key = f"{back.sale}/{back.line}"
                guards.append(Balance(RETURNED, key, -row.line.qty, was=back.before, ceiling=back.sold))
            for author, found in self._pos.hooks.authored(inventory_specs.allocate)(cart=cart, line=row.line):
                if not fits(found):
                    raise PluginFault(author, "allocate", "its data are too large for a sale")
                guards += found.guards if cart.mode == "normal" else ()  # training uses nothing up
                sections[author] = {**sections.get(author, {}), **found.section}
            lines.append(_sale_line(row, sections))
        return lines, guards

    def _sections(self, cart: Cart, priced: Priced, line: Line | None) -> Sections:
        sections: dict[str, Any] = dict(line.sections if line else cart.sections)
        asked = self._pos.hooks.authored(cart_specs.sale_section)(cart=cart, priced=priced, line=line)
        for author, data in asked:
            if not fits(data):
                raise PluginFault(author, "sale_section", "its data are too large for a sale")
            sections[author] = {**sections.get(author, {}), **data}
        return sections

    def _sale(self, cart: Cart, priced: Priced, lines: list[SaleLine], shift: str) -> SaleCompleted:
        now = self._pos.clock.now()
        store = self._pos.settings(StoreSettings)
        return SaleCompleted(
            sale=cart.id, store=self._store, register=self._register, epoch=self._pos.journal.stream, shift=shift,
            business_day=business_day(now, store.cut_off_hour), offset=offset_minutes(now), mode=cart.mode,
            currency=cart.currency, actor=self._pos.actor.id, approver=cart.approver,
            customer=cart.customer.ref if cart.customer else "", person=cart.customer.person if cart.customer else "",
            lines=tuple(lines), taxes=priced.taxes, discounts=priced.discounts, tenders=cart.tenders,
            net=priced.net, tax=priced.tax, total=priced.total, rounding=priced.rounding, note=cart.note,
            sections=self._sections(cart, priced, None),
        )  # fmt: skip


def _explain(refused: GuardRefused) -> NoReturn:
    """Raise it again, in words where it is a promise of the kernel's own."""
    if refused.guard.space in {RETURNED, REFUNDED}:
        raise Refused("goods or money of this cart went back elsewhere meanwhile",
                      "void the return line and return it again", "receipt") from refused  # fmt: skip
    raise refused


def _sale_line(row: PricedLine, sections: Sections) -> SaleLine:
    line, item, money = row.line, row.line.item, row.figures
    return SaleLine(
        line=line.id, item=item.ref, name=item.name, sku=item.sku, gtin=item.gtin, category=item.category,
        qty=line.qty, unit=item.unit, price=line.price, extended=line.extended, source=line.source,
        tax_class=item.tax, base=money.base, net=money.net, tax=money.tax, gross=money.gross,
        adjustments=money.adjustments, taxes=money.taxes, note=line.note, approver=line.approver,
        sections=sections, returns=line.returns, under=line.under,
    )  # fmt: skip
