"""Paying: tenders, providers, completion; nothing that was paid is ever forgotten."""

from __future__ import annotations

from typing import Any

import msgspec
import uuid_utils

from genesis.hooks import payment as payment_specs, pricing as price_specs
from genesis.kernel.absent import absent
from genesis.kernel.approvals import Approval
from genesis.kernel.cart import Cart, Priced, Tender
from genesis.kernel.desk import Answer, command
from genesis.kernel.errors import PluginFault, Refused, UserError
from genesis.kernel.foreign import ForeignCash, least, worth
from genesis.kernel.limits import MAX_MINOR
from genesis.kernel.money import plain
from genesis.kernel.noted import noted
from genesis.kernel.pricing import repaid
from genesis.kernel.providers import KeptMethod, NotedMethod, PaymentMethod, PaymentProvider, TippedMethod
from genesis.kernel.refunds import Original, beyond, named, named_tips, originals, same_way
from genesis.kernel.settling import Settling


class Paying(Settling):
    """The commands that move money."""

    @command
    def methods(self) -> list[PaymentMethod]:
        """Return the ways to pay for this cart now."""
        hidden: set[str] = set()
        if self.cart is not None and self.priced is not None:
            for ids in self.pos.hooks.each(payment_specs.filter_methods)(cart=self.cart, priced=self.priced):
                hidden |= ids
        training = self.cart is not None and self.cart.mode == "training"  # where nobody's card is charged
        back = [one.tender for one in self._originals() if one.left > 0]
        away = self.priced is not None and self.priced.due < 0  # foreign cash only comes in
        shown = [m for m in self.payments.methods.values()
                 if m.id not in hidden and not (away and isinstance(m, ForeignCash))
                 and not (training and isinstance(m, PaymentProvider))]  # fmt: skip
        came = {m.id for m in shown if any(same_way(one, m.id, cash=m.cash) for one in back)}
        return sorted(shown, key=lambda method: method.id not in came)  # money goes back first the way it came

    @command
    def currency_of(self, method: str) -> str:
        """Return the currency in which amounts of a method are given."""
        found = self.payments.methods.get(method)
        return found.currency if isinstance(found, ForeignCash) else self.currency

    def in_coins(self, due: int) -> int:
        """Return an amount as it can be paid in coins of the store."""
        answers = self.pos.hooks.authored(price_specs.round_cash)(currency=self.currency, due=due)
        if not answers:
            return due
        author, rounded = answers[0]
        if rounded * due < 0 or abs(rounded) > MAX_MINOR:
            raise PluginFault(author, "round_cash", f"{rounded} is not {due} in cash")
        return rounded

    @command
    def pay(
        self, method: str, amount: int | None = None, reference: str = "", command: str = "", *, tip: int = 0,
        share: int = 0,
    ) -> Answer:  # fmt: skip
        """Take (or give back) money by a method; completes the sale when nothing is left to pay.

        amount: minor units tendered (of foreign cash its own), None for what is due. tip: minor units on top of
        what it pays, of cash out of the change; negative where it goes back. share: of what is due
        only so much is to be paid by this, cash gives change on it; 0 for all. A provider's method returns at once with
        `payment` set: poll it with `settle`.
        """
        done = self._begin("register.sell", command)
        if done:
            return done
        cart = self._need_cart()
        if self.payments.run is not None:
            raise UserError("a payment is under way", "wait for it or cancel it")
        priced = self.priced = self._price(cart)
        self._completion.check(cart, priced)
        found = next((m for m in self.methods() if m.id == method), None)
        if found is None:
            raise self._no_method(method)
        priced = self.shared(priced, found, share)
        if isinstance(found, PaymentProvider):
            return self._start_provider(cart, priced, found, amount, tip)
        tender = self._tipped(self.tender_of(found, priced, amount), found, tip)
        tender = msgspec.structs.replace(tender, reference=reference)
        if tender.amount < 0:
            tender = self._refund(cart, priced, tender)
        self._check_money(cart, method, tender.amount)
        if isinstance(found, NotedMethod):
            slip = noted(self.pos, found, cart, tender.amount + tender.tip)
            tender = msgspec.structs.replace(tender, guarded=True, reference=slip.reference or reference,
                                             details=slip.details)  # fmt: skip
        return self._book(cart, tender, command)

    def shared(self, priced: Priced, method: PaymentMethod, share: int) -> Priced:
        """Return a priced cart of which only a share is due; of cash in coins, so that the last one rounds."""
        if not share or share == priced.due:
            return priced
        if not 0 < share < priced.due:
            raise UserError("share: it is not a part of what is due", "type a smaller one", "share")
        coins = self.in_coins(share) if method.cash else share
        share = coins if 0 < coins < priced.due else share
        return msgspec.structs.replace(priced, paid=priced.paid + priced.due - share)

    def tender_of(self, method: PaymentMethod, priced: Priced, amount: int | None) -> Tender:
        """Return the tender that an amount of a method would be; nothing is booked."""
        if isinstance(method, ForeignCash):
            return self._foreign_tender(method, priced.due, amount)
        return (self._cash_tender if method.cash else self._plain_tender)(method, priced, amount)

    def _tipped(self, tender: Tender, method: PaymentMethod, tip: int) -> Tender:
        """Return a tender with a tip: of cash out of the change, else on top of what it pays."""
        if not tip:
            return tender
        if (tip < 0) != (tender.amount < 0):
            raise UserError("tip: it does not go the way of the money", "type it without a sign", "tip")
        if tip > 0 and method.cash:
            change = tender.change - tip
            if change < 0 or -self.in_coins(-change) != change:
                raise UserError(f"tip: at most the change of {plain(tender.change, self.digits)} can be kept",
                                "take more, or the whole change", "tip")  # fmt: skip
            return msgspec.structs.replace(tender, tip=tip, change=change)
        if tip > 0 and not (isinstance(method, TippedMethod) and method.tips == "till"):
            raise UserError(f"tip: {method.title} takes none here", "take it in cash", "tip")
        if abs(tender.tendered + tip) > MAX_MINOR:
            raise UserError("tip: it is out of range", "check what was typed", "tip")
        return msgspec.structs.replace(tender, tip=tip, tendered=tender.tendered + tip)

    def _no_method(self, method: str) -> UserError:
        names = ", ".join(m.id for m in self.methods())
        if isinstance(self.payments.methods.get(method), ForeignCash):
            return UserError(f"{self.payments.methods[method].title} is not given back", "give cash back", "method")
        paid = next((one.tender.title for one in self._originals() if one.tender.method == method), "")
        if paid:
            other = f", or give it back another way if you may: {names}" if names else ""
            return UserError(
                f"this was paid by {paid}, which is not available now", f"enable its plugin{other}", "method"
            )
        remedy = f"use one of: {names}" if names else absent(self.pos, "payment_methods")
        return UserError(f"there is no payment method {method!r}", remedy, "method")

    def _originals(self) -> list[Original]:
        """Return the payments that the open cart may give back; none where money comes in."""
        cart, priced = self.cart, self.priced
        return originals(self.pos, cart) if cart is not None and priced is not None and priced.due < 0 else []

    def _refund(self, cart: Cart, priced: Priced, tender: Tender) -> Tender:
        """Name the payments that a tender gives back; the way money came, or with permission another one."""
        self._not_refunded(cart)
        found = self._originals()
        back = named(found, tender) | named_tips(found, tender, self.digits)
        tender = msgspec.structs.replace(tender, refunds=back)
        if found and beyond(cart, priced, tender) > 0:
            left = [one for one in found if one.left > 0 and not same_way(one.tender, tender.method, cash=tender.cash)]
            ways = " and ".join(dict.fromkeys(f"{plain(o.left, self.digits)} by {o.tender.title}" for o in left))
            try:
                self.pos.permissions.require("register.refund_other", tender.method)
            except Approval:
                raise
            except Refused as refused:
                what = f"this was paid otherwise ({ways or 'nothing is left of it'}): {refused.what}"
                raise Refused(what, "give it back so, or ask somebody who may", "method") from refused
        return tender

    def _check_money(self, cart: Cart, method: str, amount: int) -> None:
        if amount >= 0:
            self.pos.hooks.each(payment_specs.check_payment)(cart=cart, method=method, amount=amount)
        else:
            sale = next((one.sale for one in self._originals()), None)
            self.pos.hooks.each(payment_specs.check_refund)(sale=sale, method=method, amount=-amount)

    def _cash_tender(self, method: PaymentMethod, priced: Priced, amount: int | None) -> Tender:
        due = priced.due
        rounded = self.in_coins(due)
        given = rounded if amount is None else amount
        if abs(given) > MAX_MINOR:
            raise UserError("amount: it is out of range", "check what was typed or scanned", "amount")
        base: dict[str, Any] = {"id": str(uuid_utils.uuid7()), "method": method.id, "title": method.title, "cash": True}
        if due < 0 or rounded <= 0:
            if given != rounded:
                raise UserError(f"amount: exactly {plain(rounded, self.digits)} goes back in cash", "", "amount")
            return Tender(**base, amount=rounded, tendered=rounded, rounding=rounded - due)
        if given <= 0:
            raise UserError("amount: it must be more than zero", "type what the customer gives", "amount")
        if given >= rounded:
            return Tender(**base, amount=rounded, tendered=given, change=given - rounded, rounding=rounded - due)
        return Tender(**base, amount=given, tendered=given)

    def _foreign_tender(self, method: ForeignCash, due: int, given: int | None) -> Tender:
        """Return what foreign cash pays; of what it is worth beyond that, the store's coins go back as change."""
        rate, minor = method.rate, given
        if minor is None:
            minor = least(due, method.currency, rate, self.currency)
        brought = worth(minor, method.currency, rate, self.currency)
        if minor <= 0 or brought <= 0 or max(minor, brought) > MAX_MINOR:
            what = "amount: it is worth nothing here" if 0 <= brought <= MAX_MINOR else "amount: it is out of range"
            raise UserError(what, "type what the customer gives", "amount")
        base: dict[str, Any] = {
            "id": str(uuid_utils.uuid7()), "method": method.id, "title": method.title, "cash": True,
            "tendered": brought, "currency": method.currency, "given": minor, "rate": str(rate),
        }  # fmt: skip
        rest = self.in_coins(due - brought)
        if rest > 0:
            return Tender(**base, amount=brought)
        return Tender(**base, amount=brought + rest, change=-rest, rounding=brought + rest - due)

    def _plain_tender(self, method: PaymentMethod, priced: Priced, amount: int | None) -> Tender:
        due = priced.due
        given = due if amount is None else amount
        if given > due > 0 and isinstance(method, KeptMethod) and method.keeps:
            given = due
        if given == 0 or (given > 0) != (due > 0) or abs(given) > abs(due):
            raise UserError(
                f"amount: {method.title} takes at most {plain(due, self.digits)}", "only cash gives change", "amount"
            )
        return Tender(id=str(uuid_utils.uuid7()), method=method.id, title=method.title, amount=given, tendered=given)

    def _start_provider(
        self, cart: Cart, priced: Priced, method: PaymentMethod, amount: int | None, tip: int
    ) -> Answer:
        original = self._original(method, amount) if priced.due < 0 else None
        if original is not None and amount is None:
            amount = max(priced.due, -original.left)
        tender = self._tipped(self._plain_tender(method, priced, amount), method, tip)
        if original is not None:
            named_tips([original], tender, self.digits)
        self._check_money(cart, method.id, tender.amount)
        if self.payments.unclear(cart.id):
            raise UserError("an earlier payment of this sale is not known to have failed", "resolve it first")
        self._completion.foresee(cart, priced, self._promises(cart))
        run = self.payments.start(cart.id, tender, cart.currency, original.tender if original else None)
        self._announce("payment")
        return Answer(cart=cart, priced=priced, payment=run, text=method.title)

    def _original(self, method: PaymentMethod, amount: int | None) -> Original:
        """Return the payment that a provider gives back; never more than is left of it."""
        found = [o for o in self._originals() if o.tender.method == method.id and o.tender.attempt and o.left > 0]
        fitting = [one for one in found if amount is None or -amount <= one.left]
        if not fitting:
            left = ", ".join(plain(one.left, self.digits) for one in found) or "nothing"
            raise Refused(f"amount: {left} of what {method.title} took can still go back",
                          "give back that much, the rest another way", "amount")  # fmt: skip
        return fitting[0]

    @command
    def tip_back(self, method: str) -> int:
        """Return what of tips can go back with the goods of the open cart by a method."""
        cash = (found := self.payments.methods.get(method)) is not None and found.cash
        return sum(one.tip for one in self._originals() if same_way(one.tender, method, cash=cash))

    def _book(self, cart: Cart, tender: Tender, command: str) -> Answer:
        paid = msgspec.structs.replace(cart, tenders=(*cart.tenders, tender))
        try:
            priced = repaid(self.priced or self._price(cart), paid)
            if priced.due != 0 or self._waits(paid):
                return self._change(paid, command, "tender", durable=True)
        except Exception:
            self._keep_paid(paid, None)
            raise
        return self._complete(paid, priced, command)
