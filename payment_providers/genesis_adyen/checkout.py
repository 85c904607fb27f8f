"""Adyen's library, for what it has: payment links and refunds; its errors become "not done" or "nobody knows"."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

from genesis import Attempt, NotSent, Pos
from genesis_adyen.models import AdyenSettings
from genesis_adyen.wire import LOOPBACK, Unclear
from genesis_terminals.lines import never_connected
from genesis_terminals.reach import Reach

SECONDS = 10
REFUSED = {400, 401, 403, 404, 405, 422}  # it was read and not done
Body = dict[str, Any]


class Checkout:
    """Adyen's Checkout as this store has it set. Repeated under the same key, Adyen does a thing once."""

    def __init__(self, pos: Pos) -> None:
        self._pos = pos
        self._made: tuple[AdyenSettings, Any] | None = None
        self.reach = Reach()

    @property
    def rules(self) -> AdyenSettings:
        """The settings."""
        return self._pos.settings(AdyenSettings)

    def link(self, attempt: Attempt) -> Body:
        """Return the link of an attempt: made now, or as it was made under its key; Adyen ends it after a day."""
        request = {
            "merchantAccount": self.rules.merchant, "reference": attempt.id, "captureDelayHours": 0, "reusable": False,
            "amount": {"value": attempt.amount, "currency": attempt.currency},
        }  # fmt: skip
        return self._call("payment_links_api", "payment_links", request, idempotency_key=attempt.id)

    def look(self, link: str) -> Body:
        """Return a link as it is now."""
        return self._call("payment_links_api", "get_payment_link", link)

    def expire(self, link: str) -> Body:
        """End a link that nobody paid; returns it as it is then, ended or paid."""
        try:
            return self._call("payment_links_api", "update_payment_link", {"status": "expired"}, link)
        except NotSent:  # it is paid, or over
            return self.look(link)

    def refund(self, attempt: Attempt, psp: str) -> Body:
        """Give back a payment or a part of it; under the attempt's key it is done once."""
        request = {"merchantAccount": self.rules.merchant, "reference": attempt.id,
                   "amount": {"value": -attempt.amount, "currency": attempt.currency}}  # fmt: skip
        return self._call("modifications_api", "refund_captured_payment", request, psp, idempotency_key=attempt.id)

    def capture(self, attempt: str, psp: str, amount: int, currency: str) -> Body:
        """Take what was authorised; under the attempt's key it is done once."""
        request = {"merchantAccount": self.rules.merchant, "reference": attempt,
                   "amount": {"value": amount, "currency": currency}}  # fmt: skip
        return self._call("modifications_api", "capture_authorised_payment", request, psp,
                          idempotency_key=f"{attempt}.capture.{amount}")  # fmt: skip

    def ready(self) -> None:
        """Look whether all that is needed is set; NotSent names what is not."""
        self._library()

    def there(self) -> None:
        """Look whether the service can be reached: make a connection and let go of it."""
        where = urlsplit(self._library().payment_links_api.baseUrl)
        with self.reach.word(lambda error: isinstance(error, OSError)):
            socket.create_connection((where.hostname or "", where.port or 443), SECONDS).close()

    @staticmethod
    def refused(error: NotSent) -> bool:
        """Tell whether Adyen read a request and will not do it, however often it is asked."""
        return getattr(error.__cause__, "status_code", None) in {404, 405, 422}

    def reverse(self, attempt: Attempt, psp: str) -> Body:
        """Give back a whole payment, captured or not."""
        request = {"merchantAccount": self.rules.merchant, "reference": attempt.id}
        return self._call("modifications_api", "refund_or_cancel_payment", request, psp, idempotency_key=attempt.id)

    def _call(self, api: str, name: str, *arguments: Any, **more: Any) -> Body:
        """Return what Adyen answers; NotSent where it surely did nothing, Unclear where nobody knows."""
        run = getattr(getattr(self._library(), api), name)
        try:
            with self.reach.word(never_connected):
                found = run(*arguments, **more).message
        except Exception as error:
            status = getattr(error, "status_code", None)
            if status in REFUSED:
                raise NotSent(_told(error, status)) from error
            if never_connected(error):
                raise NotSent("Adyen cannot be reached") from error
            raise Unclear(f"{type(error).__name__} {status or ''}".strip()) from error
        if not isinstance(found, dict) or not found:
            raise Unclear("Adyen's answer cannot be read")
        return found

    def _library(self) -> Any:
        rules = self.rules
        if self._made is None or self._made[0] != rules:
            self._made = (rules, _library(rules))
        return self._made[1]


def _library(rules: AdyenSettings) -> Any:
    for name in ("merchant", "api_key", *(() if rules.environment == "test" else ("live_prefix",))):
        if not getattr(rules, name):
            raise NotSent(f"adyen.{name} is not set, or the environment variable that it names is empty")
    try:
        import Adyen
    except ImportError as missing:
        raise NotSent("Adyen's library is not installed: pip install 'genesis-pos[adyen]'") from missing
    made = Adyen.Adyen(xapikey=rules.api_key, platform="test" if rules.environment == "test" else "live",
                       live_endpoint_prefix=rules.live_prefix or None, http_timeout=SECONDS,
                       http_force="requests").checkout  # fmt: skip
    if rules.checkout_address:
        if urlsplit(rules.checkout_address).hostname not in LOOPBACK or rules.environment != "test":
            raise NotSent(
                "adyen.checkout_address: only a service on this machine may stand in, in the test environment"
            )
        for api in (made.payment_links_api, made.modifications_api):
            api.baseUrl = f"{rules.checkout_address}/v72"
    return made


def _told(error: Exception, status: int | None) -> str:
    """Return Adyen's reason without what was sent."""
    message = getattr(error, "message", None)
    text = message.get("message") if isinstance(message, dict) else None
    return f"Adyen refused it: {str(text or status)[:120]}"
