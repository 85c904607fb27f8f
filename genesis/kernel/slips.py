"""What of a card may be kept and printed; never more than its last four digits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# What of a card may be kept and printed; anything else that a provider answers is dropped.
SLIP = {
    "brand": ("Card", r"[\w .&'-]{1,30}"), "last4": ("Number", r"\d{4}"), "app": ("Application", r"[\w .&'-]{1,30}"),
    "aid": ("AID", r"[0-9A-F]{10,32}"), "auth": ("Authorisation", r"[A-Za-z0-9]{1,12}"),
    "entry": ("Read by", r"[a-z ]{1,20}"), "signature": ("Signature", r"asked|checked"),
}  # fmt: skip


def slip_fields(found: Mapping[str, Any]) -> dict[str, str]:
    """Return of what a provider tells about a card the fields that may be kept; more than 12 digits never are."""
    texts = {name: str(found.get(name) or "") for name in SLIP}
    return {name: text for name, text in texts.items() if re.fullmatch(SLIP[name][1], text)
            and (name == "aid" or sum(char.isdigit() for char in text) <= 12)}  # fmt: skip


def slip_rows(details: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (label, text) of a slip for the receipt."""
    return [(label, details[name]) for name, (label, _) in SLIP.items() if name in details]
