"""Speaks with Stripe through its library, and tells what was surely not done from what nobody knows."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from genesis import NotSent, Pos
from genesis_stripe.models import StripeSettings
from genesis_terminals.lines import never_connected
from genesis_terminals.reach import Reach

if TYPE_CHECKING:
    from stripe import PaymentIntent, Refund, StripeClient
    from stripe.terminal import Reader

CONNECT, READ = 3.0, 10.0  # seconds
KEY_LIFE = 23 * 3600  # Stripe keeps an idempotency key for a day; after that an attempt is looked for instead
LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\]):\d+")
LOOKED_BACK = 600  # seconds around the birth of an attempt in which its payment is looked for
MORE: Any = ["latest_charge"]


class Gateway:
    """Stripe as this store has it set; made when first used, and again when the settings change."""

    def __init__(self, pos: Pos, *, any_reader: bool = False) -> None:
        self._pos, self._any = pos, any_reader
        self._reader_turn = threading.Lock()  # what clears the screen must not stop a payment
        self._made: tuple[StripeSettings, StripeClient] | None = None
        self.reach = Reach()

    @property
    def rules(self) -> StripeSettings:
        """The settings."""
        return self._pos.settings(StripeSettings)

    @property
    def client(self) -> StripeClient:
        """The library's client; NotSent where it cannot be used."""
        rules = self.rules
        if self._made is None or self._made[0] != rules:
            self._made = (rules, _client(rules, self.reach, any_reader=self._any))
        return self._made[1]

    # -- payments -----------------------------------------------------------------------------------------

    def create(self, attempt: Any) -> PaymentIntent:
        """Return the payment of an attempt: made now, or the one that was made under its key."""
        interac = ["interac_present"] * (self.rules.interac and attempt.currency == "CAD")
        params: Any = {
            "amount": attempt.amount, "currency": attempt.currency.lower(), "capture_method": "manual",
            "payment_method_types": ["card_present", *interac], "expand": MORE,
            "metadata": {"attempt": attempt.id, "sale": attempt.sale, "register": attempt.register},
        }  # fmt: skip
        return self.client.v1.payment_intents.create(params, {"idempotency_key": attempt.id})

    def intent(self, reference: str) -> PaymentIntent:
        """Return a payment as it is now."""
        return self.client.v1.payment_intents.retrieve(reference, {"expand": MORE})

    def look_for(self, attempt: Any) -> PaymentIntent | None:
        """Return the payment of an attempt whose key Stripe has forgotten; None where there never was one."""
        born = (uuid.UUID(attempt.id).int >> 80) // 1000
        span: Any = {"gte": born - LOOKED_BACK, "lte": born + LOOKED_BACK}
        found: Iterator[PaymentIntent] = self.client.v1.payment_intents.list(
            {"created": span, "limit": 100}
        ).auto_paging_iter()
        one = next((x for x in found if read(x, "metadata", "attempt") == attempt.id), None)
        return self.intent(one.id) if one else None

    def void(self, reference: str) -> PaymentIntent:
        """End a payment that took nothing for good; returns it as it is then, ended or not."""
        from stripe import InvalidRequestError

        try:
            return self.client.v1.payment_intents.cancel(
                reference, {"cancellation_reason": "abandoned", "expand": MORE}
            )
        except InvalidRequestError:  # it cannot be ended (any more): how it is decides
            return self.intent(reference)

    def capture(self, reference: str, amount: int) -> PaymentIntent:
        """Take what was authorised for good; returns the payment as it is then, captured or not.

        Where more is wanted than Stripe lets go, what was authorised is taken.
        """
        from stripe import InvalidRequestError

        found = self.intent(reference)
        if found.status != "requires_capture":
            return found
        held = found.amount_capturable or 0
        for wanted in dict.fromkeys((amount, min(amount, held))):
            try:
                return self.client.v1.payment_intents.capture(reference, {"amount_to_capture": wanted, "expand": MORE})
            except InvalidRequestError:
                continue
        return self.intent(reference)

    # -- giving back --------------------------------------------------------------------------------------

    def refund(self, attempt: Any) -> Refund:
        """Return the refund of an attempt: made now, or the one that was made under its key."""
        metadata: Any = {"attempt": attempt.id, "sale": attempt.sale, "register": attempt.register}
        params: Any = {"payment_intent": attempt.original, "amount": -attempt.amount, "metadata": metadata}
        return self.client.v1.refunds.create(params, {"idempotency_key": attempt.id})

    def refund_by_card(self, attempt: Any) -> None:
        """Let the reader ask for the card that a refund needs."""
        metadata: Any = {"attempt": attempt.id, "sale": attempt.sale, "register": attempt.register}
        params: Any = {"payment_intent": attempt.original, "amount": -attempt.amount, "metadata": metadata}
        with self._reader_turn:
            self.client.v1.terminal.readers.refund_payment(self.rules.reader, params, {"idempotency_key": attempt.id})

    def refund_of(self, attempt: Any) -> Refund | None:
        """Return the refund that was made for an attempt; None where there is none."""
        found: Iterator[Refund] = self.client.v1.refunds.list(
            {"payment_intent": attempt.original, "limit": 100}
        ).auto_paging_iter()
        return next((one for one in found if read(one, "metadata", "attempt") == attempt.id), None)

    # -- the reader ---------------------------------------------------------------------------------------

    def reader(self) -> Reader:
        """Return the reader as it is now."""
        return self.client.v1.terminal.readers.retrieve(self.rules.reader)

    def present(self, reference: str, tip_on: int = 0) -> None:
        """Let the reader ask for the card; before it for a tip on an amount, where there is one."""
        config: Any = {"tipping": {"amount_eligible": tip_on}} if tip_on else {"skip_tipping": True}
        with self._reader_turn:
            self.client.v1.terminal.readers.process_payment_intent(
                self.rules.reader, {"payment_intent": reference, "process_config": config}
            )

    def release(self) -> None:
        """Let the reader stop what it does."""
        self.client.v1.terminal.readers.cancel_action(self.rules.reader)

    def display(self, cart: Any | None) -> None:
        """Show a cart on the reader, or no more; never while it asks for a card."""
        with self._reader_turn:
            if cart is not None:
                wanted: Any = {"type": "cart", "cart": cart}
                self.client.v1.terminal.readers.set_reader_display(self.rules.reader, wanted)
            elif read(self.reader(), "action", "type") == "set_reader_display":
                self.release()


