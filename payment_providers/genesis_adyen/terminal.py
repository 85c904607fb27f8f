"""Asks one terminal: payments and reversals under the attempt's own service id, and what became of them."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

from genesis import Attempt, Guard, NotSent, Once, Outcome, Pos, Unique
from genesis_adyen.checkout import Checkout
from genesis_adyen.messages import Body, at, fresh_service, header, major, read, service_of, stamp, written
from genesis_adyen.models import HELD, ME, SENT, AdyenSent, AdyenSettings
from genesis_adyen.nexo import Keys
from genesis_adyen.outcomes import SEPARATOR, given_back, paid
from genesis_adyen.wire import Unclear, look, nobody, post, target
from genesis_terminals.reach import Reach

LONGEST = {"cloud": 155.0, "local": 125.0}  # seconds until a terminal has surely answered a payment
AT_ONCE = 3.0  # seconds that a screen may take
SHORT = 20.0  # seconds for a question that waits for no customer
ARRIVES = 20.0  # seconds after which a message that a terminal does not know will surely not come to it any more
REMEMBERED = 24 * 3600  # seconds for which a terminal surely knows a payment


class Terminal:
    """The terminal as this store has it set."""

    def __init__(self, pos: Pos, checkout: Checkout) -> None:
        self._pos, self._checkout = pos, checkout
        self._turn = threading.Lock()  # a payment waits until the screen was handed its cart
        self._keys: tuple[AdyenSettings, Keys] | None = None
        self.reach = Reach()
        self.longest = 0.0  # seconds instead of LONGEST, where it is set
        self.arrives = ARRIVES
        self._made = time.monotonic()  # what was sent before may still be on its way
        self._sent: dict[str, float] = {}  # attempt -> when its message was sent last

    @property
    def rules(self) -> AdyenSettings:
        """The settings."""
        return self._pos.settings(AdyenSettings)

    def begin(self, attempt: Attempt) -> None:
        """Note durably which terminal an attempt goes to; NotSent where something is not set."""
        target(self.rules)
        holds = self.rules.pre_authorise and attempt.amount > 0
        if holds:
            self._checkout.ready()
        known = self._pos.journal.holder(SENT, attempt.id)
        if known not in {"", self.rules.terminal}:
            raise NotSent(f"it was sent to the terminal {known}")
        if not known:
            fact = AdyenSent(attempt=attempt.id, terminal=self.rules.terminal)
            guards: list[Guard] = [Unique(SENT, attempt.id, self.rules.terminal)]
            self._pos.journal.append(fact, guards=[*guards, Once(HELD, attempt.id)] if holds else guards)

    def holds(self, attempt: Attempt) -> bool:
        """Tell whether an attempt was sent as a pre-authorisation, whatever is set now."""
        return attempt.amount > 0 and bool(self._pos.journal.holder(HELD, attempt.id))

    def pay(self, attempt: Attempt) -> Outcome | None:
        """Let the terminal take a payment; blocks until the customer is done."""
        amounts: Body = {"Currency": attempt.currency, "RequestedAmount": major(attempt.amount, attempt.currency)}
        body: Body = {"SaleData": _sale(attempt), "PaymentTransaction": {"AmountsReq": amounts}}
        if attempt.tip:
            amounts["TipAmount"] = major(attempt.tip, attempt.currency)
        told = ["tenderOption=AskGratuity"] * attempt.asks + ["authorisationType=PreAuth"] * self.holds(attempt)
        if told:
            body["SaleData"]["SaleToAcquirerData"] = "&".join(told)
        seconds = self.longest or LONGEST[self.rules.way]
        with self._turn:
            pass
        return self._paid(attempt, self._move(attempt, body, seconds))

    def _paid(self, attempt: Attempt, answer: Body) -> Outcome | None:
        return paid(attempt, answer, held=self.holds(attempt), over=self.rules.over_capture)

    def give_back(self, attempt: Attempt) -> Outcome | None:
        """Give back a payment, or a part of it."""
        name, _, when = attempt.original.partition(SEPARATOR)
        if not (name and when):
            raise ValueError("a refund must name the payment that it gives back")
        body: Body = {
            "OriginalPOITransaction": {"POITransactionID": {"TransactionID": name, "TimeStamp": when}},
            "ReversalReason": "MerchantCancel" if attempt.reversal else "CustCancel", "SaleData": _sale(attempt),
        }  # fmt: skip
        if not attempt.reversal:
            body["ReversedAmount"] = major(-attempt.amount, attempt.currency)
            body["SaleData"]["SaleToAcquirerData"] = f"currency={attempt.currency}"
        return given_back(attempt, self._move(attempt, body, SHORT))

    def status(self, attempt: Attempt) -> Outcome | None:
        """Ask what became of an attempt; None while it may be under way, failed where the terminal never got it.

        A question can overtake what it is about, so "never got it" counts once nothing can be on its way any more.
        """
        kind, sent = _kind(attempt), self._pos.journal.holder(SENT, attempt.id)
        if not sent:
            return Outcome(state="failed", reason="it was never sent")
        if sent != self.rules.terminal:
            raise Unclear(f"only the terminal {sent} knows: set it again, or look into Adyen's Customer Area")
        about = {"MessageCategory": kind, "SaleID": attempt.register, "ServiceID": _service(attempt)}
        body = {"MessageReference": about, "ReceiptReprintFlag": False}
        quiet = time.monotonic() - self._sent.get(attempt.id, self._made)
        answer = self._ask("TransactionStatus", fresh_service(), attempt.register, body, SHORT)
        if at(answer, "Response", "Result") == "Success":
            return self._repeated(attempt, kind, answer)
        condition = at(answer, "Response", "ErrorCondition")
        if condition == "NotFound" and time.time() - _born(attempt) / 1000 < REMEMBERED:
            coming = quiet < self.arrives
            return None if coming else Outcome(state="failed", reason="the terminal never got it")
        if condition == "InProgress":
            return None
        raise Unclear(f"the terminal does not know ({condition}): look for {attempt.id} in Adyen's Customer Area")

    def _repeated(self, attempt: Attempt, kind: str, answer: Body) -> Outcome | None:
        told = at(answer, "RepeatedMessageResponse")
        head = at(told, "MessageHeader")
        wanted = {"MessageCategory": kind, "ServiceID": _service(attempt), "SaleID": attempt.register}
        if {name: at(head, name) for name in wanted} != wanted:
            raise Unclear("the terminal told of another payment")
        body = at(told, "RepeatedResponseMessageBody", f"{kind}Response")
        if not isinstance(body, dict):
            raise Unclear("the terminal's answer cannot be read")
        return given_back(attempt, body) if kind == "Reversal" else self._paid(attempt, body)

    def abort(self, attempt: Attempt) -> None:
        """Ask the terminal to stop; what became of the payment is told where it was asked for."""
        about = {"MessageCategory": "Payment", "SaleID": attempt.register, "ServiceID": _service(attempt)}
        body = {"MessageReference": about, "AbortReason": "MerchantAbort"}
        self._send("Abort", fresh_service(), attempt.register, body, SHORT)

    def show(self, lines: list[str] | None) -> None:
        """Show lines on the terminal; None: its own idle screen again."""
        if lines is None:
            content: Body = {"OutputFormat": "MessageRef", "PredefinedContent": {"ReferenceID": "Idle"}}
        else:
            content = {"OutputFormat": "Text", "OutputText": [{"Text": line} for line in lines]}
        output = {"Device": "CustomerDisplay", "InfoQualify": "Display", "OutputContent": content}
        with self._turn:
            self._send("Display", fresh_service(), ME, {"DisplayOutput": [output]}, AT_ONCE)

    # -- one message

    def _move(self, attempt: Attempt, body: Body, seconds: float) -> Body:
        """Send what moves money, and note when; return its answer."""
        try:
            return self._ask(_kind(attempt), _service(attempt), attempt.register, body, seconds)
        finally:
            self._sent[attempt.id] = time.monotonic()

    def _ask(self, category: str, service: str, register: str, body: Body, seconds: float) -> Body:
        head = header(self.rules, category, service, register)
        keys = self._sealing()
        with self.reach.word(nobody):
            answer = post(self.rules, written(head, f"{category}Request", body, keys), seconds)
        return read(answer, head, f"{category}Response", keys)

    def _send(self, category: str, service: str, register: str, body: Body, seconds: float) -> None:
        """Send what nobody answers in words that matter."""
        head = header(self.rules, category, service, register)
        with self.reach.word(nobody):
            post(self.rules, written(head, f"{category}Request", body, self._sealing()), seconds)

    def look(self) -> None:
        """Look whether the terminal's line is there."""
        with self.reach.word(nobody):
            look(self.rules)

    def _sealing(self) -> Keys | None:
        """Return the keys of a sealed line: always over the shop's network, through the cloud where they are set."""
        rules = self.rules
        if not (rules.passphrase and rules.key_id):
            return None
        if self._keys is None or self._keys[0] != rules:
            self._keys = (rules, Keys.derive(rules.passphrase, rules.key_id, rules.key_version))
        return self._keys[1]


def _kind(attempt: Attempt) -> str:
    return "Payment" if attempt.amount > 0 else "Reversal"


def _service(attempt: Attempt) -> str:
    return service_of(attempt.id, _kind(attempt))


def _born(attempt: Attempt) -> int:
    """Return when an attempt was made (milliseconds since 1970): a UUID of version 7 holds it."""
    return uuid.UUID(attempt.id).int >> 80


def _sale(attempt: Attempt) -> dict[str, Any]:
    return {"SaleTransactionID": {"TransactionID": attempt.id, "TimeStamp": stamp(_born(attempt))}}
