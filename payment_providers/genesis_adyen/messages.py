"""Writes Terminal API messages with exact amounts and reads answers; what does not answer our question is refused."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from genesis import exponent
from genesis_adyen.models import AdyenSettings
from genesis_adyen.nexo import Keys, NotGenuine, seal, unseal
from genesis_adyen.wire import Unclear

Body = dict[str, Any]
_ENCODE = msgspec.json.Encoder(decimal_format="number").encode  # 10.99 stays 10.99


def service_of(attempt: str, what: str) -> str:
    """Return the ten letters under which the terminal knows an attempt: always the same, so that it can be asked."""
    digest = hashlib.sha256(f"{what} {attempt}".encode()).digest()
    return base64.b32encode(digest)[:10].decode()


def fresh_service() -> str:
    """Return a service id for a question that nobody will ask about."""
    return base64.b32encode(os.urandom(8))[:10].decode()


def header(rules: AdyenSettings, category: str, service: str, register: str) -> Body:
    """Return the header of a request."""
    return {"ProtocolVersion": "3.0", "MessageClass": "Service", "MessageCategory": category, "MessageType": "Request",
            "SaleID": register, "ServiceID": service, "POIID": rules.terminal}  # fmt: skip


def major(minor: int, currency: str) -> Decimal:
    """Return minor units as the number that stands in a message: 1099 EUR is 10.99."""
    return Decimal(minor).scaleb(-exponent(currency))


def minor(amount: Any, currency: str) -> int:
    """Return a message's number as minor units; ValueError or TypeError where it is none."""
    if isinstance(amount, bool) or not isinstance(amount, (int, Decimal)):
        raise TypeError(f"{amount!r} is no amount")
    found = Decimal(amount).scaleb(exponent(currency))
    if found != found.to_integral_value():
        raise ValueError(f"{amount} is no amount in {currency}")
    return int(found)


def stamp(attempt_ms: int) -> str:
    """Return a time (milliseconds since 1970) as messages write it."""
    return datetime.fromtimestamp(attempt_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def written(head: Body, name: str, body: Body, keys: Keys | None) -> bytes:
    """Return a request as bytes, sealed where there are keys."""
    message = {"SaleToPOIRequest": {"MessageHeader": head, name: body}}
    if keys is None:
        return _ENCODE(message)
    return _ENCODE({"SaleToPOIRequest": seal(keys, head, _ENCODE(message))})


def read(data: bytes, head: Body, name: str, keys: Keys | None) -> Body:
    """Return the body of the answer to a request; Unclear where this is not it, NotGenuine where it is forged.

    On a sealed line an answer in clear counts only where it says that nothing was done.
    """
    outer = _parsed(data)
    inner = outer
    if keys is not None and "NexoBlob" in outer:
        inner = _parsed(unseal(keys, outer))
        if inner.get("MessageHeader") != outer.get("MessageHeader"):
            raise NotGenuine("the terminal's answer is not about what stands on it")
    found, answered = inner.get("MessageHeader"), inner.get(name)
    wanted = {key: head[key] for key in ("MessageClass", "MessageCategory", "SaleID", "ServiceID", "POIID")}
    ours = isinstance(found, dict) and found.get("MessageType") == "Response"
    if not ours or {key: found.get(key) for key in wanted} != wanted:  # type: ignore[union-attr]
        raise Unclear("the terminal answered something else")
    if not isinstance(answered, dict) or not isinstance(answered.get("Response"), dict):
        raise Unclear("the terminal's answer cannot be read")
    if keys is not None and inner is outer and answered["Response"].get("Result") != "Failure":
        raise NotGenuine("the terminal answered in clear on a line that must be sealed")
    return answered


def _parsed(data: bytes) -> Body:
    """Return what stands in a SaleToPOIResponse, numbers exact."""
    try:
        found = json.loads(data, parse_float=Decimal, parse_constant=_no_number)
        body = found["SaleToPOIResponse"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unclear("the terminal's answer cannot be read") from error
    if not isinstance(body, dict):
        raise Unclear("the terminal's answer cannot be read")
    return body


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def at(body: Any, *names: str) -> Any:
    """Return what stands under these names, None where it is not there."""
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    return body