def _client(rules: StripeSettings, reach: Reach, *, any_reader: bool) -> StripeClient:
    try:
        import stripe
    except ImportError as missing:
        raise NotSent("Stripe's library is not installed: pip install 'genesis-pos[stripe]'") from missing
    if not rules.key:
        raise NotSent("stripe.key is not set, or the environment variable that it names is empty")
    if not rules.reader and not any_reader:
        raise NotSent("stripe.reader is not set: `genesis stripe readers` lists them")
    if rules.address and not (LOOPBACK.fullmatch(rules.address) and "_test_" in rules.key):
        raise NotSent("stripe.address: only a service on this machine may stand in, and only with a key for tests")
    more: Any = {"base_addresses": {"api": rules.address}} if rules.address else {}
    http: Any = stripe.RequestsClient(timeout=(CONNECT, READ))
    plain = http.request

    def request(*arguments: Any, **options: Any) -> Any:
        with reach.word(lambda error: isinstance(error, stripe.APIConnectionError)):
            return plain(*arguments, **options)

    http.request = request
    return stripe.StripeClient(rules.key, http_client=http, max_network_retries=0, **more)


def read(thing: Any, *names: str) -> Any:
    """Return what stands in an answer under these names, None where it is not there."""
    for name in names:
        thing = getattr(thing, name, None)
    return thing


def key_is_kept(attempt_id: str) -> bool:
    """Tell whether Stripe still knows the key of an attempt (a UUID of version 7 holds its time)."""
    return time.time() - (uuid.UUID(attempt_id).int >> 80) / 1000 < KEY_LIFE


def refusal(error: Exception) -> str:
    """Return why Stripe surely did nothing, in its words; "" where nobody knows."""
    if isinstance(error, NotSent):
        return str(error)
    import stripe

    plain_no = (
        stripe.InvalidRequestError, stripe.AuthenticationError, stripe.PermissionError, stripe.CardError,
    )  # fmt: skip
    if isinstance(error, plain_no) and error.http_status != 409:
        return (error.user_message or str(error))[:200]
    if isinstance(error, stripe.APIConnectionError) and never_connected(error):
        return "Stripe cannot be reached"
    return ""


def unclear(error: Exception) -> bool:
    """Tell whether an error of Stripe's library leaves open what was done; it may be asked again."""
    import stripe

    return isinstance(error, stripe.StripeError) and not refusal(error)
