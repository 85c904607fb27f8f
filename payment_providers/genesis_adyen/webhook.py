"""Checks that a notification comes from Adyen, every item of it, and tells what it is about."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Mapping

import msgspec

from genesis import Guard, Pos, Unique, UserError
from genesis_adyen.models import PSP, AdyenSettings
from genesis_terminals.models import Event

REPORTS = ("REPORT_", "PAYOUT_")  # none of a till's business


class _Amount(msgspec.Struct, frozen=True):
    value: int = 0
    currency: str = ""


class _Item(msgspec.Struct, rename="camel"):
    event_code: str
    psp_reference: str
    success: str
    merchant_account_code: str
    merchant_reference: str = ""
    original_reference: str = ""
    amount: _Amount = _Amount()
    additional_data: dict[str, str] = {}


class _Wrapped(msgspec.Struct):
    item: _Item = msgspec.field(name="NotificationRequestItem")


class _Call(msgspec.Struct, rename="camel"):
    notification_items: list[_Wrapped]


def heard(pos: Pos, _headers: Mapping[str, str], body: bytes) -> list[Event]:
    """Return what a notification tells; UserError where one of its items is not Adyen's own word to this store."""
    rules = pos.settings(AdyenSettings)
    try:
        key = binascii.a2b_hex(rules.hmac_key)
    except ValueError:
        key = b""
    if not key:
        raise UserError("adyen.hmac_key is not set, or is no hexadecimal text", "copy it from Adyen's webhook", "key")
    items = [wrapped.item for wrapped in msgspec.json.decode(body, type=_Call).notification_items]
    for item in items:
        if not _signed(item, key) or item.merchant_account_code != rules.merchant:
            raise UserError("the call is not signed by Adyen", "compare adyen.hmac_key and adyen.merchant", "signature")
    return [_event(item) for item in items if not item.event_code.startswith(REPORTS)]


def _signed(item: _Item, key: bytes) -> bool:
    fields = (item.psp_reference, item.original_reference, item.merchant_account_code, item.merchant_reference,
              str(item.amount.value), item.amount.currency, item.event_code, item.success)  # fmt: skip
    wanted = base64.b64encode(hmac.new(key, ":".join(fields).encode(), hashlib.sha256).digest())
    return hmac.compare_digest(wanted, item.additional_data.get("hmacSignature", "").encode())


def _event(item: _Item) -> Event:
    went = item.success == "true"
    guards: tuple[Guard, ...] = ()
    about = item.merchant_reference if item.event_code.startswith("CAPTURE") else item.psp_reference
    if item.event_code == "AUTHORISATION" and went and _is_attempt(item.merchant_reference):
        guards = (Unique(PSP, item.merchant_reference, item.psp_reference),)
    return Event(id=f"{item.event_code}:{item.psp_reference}:{item.success}", about=about, guards=guards,
                 what=item.event_code if went else f"{item.event_code} failed")  # fmt: skip


def _is_attempt(reference: str) -> bool:
    try:
        return str(uuid.UUID(reference)) == reference
    except ValueError:
        return False
