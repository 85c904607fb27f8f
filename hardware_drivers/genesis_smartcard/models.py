"""Settings of the card reader."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class SmartcardSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which readers are listened to, and what is read."""

    reader: Annotated[
        str, Meta(title="Card reader", description="Part of its name, * for any. Empty: none", max_length=100)
    ] = ""
    application: Annotated[
        str,
        Meta(
            title="Application on the card",
            description="F and 9 to 31 hexadecimal digits: the store's own. Empty: the card's number is read",
            pattern="^(F([0-9A-F]{2}){4,15}[0-9A-F])?$",  # F: not registered, so no payment application can match
        ),
    ] = ""
    file: Annotated[
        str, Meta(title="File in the application", description="4 hexadecimal digits", pattern="^[0-9A-F]{4}$")
    ] = "0001"
    text: Annotated[
        bool, Meta(title="Read a text from the card", description="Its first NDEF text, instead of its number")
    ] = False
