"""Checks that a call comes from Stripe, over the bytes as they came, and tells what it is about."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec

from genesis import Pos, UserError
from genesis_stripe.models import StripeSettings
from genesis_terminals.models import Event

SKEW = 300  # seconds that a call's time may differ from ours, in either direction
ABOUT = ("payment_intent.", "charge.", "refund.", "terminal.reader.action_")  # the rest is none of a till's business


class _Object(msgspec.Struct):
    id: str = ""


class _Data(msgspec.Struct):
    object: _Object


class _Call(msgspec.Struct):
    id: str
    type: str
    data: _Data


def heard(pos: Pos, headers: Mapping[str, str], body: bytes) -> list[Event]:
    """Return what a call tells; UserError where it does not prove that Stripe sent it just now."""
    secret = pos.settings(StripeSettings).webhook_secret
    if not secret:
        raise UserError("stripe.webhook_secret is not set", "set it to the name of an environment variable", "secret")
    _verify(secret, headers.get("stripe-signature", ""), body, int(pos.clock.now().timestamp()))
    call = msgspec.json.decode(body, type=_Call)
    if not call.type.startswith(ABOUT):
        return []
    return [Event(id=call.id, what=call.type, about=call.data.object.id)]


def _verify(secret: str, signature: str, body: bytes, now: int) -> None:
    """Refuse what is not signed with the secret (one of several, while it is changed), too old, or of the future."""
    parts = [part.strip().partition("=") for part in signature.split(",")]
    at = next((value for name, _, value in parts if name == "t"), "")
    if not (at.isascii() and at.isdigit()) or abs(int(at[:15]) - now) > SKEW:
        raise UserError("the call has no time, or not one near ours", "compare the clocks", "time")
    wanted = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    given: list[Any] = [value for name, _, value in parts if name == "v1"]
    if not any(hmac.compare_digest(wanted.encode(), value.encode()) for value in given):
        raise UserError("the call is not signed by Stripe", "compare stripe.webhook_secret with Stripe's", "signature")
