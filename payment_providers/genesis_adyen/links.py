"""The way to pay by a link: the customer pays on a phone while the till waits, and the link's own status decides."""

from __future__ import annotations

import time
import uuid
from typing import Any

from genesis import Attempt, NotSent, Outcome, Pos
from genesis_adyen.checkout import Body, Checkout
from genesis_adyen.messages import at
from genesis_adyen.models import LINK, PSP
from genesis_adyen.wire import Unclear

PAID = {"completed", "paid"}
KEY_LIFE = 6 * 24 * 3600  # Adyen keeps an idempotency key for seven days at least


class PaymentLink:
    """A payment link of Adyen. The attempt's id is its key and its reference there."""

    id = LINK
    title = "Payment link"
    icon = "link"
    cash = False
    interval = 2.0

    def __init__(self, pos: Pos, checkout: Checkout) -> None:
        self._pos, self._checkout = pos, checkout
        self._links: dict[str, str] = {}  # attempt -> its link
        self._stopped: set[str] = set()
        self.open: dict[str, str] = {}  # sale -> where its customer pays
        self.patience = checkout.rules.link_minutes * 60.0

    def start(self, attempt: Attempt) -> None:
        """Make the link, or give back; NotSent where it surely did nothing."""
        try:
            self._step(attempt)
        except Unclear:
            return  # poll does it again under the same key

    def poll(self, attempt: Attempt) -> Outcome | None:
        """Look at the link; what could not be asked is asked again."""
        try:
            return self._step(attempt)
        except (Unclear, NotSent):
            return None

    def cancel(self, attempt: Attempt) -> None:
        """End the link; if it was paid before, it is paid."""
        self._stopped.add(attempt.id)

    def query(self, attempt: Attempt) -> Outcome:
        """Find out how an attempt ended; a link that nobody paid is ended, so that nothing can come of it."""
        if time.time() - (uuid.UUID(attempt.id).int >> 80) / 1000 > KEY_LIFE:
            raise Unclear(f"it is too old to be asked for: look for {attempt.id} in Adyen's Customer Area")
        self._stopped.add(attempt.id)
        return self._step(attempt) or Outcome(state="unknown", reason="the customer is paying just now")

    def _step(self, attempt: Attempt) -> Outcome | None:
        if attempt.amount < 0:
            return self._give_back(attempt)
        known = self._links.get(attempt.id)
        link = self._checkout.look(known) if known else self._checkout.link(attempt)
        name = str(link.get("id") or "")
        if not known:
            self._links[attempt.id], self.open[attempt.sale] = name, str(link.get("url") or "")
            link = self._checkout.look(name)  # what a repeated key answers is as it was then
        if attempt.id in self._stopped and link.get("status") == "active":
            link = self._checkout.expire(name)
        found = _outcome(attempt, link)
        if found is not None:
            self.open.pop(attempt.sale, None)
            self._links.pop(attempt.id, None)
            self._stopped.discard(attempt.id)
        return found

    def _give_back(self, attempt: Attempt) -> Outcome | None:
        psp = self._pos.journal.holder(PSP, attempt.refunds)
        if not psp:
            raise NotSent("Adyen has not told yet how it calls this payment: its webhook tells it")
        made = self._checkout.reverse(attempt, psp) if attempt.reversal else self._checkout.refund(attempt, psp)
        amount = at(made, "amount")
        wanted = {"value": -attempt.amount, "currency": attempt.currency}
        if made.get("paymentPspReference") != psp or (not attempt.reversal and amount != wanted):
            raise ValueError("Adyen gave back something else")
        return Outcome(state="approved", amount=attempt.amount, reference=str(made.get("pspReference") or ""))


def _outcome(attempt: Attempt, link: Body) -> Outcome | None:
    """Return what a link's status means; ValueError for a link of another payment."""
    wanted: Any = {"value": attempt.amount, "currency": attempt.currency}
    if link.get("reference") != attempt.id or link.get("amount") != wanted:
        raise ValueError("this is not the link of this payment")
    status, name = link.get("status"), str(link.get("id") or "")
    if status in PAID:
        return Outcome(state="approved", amount=attempt.amount, reference=name)
    if status == "expired":
        return Outcome(state="cancelled", reference=name, reason="the link was not paid in time")
    return None
