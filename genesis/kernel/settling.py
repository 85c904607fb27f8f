"""Settling: what became of payments, tenders taken out again, tips and signatures before a sale is complete."""

from __future__ import annotations

import msgspec

from genesis.kernel.cart import Cart, Priced, Tender
from genesis.kernel.completion import OPEN
from genesis.kernel.copies import sale_of
from genesis.kernel.desk import Answer, Desk, command
from genesis.kernel.errors import Confirm, Refused, UserError
from genesis.kernel.fields import FieldSpec
from genesis.kernel.guards import Guard
from genesis.kernel.money import plain
from genesis.kernel.noted import promised
from genesis.kernel.payment import ended_without
from genesis.kernel.providers import Attempt, NotedMethod, Outcome
from genesis.kernel.refunds import promises

SIGNED = (("right", "Right"), ("wrong", "Wrong"))
SIGNATURE = FieldSpec(name="signature", label="Signature", kind="options", choices=SIGNED, least=1, most=1)


class Settling(Desk):
    """The commands that end payments and sales."""

    @command
    def settle(self, seconds: float = 0, command: str = "") -> Answer | None:
        """Book the outcome of the payment under way; None while there is none. Completes the sale when paid."""
        run = self.payments.run
        outcome = run.outcome(seconds) if run else None
        if run is None or outcome is None:
            return None
        self.payments.run = None
        answer = self.resolve_attempt(run.attempt, outcome, command=command)
        if outcome.state in {"approved", "partial"}:
            return answer
        raise ended_without(run.attempt, outcome)

    @command
    def decide(self, attempt_id: str, reason: str, *, charged: bool, command: str = "") -> Answer:
        """Say what became of a payment whose end nobody knows; recorded with who said so and how they know."""
        done = self._begin("register.decide_payment", command, attempt_id)
        if done:
            return done
        attempt = next((a for a in self.payments.unresolved() if a.id == attempt_id), None)
        if attempt is None:
            raise UserError("it is known what became of this payment", "look at the sale again", "payment")
        if not reason.strip():
            raise UserError("reason: it is needed", "say how you know", "reason")
        outcome = Outcome(state="approved" if charged else "cancelled", amount=attempt.amount if charged else 0,
                          tip=attempt.tip if charged else 0)  # fmt: skip
        return self.resolve_attempt(attempt, outcome, f"decided by {self.pos.actor.id}: {reason.strip()[:200]}")

    @command
    def resolve_attempt(self, attempt: Attempt, outcome: Outcome, reason: str = "", command: str = "") -> Answer:
        """Record what became of an attempt and, if money moved for the open cart, book it."""
        self.record_outcome(attempt, outcome, reason)
        cart, priced = self.cart, self.priced
        if cart and priced and cart.id == attempt.sale and priced.due == 0 and not self._waits(cart):
            return self._complete(cart, priced, command)
        self._announce("tender")
        return Answer(cart=cart, priced=priced)

    def _keep_paid(self, cart: Cart, priced: Priced | None) -> None:
        """Save a cart that could not go on with what a provider took for it: nothing paid is ever forgotten."""
        if any(tender.attempt for tender in cart.tenders):
            self.pos.journal.save_carts((self.name, OPEN, cart), durable=True)
            self.cart, self.priced = cart, priced

    def _promises(self, cart: Cart) -> list[Guard]:
        """Return the guards of the tenders that use up something; refused where their plugin is gone meanwhile."""
        found = promises(self.pos, cart)
        for tender in cart.tenders:
            if tender.guarded and cart.mode == "normal":
                method = self.payments.methods.get(tender.method)
                if not isinstance(method, NotedMethod):
                    raise UserError(f"{tender.title} is not available any more", "take this payment back", "method")
                found += promised(self.pos, method, tender)
        return found

    @command
    def take_back(self, tender_id: str, command: str = "") -> Answer:
        """Take a payment out before the sale is complete; what a provider took goes back by itself, after a yes."""
        done = self._begin("register.sell", command)
        if done:
            return done
        cart = self._need_cart()
        tender = next((x for x in cart.tenders if x.id == tender_id), None)
        if tender is None or (tender.attempt and tender.amount < 0):
            raise UserError("this payment cannot be taken back here", "complete the sale", "tender")
        if tender.attempt and not self.pos.hooks.confirmed:
            raise Confirm(f"{plain(tender.tendered, self.digits)} was paid by {tender.title}",
                          "it goes back within a minute", "tender")  # fmt: skip
        return self._take_out(cart, tender, "taken back at the till", command)

    def _take_out(self, cart: Cart, tender: Tender, reason: str, command: str) -> Answer:
        """Take a tender out of a cart; of one that was charged it is recorded why, and its money goes back."""
        kept = msgspec.structs.replace(cart, tenders=tuple(x for x in cart.tenders if x.id != tender.id))
        if not tender.cash and (tender.attempt or tender.reference):
            self.payments.take_out(cart, tender, reason, [(self.name, OPEN, kept)])
            self.pos.ask_payments()
        return self._change(kept, command, "tender", durable=True, text=reason)

    @command
    def tip(self, tender_id: str, amount: int, command: str = "") -> Answer:
        """Set the tip (minor units) of a payment that is authorised and not taken yet, up to what can be captured."""
        done = self._begin("register.sell", command)
        if done:
            return done
        cart = self._need_cart()
        tender = next((x for x in cart.tenders if x.id == tender_id), None)
        if tender is None or amount < 0 or not tender.most:
            raise UserError("tip: this payment is taken as it is", "take the tip another way", "tip")
        if tender.amount + amount > tender.most:
            most = plain(tender.most - tender.amount, self.digits)
            raise Refused(f"tip: {tender.title} can take at most {most} on top", "take the rest another way", "tip")
        given = msgspec.structs.replace(tender, tip=amount, tendered=tender.amount + amount)
        kept = tuple(given if x.id == tender_id else x for x in cart.tenders)
        return self._change(msgspec.structs.replace(cart, tenders=kept), command, "tender", durable=True)

    @command
    def complete(self, command: str = "") -> Answer:
        """Complete a cart on which nothing is due (an even exchange, a free sale, a fully paid one)."""
        done = self._begin("register.sell", command)
        if done:
            return done
        cart = self._need_cart()
        priced = self._price(cart)
        self._completion.check(cart, priced)
        if priced.due != 0:
            raise UserError(f"{plain(priced.due, self.digits)} is still due", "take a payment", "due")
        signs = next((x for x in cart.tenders if x.details.get("signature") == "asked"), None)
        if signs is None:
            return self._complete(cart, priced, command)
        answer = self.pos.hooks.answers.get("signature", "")
        if answer not in dict(SIGNED):
            what = f"The customer signs the slip of {plain(signs.tendered, self.digits)}"
            raise Confirm(what, "Compare it with the card; if it is wrong, the money goes back", fields=(SIGNATURE,))
        if answer == "wrong":
            return self._take_out(cart, signs, "the signature was refused", command)
        signed = msgspec.structs.replace(signs, details={**signs.details, "signature": "checked"})
        kept = tuple(signed if x.id == signs.id else x for x in cart.tenders)
        self._change(msgspec.structs.replace(cart, tenders=kept), "", "tender", durable=True)
        with self.pos.hooks.confirming(self.pos.hooks.confirmed, {}):  # the answer was about this signature alone
            return self.complete(command)

    def _waits(self, cart: Cart) -> bool:
        """Tell whether a paid cart waits: for a signature to be checked, or for a tip on what is authorised."""
        late = {i for i, method in self.payments.methods.items() if getattr(method, "tips", "") == "after"}
        return any(x.details.get("signature") == "asked" or (x.method in late and x.most > x.tendered and not x.tip)
                   for x in cart.tenders)  # fmt: skip

    def _complete(self, cart: Cart, priced: Priced, command: str) -> Answer:
        try:
            entry = self._completion.complete(cart, priced, command, self._promises(cart))
        except Exception:
            self._keep_paid(cart, priced)
            raise
        self.cart = self.priced = None
        self.last = entry
        sale = sale_of(entry)
        self._announce("done")
        return Answer(sale=sale, entry=entry, text=sale.number)
