"""Why a reader at USB cannot be used, as far as Linux tells, and what to type."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from genesis import UsbDevice


def why_not(known: Collection[tuple[int, int]], plugged: Sequence[UsbDevice]) -> str:
    """Return what is wrong with the first reader of these kinds (vendor, product) and what to do about it."""
    reader = next((device for device in plugged if device.ids in known), None)
    if reader is None:
        return "no NFC reader that is known is plugged in"
    held = "another program holds the NFC reader, pcscd as a rule: stop it, or use the plugin Card reader (PC/SC)"
    return reader.trouble or held
