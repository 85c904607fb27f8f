"""Settings of the NFC reader."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class NfcSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which reader, and what is read."""

    reader: Annotated[
        str,
        Meta(
            title="NFC reader",
            description="usb, usb:072f:2200, tty:USB0:pn532. Empty: none",
            pattern="^((usb|tty|udp)(:[A-Za-z0-9._-]+){0,2})?$",
        ),
    ] = ""
    text: Annotated[
        bool, Meta(title="Read a text from the tag", description="Its first NDEF text, instead of its number")
    ] = False
